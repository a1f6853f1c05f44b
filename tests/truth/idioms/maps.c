// SPDX-License-Identifier: BSD-2-Clause
/* Maps with keys, values and flags that their types have, and that they do not, in an object each: build-idioms sets IDIOM. */
#include "idiom.h"

// clang-format off
#define MAP(kind, ...) struct { __uint(type, BPF_MAP_TYPE_##kind); __VA_ARGS__ } map SEC(".maps"); BODY("raw_tp/sched_switch", kind, 0)
#define FLAGS(flags_) __uint(map_flags, flags_);
#define HOLDS_ARRAYS __array(values, struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __uint(key_size, 4); __uint(value_size, 4); });
#define STORED(key_, value_) __type(key, key_); __type(value, value_);

#if IDIOM == 1
MAP(HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8); FLAGS(BPF_F_NO_PREALLOC))
#elif IDIOM == 2
MAP(HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8); FLAGS(BPF_F_NO_COMMON_LRU))
#elif IDIOM == 3
MAP(HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8); FLAGS(BPF_F_MMAPABLE))
#elif IDIOM == 4
MAP(HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8); FLAGS(BPF_F_ZERO_SEED))
#elif IDIOM == 5
MAP(HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8); FLAGS(BPF_F_RDONLY_PROG))
#elif IDIOM == 6
MAP(LRU_HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8); FLAGS(BPF_F_NO_PREALLOC))
#elif IDIOM == 7
MAP(LRU_HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8); FLAGS(BPF_F_NO_COMMON_LRU))
#elif IDIOM == 8
MAP(LRU_HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8); FLAGS(BPF_F_MMAPABLE))
#elif IDIOM == 9
MAP(LRU_HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8); FLAGS(BPF_F_ZERO_SEED))
#elif IDIOM == 10
MAP(LRU_HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8); FLAGS(BPF_F_RDONLY_PROG))
#elif IDIOM == 11
MAP(PERCPU_HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8);)
#elif IDIOM == 12
MAP(PERCPU_HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8); FLAGS(BPF_F_NO_PREALLOC))
#elif IDIOM == 13
MAP(PERCPU_HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8); FLAGS(BPF_F_NO_COMMON_LRU))
#elif IDIOM == 14
MAP(PERCPU_HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8); FLAGS(BPF_F_MMAPABLE))
#elif IDIOM == 15
MAP(PERCPU_HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8); FLAGS(BPF_F_ZERO_SEED))
#elif IDIOM == 16
MAP(PERCPU_HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8); FLAGS(BPF_F_RDONLY_PROG))
#elif IDIOM == 17
MAP(LRU_PERCPU_HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8);)
#elif IDIOM == 18
MAP(LRU_PERCPU_HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8); FLAGS(BPF_F_NO_PREALLOC))
#elif IDIOM == 19
MAP(LRU_PERCPU_HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8); FLAGS(BPF_F_NO_COMMON_LRU))
#elif IDIOM == 20
MAP(LRU_PERCPU_HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8); FLAGS(BPF_F_MMAPABLE))
#elif IDIOM == 21
MAP(LRU_PERCPU_HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8); FLAGS(BPF_F_ZERO_SEED))
#elif IDIOM == 22
MAP(LRU_PERCPU_HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8); FLAGS(BPF_F_RDONLY_PROG))
#elif IDIOM == 23
MAP(PERCPU_HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 32768);)
#elif IDIOM == 24
MAP(PERCPU_HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 32776);)
#elif IDIOM == 25
MAP(PERCPU_ARRAY, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 32776);)
#elif IDIOM == 26
MAP(ARRAY, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); FLAGS(BPF_F_NO_PREALLOC))
#elif IDIOM == 27
MAP(ARRAY, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); FLAGS(BPF_F_MMAPABLE))
#elif IDIOM == 28
MAP(ARRAY, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); FLAGS(BPF_F_INNER_MAP))
#elif IDIOM == 29
MAP(ARRAY, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); FLAGS(BPF_F_RDONLY_PROG))
#elif IDIOM == 30
MAP(ARRAY, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); FLAGS(BPF_F_PRESERVE_ELEMS))
#elif IDIOM == 31
MAP(PERCPU_ARRAY, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4);)
#elif IDIOM == 32
MAP(PERCPU_ARRAY, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); FLAGS(BPF_F_MMAPABLE))
#elif IDIOM == 33
MAP(PERCPU_ARRAY, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); FLAGS(BPF_F_RDONLY_PROG))
#elif IDIOM == 34
MAP(PROG_ARRAY, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4);)
#elif IDIOM == 35
MAP(PROG_ARRAY, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); FLAGS(BPF_F_RDONLY_PROG))
#elif IDIOM == 36
MAP(PROG_ARRAY, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); FLAGS(BPF_F_RDONLY))
#elif IDIOM == 37
MAP(PERF_EVENT_ARRAY, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); FLAGS(BPF_F_PRESERVE_ELEMS))
#elif IDIOM == 38
MAP(PERF_EVENT_ARRAY, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); FLAGS(BPF_F_RDONLY_PROG))
#elif IDIOM == 39
MAP(PERF_EVENT_ARRAY, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); FLAGS(BPF_F_MMAPABLE))
#elif IDIOM == 40
MAP(ARRAY, __uint(max_entries, 4); __uint(key_size, 8); __uint(value_size, 4);)
#elif IDIOM == 41
MAP(PROG_ARRAY, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8);)
#elif IDIOM == 42
MAP(PERF_EVENT_ARRAY, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8);)
#elif IDIOM == 43
MAP(CGROUP_ARRAY, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8);)
#elif IDIOM == 44
MAP(CGROUP_ARRAY, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); FLAGS(BPF_F_RDONLY))
#elif IDIOM == 45
MAP(STACK_TRACE, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 256);)
#elif IDIOM == 46
MAP(STACK_TRACE, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 256); FLAGS(BPF_F_NO_PREALLOC))
#elif IDIOM == 47
MAP(STACK_TRACE, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 320); FLAGS(BPF_F_STACK_BUILD_ID))
#elif IDIOM == 48
MAP(STACK_TRACE, __uint(max_entries, 4); __uint(key_size, 8); __uint(value_size, 256);)
#elif IDIOM == 49
MAP(LPM_TRIE, __uint(max_entries, 4); __uint(key_size, 8); __uint(value_size, 8);)
#elif IDIOM == 50
MAP(LPM_TRIE, __uint(max_entries, 4); __uint(key_size, 8); __uint(value_size, 8); FLAGS(BPF_F_NO_PREALLOC))
#elif IDIOM == 51
MAP(LPM_TRIE, __uint(max_entries, 4); __uint(key_size, 8); __uint(value_size, 8); FLAGS(BPF_F_NO_PREALLOC | BPF_F_ZERO_SEED))
#elif IDIOM == 52
MAP(DEVMAP, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4);)
#elif IDIOM == 53
MAP(DEVMAP, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8);)
#elif IDIOM == 54
MAP(DEVMAP, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 16);)
#elif IDIOM == 55
MAP(DEVMAP, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); FLAGS(BPF_F_RDONLY))
#elif IDIOM == 56
MAP(DEVMAP, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); FLAGS(BPF_F_RDONLY_PROG))
#elif IDIOM == 57
MAP(DEVMAP, __uint(max_entries, 4); __uint(key_size, 8); __uint(value_size, 4);)
#elif IDIOM == 58
MAP(DEVMAP_HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4);)
#elif IDIOM == 59
MAP(DEVMAP_HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8);)
#elif IDIOM == 60
MAP(DEVMAP_HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 16);)
#elif IDIOM == 61
MAP(DEVMAP_HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); FLAGS(BPF_F_RDONLY))
#elif IDIOM == 62
MAP(DEVMAP_HASH, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); FLAGS(BPF_F_RDONLY_PROG))
#elif IDIOM == 63
MAP(DEVMAP_HASH, __uint(max_entries, 4); __uint(key_size, 8); __uint(value_size, 4);)
#elif IDIOM == 64
MAP(CPUMAP, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4);)
#elif IDIOM == 65
MAP(CPUMAP, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8);)
#elif IDIOM == 66
MAP(CPUMAP, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 16);)
#elif IDIOM == 67
MAP(CPUMAP, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); FLAGS(BPF_F_RDONLY))
#elif IDIOM == 68
MAP(CPUMAP, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); FLAGS(BPF_F_RDONLY_PROG))
#elif IDIOM == 69
MAP(CPUMAP, __uint(max_entries, 4); __uint(key_size, 8); __uint(value_size, 4);)
#elif IDIOM == 70
MAP(SOCKMAP, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4);)
#elif IDIOM == 71
MAP(SOCKMAP, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8);)
#elif IDIOM == 72
MAP(SOCKMAP, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 16);)
#elif IDIOM == 73
MAP(SOCKMAP, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); FLAGS(BPF_F_RDONLY))
#elif IDIOM == 74
MAP(SOCKMAP, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); FLAGS(BPF_F_RDONLY_PROG))
#elif IDIOM == 75
MAP(SOCKMAP, __uint(max_entries, 4); __uint(key_size, 8); __uint(value_size, 4);)
#elif IDIOM == 76
MAP(XSKMAP, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4);)
#elif IDIOM == 77
MAP(XSKMAP, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8);)
#elif IDIOM == 78
MAP(XSKMAP, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 16);)
#elif IDIOM == 79
MAP(XSKMAP, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); FLAGS(BPF_F_RDONLY))
#elif IDIOM == 80
MAP(XSKMAP, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); FLAGS(BPF_F_RDONLY_PROG))
#elif IDIOM == 81
MAP(XSKMAP, __uint(max_entries, 4); __uint(key_size, 8); __uint(value_size, 4);)
#elif IDIOM == 82
MAP(REUSEPORT_SOCKARRAY, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4);)
#elif IDIOM == 83
MAP(REUSEPORT_SOCKARRAY, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8);)
#elif IDIOM == 84
MAP(REUSEPORT_SOCKARRAY, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 16);)
#elif IDIOM == 85
MAP(REUSEPORT_SOCKARRAY, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); FLAGS(BPF_F_RDONLY))
#elif IDIOM == 86
MAP(REUSEPORT_SOCKARRAY, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); FLAGS(BPF_F_RDONLY_PROG))
#elif IDIOM == 87
MAP(REUSEPORT_SOCKARRAY, __uint(max_entries, 4); __uint(key_size, 8); __uint(value_size, 4);)
#elif IDIOM == 88
MAP(SOCKHASH, __uint(max_entries, 4); __uint(key_size, 12); __uint(value_size, 8);)
#elif IDIOM == 89
MAP(SOCKHASH, __uint(max_entries, 4); __uint(key_size, 12); __uint(value_size, 16);)
#elif IDIOM == 90
MAP(SOCKHASH, __uint(max_entries, 4); __uint(key_size, 12); __uint(value_size, 4); FLAGS(BPF_F_NO_PREALLOC))
#elif IDIOM == 91
MAP(QUEUE, __uint(max_entries, 4); __uint(value_size, 8);)
#elif IDIOM == 92
MAP(QUEUE, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8);)
#elif IDIOM == 93
MAP(QUEUE, __uint(max_entries, 4); __uint(value_size, 8); FLAGS(BPF_F_NO_PREALLOC))
#elif IDIOM == 94
MAP(QUEUE, __uint(max_entries, 4); __uint(value_size, 8); FLAGS(BPF_F_ZERO_SEED))
#elif IDIOM == 95
MAP(STACK, __uint(max_entries, 4); __uint(value_size, 8);)
#elif IDIOM == 96
MAP(STACK, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8);)
#elif IDIOM == 97
MAP(STACK, __uint(max_entries, 4); __uint(value_size, 8); FLAGS(BPF_F_NO_PREALLOC))
#elif IDIOM == 98
MAP(STACK, __uint(max_entries, 4); __uint(value_size, 8); FLAGS(BPF_F_ZERO_SEED))
#elif IDIOM == 99
MAP(BLOOM_FILTER, __uint(max_entries, 4); __uint(value_size, 8);)
#elif IDIOM == 100
MAP(BLOOM_FILTER, __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8);)
#elif IDIOM == 101
MAP(BLOOM_FILTER, __uint(max_entries, 4); __uint(value_size, 8); FLAGS(BPF_F_NO_PREALLOC))
#elif IDIOM == 102
MAP(BLOOM_FILTER, __uint(max_entries, 4); __uint(value_size, 8); FLAGS(BPF_F_ZERO_SEED))
#elif IDIOM == 103
MAP(RINGBUF, __uint(max_entries, 4096);)
#elif IDIOM == 104
MAP(RINGBUF, __uint(max_entries, 4096); __uint(key_size, 4);)
#elif IDIOM == 105
MAP(RINGBUF, __uint(max_entries, 4096); __uint(value_size, 4);)
#elif IDIOM == 106
MAP(RINGBUF, __uint(max_entries, 4096); FLAGS(BPF_F_RDONLY))
#elif IDIOM == 107
MAP(USER_RINGBUF, __uint(max_entries, 4096);)
#elif IDIOM == 108
MAP(USER_RINGBUF, __uint(max_entries, 4096); __uint(key_size, 4);)
#elif IDIOM == 109
MAP(USER_RINGBUF, __uint(max_entries, 4096); __uint(value_size, 4);)
#elif IDIOM == 110
MAP(USER_RINGBUF, __uint(max_entries, 4096); FLAGS(BPF_F_RDONLY))
#elif IDIOM == 111
MAP(SK_STORAGE, STORED(int, u64) FLAGS(BPF_F_NO_PREALLOC))
#elif IDIOM == 112
MAP(SK_STORAGE, STORED(int, u64))
#elif IDIOM == 113
MAP(SK_STORAGE, STORED(u64, u64) FLAGS(BPF_F_NO_PREALLOC))
#elif IDIOM == 114
MAP(SK_STORAGE, STORED(int, u64) FLAGS(BPF_F_NO_PREALLOC | BPF_F_CLONE))
#elif IDIOM == 115
MAP(SK_STORAGE, STORED(int, u64) FLAGS(BPF_F_NO_PREALLOC | BPF_F_RDONLY))
#elif IDIOM == 116
MAP(INODE_STORAGE, STORED(int, u64) FLAGS(BPF_F_NO_PREALLOC))
#elif IDIOM == 117
MAP(INODE_STORAGE, STORED(int, u64))
#elif IDIOM == 118
MAP(INODE_STORAGE, STORED(u64, u64) FLAGS(BPF_F_NO_PREALLOC))
#elif IDIOM == 119
MAP(INODE_STORAGE, STORED(int, u64) FLAGS(BPF_F_NO_PREALLOC | BPF_F_CLONE))
#elif IDIOM == 120
MAP(INODE_STORAGE, STORED(int, u64) FLAGS(BPF_F_NO_PREALLOC | BPF_F_RDONLY))
#elif IDIOM == 121
MAP(TASK_STORAGE, STORED(int, u64) FLAGS(BPF_F_NO_PREALLOC))
#elif IDIOM == 122
MAP(TASK_STORAGE, STORED(int, u64))
#elif IDIOM == 123
MAP(TASK_STORAGE, STORED(u64, u64) FLAGS(BPF_F_NO_PREALLOC))
#elif IDIOM == 124
MAP(TASK_STORAGE, STORED(int, u64) FLAGS(BPF_F_NO_PREALLOC | BPF_F_CLONE))
#elif IDIOM == 125
MAP(TASK_STORAGE, STORED(int, u64) FLAGS(BPF_F_NO_PREALLOC | BPF_F_RDONLY))
#elif IDIOM == 126
MAP(CGRP_STORAGE, STORED(int, u64) FLAGS(BPF_F_NO_PREALLOC))
#elif IDIOM == 127
MAP(CGRP_STORAGE, STORED(int, u64))
#elif IDIOM == 128
MAP(CGRP_STORAGE, STORED(u64, u64) FLAGS(BPF_F_NO_PREALLOC))
#elif IDIOM == 129
MAP(CGRP_STORAGE, STORED(int, u64) FLAGS(BPF_F_NO_PREALLOC | BPF_F_CLONE))
#elif IDIOM == 130
MAP(CGRP_STORAGE, STORED(int, u64) FLAGS(BPF_F_NO_PREALLOC | BPF_F_RDONLY))
#elif IDIOM == 131
MAP(ARENA, __uint(max_entries, 1); FLAGS(BPF_F_MMAPABLE))
#elif IDIOM == 132
MAP(ARENA, __uint(max_entries, 1);)
#elif IDIOM == 133
MAP(ARENA, __uint(max_entries, 1); __uint(key_size, 4); FLAGS(BPF_F_MMAPABLE))
#elif IDIOM == 134
MAP(ARENA, __uint(max_entries, 1); FLAGS(BPF_F_MMAPABLE | BPF_F_RDONLY))
#elif IDIOM == 135
MAP(HASH_OF_MAPS, __uint(max_entries, 4); __uint(key_size, 4); FLAGS(BPF_F_RDONLY_PROG) HOLDS_ARRAYS)
#elif IDIOM == 136
MAP(ARRAY_OF_MAPS, __uint(max_entries, 4); __uint(key_size, 4); FLAGS(BPF_F_RDONLY_PROG) HOLDS_ARRAYS)
#endif
