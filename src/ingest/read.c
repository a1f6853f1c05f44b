/* SPDX-License-Identifier: BSD-2-Clause */
/* From what the user names to the surface of an image. */
#include <string.h>

#include "base/buf.h"
#include "extract/live/live.h"
#include "ingest/private.h"
#include "source/load.h"
#include "source/net/debuginfod.h"
#include "surface/config.h"
#include "surface/image.h"

const char *ks_ingest_item_name(const struct ks_ingest_item *item)
{
	return item->ds ? ks_dataset_label(item->ds, item->nr) : item->name;
}

/* ---- notes ---- */

/** How sure we are of the bytes, in words; NULL: nothing to say. */
static const char *const proofs[] = {
	[KS_PROOF_NONE] = NULL,
	[KS_PROOF_BLOCKS] = "not verified whole",
	[KS_PROOF_WHOLE] = "checked by its published checksum",
};

/** How much of a package was needed. */
static void note_bytes(const struct ks_source *src, struct ks_buf *out)
{
	const char *proof = proofs[src->proof];
	if (!src->member || !src->total)
		return;
	if (src->taken > src->total)
		ks_buf_printf(out, "read %.1f MB out of %.1f, parts of it more than once",
			      (double)src->taken / 1e6, (double)src->total / 1e6);
	else
		ks_buf_printf(out, "read %.1f of %.1f MB", (double)src->taken / 1e6,
			      (double)src->total / 1e6);
	ks_buf_printf(out, "%s%s%s\n", proof ? "; " : "", proof ? proof : "",
		      src->is_unsigned	     ? "; from a list that nobody signed"
		      : src->is_signed_alone ? "; signed itself, its list is not asked"
					     : "");
}

/** What an image without debug information leaves open. */
static void note_tier(const struct ks_image *image, struct ks_buf *out)
{
	if (image->tier != KS_TIER_BTF)
		return;
	if (ks_image_is_types(image))
		ks_buf_str(out,
			   "types alone: what symbols and code would tell, such as tracepoints and "
			   "what kprobes may be attached to, stays unknown\n");
	else if (image->facts & KS_FACT_BTF)
		ks_buf_str(out,
			   "no debug information in it, types are from BTF: where functions are "
			   "inlined and called stays unknown\n");
	else
		ks_buf_str(out,
			   "neither debug information nor BTF in it: types, and where functions "
			   "are inlined and called, stay unknown\n");
}

/** Hand the lines over: they are separated, not ended. */
static char *take_note(struct ks_buf *out)
{
	out->len -= out->len != 0;
	return out->len && ks_buf_text(out) ? ks_take(out->at) : NULL;
}

/* ---- one way each ---- */

/** An image on its way. */
struct reading {
	struct ks_ingest *ingest;
	const struct ks_ingest_item *item;
	const struct ks_extract_opts *how;
	struct ks_ingest_had *had;
	struct ks_progress progress;
	struct ks_surface *surface;
	struct ks_buf note;
};

static struct ks_error *read_source(struct reading *reading, const struct ks_source *src)
{
	KS_TRY(ks_source_surface(src, reading->how, &reading->surface));
	struct ks_surface *surface = reading->surface;
	if (src->sets && !(surface->image.sets = ks_arena_strdup(&surface->arenas[0], src->sets)))
		return &ks_nomem;
	if (src->config && !surface->config) // of a known image no more is read than what it is
		KS_TRY(ks_config_read(surface, &surface->arenas[0], src->config));
	note_bytes(src, &reading->note);
	if (src->note)
		ks_buf_printf(&reading->note, "%s\n", src->note);
	note_tier(&reading->surface->image, &reading->note);
	return NULL;
}

static struct ks_error *read_path(struct reading *reading)
{
	const struct ks_source_opts opts = {
		.config = reading->item->config,
		.release = reading->ingest->opts.release,
		.others = reading->ingest->paths,
		.nr_others = reading->ingest->nr_paths > 1 ? reading->ingest->nr_paths : 0,
		.progress = reading->progress,
	};
	_cleanup_source_ struct ks_source *src = NULL;
	KS_TRY(ks_source_open(reading->item->name, &opts, &src));
	return read_source(reading, src);
}

static struct ks_error *read_live(struct reading *reading)
{
	const struct ks_live_opts live = { 0 };
	_cleanup_free_ char *text = NULL;
	if (reading->item->config)
		KS_TRY(ks_source_config(reading->item->config, NULL, &text));
	struct ks_extract_opts opts = *reading->how;
	opts.config = text;
	return ks_live_read(&live, &opts, &reading->note, &reading->surface);
}

static struct ks_error *pull(const struct reading *reading, const char *package,
			     struct ks_source **ret)
{
	const struct ks_pull_opts *given = reading->item->pull;
	struct ks_pull_opts opts = given ? *given : reading->ingest->opts.pull;
	opts.had = ks_ingest_had;
	opts.had_arg = reading->had;
	reading->had->comes_anyway = opts.verify || opts.config;
	return ks_pull_open(package, &opts, &reading->progress, ret);
}

/** The package, or the first of its spares when the server does not have it. */
static struct ks_error *read_package(struct reading *reading)
{
	_cleanup_source_ struct ks_source *src = NULL;
	const struct ks_ingest_item *item = reading->item;
	struct ks_error *err = pull(reading, item->name, &src);
	for (size_t i = 0; err && err->is_gone && i < item->nr_spares; i++) {
		struct ks_error *other = pull(reading, item->spares[i], &src);
		if (other && other->is_gone) {
			ks_error_free(other);
			continue;
		}
		if (!other)
			ks_buf_printf(&reading->note,
				      "not the newest: %s is listed, but gone from its server\n",
				      item->name);
		ks_error_free(err);
		err = other;
	}
	KS_TRY(err);
	return src ? read_source(reading, src) : NULL; // else the store has it
}

/** A kernel by its build id, which what comes must have. */
static struct ks_error *read_build_id(struct reading *reading)
{
	const struct ks_debuginfod_opts opts = {
		.urls = reading->ingest->opts.debuginfod,
		.limits = reading->ingest->opts.pull.limits,
		.http = reading->ingest->opts.pull.http,
	};
	_cleanup_source_ struct ks_source *src = NULL;
	KS_TRY(ks_debuginfod_open(reading->item->name, &opts, &reading->progress, &src));
	if (reading->item->config)
		KS_TRY(ks_source_config(reading->item->config, NULL, &src->config));
	KS_TRY(read_source(reading, src));
	const char *id = reading->surface->image.build_id;
	if (id && strcmp(id, reading->item->name) == 0)
		return NULL;
	return ks_error_in_file(ks_error_new(KS_ERR_DATA,
					     "the server sent another kernel: its build id is %s",
					     id ? id : "not told"),
				src->path);
}

static struct ks_error *read_item(struct reading *reading)
{
	const struct ks_ingest_item *item = reading->item;
	switch (item->from) {
	case KS_INGEST_LIVE:
		return ks_error_wrap(read_live(reading), "running kernel");
	case KS_INGEST_PACKAGE:
	case KS_INGEST_PLANNED:
		return read_package(reading);
	case KS_INGEST_BUILD_ID:
		return read_build_id(reading);
	case KS_INGEST_PATH:
		break;
	}
	return ks_error_in_file(item->ds ? ks_dataset_image(item->ds, item->nr, &reading->surface)
					 : read_path(reading),
				item->name);
}

struct ks_error *ks_ingest_read(struct ks_ingest *ingest, const struct ks_ingest_item *item,
				const struct ks_extract_opts *how, struct ks_ingest_had *had,
				struct ks_surface **ret, char **note)
{
	struct ks_ingest_teller teller = { ingest, ks_ingest_item_name(item) };
	struct ks_extract_opts opts = *how;
	opts.nr_threads = ingest->opts.nr_threads;
	opts.cancel = ingest->opts.cancel;
	struct reading reading = {
		.ingest = ingest,
		.item = item,
		.how = &opts,
		.had = had,
		.progress = ks_ingest_progress(&teller),
	};
	struct ks_error *err = ks_cancel_check(ingest->opts.cancel);
	if (!err)
		err = read_item(&reading);
	if (!err) {
		*ret = ks_take(reading.surface);
		*note = take_note(&reading.note);
	}
	ks_surface_free(reading.surface);
	ks_buf_deinit(&reading.note);
	return err;
}
