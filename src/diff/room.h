/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What comparisons work in: inside diff/ only. */
#include "base/vector.h"
#include "diff/diff.h"
#include "diff/list.h"

struct ks_diff {
	KS_VECTOR(struct ks_change) changes;
	KS_VECTOR(const char *) names;	 // of the two sides of a reorder
	KS_VECTOR(const char *) callers; // lost
	struct ks_list old, new;
};
