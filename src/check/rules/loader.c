/* SPDX-License-Identifier: BSD-2-Clause */
/* What libbpf 1.x refuses, whatever the kernel (bpf_object__open(), attach_kprobe(), attach_tp()). */
#include "check/rules/loader.h"

#include "bpf/hook.h"
#include "check/rules/rules.h"

void ks_judge_loader(struct ks_judge *judge)
{
	const struct ks_bpf_object *object = judge->resolution->prepared->object;
	const struct ks_arch *arch = ks_arch_by_debian(judge->site->image->arch);
	struct ks_reason *reason;
	if (object->legacy_maps) {
		reason = ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_LOADER,
				      KS_ABOUT_NAME(KS_NR_KINDS, object->legacy_maps),
				      "libbpf 1.0 and later do not open objects with maps that BTF "
				      "does not describe; older and other loaders do");
		ks_reason_hint(judge, reason, "declare the maps in the section .maps");
	}
	for (uint32_t i = 0; i < object->nr_strays; i++) {
		reason = ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_LOADER,
				      KS_ABOUT_NAME(KS_NR_KINDS, object->strays[i].name),
				      "it is defined nowhere, and not declared as the kernel's "
				      "(__ksym, __kconfig): libbpf does not open the object");
		ks_reason_hint(judge, reason, "link it first: bpftool gen object");
	}
	for (uint32_t i = 0; i < object->nr_refusals; i++)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_LOADER,
			     KS_ABOUT_NAME(KS_NR_KINDS, object->refusals[i].name),
			     "libbpf does not open the object: %s", object->refusals[i].why);
	if (object->no_symbols)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_LOADER,
			     KS_ABOUT_NAME(KS_NR_KINDS, object->name),
			     "it has no symbol table: libbpf takes it for a stripped file");
	if (arch && arch->big_endian != object->big_endian)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_LOADER,
			     KS_ABOUT_NAME(KS_NR_KINDS, object->name),
			     "the object is of the other byte order: built for %s-endian machines",
			     object->big_endian ? "big" : "little");
}

bool ks_judge_section(struct ks_judge *judge)
{
	const struct ks_hook *hook = judge->hook;
	const struct ks_about *about = KS_ABOUT_NAME(KS_NR_KINDS, judge->program->section);
	if (hook->kind == KS_HOOK_TRACEPOINT && !hook->group)
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_LOADER, about,
			     "an event is named with its system: tracepoint/SYSTEM/EVENT");
	else if (hook->kind == KS_HOOK_KPROBE && hook->on_return && hook->offset)
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_LOADER, about,
			     "kretprobes take no offset");
	else if (hook->kind == KS_HOOK_KPROBE && !ks_hook_function_len(hook->target))
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_LOADER, about,
			     "it finds no name of a function there");
	else
		return false;
	return true;
}
