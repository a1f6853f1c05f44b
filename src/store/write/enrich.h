/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What two sources know of one kernel, together: a configuration is not lost, and comes to an image that has none. */
#include "store/private.h"

/** What is to be put instead of the image that came. */
struct ks_enriched {
	struct ks_surface
		*whole; // owned: the image that is kept, with what came; NULL: what came, as below
	struct ks_surface copy; // of what came, with what is kept; its arenas are not used
	struct ks_arena arena;	// of what was added to the copy
	bool is_copy;
	int64_t kept; // id of the image whose place it takes; 0: it is new, or nothing is to be put
};
void ks_enriched_deinit(struct ks_enriched *enriched);

/**
 * Compare an image that came with what the store has of the same kernel. Where that stays and has no configuration, it gets that of the
 * image that came; where it gives way to one without a configuration, that gets the one that is kept.
 * @param[out] label of the kept image when that stays; the caller frees it. NULL: what came is to be put
 * @param[out] ret zeroed when nothing can be added to either
 */
KS_MUST_CHECK struct ks_error *ks_enrich(struct ks_store *store, const struct ks_surface *surface,
					 char **label, struct ks_enriched *ret);
