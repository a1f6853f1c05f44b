/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* deps --counts: how what objects need fares over the images of the store. */
#include "cli/cmd.h"
#include "report/deps/deps.h"
#include "report/text/table.h"

struct ks_counts_opts {
	const char *on;	  // images, or NULL: those that reports show
	const char *base; // an image to compare all others with, or NULL
	enum ks_format format;
};

/** Count and print. */
KS_MUST_CHECK struct ks_error *ks_deps_counts_run(struct ks_cli *cli,
						  const struct ks_counts_opts *opts,
						  const struct ks_deps_sheet *sheets, size_t nr);
