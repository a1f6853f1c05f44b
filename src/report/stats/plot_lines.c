/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/stats/plot_private.h"

static void range(const struct ks_plot *plot, double *low, double *high)
{
	*low = 100;
	*high = 100;
	for (size_t s = 0; s < plot->nr_series; s++) {
		for (size_t i = 0; i < plot->nr_x; i++) {
			double value = plot->series[s].values[i];
			if (isnan(value))
				continue;
			*low = value < *low ? value : *low;
			*high = value > *high ? value : *high;
		}
	}
}

static void write_line(const struct ks_plot *plot, const struct ks_plot_axis *axis, size_t s,
		       double step, struct ks_buf *out)
{
	const struct ks_plot_series *series = &plot->series[s];
	bool drawing = false;
	for (size_t i = 0; i <= plot->nr_x; i++) {
		bool known = i < plot->nr_x && !isnan(series->values[i]);
		if (known && !drawing)
			ks_buf_printf(out,
				      "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2.2\" "
				      "stroke-dasharray=\"%s\" points=\"",
				      series->color, ks_plot_dashes(s));
		else if (!known && drawing)
			ks_buf_str(out, "\"/>\n");
		if (known)
			ks_buf_printf(out, "%.1f,%.1f ", KS_PLOT_LEFT + ((double)i + 0.5) * step,
				      ks_plot_y(axis, series->values[i]));
		drawing = known;
	}
}

/** Dots without lines stand side by side, so that equal values all show. */
static void write_dots(const struct ks_plot *plot, const struct ks_plot_axis *axis, size_t s,
		       double step, struct ks_buf *out)
{
	bool apart = plot->form == KS_PLOT_DOTS;
	double shift = apart ? ((double)s + 0.5) / (double)plot->nr_series * 0.7 - 0.35 : 0;
	for (size_t i = 0; i < plot->nr_x; i++)
		if (!isnan(plot->series[s].values[i]))
			ks_buf_printf(out,
				      "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%d\" fill=\"%s\"/>\n",
				      KS_PLOT_LEFT + ((double)i + 0.5 + shift) * step,
				      ks_plot_y(axis, plot->series[s].values[i]), apart ? 5 : 3,
				      plot->series[s].color);
}

void ks_plot_lines(const struct ks_plot *plot, struct ks_buf *out)
{
	double low, high, width = KS_PLOT_RIGHT - KS_PLOT_LEFT;
	double step = plot->nr_x ? width / (double)plot->nr_x : width;
	range(plot, &low, &high);
	struct ks_plot_axis axis = ks_plot_axis_over(low, high);
	ks_plot_y_axis(plot, &axis, out);
	for (size_t s = 0; s < plot->nr_series; s++) {
		if (plot->form == KS_PLOT_LINES)
			write_line(plot, &axis, s, step, out);
		write_dots(plot, &axis, s, step, out);
	}
	ks_plot_x_labels(plot, KS_PLOT_LEFT, width, out);
	ks_plot_legend(plot, out);
}
