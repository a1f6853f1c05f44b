/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/selection.h"

#include <string.h>

#include "store/words.h"

void ks_selection_deinit(struct ks_selection *sel)
{
	ks_groups_free(sel->groups);
	ks_arena_deinit(&sel->arena);
	*sel = (struct ks_selection){ 0 };
}

/** Mark the images that a word means. @param must it means at least one of them */
static struct ks_error *mark_word(struct ks_arena *arena, const struct ks_store_images *images,
				  const char *text, size_t len, bool must, bool *chosen)
{
	struct ks_image_word word;
	bool any = false;
	KS_TRY(ks_image_word_read(arena, text, len, &word));
	for (size_t i = 0; i < images->nr; i++)
		if (ks_image_word_fits(&word, &images->at[i]->image))
			any = chosen[i] = true;
	return must && !any ? ks_image_word_unknown(&word, images) : NULL;
}

/** The same for words that stand one a line, or with commas between them. */
static struct ks_error *mark(struct ks_arena *arena, const struct ks_store_images *images,
			     const char *words, bool must, bool *chosen)
{
	memset(chosen, 0, images->nr * sizeof(*chosen));
	while (words && *words) {
		size_t len = strcspn(words, ",\n");
		if (len)
			KS_TRY(mark_word(arena, images, words, len, must, chosen));
		words += len + (words[len] != '\0');
	}
	return NULL;
}

struct ks_error *ks_selection_choose(struct ks_selection *sel, struct ks_store *store,
				     const char *glob)
{
	KS_TRY(ks_store_images(store, &sel->arena, &sel->all));
	sel->images = (struct ks_store_images){ 0 };
	if (sel->all.nr == 0)
		return ks_error_new(
			KS_ERR_NOTFOUND,
			"the store has no image yet; 'ksurf add' or 'ksurf pull' brings one");
	const char *globs = glob;
	if (!globs)
		KS_TRY(ks_store_setting(store, &sel->arena, KS_SETTING_MEMBERS, &globs));
	sel->images.at = ks_arena_array(&sel->arena, sel->all.nr, sizeof(*sel->images.at));
	bool *chosen = ks_arena_array(&sel->arena, sel->all.nr, sizeof(*chosen));
	if (!sel->images.at || !chosen)
		return &ks_nomem;
	KS_TRY(mark(&sel->arena, &sel->all, globs, glob != NULL, chosen));
	for (size_t i = 0; i < sel->all.nr; i++)
		if (!globs || chosen[i])
			sel->images.at[sel->images.nr++] = sel->all.at[i];
	if (sel->images.nr)
		return NULL;
	if (!glob)
		return ks_error_new(KS_ERR_NOTFOUND,
				    "none of the images chosen as members is left");
	return ks_error_new(KS_ERR_NOTFOUND, "'%s' means no image", glob);
}

/** The indexes of the wanted images that words mean. */
static struct ks_error *indexes(struct ks_selection *sel, const char *words, const size_t **ret,
				size_t *ret_nr)
{
	size_t *at = ks_arena_array(&sel->arena, sel->images.nr, sizeof(*at)), nr = 0;
	bool *chosen = ks_arena_array(&sel->arena, sel->images.nr, sizeof(*chosen));
	if (!at || !chosen)
		return &ks_nomem;
	KS_TRY(mark(&sel->arena, &sel->images, words, false, chosen));
	for (size_t i = 0; i < sel->images.nr; i++)
		if (chosen[i])
			at[nr++] = i;
	*ret = at;
	*ret_nr = nr;
	return NULL;
}

struct ks_error *ks_selection_group(struct ks_selection *sel, struct ks_store *store)
{
	struct ks_groups_choice choice = { .base = KS_NO_IMAGE };
	const char *base, *kept, *lts;
	size_t at;
	KS_TRY(ks_store_setting(store, &sel->arena, KS_SETTING_BASE, &base));
	KS_TRY(ks_store_setting(store, &sel->arena, KS_SETTING_KEPT, &kept));
	KS_TRY(ks_store_setting(store, &sel->arena, KS_SETTING_LTS, &lts));
	size_t nr = sel->images.nr;
	const struct ks_image **images = ks_arena_array(&sel->arena, nr, sizeof(*images));
	if (!images)
		return &ks_nomem;
	for (size_t i = 0; i < nr; i++) {
		images[i] = &sel->images.at[i]->image;
		if (base && strcmp(base, images[i]->label) == 0)
			choice.base = i;
		if (kept && strcmp(kept, images[i]->label) == 0) {
			at = i;
			choice.kept = &at;
		}
	}
	if (lts)
		KS_TRY(indexes(sel, lts, &choice.lts, &choice.nr_lts));
	return ks_groups_new(images, nr, &choice, &sel->groups);
}
