/* SPDX-License-Identifier: BSD-2-Clause */
/* --format html: the page of a name, for a browser; of its own, or as a part of the site. */
#include "report/show/html.h"

#include "attach/attach.h"
#include "diff/steps.h"
#include "surface/image.h"
#include "surface/issue.h"

enum { UNBROKEN = 1 << 20 };

void ks_show_page_take(struct ks_show_page *page, struct ks_buf *out)
{
	struct ks_buf *text = &page->terminal.text;
	ks_text_write(out, KS_TEXT_MARKUP, text->at, text->len);
	text->len = 0;
}

/** The newest image that has the name; NULL: none has. */
static const struct ks_fact *newest(const struct ks_history *history)
{
	for (size_t i = history->nr; i-- > 0;)
		if (history->facts[i].present)
			return &history->facts[i];
	return NULL;
}

static void write_head(struct ks_show_page *page)
{
	const struct ks_history *history = page->terminal.history;
	struct ks_buf *out = page->out;
	size_t present = 0;
	for (size_t i = 0; i < history->nr; i++)
		present += history->facts[i].present;
	ks_buf_printf(out, "<h1><span class=\"kind\">%s</span> <code>",
		      ks_kinds[history->kind].name);
	ks_html_text(out, history->name);
	ks_buf_printf(out, "</code></h1>\n<p class=\"dim\">in %zu of %zu kernels</p>\n", present,
		      history->nr);
}

/** What can be done with it where the answer is the given one: "fentry, kprobe". @return whether there is any */
static bool write_answers(struct ks_show_page *page, const struct ks_fact *fact,
			  enum ks_answer wanted, const char *before, const char *class)
{
	const char *between = "";
	for (enum ks_attach_way way = 0; way < KS_NR_FUNCTION_WAYS; way++) {
		if (ks_report_attach(page->terminal.report, page->terminal.history, fact, way) !=
		    wanted)
			continue;
		if (!*between)
			ks_buf_printf(page->out, "%s<span class=\"%s\">", before, class);
		ks_buf_printf(page->out, "%s%s", between, ks_ways[way].text);
		between = ", ";
	}
	ks_buf_str(page->out, *between ? "</span>" : "");
	return *between;
}

static void write_issues(struct ks_show_page *page, const struct ks_fact *fact)
{
	uint32_t issues = ks_fact_issues(page->terminal.history->kind, fact);
	issues &= ~KS_ISSUE_BIT(KS_ISSUE_ABSENT);
	const char *between = "";
	for (unsigned int i = 0; i < KS_NR_ISSUES; i++) {
		if (!(issues & KS_ISSUE_BIT(i)))
			continue;
		ks_buf_printf(page->out, "%s<span class=\"bad\">%s</span>: %s", between,
			      ks_issues[i].title, ks_issues[i].consequence);
		between = "<br>";
	}
	if (!issues)
		ks_buf_str(page->out, ks_image_tells_inline(fact->image)
					      ? "<span class=\"good\">nothing</span>"
					      : "<span class=\"dim\">unknown where it is inlined: "
						"the image has no debug information</span>");
}

/** Where to attach, since when, and what a probe would miss: of the newest kernel that has the function. */
static void write_glance(struct ks_show_page *page)
{
	const struct ks_history *history = page->terminal.history;
	const struct ks_fact *fact = newest(history);
	struct ks_buf *out = page->out;
	if (!fact || history->kind != KS_FUNCTION)
		return;
	const struct ks_span span = ks_steps_span(page->terminal.report->groups, history);
	ks_buf_str(out, "<dl class=\"glance\"><dt>on</dt><dd>");
	ks_html_text(out, fact->image->label);
	ks_buf_str(out, "</dd><dt>attach</dt><dd>");
	bool any = write_answers(page, fact, KS_ANSWER_YES, "", "good");
	any |= write_answers(page, fact, KS_ANSWER_NO, any ? "; not: " : "not: ", "bad");
	write_answers(page, fact, KS_ANSWER_UNKNOWN, any ? "; unknown: " : "unknown: ", "dim");
	ks_buf_str(out, "</dd><dt>a probe misses</dt><dd>");
	write_issues(page, fact);
	ks_buf_str(out, "</dd>");
	if (span.since) {
		ks_buf_str(out, "<dt>since</dt><dd>");
		ks_html_text(out, span.since);
		ks_buf_str(out, span.began_earlier ? " or before" : "");
		if (span.has_ended) {
			ks_buf_str(out, ", until ");
			ks_html_text(out, span.until);
		}
		ks_buf_str(out, "</dd>");
	}
	ks_buf_str(out, "</dl>\n");
}

static bool is_record(const struct ks_decl *decl)
{
	return decl && (decl->kind == KS_STRUCT || decl->kind == KS_UNION || decl->kind == KS_ENUM);
}

/** The definition of the newest kernel that has one. */
static void write_definition(struct ks_show_page *page)
{
	const struct ks_history *history = page->terminal.history;
	const struct ks_fact *fact = NULL;
	for (size_t i = history->nr; i-- > 0 && !fact;)
		if (ks_fact_comparable(history->kind, &history->facts[i]))
			fact = &history->facts[i];
	if (!fact || ks_kinds[history->kind].holds == KS_HOLDS_VALUE)
		return;
	_cleanup_buf_ struct ks_buf text = { 0 };
	const struct ks_decl *record = fact->tracepoint ? fact->tracepoint->record : fact->decl;
	if (ks_terminal_declaration(&text, history->kind, fact) && text.len) {
		ks_text_tail(&text, 0, KS_TEXT_LINE); // before the lines are told apart
		ks_buf_char(&text, '\n');
	}
	if (is_record(record))
		ks_terminal_record(&text, record);
	page->out->failed |= text.failed;
	if (!text.len)
		return;
	ks_buf_str(page->out, "<h2>Definition <span class=\"dim\">in ");
	ks_html_text(page->out, fact->image->label);
	ks_buf_str(page->out, "</span></h2>\n<pre tabindex=\"0\">");
	ks_html_lines(page->out, text.at, text.len);
	ks_buf_str(page->out, "</pre>\n");
}

/** Callers, symbols and places of the newest kernel with debug information, or of any. */
static struct ks_error *write_details(struct ks_show_page *page)
{
	const struct ks_history *history = page->terminal.history;
	const struct ks_fact *fact = NULL;
	for (size_t i = 0; i < history->nr; i++)
		if (history->facts[i].function && (!fact || fact->image->tier != KS_TIER_FULL ||
						   history->facts[i].image->tier == KS_TIER_FULL))
			fact = &history->facts[i];
	if (!fact)
		return NULL;
	_cleanup_buf_ struct ks_buf text = { 0 };
	struct ks_report wide = *page->terminal.report;
	wide.options.columns = UNBROKEN; // the browser breaks lines
	struct ks_terminal terminal = { &wide, history, &text, { 0 } };
	struct ks_error *err = ks_terminal_function(&terminal, fact);
	ks_buf_deinit(&terminal.text);
	if (err)
		return err;
	ks_buf_str(page->out, "<h2>Where it is</h2>\n<pre class=\"wrapped\">");
	size_t blank = text.len && text.at[0] == '\n';
	ks_html_lines(page->out, text.at + blank, text.len - blank);
	ks_buf_str(page->out, "</pre>\n");
	return ks_buf_error(&text);
}

static struct ks_error *write_body(struct ks_show_page *page)
{
	enum ks_kind kind = page->terminal.history->kind;
	write_head(page);
	write_glance(page);
	if (kind == KS_STRUCT || kind == KS_UNION || kind == KS_ENUM)
		ks_show_page_members(page);
	KS_TRY(ks_show_page_life(page));
	write_definition(page);
	return write_details(page);
}

struct ks_error *ks_report_html(struct ks_report *report, const struct ks_history *history,
				struct ks_buf *out)
{
	struct ks_show_page page = { .terminal = { report, history, out, { 0 } },
				     .out = out,
				     .site = report->options.site };
	if (!page.site)
		ks_html_begin(out, history->name);
	struct ks_error *err = write_body(&page);
	if (!page.site)
		ks_html_end(out);
	if (!err)
		err = ks_buf_error(&page.terminal.text);
	ks_buf_deinit(&page.terminal.text);
	return err;
}
