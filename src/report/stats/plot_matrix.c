/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "base/array.h"
#include "report/stats/plot_private.h"

enum { MAX_ROW = 40, SCALE_STEPS = 40 };

/** From near white over yellow-green to dark blue: lightness falls all the way, so it also reads in grey. */
static void color_of(double share, char *text, size_t size)
{
	static const double stops[][3] = {
		{ 255, 255, 235 }, { 237, 248, 177 }, { 127, 205, 187 },
		{ 44, 127, 184 },  { 8, 29, 88 },
	};
	enum { LAST = KS_ARRAY_LEN(stops) - 1 };
	double at = (share < 0 ? 0 : share > 1 ? 1 : share) * LAST;
	int stop = at >= LAST ? LAST - 1 : (int)at;
	double part = at - stop;
	int rgb[3];
	for (int i = 0; i < 3; i++)
		rgb[i] = (int)(stops[stop][i] + part * (stops[stop + 1][i] - stops[stop][i]) + 0.5);
	snprintf(text, size, "#%02x%02x%02x", (unsigned int)rgb[0], (unsigned int)rgb[1],
		 (unsigned int)rgb[2]);
}

static double highest(const struct ks_plot *plot)
{
	double value = 0;
	for (size_t s = 0; s < plot->nr_series; s++)
		for (size_t i = 0; i < plot->nr_x; i++)
			if (isfinite(plot->series[s].values[i]) &&
			    plot->series[s].values[i] > value)
				value = plot->series[s].values[i];
	return value > 0 ? value : 1;
}

static void write_cell(double value, double top, double x, double y, double width, double height,
		       struct ks_buf *out)
{
	char color[8], text[32];
	if (!isfinite(value)) {
		ks_svg_rect(out, x + 1, y + 1, width - 2, height - 2, "#eeeeee");
		snprintf(text, sizeof(text), "%s", isnan(value) ? "?" : "\xe2\x80\x93");
	} else {
		color_of(value / top, color, sizeof(color));
		ks_svg_rect(out, x + 1, y + 1, width - 2, height - 2, color);
		ks_plot_percent(value, text, sizeof(text));
	}
	if (ks_svg_text_width(text, 12) > width)
		return;
	ks_svg_text(out, x + width / 2, y + height / 2 + 4, 12, KS_ANCHOR_MIDDLE,
		    isfinite(value) && value / top > 0.6 ? "#ffffff" : "#000000", 0, text);
}

static void write_scale(const struct ks_plot *plot, double top, struct ks_buf *out)
{
	struct ks_plot_axis axis = ks_plot_axis_over(0, top);
	double height = KS_PLOT_BOTTOM - KS_PLOT_TOP, x = KS_PLOT_MATRIX_RIGHT + 18;
	for (int i = 0; i < SCALE_STEPS; i++) {
		char color[8];
		color_of((i + 0.5) / SCALE_STEPS, color, sizeof(color));
		ks_svg_rect(out, x, KS_PLOT_BOTTOM - (i + 1) * height / SCALE_STEPS, 16,
			    height / SCALE_STEPS + 0.5, color);
	}
	int nr_ticks = (int)(top / axis.step);
	for (int i = 0; i <= nr_ticks; i++) {
		double value = i * axis.step;
		char text[32];
		snprintf(text, sizeof(text), "%g", value);
		ks_svg_text(out, x + 21, KS_PLOT_BOTTOM - value / top * height + 4, 11,
			    KS_ANCHOR_START, "#222222", 0, text);
	}
	ks_svg_text(out, x + 60, KS_PLOT_TOP + height / 2, 12, KS_ANCHOR_MIDDLE, "#222222", -90,
		    plot->y_title);
}

void ks_plot_matrix(const struct ks_plot *plot, struct ks_buf *out)
{
	double top = highest(plot), width = KS_PLOT_MATRIX_RIGHT - KS_PLOT_MATRIX_LEFT;
	double column = plot->nr_x ? width / (double)plot->nr_x : width;
	double row = (double)(KS_PLOT_BOTTOM - KS_PLOT_TOP) /
		     (double)(plot->nr_series ? plot->nr_series : 1);
	row = row > MAX_ROW ? MAX_ROW : row;
	double first = KS_PLOT_BOTTOM - row * (double)plot->nr_series;
	for (size_t s = 0; s < plot->nr_series; s++) {
		double y = first + row * (double)s;
		ks_svg_text(out, KS_PLOT_MATRIX_LEFT - 8, y + row / 2 + 4, 12, KS_ANCHOR_END,
			    "#222222", 0, plot->series[s].name);
		for (size_t i = 0; i < plot->nr_x; i++)
			write_cell(plot->series[s].values[i], top,
				   KS_PLOT_MATRIX_LEFT + (double)i * column, y, column, row, out);
	}
	ks_plot_x_labels(plot, KS_PLOT_MATRIX_LEFT, width, out);
	write_scale(plot, top, out);
}
