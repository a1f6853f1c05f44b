/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/choose.h"

#include <ctype.h>
#include <fnmatch.h>
#include <string.h>

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

/** How well an image fits: 0 not at all. */
static int fit(const struct ks_selection *sel, const struct ks_image *image, const char *word)
{
	if (!begins(image->label, word) && !begins(image->release, word) &&
	    !begins(image->version, word))
		return 0;
	const struct ks_groups *groups = sel->groups;
	if (groups->base >= groups->nr_images)
		return 1;
	const struct ks_image *base = groups->images[groups->base];
	return 1 + same(image->arch, base->arch) + same(image->flavor, base->flavor);
}

struct ks_error *ks_selection_pick(const struct ks_selection *sel, const char *word,
				   const struct ks_store_image **ret, bool *ret_exact)
{
	const struct ks_store_images *images = &sel->images;
	const struct ks_store_image *best = NULL;
	int best_fit = 0;
	for (size_t i = 0; i < images->nr; i++) {
		const struct ks_image *image = &images->at[i]->image;
		bool exact = strcmp(image->label, word) == 0;
		int fits = exact ? INT32_MAX : fit(sel, image, word);
		if (!fits || fits < best_fit)
			continue;
		best = images->at[i]; // of those that fit alike, the newest comes last
		best_fit = fits;
	}
	if (!best)
		return ks_error_new(KS_ERR_NOTFOUND,
				    "no image is called '%s'; 'ksurf images' lists them", word);
	*ret = best;
	*ret_exact = best_fit == INT32_MAX;
	return NULL;
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

static bool mark_glob(const struct ks_selection *sel, const char *word, bool *chosen)
{
	bool any = false;
	for (size_t i = 0; i < sel->images.nr; i++)
		if (fnmatch(word, sel->images.at[i]->image.label, 0) == 0)
			any = chosen[i] = true;
	return any;
}

static struct ks_error *mark(const struct ks_selection *sel, const char *word, bool *chosen)
{
	if (mark_group(sel, word, chosen) || mark_glob(sel, word, chosen))
		return NULL;
	const struct ks_store_image *image;
	bool exact;
	KS_TRY(ks_selection_pick(sel, word, &image, &exact));
	for (size_t i = 0; i < sel->images.nr; i++)
		chosen[i] = chosen[i] || sel->images.at[i] == image;
	return NULL;
}

struct ks_error *ks_selection_words(const struct ks_selection *sel, const char *words,
				    struct ks_arena *arena, struct ks_store_images *ret)
{
	const struct ks_store_images *all = &sel->images;
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
		const char *word = ks_arena_strndup(arena, words, len);
		if (!word)
			return &ks_nomem;
		if (len)
			KS_TRY(mark(sel, word, chosen));
		words += len + (words[len] == ',');
	}
	*ret = (struct ks_store_images){ .at = images };
	for (size_t i = 0; i < all->nr; i++)
		if (chosen[i])
			images[ret->nr++] = all->at[i];
	return NULL;
}

struct ks_error *ks_selection_narrow(struct ks_selection *sel, const char *words)
{
	struct ks_store_images chosen;
	struct ks_groups *groups;
	struct ks_groups_choice choice = { .base = KS_NO_IMAGE };
	KS_TRY(ks_selection_words(sel, words, &sel->arena, &chosen));
	if (!chosen.nr)
		return ks_error_new(KS_ERR_NOTFOUND, "'%s' means no image", words);
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
