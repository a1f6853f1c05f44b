/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Images on their way into the store: read side by side, put in order. */
#include "cli/intake_modules.h"
#include "extract/extract.h"

/** One image to come. */
struct ks_intake_item {
	const char *what; // how messages call it: a path, a package, the label in a dataset
	/**
	 * Read it. Runs on any thread, beside other items.
	 * @param how how many threads it may use itself, and which images are in the store already: of
	 *	those the image facts are enough
	 * @param[out] note lines to print with the result, or NULL; the caller frees
	 */
	struct ks_error *(*read)(struct ks_cli *cli, void *arg, const struct ks_extract_opts *how,
				 struct ks_surface **ret, char **note);
	void *arg;
	bool may_lack_kernel; // it is here for its modules
	bool found;	      // nobody named it: what turns out to be no kernel is passed over
};

/**
 * Read all items, as many at once as threads and memory allow, and put them into the store in the order
 * given. A failure is printed and does not keep the others from being added.
 * @param modules to be added after that, or NULL
 */
KS_MUST_CHECK struct ks_error *ks_intake_run(struct ks_cli *cli, const struct ks_intake_item *items,
					     size_t nr, const struct ks_intake_modules *modules);
