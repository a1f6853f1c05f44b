/* SPDX-License-Identifier: BSD-2-Clause */
/* Spans of kernels: for people, as a support matrix for a README, as JSON. */
#include "report/check/since.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "report/check/check_page.h"
#include "report/check/since_fold.h"
#include "surface/image.h"

static const char *const marks[KS_NR_TOOL_VERDICTS] = {
	[KS_TOOL_WORKS] = "✅", [KS_TOOL_PART] = "⚠️", [KS_TOOL_UNKNOWN] = "❔",
	[KS_TOOL_FAILS] = "❌", [KS_TOOL_FOREIGN] = "➖",
};

static const struct ks_image *image_at(const struct ks_spans *spans, size_t track, size_t i)
{
	return spans->tools->check->images[spans->tracks[track].images[i]];
}

/** Works on all kernels that it is built for. */
static bool works_throughout(const struct ks_spans *spans, size_t tool)
{
	for (size_t i = 0; i < spans->of[tool].nr; i++)
		if (spans->of[tool].at[i].verdict != KS_TOOL_WORKS)
			return false;
	return spans->of[tool].nr != 0;
}

/** How many images do not tell where functions are inlined, where others do. */
static void write_note(const struct ks_check *check, struct ks_buf *out)
{
	size_t nr = 0;
	for (size_t i = 0; i < check->nr_images; i++)
		nr += !ks_image_tells_inline(check->images[i]);
	if (nr && nr < check->nr_images)
		ks_buf_printf(out,
			      "%zu of %zu kernels do not tell where functions are inlined: calls "
			      "that are missed are seen on the others only",
			      nr, check->nr_images);
}

/** What is to be told of all tools; of several those are left out that work throughout. */
static struct ks_error *fold_text(const struct ks_spans *spans, bool fold, struct ks_arena *arena,
				  struct ks_fold_text *ret)
{
	size_t nr = 0, *tools = ks_arena_array(arena, spans->tools->nr + 1, sizeof(*tools));
	if (!tools)
		return &ks_nomem;
	for (size_t i = 0; i < spans->tools->nr; i++)
		if (spans->tools->nr == 1 || !works_throughout(spans, i))
			tools[nr++] = i;
	return ks_fold_text(spans, tools, nr, fold, arena, ret);
}

/* ---- terminal ---- */

/** "a, b, c" */
static void write_tools(const struct ks_spans *spans, const struct ks_fold_paragraph *paragraph,
			struct ks_buf *out)
{
	for (size_t i = 0; i < paragraph->nr_tools; i++)
		ks_buf_printf(out, "%s%s", i ? ", " : "",
			      spans->tools->at[paragraph->tools[i]].name);
}

static void write_spans(struct ks_terminal *terminal, const struct ks_spans *spans,
			const struct ks_fold_paragraph *paragraph)
{
	if (paragraph->nr_tools > 1) {
		write_tools(spans, paragraph, &terminal->text);
		ks_terminal_wrap(terminal, 0, 2);
	} else {
		ks_terminal_paint(terminal, KS_PAINT_HEAD,
				  spans->tools->at[paragraph->tools[0]].name);
		ks_buf_char(terminal->out, '\n');
	}
	for (size_t i = 0; i < paragraph->tracks.nr; i++) {
		ks_terminal_blanks(terminal, 2);
		ks_fold_write_tracks(spans, paragraph->tools[0], &paragraph->tracks.at[i],
				     &terminal->text);
		ks_terminal_wrap(terminal, 2, 4);
		for (size_t k = 0; k < paragraph->steps[i].nr; k++) {
			const struct ks_fold_step *step = &paragraph->steps[i].at[k];
			ks_terminal_blanks(terminal, 4);
			ks_buf_printf(terminal->out, "%s ",
				      ks_tool_verdicts[step->span->verdict].symbol);
			ks_fold_write_range(step, " to ", &terminal->text);
			ks_fold_write_why(step, &terminal->text);
			ks_terminal_wrap(terminal, 6, 8);
		}
	}
}

static void list_throughout(struct ks_terminal *terminal, const struct ks_spans *spans)
{
	for (size_t i = 0; i < spans->tools->nr; i++)
		if (works_throughout(spans, i))
			ks_buf_printf(&terminal->text, "%s%s",
				      terminal->text.len ? ", " : "Works on every kernel: ",
				      spans->tools->at[i].name);
	if (!terminal->text.len)
		return;
	ks_buf_char(terminal->out, '\n');
	ks_terminal_wrap(terminal, 0, 2);
}

static struct ks_error *write_terminal(const struct ks_check_report *report,
				       const struct ks_spans *spans, struct ks_buf *out)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_report frame = {
		.options = { .color = report->color,
			     .columns = report->columns ? report->columns : 80 },
	};
	struct ks_terminal terminal = { .report = &frame, .out = out };
	struct ks_axis axis;
	struct ks_fold_text text;
	KS_TRY(ks_axis_make(spans->tools, true, false, &arena, &axis));
	KS_TRY(fold_text(spans, !report->verbose, &arena, &text));
	ks_answer_write(spans->tools, &axis, &terminal.text);
	ks_terminal_wrap(&terminal, 0, 2);
	write_note(spans->tools->check, &terminal.text);
	if (terminal.text.len)
		ks_terminal_wrap(&terminal, 0, 2);
	for (size_t i = 0; i < text.nr; i++) {
		ks_buf_char(out, '\n');
		write_spans(&terminal, spans, &text.at[i]);
	}
	if (spans->tools->nr > 1)
		list_throughout(&terminal, spans);
	struct ks_error *err = ks_buf_error(&terminal.text);
	ks_buf_deinit(&terminal.text);
	return err;
}

/* ---- Markdown ---- */

static void put(struct ks_buf *out, enum ks_text_sink sink, struct ks_buf *text)
{
	ks_text_str(out, sink, ks_buf_text(text) ? text->at : "");
	text->len = 0;
}

static struct ks_error *write_cell(const struct ks_spans *spans, size_t tool,
				   const struct ks_fold_tracks *tracks, struct ks_buf *text,
				   struct ks_buf *out)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_fold_steps steps;
	KS_TRY(ks_fold_steps(spans, tool, tracks, false, &arena, &steps));
	for (size_t i = 0; i < steps.nr; i++) {
		ks_buf_printf(out, "%s %s ", i ? "," : "", marks[steps.at[i].span->verdict]);
		ks_fold_write_range(&steps.at[i], " – ", text);
		put(out, KS_TEXT_MARKDOWN_CELL, text);
	}
	ks_buf_str(out, steps.nr ? " |" : " ➖ |");
	return NULL;
}

static struct ks_error *write_table(const struct ks_spans *spans, const struct ks_fold *columns,
				    struct ks_buf *text, struct ks_buf *out)
{
	ks_buf_str(out, "| tool |");
	for (size_t i = 0; i < columns->nr; i++) {
		ks_buf_char(out, ' ');
		ks_fold_write_tracks(spans, spans->tools->nr, &columns->at[i], text);
		put(out, KS_TEXT_MARKDOWN_CELL, text);
		ks_buf_str(out, " |");
	}
	ks_buf_str(out, "\n|:--|");
	for (size_t i = 0; i < columns->nr; i++)
		ks_buf_str(out, ":--|");
	ks_buf_char(out, '\n');
	for (size_t i = 0; i < spans->tools->nr; i++) {
		ks_buf_str(out, "| ");
		ks_text_str(out, KS_TEXT_MARKDOWN_CELL, spans->tools->at[i].name);
		ks_buf_str(out, " |");
		for (size_t k = 0; k < columns->nr; k++)
			KS_TRY(write_cell(spans, i, &columns->at[k], text, out));
		ks_buf_char(out, '\n');
	}
	return NULL;
}

/** Why what does not work on some tracks does not. */
static void write_reasons(const struct ks_spans *spans, const struct ks_fold_paragraph *paragraph,
			  size_t tracks, struct ks_buf *text, struct ks_buf *out)
{
	for (size_t i = 0; i < paragraph->steps[tracks].nr; i++) {
		const struct ks_fold_step *step = &paragraph->steps[tracks].at[i];
		if (!step->span->why || step->span->gone)
			continue;
		ks_buf_printf(out, "- %s ", marks[step->span->verdict]);
		write_tools(spans, paragraph, text);
		ks_buf_str(text, ", ");
		ks_fold_write_tracks(spans, paragraph->tools[0], &paragraph->tracks.at[tracks],
				     text);
		ks_buf_char(text, ' ');
		ks_fold_write_range(step, " – ", text);
		ks_fold_write_why(step, text);
		put(out, KS_TEXT_MARKDOWN, text);
		ks_buf_char(out, '\n');
	}
}

static struct ks_error *write_md(const struct ks_spans *spans, struct ks_buf *out)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_buf_ struct ks_buf text = { 0 };
	struct ks_fold columns;
	struct ks_fold_text folded;
	KS_TRY(ks_fold_all(spans, &arena, &columns));
	KS_TRY(write_table(spans, &columns, &text, out));
	KS_TRY(fold_text(spans, true, &arena, &folded));
	ks_buf_char(out, '\n');
	for (size_t i = 0; i < folded.nr; i++)
		for (size_t k = 0; k < folded.at[i].tracks.nr; k++)
			write_reasons(spans, &folded.at[i], k, &text, out);
	for (int v = 0; v < KS_NR_TOOL_VERDICTS; v++)
		ks_buf_printf(out, "%s%s %s", v ? " · " : "\n", marks[v],
			      ks_tool_verdicts[v].title);
	ks_buf_char(out, '\n');
	return ks_buf_error(&text);
}

/* ---- JSON ---- */

static void json_span(struct ks_json *json, const struct ks_spans *spans,
		      const struct ks_tool_span *span)
{
	const struct ks_reason *reason = span->why ? span->why->reason : NULL;
	size_t last = span->first + span->nr - 1;
	ks_json_open(json, '{');
	ks_json_key_u64(json, "track", span->track);
	ks_json_key_str(json, "verdict", ks_tool_verdicts[span->verdict].name);
	ks_json_key_str(json, "first", image_at(spans, span->track, span->first)->label);
	ks_json_key_str(json, "last", image_at(spans, span->track, last)->label);
	ks_json_key_u64(json, "images", span->nr);
	ks_json_key_bool(json, "gone", span->gone);
	ks_json_key_str(json, "reason", reason ? ks_reasons[reason->kind].name : NULL);
	ks_json_key_str(json, "name", reason ? reason->name : NULL);
	ks_json_key_str(json, "detail", reason ? reason->detail : NULL);
	ks_json_key_str(json, "loses", span->why ? span->why->words : NULL);
	ks_json_key_u64(json, "more", span->nr_more);
	ks_json_close(json, '}');
}

static void write_json(const struct ks_spans *spans, struct ks_buf *out)
{
	struct ks_json json = ks_json_to(out, 2);
	ks_json_open(&json, '{');
	ks_json_key_u64(&json, "ksurf", 1);
	ks_json_key_bool(&json, "as-compiled", spans->tools->as_compiled);
	ks_json_key_open(&json, "tracks", '[');
	for (size_t i = 0; i < spans->nr_tracks; i++) {
		const struct ks_track *track = &spans->tracks[i];
		ks_json_open(&json, '{');
		ks_json_key_str(&json, "distribution", track->distribution);
		ks_json_key_str(&json, "arch", track->arch);
		ks_json_key_str(&json, "flavor", track->flavor);
		ks_json_key_open(&json, "images", '[');
		for (size_t k = 0; k < track->nr; k++)
			ks_json_str(&json, image_at(spans, i, k)->label);
		ks_json_close(&json, ']');
		ks_json_close(&json, '}');
	}
	ks_json_close(&json, ']');
	ks_json_key_open(&json, "tools", '[');
	for (size_t i = 0; i < spans->tools->nr; i++) {
		ks_json_open(&json, '{');
		ks_json_key_str(&json, "tool", spans->tools->at[i].name);
		ks_json_key_open(&json, "spans", '[');
		for (size_t k = 0; k < spans->of[i].nr; k++)
			json_span(&json, spans, &spans->of[i].at[k]);
		ks_json_close(&json, ']');
		ks_json_close(&json, '}');
	}
	ks_json_close(&json, ']');
	ks_json_close(&json, '}');
	ks_buf_char(out, '\n');
}

struct ks_error *ks_since_write(const struct ks_check_report *report, const struct ks_spans *spans,
				struct ks_buf *out)
{
	switch (report->format) {
	case KS_FORMAT_TERMINAL:
		KS_TRY(write_terminal(report, spans, out));
		break;
	case KS_FORMAT_MD:
		KS_TRY(write_md(spans, out));
		break;
	case KS_FORMAT_JSON:
		write_json(spans, out);
		break;
	default:
		return ks_error_new(KS_ERR_USAGE,
				    "spans are told as terminal, md or json, not as %s",
				    ks_formats[report->format].name);
	}
	return ks_buf_error(out);
}
