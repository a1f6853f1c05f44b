/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/write/put_places.h"

#include <stdlib.h>

void ks_put_was_deinit(struct ks_put_was *was)
{
	ks_arena_deinit(&was->arena);
	ks_places_free(was->base);
	ks_vector_deinit(&was->pairs);
	*was = (struct ks_put_was){ 0 };
}

/** @return a copy; of nothing, which nobody writes to, what was there */
static const void *copy_of(struct ks_arena *arena, const void *at, size_t nr, size_t size)
{
	static const uint64_t nothing;
	if (!nr)
		return at ? at : &nothing;
	return ks_arena_copy(arena, at, nr, size);
}

/** A function of the same shape, to be filled with other facts. */
static bool copy_function(struct ks_arena *arena, const struct ks_function *fn,
			  struct ks_function *ret)
{
	const struct ks_symbol *symbols =
		copy_of(arena, fn->symbols, fn->nr_symbols, sizeof(*symbols));
	struct ks_entry *entries = ks_arena_array(arena, fn->nr_entries, sizeof(*entries));
	*ret = *fn;
	ret->symbols = symbols;
	ret->entries = entries;
	for (uint32_t i = 0; entries && i < fn->nr_entries; i++) {
		entries[i] = fn->entries[i];
		entries[i].clones = copy_of(arena, entries[i].clones, entries[i].nr_clones,
					    sizeof(*entries[i].clones));
		if (!entries[i].clones)
			return false;
	}
	return symbols && entries;
}

static struct ks_error *add_pairs(struct ks_put_was *was, const struct ks_function *fn,
				  const struct ks_function *before)
{
	for (uint32_t i = 0; i < fn->nr_symbols; i++) {
		struct ks_radix pair = { .key = before->symbols[i].addr,
					 .value = fn->symbols[i].addr };
		if (pair.key && pair.value && !ks_vector_add(&was->pairs, pair))
			return &ks_nomem;
	}
	return NULL;
}

/** @param like row of the base */
static struct ks_error *fill_row(struct ks_put_was *was, uint64_t anchor,
				 const struct ks_function *fn, uint32_t like,
				 const struct ks_function **ret)
{
	const struct ks_moves of_base = { .anchor = anchor };
	struct ks_function *before = ks_arena_alloc(&was->arena, sizeof(*before));
	if (!before || !copy_function(&was->arena, fn, before))
		return &ks_nomem;
	KS_TRY(ks_places_get(was->base, like, &of_base, &was->arena, before));
	*ret = before;
	return add_pairs(was, fn, before);
}

struct ks_error *ks_put_was_fill(struct ks_put_was *was, uint64_t anchor,
				 const struct ks_put_was_row *rows, size_t nr)
{
	struct ks_places_match match;
	was->at = ks_arena_array(&was->arena, nr + 1, sizeof(struct ks_function *));
	if (!was->at)
		return &ks_nomem;
	KS_TRY(ks_places_match_init(&match, ks_bytes_of(&was->base->ids)));
	struct ks_error *err = NULL;
	for (size_t i = 0; !err && i < nr; i++) {
		uint32_t like = ks_places_match(&match, rows[i].group);
		was->at[i] = NULL;
		if (like)
			err = fill_row(was, anchor, rows[i].fn, like - 1, &was->at[i]);
	}
	ks_places_match_deinit(&match);
	return err;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	int64_t d = (int64_t)(a - b);
	return d < 0 ? 0 - (uint64_t)d : (uint64_t)d;
}

/** Whether it pays to tell that from here on all is so much further on. @param next the same of what follows */
static bool is_move(uint64_t shift, uint64_t here, uint64_t next)
{
	enum { FAR = 1024 }; // what one byte does not tell
	return here != shift &&
	       (next == here ||
		(distance(here, shift) >= FAR && distance(next, here) < distance(next, shift) / 2));
}

struct ks_error *ks_put_moves_make(struct ks_radix *pairs, size_t nr, struct ks_arena *arena,
				   struct ks_moves *moves)
{
	struct ks_radix *spare = calloc(nr + 1, sizeof(*spare));
	KS_VECTOR(struct ks_move) made = { 0 };
	uint64_t shift = 0;
	bool ok = spare;
	if (ok)
		ks_radix_sort(pairs, spare, nr);
	for (size_t i = 0; ok && i < nr; i++) {
		uint64_t here = pairs[i].value - pairs[i].key;
		size_t next = i + 1;
		while (next < nr && pairs[next].key == pairs[i].key)
			next++;
		struct ks_move move = { pairs[i].key, here };
		if (next < nr && is_move(shift, here, pairs[next].value - pairs[next].key)) {
			ok = ks_vector_add(&made, move);
			shift = here;
		}
	}
	const struct ks_move *at = ok ? copy_of(arena, made.at, made.len, sizeof(*at)) : NULL;
	if (at) {
		moves->at = at;
		moves->nr = made.len;
	}
	free(spare);
	ks_vector_deinit(&made);
	return at ? NULL : &ks_nomem;
}
