/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking kernels in: what is told of it and in which order, ending it at any moment, and that one kernel is one
 * image whatever it came in. The kernels are minis in small packages; a "plain" one has no debug information and, as
 * packages of one kernel may, another digest than the whole one with the same build id.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "check.h"
#include "deb_builder.h"
#include "ingest/ingest.h"
#include "range_server.h"
#include "source/load.h"

static const char label[] = "6.6.6-mini-amd64";
enum { EVENTS_MAX = 200 };

/* ---- a folder with kernels in it, and a store ---- */

struct bench {
	char *dir, *whole, *plain, *text, *module, *other;
	char path[256]; // of the store
	uint8_t *kernel;
	size_t kernel_len;
	struct ks_store *store;
};

static uint8_t *read_file(const char *path, size_t *len)
{
	FILE *file = fopen(path, "rb");
	if (!file)
		return NULL;
	must(fseek(file, 0, SEEK_END) == 0);
	*len = (size_t)ftell(file);
	rewind(file);
	uint8_t *bytes = malloc(*len + 1);
	must(bytes && fread(bytes, 1, *len, file) == *len);
	fclose(file);
	return bytes;
}

static uint8_t *read_built(const char *variable, const char *name, size_t *len)
{
	char path[4096];
	const char *folder = getenv(variable);
	snprintf(path, sizeof(path), "%s/%s", folder ? folder : "", name);
	return folder ? read_file(path, len) : NULL;
}

/** Every such text in the bytes becomes another of the same length. */
static void patch(uint8_t *bytes, size_t len, const char *text, const char *by)
{
	size_t n = strlen(text), nr = 0;
	must(strlen(by) == n);
	for (uint8_t *at = bytes; (at = memmem(at, (size_t)(bytes + len - at), text, n)); nr++)
		memcpy(at, by, n);
	assert_true(nr > 0);
}

/** A package with a kernel in it. */
static char *package(const char *dir, const char *name, const uint8_t *kernel, size_t len)
{
	_cleanup_buf_ struct ks_buf deb = { 0 };
	const struct file files[] = {
		{ .path = "./usr/share/doc/text", .len = 10000 },
		{ "./usr/lib/debug/lib/modules/6.6.6-mini-amd64/vmlinux", kernel, len, NULL },
		{ 0 },
	};
	char control[128], file[64];
	snprintf(control, sizeof(control), "Package: %s\nVersion: 6.6.6-1\nArchitecture: amd64\n",
		 name);
	snprintf(file, sizeof(file), "%s_6.6.6-1_amd64.deb", name);
	build_deb(control, files, PACK_XZ, &deb);
	return write_file(dir, file, deb.at, deb.len);
}

static void open_store(struct bench *bench)
{
	assert_ok(ks_store_open(bench->path, KS_STORE_CREATE, &bench->store));
}

/** An empty store. */
static void renew_store(struct bench *bench)
{
	static const char *const tails[] = { "", "-wal", "-shm" };
	ks_store_close(bench->store);
	for (size_t i = 0; i < KS_ARRAY_LEN(tails); i++) {
		char path[300];
		snprintf(path, sizeof(path), "%s%s", bench->path, tails[i]);
		unlink(path);
	}
	open_store(bench);
}

/** Skips the test when there are no mini kernels. */
static struct bench bench_new(void)
{
	struct bench bench = { 0 };
	size_t len, module_len, other_len;
	uint8_t *bytes = read_built("KSURF_MINIS", "btf-amd64-gcc-dwarf5", &len);
	uint8_t *module =
		read_built("KSURF_MINI_MODULES", "amd64-gcc-dwarf5-alpha.ko", &module_len);
	uint8_t *other = read_built("KSURF_MINIS", "i386-gcc-dwarf5", &other_len);
	if (!bytes || !module || !other)
		skip();
	bench.dir = make_dir();
	bench.whole = package(bench.dir, "linux-image-6.6.6-mini-amd64-dbg", bytes, len);
	bench.module = write_file(bench.dir, "alpha.ko", module, module_len);
	bench.other = write_file(bench.dir, "vmlinux", other, other_len);
	bench.text = write_file(bench.dir, "readme", "a text\n", 7);
	bench.kernel = malloc(len);
	must(bench.kernel);
	memcpy(bench.kernel, bytes, len);
	bench.kernel_len = len;
	patch(bytes, len, ".debug_info", ".Debug_info");
	patch(bytes, len, "(mini@ksurf)", "(mini@other)");
	bench.plain = package(bench.dir, "plain", bytes, len);
	snprintf(bench.path, sizeof(bench.path), "%s/store", bench.dir);
	open_store(&bench);
	free(bytes);
	free(module);
	free(other);
	return bench;
}

static void bench_free(struct bench *bench)
{
	ks_store_close(bench->store);
	remove_dir(bench->dir);
	free(bench->whole);
	free(bench->plain);
	free(bench->text);
	free(bench->module);
	free(bench->other);
	free(bench->kernel);
}

/* ---- listening ---- */

/** What was told, shortened to a letter an event: p n a r k e f. */
struct log {
	char all[EVENTS_MAX + 1], results[EVENTS_MAX + 1]; // the latter without progress
	size_t nr, nr_added;
	size_t stop_at; // the event that ends it; 0: none
	bool inside;	// a call is under way
};

static bool listen(void *arg, const struct ks_ingest_event *event)
{
	static const char letters[] = {
		[KS_INGEST_PROGRESS] = 'p', [KS_INGEST_NOTE] = 'n',  [KS_INGEST_ADDED] = 'a',
		[KS_INGEST_REPLACED] = 'r', [KS_INGEST_KNOWN] = 'k', [KS_INGEST_ENRICHED] = 'e',
		[KS_INGEST_FAILED] = 'f'
	};
	struct log *log = arg;
	assert_false(log->inside);
	log->inside = true;
	char letter = letters[event->type];
	assert_true(log->nr < EVENTS_MAX);
	log->all[log->nr++] = letter;
	if (letter != 'p')
		log->results[strlen(log->results)] = letter;
	bool is_result = strchr("arke", letter) != NULL;
	log->nr_added += letter == 'a';
	assert_non_null(event->source);
	assert_int_equal(event->doing != NULL, letter == 'p');
	assert_int_equal(event->note != NULL, letter == 'n');
	assert_int_equal(event->error != NULL, letter == 'f');
	assert_int_equal(event->label != NULL, is_result);
	assert_int_equal(event->put != NULL, is_result);
	assert_int_equal(event->surface != NULL, is_result);
	assert_true(!event->put || event->put->added == (letter != 'k'));
	log->inside = false;
	return log->nr != log->stop_at;
}

static struct ks_error *take_in(struct bench *bench, const char *const *paths, size_t nr,
				const struct ks_ingest_opts *opts)
{
	struct ks_ingest_source sources[8] = { 0 };
	assert_true(nr <= KS_ARRAY_LEN(sources));
	for (size_t i = 0; i < nr; i++)
		sources[i].name = paths[i];
	return ks_ingest_into(bench->store, sources, nr, opts);
}

/** Take one path in and compare what came of it, without progress. */
static void expect(struct bench *bench, const char *path, const char *modules, const char *results)
{
	struct log log = { 0 };
	const struct ks_ingest_opts opts = {
		.nr_threads = 2,
		.modules = modules,
		.event = listen,
		.event_arg = &log,
	};
	assert_ok(take_in(bench, &path, 1, &opts));
	assert_string_equal(log.results, results);
}

/** The images of the store; the arena is the caller's. */
static struct ks_store_images images_of(struct bench *bench, struct ks_arena *arena)
{
	struct ks_store_images images;
	assert_ok(ks_store_images(bench->store, arena, &images));
	return images;
}

/* ---- one kernel is one image ---- */

static void whole_kernel_takes_the_place_of_the_plain_one(void **state)
{
	(void)state;
	struct bench bench = bench_new();
	struct ks_arena arena = { 0 };
	expect(&bench, bench.plain, NULL, "nna");
	struct ks_store_images images = images_of(&bench, &arena);
	assert_int_equal(images.nr, 1);
	assert_int_equal(images.at[0]->image.tier, KS_TIER_BTF);
	const char *digest = images.at[0]->image.digest;
	expect(&bench, bench.module, "all", "e");

	expect(&bench, bench.whole, NULL, "nr");
	images = images_of(&bench, &arena);
	assert_int_equal(images.nr, 1);
	assert_string_equal(images.at[0]->image.label, label);
	assert_int_equal(images.at[0]->image.tier, KS_TIER_FULL);
	assert_string_equal(images.at[0]->image.package, "linux-image-6.6.6-mini-amd64-dbg");
	assert_non_null(strstr(images.at[0]->image.banner, "mini@ksurf"));
	assert_string_equal(images.at[0]->image.digest, digest);
	assert_non_null(images.at[0]->modules);
	assert_int_equal(images.at[0]->modules->image.nr_modules, 1);

	expect(&bench, bench.module, "all", "k");
	expect(&bench, bench.plain, NULL, "nnk");
	expect(&bench, bench.whole, NULL, "nk");
	assert_int_equal(images_of(&bench, &arena).nr, 1);
	ks_arena_deinit(&arena);
	bench_free(&bench);
}

static void plain_kernel_leaves_the_whole_one_alone(void **state)
{
	(void)state;
	struct bench bench = bench_new();
	struct ks_arena arena = { 0 };
	struct log log = { 0 };
	const char *const paths[] = { bench.whole, bench.plain, bench.whole };
	const struct ks_ingest_opts opts = { .nr_threads = 2, .event = listen, .event_arg = &log };
	assert_ok(take_in(&bench, paths, KS_ARRAY_LEN(paths), &opts));
	assert_string_equal(log.results, "nannknk");
	struct ks_store_images images = images_of(&bench, &arena);
	assert_int_equal(images.nr, 1);
	assert_int_equal(images.at[0]->image.tier, KS_TIER_FULL);
	ks_arena_deinit(&arena);
	bench_free(&bench);
}

/* ---- events ---- */

/** What the sources of the next test are to be told of. */
struct story {
	struct bench *bench;
	struct log log;
	const char *progress_of; // the source that told how far it is, since the last result
};

static bool follow(void *arg, const struct ks_ingest_event *event)
{
	struct story *story = arg;
	const struct bench *bench = story->bench;
	if (event->type == KS_INGEST_PROGRESS) {
		assert_true(!event->total || event->done <= event->total);
		story->progress_of = event->source;
	} else if (event->type == KS_INGEST_NOTE) {
		assert_string_equal(event->source, bench->whole);
		assert_string_equal(story->progress_of, bench->whole);
		assert_int_equal(strncmp(event->note, "read 0.0 of 0.0 MB", 18), 0);
	} else if (event->type == KS_INGEST_FAILED) {
		assert_string_equal(event->source, bench->text);
		assert_int_equal(event->error->code, KS_ERR_UNSUPPORTED);
		assert_string_equal(event->error->file, bench->text);
	} else if (event->modules) {
		assert_string_equal(event->source, bench->module);
		assert_string_equal(event->label, label);
		assert_int_equal(event->modules->nr_read, 1);
		assert_int_equal(event->modules->nr_all, 1);
		assert_int_equal(event->modules->nr_failed, 0);
	} else if (strcmp(event->source, bench->whole) == 0) {
		assert_string_equal(event->label, label);
		assert_int_equal(strlen(event->surface->image.build_id), 40);
		assert_true(event->type == KS_INGEST_KNOWN || event->put->nr_definitions > 0);
	} else {
		assert_string_equal(event->source, bench->other);
		assert_int_equal(event->surface->image.elf_class, 32);
	}
	return listen(&story->log, event);
}

static void events_come_in_the_order_of_the_sources(void **state)
{
	(void)state;
	struct bench bench = bench_new();
	const char *const paths[] = { bench.whole, bench.text, bench.other, bench.whole };
	for (unsigned int threads = 1; threads <= 3; threads += 2) {
		struct story story = { .bench = &bench };
		const struct ks_ingest_opts opts = {
			.nr_threads = threads,
			.event = follow,
			.event_arg = &story,
		};
		renew_store(&bench);
		assert_ok(take_in(&bench, paths, KS_ARRAY_LEN(paths), &opts));
		assert_string_equal(story.log.results, "nafank");
		if (threads == 1)
			assert_int_equal(story.log.all[0], 'p');
	}
	bench_free(&bench);
}

static void modules_come_behind_their_kernel(void **state)
{
	(void)state;
	struct bench bench = bench_new();
	const char *const paths[] = { bench.module, bench.whole };
	struct story story = { .bench = &bench };
	const struct ks_ingest_opts opts = {
		.nr_threads = 2,
		.modules = "alpha",
		.event = follow,
		.event_arg = &story,
	};
	assert_ok(take_in(&bench, paths, KS_ARRAY_LEN(paths), &opts));
	assert_string_equal(story.log.results, "nae");
	bench_free(&bench);
}

static void strict_run_ends_at_the_first_failure(void **state)
{
	(void)state;
	struct bench bench = bench_new();
	struct ks_arena arena = { 0 };
	struct log log = { 0 };
	const char *const paths[] = { bench.whole, bench.text, bench.other };
	const struct ks_ingest_opts opts = {
		.nr_threads = 3,
		.strict = true,
		.event = listen,
		.event_arg = &log,
	};
	expect_error(take_in(&bench, paths, KS_ARRAY_LEN(paths), &opts), KS_ERR_UNSUPPORTED,
		     "a text file");
	assert_string_equal(log.results, "na");
	assert_int_equal(images_of(&bench, &arena).nr, 1);
	ks_arena_deinit(&arena);
	bench_free(&bench);
}

/* ---- ending it ---- */

/** Everything in the store can be read, and is what was told as added. */
static void check_stored(struct bench *bench, const struct log *log)
{
	struct ks_arena arena = { 0 };
	struct ks_store_images images = images_of(bench, &arena);
	assert_int_equal(images.nr, log->nr_added);
	for (size_t i = 0; i < images.nr; i++) {
		_cleanup_surface_ struct ks_surface *surface = NULL;
		assert_ok(ks_store_surface(bench->store, images.at[i], &surface));
		assert_true(surface->nr_functions > 10);
		assert_int_equal(images.at[i]->modules != NULL,
				 strchr(log->results, 'e') != NULL &&
					 images.at[i]->image.elf_class == 64);
	}
	ks_arena_deinit(&arena);
}

static void run_can_end_at_every_event(void **state)
{
	(void)state;
	struct bench bench = bench_new();
	const char *const paths[] = { bench.whole, bench.text, bench.module, bench.other };
	for (unsigned int threads = 1; threads <= 2; threads++) {
		size_t nr = 0;
		for (size_t stop_at = 1; !nr || stop_at <= nr; stop_at++) {
			struct log log = { .stop_at = nr ? stop_at : SIZE_MAX };
			const struct ks_ingest_opts opts = {
				.nr_threads = threads,
				.modules = "all",
				.event = listen,
				.event_arg = &log,
			};
			renew_store(&bench);
			struct ks_error *err = take_in(&bench, paths, KS_ARRAY_LEN(paths), &opts);
			if (!nr) { // the first run finds out how many events there are
				assert_ok(err);
				assert_string_equal(log.results, "nafaffe"); // two have no module
				nr = log.nr;
				stop_at = 0;
				continue;
			}
			expect_error(err, KS_ERR_CANCELLED, "cancelled");
			size_t later = log.nr - stop_at; // the result of what was put by then
			assert_true(later <= 1 && (!later || strchr("ae", log.all[stop_at])));
			check_stored(&bench, &log);
		}
		assert_true(nr > 8);
	}
	bench_free(&bench);
}

static void nothing_is_done_when_it_was_cancelled_before(void **state)
{
	(void)state;
	struct bench bench = bench_new();
	struct log log = { 0 };
	struct ks_cancel cancel = { 0 };
	const char *const paths[] = { bench.whole, bench.other };
	const struct ks_ingest_opts opts = {
		.event = listen,
		.event_arg = &log,
		.cancel = &cancel,
	};
	ks_cancel_want(&cancel);
	expect_error(take_in(&bench, paths, KS_ARRAY_LEN(paths), &opts), KS_ERR_CANCELLED,
		     "cancelled");
	assert_int_equal(log.nr, 0);
	check_stored(&bench, &log);
	bench_free(&bench);
}

/** Called when it is known which kernel it is, before the long part. */
static bool want_no_more(void *arg, const struct ks_image *image)
{
	assert_non_null(image->build_id);
	ks_cancel_want(arg);
	return false;
}

static void reading_can_end_before_the_long_part(void **state)
{
	(void)state;
	struct bench bench = bench_new();
	const char *const paths[] = { bench.whole, bench.plain, bench.other };
	for (size_t i = 0; i < KS_ARRAY_LEN(paths); i++) {
		_cleanup_source_ struct ks_source *src = NULL;
		struct ks_surface *surface = NULL;
		struct ks_cancel cancel = { 0 };
		const struct ks_extract_opts how = {
			.cancel = &cancel,
			.known = want_no_more,
			.known_arg = &cancel,
		};
		assert_ok(ks_source_open(paths[i], NULL, &src));
		expect_error(ks_source_surface(src, &how, &surface), KS_ERR_CANCELLED, "cancelled");
		assert_null(surface);
	}
	bench_free(&bench);
}

/** Another thread that loses its patience. */
static void *lose_patience(void *arg)
{
	usleep(30000);
	ks_cancel_want(arg);
	return NULL;
}

static void waiting_for_a_server_can_end(void **state)
{
	(void)state;
	struct bench bench = bench_new();
	static const char id[] = "06f8bde3004698a1b2c3d4e5f60718293a4b5c6d";
	const struct served_file files[] = {
		{ "/buildid/06f8bde3004698a1b2c3d4e5f60718293a4b5c6d/debuginfo", "kernel", 6 },
		{ 0 }
	};
	struct range_server server = { .files = files };
	if (!range_server_start(&server))
		skip();
	server.refuse = INT32_MAX; // "try again"
	struct ks_cancel cancel = { 0 };
	const struct ks_ingest_source source = { KS_INGEST_BUILD_ID, id };
	const struct ks_ingest_opts opts = {
		.debuginfod = server.url,
		.pull.http = { .tries = INT32_MAX, .backoff_ms = 1 },
		.strict = true,
		.cancel = &cancel,
	};
	pthread_t thread;
	assert_int_equal(pthread_create(&thread, NULL, lose_patience, &cancel), 0);
	expect_error(ks_ingest_into(bench.store, &source, 1, &opts), KS_ERR_CANCELLED, "cancelled");
	pthread_join(thread, NULL);
	range_server_stop(&server);
	bench_free(&bench);
}

/* ---- other ways in ---- */

static void kernels_come_by_build_id(void **state)
{
	(void)state;
	struct bench bench = bench_new();
	struct ks_arena arena = { 0 };
	expect(&bench, bench.whole, NULL, "na");
	char *id = ks_arena_strdup(&arena, images_of(&bench, &arena).at[0]->image.build_id);
	char path[128];
	snprintf(path, sizeof(path), "/buildid/%s/debuginfo", id);
	const struct served_file files[] = { { path, bench.kernel, bench.kernel_len }, { 0 } };
	struct range_server server = { .files = files };
	if (!range_server_start(&server))
		skip();
	const struct ks_ingest_source source = { KS_INGEST_BUILD_ID, id };
	for (int known = 0; known < 2; known++) {
		struct log log = { 0 };
		const struct ks_ingest_opts opts = {
			.debuginfod = server.url,
			.event = listen,
			.event_arg = &log,
		};
		if (!known)
			renew_store(&bench);
		assert_ok(ks_ingest_into(bench.store, &source, 1, &opts));
		assert_string_equal(log.results, known ? "nk" : "na");
		assert_int_equal(log.all[0], 'p');
	}
	range_server_stop(&server);
	ks_arena_deinit(&arena);
	bench_free(&bench);
}

static void modules_are_not_had_by_build_id(void **state)
{
	(void)state;
	struct ks_ingest *ingest = NULL;
	const struct ks_ingest_source source = { KS_INGEST_BUILD_ID, "00" };
	const struct ks_ingest_opts opts = { .modules = "all" };
	expect_error(ks_ingest_open(&source, 1, &opts, &ingest), KS_ERR_USAGE, "no modules");
	assert_null(ingest);
}

static void nothing_is_left_of_what_cannot_be_opened(void **state)
{
	(void)state;
	char *dir = make_dir();
	struct log log = { 0 };
	struct ks_ingest *ingest = NULL;
	const struct ks_ingest_source source = { KS_INGEST_PATH, dir };
	const struct ks_ingest_opts opts = { .event = listen, .event_arg = &log };
	assert_ok(ks_ingest_open(&source, 1, &opts, &ingest));
	assert_true(ks_ingest_is_empty(ingest));
	assert_string_equal(log.all, "f");
	ks_ingest_close(ingest);
	remove_dir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_kernel_takes_the_place_of_the_plain_one),
		cmocka_unit_test(plain_kernel_leaves_the_whole_one_alone),
		cmocka_unit_test(events_come_in_the_order_of_the_sources),
		cmocka_unit_test(modules_come_behind_their_kernel),
		cmocka_unit_test(strict_run_ends_at_the_first_failure),
		cmocka_unit_test(run_can_end_at_every_event),
		cmocka_unit_test(nothing_is_done_when_it_was_cancelled_before),
		cmocka_unit_test(reading_can_end_before_the_long_part),
		cmocka_unit_test(waiting_for_a_server_can_end),
		cmocka_unit_test(kernels_come_by_build_id),
		cmocka_unit_test(modules_are_not_had_by_build_id),
		cmocka_unit_test(nothing_is_left_of_what_cannot_be_opened),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
