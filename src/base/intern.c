/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <xxhash.h>

#include "base/intern.h"

static uint32_t find(const struct ks_intern *intern, uint64_t hash, const void *bytes, size_t len)
{
	struct ks_hashmap_walk walk = ks_hashmap_walk(hash);
	for (uint32_t number; (number = ks_hashmap_next(&intern->map, &walk));) {
		const struct ks_interned *have = &intern->all.at[number - 1];
		if (have->len == len && (!len || memcmp(have->at, bytes, len) == 0))
			return number;
	}
	return 0;
}

uint32_t ks_intern_find(const struct ks_intern *intern, const void *bytes, size_t len)
{
	return find(intern, XXH3_64bits(bytes, len), bytes, len);
}

uint32_t ks_intern_number(struct ks_intern *intern, const void *bytes, size_t len)
{
	uint64_t hash = XXH3_64bits(bytes, len);
	uint32_t number = find(intern, hash, bytes, len);
	if (number)
		return number;
	if (!ks_hashmap_reserve(&intern->map, 1) || !ks_vector_reserve(&intern->all, 1))
		return 0;
	struct ks_interned made = { ks_arena_strndup(intern->arena, bytes, len), len };
	if (!made.at)
		return 0;
	intern->all.at[intern->all.len++] = made;
	number = (uint32_t)intern->all.len;
	ks_hashmap_add(&intern->map, hash, number);
	return number;
}

const char *ks_intern_text(struct ks_intern *intern, const void *bytes, size_t len)
{
	uint32_t number = ks_intern_number(intern, bytes, len);
	return number ? ks_intern_at(intern, number) : NULL;
}

void ks_intern_deinit(struct ks_intern *intern)
{
	ks_vector_deinit(&intern->all);
	ks_hashmap_deinit(&intern->map);
	intern->arena = NULL;
}
