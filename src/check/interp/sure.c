/* SPDX-License-Identifier: BSD-2-Clause */
/* Instructions that are reached whatever is not told. */
#include <stdlib.h>

#include "base/memory.h"
#include "check/interp/interp.h"
#include "check/interp/opcode.h"

struct leading {
	const struct ks_bpf_object *object;
	const struct ks_bpf_program *program;
	const struct ks_reach *reach;
	bool *leads; // of each instruction: from there the verifier comes to the one that is asked about
};

static bool leads(const struct leading *leading, int64_t at)
{
	return at >= 0 && at < leading->program->nr && leading->leads[at];
}

/** A jump: of ways that depend on what is not told, or that were not followed, each has to lead there. */
static bool jump_leads(const struct leading *leading, uint32_t at)
{
	const struct ks_bpf_insn *insn = &leading->program->insns[at];
	uint8_t ways = leading->reach->at[at].ways, op = ks_opcode_op(insn->code);
	bool narrow = ks_opcode_class(insn->code) == CLASS_JMP32;
	int64_t target = (int64_t)at + 1 + (op == OP_JA && narrow ? insn->imm : insn->off);
	if (op == OP_JA)
		return leads(leading, target);
	bool on = leads(leading, (int64_t)at + 1), jumps = leads(leading, target);
	return (ways & KS_WAY_GOES_ON && on) || (ways & KS_WAY_JUMPS && jumps) ||
	       ((ways & KS_WAYS_UNTOLD || !ways) && on && jumps);
}

/** The function that an instruction calls, or takes the address of for a callback. */
static bool function_leads(const struct leading *leading, uint32_t at)
{
	const struct ks_bpf_ref *ref = ks_bpf_ref_at(leading->object, leading->program, at);
	return ref && (ref->kind == KS_REF_CALL || ref->kind == KS_REF_POINTER) &&
	       leads(leading, (int64_t)ref->offset);
}

static bool instruction_leads(const struct leading *leading, uint32_t at)
{
	const struct ks_bpf_insn *insn = &leading->program->insns[at];
	uint8_t class = ks_opcode_class(insn->code), op = ks_opcode_op(insn->code);
	bool jumps = class == CLASS_JMP || class == CLASS_JMP32;
	if (insn->code == CODE_EXIT)
		return false;
	if (jumps && op != OP_CALL)
		return jump_leads(leading, at);
	return function_leads(leading, at) || leads(leading, (int64_t)at + 1) ||
	       leads(leading, (int64_t)at + ks_opcode_slots(insn->code));
}

bool ks_reach_is_sure(const struct ks_bpf_object *object, const struct ks_bpf_program *program,
		      const struct ks_reach *reach, uint32_t insn)
{
	bool any = !reach->complete, more = true;
	for (uint32_t i = 0; i < program->nr && !any; i++)
		any = reach->at[i].ways & KS_WAYS_UNTOLD;
	if (!any || insn >= program->nr)
		return true;
	_cleanup_free_ bool *found = calloc(program->nr, sizeof(*found));
	const struct leading leading = { object, program, reach, found };
	if (!found)
		return false;
	found[insn] = true;
	while (more) {
		more = false;
		for (uint32_t i = program->nr; i-- > 0;)
			if (reach->at[i].reached && !found[i] && instruction_leads(&leading, i))
				found[i] = more = true;
	}
	return found[0];
}
