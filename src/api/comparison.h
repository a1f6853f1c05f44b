/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Two images by their words: for the public functions and the command alike. */
#include "store/selection.h"

/** A zeroed one is empty. */
struct ks_comparison {
	struct ks_selection sel;
	const struct ks_store_image *old, *new; // NULL: not found
	bool old_exact, new_exact;		// the word was the label itself
};
void ks_comparison_deinit(struct ks_comparison *comparison);
#define _cleanup_comparison_ __attribute__((__cleanup__(ks_comparison_deinit)))

/** Find both images among all of the store. @return KS_ERR_NOTFOUND */
KS_MUST_CHECK struct ks_error *ks_comparison_choose(struct ks_store *store, const char *old,
						    const char *new,
						    struct ks_comparison *comparison);
/** Take the modules of the two kernels in their place. @return KS_ERR_NOTFOUND when the store does not have them */
KS_MUST_CHECK struct ks_error *ks_comparison_to_modules(struct ks_comparison *comparison);
