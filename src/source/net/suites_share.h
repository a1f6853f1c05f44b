/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Suites for all who pull: who asks for the same ones has them together, and their lists are read and proven once. */
#include "source/net/suites.h"

/** Archives that were opened; threads share them. */
struct ks_suites_shared;
/** @return NULL when memory runs out */
struct ks_suites_shared *ks_suites_share(void);
/** Nobody has an archive of them any more. */
void ks_suites_unshare(struct ks_suites_shared *shared); // NULL is allowed

/**
 * The archive that options name, as ks_suites_new() makes it, or the one that somebody else has.
 * @param shared NULL: nobody else has it
 */
KS_MUST_CHECK struct ks_error *ks_suites_take(struct ks_suites_shared *shared,
					      const struct ks_pull_opts *opts,
					      struct ks_suites **ret);
/** What was found in it is not valid any more, unless somebody else has it. @param suites NULL is allowed */
void ks_suites_drop(struct ks_suites_shared *shared, struct ks_suites *suites);
