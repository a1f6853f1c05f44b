/* SPDX-License-Identifier: BSD-2-Clause */
/* A store written anew is the same store; definitions are differences, and these do what they say. */
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "ingest/merge.h"
#include "place.h"
#include "sample.h"
#include "store/delta.h"
#include "store/schema.h"

static void old_stores_become_new_in_every_row(void **state)
{
	static const char *const names[] = { "v1", "v1-2", "v2" };
	const char *path = place_path(state);
	for (size_t i = 0; i < 3; i++) {
		_cleanup_store_ struct ks_store *store = NULL;
		struct ks_repack_result result;
		place_copy_old(path, names[i]);
		assert_ok(ks_store_open(path, KS_STORE_WRITE, &store));
		assert_ok(ks_store_repack(store, THREADS, NULL, &result));
		for (unsigned int build = 1; build <= 2; build++) {
			_cleanup_surface_ struct ks_surface *surface =
				i < 2 ? sample_surface_1(build, OLD_FILLERS)
				      : sample_surface_2(build, OLD_FILLERS);
			place_check_surface(store, surface);
		}
		place_put(store, 3);
		place_check(store, 3);
		ks_store_close(ks_take(store));
		assert_int_equal(place_number(path, "PRAGMA user_version"), 3);
		assert_int_equal(place_number(path, "SELECT count(*) FROM segment"
						    " WHERE typeof(names) = 'text'"),
				 0);
		assert_int_equal(place_number(path, "SELECT count(*) FROM part"
						    " WHERE name = 'symbol.addresses'"),
				 0);
		assert_int_equal(unlink(path), 0);
	}
}

static void check_builds(struct ks_store *store, unsigned int from, unsigned int to)
{
	for (unsigned int build = from; build <= to; build++)
		place_check(store, build);
}

static void repacked_store_is_the_same(void **state)
{
	const char *path = place_path(state);
	_cleanup_store_ struct ks_store *store = NULL, *reader = NULL;
	struct ks_repack_result result;
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
	for (unsigned int build = 1; build <= 5; build++)
		place_put(store, build);
	assert_ok(ks_store_set(store, "base", "6.1.0-3"));
	assert_ok(ks_store_remove(store, "6.1.0-2"));
	int64_t last = place_number(path, "SELECT max(id) FROM image");
	assert_ok(ks_store_open(path, KS_STORE_READ, &reader));
	place_check(reader, 4); // it has kept blocks
	assert_ok(ks_store_repack(store, THREADS, NULL, &result));
	assert_true(result.after <= result.before);
	assert_true(place_number(path, "SELECT min(id) FROM image") > last);
	place_check(reader, 1);
	check_builds(reader, 3, 5);
	struct ks_arena arena = { 0 };
	const char *base;
	assert_ok(ks_store_setting(store, &arena, "base", &base));
	assert_string_equal(base, "6.1.0-3");
	ks_arena_deinit(&arena);
	place_put(store, 2);
	assert_ok(ks_store_remove(store, "6.1.0-1")); // what the others are differences to
	check_builds(store, 2, 5);
	check_builds(reader, 2, 5);
	assert_ok(ks_store_repack(store, THREADS, NULL, &result));
	check_builds(store, 2, 5);
}

/** Stores of before have pages of 4 KiB; others can only be a stranger's. */
static void stores_of_every_page_size_are_stores(void **state)
{
	static const char *const sizes[] = { "512", "1024", "4096", "65536" };
	const char *path = place_path(state);
	char into_path[PATH_MAX];
	assert_true(snprintf(into_path, sizeof(into_path), "%s-into", path) <
		    (int)sizeof(into_path));
	for (size_t i = 0; i < 4; i++) {
		_cleanup_store_ struct ks_store *store = NULL, *into = NULL;
		struct ks_repack_result repacked;
		struct ks_merge_result merged;
		assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
		place_put(store, 1);
		place_put(store, 2);
		ks_store_close(ks_take(store));
		char text[128];
		snprintf(text, sizeof(text),
			 "PRAGMA journal_mode = DELETE; PRAGMA page_size = %s; VACUUM;"
			 "PRAGMA journal_mode = WAL;",
			 sizes[i]);
		place_sql(path, text);
		assert_int_equal(place_number(path, "PRAGMA page_size"), atoi(sizes[i]));
		assert_ok(ks_store_open(path, KS_STORE_READ, &store));
		check_builds(store, 1, 2);
		assert_ok(ks_store_open(into_path, KS_STORE_CREATE, &into));
		place_put(into, 3);
		assert_ok(ks_ingest_merge(into, store, 1, &merged));
		check_builds(into, 1, 3);
		ks_store_close(ks_take(store));
		assert_ok(ks_store_open(path, KS_STORE_WRITE, &store));
		place_put(store, 4);
		assert_ok(ks_store_remove(store, "6.1.0-1"));
		assert_ok(ks_ingest_merge(store, into, 1, &merged));
		check_builds(store, 1, 4);
		assert_ok(ks_store_repack(store, THREADS, NULL, &repacked));
		check_builds(store, 1, 4);
		ks_store_close(ks_take(store));
		assert_int_equal(place_number(path, "PRAGMA page_size"), atoi(sizes[i]));
		assert_int_equal(place_number(into_path, "PRAGMA page_size"), KS_STORE_PAGE_SIZE);
		ks_store_close(ks_take(into));
		assert_int_equal(unlink(path), 0);
		assert_int_equal(unlink(into_path), 0);
	}
}

/* ---- differences ---- */

static uint32_t draw(uint32_t *seed)
{
	return (*seed = *seed * 1664525 + 1013904223) >> 8;
}

/** Text with runs of another one, as definitions have them. */
static void mix(struct ks_buf *buf, struct ks_bytes other, uint32_t *seed)
{
	buf->len = 0;
	for (uint32_t turns = draw(seed) % 20; turns; turns--) {
		size_t from = other.len ? draw(seed) % other.len : 0;
		size_t len = other.len ? draw(seed) % (other.len - from) : 0;
		if (len)
			ks_buf_bytes(buf, (const char *)other.at + from, len);
		for (uint32_t n = draw(seed) % 30; n; n--)
			ks_buf_char(buf, (char)('a' + draw(seed) % 4));
	}
	ks_buf_char(buf, 'x');
}

static void differences_give_back_what_they_are_of(void **state)
{
	(void)state;
	uint32_t seed = 1;
	struct ks_delta delta = { 0 };
	_cleanup_buf_ struct ks_buf old = { 0 }, new = { 0 }, out = { 0 }, back = { 0 };
	size_t worth = 0;
	for (int i = 0; i < 2000; i++) {
		bool is_worth;
		mix(&old, (struct ks_bytes){ 0 }, &seed);
		mix(&new, ks_bytes_of(&old), &seed);
		out.len = back.len = 0;
		assert_ok(ks_delta_make(&delta, ks_bytes_of(&old), ks_bytes_of(&new), &out,
					&is_worth));
		if (!is_worth)
			continue;
		worth++;
		struct ks_cursor c = ks_cursor_over(out.at, out.len, false);
		assert_ok(ks_delta_apply(ks_bytes_of(&old), c, &back));
		assert_int_equal(back.len, new.len);
		assert_memory_equal(back.at, new.at, new.len);
		// whatever becomes of it: an error, or bytes within the bound
		for (int k = 0; k < 20; k++) {
			out.at[draw(&seed) % out.len] = (char)draw(&seed);
			back.len = 0;
			c = ks_cursor_over(out.at, draw(&seed) % (out.len + 1), false);
			size_t most = KS_DELTA_GROWTH * (old.len + (size_t)(c.end - c.pos));
			ks_error_free(ks_delta_apply(ks_bytes_of(&old), c, &back));
			assert_true(back.len <= most);
		}
	}
	assert_true(worth > 500);
	ks_delta_deinit(&delta);
}

static void damaged_differences_are_an_error(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = {
		{ "", 0 },	   // nothing
		{ "\x05\x00", 2 }, // ends early
		{ "\x05\x06"
		  "abcdef",
		  8 },			   // more than it says
		{ "\x05\x00\x00\x00", 4 }, // copies nothing
		{ "\x05\x00\x05\x02", 4 }, // behind the end: 1 to 6 of 5
		{ "\x05\x00\x05\x01", 4 }, // in front of the begin
		{ "\x05\x00\x05\x00"
		  "a",
		  5 },			   // something is left
		{ "\x7f\x00\x05\x00", 4 }, // longer than there are bytes for
		{ "\xff\xff\xff\xff\x7f\x00", 6 },
	};
	(void)state;
	_cleanup_buf_ struct ks_buf out = { 0 };
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct ks_cursor c = ks_cursor_over(cases[i].bytes, cases[i].len, false);
		expect_error(ks_delta_apply((struct ks_bytes){ "hello", 5 }, c, &out), KS_ERR_STORE,
			     "difference");
	}
	struct ks_cursor c = ks_cursor_over("\x05\x00\x05\x00", 4, false);
	out.len = 0;
	assert_ok(ks_delta_apply((struct ks_bytes){ "hello", 5 }, c, &out));
	assert_memory_equal(out.at, "hello", 5);
}

/** Replace the bytes of the block that has a definition by one definition for each that it had. */
static void lie(const char *path, const void *def, size_t len)
{
	sqlite3 *db;
	sqlite3_stmt *read, *write;
	struct ks_zstd zstd = { 0 };
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT first, nr FROM block", -1, &read, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "UPDATE block SET data = ?2 WHERE first = ?1", -1,
					    &write, NULL),
			 SQLITE_OK);
	while (sqlite3_step(read) == SQLITE_ROW) {
		_cleanup_buf_ struct ks_buf raw = { 0 }, packed = { 0 };
		uint64_t nr = (uint64_t)sqlite3_column_int64(read, 1);
		ks_buf_uleb(&raw, nr);
		for (uint64_t i = 0; i < nr; i++)
			ks_buf_uleb(&raw, len);
		for (uint64_t i = 0; i < nr; i++)
			ks_buf_bytes(&raw, def, len);
		assert_ok(ks_zstd_pack(&zstd, (struct ks_bytes){ 0 }, ks_bytes_of(&raw), &packed));
		sqlite3_bind_int64(write, 1, sqlite3_column_int64(read, 0));
		sqlite3_bind_blob(write, 2, packed.at, (int)packed.len, SQLITE_STATIC);
		assert_int_equal(sqlite3_step(write), SQLITE_DONE);
		sqlite3_reset(write);
	}
	sqlite3_finalize(read);
	sqlite3_finalize(write);
	sqlite3_close(db);
	ks_zstd_deinit(&zstd);
}

static void chains_end(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} lies[] = {
		{ "\x82\x00\x01\x00\x01\x00", 6 }, // of itself
		{ "\x82\x01\x06\x00\x06\x00", 6 }, // of the one before, down to the first: too many
		{ "\x82\xff\xff\xff\x7f\x01\x00\x01\x00", 9 }, // of none
		{ "\x82", 1 },
	};
	for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
		const char *path = place_path(state);
		_cleanup_store_ struct ks_store *store = NULL;
		struct ks_arena arena = { 0 };
		struct ks_store_images images;
		struct ks_surface *surface = NULL;
		assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
		place_put(store, 1);
		ks_store_close(ks_take(store));
		lie(path, lies[i].bytes, lies[i].len);
		assert_ok(ks_store_open(path, KS_STORE_READ, &store));
		assert_ok(ks_store_images(store, &arena, &images));
		expect_error(ks_store_surface(store, images.at[0], &surface), KS_ERR_STORE,
			     "difference");
		ks_store_close(ks_take(store));
		ks_arena_deinit(&arena);
		assert_int_equal(unlink(path), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(old_stores_become_new_in_every_row),
		TEST(repacked_store_is_the_same),
		TEST(stores_of_every_page_size_are_stores),
		cmocka_unit_test(differences_give_back_what_they_are_of),
		cmocka_unit_test(damaged_differences_are_an_error),
		TEST(chains_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
