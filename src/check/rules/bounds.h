/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Numbers that bound an access: inside check/ only. */
#include "check/interp/witness.h"
#include "check/reasons.h"

/** What the verifier of one kernel makes of a program's numbers. */
struct ks_bounds {
	struct ks_witness witness;
	bool always; // to the verifiers of all kernels
};

/** What the verifier of a kernel knows of numbers, or may know. */
struct ks_bounds_known {
	bool learns, links; // as of struct ks_witness_input
};
struct ks_bounds_known ks_bounds_known(const struct ks_site *site);
/**
 * Look for a use of a number that is out of bounds to the verifier.
 * @param interp the program on an image
 * @param steps left, counted down
 */
KS_MUST_CHECK struct ks_error *ks_bounds_find(const struct ks_interp_input *interp,
					      const struct ks_hook *hook,
					      struct ks_bounds_known known, uint64_t *steps,
					      struct ks_bounds *ret);
