/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* One image's texts and types, each kept once: a dataset spells the same few over and over. */
#include "base/intern.h"
#include "surface/model.h"

/** Equal text or type, equal pointer. A zeroed pool with an arena is empty. */
struct ks_dataset_pool {
	struct ks_arena *arena; // borrowed: holds what the pool hands out
	struct ks_intern texts;
	KS_VECTOR(const struct ks_type *) types;
	struct ks_hashmap type_map; // to places in types, + 1
};

/** NUL-terminated copy of a text without NUL in it; NULL when memory runs out. */
const char *ks_dataset_pool_text(struct ks_dataset_pool *pool, const char *text, size_t len);
/**
 * The type like this one, whose name, inner type, and the names and types of its parameters are out of
 * the pool. The parameters are copied. NULL when memory runs out.
 */
const struct ks_type *ks_dataset_pool_type(struct ks_dataset_pool *pool,
					   const struct ks_type *like);
/** The tables, not what they handed out. */
void ks_dataset_pool_deinit(struct ks_dataset_pool *pool);
