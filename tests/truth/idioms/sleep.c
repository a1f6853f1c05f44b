// SPDX-License-Identifier: BSD-2-Clause
/* Maps of every type in programs that sleep. */
#include "idiom.h"

// clang-format off
#define USES(name) SEC("uprobe.s//init:main") int s_##name(void *ctx) { asm volatile("" : : "r"(&m_##name)); return 0; }
#define MAP(nr, name, key, value, flags) \
	struct { \
		__uint(type, BPF_MAP_TYPE_##name); __uint(max_entries, nr); __uint(key_size, key); __uint(value_size, value); \
		__uint(map_flags, flags); \
	} m_##name SEC(".maps"); \
	USES(name)
#define STORAGE(name) \
	struct { __uint(type, BPF_MAP_TYPE_##name); __type(key, int); __type(value, u64); __uint(map_flags, 1); } m_##name SEC(".maps"); \
	USES(name)
MAP(4, HASH, 4, 4, 0)
MAP(4, ARRAY, 4, 4, 0)
MAP(4, PROG_ARRAY, 4, 4, 0)
MAP(4, PERF_EVENT_ARRAY, 4, 4, 0)
MAP(4, PERCPU_HASH, 4, 4, 0)
MAP(4, PERCPU_ARRAY, 4, 4, 0)
MAP(4, STACK_TRACE, 4, 256, 0)
MAP(4, CGROUP_ARRAY, 4, 4, 0)
MAP(4, LRU_HASH, 4, 4, 0)
MAP(4, LRU_PERCPU_HASH, 4, 4, 0)
MAP(4, LPM_TRIE, 8, 4, 1)
MAP(4, DEVMAP, 4, 4, 0)
MAP(4, SOCKMAP, 4, 4, 0)
MAP(4, CPUMAP, 4, 4, 0)
MAP(4, XSKMAP, 4, 4, 0)
MAP(4, SOCKHASH, 4, 4, 0)
MAP(4, REUSEPORT_SOCKARRAY, 4, 4, 0)
MAP(4, QUEUE, 0, 4, 0)
MAP(4, STACK, 0, 4, 0)
MAP(4, DEVMAP_HASH, 4, 4, 0)
MAP(4096, RINGBUF, 0, 0, 0)
MAP(4, BLOOM_FILTER, 0, 4, 0)
MAP(4096, USER_RINGBUF, 0, 0, 0)
STORAGE(TASK_STORAGE)
STORAGE(CGRP_STORAGE)
