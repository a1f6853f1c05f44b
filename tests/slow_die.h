/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* A reader of DIEs that decodes attribute by attribute from the declaration: slow, and easy to believe. */
#include "dwarf/unit.h"

/**
 * Read the attributes of one DIE.
 * @param declaration the (attribute, form) pairs in .debug_abbrev
 * @param die behind its abbreviation code; left behind its attributes
 * @param v KS_NR_SLOTS values; those of the attributes that are found are set
 * @return the KS_HAS() mask of the values; what is not wanted of the tag counts, too
 */
uint32_t slow_die_read(const struct ks_unit *unit, struct ks_cursor *declaration,
		       struct ks_cursor *die, uint64_t *v);
