/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs that change what a function returns are attached to functions that may be made to fail (perf_event_set_bpf_prog()). */
#include "attach/facts.h"
#include "check/interp/opcode.h"
#include "check/rules/rules.h"
#include "check/rules/target.h"

/** The first reached call of bpf_override_return(); the number of instructions: none. */
static uint32_t find_call(const struct ks_judge *judge)
{
	enum { OVERRIDE_RETURN = 58 };
	const struct ks_bpf_program *program = judge->program;
	uint32_t i = 0;
	while (i < program->nr) {
		const struct ks_bpf_insn *insn = &program->insns[i];
		if (insn->code == CODE_CALL && insn->src == 0 && insn->imm == OVERRIDE_RETURN &&
		    judge->reach->at[i].reached)
			return i;
		i += ks_opcode_slots(insn->code);
	}
	return program->nr;
}

void ks_judge_override(struct ks_judge *judge)
{
	const char *name = judge->hook->target;
	uint32_t call = find_call(judge);
	if (call >= judge->program->nr)
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
