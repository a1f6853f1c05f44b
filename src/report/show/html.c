/* SPDX-License-Identifier: BSD-2-Clause */
/* --format html: the page of a name, for a browser; of its own, or as a part of the site. */
#include "report/show/html.h"

#include <stdlib.h>

#include "attach/attach.h"

/** The definition of the newest kernel that has one. */
static void write_definition(struct ks_show_page *page)
{
	const struct ks_history *history = page->terminal.history;
	for (size_t i = history->nr; i-- > 0;)
		if (ks_fact_comparable(history->kind, &history->facts[i])) {
			ks_show_page_definition(page, &history->facts[i], false);
			return;
		}
}

/** Callers, symbols and places of the newest kernel with debug information, or of any. */
static void write_details(struct ks_show_page *page)
{
	const struct ks_history *history = page->terminal.history;
	const struct ks_fact *fact = NULL;
	for (size_t i = 0; i < history->nr; i++)
		if (history->facts[i].function && (!fact || fact->image->tier != KS_TIER_FULL ||
						   history->facts[i].image->tier == KS_TIER_FULL))
			fact = &history->facts[i];
	if (fact)
		ks_show_page_where(page, fact);
}

static struct ks_error *write_life(struct ks_show_page *page)
{
	enum ks_kind kind = page->terminal.history->kind;
	ks_show_page_head(page);
	KS_TRY(ks_show_page_glance(page));
	if (ks_show_is_record(kind))
		ks_show_page_members(page);
	KS_TRY(ks_show_page_life(page));
	write_definition(page);
	write_details(page);
	return NULL;
}

static struct ks_error *write_body(struct ks_show_page *page)
{
	const struct ks_report_options *options = &page->terminal.report->options;
	const struct ks_fact *facts = page->terminal.history->facts;
	switch (options->nr_focus) {
	case 0:
		return write_life(page);
	case 1:
		page->label = facts[options->focus[0]].image->label;
		return ks_show_page_kernel(page, &facts[options->focus[0]]);
	default:
		return ks_show_page_pair(page, &facts[options->focus[0]],
					 &facts[options->focus[1]]);
	}
}

struct ks_error *ks_report_html(struct ks_report *report, const struct ks_history *history,
				struct ks_buf *out)
{
	uint8_t *own =
		report->options.answers ? NULL : calloc(history->nr + 1, KS_NR_FUNCTION_WAYS);
	struct ks_show_page page = { .terminal = { report, history, out, { 0 } },
				     .out = out,
				     .site = report->options.site,
				     .answers = own ? own : report->options.answers };
	if (!page.answers)
		return &ks_nomem;
	if (!page.site)
		ks_html_begin(out, history->name);
	struct ks_error *err = write_body(&page);
	if (!page.site)
		ks_html_end(out);
	if (!err)
		err = ks_buf_error(&page.terminal.text);
	ks_buf_deinit(&page.terminal.text);
	free(own);
	return err;
}
