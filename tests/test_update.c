/* SPDX-License-Identifier: BSD-2-Clause */
/* A store that follows a set of kernels: what is released comes, what is older goes, and nothing is lost when it is killed. */
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

#include "base/memory.h"
#include "ingest/update.h"
#include "mini_archive.h"
#include "place.h"
#include "store/settings.h"

/** What was told, as words with blanks between. */
struct log {
	struct ks_buf text;
};

static bool listen(void *arg, const struct ks_ingest_event *event)
{
	static const char *const words[] = {
		[KS_INGEST_ADDED] = "added",   [KS_INGEST_REPLACED] = "replaced",
		[KS_INGEST_KNOWN] = "known",   [KS_INGEST_ENRICHED] = "enriched",
		[KS_INGEST_FAILED] = "failed",
	};
	struct log *log = arg;
	if (event->type == KS_INGEST_NOTE && strstr(event->note, "not the newest"))
		ks_buf_str(&log->text, "older ");
	if (event->type == KS_INGEST_PROGRESS || event->type == KS_INGEST_NOTE)
		return true;
	ks_buf_printf(&log->text, "%s", words[event->type]);
	if (event->label)
		ks_buf_printf(&log->text, ":%.5s", event->label);
	if (event->error && !event->error->is_gone)
		ks_buf_printf(&log->text, "(%s)", event->error->msg);
	ks_buf_char(&log->text, ' ');
	return true;
}

static void forgotten(void *arg, const char *label, const char *set, bool removed)
{
	struct log *log = arg;
	assert_non_null(set);
	ks_buf_printf(&log->text, "%s:%.5s ", removed ? "removed" : "left", label);
}

/** @param follows update, not pull @return what was told; the caller frees */
static char *bring(const struct mini_archive *archive, const char *path, const char *set,
		   bool follows, unsigned int keep)
{
	_cleanup_store_ struct ks_store *store = NULL;
	struct log log = { 0 };
	const struct ks_update_opts opts = {
		.ingest = {
			.nr_threads = 1,
			.pull = mini_archive_opts(archive),
			.event = listen,
			.event_arg = &log,
		},
		.keep = keep,
		.forgotten = forgotten,
		.forgotten_arg = &log,
	};
	const struct ks_ingest_source source = { KS_INGEST_PACKAGE, set };
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
	struct ks_error *err = follows ? ks_update(store, &set, set ? 1 : 0, &opts)
				       : ks_ingest_into(store, &source, 1, &opts.ingest);
	if (err)
		ks_buf_printf(&log.text, "error(%s)", err->msg);
	ks_error_free(err);
	ks_buf_str(&log.text, "");
	assert_non_null(ks_buf_text(&log.text));
	return log.text.at;
}

static void expect(const struct mini_archive *archive, const char *path, const char *set,
		   bool follows, unsigned int keep, const char *want)
{
	_cleanup_free_ char *got = bring(archive, path, set, follows, keep);
	assert_string_equal(got, want);
}

/** The images, with their sets: "6.6.1:mini:6@amd64 ". */
static void expect_images(const char *path, const char *want)
{
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_buf_ struct ks_buf got = { 0 };
	struct ks_store_images images;
	assert_ok(ks_store_open(path, KS_STORE_READ, &store));
	assert_ok(ks_store_images(store, &arena, &images));
	for (size_t i = 0; i < images.nr; i++) {
		_cleanup_surface_ struct ks_surface *surface = NULL;
		const struct ks_image *image = &images.at[i]->image;
		ks_buf_printf(&got, "%.5s:%s ", image->label, image->sets ? image->sets : "");
		assert_ok(ks_store_surface(store, images.at[i], &surface)); // it is whole
		assert_true(surface->nr_functions > 0);
	}
	ks_buf_str(&got, "");
	assert_string_equal(ks_buf_text(&got), want);
}

#define OF_SET ":mini:6@amd64 "

static void begin(struct mini_archive *archive)
{
	if (!mini_archive_begin(archive))
		skip();
}

static void what_is_released_comes_and_what_is_older_goes(void **state)
{
	const char *path = place_path(state);
	struct mini_archive archive;
	begin(&archive);
	mini_archive_release(&archive, 1, false);
	mini_archive_release(&archive, 2, false);
	expect(&archive, path, NULL, true, 0,
	       "error(the store follows no set; 'ksurf pull debian:12' brings one)");
	expect(&archive, path, "mini:6", false, 0, "added:6.6.2 ");
	int before = archive.server.packages_requests;
	expect(&archive, path, NULL, true, 0, "");
	expect(&archive, path, "mini:six@amd64", true, 1, "");
	mini_archive_release(&archive, 3, false);
	mini_archive_release(&archive, 4, false);
	expect(&archive, path, NULL, true, 0, "added:6.6.3 added:6.6.4 ");
	expect_images(path, "6.6.2" OF_SET "6.6.3" OF_SET "6.6.4" OF_SET);
	expect(&archive, path, NULL, true, 2, "removed:6.6.2 ");
	mini_archive_release(&archive, 5, false);
	expect(&archive, path, "mini:6", true, 2, "added:6.6.5 removed:6.6.3 ");
	expect_images(path, "6.6.4" OF_SET "6.6.5" OF_SET);
	expect(&archive, path, NULL, true, 2, "");
	expect(&archive, path, "mini:7", true, 2, "failed(mini:7: no such set; there are mini:6) ");
	assert_true(before <= archive.server.packages_requests);
	mini_archive_end(&archive);
}

/** What is there needs no transfer: pulling many kernels goes on where it was ended. */
static void what_the_store_has_is_not_fetched_again(void **state)
{
	const char *path = place_path(state);
	struct mini_archive archive;
	begin(&archive);
	mini_archive_release(&archive, 1, false);
	mini_archive_release(&archive, 2, false);
	expect(&archive, path, "mini:6", false, 0, "added:6.6.2 ");
	expect(&archive, path, "mini:6", false, 0, "known:6.6.2 ");
	mini_archive_release(&archive, 2, true); // nobody asks for its file, which is gone
	expect(&archive, path, "mini:6", false, 0, "known:6.6.2 ");
	expect_images(path, "6.6.2" OF_SET);
	mini_archive_end(&archive);
}

/** How many bytes pulling the set again takes. */
static size_t bytes_of_again(struct mini_archive *archive, const char *path)
{
	size_t before = atomic_load(&archive->server.sent);
	expect(archive, path, "mini:6", false, 0, "known:6.6.1 ");
	return atomic_load(&archive->server.sent) - before;
}

/** Its list may tell of one another time; and what is no longer in the store is fetched, too. */
static void what_lacks_its_configuration_is_fetched_again(void **state)
{
	const char *path = place_path(state);
	struct mini_archive archive;
	begin(&archive);
	archive.bare = true;
	mini_archive_release(&archive, 1, false);
	expect(&archive, path, "mini:6", false, 0, "added:6.6.1 ");
	assert_true(bytes_of_again(&archive, path) > 2000); // as no list has
	mini_archive_end(&archive);

	begin(&archive);
	mini_archive_release(&archive, 1, false);
	expect(&archive, path, "mini:6", false, 0, "enriched:6.6.1 ");
	assert_true(bytes_of_again(&archive, path) < 2000);
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(path, KS_STORE_WRITE, &store));
	assert_ok(ks_store_remove(store, "6.6.1-mini-amd64"));
	expect(&archive, path, "mini:6", false, 0, "added:6.6.1 ");
	mini_archive_end(&archive);
}

/** What is of another set, too, leaves only the one; the chosen base stays; a set without images is not followed. */
static void what_somebody_wants_stays(void **state)
{
	const char *path = place_path(state);
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_seen_sets seen;
	struct mini_archive archive;
	begin(&archive);
	for (unsigned int nr = 1; nr <= 3; nr++) {
		mini_archive_release(&archive, nr, false);
		free(bring(&archive, path, "mini:6", true, 0));
	}
	assert_ok(ks_store_open(path, KS_STORE_WRITE, &store));
	assert_ok(ks_store_join_sets(store, "6.6.1-mini-amd64", "other:1@amd64"));
	assert_ok(ks_selection_set_base(store, "6.6.2-mini-amd64"));
	expect(&archive, path, NULL, true, 1, "left:6.6.1 ");
	expect_images(path, "6.6.1:other:1@amd64 6.6.2" OF_SET "6.6.3" OF_SET);
	assert_ok(ks_store_seen_sets(store, &arena, &seen));
	assert_int_equal(seen.nr, 1);
	assert_string_equal(seen.at[0].name, "mini:6@amd64");
	assert_int_equal(strlen(seen.at[0].when), strlen("2026-11-30T08:00:00Z"));
	assert_ok(ks_store_remove(store, "6.6.2-mini-amd64"));
	assert_ok(ks_store_remove(store, "6.6.3-mini-amd64"));
	expect(&archive, path, NULL, true, 1,
	       "error(the store follows no set; 'ksurf pull debian:12' brings one)");
	mini_archive_end(&archive);
}

/** A list names what the server does not have: of a set the next one is taken, once is said what is missing. */
static void next_one_is_taken_when_the_newest_is_gone(void **state)
{
	const char *path = place_path(state);
	struct mini_archive archive;
	begin(&archive);
	mini_archive_release(&archive, 1, false);
	mini_archive_release(&archive, 2, true);
	mini_archive_release(&archive, 3, true);
	expect(&archive, path, "mini:6", false, 0, "older added:6.6.1 ");
	expect(&archive, path, NULL, true, 0, "failed ");
	mini_archive_release(&archive, 2, false);
	expect(&archive, path, NULL, true, 1, "added:6.6.2 failed removed:6.6.1 ");
	expect_images(path, "6.6.2" OF_SET);
	mini_archive_end(&archive);
}

/** Newer ones wait for what could not be fetched: else the next update would take it for known. */
static void what_fails_is_not_passed_over(void **state)
{
	const char *path = place_path(state);
	struct mini_archive archive;
	begin(&archive);
	mini_archive_release(&archive, 1, false);
	free(bring(&archive, path, "mini:6", true, 0));
	for (unsigned int nr = 2; nr <= 4; nr++)
		mini_archive_release(&archive, nr, false);
	for (size_t i = 0; archive.files[i].path; i++)
		if (archive.files[i].bytes == archive.debs[3].at)
			archive.files[i].len--;
	_cleanup_buf_ struct ks_buf want = { 0 };
	ks_buf_printf(&want, "added:6.6.2 failed(the file has %zu bytes on the server, not %zu) ",
		      archive.debs[3].len - 1, archive.debs[3].len);
	expect(&archive, path, NULL, true, 0, ks_buf_text(&want));
	expect_images(path, "6.6.1" OF_SET "6.6.2" OF_SET);
	mini_archive_release(&archive, 3, false);
	expect(&archive, path, NULL, true, 0, "added:6.6.3 added:6.6.4 ");
	mini_archive_end(&archive);
}

/** What the command says and how it ends; the caller frees. */
static char *command(const char *path, const char *words)
{
	_cleanup_buf_ struct ks_buf line = { 0 };
	struct ks_buf text = { 0 };
	ks_buf_printf(&line, "$KSURF_COMMAND --db %s %s 2>&1", path, words);
	int status = place_shell(ks_buf_text(&line), &text);
	ks_buf_printf(&text, "[%d]", status);
	assert_non_null(ks_buf_text(&text));
	return text.at;
}

static void expect_command(const char *path, const char *words, const char *begins, const char *has)
{
	_cleanup_free_ char *text = command(path, words);
	if (strncmp(text, begins, strlen(begins)) != 0 || !strstr(text, has))
		fail_msg("%s: '%s'", words, text);
}

/** The same through the command, whose worker lets its parent look sets up. */
static void command_follows_sets(void **state)
{
	const char *path = place_path(state);
	struct mini_archive archive;
	if (!getenv("KSURF_COMMAND"))
		skip();
	begin(&archive);
	setenv("XDG_CACHE_HOME", archive.dir, 1);
	mini_archive_release(&archive, 1, false);
	mini_archive_release(&archive, 2, false);
	expect_command(path, "update --allow-unsigned", "ksurf: ", "no store yet");
	expect_command(path, "pull --allow-unsigned mini:6@amd64", "6.6.2-mini-amd64: added",
		       "[0]");
	expect_command(path, "update --allow-unsigned", "[0]", "");
	expect_command(path, "pull --allow-unsigned --list --json mini:6@amd64", "[",
		       "\"release\": \"6.6.2-mini-amd64\"");
	mini_archive_release(&archive, 3, false);
	expect_command(path, "update --allow-unsigned", "6.6.3-mini-amd64: added", "[0]");
	expect_command(path, "update --allow-unsigned --keep 1 mini:6@amd64",
		       "6.6.2-mini-amd64: removed, of mini:6@amd64\n[0]", "");
	expect_command(path, "update --allow-unsigned --keep 1 --json", "[]\n[0]", "");
	expect_command(path, "images", "  IMAGE ", "mini:6@amd64");
	expect_command(path, "images --json", "[", "\"sets\": [\n      \"mini:6@amd64\"\n    ]");
	expect_command(path, "find --image mini:6 '*' --limit 1", "", "1 of 1 images");
	expect_command(path, "find --image mini:6/rt '*'",
		       "ksurf: no image is known to be of "
		       "'mini:6/rt'",
		       "here are mini:6@amd64");
	mini_archive_release(&archive, 4, true);
	expect_command(path, "update --allow-unsigned",
		       "ksurf: linux-image-6.6.4-mini-amd64=6.6.4-1 "
		       "is listed, but gone",
		       "[");
	expect_command(path, "pull --allow-unsigned --last 2 6.6.3-mini-amd64",
		       "ksurf: ", "no set of kernels");
	expect_command(path, "images --remove mini:6", "[0]", "");
	expect_command(path, "update --allow-unsigned", "ksurf: ", "the store follows no set");
	unsetenv("XDG_CACHE_HOME");
	mini_archive_end(&archive);
}

/** How often: KSURF_KILLS. */
static unsigned int nr_kills(void)
{
	const char *kills = getenv("KSURF_KILLS");
	return kills ? (unsigned int)atoi(kills) : 8;
}

/** Release a kernel; when there are no more, lose the newest one. */
static void make_work(struct mini_archive *archive, const char *path, unsigned int *released)
{
	_cleanup_store_ struct ks_store *store = NULL;
	if (*released < MINI_RELEASES) {
		mini_archive_release(archive, ++*released, false);
		return;
	}
	assert_ok(ks_store_open(path, KS_STORE_WRITE, &store));
	ks_error_free(ks_store_remove(store, "6.6.8-mini-amd64")); // it may not be there yet
}

/** NR of the newest image. */
static int64_t newest_of(const char *path)
{
	return place_number(path, "SELECT CAST(substr(max(label), 5, 1) AS INTEGER) FROM image");
}

static void killed_update_loses_nothing(void **state)
{
	const char *path = place_path(state);
	struct mini_archive archive;
	unsigned int nr = nr_kills(), released = 2, nr_ended = 0;
	int status;
	begin(&archive);
	mini_archive_release(&archive, 1, false);
	mini_archive_release(&archive, 2, false);
	free(bring(&archive, path, "mini:6", true, 0));
	for (unsigned int i = 0; i < nr; i++) {
		if (i % 4 == 0)
			make_work(&archive, path, &released);
		int64_t before = newest_of(path);
		pid_t child = fork();
		assert_true(child >= 0);
		if (!child) {
			free(bring(&archive, path, NULL, true, 2));
			_exit(0);
		}
		usleep((i % 4 + i / 4) * 200000 / (nr / 4 + 4));
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
		nr_ended += WIFEXITED(status);
		assert_true(newest_of(path) >= before);
	}
	print_message("of %u updates that were killed %u had come to their end\n", nr, nr_ended);
	free(bring(&archive, path, NULL, true, 2));
	_cleanup_buf_ struct ks_buf want = { 0 };
	ks_buf_printf(&want, "6.6.%u" OF_SET "6.6.%u" OF_SET, released - 1, released);
	expect(&archive, path, NULL, true, 2, "");
	if (nr > 0)
		expect_images(path, ks_buf_text(&want));
	mini_archive_end(&archive);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_released_comes_and_what_is_older_goes),
		TEST(what_the_store_has_is_not_fetched_again),
		TEST(what_lacks_its_configuration_is_fetched_again),
		TEST(what_somebody_wants_stays),
		TEST(next_one_is_taken_when_the_newest_is_gone),
		TEST(what_fails_is_not_passed_over),
		TEST(command_follows_sets),
		TEST(killed_update_loses_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
