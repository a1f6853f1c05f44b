/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/hashmap.h"
#include "base/vector.h"

/** The first 12 bytes of the XXH3-128 of a definition's class and bytes, as on disk. All zero stands for "gone". */
struct ks_hash {
	uint64_t low;
	uint32_t high, none; // none is 0
};
/** Bytes of a hash on disk. */
enum { KS_HASH_BYTES = 12 };
struct ks_hash ks_hash_of(const void *bytes, size_t len);
/** For where boundaries lie and what a segment is called. */
uint64_t ks_hash64_of(const void *bytes, size_t len);

/** The hashes of all definitions by id, and the way back. A zeroed one is empty. */
struct ks_hashes {
	KS_VECTOR(struct ks_hash) by_id; // of id i + 1
	struct ks_hashmap ids;		 // by hash
	bool loaded;
};
void ks_hashes_deinit(struct ks_hashes *hashes);
/** Room for extra more, so that ks_hashes_add() cannot fail. */
KS_MUST_CHECK struct ks_error *ks_hashes_reserve(struct ks_hashes *hashes, size_t extra);
/** Append nr hashes as they are on disk; ks_hashes_find() knows them after the next ks_hashes_build(). */
KS_MUST_CHECK struct ks_error *ks_hashes_append(struct ks_hashes *hashes, const void *bytes,
						size_t nr);
/** Append hashes as they are on disk to a buffer. */
void ks_hashes_put(struct ks_buf *buf, const struct ks_hash *at, size_t nr);
/** Make the way back for all hashes, with room for extra more. */
KS_MUST_CHECK struct ks_error *ks_hashes_build(struct ks_hashes *hashes, size_t extra);
/** Append a hash under the next id. Room must have been reserved. @return the id */
uint32_t ks_hashes_add(struct ks_hashes *hashes, struct ks_hash hash);
/** The id of a hash, or 0. */
uint32_t ks_hashes_find(const struct ks_hashes *hashes, struct ks_hash hash);

/** Fetch what ks_hashes_find() will look at. */
static inline void ks_hashes_prefetch(const struct ks_hashes *hashes, struct ks_hash hash)
{
	ks_hashmap_prefetch(&hashes->ids, hash.low);
}
