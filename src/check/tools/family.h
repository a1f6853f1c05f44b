/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Files that are one tool together (of a folder those whose names differ in what stands before the first '-'), and names of tools. */
#include "check/check.h"
#include "check/policy.h"

/** What is said of files: by the user, and by the list of known loaders. Either may be NULL. */
struct ks_families {
	const struct ks_policy *user, *shipped;
};
/** The name that a file shares, as the rest of its path; NULL: it is a tool by itself. */
const char *ks_family_of(const struct ks_families *families, const char *path);
/** Two files are of one tool. */
bool ks_family_same(const struct ks_families *families, const char *a, const char *b);
/**
 * What a tool is called: what its files share, without what compilers append; else its object; of several the file, without
 * folder and ".so". NULL: memory runs out
 * @param object the first in the file @param nr how many are in it
 */
const char *ks_family_tool_name(struct ks_arena *arena, const struct ks_families *families,
				const char *path, const struct ks_bpf_object *object, size_t nr);
/** How many of the first objects are in one file. @param nr at least 1 */
size_t ks_family_run(const struct ks_check_input *inputs, size_t nr);
