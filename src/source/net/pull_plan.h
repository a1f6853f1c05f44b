/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * A plan: kernels that are to be had, each with all that is needed to fetch it, so that whoever fetches needs no list of packages. A
 * text of one JSON object a line:
 *
 *	{"sha256": "…", "package": "NAME=VERSION", "sets": "debian:12@amd64", "url": "…", "size": 64123456,
 *	 "config": {"url": "…", "sha256": "…", "size": …}, "modules": {…}, "unsigned": true}
 *
 * sha256 is that of the whole package and names the kernel: no two lines have the same. sets, config, modules and unsigned are left
 * out where there is nothing to say; unknown keys are passed over.
 */
#include "base/intern.h"
#include "base/vector.h"
#include "source/net/set_kernels.h"

enum { KS_PULL_PLAN_PARTS = KS_REMOTE_MODULES + 1 };

/** A file to fetch. */
struct ks_pull_plan_file {
	const char *url; // NULL: there is none
	const char *sha256;
	uint64_t size; // bytes; 0 when unknown
};

/** A kernel, with its files by what is wanted of it (enum ks_remote_part). Texts live as long as the plan. */
struct ks_pull_plan_kernel {
	const char *package; // NAME=VERSION
	const char *sets;    // that it was had by (surface/image_sets.h), or NULL
	bool is_unsigned;    // nobody vouches for its checksum
	struct ks_pull_plan_file files[KS_PULL_PLAN_PARTS];
};

/** A zeroed one is empty. */
struct ks_pull_plan {
	struct ks_arena arena;
	KS_VECTOR(struct ks_pull_plan_kernel) kernels;
	struct ks_intern sums; // of the kernels' packages: number I + 1 is that of kernel I
	const char *note;      // the first thing that was not seen when it was made, or NULL
};
void ks_pull_plan_deinit(struct ks_pull_plan *plan);
#define _cleanup_pull_plan_ __attribute__((__cleanup__(ks_pull_plan_deinit)))

/**
 * Look up what a word stands for, and add it: kernels of a set, newest first, or one package. A kernel that is in the plan already
 * stays where it is, and is of more sets then.
 * @param opts, extent, progress  as of ks_set_expand()
 * @return as ks_pull_resolve(); KS_ERR_UNSUPPORTED when an archive does not tell the SHA-256 of a package
 */
KS_MUST_CHECK struct ks_error *ks_pull_plan_add(struct ks_pull_plan *plan, const char *word,
						const struct ks_set_extent *extent,
						const struct ks_pull_opts *opts,
						const struct ks_progress *progress);

/** Append the lines. */
void ks_pull_plan_write(const struct ks_pull_plan *plan, struct ks_buf *out);

/**
 * Read a plan that somebody has written.
 * @param plan an empty one
 * @return KS_ERR_IO, and KS_ERR_DATA when a line is none; the file and the line are named
 */
KS_MUST_CHECK struct ks_error *ks_pull_plan_read(const char *path, struct ks_pull_plan *plan);
/** The same from text, len bytes. */
KS_MUST_CHECK struct ks_error *ks_pull_plan_parse(const char *text, size_t len,
						  struct ks_pull_plan *plan);

/** The kernel whose package has that checksum; NULL: none. */
const struct ks_pull_plan_kernel *ks_pull_plan_find(const struct ks_pull_plan *plan,
						    const char *sha256);

/** Where a part of a kernel is, as ks_pull_resolve() says it. @param[out] ret to be freed; without URL: there is none */
KS_MUST_CHECK struct ks_error *ks_pull_plan_remote(const struct ks_pull_plan_kernel *kernel,
						   enum ks_remote_part part, struct ks_remote *ret);
