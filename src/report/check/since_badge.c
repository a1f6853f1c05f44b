/* SPDX-License-Identifier: BSD-2-Clause */
/* A small picture for a README: the series of kernels on which all tools work. */
#include <string.h>

#include "base/text.h"
#include "report/check/since.h"
#include "report/text/svg.h"
#include "surface/image.h"

/** A series of kernels, over all machines and flavours. */
struct series {
	const char *version;
	size_t len;
	bool works;
};

/** Every tool that must work on an image does, if in part. */
static bool all_work(const struct ks_tools *tools, size_t image)
{
	for (size_t i = 0; i < tools->nr; i++) {
		const struct ks_tool_outcome *outcome = ks_tool_outcome(tools, i, image);
		if (!outcome->spared && outcome->verdict != KS_TOOL_WORKS &&
		    outcome->verdict != KS_TOOL_PART && outcome->verdict != KS_TOOL_FOREIGN)
			return false;
	}
	return true;
}

/** Series in the order of images, which is that of versions. @return how many */
static size_t list_series(const struct ks_tools *tools, struct series *at)
{
	size_t nr = 0;
	for (size_t i = 0; i < tools->check->nr_images; i++) {
		const struct ks_image *image = tools->check->images[i];
		const char *version = image->version ? image->version : image->label;
		size_t len = ks_series_len(image->version);
		len = len ? len : strlen(version);
		size_t k = 0;
		while (k < nr && (at[k].len != len || memcmp(at[k].version, version, len) != 0))
			k++;
		if (k == nr)
			at[nr++] = (struct series){ version, len, true };
		at[k].works = at[k].works && all_work(tools, i);
	}
	return nr;
}

/** "5.10 – 6.1, 7.2" of those that work. @return how many do */
static size_t write_ranges(const struct series *at, size_t nr, struct ks_buf *out)
{
	size_t works = 0;
	for (size_t i = 0, run; i < nr; i += run) {
		for (run = 1; i + run < nr && at[i + run].works == at[i].works; run++)
			;
		if (!at[i].works)
			continue;
		const struct series *last = &at[i + run - 1];
		ks_buf_printf(out, "%s%.*s", works ? ", " : "", (int)at[i].len, at[i].version);
		if (run > 1)
			ks_buf_printf(out, " – %.*s", (int)last->len, last->version);
		works += run;
	}
	if (!works)
		ks_buf_str(out, "none");
	return works;
}

struct ks_error *ks_since_badge(const struct ks_spans *spans, struct ks_buf *out)
{
	enum { FONT = 11, HEIGHT = 20, PAD = 6 };
	static const char left[] = "kernels";
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_buf_ struct ks_buf text = { 0 };
	const struct ks_tools *tools = spans->tools;
	struct series *series =
		ks_arena_array(&arena, tools->check->nr_images + 1, sizeof(*series));
	if (!series)
		return &ks_nomem;
	size_t nr = list_series(tools, series), works = write_ranges(series, nr, &text);
	const char *right = ks_buf_text(&text);
	if (!right)
		return &ks_nomem;
	const char *color = works == nr ? "#2a8a3e" : works ? "#b77900" : "#c62828";
	double a = ks_svg_text_width(left, FONT) + 2 * PAD;
	double b = ks_svg_text_width(right, FONT) + 2 * PAD;
	ks_buf_printf(out,
		      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%d\" "
		      "font-family=\"sans-serif\" role=\"img\">\n<title>",
		      a + b, HEIGHT);
	ks_text_str(out, KS_TEXT_MARKUP, left);
	ks_buf_str(out, ": ");
	ks_text_str(out, KS_TEXT_MARKUP, right);
	ks_buf_str(out, "</title>\n");
	ks_svg_rect(out, 0, 0, a, HEIGHT, "#444444");
	ks_svg_rect(out, a, 0, b, HEIGHT, color);
	ks_svg_text(out, a / 2, 14, FONT, KS_ANCHOR_MIDDLE, "#ffffff", 0, left);
	ks_svg_text(out, a + b / 2, 14, FONT, KS_ANCHOR_MIDDLE, "#ffffff", 0, right);
	ks_buf_str(out, "</svg>\n");
	return ks_buf_error(out);
}
