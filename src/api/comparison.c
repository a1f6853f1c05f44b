/* SPDX-License-Identifier: BSD-2-Clause */
#include "api/comparison.h"

#include "store/choose.h"

/** The modules of a kernel in its place. */
static struct ks_error *to_modules(const struct ks_store_image **image)
{
	if (!(*image)->modules)
		return ks_error_new(KS_ERR_NOTFOUND,
				    "the store has no modules of %s; 'ksurf add --modules all' "
				    "takes them along",
				    (*image)->image.label);
	*image = (*image)->modules;
	return NULL;
}

struct ks_error *ks_comparison_choose(struct ks_store *store, const char *old, const char *new,
				      struct ks_comparison *comparison)
{
	struct ks_selection *sel = &comparison->sel;
	KS_TRY(ks_selection_choose(sel, store, "*"));
	KS_TRY(ks_selection_group(sel, store));
	KS_TRY(ks_selection_pick(sel, old, &comparison->old, &comparison->old_exact));
	return ks_selection_pick(sel, new, &comparison->new, &comparison->new_exact);
}

struct ks_error *ks_comparison_to_modules(struct ks_comparison *comparison)
{
	KS_TRY(to_modules(&comparison->old));
	return to_modules(&comparison->new);
}

void ks_comparison_deinit(struct ks_comparison *comparison)
{
	ks_selection_deinit(&comparison->sel);
}
