/* SPDX-License-Identifier: BSD-2-Clause */
/* The whole reasoning for one program on one image. */
#include <string.h>

#include "report/check_page.h"

enum { INDENT = 4 };

/** One labelled line. */
static void write_fact(struct ks_view *view, const char *name, const char *value)
{
	if (!value)
		return;
	ks_view_paint(view, KS_PAINT_DIM, name);
	ks_view_blanks(view, 12 - strlen(name));
	ks_buf_str(&view->text, value);
	ks_view_wrap(view, 12, 12);
}

static void write_line(struct ks_view *view, const char *text)
{
	ks_view_blanks(view, INDENT);
	ks_buf_str(&view->text, text);
	ks_view_wrap(view, INDENT, INDENT + 2);
}

/** "instruction 12, biotop.bpf.c:45: …" */
static void write_place(struct ks_view *view, const struct ks_reason *reason)
{
	struct ks_buf *text = &view->text;
	if (reason->insn == KS_NO_INDEX && !reason->line)
		return;
	ks_view_blanks(view, INDENT);
	if (reason->insn != KS_NO_INDEX)
		ks_buf_printf(text, "instruction %u", reason->insn);
	if (reason->line && reason->line->file) {
		ks_buf_str(text, text->len ? ", " : "");
		ks_reason_place(reason, text);
		if (reason->line->text && reason->line->text[0])
			ks_buf_printf(text, ": %s", reason->line->text);
	}
	ks_view_wrap(view, INDENT, INDENT + 2);
}

static void write_reason(struct ks_view *view, const struct ks_reason *reason)
{
	ks_view_blanks(view, 2);
	ks_buf_printf(&view->text, "%s ",
		      ks_verdicts[reason->soft ? KS_VERDICT_OK : reason->verdict].symbol);
	ks_reason_title(reason, &view->text);
	ks_view_wrap(view, 2, INDENT);
	if (reason->detail)
		write_line(view, reason->detail);
	write_place(view, reason);
	if (reason->hint) {
		ks_view_blanks(view, INDENT);
		ks_buf_printf(&view->text, "hint: %s", reason->hint);
		ks_view_wrap(view, INDENT, INDENT + 2);
	}
}

/** The reasons of one sort under a title; nothing when there is none. */
static void write_reasons(struct ks_view *view, const struct ks_outcome *outcome, bool soft,
			  const char *title)
{
	bool any = false;
	for (uint32_t i = 0; i < outcome->nr; i++) {
		if (outcome->reasons[i].soft != soft)
			continue;
		if (!any) {
			ks_buf_char(view->out, '\n');
			ks_view_paint(view, KS_PAINT_HEAD, title);
			ks_buf_char(view->out, '\n');
		}
		any = true;
		write_reason(view, &outcome->reasons[i]);
	}
}

static void write_summary(struct ks_view *view, const struct ks_check *check, size_t row,
			  size_t image)
{
	const struct ks_check_object *object = ks_row_object(check, row);
	const struct ks_bpf_program *program = check->programs[row];
	const struct ks_outcome *outcome = ks_check_outcome(check, row, image);
	struct ks_buf instructions = { 0 };
	ks_buf_printf(&instructions, "%u instructions, %u of them in functions it calls",
		      program->nr, program->nr - program->nr_main);
	write_fact(view, "program", program->name);
	write_fact(view, "section", program->section);
	write_fact(view, "object", object->object->name);
	write_fact(view, "file", object->path);
	write_fact(view, "hook", ks_hooks[program->hook.kind].title);
	write_fact(view, "target", program->hook.target);
	write_fact(view, "type", program->hook.program_type);
	write_fact(view, "size", ks_buf_text(&instructions));
	write_fact(view, "image", check->images[image]->label);
	write_fact(view, "tier", ks_tier_texts[check->images[image]->tier]);
	write_fact(view, "base", object->base);
	write_fact(view, "load", ks_verdicts[outcome->load].title);
	write_fact(view, "attach", ks_verdicts[outcome->attach].title);
	write_fact(view, "verdict", ks_verdicts[outcome->verdict].title);
	if (outcome->optional)
		write_fact(view, "optional", "yes: its verdict is not counted");
	view->out->failed = view->out->failed || instructions.failed;
	ks_buf_deinit(&instructions);
}

struct ks_error *ks_check_explain(const struct ks_check_report *report,
				  const struct ks_check *check, size_t row, size_t image,
				  struct ks_buf *out)
{
	struct ks_report frame = {
		.options = { .color = report->color,
			     .columns = report->columns ? report->columns : 80 },
	};
	struct ks_view view = { .report = &frame, .out = out };
	const struct ks_outcome *outcome = ks_check_outcome(check, row, image);
	size_t start = out->len;
	write_summary(&view, check, row, image);
	write_reasons(&view, outcome, false, "Reasons, worst first");
	write_reasons(&view, outcome, true, "Harmless, because no path leads there");
	ks_text_defuse(&view, start);
	struct ks_error *err = ks_buf_error(&view.text);
	ks_buf_deinit(&view.text);
	return err ? err : ks_buf_error(out);
}
