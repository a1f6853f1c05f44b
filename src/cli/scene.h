/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What most commands work on: a store, the images wanted, and how they are grouped. */
#include "base/arena.h"
#include "cli/cmd.h"
#include "store/store.h"
#include "surface/groups.h"

/** Names of the settings that a store keeps for reports. */
#define KS_SETTING_BASE "base"	     // a label
#define KS_SETTING_MEMBERS "members" // globs, one a line: the images that reports show
#define KS_SETTING_LTS "lts"	     // globs, one a line: the images of the LTS group

/** A zeroed scene is closed. */
struct ks_scene {
	const char *db; // where the store is
	struct ks_store *store;
	struct ks_arena arena;
	struct ks_store_images all;    // in the store
	struct ks_store_images images; // those wanted
	struct ks_groups *groups;      // of images; NULL until ks_scene_group()
};

/** Open the store of the command line. @return KS_ERR_NOTFOUND when there is none and mode is not CREATE */
KS_MUST_CHECK struct ks_error *ks_scene_open(struct ks_cli *cli, enum ks_store_mode mode,
					     struct ks_scene *scene);
/**
 * Read the images, and choose those whose label matches.
 * @param glob as fnmatch(3); NULL: the members that the store's settings name
 * @return KS_ERR_NOTFOUND when none is left
 */
KS_MUST_CHECK struct ks_error *ks_scene_choose(struct ks_scene *scene, const char *glob);
/** Sort the chosen images into groups, by the store's settings. */
KS_MUST_CHECK struct ks_error *ks_scene_group(struct ks_scene *scene);
void ks_scene_close(struct ks_scene *scene);
#define _cleanup_scene_ __attribute__((__cleanup__(ks_scene_close)))

/** Whether a label matches one of the globs, which stand one a line. */
bool ks_scene_matches(const char *globs, const char *label);
