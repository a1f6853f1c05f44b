/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/selection.h"

#include <fnmatch.h>
#include <string.h>

void ks_selection_deinit(struct ks_selection *sel)
{
	ks_groups_free(sel->groups);
	ks_arena_deinit(&sel->arena);
	*sel = (struct ks_selection){ 0 };
}

/** Whether a label matches one of the globs, which stand one a line. */
static bool matches(const char *globs, const char *label)
{
	while (globs) {
		const char *end = strchrnul(globs, '\n');
		char glob[256];
		size_t len = (size_t)(end - globs);
		if (len && len < sizeof(glob)) {
			memcpy(glob, globs, len);
			glob[len] = '\0';
			if (fnmatch(glob, label, 0) == 0)
				return true;
		}
		globs = *end ? end + 1 : NULL;
	}
	return false;
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
	if (!sel->images.at)
		return &ks_nomem;
	for (size_t i = 0; i < sel->all.nr; i++)
		if (!globs || matches(globs, sel->all.at[i]->image.label))
			sel->images.at[sel->images.nr++] = sel->all.at[i];
	if (sel->images.nr)
		return NULL;
	if (!glob)
		return ks_error_new(KS_ERR_NOTFOUND,
				    "none of the images chosen as members is left");
	return ks_error_new(KS_ERR_NOTFOUND, "no image matches '%s'", glob);
}

/** The indexes of the wanted images that globs match. */
static struct ks_error *indexes(struct ks_selection *sel, const char *globs, const size_t **ret,
				size_t *ret_nr)
{
	size_t *at = ks_arena_array(&sel->arena, sel->images.nr, sizeof(*at)), nr = 0;
	if (!at)
		return &ks_nomem;
	for (size_t i = 0; i < sel->images.nr; i++)
		if (matches(globs, sel->images.at[i]->image.label))
			at[nr++] = i;
	*ret = at;
	*ret_nr = nr;
	return NULL;
}

struct ks_error *ks_selection_group(struct ks_selection *sel, struct ks_store *store)
{
	struct ks_groups_choice choice = { .base = KS_NO_IMAGE };
	const char *base, *lts;
	KS_TRY(ks_store_setting(store, &sel->arena, KS_SETTING_BASE, &base));
	KS_TRY(ks_store_setting(store, &sel->arena, KS_SETTING_LTS, &lts));
	size_t nr = sel->images.nr;
	const struct ks_image **images = ks_arena_array(&sel->arena, nr, sizeof(*images));
	if (!images)
		return &ks_nomem;
	for (size_t i = 0; i < nr; i++) {
		images[i] = &sel->images.at[i]->image;
		if (base && strcmp(base, images[i]->label) == 0)
			choice.base = i;
	}
	if (lts)
		KS_TRY(indexes(sel, lts, &choice.lts, &choice.nr_lts));
	return ks_groups_new(images, nr, &choice, &sel->groups);
}
