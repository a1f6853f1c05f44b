/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/interp/interp_state.h"

#include "check/interp/opcode.h"

static bool same_number(const struct ks_value *a, const struct ks_value *b)
{
	return a->kind == KS_VALUE_CONST && b->kind == KS_VALUE_CONST && a->number == b->number;
}

static bool value_covers(const struct ks_value *a, const struct ks_value *b)
{
	if (a->kind == KS_VALUE_ANY || ks_value_equal(a, b))
		return true;
	if (same_number(a, b))
		return a->index == (b->index & KS_CONST_RELOCATED);
	return ks_value_alike(a, b) && (a->null == KS_NULL_UNTOLD || b->null == KS_NULL_NEVER);
}

struct ks_value ks_value_join(const struct ks_value *a, const struct ks_value *b)
{
	if (value_covers(a, b))
		return *a;
	struct ks_value both = *a;
	if (same_number(a, b)) {
		both.index = (a->index | b->index) & KS_CONST_RELOCATED;
		return both;
	}
	if (!ks_value_alike(a, b))
		return ks_value_any();
	both.null = KS_NULL_UNTOLD;
	both.id = 0;
	return both;
}

bool ks_state_covers(const struct ks_state *a, const struct ks_state *b)
{
	for (int i = 0; i < KS_NR_REGS; i++)
		if (!value_covers(&a->regs[i], &b->regs[i]))
			return false;
	if (a->used & ~b->used || (a->doubtful && !b->doubtful) || (!a->null && b->null))
		return false;
	for (uint64_t left = a->used; left; left &= left - 1) {
		int i = __builtin_ctzll(left);
		if (!value_covers(&a->slots[i], &b->slots[i]))
			return false;
	}
	return true;
}

bool ks_state_join(struct ks_state *a, const struct ks_state *b)
{
	bool changed = (a->doubtful && !b->doubtful) || (!a->null && b->null);
	a->doubtful &= b->doubtful;
	a->null |= b->null;
	for (int i = 0; i < KS_NR_REGS; i++) {
		if (value_covers(&a->regs[i], &b->regs[i]))
			continue;
		a->regs[i] = ks_value_join(&a->regs[i], &b->regs[i]);
		changed = true;
	}
	for (uint64_t left = a->used; left; left &= left - 1) {
		int i = __builtin_ctzll(left);
		if ((b->used >> i & 1) && value_covers(&a->slots[i], &b->slots[i]))
			continue;
		if (b->used >> i & 1)
			a->slots[i] = ks_value_join(&a->slots[i], &b->slots[i]);
		if (!(b->used >> i & 1) || a->slots[i].kind == KS_VALUE_ANY)
			a->used &= ~(1ull << i);
		changed = true;
	}
	return changed;
}

/** What is known from now on of a pointer that may be null. */
static void learn(struct ks_value *value, enum ks_null null)
{
	if (value->kind == KS_VALUE_RESULT && null != KS_NULL_MAYBE)
		*value = ks_value_any(); // nothing else was known of it
	value->null = null;
	value->id = 0;
}

void ks_state_learn_null(struct ks_state *state, uint32_t id, enum ks_null null)
{
	for (int i = 0; i < KS_NR_REGS; i++)
		if (state->regs[i].id == id)
			learn(&state->regs[i], null);
	for (uint64_t left = state->used; left; left &= left - 1) {
		int i = __builtin_ctzll(left);
		if (state->slots[i].id != id)
			continue;
		learn(&state->slots[i], null);
		if (state->slots[i].kind == KS_VALUE_ANY)
			state->used &= ~(1ull << i);
	}
}

void ks_state_set_null(struct ks_state *state, uint32_t id)
{
	static const struct ks_value null = { .kind = KS_VALUE_CONST, .index = KS_CONST_NULL };
	state->null = true;
	for (int i = 0; i < KS_NR_REGS; i++)
		if (state->regs[i].id == id)
			state->regs[i] = null;
	for (uint64_t left = state->used; left; left &= left - 1) {
		int i = __builtin_ctzll(left);
		if (state->slots[i].id == id)
			state->slots[i] = null;
	}
}

void ks_state_forget_set_null(struct ks_state *state)
{
	state->null = false;
	for (int i = 0; i < KS_NR_REGS; i++)
		if (state->regs[i].kind == KS_VALUE_CONST)
			state->regs[i].index &= KS_CONST_RELOCATED;
	for (uint64_t left = state->used; left; left &= left - 1) {
		int i = __builtin_ctzll(left);
		if (state->slots[i].kind == KS_VALUE_CONST)
			state->slots[i].index &= KS_CONST_RELOCATED;
	}
}

void ks_state_forget_null(struct ks_state *state)
{
	for (int i = 0; i < KS_NR_REGS; i++)
		if (state->regs[i].id)
			ks_state_learn_null(state, state->regs[i].id, KS_NULL_UNTOLD);
	for (uint64_t left = state->used; left; left &= left - 1) {
		int i = __builtin_ctzll(left);
		if (state->slots[i].id)
			ks_state_learn_null(state, state->slots[i].id, KS_NULL_UNTOLD);
	}
}

/** The words of bytes [offset, offset + size) below the frame pointer, as bits. */
static uint64_t words_of(int64_t offset, uint64_t size)
{
	if (offset >= 0 || size == 0)
		return 0;
	int64_t from = offset + KS_NR_STACK_SLOTS * 8;
	if (from < 0)
		from = 0;
	uint64_t end = (uint64_t)from + size;
	if (size > KS_NR_STACK_SLOTS * 8 || end > KS_NR_STACK_SLOTS * 8)
		end = KS_NR_STACK_SLOTS * 8;
	unsigned int first = (unsigned int)from / 8, last = (unsigned int)((end - 1) / 8);
	uint64_t up_to = last == 63 ? ~0ull : (1ull << (last + 1)) - 1;
	return up_to & ~((1ull << first) - 1);
}

void ks_state_forget(struct ks_state *state, int64_t offset, uint64_t size)
{
	state->used &= ~words_of(offset, size);
}

static void bound(struct ks_value *value)
{
	if (value->kind == KS_VALUE_ANY &&
	    (value->index == KS_ANY_UNBOUNDED || value->index == KS_ANY_VARIES ||
	     value->index == KS_ANY_MASKED || value->index == KS_ANY_PART))
		*value = ks_value_any();
}

void ks_state_bound(struct ks_state *state)
{
	for (int i = 0; i < KS_NR_REGS; i++)
		bound(&state->regs[i]);
	for (uint64_t left = state->used; left; left &= left - 1)
		bound(&state->slots[__builtin_ctzll(left)]);
}

static int word_at(int64_t offset)
{
	if (offset >= 0 || offset < -KS_NR_STACK_SLOTS * 8 || offset % 8 != 0)
		return -1;
	return (int)(offset + KS_NR_STACK_SLOTS * 8) / 8;
}

bool ks_state_store(struct ks_state *state, int64_t offset, uint64_t size,
		    const struct ks_value *value)
{
	ks_state_forget(state, offset, size);
	int word = word_at(offset);
	if (word < 0 || size != 8 || (value->kind == KS_VALUE_ANY && !value->index))
		return false;
	state->slots[word] = *value;
	state->used |= 1ull << word;
	return true;
}

struct ks_value ks_state_load(const struct ks_state *state, int64_t offset, uint64_t size)
{
	int word = word_at(offset);
	if (word < 0 || size != 8 || !(state->used >> word & 1))
		return ks_value_any();
	return state->slots[word];
}

static uint64_t sign_extend(uint64_t v, unsigned int bits)
{
	unsigned int shift = 64 - bits;
	return (uint64_t)((int64_t)(v << shift) >> shift);
}

/** Division as eBPF defines it: by zero gives 0 (the dividend for a remainder), and nothing traps. */
static uint64_t divide(bool is_signed, bool remainder, bool wide, uint64_t a, uint64_t b)
{
	if (b == 0)
		return remainder ? a : 0;
	if (!is_signed)
		return remainder ? a % b : a / b;
	int64_t x = (int64_t)(wide ? a : sign_extend(a, 32));
	int64_t y = (int64_t)(wide ? b : sign_extend(b, 32));
	if (y == -1)
		return remainder ? 0 : 0 - (uint64_t)x;
	return (uint64_t)(remainder ? x % y : x / y);
}

static uint64_t shift(uint8_t op, bool wide, uint64_t a, uint64_t b)
{
	unsigned int by = (unsigned int)(b & (wide ? 63 : 31));
	if (op == OP_LSH)
		return a << by;
	if (op == OP_RSH)
		return a >> by;
	return (uint64_t)((int64_t)(wide ? a : sign_extend(a, 32)) >> by);
}

static uint64_t compute(uint8_t op, bool wide, int16_t off, uint64_t a, uint64_t b)
{
	switch (op) {
	case OP_ADD:
		return a + b;
	case OP_SUB:
		return a - b;
	case OP_MUL:
		return a * b;
	case OP_DIV:
	case OP_MOD:
		return divide(off == 1, op == OP_MOD, wide, a, b);
	case OP_OR:
		return a | b;
	case OP_AND:
		return a & b;
	case OP_XOR:
		return a ^ b;
	case OP_NEG:
		return 0 - a;
	case OP_MOV:
		return off == 8 || off == 16 || off == 32 ? sign_extend(b, (unsigned int)off) : b;
	default:
		return shift(op, wide, a, b);
	}
}

static bool has_offset(const struct ks_value *value)
{
	return value->kind == KS_VALUE_CTX || value->kind == KS_VALUE_STACK ||
	       value->kind == KS_VALUE_DATA || value->kind == KS_VALUE_KCONFIG ||
	       value->kind == KS_VALUE_KERNEL || value->kind == KS_VALUE_RESULT;
}

static bool is_pointer(const struct ks_value *value)
{
	return value->kind != KS_VALUE_ANY && value->kind != KS_VALUE_CONST &&
	       value->kind != KS_VALUE_KERNEL && value->kind != KS_VALUE_RESULT;
}

static bool is_relocated(const struct ks_value *value)
{
	return value->kind == KS_VALUE_CONST && value->index & KS_CONST_RELOCATED;
}

uint64_t ks_value_varying(const struct ks_value *value)
{
	if (value->kind != KS_VALUE_ANY)
		return 0;
	if (value->index == KS_ANY_UNBOUNDED)
		return UINT64_MAX;
	return value->index == KS_ANY_VARIES || value->index == KS_ANY_MASKED ? value->number : 0;
}

bool ks_value_is_masked(const struct ks_value *value)
{
	return value->kind == KS_VALUE_ANY &&
	       (value->index == KS_ANY_UNBOUNDED || value->index == KS_ANY_MASKED);
}

/** @param masked all other bits are 0 */
static struct ks_value varying(uint64_t bits, bool masked)
{
	if (!bits)
		return ks_value_any();
	return (struct ks_value){ .kind = KS_VALUE_ANY,
				  .index = masked ? KS_ANY_MASKED : KS_ANY_VARIES,
				  .number = bits };
}

struct ks_value ks_value_of_bytes(uint8_t size)
{
	if (size >= 8)
		return (struct ks_value){ .kind = KS_VALUE_ANY, .index = KS_ANY_UNBOUNDED };
	return varying((1ull << (8 * size)) - 1, true);
}

/** What a constant makes of them: those that can surely still be both. */
static uint64_t vary(uint8_t op, bool wide, uint64_t bits, uint64_t by)
{
	uint64_t lowest = bits & (0 - bits);
	unsigned int places = (unsigned int)(by & (wide ? 63 : 31));
	bits = wide ? bits : (uint32_t)bits;
	by = wide ? by : (uint32_t)by;
	switch (op) {
	case OP_AND:
		bits &= by;
		break;
	case OP_OR:
		bits &= ~by;
		break;
	case OP_XOR:
		break;
	case OP_LSH:
		bits <<= places;
		break;
	case OP_RSH:
		bits >>= places;
		break;
	case OP_ADD:
	case OP_SUB:
		bits = lowest;
		break;
	case OP_MUL:
		bits = by ? lowest << __builtin_ctzll(by) : 0;
		break;
	default:
		bits = 0;
	}
	return wide ? bits : (uint32_t)bits;
}

struct ks_value ks_value_alu(uint8_t op, bool wide, int16_t off, struct ks_value a,
			     struct ks_value b)
{
	bool unbounded = b.kind == KS_VALUE_ANY && b.index == KS_ANY_UNBOUNDED;
	if (op == OP_MOV && (wide || unbounded) && off == 0)
		return b;
	bool unary = op == OP_NEG, copies = op == OP_MOV;
	if ((a.kind == KS_VALUE_CONST || copies) && (b.kind == KS_VALUE_CONST || unary)) {
		uint64_t x = wide ? a.number : (uint32_t)a.number;
		uint64_t y = wide ? b.number : (uint32_t)b.number;
		uint64_t v = compute(op, wide, off, x, y);
		struct ks_value result = ks_value_const(wide ? v : (uint32_t)v);
		result.index = (copies ? 0 : a.index) | (unary ? 0 : b.index);
		return result;
	}
	if (wide && op == OP_ADD && a.kind == KS_VALUE_CONST && has_offset(&b)) {
		b.number += a.number;
		b.moved |= b.kind == KS_VALUE_KERNEL && is_relocated(&a);
		return b;
	}
	if (wide && (op == OP_ADD || op == OP_SUB) && has_offset(&a) && b.kind == KS_VALUE_CONST) {
		a.number += op == OP_ADD ? b.number : 0 - b.number;
		a.moved |= a.kind == KS_VALUE_KERNEL && is_relocated(&b);
		return a;
	}
	bool zeroes = (op == OP_AND && b.kind == KS_VALUE_CONST && b.number == 0) ||
		      (op == OP_MUL && b.kind == KS_VALUE_CONST && b.number == 0);
	if (zeroes)
		return ks_value_const(0);
	if (wide && op == OP_ADD && (is_pointer(&a) || is_pointer(&b)))
		return (struct ks_value){ .kind = KS_VALUE_POINTER };
	if (wide && op == OP_ADD && a.kind == KS_VALUE_KERNEL && ks_value_varying(&b)) {
		a.varies = true;
		return a;
	}
	if (wide && op == OP_ADD && b.kind == KS_VALUE_KERNEL && ks_value_varying(&a)) {
		b.varies = true;
		return b;
	}
	if (ks_value_is_untold(&b) || (!copies && ks_value_is_untold(&a)))
		return ks_value_untold();
	if (copies && off == 0 && !wide)
		return varying((uint32_t)ks_value_varying(&b), ks_value_is_masked(&b));
	bool keeps = op == OP_AND || op == OP_LSH || op == OP_RSH;
	return b.kind == KS_VALUE_CONST && !copies
		       ? varying(vary(op, wide, ks_value_varying(&a), b.number),
				 keeps && ks_value_is_masked(&a))
		       : ks_value_any();
}

static bool compare(uint8_t op, uint64_t a, uint64_t b, int64_t sa, int64_t sb)
{
	switch (op) {
	case OP_JEQ:
		return a == b;
	case OP_JNE:
		return a != b;
	case OP_JSET:
		return (a & b) != 0;
	case OP_JGT:
		return a > b;
	case OP_JGE:
		return a >= b;
	case OP_JLT:
		return a < b;
	case OP_JLE:
		return a <= b;
	case OP_JSGT:
		return sa > sb;
	case OP_JSGE:
		return sa >= sb;
	case OP_JSLT:
		return sa < sb;
	default:
		return sa <= sb;
	}
}

int ks_value_branch(uint8_t op, bool wide, const struct ks_value *a, const struct ks_value *b)
{
	if (a->kind == KS_VALUE_CONST && b->kind == KS_VALUE_CONST) {
		if (wide)
			return compare(op, a->number, b->number, (int64_t)a->number,
				       (int64_t)b->number);
		return compare(op, (uint32_t)a->number, (uint32_t)b->number, (int32_t)a->number,
			       (int32_t)b->number);
	}
	if (wide && is_pointer(a) && b->kind == KS_VALUE_CONST && b->number == 0) {
		if (op == OP_JEQ)
			return 0;
		if (op == OP_JNE)
			return 1;
	}
	return -1;
}
