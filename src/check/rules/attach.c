/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a loaded program cannot be attached (kernel/trace/trace_kprobe.c, fprobe.c, bpf_trace.c, trampoline.c). */
#include <string.h>

#include "check/reasons.h"

/** What the kernel refuses when a loaded program is attached. */
static void judge_way(struct ks_judge *judge, enum ks_attach_way way, const char *name)
{
	struct ks_attach_result result;
	ks_judge_ask(judge, way, name, &result);
	for (uint32_t i = 0; i < result.nr; i++)
		if (!ks_finding_at_load(&result.at[i]))
			ks_judge_finding(judge, &result.at[i], name);
}

/** libbpf reads the name of a kprobe up to a colon: for it, "module:function" is a function called module. */
static void judge_kprobe_module(struct ks_judge *judge, const struct ks_hook *hook)
{
	if (ks_target_find(judge->site, hook->module).symbol) {
		judge_way(judge, KS_WAY_KPROBE, hook->module);
		return;
	}
	struct ks_reason *reason = ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TARGET_ABSENT,
						KS_ABOUT_NAME(KS_FUNCTION, hook->module),
						"libbpf reads the section's name up to the colon");
	ks_reason_hint(judge, reason, "name the function alone: it is looked for in modules, too");
}

/** kprobe.multi on one function, or on a pattern of names. */
static void judge_kprobe_multi(struct ks_judge *judge, const char *name)
{
	const struct ks_attach_facts facts = ks_site_attach(judge->site);
	struct ks_attach_finding finding;
	enum ks_answer there = ks_attach_multi(&facts, &finding);
	if (there != KS_ANSWER_YES)
		ks_judge_finding(judge, &finding, name);
	if (there == KS_ANSWER_NO)
		return;
	struct ks_target target = ks_target_find(judge->site, name);
	if (!target.symbol && !name[strcspn(name, KS_PATTERN_SPECIAL)])
		// it knows more than that nothing matches
		ks_judge_no_symbol(judge, KS_STAGE_ATTACH, &target, name);
	else
		ks_judge_pattern(judge, name);
}

/** The largest byte of the context that is read, as the verifier notes it for later. */
static uint32_t max_context(const struct ks_judge *judge)
{
	uint32_t max = 0;
	for (uint32_t i = 0; i < judge->program->nr; i++) {
		const struct ks_reached *at = &judge->reach->at[i];
		uint32_t end = (uint32_t)at->ctx_offset + at->ctx_size;
		if (at->reached && at->ctx_size && end > max)
			max = end;
	}
	return max;
}

/** perf_event_set_bpf_prog(): a program must not read beyond the event's record. */
static void judge_record(struct ks_judge *judge, const struct ks_tracepoint *event)
{
	uint32_t max = max_context(judge);
	const struct ks_decl *record = event->record;
	if (!record || !record->nr)
		return;
	uint64_t end = 0;
	for (uint32_t i = 0; i < record->nr; i++) {
		const struct ks_member *member = &record->members[i];
		if (strcmp(member->name, "__data") == 0)
			end = member->bits_offset / 8;
	}
	if (!end || max <= end)
		return;
	ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_CONTEXT_CHANGED,
		     KS_ABOUT_NAME(KS_TRACEPOINT, event->event),
		     "byte %u of the record is read, it has %u", max, (unsigned int)end);
}

static void judge_event(struct ks_judge *judge)
{
	const char *name = judge->hook->target;
	const struct ks_fact *fact = ks_site_fact(judge->site, KS_TRACEPOINT, name);
	struct ks_attach_result result;
	ks_judge_ask(judge, KS_WAY_TRACEPOINT, name, &result);
	if (!fact->present && fact->modules && judge->site->modules)
		fact = fact->modules;
	for (uint32_t i = 0; i < result.nr; i++)
		ks_judge_finding(judge, &result.at[i], name);
	if (result.answer != KS_ANSWER_NO && fact->tracepoint)
		judge_record(judge, fact->tracepoint);
}

/** raw_tp: any tracepoint, also one without an event; and no argument beyond its last. */
static void judge_raw_tracepoint(struct ks_judge *judge, const char *name)
{
	enum ks_presence presence;
	const struct ks_type *proto = ks_tracepoint_proto(judge->site, name, &presence);
	struct ks_attach_result result;
	ks_judge_ask(judge, KS_WAY_RAW_TP, name, &result);
	for (uint32_t i = 0; i < result.nr; i++)
		ks_judge_finding(judge, &result.at[i], name);
	uint32_t read = (max_context(judge) + 7) / 8;
	if (result.answer != KS_ANSWER_NO && proto && proto->nr_params &&
	    read > proto->nr_params - 1)
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_CONTEXT_CHANGED,
			     KS_ABOUT_NAME(KS_TRACEPOINT, name),
			     "argument %u is read, there are %u", read, proto->nr_params - 1);
}

void ks_judge_attach(struct ks_judge *judge)
{
	const struct ks_hook *hook = judge->hook;
	bool named = hook->kind != KS_HOOK_NONE && hook->kind != KS_HOOK_USER &&
		     hook->kind != KS_HOOK_OTHER && hook->kind != KS_HOOK_STRUCT_OPS;
	if (hook->kind == KS_HOOK_OTHER && hook->target) // fentry.multi
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TIER,
			     KS_ABOUT_NAME(KS_FUNCTION, hook->target),
			     "trampolines on patterns are not followed");
	if (!named && !(hook->kind == KS_HOOK_OTHER && hook->needs_target))
		return;
	if (hook->needs_target || !hook->target || hook->kind == KS_HOOK_FREPLACE) {
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TARGET_AT_RUN_TIME,
			     KS_ABOUT_NAME(KS_NR_KINDS, judge->program->section), NULL);
		return;
	}
	switch (hook->kind) {
	case KS_HOOK_KPROBE:
		if (hook->module)
			judge_kprobe_module(judge, hook);
		else
			judge_way(judge, KS_WAY_KPROBE, hook->target);
		break;
	case KS_HOOK_KPROBE_MULTI:
		judge_kprobe_multi(judge, hook->target);
		break;
	case KS_HOOK_KSYSCALL:
		judge_way(judge, KS_WAY_KSYSCALL, hook->target);
		break;
	case KS_HOOK_FENTRY:
		judge_way(judge, KS_WAY_FENTRY, hook->target);
		break;
	case KS_HOOK_FMOD_RET:
		judge_way(judge, KS_WAY_FMOD_RET, hook->target);
		break;
	case KS_HOOK_TRACEPOINT:
		judge_event(judge);
		break;
	case KS_HOOK_SYSCALL_TP:
		judge_way(judge, KS_WAY_SYSCALL_TP, hook->target);
		break;
	case KS_HOOK_RAW_TP:
		judge_raw_tracepoint(judge, hook->target);
		break;
	case KS_HOOK_LSM:
		judge_way(judge, KS_WAY_LSM, hook->target);
		break;
	default:
		break;
	}
}
