/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stddef.h>

#include "base/apart.h"

struct ks_arena_chunk;

/**
 * Bump allocator: blocks never move and die together. Not shared between threads.
 * A zeroed struct is an empty arena.
 */
struct ks_arena {
	struct ks_arena_chunk *head;
	char *pos, *end;
	size_t total_bytes;			   // handed out so far
	char apart[KS_APART - 4 * sizeof(void *)]; // threads have theirs side by side
};

/** 8-byte aligned, not cleared; NULL when memory runs out. */
void *ks_arena_alloc(struct ks_arena *arena, size_t size);
/** As ks_arena_alloc() for count elements of size bytes; NULL also when the product overflows. */
void *ks_arena_array(struct ks_arena *arena, size_t count, size_t size);
/** A copy of count elements of size bytes; NULL as ks_arena_array(). @param from may be NULL for none */
void *ks_arena_copy(struct ks_arena *arena, const void *from, size_t count, size_t size);
/** A copy of len bytes with a NUL behind it. */
char *ks_arena_strndup(struct ks_arena *arena, const char *text, size_t len);
/** A copy of a text that ends with a NUL. */
char *ks_arena_strdup(struct ks_arena *arena, const char *text);
/** Give everything back; the arena is empty and usable again. */
void ks_arena_deinit(struct ks_arena *arena);
#define _cleanup_arena_ __attribute__((__cleanup__(ks_arena_deinit)))
