/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "base/error.h"
#include "base/progress.h"
#include "source/modules.h"
#include "source/net/http.h"
#include "source/net/remote.h"
#include "source/net/repo_kind.h"
#include "source/source.h"

struct ks_found;
struct ks_lookup;
struct ks_pull_plan_kernel;
struct ks_suites_shared;

/** Zeros and NULLs everywhere stand for the defaults. */
struct ks_pull_opts {
	/** Of the archive; all but KS_REPO_DEB need a mirror, or mirrors, and suites. */
	enum ks_repo_kind kind;
	const char *mirrors; // URL of a list of mirrors, tried in its order; NULL: there is none
	const char *mirror;  // URL of an archive; NULL: the repositories of the machine's apt
	/** Suites, with commas between them; needed with mirror. Without it, those that apt's repositories may have. */
	const char *suite;
	const char *arch; // Debian's name; NULL: the machine's own
	/** A file with the only keys that count; NULL: those that apt trusts for the archive. */
	const char *keyring;
	bool allow_unsigned; // believe lists that nobody signed
	bool signs_packages; // each package is signed by itself: its list need not be, or has no checksums of whole packages
	bool verify;	       // fetch all of a package, and compare its checksum
	const char *cache_dir; // see struct ks_mirror
	const char *config; // package, or path of a package or text, to take the configuration from
	/** The set that packages are of (surface/image_sets.h); NULL: that of the suite where they are, if it is known. */
	const char *set;
	/** Where lists of packages are kept that were read (source/net/suites_share.h), for all who pull with it; NULL: nowhere. */
	struct ks_suites_shared *shared;
	/** A kernel of a plan (source/net/pull_plan.h), which says where all of it is; NULL: it is looked up. */
	const struct ks_pull_plan_kernel *planned;
	/** Asked before a package is fetched: whether that is for nothing, as what it brings is there. NULL: it never is. */
	bool (*had)(void *arg, const struct ks_remote *remote);
	void *had_arg;
	struct ks_package_limits limits;
	struct ks_http_opts http;
};

/**
 * Fetch a kernel image package by its name, and no more of it than is needed to have its vmlinux.
 * @param package NAME or NAME=VERSION
 * @param progress NULL for silence
 * @param[out] ret NULL where opts->had() says so
 * @return as ks_source_open(), and KS_ERR_NOTFOUND when no such package is known, KS_ERR_NET when the
 * server fails for good, KS_ERR_DATA when a checksum or a signature does not hold, or when there is none.
 */
KS_MUST_CHECK struct ks_error *ks_pull_open(const char *package, const struct ks_pull_opts *opts,
					    const struct ks_progress *progress,
					    struct ks_source **ret);

/**
 * Where a package is and what it must be, as ks_pull_open() finds out.
 * @param[out] ret to be freed; it has no URL when there is no package of such a part
 */
KS_MUST_CHECK struct ks_error *ks_pull_resolve(const char *package, enum ks_remote_part part,
					       const struct ks_pull_opts *opts,
					       const struct ks_progress *progress,
					       struct ks_remote *ret);
/** The same of a kernel's package that was found, or of another one that has a part of it. @param ret zeroed */
KS_MUST_CHECK struct ks_error *ks_pull_find(struct ks_lookup *lookup, const struct ks_found *kernel,
					    enum ks_remote_part part,
					    const struct ks_pull_opts *opts, struct ks_remote *ret);
/** Its bytes. Whether they are what they must be is told by ks_http_proven(). */
KS_MUST_CHECK struct ks_error *ks_pull_fetch(const struct ks_remote *remote,
					     const struct ks_pull_opts *opts,
					     struct ks_input **ret);
/** The local path of a file: URL as apt writes it; NULL when it is another kind. */
const char *ks_pull_local(const char *url);

/** Fetch all of a package by its name, and read the modules in it. @param how as for ks_modules_path() */
KS_MUST_CHECK struct ks_error *ks_pull_modules(const char *package, const struct ks_pull_opts *opts,
					       const struct ks_modules_opts *how,
					       struct ks_modules_report *ret);
