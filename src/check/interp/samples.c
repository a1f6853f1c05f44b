/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/interp/samples.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

static void try_with(struct ks_sampler *sampler, uint64_t number)
{
	for (uint32_t i = 0; i < sampler->nr; i++)
		if (sampler->any[i] == number)
			return;
	if (sampler->nr < KS_MAX_SAMPLES)
		sampler->any[sampler->nr++] = number;
}

/** Ends of what fits into so many bits, and around what the verifier takes for unbounded. */
static void try_with_ends(struct ks_sampler *sampler)
{
	static const uint8_t bits[] = { 0, 1, 2, 3, 8, 16, 29, 31, 32, 63 };
	for (size_t i = 0; i < KS_ARRAY_LEN(bits); i++) {
		try_with(sampler, 1ull << bits[i]);
		try_with(sampler, (1ull << bits[i]) - 1);
	}
	try_with(sampler, UINT64_MAX);
}

void ks_sampler_add(struct ks_sampler *sampler, uint64_t constant)
{
	if (!sampler->nr)
		try_with_ends(sampler);
	for (int i = -1; i <= 1; i++)
		try_with(sampler, constant + (uint64_t)(int64_t)i);
}

static int number_order(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

const struct ks_samples *ks_samples_of(struct ks_sampler *sampler, uint64_t *numbers, uint32_t nr)
{
	qsort(numbers, nr, sizeof(*numbers), number_order);
	uint32_t different = 0;
	for (uint32_t i = 0; i < nr; i++)
		if (!different || numbers[i] != numbers[different - 1])
			numbers[different++] = numbers[i];
	uint32_t kept = different < KS_MAX_SAMPLES ? different : KS_MAX_SAMPLES;
	uint32_t below = kept / 2, above = kept - below;
	struct ks_samples *samples =
		ks_arena_alloc(sampler->arena, sizeof(*samples) + kept * sizeof(samples->at[0]));
	if (!samples)
		return NULL;
	samples->nr = kept;
	memcpy(samples->at, numbers, below * sizeof(*numbers));
	memcpy(samples->at + below, numbers + different - above, above * sizeof(*numbers));
	return samples;
}

const struct ks_samples *ks_samples_one(struct ks_sampler *sampler, uint64_t number)
{
	uint64_t numbers[] = { number };
	return ks_samples_of(sampler, numbers, 1);
}

const struct ks_samples *ks_samples_of_bytes(struct ks_sampler *sampler, uint8_t size)
{
	const struct ks_samples **known = &sampler->sizes[__builtin_ctz(size) & 3];
	uint64_t numbers[KS_MAX_SAMPLES], most = size >= 8 ? UINT64_MAX : (1ull << (8 * size)) - 1;
	uint32_t nr = 0;
	if (*known)
		return *known;
	if (!sampler->nr)
		try_with_ends(sampler);
	for (uint32_t i = 0; i < sampler->nr; i++)
		if (sampler->any[i] <= most)
			numbers[nr++] = sampler->any[i];
	*known = ks_samples_of(sampler, numbers, nr);
	return *known;
}

bool ks_samples_cover(const struct ks_samples *a, const struct ks_samples *b)
{
	uint32_t i = 0;
	if (a == b)
		return true;
	for (uint32_t j = 0; j < b->nr; j++) {
		while (i < a->nr && a->at[i] < b->at[j])
			i++;
		if (i == a->nr || a->at[i] != b->at[j])
			return false;
	}
	return true;
}
