/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What changes for tools from one kernel to another. */
#include "check/tools/causes.h"

/** What becomes of a tool. */
enum ks_turn {
	KS_TURN_SAME,	// what it was, for the same reasons
	KS_TURN_BETTER, // nothing is lost that was not, and something comes back
	KS_TURN_LOSES,	// it works, or may, with a loss that it did not have
	KS_TURN_DOUBT,	// it cannot be told any more
	KS_TURN_FAILS,	// it does not work any more
	KS_TURN_APART,	// it is built for another machine than one of both
	KS_NR_TURNS,
};

/** How an upgrade ends. */
struct ks_upgrade {
	const struct ks_tools *tools; // borrowed
	size_t old, new;	      // columns
	bool less; // the new one does not tell where functions are inlined, and the old one does
	bool more; // the other way round
	size_t counts[KS_NR_TURNS];
	enum ks_turn *turns;	 // of each tool
	struct ks_causes causes; // of what is lost on the new one, and was not before
};

/**
 * Compare two images of a check.
 * @param arena holds the result
 */
KS_MUST_CHECK struct ks_error *ks_upgrade_make(const struct ks_tools *tools, size_t old, size_t new,
					       struct ks_arena *arena, struct ks_upgrade *ret);

/** 2: a tool does not work any more; 1: one loses something, or cannot be told any more; 0: nothing is worse. */
int ks_upgrade_answer(const struct ks_upgrade *upgrade);
