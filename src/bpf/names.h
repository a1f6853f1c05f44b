/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Names of the numbers that objects hold (include/uapi/linux/bpf.h). */
#include <stdint.h>

/** "bpf_loop"; NULL for a number that no kernel had so far. */
const char *ks_bpf_helper_name(uint32_t helper);
/** "ringbuf", without BPF_MAP_TYPE_; NULL for a number that no kernel had so far. */
const char *ks_bpf_map_type_name(uint32_t type);
