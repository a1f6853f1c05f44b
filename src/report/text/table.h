/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* A table as a value, and every form it is written in. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/vector.h"

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

enum ks_table_format {
	KS_TABLE_TERMINAL, // definition above it, at most 80 columns where the numbers allow
	KS_TABLE_CSV,	   // RFC 4180 with \n; unknown cells are empty
	KS_TABLE_JSON, // an object: name, title, definition, columns, rows; unknown cells are null
	KS_TABLE_MD,   // a pipe table under its title
	KS_NR_TABLE_FORMATS,
};
/** Append words in lines of at most 80 columns, each indented. */
void ks_table_wrap(const char *text, unsigned int indent, struct ks_buf *out);

/** Append the table to out, which remembers when memory runs out. */
void ks_table_write(const struct ks_table *table, enum ks_table_format format, struct ks_buf *out);
