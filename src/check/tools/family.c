/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/tools/family.h"

#include <fnmatch.h>
#include <string.h>

static bool is_listed(const struct ks_policy *policy, const char *path)
{
	for (size_t i = 0; policy && i < policy->nr_tools; i++)
		if (policy->tools[i].files && fnmatch(policy->tools[i].files, path, 0) == 0)
			return true;
	return false;
}

/** Where the name of the file begins: behind its folder, or behind the package that it is in. */
static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/'), *colon = strrchr(path, ':');
	const char *base = slash > colon ? slash : colon;
	return base ? base + 1 : path;
}

const char *ks_family_of(const struct ks_families *families, const char *path)
{
	const char *dash = strchr(base_of(path), '-');
	bool listed = dash && dash[1] &&
		      (is_listed(families->user, path) || is_listed(families->shipped, path));
	return listed ? dash + 1 : NULL;
}

bool ks_family_same(const struct ks_families *families, const char *a, const char *b)
{
	size_t folder = (size_t)(base_of(a) - a);
	if ((size_t)(base_of(b) - b) != folder || strncmp(a, b, folder) != 0)
		return false;
	const char *x = ks_family_of(families, a), *y = ks_family_of(families, b);
	return x && y && strcmp(x, y) == 0;
}

const char *ks_family_name(struct ks_arena *arena, const char *shared)
{
	static const char *const ends[] = { ".bpf.o", ".o" };
	size_t len = strlen(shared);
	for (size_t i = 0; i < 2; i++) {
		size_t end = strlen(ends[i]);
		if (len > end && strcmp(shared + len - end, ends[i]) == 0)
			return ks_arena_strndup(arena, shared, len - end);
	}
	return ks_arena_strdup(arena, shared);
}
