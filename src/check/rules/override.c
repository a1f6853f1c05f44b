/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs that change what a function returns are attached to functions that may be made to fail (perf_event_set_bpf_prog()). */
#include "attach/facts.h"
#include "check/rules/rules.h"
#include "check/rules/target.h"

void ks_judge_override(struct ks_judge *judge)
{
	enum { OVERRIDE_RETURN = 58 };
	const char *name = judge->hook->target;
	uint32_t call = ks_judge_find_call(judge, OVERRIDE_RETURN);
	if (call == KS_NO_INDEX)
		return;
	struct ks_target target = ks_target_find(judge->site, name);
	const struct ks_about about = { .kind = KS_FUNCTION, .name = name, .insn = call };
	if (!target.symbol)
		return; // that is another reason
	if (ks_judge_absent(judge, KS_STAGE_ATTACH,
			    ks_attach_bit(judge->site->image, target.symbol, KS_ATTACH_INJECT),
			    &about))
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TARGET_REFUSED, &about,
			     "not on the error injection list: its result cannot be changed");
}
