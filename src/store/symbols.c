/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/symbols.h"

#include "base/cursor.h"
#include "store/hashes.h"
#include "store/private.h"

enum {
	IMAGES_LIMIT = 64 << 20, // bytes: 40 to 80 KB an image
	NAMES_LIMIT = 1 << 21,
	MANY = UINT16_MAX, // or more
	AHEAD = 16,	   // names that are looked at where two tables differ
};

void ks_symbols_clear(struct ks_symbols *symbols)
{
	ks_numbers_deinit(&symbols->names);
	ks_cache_clear(&symbols->images);
	for (size_t i = 0; i < KS_SYMBOL_TABLES; i++) {
		ks_buf_deinit(&symbols->tables[i].raw);
		ks_buf_deinit(&symbols->tables[i].counts);
		ks_buf_deinit(&symbols->tables[i].bits);
	}
	*symbols = (struct ks_symbols){ 0 };
}

/** All 64 bits of a hash stand for a name: the names themselves are not kept. */
static uint64_t hash_of(const char *name, size_t len)
{
	return ks_hash64_of(name, len);
}

static bool has_bit(struct ks_bytes bits, uint32_t number)
{
	const uint8_t *at = bits.at;
	return number && (number - 1) / 8 < bits.len &&
	       at[(number - 1) / 8] >> (number - 1) % 8 & 1;
}

static bool has_name(const struct ks_symbols *symbols, struct ks_bytes bits, const char *name)
{
	return has_bit(bits, ks_numbers_get(&symbols->names, hash_of(name, strlen(name))));
}

bool ks_symbols_find(const struct ks_symbols *symbols, int64_t image, const char *name, bool *ret)
{
	struct ks_bytes bits;
	if (!ks_cache_get(&symbols->images, image, &bits))
		return false;
	*ret = has_name(symbols, bits, name);
	return true;
}

/** The number of a name, a new one when it has none; 0 when memory runs out. */
static uint32_t number_of(struct ks_symbols *symbols, uint64_t hash)
{
	uint32_t number = ks_numbers_get(&symbols->names, hash);
	if (number)
		return number;
	number = (uint32_t)symbols->names.all.len + 1;
	return ks_numbers_set(&symbols->names, hash, number) ? number : 0;
}

/* ---- counts ---- */

/** The place of a name's count; NULL when memory runs out. */
static uint16_t *count_of(struct ks_buf *counts, uint32_t number)
{
	size_t len = number * sizeof(uint16_t);
	if (counts->len < len) {
		size_t extra = len - counts->len;
		if (!ks_buf_reserve(counts, extra))
			return NULL;
		memset(counts->at + counts->len, 0, extra);
		counts->len = len;
	}
	return (uint16_t *)(void *)counts->at + number - 1;
}

static void set_bit(struct ks_buf *bits, uint32_t number, bool value)
{
	size_t at = (number - 1) / 8;
	while (bits->len <= at && !bits->failed)
		ks_buf_char(bits, 0);
	if (bits->failed)
		return;
	uint8_t bit = (uint8_t)(1 << (number - 1) % 8);
	uint8_t old = (uint8_t)bits->at[at];
	bits->at[at] = (char)(value ? old | bit : old & ~bit);
}

/** Count a name once more, or less. @return false: its count is not known any more, or memory runs out */
static bool count(struct ks_symbols *symbols, struct ks_symbol_table *table, uint64_t hash,
		  bool more)
{
	uint32_t number = number_of(symbols, hash);
	uint16_t *at = number ? count_of(&table->counts, number) : NULL;
	if (!at || (!more && (*at == MANY || *at == 0)))
		return false;
	*at = (uint16_t)(more ? *at + (*at < MANY) : *at - 1);
	set_bit(&table->bits, number, *at > 0);
	return !table->bits.failed;
}

/** Names of a table, from a place on. */
struct ahead {
	const char *at, *end;
	const char *names[AHEAD + 1]; // and where the last one ends
	size_t nr;
};

static void look_ahead(struct ahead *ahead)
{
	const char *at = ahead->at;
	ahead->names[0] = at;
	for (ahead->nr = 0; ahead->nr < AHEAD && at < ahead->end; ahead->nr++) {
		const char *nul = memchr(at, 0, (size_t)(ahead->end - at)); // the last is one
		at = nul + 1;
		ahead->names[ahead->nr + 1] = at;
	}
}

static size_t len_of(const struct ahead *ahead, size_t i)
{
	return (size_t)(ahead->names[i + 1] - ahead->names[i]);
}

/** Pass names over: each counts once more, or less. */
static bool pass(struct ks_symbols *symbols, struct ks_symbol_table *table, struct ahead *ahead,
		 size_t nr, bool more)
{
	uint64_t hashes[AHEAD];
	for (size_t i = 0; i < nr; i++) {
		hashes[i] = hash_of(ahead->names[i], len_of(ahead, i) - 1);
		if (symbols->names.map.len)
			ks_hashmap_prefetch(&symbols->names.map, hashes[i]);
	}
	for (size_t i = 0; i < nr; i++)
		if (!count(symbols, table, hashes[i], more))
			return false;
	ahead->at = ahead->names[nr];
	table->nr = more ? table->nr + nr : table->nr - nr;
	return true;
}

/** Read all names. */
static struct ks_error *read_whole(struct ks_symbols *symbols, struct ks_symbol_table *table,
				   const struct ks_buf *raw)
{
	struct ahead ahead = { .at = raw->at, .end = raw->len ? raw->at + raw->len : raw->at };
	table->nr = table->counts.len = table->bits.len = 0;
	while (ahead.at < ahead.end) {
		look_ahead(&ahead);
		if (!pass(symbols, table, &ahead, ahead.nr, true))
			return &ks_nomem;
	}
	return NULL;
}

/* ---- what differs ---- */

static bool same_name(const struct ahead *a, size_t i, const struct ahead *b, size_t k)
{
	size_t len = len_of(a, i);
	return len == len_of(b, k) && memcmp(a->names[i], b->names[k], len) == 0;
}

/** How many names of each are passed over until both are alike again; all that were looked at, when they are not. */
static void meet(const struct ahead *a, const struct ahead *b, size_t *ret_a, size_t *ret_b)
{
	for (size_t sum = 1; sum + 1 < a->nr + b->nr; sum++)
		for (size_t i = sum < b->nr ? 0 : sum - b->nr + 1; i <= sum && i < a->nr; i++)
			if (same_name(a, i, b, sum - i)) {
				*ret_a = i;
				*ret_b = sum - i;
				return;
			}
	*ret_a = a->nr;
	*ret_b = b->nr;
}

/** Pass over whole names that are the same in both. */
static void skip_same(struct ahead *a, struct ahead *b)
{
	enum { BLOCK = 512 };
	size_t left = (size_t)(a->end - a->at), at = 0;
	if ((size_t)(b->end - b->at) < left)
		left = (size_t)(b->end - b->at);
	while (at + BLOCK <= left && memcmp(a->at + at, b->at + at, BLOCK) == 0)
		at += BLOCK;
	while (at < left && a->at[at] == b->at[at])
		at++;
	while (at && a->at[at - 1])
		at--; // to the begin of a name
	a->at += at;
	b->at += at;
}

/** From a table that was read to the next. @return false: that must be read whole */
static bool read_difference(struct ks_symbols *symbols, struct ks_symbol_table *table,
			    const struct ks_buf *raw)
{
	struct ahead old = { .at = table->raw.at, .end = table->raw.at + table->raw.len };
	struct ahead new = { .at = raw->at, .end = raw->at + raw->len };
	for (;;) {
		size_t gone, came;
		skip_same(&old, &new);
		look_ahead(&old);
		look_ahead(&new);
		if (!old.nr && !new.nr)
			return true;
		meet(&old, &new, &gone, &came);
		if (!pass(symbols, table, &old, gone, false) ||
		    !pass(symbols, table, &new, came, true))
			return false;
	}
}

/* ---- images ---- */

/** The table whose size is nearest: builds of one flavor differ by less than others do. NULL: none is near. */
static struct ks_symbol_table *nearest(struct ks_symbols *symbols, size_t len)
{
	struct ks_symbol_table *ret = NULL;
	size_t least = len / 32;
	for (size_t i = 0; i < KS_SYMBOL_TABLES; i++) {
		struct ks_symbol_table *table = &symbols->tables[i];
		size_t own = table->raw.len;
		size_t away = own < len ? len - own : own - len;
		if (!own || away > least)
			continue;
		least = away;
		ret = table;
	}
	return ret;
}

/** The table that was not used for longest. */
static struct ks_symbol_table *oldest(struct ks_symbols *symbols)
{
	struct ks_symbol_table *ret = &symbols->tables[0];
	for (size_t i = 1; i < KS_SYMBOL_TABLES; i++)
		if (symbols->tables[i].last_used < ret->last_used)
			ret = &symbols->tables[i];
	return ret;
}

struct ks_error *ks_symbols_add(struct ks_symbols *symbols, int64_t image, struct ks_buf *raw,
				uint64_t nr, const char *name, bool *ret)
{
	if (raw->len && raw->at[raw->len - 1])
		return ks_store_damaged("names of symbols end early");
	if (symbols->names.all.len > NAMES_LIMIT)
		ks_symbols_clear(symbols);
	symbols->images.limit = IMAGES_LIMIT;
	struct ks_symbol_table *table = nearest(symbols, raw->len);
	if (!table || !read_difference(symbols, table, raw)) {
		table = table ? table : oldest(symbols);
		table->raw.len = 0; // counts and bits are none's
		KS_TRY(read_whole(symbols, table, raw));
	}
	table->raw.len = 0;
	if (table->nr != nr)
		return ks_store_damaged("symbol table has columns of different length");
	struct ks_buf old = table->raw;
	table->raw = *raw;
	*raw = old;
	table->last_used = ++symbols->nr_read;
	struct ks_bytes bits = ks_bytes_of(&table->bits);
	ks_cache_put(&symbols->images, image, bits);
	*ret = has_name(symbols, bits, name);
	return NULL;
}
