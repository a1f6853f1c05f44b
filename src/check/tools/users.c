/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/tools/users.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/vector.h"
#include "check/tools/family.h"
#include "check/tools/tools.h"

typedef KS_VECTOR(struct ks_use) use_vector;

static int use_order(const void *a, const void *b)
{
	const struct ks_use *x = a, *y = b;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	int order = strcmp(x->name, y->name);
	if (order)
		return order;
	if (x->tool != y->tool)
		return x->tool < y->tool ? -1 : 1;
	order = strcmp(x->object, y->object);
	return order ? order : strcmp(x->program ? x->program : "", y->program ? y->program : "");
}

/** What only tells how something is read, and has no name of its own. */
static bool has_name(enum ks_dep_kind kind)
{
	return kind != KS_DEP_ARGUMENT && kind != KS_DEP_CONTEXT && kind != KS_DEP_PROGRAM_TYPE &&
	       kind != KS_DEP_PERF_EVENT && kind != KS_DEP_CGROUP;
}

static bool add_list(struct ks_users *users, use_vector *uses, size_t tool,
		     const struct ks_bpf_object *object, const struct ks_dep_list *list)
{
	for (uint32_t i = 0; i < list->nr; i++) {
		struct ks_use use = {
			.kind = list->at[i].kind,
			.name = ks_arena_strdup(&users->arena, list->at[i].name),
			.tool = tool,
			.object = object->name,
			.program = list->program ? list->program->name : NULL,
		};
		if (!use.name || (has_name(use.kind) && !ks_vector_add(uses, use)))
			return false;
	}
	return true;
}

static struct ks_error *add_object(struct ks_users *users, use_vector *uses, size_t tool,
				   const struct ks_bpf_object *object)
{
	_cleanup_deps_ struct ks_deps *deps = NULL;
	KS_TRY(ks_deps_collect(object, &deps));
	bool ok = add_list(users, uses, tool, object, &deps->object_deps);
	for (uint32_t i = 0; ok && i < deps->nr; i++)
		ok = add_list(users, uses, tool, object, &deps->programs[i]);
	return ok ? NULL : &ks_nomem;
}

/** Begin a tool with some objects of one file, or find the one that the file belongs to; its index. NULL names: no memory */
static size_t tool_of(struct ks_users *users, const struct ks_families *families,
		      const struct ks_check_input *input, size_t run, const char **paths)
{
	bool shares = ks_family_of(families, input->path);
	for (size_t i = 0; shares && i < users->nr_tools; i++)
		if (ks_family_same(families, paths[i], input->path))
			return i;
	size_t tool = users->nr_tools++;
	paths[tool] = input->path;
	users->tools[tool] =
		ks_family_tool_name(&users->arena, families, input->path, input->object, run);
	return tool;
}

static struct ks_error *add_all(struct ks_users *users, const struct ks_families *families,
				use_vector *uses, const struct ks_check_input *inputs, size_t nr)
{
	const char **paths = ks_arena_array(&users->arena, nr + 1, sizeof(char *));
	users->tools = ks_arena_array(&users->arena, nr + 1, sizeof(*users->tools));
	if (!users->tools || !paths)
		return &ks_nomem;
	for (size_t i = 0, run; i < nr; i += run) {
		run = ks_family_run(&inputs[i], nr - i);
		size_t tool = tool_of(users, families, &inputs[i], run, paths);
		if (!users->tools[tool])
			return &ks_nomem;
		for (size_t k = i; k < i + run; k++)
			KS_TRY(add_object(users, uses, tool, inputs[k].object));
	}
	return NULL;
}

struct ks_error *ks_users_make(const struct ks_check_input *inputs, size_t nr,
			       struct ks_users **ret)
{
	_cleanup_users_ struct ks_users *users = calloc(1, sizeof(*users));
	use_vector uses = { 0 };
	if (!users)
		return &ks_nomem;
	_cleanup_policy_ struct ks_policy *shipped = NULL;
	KS_TRY(ks_shipped_read(&shipped));
	const struct ks_families families = { .shipped = shipped };
	struct ks_error *err = add_all(users, &families, &uses, inputs, nr);
	users->uses = ks_arena_array(&users->arena, uses.len + 1, sizeof(*users->uses));
	if (users->uses && uses.len) {
		memcpy(users->uses, uses.at, uses.len * sizeof(*users->uses));
		qsort(users->uses, uses.len, sizeof(*users->uses), use_order);
		users->nr = uses.len;
	}
	ks_vector_deinit(&uses);
	if (err || !users->uses)
		return err ? err : &ks_nomem;
	*ret = ks_take(users);
	return NULL;
}

void ks_users_free(struct ks_users *users)
{
	if (!users)
		return;
	ks_arena_deinit(&users->arena);
	free(users);
}

/** The first use that does not stand before a name. */
static size_t lower_bound(const struct ks_users *users, enum ks_dep_kind kind, const char *name)
{
	const struct ks_use *uses = users->uses;
	return KS_FIRST_NOT(0, users->nr, i,
			    uses[i].kind < kind ||
				    (uses[i].kind == kind && strcmp(uses[i].name, name) < 0));
}

size_t ks_users_find(const struct ks_users *users, enum ks_dep_kind kind, const char *name,
		     size_t *ret_first)
{
	size_t first = lower_bound(users, kind, name), nr = 0;
	while (first + nr < users->nr && users->uses[first + nr].kind == kind &&
	       strcmp(users->uses[first + nr].name, name) == 0)
		nr++;
	*ret_first = first;
	return nr;
}

size_t ks_users_count_tools(const struct ks_users *users, size_t first, size_t nr)
{
	size_t tools = 0;
	for (size_t i = first; i < first + nr; i++)
		tools += i == first || users->uses[i].tool != users->uses[i - 1].tool;
	return tools;
}
