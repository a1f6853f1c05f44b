/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The eBPF objects in the files of the command line. */
#include "bpf/find.h"
#include "check/check.h"
#include "cli/cmd.h"

/** A zeroed struct is empty. */
struct ks_objects {
	struct ks_bpf_finds finds;
	size_t nr;
	struct ks_check_input *inputs; // those that could be read
};

/**
 * Find and read the objects of all files. What is damaged is reported and left out.
 * @return KS_ERR_NOTFOUND when nothing is left
 */
KS_MUST_CHECK struct ks_error *ks_objects_open(struct ks_cli *cli, int nr_files, char **files,
					       struct ks_objects *ret);
void ks_objects_deinit(struct ks_objects *objects);
