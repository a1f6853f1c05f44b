/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hooks that are looked up by BTF when a program is loaded: libbpf finds the id, the kernel checks what it stands for
 * (bpf_check_attach_target(), btf_distill_func_proto()).
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/edit_distance.h"
#include "check/rules/attach_finding.h"
#include "check/rules/pointers.h"
#include "check/rules/rules.h"
#include "check/rules/target.h"

/** Arguments that the program reads beyond those there are: "func 'X' doesn't have N-th argument". */
static void judge_arguments(struct ks_judge *judge, const char *name, uint32_t nr_args, bool result)
{
	const struct ks_pointers pointers = ks_judge_pointers(judge, judge->site);
	for (uint32_t i = 0; i < judge->program->nr; i++) {
		const struct ks_reached *at = &judge->reach->at[i];
		if (!at->reached || !at->ctx_size || at->modified_ctx)
			continue;
		uint32_t arg; // a struct by value takes several words
		ks_argument_of(&pointers, (uint32_t)at->ctx_offset / 8 * 8, &arg);
		if (arg == UINT32_MAX || arg < nr_args + result)
			continue;
		struct ks_about about = { .kind = KS_FUNCTION, .name = name, .insn = i };
		enum ks_reason_kind kind = KS_REASON_SIGNATURE_CHANGED;
		if (judge->hook->kind == KS_HOOK_TP_BTF) {
			kind = KS_REASON_CONTEXT_CHANGED;
			about.kind = KS_TRACEPOINT;
		}
		ks_judge_add(judge, KS_STAGE_LOAD, kind, &about,
			     "argument %u is read, there are %u", arg + 1, nr_args);
		return;
	}
}

/** Whether there is a result to be read behind the arguments: there is none of void. */
static bool gives_result(const struct ks_type *proto)
{
	return proto->inner && proto->inner->kind != KS_TYPE_VOID;
}

/** Nothing is known of a function, or none that the program could be checked against. */
static bool is_the_end(enum ks_attach_why why)
{
	return why == KS_WHY_NO_FUNCTION || why == KS_WHY_NO_BTF_FUNCTION ||
	       why == KS_WHY_NOT_IN_MODULE || why == KS_WHY_NOT_IN_BTF;
}

void ks_judge_function_by_btf(struct ks_judge *judge)
{
	const struct ks_hook *hook = judge->hook;
	bool modifies = hook->kind == KS_HOOK_FMOD_RET, ends = false;
	struct ks_attach_result result;
	ks_judge_ask(judge, modifies ? KS_WAY_FMOD_RET : KS_WAY_FENTRY, hook->target, &result);
	for (uint32_t i = 0; i < result.nr; i++) {
		if (!ks_finding_at_load(&result.at[i]))
			continue;
		ks_judge_finding(judge, &result.at[i], hook->target);
		ends |= is_the_end(result.at[i].why);
	}
	struct ks_target target = ks_target_find(judge->site, hook->target);
	const struct ks_type *proto = ks_target_proto(&target);
	if (!ends && proto && proto->nr_params <= KS_ATTACH_PARAMETERS)
		judge_arguments(judge, hook->target, proto->nr_params,
				(hook->on_return || modifies) && gives_result(proto));
}

/** LSM programs must be under the GPL; the kernel looks at that before it looks whether the hook is open. */
void ks_judge_lsm_by_btf(struct ks_judge *judge)
{
	const char *name = judge->hook->target;
	bool missing = false;
	struct ks_attach_result result;
	ks_judge_ask(judge, KS_WAY_LSM, name, &result);
	for (uint32_t i = 0; i < result.nr; i++) {
		enum ks_attach_why why = result.at[i].why;
		missing |= why == KS_WHY_NO_HOOK || why == KS_WHY_NOT_A_HOOK;
		bool open = why != KS_WHY_HOOK_CLOSED && why != KS_WHY_AWAKE &&
			    why != KS_WHY_HOOK_LISTS_UNTOLD;
		if (ks_finding_at_load(&result.at[i]) && (open || judge->caller->gpl))
			ks_judge_finding(judge, &result.at[i], name);
	}
	const struct ks_pointers pointers = ks_judge_pointers(judge, judge->site);
	if (!missing && pointers.proto)
		judge_arguments(judge, name, pointers.proto->nr_params,
				gives_result(pointers.proto));
	if (!missing && !judge->caller->gpl)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TARGET_REFUSED,
			     KS_ABOUT_NAME(KS_LSM, name), "LSM programs must be GPL-compatible");
}

/** The iterator of the image that may be meant; NULL: none is near. */
static const char *near_iterator(const struct ks_judge *judge)
{
	static const char before[] = "bpf_iter_";
	const char *wanted = judge->hook->target, *near = NULL;
	const struct ks_view_names *names = ks_site_functions(judge->site, "bpf_iter_*");
	unsigned int limit = ks_edit_slips(strlen(wanted));
	for (size_t i = 0; names && i < names->nr; i++) {
		const char *name = names->at[i] + strlen(before);
		char record[64];
		int len = snprintf(record, sizeof(record), "bpf_iter__%s", name);
		if (len < 0 || (size_t)len >= sizeof(record) ||
		    !ks_site_fact(judge->site, KS_STRUCT, record)->decl)
			continue;
		unsigned int distance = ks_edit_distance(wanted, name, limit);
		if (distance > limit || (near && distance == limit))
			continue;
		near = name;
		limit = distance;
	}
	return near;
}

/**
 * The function that gives an iterator its name. Others begin alike, and what programs of a target get is a struct of
 * its name.
 */
void ks_judge_iterator(struct ks_judge *judge)
{
	_cleanup_buf_ struct ks_buf buf = { 0 };
	ks_buf_printf(&buf, "bpf_iter_%s", judge->hook->target);
	const char *name = ks_buf_text(&buf);
	if (!name) {
		judge->nomem = true;
		return;
	}
	struct ks_target target = ks_target_find(judge->site, name);
	const struct ks_about *about = KS_ABOUT_NAME(KS_FUNCTION, judge->hook->target);
	if (ks_judge_absent(judge, KS_STAGE_LOAD, target.in_btf, about)) {
		struct ks_reason *reason =
			ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_ITER_MISSING, about,
				     "no function %s in BTF", name);
		const char *near = near_iterator(judge);
		if (near)
			ks_reason_hint(judge, reason, "did you mean %s?", near);
		return;
	}
	_cleanup_buf_ struct ks_buf record = { 0 };
	ks_buf_printf(&record, "bpf_iter__%s", judge->hook->target);
	const char *context = ks_buf_text(&record);
	judge->nomem |= !context;
	const struct ks_fact *fact = ks_site_fact(judge->site, KS_STRUCT, context ? context : "");
	if (fact->known && !fact->present)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_ITER_MISSING, about,
			     "%s is there, but for something else: there is no struct %s", name,
			     context ? context : "");
	const struct ks_pointers pointers = ks_judge_pointers(judge, judge->site);
	if (pointers.proto)
		judge_arguments(judge, name, pointers.proto->nr_params, false);
}

void ks_judge_tracepoint_by_btf(struct ks_judge *judge)
{
	const char *name = judge->hook->target;
	const struct ks_type *proto = ks_tracepoint_proto(judge->site, name);
	struct ks_attach_result result;
	ks_judge_ask(judge, KS_WAY_TP_BTF, name, &result);
	bool missing = false;
	for (uint32_t i = 0; i < result.nr; i++) {
		ks_judge_finding(judge, &result.at[i], name);
		missing |= result.at[i].why == KS_WHY_NO_EVENT;
	}
	if (!missing && proto && proto->nr_params)
		judge_arguments(judge, name, proto->nr_params - 1, false); // without "void *__data"
}
