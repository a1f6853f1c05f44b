/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "base/arena.h"
#include "base/hashmap.h"
#include "base/vector.h"

struct ks_interned {
	const char *at; // len bytes, and a NUL behind them
	size_t len;
};

/**
 * One copy and one number for equal bytes. Numbers count from 1 in the order in which bytes came first. A zeroed
 * interner with an arena is empty.
 */
struct ks_intern {
	struct ks_arena *arena; // borrowed: holds the copies
	struct ks_hashmap map;	// to numbers
	KS_VECTOR(struct ks_interned) all;
};

/** The number of bytes, which are copied when they are new; 0 when memory or the numbers of 32 bits run out. */
uint32_t ks_intern_number(struct ks_intern *intern, const void *bytes, size_t len);
/** The copy of bytes: equal bytes, equal pointer. NULL when memory runs out. */
const char *ks_intern_text(struct ks_intern *intern, const void *bytes, size_t len);
/** The number of bytes that are in it; 0: they are not. */
uint32_t ks_intern_find(const struct ks_intern *intern, const void *bytes, size_t len);

/** The copy that a number stands for. */
static inline const char *ks_intern_at(const struct ks_intern *intern, uint32_t number)
{
	return intern->all.at[number - 1].at;
}

/** The tables, not the copies. */
void ks_intern_deinit(struct ks_intern *intern);
