/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of a page are made of: links, types, answers, the title and a definition as C. */
#include "attach/attach.h"
#include "report/show/html.h"

const struct ks_show_answer ks_show_answers[] = {
	[KS_ANSWER_NO] = { "bad", "✗", "no" },
	[KS_ANSWER_YES] = { "good", "✓", "yes" },
	[KS_ANSWER_UNKNOWN] = { "dim", "?", "unknown" },
};

void ks_show_page_take(struct ks_show_page *page, struct ks_buf *out)
{
	struct ks_buf *text = &page->terminal.text;
	ks_text_write(out, KS_TEXT_MARKUP, text->at, text->len);
	text->len = 0;
}

void ks_show_page_row(struct ks_show_page *page, const char *title)
{
	if (!page->terminal.text.len)
		return;
	ks_buf_printf(page->out, "<dt>%s</dt><dd>", title);
	ks_show_page_take(page, page->out);
	ks_buf_str(page->out, "</dd>");
}

void ks_show_page_link(struct ks_show_page *page, enum ks_kind kind, const char *name)
{
	if (!page->site)
		return;
	ks_buf_str(page->out, "<a href=\"");
	ks_html_address(page->out, kind, name, page->label);
	ks_buf_str(page->out, "\">");
}

void ks_show_page_link_end(struct ks_show_page *page)
{
	ks_buf_str(page->out, page->site ? "</a>" : "");
}

/** The kind of names that a type is of, below pointers, arrays and qualifiers; KS_NR_KINDS: it has none. */
static enum ks_kind named_kind(const struct ks_type **type)
{
	enum { DEEPEST = 32 };
	for (int i = 0; *type && i < DEEPEST; i++)
		switch ((*type)->kind) {
		case KS_TYPE_PTR:
		case KS_TYPE_CONST:
		case KS_TYPE_VOLATILE:
		case KS_TYPE_RESTRICT:
		case KS_TYPE_ARRAY:
		case KS_TYPE_TAG:
			*type = (*type)->inner;
			break;
		case KS_TYPE_STRUCT:
			return KS_STRUCT;
		case KS_TYPE_UNION:
			return KS_UNION;
		case KS_TYPE_ENUM:
			return KS_ENUM;
		case KS_TYPE_TYPEDEF:
			return KS_TYPEDEF;
		default:
			return KS_NR_KINDS;
		}
	return KS_NR_KINDS;
}

void ks_show_page_type(struct ks_show_page *page, const struct ks_type *type)
{
	const struct ks_type *named = type;
	enum ks_kind kind = named_kind(&named);
	bool link = kind != KS_NR_KINDS && named->name;
	ks_buf_str(page->out, "<code>");
	if (link)
		ks_show_page_link(page, kind, named->name);
	ks_c_text_valid.type(&page->terminal.text, type);
	ks_show_page_take(page, page->out);
	if (link)
		ks_show_page_link_end(page);
	ks_buf_str(page->out, "</code>");
}

enum ks_answer ks_show_page_answer(struct ks_show_page *page, const struct ks_fact *fact,
				   enum ks_attach_way way)
{
	const struct ks_history *history = page->terminal.history;
	uint8_t *kept = &page->answers[(size_t)(fact - history->facts) * KS_NR_FUNCTION_WAYS + way];
	if (!*kept)
		*kept = (uint8_t)(1 + ks_report_attach(page->terminal.report, history, fact, way));
	return (enum ks_answer)(*kept - 1);
}

void ks_show_page_head(struct ks_show_page *page)
{
	const struct ks_history *history = page->terminal.history;
	const struct ks_report_options *options = &page->terminal.report->options;
	struct ks_buf *out = page->out;
	size_t present = 0;
	for (size_t i = 0; i < history->nr; i++)
		present += history->facts[i].present;
	ks_buf_printf(out, "<h1><span class=\"kind\">%s</span> <code>",
		      ks_kinds[history->kind].name);
	ks_html_text(out, history->name);
	ks_buf_str(out, "</code>");
	for (size_t i = 0; i < options->nr_focus; i++) {
		ks_buf_str(out, i ? " → <strong>" : " <span class=\"kind\">in</span> <strong>");
		ks_html_text(out, history->facts[options->focus[i]].image->label);
		ks_buf_str(out, "</strong>");
	}
	ks_buf_str(out, "</h1>\n");
	if (!options->nr_focus)
		ks_buf_printf(out, "<p class=\"dim\">in %zu of %zu kernels</p>\n", present,
			      history->nr);
}

void ks_show_page_definition(struct ks_show_page *page, const struct ks_fact *fact, bool folded)
{
	const struct ks_history *history = page->terminal.history;
	if (ks_kinds[history->kind].holds == KS_HOLDS_VALUE ||
	    !ks_fact_comparable(history->kind, fact))
		return;
	_cleanup_buf_ struct ks_buf text = { 0 };
	const struct ks_decl *record = fact->tracepoint ? fact->tracepoint->record : fact->decl;
	if (ks_terminal_declaration(&text, history->kind, fact) && text.len) {
		ks_text_tail(&text, 0, KS_TEXT_LINE); // before the lines are told apart
		ks_buf_char(&text, '\n');
	}
	if (record && ks_show_is_record(record->kind))
		ks_terminal_record(&text, record);
	page->out->failed |= text.failed;
	if (!text.len)
		return;
	ks_buf_str(page->out, folded ? "<details><summary>As C</summary>\n<pre tabindex=\"0\">"
				     : "<h2>Definition <span class=\"dim\">in ");
	if (!folded) {
		ks_html_text(page->out, fact->image->label);
		ks_buf_str(page->out, "</span></h2>\n<pre tabindex=\"0\">");
	}
	ks_html_lines(page->out, text.at, text.len);
	ks_buf_str(page->out, folded ? "</pre></details>\n" : "</pre>\n");
}
