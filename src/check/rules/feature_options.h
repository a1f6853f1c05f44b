/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * What a type of program, of map or of attachment needs besides a number of its own (include/linux/bpf_types.h), and a helper
 * (#ifdefs around it in net/core/filter.c, kernel/trace/bpf_trace.c): inside check/ only.
 */
#include "check/kernels/view.h"

/**
 * Whether the kernel of an image is built with what "BPF_PROG_TYPE_…", "BPF_MAP_TYPE_…" or the like, a helper
 * ("bpf_override_return"), or an event of perf_event_open() ("kprobe", "uprobe") needs: the configuration tells, and where it is not known, a function that is built in with the option and not without.
 * @param ret_option the option; NULL where it needs none, or one that every kernel with eBPF has
 */
enum ks_presence ks_feature_built_in(const struct ks_site *site, const char *feature,
				     const char **ret_option);
