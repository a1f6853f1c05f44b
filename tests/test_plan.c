/* SPDX-License-Identifier: BSD-2-Clause */
/* Plans of kernels: what they say, what is made of their parts, and that nothing is lost when that is stopped. */
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
#include "base/memory.h"
#include "ingest/ingest.h"
#include "mini_archive.h"
#include "place.h"
#include "source/net/pull_plan.h"

enum { NR = 4 }; // kernels of the archive

static const struct ks_set_extent all = { .last = NR };

static void begin(struct mini_archive *archive)
{
	if (!mini_archive_begin(archive))
		skip();
	for (unsigned int nr = 1; nr <= NR; nr++)
		mini_archive_release(archive, nr, false);
}

static void make_plan(const struct mini_archive *archive, const char *word,
		      const struct ks_set_extent *extent, struct ks_pull_plan *plan)
{
	const struct ks_pull_opts opts = mini_archive_opts(archive);
	assert_ok(ks_pull_plan_add(plan, word, extent, &opts, NULL));
}

/* ---- what it says ---- */

static void a_line_has_what_fetching_needs(void **state)
{
	(void)state;
	_cleanup_pull_plan_ struct ks_pull_plan plan = { 0 }, again = { 0 };
	_cleanup_buf_ struct ks_buf text = { 0 }, other = { 0 };
	struct mini_archive archive;
	begin(&archive);
	make_plan(&archive, "mini:6", &all, &plan);
	assert_int_equal(plan.kernels.len, NR);
	for (unsigned int i = 0; i < NR; i++) { // the newest first
		const struct ks_pull_plan_kernel *kernel = &plan.kernels.at[i];
		char want[160];
		snprintf(want, sizeof(want), "linux-image-6.6.%u-mini-amd64=6.6.%u-1", NR - i,
			 NR - i);
		assert_string_equal(kernel->package, want);
		assert_string_equal(kernel->sets, "mini:6@amd64");
		assert_true(kernel->is_unsigned);
		snprintf(want, sizeof(want), "%s/pool/of_no_meaning_%u.deb", archive.server.url,
			 NR - i);
		assert_string_equal(kernel->files[KS_REMOTE_KERNEL].url, want);
		assert_int_equal(kernel->files[KS_REMOTE_KERNEL].size, archive.debs[NR - i].len);
		assert_ptr_equal(ks_pull_plan_find(&plan, kernel->files[KS_REMOTE_KERNEL].sha256),
				 kernel);
	}
	ks_pull_plan_write(&plan, &text);
	assert_ok(ks_pull_plan_parse(text.at, text.len, &again));
	ks_pull_plan_write(&again, &other);
	assert_string_equal(ks_buf_text(&text), ks_buf_text(&other));
	mini_archive_end(&archive);
}

static void a_kernel_is_planned_once(void **state)
{
	(void)state;
	_cleanup_pull_plan_ struct ks_pull_plan plan = { 0 };
	static const struct ks_set_extent one = { 0 };
	struct mini_archive archive;
	begin(&archive);
	make_plan(&archive, "mini:6", &one, &plan);
	make_plan(&archive, "mini:6", &all, &plan);
	assert_int_equal(plan.kernels.len, NR);
	assert_string_equal(plan.kernels.at[0].package, "linux-image-6.6.4-mini-amd64=6.6.4-1");
	assert_string_equal(plan.kernels.at[1].package, "linux-image-6.6.3-mini-amd64=6.6.3-1");
	mini_archive_end(&archive);
}

#define SUM "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void what_is_no_plan_is_refused(void **state)
{
	(void)state;
	static const char good[] =
		"{\"sha256\": \"" SUM "\", \"package\": \"a\", \"url\": \"b\"}\n";
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "x\n", "line 1" },
		{ "\n\n[]\n", "line 3" },
		{ "{\"sha256\": \"" SUM "\", \"package\": \"a\"}\n", "url" },
		{ "{\"sha256\": \"0123\", \"package\": \"a\", \"url\": \"b\"}\n", "sha256" },
		{ "{\"package\": \"a\", \"url\": \"b\"}\n", "sha256" },
		{ "{\"sha256\": \"" SUM "\", \"package\": \"a\", \"url\": \"b\", \"config\": {}}",
		  "line 1" },
	};
	_cleanup_pull_plan_ struct ks_pull_plan right = { 0 }, twice = { 0 };
	_cleanup_buf_ struct ks_buf text = { 0 };
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		_cleanup_pull_plan_ struct ks_pull_plan plan = { 0 };
		struct ks_error *err =
			ks_pull_plan_parse(cases[i].text, strlen(cases[i].text), &plan);
		assert_non_null(err);
		assert_int_equal(err->code, KS_ERR_DATA);
		if (!strstr(err->msg, cases[i].why))
			fail_msg("'%s' does not say '%s'", err->msg, cases[i].why);
		ks_error_free(err);
	}
	assert_ok(ks_pull_plan_parse(good, strlen(good), &right));
	assert_int_equal(right.kernels.len, 1);
	ks_buf_printf(&text, "%s\n%s", good, good);
	struct ks_error *err = ks_pull_plan_parse(text.at, text.len, &twice);
	assert_non_null(err);
	assert_non_null(strstr(err->msg, "line 3"));
	ks_error_free(err);
}

/** Each of many is found, and not one more: a plan may have as many lines as a file has room for. */
static void kernels_of_a_long_plan_are_found(void **state)
{
	(void)state;
	enum { KERNELS = 200000 };
	_cleanup_pull_plan_ struct ks_pull_plan plan = { 0 };
	_cleanup_buf_ struct ks_buf text = { 0 };
	for (unsigned int i = 0; i < KERNELS; i++)
		ks_buf_printf(&text,
			      "{\"sha256\": \"%064x\", \"package\": \"%u\", \"url\": \"\"}\n", i,
			      i);
	assert_non_null(ks_buf_text(&text));
	assert_ok(ks_pull_plan_parse(text.at, text.len, &plan));
	assert_int_equal(plan.kernels.len, KERNELS);
	for (unsigned int i = 0; i <= KERNELS; i++) {
		char sum[65], package[16];
		snprintf(sum, sizeof(sum), "%064x", i);
		snprintf(package, sizeof(package), "%u", i);
		const struct ks_pull_plan_kernel *kernel = ks_pull_plan_find(&plan, sum);
		if (i == KERNELS)
			assert_null(kernel);
		else
			assert_string_equal(kernel->package, package);
	}
}

/* ---- adding ---- */

/** What a command says and how it ends; the caller frees. */
static char *say(const char *line)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	int status = place_shell(line, &text);
	ks_buf_printf(&text, "status %d\n", status);
	assert_non_null(ks_buf_text(&text));
	return strdup(text.at);
}

/** Run the command in the archive's folder: what it says, with all its arguments. */
KS_PRINTF(2, 3) static char *run(const struct mini_archive *archive, const char *fmt, ...)
{
	_cleanup_buf_ struct ks_buf line = { 0 };
	_cleanup_free_ char *text = NULL;
	va_list args;
	va_start(args, fmt);
	assert_true(vasprintf(&text, fmt, args) > 0);
	va_end(args);
	ks_buf_printf(&line, "cd %s && XDG_CACHE_HOME=%s $KSURF_COMMAND %s 2>&1", archive->dir,
		      archive->dir, text);
	assert_non_null(ks_buf_text(&line));
	return say(line.at);
}

static void write_plan(const struct mini_archive *archive)
{
	_cleanup_free_ char *said =
		run(archive, "plan mini:6 --last %d --arch amd64 --allow-unsigned >plan.jsonl", NR);
	assert_string_equal(said, "status 0\n");
}

static void assert_same_store(const struct mini_archive *archive, const char *a, const char *b)
{
	static const char *const commands[] = { "images --json", "find '*'",
						"show struct --all --json", "stats --format json",
						"log function vfs_read" };
	for (size_t i = 0; i < KS_ARRAY_LEN(commands); i++) {
		_cleanup_free_ char *want = run(archive, "--db %s %s", a, commands[i]);
		_cleanup_free_ char *got = run(archive, "--db %s %s", b, commands[i]);
		assert_string_equal(want, got);
	}
}

static void parts_become_what_one_add_makes(void **state)
{
	(void)state;
	struct mini_archive archive;
	begin(&archive);
	write_plan(&archive);
	free(run(&archive, "--db one add --plan plan.jsonl"));
	for (int part = 1; part <= 3; part++) {
		_cleanup_free_ char *said =
			run(&archive, "-q --db %d add --plan plan.jsonl --part %d/3", part, part);
		assert_string_equal(said, "status 0\n");
	}
	_cleanup_free_ char *said = run(&archive, "-q merge all 1 2 3");
	assert_string_equal(said, "status 0\n");
	assert_same_store(&archive, "one", "all");
	_cleanup_free_ char *images = run(&archive, "--db all images");
	assert_non_null(strstr(images, "6.6.4-mini"));
	assert_non_null(strstr(images, "6.6.1-mini"));
	mini_archive_end(&archive);
}

static void what_has_come_is_not_fetched_again(void **state)
{
	(void)state;
	struct mini_archive archive;
	begin(&archive);
	write_plan(&archive);
	free(run(&archive, "--db a add --plan plan.jsonl --part 1/2"));
	int before = atomic_load(&archive.server.requests);
	_cleanup_free_ char *again = run(&archive, "--db a add --plan plan.jsonl --part 1/2");
	assert_int_equal(atomic_load(&archive.server.requests), before);
	assert_non_null(strstr(again, "6.6.4-mini-amd64: is in the store already"));
	assert_non_null(strstr(again, "2 there already"));
	// a merged store knows it, too; and one from which the image was removed does not
	free(run(&archive, "-q merge b a"));
	free(run(&archive, "--db b add --plan plan.jsonl --part 1/2"));
	assert_int_equal(atomic_load(&archive.server.requests), before);
	free(run(&archive, "--db b images --remove 6.6.4-mini-amd64"));
	_cleanup_free_ char *back = run(&archive, "--db b add --plan plan.jsonl --part 1/2");
	assert_true(atomic_load(&archive.server.requests) > before);
	assert_non_null(strstr(back, "6.6.4-mini-amd64: added"));
	mini_archive_end(&archive);
}

static void another_package_than_planned_is_refused(void **state)
{
	(void)state;
	struct mini_archive archive;
	begin(&archive);
	write_plan(&archive);
	struct ks_buf mixed = archive.debs[1];
	archive.debs[1] = archive.debs[2]; // one that the plan did not see under that name
	archive.debs[2] = mixed;
	mini_archive_release(&archive, 2, true);
	_cleanup_free_ char *said = run(&archive, "--db a add --plan plan.jsonl --part 4/4");
	assert_null(strstr(said, "added"));
	assert_null(strstr(said, "status 0"));
	_cleanup_free_ char *gone = run(&archive, "--db a add --plan plan.jsonl --part 3/4");
	assert_non_null(strstr(gone, "gone from its server"));
	_cleanup_free_ char *images = run(&archive, "--db a images");
	assert_null(strstr(images, "mini"));
	mini_archive_end(&archive);
}

static void wrong_words_are_told(void **state)
{
	(void)state;
	static const struct {
		const char *line, *why;
	} cases[] = {
		{ "add --part 1/2", "--plan" },
		{ "add --plan p --part 0/2", "--part takes I/N" },
		{ "add --plan p --part 3/2", "--part takes I/N" },
		{ "add --plan p --part 1/2x", "--part takes I/N" },
		{ "add --plan p --part 1/-1", "--part takes I/N" },
		{ "add --plan p --part ' 1/+2'", "--part takes I/N" },
		{ "add --plan p vmlinux", "no SOURCE" },
		{ "add --plan nothing", "nothing" },
		{ "plan", "usage: ksurf plan SET" },
	};
	struct mini_archive archive;
	begin(&archive);
	free(run(&archive, "--version >p; : >p"));
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		_cleanup_free_ char *said = run(&archive, "%s", cases[i].line);
		if (!strstr(said, cases[i].why) || strstr(said, "status 0"))
			fail_msg("%s: %s", cases[i].line, said);
	}
	mini_archive_end(&archive);
}

/* ---- stopping ---- */

static int add_plan(const struct mini_archive *archive, const struct ks_pull_plan *plan,
		    const char *path)
{
	_cleanup_store_ struct ks_store *store = NULL;
	struct ks_ingest_source sources[NR];
	const struct ks_ingest_opts opts = {
		.nr_threads = 1,
		.pull = mini_archive_opts(archive),
		.plan = plan,
	};
	for (size_t i = 0; i < NR; i++)
		sources[i] = (struct ks_ingest_source){
			KS_INGEST_PLANNED, plan->kernels.at[i].files[KS_REMOTE_KERNEL].sha256
		};
	return ks_store_open(path, KS_STORE_CREATE, &store) ||
	       ks_ingest_into(store, sources, NR, &opts);
}

/** It may have been killed before there was a store. */
static size_t count(const char *path)
{
	_cleanup_store_ struct ks_store *store = NULL;
	if (access(path, F_OK) != 0)
		return 0;
	struct ks_error *err = ks_store_open(path, KS_STORE_READ, &store);
	bool is_none = err && strstr(err->msg, "no store has been made");
	ks_error_free(err);
	return is_none ? 0 : place_count(path);
}

/** KSURF_KILLS says how often. */
static void a_plan_that_is_killed_is_finished_by_the_next(void **state)
{
	const struct place *place = *state;
	_cleanup_pull_plan_ struct ks_pull_plan plan = { 0 };
	const char *kills = getenv("KSURF_KILLS");
	unsigned int nr = kills ? (unsigned int)atoi(kills) : 8;
	struct mini_archive archive;
	begin(&archive);
	make_plan(&archive, "mini:6", &all, &plan);
	for (unsigned int i = 0; i < nr; i++) {
		size_t before = 0;
		char line[96];
		for (int turn = 0; turn < 3; turn++) { // killed twice, then left alone
			pid_t child = fork();
			assert_true(child >= 0);
			if (!child)
				_exit(add_plan(&archive, &plan, place->path));
			if (turn < 2) {
				usleep(10000 + i * 400000 / nr);
				kill(child, SIGKILL);
			}
			assert_int_equal(waitpid(child, NULL, 0), child);
			size_t now = count(place->path);
			assert_true(now >= before);
			before = now;
		}
		assert_int_equal(before, NR);
		snprintf(line, sizeof(line), "rm -rf %s/*", place->dir);
		assert_int_equal(system(line), 0);
	}
	mini_archive_end(&archive);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_has_what_fetching_needs),
		cmocka_unit_test(a_kernel_is_planned_once),
		cmocka_unit_test(what_is_no_plan_is_refused),
		cmocka_unit_test(kernels_of_a_long_plan_are_found),
		cmocka_unit_test(parts_become_what_one_add_makes),
		cmocka_unit_test(what_has_come_is_not_fetched_again),
		cmocka_unit_test(another_package_than_planned_is_refused),
		cmocka_unit_test(wrong_words_are_told),
		TEST(a_plan_that_is_killed_is_finished_by_the_next),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
