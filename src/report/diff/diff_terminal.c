/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/array.h"
#include "report/diff/diff_page.h"

/** Heads of the columns; every number has nine places. */
static const char *const heads[] = { "OLD", "NEW", "ADDED", "REMOVED", "CHANGED" };
enum { NR_HEADS = KS_ARRAY_LEN(heads), NUMBER = 9, TITLE = 26 };

static struct ks_terminal view_of(struct ks_diff_report *report, struct ks_buf *out)
{
	return (struct ks_terminal){ .report = &report->frame, .out = out };
}

static struct ks_error *write_name(struct ks_diff_report *report,
				   const struct ks_difference *difference, struct ks_buf *out)
{
	struct ks_terminal terminal = view_of(report, out);
	bool added = !difference->old && difference->new;
	bool removed = difference->old && !difference->new;
	bool certain = ks_diff_certain(report, difference);
	ks_terminal_paint(&terminal,
			  added	    ? KS_PAINT_GOOD
			  : removed ? KS_PAINT_BAD
				    : KS_PAINT_NONE,
			  added	    ? (certain ? "+ " : "+? ")
			  : removed ? (certain ? "- " : "-? ")
				    : "~ ");
	ks_diff_name(difference, &terminal.text);
	ks_terminal_wrap_code(&terminal, certain ? 2 : 3, 6);
	for (size_t i = 0; i < difference->changes.nr; i++) {
		ks_terminal_blanks(&terminal, 4);
		ks_change_write(&terminal.text, &difference->changes.at[i]);
		ks_terminal_wrap_code(&terminal, 4, 8);
	}
	struct ks_error *err = ks_buf_error(&terminal.text);
	ks_buf_deinit(&terminal.text);
	return err;
}

static void write_head(struct ks_terminal *terminal)
{
	struct ks_buf line = { 0 };
	ks_buf_printf(&line, "%-*s", TITLE, "KIND");
	for (int i = 0; i < NR_HEADS; i++)
		ks_buf_printf(&line, " %*s", NUMBER, heads[i]);
	const char *text = ks_buf_text(&line);
	ks_terminal_paint(terminal, KS_PAINT_DIM, text ? text : "");
	ks_buf_char(terminal->out, '\n');
	terminal->out->failed = terminal->out->failed || line.failed;
	ks_buf_deinit(&line);
}

static void write_tally(struct ks_buf *out, enum ks_kind kind, const struct ks_tally *tally)
{
	struct ks_diff_row rows[KS_NR_CHANGES + 2];
	const char *added = ks_diff_doubt(tally->added, tally->added_certain);
	const char *removed = ks_diff_doubt(tally->removed, tally->removed_certain);
	struct ks_diff_counts counts = ks_diff_counts_of(tally);
	ks_buf_printf(out, "%-*s %*s %*s %*s%-1s%*s%-1s%*s\n", TITLE, ks_kinds[kind].name, NUMBER,
		      counts.old, NUMBER, counts.new, NUMBER, counts.added, added, NUMBER,
		      counts.removed, removed, NUMBER, counts.changed);
	size_t nr = ks_diff_rows(tally, rows);
	for (size_t i = 0; i < nr; i++)
		ks_buf_printf(out, "%*s%-*s %*zu\n", 2 * rows[i].depth, "",
			      TITLE - 2 * rows[i].depth + (NR_HEADS - 1) * (NUMBER + 1),
			      rows[i].title, NUMBER, rows[i].changed);
}

static void write_details(struct ks_diff_report *report, struct ks_terminal *terminal)
{
	for (enum ks_kind kind = 0; kind < KS_NR_KINDS; kind++) {
		const struct ks_buf *details = &report->details[kind];
		if (!details->len)
			continue;
		ks_buf_char(terminal->out, '\n');
		ks_terminal_paint(terminal, KS_PAINT_HEAD, ks_kinds[kind].name);
		ks_buf_char(terminal->out, '\n');
		ks_buf_bytes(terminal->out, details->at, details->len);
	}
}

static struct ks_error *write_page(struct ks_diff_report *report, const struct ks_summary *summary,
				   struct ks_buf *out)
{
	struct ks_terminal terminal = view_of(report, out);
	ks_terminal_paint(&terminal, KS_PAINT_HEAD, report->old->image.label);
	ks_buf_str(out, " -> ");
	ks_terminal_paint(&terminal, KS_PAINT_HEAD, report->new->image.label);
	ks_buf_str(out, "\n\n");
	write_head(&terminal);
	for (enum ks_kind kind = 0; kind < KS_FIELD; kind++)
		if (ks_diff_shown(report, summary, kind))
			write_tally(out, kind, &summary->kinds[kind]);
	if (!ks_summary_differs(summary))
		ks_buf_printf(out, "\n%s\n", ks_diff_same);
	for (enum ks_kind kind = 0; kind < KS_FIELD; kind++) {
		ks_diff_unknown(report, summary, kind, &terminal.text);
		if (terminal.text.len)
			ks_terminal_wrap(&terminal, 0, 2);
	}
	write_details(report, &terminal);
	struct ks_error *err = ks_buf_error(&terminal.text);
	ks_buf_deinit(&terminal.text);
	return err;
}

const struct ks_diff_writer ks_diff_terminal = { write_name, write_page };
