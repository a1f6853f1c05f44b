/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Findings that are known, and those that are accepted for a time: what is left is new. */
#include "base/buf.h"
#include "check/tools/tools.h"

/** How many findings were excused, and which waivers are past their day. */
struct ks_excuses {
	size_t nr_known, nr_waived;
	size_t nr_expired; // waivers that would still be needed
	const struct ks_policy_waiver *const *expired;
};

/**
 * Excuse what the waivers of the check's policy accept. What is excused does not count any more.
 * @param today as 20270131: after its last day a waiver excuses nothing
 * @param arena holds the result
 */
KS_MUST_CHECK struct ks_error *ks_excuse_waived(struct ks_tools *tools, unsigned int today,
						struct ks_arena *arena, struct ks_excuses *ret);

/**
 * Append what is found and not waived, as ks_excuse_known() reads it: a line of JSON each, sorted. A finding is a tool, a
 * program, a series of kernels (6.1) and their machine, the kind and name of a reason, and how bad it is; so point
 * releases of a series have the same.
 */
KS_MUST_CHECK struct ks_error *ks_known_write(const struct ks_tools *tools, struct ks_buf *out);
/**
 * Excuse what a text lists.
 * @param text of len bytes: hostile
 * @return KS_ERR_DATA with the line that cannot be understood
 */
KS_MUST_CHECK struct ks_error *ks_excuse_known(struct ks_tools *tools, const char *text, size_t len,
					       struct ks_excuses *ret);
