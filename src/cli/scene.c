/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/scene.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>
#include <unistd.h>

struct ks_error *ks_scene_open(struct ks_cli *cli, enum ks_store_mode mode, struct ks_scene *scene)
{
	KS_TRY(ks_cli_db_path(cli, &scene->db));
	if (mode != KS_STORE_CREATE && access(scene->db, F_OK) != 0 && errno == ENOENT)
		return ks_error_new(KS_ERR_NOTFOUND,
				    "%s: no store yet; 'ksurf add' or 'ksurf pull' makes one",
				    scene->db);
	return ks_store_open(scene->db, mode, &scene->store);
}

void ks_scene_close(struct ks_scene *scene)
{
	ks_groups_free(scene->groups);
	ks_store_close(scene->store);
	ks_arena_deinit(&scene->arena);
	*scene = (struct ks_scene){ 0 };
}

bool ks_scene_matches(const char *globs, const char *label)
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

struct ks_error *ks_scene_choose(struct ks_scene *scene, const char *glob)
{
	KS_TRY(ks_store_images(scene->store, &scene->arena, &scene->all));
	if (scene->all.nr == 0)
		return ks_error_new(KS_ERR_NOTFOUND, "%s: the store has no image yet", scene->db);
	const char *globs = glob;
	if (!globs)
		KS_TRY(ks_store_setting(scene->store, &scene->arena, KS_SETTING_MEMBERS, &globs));
	scene->images.at = ks_arena_array(&scene->arena, scene->all.nr, sizeof(*scene->images.at));
	if (!scene->images.at)
		return &ks_nomem;
	for (size_t i = 0; i < scene->all.nr; i++)
		if (!globs || ks_scene_matches(globs, scene->all.at[i]->image.label))
			scene->images.at[scene->images.nr++] = scene->all.at[i];
	if (scene->images.nr)
		return NULL;
	return glob ? ks_error_new(KS_ERR_NOTFOUND, "no image matches '%s'; see ksurf images", glob)
		    : ks_error_new(KS_ERR_NOTFOUND,
				   "none of the chosen images is left; see ksurf images --group");
}

/** The indexes of the images that a setting's globs match, or none. */
static struct ks_error *chosen(struct ks_scene *scene, const char *globs, size_t **ret,
			       size_t *ret_nr)
{
	size_t *at = ks_arena_array(&scene->arena, scene->images.nr, sizeof(*at)), nr = 0;
	if (!at)
		return &ks_nomem;
	for (size_t i = 0; i < scene->images.nr; i++)
		if (ks_scene_matches(globs, scene->images.at[i]->image.label))
			at[nr++] = i;
	*ret = at;
	*ret_nr = nr;
	return NULL;
}

struct ks_error *ks_scene_group(struct ks_scene *scene)
{
	struct ks_groups_choice choice = { .base = KS_NO_IMAGE };
	const char *base, *lts;
	KS_TRY(ks_store_setting(scene->store, &scene->arena, KS_SETTING_BASE, &base));
	KS_TRY(ks_store_setting(scene->store, &scene->arena, KS_SETTING_LTS, &lts));
	size_t nr = scene->images.nr;
	const struct ks_image **images = ks_arena_array(&scene->arena, nr, sizeof(*images));
	if (!images)
		return &ks_nomem;
	for (size_t i = 0; i < nr; i++) {
		images[i] = &scene->images.at[i]->image;
		if (base && strcmp(base, images[i]->label) == 0)
			choice.base = i; // else it is not among those wanted now
	}
	if (lts) {
		size_t *at;
		KS_TRY(chosen(scene, lts, &at, &choice.nr_lts));
		choice.lts = at;
	}
	return ks_groups_new(images, nr, &choice, &scene->groups);
}
