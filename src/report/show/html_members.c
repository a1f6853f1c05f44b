/* SPDX-License-Identifier: BSD-2-Clause */
/* The members of a struct, union or enum as a table: one column for each definition that neighbours share. */
#include <stdlib.h>
#include <xxhash.h>

#include "base/hashmap.h"
#include "base/url.h"
#include "report/show/html.h"

enum { MAX_ROWS = 4096, MAX_PLACES = 1 << 22 };

/** Neighbours with the same definition. */
struct column {
	const struct ks_decl *decl; // NULL: it has none there
	uint64_t id;
	const char *first, *last;
};
struct matrix {
	struct ks_show_page *page;
	bool two; // kernels beside each other: nothing is told of since when
	size_t nr_columns, nr_rows;
	struct column *columns;
	const char **rows;	   // names, those of the newest definition first
	struct ks_hashmap by_name; // to places in rows, + 1
	uint32_t *places;	   // of each row, where each column has the name, + 1; 0: nowhere
};

static void matrix_deinit(struct matrix *matrix)
{
	free(matrix->columns);
	free(matrix->rows);
	free(matrix->places);
	ks_hashmap_deinit(&matrix->by_name);
}
#define _cleanup_matrix_ __attribute__((__cleanup__(matrix_deinit)))

/** Neighbours with the same definition share one, unless two kernels are compared. */
static void add_column(struct matrix *matrix, const char *label, const struct ks_fact *fact)
{
	const struct ks_decl *decl = fact->present ? fact->decl : NULL;
	struct column *last = matrix->nr_columns ? &matrix->columns[matrix->nr_columns - 1] : NULL;
	if (last && !matrix->two && !last->decl == !decl && last->id == fact->decl_id &&
	    (fact->decl_id || !decl)) {
		last->last = label;
		return;
	}
	matrix->columns[matrix->nr_columns++] =
		(struct column){ .decl = decl, .id = fact->decl_id, .first = label, .last = label };
}

static const char *name_of(const struct ks_decl *decl, uint32_t i)
{
	return decl->kind == KS_ENUM ? decl->values[i].name : decl->members[i].name;
}

/** The row of a name; nr_rows: it has none. */
static size_t row_of(const struct matrix *matrix, const char *name)
{
	struct ks_hashmap_walk walk = ks_hashmap_walk(XXH3_64bits(name, strlen(name)));
	for (uint32_t number; (number = ks_hashmap_next(&matrix->by_name, &walk));)
		if (strcmp(matrix->rows[number - 1], name) == 0)
			return number - 1;
	return matrix->nr_rows;
}

static void add_rows(struct matrix *matrix, const struct ks_decl *decl)
{
	for (uint32_t i = 0; i < decl->nr && matrix->nr_rows < MAX_ROWS; i++) {
		const char *name = name_of(decl, i);
		if (!*name || row_of(matrix, name) != matrix->nr_rows)
			continue;
		matrix->rows[matrix->nr_rows++] = name;
		if (!ks_hashmap_add(&matrix->by_name, XXH3_64bits(name, strlen(name)),
				    (uint32_t)matrix->nr_rows))
			matrix->page->out->failed = true;
	}
}

/** Room for columns. @return false when memory runs out */
static bool begin(struct matrix *matrix, size_t nr_columns)
{
	matrix->columns = calloc(nr_columns + 1, sizeof(*matrix->columns));
	matrix->rows = calloc(MAX_ROWS, sizeof(*matrix->rows));
	matrix->page->out->failed |= !matrix->columns || !matrix->rows;
	return matrix->columns && matrix->rows;
}

/** Where a column has the name of a row, + 1; 0: nowhere. */
static uint32_t place_in(const struct matrix *matrix, size_t row, size_t column)
{
	return matrix->places[row * matrix->nr_columns + column];
}

/** Once the columns are there: the rows, and where each column has each. @return whether there is anything to draw */
static bool lay_out(struct matrix *matrix)
{
	for (size_t i = matrix->nr_columns; i-- > 0;)
		if (matrix->columns[i].decl)
			add_rows(matrix, matrix->columns[i].decl);
	while (matrix->nr_columns * matrix->nr_rows > MAX_PLACES) // the oldest names give way
		matrix->nr_rows /= 2;
	if (!matrix->nr_rows || matrix->page->out->failed)
		return false;
	matrix->places = calloc(matrix->nr_rows * matrix->nr_columns, sizeof(*matrix->places));
	if (!matrix->places) {
		matrix->page->out->failed = true;
		return false;
	}
	for (size_t column = 0; column < matrix->nr_columns; column++) {
		const struct ks_decl *decl = matrix->columns[column].decl;
		for (uint32_t i = 0; decl && i < decl->nr; i++) {
			size_t row = row_of(matrix, name_of(decl, i));
			if (row < matrix->nr_rows && !place_in(matrix, row, column))
				matrix->places[row * matrix->nr_columns + column] = i + 1;
		}
	}
	return true;
}

static void write_place(struct ks_buf *out, const struct ks_decl *decl, uint32_t i)
{
	if (decl->kind == KS_ENUM) {
		ks_buf_sdec(out, decl->values[i].value);
		return;
	}
	const struct ks_member *member = &decl->members[i];
	ks_buf_dec(out, member->bits_offset / 8);
	if (member->bitfield_size)
		ks_buf_printf(out, ".%u:%u", (unsigned)(member->bits_offset % 8),
			      member->bitfield_size);
}

/** The member as C text, escaped. */
static void write_member(struct matrix *matrix, const struct ks_decl *decl, uint32_t i)
{
	struct ks_buf *text = &matrix->page->terminal.text;
	if (decl->kind == KS_ENUM)
		ks_buf_str(text, decl->values[i].name);
	else
		ks_c_text_valid.decl(text, decl->members[i].type, decl->members[i].name);
	ks_show_page_take(matrix->page, matrix->page->out);
}

/** Whether a member reads otherwise than in the column before. */
static bool differs(struct matrix *matrix, const struct ks_decl *old, uint32_t i,
		    const struct ks_decl *new, uint32_t k)
{
	if (new->kind == KS_ENUM)
		return false;
	_cleanup_buf_ struct ks_buf before = { 0 }, after = { 0 };
	ks_c_text_valid.decl(&before, old->members[i].type, "");
	ks_c_text_valid.decl(&after, new->members[k].type, "");
	matrix->page->out->failed |= before.failed || after.failed;
	return before.len != after.len || memcmp(before.at, after.at, after.len) != 0;
}

static void write_cells(struct matrix *matrix, size_t row)
{
	struct ks_buf *out = matrix->page->out;
	const struct ks_decl *before = NULL;
	uint32_t was = 0;
	for (size_t i = 0; i < matrix->nr_columns; i++) {
		const struct ks_decl *decl = matrix->columns[i].decl;
		uint32_t at = place_in(matrix, row, i);
		ks_buf_str(out, "<td class=\"number\">");
		if (at--) {
			bool changed = before && differs(matrix, before, was, decl, at);
			ks_buf_str(out, changed ? "<span class=\"bad\" title=\"another type\">~"
						: "<span>");
			write_place(out, decl, at);
			ks_buf_str(out, "</span>");
			before = decl;
			was = at;
		} else {
			ks_buf_str(out, "<span class=\"dim\">–</span>");
		}
		ks_buf_str(out, "</td>");
	}
}

/** From when to when the columns have a name, without a break up to the last that has it. */
struct time {
	const struct column *since, *until; // NULL: none has it
	size_t last;			    // column that has it
	bool gone;			    // the last one does not have it
};
static struct time time_of(const struct matrix *matrix, size_t row)
{
	struct time time = { 0 };
	bool had = false;
	for (size_t i = 0; row < matrix->nr_rows && i < matrix->nr_columns; i++) {
		bool has = place_in(matrix, row, i);
		if (has) {
			time.since = had ? time.since : &matrix->columns[i];
			time.until = &matrix->columns[i];
			time.last = i;
		}
		had = has;
	}
	time.gone = time.until && !had;
	return time;
}

/** Two definitions have a name with the same type, or value; where it lies does not count. */
static bool same_in_both(struct matrix *matrix, size_t row)
{
	const struct ks_decl *old = matrix->columns[0].decl;
	const struct ks_decl *new = matrix->columns[matrix->nr_columns - 1].decl;
	uint32_t i = place_in(matrix, row, 0);
	uint32_t k = place_in(matrix, row, matrix->nr_columns - 1);
	if (!i || !k)
		return false;
	if (old->kind == KS_ENUM)
		return old->values[i - 1].value == new->values[k - 1].value;
	return !differs(matrix, old, i - 1, new, k - 1);
}

/** What a row is found by in an address: "#m-pid". */
static void write_anchor(struct ks_buf *out, const char *name)
{
	if (!*name)
		return;
	ks_buf_str(out, " id=\"m-");
	ks_url_encode(out, name, strlen(name));
	ks_buf_char(out, '"');
}

static void write_row(struct matrix *matrix, size_t row)
{
	struct ks_buf *out = matrix->page->out;
	const struct time time = time_of(matrix, row);
	bool changed = matrix->two && !same_in_both(matrix, row);
	ks_buf_str(out, "<tr");
	write_anchor(out, matrix->rows[row]);
	ks_buf_str(out, changed ? " class=\"changed\">" : time.gone ? " class=\"dim\">" : ">");
	ks_buf_str(out, "<td><code>");
	write_member(matrix, time.until->decl, place_in(matrix, row, time.last) - 1);
	ks_buf_str(out, "</code></td>");
	if (!matrix->two) {
		ks_buf_str(out, "<td>");
		if (time.since != &matrix->columns[0])
			ks_html_text(out, time.since->first);
		ks_buf_str(out, "</td><td>");
		if (time.gone)
			ks_html_text(out, time.until->last);
		ks_buf_str(out, "</td>");
	}
	write_cells(matrix, row);
	ks_buf_str(out, "</tr>\n");
}

static void write_matrix(struct matrix *matrix)
{
	struct ks_buf *out = matrix->page->out;
	ks_buf_printf(out,
		      "<h2>Members</h2>\n<p class=\"dim\">%s; ~ is another type than before.</p>\n"
		      "<div class=\"scroll\" tabindex=\"0\"><table "
		      "class=\"matrix\"><thead><tr><th>%s</th>%s",
		      matrix->page->terminal.history->kind == KS_ENUM
			      ? "Values"
			      : "Offsets in bytes, of bit-fields with bit:width",
		      matrix->page->terminal.history->kind == KS_ENUM ? "value" : "member",
		      matrix->two ? "" : "<th>since</th><th>until</th>");
	for (size_t i = 0; i < matrix->nr_columns; i++) {
		const struct column *column = &matrix->columns[i];
		ks_buf_str(out, "<th class=\"number\">");
		ks_html_text(out, column->first);
		if (column->last != column->first) {
			ks_buf_str(out, " …<br>");
			ks_html_text(out, column->last);
		}
		ks_buf_str(out, "</th>");
	}
	ks_buf_str(out, "</tr></thead><tbody>\n");
	for (size_t i = 0; i < matrix->nr_rows; i++)
		write_row(matrix, i);
	ks_buf_str(out, "</tbody></table></div>\n");
}

/** The columns are those of the base's line, or of all others where it has none. */
static bool fill_columns(struct matrix *matrix)
{
	const struct ks_history *history = matrix->page->terminal.history;
	const struct ks_groups *groups = matrix->page->terminal.report->groups;
	const struct ks_group *group = &groups->at[KS_GROUP_REGULAR];
	if (!group->nr)
		group = &groups->at[KS_GROUP_OTHER];
	if (!begin(matrix, group->nr))
		return false;
	for (size_t i = 0; i < group->nr; i++)
		if (history->facts[group->images[i]].known)
			add_column(matrix, group->labels[i], &history->facts[group->images[i]]);
	return lay_out(matrix);
}

void ks_show_page_members(struct ks_show_page *page)
{
	_cleanup_matrix_ struct matrix matrix = { .page = page };
	if (fill_columns(&matrix))
		write_matrix(&matrix);
}

void ks_show_page_members_of_two(struct ks_show_page *page, const struct ks_fact *old,
				 const struct ks_fact *new)
{
	_cleanup_matrix_ struct matrix matrix = { .page = page, .two = true };
	if (!begin(&matrix, 2))
		return;
	add_column(&matrix, old->image->label, old);
	add_column(&matrix, new->image->label, new);
	if (lay_out(&matrix))
		write_matrix(&matrix);
}

static void write_type(struct ks_show_page *page, const struct ks_decl *decl, uint32_t i)
{
	if (decl->kind == KS_ENUM)
		return;
	ks_buf_str(page->out, "</td><td>");
	ks_show_page_type(page, decl->members[i].type);
}

/** The name of a member, which leads to its own life. */
static void write_name(struct ks_show_page *page, const struct ks_decl *decl, uint32_t i)
{
	enum ks_kind kind = page->terminal.history->kind;
	const char *name = name_of(decl, i);
	_cleanup_buf_ struct ks_buf field = { 0 };
	bool link = *name && (kind == KS_STRUCT || kind == KS_UNION);
	ks_buf_printf(&field, "%s::%s", decl->name, name);
	ks_buf_str(page->out, "<code>");
	if (link && ks_buf_text(&field))
		ks_show_page_link(page, KS_FIELD, field.at);
	ks_html_text(page->out, name);
	if (link && ks_buf_text(&field))
		ks_show_page_link_end(page);
	page->out->failed |= field.failed;
	ks_buf_str(page->out, "</code>");
}

/** Since when the base's line has a member. */
static void write_since(const struct matrix *matrix, const char *name)
{
	const struct time time = time_of(matrix, row_of(matrix, name));
	if (!time.since)
		return;
	ks_html_text(matrix->page->out, time.since->first);
	ks_buf_str(matrix->page->out, time.since == &matrix->columns[0] ? " or before" : "");
}

static void write_record_row(const struct matrix *matrix, const struct ks_decl *decl, uint32_t i,
			     bool named)
{
	struct ks_buf *out = matrix->page->out;
	ks_buf_str(out, "<tr");
	write_anchor(out, name_of(decl, i));
	ks_buf_str(out, "><td class=\"number\">");
	write_place(out, decl, i);
	ks_buf_str(out, "</td><td>");
	write_name(matrix->page, decl, i);
	write_type(matrix->page, decl, i);
	ks_buf_str(out, named ? "</td><td class=\"since\">" : "");
	if (named)
		write_since(matrix, name_of(decl, i));
	ks_buf_str(out, "</td></tr>\n");
}

void ks_show_page_record(struct ks_show_page *page, const struct ks_decl *decl)
{
	_cleanup_matrix_ struct matrix matrix = { .page = page };
	bool values = decl->kind == KS_ENUM;
	bool named = ks_kinds[page->terminal.history->kind].holds == KS_HOLDS_TYPE &&
		     fill_columns(&matrix);
	ks_buf_printf(page->out,
		      "<h2>%s</h2>\n<div class=\"scroll\" tabindex=\"0\"><table><thead><tr><th "
		      "class=\"number\">%s</th><th>name</th>%s%s</tr></thead><tbody>\n",
		      values ? "Values" : "Members", values ? "value" : "byte",
		      values ? "" : "<th>type</th>", named ? "<th>since</th>" : "");
	for (uint32_t i = 0; i < decl->nr && i < MAX_ROWS; i++)
		write_record_row(&matrix, decl, i, named);
	ks_buf_str(page->out, "</tbody></table></div>\n");
}
