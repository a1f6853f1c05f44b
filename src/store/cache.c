/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/cache.h"

#include <stdlib.h>

enum {
	DEFAULT_LIMIT = 32 << 20,
	FIRST_SLOTS = 1024,
};

struct ks_cache_slot {
	int64_t key;
	char *at; // NULL: free
	size_t len;
};

static struct ks_cache_slot *find(const struct ks_cache *cache, int64_t key)
{
	size_t at = (size_t)((uint64_t)key * 0x9e3779b97f4a7c15u >> 32);
	for (;; at++) {
		struct ks_cache_slot *slot = &cache->slots[at & (cache->nr_slots - 1)];
		if (!slot->at || slot->key == key)
			return slot;
	}
}

static bool grow(struct ks_cache *cache)
{
	struct ks_cache old = *cache;
	cache->nr_slots = old.nr_slots ? old.nr_slots * 2 : FIRST_SLOTS;
	cache->slots = calloc(cache->nr_slots, sizeof(*cache->slots));
	if (!cache->slots) {
		*cache = old;
		return false;
	}
	for (size_t i = 0; i < old.nr_slots; i++)
		if (old.slots[i].at)
			*find(cache, old.slots[i].key) = old.slots[i];
	free(old.slots);
	return true;
}

bool ks_cache_get(const struct ks_cache *cache, int64_t key, struct ks_bytes *ret)
{
	const struct ks_cache_slot *slot = cache->nr ? find(cache, key) : NULL;
	if (!slot || !slot->at)
		return false;
	*ret = (struct ks_bytes){ slot->at, slot->len };
	return true;
}

void ks_cache_put(struct ks_cache *cache, int64_t key, struct ks_bytes bytes)
{
	size_t limit = cache->limit ? cache->limit : DEFAULT_LIMIT;
	if (bytes.len > limit / 8)
		return;
	if (cache->bytes + bytes.len > limit)
		ks_cache_clear(cache);
	if (cache->nr * 2 >= cache->nr_slots && !grow(cache))
		return;
	char *copy = malloc(bytes.len + 1);
	if (!copy)
		return;
	if (bytes.len)
		memcpy(copy, bytes.at, bytes.len);
	*find(cache, key) = (struct ks_cache_slot){ .key = key, .at = copy, .len = bytes.len };
	cache->nr++;
	cache->bytes += bytes.len;
}

void ks_cache_clear(struct ks_cache *cache)
{
	for (size_t i = 0; i < cache->nr_slots; i++)
		free(cache->slots[i].at);
	free(cache->slots);
	*cache = (struct ks_cache){ .limit = cache->limit };
}
