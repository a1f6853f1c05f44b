/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/trial.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/trace.h"
#include "check/rules/pointers.h"
#include "check/rules/rules.h"

/** Do pointers that the program gets have types: by what it is attached to, or, at events, out of helpers alone? */
static bool follows_pointers(const struct ks_hook *hook)
{
	return ks_hook_is_typed(hook) ||
	       (hook->target && !hook->needs_target &&
		(KS_HOOKS_FUNCTION | KS_HOOKS_ARGUMENTS | KS_HOOK_BIT(KS_HOOK_TRACEPOINT) |
		 KS_HOOK_BIT(KS_HOOK_SYSCALL_TP)) &
			KS_HOOK_BIT(hook->kind));
}

struct ks_error *ks_trial_follow(const struct ks_trial *trial, struct ks_arena *arena,
				 struct ks_reach *ret)
{
	const struct ks_resolution *resolution = trial->resolution;
	const struct ks_prepared *prepared = resolution->prepared;
	const struct ks_hook *hook = &prepared->hooks[trial->index];
	const struct ks_pointers pointers =
		ks_pointers_of(prepared->object, &prepared->object->programs[trial->index], hook,
			       prepared->callers[trial->index].sleepable, &resolution->site);
	const struct ks_interp_input input = { .object = prepared->object,
					       .program = &prepared->object->programs[trial->index],
					       .cores = resolution->core_values,
					       .externs = resolution->extern_values,
					       .data = prepared->data,
					       .steps = trial->steps,
					       .paths = follows_pointers(hook),
					       .typed = ks_hook_is_typed(hook),
					       .may_be_null = ks_pointer_may_be_null,
					       .kfunc_may_give_null = ks_kfunc_may_give_null,
					       .is_never_null = ks_pointer_is_never_null,
					       .types = &pointers };
	return ks_interp(&input, arena, ret);
}

static int reason_order(const void *a, const void *b)
{
	const struct ks_reason *x = a, *y = b;
	if (x->soft != y->soft)
		return x->soft - y->soft;
	if (x->verdict != y->verdict)
		return x->verdict < y->verdict ? 1 : -1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->insn != y->insn)
		return x->insn < y->insn ? -1 : 1;
	return strcmp(x->name ? x->name : "", y->name ? y->name : "");
}

/** From reasons to verdicts. */
static struct ks_error *conclude(const struct ks_judge *judge, bool optional,
				 struct ks_outcome *ret)
{
	size_t nr = judge->reasons.len;
	struct ks_reason *reasons = ks_arena_array(judge->arena, nr + 1, sizeof(*reasons));
	if (!reasons || judge->nomem)
		return &ks_nomem;
	*ret = (struct ks_outcome){
		.load = judge->untold[KS_STAGE_LOAD] ? KS_VERDICT_UNKNOWN : KS_VERDICT_OK,
		.attach = judge->untold[KS_STAGE_ATTACH] ? KS_VERDICT_UNKNOWN : KS_VERDICT_OK,
		.optional = optional,
		.nr = (uint32_t)nr,
		.reasons = reasons
	};
	ret->verdict = ret->load > ret->attach ? ret->load : ret->attach;
	for (size_t i = 0; i < nr; i++)
		reasons[i] = *judge->reasons.at[i];
	if (nr)
		qsort(reasons, nr, sizeof(*reasons), reason_order);
	for (size_t i = 0; i < nr; i++) {
		if (reasons[i].soft)
			continue;
		if (reasons[i].verdict == KS_VERDICT_NO_LOAD)
			ret->load = KS_VERDICT_NO_LOAD;
		if (reasons[i].verdict == KS_VERDICT_NO_ATTACH)
			ret->attach = KS_VERDICT_NO_ATTACH;
		if (reasons[i].verdict > ret->verdict)
			ret->verdict = reasons[i].verdict;
	}
	return NULL;
}

static struct ks_judge judge_of(const struct ks_trial *trial, const struct ks_reach *reach,
				const struct ks_reach *base_reach, struct ks_arena *arena,
				struct ks_arena *scratch)
{
	const struct ks_prepared *prepared = trial->resolution->prepared;
	return (struct ks_judge){ .arena = arena,
				  .scratch = scratch,
				  .resolution = trial->resolution,
				  .site = &trial->resolution->site,
				  .program = &prepared->object->programs[trial->index],
				  .hook = &prepared->hooks[trial->index],
				  .caller = &prepared->callers[trial->index],
				  .reach = reach,
				  .base_reach = base_reach,
				  .bounds = trial->bounds };
}

static bool is_hard(const struct ks_reason *reason)
{
	return !reason->soft && reason->verdict > KS_VERDICT_UNKNOWN;
}

static bool any_hard(const struct ks_judge *judge)
{
	for (size_t i = 0; i < judge->reasons.len; i++)
		if (is_hard(judge->reasons.at[i]))
			return true;
	return false;
}

static bool is_untold(const struct ks_judge *judge)
{
	for (uint32_t i = 0; i < judge->program->nr; i++)
		if (judge->reach->at[i].ways & KS_WAYS_UNTOLD)
			return true;
	return false;
}

/** Reasons that are none where what is not known is what is supposed. */
static void doubt_others(struct ks_judge *judge, const struct ks_judge *supposed, const char *hint)
{
	for (size_t i = 0; i < judge->reasons.len; i++)
		if (is_hard(judge->reasons.at[i]) &&
		    !ks_judge_agrees(supposed, judge->reasons.at[i]))
			ks_judge_doubt(judge, judge->reasons.at[i], hint);
}

/** And those that are reasons there alone. */
static void wonder(struct ks_judge *judge, const struct ks_judge *supposed, const char *hint)
{
	for (size_t i = 0; i < supposed->reasons.len; i++)
		if (is_hard(supposed->reasons.at[i]) &&
		    !ks_judge_agrees(judge, supposed->reasons.at[i]))
			ks_judge_wonder(judge, supposed->reasons.at[i], hint);
}

/** Judge it where all that is not known has one value. */
static struct ks_error *suppose(const struct ks_trial *trial, struct ks_judge *judge,
				uint64_t value)
{
	struct ks_resolution resolution = *trial->resolution;
	const struct ks_trial supposed = { &resolution, trial->index, trial->steps, trial->bounds };
	struct ks_reach reach;
	KS_TRY(ks_resolution_suppose(judge->scratch, &resolution, value));
	KS_TRY(ks_trial_follow(&supposed, judge->scratch, &reach));
	struct ks_judge other =
		judge_of(trial, &reach, judge->base_reach, judge->scratch, judge->scratch);
	ks_judge_all(&other);
	judge->nomem |= other.nomem;
	if (reach.complete)
		doubt_others(judge, &other, ks_hint_option);
	ks_vector_deinit(&other.reasons);
	return NULL;
}

/**
 * An instruction may be reached in any case and do something else by what is not known: end with another number, read at
 * another place. What is true has to be so whatever that is: options that are not set, set, and numbers as large as any.
 */
static struct ks_error *suppose_all(const struct ks_trial *trial, struct ks_judge *judge)
{
	static const uint64_t values[] = { 0, 1, UINT32_MAX };
	for (size_t i = 0; i < KS_ARRAY_LEN(values) && any_hard(judge) && is_untold(judge); i++)
		KS_TRY(suppose(trial, judge, values[i]));
	return NULL;
}

/** Judge it as if the kernel were of a version. */
static struct ks_error *suppose_version(const struct ks_trial *trial, struct ks_judge *judge,
					uint32_t version)
{
	static const char hint[] = "it depends on the kernel's version, which is not known";
	struct ks_resolution resolution = *trial->resolution;
	const struct ks_trial supposed = { &resolution, trial->index, trial->steps };
	struct ks_reach reach;
	resolution.site.version = version;
	KS_TRY(ks_trial_follow(&supposed, judge->scratch, &reach));
	struct ks_judge other =
		judge_of(&supposed, &reach, judge->base_reach, judge->arena, judge->scratch);
	ks_judge_all(&other);
	judge->nomem |= other.nomem;
	doubt_others(judge, &other, hint);
	wonder(judge, &other, hint);
	ks_vector_deinit(&other.reasons);
	return NULL;
}

/** Of a kernel that does not tell its version, what is not so in all of them is unknown: one of each year or two. */
static struct ks_error *suppose_versions(const struct ks_trial *trial, struct ks_judge *judge)
{
	static const uint32_t versions[] = { KS_SINCE(5, 4),  KS_SINCE(5, 10), KS_SINCE(5, 15),
					     KS_SINCE(6, 1),  KS_SINCE(6, 6),  KS_SINCE(6, 12),
					     KS_SINCE(6, 18), KS_SINCE(7, 2) };
	for (size_t i = 0; i < KS_ARRAY_LEN(versions) && !judge->site->version; i++)
		KS_TRY(suppose_version(trial, judge, versions[i]));
	return NULL;
}

struct ks_error *ks_trial_judge(const struct ks_trial *trial, const struct ks_reach *reach,
				const struct ks_reach *base_reach, struct ks_arena *arena,
				struct ks_arena *scratch, struct ks_outcome *ret)
{
	struct ks_judge judge = judge_of(trial, reach, base_reach, arena, scratch);
	int64_t start = ks_trace_begin(KS_TRACE_CHECK);
	ks_judge_all(&judge);
	struct ks_error *err = suppose_versions(trial, &judge);
	if (!err)
		err = suppose_all(trial, &judge);
	ks_trace_end(KS_TRACE_CHECK, start, "judge %s on %s: %zu reasons", judge.program->name,
		     judge.site->image->label ? judge.site->image->label : "", judge.reasons.len);
	if (!err)
		err = conclude(&judge, trial->resolution->prepared->optional[trial->index], ret);
	ks_vector_deinit(&judge.reasons);
	return err;
}
