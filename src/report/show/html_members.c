/* SPDX-License-Identifier: BSD-2-Clause */
/* The members of a struct, union or enum as a table: one column for each definition that neighbours share. */
#include <stdlib.h>

#include "base/url.h"
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
	bool two; // kernels beside each other: nothing is told of since when
	size_t nr_columns, nr_rows;
	struct column columns[MAX_COLUMNS];
	const char **rows; // names, those of the newest definition first
};

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

/** From when to when the columns have a name. */
struct time {
	const struct column *since, *until; // NULL: none has it
	bool gone;			    // the last one does not have it
};
static struct time time_of(const struct matrix *matrix, const char *name)
{
	struct time time = { 0 };
	for (size_t i = 0; i < matrix->nr_columns; i++) {
		const struct column *column = &matrix->columns[i];
		if (!column->decl || find(column->decl, name) == column->decl->nr)
			continue;
		time.since = time.since ? time.since : column;
		time.until = column;
	}
	time.gone = time.until && time.until != &matrix->columns[matrix->nr_columns - 1];
	return time;
}

/** Two definitions have a name with the same type, or value; where it lies does not count. */
static bool same_in_both(struct matrix *matrix, const char *name)
{
	const struct ks_decl *old = matrix->columns[0].decl;
	const struct ks_decl *new = matrix->columns[matrix->nr_columns - 1].decl;
	uint32_t i = old ? find(old, name) : 0, k = new ? find(new, name) : 0;
	if (!old || !new || i == old->nr || k == new->nr)
		return false;
	if (old->kind == KS_ENUM)
		return old->values[i].value == new->values[k].value;
	return !differs(matrix, old, i, new, k);
}

/** What a row is found by in an address: "#m-pid". */
static void write_anchor(struct ks_buf *out, const char *name)
{
	ks_buf_str(out, " id=\"m-");
	ks_url_encode(out, name, strlen(name));
	ks_buf_char(out, '"');
}

static void write_row(struct matrix *matrix, const char *name)
{
	struct ks_buf *out = matrix->page->out;
	const struct time time = time_of(matrix, name);
	bool changed = matrix->two && !same_in_both(matrix, name);
	ks_buf_str(out, "<tr");
	write_anchor(out, name);
	ks_buf_str(out, changed ? " class=\"changed\">" : time.gone ? " class=\"dim\">" : ">");
	ks_buf_str(out, "<td><code>");
	if (time.until)
		write_member(matrix, time.until->decl, find(time.until->decl, name));
	ks_buf_str(out, "</code></td>");
	if (!matrix->two) {
		ks_buf_str(out, "<td>");
		if (time.since && time.since != &matrix->columns[0])
			ks_html_text(out, time.since->first);
		ks_buf_str(out, "</td><td>");
		if (time.gone)
			ks_html_text(out, time.until->last);
		ks_buf_str(out, "</td>");
	}
	write_cells(matrix, name);
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
		write_row(matrix, matrix->rows[i]);
	ks_buf_str(out, "</tbody></table></div>\n");
}

/** The columns are those of the base's line, or of all others where it has none. */
static void fill_columns(struct matrix *matrix)
{
	const struct ks_history *history = matrix->page->terminal.history;
	const struct ks_groups *groups = matrix->page->terminal.report->groups;
	const struct ks_group *group = &groups->at[KS_GROUP_REGULAR];
	if (!group->nr)
		group = &groups->at[KS_GROUP_OTHER];
	for (size_t i = 0; i < group->nr; i++)
		if (history->facts[group->images[i]].known)
			add_column(matrix, group->labels[i], &history->facts[group->images[i]]);
}

static void write_all(struct matrix *matrix)
{
	matrix->rows = calloc(MAX_ROWS, sizeof(*matrix->rows));
	if (!matrix->rows) {
		matrix->page->out->failed = true;
		return;
	}
	for (size_t i = matrix->nr_columns; i-- > 0;)
		if (matrix->columns[i].decl)
			add_rows(matrix, matrix->columns[i].decl);
	if (matrix->nr_rows)
		write_matrix(matrix);
	free(matrix->rows);
}

void ks_show_page_members(struct ks_show_page *page)
{
	struct matrix matrix = { .page = page };
	fill_columns(&matrix);
	write_all(&matrix);
}

void ks_show_page_members_of_two(struct ks_show_page *page, const struct ks_fact *old,
				 const struct ks_fact *new)
{
	struct matrix matrix = { .page = page, .two = true };
	add_column(&matrix, old->image->label, old);
	add_column(&matrix, new->image->label, new);
	write_all(&matrix);
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

void ks_show_page_record(struct ks_show_page *page, const struct ks_decl *decl)
{
	struct ks_buf *out = page->out;
	struct matrix matrix = { .page = page };
	bool named = ks_kinds[page->terminal.history->kind].holds == KS_HOLDS_TYPE;
	if (named)
		fill_columns(&matrix);
	ks_buf_printf(out,
		      "<h2>%s</h2>\n<div class=\"scroll\" tabindex=\"0\"><table><thead><tr><th "
		      "class=\"number\">%s</th><th>name</th>%s%s</tr></thead><tbody>\n",
		      decl->kind == KS_ENUM ? "Values" : "Members",
		      decl->kind == KS_ENUM ? "value" : "byte",
		      decl->kind == KS_ENUM ? "" : "<th>type</th>", named ? "<th>since</th>" : "");
	for (uint32_t i = 0; i < decl->nr && i < MAX_ROWS; i++) {
		const struct time time = time_of(&matrix, name_of(decl, i));
		ks_buf_str(out, "<tr");
		write_anchor(out, name_of(decl, i));
		ks_buf_str(out, "><td class=\"number\">");
		write_place(out, decl, i);
		ks_buf_str(out, "</td><td>");
		write_name(page, decl, i);
		write_type(page, decl, i);
		ks_buf_str(out, named ? "</td><td>" : "");
		if (named && time.since && *name_of(decl, i)) {
			ks_html_text(out, time.since->first);
			ks_buf_str(out, time.since == &matrix.columns[0] ? " or before" : "");
		}
		ks_buf_str(out, "</td></tr>\n");
	}
	ks_buf_str(out, "</tbody></table></div>\n");
}
