/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "base/error.h"
#include "base/progress.h"
#include "source/net/http.h"
#include "source/net/keys.h"
#include "source/net/packages.h"
#include "source/net/remote.h"
#include "source/net/repo_kind.h"

/** A suite of an archive, read without apt: for other architectures, releases and distributions. */
struct ks_mirror {
	enum ks_repo_kind kind;
	/** The folder that holds dists/ and pool/; of other kinds, what suites lie below. */
	const char *url;
	/** Such as "bookworm" or "sid"; of other kinds the path of a list: "BaseOS/x86_64/os". */
	const char *suite;
	const char *arch; // Debian's name
	/** One of them must have signed its list; NULL: whatever the server says. */
	const struct ks_keys *keys;
	bool signs_packages;   // each package is signed by itself: see struct ks_pull_opts
	const char *cache_dir; // NULL: $XDG_CACHE_HOME/ksurf, ~/.cache/ksurf
	struct ks_http_opts http;
	const struct ks_progress *progress; // may be NULL
};

/** What a suite has, as far as it was asked for. */
struct ks_suite;

/**
 * Read the Release file of a suite, and prove it. What the mirror points to, but the keys, must stay until the suite is closed.
 * @return KS_ERR_NOTFOUND when it has no such architecture, KS_ERR_NET, or KS_ERR_DATA when the signature does not hold
 * or it is the list of another suite.
 */
KS_MUST_CHECK struct ks_error *ks_suite_open(const struct ks_mirror *mirror, struct ks_suite **ret);

/**
 * Look a package up in the Packages files, component by component, as far as needed. A Packages file is taken from the cache
 * when it still is what the Release file names, and it is compared with the SHA256 given there in any case.
 * @param name    len bytes
 * @param version NULL: the newest
 * @param[out] ret valid until the suite is closed; its text is NULL when there is no such package
 * @return KS_ERR_NET, or KS_ERR_DATA when a checksum does not hold
 */
KS_MUST_CHECK struct ks_error *ks_suite_find(struct ks_suite *suite, const char *name, size_t len,
					     const char *version, struct ks_stanza *ret);

/** Whether a package is one of Debian's installer, kernel-image-RELEASE-di: they are in lists of their own, which nobody else needs. */
bool ks_suite_is_of_installer(const char *name, size_t len);

/** Every package of the suite's first component, where kernels are. */
KS_MUST_CHECK struct ks_error *ks_suite_packages(struct ks_suite *suite,
						 const struct ks_packages **ret);

/** Where a package of the suite is. @return KS_ERR_DATA when nothing is there to verify it with, unless that is allowed */
KS_MUST_CHECK struct ks_error *ks_suite_remote(const struct ks_suite *suite,
					       const struct ks_stanza *stanza,
					       struct ks_remote *ret);
/** As it was asked for: "bookworm-security". Lives as long as the suite. */
const char *ks_suite_name(const struct ks_suite *suite);
/** A field of its Release file ("Origin", "Codename"), up to the end of the line, when a key has signed for it; else NULL. */
const char *ks_suite_signed_field(const struct ks_suite *suite, const char *name);
void ks_suite_close(struct ks_suite *suite); // NULL is allowed
static inline void ks_suite_closep(struct ks_suite **suite)
{
	ks_suite_close(*suite);
}
#define _cleanup_suite_ __attribute__((__cleanup__(ks_suite_closep)))

/** Order of two Debian version numbers: below, equal to or above zero. */
int ks_package_version_compare(const char *a, const char *b);
