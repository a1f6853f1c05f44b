/* SPDX-License-Identifier: BSD-2-Clause */
/* Instructions that older kernels do not know, or refuse (include/uapi/linux/bpf.h, kernel/bpf/verifier.c). */
#include "check/interp/opcode.h"
#include "check/rules/rules.h"
#include "check/rules/type_bits.h"

/** What makes an instruction newer than the first eBPF, and since when the verifier takes it. */
struct feature {
	struct ks_gate gate;
	bool everywhere; // refused wherever it stands, not only where it can be reached
	const char *name;
};

enum {
	NONE,
	JMP32,
	ATOMIC,
	LOAD_ACQUIRE,
	SIGNED_LOAD,
	SIGNED_DIVIDE,
	SIGNED_MOVE,
	BYTE_SWAP,
	LONG_JUMP,
	MAY_GOTO,
	CAST,
	NR_FEATURES,
};
static const struct feature features[NR_FEATURES] = {
	[JMP32] = { { KS_SINCE(5, 1), "092ed0968bb6" }, true, "32-bit jumps" },
	[ATOMIC] = { { KS_SINCE(5, 12), "5ca419f2864a" }, true, "atomic operations that fetch" },
	[LOAD_ACQUIRE] = { { KS_SINCE(6, 15), "880442305a39" },
			   false,
			   "load-acquire and store-release" },
	[SIGNED_LOAD] = { { KS_SINCE(6, 6), "1f9a1ea821ff" }, true, "sign-extending loads" },
	[SIGNED_DIVIDE] = { { KS_SINCE(6, 6), "ec0e2da95f72" }, false, "signed division" },
	[SIGNED_MOVE] = { { KS_SINCE(6, 6), "8100928c8814" }, false, "sign-extending moves" },
	[BYTE_SWAP] = { { KS_SINCE(6, 6), "0845c3db7bf5" }, true, "unconditional byte swaps" },
	[LONG_JUMP] = { { KS_SINCE(6, 6), "4cd58e9af8b9" }, true, "32-bit jump distances" },
	[MAY_GOTO] = { { KS_SINCE(6, 9), "011832b97b31" }, true, "may_goto" },
	[CAST] = { { KS_SINCE(6, 9), "6082b6c328b5" }, false, "address space casts" },
};

static int alu_feature(const struct ks_bpf_insn *insn, bool wide)
{
	uint8_t op = ks_opcode_op(insn->code);
	if (op == OP_END)
		return wide ? BYTE_SWAP : NONE;
	if (insn->off == 0)
		return NONE;
	if (op == OP_DIV || op == OP_MOD)
		return SIGNED_DIVIDE;
	if (op == OP_MOV)
		return insn->off == 1 ? CAST : SIGNED_MOVE;
	return NONE;
}

static int feature_of(const struct ks_bpf_insn *insn)
{
	uint8_t class = ks_opcode_class(insn->code), mode = ks_opcode_mode(insn->code);
	uint8_t op = ks_opcode_op(insn->code);
	switch (class) {
	case CLASS_LDX:
		return mode == MODE_MEMSX ? SIGNED_LOAD : NONE;
	case CLASS_STX:
		if (mode != MODE_ATOMIC || insn->imm == 0)
			return NONE;
		return insn->imm == ATOMIC_LOAD || insn->imm == ATOMIC_STORE ? LOAD_ACQUIRE
									     : ATOMIC;
	case CLASS_ALU:
	case CLASS_ALU64:
		return alu_feature(insn, class == CLASS_ALU64);
	case CLASS_JMP32:
		return op == OP_JA ? LONG_JUMP : JMP32;
	case CLASS_JMP:
		return op == OP_JCOND ? MAY_GOTO : NONE;
	default:
		return NONE;
	}
}

void ks_judge_insns(struct ks_judge *judge)
{
	const struct ks_bpf_program *program = judge->program;
	if (!judge->site->version)
		return;
	for (uint32_t i = 0; i < program->nr; i++) {
		if (program->insns[i].code == CODE_LD_IMM64) {
			i++;
			continue;
		}
		const struct feature *feature = &features[feature_of(&program->insns[i])];
		if (!feature->name || ks_gate_is_open(&feature->gate, judge->site->version))
			continue;
		struct ks_about about = { .kind = KS_NR_KINDS,
					  .name = feature->name,
					  .insn = i,
					  .soft = !feature->everywhere &&
						  !judge->reach->at[i].reached };
		struct ks_reason *reason = ks_judge_add(
			judge, KS_STAGE_LOAD, KS_REASON_INSN_SET, &about, "since %u.%u",
			feature->gate.since >> 16, feature->gate.since >> 8 & 255);
		if (!about.soft)
			ks_reason_hint(judge, reason,
				       "build with clang -mcpu=v2, or v3 without them");
	}
}

/**
 * Types whose verifier ops have a convert_ctx_access(): accesses of their context are rewritten. The others have none: a
 * program of theirs may read it through a pointer into it (check_ctx_access()).
 */
static const uint32_t rewritten =
	T(SOCKET_FILTER) | T(SCHED_CLS) | T(SCHED_ACT) | T(XDP) | T(PERF_EVENT) | T(CGROUP_SKB) |
	T(CGROUP_SOCK) | T(LWT_IN) | T(LWT_OUT) | T(LWT_XMIT) | T(SOCK_OPS) | T(SK_SKB) |
	T(SK_MSG) | T(CGROUP_SOCK_ADDR) | T(LWT_SEG6LOCAL) | T(SK_REUSEPORT) | T(FLOW_DISSECTOR) |
	T(CGROUP_SYSCTL) | T(CGROUP_SOCKOPT) | T(SK_LOOKUP);

void ks_judge_context_pointers(struct ks_judge *judge)
{
	static const struct ks_gate moved = { KS_SINCE(7, 1), "de6c7d99f898" };
	uint32_t type = ks_prog_type_bit(judge->hook->program_type);
	uint32_t version = judge->site->version;
	if (!(type & rewritten) && ks_gate_is_open(&moved, version))
		return;
	for (uint32_t i = 0; i < judge->program->nr; i++) {
		const struct ks_reached *at = &judge->reach->at[i];
		if (!at->reached || !at->modified_ctx || !at->ctx_size)
			continue;
		struct ks_about about = { .kind = KS_NR_KINDS, .name = "context", .insn = i };
		if (version || type & rewritten)
			ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_POINTER, &about,
				     "read through a pointer into the context");
		else
			ks_judge_add(
				judge, KS_STAGE_LOAD, KS_REASON_TIER, &about,
				"read through a pointer into it, which is let since %u.%u; which "
				"kernel this is is not known",
				moved.since >> 16, moved.since >> 8 & 255);
		return;
	}
}
