/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command over hostile names: of everything in a store, of its images, of programs and maps, of files, members of archives
 * and arguments. Beside it stands the same world with harmless ones; judge.c compares.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "api/checking.h"
#include "base/array.h"
#include "base/text.h"
#include "base/url.h"
#include "check.h"
#include "check/inputs.h"
#include "check/policy_source.h"
#include "deb_builder.h"
#include "judge.h"
#include "report/check/check.h"
#include "scratch.h"
#include "store/store.h"
#include "web/web.h"

/** Where the command finds things: environment variables of the shell lines below. */
struct world {
	char *dir;
	char db[4200], *object, *deb;
	const char *name, *label[2], *program;
	bool calm;
};

static struct world worlds[2]; // hostile, calm

/* ---- making them ---- */

/** Unique, and begins as the nasty one does. */
static const char *name_of(const struct world *world, struct ks_arena *arena, size_t i)
{
	_cleanup_buf_ struct ks_buf name = { 0 };
	ks_buf_printf(&name, "%s%03zu", world->calm ? "harmless" : nasty(i), i);
	return ks_arena_strdup(arena, ks_buf_text(&name));
}

static struct ks_surface *make_surface(const struct world *world, bool second)
{
	struct ks_surface *surface = ks_surface_new(1);
	struct ks_arena *arena = &surface->arenas[0];
	size_t nr = nasty_nr();
	struct ks_function *functions = ks_arena_array(arena, nr, sizeof(*functions));
	struct ks_decl *decls = ks_arena_array(arena, 2 * nr, sizeof(*decls));
	struct ks_type *types = ks_arena_array(arena, 2 * nr, sizeof(*types));
	struct ks_param *params = ks_arena_array(arena, nr, sizeof(*params));
	struct ks_member *members = ks_arena_array(arena, nr, sizeof(*members));
	struct ks_entry *entries = ks_arena_array(arena, nr, sizeof(*entries));
	struct ks_symbol *symbols = ks_arena_array(arena, nr, sizeof(*symbols));
	struct ks_option *options = ks_arena_array(arena, nr, sizeof(*options));
	must(functions && decls && types && params && members && entries && symbols && options);
	for (size_t i = 0; i < nr; i++) {
		const char *name = name_of(world, arena, i);
		types[i] = (struct ks_type){ .kind = KS_TYPE_STRUCT, .name = name };
		params[i] = (struct ks_param){ name, &types[i] };
		types[nr + i] = (struct ks_type){ .kind = KS_TYPE_PROTO,
						  .inner = &types[i],
						  .nr_params = !second,
						  .params = &params[i] };
		members[i] = (struct ks_member){ name, &types[i], 0, 0 };
		if (second) {
			struct ks_type *pointer = ks_arena_alloc(arena, sizeof(*pointer));
			*pointer = (struct ks_type){ .kind = KS_TYPE_PTR, .inner = &types[i] };
			members[i].type = pointer;
		}
		decls[i] = (struct ks_decl){ .kind = KS_FUNCTION,
					     .name = name,
					     .type = &types[nr + i] };
		decls[nr + i] = (struct ks_decl){
			.kind = KS_STRUCT, .name = name, .size = 8, .nr = 1, .members = &members[i]
		};
		entries[i] = (struct ks_entry){ .addr = 4096 + 16 * i,
						.loc_file = name,
						.file = name,
						.line = 7,
						.external = true,
						.proto = &types[nr + i] };
		symbols[i] = (struct ks_symbol){ .name = name,
						 .section = ".text",
						 .addr = 4096 + 16 * i,
						 .size = 8,
						 .bind = 1,
						 .type = 2 };
		functions[i] = (struct ks_function){ name, 1, 1, &entries[i], &symbols[i], 0 };
		options[i] = (struct ks_option){ name, second ? name : "y" };
	}
	surface->image = (struct ks_image){
		.label = world->label[second],
		.release = world->label[second],
		.version = second ? "6.2.0" : "6.1.0",
		.arch = "amd64",
		.flavor = "",
		.compiler = world->label[second],
		.banner = world->label[second],
		.digest = second ? "0123456789abcdef0123456789abcdef"
				 : "fedcba9876543210fedcba9876543210",
		.elf_class = 64,
	};
	surface->known = KS_KNOWS(KS_FUNCTION) | KS_KNOWS(KS_STRUCT) | KS_KNOWS(KS_CONFIG);
	surface->symtab_known = true;
	surface->functions = functions;
	surface->symbols = symbols;
	surface->options = options;
	surface->nr_functions = surface->nr_symbols = surface->nr_options = nr;
	surface->decls[KS_FUNCTION].at = decls;
	surface->decls[KS_STRUCT].at = decls + nr;
	surface->decls[KS_FUNCTION].nr = surface->decls[KS_STRUCT].nr = nr;
	return surface;
}

/** Images of a store from before labels were checked have such labels. */
static void set_label(const struct world *world, const char *from, const char *to)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;
	must(sqlite3_open(world->db, &db) == SQLITE_OK);
	must(sqlite3_prepare_v2(db, "UPDATE image SET label = ?2 WHERE label = ?1", -1, &stmt,
				NULL) == SQLITE_OK);
	sqlite3_bind_text(stmt, 1, from, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, to, -1, SQLITE_STATIC);
	must(sqlite3_step(stmt) == SQLITE_DONE && sqlite3_changes(db) == 1);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

static void make_store(struct world *world)
{
	struct ks_store *store;
	snprintf(world->db, sizeof(world->db), "%s/store.db", world->dir);
	assert_ok(ks_store_open(world->db, KS_STORE_CREATE, &store));
	char *labels[2];
	for (int i = 0; i < 2; i++) {
		struct ks_put_result result;
		_cleanup_surface_ struct ks_surface *surface = make_surface(world, i);
		assert_ok(ks_store_put(store, surface, 1, &result));
		assert_true(ks_text_is_plain(result.label, strlen(result.label)));
		labels[i] = result.label;
	}
	ks_store_close(store);
	for (int i = 0; i < 2; i++) {
		set_label(world, labels[i], world->label[i]);
		free(labels[i]);
	}
}

static void replace_all(struct ks_buf *bytes, const char *from, const char *to)
{
	size_t len = strlen(from);
	must(strlen(to) == len);
	for (size_t i = 0; i + len <= bytes->len; i++)
		if (memcmp(bytes->at + i, from, len) == 0)
			memcpy(bytes->at + i, to, len);
}

/** The object of tests/objects with other names for its programs, maps and targets, alone and in a package. */
static void make_object(struct world *world)
{
	static const char *const names[][2] = {
		{ "on_unlink", "\n::a::\033[m" },
		{ "vfs_read_entry", "::error x::\xe2\x80\xae" },
		{ "do_unlinkat", "##[error]x\x7f" },
		{ "counts", "<b>|`\r" },
		{ "events", "=\"'&,\\" },
		{ "outer", "\x9b\xc2\x9b\t&" },
	};
	_cleanup_buf_ struct ks_buf bytes = { 0 }, deb = { 0 };
	char path[4200];
	snprintf(path, sizeof(path), "%s/tracing.bpfel.o", getenv("KSURF_OBJECTS"));
	FILE *file = fopen(path, "r");
	must(file);
	for (int c; (c = getc(file)) != EOF;)
		ks_buf_char(&bytes, (char)c);
	fclose(file);
	for (size_t i = 0; i < KS_ARRAY_LEN(names) && !world->calm; i++)
		replace_all(&bytes, names[i][0], names[i][1]);
	world->program = world->calm ? names[0][0] : names[0][1];
	const char *name = world->calm ? "harmless.o" : "\n::error file=x::\033[31m\xff.o";
	world->object = write_file(world->dir, name, bytes.at, bytes.len);
	const struct file files[] = {
		{ world->calm ? "./usr/harmless.o" : "./usr/\n::error::y\r\033[m.o", bytes.at,
		  bytes.len, NULL },
		{ 0 },
	};
	build_deb("Package: x\nVersion: 1\nArchitecture: amd64\n", files, PACK_NONE, &deb);
	world->deb = write_file(world->dir, world->calm ? "x.deb" : "\t::x::.deb", deb.at, deb.len);
}

static int make_worlds(void **state)
{
	(void)state;
	const char *objects = getenv("KSURF_OBJECTS");
	char path[4200];
	snprintf(path, sizeof(path), "%s/tracing.bpfel.o", objects ? objects : "");
	if (!getenv("KSURF_COMMAND") || access(path, R_OK) != 0)
		return 0;
	worlds[0].label[0] = "6.1\n::error file=x::\033[31m<b>|`_";
	worlds[0].label[1] = "::warning::\r6.2\xc2\x9b\xff\xe2\x80\xa8\"";
	worlds[0].name = "\033[31mred000"; // see name_of()
	worlds[1].label[0] = "harmless-6.1";
	worlds[1].label[1] = "harmless-6.2";
	worlds[1].name = "harmless000";
	worlds[1].calm = true;
	for (int i = 0; i < 2; i++) {
		worlds[i].dir = make_dir();
		make_store(&worlds[i]);
		make_object(&worlds[i]);
	}
	return 0;
}

static int remove_worlds(void **state)
{
	(void)state;
	for (int i = 0; i < 2 && worlds[i].dir; i++) {
		remove_dir(worlds[i].dir);
		free(worlds[i].object);
		free(worlds[i].deb);
	}
	return 0;
}

/* ---- asking them ---- */

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

/** Append what stands behind a word; OLD and NEW are labels. */
static void write_behind(struct ks_buf *path, const struct world *world, const char *behind)
{
	while (*behind) {
		bool old = strncmp(behind, "OLD", 3) == 0, new = strncmp(behind, "NEW", 3) == 0;
		if (old || new)
			ks_url_encode(path, world->label[new], strlen(world->label[new]));
		else
			ks_buf_char(path, *behind);
		behind += old || new ? 3 : 1;
	}
}

/** An answer of the site over a world; the path is what stands around the word. */
static struct ks_web_response get(struct ks_web *web, const struct world *world, const char *before,
				  const char *word, const char *behind)
{
	struct ks_web_response response;
	_cleanup_buf_ struct ks_buf path = { 0 };
	ks_buf_str(&path, before);
	ks_url_encode(&path, word, strlen(word));
	write_behind(&path, world, behind);
	must(ks_buf_text(&path));
	char *query = strchr(path.at, '?');
	if (query)
		*query++ = '\0';
	const struct ks_web_request request = { .method = "GET", .path = path.at, .query = query };
	ks_web_respond(web, &request, &response);
	must(ks_buf_text(&response.body));
	return response;
}

static void pages_take_any_name(void **state)
{
	(void)state;
	static const struct {
		enum judged as;
		const char *before, *behind;
		bool label; // instead of a name
	} pages[] = {
		{ JUDGED_MARKUP, "/function/", "", false },
		{ JUDGED_MARKUP, "/struct/", "", false },
		{ JUDGED_MARKUP, "/function/", "@latest", false },
		{ JUDGED_MARKUP, "/struct/", "@latest", false },
		{ JUDGED_MARKUP, "/function/", "@OLD", false },
		{ JUDGED_MARKUP, "/struct/", "@NEW", false },
		{ JUDGED_MARKUP, "/function/", "/OLD..NEW", false },
		{ JUDGED_MARKUP, "/struct/", "/OLD..NEW", false },
		{ JUDGED_MARKUP, "/config/", "/OLD..NEW", false },
		{ JUDGED_MARKUP, "/search?q=", "", false },
		{ JUDGED_MARKUP, "/?name=", "", false },
		{ JUDGED_MARKUP, "/tracepoint/", "", false }, // there is none
		{ JUDGED_JSON, "/search.json?q=", "", false },
		{ JUDGED_JSON, "/function/", ".json", false },
		{ JUDGED_MARKDOWN, "/function/", ".md", false },
		{ JUDGED_MARKUP, "/kernel/", "", true },
		{ JUDGED_MARKUP, "/kernels?arch=&x=", "", true },
		{ JUDGED_MARKUP, "/kernels?by=distribution&arch=", "", true },
		{ JUDGED_MARKUP, "/kernels?set=", "", true },
		{ JUDGED_MARKDOWN, "/kernels.md?x=", "", true },
		{ JUDGED_LINES, "/kernels.txt?x=", "", true },
		{ JUDGED_JSON, "/kernel/", ".json", true },
		{ JUDGED_MARKDOWN, "/kernel/", ".md", true },
		{ JUDGED_LINES, "/kernel/", ".txt", true },
		{ JUDGED_MARKUP, "/stats?x=", "", true },
		{ JUDGED_MARKUP, "/stats/growth.svg?x=", "", true },
		{ JUDGED_MARKUP, "/stats/", "", false },
		{ JUDGED_MARKUP, "/store?x=", "", true },
		{ JUDGED_MARKUP, "/feed/", ".atom", false },
		{ JUDGED_MARKUP, "/feed/struct/", ".atom", false },
		{ JUDGED_MARKUP, "/feed/config/", ".atom", false },
		{ JUDGED_MARKDOWN, "/search.md?q=", "", false },
		{ JUDGED_LINES, "/search.txt?q=", "", false },
		{ JUDGED_MARKUP, "/diff?x=", "", true },
	};
	struct ks_web *webs[2];
	if (!worlds[0].dir)
		skip();
	for (int i = 0; i < 2; i++)
		assert_ok(ks_web_open(worlds[i].db, &webs[i]));
	for (size_t n = 0; n < nasty_nr(); n++)
		for (size_t i = 0; i < KS_ARRAY_LEN(pages); i++) {
			_cleanup_arena_ struct ks_arena arena = { 0 };
			struct ks_web_response answers[2];
			for (int w = 0; w < 2; w++)
				answers[w] = get(webs[w], &worlds[w], pages[i].before,
						 pages[i].label ? worlds[w].label[n % 2]
								: name_of(&worlds[w], &arena, n),
						 pages[i].behind);
			if (strstr(pages[i].behind, "OLD"))
				assert_int_equal(answers[1].status, 200);
			// of suggestions there may be none for the one
			bool alone = answers[0].status != 200 || strstr(pages[i].before, "q=") ||
				     strstr(pages[i].before, "function"); // where it is is wrapped
			const char *wrong =
				answers[0].status != answers[1].status
					? "another status"
					: judge(answers[0].status == 404 ? JUDGED_MARKUP
									 : pages[i].as,
						answers[0].body.at, answers[0].body.len,
						alone ? answers[0].body.at : answers[1].body.at);
			if (wrong)
				fail_msg("%s…%s, name %zu: %s\n%s\n---- not as\n%s",
					 pages[i].before, pages[i].behind, n, wrong,
					 answers[0].body.at, answers[1].body.at);
			for (size_t k = 0; k < answers[0].location.len; k++)
				assert_true(answers[0].location.at[k] > ' ' &&
					    answers[0].location.at[k] < 0x7f);
			ks_web_response_deinit(&answers[0]);
			ks_web_response_deinit(&answers[1]);
		}
	ks_web_close(webs[0]);
	ks_web_close(webs[1]);
}

/** The report of the site on the object of a world, as its workers make it. */
static void report_for_site(const struct world *world, struct ks_buf *out)
{
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_inputs_ struct ks_check_inputs inputs = { 0 };
	_cleanup_tools_ struct ks_tools *tools = NULL;
	struct ks_checking checking = { 0 };
	struct ks_policy *policy;
	const struct ks_policy_source source = { 0 };
	const char *const paths[] = { world->object };
	assert_ok(ks_check_inputs_open(paths, KS_ARRAY_LEN(paths), NULL, NULL, &inputs));
	assert_ok(ks_policy_load(&source, &policy));
	const struct ks_checking_options how = { .policy = policy, .nr_threads = 1 };
	assert_ok(ks_store_open(world->db, KS_STORE_READ, &store));
	assert_ok(ks_checking_choose(store, &how, &checking));
	assert_ok(ks_checking_run(store, &how, inputs.at, inputs.nr, &checking));
	assert_ok(ks_tools_make(checking.check, false, &tools));
	const struct ks_check_report report = { .format = KS_FORMAT_HTML,
						.tools = tools,
						.site = "/r/0123456789abcdef" };
	assert_ok(ks_check_write(&report, checking.check, out));
	ks_checking_deinit(&checking);
	ks_policy_free(policy);
}

static void reports_of_the_site_take_any_name(void **state)
{
	(void)state;
	_cleanup_buf_ struct ks_buf hot = { 0 };
	if (!worlds[0].dir)
		skip();
	report_for_site(&worlds[0], &hot);
	assert_true(ks_buf_text(&hot));
	// in the calm world other causes have the same name, and are one
	const char *wrong = judge(JUDGED_MARKUP, hot.at, hot.len, hot.at);
	if (wrong)
		fail_msg("%s\n%s", wrong, hot.at);
	size_t nr = 0;
	for (const char *at = hot.at; (at = strstr(at, "href=\"/r/")); nr++) {
		at += strlen("href=\"/r/");
		for (; *at != '"'; at++)
			assert_true(*at > ' ' && *at < 0x7f && !strchr("<>'&", *at));
	}
	assert_true(nr > 0);
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
		cmocka_unit_test(pages_take_any_name),
		cmocka_unit_test(reports_of_the_site_take_any_name),
		cmocka_unit_test(labels_are_checked),
	};
	return cmocka_run_group_tests(tests, make_worlds, remove_worlds);
}
