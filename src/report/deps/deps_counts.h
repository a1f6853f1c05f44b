/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* How the names that eBPF objects need fare over many images: the table of the published study. */
#include "check/prevalence.h"
#include "report/deps/deps.h"
#include "report/text/table.h"

struct ks_deps_counts_options {
	const char *images; // where: "in at least one of 25 images"
	const char *base;   // label of the image that all are compared with; NULL: the study's rule
	bool programs;	    // a row for each program instead of each object
};

/**
 * Fill the table.
 * @param lists the published names of each sheet, in their order
 * @param arena holds the definition
 * @param ret a zeroed table; borrows names from the sheets
 * @return NULL or &ks_nomem
 */
KS_MUST_CHECK struct ks_error *ks_deps_counts_fill(const struct ks_deps_counts_options *options,
						   const struct ks_deps_sheet *sheets,
						   const struct ks_dep_list *lists, size_t nr,
						   const struct ks_prevalence *prevalence,
						   struct ks_arena *arena, struct ks_table *ret);
