/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* From what people call images to the images. */
#include "store/selection.h"

/**
 * The image of that label, else the newest of those whose label, release or version begins with the word, at the
 * end of a number: "6.1" is 6.1.0-50-amd64 but not 6.12; or that are of the set that the word is (debian:12). Images like the
 * base (architecture, flavour) go first.
 * @param sel with its groups
 * @param ret_exact whether the word was the label itself
 * @return KS_ERR_NOTFOUND
 */
KS_MUST_CHECK struct ks_error *ks_selection_pick(const struct ks_selection *sel, const char *word,
						 const struct ks_store_image **ret,
						 bool *ret_exact);

/** The image of that label, or the newest of a set, as above; a beginning is not enough. @return KS_ERR_NOTFOUND */
KS_MUST_CHECK struct ks_error *ks_selection_one(const struct ks_selection *sel, const char *word,
						const struct ks_store_image **ret);

/**
 * Choose images of a selection that has its groups.
 * @param words separated by commas: a label, the beginning of one, a glob, a set (debian:12), the name of a group ("regular", "lts"); NULL: all
 *	images of the selection
 * @param arena holds the result, which is in the order of the selection
 * @return KS_ERR_NOTFOUND for a word that means none
 */
KS_MUST_CHECK struct ks_error *ks_selection_words(const struct ks_selection *sel, const char *words,
						  struct ks_arena *arena,
						  struct ks_store_images *ret);

/**
 * Leave the images that words mean, as of ks_selection_words(), grouped around the base of before where it is one of them.
 * @return KS_ERR_NOTFOUND also when no image is left
 */
KS_MUST_CHECK struct ks_error *ks_selection_narrow(struct ks_selection *sel, const char *words);
