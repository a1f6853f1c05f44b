/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* How many names of each sort an image has: what can be counted without comparing images. */
#include "store/store.h"
#include "surface/traits.h"

/** Counts of one image. */
struct ks_census {
	/**
	 * Names of each kind, of those it knows; functions: those with a prototype, as in struct ks_tally; system calls: numbers
	 * that lead to one.
	 */
	uint64_t names[KS_NR_KINDS];
	bool groups_known;			   // it had debug information: the rest counts
	bool symbols_known;			   // symbols count
	uint64_t nr_groups;			   // functions that some unit mentions [D]
	uint64_t inlined[KS_NR_INLINE_CLASSES][2]; // groups: of the class, [1] declared inline
	uint64_t collisions[KS_NR_COLLISIONS];	   // groups
	uint64_t transforms[KS_NR_TRANSFORMS];	   // groups
	uint64_t symbols[KS_NR_TRANSFORMS];	   // different names of function symbols
	bool untold_known;
	uint64_t nr_untold; // names that only a symbol tells of, a function or a label
};

/**
 * Count images. Each distinct definition is read once, whatever the number of images that have it.
 * @param store its file is opened once more for every thread
 * @param ret an array, one for each image
 */
KS_MUST_CHECK struct ks_error *ks_store_census(struct ks_store *store,
					       const struct ks_store_images *images,
					       unsigned int nr_threads, struct ks_census *ret);
