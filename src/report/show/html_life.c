/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of a name as a table: neighbours that say the same are one row. */
#include "attach/attach.h"
#include "base/array.h"
#include "diff/steps.h"
#include "report/show/html.h"

/** What a row says, each as HTML; equal ones of neighbours are told once. */
enum cell { STATUS, DETAIL, WAYS, CHANGES, NR_CELLS };
struct row {
	const char *first, *last; // labels within the group
	const char *image;	  // of the last one: its page
	enum ks_step_event event;
	struct ks_buf cells[NR_CELLS];
};

/** A table on its way. */
struct life {
	struct ks_show_page *page;
	enum ks_group_kind group; // whose table is open; KS_NR_GROUPS: none
	bool functions;
	struct row row;
	bool filled; // the row has something
};

static void write_labels(struct life *life, struct ks_buf *out)
{
	const struct row *row = &life->row;
	if (life->page->site) {
		ks_buf_str(out, "<a href=\"");
		ks_html_address(out, life->page->terminal.history->kind,
				life->page->terminal.history->name, row->image);
		ks_buf_str(out, "\">");
	}
	ks_html_text(out, row->first);
	if (row->last != row->first) {
		ks_buf_str(out, " … ");
		ks_html_text(out, row->last);
	}
	ks_buf_str(out, life->page->site ? "</a>" : "");
}

static void flush_row(struct life *life)
{
	struct ks_buf *out = life->page->out;
	if (!life->filled)
		return;
	bool changed = life->row.event == KS_STEP_CHANGED || life->row.event == KS_STEP_STATUS ||
		       life->row.event == KS_STEP_REMOVED;
	ks_buf_str(out, changed ? "<tr class=\"changed\"><td>" : "<tr><td>");
	write_labels(life, out);
	for (int cell = 0; cell < NR_CELLS; cell++) {
		if (cell == WAYS && !life->functions)
			continue;
		ks_buf_str(out, cell == WAYS ? "</td><td class=\"ways\">" : "</td><td>");
		ks_buf_bytes(out, life->row.cells[cell].at, life->row.cells[cell].len);
		life->row.cells[cell].len = 0;
	}
	ks_buf_str(out, "</td></tr>\n");
	life->filled = false;
}

static void close_table(struct life *life)
{
	flush_row(life);
	if (life->group != KS_NR_GROUPS)
		ks_buf_str(life->page->out, "</tbody></table></div>\n");
}

static void open_table(struct life *life, const struct ks_step *step)
{
	struct ks_buf *out = life->page->out;
	close_table(life);
	life->group = step->group;
	ks_buf_printf(out, "<h2>%s", ks_groups_infos[step->group].title);
	if (step->group != KS_GROUP_REGULAR && step->group != KS_GROUP_OTHER && step->before) {
		ks_buf_str(out, " <span class=\"dim\">compared with ");
		ks_html_text(out, step->before->image->label);
		ks_buf_str(out, "</span>");
	}
	ks_buf_printf(out,
		      "</h2>\n<div class=\"scroll\" "
		      "tabindex=\"0\"><table class=\"life\"><thead><tr><th>kernel</th><th>status"
		      "</th><th>what it is</th>%s<th>changes</th></tr></thead><tbody>\n",
		      life->functions ? "<th>can be attached</th>" : "");
}

void ks_show_page_status(struct ks_show_page *page, const struct ks_fact *fact, struct ks_buf *out)
{
	static const char *const classes[KS_NR_PAINTS] = {
		[KS_PAINT_GOOD] = "good", [KS_PAINT_BAD] = "bad", [KS_PAINT_DIM] = "dim"
	};
	const char *class = classes[ks_terminal_status(&page->terminal, fact)];
	ks_buf_str(out, class ? "<span class=\"" : "<span>");
	ks_buf_str(out, class ? class : "");
	ks_buf_str(out, class ? "\">" : "");
	ks_show_page_take(page, out);
	ks_buf_str(out, "</span>");
}

static void write_ways(struct life *life, const struct ks_fact *fact, struct ks_buf *out)
{
	for (enum ks_attach_way way = 0; fact->present && way < KS_NR_FUNCTION_WAYS; way++) {
		const struct ks_show_answer *answer =
			&ks_show_answers[ks_show_page_answer(life->page, fact, way)];
		const char *const pieces[] = {
			"<span class=\"",
			answer->class,
			"\" title=\"",
			ks_ways[way].text,
			": ",
			answer->word,
			"\">",
			ks_ways[way].text,
			" ",
			answer->mark,
			"</span> ",
		}; // for every kernel of every page: printf() would be half of the time
		for (size_t i = 0; i < KS_ARRAY_LEN(pieces); i++)
			ks_buf_str(out, pieces[i]);
	}
}

void ks_show_page_changes(struct ks_show_page *page, const struct ks_changes *changes,
			  struct ks_buf *out)
{
	enum { OPEN = 4, OPEN_ALONE = 12, TOLD = 200 };
	bool alone = page->terminal.report->options.nr_focus;
	bool folded = changes->nr > (alone ? OPEN_ALONE : OPEN);
	if (folded)
		ks_buf_printf(out, "<details><summary>%zu changes</summary>", changes->nr);
	if (changes->nr)
		ks_buf_str(out, "<ul>");
	for (size_t i = 0; i < changes->nr && i < TOLD; i++) {
		ks_buf_str(out, "<li>");
		ks_change_write(&page->terminal.text, &changes->at[i]);
		ks_show_page_take(page, out);
		ks_buf_str(out, "</li>");
	}
	if (changes->nr > TOLD)
		ks_buf_printf(out, "<li>and %zu more</li>", changes->nr - TOLD);
	ks_buf_str(out, changes->nr ? "</ul>" : "");
	ks_buf_str(out, folded ? "</details>" : "");
}

static void write_changes(struct life *life, const struct ks_step *step, struct ks_buf *out)
{
	if (step->event != KS_STEP_ADDED && step->event != KS_STEP_REMOVED)
		ks_show_page_changes(life->page, &step->changes, out);
	else if (step->before) // of the first one nobody knows since when
		ks_buf_str(out, ks_step_infos[step->event].name);
}

static bool same_cells(const struct row *a, const struct row *b)
{
	for (int i = 0; i < NR_CELLS; i++)
		if (a->cells[i].len != b->cells[i].len ||
		    (a->cells[i].len &&
		     memcmp(a->cells[i].at, b->cells[i].at, a->cells[i].len) != 0))
			return false;
	return true;
}

/** Fill the cells of one image. */
static struct ks_error *fill_row(struct life *life, const struct ks_step *step, struct row *row)
{
	struct ks_terminal *terminal = &life->page->terminal;
	row->first = row->last = step->label;
	row->image = step->fact->image->label;
	row->event = step->event;
	ks_show_page_status(life->page, step->fact, &row->cells[STATUS]);
	if (step->fact->known && step->fact->present)
		KS_TRY(ks_terminal_summary(terminal->history->kind, step->fact, &terminal->text));
	if (step->fact->present)
		ks_terminal_modules(step->fact, &terminal->text);
	ks_show_page_take(life->page, &row->cells[DETAIL]);
	if (life->functions)
		write_ways(life, step->fact, &row->cells[WAYS]);
	write_changes(life, step, &row->cells[CHANGES]);
	return NULL;
}

static struct ks_error *take_step(const struct ks_step *step, void *arg)
{
	struct life *life = arg;
	struct row row = { 0 };
	if (step->group != life->group)
		open_table(life, step);
	struct ks_error *err = fill_row(life, step, &row);
	if (!err && life->filled && same_cells(&life->row, &row)) {
		life->row.last = row.last;
		life->row.image = row.image;
	} else if (!err) {
		flush_row(life);
		struct row empty = life->row;
		life->row = row;
		row = empty;
		life->filled = true;
	}
	for (int i = 0; i < NR_CELLS; i++)
		ks_buf_deinit(&row.cells[i]);
	return err;
}

struct ks_error *ks_show_page_life(struct ks_show_page *page)
{
	const struct ks_history *history = page->terminal.history;
	struct ks_report *report = page->terminal.report;
	struct life life = { .page = page,
			     .group = KS_NR_GROUPS,
			     .functions = history->kind == KS_FUNCTION };
	struct ks_error *err =
		ks_steps_walk(report->groups, history, report->diff, take_step, &life);
	close_table(&life);
	for (int i = 0; i < NR_CELLS; i++)
		ks_buf_deinit(&life.row.cells[i]);
	return err;
}
