/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Types that a kernel has a number for, but is not always built with (include/linux/bpf_types.h): inside check/ only. */

/** The option that "BPF_PROG_TYPE_…" or "BPF_MAP_TYPE_…" needs; NULL: none, or one that every kernel with eBPF has. */
const char *ks_built_with(const char *type);
