/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls of a function that a program attached to it does not see. */
#include <string.h>

#include "check/rules/rules.h"
#include "check/rules/target.h"
#include "surface/issue.h"

/** The first symbol of the function under another name. */
static const char *copy_of(const struct ks_function *fn)
{
	for (uint32_t i = 0; i < fn->nr_symbols; i++)
		if (strcmp(fn->symbols[i].name, fn->name) != 0)
			return fn->symbols[i].name;
	return "a clone";
}

/** Where calls of a function go, and who has it inlined. */
struct calls {
	uint32_t inlined, direct, cloned;
	const char *who[3];
	uint32_t nr_who;
	bool more; // than who has room for
};

static void add_inliner(struct calls *calls, const char *name)
{
	calls->inlined++;
	for (uint32_t i = 0; i < calls->nr_who; i++)
		if (strcmp(calls->who[i], name) == 0)
			return;
	if (calls->nr_who < 3)
		calls->who[calls->nr_who++] = name;
	else
		calls->more = true;
}

/** What splitting a function leaves behind in itself is no call, also where the function is inlined. */
static void count_calls(const struct ks_function *fn, const struct ks_entry *entry,
			struct calls *calls)
{
	for (uint32_t i = 0; i < entry->nr_inline_callers; i++) {
		const struct ks_caller *caller = &entry->inline_callers[i];
		if (!(caller->flags & KS_CALLER_NO_CODE) &&
		    strcmp(caller->function, fn->name) != 0 &&
		    !ks_caller_inside_itself(fn, entry, caller))
			add_inliner(calls, caller->function);
	}
	for (uint32_t i = 0; i < entry->nr_direct_callers; i++) {
		const struct ks_caller *caller = &entry->direct_callers[i];
		if (caller->clone && ks_caller_inside_itself(fn, entry, caller))
			continue;
		calls->direct += caller->clone == 0;
		calls->cloned += caller->clone != 0;
	}
}

/** Calls that go round the symbol: inlined ones, and those to clones. */
void ks_judge_missed_calls(struct ks_judge *judge)
{
	const char *name = judge->hook->target;
	struct ks_target target = ks_target_find(judge->site, name);
	const struct ks_about *about = KS_ABOUT_NAME(KS_FUNCTION, name);
	struct calls calls = { 0 };
	if (!target.symbol || !target.function || !(judge->site->image->facts & KS_FACT_INLINE))
		return;
	for (uint32_t i = 0; i < target.function->nr_entries; i++)
		count_calls(target.function, &target.function->entries[i], &calls);
	uint32_t all = calls.inlined + calls.direct + calls.cloned;
	if (calls.inlined)
		ks_judge_add(judge, KS_STAGE_RUN, KS_REASON_SELECTIVE_INLINE, about,
			     "sees %u of %u calls; inlined into %s%s%s%s%s%s", calls.direct, all,
			     calls.who[0], calls.nr_who > 1 ? ", " : "",
			     calls.nr_who > 1 ? calls.who[1] : "", calls.nr_who > 2 ? ", " : "",
			     calls.nr_who > 2 ? calls.who[2] : "", calls.more ? ", …" : "");
	if (calls.cloned)
		ks_judge_add(judge, KS_STAGE_RUN, KS_REASON_CLONES, about,
			     "%u of %u calls go to copies such as %s", calls.cloned, all,
			     copy_of(target.function));
}
