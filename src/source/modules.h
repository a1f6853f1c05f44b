/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Modules out of packages, folders and single files: while one part of a package is unpacked, the modules that
 * came before are read by several threads. Their order is that of the package or of their paths.
 */
#include "base/progress.h"
#include "extract/modules/modules.h"
#include "source/input.h"
#include "source/package/package.h"

struct ks_modules_opts {
	const char *const *globs; // of names, such as "ext4" or "nf_*"; any is enough
	size_t nr_globs;	  // 0: all modules
	unsigned int nr_threads;
	struct ks_package_limits limits;
	struct ks_progress progress;
	/**
	 * Where modules of a kernel go. Called once for each source, with what its first module says of
	 * the kernel it is for.
	 * @param[out] ret borrowed until the source is read
	 */
	struct ks_error *(*home)(void *arg, const struct ks_image *kernel, struct ks_modules **ret);
	void *home_arg;
};

/** What became of the modules of a source. */
struct ks_modules_report {
	uint32_t nr_added;
	uint32_t nr_failed;	// damaged, or of another kernel
	struct ks_error *first; // why the first of these failed; the caller frees it
};

/**
 * Read the modules of a package, of a folder and those below it, or of one file.
 * @return KS_ERR_NOTFOUND when it has none at all; what is wrong with single modules is left to the report
 */
KS_MUST_CHECK struct ks_error *ks_modules_path(const char *path, const struct ks_modules_opts *opts,
					       struct ks_modules_report *ret);
/** The same of a package that is open already. */
KS_MUST_CHECK struct ks_error *ks_modules_input(struct ks_input *in,
						const struct ks_modules_opts *opts,
						struct ks_modules_report *ret);
