/* SPDX-License-Identifier: BSD-2-Clause */
/* Removing images: what is a difference to them becomes one to others, then what nobody else has is dropped. */
#include <string.h>

#include "base/array.h"
#include "base/memory.h"
#include "store/image.h"
#include "store/part.h"
#include "store/write/hand_over.h"

/** Run a statement with the image as its only parameter. */
static struct ks_error *run_on(struct ks_store *store, enum ks_sql which, int64_t image)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, which, &stmt));
	sqlite3_bind_int64(stmt, 1, image);
	return ks_sql_run(store, stmt);
}

/** Mark the definitions that an image has in one table. @param live one byte for each id */
static struct ks_error *mark(struct ks_store *store, const struct ks_store_image *image, int table,
			     char *live, size_t nr_ids)
{
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
	return NULL;
}

/** The same of all, table by table: what many are differences to is then unpacked once. */
static struct ks_error *mark_all(struct ks_store *store, const struct ks_store_images *images,
				 char *live, size_t nr_ids)
{
	for (int table = 0; table < KS_NR_TABLES; table++)
		for (size_t i = 0; i < images->nr; i++)
			KS_TRY(mark(store, images->at[i], table, live, nr_ids));
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
	ks_images_sort_by_age(&images);
	KS_TRY(mark_all(store, &images, live, nr_ids));
	KS_TRY(mark_needs(store, live, nr_ids));
	KS_TRY(sweep_blocks(store, live));
	return rewrite_packs(store);
}

struct ks_error *ks_images_drop(struct ks_store *store, const int64_t *ids, size_t nr)
{
	static const enum ks_sql statements[] = { KS_SQL_COLUMNS_REMOVE, KS_SQL_LIST_REMOVE,
						  KS_SQL_PART_REMOVE, KS_SQL_IMAGE_REMOVE };
	KS_TRY(ks_hand_over(store, ids, nr));
	for (size_t i = 0; i < nr; i++)
		for (size_t k = 0; k < KS_ARRAY_LEN(statements); k++)
			KS_TRY(run_on(store, statements[k], ids[i]));
	return NULL;
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

/** The images that go. */
struct removal {
	const char *const *labels;
	size_t nr;
	struct ks_image_ids ids; // with their modules
};

/** An image and its modules. */
static struct ks_error *add_image(struct ks_store *store, const char *label,
				  struct ks_image_ids *ids)
{
	_cleanup_free_ char *digest = NULL;
	int64_t id, base;
	KS_TRY(ks_image_find(store, label, &id, &base));
	if (!id)
		return ks_error_new(KS_ERR_NOTFOUND,
				    "the store has no image '%s'; 'ksurf images' lists them",
				    label);
	if (!ks_vector_add(&ids->at, id))
		return &ks_nomem;
	KS_TRY(ks_image_digest(store, id, &digest));
	return digest ? ks_image_modules(store, digest, ids) : NULL;
}

static struct ks_error *remove_images(struct ks_store *store, void *arg)
{
	struct removal *removal = arg;
	for (size_t i = 0; i < removal->nr; i++)
		KS_TRY(add_image(store, removal->labels[i], &removal->ids));
	KS_TRY(ks_images_drop(store, removal->ids.at.at, removal->ids.at.len));
	return ks_image_sweep(store);
}

struct ks_error *ks_store_remove_all(struct ks_store *store, const char *const *labels, size_t nr)
{
	struct removal removal = { .labels = labels, .nr = nr };
	if (!nr)
		return NULL;
	struct ks_error *err = ks_sql_write(store, remove_images, &removal);
	ks_vector_deinit(&removal.ids.at);
	ks_hashes_deinit(&store->hashes); // when it failed, too: nothing is known of what is left
	ks_blocks_deinit(&store->blocks);
	return err;
}

struct ks_error *ks_store_remove(struct ks_store *store, const char *label)
{
	return ks_store_remove_all(store, &label, 1);
}
