/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* How near a mistyped word is to a known one. */

/**
 * How many letters must be inserted, removed, changed or swapped with a neighbour to make b of a.
 * @param limit more than that is not told apart: the result is then limit + 1
 */
unsigned int ks_edit_distance(const char *a, const char *b, unsigned int limit);
