/* SPDX-License-Identifier: BSD-2-Clause */
/* What one instruction does to an abstract state. */
#include <string.h>

#include "check/interp/interp_private.h"
#include "check/interp/opcode.h"
#include "check/interp/results.h"

const struct ks_known *ks_interp_core_at(const struct ks_interp_input *input, uint32_t at)
{
	const struct ks_bpf_program *program = input->program;
	uint32_t core = program->cores ? program->cores[at] : KS_NO_INDEX;
	return core < input->object->nr_cores ? &input->cores[core] : NULL;
}

static struct ks_value value_of(const struct ks_known *known)
{
	if (known->how == KS_KNOWN_VALUE)
		return (struct ks_value){ .kind = KS_VALUE_CONST,
					  .index = KS_CONST_RELOCATED,
					  .number = known->value };
	return (struct ks_value){ .kind = known->how == KS_KNOWN_POINTER ? KS_VALUE_POINTER
									 : KS_VALUE_ANY };
}

struct ks_value ks_interp_put_in(const struct ks_known *known)
{
	return known->how == KS_KNOWN_NOT ? ks_value_untold() : value_of(known);
}

int16_t ks_interp_off(const struct ks_known *core, const struct ks_bpf_insn *insn)
{
	return core && core->how == KS_KNOWN_VALUE && core->value <= INT16_MAX
		       ? (int16_t)core->value
		       : insn->off;
}

/** Where an access lies that begins off bytes from a pointer. It wraps around, as the machine does. */
static int64_t offset_of(const struct ks_value *base, int16_t off)
{
	return (int64_t)(base->number + (uint64_t)(int64_t)off);
}

/** Note that the context is touched at an offset. */
static void touch_ctx(struct ks_interp *interp, uint32_t at, const struct ks_value *base,
		      int16_t off, uint8_t size)
{
	struct ks_reached *reached = &interp->reached[at];
	int64_t offset = offset_of(base, off);
	if (base->number)
		reached->modified_ctx = true;
	if (offset < 0 || offset > INT16_MAX)
		return;
	if (!reached->ctx_size || offset > reached->ctx_offset) {
		reached->ctx_offset = (int32_t)offset;
		reached->ctx_size = size;
	}
}

/** Some bytes, as the program would read them. */
static struct ks_value read_number(const struct ks_interp_input *input, const uint8_t *bytes,
				   uint8_t size)
{
	uint64_t v = 0;
	for (uint8_t i = 0; bytes && i < size; i++) {
		uint8_t place = input->object->big_endian ? (uint8_t)(size - 1 - i) : i;
		v |= (uint64_t)bytes[i] << (8 * place);
	}
	return ks_value_const(v);
}

struct ks_value ks_interp_load_data(const struct ks_interp_input *input,
				    const struct ks_value *base, int16_t off, uint8_t size)
{
	const struct ks_bpf_object *object = input->object;
	uint64_t at = base->number + (uint64_t)(int64_t)off;
	if (base->index >= object->nr_data || !input->data)
		return ks_value_any();
	const struct ks_interp_data *data = &input->data[base->index];
	uint64_t len = object->data[base->index].size;
	if (!data->constant)
		return ks_value_of_bytes(size);
	if (at > len || size > len - at)
		return ks_value_any();
	return read_number(input, data->bytes ? data->bytes + at : NULL, size);
}

/** Bytes of a text, as libbpf puts it into the map: cut to what was declared, a NUL at the end, zeros behind. */
static struct ks_value load_text(const struct ks_interp_input *input, const char *text,
				 uint32_t room, uint64_t at, uint8_t size)
{
	uint8_t bytes[8] = { 0 };
	size_t len = strlen(text) - 2; // quotes
	if (at > room || size > room - at || size > sizeof(bytes))
		return ks_value_any();
	if (len >= room)
		len = room - 1;
	if (at < len)
		memcpy(bytes, text + 1 + at, size < len - at ? size : len - at);
	return read_number(input, bytes, size);
}

struct ks_value ks_interp_load_kconfig(const struct ks_interp_input *input,
				       const struct ks_value *base, int16_t off, uint8_t size)
{
	const struct ks_bpf_object *object = input->object;
	uint64_t at = base->number + (uint64_t)(int64_t)off;
	if (base->index >= object->nr_externs)
		return ks_value_any();
	const struct ks_known *known = &input->externs[base->index];
	if (known->how == KS_KNOWN_TEXT)
		return load_text(input, known->text, object->externs[base->index].size, at, size);
	if (known->how != KS_KNOWN_VALUE)
		return ks_value_untold();
	if (at != 0 || size > object->externs[base->index].size)
		return ks_value_any();
	return ks_value_const(size >= 8 ? known->value : known->value & ((1ull << (8 * size)) - 1));
}

/** A pointer that was just told to be null, or what the compiler made of it and an offset: some number. */
static bool is_null(const struct ks_state *state, const struct ks_value *base)
{
	return (state->null || base->index & KS_CONST_NULL) && !state->doubtful;
}

/** Only helpers read through words of which the verifier knows no type. */
static void note_number(struct ks_interp *interp, uint32_t at, const struct ks_value *base)
{
	if (!interp->doubtful)
		interp->reached[at].through_number = (uint16_t)(base->index + 1);
}

/** A read through a pointer of the kernel. @param moved CO-RE made the offset */
static struct ks_value load_kernel(struct ks_interp *interp, uint32_t at,
				   const struct ks_value *base, int16_t off, uint8_t size,
				   bool moved)
{
	int64_t offset = offset_of(base, off);
	bool typed = interp->paths.at[base->index].typed;
	if (typed)
		ks_interp_access(interp, at, base, offset, size, moved, KS_ACCESS_READ);
	else
		note_number(interp, at, base);
	struct ks_value value = ks_value_any();
	if (!base->varies)
		value = moved ? ks_interp_read_moved(interp, at, base, offset, size)
			      : ks_interp_read(interp, at, base, offset, size, KS_PATH_LOAD);
	return typed && size < 8 ? ks_value_of_bytes(size) : value;
}

static void load(struct ks_interp *interp, uint32_t at, struct ks_state *state,
		 const struct ks_bpf_insn *insn)
{
	const struct ks_value base = state->regs[insn->src];
	uint8_t size = ks_opcode_size(insn->code);
	struct ks_value value = ks_value_any();
	const struct ks_known *core = ks_interp_core_at(interp->input, at);
	int16_t off = ks_interp_off(core, insn);
	if (base.kind == KS_VALUE_CTX) {
		touch_ctx(interp, at, &base, off, size);
		if (size == 8 && ks_opcode_mode(insn->code) == MODE_MEM)
			value = ks_interp_pointer(interp, at, KS_NO_PATH, offset_of(&base, off),
						  KS_PATH_CONTEXT);
		if (size == 8 && value.kind == KS_VALUE_ANY)
			value.index = KS_ANY_OF_CONTEXT;
		if (size < 8 && interp->input->typed)
			value = (struct ks_value){ .kind = KS_VALUE_ANY,
						   .index = KS_ANY_PART,
						   .number = (uint64_t)offset_of(&base, off) };
	} else if (base.kind == KS_VALUE_KERNEL && !(core && core->how != KS_KNOWN_VALUE)) {
		value = load_kernel(interp, at, &base, off, size, core || base.moved);
	} else if (base.kind == KS_VALUE_RESULT) {
		ks_interp_access(interp, at, &base, offset_of(&base, off), size, core,
				 KS_ACCESS_READ);
	} else if (base.kind == KS_VALUE_STACK)
		value = ks_state_load(state, offset_of(&base, off), size);
	else if (base.kind == KS_VALUE_CONST)
		interp->reached[at].through_null |= is_null(state, &base);
	else if (base.kind == KS_VALUE_DATA)
		value = ks_interp_load_data(interp->input, &base, off, size);
	else if (base.kind == KS_VALUE_KCONFIG)
		value = ks_interp_load_kconfig(interp->input, &base, off, size);
	if (ks_opcode_mode(insn->code) != MODE_MEM) {
		ks_interp_use(interp, &value);
		value = ks_value_any();
	}
	ks_interp_use(interp, &base);
	state->regs[insn->dst] = value;
}

static void store(struct ks_interp *interp, uint32_t at, struct ks_state *state,
		  const struct ks_bpf_insn *insn)
{
	const struct ks_value base = state->regs[insn->dst];
	uint8_t size = ks_opcode_size(insn->code);
	bool atomic = ks_opcode_mode(insn->code) == MODE_ATOMIC;
	struct ks_value value = ks_opcode_class(insn->code) == CLASS_ST
					? ks_value_const((uint64_t)(int64_t)insn->imm)
					: state->regs[insn->src];
	if (base.kind == KS_VALUE_CTX)
		touch_ctx(interp, at, &base,
			  ks_interp_off(ks_interp_core_at(interp->input, at), insn), size);
	if (base.kind == KS_VALUE_RESULT ||
	    (base.kind == KS_VALUE_KERNEL && interp->paths.at[base.index].typed))
		ks_interp_access(interp, at, &base, offset_of(&base, insn->off), size, base.moved,
				 KS_ACCESS_WRITE);
	else if (base.kind == KS_VALUE_KERNEL)
		note_number(interp, at, &base);
	if (base.kind == KS_VALUE_CONST)
		interp->reached[at].through_null |= is_null(state, &base);
	ks_interp_use(interp, &base);
	if (base.kind == KS_VALUE_STACK && !atomic) {
		if (!ks_state_store(state, offset_of(&base, insn->off), size, &value))
			ks_interp_use(interp, &value);
	} else {
		ks_interp_use(interp, &value);
		if (base.kind == KS_VALUE_STACK)
			ks_state_forget(state, offset_of(&base, insn->off), size);
	}
	if (atomic && insn->imm == ATOMIC_CMPXCHG)
		state->regs[0] = ks_value_any();
	else if (atomic && insn->imm == ATOMIC_LOAD)
		state->regs[insn->dst] = ks_value_any();
	else if (atomic && (insn->imm & ATOMIC_FETCH))
		state->regs[insn->src] = ks_value_any();
}

struct ks_value ks_interp_imm64(const struct ks_interp_input *input, uint32_t at)
{
	const struct ks_bpf_insn *insn = &input->program->insns[at];
	const struct ks_bpf_ref *ref = ks_bpf_ref_at(input->object, input->program, at);
	const struct ks_known *core = ks_interp_core_at(input, at);
	struct ks_value value = ks_value_any();
	if (core) {
		value = ks_interp_put_in(core);
	} else if (!ref) {
		if (insn->src == 0)
			value = ks_value_const((uint32_t)insn[0].imm |
					       (uint64_t)(uint32_t)insn[1].imm << 32);
	} else if (ref->kind == KS_REF_DATA || ref->kind == KS_REF_KCONFIG) {
		value.kind = ref->kind == KS_REF_DATA ? KS_VALUE_DATA : KS_VALUE_KCONFIG;
		value.index = ref->index;
		value.number = ref->kind == KS_REF_DATA ? ref->offset : 0;
	} else if (ref->kind == KS_REF_KSYM || ref->kind == KS_REF_KFUNC) {
		if (ref->index < input->object->nr_externs)
			value = ks_interp_put_in(&input->externs[ref->index]);
	} else if (ref->kind == KS_REF_POINTER) {
		value.kind = KS_VALUE_FUNCTION;
		value.number = ref->offset;
	} else if (ref->kind == KS_REF_MAP) {
		value.kind = KS_VALUE_POINTER;
		value.index = ref->index + 1;
	}
	return value;
}

/** The second operand: a register, what a relocation puts in, or the number in the instruction. */
static struct ks_value source_of(const struct ks_interp *interp, uint32_t at,
				 const struct ks_state *state, const struct ks_bpf_insn *insn)
{
	if (insn->code & SOURCE_REG)
		return state->regs[insn->src];
	const struct ks_known *core = ks_interp_core_at(interp->input, at);
	return core ? ks_interp_put_in(core) : ks_value_const((uint64_t)(int64_t)insn->imm);
}

/** What may not be done with pointers (adjust_reg_min_max_vals(), adjust_ptr_min_max_vals()). */
static bool is_for_numbers(uint8_t op, bool wide)
{
	bool makes_a_number = op == OP_MOV || op == OP_NEG || op == OP_END || op == OP_SUB;
	return !makes_a_number && !(wide && op == OP_ADD);
}

/** Note what is computed with pointers. */
static void note_computed(struct ks_interp *interp, uint32_t at, uint8_t op, bool wide,
			  const struct ks_value *a, const struct ks_value *b)
{
	const struct ks_value *operands[] = { a, b };
	bool from_number = wide && op == OP_SUB && a->kind == KS_VALUE_CONST;
	for (int i = 0; i < 2; i++) {
		const struct ks_value *value = operands[i];
		bool pointer =
			value->kind == KS_VALUE_RESULT ||
			(value->kind == KS_VALUE_KERNEL && interp->paths.at[value->index].typed);
		if (pointer && (is_for_numbers(op, wide) || (i == 1 && from_number)))
			ks_interp_access(interp, at, value, 0, 0, false, KS_ACCESS_OPERATE);
	}
	if (a->id && wide && (op == OP_ADD || op == OP_SUB))
		ks_interp_access(interp, at, a, 0, 0, false, KS_ACCESS_COMPUTE);
	else if (b->id && wide && op == OP_ADD)
		ks_interp_access(interp, at, b, 0, 0, false, KS_ACCESS_COMPUTE);
}

static void alu(struct ks_interp *interp, uint32_t at, struct ks_state *state,
		const struct ks_bpf_insn *insn)
{
	uint8_t op = ks_opcode_op(insn->code);
	struct ks_value b = source_of(interp, at, state, insn);
	struct ks_value *dst = &state->regs[insn->dst], a = *dst;
	bool wide = ks_opcode_class(insn->code) == CLASS_ALU64;
	note_computed(interp, at, op, wide, &a, &b);
	*dst = op == OP_END ? ks_value_any() : ks_value_alu(op, wide, insn->off, a, b);
	if (dst->kind == KS_VALUE_KERNEL && !dst->varies)
		return;
	if (op != OP_MOV)
		ks_interp_use(interp, &a);
	ks_interp_use(interp, &b);
}

/** A copy of kernel memory. @return what the place that it is copied to holds then */
static struct ks_value copy_kernel(struct ks_interp *interp, uint32_t at,
				   const struct ks_state *state, bool text)
{
	const struct ks_value *from = &state->regs[3], *size = &state->regs[2];
	uint64_t bytes = !text && size->kind == KS_VALUE_CONST ? size->number : 0;
	if (from->kind == KS_VALUE_CTX && bytes == 8)
		return ks_interp_pointer(interp, at, KS_NO_PATH, (int64_t)from->number,
					 KS_PATH_COPY);
	if (from->kind == KS_VALUE_KERNEL && !from->moved && !from->varies)
		return ks_interp_read(interp, at, from, (int64_t)from->number, bytes, KS_PATH_COPY);
	return ks_value_any();
}

/** 1 + the map that a helper is given, 0: none. */
static uint32_t map_given(const struct ks_value *first)
{
	return first->kind == KS_VALUE_POINTER ? first->index : 0;
}

/** Note what a helper gets that wants a pointer to a struct. */
static void note_passed(struct ks_interp *interp, uint32_t at, const struct ks_state *state,
			int32_t helper)
{
	const struct ks_value *value = &state->regs[ks_helper_wants_record(helper)];
	bool typed = value->kind == KS_VALUE_KERNEL && !value->varies &&
		     interp->paths.at[value->index].typed;
	if (ks_helper_wants_record(helper) && (typed || value->kind == KS_VALUE_RESULT))
		ks_interp_access(interp, at, value, (int64_t)value->number, 0, value->moved,
				 KS_ACCESS_PASS);
}

static struct ks_error *call(struct ks_interp *interp, uint32_t at, struct ks_state *state,
			     bool *ret_returns)
{
	const struct ks_bpf_insn *insn = &interp->input->program->insns[at];
	const struct ks_value to = state->regs[1];
	struct ks_value copied = ks_value_any();
	bool text;
	const struct ks_bpf_ref *ref =
		ks_bpf_ref_at(interp->input->object, interp->input->program, at);
	struct ks_value result = ks_value_any(), args[5];
	*ret_returns = true;
	for (int i = 0; i < 5; i++) {
		args[i] = state->regs[i + 1];
		if (args[i].kind == KS_VALUE_STACK)
			args[i] = (struct ks_value){ .kind = KS_VALUE_POINTER };
	}
	if (!ref && ks_helper_copies_kernel(insn, &text))
		copied = copy_kernel(interp, at, state, text);
	if (ref && ref->kind == KS_REF_CALL && ref->offset < interp->input->program->nr) {
		ks_state_forget_null(state); // it may compare them, and tell by what it gives back
		KS_TRY(ks_interp_enter(interp, (uint32_t)ref->offset, args, &result, ret_returns));
	} else {
		static const struct ks_value nothing[5];
		for (int i = 0; i < 5; i++) {
			struct ks_value callback;
			bool returns;
			if (args[i].kind == KS_VALUE_FUNCTION &&
			    args[i].number < interp->input->program->nr) {
				ks_state_forget_null(state);
				KS_TRY(ks_interp_enter(interp, (uint32_t)args[i].number, nothing,
						       &callback, &returns));
			}
		}
	}
	if (ref && ref->kind == KS_REF_KFUNC)
		result = ks_interp_kfunc(interp, at, ref->index);
	if (!ref && insn->src == 0)
		note_passed(interp, at, state, insn->imm);
	if (!ref && insn->src == 0)
		result = ks_helper_gives_number(insn->imm)
				 ? (struct ks_value){ .kind = KS_VALUE_ANY,
						      .index = KS_ANY_UNBOUNDED }
				 : ks_interp_result(interp, at, insn->imm,
						    map_given(&state->regs[1]));
	ks_interp_hand_over(interp, state, ref && ref->kind == KS_REF_CALL ? NULL : insn);
	if (copied.kind == KS_VALUE_KERNEL &&
	    (to.kind != KS_VALUE_STACK || !ks_state_store(state, (int64_t)to.number, 8, &copied)))
		ks_interp_use(interp, &copied);
	state->regs[0] = result;
	for (int i = 1; i <= 5; i++)
		state->regs[i] = ks_value_any();
	return NULL;
}

static struct ks_error *jump(struct ks_interp *interp, uint32_t at, struct ks_state *state,
			     struct ks_state *other, const struct ks_bpf_insn *insn,
			     struct ks_next *ret)
{
	uint8_t op = ks_opcode_op(insn->code);
	bool narrow = ks_opcode_class(insn->code) == CLASS_JMP32;
	if (op == OP_JA) {
		ret->at[0] = (uint32_t)((int64_t)at + 1 + (narrow ? insn->imm : insn->off));
	} else if (op == OP_EXIT && !narrow) {
		ret->nr = 0;
	} else if (op == OP_CALL && !narrow) {
		bool returns;
		KS_TRY(call(interp, at, state, &returns));
		ret->nr = returns;
	} else {
		const struct ks_value with = source_of(interp, at, state, insn);
		ks_interp_branch(interp, at, state, other, &with, ret);
	}
	return NULL;
}

struct ks_error *ks_interp_step(struct ks_interp *interp, uint32_t at, struct ks_state *state,
				struct ks_state *other, struct ks_next *ret)
{
	const struct ks_bpf_program *program = interp->input->program;
	const struct ks_bpf_insn *insn = &program->insns[at];
	*ret = (struct ks_next){ .nr = 1, .at = { at + 1 }, .states = { state } };
	interp->reached[at].reached = true;
	interp->doubtful = state->doubtful;
	if (insn->dst >= KS_NR_REGS || insn->src >= KS_NR_REGS) {
		ret->nr = 0; // no verifier goes on here
		return NULL;
	}
	switch (ks_opcode_class(insn->code)) {
	case CLASS_LD:
		if (insn->code == CODE_LD_IMM64 && at + 1 < program->nr) {
			state->regs[insn->dst] = ks_interp_imm64(interp->input, at);
			interp->reached[at + 1].reached = true;
			ret->at[0] = at + 2;
		} else {
			state->regs[0] = ks_value_any(); // of a packet
		}
		return NULL;
	case CLASS_LDX:
		load(interp, at, state, insn);
		return NULL;
	case CLASS_ST:
	case CLASS_STX:
		store(interp, at, state, insn);
		return NULL;
	case CLASS_ALU:
	case CLASS_ALU64:
		alu(interp, at, state, insn);
		return NULL;
	default:
		return jump(interp, at, state, other, insn, ret);
	}
}
