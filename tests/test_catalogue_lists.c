/* SPDX-License-Identifier: BSD-2-Clause */
/* The lists of the images of a catalogue are the same whoever is expected, and those of its store. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "catalogue_world.h"
#include "store/layout.h"
#include "store/names.h"
#include "store/zstd.h"

/** A list of an image: its names, two numbers for each, and where its runs are cut. */
struct list {
	struct ks_buf names;
	KS_VECTOR(uint64_t) numbers;
	KS_VECTOR(int64_t) segments, columns;
};

static void list_deinit(struct list *list)
{
	ks_buf_deinit(&list->names);
	ks_vector_deinit(&list->numbers);
	ks_vector_deinit(&list->segments);
	ks_vector_deinit(&list->columns);
}

static struct ks_error *read_run(const struct ks_run_walk *walk, struct list *ret)
{
	_cleanup_buf_ struct ks_buf text = { 0 }, ids = { 0 };
	struct ks_columns columns;
	struct ks_row row;
	KS_TRY(ks_segment_names_load(walk->store, walk->row.segment, &text));
	KS_TRY(ks_columns_load(walk->store, walk->row.columns, &ids));
	KS_TRY(ks_columns_open(ids.at, ids.len, &columns));
	assert_true(columns.nr == walk->row.nr);
	assert_string_equal(text.at, walk->row.first);
	ks_buf_bytes(&ret->names, text.at, text.len);
	assert_true(ks_vector_add(&ret->segments, walk->row.segment));
	assert_true(ks_vector_add(&ret->columns, walk->row.columns));
	while (columns.at < columns.nr) {
		KS_TRY(ks_columns_next(&columns, &row));
		assert_true(ks_vector_add(&ret->numbers, row.first));
		assert_true(ks_vector_add(&ret->numbers, row.second));
	}
	return NULL;
}

static struct ks_error *read_list(struct ks_store *store, int64_t image, const char *name,
				  struct list *ret)
{
	_cleanup_run_ struct ks_run_walk walk = {
		.store = store, .image = image, .name = name, .counts = true
	};
	for (;;) {
		bool row;
		KS_TRY(ks_run_next(&walk, &row));
		if (!row)
			return NULL;
		KS_TRY(read_run(&walk, ret));
	}
}

static void check_lists(const struct list *a, const struct list *b)
{
	assert_int_equal(a->names.len, b->names.len);
	assert_memory_equal(a->names.at, b->names.at, a->names.len);
	assert_int_equal(a->numbers.len, b->numbers.len);
	assert_memory_equal(a->numbers.at, b->numbers.at, a->numbers.len * sizeof(uint64_t));
	assert_int_equal(a->columns.len, b->columns.len);
	assert_memory_equal(a->columns.at, b->columns.at, a->columns.len * sizeof(int64_t));
}

/** Segments are equal where the names of a row are. */
static void check_segments(struct ks_store *store, const struct list *a, const struct list *b)
{
	size_t nr = a->segments.len < b->segments.len ? a->segments.len : b->segments.len;
	for (size_t i = 0; i < nr; i++) {
		_cleanup_buf_ struct ks_buf x = { 0 }, y = { 0 };
		assert_ok(ks_segment_names_load(store, a->segments.at[i], &x));
		assert_ok(ks_segment_names_load(store, b->segments.at[i], &y));
		bool same = x.len == y.len && memcmp(x.at, y.at, x.len) == 0;
		assert_int_equal(a->segments.at[i] == b->segments.at[i], same);
	}
}

/** Two catalogues' worth of lists of each image. @param of which images are expected, by bits */
static void check_expecting(struct ks_store *plain, struct ks_store *asked, unsigned int of)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_images all, some;
	const struct ks_store_image *chosen[BUILDS];
	assert_ok(ks_store_images(asked, &arena, &all));
	assert_int_equal(all.nr, BUILDS);
	some = (struct ks_store_images){ .at = chosen };
	for (size_t i = 0; i < all.nr; i++)
		if (of >> i & 1)
			chosen[some.nr++] = all.at[i];
	assert_ok(ks_store_snapshot_begin(asked));
	assert_ok(ks_store_snapshot_begin(plain));
	assert_ok(ks_store_expect(asked, &some));
	for (int kind = 0; kind < KS_NR_LISTS; kind++) {
		struct list a[BUILDS] = { 0 }, b[BUILDS] = { 0 };
		const char *name = ks_list_name(kind);
		for (size_t i = 0; i < all.nr; i++) {
			assert_ok(read_list(plain, all.at[i]->id, name, &a[i]));
			assert_ok(read_list(asked, all.at[i]->id, name, &b[i]));
			check_lists(&a[i], &b[i]);
		}
		for (size_t i = 1; i < all.nr; i++) {
			bool both = (of >> i & 1) && (of >> (i - 1) & 1);
			check_segments(plain, &a[i - 1], &a[i]);
			if (both)
				check_segments(asked, &b[i - 1], &b[i]);
		}
		for (size_t i = 0; i < all.nr; i++) {
			list_deinit(&a[i]);
			list_deinit(&b[i]);
		}
	}
	ks_store_snapshot_end(plain);
	ks_store_snapshot_end(asked);
}

static void lists_are_the_same_whoever_is_expected(void **state)
{
	static const unsigned int sets[] = { 3, 2, 24, 31, 9, 1, 0, 16 };
	struct world world;
	_cleanup_store_ struct ks_store *plain = NULL, *asked = NULL;
	world_make(&world, state);
	world_serve(&world);
	assert_ok(ks_store_open(world.path, KS_STORE_READ, &plain));
	assert_ok(ks_store_open(world.path, KS_STORE_READ, &asked)); // one set after the other
	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++)
		check_expecting(plain, asked, sets[i]);
	world_stop(&world);
}

/** More images than sheets are made for: as if nobody had said anything. */
static void too_many_are_not_expected(void **state)
{
	enum { MANY = 200 };
	struct world world;
	_cleanup_store_ struct ks_store *plain = NULL, *asked = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_images all;
	const struct ks_store_image *at[MANY];
	const struct ks_store_images many = { .at = at, .nr = MANY };
	struct list a = { 0 }, b = { 0 };
	world_make(&world, state);
	world_serve(&world);
	assert_ok(ks_store_open(world.path, KS_STORE_READ, &plain));
	assert_ok(ks_store_open(world.path, KS_STORE_READ, &asked));
	assert_ok(ks_store_images(asked, &arena, &all));
	for (size_t i = 0; i < MANY; i++)
		at[i] = all.at[i % all.nr];
	assert_ok(ks_store_snapshot_begin(asked));
	assert_ok(ks_store_snapshot_begin(plain));
	assert_ok(ks_store_expect(asked, &many));
	assert_ok(read_list(plain, 1, "function", &a));
	assert_ok(read_list(asked, 1, "function", &b));
	check_lists(&a, &b);
	list_deinit(&a);
	list_deinit(&b);
	ks_store_snapshot_end(plain);
	ks_store_snapshot_end(asked);
	world_stop(&world);
}

/* ---- damage ---- */

/** Put other bytes in the place of the first row of names: one name, "a", of which a record says this. */
static void set_record(const char *path, const void *record, size_t len)
{
	_cleanup_buf_ struct ks_buf raw = { 0 }, frame = { 0 };
	struct ks_zstd zstd = { 0 };
	sqlite3 *db;
	sqlite3_stmt *stmt;
	ks_buf_uleb(&raw, 1); // names
	ks_buf_uleb(&raw, 0); // base
	ks_buf_uleb(&raw, 2);
	ks_buf_uleb(&raw, 1);
	ks_buf_strz(&raw, "a");
	ks_buf_uleb(&raw, len);
	ks_buf_bytes(&raw, record, len);
	assert_ok(ks_zstd_pack(&zstd, (struct ks_bytes){ 0 }, ks_bytes_of(&raw), &frame));
	ks_zstd_deinit(&zstd);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_prepare_v2(db, "UPDATE names SET data = ?1 WHERE id = 1", -1, &stmt, NULL),
		SQLITE_OK);
	sqlite3_bind_blob64(stmt, 1, frame.at, frame.len, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(stmt), SQLITE_DONE);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

/** What reading the lists of the second image says. */
static struct ks_error *read_lists(const char *path, struct list *ret)
{
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_images all;
	assert_ok(ks_store_open(path, KS_STORE_READ, &store));
	assert_ok(ks_store_images(store, &arena, &all));
	struct ks_store_images second = { .at = all.at + 1, .nr = 1 };
	assert_ok(ks_store_snapshot_begin(store));
	assert_ok(ks_store_expect(store, &second));
	struct ks_error *err = NULL;
	for (int kind = 0; kind < KS_NR_LISTS && !err; kind++)
		err = read_list(store, second.at[0]->id, ks_list_name(kind), ret);
	ks_store_snapshot_end(store);
	return err;
}

static void damaged_records_are_refused(void **state)
{
	static const struct {
		const char *record, *says; // says NULL: it is whole
		size_t len;
	} cases[] = {
		{ "\1\0\0\1\4", NULL, 5 },
		{ "\1\0\0\2\4", "value of a name that is not there", 5 },
		{ "\1\0\0\1\5", "a name has more images than there are", 5 },
		{ "\1\0\0\0\0\1\4", "a name has more images than there are", 7 },
		{ "\1\0\0\1\xff\xff\xff\xff\xff\xff\xff\xff\xff\1", "a name has more images", 14 },
		{ "\1\0\0\1", "runs past the end", 4 },
		{ "\2\0\0\1", "runs past the end", 4 },
		{ "\x7f\0\0\1\4", "more values than bytes", 5 },
	};
	struct world world;
	world_make(&world, state);
	world_serve(&world);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct list list = { 0 };
		set_record(world.path, cases[i].record, cases[i].len);
		struct ks_error *err = read_lists(world.path, &list);
		if (cases[i].says)
			expect_error(err, KS_ERR_STORE, cases[i].says);
		else
			assert_ok(err);
		list_deinit(&list);
	}
	world_stop(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lists_are_the_same_whoever_is_expected),
		TEST(too_many_are_not_expected),
		TEST(damaged_records_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
