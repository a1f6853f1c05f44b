/* SPDX-License-Identifier: BSD-2-Clause */
/* Removing an image: give those based on it another base, then drop what nobody else has. */
#include <stdlib.h>

#include "store/image.h"
#include "store/part.h"
#include "store/write/rebase.h"

/** Run a statement with the image as its only parameter. */
static struct ks_error *run_on(struct ks_store *store, enum ks_sql which, int64_t image)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, which, &stmt));
	sqlite3_bind_int64(stmt, 1, image);
	return ks_sql_run(store, stmt);
}

/** Write the parts of an image anew, as the difference to those of another. @param base 0: to nothing */
static struct ks_error *repack_parts(struct ks_store *store, int64_t image, int64_t base)
{
	for (size_t i = 0; i < KS_NR_PARTS; i++) {
		_cleanup_buf_ struct ks_buf raw = { 0 }, like = { 0 }, packed = { 0 };
		const char *name = ks_part_name((enum ks_part)i);
		struct ks_part_row row, of_base;
		KS_TRY(ks_part_load(store, image, name, &raw, &row));
		if (!row.nr || i == KS_PART_MOVES)
			continue;
		if (base)
			KS_TRY(ks_part_load(store, base, name, &like, &of_base));
		KS_TRY(ks_zstd_pack(&store->zstd, ks_bytes_of(&like), ks_bytes_of(&raw), &packed));
		_cleanup_reset_ sqlite3_stmt *stmt = NULL;
		KS_TRY(ks_sql_get(store, KS_SQL_PART_REPLACE, &stmt));
		sqlite3_bind_int64(stmt, 1, image);
		ks_sql_bind_text(stmt, 2, name);
		ks_sql_bind_bytes(stmt, 3, ks_bytes_of(&packed));
		ks_sql_bind_id(stmt, 4, like.len ? base : 0);
		KS_TRY(ks_sql_run(store, stmt));
	}
	return NULL;
}

/** The first of those that are differences to an image becomes what the others are differences to. */
static struct ks_error *hand_over_to(struct ks_store *store, int64_t image, enum ks_sql heirs_of,
				     struct ks_error *(*write)(struct ks_store *, int64_t, int64_t))
{
	KS_VECTOR(int64_t) heirs = { 0 };
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	struct ks_error *err = ks_sql_get(store, heirs_of, &stmt);
	bool row = true;
	if (!err)
		sqlite3_bind_int64(stmt, 1, image);
	while (!err && !(err = ks_sql_row(store, stmt, &row)) && row)
		if (!ks_vector_add(&heirs, sqlite3_column_int64(stmt, 0)))
			err = &ks_nomem;
	for (size_t i = 0; !err && i < heirs.len; i++)
		err = write(store, heirs.at[i], i ? heirs.at[0] : 0);
	ks_vector_deinit(&heirs);
	return err;
}

static struct ks_error *hand_over(struct ks_store *store, int64_t image)
{
	KS_TRY(hand_over_to(store, image, KS_SQL_IMAGES_ON_BASE, ks_image_rebase));
	return hand_over_to(store, image, KS_SQL_PART_HEIRS, repack_parts);
}

/** Mark every definition that an image has. @param live one byte for each id */
static struct ks_error *mark(struct ks_store *store, const struct ks_store_image *image, char *live,
			     size_t nr_ids)
{
	for (int table = 0; table < KS_NR_TABLES; table++) {
		_cleanup_buf_ struct ks_buf raw = { 0 };
		uint64_t nr, id = 0;
		KS_TRY(ks_part_read(store, image, (enum ks_part)table, &raw, &nr));
		struct ks_cursor c = ks_cursor_over(raw.at, raw.len, false);
		for (uint64_t i = 0; i < nr; i++) {
			id += (uint64_t)ks_cursor_zigzag(&c);
			if (c.why || id == 0 || id > nr_ids)
				return ks_store_damaged("image has an unknown definition");
			live[id - 1] = 1;
		}
	}
	return NULL;
}

/** The blocks that a block with a live definition needs are live, too. They are older: the last block comes first. */
static struct ks_error *mark_needs(struct ks_store *store, char *live, size_t nr_ids)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_BLOCK_NEEDS, &stmt));
	for (;;) {
		bool row;
		KS_TRY(ks_sql_row(store, stmt, &row));
		if (!row)
			return NULL;
		uint64_t first = (uint64_t)sqlite3_column_int64(stmt, 0);
		uint64_t nr = (uint64_t)sqlite3_column_int64(stmt, 1);
		struct ks_bytes needs = ks_sql_bytes(stmt, 2);
		if (first - 1 >= nr_ids || nr > nr_ids - (first - 1))
			return ks_store_damaged("block of definitions has no hashes");
		if (!memchr(live + first - 1, 1, (size_t)nr))
			continue;
		struct ks_cursor c = ks_cursor_over(needs.at, needs.len, false);
		while (ks_cursor_more(&c)) {
			uint64_t distance = ks_cursor_uleb(&c);
			if (c.why || distance == 0 || distance >= first)
				return ks_store_damaged("block of definitions needs none");
			live[first - distance - 1] = 1;
		}
	}
}

/** Delete the blocks without a live definition, and forget the hashes of theirs. */
static struct ks_error *sweep_blocks(struct ks_store *store, const char *live)
{
	struct ks_hashes *hashes = &store->hashes;
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_BLOCKS, &stmt));
	for (;;) {
		bool row;
		KS_TRY(ks_sql_row(store, stmt, &row));
		if (!row)
			return NULL;
		int64_t first = sqlite3_column_int64(stmt, 0), nr = sqlite3_column_int64(stmt, 1);
		if (first < 1 || nr < 1 || (uint64_t)first - 1 > hashes->by_id.len ||
		    (uint64_t)nr > hashes->by_id.len - ((uint64_t)first - 1))
			return ks_store_damaged("block of definitions has no hashes");
		if (memchr(live + first - 1, 1, (size_t)nr))
			continue;
		memset(&hashes->by_id.at[first - 1], 0, (size_t)nr * sizeof(*hashes->by_id.at));
		KS_TRY(run_on(store, KS_SQL_BLOCK_REMOVE, first));
	}
}

static struct ks_error *rewrite_packs(struct ks_store *store)
{
	const struct ks_hashes *hashes = &store->hashes;
	_cleanup_reset_ sqlite3_stmt *packs = NULL, *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_PACKS, &packs));
	KS_TRY(ks_sql_get(store, KS_SQL_PACK_REPLACE, &stmt));
	sqlite3_bind_int64(packs, 1, 1);
	for (;;) {
		bool row;
		KS_TRY(ks_sql_row(store, packs, &row));
		if (!row)
			return NULL;
		int64_t first = sqlite3_column_int64(packs, 0);
		struct ks_bytes old = ks_sql_bytes(packs, 1); // as long as when it was loaded
		_cleanup_buf_ struct ks_buf now = { 0 };
		ks_hashes_put(&now, &hashes->by_id.at[first - 1], old.len / KS_HASH_BYTES);
		KS_TRY(ks_buf_error(&now));
		if (memcmp(old.at, now.at, now.len) == 0)
			continue;
		sqlite3_bind_int64(stmt, 1, first);
		ks_sql_bind_bytes(stmt, 2, ks_bytes_of(&now));
		KS_TRY(ks_sql_run(store, stmt));
	}
}

static struct ks_error *collect(struct ks_store *store, struct ks_arena *arena)
{
	struct ks_store_images images;
	KS_TRY(ks_hashes_load(store, 0));
	size_t nr_ids = store->hashes.by_id.len;
	char *live = ks_arena_alloc(arena, nr_ids + 1);
	if (!live)
		return &ks_nomem;
	memset(live, 0, nr_ids + 1);
	KS_TRY(ks_image_all(store, arena, &images));
	for (size_t i = 0; i < images.nr; i++)
		KS_TRY(mark(store, images.at[i], live, nr_ids));
	KS_TRY(mark_needs(store, live, nr_ids));
	KS_TRY(sweep_blocks(store, live));
	return rewrite_packs(store);
}

struct ks_error *ks_image_drop(struct ks_store *store, int64_t id)
{
	KS_TRY(hand_over(store, id));
	KS_TRY(run_on(store, KS_SQL_COLUMNS_REMOVE, id));
	KS_TRY(run_on(store, KS_SQL_LIST_REMOVE, id));
	KS_TRY(run_on(store, KS_SQL_PART_REMOVE, id));
	return run_on(store, KS_SQL_IMAGE_REMOVE, id);
}

struct ks_error *ks_image_sweep(struct ks_store *store)
{
	KS_TRY(ks_sql_do(store, KS_SQL_SEGMENT_SWEEP));
	struct ks_arena arena = { 0 };
	struct ks_error *err = collect(store, &arena);
	ks_arena_deinit(&arena);
	ks_hashes_deinit(&store->hashes); // its slots still hold what has gone
	ks_blocks_deinit(&store->blocks);
	return err;
}

static struct ks_error *remove_image(struct ks_store *store, void *arg)
{
	int64_t id, base;
	KS_TRY(ks_image_find(store, arg, &id, &base));
	if (!id)
		return ks_error_new(KS_ERR_NOTFOUND,
				    "the store has no image '%s'; 'ksurf images' lists them",
				    (char *)arg);
	struct ks_image_ids modules = { 0 };
	char *digest;
	KS_TRY(ks_image_digest(store, id, &digest));
	struct ks_error *err = digest ? ks_image_modules(store, digest, &modules) : NULL;
	for (size_t i = 0; !err && i < modules.at.len; i++)
		err = ks_image_drop(store, modules.at.at[i]);
	ks_vector_deinit(&modules.at);
	free(digest);
	if (!err)
		err = ks_image_drop(store, id);
	return err ? err : ks_image_sweep(store);
}

struct ks_error *ks_store_remove(struct ks_store *store, const char *label)
{
	struct ks_error *err = ks_sql_write(store, remove_image, (void *)label);
	ks_hashes_deinit(&store->hashes); // when it failed, too: nothing is known of what is left
	ks_blocks_deinit(&store->blocks);
	return err;
}
