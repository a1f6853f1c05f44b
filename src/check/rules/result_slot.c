/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Behind the arguments of a function stands what it returns. Where the function has more arguments than where the program was
 * written, that slot is one of them.
 */
#include "check/core/core_type.h"
#include "check/interp/opcode.h"
#include "check/rules/pointers.h"
#include "check/rules/rules.h"

enum { NEAR = 8, SIGN = 31, WIDE_SIGN = 63, HALF = 32 };

/**
 * Whether an instruction looks at the sign of the number in a register.
 * @param bits so does who looks at its bit alone, which is no flag
 */
static bool asks_sign(const struct ks_bpf_insn *insn, uint8_t reg, bool bits,
		      const uint64_t constants[16])
{
	uint8_t class = ks_opcode_class(insn->code), op = ks_opcode_op(insn->code);
	if (insn->dst != reg)
		return false;
	if (class == CLASS_JMP || class == CLASS_JMP32)
		return !(insn->code & SOURCE_REG) && (insn->imm == 0 || insn->imm == -1) &&
		       (op == OP_JSLT || op == OP_JSGE || op == OP_JSGT || op == OP_JSLE);
	if (class != CLASS_ALU && class != CLASS_ALU64)
		return false;
	if (op == OP_AND && !bits)
		return false;
	if (op == OP_AND)
		return insn->code & SOURCE_REG ? constants[insn->src & 15] == UINT64_C(0x80000000)
					       : insn->imm == INT32_MIN;
	if (op == OP_MOV)
		return false;
	return !(insn->code & SOURCE_REG) &&
	       ((op == OP_ARSH && (insn->imm == SIGN || insn->imm >= HALF)) ||
		(bits && op == OP_RSH && (insn->imm == SIGN || insn->imm == WIDE_SIGN)));
}

/** Whether the sign of what an instruction loads is looked at soon, before anything else becomes of it. */
static bool is_signed(const struct ks_judge *judge, uint32_t at, bool bits)
{
	const struct ks_bpf_program *program = judge->program;
	uint8_t reg = program->insns[at].dst;
	uint64_t constants[16] = { 0 };
	for (uint32_t i = at + 1; i < program->nr && i <= at + NEAR; i++) {
		const struct ks_bpf_insn *insn = &program->insns[i];
		uint8_t class = ks_opcode_class(insn->code), op = ks_opcode_op(insn->code);
		if (asks_sign(insn, reg, bits, constants))
			return true;
		if (insn->code == CODE_LD_IMM64 && i + 1 < program->nr && insn->dst != reg) {
			constants[insn->dst & 15] =
				(uint32_t)insn[0].imm | (uint64_t)(uint32_t)insn[1].imm << 32;
			i++;
			continue;
		}
		bool alu = class == CLASS_ALU || class == CLASS_ALU64;
		if (alu && op == OP_MOV && insn->code & SOURCE_REG && insn->src == reg)
			reg = insn->dst; // what follows is about the copy
		else if (class == CLASS_JMP || class == CLASS_JMP32 ||
			 (insn->dst == reg && !(alu && op == OP_LSH)))
			return false;
	}
	return false;
}

/** A number that has no sign: a truth value, an unsigned one, an address. @param ret_bits nor flags where its sign would be */
static bool has_no_sign(const struct ks_site *site, const struct ks_type *type, bool *ret_bits)
{
	struct ks_shape shape = ks_shape_of(site, type);
	*ret_bits = shape.kind == KS_BTF_PTR || ks_shape_size(site, &shape) < sizeof(int32_t);
	return !shape.untold &&
	       (shape.kind == KS_BTF_PTR ||
		(shape.kind == KS_BTF_INT && ks_shape_signed(site, &shape) == KS_ABSENT));
}

/** What the function of the base returns stands in that slot. */
static bool is_result_in_base(const struct ks_judge *judge, uint32_t insn, uint32_t offset)
{
	const struct ks_site *base = &judge->resolution->base;
	if (!base->view || ks_site_same(base, judge->site) || !judge->base_reach ||
	    !judge->base_reach->at[insn].reached)
		return false;
	const struct ks_pointers there = ks_judge_pointers(judge, base);
	uint32_t slot;
	ks_argument_of(&there, offset, &slot);
	return there.proto && there.proto->nr_params == slot;
}

void ks_judge_result_slot(struct ks_judge *judge)
{
	const struct ks_hook *hook = judge->hook;
	if (hook->kind != KS_HOOK_FMOD_RET && !hook->on_return)
		return;
	const struct ks_pointers pointers = ks_judge_pointers(judge, judge->site);
	const struct ks_type *proto = pointers.proto;
	for (uint32_t i = 0; proto && i < judge->program->nr; i++) {
		const struct ks_reached *at = &judge->reach->at[i];
		uint32_t offset = (uint32_t)at->ctx_offset / 8 * 8, slot;
		ks_argument_of(&pointers, offset, &slot);
		if (!at->reached || !at->ctx_size || at->modified_ctx || slot >= proto->nr_params ||
		    ks_opcode_class(judge->program->insns[i].code) != CLASS_LDX)
			continue;
		const struct ks_param *param = &proto->params[slot];
		const struct ks_about about = { .kind = KS_FUNCTION,
						.name = hook->target,
						.insn = i };
		bool bits;
		if (is_result_in_base(judge, i, offset))
			ks_judge_add(judge, KS_STAGE_RUN, KS_REASON_SIGNATURE_CHANGED, &about,
				     "parameter %u, %s, is read where %s has the result", slot + 1,
				     param->name, judge->resolution->base.image->label);
		else if (has_no_sign(judge->site, param->type, &bits) && is_signed(judge, i, bits))
			ks_judge_add(
				judge, KS_STAGE_RUN, KS_REASON_SIGNATURE_CHANGED, &about,
				"parameter %u, %s, has no sign, which the program looks at: it "
				"may be meant for the result, which is number %u here",
				slot + 1, param->name, proto->nr_params + 1);
	}
}
