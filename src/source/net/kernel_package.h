/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Which package is meant, and which others belong to it: names of Debian's and Ubuntu's kernel packages. */
#include <stdbool.h>

#include "source/net/lookup.h"

/** What is kept in a package of its own by some kernels. */
enum ks_companion {
	KS_COMPANION_CONFIG,
	KS_COMPANION_MODULES,
};

/** What a package has of a kernel. */
enum ks_kernel_package_role {
	KS_KERNEL_PACKAGE_BOOTS,
	KS_KERNEL_PACKAGE_DEBUG,
	KS_KERNEL_PACKAGE_STANDS, // nothing: it depends on the package that has it
};

/** Whether a name is that of a package with a kernel, or one that stands for such a package. */
bool ks_kernel_package_is(const struct ks_stanza *stanza);
/** @param stanza of such a package */
enum ks_kernel_package_role ks_kernel_package_role(const struct ks_stanza *stanza);
/**
 * The release of the kernel that such a package has or stands for.
 * @param[out] release, len  in the list, not terminated; unchanged when it has none
 */
bool ks_kernel_package_of(const struct ks_stanza *stanza, const char **release, size_t *len);

/**
 * The release in the name of a kernel package: "6.1.0-50-amd64" of linux-image-6.1.0-50-amd64-dbg.
 * @param name len bytes
 * @param[out] release_len bytes; unchanged when there is none
 * @return in name; NULL when it is no such name
 */
const char *ks_kernel_package_release(const char *name, size_t len, size_t *release_len);

/** Length of the series in front of a release: of "6.1" in 6.1.0-50-amd64. */
size_t ks_kernel_package_series(const char *release);
/** Whether two releases are of one series. */
bool ks_kernel_package_same_series(const char *a, const char *b);
/** A release without version and revision: "cloud-amd64" of 6.1.0-50-cloud-amd64. @return in release, tail_len bytes */
const char *ks_kernel_package_tail(const char *release, size_t len, size_t *tail_len);

/**
 * The package with the kernel that a word means: a package, with =VERSION or not; the release of a kernel, whose package
 * is found; and where a package has no kernel and depends on the one that has it (linux-image-amd64), that one.
 * @return KS_ERR_NOTFOUND when there is none
 */
KS_MUST_CHECK struct ks_error *ks_kernel_package_choose(struct ks_lookup *lookup, const char *word,
							struct ks_found *ret);

/**
 * Where a package stands for another one, go on to the one that has the kernel.
 * @return KS_ERR_NOTFOUND when it is not there
 */
KS_MUST_CHECK struct ks_error *ks_kernel_package_follow(struct ks_lookup *lookup,
							struct ks_found *found);

/**
 * The package that may have what another one lacks, in the same version.
 * @param[out] ret its text is NULL when there is none, or when it is the kernel's own package
 */
KS_MUST_CHECK struct ks_error *ks_kernel_package_companion(struct ks_lookup *lookup,
							   const struct ks_found *kernel,
							   enum ks_companion what,
							   struct ks_found *ret);
