/* SPDX-License-Identifier: BSD-2-Clause */
/* One page without anything from elsewhere: it can be mailed, and works with scripts switched off. */
#include <string.h>

#include "base/text.h"
#include "report/diff/diff_page.h"

static const char head[] = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
			   "<meta name=\"viewport\" content=\"width=device-width\">\n";
static const char style[] =
	"<style>\n"
	":root { color-scheme: light dark; }\n"
	"body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; "
	"padding: 0 1rem; }\n"
	"table { border-collapse: collapse; }\n"
	"th, td { text-align: right; padding: .15rem .8rem; border-bottom: 1px solid #8884; }\n"
	"th:first-child, td:first-child { text-align: left; }\n"
	"tr.kind td { font-weight: 600; border-top: 2px solid #8888; }\n"
	"tr.part1 td:first-child { padding-left: 2rem; }\n"
	"tr.part2 td:first-child { padding-left: 3.5rem; }\n"
	"code { overflow-wrap: anywhere; }\n"
	"summary { cursor: pointer; font-weight: 600; margin-top: 1rem; }\n"
	"</style>\n";

/** Write what lies in text as code, and empty it. */
static void flush_code(struct ks_buf *out, struct ks_buf *text)
{
	ks_buf_str(out, "<code>");
	ks_text_write(out, KS_TEXT_MARKUP, text->at, text->len);
	ks_buf_str(out, "</code>");
	text->len = 0;
}

static struct ks_error *write_name(struct ks_diff_report *report,
				   const struct ks_difference *difference, struct ks_buf *out)
{
	struct ks_buf *text = &report->text;
	ks_buf_str(out, "<li>");
	ks_diff_head(report, difference, flush_code, text, out);
	if (difference->changes.nr)
		ks_buf_str(out, "<ul>");
	for (size_t i = 0; i < difference->changes.nr; i++) {
		const struct ks_change *change = &difference->changes.at[i];
		const struct ks_change_info *info = &ks_changes_infos[change->kind];
		ks_buf_printf(out, "<li>%s ", info->title);
		ks_diff_sides(change, flush_code, text, out);
		ks_buf_str(out, "</li>");
	}
	ks_buf_str(out, difference->changes.nr ? "</ul></li>\n" : "</li>\n");
	return NULL;
}

static void write_tally(struct ks_buf *out, enum ks_kind kind, const struct ks_tally *tally)
{
	struct ks_diff_row rows[KS_NR_CHANGES + 2];
	struct ks_diff_counts counts = ks_diff_counts_of(tally);
	ks_buf_printf(out,
		      "<tr class=\"kind\"><td>%s</td><td>%s</td><td>%s</td><td>%s%s</td>"
		      "<td>%s%s</td><td>%s</td></tr>\n",
		      ks_kinds[kind].name, counts.old, counts.new, counts.added,
		      ks_diff_doubt(tally->added, tally->added_certain), counts.removed,
		      ks_diff_doubt(tally->removed, tally->removed_certain), counts.changed);
	size_t nr = ks_diff_rows(tally, rows);
	for (size_t i = 0; i < nr; i++)
		ks_buf_printf(out,
			      "<tr class=\"part%d\"><td colspan=\"5\">%s</td><td>%zu</td></tr>\n",
			      rows[i].depth, rows[i].title, rows[i].changed);
}

/** Both images, escaped, with an arrow between them. */
static void write_title(const struct ks_diff_report *report, struct ks_buf *out)
{
	const char *old = report->old->image.label, *new = report->new->image.label;
	ks_text_str(out, KS_TEXT_MARKUP, old);
	ks_buf_str(out, " → ");
	ks_text_str(out, KS_TEXT_MARKUP, new);
}

static void write_table(struct ks_diff_report *report, const struct ks_summary *summary,
			struct ks_buf *out)
{
	bool site = report->options.site;
	ks_buf_str(out, site ? "<div class=\"scroll\" tabindex=\"0\"><table class=\"numbers\">"
			     : "<table>");
	ks_buf_str(out, "<thead><tr><th>kind</th><th>old</th><th>new</th><th>added</th>"
			"<th>removed</th><th>changed</th></tr></thead><tbody>\n");
	for (enum ks_kind kind = 0; kind < KS_FIELD; kind++)
		if (ks_diff_shown(report, summary, kind))
			write_tally(out, kind, &summary->kinds[kind]);
	ks_buf_str(out, site ? "</tbody></table></div>\n" : "</tbody></table>\n");
	if (!ks_summary_differs(summary))
		ks_buf_printf(out, "<p>%s</p>\n", ks_diff_same);
	for (enum ks_kind kind = 0; kind < KS_FIELD; kind++) {
		ks_diff_unknown(report, summary, kind, &report->text);
		if (!report->text.len)
			continue;
		ks_buf_str(out, "<p>");
		ks_text_write(out, KS_TEXT_MARKUP, report->text.at, report->text.len);
		ks_buf_str(out, "</p>\n");
		report->text.len = 0;
	}
}

static struct ks_error *write_page(struct ks_diff_report *report, const struct ks_summary *summary,
				   struct ks_buf *out)
{
	if (!report->options.site) {
		ks_buf_printf(out, "%s<title>", head);
		write_title(report, out);
		ks_buf_printf(out, "</title>\n%s</head><body>\n", style);
	}
	ks_buf_str(out, "<h1>");
	write_title(report, out);
	ks_buf_str(out, "</h1>\n");
	write_table(report, summary, out);
	ks_diff_details(report, summary,
			report->options.site ? "<details open><summary>" : "<details><summary>",
			"</summary><ul>\n", "</ul></details>\n", out);
	if (!report->options.site)
		ks_buf_str(out, "</body></html>\n");
	return NULL;
}

const struct ks_diff_writer ks_diff_html = { write_name, write_page };
