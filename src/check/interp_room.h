/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the interpreter works in: inside check/interp*.c only. */
#include "base/vector.h"
#include "check/interp.h"
#include "check/interp_state.h"

/** A function entered with some arguments; what it gives back is found out once. */
struct ks_entered {
	uint32_t entry;
	bool done;    // false while it is being followed: a recursion
	bool returns; // it can come back
	struct ks_value args[5];
	struct ks_value result;
};

struct ks_interp {
	const struct ks_interp_input *input;
	struct ks_reached *reached;
	const uint8_t *targets; // of each instruction: something jumps to it
	const uint8_t *global; // of each instruction: a function begins that is verified on its own
	uint64_t budget;       // instructions still to be followed
	unsigned int depth;
	KS_VECTOR(struct ks_entered) entered;
};

/** What follows an instruction. */
struct ks_next {
	uint32_t nr; // 0: the function ends here
	uint32_t at[2];
	struct ks_state *states[2]; // states[0] is the one given, changed
};

/** A call of a function of the program. @param ret_returns whether it can come back */
KS_MUST_CHECK struct ks_error *ks_interp_enter(struct ks_interp *interp, uint32_t entry,
					       const struct ks_value *args, struct ks_value *ret,
					       bool *ret_returns);

/**
 * Carry out the instruction at a place.
 * @param state before, and after for the first of the next places
 * @param other room for the state of the second
 */
KS_MUST_CHECK struct ks_error *ks_interp_step(struct ks_interp *interp, uint32_t at,
					      struct ks_state *state, struct ks_state *other,
					      struct ks_next *ret);
