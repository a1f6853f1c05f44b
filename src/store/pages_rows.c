/* SPDX-License-Identifier: BSD-2-Clause */
/* Which pages have the rows that are wanted: from the root of a table down, each level of all tables at once. */
#include <endian.h>
#include <string.h>

#include "base/vector.h"
#include "store/pages.h"

enum { BLOCK = KS_PAGES_BLOCK, DEPTH = 8 };

/** A page that may have rows that are wanted. */
struct page {
	uint64_t number; // block
	const struct ks_pages_want *want;
	size_t from, to; // of its keys
};

struct frontier {
	KS_VECTOR(struct page) pages;
	KS_VECTOR(uint64_t) numbers;
};

/** @return behind it; at the end when it does not end */
static const uint8_t *get_varint(const uint8_t *at, const uint8_t *end, uint64_t *ret)
{
	*ret = 0;
	for (int i = 0; i < 9 && at < end; i++) {
		uint8_t byte = *at++;
		*ret = i == 8 ? *ret << 8 | byte : *ret << 7 | (byte & 0x7f);
		if (i < 8 && !(byte & 0x80))
			break;
	}
	return at;
}

static uint32_t get_u32(const uint8_t *at)
{
	uint32_t v;
	memcpy(&v, at, sizeof(v));
	return be32toh(v);
}

/** The child pages of an interior page of a table that keys lead to. */
static bool add_children(struct frontier *next, const uint8_t *page, const struct page *of)
{
	enum { INTERIOR = 5, HEADER = 12 };
	size_t nr = (size_t)page[3] << 8 | page[4], key = of->from;
	if (page[0] != INTERIOR || HEADER + 2 * nr > BLOCK)
		return true; // a leaf, or nothing that is known
	for (size_t i = 0; i <= nr && key < of->to; i++) {
		uint32_t child = get_u32(page + 8);
		size_t to = of->to;
		if (i < nr) {
			size_t at = (size_t)page[HEADER + 2 * i] << 8 | page[HEADER + 2 * i + 1];
			if (at > BLOCK - 4)
				return true;
			child = get_u32(page + at);
			uint64_t last;
			get_varint(page + at + 4, page + BLOCK, &last);
			for (to = key; to < of->to && of->want->keys[to] <= (int64_t)last;)
				to++;
		}
		if (to > key && child) {
			struct page found = { child - 1, of->want, key, to };
			if (!ks_vector_add(&next->pages, found) ||
			    !ks_vector_add(&next->numbers, found.number))
				return false;
		}
		key = to;
	}
	return true;
}

/** The pages behind a leaf that have the rest of a long row: most often they follow each other. */
static bool add_rest(struct frontier *level, const uint8_t *page, size_t at)
{
	enum {
		LOCAL_MOST = BLOCK - 35,
		LOCAL_LEAST = (BLOCK - 12) * 32 / 255 - 23,
		REST = BLOCK - 4
	};
	enum { PAGES_MOST = 64 };
	uint64_t len, key, pages;
	const uint8_t *end = page + BLOCK, *payload = get_varint(page + at, end, &len);
	payload = get_varint(payload, end, &key);
	if (len <= LOCAL_MOST)
		return true;
	uint64_t local = LOCAL_LEAST + (len - LOCAL_LEAST) % REST;
	local = local <= LOCAL_MOST ? local : LOCAL_LEAST;
	if (local + 4 > (uint64_t)(end - payload))
		return true;
	uint64_t first = get_u32(payload + local);
	pages = (len - local + REST - 1) / REST;
	for (uint64_t i = 0; first && i < pages && i < PAGES_MOST; i++)
		if (!ks_vector_add(&level->numbers, first - 1 + i))
			return false;
	return true;
}

/** The rests of the rows of a leaf that keys lead to. */
static bool add_rests(struct frontier *level, const uint8_t *page, const struct page *of)
{
	enum { LEAF = 13, HEADER = 8 };
	size_t nr = (size_t)page[3] << 8 | page[4], key = of->from;
	if (page[0] != LEAF || HEADER + 2 * nr > BLOCK)
		return true;
	for (size_t i = 0; i < nr && key < of->to; i++) {
		size_t at = (size_t)page[HEADER + 2 * i] << 8 | page[HEADER + 2 * i + 1];
		uint64_t len, last;
		if (at >= BLOCK)
			return true;
		get_varint(get_varint(page + at, page + BLOCK, &len), page + BLOCK, &last);
		if (of->want->keys[key] > (int64_t)last)
			continue;
		if (!add_rest(level, page, at))
			return false;
		while (key < of->to && of->want->keys[key] <= (int64_t)last)
			key++;
	}
	return true;
}

static struct ks_error *fetch_level(struct ks_pages *pages, struct frontier *level,
				    struct frontier *next)
{
	KS_TRY(ks_pages_bring(pages, level->numbers.at, level->numbers.len));
	for (size_t i = 0; i < level->pages.len; i++) {
		const struct page *page = &level->pages.at[i];
		const uint8_t *block = page->number ? ks_pages_block(pages, page->number) : NULL;
		if (block && (!add_children(next, block, page) || !add_rests(next, block, page)))
			return &ks_nomem;
	}
	return NULL;
}

struct ks_error *ks_pages_fetch(struct ks_pages *pages, const struct ks_pages_want *wants,
				size_t nr)
{
	struct frontier level = { 0 };
	struct ks_error *err = NULL;
	for (size_t i = 0; i < nr; i++) {
		struct page page = { (uint64_t)wants[i].root - 1, &wants[i], 0, wants[i].nr };
		if (!wants[i].root || !wants[i].nr)
			continue;
		if (!ks_vector_add(&level.pages, page) ||
		    !ks_vector_add(&level.numbers, page.number))
			err = &ks_nomem;
	}
	ks_pages_make_room(pages);
	for (int depth = 0; !err && depth < DEPTH && level.numbers.len; depth++) {
		struct frontier next = { 0 };
		err = fetch_level(pages, &level, &next);
		ks_vector_deinit(&level.pages);
		ks_vector_deinit(&level.numbers);
		level = next;
	}
	ks_vector_deinit(&level.pages);
	ks_vector_deinit(&level.numbers);
	return err;
}
