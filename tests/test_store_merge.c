/* SPDX-License-Identifier: BSD-2-Clause */
/* Merged stores say what a store says to which everything was added. */
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

static void put_builds(const char *path, unsigned int from, unsigned int to)
{
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
	for (unsigned int build = from; build <= to; build++)
		place_put(store, build);
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
	char bytes[4096];
	ks_buf_printf(&line, "$KSURF_COMMAND --db %s %s 2>&1", path, command);
	assert_non_null(ks_buf_text(&line));
	FILE *pipe = popen(line.at, "r");
	assert_non_null(pipe);
	for (size_t len; (len = fread(bytes, 1, sizeof(bytes), pipe));)
		ks_buf_bytes(&text, bytes, len);
	ks_buf_printf(&text, "\nstatus %d\n", pclose(pipe));
	assert_non_null(ks_buf_text(&text));
	return strdup(text.at);
}

static void every_report_is_the_same(void **state)
{
	static const char *const commands[] = {
		"images --json",	 "find '*'",
		"show function special", "show struct --all --json",
		"log function special",	 "diff 6.1.0-1 6.1.0-4 --json",
		"stats --format json",	 "check --json $KSURF_OBJECTS/tracing.bpfel.o",
	};
	const struct place *place = *state;
	char a[96], b[96];
	struct ks_merge_result result;
	path_of(place, "a", a);
	path_of(place, "b", b);
	put_builds(place->path, 1, 4);
	put_builds(a, 1, 2);
	put_builds(b, 2, 4);
	assert_ok(merge(a, b, &result));
	assert_int_equal(result.kernels.added, 2);
	assert_int_equal(result.kernels.kept, 1);
	for (size_t i = 0; i < KS_ARRAY_LEN(commands); i++) {
		_cleanup_free_ char *want = answer(place->path, commands[i]);
		_cleanup_free_ char *got = answer(a, commands[i]);
		assert_string_equal(want, got);
	}
	assert_ok(merge(a, b, &result));
	assert_int_equal(result.kernels.kept, 3);
	assert_int_equal(result.bytes, 0);
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
	put_builds(place->path, 1, 1);
	put_builds(b, 2, 2);
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

static void remove_builds(struct ks_store *store, unsigned int first, unsigned int last)
{
	for (unsigned int build = first; build <= last; build++) {
		char label[16];
		snprintf(label, sizeof(label), "6.1.0-%u", build);
		assert_ok(ks_store_remove(store, label));
	}
}

/** KSURF_KILLS says how often. */
static void killed_merge_leaves_all_or_nothing(void **state)
{
	const struct place *place = *state;
	const char *kills = getenv("KSURF_KILLS");
	unsigned int nr = kills ? (unsigned int)atoi(kills) : 12, nr_whole = 0;
	char b[96];
	struct ks_merge_result result;
	path_of(place, "b", b);
	put_builds(place->path, 1, 1);
	put_builds(b, 2, 4);
	for (unsigned int i = 0; i < nr; i++) {
		struct ks_store *store;
		pid_t child = fork();
		assert_true(child >= 0);
		if (!child)
			_exit(merge(place->path, b, &result) ? 1 : 0);
		usleep(i * 180000 / nr);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, NULL, 0), child);
		size_t images = place_count(place->path);
		assert_true(images == 1 || images == 4);
		nr_whole += images == 4;
		assert_ok(ks_store_open(place->path, KS_STORE_WRITE, &store));
		for (unsigned int build = 1; build <= images; build++)
			place_check(store, build);
		if (images == 4) // and once more
			remove_builds(store, 2, 4);
		ks_store_close(store);
	}
	print_message("of %u merges that were killed %u had come to their end\n", nr, nr_whole);
	assert_ok(merge(place->path, b, &result));
	assert_int_equal(place_count(place->path), 4);
	remove_others(place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_report_is_the_same),
		TEST(labels_and_choices_follow),
		TEST(killed_merge_leaves_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
