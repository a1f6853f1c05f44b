/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The facts of a function as what differs from those that its base has of the same function: lines, sizes and addresses from where
 * they would be. Where all of a stream is as foreseen, which is the rule, it has no bytes.
 */
#include <string.h>

#include "surface/codec.h"
#include "surface/codec_private.h"
#include "surface/traits.h"

/** Symbols that are looked at for one entry or clone, at most: the first. A function has few. */
enum { LOOKED_AT = 64 };

static uint32_t nr_looked_at(const struct ks_function *was)
{
	return was->nr_symbols < LOOKED_AT ? was->nr_symbols : LOOKED_AT;
}

/** A symbol of the base; LOOKED_AT: none. */
static uint32_t symbol_at(const struct ks_function *was, uint64_t addr)
{
	for (uint32_t i = 0; addr && i < nr_looked_at(was); i++)
		if (was->symbols[i].addr == addr)
			return i;
	return LOOKED_AT;
}

/** The symbol of the base that a clone of it is. */
static uint32_t symbol_of(const struct ks_function *was, const struct ks_clone *clone)
{
	for (uint32_t i = 0; i < nr_looked_at(was); i++)
		if (was->symbols[i].addr == clone->addr && was->symbols[i].size == clone->size)
			return i;
	return LOOKED_AT;
}

/** @param fn its symbols have their addresses */
static uint64_t foresee_entry(const struct ks_function *fn, const struct ks_function *was,
			      uint64_t addr, const struct ks_moves *moves)
{
	uint32_t hit = symbol_at(was, addr);
	return hit < LOOKED_AT ? fn->symbols[hit].addr : ks_moves_place(moves, addr);
}

static void foresee_clone(const struct ks_function *fn, const struct ks_function *was,
			  const struct ks_clone *clone, const struct ks_moves *moves,
			  uint64_t *addr, uint64_t *size)
{
	uint32_t hit = symbol_of(was, clone);
	*addr = hit < LOOKED_AT ? fn->symbols[hit].addr : ks_moves_place(moves, clone->addr);
	*size = hit < LOOKED_AT ? fn->symbols[hit].size : clone->size;
}

/** A stream that is being written. */
struct stream {
	struct ks_buf *buf;
	size_t start;
	bool any;
};

static struct stream begin(struct ks_buf *buf)
{
	return (struct stream){ .buf = buf, .start = buf->len };
}

static void put(struct stream *stream, uint64_t value, uint64_t foreseen)
{
	ks_buf_zigzag(stream->buf, (int64_t)(value - foreseen));
	stream->any = stream->any || value != foreseen;
}

static void put_addr(struct stream *stream, uint64_t addr, uint64_t foreseen)
{
	ks_codec_put_addr(stream->buf, addr, foreseen);
	stream->any = stream->any || addr != foreseen;
}

static void finish(struct stream *stream)
{
	if (!stream->any)
		stream->buf->len = stream->start;
}

static void put_clone(struct stream *addrs, struct stream *sizes, const struct ks_function *fn,
		      const struct ks_function *was, const struct ks_clone *clone,
		      const struct ks_clone *of_base, const struct ks_moves *moves)
{
	uint64_t addr, size;
	foresee_clone(fn, was, of_base, moves, &addr, &size);
	put_addr(addrs, clone->addr, addr);
	put(sizes, clone->size, size);
}

void ks_codec_put_moved(struct ks_facts_buf *facts, const struct ks_function *fn,
			const struct ks_function *was, const struct ks_moves *moves)
{
	struct stream lines = begin(&facts->lines), sizes = begin(&facts->sizes),
		      addrs = begin(&facts->addrs);
	for (uint32_t i = 0; i < fn->nr_symbols; i++) {
		put_addr(&addrs, fn->symbols[i].addr, ks_moves_place(moves, was->symbols[i].addr));
		put(&sizes, fn->symbols[i].size, was->symbols[i].size);
	}
	for (uint32_t i = 0; i < fn->nr_entries; i++) {
		const struct ks_entry *entry = &fn->entries[i], *of_base = &was->entries[i];
		put(&lines, (uint32_t)(entry->line + 1), (uint32_t)(of_base->line + 1));
		put_addr(&addrs, entry->addr, foresee_entry(fn, was, of_base->addr, moves));
		for (uint32_t k = 0; k < entry->nr_clones; k++)
			put_clone(&addrs, &sizes, fn, was, &entry->clones[k], &of_base->clones[k],
				  moves);
	}
	finish(&lines);
	finish(&sizes);
	finish(&addrs);
}

/** The next value of a stream; one without bytes has what was foreseen. */
static uint64_t get(struct ks_cursor *stream, bool any, uint64_t foreseen)
{
	return any ? foreseen + (uint64_t)ks_cursor_zigzag(stream) : foreseen;
}

static uint64_t get_addr(struct ks_cursor *stream, bool any, uint64_t foreseen)
{
	return any ? ks_codec_get_addr(stream, foreseen) : foreseen;
}

struct ks_error *ks_codec_get_moved(struct ks_facts *facts, const struct ks_moves *moves,
				    struct ks_arena *arena, struct ks_function *fn)
{
	const bool lines = ks_cursor_more(&facts->lines), sizes = ks_cursor_more(&facts->sizes),
		   addrs = ks_cursor_more(&facts->addrs);
	// The codec read all of them into memory of its own: they are only const to the rest of the world.
	struct ks_symbol *symbols = (struct ks_symbol *)fn->symbols;
	struct ks_entry *entries = (struct ks_entry *)fn->entries;
	struct ks_symbol *copy = ks_arena_array(arena, fn->nr_symbols + 1, sizeof(*copy));
	struct ks_function was = *fn; // with the symbols of the base
	if (!copy)
		return &ks_nomem;
	if (fn->nr_symbols)
		memcpy(copy, symbols, fn->nr_symbols * sizeof(*copy));
	was.symbols = copy;
	for (uint32_t i = 0; i < fn->nr_symbols; i++) {
		symbols[i].addr =
			get_addr(&facts->addrs, addrs, ks_moves_place(moves, symbols[i].addr));
		symbols[i].size = get(&facts->sizes, sizes, symbols[i].size);
	}
	for (uint32_t i = 0; i < fn->nr_entries; i++) {
		struct ks_clone *clones = (struct ks_clone *)entries[i].clones;
		entries[i].line = (uint32_t)get(&facts->lines, lines, entries[i].line);
		entries[i].addr = get_addr(&facts->addrs, addrs,
					   foresee_entry(fn, &was, entries[i].addr, moves));
		for (uint32_t k = 0; k < entries[i].nr_clones; k++) {
			uint64_t addr, size;
			foresee_clone(fn, &was, &clones[k], moves, &addr, &size);
			clones[k].addr = get_addr(&facts->addrs, addrs, addr);
			clones[k].size = get(&facts->sizes, sizes, size);
		}
	}
	KS_TRY(ks_codec_error(&facts->lines, "lines of a function"));
	KS_TRY(ks_codec_error(&facts->sizes, "sizes of a function"));
	return ks_codec_error(&facts->addrs, "addresses of a function");
}

bool ks_codec_same_lines_moved(struct ks_cursor lines, struct ks_cursor of_base)
{
	uint32_t line = 0, first = 0;
	for (bool again = false; ks_cursor_more(&of_base); again = true) {
		line += (uint32_t)ks_cursor_zigzag(&of_base);
		uint32_t here = line + (uint32_t)ks_cursor_zigzag(&lines);
		first = again ? first : here;
		if (here != first)
			return false;
	}
	return !lines.why && !of_base.why;
}
