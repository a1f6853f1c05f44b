/* SPDX-License-Identifier: BSD-2-Clause */
/* What makes a program run but see too little. */
#include <string.h>

#include "check/judge.h"

/** The function whose calls a program sees; NULL when it sees none. */
static const char *function_of(const struct ks_hook *hook)
{
	bool function = hook->kind == KS_HOOK_KPROBE || hook->kind == KS_HOOK_KPROBE_MULTI ||
			hook->kind == KS_HOOK_FENTRY || hook->kind == KS_HOOK_FMOD_RET;
	return function && !hook->needs_target ? hook->target : NULL;
}

/** Calls that go round the symbol: inlined ones, and those to clones. */
static void judge_calls(struct ks_judge *judge, const char *name)
{
	struct ks_target target = ks_target_find(judge->site, name);
	const struct ks_about *about = KS_ABOUT_NAME(KS_FUNCTION, name);
	uint32_t inlined = 0, direct = 0, cloned = 0;
	const char *who[3] = { NULL };
	uint32_t nr_who = 0;
	if (!target.symbol || !target.function || !(judge->site->image->facts & KS_FACT_INLINE))
		return;
	for (uint32_t i = 0; i < target.function->nr_entries; i++) {
		const struct ks_entry *entry = &target.function->entries[i];
		for (uint32_t j = 0; j < entry->nr_inline_callers; j++) {
			const struct ks_caller *caller = &entry->inline_callers[j];
			// a part that was split off is inlined back into its own function
			if ((caller->flags & KS_CALLER_NO_CODE) ||
			    strcmp(caller->function, name) == 0)
				continue;
			inlined++;
			bool named = false;
			for (uint32_t k = 0; k < nr_who; k++)
				named |= strcmp(who[k], caller->function) == 0;
			if (!named && nr_who < 3)
				who[nr_who++] = caller->function;
		}
		for (uint32_t j = 0; j < entry->nr_direct_callers; j++) {
			direct += entry->direct_callers[j].clone == 0;
			cloned += entry->direct_callers[j].clone != 0;
		}
	}
	uint32_t all = inlined + direct + cloned;
	if (inlined)
		ks_judge_add(judge, KS_REASON_SELECTIVE_INLINE, about,
			     "sees %u of %u calls; inlined into %s%s%s%s%s%s", direct, all, who[0],
			     nr_who > 1 ? ", " : "", nr_who > 1 ? who[1] : "",
			     nr_who > 2 ? ", " : "", nr_who > 2 ? who[2] : "",
			     inlined > nr_who ? ", …" : "");
	if (cloned)
		ks_judge_add(judge, KS_REASON_CLONES, about,
			     "%u of %u calls go to copies such as %s", cloned, all,
			     target.function->nr_symbols > 1 ? target.function->symbols[1].name
							     : "a clone");
}

void ks_judge_risks(struct ks_judge *judge)
{
	const char *name = function_of(judge->hook);
	judge->stage = KS_STAGE_RUN;
	if (name)
		judge_calls(judge, name);
	if (judge->scene->subject->object->nr_cores && ks_site_has_btf(judge->site) == KS_ABSENT) {
		ks_judge_add(judge, KS_REASON_CORE_RELO,
			     KS_ABOUT_NAME(KS_CONFIG, "CONFIG_DEBUG_INFO_BTF"),
			     "the kernel has no BTF: relocations need one that the tool brings");
		ks_judge_hint(judge, "give libbpf the kernel's types by btf_custom_path");
	}
	if (judge->hook->kind != KS_HOOK_LSM)
		return;
	const char *active = ks_site_option(judge->site, "CONFIG_LSM");
	if (active && !strstr(active, "bpf")) {
		ks_judge_add(judge, KS_REASON_LSM_MISSING, KS_ABOUT_NAME(KS_CONFIG, "CONFIG_LSM"),
			     "bpf is not among the modules that are active by default: %s", active);
		ks_judge_hint(judge, "boot with lsm=…,bpf");
	}
}
