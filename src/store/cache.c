/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/cache.h"

#include <stdlib.h>

enum { DEFAULT_LIMIT = 32 << 20 };

static const struct ks_cached *find(const struct ks_cache *cache, int64_t key)
{
	struct ks_hashmap_walk walk = ks_hashmap_walk(ks_hashmap_mix((uint64_t)key));
	for (uint32_t number; (number = ks_hashmap_next(&cache->map, &walk));)
		if (cache->all.at[number - 1].key == key)
			return &cache->all.at[number - 1];
	return NULL;
}

bool ks_cache_get(const struct ks_cache *cache, int64_t key, struct ks_bytes *ret)
{
	const struct ks_cached *cached = find(cache, key);
	if (cached)
		*ret = (struct ks_bytes){ cached->at, cached->len };
	return cached != NULL;
}

void ks_cache_put(struct ks_cache *cache, int64_t key, struct ks_bytes bytes)
{
	size_t limit = cache->limit ? cache->limit : DEFAULT_LIMIT;
	if (bytes.len > limit / 8)
		return;
	if (cache->bytes + bytes.len > limit)
		ks_cache_clear(cache);
	if (!ks_hashmap_reserve(&cache->map, 1) || !ks_vector_reserve(&cache->all, 1))
		return;
	char *copy = malloc(bytes.len + 1);
	if (!copy)
		return;
	if (bytes.len)
		memcpy(copy, bytes.at, bytes.len);
	cache->all.at[cache->all.len++] = (struct ks_cached){ key, copy, bytes.len };
	ks_hashmap_add(&cache->map, ks_hashmap_mix((uint64_t)key), (uint32_t)cache->all.len);
	cache->bytes += bytes.len;
}

void ks_cache_clear(struct ks_cache *cache)
{
	for (size_t i = 0; i < cache->all.len; i++)
		free(cache->all.at[i].at);
	ks_vector_deinit(&cache->all);
	ks_hashmap_deinit(&cache->map);
	*cache = (struct ks_cache){ .limit = cache->limit };
}
