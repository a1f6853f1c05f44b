/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What functions end with that helpers call: 0 or 1 (prepare_func_exit(), 69c087ba6225). Those that kernel functions call may end
 * with anything (bpf_task_work_schedule_signal(), 38aa7003e369): where a program calls such functions nothing is claimed.
 */
#include "check/interp/opcode.h"
#include "check/rules/rules.h"

/** Where the function that begins at an instruction ends: where the next one begins. */
static uint32_t end_of(const struct ks_bpf_object *object, const struct ks_bpf_program *program,
		       uint32_t begin)
{
	uint32_t end = program->nr;
	for (uint32_t i = 0; i < program->nr; i++) {
		const struct ks_bpf_ref *ref = ks_bpf_ref_at(object, program, i);
		bool function = ref && (ref->kind == KS_REF_CALL || ref->kind == KS_REF_POINTER);
		if (function && ref->offset > begin && ref->offset < end)
			end = (uint32_t)ref->offset;
	}
	return end;
}

static void judge_callback(struct ks_judge *judge, uint32_t begin, uint32_t end)
{
	const struct ks_bpf_insn *insns = judge->program->insns;
	for (uint32_t i = begin; i + 1 < end; i += ks_opcode_slots(insns[i].code)) {
		const struct ks_bpf_insn *insn = &insns[i];
		uint8_t class = ks_opcode_class(insn->code);
		bool sets = (class == CLASS_ALU || class == CLASS_ALU64) &&
			    ks_opcode_op(insn->code) == OP_MOV && !(insn->code & SOURCE_REG) &&
			    insn->dst == 0;
		if (!sets || insn[1].code != CODE_EXIT || !judge->reach->at[i].reached ||
		    insn->imm == 0 || insn->imm == 1)
			continue;
		const struct ks_about about = { .kind = KS_NR_KINDS,
						.name = judge->program->section,
						.insn = i };
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_RESULT, &about,
			     "a function that a helper calls ends with %d, the kernel takes 0 to 1",
			     insn->imm);
		return;
	}
}

static bool calls_kernel_function(const struct ks_bpf_object *object,
				  const struct ks_bpf_program *program)
{
	for (uint32_t i = 0; i < program->nr; i++) {
		const struct ks_bpf_ref *ref = ks_bpf_ref_at(object, program, i);
		if (ref && ref->kind == KS_REF_KFUNC)
			return true;
	}
	return false;
}

void ks_judge_callback_returns(struct ks_judge *judge)
{
	const struct ks_bpf_object *object = judge->resolution->prepared->object;
	const struct ks_bpf_program *program = judge->program;
	if (!judge->reach->complete || calls_kernel_function(object, program))
		return;
	for (uint32_t i = 0; i < program->nr; i++) {
		const struct ks_bpf_ref *ref = ks_bpf_ref_at(object, program, i);
		if (ref && ref->kind == KS_REF_POINTER && judge->reach->at[i].reached &&
		    ref->offset < program->nr)
			judge_callback(judge, (uint32_t)ref->offset,
				       end_of(object, program, (uint32_t)ref->offset));
	}
}
