/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "base/hashmap.h"
#include "base/vector.h"

struct ks_number {
	uint64_t key;
	uint32_t value;
};

/**
 * Numbers by 64-bit key, for keys that are hashes already, or ids that follow each other. A zeroed table is empty. Keys
 * are never removed.
 */
struct ks_numbers {
	struct ks_hashmap map; // to places in all, + 1
	KS_VECTOR(struct ks_number) all;
};

/** The number of a key; 0 when it has none. */
uint32_t ks_numbers_get(const struct ks_numbers *numbers, uint64_t key);
/** Give a key a number that is not 0, instead of the one it may have; false when memory runs out. */
bool ks_numbers_set(struct ks_numbers *numbers, uint64_t key, uint32_t value);
void ks_numbers_deinit(struct ks_numbers *numbers);
