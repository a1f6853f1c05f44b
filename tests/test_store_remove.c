/* SPDX-License-Identifier: BSD-2-Clause */
/* Whatever goes, and in whatever order, what stays says what it said, and is a difference to few. */
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

#include "base/array.h"
#include "base/memory.h"
#include "ingest/merge.h"
#include "place.h"
#include "sample.h"
#include "store/part.h"

enum { BUILDS = 9 };

static uint32_t draw(uint32_t *seed)
{
	return (*seed = *seed * 1664525 + 1013904223) >> 8;
}

static const char *label_of(unsigned int build)
{
	static const char *const labels[] = { "6.1.0-1", "6.1.0-2", "6.1.0-3", "6.1.0-4", "6.1.0-5",
					      "6.1.0-6", "6.1.0-7", "6.1.0-8", "6.1.0-9" };
	return labels[build - 1];
}

static struct ks_surface *surface_of(unsigned int build)
{
	return sample_surface(build, OLD_FILLERS);
}

static void put_builds(const char *path)
{
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
	for (unsigned int build = 1; build <= BUILDS; build++) {
		_cleanup_surface_ struct ks_surface *surface = surface_of(build);
		struct ks_put_result result;
		assert_ok(ks_store_put(store, surface, 1, &result));
		free(result.label);
	}
}

/* ---- hand-made chains ---- */

/** What the part of a build is to be a difference to; 0: nothing. @param depths of the builds before, filled in for this one */
typedef unsigned int base_fn(unsigned int build, unsigned int *depths, uint32_t *seed);

/** That of one of the two before, or nothing: chains as long as they are made. */
static unsigned int one_of_two_before(unsigned int build, unsigned int *depths, uint32_t *seed)
{
	unsigned int base = draw(seed) % 5 ? build - 1 - draw(seed) % 2 % build : 0;
	if (base && depths[base] == KS_PART_DEPTH)
		base = 0;
	depths[build] = base ? depths[base] + 1 : 0;
	return base;
}

static unsigned int the_one_before(unsigned int build, unsigned int *depths, uint32_t *seed)
{
	(void)seed;
	depths[build] = build - 1;
	return build - 1;
}

/** Write a part as a difference to that of another image. */
static void write_part(sqlite3 *db, const char *name, const int64_t ids[2],
		       const struct ks_buf raw[2], struct ks_zstd *zstd)
{
	_cleanup_buf_ struct ks_buf packed = { 0 };
	sqlite3_stmt *stmt;
	assert_ok(ks_zstd_pack(zstd, ks_bytes_of(&raw[1]), ks_bytes_of(&raw[0]), &packed));
	assert_int_equal(sqlite3_prepare_v2(db,
					    "UPDATE part SET data = ?1, base = ?2"
					    " WHERE image = ?3 AND name = ?4",
					    -1, &stmt, NULL),
			 SQLITE_OK);
	sqlite3_bind_blob(stmt, 1, packed.at, (int)packed.len, SQLITE_STATIC);
	if (ids[1])
		sqlite3_bind_int64(stmt, 2, ids[1]);
	sqlite3_bind_int64(stmt, 3, ids[0]);
	sqlite3_bind_text(stmt, 4, name, -1, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(stmt), SQLITE_DONE);
	sqlite3_finalize(stmt);
}

/** Every part of every build becomes a difference to what is chosen for it, each for itself. */
static void forge(const char *path, base_fn *base_of, uint32_t seed)
{
	_cleanup_store_ struct ks_store *store = NULL;
	struct ks_zstd zstd = { 0 };
	sqlite3 *db;
	assert_ok(ks_store_open(path, KS_STORE_READ, &store));
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	for (int part = 0; part < KS_NR_PARTS; part++) {
		const char *name = ks_part_name((enum ks_part)part);
		struct ks_buf raw[BUILDS + 1] = { 0 };
		unsigned int depths[BUILDS + 1] = { 0 };
		if (!name || part == KS_PART_MOVES)
			continue;
		for (unsigned int build = 1; build <= BUILDS; build++) {
			struct ks_part_row row;
			assert_ok(ks_part_load(store, build, name, &raw[build], &row));
		}
		for (unsigned int build = 1; build <= BUILDS; build++) {
			unsigned int base = base_of(build, depths, &seed);
			const struct ks_buf both[] = { raw[build], raw[base] };
			write_part(db, name, (const int64_t[]){ build, base }, both, &zstd);
		}
		for (unsigned int build = 1; build <= BUILDS; build++)
			ks_buf_deinit(&raw[build]);
	}
	sqlite3_close(db);
	ks_zstd_deinit(&zstd);
}

/** The longest chain of a store. */
static int64_t depth_of(const char *path)
{
	return place_number(path, "WITH RECURSIVE chain(name, at, depth) AS ("
				  " SELECT name, base, 0 FROM part UNION ALL"
				  " SELECT p.name, p.base, depth + 1 FROM chain JOIN part p"
				  " ON p.image = at AND p.name = chain.name WHERE depth < 99)"
				  " SELECT max(depth) FROM chain");
}

/** What stays is whole. @param gone a bit for each build */
static void check_rest(struct ks_store *store, const char *path, unsigned int gone)
{
	for (unsigned int build = 1; build <= BUILDS; build++) {
		if (gone & 1U << build)
			continue;
		_cleanup_surface_ struct ks_surface *want = surface_of(build);
		place_check_surface(store, want);
	}
	assert_int_equal(place_number(path, "SELECT count(*) FROM part"
					    " WHERE base NOT IN (SELECT id FROM image)"),
			 0);
	assert_int_equal(place_number(path, "SELECT count(*) FROM image"
					    " WHERE base NOT IN (SELECT id FROM image)"),
			 0);
	assert_int_equal(place_count(path), BUILDS - __builtin_popcount(gone));
}

/* ---- tests ---- */

/** The fault: what was whole became a difference, and what was one to it was one to too many. */
static void each_goes_in_any_order(void **state)
{
	const char *path = place_path(state);
	for (uint32_t seed = 1; seed <= 6; seed++) {
		_cleanup_store_ struct ks_store *store = NULL;
		uint32_t orders = seed;
		unsigned int gone = 0;
		put_builds(path);
		forge(path, one_of_two_before, seed);
		assert_int_equal(depth_of(path), KS_PART_DEPTH);
		assert_ok(ks_store_open(path, KS_STORE_WRITE, &store));
		check_rest(store, path, gone);
		for (int left = BUILDS; left; left--) {
			unsigned int build;
			do
				build = 1 + draw(&orders) % BUILDS;
			while (gone & 1U << build);
			assert_ok(ks_store_remove(store, label_of(build)));
			gone |= 1U << build;
			check_rest(store, path, gone);
			assert_true(left == 1 || depth_of(path) <= KS_PART_DEPTH);
		}
		assert_int_equal(place_number(path, "SELECT count(*) FROM block"), 0);
		ks_store_close(ks_take(store));
		assert_int_equal(unlink(path), 0);
	}
}

static void many_go_at_once(void **state)
{
	const char *path = place_path(state);
	for (uint32_t seed = 1; seed <= 12; seed++) {
		_cleanup_store_ struct ks_store *store = NULL;
		const char *labels[2 * BUILDS];
		uint32_t orders = seed;
		size_t nr = 0;
		put_builds(path);
		forge(path, one_of_two_before, seed);
		assert_ok(ks_store_open(path, KS_STORE_WRITE, &store));
		unsigned int gone = draw(&orders) & ((2U << BUILDS) - 2) & ~(2U << seed % BUILDS);
		for (unsigned int build = BUILDS; build; build--)
			for (int twice = 0; twice < 2 && gone & 1U << build; twice++)
				labels[nr++] = label_of(build);
		int64_t generation = place_number(path, "SELECT value FROM counter"
							" WHERE name = 'generation'");
		assert_ok(ks_store_remove_all(store, labels, nr));
		check_rest(store, path, gone);
		assert_true(depth_of(path) <= KS_PART_DEPTH);
		assert_int_equal(place_number(path, "SELECT value FROM counter"
						    " WHERE name = 'generation'"),
				 generation + (nr > 0)); // one transaction
		ks_store_close(ks_take(store));
		assert_int_equal(unlink(path), 0);
	}
}

static void none_goes_when_one_is_not_there(void **state)
{
	static const char *const labels[] = { "6.1.0-1", "6.1.0-77", "6.1.0-2" };
	const char *path = place_path(state);
	_cleanup_store_ struct ks_store *store = NULL;
	put_builds(path);
	assert_ok(ks_store_open(path, KS_STORE_WRITE, &store));
	expect_error(ks_store_remove_all(store, labels, KS_ARRAY_LEN(labels)), KS_ERR_NOTFOUND,
		     "6.1.0-77");
	check_rest(store, path, 0);
	assert_ok(ks_store_remove_all(store, labels, 1));
	check_rest(store, path, 1U << 1);
}

/** Removing made chains that were too long for who had made them; they are read, and end. */
static void longer_chains_are_read(void **state)
{
	const char *path = place_path(state);
	_cleanup_store_ struct ks_store *store = NULL;
	unsigned int gone = 0;
	put_builds(path);
	forge(path, the_one_before, 0);
	assert_int_equal(depth_of(path), KS_PART_DEPTH_READ);
	assert_ok(ks_store_open(path, KS_STORE_WRITE, &store));
	check_rest(store, path, gone);
	for (unsigned int build = 5; build <= 7; build++) {
		assert_ok(ks_store_remove(store, label_of(build)));
		gone |= 1U << build;
		check_rest(store, path, gone);
		assert_true(depth_of(path) < KS_PART_DEPTH_READ + 5 - (int)build);
	}
}

/** What takes the place of an image, comes from such a store, or is written anew, is not a difference to too many either. */
static void others_keep_the_bound(void **state)
{
	static base_fn *const forged[] = { one_of_two_before, the_one_before };
	const struct place *place = *state;
	char into_path[96];
	snprintf(into_path, sizeof(into_path), "%s/into", place->dir);
	for (size_t i = 0; i < KS_ARRAY_LEN(forged); i++) {
		_cleanup_store_ struct ks_store *store = NULL, *into = NULL;
		_cleanup_surface_ struct ks_surface *surface = surface_of(5);
		struct ks_put_result put;
		struct ks_merge_result merged;
		struct ks_repack_result repacked;
		put_builds(place->path);
		forge(place->path, forged[i], 7);
		place_sql(place->path, "UPDATE image SET tier = 'btf' WHERE id = 5");
		assert_ok(ks_store_open(into_path, KS_STORE_CREATE, &into));
		assert_ok(ks_store_open(place->path, KS_STORE_WRITE, &store));
		assert_ok(ks_store_put(store, surface, 1, &put));
		assert_true(put.replaced);
		free(put.label);
		check_rest(store, place->path, 0);
		assert_ok(ks_ingest_merge(into, store, 1, &merged));
		check_rest(into, into_path, 0);
		assert_true(depth_of(into_path) <= KS_PART_DEPTH);
		assert_ok(ks_store_repack(store, 1, NULL, &repacked));
		check_rest(store, place->path, 0);
		assert_true(depth_of(place->path) <= KS_PART_DEPTH);
		ks_store_close(ks_take(store));
		ks_store_close(ks_take(into));
		assert_int_equal(unlink(place->path), 0);
		assert_int_equal(unlink(into_path), 0);
	}
}

/** A part that is a difference to itself by others. */
static void chains_without_an_end_are_damage(void **state)
{
	const char *path = place_path(state);
	_cleanup_store_ struct ks_store *store = NULL;
	put_builds(path);
	forge(path, the_one_before, 0);
	place_sql(path, "UPDATE part SET base = 9 WHERE image = 2");
	assert_ok(ks_store_open(path, KS_STORE_WRITE, &store));
	expect_error(ks_store_remove(store, label_of(5)), KS_ERR_STORE, "without an end");
	expect_error(ks_store_remove(store, label_of(1)), KS_ERR_STORE, "too many");
	assert_int_equal(place_count(path), BUILDS);
}

/** Every answer about a store of which some were removed by one command, and about one that never had them. */
static void every_report_is_that_of_the_rest(void **state)
{
	static const char *const commands[] = {
		"images --json",
		"find '*'",
		"show function special",
		"show struct zoo --json",
		"log function special",
		"diff 6.1.0-2 6.1.0-6 --json",
		"stats --format json",
		"export 6.1.0-4 %s.out >/dev/null; cat $(find %s.out -type f | sort); rm -r %s.out",
	};
	const struct place *place = *state;
	char other[96];
	snprintf(other, sizeof(other), "%s/rest", place->dir);
	place_put_builds(place->path, 1, 6);
	for (unsigned int build = 2; build <= 6; build += 2)
		place_put_builds(other, build, build);
	_cleanup_buf_ struct ks_buf line = { 0 }, want = { 0 }, got = { 0 };
	ks_buf_printf(&line, "$KSURF_COMMAND --db %s images --remove 6.1.0-1 '*-[13]' 6.1.0-5",
		      place->path);
	assert_int_equal(place_shell(ks_buf_text(&line), &got), 0);
	for (size_t i = 0; i < KS_ARRAY_LEN(commands); i++) {
		const char *const paths[] = { other, place->path };
		struct ks_buf *const answers[] = { &want, &got };
		for (int k = 0; k < 2; k++) {
			line.len = 0;
			ks_buf_printf(&line, "$KSURF_COMMAND --db %s ", paths[k]);
			for (const char *at = commands[i]; *at; at++)
				if (at[0] == '%' && at[1] == 's' && at++)
					ks_buf_str(&line, paths[k]);
				else
					ks_buf_char(&line, *at);
			assert_int_equal(place_shell(ks_buf_text(&line), answers[k]), 0);
			assert_true(answers[k]->len > 0);
		}
		assert_string_equal(ks_buf_text(&want), ks_buf_text(&got));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_goes_in_any_order),
		TEST(many_go_at_once),
		TEST(none_goes_when_one_is_not_there),
		TEST(longer_chains_are_read),
		TEST(others_keep_the_bound),
		TEST(chains_without_an_end_are_damage),
		TEST(every_report_is_that_of_the_rest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
