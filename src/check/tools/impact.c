/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/tools/impact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/memory.h"
#include "base/vector.h"

/** Under which kinds programs depend on names of a kind; parts (fields, values) are asked for by their own names. */
static const struct {
	enum ks_kind kind;
	enum ks_dep_kind whole, part; // KS_NR_DEPS: none
} kinds[] = {
	{ KS_FUNCTION, KS_DEP_FUNCTION, KS_NR_DEPS },
	{ KS_STRUCT, KS_DEP_STRUCT, KS_DEP_FIELD },
	{ KS_UNION, KS_DEP_UNION, KS_DEP_UNION_FIELD },
	{ KS_ENUM, KS_DEP_ENUM, KS_DEP_ENUM_VALUE },
	{ KS_TYPEDEF, KS_DEP_TYPE, KS_NR_DEPS },
	{ KS_INT, KS_DEP_TYPE, KS_NR_DEPS },
	{ KS_TRACEPOINT, KS_DEP_TRACEPOINT, KS_NR_DEPS },
	{ KS_SYSCALL, KS_DEP_SYSCALL, KS_NR_DEPS },
	{ KS_LSM, KS_DEP_LSM, KS_NR_DEPS },
	{ KS_KFUNC, KS_DEP_KFUNC, KS_NR_DEPS },
	{ KS_CONFIG, KS_DEP_KCONFIG, KS_NR_DEPS },
};

/** A change of which programs that use the name itself may notice something. */
static bool tells(enum ks_change_kind change)
{
	return change != KS_ISSUE_GONE && change != KS_CALLERS_LOST && change != KS_FIELD_ADDED &&
	       change != KS_VALUE_ADDED && change != KS_BYTES_CHANGED && change != KS_FIELD_MOVED;
}

/** It is about a member or value, which has users of its own. */
static bool is_of_part(enum ks_change_kind change)
{
	return change == KS_FIELD_REMOVED || change == KS_FIELD_TYPE_CHANGED ||
	       change == KS_VALUE_REMOVED || change == KS_VALUE_CHANGED ||
	       change == KS_FIELD_WIDTH_CHANGED;
}

static struct ks_error *add(struct ks_impact *impact, const struct ks_touch *touch)
{
	struct ks_touch found = *touch;
	found.nr = ks_users_find(impact->users, touch->kind, touch->name, &found.first);
	if (!found.nr)
		return NULL;
	found.name = impact->users->uses[found.first].name;
	found.nr_tools = ks_users_count_tools(impact->users, found.first, found.nr);
	found.part = touch->part ? ks_arena_strdup(&impact->arena, touch->part) : NULL;
	if ((touch->part && !found.part) ||
	    (impact->nr == impact->cap && !ks_vector_grow((void **)&impact->at, &impact->cap,
							  impact->nr, 1, sizeof(*impact->at))))
		return &ks_nomem;
	impact->at[impact->nr++] = found;
	return NULL;
}

/** The fields or values that changed, each for itself. */
static struct ks_error *add_parts(struct ks_impact *impact, const struct ks_difference *difference,
				  enum ks_dep_kind kind)
{
	for (size_t i = 0; i < difference->changes.nr; i++) {
		const struct ks_change *change = &difference->changes.at[i];
		_cleanup_free_ char *name = NULL;
		if (!is_of_part(change->kind) || !change->name)
			continue;
		if (asprintf(&name, "%s::%s", difference->name, change->name) < 0) {
			name = NULL;
			return &ks_nomem;
		}
		struct ks_touch touch = { .kind = kind, .name = name, .change = change->kind };
		KS_TRY(add(impact, &touch));
	}
	return NULL;
}

/** The name itself: it is on one side only, or has changes that are not of parts with users of their own. */
static struct ks_error *add_whole(struct ks_impact *impact, const struct ks_difference *difference,
				  enum ks_dep_kind kind, bool parts)
{
	struct ks_touch touch = { .kind = kind,
				  .name = difference->name,
				  .removed = !difference->new,
				  .added = !difference->old,
				  .change = KS_NR_CHANGES };
	size_t nr = 0;
	for (size_t i = 0; i < difference->changes.nr; i++) {
		const struct ks_change *change = &difference->changes.at[i];
		if (!tells(change->kind) || (parts && is_of_part(change->kind)))
			continue;
		if (!nr++) {
			touch.change = change->kind;
			touch.part = change->name;
		}
	}
	touch.nr_more = nr > 1 ? nr - 1 : 0;
	return nr || touch.removed || touch.added ? add(impact, &touch) : NULL;
}

struct ks_error *ks_impact_add(const struct ks_difference *difference, void *arg)
{
	struct ks_impact *impact = arg;
	for (size_t i = 0; i < KS_ARRAY_LEN(kinds); i++) {
		if (kinds[i].kind != difference->kind)
			continue;
		bool parts = kinds[i].part != KS_NR_DEPS;
		KS_TRY(add_whole(impact, difference, kinds[i].whole, parts));
		if (parts)
			KS_TRY(add_parts(impact, difference, kinds[i].part));
	}
	return NULL;
}

static int touch_order(const void *a, const void *b)
{
	const struct ks_touch *x = a, *y = b;
	if (x->nr_tools != y->nr_tools)
		return x->nr_tools < y->nr_tools ? 1 : -1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return strcmp(x->name, y->name);
}

struct ks_error *ks_impact_finish(struct ks_impact *impact)
{
	_cleanup_free_ bool *touched = calloc(impact->users->nr_tools + 1, sizeof(*touched));
	if (!touched)
		return &ks_nomem;
	if (impact->nr)
		qsort(impact->at, impact->nr, sizeof(*impact->at), touch_order);
	impact->nr_tools = 0;
	for (size_t i = 0; i < impact->nr; i++)
		for (size_t k = 0; k < impact->at[i].nr; k++) {
			size_t tool = impact->users->uses[impact->at[i].first + k].tool;
			impact->nr_tools += !touched[tool];
			touched[tool] = true;
		}
	return NULL;
}

struct ks_error *ks_impact_make(struct ks_store *store, const struct ks_store_image *old,
				const struct ks_store_image *new, struct ks_impact *ret)
{
	const struct ks_diff_scope scope = { .extras = KS_DIFF_STATUS, .one_sided = true };
	struct ks_summary summary;
	KS_TRY(ks_summary_make(store, old, new, &scope, ks_impact_add, ret, &summary));
	return ks_impact_finish(ret);
}

void ks_impact_deinit(struct ks_impact *impact)
{
	free(impact->at);
	ks_arena_deinit(&impact->arena);
}
