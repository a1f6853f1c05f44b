/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The running kernel, as far as it tells of itself and as far as the rights of who asks reach. */
#include "base/buf.h"
#include "extract/extract.h"

struct ks_live_opts {
	const char *root;    // folder that /proc, /sys and /boot are looked for in; NULL is "/"
	const char *machine; // what uname -m prints; NULL: ask the system
};

/**
 * Read the running kernel's types, symbols, events, lists of what can be attached, and configuration.
 * @param how its config goes before that of the kernel
 * @param[out] note a line for each thing that was out of reach: the file, why, what is unknown without it, what to do
 * @return KS_ERR_IO when not even /proc/version can be read, KS_ERR_UNSUPPORTED when the kernel tells neither types
 *	nor symbols, KS_ERR_DATA when what it tells is damaged
 */
KS_MUST_CHECK struct ks_error *ks_live_read(const struct ks_live_opts *opts,
					    const struct ks_extract_opts *how, struct ks_buf *note,
					    struct ks_surface **ret);
