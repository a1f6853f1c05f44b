/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * What a type of program, of map or of attachment needs besides a number of its own (include/linux/bpf_types.h): inside
 * check/ only.
 */
#include "check/kernels/view.h"

/**
 * Whether the kernel of an image is built with what "BPF_PROG_TYPE_…", "BPF_MAP_TYPE_…" or the like, or an event of
 * perf_event_open() ("kprobe", "uprobe") needs: the configuration tells, and where it is not known, a function that is built in with the option and not without.
 * @param ret_option the option; NULL where it needs none, or one that every kernel with eBPF has
 */
enum ks_presence ks_type_built_in(const struct ks_site *site, const char *type,
				  const char **ret_option);
