/* SPDX-License-Identifier: BSD-2-Clause */
/* What one look at the store sees is one state of it, on however many handles; no id means two things. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "place.h"
#include "store/census.h"
#include "store/private.h"

static size_t count_images(struct ks_store *store)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_images images;
	assert_ok(ks_store_images(store, &arena, &images));
	return images.nr;
}

static void a_stretch_sees_one_state(void **state)
{
	const char *path = place_path(state);
	_cleanup_store_ struct ks_store *writer = NULL, *reader = NULL;
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &writer));
	place_put(writer, 1);
	assert_ok(ks_store_open(path, KS_STORE_READ, &reader));
	assert_ok(ks_store_snapshot_begin(reader));
	assert_ok(ks_store_snapshot_begin(reader));
	place_put(writer, 2);
	assert_ok(ks_store_remove(writer, "6.1.0-1"));
	assert_int_equal(count_images(reader), 1);
	place_check(reader, 1);
	ks_store_snapshot_end(reader);
	place_check(reader, 1);
	ks_store_snapshot_end(reader);
	place_check(reader, 2);
	assert_int_equal(count_images(reader), 1);
}

static void nothing_is_written_meanwhile(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	assert_ok(ks_store_snapshot_begin(store));
	expect_error(ks_store_set(store, "a", "b"), KS_ERR_STORE, "while it is read");
	ks_store_snapshot_end(store);
	assert_ok(ks_store_set(store, "a", "b"));
}

static struct ks_error *fail_after(struct ks_store *store, void *arg)
{
	KS_TRY(ks_store_set(store, arg, "1"));
	return ks_error_new(KS_ERR_USAGE, "no more");
}

static void writing_inside_writing_is_a_part_of_it(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	const char *value;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	expect_error(ks_sql_write(store, fail_after, "a"), KS_ERR_USAGE, "no more");
	assert_ok(ks_store_setting(store, &arena, "a", &value));
	assert_null(value);
}

static int64_t last_id(struct ks_store *store, enum ks_sql which)
{
	int64_t id;
	assert_ok(ks_sql_number(store, which, &id));
	return id;
}

static void ids_are_never_used_again(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	int64_t image = 0, columns = 0;
	for (unsigned int i = 1; i < 5; i++) { // a handle each time: nothing stays in memory
		assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
		place_put(store, 1);
		assert_true(last_id(store, KS_SQL_IMAGE_LAST) > image);
		assert_true(last_id(store, KS_SQL_COLUMNS_LAST) > columns);
		image = last_id(store, KS_SQL_IMAGE_LAST);
		columns = last_id(store, KS_SQL_COLUMNS_LAST);
		assert_ok(ks_store_remove(store, "6.1.0-1"));
		assert_int_equal(last_id(store, KS_SQL_IMAGE_LAST), 0);
		ks_store_close(ks_take(store));
	}
}

/** Images that a caller has kept are not there any more: what has come since is never taken for them. */
static void kept_images_do_not_become_others(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_images images;
	struct ks_surface *surface = NULL;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	place_put(store, 1);
	assert_ok(ks_store_images(store, &arena, &images));
	assert_ok(ks_store_remove(store, "6.1.0-1"));
	place_put(store, 2);
	struct ks_error *err = ks_store_surface(store, images.at[0], &surface);
	assert_true(err || !surface->nr_functions);
	ks_error_free(err);
	ks_surface_free(surface);
}

static unsigned int nr_siblings(struct ks_store *store)
{
	struct ks_siblings siblings;
	assert_ok(ks_siblings_open(store, 3, &siblings));
	size_t nr = count_images(siblings.at[0]);
	for (unsigned int i = 1; i < siblings.nr; i++)
		assert_int_equal(count_images(siblings.at[i]), nr);
	unsigned int ret = siblings.nr;
	ks_siblings_close(&siblings);
	return ret;
}

static void siblings_see_the_same_or_are_not_there(void **state)
{
	const char *path = place_path(state);
	_cleanup_store_ struct ks_store *writer = NULL, *reader = NULL;
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &writer));
	place_put(writer, 1);
	assert_ok(ks_store_open(path, KS_STORE_READ, &reader));
	assert_int_equal(nr_siblings(reader), 3);
	assert_ok(ks_store_snapshot_begin(reader));
	assert_int_equal(nr_siblings(reader), 3);
	assert_ok(ks_store_set(writer, "a", "b"));
	assert_int_equal(nr_siblings(reader), 1);
	ks_store_snapshot_end(reader);
	assert_int_equal(nr_siblings(reader), 3);
}

static void siblings_are_of_the_same_file(void **state)
{
	const char *path = place_path(state);
	char other[80];
	_cleanup_store_ struct ks_store *store = NULL, *reader = NULL;
	snprintf(other, sizeof(other), "%s-other", path);
	for (unsigned int build = 1; build < 3; build++) { // written as often
		assert_ok(ks_store_open(build == 1 ? path : other, KS_STORE_CREATE, &store));
		place_put(store, build);
		ks_store_close(ks_take(store));
	}
	assert_ok(ks_store_open(path, KS_STORE_READ, &reader));
	assert_ok(ks_store_snapshot_begin(reader));
	assert_int_equal(nr_siblings(reader), 3);
	assert_int_equal(rename(other, path), 0);
	assert_int_equal(nr_siblings(reader), 1);
	ks_store_snapshot_end(reader);
}

static void counts_are_those_of_the_state(void **state)
{
	const char *path = place_path(state);
	_cleanup_store_ struct ks_store *writer = NULL, *reader = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_images images;
	struct ks_census before[2], after[2];
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &writer));
	place_put(writer, 1);
	place_put(writer, 2);
	assert_ok(ks_store_open(path, KS_STORE_READ, &reader));
	assert_ok(ks_store_snapshot_begin(reader));
	assert_ok(ks_store_images(reader, &arena, &images));
	assert_int_equal(images.nr, 2);
	assert_ok(ks_store_census(reader, &images, 3, before));
	assert_ok(ks_store_remove(writer, "6.1.0-1"));
	place_put(writer, 3);
	assert_ok(ks_store_census(reader, &images, 3, after));
	assert_memory_equal(before, after, sizeof(before));
	ks_store_snapshot_end(reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_stretch_sees_one_state),
		TEST(nothing_is_written_meanwhile),
		TEST(writing_inside_writing_is_a_part_of_it),
		TEST(ids_are_never_used_again),
		TEST(kept_images_do_not_become_others),
		TEST(siblings_see_the_same_or_are_not_there),
		TEST(siblings_are_of_the_same_file),
		TEST(counts_are_those_of_the_state),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
