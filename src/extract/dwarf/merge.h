/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the threads found in their units, put together in file order. */
#include "extract/dwarf/walk.h"
#include "extract/symbols/symbols.h"

/**
 * Fill the type declarations (struct to int) and the ambiguities of the surface.
 * @param records of all units, for their paths
 */
KS_MUST_CHECK struct ks_error *ks_merge_types(struct ks_surface *surface, struct ks_walker *walkers,
					      unsigned int nr_walkers,
					      const struct ks_unit_record *records,
					      size_t nr_units);

/** Functions of all units while they are merged. */
struct ks_function_merge;

/**
 * Begin to merge the records of nr_units units.
 * @param surface,records,symbols borrowed until ks_function_merge_free(); the last arena of the surface is
 *	this merge's alone
 */
KS_MUST_CHECK struct ks_error *ks_function_merge_new(struct ks_surface *surface,
						     const struct ks_unit_record *records,
						     size_t nr_units,
						     const struct ks_symbol_index *symbols,
						     struct ks_function_merge **ret);
/** Merge one more unit: each once, in file order, by one thread at a time. False: out of memory. */
bool ks_function_merge_unit(struct ks_function_merge *merge, uint32_t unit);
/** After the last unit: settle which functions there are and where they go. False: out of memory. */
bool ks_function_merge_place(struct ks_function_merge *merge);
/** Fill the functions and their prototypes, with nr_threads threads and as many arenas. */
KS_MUST_CHECK struct ks_error *ks_function_merge_fill(struct ks_function_merge *merge,
						      unsigned int nr_threads);
void ks_function_merge_free(struct ks_function_merge *merge); // NULL is allowed
