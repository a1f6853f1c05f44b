/* SPDX-License-Identifier: BSD-2-Clause */
#include "surface/codec.h"

#include "surface/codec_private.h"

void ks_facts_buf_deinit(struct ks_facts_buf *facts)
{
	ks_buf_deinit(&facts->lines);
	ks_buf_deinit(&facts->sizes);
	ks_buf_deinit(&facts->addrs);
}

/** Most functions start at a multiple of 16: the distance without its low digit, which follows if not 0. */
void ks_codec_put_addr(struct ks_buf *buf, uint64_t addr, uint64_t from)
{
	int64_t distance = (int64_t)(addr - from);
	uint64_t zigzag = ((uint64_t)(distance >> 4) << 1) ^ (uint64_t)(distance >> 63);
	unsigned int low = (unsigned int)distance & 15;
	ks_buf_uleb(buf, zigzag << 1 | (low != 0));
	if (low)
		ks_buf_char(buf, (char)low);
}

uint64_t ks_codec_get_addr(struct ks_cursor *c, uint64_t from)
{
	uint64_t code = ks_cursor_uleb(c), zigzag = code >> 1;
	uint64_t distance = ((zigzag >> 1) ^ -(zigzag & 1)) << 4;
	if (code & 1)
		distance |= ks_cursor_u8(c) & 15;
	return from + distance;
}

static uint32_t symbol_at(const struct ks_function *fn, uint64_t addr)
{
	uint32_t i = 0;
	while (i < fn->nr_symbols && fn->symbols[i].addr != addr)
		i++;
	return i;
}

static uint32_t symbol_of_clone(const struct ks_function *fn, const struct ks_clone *clone)
{
	uint32_t i = 0;
	while (i < fn->nr_symbols &&
	       (fn->symbols[i].addr != clone->addr || fn->symbols[i].size != clone->size))
		i++;
	return i;
}

/*
 * An entry's address: 0 unknown, k that of symbol k - 1, one more than there are symbols: spelled out, as the
 * distance from the last one that was. A clone likewise, with 0 for spelled out.
 */
void ks_codec_put_facts(struct ks_facts_buf *facts, const struct ks_function *fn, uint64_t anchor)
{
	uint64_t from = anchor;
	for (uint32_t i = 0; i < fn->nr_symbols; i++) {
		ks_codec_put_addr(&facts->addrs, fn->symbols[i].addr, from);
		ks_buf_uleb(&facts->sizes, fn->symbols[i].size);
		from = fn->symbols[i].addr;
	}
	from = anchor;
	uint32_t line = 0;
	for (uint32_t i = 0; i < fn->nr_entries; i++) {
		const struct ks_entry *entry = &fn->entries[i];
		uint32_t next = entry->line + 1; // KS_NO_LINE becomes 0
		ks_buf_zigzag(&facts->lines, (int64_t)next - (int64_t)line);
		line = next;
		uint32_t hit = entry->addr ? symbol_at(fn, entry->addr) + 1 : 0;
		ks_buf_uleb(&facts->addrs, hit);
		if (hit == fn->nr_symbols + 1) {
			ks_codec_put_addr(&facts->addrs, entry->addr, from);
			from = entry->addr;
		}
		for (uint32_t k = 0; k < entry->nr_clones; k++) {
			const struct ks_clone *clone = &entry->clones[k];
			uint32_t sym = symbol_of_clone(fn, clone);
			ks_buf_uleb(&facts->addrs, sym == fn->nr_symbols ? 0 : sym + 1);
			if (sym < fn->nr_symbols)
				continue;
			ks_codec_put_addr(&facts->addrs, clone->addr, anchor);
			ks_buf_uleb(&facts->sizes, clone->size);
		}
	}
}

static void get_clone(struct ks_facts *facts, uint64_t anchor, const struct ks_function *fn,
		      struct ks_clone *clone)
{
	uint64_t hit = ks_cursor_uleb(&facts->addrs);
	if (hit > fn->nr_symbols) {
		ks_cursor_fail(&facts->addrs, "clone of a symbol that is not there");
	} else if (hit) {
		clone->addr = fn->symbols[hit - 1].addr;
		clone->size = fn->symbols[hit - 1].size;
	} else {
		clone->addr = ks_codec_get_addr(&facts->addrs, anchor);
		clone->size = ks_cursor_uleb(&facts->sizes);
	}
}

static void get_entry(struct ks_facts *facts, uint64_t anchor, const struct ks_function *fn,
		      struct ks_entry *entry, uint64_t *from)
{
	uint64_t hit = ks_cursor_uleb(&facts->addrs);
	if (hit > (uint64_t)fn->nr_symbols + 1)
		ks_cursor_fail(&facts->addrs, "entry at a symbol that is not there");
	else if (hit > fn->nr_symbols)
		entry->addr = *from = ks_codec_get_addr(&facts->addrs, *from);
	else
		entry->addr = hit ? fn->symbols[hit - 1].addr : 0;
	// The codec read the clones into memory of its own: they are only const to the rest of the world.
	struct ks_clone *clones = (struct ks_clone *)entry->clones;
	for (uint32_t k = 0; k < entry->nr_clones; k++)
		get_clone(facts, anchor, fn, &clones[k]);
}

struct ks_error *ks_codec_get_facts(struct ks_facts *facts, uint64_t anchor, struct ks_function *fn)
{
	struct ks_symbol *symbols = (struct ks_symbol *)fn->symbols; // see get_entry()
	struct ks_entry *entries = (struct ks_entry *)fn->entries;
	uint64_t from = anchor;
	for (uint32_t i = 0; i < fn->nr_symbols; i++) {
		symbols[i].addr = from = ks_codec_get_addr(&facts->addrs, from);
		symbols[i].size = ks_cursor_uleb(&facts->sizes);
	}
	from = anchor;
	uint32_t line = 0;
	for (uint32_t i = 0; i < fn->nr_entries; i++) {
		line += (uint32_t)ks_cursor_zigzag(&facts->lines);
		entries[i].line = line - 1;
		get_entry(facts, anchor, fn, &entries[i], &from);
	}
	KS_TRY(ks_codec_error(&facts->lines, "lines of a function"));
	KS_TRY(ks_codec_error(&facts->sizes, "sizes of a function"));
	return ks_codec_error(&facts->addrs, "addresses of a function");
}
