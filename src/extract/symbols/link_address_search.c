/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The address that an image is linked for, when nothing in it says so. Functions of one kernel begin alike: with
 * the call or the gap for tracing, or with the instruction that makes room on the stack. At the right address
 * many of the places that symbols name hold the same first word, at any other they hold whatever is there.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "extract/symbols/link_address.h"

enum {
	PAGE = 4096,
	SAMPLES = 512,
	BUCKETS = 1 << 12,
	LEAST_SHARE = 50, // of the squared sample: one word in 50 is an accident
};

/** Addresses of functions, spread evenly over all of them. */
struct sample {
	uint64_t at[SAMPLES], low, high;
	size_t nr;
};

static bool in_text(const struct ks_symbol *sym)
{
	return sym->type == STT_FUNC && strcmp(sym->section, ".text") == 0;
}

static void take_sample(const struct ks_surface *symbols, struct sample *ret)
{
	size_t functions = 0, seen = 0;
	for (size_t i = 0; i < symbols->nr_symbols; i++)
		functions += in_text(&symbols->symbols[i]);
	*ret = (struct sample){ .low = UINT64_MAX };
	for (size_t i = 0; i < symbols->nr_symbols; i++) {
		const struct ks_symbol *sym = &symbols->symbols[i];
		if (!in_text(sym))
			continue;
		if (seen++ * SAMPLES / functions < ret->nr)
			continue;
		ret->low = sym->addr < ret->low ? sym->addr : ret->low;
		ret->high = sym->addr > ret->high ? sym->addr : ret->high;
		if (ret->nr < SAMPLES)
			ret->at[ret->nr++] = sym->addr;
	}
}

/** How alike the functions begin if the image starts at an address: the sum of squares of equal words. */
static uint64_t likeness(const struct ks_elf *raw, const struct sample *sample, uint64_t start)
{
	uint16_t counts[BUCKETS] = { 0 };
	uint64_t sum = 0;
	for (size_t i = 0; i < sample->nr; i++) {
		uint32_t word;
		memcpy(&word, raw->map + (sample->at[i] - start), sizeof(word));
		if (!word) // an empty page is alike everywhere
			continue;
		uint16_t *count = &counts[word * 0x9e3779b1u >> 20];
		sum += 2u * *count + 1;
		++*count;
	}
	return sum;
}

bool ks_link_address_search(const struct ks_elf *raw, const struct ks_surface *symbols,
			    uint64_t *ret)
{
	struct sample sample;
	take_sample(symbols, &sample);
	uint64_t room = raw->map_len - sizeof(uint32_t), best = 0, second = 0;
	if (!sample.nr || raw->map_len < PAGE || sample.high - sample.low > room)
		return false;
	uint64_t start = sample.low & ~(uint64_t)(PAGE - 1);
	for (; sample.high - start <= room; start -= PAGE) {
		uint64_t like = likeness(raw, &sample, start);
		if (like > best) {
			second = best;
			best = like;
			*ret = start;
		} else if (like > second) {
			second = like;
		}
		if (start < PAGE)
			break;
	}
	return best > sample.nr * sample.nr / LEAST_SHARE && best > second + second / 4;
}
