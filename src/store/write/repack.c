/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writing a store anew: its images are put one after the other into a new store beside it, whose rows then take the place of the
 * old ones, in one transaction. Until it ends, and when it fails, the store is as it was.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/array.h"
#include "store/image.h"

struct repack {
	unsigned int nr_threads;
	const char *path; // of the new store
	const struct ks_progress *progress;
};

/** The tables whose rows are exchanged, and how many columns they have. */
static const struct {
	const char *name;
	int nr_columns;
} tables[] = {
	{ "image", 25 }, { "segment", 4 }, { "columns", 3 }, { "list", 5 },
	{ "part", 5 },	 { "block", 4 },   { "pack", 2 },
};

static struct ks_error *prepare(struct ks_store *store, const char *text, sqlite3_stmt **ret)
{
	return sqlite3_prepare_v2(store->db, text, -1, ret, NULL) == SQLITE_OK
		       ? NULL
		       : ks_sql_error(store, "use the store");
}

static struct ks_error *copy_rows(struct ks_store *from, sqlite3_stmt *read, struct ks_store *into,
				  sqlite3_stmt *write)
{
	for (;;) {
		bool row;
		KS_TRY(ks_sql_row(from, read, &row));
		if (!row)
			return NULL;
		for (int i = 0; i < sqlite3_column_count(read); i++)
			sqlite3_bind_value(write, i + 1, sqlite3_column_value(read, i));
		KS_TRY(ks_sql_run(into, write));
	}
}

/** The rows of a table take the place of the old ones. */
static struct ks_error *exchange(struct ks_store *from, struct ks_store *into, size_t table)
{
	char text[128];
	size_t at;
	sqlite3_stmt *read = NULL, *write = NULL;
	snprintf(text, sizeof(text), "DELETE FROM %s", tables[table].name);
	struct ks_error *err = ks_sql_script(into, text);
	snprintf(text, sizeof(text), "SELECT * FROM %s", tables[table].name);
	if (!err)
		err = prepare(from, text, &read);
	at = (size_t)snprintf(text, sizeof(text), "INSERT INTO %s VALUES(?", tables[table].name);
	for (int i = 1; i < tables[table].nr_columns; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, ",?");
	snprintf(text + at, sizeof(text) - at, ")");
	if (!err)
		err = prepare(into, text, &write);
	if (!err)
		err = copy_rows(from, read, into, write);
	sqlite3_finalize(read);
	sqlite3_finalize(write);
	return err;
}

/** No id of one store is one of the other, whatever is kept under it. @param arg the store whose counters go on */
static struct ks_error *take_counter(struct ks_store *into, struct ks_store *from,
				     enum ks_counter which)
{
	int64_t next;
	KS_TRY(ks_counter_next(from, which, &next));
	return ks_counter_set(into, which, next);
}

static struct ks_error *take_counters(struct ks_store *into, void *arg)
{
	KS_TRY(take_counter(into, arg, KS_COUNTER_IMAGE));
	return take_counter(into, arg, KS_COUNTER_COLUMNS);
}

static struct ks_error *put_images(struct ks_store *from, struct ks_store *into,
				   const struct repack *repack, struct ks_arena *arena)
{
	struct ks_store_images images;
	KS_TRY(ks_image_all(from, arena, &images));
	ks_images_sort_by_age(&images);
	for (size_t i = 0; i < images.nr; i++) {
		_cleanup_surface_ struct ks_surface *surface = NULL;
		KS_TRY(ks_progress_tell(repack->progress, "repacking", i, images.nr));
		KS_TRY(ks_store_surface(from, images.at[i], &surface));
		KS_TRY(ks_put_again(into, surface, repack->nr_threads));
	}
	return NULL;
}

static struct ks_error *write_anew(struct ks_store *store, struct ks_store *new,
				   const struct repack *repack)
{
	struct ks_arena arena = { 0 };
	KS_TRY(ks_sql_write(new, take_counters, store));
	struct ks_error *err = put_images(store, new, repack, &arena);
	for (size_t i = 0; !err && i < KS_ARRAY_LEN(tables); i++)
		err = exchange(new, store, i);
	ks_arena_deinit(&arena);
	return err ? err : take_counters(store, new);
}

static void remove_files(const char *path)
{
	static const char *const tails[] = { "", "-wal", "-shm", "-journal" };
	for (size_t i = 0; i < KS_ARRAY_LEN(tails); i++) {
		_cleanup_buf_ struct ks_buf name = { 0 };
		ks_buf_printf(&name, "%s%s", path, tails[i]);
		if (ks_buf_text(&name))
			unlink(ks_buf_text(&name));
	}
}

/** Inside the transaction: nobody else is at it. */
static struct ks_error *repack(struct ks_store *store, void *arg)
{
	const struct repack *job = arg;
	struct ks_store *new = NULL;
	remove_files(job->path); // of one that was killed
	struct ks_error *err = ks_progress_tell(job->progress, "repacking", 0, 0);
	if (!err)
		err = ks_store_open(job->path, KS_STORE_CREATE, &new);
	if (!err)
		err = write_anew(store, new, job);
	ks_store_close(new);
	remove_files(job->path);
	return err;
}

static struct ks_error *measure(struct ks_store *store, uint64_t *ret)
{
	sqlite3_stmt *stmt = NULL;
	KS_TRY(prepare(store,
		       "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
		       &stmt));
	bool row;
	struct ks_error *err = ks_sql_row(store, stmt, &row);
	*ret = !err && row ? (uint64_t)sqlite3_column_int64(stmt, 0) : 0;
	sqlite3_finalize(stmt);
	return err;
}

/** Give free pages back. SQLite attaches a file of its own for that. While somebody reads it cannot: what comes next uses them. */
static void shrink(struct ks_store *store)
{
	int attached = sqlite3_limit(store->db, SQLITE_LIMIT_ATTACHED, 1);
	ks_error_free(ks_sql_script(store, "VACUUM; PRAGMA wal_checkpoint(TRUNCATE);"));
	sqlite3_limit(store->db, SQLITE_LIMIT_ATTACHED, attached);
}

struct ks_error *ks_store_repack(struct ks_store *store, unsigned int nr_threads,
				 const struct ks_progress *progress, struct ks_repack_result *ret)
{
	_cleanup_buf_ struct ks_buf path = { 0 };
	ks_buf_printf(&path, "%s-repack", store->path);
	struct repack job = { nr_threads, ks_buf_text(&path), progress };
	if (!job.path)
		return &ks_nomem;
	KS_TRY(measure(store, &ret->before));
	struct ks_error *err = ks_sql_write(store, repack, &job);
	ks_hashes_deinit(&store->hashes);
	ks_blocks_deinit(&store->blocks);
	if (err)
		return err;
	shrink(store);
	return measure(store, &ret->after);
}
