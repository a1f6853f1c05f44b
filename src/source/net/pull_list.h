/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The kernels that can be pulled. */
#include "base/arena.h"
#include "base/vector.h"
#include "source/net/pull.h"

/** A kernel of an archive. Texts live as long as the list. */
struct ks_pull_kernel {
	const char *release; // "6.1.0-50-amd64"
	const char *version; // of its packages
	/** Of the newest of its sort, a package that stands for it: "linux-image-amd64"; else NULL. */
	const char *name;
	uint64_t boots; // bytes of the package with what boots; 0: there is none
	uint64_t debug; // bytes of the one with debug information; 0: there is none
};

struct ks_pull_list {
	struct ks_arena arena;
	KS_VECTOR(struct ks_pull_kernel) kernels; // newest first
};

/**
 * The kernels that the archives have which the options name.
 * @param opts, progress  NULL for the defaults, for silence
 * @return as ks_pull_open(); KS_ERR_NOTFOUND when no archive can be asked
 */
KS_MUST_CHECK struct ks_error *ks_pull_list(const struct ks_pull_opts *opts,
					    const struct ks_progress *progress,
					    struct ks_pull_list *ret);
void ks_pull_list_deinit(struct ks_pull_list *list);
#define _cleanup_pull_list_ __attribute__((__cleanup__(ks_pull_list_deinit)))
