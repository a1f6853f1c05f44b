/* SPDX-License-Identifier: BSD-2-Clause */
#include "place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/array.h"
#include "base/read_file.h"
#include "same.h"
#include "sample.h"

int place_make(void **state)
{
	struct place *place = calloc(1, sizeof(*place));
	assert_non_null(place);
	strcpy(place->dir, "/tmp/ksurf-store-XXXXXX");
	assert_non_null(mkdtemp(place->dir));
	snprintf(place->path, sizeof(place->path), "%s/store", place->dir);
	*state = place;
	return 0;
}

int place_drop(void **state)
{
	static const char *const tails[] = { "", "-wal", "-shm", "-journal" };
	struct place *place = *state;
	for (size_t i = 0; i < KS_ARRAY_LEN(tails); i++) {
		char path[80];
		snprintf(path, sizeof(path), "%s%s", place->path, tails[i]);
		unlink(path);
	}
	rmdir(place->dir);
	free(place);
	return 0;
}

const char *place_path(void **state)
{
	return ((struct place *)*state)->path;
}

int place_shell(const char *line, struct ks_buf *out)
{
	char bytes[4096];
	assert_non_null(line);
	FILE *pipe = popen(line, "r");
	assert_non_null(pipe);
	out->len = 0;
	for (size_t len; (len = fread(bytes, 1, sizeof(bytes), pipe));)
		ks_buf_bytes(out, bytes, len);
	int status = pclose(pipe);
	assert_true(WIFEXITED(status));
	assert_non_null(ks_buf_text(out));
	return WEXITSTATUS(status);
}

void place_sql(const char *path, const char *text)
{
	sqlite3 *db;
	char *msg = NULL;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, text, NULL, NULL, &msg) != SQLITE_OK)
		fail_msg("%s", msg);
	sqlite3_close(db);
}

int64_t place_number(const char *path, const char *text)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, text, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	int64_t number = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return number;
}

const char *place_copy_old(const char *path, const char *name)
{
	char bytes[4096], from_path[sizeof(KSURF_SOURCE_ROOT) + 64];
	snprintf(from_path, sizeof(from_path), KSURF_SOURCE_ROOT "/tests/stores/%s.ksurf", name);
	FILE *from = fopen(from_path, "rb");
	FILE *to = fopen(path, "wb");
	assert_non_null(from);
	assert_non_null(to);
	for (size_t len; (len = fread(bytes, 1, sizeof(bytes), from));)
		assert_int_equal(fwrite(bytes, 1, len, to), len);
	fclose(from);
	fclose(to);
	return path;
}

struct ks_put_result place_put(struct ks_store *store, unsigned int build)
{
	_cleanup_surface_ struct ks_surface *surface = sample_surface(build, FILLERS);
	struct ks_put_result result;
	assert_ok(ks_store_put(store, surface, THREADS, &result));
	free(result.label);
	result.label = NULL;
	return result;
}

void place_put_builds(const char *path, unsigned int from, unsigned int to)
{
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
	for (unsigned int build = from; build <= to; build++)
		place_put(store, build);
}

void place_read_file(const char *path, struct ks_buf *ret)
{
	enum { MOST = 64 << 20 };
	ret->len = 0;
	assert_ok(ks_read_file(path, MOST, ret, NULL));
}

size_t place_count(const char *path)
{
	_cleanup_store_ struct ks_store *store = NULL;
	struct ks_arena arena = { 0 };
	struct ks_store_images images;
	assert_ok(ks_store_open(path, KS_STORE_READ, &store));
	assert_ok(ks_store_images(store, &arena, &images));
	size_t nr = images.nr;
	ks_arena_deinit(&arena);
	return nr;
}

void place_check_surface(struct ks_store *store, const struct ks_surface *want)
{
	_cleanup_surface_ struct ks_surface *got = NULL;
	struct ks_arena arena = { 0 };
	struct ks_store_images images;
	const struct ks_store_image *image;
	assert_ok(ks_store_images(store, &arena, &images));
	assert_ok(ks_store_image(&images, want->image.label, &image));
	assert_ok(ks_store_surface(store, image, &got));
	const char *table = surface_difference(want, got);
	if (table)
		fail_msg("%s differs in %s", want->image.label, table);
	ks_arena_deinit(&arena);
}

void place_check(struct ks_store *store, unsigned int build)
{
	_cleanup_surface_ struct ks_surface *want = sample_surface(build, FILLERS);
	place_check_surface(store, want);
}
