/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel refuses when a program is loaded, apart from its target. */
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "check/interp/opcode.h"
#include "check/rules/built_with.h"
#include "check/rules/hint.h"
#include "check/rules/kfuncs.h"

/** Program types of which the kernel looks at the expected attach type when it loads them. */
static bool attach_type_is_checked(const struct ks_site *site, const char *type)
{
	static const char *const types[] = { "TRACING",		 "LSM",	       "CGROUP_SOCK",
					     "CGROUP_SOCK_ADDR", "CGROUP_SKB", "CGROUP_SOCKOPT",
					     "SK_LOOKUP",	 "NETFILTER" };
	const char *name = type + strlen("BPF_PROG_TYPE_");
	for (size_t i = 0; i < KS_ARRAY_LEN(types); i++)
		if (strcmp(name, types[i]) == 0)
			return true;
	return strcmp(name, "SK_REUSEPORT") == 0 && site->version >= KS_SINCE(5, 14);
}

static void judge_types(struct ks_judge *judge)
{
	const struct ks_hook *hook = judge->hook;
	const struct ks_site *site = judge->site;
	struct ks_about about = { .kind = KS_NR_KINDS,
				  .name = hook->program_type,
				  .insn = KS_NO_INDEX };
	if (!hook->program_type) {
		about.name = judge->program->section;
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TARGET_AT_RUN_TIME, &about,
			     "the section does not tell a program type");
		return;
	}
	if (ks_judge_absent(judge, KS_STAGE_LOAD,
			    ks_site_has_enumerator(site, "bpf_prog_type", about.name), &about)) {
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_PROG_TYPE, &about,
			     "not in enum bpf_prog_type");
		return;
	}
	const char *option = ks_built_with(about.name);
	if (option && ks_site_built_in(site, option) == KS_ABSENT)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_PROG_TYPE, &about, "%s is not set",
			     option);
	about.name = hook->attach_type;
	if (!about.name)
		return;
	enum ks_stage stage =
		attach_type_is_checked(site, hook->program_type) ? KS_STAGE_LOAD : KS_STAGE_ATTACH;
	if (ks_judge_absent(judge, stage,
			    ks_site_has_enumerator(site, "bpf_attach_type", about.name), &about) &&
	    (stage == KS_STAGE_LOAD || hook->kind == KS_HOOK_KPROBE_MULTI ||
	     hook->kind == KS_HOOK_USER))
		ks_judge_add(judge, stage, KS_REASON_ATTACH_TYPE, &about,
			     "not in enum bpf_attach_type");
}

/** The member that shares most words with the missing one. */
static void hint_at_member(struct ks_judge *judge, struct ks_reason *reason,
			   const struct ks_core_result *result)
{
	const char *best = NULL;
	unsigned int most = 59;
	for (uint32_t i = 0; i < result->nearest->nr; i++) {
		const char *name = result->nearest->members[i].name;
		unsigned int like = ks_name_likeness(result->missing, name);
		if (like > most) {
			most = like;
			best = name;
		}
	}
	if (best)
		ks_reason_hint(judge, reason, "it has %s; choose by bpf_core_field_exists()", best);
	else
		ks_reason_hint(judge, reason, "guard the access with bpf_core_field_exists()");
}

static void judge_core(struct ks_judge *judge, uint32_t at, uint32_t core)
{
	const struct ks_core_spec *spec = judge->resolution->prepared->specs[core];
	const struct ks_core_result *result = &judge->resolution->cores[core];
	uint8_t class = ks_opcode_class(judge->program->insns[at].code);
	bool access = class == CLASS_LDX || class == CLASS_ST || class == CLASS_STX;
	bool refused = result->state == KS_CORE_REFUSED;
	bool poison = result->state == KS_CORE_POISON || (access && result->bad_access);
	bool reached = judge->reach->at[at].reached;
	struct ks_about about = { .kind = spec->enumerator	       ? KS_ENUM
					  : spec->field		       ? KS_FIELD
					  : spec->root_kind < KS_FIELD ? spec->root_kind
								       : KS_NR_KINDS,
				  .name = spec->text,
				  .insn = at,
				  .soft = !reached && !refused };
	if (result->state == KS_CORE_UNTOLD && reached)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TIER, &about, NULL);
	if (!refused && !poison)
		return;
	_cleanup_buf_ struct ks_buf buf = { 0 };
	ks_core_explain(spec, result, &buf);
	const char *text = ks_buf_text(&buf);
	if (!judge->reach->complete && !refused && reached) {
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TIER, &about,
			     "%s; too large to follow", text);
		return;
	}
	struct ks_reason *reason = ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_CORE_RELO, &about,
						"%s", text ? text : "");
	if (result->why == KS_CORE_NO_FIELD)
		hint_at_member(judge, reason, result);
	else if (spec->kind == KS_CORE_ENUM_VALUE)
		ks_reason_hint(judge, reason, "guard it with bpf_core_enum_value_exists()");
	else if (result->why == KS_CORE_NO_TYPE)
		ks_reason_hint(judge, reason, "guard the access with bpf_core_type_exists()");
}

/** libbpf calls the older helpers where the newer ones that read memory do not exist. */
static bool has_fallback(uint32_t helper)
{
	return helper >= 112 && helper <= 115; // probe_read_{user,kernel}{,_str}
}

static void add_missing_helper(struct ks_judge *judge, const struct ks_about *about,
			       uint32_t helper, const char *name)
{
	struct ks_reason *reason = ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_HELPER, about,
						"the kernel has no helper %u", helper);
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
	else if (allowed == KS_NOT_ALLOWED)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_HELPER, &about, "not for %s",
			     judge->caller->program_type);
	else if (allowed == KS_NEEDS_GPL)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_HELPER, &about,
			     "only for GPL-compatible programs");
}

/** A call of a kernel function that is there. */
static void judge_kfunc(struct ks_judge *judge, const struct ks_about *about)
{
	char name[128]; // without a flavour
	snprintf(name, sizeof(name), "%.*s", (int)ks_core_name_len(about->name), about->name);
	enum ks_allowed allowed = ks_kfunc_allowed(judge->site, judge->caller, name);
	struct ks_about anywhere = *about;
	anywhere.soft = false; // the license counts before the verifier follows the program
	if (allowed == KS_NEEDS_GPL)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_KFUNC, &anywhere,
			     "only for GPL-compatible programs");
	else if (allowed == KS_NOT_ALLOWED)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_KFUNC, about, "not for %s",
			     judge->caller->program_type);
	// functions that are called may be callbacks of a kind that may sleep
	else if (!judge->caller->sleepable && about->insn < judge->program->nr_main &&
		 ks_kfunc_sleeps(judge->site, name))
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_KFUNC, about,
			     "only for programs that may sleep");
}

/** A kernel function that is not there, where it would be called or its address taken. */
static void judge_ref(struct ks_judge *judge, uint32_t at, const struct ks_bpf_ref *ref)
{
	const struct ks_bpf_object *object = judge->resolution->prepared->object;
	bool reached = judge->reach->at[at].reached;
	if (ref->kind == KS_REF_LOST) {
		struct ks_about about = { .kind = KS_NR_KINDS, .name = ref->name, .insn = at };
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_KSYM_MISSING, &about,
			     "refers to something that the object does not have");
		return;
	}
	if ((ref->kind != KS_REF_KFUNC && ref->kind != KS_REF_KSYM) ||
	    ref->index >= object->nr_externs)
		return;
	const struct ks_bpf_extern *ext = &object->externs[ref->index];
	enum ks_extern_state state = judge->resolution->externs[ref->index];
	bool called = judge->program->insns[at].code == CODE_CALL;
	struct ks_about about = { .kind = ext->kind == KS_EXTERN_KFUNC ? KS_KFUNC : KS_NR_KINDS,
				  .name = ext->name,
				  .insn = at,
				  .soft = !reached };
	if (state == KS_EXTERN_WEAK && called) {
		struct ks_reason *reason =
			ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_KSYM_MISSING, &about,
				     "the kernel function is missing");
		ks_reason_hint(judge, reason, "ask for it with bpf_ksym_exists() before the call");
	} else if (state == KS_EXTERN_UNTOLD && reached) {
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TIER, &about, NULL);
	} else if (state == KS_EXTERN_FOUND && ext->kind == KS_EXTERN_KFUNC && !called && reached &&
		   judge->site->version && judge->site->version < KS_SINCE(6, 4)) {
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_KSYM_MISSING, &about,
			     "the address of a kernel function can be taken since 6.4");
	} else if (state == KS_EXTERN_FOUND && ext->kind == KS_EXTERN_KFUNC && called) {
		judge_kfunc(judge, &about);
	}
}

static void judge_reach(struct ks_judge *judge)
{
	const struct ks_bpf_program *program = judge->program;
	const struct ks_bpf_object *object = judge->resolution->prepared->object;
	for (uint32_t i = 0; i < program->nr; i++) {
		const struct ks_bpf_insn *insn = &program->insns[i];
		uint32_t core = program->cores ? program->cores[i] : KS_NO_INDEX;
		uint32_t ref = program->refs ? program->refs[i] : KS_NO_INDEX;
		if (core < object->nr_cores)
			judge_core(judge, i, core);
		if (ref < object->nr_refs)
			judge_ref(judge, i, &object->refs[ref]);
		else if (insn->code == CODE_CALL && insn->src == 0 && core >= object->nr_cores)
			judge_helper(judge, i, (uint32_t)insn->imm);
		if (insn->code == CODE_LD_IMM64)
			i++;
	}
}

/** The verifier reads the context only at offsets from its beginning. */
static void judge_context(struct ks_judge *judge)
{
	for (uint32_t i = 0; i < judge->program->nr; i++) {
		const struct ks_reached *at = &judge->reach->at[i];
		if (!at->reached || !at->modified_ctx || !at->ctx_size)
			continue;
		struct ks_about about = { .kind = KS_NR_KINDS, .name = "context", .insn = i };
		if (judge->site->version && judge->site->version < KS_SINCE(7, 0))
			ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_CONTEXT_CHANGED, &about,
				     "read through a pointer into the context");
		return;
	}
}

/** libbpf learns from the maps of operations what a program stands for. */
static void judge_operation(struct ks_judge *judge)
{
	const struct ks_bpf_object *object = judge->resolution->prepared->object;
	if (judge->hook->kind != KS_HOOK_STRUCT_OPS)
		return;
	for (uint32_t i = 0; i < object->nr_struct_ops; i++)
		if (&object->programs[object->struct_ops[i].program] == judge->program)
			return;
	ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_STRUCT_OPS,
		     KS_ABOUT_NAME(KS_NR_KINDS, judge->program->section),
		     "no variable in .struct_ops refers to the program");
}

void ks_judge_program(struct ks_judge *judge)
{
	judge_types(judge);
	judge_operation(judge);
	judge_reach(judge);
	judge_context(judge);
	bool frags = strncmp(judge->program->section, "xdp.frags", 9) == 0;
	if (frags && judge->site->version && judge->site->version < KS_SINCE(5, 18))
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_PROG_TYPE,
			     KS_ABOUT_NAME(KS_NR_KINDS, "xdp.frags"),
			     "packets in fragments are handled since 5.18");
}
