/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Options that a type of program or map needs besides a number of its own (include/linux/bpf_types.h): inside check/ only. */

/** The option that "BPF_PROG_TYPE_…" or "BPF_MAP_TYPE_…" needs; NULL: none, or one that every kernel with eBPF has. */
const char *ks_type_option(const char *type);
