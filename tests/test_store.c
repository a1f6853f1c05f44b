/* SPDX-License-Identifier: BSD-2-Clause */
/* What is put into a store comes out of it, under which label, instead of what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/array.h"
#include "place.h"
#include "same.h"
#include "sample.h"
#include "surface/config.h"

static void images_come_back_whole(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	for (unsigned int build = 1; build <= 4; build++)
		assert_true(place_put(store, build).added);
	for (unsigned int build = 1; build <= 4; build++)
		place_check(store, build);
}

static void next_build_adds_only_what_differs(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	struct ks_put_result first = place_put(store, 1), second = place_put(store, 2);
	assert_int_equal(first.nr_definitions, second.nr_definitions);
	assert_in_range(second.nr_new_definitions, 1, first.nr_definitions / 2);
	assert_true(second.bytes < first.bytes / 2);
}

static void same_image_again_changes_nothing(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_surface_ struct ks_surface *surface = sample_surface(1, FILLERS);
	struct ks_put_result result;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	assert_true(place_put(store, 1).added);
	surface->image.label = "another-label";
	assert_ok(ks_store_put(store, surface, THREADS, &result));
	assert_false(result.added);
	assert_string_equal(result.label, "6.1.0-1"); // under which it is there
	free(result.label);
	assert_int_equal(place_count(place_path(state)), 1);
}

/** Of one kernel the store keeps what tells most, under the label it had. */
static void fuller_image_takes_the_place(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	struct ks_put_result result = { 0 };
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	_cleanup_surface_ struct ks_surface *surface = sample_surface(1, FILLERS);
	static const enum ks_tier tiers[] = { KS_TIER_LIVE, KS_TIER_LIVE, KS_TIER_BTF,
					      KS_TIER_LIVE, KS_TIER_FULL, KS_TIER_FULL };
	static const bool added[] = { true, true, true, false, true, false };
	for (size_t i = 0; i < KS_ARRAY_LEN(tiers); i++) {
		surface->image.tier = tiers[i];
		assert_ok(ks_store_put(store, surface, THREADS, &result));
		assert_int_equal(result.added, added[i]);
		assert_int_equal(result.replaced, added[i] && i > 0);
		assert_string_equal(result.label, i ? "mine" : surface->image.label);
		if (!i)
			assert_ok(ks_store_relabel(store, result.label, "mine"));
		free(result.label);
	}
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_images images;
	assert_ok(ks_store_images(store, &arena, &images));
	assert_int_equal(images.nr, 1);
	assert_int_equal(images.at[0]->image.tier, KS_TIER_FULL);
}

/** Put the sample of a build as one of a tier and a build id. @return what became of it; the label is to be freed */
static struct ks_put_result put_as(struct ks_store *store, unsigned int build, enum ks_tier tier,
				   const char *build_id)
{
	_cleanup_surface_ struct ks_surface *surface = sample_surface(build, FILLERS);
	struct ks_put_result result = { 0 };
	surface->image.tier = tier;
	surface->image.build_id = build_id;
	assert_ok(ks_store_put(store, surface, THREADS, &result));
	return result;
}

/** What the store is asked before a kernel is read. */
static void expect_known(struct ks_store *store, const struct ks_image *image, const char *want)
{
	char *label = NULL;
	assert_ok(ks_store_known(store, image, &label));
	assert_true(same_text(label, want));
	free(label);
}

static void build_id_alone_decides(void **state)
{
	static const struct {
		unsigned int build; // tells label and digest
		const char *build_id;
		enum ks_tier tier;
		bool added, replaced;
		const char *label;
	} steps[] = {
		{ 1, "aa", KS_TIER_BTF, true, false, "6.1.0-1" },
		{ 2, "aa", KS_TIER_BTF, false, false, "6.1.0-1" },
		{ 2, "bb", KS_TIER_BTF, true, false, "6.1.0-2" },
		{ 3, "aa", KS_TIER_FULL, true, true, "6.1.0-1" },
		{ 1, "aa", KS_TIER_BTF, false, false, "6.1.0-1" },
		{ 4, "aa", KS_TIER_LIVE, false, false, "6.1.0-1" },
		{ 2, NULL, KS_TIER_BTF, false, false, "6.1.0-2" }, // by its digest
		{ 3, NULL, KS_TIER_FULL, true, false, "6.1.0-3" },
		{ 3, "cc", KS_TIER_FULL, false, false, "6.1.0-3" }, // of which no build id is known
	};
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	for (size_t i = 0; i < KS_ARRAY_LEN(steps); i++) {
		struct ks_put_result result =
			put_as(store, steps[i].build, steps[i].tier, steps[i].build_id);
		assert_int_equal(result.added, steps[i].added);
		assert_int_equal(result.replaced, steps[i].replaced);
		assert_string_equal(result.label, steps[i].label);
		free(result.label);
	}
	assert_int_equal(place_count(place_path(state)), 3);
	struct ks_image image = { .build_id = "aa", .tier = KS_TIER_FULL };
	expect_known(store, &image, "6.1.0-1");
	image.build_id = "dd";
	expect_known(store, &image, NULL);
	image = (struct ks_image){ .build_id = "bb", .tier = KS_TIER_FULL };
	expect_known(store, &image, NULL); // it would take the place
}

/** What takes the place of a poorer image is called by modules as that was. */
static void digest_outlives_what_it_was_taken_from(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_images before, after;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	free(put_as(store, 1, KS_TIER_BTF, "aa").label);
	assert_ok(ks_store_images(store, &arena, &before));
	free(put_as(store, 2, KS_TIER_FULL, "aa").label);
	assert_ok(ks_store_images(store, &arena, &after));
	assert_int_equal(after.nr, 1);
	assert_string_equal(after.at[0]->image.digest, before.at[0]->image.digest);
	_cleanup_surface_ struct ks_surface *want = sample_surface(2, FILLERS);
	want->image.build_id = "aa";
	want->image.label = "6.1.0-1";
	want->image.digest = before.at[0]->image.digest;
	place_check_surface(store, want);
}

/** Two images of one build id, as an older ksurf put them: the fuller one stands for both. */
static void twins_of_an_older_store_keep_working(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	free(put_as(store, 1, KS_TIER_BTF, "aa").label);
	free(put_as(store, 2, KS_TIER_FULL, "bb").label);
	place_sql(place_path(state), "UPDATE image SET build_id = 'aa'");
	for (enum ks_tier tier = KS_TIER_FULL; tier <= KS_TIER_LIVE; tier++) {
		struct ks_put_result result = put_as(store, 1, tier, "aa");
		assert_false(result.added);
		assert_string_equal(result.label, "6.1.0-2");
		free(result.label);
	}
	for (unsigned int build = 1; build <= 2; build++) {
		_cleanup_surface_ struct ks_surface *want = sample_surface(build, FILLERS);
		want->image.build_id = "aa";
		want->image.tier = build == 1 ? KS_TIER_BTF : KS_TIER_FULL;
		place_check_surface(store, want);
	}
	assert_ok(ks_store_remove(store, "6.1.0-2"));
	struct ks_put_result result = put_as(store, 2, KS_TIER_FULL, "aa");
	assert_true(result.replaced);
	assert_string_equal(result.label, "6.1.0-1");
	free(result.label);
}

static void taken_label_gets_a_number(void **state)
{
	static const char *const want[] = { "6.1.0-1", "6.1.0-1@2", "6.1.0-1@3" };
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	for (unsigned int i = 0; i < 3; i++) {
		_cleanup_surface_ struct ks_surface *surface = sample_surface(i + 1, 5);
		struct ks_put_result result;
		surface->image.label = "6.1.0-1";
		assert_ok(ks_store_put(store, surface, 1, &result));
		assert_string_equal(result.label, want[i]);
		free(result.label);
	}
}

static void bytes_do_not_depend_on_threads(void **state)
{
	_cleanup_surface_ struct ks_surface *surface = sample_surface(1, FILLERS);
	struct ks_put_result result[2];
	for (unsigned int i = 0; i < 2; i++) {
		_cleanup_store_ struct ks_store *store = NULL;
		assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
		assert_ok(ks_store_put(store, surface, i * 3 + 1, &result[i]));
		free(result[i].label);
		ks_store_close(ks_take(store));
		assert_int_equal(unlink(place_path(state)), 0);
	}
	assert_int_equal(result[0].bytes, result[1].bytes);
}

static void removed_base_leaves_the_others_whole(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	for (unsigned int build = 1; build <= 4; build++)
		place_put(store, build);
	assert_ok(ks_store_remove(store, "6.1.0-1"));
	assert_int_equal(place_count(place_path(state)), 3);
	for (unsigned int build = 2; build <= 4; build++)
		place_check(store, build);
	assert_true(place_put(store, 1).added); // what was dropped with it comes back
	for (unsigned int build = 1; build <= 4; build++)
		place_check(store, build);
	for (unsigned int build = 1; build <= 4; build++) {
		char label[16];
		snprintf(label, sizeof(label), "6.1.0-%u", build);
		assert_ok(ks_store_remove(store, label));
	}
	expect_error(ks_store_remove(store, "6.1.0-1"), KS_ERR_NOTFOUND, "6.1.0-1");
	struct ks_put_result again = place_put(store, 1);
	assert_int_equal(again.nr_definitions, again.nr_new_definitions); // nothing was left
	place_check(store, 1);
}

static void labels_and_settings_change(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	struct ks_arena arena = { 0 };
	const char *value;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	place_put(store, 1);
	place_put(store, 2);
	assert_ok(ks_store_relabel(store, "6.1.0-1", "mine"));
	expect_error(ks_store_relabel(store, "6.1.0-2", "mine"), KS_ERR_USAGE, "mine");
	expect_error(ks_store_relabel(store, "6.1.0-1", "x"), KS_ERR_NOTFOUND, "6.1.0-1");
	assert_ok(ks_store_setting(store, &arena, "base", &value));
	assert_null(value);
	assert_ok(ks_store_set(store, "base", "mine"));
	assert_ok(ks_store_set(store, "base", "yours"));
	assert_ok(ks_store_setting(store, &arena, "base", &value));
	assert_string_equal(value, "yours");
	assert_ok(ks_store_set(store, "base", NULL));
	assert_ok(ks_store_setting(store, &arena, "base", &value));
	assert_null(value);
	ks_arena_deinit(&arena);
}

static void views_answer_in_plain_sql(void **state)
{
	const char *path = place_path(state);
	struct ks_store *store = NULL;
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
	place_put(store, 1);
	ks_store_close(store);
	sqlite3 *db;
	sqlite3_stmt *stmt;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db,
					    "SELECT (SELECT count(*) FROM sizes WHERE what ="
					    " 'names' AND bytes > 0), (SELECT names"
					    " FROM counts WHERE kind = 'function'), (SELECT tier"
					    " FROM images)",
					    -1, &stmt, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(stmt, 0), 1);
	assert_int_equal(sqlite3_column_int(stmt, 1), FILLERS + 4);
	assert_string_equal((const char *)sqlite3_column_text(stmt, 2), "full");
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

/** Of one image the types of variables are known, of the other their names alone: neither is like the other. */
static void image_with_less_comes_behind_one_with_more(void **state)
{
	const char *path = place_path(state);
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_surface_ struct ks_surface *less = sample_surface_2(2, FILLERS);
	struct ks_put_result result;
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
	place_put(store, 1);
	assert_ok(ks_store_put(store, less, THREADS, &result));
	free(result.label);
	place_put(store, 3);
	place_check(store, 1);
	place_check_surface(store, less);
	place_check(store, 3);
}

static const char config_text[] = "CONFIG_BPF=y\n# CONFIG_BPF_JIT is not set\n";

/** The sample of a build as another source knows it. */
static struct ks_surface *known_otherwise(unsigned int build, enum ks_tier tier, bool config)
{
	struct ks_surface *surface = sample_surface(build, FILLERS);
	surface->image.tier = tier;
	surface->image.build_id = "0123456789abcdef";
	surface->config = NULL;
	surface->options = NULL;
	surface->nr_options = 0;
	surface->known &= ~KS_KNOWS(KS_CONFIG);
	if (config)
		assert_ok(ks_config_read(surface, &surface->arenas[0], config_text));
	return surface;
}

static void configuration_comes_to_the_image_that_lacks_it(void **state)
{
	static const enum ks_tier tiers[2] = { KS_TIER_FULL, KS_TIER_BTF };
	const char *path = place_path(state);
	for (int first = 0; first < 2; first++) {
		_cleanup_store_ struct ks_store *store = NULL;
		assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
		for (int i = 0; i < 3; i++) { // the third brings nothing new
			int which = i == 2 ? 1 : first ^ i;
			_cleanup_surface_ struct ks_surface *surface =
				known_otherwise(1, tiers[which], which == 1);
			struct ks_put_result result;
			assert_ok(ks_store_put(store, surface, THREADS, &result));
			assert_int_equal(result.added, i < 2);
			assert_int_equal(result.enriched, i == 1 && first == 0);
			assert_int_equal(result.replaced, i == 1 && first == 1);
			free(result.label);
		}
		_cleanup_surface_ struct ks_surface *both = known_otherwise(1, KS_TIER_FULL, true);
		place_check_surface(store, both);
		ks_store_close(ks_take(store));
		assert_int_equal(place_count(path), 1);
		unlink(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(images_come_back_whole),
		TEST(next_build_adds_only_what_differs),
		TEST(same_image_again_changes_nothing),
		TEST(fuller_image_takes_the_place),
		TEST(build_id_alone_decides),
		TEST(digest_outlives_what_it_was_taken_from),
		TEST(twins_of_an_older_store_keep_working),
		TEST(taken_label_gets_a_number),
		TEST(bytes_do_not_depend_on_threads),
		TEST(removed_base_leaves_the_others_whole),
		TEST(labels_and_settings_change),
		TEST(views_answer_in_plain_sql),
		TEST(image_with_less_comes_behind_one_with_more),
		TEST(configuration_comes_to_the_image_that_lacks_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
