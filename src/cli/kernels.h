/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The images that words on the command line mean. */
#include "cli/scene.h"

/**
 * Choose images of a grouped scene.
 * @param words separated by commas: a label, the beginning of one, a glob, the name of a group ("regular", "lts"); NULL: all
 *	images of the scene
 * @param arena holds the result, which is in the order of the scene
 * @return KS_ERR_NOTFOUND for a word that means none
 */
KS_MUST_CHECK struct ks_error *ks_kernels_choose(const struct ks_scene *scene, const char *words,
						 struct ks_arena *arena,
						 struct ks_store_images *ret);
