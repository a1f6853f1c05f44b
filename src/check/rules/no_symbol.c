/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

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

void ks_judge_no_symbol(struct ks_judge *judge, enum ks_stage stage, const struct ks_target *target,
			const char *name)
{
	const struct ks_function *function = target->function;
	const struct ks_about *about = KS_ABOUT_NAME(KS_FUNCTION, name);
	struct inlined inlined;
	struct ks_reason *reason;
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
		reason = ks_judge_add(judge, stage, KS_REASON_TARGET_SUFFIXED, about, "there is %s",
				      function->symbols[0].name);
		if (ks_suffix_of(function->symbols[0].name) == KS_SUFFIX_CLONE)
			ks_reason_hint(judge, reason,
				       "attach to %s, and mind that its parameters may differ",
				       function->symbols[0].name);
		else if (ks_suffix_of(function->symbols[0].name) == KS_SUFFIX_ALIAS)
			ks_reason_hint(judge, reason,
				       "a kprobe can be on %s, which is the same function",
				       function->symbols[0].name);
		return;
	}
	count_inlined(function, &inlined);
	if ((judge->site->image->facts & KS_FACT_INLINE) && inlined.places) {
		reason = ks_judge_add(judge, stage, KS_REASON_TARGET_INLINED, about,
				      "inlined at %u place%s", inlined.places,
				      inlined.places == 1 ? "" : "s");
		ks_reason_hint(judge, reason, "it is in %s%s%s%s%s%s", inlined.callers[0],
			       inlined.nr_callers > 1 ? ", " : "",
			       inlined.nr_callers > 1 ? inlined.callers[1] : "",
			       inlined.nr_callers > 2 ? ", " : "",
			       inlined.nr_callers > 2 ? inlined.callers[2] : "",
			       inlined.more ? ", …" : "");
		return;
	}
	if (function && inlined.entries) {
		ks_judge_add(judge, stage, KS_REASON_TARGET_INLINED, about,
			     "no symbol is left of it");
		return;
	}
	ks_judge_add(judge, stage, KS_REASON_TARGET_ABSENT, about,
		     target->fact->known ? NULL : "or inlined, which this image does not tell");
}
