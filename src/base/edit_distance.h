/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* How near a mistyped word is to a known one. */
#include <stddef.h>

/**
 * How many letters must be inserted, removed, changed or swapped with a neighbour to make b of a.
 * @param limit more than that is not told apart: the result is then limit + 1
 */
unsigned int ks_edit_distance(const char *a, const char *b, unsigned int limit);
/** In how many letters a slip may differ from what was meant: more where the word is longer. @param len of the word */
static inline unsigned int ks_edit_slips(size_t len)
{
	return len < 8 ? 1 : len < 16 ? 2 : 3;
}
