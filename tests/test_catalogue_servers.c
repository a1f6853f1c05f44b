/* SPDX-License-Identifier: BSD-2-Clause */
/* Catalogues on servers, and in files, that are not what they should be: an error, or the answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/array.h"
#include "catalogue_world.h"

/** Opens, or looks all names up; the first error. */
static struct ks_error *read_all(struct world *world)
{
	_cleanup_store_ struct ks_store *catalogue = NULL;
	struct ks_arena arena = { 0 };
	struct ks_store_images images;
	struct world_names names = { 0 };
	KS_TRY(ks_store_open_remote(world->url, &world->http, &catalogue));
	struct ks_error *err = ks_store_images(catalogue, &arena, &images);
	if (!err)
		err = ks_store_names(catalogue, &images, KS_NR_KINDS, NULL, world_note, &names);
	for (size_t i = 0; !err && i < names.at.len; i += 50) {
		struct ks_history history;
		err = ks_store_history(catalogue, &images, names.at.at[i].kind, names.at.at[i].name,
				       &arena, &history);
	}
	world_names_deinit(&names);
	ks_arena_deinit(&arena);
	return err;
}

static void no_ranges_is_told(void **state)
{
	struct world world;
	world_make(&world, state);
	world.server.no_ranges = true;
	world_serve(&world);
	expect_error(read_all(&world), KS_ERR_UNSUPPORTED, "'ksurf fetch' takes the whole");
	world_stop(&world);
}

static void nothing_there_is_told(void **state)
{
	struct world world;
	world_make(&world, state);
	world.files[0].path = "/other";
	world_serve(&world);
	expect_error(read_all(&world), KS_ERR_NET, "no such file");
	world_stop(&world);
}

static void replaced_file_is_told(void **state)
{
	struct world world;
	world_make(&world, state);
	world.server.later = world.files; // neither the size nor the bytes tell
	world.server.later_etag = "other";
	world.server.later_from = 2;
	world_serve(&world);
	expect_error(read_all(&world), KS_ERR_NET, "was replaced while it was read");
	world_stop(&world);
}

static void other_file_is_not_taken_for_the_kept_one(void **state)
{
	struct world world;
	world_make(&world, state);
	world_serve(&world);
	assert_ok(read_all(&world));
	world.server.files = world.later;
	world.server.etag = "other";
	_cleanup_store_ struct ks_store *catalogue = NULL;
	struct ks_arena arena = { 0 };
	struct ks_store_images images;
	assert_ok(ks_store_open_remote(world.url, &world.http, &catalogue));
	assert_ok(ks_store_images(catalogue, &arena, &images));
	assert_int_equal(images.nr, BUILDS - 1);
	ks_arena_deinit(&arena);
	ks_store_close(ks_take(catalogue));
	world_stop(&world);
}

static void wrong_ranges_are_told(void **state)
{
	for (int says = 0; says < 2; says++) {
		struct world world;
		world_make(&world, state);
		world.server.wrong_range = !says;
		world.server.other_range = says;
		world_serve(&world);
		struct ks_error *err = read_all(&world);
		assert_non_null(err);
		if (says)
			expect_error(err, KS_ERR_NET, "another range than asked for");
		else
			ks_error_free(err);
		world_stop(&world);
		unlink(place_path(state));
	}
}

static void short_answers_are_asked_for_again(void **state)
{
	struct world world;
	world_make(&world, state);
	atomic_store(&world.server.cut_after, 5000);
	world_serve(&world);
	assert_ok(read_all(&world));
	world_stop(&world);
}

static void slow_server_is_left(void **state)
{
	struct world world;
	world_make(&world, state);
	world.server.drip_ms = 2;
	world.http.total_s = 1;
	world_serve(&world);
	expect_error(read_all(&world), KS_ERR_NET, "given up");
	world_stop(&world);
}

static void store_and_rubbish_are_refused(void **state)
{
	static const char rubbish[20000] = "no database";
	struct world world;
	struct ks_buf store = { 0 };
	world_make(&world, state);
	ks_store_close(ks_take(world.store)); // all of it is in the file then
	place_read_file(place_path(state), &store);
	world.files[0] = (struct served_file){ "/all.ksurf", store.at, store.len };
	world_serve(&world);
	expect_error(read_all(&world), KS_ERR_STORE, "only a catalogue");
	world.server.etag = "rubbish";
	world.files[0] = (struct served_file){ "/all.ksurf", rubbish, sizeof(rubbish) };
	expect_error(read_all(&world), KS_ERR_STORE, "not a ksurf store");
	world.server.etag = "half";
	world.files[0] = (struct served_file){ "/all.ksurf", world.bytes.at, world.bytes.len / 2 };
	struct ks_error *err = read_all(&world);
	assert_non_null(err);
	ks_error_free(err);
	ks_buf_deinit(&store);
	world_stop(&world);
}

static void damaged_cache_is_fetched_again(void **state)
{
	struct world world;
	char command[256];
	world_make(&world, state);
	world_serve(&world);
	assert_ok(read_all(&world));
	// every block but the first differs from its hash
	snprintf(command, sizeof(command),
		 "for f in %s/ksurf/catalogue-*; do dd if=/dev/zero of=$f bs=16384 seek=2 count=40"
		 " conv=notrunc status=none; done",
		 world.cache);
	assert_int_equal(system(command), 0);
	assert_ok(read_all(&world));
	world_stop(&world);
}

/** A byte of the file is another: an error, or an answer, and nothing else. */
static void damaged_catalogues_are_survived(void **state)
{
	struct world world;
	world_make(&world, state);
	world_serve(&world);
	for (size_t i = 0; i < 60; i++) {
		size_t at = (i * 7919 * 97) % world.bytes.len;
		world.bytes.at[at] ^= (char)(1 << i % 8);
		char etag[32];
		snprintf(etag, sizeof(etag), "damaged-%zu", i);
		world.server.etag = etag;
		ks_error_free(read_all(&world));
		world.bytes.at[at] ^= (char)(1 << i % 8);
	}
	world_stop(&world);
}

/** Replaced between two requests: the answer is that of the new one alone. */
static void command_starts_over(void **state)
{
	// where these lie does not come with the first request
	static const char *const commands[] = { "show function get_filler_1998",
						"show function get_filler_1996 --json" };
	struct world world;
	struct ks_buf expected = { 0 }, server = { 0 };
	char old[100], command[100];
	if (!getenv("KSURF_COMMAND"))
		skip();
	world_make(&world, state);
	world.server.later = world.later;
	world.server.later_etag = "other";
	world.server.later_from = 2;
	world_serve(&world);
	snprintf(old, sizeof(old), "%s.old", world.path);
	FILE *file = fopen(old, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(world.other.at, 1, world.other.len, file), world.other.len);
	fclose(file);
	for (size_t i = 0; i < KS_ARRAY_LEN(commands); i++) {
		snprintf(command, sizeof(command), "rm -rf %s/ksurf", world.cache);
		assert_int_equal(system(command), 0);
		atomic_store(&world.server.requests, 0);
		world_command(old, commands[i], &expected);
		world_command(world.url, commands[i], &server);
		assert_true(atomic_load(&world.server.requests) > 2);
		assert_string_equal(expected.at, server.at);
	}
	unlink(old);
	ks_buf_deinit(&expected);
	ks_buf_deinit(&server);
	world_stop(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_ranges_is_told),
		TEST(nothing_there_is_told),
		TEST(replaced_file_is_told),
		TEST(other_file_is_not_taken_for_the_kept_one),
		TEST(wrong_ranges_are_told),
		TEST(short_answers_are_asked_for_again),
		TEST(slow_server_is_left),
		TEST(store_and_rubbish_are_refused),
		TEST(damaged_cache_is_fetched_again),
		TEST(damaged_catalogues_are_survived),
		TEST(command_starts_over),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
