/* SPDX-License-Identifier: BSD-2-Clause */
/* Stores that are damaged, foreign, full, or used by two at once. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "api/api.h"
#include "base/array.h"
#include "place.h"
#include "sample.h"
#include "store/private.h"

static void reader_goes_on_while_an_image_is_added(void **state)
{
	const char *path = place_path(state);
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
	place_put(store, 1);
	int pipe_ends[2];
	assert_int_equal(pipe(pipe_ends), 0);
	pid_t child = fork();
	if (child == 0) { // the reader: every look must give the whole of every image it sees
		struct ks_store *reader = NULL;
		if (ks_store_open(path, KS_STORE_READ, &reader))
			_exit(1);
		for (unsigned int round = 0;; round++) {
			struct ks_arena arena = { 0 };
			struct ks_store_images images;
			struct ks_history history;
			if (ks_store_images(reader, &arena, &images) ||
			    ks_store_history(reader, &images, KS_FUNCTION, "special", &arena,
					     &history))
				_exit(2);
			for (size_t i = 0; i < history.nr; i++)
				if (!history.facts[i].function)
					_exit(3);
			size_t nr = history.nr;
			ks_arena_deinit(&arena);
			if (round == 0 && write(pipe_ends[1], "", 1) != 1)
				_exit(4);
			if (nr == 6)
				_exit(0);
		}
	}
	char byte;
	assert_int_equal(read(pipe_ends[0], &byte, 1), 1);
	for (unsigned int build = 2; build <= 6; build++)
		assert_true(place_put(store, build).added);
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(pipe_ends[0]);
	close(pipe_ends[1]);
}

/** Kill a writer of many images after some time; the store then has the first ones, whole. */
static void kill_writer(const char *path, unsigned int wait_us)
{
	pid_t child = fork();
	if (child == 0) {
		struct ks_store *writer = NULL;
		if (ks_store_open(path, KS_STORE_WRITE, &writer))
			_exit(1);
		for (unsigned int build = 2; build < 60; build++)
			place_put(writer, build);
		_exit(0);
	}
	usleep(wait_us);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(path, KS_STORE_WRITE, &store));
	size_t nr = place_count(path);
	for (unsigned int build = 1; build <= nr; build++)
		place_check(store, build);
}

/** KSURF_KILLS says how many stores are written, with 15 kills each. */
static void kill_leaves_the_store_as_before_or_with_the_whole_image(void **state)
{
	const char *path = place_path(state), *kills = getenv("KSURF_KILLS");
	unsigned int nr_stores = kills ? (unsigned int)atoi(kills) : 1;
	for (unsigned int nr = 0; nr < nr_stores; nr++) {
		struct ks_store *store = NULL;
		assert_true(!nr || unlink(path) == 0);
		assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
		place_put(store, 1);
		ks_store_close(store);
		for (unsigned int kill_nr = 0; kill_nr < 15; kill_nr++)
			kill_writer(path, (kill_nr * nr_stores + nr) * 4000 / nr_stores);
	}
}

static void foreign_and_newer_files_are_refused(void **state)
{
	const char *path = place_path(state);
	struct ks_store *store = NULL;
	expect_error(ks_store_open(path, KS_STORE_READ, &store), KS_ERR_NOTFOUND, path);
	expect_error(ks_store_open(path, KS_STORE_WRITE, &store), KS_ERR_NOTFOUND, path);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	for (int i = 0; i < 1000; i++)
		fputs("this is no database\n", file);
	fclose(file);
	expect_error(ks_store_open(path, KS_STORE_CREATE, &store), KS_ERR_STORE,
		     "not a ksurf store");
	expect_error(ks_store_open(path, KS_STORE_READ, &store), KS_ERR_STORE, "not a ksurf store");
	assert_int_equal(unlink(path), 0);
	place_sql(path, "CREATE TABLE t(x)");
	expect_error(ks_store_open(path, KS_STORE_CREATE, &store), KS_ERR_STORE,
		     "not a ksurf store");
	assert_int_equal(unlink(path), 0);
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
	ks_store_close(store);
	place_sql(path, "PRAGMA user_version = 99");
	expect_error(ks_store_open(path, KS_STORE_CREATE, &store), KS_ERR_STORE, "newer ksurf");
	expect_error(ks_store_open(path, KS_STORE_READ, &store), KS_ERR_STORE, "newer ksurf");
}

/** Everything that reads, on a store that may be damaged: errors are welcome, crashes are not. */
static size_t read_everything(const char *path)
{
	size_t nr_errors = 0;
	struct ks_store *store = NULL;
	struct ks_arena arena = { 0 };
	struct ks_store_images images = { 0 };
	struct ks_history history;
	struct ks_error *err = ks_store_open(path, KS_STORE_READ, &store);
	if (!err)
		err = ks_store_images(store, &arena, &images);
	for (size_t i = 0; !err && i < images.nr; i++) {
		struct ks_surface *surface = NULL;
		struct ks_error *bad = ks_store_surface(store, images.at[i], &surface);
		nr_errors += bad != NULL;
		ks_error_free(bad);
		ks_surface_free(surface);
	}
	static const char *const names[] = { "special", "filler_1", "get_filler_1000" };
	for (size_t i = 0; !err && i < 3; i++) {
		struct ks_error *bad =
			ks_store_history(store, &images, KS_FUNCTION, names[i], &arena, &history);
		nr_errors += bad != NULL;
		ks_error_free(bad);
	}
	nr_errors += err != NULL;
	ks_error_free(err);
	ks_arena_deinit(&arena);
	ks_store_close(store);
	return nr_errors;
}

static void damaged_rows_are_an_error(void **state)
{
	static const char *const damages[] = {
		"UPDATE block SET data = substr(data, 1, length(data) / 2)",
		"UPDATE block SET data = zeroblob(length(data))",
		"UPDATE block SET data = x''",
		"UPDATE block SET nr = nr + 1",
		"UPDATE block SET first = -first",
		"DELETE FROM block",
		"UPDATE columns SET data = substr(data, 1, length(data) - 3)",
		"UPDATE columns SET data = (SELECT data FROM block)",
		"UPDATE columns SET base = id",
		"DELETE FROM columns",
		"UPDATE segment SET names = '[\"special'",
		"UPDATE segment SET names = '[\"\\u00'",
		"DELETE FROM segment",
		"UPDATE part SET nr = 4000000000 WHERE name = 'symbol.names'",
		"UPDATE part SET data = (SELECT data FROM columns)",
		"DELETE FROM part",
	};
	const char *path = place_path(state);
	for (size_t i = 0; i < KS_ARRAY_LEN(damages); i++) {
		struct ks_store *store = NULL;
		assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
		place_put(store, 1);
		place_put(store, 2);
		ks_store_close(store);
		assert_int_equal(read_everything(path), 0);
		place_sql(path, damages[i]);
		size_t nr_errors = read_everything(path);
		if (!nr_errors && strcmp(damages[i], "DELETE FROM part") != 0)
			fail_msg("nothing was noticed after: %s", damages[i]);
		assert_int_equal(unlink(path), 0);
	}
}

/** The schema is the program of a store: what is not ours is not run. */
static void foreign_schemas_are_refused(void **state)
{
	static const struct {
		const char *sql, *what;
	} lies[] = {
		{ "CREATE TRIGGER t AFTER INSERT ON part BEGIN DELETE FROM image; END",
		  "one more trigger" },
		{ "CREATE TRIGGER part AFTER INSERT ON part BEGIN DELETE FROM image; END",
		  "'part' is another trigger" },
		{ "CREATE VIEW v AS SELECT 1", "one more view" },
		{ "CREATE TABLE t(x)", "one more table" },
		{ "CREATE INDEX i ON part(nr)", "one more index" },
		{ "CREATE INDEX i ON part(abs(nr))", "one more index" },
		{ "ANALYZE", "one more table" },
		{ "CREATE VIRTUAL TABLE t USING fts5(x)", "one more virtual table" },
		{ "DROP TABLE part; CREATE VIRTUAL TABLE part USING fts5(image, name, nr, data)",
		  "'part' is another virtual table" },
		{ "DROP TABLE part; CREATE VIEW part AS WITH RECURSIVE c(n) AS (SELECT 1 UNION"
		  " ALL SELECT n FROM c) SELECT n AS image, '' AS name, 1 AS nr, x'' AS data FROM "
		  "c",
		  "'part' is another view" },
		{ "ALTER TABLE part ADD COLUMN twice INTEGER AS (nr + nr)",
		  "'part' is another table" },
		{ "ALTER TABLE image ADD COLUMN more TEXT", "'image' is another table" },
		{ "DROP VIEW sizes", "is missing" },
		{ "DROP VIEW sizes; CREATE VIEW sizes AS SELECT 1", "'sizes' is another view" },
		{ "PRAGMA user_version = 2", "'image' is another table" },
		{ "PRAGMA writable_schema = 1; INSERT INTO sqlite_schema SELECT * FROM"
		  " sqlite_schema WHERE name = 'sizes'",
		  "" },
		{ "PRAGMA writable_schema = 1; UPDATE sqlite_schema SET sql = 'CREATE TABLE"
		  " part(image, name, nr, data AS (zeroblob(1000000000)))' WHERE name = 'part'",
		  "" },
	};
	const char *path = place_path(state);
	for (size_t i = 0; i < KS_ARRAY_LEN(lies); i++) {
		struct ks_store *store = NULL;
		assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
		place_put(store, 1);
		ks_store_close(store);
		place_sql(path, lies[i].sql);
		expect_error(ks_store_open(path, KS_STORE_READ, &store), KS_ERR_STORE,
			     lies[i].what);
		expect_error(ks_store_open(path, KS_STORE_WRITE, &store), KS_ERR_STORE,
			     lies[i].what);
		assert_int_equal(unlink(path), 0);
	}
}

/** The same while a handle is open: the next look sees it. */
static void foreign_schemas_are_refused_later_too(void **state)
{
	const char *path = place_path(state);
	_cleanup_store_ struct ks_store *reader = NULL, *writer = NULL;
	_cleanup_surface_ struct ks_surface *surface = sample_surface(2, FILLERS);
	struct ks_put_result result;
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &writer));
	place_put(writer, 1);
	assert_ok(ks_store_open(path, KS_STORE_READ, &reader));
	assert_ok(ks_store_snapshot_begin(reader));
	ks_store_snapshot_end(reader);
	place_sql(path, "CREATE TRIGGER t AFTER INSERT ON part BEGIN DELETE FROM image; END");
	expect_error(ks_store_snapshot_begin(reader), KS_ERR_STORE, "one more trigger");
	expect_error(ks_store_put(writer, surface, THREADS, &result), KS_ERR_STORE,
		     "one more trigger");
	place_sql(path, "DROP TRIGGER t");
	place_check(reader, 1);
	assert_true(place_put(writer, 2).added);
}

/** Rows and pages that lie about how much there is. */
static void what_takes_too_long_ends(void **state)
{
	const char *path = place_path(state);
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
	place_put(store, 1);
	expect_error(ks_sql_script(store, "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n"
					  " FROM c) SELECT count(*) FROM c"),
		     KS_ERR_STORE, "longer than its bytes explain");
	expect_error(ks_sql_script(store, "SELECT length(zeroblob(300000000))"), KS_ERR_STORE,
		     "too big");
	expect_error(ks_sql_script(store, "ATTACH ':memory:' AS other"), KS_ERR_STORE, "attached");
	expect_error(ks_sql_script(store, "PRAGMA writable_schema = 1; DELETE FROM sqlite_schema"),
		     KS_ERR_STORE, "may not be modified");
	place_check(store, 1);
}

/** @return the exit status: 0 when it failed as it must */
static int write_too_much(const char *path)
{
	const struct rlimit limit = { 100000, 100000 };
	_cleanup_surface_ struct ks_surface *surface = sample_surface(2, FILLERS);
	_cleanup_store_ struct ks_store *writer = NULL;
	struct ks_put_result result;
	signal(SIGXFSZ, SIG_IGN);
	if (ks_store_open(path, KS_STORE_WRITE, &writer) || setrlimit(RLIMIT_FSIZE, &limit) != 0)
		return 1;
	_cleanup_error_ struct ks_error *err = ks_store_put(writer, surface, THREADS, &result);
	return !err ? 2 : err->code == KS_ERR_IO && strstr(err->msg, "unchanged") ? 0 : 3;
}

static void full_disk_is_one_error_and_changes_nothing(void **state)
{
	const char *path = place_path(state);
	static struct ks_store *store; // of the child, too, which leaves it alone
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
	place_put(store, 1);
	pid_t child = fork();
	if (child == 0)
		_exit(write_too_much(path));
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(place_count(path), 1);
	place_check(store, 1);
	assert_true(place_put(store, 2).added);
	place_check(store, 2);
	ks_store_close(store);
}

static void failed_put_does_not_spoil_the_handle(void **state)
{
	const char *path = place_path(state);
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_surface_ struct ks_surface *surface = sample_surface(2, FILLERS);
	struct ks_put_result result;
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
	place_put(store, 1);
	place_sql(path, "UPDATE part SET image = 2 WHERE name = 'symbol.places'");
	expect_error(ks_store_put(store, surface, THREADS, &result), KS_ERR_STORE, "part.image");
	place_sql(path, "UPDATE part SET image = 1 WHERE image = 2");
	assert_true(place_put(store, 2).added);
	place_check(store, 1);
	place_check(store, 2);
}

static void read_only_file_can_be_read_but_not_written(void **state)
{
	const char *path = place_path(state);
	struct ks_store *store = NULL;
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
	place_put(store, 1);
	ks_store_close(store);
	assert_ok(ks_store_open(path, KS_STORE_READ, &store));
	place_check(store, 1);
	expect_error(ks_store_set(store, "a", "b"), KS_ERR_STORE, "reading only");
	ks_store_close(store);
}

/** The reader of a folder that it cannot write, as somebody whom permissions bind. @return its status */
static int read_alone(const char *path, int ready, int written)
{
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_images images;
	char byte = 0;
	if (geteuid() == 0 && setuid(65534) != 0)
		return 1;
	if (ks_store_open(path, KS_STORE_READ, &store) || ks_store_snapshot_begin(store) ||
	    ks_store_images(store, &arena, &images) || images.nr != 1)
		return 2;
	if (write(ready, &byte, 1) != 1 || read(written, &byte, 1) != 1)
		return 3;
	_cleanup_error_ struct ks_error *err = ks_store_images(store, &arena, &images);
	return err && err->code == KS_ERR_STORE && strstr(err->msg, "try again") ? 0 : 4;
}

/** SQLite can lock nothing there, and would mix pages of before and after. */
static void nobody_is_told_two_states_where_nothing_can_be_locked(void **state)
{
	struct place *place = *state;
	struct ks_store *store = NULL;
	int ready[2], written[2], status;
	char byte = 0;
	assert_ok(ks_store_open(place->path, KS_STORE_CREATE, &store));
	place_put(store, 1);
	ks_store_close(ks_take(store));
	assert_int_equal(pipe(ready) | pipe(written) | chmod(place->dir, 0555), 0);
	pid_t child = fork();
	if (child == 0)
		_exit(read_alone(place->path, ready[1], written[0]));
	close(ready[1]);
	bool began = read(ready[0], &byte, 1) == 1;
	assert_int_equal(chmod(place->dir, 0755), 0);
	if (began) {
		assert_ok(ks_store_open(place->path, KS_STORE_WRITE, &store));
		place_put(store, 2);
		ks_store_close(store);
		assert_int_equal(write(written[1], &byte, 1), 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(ready[0]);
	close(written[0]);
	close(written[1]);
}

static void locked_store_is_waited_for_as_long_as_was_said(void **state)
{
	const char *path = place_path(state);
	struct ksurf_store *store;
	sqlite3 *db;
	assert_null(ksurf_store_open(path, KSURF_CREATE, &store));
	assert_int_equal(ks_store_wait(store->store), 10);
	place_put(store->store, 1);
	ksurf_store_close(store);
	assert_null(ksurf_store_open_waiting(path, KSURF_CREATE, 1, &store));
	assert_int_equal(ks_store_wait(store->store), 1);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	struct ksurf_error *err = ksurf_store_remove(store, "6.1.0-1");
	assert_non_null(err);
	assert_int_equal(ksurf_error_code(err), KSURF_ERR_STORE);
	assert_non_null(strstr(ksurf_error_text(err), "another process is writing the store"));
	ksurf_error_free(err);
	sqlite3_close(db);
	assert_null(ksurf_store_remove(store, "6.1.0-1"));
	ksurf_store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reader_goes_on_while_an_image_is_added),
		TEST(kill_leaves_the_store_as_before_or_with_the_whole_image),
		TEST(foreign_and_newer_files_are_refused),
		TEST(damaged_rows_are_an_error),
		TEST(foreign_schemas_are_refused),
		TEST(foreign_schemas_are_refused_later_too),
		TEST(what_takes_too_long_ends),
		TEST(full_disk_is_one_error_and_changes_nothing),
		TEST(failed_put_does_not_spoil_the_handle),
		TEST(read_only_file_can_be_read_but_not_written),
		TEST(locked_store_is_waited_for_as_long_as_was_said),
		TEST(nobody_is_told_two_states_where_nothing_can_be_locked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
