/* SPDX-License-Identifier: BSD-2-Clause */
/* What one instruction does to what registers and stack hold to the verifier. */
#include <string.h>

#include "check/interp/opcode.h"
#include "check/interp/witness_private.h"

/** BPF_MAX_VAR_OFF and BPF_MAX_VAR_SIZ: from there on the verifier takes a number for unbounded. */
enum { UNBOUNDED = 1 << 29, RDONLY_PROG = 0x80, STACK_BYTES = KS_NR_STACK_SLOTS * 8 };

static const struct ks_held untold;

/** Where an access lies that begins off bytes from a pointer that the verifier knows. */
static int64_t place_of(const struct ks_held *base, int16_t off)
{
	return (int64_t)(base->samples->at[0] + (uint64_t)(int64_t)off);
}

static void find(struct ks_witnessing *run, enum ks_witness_how how, uint32_t at, uint64_t number,
		 const struct ks_held *base)
{
	if (run->found.how)
		return;
	run->found = (struct ks_witness){ .how = how, .insn = at, .number = number };
	if (base->kind == KS_HELD_MEMORY)
		run->found.map = base->index;
	else if (base->kind == KS_HELD_DATA)
		run->found.data = base->index + 1;
}

void ks_held_access(struct ks_witnessing *run, uint32_t at, const struct ks_held *base, int16_t off,
		    uint8_t size)
{
	bool stack = base->kind == KS_HELD_STACK;
	if (!stack && base->kind != KS_HELD_MEMORY && base->kind != KS_HELD_DATA)
		return;
	for (uint32_t i = 0; i < base->samples->nr; i++) {
		uint64_t number = base->samples->at[i] + (uint64_t)(int64_t)off;
		int64_t offset = (int64_t)number;
		if (stack ? offset < -STACK_BYTES || offset > -(int64_t)size : number >= UNBOUNDED)
			find(run, stack ? KS_WITNESS_STACK : KS_WITNESS_OFFSET, at, number, base);
	}
}

/** Whether a section of data lies in an arena: to the verifier its address is a number, and it may be read anywhere. */
static bool is_arena(const struct ks_bpf_data *data)
{
	static const char prefix[] = ".addr_space.";
	return data->name && strncmp(data->name, prefix, sizeof(prefix) - 1) == 0;
}

/** What was found out without the verifier's ranges. */
static struct ks_held held_of(struct ks_witnessing *run, const struct ks_value *value)
{
	const struct ks_bpf_object *object = run->input->interp->object;
	struct ks_held held = { .exact = true, .index = value->index };
	if (value->kind == KS_VALUE_CONST)
		return ks_held_exact(run, value->number);
	if (value->kind == KS_VALUE_FUNCTION)
		return (struct ks_held){ .kind = KS_HELD_CALLBACK };
	if ((value->kind == KS_VALUE_DATA && value->index < object->nr_data &&
	     !is_arena(&object->data[value->index])) ||
	    (value->kind == KS_VALUE_KCONFIG && value->index < object->nr_externs)) {
		held.kind = value->kind == KS_VALUE_DATA ? KS_HELD_DATA : KS_HELD_KCONFIG;
		held.samples = ks_samples_one(&run->sampler, value->number);
		run->nomem |= !held.samples;
		return held.samples ? held : untold;
	}
	held.kind = KS_HELD_MAP;
	bool map =
		value->kind == KS_VALUE_POINTER && value->index && value->index <= object->nr_maps;
	return map ? held : untold;
}

struct ks_held ks_held_operand(struct ks_witnessing *run, uint32_t at, struct ks_held_state *state)
{
	const struct ks_interp_input *input = run->input->interp;
	const struct ks_bpf_insn *insn = &input->program->insns[at];
	if (insn->code & SOURCE_REG)
		return ks_held_top(state)->regs[insn->src];
	const struct ks_known *core = ks_interp_core_at(input, at);
	const struct ks_value value =
		core ? ks_interp_put_in(core) : ks_value_const((uint64_t)(int64_t)insn->imm);
	return held_of(run, &value);
}

/** Bytes of a value of a map, or of other memory that everybody may change. */
static struct ks_held load_memory(struct ks_witnessing *run, const struct ks_held *base,
				  uint8_t size)
{
	const struct ks_bpf_object *object = run->input->interp->object;
	bool frozen = base->index && object->maps[base->index - 1].flags & RDONLY_PROG;
	return frozen || (size == 8 && run->kernel_pointers) ? untold : ks_held_bytes(run, size);
}

static struct ks_held load_data(struct ks_witnessing *run, const struct ks_held *base, int16_t off,
				uint8_t size)
{
	const struct ks_interp_input *input = run->input->interp;
	if (!input->data)
		return untold;
	if (!input->data[base->index].constant)
		return size == 8 && run->kernel_pointers ? untold : ks_held_bytes(run, size);
	if (!base->exact)
		return untold;
	const struct ks_value from = { .kind = KS_VALUE_DATA,
				       .index = base->index,
				       .number = base->samples->at[0] };
	const struct ks_value value = ks_interp_load_data(input, &from, off, size);
	return held_of(run, &value);
}

static struct ks_held load_kconfig(struct ks_witnessing *run, const struct ks_held *base,
				   int16_t off, uint8_t size)
{
	const struct ks_value from = { .kind = KS_VALUE_KCONFIG,
				       .index = base->index,
				       .number = base->samples->at[0] };
	const struct ks_value value = ks_interp_load_kconfig(run->input->interp, &from, off, size);
	return held_of(run, &value);
}

/** What stands at an offset of memory. */
static struct ks_held loaded(struct ks_witnessing *run, struct ks_held_state *state,
			     const struct ks_held *base, int16_t off, uint8_t size)
{
	switch (base->kind) {
	case KS_HELD_CONTEXT:
		return run->input->numbers ? ks_held_bytes(run, size) : untold;
	case KS_HELD_STACK:
		return base->exact ? ks_held_load(run, &state->frames[base->index],
						  place_of(base, off), size)
				   : untold;
	case KS_HELD_MEMORY:
		return load_memory(run, base, size);
	case KS_HELD_DATA:
		return load_data(run, base, off, size);
	case KS_HELD_KCONFIG:
		return load_kconfig(run, base, off, size);
	default:
		return untold;
	}
}

static void load(struct ks_witnessing *run, uint32_t at, struct ks_held_state *state)
{
	const struct ks_interp_input *input = run->input->interp;
	const struct ks_bpf_insn *insn = &input->program->insns[at];
	const struct ks_known *core = ks_interp_core_at(input, at);
	struct ks_held *regs = ks_held_top(state)->regs;
	const struct ks_held base = regs[insn->src];
	uint8_t size = ks_opcode_size(insn->code), mode = ks_opcode_mode(insn->code);
	int16_t off = ks_interp_off(core, insn);
	regs[insn->dst] = untold;
	if ((mode != MODE_MEM && mode != MODE_MEMSX) || (core && core->how != KS_KNOWN_VALUE))
		return;
	ks_held_access(run, at, &base, off, size);
	struct ks_held held = loaded(run, state, &base, off, size);
	if (mode == MODE_MEMSX && held.kind == KS_HELD_NUMBER && size < 8)
		held = ks_held_alu(run, OP_MOV, true, (int16_t)(8 * size), &held, &held);
	regs[insn->dst] = held;
}

static void store(struct ks_witnessing *run, uint32_t at, struct ks_held_state *state)
{
	const struct ks_interp_input *input = run->input->interp;
	const struct ks_bpf_insn *insn = &input->program->insns[at];
	const struct ks_known *core = ks_interp_core_at(input, at);
	struct ks_held *regs = ks_held_top(state)->regs;
	const struct ks_held base = regs[insn->dst];
	uint8_t size = ks_opcode_size(insn->code);
	bool plain = ks_opcode_mode(insn->code) == MODE_MEM && !core;
	const struct ks_held value = ks_opcode_class(insn->code) == CLASS_ST
					     ? ks_held_exact(run, (uint64_t)(int64_t)insn->imm)
					     : regs[insn->src];
	if (!core)
		ks_held_access(run, at, &base, insn->off, size);
	if (base.kind == KS_HELD_STACK && plain && base.exact)
		ks_held_store(run, &state->frames[base.index], place_of(&base, insn->off), size,
			      &value);
	else if (base.kind == KS_HELD_STACK)
		ks_held_forget(&state->frames[base.index]);
	if (ks_opcode_mode(insn->code) == MODE_ATOMIC) {
		regs[insn->src] = regs[0] = untold;
		if (insn->imm == ATOMIC_LOAD)
			regs[insn->dst] = untold;
	}
}

static void alu(struct ks_witnessing *run, uint32_t at, struct ks_held_state *state)
{
	const struct ks_bpf_insn *insn = &run->input->interp->program->insns[at];
	uint8_t op = ks_opcode_op(insn->code);
	bool wide = ks_opcode_class(insn->code) == CLASS_ALU64;
	struct ks_held *dst = &ks_held_top(state)->regs[insn->dst];
	const struct ks_held a = *dst, b = ks_held_operand(run, at, state);
	if (op != OP_END)
		*dst = ks_held_alu(run, op, wide, insn->off, &a, &b);
	else
		*dst = run->input->learns || a.kind != KS_HELD_NUMBER ? untold
								      : ks_held_bytes(run, 8);
}

/** Registers that no call keeps. */
static void clobber(struct ks_held_frame *frame)
{
	for (int i = 0; i <= 5; i++)
		frame->regs[i] = untold;
}

/** A function of the program's own, looked at with the arguments that it gets. */
static bool enter(struct ks_held_state *state, uint32_t at, uint32_t entry,
		  struct ks_held_next *ret)
{
	if (state->nr == KS_MAX_HELD_FRAMES)
		return false;
	struct ks_held_frame *from = ks_held_top(state), *to = &state->frames[state->nr++];
	memset(to, 0, sizeof(*to));
	for (int i = 1; i <= 5; i++)
		to->regs[i] = from->regs[i];
	clobber(from);
	to->back = at + 1;
	ret->at[0] = entry;
	return true;
}

/** Something gets pointers to the stack that may write there. */
static void expose(struct ks_held_state *state)
{
	for (int i = 1; i <= 5; i++) {
		const struct ks_held *held = &ks_held_top(state)->regs[i];
		if (held->kind == KS_HELD_STACK)
			ks_held_forget(&state->frames[held->index]);
	}
}

static bool call(struct ks_witnessing *run, uint32_t at, struct ks_held_state *state,
		 struct ks_held_next *ret)
{
	const struct ks_interp_input *input = run->input->interp;
	const struct ks_bpf_ref *ref = ks_bpf_ref_at(input->object, input->program, at);
	if (!ref && input->program->insns[at].src == 0) {
		if (!ks_held_call_helper(run, at, state))
			return false;
		const struct ks_held result = ks_held_top(state)->regs[0];
		clobber(ks_held_top(state));
		ks_held_top(state)->regs[0] = result;
		return true;
	}
	if (ref && ref->kind == KS_REF_CALL && ref->offset < input->program->nr &&
	    !run->global[ref->offset]) {
		if (!enter(state, at, (uint32_t)ref->offset, ret))
			return false;
		struct ks_held_frame *frame = ks_held_top(state);
		frame->regs[10] = (struct ks_held){ .kind = KS_HELD_STACK,
						    .exact = true,
						    .index = state->nr - 1,
						    .samples = ks_samples_one(&run->sampler, 0) };
		run->nomem |= !frame->regs[10].samples;
		return frame->regs[10].samples;
	}
	for (int i = 1; i <= 5; i++)
		if (ks_held_top(state)->regs[i].kind == KS_HELD_CALLBACK)
			return false;
	if (ref && ref->kind == KS_REF_KFUNC && ref->index < input->object->nr_externs &&
	    strcmp(input->object->externs[ref->index].name, "bpf_throw") == 0)
		return false; // it does not come back
	expose(state);
	clobber(ks_held_top(state));
	return true;
}

/** The end of a function. @return false: of the program */
static bool leave(struct ks_held_state *state, struct ks_held_next *ret)
{
	if (state->nr == 1)
		return false;
	const struct ks_held_frame *from = ks_held_top(state);
	struct ks_held result = from->regs[0];
	if (result.kind == KS_HELD_STACK && result.index == state->nr - 1)
		result = untold;
	ret->at[0] = from->back;
	state->nr--;
	ks_held_top(state)->regs[0] = result;
	return true;
}

static void jump(struct ks_witnessing *run, uint32_t at, struct ks_held_state *state,
		 struct ks_held_state *other, struct ks_held_next *ret)
{
	const struct ks_bpf_insn *insn = &run->input->interp->program->insns[at];
	uint8_t op = ks_opcode_op(insn->code);
	bool narrow = ks_opcode_class(insn->code) == CLASS_JMP32;
	if (op == OP_JA)
		ret->at[0] = (uint32_t)((int64_t)at + 1 + (narrow ? insn->imm : insn->off));
	else if (op == OP_EXIT && !narrow)
		ret->nr = leave(state, ret);
	else if (op == OP_CALL && !narrow)
		ret->nr = call(run, at, state, ret);
	else
		ks_held_branch(run, at, state, other, ret);
}

void ks_held_step(struct ks_witnessing *run, uint32_t at, struct ks_held_state *state,
		  struct ks_held_state *other, struct ks_held_next *ret)
{
	const struct ks_bpf_program *program = run->input->interp->program;
	const struct ks_bpf_insn *insn = &program->insns[at];
	struct ks_held *regs = ks_held_top(state)->regs;
	*ret = (struct ks_held_next){ .nr = 1, .at = { at + 1 } };
	if (insn->dst >= KS_NR_REGS || insn->src >= KS_NR_REGS) {
		ret->nr = 0; // no verifier goes on here
		return;
	}
	switch (ks_opcode_class(insn->code)) {
	case CLASS_LD:
		if (insn->code == CODE_LD_IMM64 && at + 1 < program->nr) {
			const struct ks_value value = ks_interp_imm64(run->input->interp, at);
			regs[insn->dst] = held_of(run, &value);
			ret->at[0] = at + 2;
		} else {
			clobber(ks_held_top(state)); // of a packet
		}
		return;
	case CLASS_LDX:
		load(run, at, state);
		return;
	case CLASS_ST:
	case CLASS_STX:
		store(run, at, state);
		return;
	case CLASS_ALU:
	case CLASS_ALU64:
		alu(run, at, state);
		return;
	default:
		jump(run, at, state, other, ret);
	}
}
