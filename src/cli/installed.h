/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What `--installed` adds to a command line: found before a worker is locked up, which may then read those files. */
#include "bpf/find.h"
#include "bpf/installed.h"
#include "bpf/loaded.h"
#include "cli/cmd.h"

struct ks_cli_installed {
	struct ks_installed_files files;
	struct ks_bpf_loaded loaded;
	char **argv;	    // the arguments, and the files behind them
	int argc, nr_given; // all of them; those of the command line
};

/** Find both; what is out of reach is said. Kept in cli until ks_cli_installed_free(). */
KS_MUST_CHECK struct ks_error *ks_cli_installed_find(struct ks_cli *cli, int argc, char **argv);
void ks_cli_installed_free(struct ks_cli *cli);

/** Add the programs that are loaded to what was found. */
KS_MUST_CHECK struct ks_error *ks_cli_installed_add(const struct ks_cli_installed *installed,
						    struct ks_bpf_finds *finds);
