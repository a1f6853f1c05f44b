/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The suites that packages are looked up in, for one user or for several at a time. */
#include "base/error.h"
#include "base/progress.h"
#include "source/net/mirror.h"
#include "source/net/pull.h"

struct ks_suites;

/**
 * The archive that options name. Nobody is asked yet.
 * @param opts its texts are copied; what its http points to must stay until the archive is freed
 */
KS_MUST_CHECK struct ks_error *ks_suites_new(const struct ks_pull_opts *opts,
					     struct ks_suites **ret);
/** What was found in it is not valid any more. NULL is allowed. */
void ks_suites_free(struct ks_suites *all);
/** Whether other options name the same archive. */
bool ks_suites_are_of(const struct ks_suites *all, const struct ks_pull_opts *opts);
/** The machine whose packages are meant, by Debian's name. */
const char *ks_suites_arch(const struct ks_suites *all);

/**
 * What follows is between these two, one thread at a time. Who waited while something failed is given that failure, and does not ask
 * once more; who comes later does.
 * @param progress of this thread; may be NULL
 */
void ks_suites_enter(struct ks_suites *all, const struct ks_progress *progress);
void ks_suites_leave(struct ks_suites *all);

/**
 * Read the Release files of its suites, unless that was done.
 * @return KS_ERR_NET, KS_ERR_DATA when all of them failed: why the first did
 */
KS_MUST_CHECK struct ks_error *ks_suites_open(struct ks_suites *all);
/** How many suites are open; 0 without a failure: apt has no server. */
size_t ks_suites_nr(const struct ks_suites *all);
/** Of an archive that is open, at any time. */
const struct ks_suite *ks_suites_at(const struct ks_suites *all, size_t nr);
/** As ks_suite_find(), of one of the suites. */
KS_MUST_CHECK struct ks_error *ks_suites_find(struct ks_suites *all, size_t nr, const char *name,
					      size_t len, const char *version,
					      struct ks_stanza *ret);
/** As ks_suite_packages(). */
KS_MUST_CHECK struct ks_error *ks_suites_packages(struct ks_suites *all, size_t nr,
						  const struct ks_packages **ret);
/** A list that was read when its suite was opened and could not be had, though others could. NULL: none. */
const struct ks_error *ks_suites_left_out(const struct ks_suites *all);
/** The repositories of apt, asked for once. */
KS_MUST_CHECK struct ks_error *ks_suites_repos(struct ks_suites *all,
					       const struct ks_apt_repos **ret);
