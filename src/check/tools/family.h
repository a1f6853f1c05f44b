/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Files that are one tool together: of a folder those whose names differ in what stands before the first '-'. */
#include "check/policy.h"

/** What is said of files: by the user, and by the list of known loaders. Either may be NULL. */
struct ks_families {
	const struct ks_policy *user, *shipped;
};
/** The name that a file shares, as the rest of its path; NULL: it is a tool by itself. */
const char *ks_family_of(const struct ks_families *families, const char *path);
/** Two files are of one tool. */
bool ks_family_same(const struct ks_families *families, const char *a, const char *b);
/** What a tool of such files is called: the name without what compilers append. NULL: memory runs out */
const char *ks_family_name(struct ks_arena *arena, const char *shared);
