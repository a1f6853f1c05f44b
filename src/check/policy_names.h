/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Names that the command line gives: slips in them would pass unseen, as if nothing had been said. */
#include "check/check.h"

/**
 * @param optional globs of programs, with commas; NULL
 * @param constants NAME=NUMBER of variables, with commas; NULL
 * @return KS_ERR_USAGE when one that is no glob is of none of the objects, with the nearest name
 */
KS_MUST_CHECK struct ks_error *ks_policy_names_check(const char *optional, const char *constants,
						     const struct ks_check_input *inputs,
						     size_t nr);
