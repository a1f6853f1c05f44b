/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Names of the numbers that objects hold (include/uapi/linux/bpf.h). */
#include <stdint.h>

/** enum bpf_map_type. */
enum ks_map_type {
	KS_MAP_HASH = 1,
	KS_MAP_ARRAY,
	KS_MAP_PROG_ARRAY,
	KS_MAP_PERF_EVENT_ARRAY,
	KS_MAP_PERCPU_HASH,
	KS_MAP_PERCPU_ARRAY,
	KS_MAP_STACK_TRACE,
	KS_MAP_CGROUP_ARRAY,
	KS_MAP_LRU_HASH,
	KS_MAP_LRU_PERCPU_HASH,
	KS_MAP_LPM_TRIE,
	KS_MAP_ARRAY_OF_MAPS,
	KS_MAP_HASH_OF_MAPS,
	KS_MAP_DEVMAP,
	KS_MAP_SOCKMAP,
	KS_MAP_CPUMAP,
	KS_MAP_XSKMAP,
	KS_MAP_SOCKHASH,
	KS_MAP_CGROUP_STORAGE,
	KS_MAP_REUSEPORT_SOCKARRAY,
	KS_MAP_PERCPU_CGROUP_STORAGE,
	KS_MAP_QUEUE,
	KS_MAP_STACK,
	KS_MAP_SK_STORAGE,
	KS_MAP_DEVMAP_HASH,
	KS_MAP_STRUCT_OPS,
	KS_MAP_RINGBUF,
	KS_MAP_INODE_STORAGE,
	KS_MAP_TASK_STORAGE,
	KS_MAP_BLOOM_FILTER,
	KS_MAP_USER_RINGBUF,
	KS_MAP_CGRP_STORAGE,
	KS_MAP_ARENA,
	KS_MAP_INSN_ARRAY,
};

/** "bpf_loop"; NULL for a number that no kernel had so far. */
const char *ks_bpf_helper_name(uint32_t helper);
/** "ringbuf", without BPF_MAP_TYPE_; NULL for a number that no kernel had so far. */
const char *ks_bpf_map_type_name(uint32_t type);
