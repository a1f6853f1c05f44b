/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/kernels.h"

#include <fnmatch.h>
#include <string.h>

#include "cli/pick.h"

/** Mark the images of the group of that name. */
static bool mark_group(const struct ks_session *session, const char *word, bool *chosen)
{
	for (int g = 0; g < KS_NR_GROUPS; g++) {
		if (strcmp(ks_groups_infos[g].name, word) != 0)
			continue;
		const struct ks_group *group = &session->sel.groups->at[g];
		for (size_t i = 0; i < group->nr; i++)
			chosen[group->images[i]] = true;
		return group->nr != 0;
	}
	return false;
}

static bool mark_glob(const struct ks_session *session, const char *word, bool *chosen)
{
	bool any = false;
	for (size_t i = 0; i < session->sel.images.nr; i++)
		if (fnmatch(word, session->sel.images.at[i]->image.label, 0) == 0)
			any = chosen[i] = true;
	return any;
}

static struct ks_error *mark(const struct ks_session *session, const char *word, bool *chosen)
{
	if (mark_group(session, word, chosen) || mark_glob(session, word, chosen))
		return NULL;
	const struct ks_store_image *image;
	bool exact;
	KS_TRY(ks_pick_image(session, word, &image, &exact));
	for (size_t i = 0; i < session->sel.images.nr; i++)
		chosen[i] = chosen[i] || session->sel.images.at[i] == image;
	return NULL;
}

struct ks_error *ks_kernels_choose(const struct ks_session *session, const char *words,
				   struct ks_arena *arena, struct ks_store_images *ret)
{
	const struct ks_store_images *all = &session->sel.images;
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
			KS_TRY(mark(session, word, chosen));
		words += len + (words[len] == ',');
	}
	*ret = (struct ks_store_images){ .at = images };
	for (size_t i = 0; i < all->nr; i++)
		if (chosen[i])
			images[ret->nr++] = all->at[i];
	return NULL;
}
