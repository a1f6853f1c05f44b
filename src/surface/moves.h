/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* How the addresses of one build become those of another, which differs in a few functions: what lies between two of these moves as one. */
#include <stddef.h>
#include <stdint.h>

/** What is at this address in the one, or behind it, is so much further on in the other. */
struct ks_move {
	uint64_t from, shift;
};

/** The moves of an image. */
struct ks_moves {
	uint64_t anchor,
		base_anchor;	  // that spelled addresses count from, in the image and in its base
	const struct ks_move *at; // ascending
	size_t nr;
};

/** Where an address would be; 0 is no address. */
static inline uint64_t ks_moves_place(const struct ks_moves *moves, uint64_t addr)
{
	size_t low = 0, high = moves->nr;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (moves->at[middle].from <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	return addr && low ? addr + moves->at[low - 1].shift : addr;
}
