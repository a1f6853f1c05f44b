/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a loaded program cannot be attached (kernel/trace/trace_kprobe.c, fprobe.c, bpf_trace.c, trampoline.c). */
#include <string.h>

#include "check/rules/attach_finding.h"
#include "check/rules/event_record.h"
#include "check/rules/loader.h"
#include "check/rules/pattern.h"
#include "check/rules/rules.h"
#include "check/rules/target.h"

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
static void judge_kprobe_module(struct ks_judge *judge)
{
	const struct ks_hook *hook = judge->hook;
	struct ks_target named = ks_target_find(judge->site, hook->module);
	if (ks_target_code(&named) != KS_ABSENT) {
		judge_way(judge, KS_WAY_KPROBE, hook->module);
		return;
	}
	struct ks_reason *reason = ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TARGET_ABSENT,
						KS_ABOUT_NAME(KS_FUNCTION, hook->module),
						"libbpf reads the section's name up to the colon");
	ks_reason_hint(judge, reason, "name the function alone: it is looked for in modules, too");
}

void ks_judge_kprobe(struct ks_judge *judge)
{
	if (ks_judge_section(judge))
		return;
	if (judge->hook->module)
		judge_kprobe_module(judge);
	else
		judge_way(judge, KS_WAY_KPROBE, judge->hook->target);
}

void ks_judge_kprobe_multi(struct ks_judge *judge)
{
	const char *name = judge->hook->target;
	const struct ks_attach_facts facts = ks_site_attach(judge->site);
	struct ks_attach_finding finding;
	struct ks_target target = ks_target_find(judge->site, name);
	if (!target.symbol && !name[strspn(name, KS_PATTERN_PLAIN)]) {
		// it knows more than that nothing matches
		judge_way(judge, KS_WAY_KPROBE_MULTI, name);
		return;
	}
	enum ks_answer there = ks_attach_multi(&facts, &finding);
	if (there != KS_ANSWER_YES)
		ks_judge_finding(judge, &finding, name);
	if (there != KS_ANSWER_NO)
		ks_judge_pattern(judge, name);
}

void ks_judge_replacement(struct ks_judge *judge)
{
	const struct ks_attach_facts facts = ks_site_attach(judge->site);
	const struct ks_about *about = KS_ABOUT_NAME(KS_NR_KINDS, judge->program->section);
	if (ks_judge_absent(judge, KS_STAGE_ATTACH, ks_attach_replaces(&facts), about))
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_ATTACH_TYPE, about,
			     "eBPF programs cannot be patched on this kernel and architecture");
}

void ks_judge_trampoline(struct ks_judge *judge)
{
	bool modifies = judge->hook->kind == KS_HOOK_FMOD_RET;
	judge_way(judge, modifies ? KS_WAY_FMOD_RET : KS_WAY_FENTRY, judge->hook->target);
}

void ks_judge_syscall(struct ks_judge *judge)
{
	judge_way(judge, KS_WAY_KSYSCALL, judge->hook->target);
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
static void judge_length(struct ks_judge *judge)
{
	const bool call = judge->hook->kind == KS_HOOK_SYSCALL_TP;
	const struct ks_about *about =
		KS_ABOUT_NAME(call ? KS_SYSCALL : KS_TRACEPOINT, judge->hook->target);
	uint32_t max = max_context(judge);
	struct ks_event_record record;
	if (!ks_event_record(judge, judge->site, &record) || !record.end || max <= record.end)
		return;
	if (max <= record.most)
		ks_judge_add(
			judge, KS_STAGE_ATTACH, KS_REASON_TIER, about,
			"byte %u of the record is read, which has %u, or more for what is passed "
			"by pointers",
			max, (unsigned int)record.end);
	else
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_CONTEXT_CHANGED, about,
			     "byte %u of the record is read, it has %u", max,
			     (unsigned int)record.end);
}

void ks_judge_event(struct ks_judge *judge)
{
	const char *name = judge->hook->target;
	struct ks_attach_result result;
	if (ks_judge_section(judge))
		return;
	ks_judge_ask(judge, KS_WAY_TRACEPOINT, name, &result);
	for (uint32_t i = 0; i < result.nr; i++)
		ks_judge_finding(judge, &result.at[i], name);
	if (result.answer != KS_ANSWER_NO)
		judge_length(judge);
}

void ks_judge_syscall_event(struct ks_judge *judge)
{
	judge_way(judge, KS_WAY_SYSCALL_TP, judge->hook->target);
	judge_length(judge);
}

/** No argument may be read beyond the last one, and none beyond the last that any may have. */
void ks_judge_raw_tracepoint(struct ks_judge *judge)
{
	const char *name = judge->hook->target;
	const struct ks_type *proto = ks_tracepoint_proto(judge->site, name);
	struct ks_attach_result result;
	ks_judge_ask(judge, KS_WAY_RAW_TP, name, &result);
	for (uint32_t i = 0; i < result.nr; i++)
		ks_judge_finding(judge, &result.at[i], name);
	uint32_t read = (max_context(judge) + 7) / 8;
	if (read > KS_ATTACH_PARAMETERS) // raw_tp_prog_is_valid_access()
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_CONTEXT_CHANGED,
			     KS_ABOUT_NAME(KS_TRACEPOINT, name),
			     "argument %u is read, there are never more than %d", read,
			     KS_ATTACH_PARAMETERS);
	else if (result.answer != KS_ANSWER_NO && proto && proto->nr_params &&
		 read > proto->nr_params - 1)
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_CONTEXT_CHANGED,
			     KS_ABOUT_NAME(KS_TRACEPOINT, name),
			     "argument %u is read, there are %u", read, proto->nr_params - 1);
}

void ks_judge_lsm(struct ks_judge *judge)
{
	judge_way(judge, KS_WAY_LSM, judge->hook->target);
}

void ks_judge_trampolines_on_pattern(struct ks_judge *judge)
{
	if (judge->hook->target) // fentry.multi
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TIER,
			     KS_ABOUT_NAME(KS_FUNCTION, judge->hook->target),
			     "trampolines on patterns are not followed");
}
