/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Three bytes that follow each other in names, and what a question says of those in the names that it means. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KS_TRIGRAMS_MOST = 16 };

/** The number of the three bytes at text, none of them a NUL: the first counts most. */
static inline uint32_t ks_trigram_at(const char *text)
{
	return (uint32_t)(uint8_t)text[0] << 16 | (uint32_t)(uint8_t)text[1] << 8 |
	       (uint8_t)text[2];
}

/** Trigrams of which every name that is meant has so many. */
struct ks_trigrams {
	uint32_t at[KS_TRIGRAMS_MOST]; // one may stand there twice
	size_t nr, least;	       // 0: nothing is known of the names
};

/** Of names that fit a pattern, as fnmatch(3) takes it. */
void ks_trigrams_of_glob(const char *glob, struct ks_trigrams *ret);
/** Of names that are no more than so many edits (ks_edit_distance()) from a text, or have it in them. */
void ks_trigrams_of_near(const char *text, unsigned int edits, struct ks_trigrams *ret);

/** The bytes at the beginning of a pattern that stand for themselves. @param[out] ret_only whether names need only begin so */
size_t ks_glob_prefix(const char *glob, bool *ret_only);
