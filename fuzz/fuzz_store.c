/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A store from a stranger: an error, or images that can be read and written, nothing else. The first byte of an input says what
 * the rest is: f the bytes of the file, s SQL that is run on a good store first, b a blob of it: a byte for the
 * table, one for the row, one that says whether the rest is packed and whether as two frames, whose first has as many bytes as the next
 * byte says, then the bytes.
 */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../tests/sample.h"
#include "base/array.h"
#include "ingest/merge.h"
#include "store/census.h"
#include "store/compare.h"
#include "store/forms.h"
#include "store/zstd.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { NAMES = 8 };

static char folder[64], path[80], other[80];
static struct ks_buf good; // the bytes of a store

static void drop_at(const char *file)
{
	static const char *const tails[] = { "", "-wal", "-shm", "-journal" };
	char name[112];
	for (size_t i = 0; i < KS_ARRAY_LEN(tails); i++) {
		snprintf(name, sizeof(name), "%s%s", file, tails[i]);
		unlink(name);
	}
}

static void drop(void)
{
	drop_at(path);
}

static void leave(void)
{
	drop();
	drop_at(other);
	rmdir(folder);
}

static void put(struct ks_store *store, unsigned int build)
{
	_cleanup_surface_ struct ks_surface *surface = sample_surface(build, NAMES);
	struct ks_put_result result = { 0 };
	ks_error_free(ks_store_put(store, surface, 1, &result));
	free(result.label);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	const char *tmp =
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"; // where writing is quick
	snprintf(folder, sizeof(folder), "%s/ksurf-fuzz-XXXXXX", tmp);
	if (!mkdtemp(folder))
		abort();
	atexit(leave);
	snprintf(path, sizeof(path), "%s/store", folder);
	snprintf(other, sizeof(other), "%s/other", folder);
	struct ks_store *store;
	if (ks_store_open(path, KS_STORE_CREATE, &store))
		abort();
	put(store, 1);
	put(store, 2);
	ks_store_close(store);
	char bytes[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	for (ssize_t n; (n = read(fd, bytes, sizeof(bytes))) > 0;)
		ks_buf_bytes(&good, bytes, (size_t)n);
	close(fd);
	return good.len ? 0 : 1;
}

static bool write_file(const void *bytes, size_t len)
{
	drop();
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	bool whole = fd >= 0 && write(fd, bytes, len) == (ssize_t)len;
	close(fd);
	return whole;
}

/* ---- lies ---- */

static int enough(void *arg)
{
	return ++*(int *)arg > 20;
}

/** A handle that may do what a stranger may, but to this file alone. */
static sqlite3 *open_freely(int *ticks)
{
	sqlite3 *db = NULL;
	if (!write_file(good.at, good.len) || sqlite3_open(path, &db) != SQLITE_OK)
		abort();
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 1 << 24);
	sqlite3_progress_handler(db, 100000, enough, ticks);
	return db;
}

static void run_sql(const char *text)
{
	int ticks = 0;
	sqlite3 *db = open_freely(&ticks);
	sqlite3_exec(db, text, NULL, NULL, NULL);
	sqlite3_close(db);
}

/** How the bytes of a blob become it. */
enum { PACKED = 1, TWO_FRAMES = 2 };

static void pack(int how, const uint8_t *bytes, size_t len, struct ks_buf *out)
{
	struct ks_zstd zstd = { 0 };
	const struct ks_bytes none = { 0 };
	struct ks_bytes first = { bytes, len }, rest = { 0 };
	if (how & TWO_FRAMES && len > 1) {
		first = (struct ks_bytes){ bytes + 1, bytes[0] < len - 1 ? bytes[0] : len - 1 };
		rest = (struct ks_bytes){ bytes + 1 + first.len, len - 1 - first.len };
	}
	if (!(how & PACKED))
		ks_buf_bytes(out, bytes, len);
	else if (ks_zstd_pack(&zstd, none, first, out) ||
		 (how & TWO_FRAMES && ks_zstd_pack(&zstd, none, rest, out)))
		abort();
	ks_zstd_deinit(&zstd);
}

static void set_blob(uint8_t table, int row, int how, const void *bytes, size_t len)
{
	static const char *const texts[] = {
		"UPDATE block SET data = ?1 WHERE rowid ="
		" (SELECT rowid FROM block LIMIT 1 OFFSET ?2 % (SELECT count(*) FROM block))",
		"UPDATE columns SET data = ?1 WHERE rowid ="
		" (SELECT rowid FROM columns LIMIT 1 OFFSET ?2 % (SELECT count(*) FROM columns))",
		"UPDATE part SET data = ?1 WHERE rowid ="
		" (SELECT rowid FROM part LIMIT 1 OFFSET ?2 % (SELECT count(*) FROM part))",
		"UPDATE segment SET names = CAST(?1 AS TEXT) WHERE rowid ="
		" (SELECT rowid FROM segment LIMIT 1 OFFSET ?2 % (SELECT count(*) FROM segment))",
		"UPDATE pack SET hashes = ?1 WHERE ?2 >= 0",
		"UPDATE segment SET names = ?1 WHERE rowid ="
		" (SELECT rowid FROM segment LIMIT 1 OFFSET ?2 % (SELECT count(*) FROM segment))",
		"UPDATE block SET needs = ?1 WHERE rowid ="
		" (SELECT rowid FROM block LIMIT 1 OFFSET ?2 % (SELECT count(*) FROM block))",
	};
	int ticks = 0;
	sqlite3 *db = open_freely(&ticks);
	sqlite3_stmt *stmt;
	_cleanup_buf_ struct ks_buf blob = { 0 };
	pack(how, bytes, len, &blob);
	if (sqlite3_prepare_v2(db, texts[table % KS_ARRAY_LEN(texts)], -1, &stmt, NULL) !=
	    SQLITE_OK)
		abort();
	sqlite3_bind_blob64(stmt, 1, blob.at, blob.len, SQLITE_STATIC);
	sqlite3_bind_int(stmt, 2, row);
	sqlite3_step(stmt);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

/* ---- everything that reads, and what writes ---- */

static struct ks_error *count(const struct ks_store_name *name, void *arg)
{
	*(size_t *)arg += name->nr_images;
	return NULL;
}

static void ask(struct ks_store *store, const struct ks_store_images *images, enum ks_kind kind)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_history history;
	struct ks_compare_count differences;
	size_t nr = 0;
	ks_error_free(ks_store_names(store, images, kind, NULL, count, &nr));
	ks_error_free(ks_store_history(store, images, kind, "special", &arena, &history));
	if (images->nr > 1)
		ks_error_free(ks_store_compare(store, images->at[0], images->at[1], kind, NULL,
					       NULL, NULL, &differences));
}

/** What BTF says of names beyond their declarations. */
static void ask_btf(struct ks_store *store, const struct ks_store_image *image)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_forms forms = { 0 };
	const struct ks_forms *found;
	const struct ks_type *type;
	ks_error_free(ks_store_forms_of(store, image, &forms, KS_STRUCT, "zoo", NULL, NULL, &arena,
					&found));
	ks_error_free(ks_store_forms_of(store, image, &forms, KS_FUNCTION, "special", NULL, NULL,
					&arena, &found));
	ks_error_free(ks_store_forms_of(store, image, &forms, KS_FUNCTION, "open.isra.0", "zoo",
					NULL, &arena, &found));
	ks_error_free(ks_store_variable_type(store, image, "runqueues", &arena, &type));
	ks_store_forms_deinit(&forms);
}

static void read_images(struct ks_store *store, struct ks_store_images *images)
{
	enum { MOST = 4 };
	struct ks_census counts[MOST];
	bool found;
	images->nr = images->nr < MOST ? images->nr : MOST;
	for (size_t i = 0; i < images->nr; i++) {
		_cleanup_surface_ struct ks_surface *surface = NULL;
		ks_error_free(ks_store_surface(store, images->at[i], &surface));
		ks_error_free(ks_store_symbol(store, images->at[i], "special", &found));
		ks_error_free(ks_store_variable(store, images->at[i], "special", &found));
		ask_btf(store, images->at[i]);
	}
	ks_error_free(ks_store_census(store, images, 2, counts));
	for (enum ks_kind kind = 0; kind < KS_NR_KINDS; kind++)
		ask(store, images, kind);
}

static void read_all(void)
{
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_images images;
	struct ks_error *err = ks_store_open(path, KS_STORE_READ, &store);
	if (!err)
		err = ks_store_images(store, &arena, &images);
	if (!err)
		read_images(store, &images);
	ks_error_free(err);
}

/** Into a store that has one of the images already, and then into one that has none. */
static void merge_with(unsigned int build)
{
	_cleanup_store_ struct ks_store *into = NULL, *from = NULL;
	struct ks_merge_result result;
	drop_at(other);
	if (ks_store_open(other, KS_STORE_CREATE, &into))
		abort();
	if (build)
		put(into, build);
	struct ks_error *err = ks_store_open(path, KS_STORE_READ, &from);
	if (!err)
		err = ks_ingest_merge(into, from, 1, &result);
	ks_error_free(err);
}

static void write_some(void)
{
	_cleanup_store_ struct ks_store *store = NULL;
	struct ks_error *err = ks_store_open(path, KS_STORE_WRITE, &store);
	if (!err) {
		put(store, 3);
		ks_error_free(ks_store_remove(store, "6.1.0-1"));
		ks_error_free(ks_store_set(store, "a", "b"));
	}
	ks_error_free(err);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len < 4)
		return 0;
	char *text = strndup((const char *)bytes + 1, len - 1);
	if (!text)
		return 0;
	if (bytes[0] == 's')
		run_sql(text);
	else if (bytes[0] == 'b')
		set_blob(bytes[1], bytes[2], bytes[3], bytes + 4, len - 4);
	else if (!write_file(bytes + 1, len - 1))
		abort();
	free(text);
	read_all();
	merge_with(1);
	merge_with(0);
	write_some();
	return 0;
}
