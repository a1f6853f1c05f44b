/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <sys/stat.h>

#include "api/api.h"
#include "base/pool.h"
#include "source/dataset/dataset.h"
#include "source/load.h"

static struct ks_error *put(struct ks_store *store, const struct ks_surface *surface,
			    unsigned int nr_threads, size_t *nr_added)
{
	struct ks_put_result result = { 0 };
	KS_TRY(ks_store_put(store, surface, nr_threads, &result));
	*nr_added += result.added;
	free(result.label);
	return NULL;
}

static struct ks_error *add_dataset(struct ks_store *store, const char *path,
				    unsigned int nr_threads, size_t *nr_added)
{
	_cleanup_dataset_ struct ks_dataset *ds = NULL;
	KS_TRY(ks_dataset_open(path, &ds));
	for (size_t i = 0; i < ks_dataset_count(ds); i++) {
		_cleanup_surface_ struct ks_surface *surface = NULL;
		KS_TRY(ks_dataset_image(ds, i, &surface));
		KS_TRY(put(store, surface, nr_threads, nr_added));
	}
	return NULL;
}

static struct ks_error *add(struct ks_store *store, const char *path, unsigned int nr_threads,
			    size_t *nr_added)
{
	struct stat st;
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return add_dataset(store, path, nr_threads, nr_added);
	_cleanup_source_ struct ks_source *src = NULL;
	_cleanup_surface_ struct ks_surface *surface = NULL;
	KS_TRY(ks_source_open(path, NULL, &src));
	KS_TRY(ks_source_surface(src, &(struct ks_extract_opts){ .nr_threads = nr_threads },
				 &surface));
	return put(store, surface, nr_threads, nr_added);
}

struct ksurf_error *ksurf_store_add(struct ksurf_store *store, const char *path,
				    unsigned int nr_threads, size_t *nr_added)
{
	size_t nr = 0;
	if (!nr_threads)
		nr_threads = ks_pool_default_threads();
	struct ks_error *err = add(store->store, path, nr_threads, &nr);
	if (nr_added && !err)
		*nr_added = nr;
	return ks_api_publish(err);
}
