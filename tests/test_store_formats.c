/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stores that an older ksurf wrote: stores/v1.ksurf holds builds 1 and 2 of the sample, of the time before bodies; v1-2.ksurf is
 * the same after version 0.2 wrote a setting, v2.ksurf what that version makes itself. v3-1.ksurf has them as version 3 kept them
 * before ids and places were apart.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "place.h"
#include "sample.h"

static int64_t version_of(const char *path)
{
	return place_number(path, "PRAGMA user_version");
}

static void check_old(struct ks_store *store, unsigned int build)
{
	_cleanup_surface_ struct ks_surface *want = sample_surface_1(build, OLD_FILLERS);
	place_check_surface(store, want);
}

static void check_history(struct ks_store *store, size_t nr)
{
	struct ks_arena arena = { 0 };
	struct ks_store_images images;
	struct ks_history history;
	assert_ok(ks_store_images(store, &arena, &images));
	assert_int_equal(images.nr, nr);
	assert_ok(ks_store_history(store, &images, KS_FUNCTION, "special", &arena, &history));
	assert_int_equal(history.nr, nr);
	for (size_t i = 0; i < nr; i++) {
		assert_int_equal(history.facts[i].function->nr_entries, 4);
		assert_true(history.facts[i].image->facts & KS_FACT_INLINE);
		assert_null(history.facts[i].modules);
	}
	ks_arena_deinit(&arena);
}

static void version_1_can_be_read_and_stays(void **state)
{
	const char *path = place_copy_old(place_path(state), "v1");
	_cleanup_store_ struct ks_store *store = NULL;
	assert_int_equal(version_of(path), 1);
	assert_ok(ks_store_open(path, KS_STORE_READ, &store));
	check_old(store, 1);
	check_old(store, 2); // based on the other
	check_history(store, 2);
	ks_store_close(ks_take(store));
	assert_ok(ks_store_open(path, KS_STORE_WRITE, &store));
	check_old(store, 1);
	assert_int_equal(version_of(path), 1);
}

static void version_1_becomes_version_3_when_it_is_written(void **state)
{
	const char *path = place_copy_old(place_path(state), "v1");
	_cleanup_store_ struct ks_store *store = NULL, *reader = NULL;
	assert_ok(ks_store_open(path, KS_STORE_READ, &reader));
	check_history(reader, 2);
	assert_ok(ks_store_open(path, KS_STORE_WRITE, &store));
	place_put(store, 3);
	assert_int_equal(version_of(path), 3);
	check_old(store, 1);
	check_old(store, 2);
	place_check(store, 3);
	check_history(store, 3);
	check_history(reader, 3); // opened before
	place_check(reader, 3);
	assert_ok(ks_store_remove(store, "6.1.0-1"));
	check_old(store, 2);
	place_check(store, 3);
	ks_store_close(ks_take(store));
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
	check_old(store, 2);
}

static void version_1_is_asked_for_kernels_as_any(void **state)
{
	const char *path = place_copy_old(place_path(state), "v1");
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_surface_ struct ks_surface *old = sample_surface_1(2, OLD_FILLERS);
	struct ks_image image = { .build_id = "aa", .digest = "none" };
	char *label = NULL;
	assert_ok(ks_store_open(path, KS_STORE_READ, &store));
	assert_ok(ks_store_known(store, &image, &label));
	assert_null(label);
	image.digest = old->image.digest;
	assert_ok(ks_store_known(store, &image, &label));
	assert_string_equal(label, "6.1.0-2");
	free(label);
	assert_int_equal(version_of(path), 1);
}

static void failed_write_leaves_version_1(void **state)
{
	const char *path = place_copy_old(place_path(state), "v1");
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_surface_ struct ks_surface *surface = sample_surface(3, OLD_FILLERS);
	struct ks_put_result result;
	place_sql(path, "UPDATE pack SET hashes = x'00'"); // which only those that write read
	assert_ok(ks_store_open(path, KS_STORE_WRITE, &store));
	expect_error(ks_store_put(store, surface, 1, &result), KS_ERR_STORE, "hashes");
	assert_int_equal(version_of(path), 1);
	check_old(store, 1);
	check_history(store, 2);
}

static void version_2_is_read_as_it_is_and_becomes_version_3(void **state)
{
	static const char *const names[] = { "v2", "v1-2" };
	for (size_t i = 0; i < 2; i++) {
		const char *path = place_copy_old(place_path(state), names[i]);
		_cleanup_store_ struct ks_store *store = NULL, *reader = NULL;
		_cleanup_surface_ struct ks_surface *own = sample_surface_2(1, OLD_FILLERS);
		_cleanup_surface_ struct ks_surface *old = sample_surface_1(1, OLD_FILLERS);
		assert_ok(ks_store_open(path, KS_STORE_READ, &reader));
		place_check_surface(reader, i ? old : own);
		assert_int_equal(version_of(path), 2);
		assert_ok(ks_store_open(path, KS_STORE_WRITE, &store));
		place_put(store, 3);
		assert_int_equal(version_of(path), 3);
		assert_int_equal(
			place_number(path, "SELECT value FROM counter WHERE name = 'image'"), 4);
		place_check_surface(store, i ? old : own);
		place_check_surface(reader, i ? old : own);
		place_check(reader, 3);
		ks_store_close(ks_take(store));
		ks_store_close(ks_take(reader));
		assert_ok(ks_store_open(path, KS_STORE_WRITE, &store)); // its schema is known
		ks_store_close(ks_take(store));
		assert_int_equal(unlink(path), 0);
	}
}

static void check_first_3(struct ks_store *store, unsigned int build)
{
	_cleanup_surface_ struct ks_surface *want = sample_surface(build, OLD_FILLERS);
	place_check_surface(store, want);
}

/** Rows as they were stay, and are what new ones are told by, until they are written anew. */
static void first_rows_of_version_3_are_read(void **state)
{
	const char *path = place_copy_old(place_path(state), "v3-1");
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_surface_ struct ks_surface *third = sample_surface(3, OLD_FILLERS);
	struct ks_put_result put;
	struct ks_repack_result repacked;
	assert_ok(ks_store_open(path, KS_STORE_WRITE, &store));
	check_first_3(store, 1);
	check_first_3(store, 2); // based on the other
	check_history(store, 2);
	assert_ok(ks_store_put(store, third, 1, &put));
	free(put.label);
	assert_int_equal(place_number(path, "SELECT base FROM image WHERE label = '6.1.0-3'"), 1);
	assert_int_equal(
		place_number(path, "SELECT count(*) FROM part WHERE name = 'function.moves'"), 1);
	for (unsigned int build = 1; build <= 3; build++)
		check_first_3(store, build);
	check_history(store, 3);
	assert_ok(ks_store_remove(store, "6.1.0-1"));
	check_first_3(store, 2);
	check_first_3(store, 3);
	assert_ok(ks_store_repack(store, 1, NULL, &repacked));
	check_first_3(store, 2);
	check_first_3(store, 3);
	check_history(store, 2);
}

/** Stores of version 3 that were made before images knew their sets. */
static void early_version_3_is_read_as_it_is_and_learns_sets(void **state)
{
	static const char has_sets[] =
		"SELECT count(*) FROM pragma_table_info('image') WHERE name = 'sets'";
	static const char *const old[] = { NULL, "v1", "v2" };
	for (size_t i = 0; i < 3; i++) {
		const char *path = place_path(state);
		_cleanup_store_ struct ks_store *store = NULL, *reader = NULL;
		if (old[i])
			place_copy_old(path, old[i]);
		assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
		place_put(store, 3);
		ks_store_close(ks_take(store));
		place_sql(path, "ALTER TABLE image DROP COLUMN sets");
		assert_ok(ks_store_open(path, KS_STORE_READ, &reader));
		place_check(reader, 3);
		assert_ok(ks_store_open(path, KS_STORE_WRITE, &store));
		place_check(store, 3);
		assert_int_equal(place_number(path, has_sets), 0);
		assert_ok(ks_store_join_sets(store, "6.1.0-3", "debian:12@amd64"));
		assert_int_equal(place_number(path, has_sets), 1);
		assert_int_equal(place_number(path, "SELECT count(*) FROM image"
						    " WHERE sets = 'debian:12@amd64'"),
				 1);
		place_check(reader, 3); // opened before
		ks_store_close(ks_take(reader));
		ks_store_close(ks_take(store));
		assert_ok(ks_store_open(path, KS_STORE_READ, &reader)); // its schema is known
		place_check(reader, 3);
		assert_int_equal(unlink(path), 0);
	}
}

/** Nobody can tell whether an old store was written between two looks: one handle does all. */
static void old_stores_have_no_siblings(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(place_copy_old(place_path(state), "v2"), KS_STORE_READ, &store));
	struct ks_siblings siblings;
	assert_ok(ks_siblings_open(store, 3, &siblings));
	assert_int_equal(siblings.nr, 1);
	assert_ptr_equal(siblings.at[0], store);
	ks_siblings_close(&siblings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(version_1_can_be_read_and_stays),
		TEST(version_1_becomes_version_3_when_it_is_written),
		TEST(version_1_is_asked_for_kernels_as_any),
		TEST(failed_write_leaves_version_1),
		TEST(version_2_is_read_as_it_is_and_becomes_version_3),
		TEST(first_rows_of_version_3_are_read),
		TEST(early_version_3_is_read_as_it_is_and_learns_sets),
		TEST(old_stores_have_no_siblings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
