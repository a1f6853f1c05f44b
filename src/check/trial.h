/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* One program on one image: inside check/ only. */
#include "check/check.h"
#include "check/resolve.h"
#include "check/rules/bounds.h"

struct ks_trial {
	const struct ks_resolution *resolution;
	uint32_t index;	 // of the program in its object
	uint64_t *steps; // as in ks_interp_input
	/** What the verifier makes of its numbers; to follow it, NULL. */
	const struct ks_bounds *bounds;
};

/** Which of its instructions can be reached. @param arena holds the result */
KS_MUST_CHECK struct ks_error *ks_trial_follow(const struct ks_trial *trial, struct ks_arena *arena,
					       struct ks_reach *ret);
/**
 * Judge it. What fails, or is wrong, by some values only of an option or a type that is not known is unknown.
 * @param reach of ks_trial_follow() @param base_reach on the base image; NULL without one
 * @param arena holds the result @param scratch for as long as the call
 */
KS_MUST_CHECK struct ks_error *ks_trial_judge(const struct ks_trial *trial,
					      const struct ks_reach *reach,
					      const struct ks_reach *base_reach,
					      struct ks_arena *arena, struct ks_arena *scratch,
					      struct ks_outcome *ret);
