/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/text/table.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"

enum { MAX_WIDTH = 80 };

void ks_table_deinit(struct ks_table *table)
{
	ks_vector_deinit(&table->columns);
	ks_vector_deinit(&table->cells);
}

bool ks_table_column(struct ks_table *table, const char *key, const char *head, bool detail)
{
	struct ks_column column = { .key = key, .head = head, .detail = detail };
	return ks_vector_add(&table->columns, column);
}

bool ks_table_text(struct ks_table *table, const char *text)
{
	struct ks_cell cell = { .form = KS_CELL_TEXT, .text = text };
	return ks_vector_add(&table->cells, cell);
}

bool ks_table_number(struct ks_table *table, bool known, uint64_t number)
{
	struct ks_cell cell = { .form = known ? KS_CELL_NUMBER : KS_CELL_UNKNOWN };
	if (known)
		cell.number = number;
	return ks_vector_add(&table->cells, cell);
}

static const struct ks_cell *cell_at(const struct ks_table *table, size_t row, size_t column)
{
	return &table->cells.at[row * table->columns.len + column];
}

/** @param unknown what stands for a number that is not known */
static void write_cell(const struct ks_cell *cell, const char *unknown, enum ks_text_sink sink,
		       struct ks_buf *out)
{
	if (cell->form == KS_CELL_NUMBER)
		ks_buf_dec(out, cell->number);
	else if (cell->form == KS_CELL_TEXT)
		ks_text_str(out, sink, cell->text);
	else
		ks_buf_str(out, unknown);
}

/** Columns in characters; the texts of ours are UTF-8. */
static size_t width_of(const char *text, size_t len)
{
	size_t width = 0;
	for (size_t i = 0; i < len; i++)
		width += ((unsigned char)text[i] & 0xc0) != 0x80;
	return width;
}

/** No image tells any of it, which a person must see. */
static bool tells_nothing(const struct ks_table *table)
{
	for (size_t i = 0; i < table->cells.len; i++)
		if (table->cells.at[i].form == KS_CELL_NUMBER)
			return false;
	return true;
}

/** A person need not see it: a detail, or nobody knows anything of it, but of others. */
static bool is_hidden(const struct ks_table *table, size_t column)
{
	size_t nr = ks_table_nr_rows(table);
	bool unknown = nr != 0 && !tells_nothing(table);
	for (size_t row = 0; row < nr && unknown; row++)
		unknown = cell_at(table, row, column)->form == KS_CELL_UNKNOWN;
	return table->columns.at[column].detail || unknown;
}

static bool is_text(const struct ks_table *table, size_t column)
{
	return ks_table_nr_rows(table) && cell_at(table, 0, column)->form == KS_CELL_TEXT;
}

static bool is_group(const struct ks_table *table, size_t column)
{
	return strcmp(table->columns.at[column].key, "group") == 0;
}

/* ---- terminal ---- */

static void pad(struct ks_buf *out, size_t nr)
{
	while (nr--)
		ks_buf_char(out, ' ');
}

/** Write a cell or a head: text to the left, numbers to the right. */
static void write_padded(const char *text, size_t len, size_t width, bool left, struct ks_buf *out)
{
	size_t own = width_of(text, len), rest = width > own ? width - own : 0;
	if (!left)
		pad(out, rest);
	ks_buf_bytes(out, text, len);
	if (left)
		pad(out, rest);
}

static size_t column_width(const struct ks_table *table, size_t column, struct ks_buf *scratch)
{
	const char *head = table->columns.at[column].head;
	size_t width = width_of(head, strlen(head));
	for (size_t row = 0; row < ks_table_nr_rows(table); row++) {
		scratch->len = 0;
		write_cell(cell_at(table, row, column), "?", KS_TEXT_LINE, scratch);
		size_t own = width_of(scratch->at, scratch->len);
		width = own > width ? own : width;
	}
	return width;
}

void ks_table_wrap(const char *text, unsigned int indent, struct ks_buf *out)
{
	size_t column = 0; // 0: nothing stands on the line
	while (*text) {
		size_t len = strcspn(text, " ");
		size_t width = width_of(text, len);
		if (column && column + 1 + width > MAX_WIDTH) {
			ks_buf_char(out, '\n');
			column = 0;
		}
		pad(out, column ? 1 : indent);
		ks_buf_bytes(out, text, len);
		column += width + (column ? 1 : indent);
		text += len + (text[len] == ' ');
	}
	ks_buf_char(out, '\n');
}

/** One line. @param row SIZE_MAX: the heads */
static void write_line(const struct ks_table *table, size_t row, const size_t *widths,
		       const char *gap, struct ks_buf *scratch, struct ks_buf *out)
{
	const char *before = "";
	size_t end = out->len;
	for (size_t c = 0; c < table->columns.len; c++) {
		if (!widths[c])
			continue;
		scratch->len = 0;
		if (row == SIZE_MAX)
			ks_buf_str(scratch, table->columns.at[c].head);
		else
			write_cell(cell_at(table, row, c), "?", KS_TEXT_LINE, scratch);
		ks_buf_str(out, before);
		write_padded(scratch->at, scratch->len, widths[c], is_text(table, c), out);
		before = gap;
	}
	while (out->len > end && out->at[out->len - 1] == ' ')
		out->len--;
	ks_buf_char(out, '\n');
}

/** The text of the cell in the column "group", or NULL. */
static const char *group_of(const struct ks_table *table, size_t row)
{
	for (size_t c = 0; c < table->columns.len; c++)
		if (is_group(table, c))
			return cell_at(table, row, c)->text;
	return NULL;
}

static void write_terminal(const struct ks_table *table, struct ks_buf *out)
{
	_cleanup_buf_ struct ks_buf scratch = { 0 };
	KS_VECTOR(size_t) widths = { 0 };
	size_t total = 0, nr = 0;
	for (size_t c = 0; c < table->columns.len; c++) {
		bool shown = !is_hidden(table, c) && !is_group(table, c);
		size_t width = shown ? column_width(table, c, &scratch) : 0;
		out->failed = !ks_vector_add(&widths, width) || out->failed;
		total += width;
		nr += shown;
	}
	const char *gap = total + 2 * nr <= MAX_WIDTH + 2 ? "  " : " ";
	ks_buf_printf(out, "%s\n", table->title);
	scratch.len = 0;
	ks_text_str(&scratch, KS_TEXT_LINE, table->definition);
	const char *definition = ks_buf_text(&scratch);
	ks_table_wrap(definition ? definition : "", 0, out);
	const char *group = NULL;
	if (!out->failed && (!ks_table_nr_rows(table) || !group_of(table, 0))) {
		ks_buf_char(out, '\n');
		write_line(table, SIZE_MAX, widths.at, gap, &scratch, out);
	}
	for (size_t row = 0; !out->failed && row < ks_table_nr_rows(table); row++) {
		const char *own = group_of(table, row);
		if (own && (!group || strcmp(own, group) != 0)) {
			ks_buf_char(out, '\n');
			ks_text_str(out, KS_TEXT_LINE, own);
			ks_buf_char(out, '\n');
			write_line(table, SIZE_MAX, widths.at, gap, &scratch, out);
			group = own;
		}
		write_line(table, row, widths.at, gap, &scratch, out);
	}
	out->failed = out->failed || scratch.failed;
	ks_vector_deinit(&widths);
}

/* ---- the others ---- */

static void write_csv(const struct ks_table *table, struct ks_buf *out)
{
	for (size_t c = 0; c < table->columns.len; c++) {
		ks_buf_str(out, c ? "," : "");
		ks_text_str(out, KS_TEXT_CSV, table->columns.at[c].key);
	}
	ks_buf_char(out, '\n');
	for (size_t row = 0; row < ks_table_nr_rows(table); row++) {
		for (size_t c = 0; c < table->columns.len; c++) {
			const struct ks_cell *cell = cell_at(table, row, c);
			ks_buf_str(out, c ? "," : "");
			write_cell(cell, "", KS_TEXT_CSV, out);
		}
		ks_buf_char(out, '\n');
	}
}

static void write_json_row(const struct ks_table *table, size_t row, struct ks_json *json)
{
	ks_json_open(json, '{');
	for (size_t c = 0; c < table->columns.len; c++) {
		const struct ks_cell *cell = cell_at(table, row, c);
		ks_json_key(json, table->columns.at[c].key);
		if (cell->form == KS_CELL_NUMBER)
			ks_json_u64(json, cell->number);
		else
			ks_json_str(json, cell->form == KS_CELL_TEXT ? cell->text : NULL);
	}
	ks_json_close(json, '}');
}

static void write_json(const struct ks_table *table, struct ks_buf *out)
{
	struct ks_json json = ks_json_to(out, 0);
	ks_json_open(&json, '{');
	ks_json_key_str(&json, "name", table->name);
	ks_json_key_str(&json, "title", table->title);
	ks_json_key_str(&json, "definition", table->definition);
	ks_json_key_open(&json, "columns", '[');
	for (size_t c = 0; c < table->columns.len; c++)
		ks_json_str(&json, table->columns.at[c].key);
	ks_json_close(&json, ']');
	ks_json_key_open(&json, "rows", '[');
	for (size_t row = 0; row < ks_table_nr_rows(table); row++)
		write_json_row(table, row, &json);
	ks_json_close(&json, ']');
	ks_json_close(&json, '}');
}

static void write_md(const struct ks_table *table, struct ks_buf *out)
{
	ks_buf_printf(out, "### %s\n\n", table->title);
	ks_text_str(out, KS_TEXT_MARKDOWN_TYPE, table->definition);
	ks_buf_str(out, "\n\n");
	for (size_t c = 0; c < table->columns.len; c++) {
		if (is_hidden(table, c))
			continue;
		ks_buf_str(out, "| ");
		ks_text_str(out, KS_TEXT_MARKDOWN_CELL, table->columns.at[c].key);
		ks_buf_char(out, ' ');
	}
	ks_buf_str(out, "|\n");
	for (size_t c = 0; c < table->columns.len; c++)
		if (!is_hidden(table, c))
			ks_buf_str(out, is_text(table, c) ? "| --- " : "| ---: ");
	ks_buf_str(out, "|\n");
	for (size_t row = 0; row < ks_table_nr_rows(table); row++) {
		for (size_t c = 0; c < table->columns.len; c++) {
			const struct ks_cell *cell = cell_at(table, row, c);
			if (is_hidden(table, c))
				continue;
			ks_buf_str(out, "| ");
			write_cell(cell, "?", KS_TEXT_MARKDOWN_CELL, out);
			ks_buf_char(out, ' ');
		}
		ks_buf_str(out, "|\n");
	}
}

void ks_table_write(const struct ks_table *table, enum ks_format format, struct ks_buf *out)
{
	static void (*const writers[KS_NR_FORMATS])(const struct ks_table *, struct ks_buf *) = {
		[KS_FORMAT_TERMINAL] = write_terminal,
		[KS_FORMAT_CSV] = write_csv,
		[KS_FORMAT_JSON] = write_json,
		[KS_FORMAT_MD] = write_md,
	};
	writers[format](table, out);
}
