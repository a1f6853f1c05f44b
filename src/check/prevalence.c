/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/prevalence.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "diff/diff.h"
#include "surface/image.h"
#include "surface/issue.h"

static const struct {
	enum ks_issue issue;
	enum ks_prevalence_kind prevalence;
} issues[] = {
	{ KS_ISSUE_FULL_INLINE, KS_PREVALENCE_FULL_INLINE },
	{ KS_ISSUE_SELECTIVE_INLINE, KS_PREVALENCE_SELECTIVE_INLINE },
	{ KS_ISSUE_TRANSFORMATION, KS_PREVALENCE_TRANSFORMED },
	{ KS_ISSUE_DUPLICATE, KS_PREVALENCE_DUPLICATED },
	{ KS_ISSUE_COLLISION, KS_PREVALENCE_COLLIDING },
};

/** KS_PREVALENCE_BIT() of a set of KS_ISSUE_BIT(). */
static uint32_t bits_of_issues(uint32_t set)
{
	uint32_t bits = 0;
	for (size_t i = 0; i < KS_ARRAY_LEN(issues); i++)
		if (set & KS_ISSUE_BIT(issues[i].issue))
			bits |= KS_PREVALENCE_BIT(issues[i].prevalence);
	return bits;
}

/** One name in work. */
struct work {
	const struct ks_prevalence_scope *scope;
	struct ks_diff *diff;
	struct ks_store_images images; // those of the scope, the base behind them
	struct ks_history history;
	uint32_t bits, told;
};

/** What one image says. */
static void look_at(struct work *work, const struct ks_fact *fact)
{
	bool function = work->history.kind == KS_FUNCTION;
	if (!fact->known)
		return;
	if (function)
		work->told |= bits_of_issues(ks_issues_told(fact->image));
	if (!fact->present && function && !ks_image_tells_inline(fact->image))
		return; // not there, or inlined everywhere
	work->told |= KS_PREVALENCE_BIT(KS_PREVALENCE_ABSENT);
	if (!fact->present)
		work->bits |= KS_PREVALENCE_BIT(KS_PREVALENCE_ABSENT);
	else if (function && fact->function)
		work->bits |= bits_of_issues(ks_function_issues(fact->function) &
					     ks_issues_told(fact->image));
}

/** @param old, new indexes of facts */
static struct ks_error *compare(struct work *work, size_t old, size_t new)
{
	const struct ks_fact *a = &work->history.facts[old], *b = &work->history.facts[new];
	enum ks_kind kind = work->history.kind;
	struct ks_changes changes = { 0 };
	if (!a->known || !b->known || old == new || !ks_kind_compared(kind))
		return NULL;
	work->told |= KS_PREVALENCE_BIT(KS_PREVALENCE_CHANGED);
	if (!ks_fact_comparable(kind, a) || !ks_fact_comparable(kind, b))
		return NULL;
	KS_TRY(ks_diff_facts(work->diff, kind, a, b, &changes));
	if (changes.nr)
		work->bits |= KS_PREVALENCE_BIT(KS_PREVALENCE_CHANGED);
	return NULL;
}

/** The first version that defines the name with all later ones. */
static struct ks_error *compare_versions(struct work *work, const struct ks_group *regular)
{
	size_t first = 0;
	while (first + 1 < regular->nr &&
	       !ks_fact_comparable(work->history.kind,
				   &work->history.facts[regular->images[first]]))
		first++;
	for (size_t i = first + 1; i < regular->nr; i++)
		KS_TRY(compare(work, regular->images[first], regular->images[i]));
	return NULL;
}

static struct ks_error *compare_all(struct work *work)
{
	const struct ks_groups *groups = work->scope->groups;
	if (work->scope->base) {
		for (size_t i = 0; i + 1 < work->images.nr; i++)
			KS_TRY(compare(work, work->images.nr - 1, i));
		return NULL;
	}
	KS_TRY(compare_versions(work, &groups->at[KS_GROUP_REGULAR]));
	for (int g = KS_GROUP_REGULAR + 1; g < KS_NR_PARTITION_GROUPS; g++)
		for (size_t i = 0; i < groups->at[g].nr_pairs; i++)
			KS_TRY(compare(work, groups->at[g].pairs[i].old,
				       groups->at[g].pairs[i].new));
	return NULL;
}

static struct ks_error *look_up(struct work *work, struct ks_name_prevalence *name)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	work->bits = work->told = 0;
	KS_TRY(ks_store_history(work->scope->store, &work->images, ks_dep_infos[name->kind].counted,
				name->name, &arena, &work->history));
	for (size_t i = 0; i < work->scope->images->nr; i++)
		look_at(work, &work->history.facts[i]);
	KS_TRY(compare_all(work));
	name->bits = work->bits;
	return NULL;
}

static struct ks_error *look_all_up(const struct ks_prevalence_scope *scope,
				    struct ks_prevalence *prevalence)
{
	_cleanup_diff_ struct ks_diff *diff = NULL;
	size_t nr = scope->images->nr;
	KS_TRY(ks_diff_new(&diff));
	struct work work = { .scope = scope, .diff = diff };
	work.images.at = ks_arena_array(&prevalence->arena, nr + 1, sizeof(*work.images.at));
	if (!work.images.at)
		return &ks_nomem;
	if (nr)
		memcpy(work.images.at, scope->images->at, nr * sizeof(*work.images.at));
	work.images.at[nr] = scope->base;
	work.images.nr = nr + (scope->base != NULL);
	for (size_t i = 0; i < prevalence->nr; i++) {
		KS_TRY(look_up(&work, &prevalence->at[i]));
		prevalence->told[prevalence->at[i].kind] |= work.told;
	}
	return NULL;
}

static int compare_names(const void *a, const void *b)
{
	const struct ks_name_prevalence *x = a, *y = b;
	return x->kind != y->kind ? (x->kind > y->kind) - (x->kind < y->kind)
				  : strcmp(x->name, y->name);
}

/** Every published name once. */
static struct ks_error *gather(const struct ks_dep_list *lists, size_t nr,
			       struct ks_prevalence *prevalence)
{
	size_t most = 0, len = 0;
	for (size_t i = 0; i < nr; i++)
		most += lists[i].nr;
	prevalence->at = ks_arena_array(&prevalence->arena, most, sizeof(*prevalence->at));
	if (!prevalence->at)
		return &ks_nomem;
	for (size_t i = 0; i < nr; i++)
		for (uint32_t k = 0; k < lists[i].nr; k++) {
			const struct ks_dep *dep = &lists[i].at[k];
			if (dep->published && ks_dep_infos[dep->kind].counted != KS_NR_KINDS)
				prevalence->at[len++] =
					(struct ks_name_prevalence){ dep->kind, dep->name, 0 };
		}
	if (len)
		qsort(prevalence->at, len, sizeof(*prevalence->at), compare_names);
	for (size_t i = 0; i < len; i++)
		if (!prevalence->nr ||
		    compare_names(&prevalence->at[prevalence->nr - 1], &prevalence->at[i]) != 0)
			prevalence->at[prevalence->nr++] = prevalence->at[i];
	return NULL;
}

struct ks_error *ks_prevalence_make(const struct ks_prevalence_scope *scope,
				    const struct ks_dep_list *lists, size_t nr,
				    struct ks_prevalence **ret)
{
	_cleanup_prevalence_ struct ks_prevalence *prevalence = calloc(1, sizeof(*prevalence));
	if (!prevalence)
		return &ks_nomem;
	KS_TRY(gather(lists, nr, prevalence));
	KS_TRY(look_all_up(scope, prevalence));
	*ret = ks_take(prevalence);
	return NULL;
}

void ks_prevalence_free(struct ks_prevalence *prevalence)
{
	if (!prevalence)
		return;
	ks_arena_deinit(&prevalence->arena);
	free(prevalence);
}

const struct ks_name_prevalence *ks_prevalence_find(const struct ks_prevalence *prevalence,
						    enum ks_dep_kind kind, const char *name)
{
	const struct ks_name_prevalence wanted = { kind, name, 0 };
	return prevalence->nr ? bsearch(&wanted, prevalence->at, prevalence->nr,
					sizeof(*prevalence->at), compare_names)
			      : NULL;
}
