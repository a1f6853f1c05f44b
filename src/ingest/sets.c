/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets of kernels, such as debian:12: each becomes the packages that it stands for today. */
#include "ingest/private.h"

/** @param[out] ret the kernels of a set, kept as long as the run; NULL: the name is no set's */
static struct ks_error *expand(struct ks_ingest *ingest, const char *name,
			       const struct ks_set_kernels **ret)
{
	struct ks_ingest_teller teller = { ingest, name };
	const struct ks_progress progress = ks_ingest_progress(&teller);
	const struct ks_set_extent extent = { ingest->opts.last, ingest->opts.debug };
	bool is_set;
	struct ks_set_kernels *kernels = calloc(1, sizeof(*kernels));
	if (!kernels || !ks_vector_add(&ingest->set_kernels, kernels)) {
		free(kernels);
		return &ks_nomem;
	}
	struct ks_error *err =
		ks_set_expand(name, &extent, &ingest->opts.pull, &progress, &is_set, kernels);
	*ret = is_set ? kernels : NULL;
	return err;
}

struct ks_error *ks_ingest_add_set(struct ks_ingest *ingest, const char *name, bool *is_set)
{
	const struct ks_set_kernels *kernels = NULL;
	struct ks_error *err = expand(ingest, name, &kernels);
	*is_set = err || kernels;
	if (err)
		return ks_ingest_fail(ingest, name, err);
	size_t nr = kernels ? kernels->nr_wanted : 0;
	for (size_t i = 0; i < nr; i++)
		KS_TRY(ks_ingest_add_first(ingest, &kernels->packages.at[i],
					   nr > 1 ? 1 : kernels->packages.len, &kernels->pull));
	return NULL;
}

void ks_ingest_free_sets(struct ks_ingest *ingest)
{
	for (size_t i = 0; i < ingest->set_kernels.len; i++) {
		ks_set_kernels_deinit(ingest->set_kernels.at[i]);
		free(ingest->set_kernels.at[i]);
	}
	ks_vector_deinit(&ingest->set_kernels);
}
