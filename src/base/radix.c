/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/radix.h"

#include <string.h>

enum { BITS = 8, BUCKETS = 1 << BITS, ROUNDS = 64 / BITS };

static size_t bucket_of(uint64_t key, int round)
{
	return key >> (round * BITS) & (BUCKETS - 1);
}

/** How many keys have each digit. */
static void count(const struct ks_radix *at, size_t nr, size_t counts[ROUNDS][BUCKETS])
{
	for (size_t i = 0; i < nr; i++)
		for (int round = 0; round < ROUNDS; round++)
			counts[round][bucket_of(at[i].key, round)]++;
}

void ks_radix_sort(struct ks_radix *at, struct ks_radix *spare, size_t nr)
{
	size_t counts[ROUNDS][BUCKETS] = { 0 };
	struct ks_radix *from = at, *to = spare;
	count(at, nr, counts);
	for (int round = 0; round < ROUNDS && nr; round++) {
		size_t next[BUCKETS], total = 0;
		if (counts[round][bucket_of(from[0].key, round)] == nr)
			continue; // all have the same digit
		for (size_t i = 0; i < BUCKETS; i++) {
			next[i] = total;
			total += counts[round][i];
		}
		for (size_t i = 0; i < nr; i++)
			to[next[bucket_of(from[i].key, round)]++] = from[i];
		struct ks_radix *last = from;
		from = to;
		to = last;
	}
	if (from != at && nr)
		memcpy(at, from, nr * sizeof(*at));
}
