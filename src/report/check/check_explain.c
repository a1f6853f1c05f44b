/* SPDX-License-Identifier: BSD-2-Clause */
/* The whole reasoning for one program on one image. */
#include <stdlib.h>
#include <string.h>

#include "report/check/check_page.h"
#include "surface/image.h"

enum { INDENT = 4 };

/** One labelled line. */
static void write_fact(struct ks_terminal *terminal, const char *name, const char *value)
{
	if (!value)
		return;
	ks_terminal_paint(terminal, KS_PAINT_DIM, name);
	ks_terminal_blanks(terminal, 12 - strlen(name));
	ks_buf_str(&terminal->text, value);
	ks_terminal_wrap(terminal, 12, 12);
}

static void write_line(struct ks_terminal *terminal, const char *text)
{
	ks_terminal_blanks(terminal, INDENT);
	ks_buf_str(&terminal->text, text);
	ks_terminal_wrap(terminal, INDENT, INDENT + 2);
}

/** "instruction 12, biotop.bpf.c:45: …" */
static void write_place(struct ks_terminal *terminal, const struct ks_reason *reason)
{
	struct ks_buf *text = &terminal->text;
	if (reason->insn == KS_NO_INDEX && !reason->line)
		return;
	ks_terminal_blanks(terminal, INDENT);
	if (reason->insn != KS_NO_INDEX)
		ks_buf_printf(text, "instruction %u", reason->insn);
	if (reason->line && reason->line->file) {
		ks_buf_str(text, text->len ? ", " : "");
		ks_reason_place(reason, text);
		if (reason->line->text && reason->line->text[0])
			ks_buf_printf(text, ": %s", reason->line->text);
	}
	ks_terminal_wrap(terminal, INDENT, INDENT + 2);
}

static void write_reason(struct ks_terminal *terminal, const struct ks_reason *reason)
{
	ks_terminal_blanks(terminal, 2);
	ks_buf_printf(&terminal->text, "%s ",
		      ks_verdicts[reason->soft ? KS_VERDICT_OK : reason->verdict].symbol);
	ks_reason_title(reason, &terminal->text);
	ks_terminal_wrap(terminal, 2, INDENT);
	if (reason->detail)
		write_line(terminal, reason->detail);
	write_place(terminal, reason);
	if (reason->hint) {
		ks_terminal_blanks(terminal, INDENT);
		ks_buf_printf(&terminal->text, "hint: %s", reason->hint);
		ks_terminal_wrap(terminal, INDENT, INDENT + 2);
	}
}

/** The reasons of one sort under a title; nothing when there is none. */
static void write_reasons(struct ks_terminal *terminal, const struct ks_outcome *outcome, bool soft,
			  const char *title)
{
	bool any = false;
	for (uint32_t i = 0; i < outcome->nr; i++) {
		if (outcome->reasons[i].soft != soft)
			continue;
		if (!any) {
			ks_buf_char(terminal->out, '\n');
			ks_terminal_paint(terminal, KS_PAINT_HEAD, title);
			ks_buf_char(terminal->out, '\n');
		}
		any = true;
		write_reason(terminal, &outcome->reasons[i]);
	}
}

static void write_summary(struct ks_terminal *terminal, const struct ks_check *check, size_t row,
			  size_t image)
{
	const struct ks_check_object *object = ks_row_object(check, row);
	const struct ks_bpf_program *program = check->programs[row];
	const struct ks_outcome *outcome = ks_check_outcome(check, row, image);
	struct ks_buf instructions = { 0 };
	ks_buf_printf(&instructions, "%u instructions, %u of them in functions it calls",
		      program->nr, program->nr - program->nr_main);
	write_fact(terminal, "program", program->name);
	write_fact(terminal, "section", program->section);
	write_fact(terminal, "object", object->object->name);
	write_fact(terminal, "file", object->path);
	write_fact(terminal, "hook", ks_hooks[program->hook.kind].title);
	write_fact(terminal, "target", program->hook.target);
	write_fact(terminal, "type", program->hook.program_type);
	write_fact(terminal, "size", ks_buf_text(&instructions));
	write_fact(terminal, "image", check->images[image]->label);
	write_fact(terminal, "tier", ks_image_tier_text(check->images[image]));
	write_fact(terminal, "base", object->base);
	write_fact(terminal, "load", ks_verdicts[outcome->load].title);
	write_fact(terminal, "attach", ks_verdicts[outcome->attach].title);
	write_fact(terminal, "verdict", ks_verdicts[outcome->verdict].title);
	if (outcome->optional)
		write_fact(terminal, "optional", "yes: its verdict is not counted");
	terminal->out->failed = terminal->out->failed || instructions.failed;
	ks_buf_deinit(&instructions);
}

static struct ks_error *write_terminal(const struct ks_check_report *report,
				       const struct ks_check *check,
				       const struct ks_check_cell *cell, struct ks_buf *out)
{
	struct ks_report frame = {
		.options = { .color = report->color,
			     .columns = report->columns ? report->columns : 80 },
	};
	struct ks_terminal terminal = { .report = &frame, .out = out };
	const struct ks_outcome *outcome = ks_check_outcome(check, cell->row, cell->image);
	write_summary(&terminal, check, cell->row, cell->image);
	write_reasons(&terminal, outcome, false, "Reasons, worst first");
	write_reasons(&terminal, outcome, true, "Harmless, because no path leads there");
	struct ks_error *err = ks_buf_error(&terminal.text);
	ks_buf_deinit(&terminal.text);
	return err;
}

/* ---- JSON: docs/check-json.md ---- */

static void json_cell(struct ks_json *json, const struct ks_check *check,
		      const struct ks_check_cell *cell)
{
	const struct ks_check_object *object = ks_row_object(check, cell->row);
	const struct ks_bpf_program *program = check->programs[cell->row];
	ks_json_open(json, '{');
	ks_json_key_str(json, "object", object->object->name);
	ks_json_key_str(json, "path", object->path);
	ks_json_key_str(json, "base", object->base);
	ks_check_json_program(json, program);
	ks_json_key_str(json, "type", program->hook.program_type);
	ks_json_key_u64(json, "instructions", program->nr);
	ks_json_key_u64(json, "called-instructions", program->nr - program->nr_main);
	ks_json_key(json, "outcome");
	ks_check_json_outcome(json, check->images[cell->image],
			      ks_check_outcome(check, cell->row, cell->image));
	ks_json_close(json, '}');
}

static void write_json(const struct ks_check *check, const struct ks_check_cell *cells, size_t nr,
		       struct ks_buf *out)
{
	struct ks_json json = ks_json_to(out, 2);
	ks_json_open(&json, '{');
	ks_json_key_u64(&json, "ksurf", 1);
	ks_json_key_open(&json, "programs", '[');
	for (size_t i = 0; i < nr; i++)
		json_cell(&json, check, &cells[i]);
	ks_json_close(&json, ']');
	ks_json_close(&json, '}');
	ks_buf_char(out, '\n');
}

struct ks_error *ks_check_explain(const struct ks_check_report *report,
				  const struct ks_check *check, const struct ks_check_cell *cells,
				  size_t nr, struct ks_buf *out)
{
	KS_TRY(ks_format_expect(KS_DOCUMENT_EXPLAIN, report->format));
	if (report->format == KS_FORMAT_JSON)
		write_json(check, cells, nr, out);
	for (size_t i = 0; report->format == KS_FORMAT_TERMINAL && i < nr; i++) {
		ks_buf_str(out, i ? "\n" : "");
		KS_TRY(write_terminal(report, check, &cells[i], out));
	}
	return ks_buf_error(out);
}

/** A program by name or section. */
static bool is_called(const struct ks_bpf_program *program, const char *word)
{
	return strcmp(program->name, word) == 0 || strcmp(program->section, word) == 0;
}

struct ks_error *ks_check_explain_called(const struct ks_check_report *report,
					 const struct ks_check *check, const char *word,
					 struct ks_buf *out)
{
	size_t nr = 0;
	struct ks_check_cell *cells = calloc(check->nr_rows * check->nr_images + 1, sizeof(*cells));
	if (!cells)
		return &ks_nomem;
	for (size_t row = 0; row < check->nr_rows; row++)
		for (size_t i = 0; i < check->nr_images && is_called(check->programs[row], word);
		     i++)
			cells[nr++] = (struct ks_check_cell){ row, i };
	struct ks_error *err = nr ? ks_check_explain(report, check, cells, nr, out) : NULL;
	free(cells);
	return err;
}
