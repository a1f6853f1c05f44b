/* SPDX-License-Identifier: BSD-2-Clause */
/* Where functions are, who calls and inlines them, their copies and symbols, as tables. */
#include "report/show/html.h"

enum { BRIEF = 8, MOST = 4096 };

/** Take the terminal's words for a cell, without what joins them to words in front. */
static void take_words(struct ks_show_page *page)
{
	struct ks_buf *text = &page->terminal.text;
	size_t skip = 0;
	while (skip < text->len && (text->at[skip] == ',' || text->at[skip] == ' '))
		skip++;
	ks_text_write(page->out, KS_TEXT_MARKUP, text->at + skip, text->len - skip);
	text->len = 0;
}

static void open_table(struct ks_show_page *page, const char *title, const char *heads)
{
	ks_buf_printf(page->out,
		      "<h3>%s</h3>\n<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>%s</tr>"
		      "</thead><tbody>\n",
		      title, heads);
}

static void close_table(struct ks_show_page *page)
{
	ks_buf_str(page->out, "</tbody></table></div>\n");
}

/** A row for each caller; repeats in a row are one. */
static void write_callers(struct ks_show_page *page, const char *title,
			  const struct ks_function *fn, const struct ks_entry *entry,
			  const struct ks_caller *callers, uint32_t nr, bool brief)
{
	struct ks_buf *out = page->out;
	size_t rows = 0, most = brief ? BRIEF : MOST;
	if (!nr)
		return;
	open_table(page, title,
		   "<th>function</th><th>compiled in</th><th class=\"number\">places</th><th>"
		   "note</th>");
	for (uint32_t i = 0, times; i < nr && rows < most; i += times, rows++) {
		const struct ks_caller *caller = &callers[i];
		times = ks_callers_run(caller, nr - i);
		ks_buf_str(out, "<tr><td><code>");
		ks_show_page_link(page, KS_FUNCTION, caller->function);
		ks_html_text(out, caller->function);
		ks_show_page_link_end(page);
		ks_buf_str(out, "</code></td><td><code>");
		ks_html_text(out, caller->unit);
		ks_buf_printf(out, "</code></td><td class=\"number\">%u</td><td>", times);
		if (caller->via) {
			ks_buf_str(&page->terminal.text, "inside ");
			ks_buf_str(&page->terminal.text, caller->via);
		}
		ks_caller_notes(&page->terminal.text, fn, entry, caller);
		take_words(page);
		ks_buf_str(out, "</td></tr>\n");
		if (rows + 1 == most && i + times < nr)
			ks_buf_printf(out,
				      "<tr><td class=\"dim\" colspan=\"4\">and %u more places</td>"
				      "</tr>\n",
				      nr - i - times);
	}
	close_table(page);
}

static void write_clones(struct ks_show_page *page, const struct ks_entry *entry)
{
	if (!entry->nr_clones)
		return;
	open_table(page, "Copies", "<th>symbol</th><th>what it is</th>");
	for (uint32_t i = 0; i < entry->nr_clones && i < MOST; i++) {
		ks_buf_str(page->out, "<tr><td><code>");
		ks_html_text(page->out, entry->clones[i].symbol);
		ks_buf_str(page->out, "</code></td><td>");
		ks_clone_write(&page->terminal.text, entry, &entry->clones[i]);
		take_words(page);
		ks_buf_str(page->out, "</td></tr>\n");
	}
	close_table(page);
}

static void write_symbols(struct ks_show_page *page, const struct ks_fact *fact)
{
	const struct ks_function *fn = fact->function;
	struct ks_buf *out = page->out;
	if (!fn->nr_symbols)
		return;
	open_table(page, "Symbols",
		   "<th>symbol</th><th>at</th><th class=\"number\">bytes</th><th>note</th>");
	for (uint32_t i = 0; i < fn->nr_symbols && i < MOST; i++) {
		const struct ks_symbol *symbol = &fn->symbols[i];
		enum ks_suffix suffix = ks_suffix_of(symbol->name);
		ks_buf_str(out, "<tr><td><code>");
		ks_html_text(out, symbol->name);
		ks_buf_str(out, "</code></td><td><code>");
		if (symbol->module) {
			ks_html_text(out, symbol->section);
			ks_buf_str(out, "</code> of module <code>");
			ks_html_text(out, symbol->module);
		} else {
			ks_buf_hex(out, symbol->addr);
		}
		ks_buf_printf(out, "</code></td><td class=\"number\">%llu</td><td>",
			      (unsigned long long)symbol->size);
		if (suffix != KS_SUFFIX_NONE)
			ks_buf_str(&page->terminal.text, ks_suffix_texts[suffix]);
		ks_symbol_attach(&page->terminal.text, fact->image, symbol, true);
		take_words(page);
		ks_buf_str(out, "</td></tr>\n");
	}
	close_table(page);
}

static void write_entry(struct ks_show_page *page, const struct ks_function *fn,
			const struct ks_entry *entry, bool brief)
{
	ks_buf_str(page->out, "<p>");
	ks_entry_write(&page->terminal.text, entry);
	take_words(page);
	ks_buf_str(page->out, "</p>\n");
	write_callers(page, "Inlined into", fn, entry, entry->inline_callers,
		      entry->nr_inline_callers, brief);
	write_callers(page, "Called by", fn, entry, entry->direct_callers, entry->nr_direct_callers,
		      brief);
	write_clones(page, entry);
}

void ks_show_page_function(struct ks_show_page *page, const struct ks_fact *fact, bool brief)
{
	const struct ks_function *fn = fact->function;
	const char *label = page->label;
	if (!fn)
		return;
	page->label = page->label ? label : fact->image->label; // its callers are in that kernel
	for (uint32_t i = 0; i < fn->nr_entries && i < (brief ? BRIEF : MOST); i++)
		write_entry(page, fn, &fn->entries[i], brief);
	if (fn->nr_entries > BRIEF && brief)
		ks_buf_printf(page->out, "<p class=\"dim\">and %u more of the name</p>\n",
			      fn->nr_entries - BRIEF);
	write_symbols(page, fact);
	page->label = label;
}

void ks_show_page_where(struct ks_show_page *page, const struct ks_fact *fact)
{
	if (!fact->function)
		return;
	ks_buf_str(page->out, "<h2>Where it is <span class=\"dim\">in ");
	ks_html_text(page->out, fact->image->label);
	ks_buf_str(page->out, "</span></h2>\n");
	ks_show_page_function(page, fact, true);
}
