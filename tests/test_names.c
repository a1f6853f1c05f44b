/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command over hostile names: of everything in a store, of its images, of programs and maps, of files, members of archives
 * and arguments. Beside it stands the same world with harmless ones; judge.c compares. test_names_site.c does so with the site.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/text.h"
#include "check.h"
#include "judge.h"
#include "names_world.h"
#include "scratch.h"
#include "store/store.h"

static void enter(const struct world *world, const char *word)
{
	setenv("DB", world->db, 1);
	setenv("OBJECT", world->object, 1);
	setenv("DEB", world->deb, 1);
	setenv("NAME", world->name, 1);
	setenv("OLD", world->label[0], 1);
	setenv("NEW", world->label[1], 1);
	setenv("PROGRAM", world->program, 1);
	setenv("WORD", word, 1);
	setenv("DIR", world->dir, 1);
}

/** What a shell line prints, and its status. */
struct answer {
	struct ks_buf text;
	int status;
};

/** @param streams where the two streams of the line go */
static struct answer ask(const struct world *world, const char *word, const char *line,
			 const char *streams)
{
	struct answer answer = { 0 };
	char all[1024];
	must(snprintf(all, sizeof(all),
		      "ksurf() { \"$KSURF_COMMAND\" --db \"$DB\" \"$@\"; }; { %s; } %s", line,
		      streams) < (int)sizeof(all));
	enter(world, word);
	FILE *pipe = popen(all, "r");
	must(pipe);
	for (int c; (c = getc(pipe)) != EOF;)
		ks_buf_char(&answer.text, (char)c);
	int status = pclose(pipe);
	must(WIFEXITED(status) && ks_buf_text(&answer.text));
	answer.status = WEXITSTATUS(status);
	return answer;
}

/**
 * @param calm what the calm world says
 * @param alone lines are wrapped, or tell of more than names: only the status is compared
 */
static void compare(enum judged as, const char *line, const char *streams, const char *word,
		    const struct answer *calm, bool alone)
{
	struct answer hot = ask(&worlds[0], word, line, streams);
	const char *wrong = hot.status != calm->status ? "another status"
						       : judge(as, hot.text.at, hot.text.len,
							       alone ? hot.text.at : calm->text.at);
	if (wrong)
		fail_msg("%s %s: %s\n%s\n---- not as\n%s", line, streams, wrong, hot.text.at,
			 calm->text.at);
	ks_buf_deinit(&hot.text);
}

static void documents_take_any_name(void **state)
{
	(void)state;
	static const struct {
		enum judged as;
		bool alone;
		const char *line;
	} cases[] = {
		{ JUDGED_LINES, false, "ksurf find '*'" },
		{ JUDGED_LINES, false, "ksurf find --names '*'" },
		{ JUDGED_JSON, false, "ksurf --json find '*'" },
		{ JUDGED_LINES, false, "ksurf images" },
		{ JUDGED_LINES, false, "ksurf images --names" },
		{ JUDGED_JSON, false, "ksurf images --json" },
		{ JUDGED_LINES, true, "ksurf show -v \"$NAME\"" },
		{ JUDGED_MARKDOWN, false, "ksurf show function \"$NAME\" --format md" },
		{ JUDGED_MARKDOWN, false, "ksurf show struct \"$NAME\" --format md-full" },
		{ JUDGED_JSON, false, "ksurf show function \"$NAME\" --format json" },
		{ JUDGED_MARKUP, false, "ksurf show function \"$NAME\" --format html" },
		{ JUDGED_MARKUP, false, "ksurf show struct \"$NAME\" --format html" },
		{ JUDGED_LINES, true, "ksurf log -p struct \"$NAME\"" },
		{ JUDGED_JSON, false, "ksurf log struct \"$NAME\" --json" },
		{ JUDGED_LINES, true, "ksurf diff \"$OLD\" \"$NEW\" --details" },
		{ JUDGED_MARKDOWN, false, "ksurf diff \"$OLD\" \"$NEW\" --details --format md" },
		{ JUDGED_MARKUP, false, "ksurf diff \"$OLD\" \"$NEW\" --details --format html" },
		{ JUDGED_JSON, false, "ksurf diff \"$OLD\" \"$NEW\" --details --json" },
		{ JUDGED_LINES, true, "ksurf stats" },
		{ JUDGED_MARKDOWN, false, "ksurf stats --format md" },
		{ JUDGED_CSV, false, "ksurf stats --format csv --table growth" },
		{ JUDGED_JSON, false, "ksurf stats --json" },
		{ JUDGED_MARKUP, false, "ksurf stats --format svg --table inline" },
		{ JUDGED_LINES, true, "ksurf check -v \"$OBJECT\" \"$DEB\"" },
		{ JUDGED_MARKDOWN, true, "ksurf check \"$OBJECT\" --format md" },
		{ JUDGED_MARKUP, true, "ksurf check \"$OBJECT\" --format html" },
		{ JUDGED_MARKUP, true, "ksurf check \"$DEB\" --format junit" },
		{ JUDGED_GITHUB, true, "ksurf check \"$OBJECT\" \"$DEB\" --format github" },
		{ JUDGED_JSON, true, "ksurf check \"$OBJECT\" --format sarif" },
		{ JUDGED_JSON, true, "ksurf check \"$OBJECT\" --json" },
		{ JUDGED_LINES, true, "ksurf explain \"$OBJECT\" \"$PROGRAM\" \"$OLD\"" },
		{ JUDGED_LINES, true, "ksurf deps \"$OBJECT\" \"$DEB\"" },
		{ JUDGED_JSON, true, "ksurf deps \"$OBJECT\" --format depsurf" },
		{ JUDGED_JSON, true, "ksurf deps \"$OBJECT\" --json" },
		{ JUDGED_LINES, true, "ksurf deps --counts -v \"$OBJECT\"" },
		{ JUDGED_CSV, true, "ksurf deps --counts -v \"$OBJECT\" --format csv" },
		{ JUDGED_MARKDOWN, true, "ksurf deps --counts -v \"$OBJECT\" --format md" },
		{ JUDGED_JSON, true, "ksurf deps --counts -v \"$OBJECT\" --format json" },
		{ JUDGED_LINES, true, "ksurf add \"$OBJECT\" \"$DEB\"" },
		{ JUDGED_LINES, true, "ksurf merge \"$DIR/into\" \"$DB\"; rm \"$DIR\"/into*" },
		{ JUDGED_LINES, true, "ksurf repack" },
	};
	if (!worlds[0].dir)
		skip();
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		static const char *const streams[] = { "2>\"$DIR/err\"", "2>&1 >\"$DIR/out\"" };
		for (int errors = 0; errors < 2; errors++) {
			const char *line = cases[i].line;
			struct answer calm = ask(&worlds[1], "", line, streams[errors]);
			compare(errors ? JUDGED_LINES : cases[i].as, line, streams[errors], "",
				&calm, !errors && cases[i].alone);
			ks_buf_deinit(&calm.text);
		}
	}
}

static void complaints_are_one_line(void **state)
{
	(void)state;
	static const char *const lines[] = {
		"ksurf show \"$WORD\"",
		"ksurf show function \"$WORD\"",
		"ksurf log struct \"$WORD\"",
		"ksurf find -- \"x$WORD\"",
		"ksurf diff \"x$WORD\" \"$NEW\"",
		"ksurf check \"x$WORD\"",
		"ksurf check --on \"x$WORD\" \"$OBJECT\"",
		"ksurf explain \"$OBJECT\" \"x$WORD\" \"$OLD\"",
		"ksurf deps \"x$WORD\"",
		"ksurf add \"x$WORD\"",
		"ksurf export \"x$WORD\" \"$DIR/x\"",
		"ksurf merge \"$DB\" \"$DIR/x$WORD\"",
		"ksurf pull \"debian:x$WORD\"",
		"ksurf pull --keyring \"x$WORD\" --mirror http://127.0.0.1:1 --suite x x",
		"ksurf pull --debuginfod http://127.0.0.1:1 \"x$WORD\"",
		"ksurf check --policy \"$DIR/x$WORD\" \"$OBJECT\"",
		"ksurf check --set \"x$WORD\" \"$OBJECT\"",
		"ksurf images --rename \"x$WORD\" y",
		"ksurf images --remove \"x$WORD\"",
		"ksurf images --group \"x$WORD\" a",
		"ksurf stats --table \"x$WORD\"",
		"ksurf check --format \"x$WORD\" \"$OBJECT\"",
		"ksurf \"x$WORD\"",
		"ksurf \"--x$WORD\"",
		"ksurf help \"x$WORD\"",
		"ksurf --color \"x$WORD\" images",
		"ksurf --db \"$DIR/x/$WORD\" images",
		"KSURF_TRACE=\"x$WORD\" ksurf images",
	};
	if (!worlds[0].dir)
		skip();
	for (size_t i = 0; i < KS_ARRAY_LEN(lines); i++) {
		struct answer calm = ask(&worlds[1], "harmless", lines[i], "2>&1");
		for (size_t n = i % 7; n < nasty_nr() && n < 110; n += 7)
			if (nasty(n)[0] != '-') // would be an option
				compare(JUDGED_LINES, lines[i], "2>&1", nasty(n), &calm, false);
		ks_buf_deinit(&calm.text);
	}
}

static void labels_are_checked(void **state)
{
	(void)state;
	if (!worlds[0].dir)
		skip();
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(worlds[1].db, KS_STORE_WRITE, &store));
	for (size_t i = 0; i < nasty_nr(); i += 3) {
		struct ks_error *err = ks_store_relabel(store, "harmless-6.1", nasty(i));
		if (!ks_text_is_plain(nasty(i), strlen(nasty(i)))) {
			expect_error(err, KS_ERR_USAGE, "a label cannot have");
			continue;
		}
		assert_ok(err);
		assert_ok(ks_store_relabel(store, nasty(i), "harmless-6.1"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_take_any_name),
		cmocka_unit_test(complaints_are_one_line),
		cmocka_unit_test(labels_are_checked),
	};
	return cmocka_run_group_tests(tests, make_worlds, remove_worlds);
}
