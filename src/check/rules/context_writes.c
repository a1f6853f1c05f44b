/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contexts that programs only read whatever stands in them (btf_ctx_access(), nf_is_valid_access()), and what no program does to
 * one: atomic operations (check_atomic()). Of others context_members.c tells.
 */
#include "check/interp/opcode.h"
#include "check/rules/rules.h"
#include "check/rules/type_bits.h"

enum { READ_ONLY = T(LSM) | T(STRUCT_OPS) | T(NETFILTER) };

void ks_judge_context_writes(struct ks_judge *judge)
{
	const struct ks_bpf_program *program = judge->program;
	uint32_t type = ks_prog_type_bit(judge->hook->program_type);
	for (uint32_t i = 0; i < program->nr && type && !judge->hook->guessed; i++) {
		const struct ks_reached *at = &judge->reach->at[i];
		uint8_t code = program->insns[i].code, class = ks_opcode_class(code);
		if (!at->reached || !at->ctx_size || at->modified_ctx ||
		    (class != CLASS_ST && class != CLASS_STX))
			continue;
		bool atomic = class == CLASS_STX && ks_opcode_mode(code) != MODE_MEM;
		const struct ks_about about = { .kind = KS_NR_KINDS, .name = "context", .insn = i };
		if (!atomic && !(type & READ_ONLY))
			continue;
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_POINTER, &about,
			     atomic ? "it is changed by an atomic operation, which no program may"
				    : "it is written, which programs of its type may not");
		return;
	}
}
