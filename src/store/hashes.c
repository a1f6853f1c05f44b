/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/hashes.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

struct ks_hash ks_hash_of(const void *bytes, size_t len)
{
	XXH128_hash_t hash = XXH3_128bits(bytes, len);
	return (struct ks_hash){ .low = htole64(hash.low64), .high = htole64(hash.high64) };
}

uint64_t ks_hash64_of(const void *bytes, size_t len)
{
	return XXH3_64bits(bytes, len);
}

void ks_hashes_deinit(struct ks_hashes *hashes)
{
	ks_vector_deinit(&hashes->by_id);
	free(hashes->slots);
	*hashes = (struct ks_hashes){ 0 };
}

static uint64_t tag_of(struct ks_hash hash)
{
	return hash.high & ~(uint64_t)UINT32_MAX;
}

static void place(struct ks_hashes *hashes, struct ks_hash hash, uint32_t id)
{
	size_t mask = hashes->nr_slots - 1, i = hash.low & mask;
	while (hashes->slots[i])
		i = (i + 1) & mask;
	hashes->slots[i] = tag_of(hash) | id;
}

struct ks_error *ks_hashes_build(struct ks_hashes *hashes, size_t extra)
{
	size_t want = hashes->by_id.len + extra;
	size_t nr = 1024;
	while (nr < want * 2)
		nr *= 2;
	uint64_t *slots = calloc(nr, sizeof(*slots));
	if (!slots)
		return &ks_nomem;
	free(hashes->slots);
	hashes->slots = slots;
	hashes->nr_slots = nr;
	enum { AHEAD = 16 }; // hashes; the table is much larger than the caches
	for (size_t i = 0; i < hashes->by_id.len; i++) {
		if (i + AHEAD < hashes->by_id.len)
			ks_hashes_prefetch(hashes, hashes->by_id.at[i + AHEAD]);
		struct ks_hash hash = hashes->by_id.at[i];
		if (hash.low | hash.high)
			place(hashes, hash, (uint32_t)(i + 1));
	}
	return NULL;
}

struct ks_error *ks_hashes_reserve(struct ks_hashes *hashes, size_t extra)
{
	size_t want = hashes->by_id.len + extra;
	if (want >= UINT32_MAX)
		return ks_error_new(KS_ERR_STORE, "more definitions than a store can number");
	if (!ks_vector_reserve(&hashes->by_id, extra))
		return &ks_nomem;
	return want * 3 / 2 < hashes->nr_slots ? NULL : ks_hashes_build(hashes, extra);
}

struct ks_error *ks_hashes_append(struct ks_hashes *hashes, const void *bytes, size_t nr)
{
	if (!ks_vector_reserve(&hashes->by_id, nr))
		return &ks_nomem;
	memcpy(hashes->by_id.at + hashes->by_id.len, bytes, nr * sizeof(*hashes->by_id.at));
	hashes->by_id.len += nr;
	return NULL;
}

uint32_t ks_hashes_add(struct ks_hashes *hashes, struct ks_hash hash)
{
	hashes->by_id.at[hashes->by_id.len++] = hash;
	uint32_t id = (uint32_t)hashes->by_id.len;
	if (hash.low | hash.high)
		place(hashes, hash, id);
	return id;
}

uint32_t ks_hashes_find(const struct ks_hashes *hashes, struct ks_hash hash)
{
	if (!hashes->nr_slots)
		return 0;
	size_t mask = hashes->nr_slots - 1;
	uint64_t tag = tag_of(hash);
	for (size_t i = hash.low & mask; hashes->slots[i]; i = (i + 1) & mask) {
		uint64_t slot = hashes->slots[i];
		uint32_t id = (uint32_t)slot;
		if ((slot & ~(uint64_t)UINT32_MAX) != tag)
			continue;
		const struct ks_hash *other = &hashes->by_id.at[id - 1];
		if (other->low == hash.low && other->high == hash.high)
			return id;
	}
	return 0;
}
