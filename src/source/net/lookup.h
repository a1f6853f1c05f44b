/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Where packages are looked up: a mirror, suites on the servers that apt uses, or apt itself. */
#include "base/error.h"
#include "base/progress.h"
#include "source/net/mirror.h"
#include "source/net/pull.h"

struct ks_lookup;

/** A package, and where it is from. Points into the lookup. */
struct ks_found {
	struct ks_stanza stanza;      // its text is NULL: there is none
	const struct ks_suite *suite; // NULL: apt knows it
};

/**
 * Get ready to look packages up where the options say. Servers are asked here; what they have, only when it is needed.
 * @param opts, progress  must stay until it is closed; progress may be NULL
 * @return KS_ERR_USAGE when the options contradict each other, KS_ERR_NET, KS_ERR_NOTFOUND when nothing can be asked,
 * KS_ERR_DATA when no list can be verified
 */
KS_MUST_CHECK struct ks_error *ks_lookup_open(const struct ks_pull_opts *opts,
					      const struct ks_progress *progress,
					      struct ks_lookup **ret);
/**
 * Look a package up everywhere, and take the newest.
 * @param name    len bytes
 * @param version NULL: any
 * @param[out] ret its text is NULL when there is no such package
 */
KS_MUST_CHECK struct ks_error *ks_lookup_find(struct ks_lookup *lookup, const char *name,
					      size_t len, const char *version,
					      struct ks_found *ret);
/** The same by a word that ends with a NUL. */
KS_MUST_CHECK struct ks_error *ks_lookup_find_name(struct ks_lookup *lookup, const char *name,
						   const char *version, struct ks_found *ret);
/** Where a package that was found can be fetched, and what it must be. */
KS_MUST_CHECK struct ks_error *
ks_lookup_remote(struct ks_lookup *lookup, const struct ks_found *found, struct ks_remote *ret);
/** Why there is no such package: what apt or a server said, or names that are like it. Never NULL. */
struct ks_error *ks_lookup_nothing(struct ks_lookup *lookup, const char *name, const char *version);
/** All packages there are. @param fn an error that it returns ends the walk */
typedef struct ks_error *ks_lookup_fn(void *arg, const struct ks_found *found);
KS_MUST_CHECK struct ks_error *ks_lookup_walk(struct ks_lookup *lookup, ks_lookup_fn *fn,
					      void *arg);
/** The first list that could not be had and was left to other suites: what was found may not be the newest. NULL: none. */
const struct ks_error *ks_lookup_lost(const struct ks_lookup *lookup);
/** Of the archives that it looks into. */
enum ks_repo_kind ks_lookup_kind(const struct ks_lookup *lookup);
void ks_lookup_close(struct ks_lookup *lookup); // NULL is allowed
static inline void ks_lookup_closep(struct ks_lookup **lookup)
{
	ks_lookup_close(*lookup);
}
#define _cleanup_lookup_ __attribute__((__cleanup__(ks_lookup_closep)))
