/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys, values and flags that a type of map has (the map_alloc_check() of each, kernel/bpf/ and net/): 6.18 was asked about each
 * row, 6.1 and 7.2 about some (tests/truth/idioms/maps.c). What is zero may be set before the map is made.
 */
#include "base/array.h"
#include "bpf/names.h"
#include "check/rules/rules.h"

/** BPF_F_…: include/uapi/linux/bpf.h. */
enum flags {
	NO_PREALLOC = 1 << 0,
	NO_COMMON_LRU = 1 << 1,
	NUMA_NODE = 1 << 2,
	RDONLY = 1 << 3,
	WRONLY = 1 << 4,
	STACK_BUILD_ID = 1 << 5,
	ZERO_SEED = 1 << 6,
	RDONLY_PROG = 1 << 7,
	WRONLY_PROG = 1 << 8,
	CLONE = 1 << 9,
	MMAPABLE = 1 << 10,
	PRESERVE_ELEMS = 1 << 11,
	INNER_MAP = 1 << 12,
	USERS = RDONLY | WRONLY,
	ACCESS = USERS | RDONLY_PROG | WRONLY_PROG,
	KNOWN = (INNER_MAP << 1) - 1, // of later ones nothing is claimed
};
enum {
	ANY = 0,
	NONE = UINT16_MAX,
	FD = 4,
	COOKIE = 8,
	LARGEST_PERCPU = 32 << 10,
	LARGE_PAGE = 64 << 10,
	TOO_NEW = KS_SINCE(7, 3) // of what later ones take nobody knows
};

// clang-format off
static const struct shape {
	uint8_t type;
	uint16_t key;	     // bytes; ANY, NONE
	uint16_t value, other; // bytes, or those; ANY, NONE
	uint16_t flags, must;  // that it may and must have
	bool percpu;
} shapes[] = {
	{ KS_MAP_HASH,                 ANY,  ANY,  ANY,    NO_PREALLOC | NUMA_NODE | ACCESS | ZERO_SEED, 0, false },
	{ KS_MAP_ARRAY,                4,    ANY,  ANY,    NUMA_NODE | ACCESS | MMAPABLE | INNER_MAP, 0, false },
	{ KS_MAP_PROG_ARRAY,           4,    FD,   FD,     NUMA_NODE | USERS, 0, false },
	{ KS_MAP_PERF_EVENT_ARRAY,     4,    FD,   FD,     NUMA_NODE | USERS | PRESERVE_ELEMS, 0, false },
	{ KS_MAP_PERCPU_HASH,          ANY,  ANY,  ANY,    NO_PREALLOC | ACCESS | ZERO_SEED, 0, true },
	{ KS_MAP_PERCPU_ARRAY,         4,    ANY,  ANY,    ACCESS, 0, true },
	{ KS_MAP_STACK_TRACE,          4,    ANY,  ANY,    NUMA_NODE | USERS | STACK_BUILD_ID, 0, false },
	{ KS_MAP_CGROUP_ARRAY,         4,    FD,   FD,     NUMA_NODE | USERS, 0, false },
	{ KS_MAP_LRU_HASH,             ANY,  ANY,  ANY,    NO_COMMON_LRU | NUMA_NODE | ACCESS | ZERO_SEED, 0, false },
	{ KS_MAP_LRU_PERCPU_HASH,      ANY,  ANY,  ANY,    NO_COMMON_LRU | ACCESS | ZERO_SEED, 0, true },
	{ KS_MAP_LPM_TRIE,             ANY,  ANY,  ANY,    NO_PREALLOC | NUMA_NODE | ACCESS, NO_PREALLOC, false },
	{ KS_MAP_ARRAY_OF_MAPS,        4,    FD,   FD,     NUMA_NODE | USERS, 0, false },
	{ KS_MAP_HASH_OF_MAPS,         ANY,  FD,   FD,     NO_PREALLOC | NUMA_NODE | ACCESS | ZERO_SEED, 0, false }, // 6.1 was asked
	{ KS_MAP_DEVMAP,               4,    FD,   COOKIE, NUMA_NODE | USERS, 0, false },
	{ KS_MAP_SOCKMAP,              4,    FD,   COOKIE, NUMA_NODE | USERS, 0, false },
	{ KS_MAP_CPUMAP,               4,    FD,   COOKIE, NUMA_NODE, 0, false },
	{ KS_MAP_XSKMAP,               4,    FD,   FD,     NUMA_NODE | USERS, 0, false },
	{ KS_MAP_SOCKHASH,             ANY,  FD,   COOKIE, NUMA_NODE | USERS, 0, false },
	{ KS_MAP_REUSEPORT_SOCKARRAY,  4,    FD,   COOKIE, NUMA_NODE | ACCESS, 0, false },
	{ KS_MAP_QUEUE,                NONE, ANY,  ANY,    NUMA_NODE | ACCESS, 0, false },
	{ KS_MAP_STACK,                NONE, ANY,  ANY,    NUMA_NODE | ACCESS, 0, false },
	{ KS_MAP_SK_STORAGE,           4,    ANY,  ANY,    NO_PREALLOC | CLONE, NO_PREALLOC, false },
	{ KS_MAP_DEVMAP_HASH,          4,    FD,   COOKIE, NUMA_NODE | USERS, 0, false },
	{ KS_MAP_RINGBUF,              NONE, NONE, NONE,   NUMA_NODE, 0, false },
	{ KS_MAP_INODE_STORAGE,        4,    ANY,  ANY,    NO_PREALLOC | CLONE, NO_PREALLOC, false },
	{ KS_MAP_TASK_STORAGE,         4,    ANY,  ANY,    NO_PREALLOC | CLONE, NO_PREALLOC, false },
	{ KS_MAP_BLOOM_FILTER,         NONE, ANY,  ANY,    NUMA_NODE | ACCESS | ZERO_SEED, 0, false },
	{ KS_MAP_USER_RINGBUF,         NONE, NONE, NONE,   NUMA_NODE, 0, false },
	{ KS_MAP_CGRP_STORAGE,         4,    ANY,  ANY,    NO_PREALLOC | CLONE, NO_PREALLOC, false },
	{ KS_MAP_ARENA,                NONE, NONE, NONE,   MMAPABLE, MMAPABLE, false },
};
// clang-format on

static bool has_size(uint16_t wanted, uint32_t size)
{
	return wanted == ANY || size == 0 || size == wanted;
}

/** Whether a value of each processor is larger than what is allocated there at most (PCPU_MIN_UNIT_SIZE): 32 KiB, or a page. */
static bool is_too_large(const struct ks_site *site, uint32_t size)
{
	static const char *const larger[] = { "CONFIG_ARM64_64K_PAGES", "CONFIG_PPC_64K_PAGES",
					      "CONFIG_PAGE_SIZE_64KB" };
	for (size_t i = 0; size > LARGEST_PERCPU && i < KS_ARRAY_LEN(larger); i++)
		if (ks_site_built_in(site, larger[i]) != KS_ABSENT)
			return size > LARGE_PAGE;
	return size > LARGEST_PERCPU;
}

/** What it has that its type does not, or lacks; NULL: nothing. */
static const char *why_refused(const struct ks_site *site, const struct shape *shape,
			       const struct ks_bpf_map *map)
{
	if (!has_size(shape->key, map->key_size))
		return shape->key == NONE ? "has no keys" : "has keys of 4 bytes";
	if (!has_size(shape->value, map->value_size) && !has_size(shape->other, map->value_size))
		return shape->value == NONE	      ? "has no values"
		       : shape->other == shape->value ? "has values of 4 bytes"
						      : "has values of 4 or 8 bytes";
	if (shape->percpu && is_too_large(site, map->value_size))
		return map->value_size > LARGE_PAGE ? "has values of 32 KiB at most, or of a page"
						    : "has values of 32 KiB at most";
	if (map->flags & KNOWN & ~(uint32_t)shape->flags)
		return "does not take these flags";
	if (shape->must == NO_PREALLOC && !(map->flags & NO_PREALLOC))
		return "must have the flag BPF_F_NO_PREALLOC";
	if (shape->must == MMAPABLE && !(map->flags & MMAPABLE))
		return "must have the flag BPF_F_MMAPABLE";
	return NULL;
}

static void refuse(struct ks_judge *judge, const struct ks_bpf_map *map, const char *why)
{
	bool known = judge->site->version < TOO_NEW;
	ks_judge_add(judge, KS_STAGE_LOAD, known ? KS_REASON_MAP_TYPE : KS_REASON_TIER,
		     KS_ABOUT_NAME(KS_NR_KINDS, map->name), "a map of the type %s %s%s",
		     ks_bpf_map_type_name(map->type), why,
		     known ? "" : ", up to 7.2: whether it is so in this kernel is not known");
}

void ks_judge_map_shapes(struct ks_judge *judge)
{
	const struct ks_bpf_object *object = judge->resolution->prepared->object;
	for (uint32_t i = 0; i < object->nr_maps; i++) {
		const struct ks_bpf_map *map = &object->maps[i];
		for (size_t k = 0; map->autocreate && k < KS_ARRAY_LEN(shapes); k++) {
			const char *why = shapes[k].type == map->type
						  ? why_refused(judge->site, &shapes[k], map)
						  : NULL;
			if (why)
				refuse(judge, map, why);
		}
	}
}
