/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The set of kernels that a package is of, which was named by itself. */
#include "source/net/lookup.h"
#include "source/net/sets.h"

/**
 * The sets whose suites have the package, by what the archive has signed: its distribution and the name of its suite. What apt
 * resolves is in those of its suites that list that version.
 * @param lookup where it was found: of a series beside the usual one (6.1 of debian:11) the packages that stand for its newest
 *	kernel tell what its flavour is called
 * @param sets the table
 * @param[out] ret as in surface/image_sets.h, the caller frees; NULL: none is known for certain
 */
KS_MUST_CHECK struct ks_error *ks_set_of_package(struct ks_lookup *lookup,
						 const struct ks_sets *sets,
						 const struct ks_found *found, char **ret);
