/* SPDX-License-Identifier: BSD-2-Clause */
/* Merged stores say what a store says to which everything was added. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/memory.h"
#include "ingest/merge.h"
#include "place.h"
#include "sample.h"
#include "store/selection.h"

static void path_of(const struct place *place, const char *name, char out[96])
{
	snprintf(out, 96, "%s/%s", place->dir, name);
}

static struct ks_error *merge(const char *into_path, const char *from_path,
			      struct ks_merge_result *ret)
{
	_cleanup_store_ struct ks_store *into = NULL, *from = NULL;
	KS_TRY(ks_store_open(from_path, KS_STORE_READ, &from));
	KS_TRY(ks_store_open(into_path, KS_STORE_CREATE, &into));
	return ks_ingest_merge(into, from, 1, ret);
}

static void remove_others(const struct place *place)
{
	char line[96];
	snprintf(line, sizeof(line), "rm -rf %s/*", place->dir);
	assert_int_equal(system(line), 0);
}

/** What a command says over a store; the caller frees it. */
static char *answer(const char *path, const char *command)
{
	_cleanup_buf_ struct ks_buf line = { 0 }, text = { 0 };
	ks_buf_printf(&line, "$KSURF_COMMAND --db %s %s 2>&1", path, command);
	int status = place_shell(ks_buf_text(&line), &text);
	ks_buf_printf(&text, "\nstatus %d\n", status);
	assert_non_null(ks_buf_text(&text));
	char *copy = strdup(text.at);
	for (char *at = copy; (at = strstr(at, path));) { // errors name the store
		size_t len = strlen(path);
		memmove(at, at + len, strlen(at + len) + 1);
	}
	return copy;
}

static void assert_same_answer(const char *a, const char *b, const char *command)
{
	_cleanup_free_ char *want = answer(a, command);
	_cleanup_free_ char *got = answer(b, command);
	assert_null(strstr(want, "usage:"));
	assert_string_equal(want, got);
}

/** The same files, of the same bytes. @param command that writes them below the folder that is put behind it */
static void assert_same_files(const char *a, const char *b, const char *command)
{
	_cleanup_buf_ struct ks_buf line = { 0 };
	ks_buf_printf(
		&line,
		"%s %s.out >/dev/null; find %s.out -type f | sort | tee /dev/stderr | xargs cat; "
		"rm -r %s.out",
		command, a, a, a);
	assert_same_answer(a, b, ks_buf_text(&line));
}

/** Every report over every kind, and what each of the images is when it is exported. */
static void assert_same_reports(const char *a, const char *b)
{
	static const char *const commands[] = {
		"images --json",
		"find '*'",
		"show function special",
		"diff 6.1.0-1 6.1.0-4 --json",
		"diff 6.1.0-2 6.1.0-3",
		"stats --format json",
		"deps --counts $KSURF_OBJECTS/tracing.bpfel.o",
		"check --json $KSURF_OBJECTS/tracing.bpfel.o",
		"check --since $KSURF_OBJECTS/*.bpfel.o",
		"who special $KSURF_OBJECTS/tracing.bpfel.o",
		"impact 6.1.0-1 6.1.0-4 $KSURF_OBJECTS/tracing.bpfel.o",
	};
	static const char *const of_kind[] = { "find '*' --kind %s", "log %s special", "log %s zoo",
					       "diff 6.1.0-1 6.1.0-3 --kind %s --json" };
	for (size_t i = 0; i < KS_ARRAY_LEN(commands); i++)
		assert_same_answer(a, b, commands[i]);
	for (int kind = 0; kind < KS_NR_KINDS; kind++)
		for (size_t i = 0; i < KS_ARRAY_LEN(of_kind); i++) {
			_cleanup_buf_ struct ks_buf line = { 0 };
			const char *at = strstr(of_kind[i], "%s");
			ks_buf_printf(&line, "%.*s%s%s", (int)(at - of_kind[i]), of_kind[i],
				      ks_kinds[kind].name, at + 2);
			assert_same_answer(a, b, ks_buf_text(&line));
		}
	for (int kind = 0; kind < KS_NR_KINDS; kind++) {
		char line[64];
		snprintf(line, sizeof(line), "show --all %s -o", ks_kinds[kind].name);
		assert_same_files(a, b, line);
	}
	for (int build = 1; build <= 4; build++) {
		char line[64];
		snprintf(line, sizeof(line), "export 6.1.0-%d", build);
		assert_same_files(a, b, line);
	}
}

static void every_report_is_the_same(void **state)
{
	const struct place *place = *state;
	char a[96], b[96];
	struct ks_merge_result result;
	path_of(place, "a", a);
	path_of(place, "b", b);
	place_put_builds(place->path, 1, 4);
	place_put_builds(a, 1, 2);
	place_put_builds(b, 2, 4);
	assert_ok(merge(a, b, &result));
	assert_int_equal(result.kernels.added, 2);
	assert_int_equal(result.kernels.kept, 1);
	assert_same_reports(place->path, a);
	assert_ok(merge(a, b, &result));
	assert_int_equal(result.kernels.kept, 3);
	assert_int_equal(result.bytes, 0);
	remove_others(place);
}

/** Rows come over as they are: differences to an image of theirs, or to the same one here. */
static void differences_stay_what_they_are(void **state)
{
	static const struct {
		unsigned int from, to; // builds here
		int64_t roots;	       // in the end
	} cases[] = { { 1, 2, 2 }, { 3, 3, 1 }, { 3, 4, 1 }, { 1, 3, 1 } };
	const struct place *place = *state;
	char a[96], b[96];
	path_of(place, "a", a);
	path_of(place, "b", b);
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		struct ks_merge_result result;
		struct ks_store *store;
		place_put_builds(a, cases[i].from, cases[i].to);
		place_put_builds(b, 3, 6);
		assert_ok(merge(a, b, &result));
		assert_int_equal(place_number(a, "SELECT count(*) FROM image WHERE base IS NULL"),
				 cases[i].roots);
		assert_ok(ks_store_open(a, KS_STORE_WRITE, &store));
		for (unsigned int build = cases[i].from; build <= 6; build++)
			place_check(store, build);
		assert_ok(ks_store_remove(store, "6.1.0-3")); // what others are differences to
		for (unsigned int build = cases[i].from; build <= 6; build++)
			if (build != 3)
				place_check(store, build);
		ks_store_close(store);
		remove_others(place);
	}
}

/** What is here and tells less gives way; what was a difference to it is whole all the same. */
static void fuller_images_take_their_place(void **state)
{
	const struct place *place = *state;
	char b[96];
	struct ks_merge_result result;
	struct ks_store *store;
	path_of(place, "b", b);
	place_put_builds(b, 1, 4);
	for (unsigned int build = 1; build <= 2; build++) {
		_cleanup_surface_ struct ks_surface *poor = sample_surface(build, 10);
		struct ks_put_result put;
		poor->image.tier = KS_TIER_BTF;
		assert_ok(ks_store_open(place->path, KS_STORE_CREATE, &store));
		assert_ok(ks_store_put(store, poor, 1, &put));
		free(put.label);
		ks_store_close(store);
	}
	assert_ok(merge(place->path, b, &result));
	assert_int_equal(result.kernels.replaced, 2);
	assert_int_equal(result.kernels.added, 2);
	assert_ok(ks_store_open(place->path, KS_STORE_READ, &store));
	for (unsigned int build = 1; build <= 4; build++)
		place_check(store, build);
	ks_store_close(store);
	remove_others(place);
}

static void stores_of_older_versions_are_taken(void **state)
{
	static const char *const versions[] = { "v1", "v1-2", "v2", "v3-1" };
	static const char *const commands[] = { "find '*'", "stats --format json" };
	const struct place *place = *state;
	char b[96], c[96];
	struct ks_merge_result result;
	path_of(place, "b", b);
	path_of(place, "c", c);
	for (size_t i = 0; i < KS_ARRAY_LEN(versions); i++) {
		place_copy_old(b, versions[i]);
		assert_ok(merge(c, b, &result));
		assert_true(result.kernels.added > 0);
		assert_int_equal(place_count(b), place_count(c));
		for (size_t k = 0; k < KS_ARRAY_LEN(commands); k++)
			assert_same_answer(b, c, commands[k]);
		assert_same_files(b, c, "show --all struct -o");
		remove_others(place);
		place_copy_old(b, versions[i]); // with rows of this version behind the old ones
		place_put_builds(b, 7, 8);
		assert_ok(merge(c, b, &result));
		assert_int_equal(place_count(b), place_count(c));
		for (size_t k = 0; k < KS_ARRAY_LEN(commands); k++)
			assert_same_answer(b, c, commands[k]);
		assert_same_files(b, c, "show --all struct -o");
		remove_others(place);
	}
}

/** Merge builds into a store of build 1, after some SQL has damaged what they come from. */
static struct ks_error *merge_damaged(const struct place *place, unsigned int from, unsigned int to,
				      const char *damage)
{
	char b[96];
	struct ks_merge_result result;
	path_of(place, "b", b);
	remove_others(place);
	place_put_builds(place->path, 1, 1);
	place_put_builds(b, from, to);
	place_sql(b, damage);
	return merge(place->path, b, &result);
}

/** Nothing is taken. */
static void expect_refused(const struct place *place, unsigned int from, unsigned int to,
			   const char *damage)
{
	struct ks_error *err = merge_damaged(place, from, to, damage);
	if (!err)
		fail_msg("taken: %s", damage);
	assert_int_equal(err->code, KS_ERR_STORE);
	ks_error_free(err);
	assert_int_equal(place_count(place->path), 1);
}

/** The same of an image that is read whole and put, but where it needs nothing of what is damaged. */
static void expect_refused_or_whole(const struct place *place, const char *damage)
{
	_cleanup_store_ struct ks_store *store = NULL;
	struct ks_error *err = merge_damaged(place, 2, 2, damage);
	ks_error_free(err);
	assert_int_equal(place_count(place->path), err ? 1 : 2);
	assert_ok(ks_store_open(place->path, KS_STORE_READ, &store));
	if (!err)
		place_check(store, 2);
}

static void damaged_stores_are_refused(void **state)
{
	static const char *const damages[] = {
		// a hash of another definition
		"UPDATE pack SET hashes = zeroblob(11) || x'01' || substr(hashes, 13)",
		// bytes of another one: two blocks change places
		"UPDATE block SET data = (SELECT data FROM block WHERE nr ="
		" (SELECT nr FROM block b WHERE b.first != 1 LIMIT 1) LIMIT 1) WHERE first = 1",
		"DELETE FROM block WHERE first = 1",
		"UPDATE columns SET data = substr(data, 1, length(data) - 1)",
		"UPDATE columns SET base = NULL WHERE base IS NOT NULL",
		"UPDATE part SET data = substr(data, 1, length(data) - 1)"
		" WHERE name = 'symbol.places'",
		"UPDATE part SET nr = 1000000 WHERE name = 'order.function'",
		"UPDATE segment SET names = substr(names, 1, length(names) - 1)",
		"DELETE FROM segment",
		"UPDATE list SET first = first || 'x' WHERE kind = 'struct'",
		// functions where structs should be
		"UPDATE part SET data = (SELECT p.data FROM part p WHERE p.image = part.image AND"
		" p.name = 'order.function'), nr = (SELECT p.nr FROM part p WHERE p.image ="
		" part.image AND p.name = 'order.function') WHERE name = 'order.struct'",
	};
	const struct place *place = *state;
	for (size_t i = 0; i < KS_ARRAY_LEN(damages); i++)
		expect_refused(place, 2, 4, damages[i]);
	// one that is read whole and put: its definitions could be anything else
	expect_refused(place, 2, 2, damages[0]);
	remove_others(place);
}

/** Most such bytes leave a frame that can be unpacked, and says something else. */
static void no_byte_of_a_row_may_be_another(void **state)
{
	static const char *const columns[][2] = { { "block", "data" },
						  { "columns", "data" },
						  { "part", "data" },
						  { "segment", "names" } };
	enum { ROWS = 7 };
	const struct place *place = *state;
	for (size_t i = 0; i < ROWS * KS_ARRAY_LEN(columns); i++) {
		const char *table = columns[i / ROWS][0], *column = columns[i / ROWS][1];
		_cleanup_buf_ struct ks_buf damage = { 0 };
		ks_buf_printf(
			&damage,
			"UPDATE %s SET %s = CAST(substr(%s, 1, length(%s) / 2) || CASE"
			" substr(%s, length(%s) / 2 + 1, 1) WHEN x'00' THEN x'01' ELSE x'00'"
			" END || substr(%s, length(%s) / 2 + 2) AS BLOB) WHERE rowid = (SELECT"
			" rowid FROM %s ORDER BY rowid LIMIT 1 OFFSET %zu * (SELECT count(*)"
			" FROM %s) / %d)",
			table, column, column, column, column, column, column, column, table,
			i % ROWS, table, ROWS);
		assert_non_null(ks_buf_text(&damage));
		expect_refused(place, 2, 4, damage.at);
		expect_refused_or_whole(place, damage.at);
	}
	remove_others(place);
}

static void labels_and_choices_follow(void **state)
{
	const struct place *place = *state;
	char b[96];
	struct ks_merge_result result;
	struct ks_store *store;
	struct ks_arena arena = { 0 };
	const char *base;
	path_of(place, "b", b);
	place_put_builds(place->path, 1, 1);
	place_put_builds(b, 2, 2);
	assert_ok(ks_store_open(b, KS_STORE_WRITE, &store));
	assert_ok(ks_store_relabel(store, "6.1.0-2", "6.1.0-1"));
	assert_ok(ks_store_set(store, KS_SETTING_BASE, "6.1.0-1"));
	ks_store_close(store);
	assert_ok(merge(place->path, b, &result));
	assert_ok(ks_store_open(place->path, KS_STORE_READ, &store));
	assert_ok(ks_store_setting(store, &arena, KS_SETTING_BASE, &base));
	assert_string_equal(base, "6.1.0-1@2");
	place_check(store, 1);
	ks_store_close(store);
	ks_arena_deinit(&arena);
	remove_others(place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_report_is_the_same),	      TEST(differences_stay_what_they_are),
		TEST(fuller_images_take_their_place), TEST(stores_of_older_versions_are_taken),
		TEST(damaged_stores_are_refused),     TEST(no_byte_of_a_row_may_be_another),
		TEST(labels_and_choices_follow),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
