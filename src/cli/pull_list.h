/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "cli/cmd.h"
#include "source/net/pull.h"

/**
 * Print the kernels that can be pulled, newest first: those of each set among the words, or else of all that the options name.
 * @param words nr of them: sets, and globs; only releases that one of the globs matches, or all when there is none
 * @return KS_ERR_NOTFOUND when there is none
 */
KS_MUST_CHECK struct ks_error *ks_cli_pull_list(struct ks_cli *cli, const struct ks_pull_opts *opts,
						char *const *words, int nr);
