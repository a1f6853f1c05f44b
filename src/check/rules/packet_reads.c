/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets that are read before anything is compared: the verifier knows none of their bytes then (find_good_pkt_pointers()). What
 * stands in front of the first jump alone is looked at, which every path goes through.
 */
#include "base/array.h"
#include "check/interp/opcode.h"
#include "check/rules/context.h"
#include "check/rules/rules.h"
#include "check/rules/type_bits.h"

/** Members of contexts that point to a packet, or to what is bounded as one is. */
static const struct pointer {
	uint32_t types;
	const char *member;
	uint8_t size;
} pointers[] = {
	{ T(SCHED_CLS) | T(SCHED_ACT) | T(XDP), "data_meta", 4 },
	{ T(SCHED_CLS) | T(SCHED_ACT) | T(XDP) | T(CGROUP_SKB) | T(LWT_IN) | T(LWT_OUT) |
		  T(LWT_XMIT) | T(LWT_SEG6LOCAL) | T(SK_SKB) | T(FLOW_DISSECTOR),
	  "data", 4 },
	{ T(SK_MSG) | T(SK_REUSEPORT), "data", 8 },
	{ T(SOCK_OPS), "skb_data", 8 },
	{ T(CGROUP_SOCKOPT), "optval", 8 },
};

enum { NR_REGS = 11 };
/** What registers hold. */
struct walk {
	struct ks_judge *judge;
	const struct ks_decl *record;
	bool context[16];
	const char *packet[16]; // the member that it came from; NULL: none
};

/** The offset in an instruction, as CO-RE makes it. @return false: it is not known */
static bool offset_of(const struct ks_judge *judge, uint32_t insn, uint64_t *ret)
{
	const struct ks_bpf_program *program = judge->program;
	uint32_t core = program->cores ? program->cores[insn] : KS_NO_INDEX;
	*ret = (uint64_t)(int64_t)program->insns[insn].off;
	if (core >= judge->resolution->prepared->object->nr_cores)
		return true;
	*ret = judge->resolution->core_values[core].value;
	return judge->resolution->core_values[core].how == KS_KNOWN_VALUE;
}

/** The member of the context that is loaded, if it points to a packet; NULL. */
static const char *packet_at(const struct walk *walk, uint32_t insn, uint8_t size)
{
	const struct ks_judge *judge = walk->judge;
	uint32_t type = ks_prog_type_bit(judge->hook->program_type);
	uint64_t offset;
	if (!offset_of(judge, insn, &offset))
		return NULL;
	for (size_t i = 0; i < KS_ARRAY_LEN(pointers); i++) {
		const struct pointer *pointer = &pointers[i];
		struct ks_context_range range;
		if (pointer->types & type && pointer->size == size &&
		    ks_context_member(judge->site, walk->record, pointer->member, &range) &&
		    offset == range.begin)
			return pointer->member;
	}
	return NULL;
}

static void set(struct walk *walk, uint8_t reg, bool context, const char *packet)
{
	walk->context[reg] = context;
	walk->packet[reg] = packet;
}

/** What an operation leaves in a register: a copy, or a pointer to another byte. */
static void compute(struct walk *walk, const struct ks_bpf_insn *insn)
{
	uint8_t op = ks_opcode_op(insn->code);
	bool wide = ks_opcode_class(insn->code) == CLASS_ALU64, reg = insn->code & SOURCE_REG;
	if (wide && op == OP_MOV && reg && !insn->off)
		set(walk, insn->dst, walk->context[insn->src], walk->packet[insn->src]);
	else
		set(walk, insn->dst, false,
		    wide && op == OP_ADD && !reg ? walk->packet[insn->dst] : NULL);
}

/** The member through which an instruction reads or writes a packet; NULL: it does not. */
static const char *carry_out(struct walk *walk, uint32_t at)
{
	const struct ks_bpf_insn *insn = &walk->judge->program->insns[at];
	uint8_t size = ks_opcode_size(insn->code);
	bool loads = ks_opcode_class(insn->code) == CLASS_LDX;
	const char *through = walk->packet[loads ? insn->src : insn->dst];
	if (loads)
		set(walk, insn->dst, false,
		    walk->context[insn->src] ? packet_at(walk, at, size) : NULL);
	return through;
}

void ks_judge_packet_reads(struct ks_judge *judge)
{
	const struct ks_bpf_program *program = judge->program;
	struct walk walk = { .judge = judge,
			     .record = ks_judge_context(judge),
			     .context = { [1] = true } };
	if (!walk.record || judge->hook->guessed)
		return;
	for (uint32_t i = 0; i < program->nr_main; i += ks_opcode_slots(program->insns[i].code)) {
		const struct ks_bpf_insn *insn = &program->insns[i];
		uint8_t class = ks_opcode_class(insn->code), mode = ks_opcode_mode(insn->code);
		const char *through = NULL;
		if (insn->dst >= NR_REGS || insn->src >= NR_REGS)
			return;
		if (class == CLASS_ALU || class == CLASS_ALU64)
			compute(&walk, insn);
		else if ((class == CLASS_LDX || class == CLASS_ST || class == CLASS_STX) &&
			 mode == MODE_MEM)
			through = carry_out(&walk, i);
		else if (insn->code == CODE_LD_IMM64)
			set(&walk, insn->dst, false, NULL);
		else
			return; // a jump, a call, what is rare
		if (!through)
			continue;
		const struct ks_about about = { .kind = KS_NR_KINDS, .name = "packet", .insn = i };
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_POINTER, &about,
			     "what %s of struct %s points to is used before it is compared with "
			     "its end",
			     through, walk.record->name);
		return;
	}
}
