/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Numbers that the verifier surely takes a program to be able to use as an offset or a size, and so refuses it: a path that it
 * surely follows, with sets of numbers that it cannot rule out. As far as it rules out no number that can be, what is computed
 * of such numbers it cannot rule out either; where more is not known, nothing is said. What older verifiers do not learn of
 * comparisons stays in the sets. Inside check/.
 */
#include "check/interp/interp.h"

enum ks_witness_how {
	KS_WITNESS_NONE,
	KS_WITNESS_OFFSET,   // into a map's value, or other memory
	KS_WITNESS_STACK,    // into the stack
	KS_WITNESS_SIZE,     // given to a helper
	KS_WITNESS_RESERVED, // the size that is reserved shows when it runs only
};

/** What one of its uses may be. */
struct ks_witness {
	enum ks_witness_how how;
	uint32_t insn;
	/** Bytes behind the beginning of the memory, below the frame (signed), or the size. */
	uint64_t number;
	uint32_t map;  // 1 + the map whose value it is; 0: it is none, or not known
	uint32_t data; // 1 + the section of data
};

struct ks_witness_input {
	const struct ks_interp_input *interp; // of it steps, paths and types are not used
	bool numbers;			      // the context has numbers only
	/**
	 * The verifier may learn of comparisons of two registers, and what a number is not equal to. Else it does only of those
	 * with a constant, and of what is equal; keeps no number on the stack that it knows nothing of; and knows nothing of
	 * quotients, remainders, negations, swapped bytes, and what else but sums, differences and masks is computed of two
	 * numbers that show when it runs.
	 */
	bool learns;
	bool links;	 // it may take a copy of 32 bits for one that is compared, too
	uint64_t *steps; // left, counted down
};

/** The first such use of a program that is found; of none KS_WITNESS_NONE. */
KS_MUST_CHECK struct ks_error *ks_witness_find(const struct ks_witness_input *input,
					       struct ks_witness *ret);
