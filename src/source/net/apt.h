/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/vector.h"
#include "source/net/remote.h"

/**
 * The machine's own apt, asked through its command line: it knows sources, pins, signatures and
 * proxies, and its output for these commands is made to be read by programs. Nothing is changed and
 * nothing is fetched.
 */

/**
 * Where `apt-get download` would take a package from.
 * @param package NAME, NAME:ARCH, NAME=VERSION as for apt-get
 * @return KS_ERR_NOTFOUND with apt's own words when it does not know the package or is not there.
 */
KS_MUST_CHECK struct ks_error *ks_apt_resolve(const char *package, struct ks_remote *ret);

/**
 * What apt knows of a package, of the version it would take: stanzas as in a Packages file.
 * @param package as above
 * @param[out] ret empty when it knows none
 */
KS_MUST_CHECK struct ks_error *ks_apt_show(const char *package, struct ks_buf *ret);

/** A repository that apt is configured to use. */
struct ks_apt_repo {
	char *uri, *suite, *codename; // suite: such as "oldstable"; codename: as in sources.list
	char *entry;		      // the file of sources and which of them it is: "PATH:NR"
	bool is_trusted;	      // its lists are signed, or apt is told to believe them
};
struct ks_apt_repos {
	KS_VECTOR(struct ks_apt_repo) list;
};

/** All repositories with an index of binary packages, without repetition. */
KS_MUST_CHECK struct ks_error *ks_apt_repos(struct ks_apt_repos *ret);
void ks_apt_repos_deinit(struct ks_apt_repos *repos);
#define _cleanup_apt_repos_ __attribute__((__cleanup__(ks_apt_repos_deinit)))

/** Whether apt believes the lists of the repository that a file belongs to. */
bool ks_apt_trusts(const struct ks_apt_repos *repos, const char *url);

/** A setting such as "APT::Architecture"; NULL when it is not set or apt is not there. Caller frees. */
char *ks_apt_setting(const char *name);
/** This machine's architecture by Debian's name, as apt has it or else the kernel; the caller frees. NULL when memory runs out. */
char *ks_apt_native_arch(void);

/** Whose archive has a package, as its signed list says: "Debian", "bookworm". */
struct ks_apt_origin {
	char *origin, *codename;
};
struct ks_apt_origins {
	KS_VECTOR(struct ks_apt_origin) list;
};
/**
 * The suites of apt's that have a version of a package, of those whose lists apt has verified.
 * @param package NAME or NAME:ARCH
 */
KS_MUST_CHECK struct ks_error *ks_apt_origins(const char *package, const char *version,
					      struct ks_apt_origins *ret);
void ks_apt_origins_deinit(struct ks_apt_origins *origins);
#define _cleanup_apt_origins_ __attribute__((__cleanup__(ks_apt_origins_deinit)))
