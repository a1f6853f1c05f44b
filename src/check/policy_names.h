/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Names that the command line or ksurf.toml gives: slips in them would pass unseen, as if nothing had been said. */
#include "base/buf.h"
#include "check/check.h"
#include "check/policy.h"

/**
 * @param optional globs of programs, with commas; NULL
 * @param constants NAME=NUMBER of variables, with commas; NULL
 * @return KS_ERR_USAGE when one that is no glob is of none of the objects, with the nearest name
 */
KS_MUST_CHECK struct ks_error *ks_policy_names_check(const char *optional, const char *constants,
						     const struct ks_check_input *inputs,
						     size_t nr);

/**
 * The names of a policy that are no globs. One that no object has is refused where the part of the file is about an object by
 * name, or where an object has one that is near and that the policy does not name.
 * @param unknown others are appended: they may be those of files that are not checked now
 * @return KS_ERR_DATA with the nearest name
 */
KS_MUST_CHECK struct ks_error *ks_policy_slips(const struct ks_policy *policy,
					       const struct ks_check_input *inputs, size_t nr,
					       struct ks_buf *unknown);
