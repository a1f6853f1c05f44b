/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Pictures: values over categories, written as SVG that needs nothing but a font. They are 900 by 500
 * pixels, and higher where long names stand below.
 */
#include <math.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

enum ks_plot_form {
	KS_PLOT_BARS,	// stacked, one bar for each category; values in percent of a whole
	KS_PLOT_LINES,	// one line for each series, values in percent of where it begins
	KS_PLOT_DOTS,	// the same for categories without an order: nothing joins the values
	KS_PLOT_MATRIX, // one row for each series, values in percent, as colour and as number
};

/** One colour of a legend, one line, or one row. */
struct ks_plot_series {
	const char *name;
	const char *color; // as in SVG; not used by the matrix
	const char *note;  // behind the name in the legend, or NULL
	double *values;	   // one for each category; NAN: unknown; INFINITY in a matrix: of nothing
};

/** Texts live in the arena or for ever. A zeroed one is empty. */
struct ks_plot {
	struct ks_arena arena;
	enum ks_plot_form form;
	const char *title, *subtitle;  // what is shown; of which images, and how it is counted
	const char *x_title, *y_title; // y_title with its unit
	size_t nr_x, nr_series;
	const char *const *x; // names of the categories
	struct ks_plot_series *series;
};
static inline void ks_plot_deinit(struct ks_plot *plot)
{
	ks_arena_deinit(&plot->arena);
}
#define _cleanup_plot_ __attribute__((__cleanup__(ks_plot_deinit)))

/** Room for series and their values, all unknown. @return false when memory runs out */
bool ks_plot_init(struct ks_plot *plot, enum ks_plot_form form, size_t nr_x, size_t nr_series);

/** Append the picture as SVG to out, which remembers when memory runs out. */
void ks_plot_svg(const struct ks_plot *plot, struct ks_buf *out);

/**
 * Append the picture as PNG, twice as large in pixels.
 * @return KS_ERR_UNSUPPORTED, with the package to install, when librsvg is missing
 */
KS_MUST_CHECK struct ks_error *ks_plot_png(const struct ks_plot *plot, struct ks_buf *out);
/** Load the library that it needs, before no file can be opened any more; when that is missing, ks_plot_png() tells. */
void ks_plot_png_load(void);
