/* SPDX-License-Identifier: BSD-2-Clause */
/* Spans of kernels: for people, as a support matrix for a README, as JSON. */
#include "report/check/since.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "report/check/check_page.h"
#include "surface/image.h"

static const char *const marks[KS_NR_TOOL_VERDICTS] = {
	[KS_TOOL_WORKS] = "✅", [KS_TOOL_PART] = "⚠️", [KS_TOOL_UNKNOWN] = "❔",
	[KS_TOOL_FAILS] = "❌", [KS_TOOL_FOREIGN] = "➖",
};

static const struct ks_image *image_at(const struct ks_spans *spans, size_t track, size_t i)
{
	return spans->tools->check->images[spans->tracks[track].images[i]];
}

/** "Debian amd64 cloud" */
static void write_track(const struct ks_track *track, struct ks_buf *out)
{
	const char *const words[] = { track->distribution, track->arch, track->flavor };
	bool any = false;
	for (int i = 0; i < 3; i++)
		if (words[i] && words[i][0]) {
			ks_buf_printf(out, "%s%s", any ? " " : "", words[i]);
			any = true;
		}
	if (!any)
		ks_buf_str(out, "kernels");
}

/** Whether all kernels of an image's series in its track are in the span. */
static bool holds_series(const struct ks_spans *spans, const struct ks_tool_span *span, size_t i)
{
	const struct ks_track *track = &spans->tracks[span->track];
	const struct ks_image *image = image_at(spans, span->track, i);
	for (size_t k = 0; k < track->nr; k++) {
		bool inside = k >= span->first && k < span->first + span->nr;
		if (!inside && ks_image_same_series(image, image_at(spans, span->track, k)))
			return false;
	}
	return ks_series_len(image->version) != 0;
}

/** A kernel by its series, or by its label where others of the series are not in the span. */
static void write_kernel(const struct ks_spans *spans, const struct ks_tool_span *span, size_t i,
			 struct ks_buf *out)
{
	const struct ks_image *image = image_at(spans, span->track, i);
	if (holds_series(spans, span, i))
		ks_buf_bytes(out, image->version, ks_series_len(image->version));
	else
		ks_buf_str(out, image->label);
}

/** "5.10 to 6.1", "6.12". @param between " to " */
static void write_range(const struct ks_spans *spans, const struct ks_tool_span *span,
			const char *between, struct ks_buf *out)
{
	size_t last = span->first + span->nr - 1, begin = out->len;
	write_kernel(spans, span, span->first, out);
	size_t len = out->len - begin;
	ks_buf_str(out, between);
	size_t end = out->len;
	write_kernel(spans, span, last, out);
	if (!out->failed && out->len - end == len && // one series
	    memcmp(out->at + begin, out->at + end, len) == 0)
		out->len = begin + len;
}

static void write_why(const struct ks_tool_span *span, struct ks_buf *out)
{
	if (!span->why)
		return;
	const struct ks_reason *reason = span->why->reason;
	ks_buf_str(out, span->gone ? ": settled: " : ": ");
	if (reason && reason->name)
		ks_buf_printf(out, "%s: ", reason->name);
	ks_buf_str(out, reason ? ks_reasons[reason->kind].title : "there is no program to judge");
	if (span->why->words)
		ks_buf_printf(out, " (%s)", span->why->words);
	if (span->nr_more)
		ks_buf_printf(out, " and %zu more", span->nr_more);
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

/* ---- terminal ---- */

static void write_spans(struct ks_terminal *terminal, const struct ks_spans *spans, size_t tool)
{
	const struct ks_tool_spans *of = &spans->of[tool];
	ks_terminal_paint(terminal, KS_PAINT_HEAD, spans->tools->at[tool].name);
	ks_buf_char(terminal->out, '\n');
	for (size_t i = 0; i < of->nr; i++) {
		const struct ks_tool_span *span = &of->at[i];
		if (!i || of->at[i - 1].track != span->track) {
			ks_terminal_blanks(terminal, 2);
			write_track(&spans->tracks[span->track], &terminal->text);
			ks_terminal_wrap(terminal, 2, 4);
		}
		ks_terminal_blanks(terminal, 4);
		ks_buf_printf(terminal->out, "%s ", ks_tool_verdicts[span->verdict].symbol);
		write_range(spans, span, " to ", &terminal->text);
		write_why(span, &terminal->text);
		ks_terminal_wrap(terminal, 6, 8);
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
	KS_TRY(ks_axis_make(spans->tools, true, false, &arena, &axis));
	ks_answer_write(spans->tools, &axis, &terminal.text);
	ks_terminal_wrap(&terminal, 0, 2);
	write_note(spans->tools->check, &terminal.text);
	if (terminal.text.len)
		ks_terminal_wrap(&terminal, 0, 2);
	for (size_t i = 0; i < spans->tools->nr; i++) {
		if (works_throughout(spans, i) && spans->tools->nr > 1)
			continue;
		ks_buf_char(out, '\n');
		write_spans(&terminal, spans, i);
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

static void write_cell(const struct ks_spans *spans, size_t tool, size_t track, struct ks_buf *text,
		       struct ks_buf *out)
{
	bool any = false;
	for (size_t i = 0; i < spans->of[tool].nr; i++) {
		const struct ks_tool_span *span = &spans->of[tool].at[i];
		if (span->track != track)
			continue;
		ks_buf_printf(out, "%s %s ", any ? "," : "", marks[span->verdict]);
		write_range(spans, span, " – ", text);
		put(out, KS_TEXT_MARKDOWN_CELL, text);
		any = true;
	}
	ks_buf_str(out, any ? " |" : " ➖ |");
}

/** Why what does not work throughout does not. */
static void write_reasons(const struct ks_spans *spans, size_t tool, struct ks_buf *text,
			  struct ks_buf *out)
{
	for (size_t i = 0; i < spans->of[tool].nr; i++) {
		const struct ks_tool_span *span = &spans->of[tool].at[i];
		if (!span->why || span->gone)
			continue;
		ks_buf_printf(out, "- %s ", marks[span->verdict]);
		ks_buf_printf(text, "%s, ", spans->tools->at[tool].name);
		write_track(&spans->tracks[span->track], text);
		ks_buf_char(text, ' ');
		write_range(spans, span, " – ", text);
		write_why(span, text);
		put(out, KS_TEXT_MARKDOWN, text);
		ks_buf_char(out, '\n');
	}
}

static struct ks_error *write_md(const struct ks_spans *spans, struct ks_buf *out)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	ks_buf_str(out, "| tool |");
	for (size_t i = 0; i < spans->nr_tracks; i++) {
		ks_buf_char(out, ' ');
		write_track(&spans->tracks[i], &text);
		put(out, KS_TEXT_MARKDOWN_CELL, &text);
		ks_buf_str(out, " |");
	}
	ks_buf_str(out, "\n|:--|");
	for (size_t i = 0; i < spans->nr_tracks; i++)
		ks_buf_str(out, ":--|");
	ks_buf_char(out, '\n');
	for (size_t i = 0; i < spans->tools->nr; i++) {
		ks_buf_str(out, "| ");
		ks_text_str(out, KS_TEXT_MARKDOWN_CELL, spans->tools->at[i].name);
		ks_buf_str(out, " |");
		for (size_t k = 0; k < spans->nr_tracks; k++)
			write_cell(spans, i, k, &text, out);
		ks_buf_char(out, '\n');
	}
	ks_buf_char(out, '\n');
	for (size_t i = 0; i < spans->tools->nr; i++)
		write_reasons(spans, i, &text, out);
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
