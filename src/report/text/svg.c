/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/text/svg.h"

#include "base/text.h"

void ks_svg_text(struct ks_buf *out, double x, double y, unsigned int size,
		 enum ks_svg_anchor anchor, const char *color, int rotate, const char *text)
{
	static const char *const anchors[] = { "start", "middle", "end" };
	ks_buf_printf(out,
		      "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%u\" text-anchor=\"%s\" fill=\"%s\"",
		      x, y, size, anchors[anchor], color);
	if (rotate)
		ks_buf_printf(out, " transform=\"rotate(%d %.1f %.1f)\"", rotate, x, y);
	ks_buf_char(out, '>');
	ks_text_str(out, KS_TEXT_MARKUP, text);
	ks_buf_str(out, "</text>\n");
}

void ks_svg_line(struct ks_buf *out, double x1, double y1, double x2, double y2, const char *color)
{
	ks_buf_printf(out,
		      "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>\n", x1,
		      y1, x2, y2, color);
}

void ks_svg_rect(struct ks_buf *out, double x, double y, double width, double height,
		 const char *color)
{
	ks_buf_printf(out,
		      "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n",
		      x, y, width, height, color);
}

double ks_svg_text_width(const char *text, unsigned int size)
{
	size_t nr = 0;
	for (; *text; text++)
		nr += ((unsigned char)*text & 0xc0) != 0x80;
	return (double)nr * size * 0.6;
}
