/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Numbers that bound an access: inside check/ only. */
#include "check/interp/witness.h"
#include "check/reasons.h"

/** What the verifier of one kernel makes of a program's numbers. */
struct ks_bounds {
	struct ks_witness witness;
	bool learns; // of comparisons of two registers
};

/** Whether the verifier of a kernel learns of comparisons of two registers, or may. */
bool ks_verifier_learns(uint32_t version);
/**
 * Look for a use of a number that is out of bounds to the verifier.
 * @param interp the program on an image
 * @param steps left, counted down
 */
KS_MUST_CHECK struct ks_error *ks_bounds_find(const struct ks_interp_input *interp,
					      const struct ks_hook *hook, bool learns,
					      uint64_t *steps, struct ks_bounds *ret);
