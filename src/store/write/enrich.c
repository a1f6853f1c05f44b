/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/write/enrich.h"

#include "store/kept.h"
#include "surface/config.h"

void ks_enriched_deinit(struct ks_enriched *enriched)
{
	ks_surface_free(enriched->whole);
	ks_arena_deinit(&enriched->arena);
	*enriched = (struct ks_enriched){ 0 };
}

/** All of an image, if it has a configuration, or has none, as wanted; else NULL. */
static struct ks_error *load_kept(struct ks_store *store, const char *label, bool with_config,
				  struct ks_surface **ret)
{
	struct ks_arena arena = { 0 };
	struct ks_store_images images;
	const struct ks_store_image *image;
	struct ks_error *err = ks_store_images(store, &arena, &images);
	if (!err)
		err = ks_store_image(&images, label, &image);
	if (!err && !!(image->known & KS_KNOWS(KS_CONFIG)) == with_config)
		err = ks_store_surface(store, image, ret);
	ks_arena_deinit(&arena);
	return err;
}

/** The kept image stays: it gets what it lacks. */
static struct ks_error *add_to_kept(struct ks_store *store, const struct ks_surface *surface,
				    const struct ks_kept *kept, struct ks_enriched *ret)
{
	if (!surface->config)
		return NULL;
	KS_TRY(load_kept(store, kept->label, false, &ret->whole));
	if (!ret->whole)
		return NULL;
	ret->kept = kept->id;
	return ks_config_read(ret->whole, &ret->whole->arenas[0], surface->config);
}

/** The kept image gives way: what only it has goes on. */
static struct ks_error *keep_config(struct ks_store *store, const struct ks_surface *surface,
				    const struct ks_kept *kept, struct ks_enriched *ret)
{
	_cleanup_surface_ struct ks_surface *old = NULL;
	if (surface->config)
		return NULL;
	KS_TRY(load_kept(store, kept->label, true, &old));
	if (!old || !old->config)
		return NULL;
	ret->copy = *surface;
	ret->is_copy = true;
	return ks_config_read(&ret->copy, &ret->arena, old->config);
}

static struct ks_error *enrich(struct ks_store *store, const struct ks_surface *surface,
			       char **label, struct ks_enriched *ret)
{
	_cleanup_kept_ struct ks_kept kept = { 0 };
	KS_TRY(ks_kept_find(store, &surface->image, &kept));
	if (!kept.label)
		return NULL;
	if (!ks_kept_stays(&kept, &surface->image))
		return keep_config(store, surface, &kept, ret);
	KS_TRY(add_to_kept(store, surface, &kept, ret));
	*label = ks_take(kept.label);
	return NULL;
}

struct ks_error *ks_enrich(struct ks_store *store, const struct ks_surface *surface, char **label,
			   struct ks_enriched *ret)
{
	*label = NULL;
	*ret = (struct ks_enriched){ 0 };
	KS_TRY(ks_store_snapshot_begin(store));
	struct ks_error *err = enrich(store, surface, label, ret);
	ks_store_snapshot_end(store);
	if (err)
		ks_enriched_deinit(ret);
	return ks_error_in_file(err, ks_store_path(store));
}
