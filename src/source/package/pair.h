/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Packages of one kernel that were given together: one holds vmlinux, the other its configuration. */
#include <stddef.h>

#include "base/error.h"

/** The image goes without another package, or is not an image but such a package. */
#define KS_NO_PAIR SIZE_MAX
#define KS_IS_COMPANION (SIZE_MAX - 1)
/** It is such a package, and the other one has no modules. */
#define KS_BRINGS_MODULES (SIZE_MAX - 2)

/**
 * Find the packages among some files that only bring the configuration of another one: linux-image-6.1.0-50-amd64
 * for linux-image-6.1.0-50-amd64-dbg, linux-modules-… for linux-image-… and its -dbgsym, linux-base-… for
 * linux-binary-…. Told by the names in the packages, and the architecture;
 * a file that is no Debian package, or cannot be read, has no pair.
 * @param[out] config_of nr entries: the index of the file to take the configuration from, KS_NO_PAIR, or
 *	KS_IS_COMPANION or KS_BRINGS_MODULES for a file that is taken along by another
 */
KS_MUST_CHECK struct ks_error *ks_source_pair(const char *const *paths, size_t nr,
					      size_t *config_of);
