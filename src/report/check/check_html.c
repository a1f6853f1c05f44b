/* SPDX-License-Identifier: BSD-2-Clause */
/* One page without anything from elsewhere: it can be mailed, and works with scripts switched off. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "report/check/check_page.h"

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width\">\n"
	"<title>eBPF programs on kernels</title>\n<style>\n"
	":root { color-scheme: light dark; --ok: #2a8a3e; --risk: #b77900; --bad: #c62828; "
	"--dim: #8888; }\n"
	"body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; "
	"padding: 0 1rem; }\n"
	".scroll { overflow-x: auto; }\n"
	"table { border-collapse: collapse; }\n"
	"th, td { padding: .1rem .4rem; border-bottom: 1px solid #8884; text-align: center; }\n"
	"th:first-child, td:first-child { text-align: left; position: sticky; left: 0; "
	"background: Canvas; white-space: nowrap; }\n"
	"th.image { vertical-align: bottom; height: 12rem; font-weight: 500; }\n"
	"th.image span { writing-mode: vertical-rl; transform: rotate(180deg); white-space: "
	"nowrap; "
	"}\n"
	"tr.object td { font-weight: 700; border-top: 2px solid #8888; }\n"
	"tr.program td:first-child { padding-left: 1.4rem; }\n"
	".v0 { color: var(--ok); } .v1 { color: var(--dim); } .v2 { color: var(--risk); }\n"
	".v3, .v4 { color: var(--bad); font-weight: 700; }\n"
	"td a { color: inherit; text-decoration: none; }\n"
	"section { margin-top: 1.5rem; border-top: 1px solid #8884; }\n"
	"h2 { font-size: 1.1rem; margin: .8rem 0 .2rem; overflow-wrap: anywhere; }\n"
	"li { margin: .5rem 0; }\n"
	"code { overflow-wrap: anywhere; }\n"
	".where { opacity: .75; }\n"
	"</style></head><body>\n<h1>eBPF programs on kernels</h1>\n";

static void put(struct ks_buf *out, const char *text)
{
	ks_text_str(out, KS_TEXT_MARKUP, text);
}

static void write_heads(const struct ks_check *check, struct ks_buf *out)
{
	ks_buf_str(out, "<div class=\"scroll\"><table><thead><tr><th>program</th>");
	for (size_t i = 0; i < check->nr_images; i++) {
		ks_buf_str(out, "<th class=\"image\"><span>");
		put(out, check->images[i]->label);
		ks_buf_str(out, "</span></th>");
	}
	ks_buf_str(out, "</tr></thead><tbody>\n");
}

static void write_cell(const struct ks_check *check, size_t image, enum ks_verdict verdict,
		       const char *link, struct ks_buf *out)
{
	ks_buf_printf(out, "<td class=\"v%d\" title=\"", (int)verdict);
	put(out, check->images[image]->label);
	ks_buf_printf(out, ": %s\">", ks_verdicts[verdict].title);
	if (link && verdict != KS_VERDICT_OK)
		ks_buf_printf(out, "<a href=\"%s\">%s</a></td>", link, ks_verdicts[verdict].symbol);
	else
		ks_buf_printf(out, "%s</td>", ks_verdicts[verdict].symbol);
}

static void write_rows(const struct ks_check *check, const struct ks_check_object *object,
		       struct ks_buf *out)
{
	ks_buf_str(out, "<tr class=\"object\"><td>");
	put(out, object->object->name);
	ks_buf_str(out, "</td>");
	for (size_t i = 0; i < check->nr_images; i++)
		write_cell(check, i, ks_check_object_verdict(check, object, i), NULL, out);
	ks_buf_str(out, "</tr>\n");
	for (size_t row = object->first; row < object->first + object->nr; row++) {
		char link[32];
		snprintf(link, sizeof(link), "#r%zu", row);
		ks_buf_str(out, "<tr class=\"program\"><td><code>");
		put(out, check->programs[row]->name);
		ks_buf_str(out, "</code></td>");
		for (size_t i = 0; i < check->nr_images; i++)
			write_cell(check, i, ks_check_outcome(check, row, i)->verdict, link, out);
		ks_buf_str(out, "</tr>\n");
	}
}

static void write_legend(struct ks_buf *out)
{
	ks_buf_str(out, "</tbody></table></div>\n<p>");
	for (int v = 0; v < KS_NR_VERDICTS; v++)
		ks_buf_printf(out, "%s<span class=\"v%d\">%s</span> %s", v ? " &nbsp; " : "", v,
			      ks_verdicts[v].symbol, ks_verdicts[v].title);
	ks_buf_str(out, "</p>\n");
}

static void write_group(const struct ks_check *check, const struct ks_reason_group *group,
			struct ks_buf *text, struct ks_buf *out)
{
	const struct ks_reason *reason = group->reason;
	ks_buf_printf(out, "<li><span class=\"v%d\">%s</span> %s", (int)reason->verdict,
		      ks_verdicts[reason->verdict].symbol, ks_reasons[reason->kind].title);
	if (reason->name) {
		ks_buf_str(out, ": <code>");
		put(out, reason->name);
		ks_buf_str(out, "</code>");
	}
	ks_group_images(check, group, text);
	ks_buf_str(out, "<br><span class=\"where\">");
	ks_text_write(out, KS_TEXT_MARKUP, text->at, text->len);
	ks_buf_str(out, "</span>");
	text->len = 0;
	if (reason->detail) {
		ks_buf_str(out, "<br>");
		put(out, reason->detail);
	}
	ks_reason_place(reason, text);
	if (text->len) {
		ks_buf_str(out, "<br><code>");
		ks_text_write(out, KS_TEXT_MARKUP, text->at, text->len);
		ks_buf_str(out, "</code>");
		if (reason->line->text && reason->line->text[0]) {
			ks_buf_str(out, ": <code>");
			put(out, reason->line->text);
			ks_buf_str(out, "</code>");
		}
	}
	text->len = 0;
	if (reason->hint) {
		ks_buf_str(out, "<br>Hint: ");
		put(out, reason->hint);
	}
	ks_buf_str(out, "</li>\n");
}

static struct ks_error *write_program(const struct ks_check *check, size_t row,
				      struct ks_arena *arena, struct ks_buf *text,
				      struct ks_buf *out)
{
	struct ks_reason_groups groups;
	KS_TRY(ks_reason_groups(check, row, KS_VERDICT_UNKNOWN, true, arena, &groups));
	if (!groups.nr)
		return NULL;
	ks_buf_printf(out, "<section id=\"r%zu\"><h2>", row);
	put(out, ks_row_object(check, row)->object->name);
	ks_buf_str(out, ": <code>");
	put(out, check->programs[row]->name);
	ks_buf_str(out, "</code> (<code>");
	put(out, check->programs[row]->section);
	ks_buf_str(out, "</code>)</h2><ul>\n");
	for (size_t i = 0; i < groups.nr; i++)
		write_group(check, &groups.at[i], text, out);
	ks_buf_str(out, "</ul></section>\n");
	return NULL;
}

struct ks_error *ks_check_html(const struct ks_check_report *report, const struct ks_check *check,
			       struct ks_buf *out)
{
	(void)report;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_buf_ struct ks_buf text = { 0 };
	ks_buf_str(out, head);
	write_heads(check, out);
	for (size_t i = 0; i < check->nr_objects; i++)
		write_rows(check, &check->objects[i], out);
	write_legend(out);
	for (int v = KS_NR_VERDICTS; v-- > 0;)
		for (size_t row = 0; row < check->nr_rows; row++)
			if ((int)ks_row_verdict(check, row) == v)
				KS_TRY(write_program(check, row, &arena, &text, out));
	ks_buf_str(out, "</body></html>\n");
	return ks_buf_error(&text);
}
