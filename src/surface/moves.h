/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* How the addresses of one build become those of another, which differs in a few functions: what lies between two of these moves as one. */
#include "base/array.h"
#include "base/cursor.h"

/** What is at this address in the one, or behind it, is so much further on in the other. */
struct ks_move {
	uint64_t from, shift;
};

/** Of so many moves one stands in full, where they are kept packed. */
enum { KS_MOVES_STEP = 32 };

/** The moves of an image. */
struct ks_moves {
	uint64_t anchor,
		base_anchor;	  // that spelled addresses count from, in the image and in its base
	const struct ks_move *at; // ascending: all, or every KS_MOVES_STEP-th
	size_t nr;
	/** Where in packed stands what follows each of these; NULL: nothing does. */
	const uint32_t *behind;
	/** Distances from the move before: of its place, and of its shift (zigzag). */
	struct ks_cursor packed;
};

/** The last move up to an address: at[i], or one of those that are packed behind it. */
static inline struct ks_move ks_moves_unpack(const struct ks_moves *moves, size_t i, uint64_t addr)
{
	struct ks_move move = moves->at[i], next = move;
	struct ks_cursor c = moves->packed;
	ks_cursor_take(&c, moves->behind[i]);
	for (size_t k = 1; k < KS_MOVES_STEP && ks_cursor_more(&c); k++) {
		next.from += ks_cursor_uleb(&c);
		next.shift += (uint64_t)ks_cursor_zigzag(&c);
		if (next.from > addr)
			break;
		move = next;
	}
	return move;
}

/** Where an address would be; 0 is no address. */
static inline uint64_t ks_moves_place(const struct ks_moves *moves, uint64_t addr)
{
	size_t behind = KS_FIRST_NOT(0, moves->nr, i, moves->at[i].from <= addr);
	if (!addr || !behind)
		return addr;
	return addr +
	       (moves->behind ? ks_moves_unpack(moves, behind - 1, addr) : moves->at[behind - 1])
		       .shift;
}
