/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/text.h"
#include "report/stats/plot_private.h"

bool ks_plot_init(struct ks_plot *plot, enum ks_plot_form form, size_t nr_x, size_t nr_series)
{
	plot->form = form;
	plot->nr_x = nr_x;
	plot->nr_series = nr_series;
	plot->series = ks_arena_array(&plot->arena, nr_series + 1, sizeof(*plot->series));
	if (!plot->series)
		return false;
	for (size_t s = 0; s < nr_series; s++) {
		double *values = ks_arena_array(&plot->arena, nr_x + 1, sizeof(*values));
		if (!values)
			return false;
		for (size_t i = 0; i < nr_x; i++)
			values[i] = (double)NAN;
		plot->series[s] = (struct ks_plot_series){ .values = values };
	}
	return true;
}

void ks_plot_svg(const struct ks_plot *plot, struct ks_buf *out)
{
	static ks_plot_form_fn *const forms[] = {
		[KS_PLOT_BARS] = ks_plot_bars,
		[KS_PLOT_LINES] = ks_plot_lines,
		[KS_PLOT_DOTS] = ks_plot_lines,
		[KS_PLOT_MATRIX] = ks_plot_matrix,
	};
	int height = (int)ks_plot_height(plot);
	ks_buf_printf(out,
		      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		      "viewBox=\"0 0 %d %d\" font-family=\"DejaVu Sans, Verdana, Arial, "
		      "sans-serif\" role=\"img\">\n<title>",
		      KS_PLOT_WIDTH, height, KS_PLOT_WIDTH, height);
	ks_text_str(out, KS_TEXT_MARKUP, plot->title);
	ks_buf_str(out, "</title>\n");
	ks_svg_rect(out, 0, 0, KS_PLOT_WIDTH, height, "#ffffff");
	ks_svg_text(out, 18, 28, 18, KS_ANCHOR_START, "#000000", 0, plot->title);
	ks_svg_text(out, 18, 48, 12, KS_ANCHOR_START, "#555555", 0, plot->subtitle);
	forms[plot->form](plot, out);
	ks_buf_str(out, "</svg>\n");
}
