/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls of helpers that the kernel does not have, or not for this program. */
#include <stdio.h>

#include "bpf/names.h"
#include "check/interp/opcode.h"
#include "check/rules/elsewhere.h"
#include "check/rules/feature_options.h"
#include "check/rules/helpers.h"
#include "check/rules/rules.h"

/** libbpf calls the older helpers where the newer ones that read memory do not exist. */
static bool has_fallback(uint32_t helper)
{
	return helper >= 112 && helper <= 115; // probe_read_{user,kernel}{,_str}
}

static void add_missing_helper(struct ks_judge *judge, const struct ks_about *about,
			       uint32_t helper, const char *name)
{
	char enumerator[128];
	snprintf(enumerator, sizeof(enumerator), "BPF_FUNC_%s", name ? name + 4 : "");
	struct ks_reason *reason = ks_judge_add(
		judge, KS_STAGE_LOAD, KS_REASON_HELPER, about, "the kernel has no helper %u%s",
		helper, ks_elsewhere_since(judge->site, "bpf_func_id", enumerator, judge->arena));
	if (!about->soft)
		ks_reason_hint(judge, reason,
			       "guard the call with bpf_core_enum_value_exists(enum bpf_func_id, "
			       "BPF_FUNC_%s)",
			       name ? name + 4 : "…");
}

static void judge_helper(struct ks_judge *judge, uint32_t at, uint32_t helper)
{
	const struct ks_bpf_object *object = judge->resolution->prepared->object;
	enum ks_presence present = ks_helper_present(judge->site, helper);
	enum ks_allowed allowed = ks_helper_allowed(judge->site, judge->caller, helper);
	const char *name = ks_helper_name(judge->site, object->btf, helper, judge->arena);
	char number[32];
	snprintf(number, sizeof(number), "helper %u", helper);
	struct ks_about about = { .kind = KS_NR_KINDS,
				  .name = name ? name : number,
				  .insn = at,
				  .soft = !judge->reach->at[at].reached };
	if (present == KS_PRESENT && allowed == KS_ALLOWED)
		return;
	if (present == KS_ABSENT && has_fallback(helper))
		return;
	if (present == KS_UNTOLD && !about.soft)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TIER, &about,
			     "the image has no enum bpf_func_id");
	else if (present == KS_ABSENT)
		add_missing_helper(judge, &about, helper, name);
	else if (allowed == KS_NOT_ALLOWED && judge->caller->hook == KS_HOOK_STRUCT_OPS &&
		 judge->caller->group)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_HELPER, &about,
			     "not for operations of struct %s", judge->caller->group);
	else if (allowed == KS_NOT_ALLOWED)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_HELPER, &about, "not for %s",
			     judge->caller->program_type);
	else if (allowed == KS_NEEDS_GPL)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_HELPER, &about,
			     "only for GPL-compatible programs");
	else if (allowed == KS_ALLOWED_UNTOLD && !about.soft)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TIER, &about,
			     "whether %s may call it is not known", judge->caller->program_type);
}

/** What an option brings, and the enum lists without it. */
static void judge_option(struct ks_judge *judge, uint32_t at, uint32_t helper)
{
	const char *name = ks_bpf_helper_name(helper), *option;
	const struct ks_about about = {
		.kind = KS_NR_KINDS, .name = name, .insn = at, .soft = !judge->reach->at[at].reached
	};
	if (!name || ks_helper_present(judge->site, helper) != KS_PRESENT)
		return;
	enum ks_presence built = ks_feature_built_in(judge->site, name, &option);
	if (built == KS_ABSENT)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_HELPER, &about, "%s is not set",
			     option);
	else if (built == KS_UNTOLD && !about.soft)
		ks_judge_unset(judge, KS_STAGE_LOAD, &about, option);
}

uint32_t ks_judge_find_call(const struct ks_judge *judge, int32_t helper)
{
	const struct ks_bpf_program *program = judge->program;
	for (uint32_t i = 0; i < program->nr; i += ks_opcode_slots(program->insns[i].code)) {
		const struct ks_bpf_insn *insn = &program->insns[i];
		if (insn->code == CODE_CALL && insn->src == 0 && insn->imm == helper &&
		    judge->reach->at[i].reached)
			return i;
	}
	return KS_NO_INDEX;
}

/** allow_tail_call_in_subprogs() until 6.0, bpf_jit_supports_subprog_tailcalls() since. */
void ks_judge_tail_calls(struct ks_judge *judge)
{
	enum { TAIL_CALL = 12 };
	const struct ks_bpf_program *program = judge->program;
	const struct ks_attach_facts facts = ks_site_attach(judge->site);
	const struct ks_about about = { .kind = KS_NR_KINDS,
					.name = "bpf_tail_call",
					.insn = ks_judge_find_call(judge, TAIL_CALL) };
	if (program->nr == program->nr_main || about.insn == KS_NO_INDEX)
		return;
	if (ks_attach_compiles(&facts) == KS_ABSENT)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_HELPER, &about,
			     "beside functions of its own only in programs that are "
			     "compiled: " KS_JIT_OPTION " is not set");
	else if (ks_judge_absent(judge, KS_STAGE_LOAD, ks_attach_mixes_tail_calls(&facts), &about))
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_HELPER, &about,
			     "not in programs with functions of their own, on %s of that version",
			     facts.image->arch);
}

/** fixup_call_args(): the interpreter has no addresses of functions to give. */
void ks_judge_callbacks(struct ks_judge *judge)
{
	const struct ks_bpf_program *program = judge->program;
	const struct ks_bpf_object *object = judge->resolution->prepared->object;
	const struct ks_attach_facts facts = ks_site_attach(judge->site);
	enum ks_presence compiles = ks_attach_compiles(&facts);
	if (compiles == KS_PRESENT)
		return;
	for (uint32_t i = 0; i < program->nr; i++) {
		const struct ks_bpf_ref *ref = ks_bpf_ref_at(object, program, i);
		if (!ref || ref->kind != KS_REF_POINTER || !judge->reach->at[i].reached)
			continue;
		const struct ks_about about = { .kind = KS_NR_KINDS,
						.name = "callback",
						.insn = i };
		if (compiles == KS_UNTOLD)
			ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TIER, &about,
				     "only in programs that are compiled: " KS_JIT_UNTOLD);
		else
			ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_HELPER, &about,
				     "only in programs that are compiled: " KS_JIT_OPTION
				     " is not set");
		return;
	}
}

void ks_judge_helper_calls(struct ks_judge *judge)
{
	const struct ks_bpf_program *program = judge->program;
	const struct ks_bpf_object *object = judge->resolution->prepared->object;
	for (uint32_t i = 0; i < program->nr; i += ks_opcode_slots(program->insns[i].code)) {
		const struct ks_bpf_insn *insn = &program->insns[i];
		bool relocated = (program->cores && program->cores[i] < object->nr_cores) ||
				 ks_bpf_ref_at(object, program, i);
		if (insn->code != CODE_CALL || insn->src != 0 || relocated)
			continue;
		judge_helper(judge, i, (uint32_t)insn->imm);
		judge_option(judge, i, (uint32_t)insn->imm);
	}
}
