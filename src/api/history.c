/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "api/lookup.h"
#include "api/value.h"
#include "diff/steps.h"
#include "surface/issue.h"

struct ksurf_history {
	struct ks_arena arena;
	size_t nr;
	struct ksurf_fact *facts;
	const char *since, *until;
};

/** What is filled from the walk over the steps. */
struct filling {
	struct ksurf_history *ret;
	const struct ks_history *history;
};

static struct ks_error *fill_value(struct ks_arena *arena, enum ks_kind kind,
				   const struct ks_fact *fact, struct ksurf_fact *ret)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	if (ks_kinds[kind].holds == KS_HOLDS_VALUE && fact->value)
		ks_buf_str(&text, fact->value);
	if (ks_kinds[kind].holds == KS_HOLDS_NUMBER && fact->present &&
	    ks_syscall_has_number(fact->number))
		ks_buf_printf(&text, "%" PRIu32, fact->number);
	return ks_api_take(arena, &text, &ret->value) ? NULL : &ks_nomem;
}

/** The module that a fact is of; NULL: the kernel itself. */
static const char *module_of(const struct ks_fact *fact)
{
	if (fact->function && fact->function->nr_entries)
		return fact->function->entries[0].module;
	if (fact->function && fact->function->nr_symbols && fact->function->symbols[0].module)
		return fact->function->symbols[0].module;
	if (fact->tracepoint)
		return fact->tracepoint->module;
	return fact->decl ? fact->decl->module : NULL;
}

static struct ks_error *fill_fact(struct ks_arena *arena, enum ks_kind kind,
				  const struct ks_fact *fact, struct ksurf_fact *ret)
{
	uint32_t all = KS_ISSUE_BIT(KS_NR_ISSUES) - 1;
	// it stands for two others, or they for it
	uint32_t told = ks_issues_told(fact->image) | KS_ISSUE_BIT(KS_ISSUE_AMBIGUOUS);
	ret->status = !fact->known    ? KSURF_STATUS_UNKNOWN
		      : fact->present ? KSURF_STATUS_PRESENT
				      : KSURF_STATUS_ABSENT;
	if (!ks_api_text(arena, fact->image->label, &ret->image) ||
	    !ks_api_text(arena, fact->present ? module_of(fact) : NULL, &ret->module))
		return &ks_nomem;
	KS_TRY(fill_value(arena, kind, fact, ret));
	KS_TRY(ks_api_declaration(arena, kind, fact, &ret->declaration));
	KS_TRY(ks_api_issues(arena, ks_fact_issues(kind, fact), &ret->nr_issues, &ret->issues));
	return ks_api_issues(arena, kind == KS_FUNCTION ? all & ~told : 0, &ret->nr_untold,
			     &ret->untold);
}

static struct ks_error *fill_step(const struct ks_step *step, void *arg)
{
	struct filling *filling = arg;
	struct ks_arena *arena = &filling->ret->arena;
	struct ksurf_fact *fact = &filling->ret->facts[step->fact - filling->history->facts];
	fact->event = ks_step_infos[step->event].name;
	fact->group = ks_groups_infos[step->group].name;
	if (!ks_api_text(arena, step->before ? step->before->image->label : NULL,
			 &fact->compared_with))
		return &ks_nomem;
	return ks_api_changes(arena, &step->changes, &fact->nr_changes, &fact->changes);
}

static struct ks_error *fill(const struct ks_selection *sel, const struct ks_history *history,
			     struct ksurf_history *ret)
{
	_cleanup_diff_ struct ks_diff *diff = NULL;
	ret->nr = history->nr;
	ret->facts = ks_arena_array(&ret->arena, history->nr, sizeof(*ret->facts));
	if (!ret->facts)
		return &ks_nomem;
	memset(ret->facts, 0, history->nr * sizeof(*ret->facts));
	for (size_t i = 0; i < history->nr; i++)
		KS_TRY(fill_fact(&ret->arena, history->kind, &history->facts[i], &ret->facts[i]));
	const struct ks_span span = ks_steps_span(sel->groups, history);
	if (!ks_api_text(&ret->arena, span.since, &ret->since) ||
	    !ks_api_text(&ret->arena, span.until, &ret->until))
		return &ks_nomem;
	struct filling filling = { ret, history };
	KS_TRY(ks_diff_new(&diff));
	return ks_steps_walk(sel->groups, history, diff, fill_step, &filling);
}

static struct ks_error *read(struct ks_store *store, const char *kind_name, const char *name,
			     const struct ksurf_history_options *theirs, struct ksurf_history *ret)
{
	KS_TRY(ks_store_snapshot_begin(store));
	_cleanup_snapshot_ struct ks_store *snapshot = store;
	struct ksurf_history_options options = { 0 };
	_cleanup_selection_ struct ks_selection sel = { 0 };
	struct ks_history history;
	enum ks_kind kind;
	KS_TRY(ks_api_options(&options, sizeof(options), theirs));
	KS_TRY(ks_api_kind(kind_name, &kind));
	KS_TRY(ks_api_choose(store, options.images, &sel));
	KS_TRY(ks_lookup_history(store, &sel.images, kind, name, &sel.arena, &history));
	if (!ks_history_present(&history))
		return ks_lookup_unknown(store, &sel.images, kind, name);
	return fill(&sel, &history, ret);
}

struct ksurf_error *ksurf_history_read(struct ksurf_store *store, const char *kind,
				       const char *name,
				       const struct ksurf_history_options *options,
				       struct ksurf_history **ret)
{
	struct ksurf_history *history = calloc(1, sizeof(*history));
	if (!history)
		return &ks_api_nomem;
	struct ks_error *err = read(store->store, kind, name, options, history);
	if (err)
		ksurf_history_free(history);
	else
		*ret = history;
	return ks_api_publish(err);
}

size_t ksurf_history_count(const struct ksurf_history *history)
{
	return history->nr;
}

const struct ksurf_fact *ksurf_history_at(const struct ksurf_history *history, size_t i)
{
	return i < history->nr ? &history->facts[i] : NULL;
}

const char *ksurf_history_since(const struct ksurf_history *history)
{
	return history->since;
}

const char *ksurf_history_until(const struct ksurf_history *history)
{
	return history->until;
}

void ksurf_history_free(struct ksurf_history *history)
{
	if (!history)
		return;
	ks_arena_deinit(&history->arena);
	free(history);
}
