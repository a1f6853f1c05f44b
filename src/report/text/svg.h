/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The elements that pictures are made of. Lengths are pixels, colours as in SVG. */
#include "base/buf.h"

enum ks_svg_anchor { KS_ANCHOR_START, KS_ANCHOR_MIDDLE, KS_ANCHOR_END };

/** A text, escaped. @param size of the font @param rotate degrees around its anchor */
void ks_svg_text(struct ks_buf *out, double x, double y, unsigned int size,
		 enum ks_svg_anchor anchor, const char *color, int rotate, const char *text);
/** A line of one pixel. */
void ks_svg_line(struct ks_buf *out, double x1, double y1, double x2, double y2, const char *color);
/** A filled rectangle, by its upper left corner. */
void ks_svg_rect(struct ks_buf *out, double x, double y, double width, double height,
		 const char *color);

/** About how wide a text is in the font that the pictures ask for. */
double ks_svg_text_width(const char *text, unsigned int size);
