/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Words that stand for images: labels, globs of labels, and sets of kernels such as debian:12. */
#include "base/arena.h"
#include "store/store.h"
#include "surface/image_sets.h"

struct ks_image_word {
	const char *text;
	bool is_set;
	struct ks_set_name set; // with the name of the table of sets, where the word has an alias
};

/**
 * Take one word, without commas, of len bytes.
 * @param arena holds a copy
 * @return KS_ERR_DATA when a table of sets cannot be understood
 */
KS_MUST_CHECK struct ks_error *ks_image_word_read(struct ks_arena *arena, const char *text,
						  size_t len, struct ks_image_word *ret);
/** Whether the word is a label, or a glob that it matches, or a set that the image is of. */
bool ks_image_word_fits(const struct ks_image_word *word, const struct ks_image *image);
/** Why the word means none of the images, KS_ERR_NOTFOUND: with the nearest that does, or what brings the images of the set. */
struct ks_error *ks_image_word_unknown(const struct ks_image_word *word,
				       const struct ks_store_images *images);
