/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/arena.h"

#ifndef __has_feature // of clang
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
enum { GUARD = 16 }; // bytes behind a block that the address sanitizer lets nobody touch
#else
#define ASAN_POISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
enum { GUARD = 0 };
#endif

struct ks_arena_chunk {
	struct ks_arena_chunk *next;
	uint64_t bytes[]; // keeps the first block aligned
};

enum { FIRST_CHUNK = 4096, LARGEST_CHUNK = 2 << 20 };

/**
 * Memory for a chunk with room for at least *size bytes. Large ones are huge pages where the kernel has
 * them: filling an arena is then one page fault every 2 MiB.
 */
static struct ks_arena_chunk *new_chunk(size_t *size)
{
	size_t bytes = sizeof(struct ks_arena_chunk) + *size;
	if (bytes < LARGEST_CHUNK)
		return malloc(bytes);
	bytes = (bytes + LARGEST_CHUNK - 1) & ~(size_t)(LARGEST_CHUNK - 1);
	void *memory = aligned_alloc(LARGEST_CHUNK, bytes);
	if (memory)
		madvise(memory, bytes, MADV_HUGEPAGE);
	*size = bytes - sizeof(struct ks_arena_chunk);
	return memory;
}

static char *grow(struct ks_arena *arena, size_t size)
{
	size_t want = arena->total_bytes < FIRST_CHUNK ? FIRST_CHUNK : arena->total_bytes;
	if (want > LARGEST_CHUNK)
		want = LARGEST_CHUNK;
	if (want < size)
		want = size;
	struct ks_arena_chunk *chunk = new_chunk(&want);
	if (!chunk)
		return NULL;
	chunk->next = arena->head;
	arena->head = chunk;
	arena->pos = (char *)chunk->bytes;
	arena->end = arena->pos + want;
	ASAN_POISON_MEMORY_REGION(arena->pos, want);
	return arena->pos;
}

void *ks_arena_alloc(struct ks_arena *arena, size_t size)
{
	if (size > SIZE_MAX / 2)
		return NULL;
	size_t bytes = ((size + 7) & ~(size_t)7) + GUARD;
	// an empty arena has no address to give, not even for nothing
	if ((!arena->pos || bytes > (size_t)(arena->end - arena->pos)) && !grow(arena, bytes))
		return NULL;
	void *block = arena->pos;
	arena->pos += bytes;
	arena->total_bytes += bytes - GUARD;
	ASAN_UNPOISON_MEMORY_REGION(block, size);
	return block;
}

void *ks_arena_array(struct ks_arena *arena, size_t count, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(count, size, &bytes))
		return NULL;
	return ks_arena_alloc(arena, bytes);
}

void *ks_arena_copy(struct ks_arena *arena, const void *from, size_t count, size_t size)
{
	void *to = ks_arena_array(arena, count, size);
	if (to && count)
		memcpy(to, from, count * size);
	return to;
}

char *ks_arena_strndup(struct ks_arena *arena, const char *text, size_t len)
{
	char *copy = ks_arena_alloc(arena, len + 1);
	if (!copy)
		return NULL;
	if (len) // text may be NULL then
		memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

char *ks_arena_strdup(struct ks_arena *arena, const char *text)
{
	return ks_arena_strndup(arena, text, strlen(text));
}

void ks_arena_deinit(struct ks_arena *arena)
{
	while (arena->head) {
		struct ks_arena_chunk *next = arena->head->next;
		free(arena->head);
		arena->head = next;
	}
	*arena = (struct ks_arena){ 0 };
}
