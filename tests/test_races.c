/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every reading command in a loop while another process adds, replaces, removes, merges and repacks: an answer must be the one of
 * a state that the store really had. KSURF_RACES says how often each is run.
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
#include <unistd.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/buf.h"
#include "ingest/merge.h"
#include "place.h"
#include "sample.h"

enum { NAMES = 400, RUNS = 3 };

/* ---- the states ---- */

static struct ks_error *put(struct ks_store *store, unsigned int build, bool poor)
{
	_cleanup_surface_ struct ks_surface *surface = sample_surface(build, NAMES);
	struct ks_put_result result = { 0 };
	if (poor) {
		surface->image.tier = KS_TIER_BTF;
		surface->known &= ~KS_KNOWS(KS_FUNCTION);
		surface->nr_functions = 0;
	}
	struct ks_error *err = ks_store_put(store, surface, 1, &result);
	free(result.label);
	return err;
}

static struct ks_error *merge(struct ks_store *store, const char *path)
{
	_cleanup_store_ struct ks_store *from = NULL;
	struct ks_merge_result result;
	KS_TRY(ks_store_open(path, KS_STORE_READ, &from));
	return ks_ingest_merge(store, from, 1, &result);
}

static struct ks_error *repack(struct ks_store *store)
{
	struct ks_repack_result result;
	return ks_store_repack(store, 1, NULL, &result);
}

/** What is written, over and over: after the last step the store has what it had before the first. */
enum { STEPS = 8 };
static struct ks_error *step(struct ks_store *store, const char *other, unsigned int nr)
{
	switch (nr % STEPS) {
	case 0:
		return ks_store_remove(store, "6.1.0-2");
	case 1:
		return put(store, 2, true);
	case 2: // takes the place of the poorer one
		return put(store, 2, false);
	case 3: // nothing that is told changes, but all numbers
		return repack(store);
	case 4: // which the others are based on
		return ks_store_remove(store, "6.1.0-1");
	case 5:
		return ks_store_remove(store, "6.1.0-3");
	case 6: // two images at once
		return merge(store, other);
	default:
		return repack(store);
	}
}

/** @param other what is merged again */
static void begin(const char *path, const char *other)
{
	_cleanup_store_ struct ks_store *store = NULL, *beside = NULL;
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
	assert_ok(ks_store_open(other, KS_STORE_CREATE, &beside));
	for (unsigned int build = 1; build < 4; build++)
		assert_ok(put(store, build, false));
	assert_ok(put(beside, 1, false));
	assert_ok(put(beside, 3, false));
}

/** The other process: opens and closes the store now and then, as commands do. */
static void write_for_ever(const char *path, const char *other)
{
	for (unsigned int nr = 0;;) {
		_cleanup_store_ struct ks_store *store = NULL;
		if (ks_store_open(path, KS_STORE_WRITE, &store))
			_exit(1);
		for (unsigned int i = 0; i < 1 + nr % 3; i++, nr++) {
			if (step(store, other, nr))
				_exit(2);
			usleep(nr % 7 * 500);
		}
	}
}

/* ---- the answers ---- */

#define OBJECT "$KSURF_OBJECTS/tracing.bpfel.o"
#define FILES "; cd out && find . -type f | LC_ALL=C sort | xargs tail -v -n +1"

static const char *const commands[] = {
	"images",
	"images --json",
	"find '*'",
	"show function special",
	"show struct --all --json",
	"show function --all --output out" FILES,
	"log function special",
	"diff 6.1.0-1 6.1.0-3 --json",
	"diff 6.1.0-2 6.1.0-3",
	"deps --counts " OBJECT,
	"check " OBJECT,
	"check --json " OBJECT,
	"explain " OBJECT " on_unlink 6.1.0-3",
	"stats",
	"stats --format json",
	"export 6.1.0-2 out" FILES,
	"images >/dev/null; $KSURF_COMMAND -q merge into store && $KSURF_COMMAND --db into "
	"show function --all --output out; rm -f into*" FILES,
	"publish --quiet one.ksurf && $KSURF_COMMAND --db one.ksurf show struct --all --json; "
	"rm -f one.ksurf",
};
enum { NR_COMMANDS = KS_ARRAY_LEN(commands) };

/** All that a command says, its files and its status; the caller frees it. */
static char *answer(const char *dir, const char *command)
{
	_cleanup_buf_ struct ks_buf line = { 0 }, text = { 0 };
	ks_buf_printf(&line, "cd %s && rm -rf out && { $KSURF_COMMAND --db store -j 4 %s; } 2>&1",
		      dir, command);
	assert_non_null(ks_buf_text(&line));
	int status = place_shell(line.at, &text);
	ks_buf_printf(&text, "\nstatus %d\n", status);
	assert_non_null(ks_buf_text(&text));
	return strdup(text.at);
}

struct answers {
	char *of[STEPS]; // one for each state, quietly
};

static void ask_quietly(const char *dir, const char *path, const char *other,
			struct answers *answers)
{
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(path, KS_STORE_WRITE, &store));
	for (unsigned int nr = 0; nr < STEPS; nr++) {
		assert_ok(step(store, other, nr));
		for (size_t i = 0; i < NR_COMMANDS; i++)
			answers[i].of[nr] = answer(dir, commands[i]);
	}
}

static bool is_known(const struct answers *answers, const char *text)
{
	for (size_t i = 0; i < STEPS; i++)
		if (strcmp(answers->of[i], text) == 0)
			return true;
	return false;
}

static size_t ask_loudly(const char *dir, const struct answers *answers, unsigned int nr_runs)
{
	size_t nr_wrong = 0;
	for (unsigned int run = 0; run < nr_runs; run++) {
		for (size_t i = 0; i < NR_COMMANDS; i++) {
			char *text = answer(dir, commands[i]);
			if (!is_known(&answers[i], text) && ++nr_wrong <= 3)
				print_error("of no state: %s\n%.2000s\n", commands[i], text);
			free(text);
		}
	}
	return nr_wrong;
}

static void no_answer_mixes_two_states(void **state)
{
	struct place *place = *state;
	static struct answers answers[NR_COMMANDS];
	const char *runs = getenv("KSURF_RACES");
	char other[96];
	snprintf(other, sizeof(other), "%s/other", place->dir);
	begin(place->path, other);
	ask_quietly(place->dir, place->path, other, answers);
	pid_t writer = fork();
	if (writer == 0)
		write_for_ever(place->path, other);
	size_t nr_wrong = ask_loudly(place->dir, answers, runs ? (unsigned int)atoi(runs) : RUNS);
	int status;
	assert_int_equal(waitpid(writer, &status, WNOHANG), 0);
	assert_int_equal(kill(writer, SIGKILL), 0);
	assert_int_equal(waitpid(writer, &status, 0), writer);
	for (size_t i = 0; i < NR_COMMANDS; i++)
		for (size_t k = 0; k < STEPS; k++)
			free(answers[i].of[k]);
	char line[80];
	snprintf(line, sizeof(line), "rm -rf %s/*", place->dir);
	assert_int_equal(system(line), 0);
	assert_int_equal(nr_wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_answer_mixes_two_states),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
