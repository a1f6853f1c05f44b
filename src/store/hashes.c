/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/hashes.h"

#include <endian.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

struct ks_hash ks_hash_of(const void *bytes, size_t len)
{
	XXH128_hash_t hash = XXH3_128bits(bytes, len);
	return (struct ks_hash){ .low = htole64(hash.low64),
				 .high = htole32((uint32_t)hash.high64) };
}

uint64_t ks_hash64_of(const void *bytes, size_t len)
{
	return XXH3_64bits(bytes, len);
}

void ks_hashes_deinit(struct ks_hashes *hashes)
{
	ks_vector_deinit(&hashes->by_id);
	ks_hashmap_deinit(&hashes->ids);
	*hashes = (struct ks_hashes){ 0 };
}

/** There is room in the table of ids. */
static void place(struct ks_hashes *hashes, struct ks_hash hash, uint32_t id)
{
	if (hash.low | hash.high)
		ks_hashmap_add(&hashes->ids, hash.low, id);
}

struct ks_error *ks_hashes_build(struct ks_hashes *hashes, size_t extra)
{
	if (!ks_hashmap_reset(&hashes->ids, hashes->by_id.len + extra))
		return &ks_nomem;
	enum { AHEAD = 16 }; // hashes; the table is much larger than the caches
	for (size_t i = 0; i < hashes->by_id.len; i++) {
		if (i + AHEAD < hashes->by_id.len)
			ks_hashes_prefetch(hashes, hashes->by_id.at[i + AHEAD]);
		place(hashes, hashes->by_id.at[i], (uint32_t)(i + 1));
	}
	return NULL;
}

struct ks_error *ks_hashes_reserve(struct ks_hashes *hashes, size_t extra)
{
	if (hashes->by_id.len + extra > KS_HASHMAP_MAX)
		return ks_error_new(KS_ERR_STORE, "more definitions than a store can number");
	if (!ks_vector_reserve(&hashes->by_id, extra))
		return &ks_nomem;
	if (!hashes->ids.len)
		return ks_hashes_build(hashes, extra);
	return ks_hashmap_reserve(&hashes->ids, extra) ? NULL : &ks_nomem;
}

struct ks_error *ks_hashes_append(struct ks_hashes *hashes, const void *bytes, size_t nr)
{
	if (!ks_vector_reserve(&hashes->by_id, nr))
		return &ks_nomem;
	const char *at = bytes;
	for (size_t i = 0; i < nr; i++, at += KS_HASH_BYTES) {
		struct ks_hash *hash = &hashes->by_id.at[hashes->by_id.len++];
		hash->none = 0;
		memcpy(&hash->low, at, sizeof(hash->low));
		memcpy(&hash->high, at + sizeof(hash->low), sizeof(hash->high));
	}
	return NULL;
}

void ks_hashes_put(struct ks_buf *buf, const struct ks_hash *at, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		ks_buf_bytes(buf, &at[i].low, sizeof(at[i].low));
		ks_buf_bytes(buf, &at[i].high, sizeof(at[i].high));
	}
}

uint32_t ks_hashes_add(struct ks_hashes *hashes, struct ks_hash hash)
{
	hashes->by_id.at[hashes->by_id.len++] = hash;
	uint32_t id = (uint32_t)hashes->by_id.len;
	place(hashes, hash, id);
	return id;
}

uint32_t ks_hashes_find(const struct ks_hashes *hashes, struct ks_hash hash)
{
	struct ks_hashmap_walk walk = ks_hashmap_walk(hash.low);
	for (uint32_t id; (id = ks_hashmap_next(&hashes->ids, &walk));) {
		const struct ks_hash *other = &hashes->by_id.at[id - 1];
		if (other->low == hash.low && other->high == hash.high)
			return id;
	}
	return 0;
}
