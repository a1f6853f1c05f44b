/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/view.h"

#include <fnmatch.h>
#include <string.h>

void ks_view_deinit(struct ks_view *view)
{
	ks_groups_free(view->groups);
	ks_arena_deinit(&view->arena);
	*view = (struct ks_view){ 0 };
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

struct ks_error *ks_view_choose(struct ks_view *view, struct ks_store *store, const char *glob)
{
	KS_TRY(ks_store_images(store, &view->arena, &view->all));
	view->images = (struct ks_store_images){ 0 };
	if (view->all.nr == 0)
		return ks_error_new(KS_ERR_NOTFOUND, "the store has no image yet");
	const char *globs = glob;
	if (!globs)
		KS_TRY(ks_store_setting(store, &view->arena, KS_SETTING_MEMBERS, &globs));
	view->images.at = ks_arena_array(&view->arena, view->all.nr, sizeof(*view->images.at));
	if (!view->images.at)
		return &ks_nomem;
	for (size_t i = 0; i < view->all.nr; i++)
		if (!globs || matches(globs, view->all.at[i]->image.label))
			view->images.at[view->images.nr++] = view->all.at[i];
	if (view->images.nr)
		return NULL;
	if (!glob)
		return ks_error_new(KS_ERR_NOTFOUND,
				    "none of the images chosen as members is left");
	return ks_error_new(KS_ERR_NOTFOUND, "no image matches '%s'", glob);
}

/** The indexes of the wanted images that globs match. */
static struct ks_error *indexes(struct ks_view *view, const char *globs, const size_t **ret,
				size_t *ret_nr)
{
	size_t *at = ks_arena_array(&view->arena, view->images.nr, sizeof(*at)), nr = 0;
	if (!at)
		return &ks_nomem;
	for (size_t i = 0; i < view->images.nr; i++)
		if (matches(globs, view->images.at[i]->image.label))
			at[nr++] = i;
	*ret = at;
	*ret_nr = nr;
	return NULL;
}

struct ks_error *ks_view_group(struct ks_view *view, struct ks_store *store)
{
	struct ks_groups_choice choice = { .base = KS_NO_IMAGE };
	const char *base, *lts;
	KS_TRY(ks_store_setting(store, &view->arena, KS_SETTING_BASE, &base));
	KS_TRY(ks_store_setting(store, &view->arena, KS_SETTING_LTS, &lts));
	size_t nr = view->images.nr;
	const struct ks_image **images = ks_arena_array(&view->arena, nr, sizeof(*images));
	if (!images)
		return &ks_nomem;
	for (size_t i = 0; i < nr; i++) {
		images[i] = &view->images.at[i]->image;
		if (base && strcmp(base, images[i]->label) == 0)
			choice.base = i;
	}
	if (lts)
		KS_TRY(indexes(view, lts, &choice.lts, &choice.nr_lts));
	return ks_groups_new(images, nr, &choice, &view->groups);
}
