/* SPDX-License-Identifier: BSD-2-Clause */
/* A conditional jump: which ways it can go, and what each of them tells of the values that are compared. */
#include "check/interp/interp_private.h"
#include "check/interp/opcode.h"

/** A value that a comparison with a constant has told. */
static void learn(struct ks_state *state, const struct ks_bpf_insn *insn, bool wide,
		  const struct ks_value *b)
{
	uint32_t kind = state->regs[insn->dst].kind;
	// what is not told is one number all the way, and no more is known of it on one of the ways
	if (wide && !ks_value_is_untold(&state->regs[insn->dst]) && b->kind == KS_VALUE_CONST &&
	    (kind == KS_VALUE_ANY || kind == KS_VALUE_KERNEL))
		state->regs[insn->dst] = *b;
}

/**
 * What a comparison tells of pointers that may be null; of any other than with null, what the verifier makes of it is
 * not followed.
 * @param equal, different the states where both are the same, and where they are not; NULL: it tells neither
 */
static void learn_null(struct ks_value a, struct ks_value b, struct ks_state *equal,
		       struct ks_state *different, struct ks_state *const both[2])
{
	if (equal && a.id && a.number == 0 && b.kind == KS_VALUE_CONST && b.number == 0) {
		ks_state_set_null(equal, a.id);
		ks_state_learn_null(different, a.id, KS_NULL_NEVER);
		return;
	}
	for (int i = 0; i < 2; i++) {
		if (a.id)
			ks_state_learn_null(both[i], a.id, KS_NULL_UNTOLD);
		if (b.id)
			ks_state_learn_null(both[i], b.id, KS_NULL_UNTOLD);
	}
}

/** Comparing with zero what may be a pointer, that is known not to be null to the verifier alone. */
static void doubt(struct ks_state *null, const struct ks_value *a, const struct ks_value *b)
{
	bool of_context = (a->kind == KS_VALUE_KERNEL && !a->id) ||
			  (a->kind == KS_VALUE_ANY && a->index == KS_ANY_OF_CONTEXT);
	null->doubtful |= of_context && b->kind == KS_VALUE_CONST && b->number == 0;
}

/** How many numbers below `most` a comparison leaves, in the branch that is taken; the others are left in the other one. */
static uint64_t left_by(uint8_t op, uint64_t with, uint64_t most)
{
	switch (op) {
	case OP_JGT:
		return most - with;
	case OP_JGE:
		return most - with + 1;
	case OP_JLT:
		return with;
	default:
		return with + 1;
	}
}

/** A number that could be anything up to `most` can still be both odd and even where more than one is left. */
static void leave_varying(struct ks_state *state, uint8_t reg, uint64_t nr)
{
	static const struct ks_value varies = { .kind = KS_VALUE_ANY,
						.index = KS_ANY_VARIES,
						.number = 1 };
	if (nr >= 2)
		state->regs[reg] = varies;
}

static void learn_range(uint8_t op, bool wide, const struct ks_bpf_insn *insn,
			const struct ks_value *a, const struct ks_value *b, struct ks_state * not,
			struct ks_state *taken)
{
	uint64_t bits = ks_value_varying(a), most = bits == UINT32_MAX || !wide ? UINT32_MAX : bits;
	uint64_t with = wide ? b->number : (uint32_t)b->number;
	bool any = bits == UINT64_MAX || bits == UINT32_MAX;
	if (!any || b->kind != KS_VALUE_CONST || with >= most ||
	    (op != OP_JGT && op != OP_JGE && op != OP_JLT && op != OP_JLE))
		return;
	uint64_t nr = left_by(op, with, most);
	leave_varying(taken, insn->dst, nr);
	leave_varying(not, insn->dst, most - nr + 1);
}

/** Comparing with zero a pointer that the verifier takes for none that may be null, but follows where it is. */
static bool compares_unaware(const struct ks_interp *interp, const struct ks_value *a,
			     const struct ks_value *b)
{
	const struct ks_interp_input *input = interp->input;
	return a->kind == KS_VALUE_KERNEL && !a->id && b->kind == KS_VALUE_CONST && !b->number &&
	       interp->paths.at[a->index].typed && input->is_never_null &&
	       !input->is_never_null(input->types, interp->paths.at, a->index);
}

void ks_interp_branch(struct ks_interp *interp, uint32_t at, struct ks_state *state,
		      struct ks_state *other, const struct ks_value *with, struct ks_next *ret)
{
	const struct ks_bpf_insn *insn = &interp->input->program->insns[at];
	bool wide = ks_opcode_class(insn->code) == CLASS_JMP;
	uint8_t op = ks_opcode_op(insn->code);
	uint32_t target = (uint32_t)((int64_t)at + 1 + insn->off);
	const struct ks_value a = state->regs[insn->dst], b = *with;
	ks_interp_use(interp, &a);
	ks_interp_use(interp, &b);
	if (a.kind == KS_VALUE_KERNEL)
		interp->paths.at[a.index].compared = true;
	if (b.kind == KS_VALUE_KERNEL)
		interp->paths.at[b.index].compared = true;
	int taken = op == OP_JCOND ? -1 : ks_value_branch(op, wide, &a, &b);
	bool untold = op != OP_JCOND && (ks_value_is_untold(&a) || ks_value_is_untold(&b));
	interp->reached[at].ways |= taken == 1	 ? KS_WAY_JUMPS
				    : taken == 0 ? KS_WAY_GOES_ON
				    : untold	 ? KS_WAYS_UNTOLD
						 : KS_WAYS_BOTH;
	*ret = (struct ks_next){ .nr = 1,
				 .at = { taken == 1 ? target : at + 1 },
				 .states = { state } };
	if (taken >= 0)
		return;
	ks_state_forget_set_null(state);
	*other = *state;
	ret->nr = 2;
	ret->at[1] = target;
	ret->states[1] = other;
	if (a.kind == KS_VALUE_ANY || b.kind == KS_VALUE_ANY) {
		ks_state_bound(state);
		ks_state_bound(other);
		learn_range(op, wide, insn, &a, &b, state, other);
	}
	struct ks_state *const both[2] = { state, other };
	struct ks_state *equal = op == OP_JEQ ? other : op == OP_JNE ? state : NULL;
	if (op != OP_JCOND && (a.id || b.id))
		learn_null(a, b, wide ? equal : NULL, equal == state ? other : state, both);
	if (equal && wide && compares_unaware(interp, &a, &b)) {
		equal->null = true;
	} else if (equal) {
		doubt(equal, &a, &b);
		learn(equal, insn, wide, &b);
	}
}
