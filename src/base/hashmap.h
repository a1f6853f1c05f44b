/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * From the hash of a key to a number, which says where the key and its value stand: most often a place in a vector,
 * counted from 1. The map does not know keys: whoever asks compares those that a number stands for.
 *
 *	struct ks_hashmap_walk walk = ks_hashmap_walk(hash);
 *	for (uint32_t number; (number = ks_hashmap_next(&map, &walk));)
 *		if (strcmp(names.at[number - 1], name) == 0)
 *			return number;
 *	if (!ks_vector_add(&names, name) || !ks_hashmap_add(&map, hash, (uint32_t)names.len))
 *		return 0;
 *
 * Open addressing with linear probing over a power of two of slots, at most half of them used; nothing is ever removed.
 * A zeroed map is empty.
 */
struct ks_hashmap {
	struct ks_hashmap_slot {
		uint32_t hash;
		uint32_t number; // 0: free
	} * slots;
	size_t nr, len; // len: 0 or a power of two
	size_t cap;	// slots that are allocated
};

/** Numbers that a map can hold. */
#define KS_HASHMAP_MAX ((size_t)1 << 31)

/** Where a search stands. */
struct ks_hashmap_walk {
	size_t at;
	uint32_t hash;
};

/**
 * Room for so many more numbers, for which ks_hashmap_add() then cannot fail. False when memory runs out, or there would be more
 * than KS_HASHMAP_MAX: then the map is as it was.
 */
bool ks_hashmap_reserve(struct ks_hashmap *map, size_t extra);
/**
 * Forget all numbers and make room for so many others. The memory is used again, but no more slots of it than those
 * need, so that one large use does not make later small ones slow. False as ks_hashmap_reserve().
 */
bool ks_hashmap_reset(struct ks_hashmap *map, size_t expected);
void ks_hashmap_deinit(struct ks_hashmap *map);

/** A hash for a key that is a number, such as an id or an address. */
static inline uint64_t ks_hashmap_mix(uint64_t key)
{
	key *= 0x9e3779b97f4a7c15u;
	return key ^ key >> 32;
}

/** Hashes of 64 bits are folded: both halves count. */
static inline uint32_t ks_hashmap_fold(uint64_t hash)
{
	return (uint32_t)(hash ^ hash >> 32);
}

/** Begin a search for a hash. */
static inline struct ks_hashmap_walk ks_hashmap_walk(uint64_t hash)
{
	return (struct ks_hashmap_walk){ ks_hashmap_fold(hash), ks_hashmap_fold(hash) };
}

/** The next number that was added under this hash (or one that folds to the same); 0: there are no more. */
static inline uint32_t ks_hashmap_next(const struct ks_hashmap *map, struct ks_hashmap_walk *walk)
{
	if (!map->len)
		return 0;
	for (;;) {
		const struct ks_hashmap_slot *slot = &map->slots[walk->at++ & (map->len - 1)];
		if (!slot->number || slot->hash == walk->hash)
			return slot->number;
	}
}

/** Fetch what a search for a hash will look at first. The map has slots. */
static inline void ks_hashmap_prefetch(const struct ks_hashmap *map, uint64_t hash)
{
	__builtin_prefetch(&map->slots[ks_hashmap_fold(hash) & (map->len - 1)]);
}

/** Add a number that is not 0, beside those that may be there under the hash; false as ks_hashmap_reserve(). */
static inline bool ks_hashmap_add(struct ks_hashmap *map, uint64_t hash, uint32_t number)
{
	if (map->nr * 2 >= map->len && !ks_hashmap_reserve(map, 1))
		return false;
	uint32_t folded = ks_hashmap_fold(hash);
	size_t at = folded & (map->len - 1);
	while (map->slots[at].number)
		at = (at + 1) & (map->len - 1);
	map->slots[at] = (struct ks_hashmap_slot){ folded, number };
	map->nr++;
	return true;
}
