/* SPDX-License-Identifier: BSD-2-Clause */
/* A conditional jump: the ways that the verifier surely goes, and what it may learn at most on each. */
#include "bpf/names.h"
#include "check/interp/opcode.h"
#include "check/interp/witness_private.h"

/** Two numbers that are compared, and what is left of them on one way. */
struct compared {
	struct ks_held a, b;
	uint8_t op, way; // 1: it jumps
	bool wide;
};

static bool goes(const struct compared *compared, uint64_t a, uint64_t b)
{
	const struct ks_value x = ks_value_const(a), y = ks_value_const(b);
	return ks_value_branch(compared->op, compared->wide, &x, &y) == compared->way;
}

/** Whether there are two numbers at least, to this comparison: the verifier takes it for none that it knows. */
static bool varies(const struct compared *compared, const struct ks_samples *samples)
{
	for (uint32_t i = 1; i < samples->nr; i++)
		if (compared->wide || (uint32_t)samples->at[i] != (uint32_t)samples->at[0])
			return true;
	return false;
}

/** Whether both are the same on this way. */
static bool equates(const struct compared *compared)
{
	return compared->op == (compared->way ? OP_JEQ : OP_JNE);
}

static bool tells_apart(const struct compared *compared)
{
	return compared->op == (compared->way ? OP_JNE : OP_JEQ);
}

/** Whether one number, or a copy of it, is compared with itself: newer verifiers know what comes of it. */
static bool is_same(const struct compared *compared)
{
	return compared->a.id == compared->b.id;
}

/** What is left of the numbers of one side. @return NULL: none */
static const struct ks_samples *left_of(struct ks_witnessing *run, const struct compared *compared,
					bool second)
{
	const struct ks_samples *own = second ? compared->b.samples : compared->a.samples;
	const struct ks_samples *with = second ? compared->a.samples : compared->b.samples;
	uint64_t numbers[KS_MAX_SAMPLES];
	uint32_t nr = 0;
	run->work += own->nr * with->nr / KS_MAX_SAMPLES;
	for (uint32_t i = 0; i < own->nr; i++) {
		bool any = is_same(compared) && goes(compared, own->at[i], own->at[i]);
		for (uint32_t j = 0; j < with->nr && !any && !is_same(compared); j++)
			any = second ? goes(compared, with->at[j], own->at[i])
				     : goes(compared, own->at[i], with->at[j]);
		if (any)
			numbers[nr++] = own->at[i];
	}
	if (nr == own->nr)
		return own;
	return nr ? ks_samples_of(&run->sampler, numbers, nr) : NULL;
}

static void set_copy(struct ks_witnessing *run, struct ks_held *held, const struct ks_held *of,
		     const struct ks_samples *samples, bool exact)
{
	if (held->kind != KS_HELD_NUMBER)
		return;
	if (held->id == of->id) {
		held->samples = samples;
		held->exact |= exact;
		held->whole = false;
		if (!samples)
			*held = (struct ks_held){ 0 };
	} else if (run->input->learns && held->kin == of->kin) {
		*held = (struct ks_held){ 0 }; // what it learns of that is not known
	}
}

/** A number and its copies are some of the samples only; NULL: it is not known which. */
static void set_all(struct ks_witnessing *run, struct ks_held_state *state,
		    const struct ks_held *of, const struct ks_samples *samples, bool exact)
{
	if (samples == of->samples && !exact && !of->whole)
		return;
	for (uint32_t f = 0; f < state->nr; f++) {
		for (int i = 0; i < KS_NR_REGS; i++)
			set_copy(run, &state->frames[f].regs[i], of, samples, exact);
		for (int i = 0; i < KS_NR_STACK_SLOTS; i++) {
			struct ks_held_slot *slot = &state->frames[f].slots[i];
			set_copy(run, &slot->held, of, samples, exact);
			if (slot->held.kind == KS_HELD_UNTOLD)
				slot->size = 0;
		}
	}
}

/** @return whether the verifier surely goes that way */
static bool go(struct ks_witnessing *run, struct ks_held_state *state,
	       const struct compared *compared)
{
	const struct ks_held *a = &compared->a, *b = &compared->b;
	bool one = !varies(compared, a->samples) || !varies(compared, b->samples);
	const struct ks_samples *left = left_of(run, compared, false);
	const struct ks_samples *other = left_of(run, compared, true);
	if (!run->input->learns && !one && !is_same(compared)) {
		// it goes both ways, and learns of two that are equal alone, by 64 bits
		if (equates(compared) && compared->wide) {
			set_all(run, state, a, left, false);
			set_all(run, state, b, other, false);
		}
		return true;
	}
	if (!left || !other)
		return false;
	if (tells_apart(compared) && !run->input->learns)
		return true; // what it is not equal to it may still be
	bool told = equates(compared) && compared->wide;
	set_all(run, state, a, left, told && b->exact);
	set_all(run, state, b, other, told && a->exact);
	return true;
}

static bool is_null(const struct ks_held *held)
{
	return held->kind == KS_HELD_NUMBER && held->exact && !held->samples->at[0];
}

/** What may be NULL is, or is not. */
static void set_null(struct ks_witnessing *run, struct ks_held *held, uint32_t id, bool null)
{
	if (held->kind != KS_HELD_NULLABLE || held->id != id)
		return;
	if (null)
		*held = ks_held_exact(run, 0);
	else
		held->kind = KS_HELD_MEMORY;
}

static void set_all_null(struct ks_witnessing *run, struct ks_held_state *state, uint32_t id,
			 bool null)
{
	for (uint32_t f = 0; f < state->nr; f++) {
		for (int i = 0; i < KS_NR_REGS; i++)
			set_null(run, &state->frames[f].regs[i], id, null);
		for (int i = 0; i < KS_NR_STACK_SLOTS; i++)
			set_null(run, &state->frames[f].slots[i].held, id, null);
	}
}

/** A lookup in an array whose index is known is never NULL to newer verifiers (since 6.14: d2102f2f5d75). */
static bool is_surely_nullable(const struct ks_witnessing *run, const struct ks_held *held)
{
	const struct ks_bpf_object *object = run->input->interp->object;
	uint32_t type = held->index ? object->maps[held->index - 1].type : 0;
	return !run->input->learns || (type != KS_MAP_ARRAY && type != KS_MAP_PERCPU_ARRAY);
}

/** A comparison of a pointer with NULL. @return whether it is known what comes of it */
static bool compare_pointer(struct ks_witnessing *run, const struct compared *compared,
			    struct ks_held_state *states[2], bool goes_way[2])
{
	const struct ks_held *a = &compared->a;
	bool pointer = a->kind == KS_HELD_MEMORY || a->kind == KS_HELD_STACK ||
		       a->kind == KS_HELD_CONTEXT || a->kind == KS_HELD_DATA ||
		       a->kind == KS_HELD_MAP || a->kind == KS_HELD_NULLABLE;
	if (!pointer || !compared->wide || !is_null(&compared->b) ||
	    (compared->op != OP_JEQ && compared->op != OP_JNE))
		return false;
	bool jumps_if_null = compared->op == OP_JEQ;
	goes_way[!jumps_if_null] = true;
	goes_way[jumps_if_null] = a->kind == KS_HELD_NULLABLE && is_surely_nullable(run, a);
	if (a->kind != KS_HELD_NULLABLE)
		return true;
	set_all_null(run, states[jumps_if_null], a->id, true);
	set_all_null(run, states[!jumps_if_null], a->id, false);
	return true;
}

void ks_held_branch(struct ks_witnessing *run, uint32_t at, struct ks_held_state *state,
		    struct ks_held_state *other, struct ks_held_next *ret)
{
	const struct ks_bpf_insn *insn = &run->input->interp->program->insns[at];
	struct compared compared = { .a = ks_held_top(state)->regs[insn->dst],
				     .b = ks_held_operand(run, at, state),
				     .op = ks_opcode_op(insn->code),
				     .wide = ks_opcode_class(insn->code) == CLASS_JMP };
	struct ks_held_state *states[2] = { state, other };
	const uint32_t places[2] = { at + 1, (uint32_t)((int64_t)at + 1 + insn->off) };
	bool follows[2] = { false, false };
	ret->nr = 0;
	if (compared.op == OP_JCOND)
		return;
	*other = *state;
	if (compared.a.kind == KS_HELD_NUMBER && compared.b.kind == KS_HELD_NUMBER) {
		for (uint8_t way = 0; way < 2; way++) {
			compared.way = way;
			follows[way] = go(run, states[way], &compared);
		}
	} else if (!compare_pointer(run, &compared, states, follows)) {
		return;
	}
	for (int way = 0; way < 2; way++)
		if (follows[way])
			ret->at[ret->nr++] = places[way];
	if (follows[1] && !follows[0])
		*state = *other;
}
