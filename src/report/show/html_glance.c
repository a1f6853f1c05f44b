/* SPDX-License-Identifier: BSD-2-Clause */
/* What one wants to know first: where to attach, since when, what a probe misses; of a struct how large it is and when it changed. */
#include "attach/attach.h"
#include "diff/steps.h"
#include "report/show/html.h"
#include "surface/image.h"
#include "surface/issue.h"

/** The newest image of the base's line that has the name, else the newest of all; NULL: none has. */
static const struct ks_fact *newest(const struct ks_groups *groups,
				    const struct ks_history *history)
{
	const struct ks_group *line = &groups->at[KS_GROUP_REGULAR];
	for (size_t i = line->nr; i-- > 0;)
		if (history->facts[line->images[i]].present)
			return &history->facts[line->images[i]];
	for (size_t i = history->nr; i-- > 0;)
		if (history->facts[i].present)
			return &history->facts[i];
	return NULL;
}

/** The newest one that tells where the function is inlined. */
static const struct ks_fact *newest_telling(const struct ks_history *history)
{
	for (size_t i = history->nr; i-- > 0;) {
		const struct ks_fact *fact = &history->facts[i];
		if (fact->present && fact->function && ks_image_tells_inline(fact->image))
			return fact;
	}
	return NULL;
}

/** What can be done with it where the answer is the given one: "fentry, kprobe". @return whether there is any */
static bool write_answers(struct ks_show_page *page, const struct ks_fact *fact,
			  enum ks_answer wanted, const char *before)
{
	const char *between = "";
	for (enum ks_attach_way way = 0; way < KS_NR_FUNCTION_WAYS; way++) {
		if (ks_show_page_answer(page, fact, way) != wanted)
			continue;
		if (!*between)
			ks_buf_printf(page->out, "%s<span class=\"%s\">", before,
				      ks_show_answers[wanted].class);
		ks_buf_printf(page->out, "%s%s", between, ks_ways[way].text);
		between = ", ";
	}
	ks_buf_str(page->out, *between ? "</span>" : "");
	return *between;
}

static void write_attach(struct ks_show_page *page, const struct ks_fact *fact)
{
	ks_buf_str(page->out, "<dt>attach</dt><dd>");
	bool any = write_answers(page, fact, KS_ANSWER_YES, "");
	any |= write_answers(page, fact, KS_ANSWER_NO, any ? "; not: " : "not: ");
	write_answers(page, fact, KS_ANSWER_UNKNOWN, any ? "; unknown: " : "unknown: ");
	ks_buf_str(page->out, "</dd>");
}

/** On how many of the kernels that have it each way works. */
static void write_over_all(struct ks_show_page *page)
{
	const struct ks_history *history = page->terminal.history;
	struct ks_buf *out = page->out;
	size_t present = 0;
	for (size_t i = 0; i < history->nr; i++)
		present += history->facts[i].present;
	if (present < 2)
		return;
	ks_buf_printf(out, "<dt>on all %zu</dt><dd>", present);
	for (enum ks_attach_way way = 0; way < KS_NR_FUNCTION_WAYS; way++) {
		size_t nr[] = { 0, 0, 0 };
		for (size_t i = 0; i < history->nr; i++)
			if (history->facts[i].present)
				nr[ks_show_page_answer(page, &history->facts[i], way)]++;
		ks_buf_printf(out, "%s%s ", way ? "; " : "", ks_ways[way].text);
		if (nr[KS_ANSWER_YES] == present)
			ks_buf_str(out, "<span class=\"good\">everywhere</span>");
		else if (nr[KS_ANSWER_NO] == present)
			ks_buf_str(out, "<span class=\"bad\">nowhere</span>");
		else
			ks_buf_printf(out, "on %zu", nr[KS_ANSWER_YES]);
		if (nr[KS_ANSWER_UNKNOWN])
			ks_buf_printf(out, " <span class=\"dim\">(%zu unknown)</span>",
				      nr[KS_ANSWER_UNKNOWN]);
	}
	ks_buf_str(out, "</dd>");
}

/** Issues with what they mean, and where calls are seen. */
static struct ks_error *write_issues(struct ks_show_page *page, const struct ks_fact *fact)
{
	uint32_t issues = ks_fact_issues(page->terminal.history->kind, fact);
	bool tells = ks_image_tells_inline(fact->image);
	issues &= ~KS_ISSUE_BIT(KS_ISSUE_ABSENT);
	const char *between = "";
	for (unsigned int i = 0; i < KS_NR_ISSUES; i++) {
		if (!(issues & KS_ISSUE_BIT(i)))
			continue;
		ks_buf_printf(page->out, "%s<span class=\"bad\">%s</span>: %s", between,
			      ks_issues[i].title, ks_issues[i].consequence);
		between = "<br>";
	}
	if (!issues && tells)
		ks_buf_str(page->out, "<span class=\"good\">nothing</span>");
	if (tells && fact->function && fact->function->nr_entries) {
		KS_TRY(ks_terminal_summary(page->terminal.history->kind, fact,
					   &page->terminal.text));
		ks_buf_str(page->out, issues ? "<br>" : "; ");
		ks_show_page_take(page, page->out);
	}
	if (!tells)
		ks_buf_printf(page->out,
			      "%s<span class=\"dim\">unknown where it is inlined: the image has no "
			      "debug information</span>",
			      between);
	return NULL;
}

struct ks_error *ks_show_page_misses(struct ks_show_page *page, const struct ks_fact *fact)
{
	const struct ks_fact *telling = newest_telling(page->terminal.history);
	ks_buf_str(page->out, "<dt>a probe misses</dt><dd>");
	KS_TRY(write_issues(page, fact));
	if (telling && !ks_image_tells_inline(fact->image)) {
		ks_buf_str(page->out, "<br>on ");
		ks_html_text(page->out, telling->image->label);
		ks_buf_str(page->out, ", the newest that tells: ");
		KS_TRY(write_issues(page, telling));
	}
	ks_buf_str(page->out, "</dd>");
	return NULL;
}

static void write_span(struct ks_show_page *page)
{
	const struct ks_span span =
		ks_steps_span(page->terminal.report->groups, page->terminal.history);
	struct ks_buf *out = page->out;
	if (!span.since)
		return;
	ks_buf_str(out, "<dt>since</dt><dd>");
	ks_html_text(out, span.since);
	ks_buf_str(out, span.began_earlier ? " or before" : "");
	if (span.has_ended) {
		ks_buf_str(out, ", until ");
		ks_html_text(out, span.until);
	}
	ks_buf_str(out, "</dd>");
}

/** The last change in the base's line. */
struct last {
	const char *old, *new; // labels
	size_t nr;	       // of changes of the definition
};
static struct ks_error *take_step(const struct ks_step *step, void *arg)
{
	struct last *last = arg;
	if (step->group == KS_GROUP_REGULAR && step->event == KS_STEP_CHANGED)
		*last = (struct last){ step->before_label, step->label, step->changes.nr };
	return NULL;
}

static struct ks_error *write_record(struct ks_show_page *page, const struct ks_fact *fact)
{
	const struct ks_history *history = page->terminal.history;
	struct ks_report *report = page->terminal.report;
	struct ks_buf *out = page->out;
	struct last last = { 0 };
	KS_TRY(ks_terminal_summary(history->kind, fact, &page->terminal.text));
	ks_terminal_modules(fact, &page->terminal.text);
	ks_show_page_row(page, "it has");
	write_span(page);
	KS_TRY(ks_steps_walk(report->groups, history, report->diff, take_step, &last));
	if (!last.nr)
		return NULL;
	ks_buf_printf(out, "<dt>last change</dt><dd>%zu change%s from ", last.nr,
		      last.nr == 1 ? "" : "s");
	ks_html_text(out, last.old);
	ks_buf_str(out, " to ");
	ks_html_text(out, last.new);
	ks_buf_str(out, "</dd>");
	return NULL;
}

struct ks_error *ks_show_page_glance(struct ks_show_page *page)
{
	const struct ks_history *history = page->terminal.history;
	const struct ks_fact *fact = newest(page->terminal.report->groups, history);
	struct ks_buf *out = page->out;
	if (!fact)
		return NULL;
	ks_buf_str(out, "<dl class=\"glance\"><dt>on</dt><dd>");
	ks_html_text(out, fact->image->label);
	ks_buf_str(out, "</dd>");
	if (history->kind == KS_FUNCTION) {
		write_attach(page, fact);
		write_over_all(page);
		KS_TRY(ks_show_page_misses(page, fact));
		write_span(page);
	} else {
		KS_TRY(write_record(page, fact));
	}
	ks_buf_str(out, "</dl>\n");
	return NULL;
}
