/* SPDX-License-Identifier: BSD-2-Clause */
/* Names outside of the object: symbols, functions and options of the kernel. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "check/interp/opcode.h"
#include "check/rules/kfuncs.h"
#include "check/rules/prototype.h"
#include "check/rules/rules.h"
#include "check/rules/target.h"

/** A function that is there and takes or gives something else. @return NULL: it is none */
static struct ks_reason *add_other_prototype(struct ks_judge *judge, const struct ks_about *about,
					     const struct ks_bpf_extern *ext,
					     const struct ks_target *target)
{
	const struct ks_btf *btf = judge->resolution->prepared->object->btf;
	const struct ks_type *proto = ks_target_proto(target);
	if (ext->kind != KS_EXTERN_KFUNC || !btf || !ext->type || !proto ||
	    target->in_btf != KS_PRESENT)
		return NULL;
	struct ks_btf_type type = ks_btf_type(btf, ext->type);
	_cleanup_buf_ struct ks_buf ours = { 0 }, theirs = { 0 };
	ks_prototype_of_btf(btf, type.kind == KS_BTF_FUNC ? type.type : ext->type, &ours);
	ks_prototype_of_type(proto, &theirs);
	const char *a = ks_buf_text(&ours), *b = ks_buf_text(&theirs);
	judge->nomem |= !a || !b;
	return a && b ? ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_KFUNC, about,
				     "the object has it as %s, the kernel as %s", a, b)
		      : NULL;
}

/** A variable that BTF describes with another type. @return NULL: it is none */
static struct ks_reason *add_other_type(struct ks_judge *judge, const struct ks_about *about,
					const struct ks_bpf_extern *ext)
{
	const struct ks_btf *btf = judge->resolution->prepared->object->btf;
	const struct ks_type *type = ks_site_variable(judge->site, ext->name);
	if (!btf || !ext->type || !type ||
	    ks_site_symbol(judge->site, ext->name, true) != KS_PRESENT)
		return NULL;
	_cleanup_buf_ struct ks_buf ours = { 0 }, theirs = { 0 };
	ks_type_text_of_btf(btf, ext->type, &ours);
	ks_type_text_of_type(type, &theirs);
	const char *a = ks_buf_text(&ours), *b = ks_buf_text(&theirs);
	judge->nomem |= !a || !b;
	if (!a || !b)
		return NULL;
	struct ks_reason *reason =
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_LOADER, about,
			     "the object declares the variable as %s, the kernel has %s", a, b);
	ks_reason_hint(judge, reason, "declare it with the type that the kernel has");
	return reason;
}

/** A symbol or a function that is not to be had. */
static void judge_missing(struct ks_judge *judge, const struct ks_about *about,
			  const struct ks_bpf_extern *ext)
{
	char name[256]; // without a flavour
	snprintf(name, sizeof(name), "%.*s", (int)ks_core_name_len(ext->name), ext->name);
	struct ks_target target = ks_target_find(judge->site, name);
	struct ks_reason *reason;
	if (ext->kind == KS_EXTERN_KSYM && add_other_type(judge, about, ext))
		return;
	if (ext->kind == KS_EXTERN_KFUNC && target.only_module)
		reason = ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_KSYM_MISSING, about,
				      "in module %s, which must be loaded",
				      target.module ? target.module : "?");
	else
		reason = add_other_prototype(judge, about, ext, &target);
	if (!reason)
		reason = ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_KSYM_MISSING, about,
				      ext->type ? "not in BTF" : "not in kallsyms");
	ks_reason_hint(judge, reason, "declare it __weak and ask for it with bpf_ksym_exists()");
}

/** An option of another type than it is declared with. */
static void judge_unfit(struct ks_judge *judge, const struct ks_about *about,
			const struct ks_known *known)
{
	const char *option = ks_site_option(judge->site, about->name);
	char number[24];
	snprintf(number, sizeof(number), "%" PRIu64, known->value);
	struct ks_reason *reason =
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_KCONFIG, about,
			     "its value here, %s, does not fit the type it is declared with",
			     strncmp(about->name, "CONFIG_", 7) == 0 && option ? option : number);
	ks_reason_hint(judge, reason,
		       "y is for bool, m for enum libbpf_tristate, a text for an array of char, a "
		       "number for an integer that holds it");
}

static void judge_extern(struct ks_judge *judge, uint32_t index)
{
	const struct ks_bpf_extern *ext = &judge->resolution->prepared->object->externs[index];
	bool kconfig = ext->kind == KS_EXTERN_KCONFIG;
	struct ks_about about = { .kind = kconfig			 ? KS_CONFIG
					  : ext->kind == KS_EXTERN_KFUNC ? KS_KFUNC
									 : KS_NR_KINDS,
				  .name = ext->name,
				  .insn = KS_NO_INDEX };
	if (judge->resolution->externs[index] == KS_EXTERN_UNTOLD && !ext->weak) {
		ks_judge_add(
			judge, KS_STAGE_LOAD, KS_REASON_TIER, &about,
			kconfig ? "the configuration is not known: add the kernel with --config"
				: "the image does not tell whether there is such a symbol");
		return;
	}
	if (judge->resolution->externs[index] == KS_EXTERN_UNFIT)
		judge_unfit(judge, &about, &judge->resolution->extern_values[index]);
	if (judge->resolution->externs[index] != KS_EXTERN_MISSING)
		return;
	struct ks_reason *reason;
	if (kconfig && strncmp(ext->name, "CONFIG_", 7) != 0 &&
	    strncmp(ext->name, "LINUX_", 6) != 0) {
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_KCONFIG, &about,
			     "neither an option (CONFIG_…) nor one of libbpf's own (LINUX_…)");
	} else if (kconfig) {
		reason = ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_KCONFIG, &about,
				      strcmp(ext->name, "LINUX_KERNEL_VERSION") == 0
					      ? "the release has no three numbers"
					      : "not set");
		ks_reason_hint(judge, reason, "declare it __weak, and it reads as zero");
	} else {
		judge_missing(judge, &about, ext);
	}
}

void ks_judge_externs(struct ks_judge *judge)
{
	for (uint32_t i = 0; i < judge->resolution->prepared->object->nr_externs; i++)
		judge_extern(judge, i);
}

/** A call of a kernel function that is there. */
static void judge_kfunc(struct ks_judge *judge, const struct ks_about *about)
{
	char name[128]; // without a flavour
	snprintf(name, sizeof(name), "%.*s", (int)ks_core_name_len(about->name), about->name);
	enum ks_allowed allowed = ks_kfunc_allowed(judge->site, judge->caller, name);
	const struct ks_attach_facts facts = ks_site_attach(judge->site);
	struct ks_about anywhere = *about;
	anywhere.soft = false; // the license counts before the verifier follows the program
	enum ks_presence compiles = ks_attach_compiles(&facts);
	if (compiles == KS_ABSENT) // add_kfunc_call() looks at all
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_KFUNC, &anywhere,
			     "only for programs that are compiled: " KS_JIT_OPTION " is not set");
	else if (allowed == KS_NEEDS_GPL)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_KFUNC, &anywhere,
			     "only for GPL-compatible programs");
	else if (allowed == KS_NOT_ALLOWED && judge->caller->hook == KS_HOOK_STRUCT_OPS &&
		 judge->caller->target)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_KFUNC, about, "not for %s",
			     judge->caller->target);
	else if (allowed == KS_NOT_ALLOWED)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_KFUNC, about, "not for %s",
			     judge->caller->program_type);
	else if (compiles == KS_UNTOLD)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TIER, &anywhere,
			     "only for programs that are compiled: " KS_JIT_UNTOLD);
	else if (allowed == KS_ALLOWED_UNTOLD && !about->soft)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TIER, about,
			     "which types of programs may call it on this kernel is not known");
	// functions that are called may be callbacks of a kind that may sleep
	else if (!judge->caller->sleepable && about->insn < judge->program->nr_main &&
		 ks_kfunc_sleeps(judge->site, name))
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_KFUNC, about,
			     "only for programs that may sleep");
}

/** Is it something for which the loader does not open the object? */
static bool is_refused(const struct ks_bpf_object *object, const char *name)
{
	for (uint32_t i = 0; name && i < object->nr_refusals; i++)
		if (strcmp(object->refusals[i].name, name) == 0)
			return true;
	for (uint32_t i = 0; name && i < object->nr_strays; i++)
		if (strcmp(object->strays[i].name, name) == 0)
			return true;
	return false;
}

/** A kernel function that is not there, where it would be called or its address taken. */
static void judge_ref(struct ks_judge *judge, uint32_t at, const struct ks_bpf_ref *ref)
{
	const struct ks_bpf_object *object = judge->resolution->prepared->object;
	bool reached = judge->reach->at[at].reached;
	if (ref->kind == KS_REF_LOST && is_refused(object, ref->name))
		return; // the loader looks at these first
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
	static const struct ks_gate addresses = { KS_SINCE(6, 4), "58aa2afbb1e6" };
	struct ks_about about = { .kind = ext->kind == KS_EXTERN_KFUNC ? KS_KFUNC : KS_NR_KINDS,
				  .name = ext->name,
				  .insn = at,
				  .soft = !reached };
	if (state == KS_EXTERN_WEAK && called) {
		struct ks_reason *reason =
			ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_KSYM_MISSING, &about,
				     "the kernel function is missing");
		ks_reason_hint(judge, reason, "ask for it with bpf_ksym_exists() before the call");
	} else if (state == KS_EXTERN_NO_ADDRESS) { // asked for before any path is followed
		about.soft = false;
		struct ks_reason *reason =
			ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_KSYM_MISSING, &about,
				     "BTF has the variable, but kallsyms has no data without "
				     "CONFIG_KALLSYMS_ALL");
		ks_reason_hint(judge, reason,
			       "leave the program out there: bpf_program__set_autoload()");
	} else if (state == KS_EXTERN_ADDRESS_UNTOLD) {
		ks_judge_unset(judge, KS_STAGE_LOAD, &about, "CONFIG_KALLSYMS_ALL");
	} else if (state == KS_EXTERN_UNTOLD && reached) {
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TIER, &about, NULL);
	} else if (state == KS_EXTERN_FOUND && ext->kind == KS_EXTERN_KFUNC && !called && reached &&
		   judge->site->version && !ks_gate_is_open(&addresses, judge->site->version)) {
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_KSYM_MISSING, &about,
			     "the address of a kernel function can be taken since 6.4");
	} else if (state == KS_EXTERN_FOUND && ext->kind == KS_EXTERN_KFUNC && called) {
		judge_kfunc(judge, &about);
	}
}

void ks_judge_references(struct ks_judge *judge)
{
	const struct ks_bpf_program *program = judge->program;
	const struct ks_bpf_object *object = judge->resolution->prepared->object;
	for (uint32_t i = 0; i < program->nr; i += ks_opcode_slots(program->insns[i].code)) {
		const struct ks_bpf_ref *ref = ks_bpf_ref_at(object, program, i);
		if (ref)
			judge_ref(judge, i, ref);
	}
}
