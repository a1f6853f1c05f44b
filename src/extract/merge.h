/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the threads found in their units, put together in file order. */
#include "extract/symbols.h"
#include "extract/walk.h"

/**
 * Fill the type declarations (struct to int) and the ambiguities of the surface.
 * @param records of all units, for their paths
 */
KS_MUST_CHECK struct ks_error *ks_merge_types(struct ks_surface *surface, struct ks_walker *walkers,
					      unsigned int nr_walkers,
					      const struct ks_unit_record *records,
					      size_t nr_units);

/** Fill the functions and their prototypes. Uses as many threads as the surface has arenas. */
KS_MUST_CHECK struct ks_error *ks_merge_functions(struct ks_surface *surface,
						  const struct ks_unit_record *records,
						  size_t nr_units,
						  const struct ks_symbol_index *symbols);
