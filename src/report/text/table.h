/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* A table as a value, and every form it is written in. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/vector.h"
#include "report/format.h"

enum ks_cell_form {
	KS_CELL_UNKNOWN, // the image cannot tell: never shown as 0
	KS_CELL_NUMBER,
	KS_CELL_TEXT,
};

struct ks_cell {
	enum ks_cell_form form;
	union {
		uint64_t number;
		const char *text; // lives as long as the table
	};
};

struct ks_column {
	const char *key;  // in CSV and JSON: "param-added"
	const char *head; // on the terminal: "+PARAM"
	bool detail;	  // left out where width is scarce: terminal and Markdown
};

/** Rows of cells under columns. A column named "group" makes headings on the terminal. */
struct ks_table {
	const char *name;	// "inline"
	const char *title;	// "Inlined functions"
	const char *definition; // what is counted, as sentences
	KS_VECTOR(struct ks_column) columns;
	KS_VECTOR(struct ks_cell) cells; // row after row
};
void ks_table_deinit(struct ks_table *table);
static inline size_t ks_table_nr_rows(const struct ks_table *table)
{
	return table->columns.len ? table->cells.len / table->columns.len : 0;
}

/** Append a column, a cell. @return false when memory runs out */
bool ks_table_column(struct ks_table *table, const char *key, const char *head, bool detail);
bool ks_table_text(struct ks_table *table, const char *text);
/** @param known false: the cell is unknown, whatever the number */
bool ks_table_number(struct ks_table *table, bool known, uint64_t number);

/** Append words in lines of at most 80 columns, each indented. */
void ks_table_wrap(const char *text, unsigned int indent, struct ks_buf *out);

/**
 * Append the table to out, which remembers when memory runs out. On the terminal the definition stands above it, and it
 * has at most 80 columns where the numbers allow; JSON is an object: name, title, definition, columns, rows. Unknown
 * cells are "?" for people, empty in CSV, null in JSON.
 * @param format one that KS_DOCUMENT_STATS has
 */
void ks_table_write(const struct ks_table *table, enum ks_format format, struct ks_buf *out);
