/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Where code and values are: range lists, location lists and location expressions. */
#include "dwarf/unit.h"

/*
 * A location as a slot holds it: the offset of a list, or one of these marks. An expression is its offset in
 * .debug_info, with its length from bit 40 on; an index is the number of a list of the unit (DWARF 5, 7.28 and 7.29).
 */
#define KS_LOCATION_EXPR ((uint64_t)1 << 63)
#define KS_LOCATION_UNKNOWN ((uint64_t)1 << 62) // there is one, in a form that is not followed
#define KS_LOCATION_INDEX ((uint64_t)1 << 61)

enum { KS_LOCATION_LEN_SHIFT = 40, KS_LOCATION_MAX_LEN = (1 << 20) - 1 };

/** The mark of an expression of len bytes at an offset of .debug_info. */
static inline uint64_t ks_location_expr(uint64_t offset, uint64_t len)
{
	len = len < KS_LOCATION_MAX_LEN ? len : KS_LOCATION_MAX_LEN;
	return KS_LOCATION_EXPR | len << KS_LOCATION_LEN_SHIFT | offset;
}

/**
 * Where the first range of a list starts: a function that is split in two parts is entered there.
 * @param ranges value of KS_SLOT_RANGES
 * @return false when that cannot be told
 */
bool ks_unit_first_range(const struct ks_unit *unit, uint64_t ranges, uint64_t *ret);

/**
 * Whether something is in a register or in memory when the code at addr is reached; not so what is only
 * known: constants, what can be computed, and what the caller had.
 * @param location value of KS_SLOT_LOCATION; one that cannot be followed counts as being there
 */
bool ks_unit_has_location(const struct ks_unit *unit, uint64_t location, uint64_t addr);
