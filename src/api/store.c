/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/api.h"
#include "base/pool.h"
#include "ingest/merge.h"
#include "report/export/depsurf.h"
#include "store/choose.h"
#include "store/settings.h"

struct ksurf_error *ksurf_store_open(const char *path, enum ksurf_mode mode,
				     struct ksurf_store **ret)
{
	return ksurf_store_open_waiting(path, mode, 0, ret);
}

struct ksurf_error *ksurf_store_open_waiting(const char *path, enum ksurf_mode mode,
					     unsigned int seconds, struct ksurf_store **ret)
{
	struct ksurf_store *store = malloc(sizeof(*store));
	if (!store)
		return &ks_api_nomem;
	struct ks_error *err = NULL;
	if (mode != KSURF_READ && mode != KSURF_CREATE)
		err = ks_error_new(KS_ERR_USAGE, "stores are not opened in mode %u",
				   (unsigned int)mode);
	else if (mode == KSURF_READ && access(path, F_OK) != 0 && errno == ENOENT)
		err = ks_error_new(KS_ERR_NOTFOUND, "%s: no such store", path);
	else
		err = ks_store_open_waiting(path,
					    mode == KSURF_READ ? KS_STORE_READ : KS_STORE_CREATE,
					    seconds, &store->store);
	if (err)
		free(store);
	else
		*ret = store;
	return ks_api_publish(err);
}

void ksurf_store_close(struct ksurf_store *store)
{
	if (!store)
		return;
	ks_store_close(store->store);
	free(store);
}

struct ksurf_error *ksurf_store_remove(struct ksurf_store *store, const char *label)
{
	return ks_api_publish(ks_store_remove(store->store, label));
}

struct ksurf_error *ksurf_store_rename(struct ksurf_store *store, const char *label,
				       const char *new_label)
{
	return ks_api_publish(ks_selection_rename(store->store, label, new_label));
}

struct ksurf_error *ksurf_store_set_base(struct ksurf_store *store, const char *label)
{
	return ks_api_publish(ks_selection_set_base(store->store, label));
}

struct ksurf_error *ksurf_store_set_group(struct ksurf_store *store, const char *group,
					  const char *const *globs, size_t nr)
{
	return ks_api_publish(ks_selection_set_group(store->store, group, globs, nr));
}

/** As much of a result as the caller knows. */
static void give_merged(const struct ks_merge_result *result, struct ksurf_merged *ret)
{
	const struct ksurf_merged merged = {
		.size = ret->size,
		.added = result->kernels.added,
		.replaced = result->kernels.replaced,
		.kept = result->kernels.kept,
		.modules_added = result->modules.added,
		.modules_replaced = result->modules.replaced,
		.modules_kept = result->modules.kept,
		.bytes = result->bytes,
	};
	memcpy(ret, &merged, ret->size < sizeof(merged) ? ret->size : sizeof(merged));
}

static struct ks_error *merge(struct ks_store *into, struct ks_store *from, unsigned int nr_threads,
			      struct ksurf_merged *ret)
{
	struct ks_merge_result result;
	if (ret && ret->size < sizeof(ret->size))
		return ks_error_new(KS_ERR_USAGE, "the result of a merge has no size");
	if (into == from)
		return ks_error_new(KS_ERR_STORE, "a store is not merged with itself");
	KS_TRY(ks_ingest_merge(into, from, nr_threads ? nr_threads : ks_pool_default_threads(),
			       &result));
	if (ret)
		give_merged(&result, ret);
	return NULL;
}

struct ksurf_error *ksurf_store_merge(struct ksurf_store *into, struct ksurf_store *from,
				      unsigned int nr_threads, struct ksurf_merged *ret)
{
	return ks_api_publish(merge(into->store, from->store, nr_threads, ret));
}

static struct ks_error *export(struct ks_store *store, const char *label, const char *dir)
{
	KS_TRY(ks_store_snapshot_begin(store));
	_cleanup_snapshot_ struct ks_store *snapshot = store;
	_cleanup_selection_ struct ks_selection sel = { 0 };
	_cleanup_surface_ struct ks_surface *surface = NULL;
	const struct ks_store_image *image;
	KS_TRY(ks_store_images(store, &sel.arena, &sel.all));
	KS_TRY(ks_store_image(&sel.all, label, &image));
	KS_TRY(ks_store_surface(store, image, &surface));
	return ks_export_depsurf(surface, dir);
}

struct ksurf_error *ksurf_export_depsurf(struct ksurf_store *store, const char *label,
					 const char *dir)
{
	return ks_api_publish(export(store->store, label, dir));
}

struct ks_error *ks_api_choose(struct ks_store *store, const char *words, struct ks_selection *ret)
{
	KS_TRY(ks_selection_choose(ret, store, words ? "*" : NULL));
	KS_TRY(ks_selection_group(ret, store));
	return words ? ks_selection_narrow(ret, words) : NULL;
}
