/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Sets of numbers that stand for what the verifier takes a register to be able to hold: inside check/interp/ only. */
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/** Some of the numbers that are possible; never none. Sets are not changed once they are made. */
struct ks_samples {
	uint32_t nr;
	uint64_t at[]; // ascending, each once
};
enum { KS_MAX_SAMPLES = 64 };

/** Where sets are made. Zeroed, with an arena, it is ready. */
struct ks_sampler {
	struct ks_arena *arena;
	uint32_t nr;
	uint64_t any[KS_MAX_SAMPLES];	   // what a number of which nothing is known is tried with
	const struct ks_samples *sizes[4]; // the same of numbers of 1, 2, 4 and 8 bytes
};
/** Numbers around a constant of the program are tried, too; before the first set is made. */
void ks_sampler_add(struct ks_sampler *sampler, uint64_t constant);
/** The set of numbers, which get sorted; of too many the smallest and largest. @return NULL: memory ran out */
const struct ks_samples *ks_samples_of(struct ks_sampler *sampler, uint64_t *numbers, uint32_t nr);
const struct ks_samples *ks_samples_one(struct ks_sampler *sampler, uint64_t number);
/** Numbers of so many bytes (1, 2, 4, 8) of which nothing is known. */
const struct ks_samples *ks_samples_of_bytes(struct ks_sampler *sampler, uint8_t size);
/** Whether all of b are in a. */
bool ks_samples_cover(const struct ks_samples *a, const struct ks_samples *b);
