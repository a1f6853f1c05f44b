/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Which tools are touched by what changed between two kernels. */
#include "check/tools/users.h"
#include "diff/summary.h"

/** A name that tools depend on, and that differs. */
struct ks_touch {
	enum ks_dep_kind kind;
	const char *name;
	bool removed, added;	    // on one side only
	enum ks_change_kind change; // otherwise the first change that tells
	const char *part;	    // of the change: a parameter, field or value; NULL
	size_t nr_more;		    // other changes of the name
	size_t first, nr, nr_tools; // uses
};

/** All of them, those that touch the most tools first. A zeroed one is empty. */
struct ks_impact {
	struct ks_arena arena;
	const struct ks_users *users; // borrowed
	size_t nr, cap;
	struct ks_touch *at;
	size_t nr_tools; // that are touched by any
};
void ks_impact_deinit(struct ks_impact *impact);
#define _cleanup_impact_ __attribute__((__cleanup__(ks_impact_deinit)))

/** Take what tools depend on of one difference: fits ks_difference_fn. @param arg a struct ks_impact with its users */
struct ks_error *ks_impact_add(const struct ks_difference *difference, void *arg);
/** Sort, once all was added. @return &ks_nomem */
KS_MUST_CHECK struct ks_error *ks_impact_finish(struct ks_impact *impact);

/** Compare two images of a store. @param ret zeroed, with its users */
KS_MUST_CHECK struct ks_error *ks_impact_make(struct ks_store *store,
					      const struct ks_store_image *old,
					      const struct ks_store_image *new,
					      struct ks_impact *ret);
