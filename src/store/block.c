/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/block.h"

#include <stdlib.h>

#include "base/vector.h"
#include "store/delta.h"
#include "store/layout.h"

enum { DEFAULT_CAP = 64 }; // 2 MiB

struct ks_block {
	uint64_t first, used;
	uint32_t nr;
	KS_VECTOR(uint32_t) ends; // of each definition in raw
	size_t head;		  // where the first one starts
	struct ks_buf raw;
};

void ks_blocks_deinit(struct ks_blocks *blocks)
{
	for (size_t i = 0; i < blocks->nr; i++) {
		ks_buf_deinit(&blocks->at[i].raw);
		ks_vector_deinit(&blocks->at[i].ends);
	}
	free(blocks->at);
	*blocks = (struct ks_blocks){ 0 };
}

void ks_blocks_forget(struct ks_blocks *blocks)
{
	ks_blocks_keep(blocks, blocks->cap);
}

void ks_blocks_keep(struct ks_blocks *blocks, size_t cap)
{
	ks_blocks_deinit(blocks);
	blocks->cap = cap;
}

static struct ks_block *find(struct ks_blocks *blocks, uint64_t id)
{
	for (size_t i = 0; i < blocks->nr; i++) {
		struct ks_block *block = &blocks->at[i];
		if (id - block->first < block->nr) // wraps to a large number when id is lower
			return block;
	}
	return NULL;
}

/** A slot for another block: a new one, or that of the block not used for longest. */
static struct ks_block *slot_for_new(struct ks_blocks *blocks)
{
	if (!blocks->at) {
		blocks->cap = blocks->cap ? blocks->cap : DEFAULT_CAP;
		blocks->at = calloc(blocks->cap, sizeof(*blocks->at));
		if (!blocks->at)
			return NULL;
	}
	if (blocks->nr < blocks->cap)
		return &blocks->at[blocks->nr++];
	struct ks_block *oldest = blocks->at;
	for (size_t i = 1; i < blocks->nr; i++)
		if (blocks->at[i].used < oldest->used)
			oldest = &blocks->at[i];
	return oldest;
}

/** Where each definition ends; the bytes come from a file nobody vouches for. */
static struct ks_error *index_block(struct ks_block *block, uint64_t nr)
{
	struct ks_cursor c = ks_cursor_over(block->raw.at, block->raw.len, false);
	if (ks_cursor_uleb(&c) != nr || nr > block->raw.len || nr == 0)
		return ks_store_damaged("block of definitions has another length");
	block->ends.len = 0;
	if (!ks_vector_reserve(&block->ends, nr))
		return &ks_nomem;
	uint64_t end = 0;
	for (uint64_t i = 0; i < nr; i++) {
		uint64_t len = ks_cursor_uleb(&c);
		if (c.why || len > block->raw.len - end) // never end + len: it can wrap
			return ks_store_damaged("block of definitions ends early");
		end += len;
		block->ends.at[block->ends.len++] = (uint32_t)end;
	}
	block->head = (size_t)ks_cursor_offset(&c);
	if (end != block->raw.len - block->head)
		return ks_store_damaged("block of definitions ends early");
	block->nr = (uint32_t)nr; // only now can find() give it out
	return NULL;
}

static struct ks_error *load(struct ks_store *store, uint64_t id, struct ks_block **ret)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, store->layout->block, &stmt));
	sqlite3_bind_int64(stmt, 1, (int64_t)id);
	bool row;
	KS_TRY(ks_sql_row(store, stmt, &row));
	uint64_t first = row ? (uint64_t)sqlite3_column_int64(stmt, 0) : 0;
	uint64_t nr = row ? (uint64_t)sqlite3_column_int64(stmt, 1) : 0;
	if (!row || id - first >= nr)
		return ks_store_damaged("definition is missing");
	struct ks_block *block = slot_for_new(&store->blocks);
	if (!block)
		return &ks_nomem;
	block->nr = 0;
	block->first = first;
	block->raw.len = 0;
	KS_TRY(ks_zstd_unpack(&store->zstd, (struct ks_bytes){ 0 }, ks_sql_bytes(stmt, 2),
			      &block->raw));
	KS_TRY(index_block(block, nr));
	*ret = block;
	return NULL;
}

/** The block of a definition, marked as used. */
static struct ks_error *block_of(struct ks_store *store, uint64_t id, struct ks_block **ret)
{
	*ret = find(&store->blocks, id);
	if (!*ret)
		KS_TRY(load(store, id, ret));
	(*ret)->used = ++store->blocks.clock;
	return NULL;
}

/** A definition as it lies in its block. */
static struct ks_bytes stored_at(const struct ks_block *block, uint64_t id)
{
	size_t i = (size_t)(id - block->first);
	size_t start = i ? block->ends.at[i - 1] : 0;
	return (struct ks_bytes){ block->raw.at + block->head + start, block->ends.at[i] - start };
}

static bool is_difference(struct ks_bytes stored)
{
	return stored.len && *(const uint8_t *)stored.at & KS_DEF_DIFFERS;
}

static struct ks_error *bytes_of(struct ks_store *store, uint64_t id, unsigned int depth,
				 struct ks_bytes *ret, struct ks_buf *own);

/** Make a definition out of the one that it is a difference to. @param stored no longer valid when this returns */
static struct ks_error *resolve(struct ks_store *store, uint64_t id, struct ks_bytes stored,
				unsigned int depth, struct ks_buf *made)
{
	_cleanup_buf_ struct ks_buf script = { 0 }, own = { 0 };
	struct ks_bytes like;
	ks_buf_bytes(&script, stored.at, stored.len);
	KS_TRY(ks_buf_error(&script));
	struct ks_cursor c = ks_cursor_over(script.at, script.len, false);
	char def_class = (char)(ks_cursor_u8(&c) & ~KS_DEF_DIFFERS);
	uint64_t distance = ks_cursor_uleb(&c);
	if (c.why || distance == 0 || distance >= id || depth == KS_DEF_DEPTH)
		return ks_store_damaged("definition is a difference to none");
	KS_TRY(bytes_of(store, id - distance, depth + 1, &like, &own));
	made->len = 0;
	KS_TRY(ks_delta_apply(like, c, made));
	if (!made->len || made->at[0] != def_class)
		return ks_store_damaged("definition is a difference to one of another class");
	return NULL;
}

/** The bytes of a definition, valid until the next call. @param own holds them when they had to be made */
static struct ks_error *bytes_of(struct ks_store *store, uint64_t id, unsigned int depth,
				 struct ks_bytes *ret, struct ks_buf *own)
{
	struct ks_block *block = find(&store->blocks, id);
	bool loaded = !block;
	if (!block && ks_cache_get(&store->kept_defs, (int64_t)id, ret))
		return NULL;
	KS_TRY(block_of(store, id, &block));
	*ret = stored_at(block, id);
	bool differs = is_difference(*ret);
	if (differs && ks_cache_get(&store->kept_defs, (int64_t)id, ret))
		return NULL;
	if (differs) {
		KS_TRY(resolve(store, id, *ret, depth, own));
		*ret = ks_bytes_of(own);
	}
	if (depth == 0 && (loaded || differs)) // the others of its block may go with it
		ks_cache_put(&store->kept_defs, (int64_t)id, *ret);
	return NULL;
}

struct ks_error *ks_block_def(struct ks_store *store, uint64_t id, enum ks_def_class def_class,
			      struct ks_arena *arena, struct ks_cursor *ret)
{
	struct ks_bytes def;
	KS_TRY(bytes_of(store, id, 0, &def, &store->made));
	const char *bytes = def.at;
	size_t len = def.len;
	if (len == 0 || bytes[0] != (char)def_class)
		return ks_store_damaged("definition is of another class");
	char *copy = ks_arena_strndup(arena, bytes + 1, len - 1);
	if (!copy)
		return &ks_nomem;
	*ret = ks_cursor_over(copy, len - 1, false);
	return NULL;
}

static struct ks_error *tell(uint64_t id, struct ks_bytes def, ks_block_fn *fn, void *arg)
{
	const char *bytes = def.at;
	if (def.len == 0)
		return ks_store_damaged("definition is empty");
	struct ks_cursor c = ks_cursor_over(bytes + 1, def.len - 1, false);
	return fn(id, (enum ks_def_class)(uint8_t)bytes[0], c, arg);
}

struct ks_error *ks_block_visit(struct ks_store *store, uint64_t first, ks_block_fn *fn, void *arg,
				bool *ret_all)
{
	struct ks_block *block;
	KS_TRY(block_of(store, first, &block));
	*ret_all = true;
	for (uint64_t id = block->first; id - block->first < block->nr; id++) {
		struct ks_bytes def = stored_at(block, id);
		if (is_difference(def))
			*ret_all = false;
		else
			KS_TRY(tell(id, def, fn, arg));
	}
	return NULL;
}

struct ks_error *ks_block_visit_one(struct ks_store *store, uint64_t id, ks_block_fn *fn, void *arg)
{
	struct ks_block *block;
	KS_TRY(block_of(store, id, &block));
	struct ks_bytes def = stored_at(block, id);
	if (is_difference(def)) { // visited once, and not kept
		KS_TRY(resolve(store, id, def, 0, &store->made));
		def = ks_bytes_of(&store->made);
	}
	return tell(id, def, fn, arg);
}

/** What a difference is made to. @return 0: none, the store is damaged */
static uint64_t like_of(struct ks_bytes stored, uint64_t id)
{
	struct ks_cursor c = ks_cursor_over(stored.at, stored.len, false);
	ks_cursor_u8(&c);
	uint64_t distance = ks_cursor_uleb(&c);
	return c.why || distance >= id ? 0 : id - distance;
}

struct ks_error *ks_block_differences(struct ks_store *store, uint64_t first,
				      ks_block_difference_fn *fn, void *arg)
{
	struct ks_block *block;
	KS_TRY(block_of(store, first, &block));
	for (uint64_t id = block->first; id - block->first < block->nr; id++) {
		struct ks_bytes def = stored_at(block, id);
		if (is_difference(def))
			KS_TRY(fn(id, like_of(def, id), arg));
	}
	return NULL;
}

struct ks_error *ks_block_like_of(struct ks_store *store, uint64_t id, uint64_t *ret)
{
	struct ks_block *block;
	KS_TRY(block_of(store, id, &block));
	struct ks_bytes stored = stored_at(block, id);
	*ret = is_difference(stored) ? like_of(stored, id) : 0;
	return NULL;
}

struct ks_error *ks_block_like(struct ks_store *store, uint64_t id, struct ks_def_bytes *ret)
{
	struct ks_block *block;
	struct ks_bytes stored;
	ret->depth = 0;
	for (uint64_t at = id; at && ret->depth <= KS_DEF_DEPTH; ret->depth++) {
		KS_TRY(block_of(store, at, &block));
		if (at == id)
			ret->first = block->first;
		stored = stored_at(block, at);
		if (!is_difference(stored))
			break;
		at = like_of(stored, at);
	}
	return bytes_of(store, id, 0, &ret->bytes, ret->own);
}

struct ks_error *ks_block_id_limit(struct ks_store *store, uint64_t *ret)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	bool row;
	KS_TRY(ks_sql_find(store, KS_SQL_BLOCK, INT64_MAX, &stmt, &row));
	*ret = row ? (uint64_t)sqlite3_column_int64(stmt, 0) +
			       (uint64_t)sqlite3_column_int64(stmt, 1)
		   : 1;
	return *ret > UINT32_MAX ? ks_store_damaged("impossible number of definitions") : NULL;
}
