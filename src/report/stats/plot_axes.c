/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands around the field: axes, labels, the legend. */
#include <math.h>
#include <stdio.h>

#include "base/array.h"
#include "report/stats/plot_private.h"

void ks_plot_percent(double value, char *text, size_t size)
{
	int digits = value != 0 && value > -9.95 && value < 9.95;
	snprintf(text, size, "%.*f", digits, value);
}

struct ks_plot_axis ks_plot_axis_over(double low, double high)
{
	static const double steps[] = { 1, 2, 2.5, 5, 10 };
	double span = high > low ? high - low : 1, unit = pow(10, floor(log10(span / 5)));
	struct ks_plot_axis axis = { .step = 10 * unit };
	for (size_t i = 0; i < KS_ARRAY_LEN(steps); i++) {
		if (span / (steps[i] * unit) <= 6) {
			axis.step = steps[i] * unit;
			break;
		}
	}
	axis.low = floor(low / axis.step + 1e-9) * axis.step;
	axis.high = ceil(high / axis.step - 1e-9) * axis.step;
	if (axis.high <= axis.low)
		axis.high = axis.low + axis.step;
	return axis;
}

double ks_plot_y(const struct ks_plot_axis *axis, double value)
{
	double share = (value - axis->low) / (axis->high - axis->low);
	return KS_PLOT_BOTTOM - share * (KS_PLOT_BOTTOM - KS_PLOT_TOP);
}

void ks_plot_y_axis(const struct ks_plot *plot, const struct ks_plot_axis *axis, struct ks_buf *out)
{
	int nr = (int)((axis->high - axis->low) / axis->step + 0.5);
	for (int i = 0; i <= nr; i++) {
		double value = axis->low + i * axis->step, y = ks_plot_y(axis, value);
		char text[32];
		snprintf(text, sizeof(text), "%g %%", value);
		ks_svg_line(out, KS_PLOT_LEFT, y, KS_PLOT_RIGHT, y, i ? "#dddddd" : "#444444");
		ks_svg_text(out, KS_PLOT_LEFT - 8, y + 4, 12, KS_ANCHOR_END, "#222222", 0, text);
	}
	double middle = (KS_PLOT_TOP + KS_PLOT_BOTTOM) / 2.0;
	ks_svg_text(out, 18, middle, 13, KS_ANCHOR_MIDDLE, "#222222", -90, plot->y_title);
}

static double longest_label(const struct ks_plot *plot, unsigned int size)
{
	double longest = 0;
	for (size_t i = 0; i < plot->nr_x; i++)
		longest = fmax(longest, ks_svg_text_width(plot->x[i], size));
	return longest;
}

/** Labels longer than this are turned upright: slanting they would run out of the picture. */
enum { SLANT_MAX = 84, LABEL_MIN_STEP = 14 };

/** By how many degrees the labels below the field must be turned. */
static int label_turn(const struct ks_plot *plot)
{
	double width = plot->form == KS_PLOT_MATRIX ? KS_PLOT_MATRIX_RIGHT - KS_PLOT_MATRIX_LEFT
						    : KS_PLOT_RIGHT - KS_PLOT_LEFT;
	if (longest_label(plot, 12) <= width / (double)(plot->nr_x ? plot->nr_x : 1) - 4)
		return 0;
	return longest_label(plot, 11) > SLANT_MAX ? -90 : -40;
}

double ks_plot_height(const struct ks_plot *plot)
{
	return KS_PLOT_HEIGHT + (label_turn(plot) == -90 ? longest_label(plot, 11) - 50 : 0);
}

void ks_plot_x_labels(const struct ks_plot *plot, double left, double width, struct ks_buf *out)
{
	double step = plot->nr_x ? width / (double)plot->nr_x : width;
	int turn = label_turn(plot);
	double below = turn ? ks_plot_height(plot) - 12 : KS_PLOT_BOTTOM + 46;
	size_t every = turn && step < LABEL_MIN_STEP ? (size_t)ceil(LABEL_MIN_STEP / step) : 1;
	for (size_t i = 0; i < plot->nr_x; i += every) {
		double x = left + ((double)i + 0.5) * step;
		if (turn)
			ks_svg_text(out, x + 4, KS_PLOT_BOTTOM + (turn == -90 ? 8 : 16), 11,
				    KS_ANCHOR_END, "#222222", turn, plot->x[i]);
		else
			ks_svg_text(out, x, KS_PLOT_BOTTOM + 18, 12, KS_ANCHOR_MIDDLE, "#222222", 0,
				    plot->x[i]);
	}
	ks_svg_text(out, left + width / 2, below, 13, KS_ANCHOR_MIDDLE, "#222222", 0,
		    plot->x_title);
}

const char *ks_plot_dashes(size_t s)
{
	static const char *const dashes[] = { "none", "8 3", "3 3", "10 3 3 3" };
	return dashes[s % (KS_ARRAY_LEN(dashes))];
}

static void write_key(const struct ks_plot *plot, size_t s, double x, double y, struct ks_buf *out)
{
	const char *color = plot->series[s].color;
	if (plot->form == KS_PLOT_BARS) {
		ks_svg_rect(out, x, y - 10, 14, 14, color);
		return;
	}
	if (plot->form == KS_PLOT_LINES)
		ks_buf_printf(out,
			      "<polyline points=\"%.1f,%.1f %.1f,%.1f\" stroke=\"%s\" "
			      "stroke-width=\"2.2\" stroke-dasharray=\"%s\"/>\n",
			      x - 8, y - 3, x + 18, y - 3, color, ks_plot_dashes(s));
	ks_buf_printf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%d\" fill=\"%s\"/>\n", x + 5, y - 3,
		      plot->form == KS_PLOT_DOTS ? 5 : 3, color);
}

void ks_plot_legend(const struct ks_plot *plot, struct ks_buf *out)
{
	double y = KS_PLOT_TOP + 6, x = KS_PLOT_RIGHT + 22;
	for (size_t i = 0; i < plot->nr_series; i++) {
		size_t s = plot->form == KS_PLOT_BARS ? plot->nr_series - 1 - i : i; // as they lie
		const char *note = plot->series[s].note;
		write_key(plot, s, x, y, out);
		ks_svg_text(out, x + 24, y + 2, 12, KS_ANCHOR_START, "#222222", 0,
			    plot->series[s].name);
		if (note)
			ks_svg_text(out, x + 24, y + 17, 11, KS_ANCHOR_START, "#555555", 0, note);
		y += note ? 40 : 24;
	}
}
