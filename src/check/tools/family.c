/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/tools/family.h"

#include <fnmatch.h>
#include <string.h>

#include "bpf/object.h"

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

const char *ks_family_tool_name(struct ks_arena *arena, const struct ks_families *families,
				const char *path, const struct ks_bpf_object *object, size_t nr)
{
	const char *shared = ks_family_of(families, path), *base = base_of(path);
	if (shared)
		return ks_arena_strndup(arena, shared, ks_bpf_name_len(shared));
	if (nr == 1)
		return ks_arena_strdup(arena, object->name);
	size_t len = strlen(base);
	if (len > 3 && strcmp(base + len - 3, ".so") == 0)
		len -= 3;
	return ks_arena_strndup(arena, base, len);
}

size_t ks_family_run(const struct ks_check_input *inputs, size_t nr)
{
	size_t run = 1;
	while (run < nr && strcmp(inputs[run].path, inputs[0].path) == 0)
		run++;
	return run;
}
