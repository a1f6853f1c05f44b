/* SPDX-License-Identifier: BSD-2-Clause */
#include "ingest/update.h"

#include <string.h>

#include "ingest/private.h"
#include "source/net/mirror.h"
#include "store/selection.h"
#include "store/settings.h"

/** The sets that were pulled and that there are images of. @param[out] ret sources, from the arena */
static struct ks_error *find_followed(struct ks_store *store, struct ks_arena *arena,
				      struct ks_ingest_source **ret, size_t *ret_nr)
{
	struct ks_seen_sets seen;
	KS_TRY(ks_store_seen_sets(store, arena, &seen));
	struct ks_ingest_source *sources = ks_arena_array(arena, seen.nr + 1, sizeof(*sources));
	if (!sources)
		return &ks_nomem;
	*ret_nr = 0;
	for (size_t i = 0; i < seen.nr; i++) {
		struct ks_store_images images;
		KS_TRY(ks_ingest_of_set(store, seen.at[i].name, arena, &images));
		if (images.nr)
			sources[(*ret_nr)++] =
				(struct ks_ingest_source){ KS_INGEST_PACKAGE, seen.at[i].name };
	}
	*ret = sources;
	return *ret_nr ? NULL
		       : ks_error_new(
				 KS_ERR_NOTFOUND,
				 "the store follows no set; 'ksurf pull debian:12' brings one");
}

/* ---- what is forgotten ---- */

/** Newest first. */
static int compare_releases(const void *a, const void *b)
{
	const struct ks_image *x = &(*(const struct ks_store_image *const *)a)->image;
	const struct ks_image *y = &(*(const struct ks_store_image *const *)b)->image;
	int diff = ks_package_version_compare(y->release ? y->release : "",
					      x->release ? x->release : "");
	if (!diff && x->package_version && y->package_version)
		diff = ks_package_version_compare(y->package_version, x->package_version);
	return diff ? diff : strcmp(y->label, x->label);
}

static struct ks_error *forget_of_set(struct ks_store *store, const char *set,
				      const struct ks_update_opts *opts)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_images images;
	const char *base;
	KS_TRY(ks_store_setting(store, &arena, KS_SETTING_BASE, &base));
	KS_TRY(ks_ingest_of_set(store, set, &arena, &images));
	if (images.nr)
		qsort(images.at, images.nr, sizeof(*images.at), compare_releases);
	const char **labels = ks_arena_array(&arena, images.nr + 1, sizeof(*labels));
	bool *removed = ks_arena_array(&arena, images.nr + 1, sizeof(*removed));
	size_t nr = 0;
	if (!labels || !removed)
		return &ks_nomem;
	for (size_t i = opts->keep; i < images.nr; i++)
		if (!base || strcmp(base, images.at[i]->image.label) != 0)
			labels[nr++] = images.at[i]->image.label;
	KS_TRY(ks_cancel_check(opts->ingest.cancel));
	KS_TRY(ks_store_leave_set(store, labels, nr, set, removed));
	for (size_t i = 0; opts->forgotten && i < nr; i++)
		opts->forgotten(opts->forgotten_arg, labels[i], set, removed[i]);
	return NULL;
}

static struct ks_error *forget(const struct ks_ingest *ingest, struct ks_store *store,
			       const struct ks_update_opts *opts)
{
	for (size_t i = 0; opts->keep && i < ingest->sets.len; i++) {
		const struct ks_ingest_set *set = ingest->sets.at[i];
		if (set->is_known && set->kernels.pull.set)
			KS_TRY(forget_of_set(store, set->kernels.pull.set, opts));
	}
	return NULL;
}

/* ---- the whole ---- */

struct ks_error *ks_update(struct ks_store *store, const char *const *sets, size_t nr,
			   const struct ks_update_opts *opts)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_ingest_ struct ks_ingest *ingest = NULL;
	struct ks_ingest_source *sources = ks_arena_array(&arena, nr + 1, sizeof(*sources));
	struct ks_ingest_opts how = opts->ingest;
	if (!sources)
		return &ks_nomem;
	for (size_t i = 0; i < nr; i++)
		sources[i] = (struct ks_ingest_source){ KS_INGEST_PACKAGE, sets[i] };
	if (!nr)
		KS_TRY(find_followed(store, &arena, &sources, &nr));
	how.last = 0;
	how.since = store;
	KS_TRY(ks_ingest_open(sources, nr, &how, &ingest));
	KS_TRY(ks_ingest_run(ingest, store));
	KS_TRY(forget(ingest, store, opts));
	return opts->keep ? ks_selection_keep_base(store) : NULL;
}
