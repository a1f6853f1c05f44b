/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What makes one file out of another is killed at many moments, while somebody reads: publishing, merging, repacking. Each look at the file is of
 * the state before or of the one behind, so is the file when the killed one is gone, and the next one comes to its end. KSURF_KILLS says how
 * often.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "ingest/merge.h"
#include "place.h"

enum { BEFORE = 1, BEHIND = 4 }; // images

/** One of the three. */
struct work {
	const char *path;  // of what is made, and read
	const char *other; // of what it is made from
	struct ks_error *(*run)(const struct work *work);
};

static struct ks_error *publish(const struct work *work)
{
	_cleanup_store_ struct ks_store *store = NULL;
	struct ks_publish_result result;
	KS_TRY(ks_store_open(work->other, KS_STORE_READ, &store));
	return ks_store_publish(store, work->path, NULL, &result);
}

static struct ks_error *merge(const struct work *work)
{
	_cleanup_store_ struct ks_store *into = NULL, *from = NULL;
	struct ks_merge_result result;
	KS_TRY(ks_store_open(work->other, KS_STORE_READ, &from));
	KS_TRY(ks_store_open(work->path, KS_STORE_WRITE, &into));
	return ks_ingest_merge(into, from, 1, &result);
}

static struct ks_error *repack(const struct work *work)
{
	_cleanup_store_ struct ks_store *store = NULL;
	struct ks_repack_result result;
	KS_TRY(ks_store_open(work->path, KS_STORE_WRITE, &store));
	return ks_store_repack(store, 1, NULL, &result);
}

/** How many images there are, all of which say what they say. */
static size_t look(const char *path)
{
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_images images;
	struct ks_history history;
	assert_ok(ks_store_open(path, KS_STORE_READ, &store));
	assert_ok(ks_store_snapshot_begin(store));
	assert_ok(ks_store_images(store, &arena, &images));
	assert_ok(ks_store_history(store, &images, KS_FUNCTION, "special", &arena, &history));
	assert_int_equal(history.nr, images.nr);
	for (size_t i = 0; i < images.nr; i++) {
		char label[32];
		snprintf(label, sizeof(label), "6.1.0-%zu", i + 1);
		assert_string_equal(images.at[i]->image.label, label);
	}
	ks_store_snapshot_end(store);
	return images.nr;
}

static int64_t now_us(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

/** What there is to tell in the end. */
struct tally {
	unsigned int nr_ended; // before they were killed
	size_t nr_looks;
};

/** Look again and again until the moment, then kill. @param first, last how many images there may be */
static void kill_at(const struct work *work, int64_t moment_us, size_t first, size_t last,
		    struct tally *tally)
{
	int status;
	int64_t start = now_us();
	pid_t child = fork();
	assert_true(child >= 0);
	if (!child)
		_exit(work->run(work) ? 1 : 0);
	do {
		size_t nr = look(work->path);
		assert_true(nr == first || nr == last);
		tally->nr_looks++;
	} while (now_us() - start < moment_us);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
	tally->nr_ended += WIFEXITED(status);
}

/** How long it takes when nobody kills it. */
static int64_t measure(const struct work *work)
{
	int64_t start = now_us();
	assert_ok(work->run(work));
	return now_us() - start;
}

static unsigned int nr_kills(void)
{
	const char *kills = getenv("KSURF_KILLS");
	return kills ? (unsigned int)atoi(kills) : 12;
}

static void tell(const char *what, const struct tally *tally)
{
	print_message("of %u %s that were killed %u had come to their end; %zu looks meanwhile\n",
		      nr_kills(), what, tally->nr_ended, tally->nr_looks);
}

static void remove_at(const char *path)
{
	char line[256];
	snprintf(line, sizeof(line), "rm -f %s %s-*", path, path);
	assert_int_equal(system(line), 0);
}

static void killed_publishing_leaves_one_of_both_files(void **state)
{
	const struct place *place = *state;
	_cleanup_buf_ struct ks_buf before = { 0 }, behind = { 0 }, now = { 0 };
	char out[96], small[96];
	unsigned int nr = nr_kills();
	struct tally tally = { 0 };
	snprintf(out, sizeof(out), "%s/out.ksurf", place->dir);
	snprintf(small, sizeof(small), "%s/small", place->dir);
	place_put_builds(small, 1, BEFORE);
	place_put_builds(place->path, 1, BEHIND);
	const struct work work = { out, place->path, publish }, back = { out, small, publish };
	int64_t took = measure(&work);
	place_read_file(out, &behind);
	assert_ok(publish(&back));
	place_read_file(out, &before);
	for (unsigned int i = 0; i < nr; i++) {
		kill_at(&work, i * took * 2 / nr, BEFORE, BEHIND, &tally);
		bool whole = look(out) == BEHIND;
		const struct ks_buf *want = whole ? &behind : &before;
		place_read_file(out, &now);
		assert_int_equal(now.len, want->len);
		assert_memory_equal(now.at, want->at, want->len);
		if (whole)
			assert_ok(publish(&back));
	}
	tell("publishings", &tally);
	assert_ok(publish(&work));
	assert_int_equal(look(out), BEHIND);
	char line[256];
	snprintf(line, sizeof(line), "test -z \"$(find %s -name '*-publish*')\"", place->dir);
	assert_int_equal(system(line), 0); // what killed ones left is gone
	remove_at(out);
	remove_at(small);
}

static void killed_merges_are_seen_whole_or_not(void **state)
{
	const struct place *place = *state;
	char other[96];
	unsigned int nr = nr_kills();
	struct tally tally = { 0 };
	snprintf(other, sizeof(other), "%s/other", place->dir);
	place_put_builds(place->path, 1, BEFORE);
	place_put_builds(other, BEFORE + 1, BEHIND);
	const struct work work = { place->path, other, merge };
	int64_t took = 0;
	for (unsigned int i = 0; i <= nr; i++) {
		struct ks_store *store;
		if (i)
			kill_at(&work, (i - 1) * took * 2 / nr, BEFORE, BEHIND, &tally);
		else
			took = measure(&work);
		bool whole = look(place->path) == BEHIND;
		assert_ok(ks_store_open(place->path, KS_STORE_WRITE, &store));
		for (unsigned int build = 1; build <= (whole ? BEHIND : BEFORE); build++)
			place_check(store, build);
		for (unsigned int build = BEFORE + 1; whole && build <= BEHIND; build++) {
			char label[32];
			snprintf(label, sizeof(label), "6.1.0-%u", build);
			assert_ok(ks_store_remove(store, label));
		}
		ks_store_close(store);
	}
	tell("merges", &tally);
	remove_at(other);
}

static void killed_repackings_are_not_seen(void **state)
{
	const struct place *place = *state;
	unsigned int nr = nr_kills();
	struct tally tally = { 0 };
	place_put_builds(place->path, 1, BEHIND);
	const struct work work = { place->path, NULL, repack };
	int64_t took = measure(&work);
	for (unsigned int i = 0; i < nr; i++) {
		struct ks_store *store;
		kill_at(&work, i * took * 2 / nr, BEHIND, BEHIND, &tally);
		assert_ok(ks_store_open(place->path, KS_STORE_READ, &store));
		for (unsigned int build = 1; build <= BEHIND; build++)
			place_check(store, build);
		ks_store_close(store);
	}
	tell("repackings", &tally);
	assert_ok(repack(&work));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(killed_publishing_leaves_one_of_both_files),
		TEST(killed_merges_are_seen_whole_or_not),
		TEST(killed_repackings_are_not_seen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
