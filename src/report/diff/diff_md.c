/* SPDX-License-Identifier: BSD-2-Clause */
/* Markdown for a pull request: a table, and what is long is folded. */
#include "base/text.h"
#include "report/diff/diff_page.h"

/** Write what lies in text as code, and empty it. */
static void flush_code(struct ks_buf *out, struct ks_buf *text)
{
	ks_text_write(out, KS_TEXT_CODE, text->at, text->len);
	text->len = 0;
}

static struct ks_error *write_name(struct ks_diff_report *report,
				   const struct ks_difference *difference, struct ks_buf *out)
{
	struct ks_buf *text = &report->text;
	ks_buf_str(out, "- ");
	ks_diff_head(report, difference, flush_code, text, out);
	ks_buf_char(out, '\n');
	for (size_t i = 0; i < difference->changes.nr; i++) {
		const struct ks_change *change = &difference->changes.at[i];
		const struct ks_change_info *info = &ks_changes_infos[change->kind];
		ks_buf_printf(out, "  - %s", info->title);
		if (info->has_old || info->has_new)
			ks_buf_str(out, ": ");
		ks_diff_sides(change, flush_code, text, out);
		ks_buf_char(out, '\n');
	}
	return NULL;
}

static void write_tally(struct ks_buf *out, enum ks_kind kind, const struct ks_tally *tally)
{
	struct ks_diff_row rows[KS_NR_CHANGES + 2];
	struct ks_diff_counts counts = ks_diff_counts_of(tally);
	ks_buf_printf(out, "| **%s** | %s | %s | %s%s | %s%s | %s |\n", ks_kinds[kind].name,
		      counts.old, counts.new, counts.added,
		      ks_diff_doubt(tally->added, tally->added_certain), counts.removed,
		      ks_diff_doubt(tally->removed, tally->removed_certain), counts.changed);
	size_t nr = ks_diff_rows(tally, rows);
	for (size_t i = 0; i < nr; i++)
		ks_buf_printf(out, "| %s%s | | | | | %zu |\n", rows[i].depth > 1 ? "– " : "",
			      rows[i].title, rows[i].changed);
}

static struct ks_error *write_page(struct ks_diff_report *report, const struct ks_summary *summary,
				   struct ks_buf *out)
{
	ks_buf_str(out, "### Kernel surface: ");
	ks_text_str(out, KS_TEXT_CODE, report->old->image.label);
	ks_buf_str(out, " → ");
	ks_text_str(out, KS_TEXT_CODE, report->new->image.label);
	ks_buf_str(out, "\n\n");
	ks_buf_str(out, "| | old | new | added | removed | changed |\n"
			"|:--|--:|--:|--:|--:|--:|\n");
	for (enum ks_kind kind = 0; kind < KS_FIELD; kind++)
		if (ks_diff_shown(report, summary, kind))
			write_tally(out, kind, &summary->kinds[kind]);
	if (!ks_summary_differs(summary))
		ks_buf_printf(out, "\n%s\n", ks_diff_same);
	for (enum ks_kind kind = 0; kind < KS_FIELD; kind++) {
		struct ks_buf *text = &report->text;
		ks_diff_unknown(report, summary, kind, text);
		if (!text->len)
			continue;
		ks_buf_char(out, '\n');
		ks_text_write(out, KS_TEXT_MARKDOWN_TYPE, text->at, text->len);
		ks_buf_char(out, '\n');
		text->len = 0;
	}
	ks_diff_details(report, summary, "\n<details><summary>", "</summary>\n\n", "\n</details>\n",
			out);
	return NULL;
}

const struct ks_diff_writer ks_diff_md = { write_name, write_page };
