/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Kinds of debug information that are spread over units or files. Half of the truth is worse than none: they are
 * refused, and what is missing is named.
 */
#include "dwarf/unit.h"

/**
 * Whether a unit can be read for itself.
 * @param unit with its bases set
 * @param abbrev, v of its own DIE
 * @return KS_ERR_UNSUPPORTED, or NULL
 */
KS_MUST_CHECK struct ks_error *ks_spread_unit(const struct ks_unit *unit,
					      const struct ks_abbrev *abbrev, const uint64_t *v);
/** What to say of a unit with references that lead out of it: KS_ERR_UNSUPPORTED. */
struct ks_error *ks_spread_reference(const struct ks_unit *unit);
