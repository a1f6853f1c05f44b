/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "arch/arch.h"
#include "base/array.h"
#include "check/rules/no_symbol.h"

/** Where a function is inlined. */
struct inlined {
	uint32_t places, entries;
	const char *callers[3]; // the first of different names
	uint32_t nr_callers;
	bool more;
};

static void count_inlined(const struct ks_function *function, struct inlined *ret)
{
	*ret = (struct inlined){ 0 };
	for (uint32_t i = 0; function && i < function->nr_entries; i++) {
		const struct ks_entry *entry = &function->entries[i];
		ret->entries += entry->file != NULL;
		for (uint32_t j = 0; j < entry->nr_inline_callers; j++) {
			const struct ks_caller *caller = &entry->inline_callers[j];
			bool known = false;
			if (caller->flags & KS_CALLER_NO_CODE)
				continue;
			ret->places++;
			for (uint32_t k = 0; k < ret->nr_callers && !known; k++)
				known = strcmp(ret->callers[k], caller->function) == 0;
			if (!known && ret->nr_callers == 3)
				ret->more = true;
			else if (!known)
				ret->callers[ret->nr_callers++] = caller->function;
		}
	}
}

/** What a system call is called behind the prefix of some machine, or of old kernels; NULL: it is no such function. */
static const char *call_of(const char *name)
{
	static const char *const prefixes[] = { "sys_", "SyS_", "__se_sys_", "__do_sys_" };
	for (size_t i = 0; i < KS_ARRAY_LEN(prefixes); i++)
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return name + strlen(prefixes[i]);
	for (size_t i = 0; i < ks_nr_archs; i++) {
		const char *prefix = ks_archs[i].syscall_prefix;
		if (prefix && strncmp(name, prefix, strlen(prefix)) == 0)
			return name + strlen(prefix);
	}
	return NULL;
}

/** The function that system call has here. */
static void hint_call(struct ks_judge *judge, struct ks_reason *reason, const char *name)
{
	const struct ks_arch *arch = ks_arch_by_debian(judge->site->image->arch);
	const char *call = call_of(name);
	char function[128];
	if (!arch || !arch->syscall_prefix || !call)
		return;
	int len = snprintf(function, sizeof(function), "%s%s", arch->syscall_prefix, call);
	if (len < 0 || (size_t)len >= sizeof(function) || strcmp(function, name) == 0 ||
	    !ks_target_find(judge->site, function).symbol)
		return;
	bool kprobe = judge->hook->kind == KS_HOOK_KPROBE;
	ks_reason_hint(judge, reason, "the system call is %s here%s%s%s", function,
		       kprobe ? ": ksyscall/" : "", kprobe ? call : "",
		       kprobe ? " finds it on every machine" : "");
}

static void say_suffixed(struct ks_judge *judge, enum ks_stage stage, const struct ks_about *about,
			 const char *symbol)
{
	struct ks_reason *reason =
		ks_judge_add(judge, stage, KS_REASON_TARGET_SUFFIXED, about, "there is %s", symbol);
	if (ks_suffix_of(symbol) == KS_SUFFIX_CLONE)
		ks_reason_hint(judge, reason,
			       "attach to %s, and mind that its parameters may differ", symbol);
	else if (ks_suffix_of(symbol) == KS_SUFFIX_ALIAS)
		ks_reason_hint(judge, reason, "a kprobe can be on %s, which is the same function",
			       symbol);
}

static void say_inlined(struct ks_judge *judge, enum ks_stage stage, const struct ks_about *about,
			const struct inlined *inlined)
{
	struct ks_reason *reason =
		ks_judge_add(judge, stage, KS_REASON_TARGET_INLINED, about, "inlined at %u place%s",
			     inlined->places, inlined->places == 1 ? "" : "s");
	ks_reason_hint(judge, reason, "it is in %s%s%s%s%s%s", inlined->callers[0],
		       inlined->nr_callers > 1 ? ", " : "",
		       inlined->nr_callers > 1 ? inlined->callers[1] : "",
		       inlined->nr_callers > 2 ? ", " : "",
		       inlined->nr_callers > 2 ? inlined->callers[2] : "",
		       inlined->more ? ", …" : "");
}

void ks_judge_no_symbol(struct ks_judge *judge, enum ks_stage stage, const struct ks_target *target,
			const char *name)
{
	const struct ks_function *function = target->function;
	const struct ks_about *about = KS_ABOUT_NAME(KS_FUNCTION, name);
	struct inlined inlined;
	if (target->by_types) {
		ks_judge_add(judge, stage, KS_REASON_TIER, about,
			     "the image has its type, and lists no symbols");
		return;
	}
	if (target->untold) {
		ks_judge_add(judge, stage, KS_REASON_TIER, about, "the image lists no functions");
		return;
	}
	if (target->only_module) {
		ks_judge_add(judge, stage, KS_REASON_TARGET_MODULE, about, "in module %s",
			     target->module ? target->module : "?");
		return;
	}
	if (function && function->nr_symbols) {
		say_suffixed(judge, stage, about, function->symbols[0].name);
		return;
	}
	count_inlined(function, &inlined);
	if ((judge->site->image->facts & KS_FACT_INLINE) && inlined.places) {
		say_inlined(judge, stage, about, &inlined);
		return;
	}
	if (function && inlined.entries) {
		ks_judge_add(judge, stage, KS_REASON_TARGET_INLINED, about,
			     "no symbol is left of it");
		return;
	}
	struct ks_reason *reason = ks_judge_add(
		judge, stage, KS_REASON_TARGET_ABSENT, about,
		target->fact->known ? NULL : "or inlined, which this image does not tell");
	hint_call(judge, reason, name);
}
