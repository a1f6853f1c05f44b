/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "source/dataset/dataset_pool.h"

struct ks_pool_text {
	const char *at; // NULL: free slot
	uint32_t len, hash;
};

enum { FIRST_CAP = 1024 };

/** Both tables probe linearly and are at most half full. */
static bool grow_texts(struct ks_dataset_pool *pool)
{
	size_t cap = pool->cap_texts ? pool->cap_texts * 2 : FIRST_CAP;
	struct ks_pool_text *grown = calloc(cap, sizeof(*grown));
	if (!grown)
		return false;
	for (size_t i = 0; i < pool->cap_texts; i++) {
		if (!pool->texts[i].at)
			continue;
		size_t slot = pool->texts[i].hash & (cap - 1);
		while (grown[slot].at)
			slot = (slot + 1) & (cap - 1);
		grown[slot] = pool->texts[i];
	}
	free(pool->texts);
	pool->texts = grown;
	pool->cap_texts = cap;
	return true;
}

const char *ks_dataset_pool_text(struct ks_dataset_pool *pool, const char *text, size_t len)
{
	if (len > UINT32_MAX || (pool->nr_texts * 2 >= pool->cap_texts && !grow_texts(pool)))
		return NULL;
	uint32_t hash = (uint32_t)XXH3_64bits(text, len);
	size_t slot = hash & (pool->cap_texts - 1);
	for (; pool->texts[slot].at; slot = (slot + 1) & (pool->cap_texts - 1)) {
		const struct ks_pool_text *have = &pool->texts[slot];
		if (have->hash == hash && have->len == len && memcmp(have->at, text, len) == 0)
			return have->at;
	}
	const char *copy = ks_arena_strndup(pool->arena, text, len);
	if (!copy)
		return NULL;
	pool->texts[slot] = (struct ks_pool_text){ copy, (uint32_t)len, hash };
	pool->nr_texts++;
	return copy;
}

static size_t params_size(const struct ks_type *type)
{
	return type->nr_params * sizeof(*type->params);
}

/** Pointers out of the pool stand for what they point to. */
static uint64_t hash_type(const struct ks_type *type)
{
	uint64_t words[4] = { (uint64_t)type->kind << 32 | type->nr_params, type->n,
			      (uintptr_t)type->name, (uintptr_t)type->inner };
	uint64_t seed = type->nr_params ? XXH3_64bits(type->params, params_size(type)) : 0;
	return XXH3_64bits_withSeed(words, sizeof(words), seed);
}

static bool same_type(const struct ks_type *a, const struct ks_type *b)
{
	return a->kind == b->kind && a->n == b->n && a->name == b->name && a->inner == b->inner &&
	       a->nr_params == b->nr_params &&
	       (!a->nr_params || memcmp(a->params, b->params, params_size(a)) == 0);
}

static bool grow_types(struct ks_dataset_pool *pool)
{
	size_t cap = pool->cap_types ? pool->cap_types * 2 : FIRST_CAP;
	const struct ks_type **grown = calloc(cap, sizeof(const struct ks_type *));
	if (!grown)
		return false;
	for (size_t i = 0; i < pool->cap_types; i++) {
		if (!pool->types[i])
			continue;
		size_t slot = hash_type(pool->types[i]) & (cap - 1);
		while (grown[slot])
			slot = (slot + 1) & (cap - 1);
		grown[slot] = pool->types[i];
	}
	free(pool->types);
	pool->types = grown;
	pool->cap_types = cap;
	return true;
}

static const struct ks_type *copy_type(struct ks_arena *arena, const struct ks_type *like)
{
	struct ks_type *type = ks_arena_alloc(arena, sizeof(*type));
	if (!type)
		return NULL;
	*type = *like;
	if (!like->nr_params)
		return type;
	struct ks_param *params = ks_arena_array(arena, like->nr_params, sizeof(*params));
	if (!params)
		return NULL;
	memcpy(params, like->params, params_size(like));
	type->params = params;
	return type;
}

const struct ks_type *ks_dataset_pool_type(struct ks_dataset_pool *pool, const struct ks_type *like)
{
	if (pool->nr_types * 2 >= pool->cap_types && !grow_types(pool))
		return NULL;
	size_t slot = hash_type(like) & (pool->cap_types - 1);
	for (; pool->types[slot]; slot = (slot + 1) & (pool->cap_types - 1))
		if (same_type(pool->types[slot], like))
			return pool->types[slot];
	const struct ks_type *type = copy_type(pool->arena, like);
	if (!type)
		return NULL;
	pool->types[slot] = type;
	pool->nr_types++;
	return type;
}

void ks_dataset_pool_deinit(struct ks_dataset_pool *pool)
{
	free(pool->texts);
	free(pool->types);
	*pool = (struct ks_dataset_pool){ .arena = pool->arena };
}
