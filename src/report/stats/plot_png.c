/* SPDX-License-Identifier: BSD-2-Clause */
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/array.h"
#include "base/lazy.h"
#include "report/stats/plot_private.h"

/** Pixels of the PNG for one of the SVG. */
enum { SCALE = 2 };

/** As librsvg declares it: the field that a document is drawn into. */
struct viewport {
	double x, y, width, height;
};

/**
 * The functions of librsvg and cairo that we use, by their documented, stable interface. The libraries are loaded
 * when the first PNG is drawn (base/lazy.h).
 */
struct renderer {
	void *(*rsvg_handle_new_from_data)(const uint8_t *data, size_t len, void **error);
	int (*rsvg_handle_render_document)(void *handle, void *cairo,
					   const struct viewport *viewport, void **error);
	void (*g_object_unref)(void *object);
	void *(*cairo_image_surface_create)(int format, int width, int height);
	void *(*cairo_create)(void *surface);
	void (*cairo_destroy)(void *cairo);
	void (*cairo_surface_destroy)(void *surface);
	int (*cairo_surface_write_to_png_stream)(void *surface,
						 int (*write)(void *arg, const unsigned char *data,
							      unsigned int len),
						 void *arg);
};
enum { CAIRO_ARGB32 = 0, CAIRO_SUCCESS = 0, CAIRO_WRITE_ERROR = 11 };

static const struct ks_lazy_symbol symbols[] = {
#define SYMBOL(name)                                                                               \
	{                                                                                          \
#name, offsetof(struct renderer, name)                                             \
	}
	SYMBOL(rsvg_handle_new_from_data),
	SYMBOL(rsvg_handle_render_document),
	SYMBOL(g_object_unref),
	SYMBOL(cairo_image_surface_create),
	SYMBOL(cairo_create),
	SYMBOL(cairo_destroy),
	SYMBOL(cairo_surface_destroy),
	SYMBOL(cairo_surface_write_to_png_stream),
#undef SYMBOL
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct renderer table;
static bool usable;

KS_LAZY_NOTE("png", "pictures as PNG", "suggested", "librsvg-2.so.2");

static void load(void)
{
	static const char *const names[] = { "librsvg-2.so.2", NULL };
	const struct ks_lazy lazy = { names, symbols, KS_ARRAY_LEN(symbols), &table };
	usable = ks_lazy_load(&lazy); // fails for one older than 2.46
}

void ks_plot_png_load(void)
{
	pthread_once(&once, load);
}

static int append(void *arg, const unsigned char *data, unsigned int len)
{
	struct ks_buf *out = arg;
	ks_buf_bytes(out, data, len);
	return out->failed ? CAIRO_WRITE_ERROR : CAIRO_SUCCESS;
}

struct ks_error *ks_plot_png(const struct ks_plot *plot, struct ks_buf *out)
{
	ks_plot_png_load();
	if (!usable)
		return ks_error_new(KS_ERR_UNSUPPORTED,
				    "cannot load librsvg-2.so.2, which PNG needs: "
				    "install librsvg2-2, or use --format svg");
	_cleanup_buf_ struct ks_buf svg = { 0 };
	ks_plot_svg(plot, &svg);
	KS_TRY(ks_buf_error(&svg));
	void *handle = table.rsvg_handle_new_from_data((const uint8_t *)svg.at, svg.len, NULL);
	if (!handle)
		return &ks_nomem; // the SVG is our own: nothing else can be wrong with it
	int width = SCALE * KS_PLOT_WIDTH, height = SCALE * (int)ks_plot_height(plot);
	const struct viewport viewport = { .width = width, .height = height };
	void *surface = table.cairo_image_surface_create(CAIRO_ARGB32, width, height);
	void *cairo = table.cairo_create(surface);
	bool drawn = table.rsvg_handle_render_document(handle, cairo, &viewport, NULL) &&
		     table.cairo_surface_write_to_png_stream(surface, append, out) == CAIRO_SUCCESS;
	table.cairo_destroy(cairo);
	table.cairo_surface_destroy(surface);
	table.g_object_unref(handle);
	KS_TRY(ks_buf_error(out));
	return drawn ? NULL : ks_error_new(KS_ERR_UNSUPPORTED, "librsvg cannot draw the picture");
}
