/* SPDX-License-Identifier: BSD-2-Clause */
/* Markdown for a pull request: the matrix as a table, the reasons of each program folded below it. */
#include "base/text.h"
#include "report/check/check_page.h"

/** Text out of an object or image: nothing of it may act as Markdown or HTML. */
static void write_code(struct ks_buf *out, const char *text)
{
	ks_text_str(out, KS_TEXT_CODE, text);
}

static void write_plain(struct ks_buf *out, const char *text)
{
	ks_text_str(out, KS_TEXT_MARKDOWN, text);
}

static const char *const marks[KS_NR_VERDICTS] = {
	[KS_VERDICT_OK] = "✅",	      [KS_VERDICT_UNKNOWN] = "❔", [KS_VERDICT_RISK] = "⚠️",
	[KS_VERDICT_NO_ATTACH] = "❌", [KS_VERDICT_NO_LOAD] = "⛔",
};

static void write_table(const struct ks_check *check, struct ks_buf *out)
{
	ks_buf_str(out, "| program |");
	for (size_t i = 0; i < check->nr_images; i++) {
		ks_buf_char(out, ' ');
		write_plain(out, check->images[i]->label);
		ks_buf_str(out, " |");
	}
	ks_buf_str(out, "\n|:--|");
	for (size_t i = 0; i < check->nr_images; i++)
		ks_buf_str(out, ":-:|");
	ks_buf_char(out, '\n');
	for (size_t o = 0; o < check->nr_objects; o++) {
		const struct ks_check_object *object = &check->objects[o];
		ks_buf_str(out, "| **");
		write_plain(out, object->object->name);
		ks_buf_str(out, "** |");
		for (size_t i = 0; i < check->nr_images; i++)
			ks_buf_printf(out, " %s |",
				      marks[ks_check_object_verdict(check, object, i)]);
		ks_buf_char(out, '\n');
		for (size_t row = object->first; row < object->first + object->nr; row++) {
			ks_buf_str(out, "| ");
			ks_text_str(out, KS_TEXT_CODE_CELL, check->programs[row]->name);
			ks_buf_str(out, " |");
			for (size_t i = 0; i < check->nr_images; i++)
				ks_buf_printf(out, " %s |",
					      marks[ks_check_outcome(check, row, i)->verdict]);
			ks_buf_char(out, '\n');
		}
	}
}

static void write_group(const struct ks_check *check, const struct ks_reason_group *group,
			struct ks_buf *text, struct ks_buf *out)
{
	const struct ks_reason *reason = group->reason;
	ks_buf_printf(out, "- %s **%s**", marks[reason->verdict], ks_reasons[reason->kind].title);
	if (reason->name) {
		ks_buf_str(out, " ");
		write_code(out, reason->name);
	}
	ks_group_images(check, group, text);
	ks_buf_char(out, ' ');
	write_plain(out, ks_buf_text(text) ? text->at : "");
	text->len = 0;
	if (reason->detail) {
		ks_buf_str(out, "  \n  ");
		write_plain(out, reason->detail);
	}
	ks_reason_place(reason, text);
	if (text->len) {
		ks_buf_str(out, "  \n  ");
		write_code(out, ks_buf_text(text) ? text->at : "");
		if (reason->line->text && reason->line->text[0]) {
			ks_buf_str(out, ": ");
			write_code(out, reason->line->text);
		}
	}
	text->len = 0;
	if (reason->hint) {
		ks_buf_str(out, "  \n  Hint: ");
		write_plain(out, reason->hint);
	}
	ks_buf_char(out, '\n');
}

static struct ks_error *write_program(const struct ks_check *check, size_t row,
				      struct ks_arena *arena, struct ks_buf *text,
				      struct ks_buf *out)
{
	const struct ks_bpf_program *program = check->programs[row];
	struct ks_reason_groups groups;
	KS_TRY(ks_reason_groups(check, row, KS_VERDICT_UNKNOWN, true, arena, &groups));
	if (!groups.nr)
		return NULL;
	ks_buf_printf(out, "\n<details><summary>%s ", marks[ks_row_verdict(check, row)]);
	ks_text_str(out, KS_TEXT_MARKUP, ks_row_object(check, row)->object->name);
	ks_buf_str(out, ": ");
	ks_text_str(out, KS_TEXT_MARKUP, program->name);
	ks_buf_str(out, " (");
	ks_text_str(out, KS_TEXT_MARKUP, program->section);
	ks_buf_str(out, ")</summary>\n\n");
	for (size_t i = 0; i < groups.nr; i++)
		write_group(check, &groups.at[i], text, out);
	ks_buf_str(out, "\n</details>\n");
	return NULL;
}

struct ks_error *ks_check_md(const struct ks_check_report *report, const struct ks_check *check,
			     struct ks_buf *out)
{
	(void)report;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_buf_ struct ks_buf text = { 0 };
	ks_buf_str(out, "### eBPF programs on kernels\n\n");
	write_table(check, out);
	ks_buf_char(out, '\n');
	for (int v = 0; v < KS_NR_VERDICTS; v++)
		ks_buf_printf(out, "%s%s %s", v ? " · " : "", marks[v], ks_verdicts[v].title);
	ks_buf_char(out, '\n');
	for (int v = KS_NR_VERDICTS; v-- > 0;)
		for (size_t row = 0; row < check->nr_rows; row++)
			if ((int)ks_row_verdict(check, row) == v)
				KS_TRY(write_program(check, row, &arena, &text, out));
	return ks_buf_error(&text);
}
