/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets of kernels, such as debian:12: each becomes the packages that it stands for today. */
#include "ingest/private.h"

/** The tables of sets, read when a name may be one. */
static struct ks_error *load_sets(struct ks_ingest *ingest)
{
	if (ingest->sets_loaded)
		return NULL;
	KS_TRY(ks_sets_load(&ingest->sets));
	ingest->sets_loaded = true;
	return NULL;
}

/** The kernels of a set, kept as long as the run. */
static struct ks_error *expand(struct ks_ingest *ingest, const char *name,
			       const struct ks_set_kernels **ret)
{
	struct ks_ingest_teller teller = { ingest, name };
	const struct ks_progress progress = ks_ingest_progress(&teller);
	const struct ks_set_extent extent = { ingest->opts.last, ingest->opts.debug };
	struct ks_set_wish wish;
	KS_TRY(ks_sets_find(&ingest->sets, name, &wish));
	struct ks_set_kernels *kernels = calloc(1, sizeof(*kernels));
	if (!kernels || !ks_vector_add(&ingest->set_kernels, kernels)) {
		free(kernels);
		return &ks_nomem;
	}
	*ret = kernels;
	return ks_error_wrap(ks_set_kernels(&wish, &extent, &ingest->opts.pull, &progress, kernels),
			     "%s", name);
}

struct ks_error *ks_ingest_add_set(struct ks_ingest *ingest, const char *name, bool *is_set)
{
	*is_set = false;
	if (!strchr(name, ':'))
		return NULL;
	KS_TRY(load_sets(ingest));
	*is_set = ks_sets_may_be(&ingest->sets, name);
	const struct ks_set_kernels *kernels;
	struct ks_error *err = *is_set ? expand(ingest, name, &kernels) : NULL;
	if (err)
		return ks_ingest_fail(ingest, name, err);
	for (size_t i = 0; *is_set && i < kernels->packages.len; i++)
		KS_TRY(ks_ingest_add_package(ingest, kernels->packages.at[i], &kernels->pull));
	return NULL;
}

void ks_ingest_free_sets(struct ks_ingest *ingest)
{
	for (size_t i = 0; i < ingest->set_kernels.len; i++) {
		ks_set_kernels_deinit(ingest->set_kernels.at[i]);
		free(ingest->set_kernels.at[i]);
	}
	ks_vector_deinit(&ingest->set_kernels);
	ks_sets_deinit(&ingest->sets);
}
