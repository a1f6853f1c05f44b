/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/choose.h"

#include <ctype.h>
#include <string.h>

#include "base/edit_distance.h"
#include "store/words.h"

/** The text begins with the word, which does not end inside a number or a word of it. */
static bool begins(const char *text, const char *word)
{
	size_t len = strlen(word);
	return text && len && strncmp(text, word, len) == 0 &&
	       !(isalnum((unsigned char)text[len]) && isalnum((unsigned char)word[len - 1]));
}

static bool same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool is_meant(const struct ks_image *image, const struct ks_image_word *word)
{
	if (word->is_set)
		return ks_image_word_fits(word, image);
	return begins(image->label, word->text) || begins(image->release, word->text) ||
	       begins(image->version, word->text);
}

/** How well an image fits: 0 not at all. */
static int fit(const struct ks_selection *sel, const struct ks_image *image,
	       const struct ks_image_word *word)
{
	if (!is_meant(image, word))
		return 0;
	const struct ks_groups *groups = sel->groups;
	if (groups->base >= groups->nr_images)
		return 1;
	const struct ks_image *base = groups->images[groups->base];
	return 1 + same(image->arch, base->arch) + same(image->flavor, base->flavor);
}

/** The image that a word means. @param[out] ret NULL: none */
static void pick(const struct ks_selection *sel, const struct ks_image_word *word,
		 const struct ks_store_image **ret, bool *ret_exact)
{
	const struct ks_store_images *images = &sel->images;
	int best_fit = 0;
	*ret = NULL;
	for (size_t i = 0; i < images->nr; i++) {
		const struct ks_image *image = &images->at[i]->image;
		bool exact = strcmp(image->label, word->text) == 0;
		int fits = exact ? INT32_MAX : fit(sel, image, word);
		if (!fits || fits < best_fit)
			continue;
		*ret = images->at[i]; // of those that fit alike, the newest comes last
		best_fit = fits;
	}
	*ret_exact = best_fit == INT32_MAX;
}

struct ks_error *ks_selection_pick(const struct ks_selection *sel, const char *text,
				   const struct ks_store_image **ret, bool *ret_exact)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_image_word word;
	KS_TRY(ks_image_word_read(&arena, text, strlen(text), &word));
	pick(sel, &word, ret, ret_exact);
	return *ret ? NULL : ks_image_word_unknown(&word, &sel->images);
}

struct ks_error *ks_selection_one(const struct ks_selection *sel, const char *text,
				  const struct ks_store_image **ret)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_image_word word;
	bool exact;
	KS_TRY(ks_image_word_read(&arena, text, strlen(text), &word));
	pick(sel, &word, ret, &exact);
	return *ret && (exact || word.is_set) ? NULL : ks_image_word_unknown(&word, &sel->images);
}

/** Mark the images of the group of that name. */
static bool mark_group(const struct ks_selection *sel, const char *word, bool *chosen)
{
	for (int g = 0; g < KS_NR_GROUPS; g++) {
		if (strcmp(ks_groups_infos[g].name, word) != 0)
			continue;
		const struct ks_group *group = &sel->groups->at[g];
		for (size_t i = 0; i < group->nr; i++)
			chosen[group->images[i]] = true;
		return group->nr != 0;
	}
	return false;
}

static bool mark_fitting(const struct ks_selection *sel, const struct ks_image_word *word,
			 bool *chosen)
{
	bool any = false;
	for (size_t i = 0; i < sel->images.nr; i++)
		if (ks_image_word_fits(word, &sel->images.at[i]->image))
			any = chosen[i] = true;
	return any;
}

/** A word that is neither an image nor a group, where both may stand. */
static struct ks_error *unknown(const struct ks_image_word *word,
				const struct ks_store_images *images)
{
	struct ks_near_word near = ks_near_word_of(word->text);
	for (int g = 0; g < KS_NR_GROUPS; g++)
		ks_near_word_see(&near, ks_groups_infos[g].name);
	if (near.near && strcmp(near.near, word->text) == 0)
		return ks_error_new(KS_ERR_NOTFOUND, "no image is in the group '%s'", word->text);
	if (!near.near || word->is_set)
		return ks_image_word_unknown(word, images);
	return ks_error_new(KS_ERR_NOTFOUND, "no image or group is called '%s'%s", word->text,
			    ks_near_word_hint(&near));
}

static struct ks_error *mark(const struct ks_selection *sel, const struct ks_image_word *word,
			     bool *chosen)
{
	if (mark_group(sel, word->text, chosen) || mark_fitting(sel, word, chosen))
		return NULL;
	const struct ks_store_image *image;
	bool exact;
	pick(sel, word, &image, &exact);
	for (size_t i = 0; i < sel->images.nr; i++)
		chosen[i] = chosen[i] || sel->images.at[i] == image;
	return image ? NULL : unknown(word, &sel->images);
}

struct ks_error *ks_selection_words(const struct ks_selection *sel, const char *words,
				    struct ks_arena *arena, struct ks_store_images *ret)
{
	const struct ks_store_images *all = &sel->images;
	const char *given = words;
	*ret = *all;
	if (!words || !words[0])
		return NULL;
	bool *chosen = ks_arena_array(arena, all->nr, sizeof(*chosen));
	const struct ks_store_image **images = ks_arena_array(arena, all->nr, sizeof(*images));
	if (!chosen || !images)
		return &ks_nomem;
	memset(chosen, 0, all->nr * sizeof(*chosen));
	while (*words) {
		size_t len = strcspn(words, ",");
		struct ks_image_word word;
		if (len) {
			KS_TRY(ks_image_word_read(arena, words, len, &word));
			KS_TRY(mark(sel, &word, chosen));
		}
		words += len + (words[len] == ',');
	}
	*ret = (struct ks_store_images){ .at = images };
	for (size_t i = 0; i < all->nr; i++)
		if (chosen[i])
			images[ret->nr++] = all->at[i];
	return ret->nr ? NULL : ks_error_new(KS_ERR_NOTFOUND, "'%s' means no image", given);
}

struct ks_error *ks_selection_narrow(struct ks_selection *sel, const char *words)
{
	struct ks_store_images chosen;
	struct ks_groups *groups;
	struct ks_groups_choice choice = { .base = KS_NO_IMAGE };
	KS_TRY(ks_selection_words(sel, words, &sel->arena, &chosen));
	const struct ks_image **images = ks_arena_array(&sel->arena, chosen.nr, sizeof(*images));
	if (!images)
		return &ks_nomem;
	const struct ks_image *base = sel->groups->images[sel->groups->base];
	for (size_t i = 0; i < chosen.nr; i++) {
		images[i] = &chosen.at[i]->image;
		if (images[i] == base)
			choice.base = i;
	}
	KS_TRY(ks_groups_new(images, chosen.nr, &choice, &groups));
	ks_groups_free(sel->groups);
	sel->groups = groups;
	sel->images = chosen;
	return NULL;
}
