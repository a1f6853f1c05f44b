/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The images of a store that a report looks at, and how they are grouped: by the settings kept in the store. */
#include "base/arena.h"
#include "store/store.h"
#include "surface/groups.h"

/** Names of settings. */
#define KS_SETTING_BASE "base" // label of the base image
#define KS_SETTING_KEPT                                                                            \
	"base-kept" // label of an image: its version has the base, where none was chosen
#define KS_SETTING_MEMBERS "members" // words, one a line: the images that reports show
#define KS_SETTING_LTS "lts"	     // words, one a line: the images of the LTS group

/** A zeroed sel is empty. */
struct ks_selection {
	struct ks_arena arena;
	struct ks_store_images all;    // of the store
	struct ks_store_images images; // those wanted
	struct ks_groups *groups;      // of images; NULL until ks_selection_group()
};

/**
 * Read the images of a store and choose those that words mean (store/words.h).
 * @param glob words, with commas between them; NULL: what the setting says, or all
 * @return KS_ERR_NOTFOUND when none is left
 */
KS_MUST_CHECK struct ks_error *ks_selection_choose(struct ks_selection *sel, struct ks_store *store,
						   const char *glob);
/** Sort the chosen images into groups. A base that is not among them leaves the default rule. */
KS_MUST_CHECK struct ks_error *ks_selection_group(struct ks_selection *sel, struct ks_store *store);
void ks_selection_deinit(struct ks_selection *sel);
#define _cleanup_selection_ __attribute__((__cleanup__(ks_selection_deinit)))
