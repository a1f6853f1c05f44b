/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <xxhash.h>

#include "source/dataset/dataset_pool.h"

const char *ks_dataset_pool_text(struct ks_dataset_pool *pool, const char *text, size_t len)
{
	pool->texts.arena = pool->arena;
	return ks_intern_text(&pool->texts, text, len);
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
	uint64_t hash = hash_type(like);
	struct ks_hashmap_walk walk = ks_hashmap_walk(hash);
	for (uint32_t number; (number = ks_hashmap_next(&pool->type_map, &walk));)
		if (same_type(pool->types.at[number - 1], like))
			return pool->types.at[number - 1];
	if (!ks_hashmap_reserve(&pool->type_map, 1))
		return NULL;
	const struct ks_type *type = copy_type(pool->arena, like);
	if (!type || !ks_vector_add(&pool->types, type))
		return NULL;
	ks_hashmap_add(&pool->type_map, hash, (uint32_t)pool->types.len);
	return type;
}

void ks_dataset_pool_deinit(struct ks_dataset_pool *pool)
{
	ks_intern_deinit(&pool->texts);
	ks_hashmap_deinit(&pool->type_map);
	ks_vector_deinit(&pool->types);
}
