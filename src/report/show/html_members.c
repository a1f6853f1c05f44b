/* SPDX-License-Identifier: BSD-2-Clause */
/* The members of a struct, union or enum as a table: one column for each definition that neighbours share. */
#include <stdlib.h>

#include "report/show/html.h"

enum { MAX_COLUMNS = 64, MAX_ROWS = 4096 };

/** Neighbours with the same definition. */
struct column {
	const struct ks_decl *decl; // NULL: it has none there
	uint64_t id;
	const char *first, *last;
};
struct matrix {
	struct ks_show_page *page;
	size_t nr_columns, nr_rows;
	struct column columns[MAX_COLUMNS];
	const char **rows; // names, those of the newest definition first
};

static void add_column(struct matrix *matrix, const char *label, const struct ks_fact *fact)
{
	const struct ks_decl *decl = fact->present ? fact->decl : NULL;
	struct column *last = matrix->nr_columns ? &matrix->columns[matrix->nr_columns - 1] : NULL;
	if (last && !last->decl == !decl && last->id == fact->decl_id && (fact->decl_id || !decl)) {
		last->last = label;
		return;
	}
	if (matrix->nr_columns < MAX_COLUMNS)
		matrix->columns[matrix->nr_columns++] = (struct column){
			.decl = decl, .id = fact->decl_id, .first = label, .last = label
		};
}

static const char *name_of(const struct ks_decl *decl, uint32_t i)
{
	return decl->kind == KS_ENUM ? decl->values[i].name : decl->members[i].name;
}

/** Where a name stands in a definition; decl->nr: nowhere. */
static uint32_t find(const struct ks_decl *decl, const char *name)
{
	uint32_t i = 0;
	while (i < decl->nr && strcmp(name_of(decl, i), name) != 0)
		i++;
	return i;
}

static bool has_row(const struct matrix *matrix, const char *name)
{
	for (size_t i = 0; i < matrix->nr_rows; i++)
		if (strcmp(matrix->rows[i], name) == 0)
			return true;
	return false;
}

static void add_rows(struct matrix *matrix, const struct ks_decl *decl)
{
	for (uint32_t i = 0; i < decl->nr && matrix->nr_rows < MAX_ROWS; i++)
		if (*name_of(decl, i) && !has_row(matrix, name_of(decl, i)))
			matrix->rows[matrix->nr_rows++] = name_of(decl, i);
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

static void write_cells(struct matrix *matrix, const char *name)
{
	struct ks_buf *out = matrix->page->out;
	const struct ks_decl *before = NULL;
	uint32_t was = 0;
	for (size_t i = 0; i < matrix->nr_columns; i++) {
		const struct ks_decl *decl = matrix->columns[i].decl;
		uint32_t at = decl ? find(decl, name) : 0;
		ks_buf_str(out, "<td class=\"number\">");
		if (decl && at < decl->nr) {
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

static void write_row(struct matrix *matrix, const char *name)
{
	struct ks_buf *out = matrix->page->out;
	const struct column *since = NULL, *until = NULL;
	uint32_t at = 0;
	for (size_t i = 0; i < matrix->nr_columns; i++) {
		const struct column *column = &matrix->columns[i];
		if (!column->decl || find(column->decl, name) == column->decl->nr)
			continue;
		since = since ? since : column;
		until = column;
		at = find(column->decl, name);
	}
	bool gone = until && until != &matrix->columns[matrix->nr_columns - 1];
	ks_buf_str(out, gone ? "<tr class=\"dim\"><td><code>" : "<tr><td><code>");
	if (until)
		write_member(matrix, until->decl, at);
	ks_buf_str(out, "</code></td><td>");
	if (since && since != &matrix->columns[0])
		ks_html_text(out, since->first);
	ks_buf_str(out, "</td><td>");
	if (gone)
		ks_html_text(out, until->last);
	ks_buf_str(out, "</td>");
	write_cells(matrix, name);
	ks_buf_str(out, "</tr>\n");
}

static void write_matrix(struct matrix *matrix)
{
	struct ks_buf *out = matrix->page->out;
	ks_buf_printf(out,
		      "<h2>Members</h2>\n<p class=\"dim\">%s; ~ is another type than before.</p>\n"
		      "<div class=\"scroll\" tabindex=\"0\"><table "
		      "class=\"matrix\"><thead><tr><th>member</th>"
		      "<th>since</th><th>until</th>",
		      matrix->page->terminal.history->kind == KS_ENUM
			      ? "Values"
			      : "Offsets in bytes, of bit-fields with bit:width");
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
		write_row(matrix, matrix->rows[i]);
	ks_buf_str(out, "</tbody></table></div>\n");
}

void ks_show_page_members(struct ks_show_page *page)
{
	const struct ks_history *history = page->terminal.history;
	const struct ks_groups *groups = page->terminal.report->groups;
	struct matrix *matrix = calloc(1, sizeof(*matrix));
	const char **rows = calloc(MAX_ROWS, sizeof(*rows));
	if (!matrix || !rows) {
		page->out->failed = true;
	} else {
		matrix->page = page;
		matrix->rows = rows;
		const struct ks_group *group = &groups->at[KS_GROUP_REGULAR];
		if (!group->nr)
			group = &groups->at[KS_GROUP_OTHER];
		for (size_t i = 0; i < group->nr; i++)
			if (history->facts[group->images[i]].known)
				add_column(matrix, group->labels[i],
					   &history->facts[group->images[i]]);
		for (size_t i = matrix->nr_columns; i-- > 0;)
			if (matrix->columns[i].decl)
				add_rows(matrix, matrix->columns[i].decl);
		if (matrix->nr_rows)
			write_matrix(matrix);
	}
	free(rows);
	free(matrix);
}
