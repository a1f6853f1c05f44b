/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether an image has a symbol or a variable of a name: what a ksym asks. */
#include "store/layout.h"
#include "store/part.h"
#include "surface/traits.h"

/** Bytes: the symbols of 25 kernels, 2 to 4 MB each, fit. */
enum { SYMBOLS_LIMIT = 128 << 20 };

struct question {
	const struct ks_store_image *image;
	const char *name;
	bool answer;
};

/** The symbols of functions stand in the function's group. */
static struct ks_error *ask_function(struct ks_store *store, struct question *q)
{
	struct ks_row row;
	bool found;
	KS_TRY(ks_seek(store, q->image->id, ks_list_name(KS_FUNCTION), q->name, &found, &row));
	if (!found || !row.second)
		return NULL;
	struct ks_arena arena = { 0 };
	struct ks_cursor c;
	struct ks_traits traits = { 0 };
	struct ks_error *err = ks_block_def(store, row.second, KS_DEF_FUNCTION, &arena, &c);
	if (!err)
		err = ks_codec_get_traits(&c, &traits);
	ks_arena_deinit(&arena);
	q->answer = !err && traits.names[KS_TRANSFORM_NONE];
	return err;
}

/**
 * A set of hashes of names, as many slots as a power of two; 0 is free. Not a ks_hashmap: the cache keeps plain bytes, and
 * all 64 bits of a hash must be in them, for no names stand behind it.
 */
static bool holds(struct ks_bytes set, uint64_t hash)
{
	const uint64_t *slots = set.at;
	size_t mask = set.len / sizeof(*slots) - 1;
	for (size_t at = (size_t)hash & mask;; at = (at + 1) & mask)
		if (!slots[at] || slots[at] == hash)
			return slots[at] != 0;
}

static uint64_t hash_of(const char *name, size_t len)
{
	return ks_hash64_of(name, len) | 1;
}

/** The set of all names of a symbol table. */
static struct ks_error *make_set(const struct ks_buf *raw, uint64_t nr, struct ks_buf *ret)
{
	size_t nr_slots = 64;
	while (nr_slots / 2 < nr)
		nr_slots *= 2;
	if (!ks_buf_reserve(ret, nr_slots * sizeof(uint64_t)))
		return &ks_nomem;
	ret->len = nr_slots * sizeof(uint64_t);
	memset(ret->at, 0, ret->len);
	uint64_t *slots = (uint64_t *)ret->at;
	struct ks_cursor c = ks_cursor_over(raw->at, raw->len, false);
	for (uint64_t i = 0; i < nr; i++) {
		const char *name = ks_cursor_str(&c);
		uint64_t hash = hash_of(name, strlen(name));
		size_t at = (size_t)hash & (nr_slots - 1);
		while (slots[at] && slots[at] != hash)
			at = (at + 1) & (nr_slots - 1);
		slots[at] = hash;
	}
	return c.why ? ks_store_damaged(c.why) : NULL;
}

struct ks_error *ks_rows_symbol(struct ks_store *store, const struct ks_store_image *image,
				const char *name, bool *ret)
{
	struct ks_bytes set;
	uint64_t hash = hash_of(name, strlen(name));
	if (ks_cache_get(&store->kept_symbols, image->id, &set)) {
		*ret = holds(set, hash);
		return NULL;
	}
	_cleanup_buf_ struct ks_buf raw = { 0 }, made = { 0 };
	uint64_t nr;
	KS_TRY(ks_part_read(store, image, KS_PART_SYMBOL_NAMES, &raw, &nr));
	KS_TRY(make_set(&raw, nr, &made));
	store->kept_symbols.limit = SYMBOLS_LIMIT;
	ks_cache_put(&store->kept_symbols, image->id, ks_bytes_of(&made));
	*ret = holds(ks_bytes_of(&made), hash);
	return NULL;
}

static struct ks_error *ask_symbol(struct ks_store *store, void *arg)
{
	struct question *q = arg;
	KS_TRY(ask_function(store, q));
	if (q->answer || !*q->name)
		return NULL;
	return store->layout->symbol(store, q->image, q->name, &q->answer);
}

struct ks_error *ks_store_symbol(struct ks_store *store, const struct ks_store_image *image,
				 const char *name, bool *ret)
{
	struct question q = { .image = image, .name = name };
	KS_TRY(ks_sql_read(store, ask_symbol, &q));
	*ret = q.answer;
	return NULL;
}

static struct ks_error *ask_variable(struct ks_store *store, void *arg)
{
	struct question *q = arg;
	struct ks_row row;
	return ks_seek(store, q->image->id, ks_list_name(KS_LIST_VARIABLES), q->name, &q->answer,
		       &row);
}

struct ks_error *ks_store_variable(struct ks_store *store, const struct ks_store_image *image,
				   const char *name, bool *ret)
{
	struct question q = { .image = image, .name = name };
	KS_TRY(ks_sql_read(store, ask_variable, &q));
	*ret = q.answer;
	return NULL;
}
