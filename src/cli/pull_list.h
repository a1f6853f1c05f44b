/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "cli/cmd.h"
#include "source/net/pull.h"

/**
 * Print the kernels that can be pulled, newest first.
 * @param globs nr of them; only releases that one of them matches, or all when nr is 0
 * @return KS_ERR_NOTFOUND when there is none
 */
KS_MUST_CHECK struct ks_error *ks_cli_pull_list(struct ks_cli *cli, const struct ks_pull_opts *opts,
						char *const *globs, int nr);
