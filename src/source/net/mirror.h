/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "base/error.h"
#include "base/progress.h"
#include "source/net/http.h"
#include "source/net/keys.h"
#include "source/net/remote.h"

/** A suite of a Debian-like archive, read without apt: for other architectures and releases. */
struct ks_mirror {
	const char *url;   // the folder that holds dists/ and pool/
	const char *suite; // such as "bookworm" or "sid"
	const char *arch;  // Debian's name
	const struct ks_keys
		*keys; // one of them must have signed its list; NULL: whatever the server says
	const char *cache_dir; // NULL: $XDG_CACHE_HOME/ksurf, ~/.cache/ksurf
	struct ks_http_opts http;
	const struct ks_progress *progress; // may be NULL
};

/**
 * Look a package up in the Packages files of a suite. A Packages file is taken from the cache when it
 * still is what the Release file names, and it is compared with the SHA256 given there in any case.
 * @param package NAME or NAME=VERSION; of several versions the newest is taken
 * @return KS_ERR_NOTFOUND when the suite has no such package (the text names some that it has) or no
 * such architecture, KS_ERR_NET, or KS_ERR_DATA when a checksum or the signature does not hold,
 * when it is the list of another suite, or has no checksum of the package.
 */
KS_MUST_CHECK struct ks_error *ks_mirror_resolve(const struct ks_mirror *mirror,
						 const char *package, struct ks_remote *ret);

/** Order of two Debian version numbers: below, equal to or above zero. */
int ks_package_version_compare(const char *a, const char *b);
