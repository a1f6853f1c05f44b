/* SPDX-License-Identifier: BSD-2-Clause */
/* A name in one kernel, and in two beside each other. */
#include "attach/attach.h"
#include "report/show/html.h"
#include "surface/issue.h"

/** How far what the kernel has reaches in one direction of the base's line. What does not tell is passed over. */
struct reach {
	const char *last; // label of the farthest that has the same
	const char *turn; // and of the one behind it, which has it otherwise; NULL: there is none
	bool absent;	  // that one has nothing
};

/** Whether all that one fact holds can be looked for in another: of a tracepoint some images tell a part. */
static bool is_told_by(enum ks_kind kind, const struct ks_fact *own, const struct ks_fact *other)
{
	if (!ks_fact_comparable(kind, own) || !ks_fact_comparable(kind, other))
		return false;
	return !own->tracepoint || ((!own->tracepoint->func || other->tracepoint->func) &&
				    (!own->tracepoint->record || other->tracepoint->record));
}

static struct ks_error *find_reach(struct ks_show_page *page, size_t at, int step,
				   struct reach *ret)
{
	const struct ks_history *history = page->terminal.history;
	const struct ks_group *line = &page->terminal.report->groups->at[KS_GROUP_REGULAR];
	const struct ks_fact *own = &history->facts[line->images[at]];
	*ret = (struct reach){ .last = line->labels[at] };
	for (size_t i = at + (size_t)step; i < line->nr; i += (size_t)step) {
		const struct ks_fact *fact = &history->facts[line->images[i]];
		struct ks_changes changes = { 0 };
		bool compared = is_told_by(history->kind, own, fact);
		if (!fact->known || (fact->present && !compared && ks_kind_compared(history->kind)))
			continue;
		if (compared)
			KS_TRY(ks_diff_facts(page->terminal.report->diff, history->kind, own, fact,
					     &changes));
		if (fact->present && !changes.nr) {
			ret->last = line->labels[i];
			continue;
		}
		ret->turn = line->labels[i];
		ret->absent = !fact->present;
		return NULL;
	}
	return NULL;
}

/** Since when it is declared as it is, and up to when. */
static struct ks_error *write_era(struct ks_show_page *page, const struct ks_fact *fact)
{
	const struct ks_history *history = page->terminal.history;
	const struct ks_group *line = &page->terminal.report->groups->at[KS_GROUP_REGULAR];
	struct ks_buf *out = page->out;
	struct reach before, behind;
	size_t at = 0;
	while (at < line->nr && &history->facts[line->images[at]] != fact)
		at++;
	if (at == line->nr || !fact->present ||
	    (ks_kind_compared(history->kind) && !ks_fact_comparable(history->kind, fact)))
		return NULL; // of what it is nothing is told
	KS_TRY(find_reach(page, at, -1, &before));
	KS_TRY(find_reach(page, at, 1, &behind));
	ks_buf_str(out, history->kind == KS_FUNCTION ? "<dt>declared so</dt><dd>since "
						     : "<dt>defined so</dt><dd>since ");
	ks_html_text(out, before.last);
	if (before.turn) {
		ks_buf_str(out, before.absent ? "; not there in " : "; otherwise in ");
		ks_html_text(out, before.turn);
	} else {
		ks_buf_str(out, " or before");
	}
	if (behind.turn) {
		ks_buf_str(out, behind.absent ? "; gone in " : "; otherwise from ");
		ks_html_text(out, behind.turn);
		ks_buf_str(out, behind.absent ? "" : " on");
	}
	ks_buf_str(out, "</dd>");
	return NULL;
}

static void write_place(struct ks_show_page *page, const struct ks_fact *fact)
{
	const struct ks_function *fn = fact->function;
	if (!fn || !fn->nr_entries || !fn->entries[0].loc_file)
		return;
	ks_location_write(&page->terminal.text, &fn->entries[0]);
	if (fn->nr_entries > 1)
		ks_buf_printf(&page->terminal.text, " and %u more", fn->nr_entries - 1);
	ks_show_page_row(page, "declared at");
}

static struct ks_error *write_glance(struct ks_show_page *page, const struct ks_fact *fact)
{
	enum ks_kind kind = page->terminal.history->kind;
	struct ks_buf *out = page->out;
	ks_buf_str(out, "<dl class=\"glance\"><dt>status</dt><dd>");
	ks_show_page_status(page, fact, out);
	ks_buf_str(out, "</dd>");
	if (kind == KS_FUNCTION && fact->present) {
		KS_TRY(ks_show_page_misses(page, fact));
	} else if (fact->present) {
		KS_TRY(ks_terminal_summary(kind, fact, &page->terminal.text));
		ks_show_page_row(page, "it has");
	}
	ks_terminal_modules(fact, &page->terminal.text);
	ks_show_page_row(page, "of");
	write_place(page, fact);
	KS_TRY(write_era(page, fact));
	ks_buf_str(out, "</dl>\n");
	return NULL;
}

/** Why there is no function is told by what became of it, where that is known. */
static void write_why(struct ks_show_page *page, const struct ks_fact *fact,
		      const struct ks_attach_finding *finding)
{
	uint32_t issues = ks_fact_issues(page->terminal.history->kind, fact);
	if (finding->why == KS_WHY_NO_FUNCTION && issues & KS_ISSUE_BIT(KS_ISSUE_FULL_INLINE))
		ks_buf_str(&page->terminal.text, ks_issues[KS_ISSUE_FULL_INLINE].consequence);
	else
		ks_attach_why(finding, &page->terminal.text);
}

/** Each way to attach with what stands against it. */
static void write_ways(struct ks_show_page *page, const struct ks_fact *fact)
{
	const struct ks_terminal *terminal = &page->terminal;
	const enum ks_attach_way *ways;
	struct ks_buf *out = page->out;
	size_t nr = ks_report_ways(terminal->history->kind, &ways);
	if (!nr || !fact->present || !terminal->report->options.view)
		return;
	ks_buf_str(out,
		   "<h2>Where to attach</h2>\n<div class=\"scroll\" tabindex=\"0\"><table>"
		   "<thead><tr><th>program</th><th>answer</th><th>why</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < nr; i++) {
		struct ks_attach_result result;
		ks_report_attach_why(terminal->report, terminal->history, fact, ways[i], &result);
		const struct ks_show_answer *answer = &ks_show_answers[result.answer];
		ks_buf_printf(out,
			      "<tr><td>%s</td><td class=\"answer\"><span class=\"%s\">%s "
			      "%s</span></td><td>",
			      ks_ways[ways[i]].text, answer->class, answer->mark, answer->word);
		const char *between = "";
		for (uint32_t k = 0; k < result.nr; k++) {
			write_why(page, fact, &result.at[k]);
			ks_buf_str(out, page->terminal.text.len ? between : "");
			between = page->terminal.text.len ? "; " : between;
			ks_show_page_take(page, out);
		}
		ks_buf_str(out, "</td></tr>\n");
	}
	ks_buf_str(out, "</tbody></table></div>\n");
}

static void write_parameters(struct ks_show_page *page, const struct ks_fact *fact)
{
	const struct ks_type *proto = fact->decl ? fact->decl->type : NULL;
	struct ks_buf *out = page->out;
	if (!proto || proto->kind != KS_TYPE_PROTO)
		return;
	ks_buf_str(out, "<h2>Parameters</h2>\n<div class=\"scroll\" tabindex=\"0\"><table><thead>"
			"<tr><th class=\"number\">#</th><th>name</th><th>type</th></tr></thead>"
			"<tbody>\n");
	for (uint32_t i = 0; i < proto->nr_params; i++) {
		ks_buf_printf(out, "<tr><td class=\"number\">%u</td><td><code>", i + 1);
		ks_html_text(out, proto->params[i].name);
		ks_buf_str(out, "</code></td><td>");
		ks_show_page_type(page, proto->params[i].type);
		ks_buf_str(out, "</td></tr>\n");
	}
	ks_buf_str(out, "<tr><td></td><td>returns</td><td>");
	ks_show_page_type(page, proto->inner);
	ks_buf_str(out, "</td></tr>\n</tbody></table></div>\n");
}

/** Definitions of a type name that differ within the kernel. */
static void write_variants(struct ks_show_page *page, const struct ks_fact *fact)
{
	const struct ks_ambiguity *names = fact->ambiguity;
	struct ks_buf *out = page->out;
	enum { UNITS = 3 };
	if (!names)
		return;
	ks_buf_str(out, "<h2>Differing definitions</h2>\n<div class=\"scroll\" tabindex=\"0\">"
			"<table><thead><tr><th class=\"number\">bytes</th><th>module</th><th>in"
			"</th></tr></thead><tbody>\n");
	for (uint32_t i = 0; i < names->nr_variants; i++) {
		const struct ks_variant *variant = &names->variants[i];
		ks_buf_printf(out, "<tr><td class=\"number\">%llu</td><td>",
			      (unsigned long long)variant->decl->size);
		ks_html_text(out, variant->decl->module ? variant->decl->module : "");
		ks_buf_str(out, "</td><td>");
		for (uint32_t k = 0; k < variant->nr_units && k < UNITS; k++) {
			ks_buf_str(out, k ? ", <code>" : "<code>");
			ks_html_text(out, variant->units[k]);
			ks_buf_str(out, "</code>");
		}
		if (variant->nr_units > UNITS)
			ks_buf_printf(out, " and %u more", variant->nr_units - UNITS);
		ks_buf_str(out, "</td></tr>\n");
	}
	ks_buf_str(out, "</tbody></table></div>\n");
}

struct ks_error *ks_show_page_kernel(struct ks_show_page *page, const struct ks_fact *fact)
{
	enum ks_kind kind = page->terminal.history->kind;
	const struct ks_decl *record = fact->tracepoint ? fact->tracepoint->record : fact->decl;
	ks_show_page_head(page);
	KS_TRY(write_glance(page, fact));
	write_ways(page, fact);
	if (fact->present && record && (ks_show_is_record(kind) || kind == KS_TRACEPOINT))
		ks_show_page_record(page, record);
	if (fact->present)
		write_parameters(page, fact);
	ks_show_page_definition(page, fact, ks_show_is_record(kind) || kind == KS_TRACEPOINT);
	write_variants(page, fact);
	if (fact->function) {
		ks_buf_str(page->out, "<h2>Where it is</h2>\n");
		ks_show_page_function(page, fact, false);
	}
	return NULL;
}

/* ---- two kernels ---- */

/** A row of the two, marked where they differ. */
static void write_row(struct ks_show_page *page, const char *title, const struct ks_buf cells[2])
{
	struct ks_buf *out = page->out;
	if (!cells[0].len && !cells[1].len)
		return;
	bool same =
		cells[0].len == cells[1].len && memcmp(cells[0].at, cells[1].at, cells[0].len) == 0;
	ks_buf_printf(out, "<tr%s><th scope=\"row\">%s</th>", same ? "" : " class=\"changed\"",
		      title);
	for (int i = 0; i < 2; i++) {
		ks_buf_str(out, "<td>");
		ks_buf_bytes(out, cells[i].at, cells[i].len);
		ks_buf_str(out, "</td>");
	}
	ks_buf_str(out, "</tr>\n");
}

enum { STATUS, SUMMARY, WAYS, PLACE, CODE, NR_ROWS };

static struct ks_error *fill_cell(struct ks_show_page *page, const struct ks_fact *fact, int row,
				  struct ks_buf *out)
{
	enum ks_kind kind = page->terminal.history->kind;
	struct ks_buf *text = &page->terminal.text;
	if (row == STATUS) {
		ks_show_page_status(page, fact, out);
		return NULL;
	}
	if (!fact->present)
		return NULL;
	switch (row) {
	case SUMMARY:
		KS_TRY(ks_terminal_summary(kind, fact, text));
		ks_terminal_modules(fact, text);
		break;
	case WAYS:
		for (enum ks_attach_way way = 0; kind == KS_FUNCTION && way < KS_NR_FUNCTION_WAYS;
		     way++) {
			const struct ks_show_answer *answer =
				&ks_show_answers[ks_show_page_answer(page, fact, way)];
			ks_buf_printf(out, "%s<span class=\"%s\">%s %s</span>", way ? " " : "",
				      answer->class, ks_ways[way].text, answer->mark);
		}
		break;
	case PLACE:
		if (fact->function && fact->function->nr_entries &&
		    fact->function->entries[0].loc_file)
			ks_location_write(text, &fact->function->entries[0]);
		break;
	default:
		ks_terminal_declaration(text, kind, fact);
		if (!text->len)
			return NULL;
		ks_buf_str(out, "<code>");
		ks_show_page_take(page, out);
		ks_buf_str(out, "</code>");
		break;
	}
	ks_show_page_take(page, out);
	return NULL;
}

static struct ks_error *write_rows(struct ks_show_page *page, const struct ks_fact *const facts[2])
{
	static const char *const titles[NR_ROWS] = { "status", "what it is", "can be attached",
						     "declared at", "declaration" };
	for (int row = 0; row < NR_ROWS; row++) {
		struct ks_buf cells[2] = { 0 };
		struct ks_error *err = fill_cell(page, facts[0], row, &cells[0]);
		if (!err)
			err = fill_cell(page, facts[1], row, &cells[1]);
		if (!err)
			write_row(page, titles[row], cells);
		page->out->failed |= cells[0].failed || cells[1].failed;
		ks_buf_deinit(&cells[0]);
		ks_buf_deinit(&cells[1]);
		KS_TRY(err);
	}
	return NULL;
}

static struct ks_error *write_changes(struct ks_show_page *page, const struct ks_fact *old,
				      const struct ks_fact *new)
{
	enum ks_kind kind = page->terminal.history->kind;
	struct ks_diff *diff = page->terminal.report->diff;
	struct ks_changes changes = { 0 };
	struct ks_buf *out = page->out;
	ks_buf_str(out, "<h2>Changes</h2>\n");
	if (!old->known || !new->known) {
		ks_buf_str(out, "<p class=\"dim\">unknown: one of both does not tell</p>\n");
		return NULL;
	}
	if (old->present != new->present) {
		ks_buf_str(out, new->present ? "<p>added</p>\n" : "<p>removed</p>\n");
		return NULL;
	}
	ks_diff_reset(diff);
	if (ks_fact_comparable(kind, old) && ks_fact_comparable(kind, new))
		KS_TRY(ks_diff_facts(diff, kind, old, new, &changes));
	KS_TRY(ks_diff_extras(diff, kind, KS_DIFF_STATUS | KS_DIFF_LAYOUT, old, new, &changes));
	if (!changes.nr)
		ks_buf_str(out, "<p>none</p>\n");
	ks_show_page_changes(page, &changes, out);
	return NULL;
}

struct ks_error *ks_show_page_pair(struct ks_show_page *page, const struct ks_fact *old,
				   const struct ks_fact *new)
{
	enum ks_kind kind = page->terminal.history->kind;
	const struct ks_fact *const facts[2] = { old, new };
	struct ks_buf *out = page->out;
	ks_show_page_head(page);
	ks_buf_str(out, "<div class=\"scroll\" tabindex=\"0\"><table class=\"two\"><thead><tr><td>"
			"</td>");
	for (int i = 0; i < 2; i++) {
		ks_buf_str(out, "<th>");
		ks_html_text(out, facts[i]->image->label);
		ks_buf_str(out, "</th>");
	}
	ks_buf_str(out, "</tr></thead><tbody>\n");
	KS_TRY(write_rows(page, facts));
	ks_buf_str(out, "</tbody></table></div>\n");
	KS_TRY(write_changes(page, old, new));
	if (ks_show_is_record(kind))
		ks_show_page_members_of_two(page, old, new);
	for (int i = 0; i < 2; i++)
		ks_show_page_where(page, facts[i]);
	return NULL;
}
