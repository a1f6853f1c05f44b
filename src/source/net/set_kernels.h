/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What a set of kernels stands for today: packages, and where they are. */
#include "source/net/lookup.h"
#include "source/net/pull.h"
#include "source/net/sets.h"

struct ks_set_kernels {
	struct ks_arena arena;		  // of all texts
	struct ks_pull_opts pull;	  // how to pull the packages
	KS_VECTOR(const char *) packages; // "NAME=VERSION", the newest first
	size_t nr_wanted;		  // of them; the others are instead of one that is gone
};

/** How much of a set is wanted. */
struct ks_set_extent {
	/** Releases: of the series, of a rolling set of any; 0: the newest that is there. */
	unsigned int last;
	bool debug; // packages with debug information, of kernels that have one
};

/**
 * Look up which kernels a set has: those of the newest release's series, flavour and machine; of a rolling set
 * of all series.
 * @param opts what it says of servers, suites, machine and keys counts more than the set
 * @param progress NULL for silence
 * @return as ks_pull_open()
 */
KS_MUST_CHECK struct ks_error *ks_set_kernels(const struct ks_set_wish *wish,
					      const struct ks_set_extent *extent,
					      const struct ks_pull_opts *opts,
					      const struct ks_progress *progress,
					      struct ks_set_kernels *ret);
/**
 * The package that stands for the newest kernel of a set, by each word that the machine may have in its name.
 * @param[out] ret its text is NULL when there is none
 */
KS_MUST_CHECK struct ks_error *ks_set_find_standing(struct ks_lookup *lookup,
						    const struct ks_set_wish *wish,
						    const char *arch, bool debug,
						    struct ks_found *ret);
/** The options to pull from the set, as they are in ret; for listing what it has. Its packages stay empty. */
KS_MUST_CHECK struct ks_error *ks_set_archive(const struct ks_set_wish *wish,
					      const struct ks_pull_opts *opts,
					      struct ks_set_kernels *ret);
/**
 * Look up what a word stands for, if it is a set: with the table of sets and all that follows, or by the transport of opts.
 * @param[out] is_set false: the word is no set's, and ret stays as it was
 * @return as ks_set_kernels(), and KS_ERR_DATA when a table of sets cannot be understood
 */
KS_MUST_CHECK struct ks_error *ks_set_expand(const char *word, const struct ks_set_extent *extent,
					     const struct ks_pull_opts *opts,
					     const struct ks_progress *progress, bool *is_set,
					     struct ks_set_kernels *ret);
/** Whether one of the packages is of the kernel of that release. */
bool ks_set_kernels_have(const struct ks_set_kernels *kernels, const char *release);
void ks_set_kernels_deinit(struct ks_set_kernels *kernels);
#define _cleanup_set_kernels_ __attribute__((__cleanup__(ks_set_kernels_deinit)))
