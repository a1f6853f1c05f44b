/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the forms of pictures share: inside report/ only. Lengths are pixels. */
#include "report/stats/plot.h"
#include "report/text/svg.h"

enum {
	KS_PLOT_WIDTH = 900,
	KS_PLOT_HEIGHT = 500,	    // at least
	KS_PLOT_LEFT = 74,	    // of the field that data is drawn in
	KS_PLOT_RIGHT = 690,	    //
	KS_PLOT_TOP = 66,	    //
	KS_PLOT_BOTTOM = 410,	    //
	KS_PLOT_MATRIX_LEFT = 110,  // of a matrix: names stand on its left, a scale on its right
	KS_PLOT_MATRIX_RIGHT = 810, //
};

/** A percentage as it stands in a picture: two digits at least, "0" for nothing. */
void ks_plot_percent(double value, char *text, size_t size);

/** From values to pixels, with round numbers at the ticks. */
struct ks_plot_axis {
	double low, high, step;
};
struct ks_plot_axis ks_plot_axis_over(double low, double high);
double ks_plot_y(const struct ks_plot_axis *axis, double value);

/** How high the picture is: names that must be turned upright need room. */
double ks_plot_height(const struct ks_plot *plot);

/** The value axis with its title and a thin line at each tick. */
void ks_plot_y_axis(const struct ks_plot *plot, const struct ks_plot_axis *axis,
		    struct ks_buf *out);
/** Names of the categories below the field, turned when they are too long. @param left, width of all of them */
void ks_plot_x_labels(const struct ks_plot *plot, double left, double width, struct ks_buf *out);
/** How the line of the s-th series is dashed: tells lines apart where colours do not. */
const char *ks_plot_dashes(size_t s);
/** The colour key on the right, in the order in which the series of that form stand. */
void ks_plot_legend(const struct ks_plot *plot, struct ks_buf *out);

typedef void ks_plot_form_fn(const struct ks_plot *plot, struct ks_buf *out);
ks_plot_form_fn ks_plot_bars, ks_plot_lines, ks_plot_matrix;
