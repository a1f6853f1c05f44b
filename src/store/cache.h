/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Unpacked bytes by number, so that a handle that is asked again need not unpack again. What is kept stays where it
 * is until the next ks_cache_put() or ks_cache_clear(): when there is no more room, everything goes.
 */
#include "base/buf.h"
#include "base/hashmap.h"
#include "base/vector.h"
#include "store/zstd.h"

struct ks_cached {
	int64_t key;
	char *at;
	size_t len;
};

/** A zeroed one is empty. */
struct ks_cache {
	struct ks_hashmap map; // to places in all, + 1
	KS_VECTOR(struct ks_cached) all;
	size_t bytes; // of all that is kept
	size_t limit; // of bytes; 0: what 200 names of 25 images need
};

/** The bytes of that number; false when they are not there. */
bool ks_cache_get(const struct ks_cache *cache, int64_t key, struct ks_bytes *ret);
/** Keep bytes under a number that has none; they are copied. Memory that runs out is no error: nothing is kept. */
void ks_cache_put(struct ks_cache *cache, int64_t key, struct ks_bytes bytes);
/** Forget everything. */
void ks_cache_clear(struct ks_cache *cache);
