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

/** The one of many words that a mistyped one is nearest to. */
struct ks_near_word {
	const char *word;
	const char *near;  // NULL: none is near
	unsigned int best; // what differs in as many letters is not near
	char hint[160];
};

/** @param word mistyped, borrowed; to a single letter nothing is near */
struct ks_near_word ks_near_word_of(const char *word);
/** Look at a word that is known. @param known borrowed until ks_near_word_hint() */
void ks_near_word_see(struct ks_near_word *near, const char *known);
/** For the end of an error message: "; did you mean KNOWN?", or "". */
const char *ks_near_word_hint(struct ks_near_word *near);
