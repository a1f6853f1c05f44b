/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Kernels in a folder: what can be added, told by names first and then by the first bytes. */
#include <stddef.h>

#include "base/error.h"

/** Paths, sorted so that images with debug information come before others. */
struct ks_scan {
	char **paths;
	size_t nr;
	char *loop; // the first link that leads to itself; NULL: there is none
};

/**
 * Look through a folder and those below it, without following links: at most 16 deep and over a million files.
 * @return KS_ERR_UNSUPPORTED when there is no kernel, KS_ERR_DATA when the folder is too large
 */
KS_MUST_CHECK struct ks_error *ks_scan_folder(const char *path, struct ks_scan *ret);
void ks_scan_deinit(struct ks_scan *scan);
