/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>

#include "report/stats/plot_private.h"

/** How high a part must be to hold its number. */
enum { NUMBER_HEIGHT = 13 };

static double highest_bar(const struct ks_plot *plot)
{
	double highest = 0;
	for (size_t i = 0; i < plot->nr_x; i++) {
		double sum = 0;
		for (size_t s = 0; s < plot->nr_series; s++)
			sum += isnan(plot->series[s].values[i]) ? 0 : plot->series[s].values[i];
		highest = sum > highest ? sum : highest;
	}
	return highest;
}

/** Black or white, whichever stands out from "#rrggbb". */
static const char *ink_on(const char *color)
{
	unsigned long rgb = strtoul(color + 1, NULL, 16);
	double light = 0.299 * (double)(rgb >> 16 & 255) + 0.587 * (double)(rgb >> 8 & 255) +
		       0.114 * (double)(rgb & 255);
	return light > 140 ? "#000000" : "#ffffff";
}

static void write_bar(const struct ks_plot *plot, const struct ks_plot_axis *axis, size_t i,
		      double x, double width, struct ks_buf *out)
{
	double sum = 0;
	bool any = false;
	for (size_t s = 0; s < plot->nr_series; s++) {
		const struct ks_plot_series *series = &plot->series[s];
		double value = series->values[i];
		if (isnan(value))
			continue;
		any = true;
		double y = ks_plot_y(axis, sum + value), height = ks_plot_y(axis, sum) - y;
		char text[32];
		sum += value;
		ks_plot_percent(value, text, sizeof(text));
		ks_svg_rect(out, x, y, width, height, series->color);
		if (height >= NUMBER_HEIGHT && ks_svg_text_width(text, 10) <= width)
			ks_svg_text(out, x + width / 2, y + height / 2 + 4, 10, KS_ANCHOR_MIDDLE,
				    ink_on(series->color), 0, text);
	}
	if (!any)
		ks_svg_text(out, x + width / 2, KS_PLOT_BOTTOM - 6, 12, KS_ANCHOR_MIDDLE, "#555555",
			    0, "?");
}

void ks_plot_bars(const struct ks_plot *plot, struct ks_buf *out)
{
	double highest = highest_bar(plot);
	struct ks_plot_axis axis = ks_plot_axis_over(0, highest > 0 ? highest : 1);
	double width = KS_PLOT_RIGHT - KS_PLOT_LEFT;
	double step = plot->nr_x ? width / (double)plot->nr_x : width;
	double bar = step * 0.82 < 64 ? step * 0.82 : 64;
	ks_plot_y_axis(plot, &axis, out);
	for (size_t i = 0; i < plot->nr_x; i++)
		write_bar(plot, &axis, i, KS_PLOT_LEFT + ((double)i + 0.5) * step - bar / 2, bar,
			  out);
	ks_plot_x_labels(plot, KS_PLOT_LEFT, width, out);
	ks_plot_legend(plot, out);
}
