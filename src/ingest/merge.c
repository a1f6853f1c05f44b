/* SPDX-License-Identifier: BSD-2-Clause */
#include "ingest/merge.h"

#include "extract/modules/base_kernel.h"
#include "extract/modules/modules.h"
#include "store/settings.h"

/** Modules of the surface that tells more come first: under one name they stay. */
static struct ks_error *join(const struct ks_surface *kernel, const struct ks_surface *kept,
			     const struct ks_surface *other, struct ks_surface **ret)
{
	_cleanup_base_kernel_ struct ks_base_kernel *base = NULL;
	_cleanup_modules_ struct ks_modules *all = NULL;
	bool other_first = other->image.tier < kept->image.tier;
	KS_TRY(ks_base_kernel_new(kernel, &base));
	KS_TRY(ks_modules_new(base, &all));
	KS_TRY(ks_modules_join(all, other_first ? other : kept));
	KS_TRY(ks_modules_join(all, other_first ? kept : other));
	return ks_modules_finish(all, ret);
}

struct ks_error *ks_ingest_merge(struct ks_store *into, struct ks_store *from,
				 unsigned int nr_threads, struct ks_merge_result *ret)
{
	const struct ks_merge_opts opts = { .nr_threads = nr_threads, .join = join };
	KS_TRY(ks_store_merge(into, from, &opts, ret));
	return ks_selection_keep_base(into);
}
