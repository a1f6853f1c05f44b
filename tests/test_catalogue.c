/* SPDX-License-Identifier: BSD-2-Clause */
/* A catalogue says of every name what its store says, from a file and from a server, whatever the server does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/edit_distance.h"
#include "base/vector.h"
#include "place.h"
#include "range_server.h"
#include "same.h"
#include "sample.h"
#include "source/net/http.h"
#include "store/suggest.h"
#include "store/trigrams.h"

enum { BUILDS = 5 };

/** A store, its catalogue in memory, and a server that has that. */
struct world {
	struct ks_store *store;
	char path[80], url[96];
	struct ks_buf bytes, other; // of two catalogues
	struct served_file files[3], later[2];
	struct range_server server;
	char cache[64];
	struct ks_http_opts http;
};

static void read_file(const char *path, struct ks_buf *out)
{
	char bytes[4096];
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	for (size_t len; (len = fread(bytes, 1, sizeof(bytes), file));)
		ks_buf_bytes(out, bytes, len);
	fclose(file);
	assert_ok(ks_buf_error(out));
}

static void publish(struct world *world, struct ks_buf *out)
{
	static const struct ks_store_want common[] = {
		{ KS_STRUCT, "zoo", false },	   { KS_CONFIG, "CONFIG_BPF", false },
		{ KS_TYPEDEF, "atomic_t", false }, { KS_STRUCT, "no_such", false },
		{ KS_ENUM, "mode", false },	   { KS_STRUCT, "zoo", false },
	};
	const struct ks_publish_opts opts = { .common = common, .nr_common = KS_ARRAY_LEN(common) };
	struct ks_publish_result result;
	assert_ok(ks_store_publish(world->store, world->path, &opts, &result));
	assert_int_equal(strlen(result.content), 64);
	out->len = 0;
	read_file(world->path, out);
	assert_int_equal(out->len, result.bytes);
}

static void make(struct world *world, void **state)
{
	*world = (struct world){ .http = { .tries = 2, .backoff_ms = 1, .total_s = 20 } };
	snprintf(world->path, sizeof(world->path), "%s.ksurf", place_path(state));
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &world->store));
	for (unsigned int build = 1; build < BUILDS; build++)
		place_put(world->store, build);
	publish(world, &world->other);
	place_put(world->store, BUILDS);
	assert_ok(ks_store_join_sets(world->store, "6.1.0-5", "debian:12@amd64"));
	publish(world, &world->bytes);
	strcpy(world->cache, "/tmp/ksurf-cache-XXXXXX");
	assert_non_null(mkdtemp(world->cache));
	setenv("XDG_CACHE_HOME", world->cache, 1);
	world->files[0] = (struct served_file){ "/all.ksurf", world->bytes.at, world->bytes.len };
	world->later[0] = (struct served_file){ "/all.ksurf", world->other.at, world->other.len };
	world->server.files = world->files;
	world->server.etag = "one";
}

static void serve(struct world *world)
{
	assert_true(range_server_start(&world->server));
	snprintf(world->url, sizeof(world->url), "%s/all.ksurf", world->server.url);
}

static void stop(struct world *world)
{
	char command[160];
	range_server_stop(&world->server);
	ks_store_close(world->store);
	ks_buf_deinit(&world->bytes);
	ks_buf_deinit(&world->other);
	unlink(world->path);
	snprintf(command, sizeof(command), "rm -rf %s", world->cache);
	assert_int_equal(system(command), 0);
}

/* ---- the same answers ---- */

struct names {
	struct ks_arena arena;
	KS_VECTOR(struct ks_store_name) at;
};

static struct ks_error *note(const struct ks_store_name *name, void *arg)
{
	struct names *names = arg;
	struct ks_store_name copy = *name;
	copy.name = ks_arena_strdup(&names->arena, name->name);
	uint64_t *in = ks_arena_alloc(&names->arena, sizeof(*in));
	assert_non_null(in);
	*in = name->in[0];
	copy.in = in;
	return ks_vector_add(&names->at, copy) ? NULL : &ks_nomem;
}

static void names_deinit(struct names *names)
{
	ks_vector_deinit(&names->at);
	ks_arena_deinit(&names->arena);
}

static void check_fact(const struct ks_fact *a, const struct ks_fact *b)
{
	assert_int_equal(a->known, b->known);
	assert_int_equal(a->present, b->present);
	assert_int_equal(a->number, b->number);
	assert_int_equal(a->traced, b->traced);
	assert_true(same_text(a->value, b->value));
	assert_int_equal(!a->decl, !b->decl);
	assert_int_equal(!a->function, !b->function);
	assert_int_equal(!a->ambiguity, !b->ambiguity);
	assert_int_equal(!a->tracepoint, !b->tracepoint);
	assert_true(!a->decl || same_decl(a->decl, b->decl));
	assert_true(!a->function || same_function(a->function, b->function));
	assert_true(!a->ambiguity || same_ambiguity(a->ambiguity, b->ambiguity));
	assert_true(!a->tracepoint || same_tracepoint(a->tracepoint, b->tracepoint));
}

static void check_name(struct ks_store *a, struct ks_store *b, const struct ks_store_images *of_a,
		       const struct ks_store_images *of_b, const struct ks_store_name *name)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_history x, y;
	assert_ok(ks_store_history(a, of_a, name->kind, name->name, &arena, &x));
	assert_ok(ks_store_history(b, of_b, name->kind, name->name, &arena, &y));
	for (size_t i = 0; i < x.nr; i++) {
		check_fact(&x.facts[i], &y.facts[i]);
		bool in_a, in_b;
		assert_ok(ks_store_symbol(a, of_a->at[i], name->name, &in_a));
		assert_ok(ks_store_symbol(b, of_b->at[i], name->name, &in_b));
		assert_int_equal(in_a, in_b);
		assert_ok(ks_store_variable(a, of_a->at[i], name->name, &in_a));
		assert_ok(ks_store_variable(b, of_b->at[i], name->name, &in_b));
		assert_int_equal(in_a, in_b);
	}
}

/** Names of both by a pattern are the same; every step-th is looked up. */
static void check_same(struct ks_store *a, struct ks_store *b, const char *glob, size_t step)
{
	struct ks_arena arena = { 0 };
	struct ks_store_images of_a, of_b;
	struct names in_a = { 0 }, in_b = { 0 };
	assert_ok(ks_store_images(a, &arena, &of_a));
	assert_ok(ks_store_images(b, &arena, &of_b));
	assert_int_equal(of_a.nr, of_b.nr);
	for (size_t i = 0; i < of_a.nr; i++) {
		assert_true(same_image(&of_a.at[i]->image, &of_b.at[i]->image));
		assert_true(same_text(of_a.at[i]->image.sets, of_b.at[i]->image.sets));
	}
	assert_ok(ks_store_names(a, &of_a, KS_NR_KINDS, glob, note, &in_a));
	assert_ok(ks_store_names(b, &of_b, KS_NR_KINDS, glob, note, &in_b));
	assert_int_equal(in_a.at.len, in_b.at.len);
	assert_true(in_a.at.len > 0);
	for (size_t i = 0; i < in_a.at.len; i++) {
		assert_string_equal(in_a.at.at[i].name, in_b.at.at[i].name);
		assert_int_equal(in_a.at.at[i].kind, in_b.at.at[i].kind);
		assert_int_equal(in_a.at.at[i].nr_images, in_b.at.at[i].nr_images);
		assert_int_equal(in_a.at.at[i].in[0], in_b.at.at[i].in[0]);
		if (i % step == 0)
			check_name(a, b, &of_a, &of_b, &in_a.at.at[i]);
	}
	names_deinit(&in_a);
	names_deinit(&in_b);
	ks_arena_deinit(&arena);
}

static void file_says_the_same(void **state)
{
	struct world world;
	_cleanup_store_ struct ks_store *catalogue = NULL;
	make(&world, state);
	serve(&world);
	// of some functions the store tells what moved: the catalogue has no base to tell it by
	assert_true(place_number(place_path(state), "SELECT count(*) FROM part WHERE name ="
						    " 'function.moves' AND nr > 0") > 0);
	assert_ok(ks_store_open(world.path, KS_STORE_READ, &catalogue));
	check_same(world.store, catalogue, NULL, 1);
	check_same(world.store, catalogue, "filler_1*", 1);
	check_same(world.store, catalogue, "[fs]*_1?", 1);
	check_same(world.store, catalogue, "*_12*", 1);
	check_same(world.store, catalogue, "*iller_7?3", 1);
	check_same(world.store, catalogue, "*get*er_1*6", 1);
	check_same(world.store, catalogue, "*il[l]er_17*", 1);
	check_same(world.store, catalogue, "*iller\\_55*", 1);
	assert_int_equal(place_number(world.path, "PRAGMA freelist_count"), 0);
	assert_int_equal(place_number(world.path, "PRAGMA page_size"), 16384);
	ks_store_close(ks_take(catalogue));
	expect_error(ks_store_open(world.path, KS_STORE_WRITE, &catalogue), KS_ERR_STORE,
		     "a published catalogue, which is only read");
	stop(&world);
}

/** Names that are in the head, too, are known of these bytes alone: what is in their rows is not asked. */
static void common_names_are_in_the_head(void **state)
{
	static const struct {
		enum ks_kind kind;
		const char *name;
		bool there;
	} cases[] = { { KS_STRUCT, "zoo", true },
		      { KS_CONFIG, "CONFIG_BPF", true },
		      { KS_STRUCT, "no_such", false },
		      { KS_STRUCT, "empty", true } };
	struct world world;
	char command[256];
	make(&world, state);
	serve(&world);
	snprintf(command, sizeof(command), "sqlite3 %s 'DELETE FROM names; DELETE FROM block'",
		 world.path);
	if (system("command -v sqlite3 >/dev/null") != 0) {
		stop(&world);
		skip();
	}
	assert_int_equal(system(command), 0);
	_cleanup_store_ struct ks_store *catalogue = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_images images, of_store;
	assert_ok(ks_store_open(world.path, KS_STORE_READ, &catalogue));
	assert_ok(ks_store_images(catalogue, &arena, &images));
	assert_ok(ks_store_images(world.store, &arena, &of_store));
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		struct ks_history x, y;
		struct ks_error *err = ks_store_history(catalogue, &images, cases[i].kind,
							cases[i].name, &arena, &x);
		if (i + 1 == KS_ARRAY_LEN(cases)) {
			expect_error(err, KS_ERR_STORE, "names of the catalogue are missing");
			break;
		}
		assert_ok(err);
		assert_ok(ks_store_history(world.store, &of_store, cases[i].kind, cases[i].name,
					   &arena, &y));
		assert_int_equal(ks_history_present(&x), cases[i].there);
		for (size_t k = 0; k < x.nr; k++)
			check_fact(&x.facts[k], &y.facts[k]);
	}
	stop(&world);
}

static void old_stores_are_published(void **state)
{
	static const char *const names[] = { "v1", "v1-2", "v2", "v3-1" };
	for (size_t i = 0; i < KS_ARRAY_LEN(names); i++) {
		struct world world = { 0 };
		_cleanup_store_ struct ks_store *catalogue = NULL;
		snprintf(world.path, sizeof(world.path), "%s.ksurf", place_path(state));
		assert_ok(ks_store_open(place_copy_old(place_path(state), names[i]), KS_STORE_READ,
					&world.store));
		publish(&world, &world.bytes);
		assert_ok(ks_store_open(world.path, KS_STORE_READ, &catalogue));
		check_same(world.store, catalogue, NULL, 1);
		ks_store_close(world.store);
		ks_buf_deinit(&world.bytes);
		unlink(world.path);
	}
}

/** One of format 1, made of the store v1 when there was no other. */
static void old_catalogues_are_read(void **state)
{
	char path[100], hex[65];
	_cleanup_store_ struct ks_store *store = NULL, *catalogue = NULL;
	snprintf(path, sizeof(path), "%s.c1", place_path(state));
	assert_ok(ks_store_open(place_copy_old(place_path(state), "v1"), KS_STORE_READ, &store));
	assert_ok(ks_store_open(place_copy_old(path, "c1"), KS_STORE_READ, &catalogue));
	check_same(store, catalogue, NULL, 1);
	check_same(store, catalogue, "*iller_1*", 1);
	expect_error(ks_store_verify(catalogue, hex), KS_ERR_UNSUPPORTED, "format 1");
	unlink(path);
}

static void server_says_the_same(void **state)
{
	struct world world;
	make(&world, state);
	serve(&world);
	for (int turn = 0; turn < 2; turn++) {
		_cleanup_store_ struct ks_store *catalogue = NULL;
		int before = atomic_load(&world.server.requests);
		assert_ok(ks_store_open_remote(world.url, &world.http, &catalogue));
		check_same(world.store, catalogue, NULL, 7);
		int asked = atomic_load(&world.server.requests) - before;
		if (turn) // to see that it is the same file
			assert_int_equal(asked, 1);
		else
			assert_true(asked > 1);
	}
	stop(&world);
}

static void one_name_reads_little(void **state)
{
	struct world world;
	_cleanup_store_ struct ks_store *catalogue = NULL;
	struct ks_arena arena = { 0 };
	struct ks_store_images images;
	struct ks_history history;
	make(&world, state);
	serve(&world);
	assert_ok(ks_store_open_remote(world.url, &world.http, &catalogue));
	assert_ok(ks_store_images(catalogue, &arena, &images));
	assert_ok(
		ks_store_history(catalogue, &images, KS_FUNCTION, "filler_1999", &arena, &history));
	assert_true(ks_history_present(&history));
	assert_true(atomic_load(&world.server.requests) <= 5);
	ks_arena_deinit(&arena);
	stop(&world);
}

/** What the command prints, and how it ends. */
static void run_command(const char *db, const char *words, struct ks_buf *out)
{
	struct ks_buf line = { 0 };
	char bytes[4096];
	ks_buf_printf(&line, "$KSURF_COMMAND --db %s %s 2>&1", db, words);
	FILE *pipe = popen(ks_buf_text(&line), "r");
	assert_non_null(pipe);
	out->len = 0;
	for (size_t len; (len = fread(bytes, 1, sizeof(bytes), pipe));)
		ks_buf_bytes(out, bytes, len);
	ks_buf_printf(out, "status %d", pclose(pipe));
	assert_non_null(ks_buf_text(out));
	ks_buf_deinit(&line);
}

/** The worker that is locked up has no network, and its parent only this URL. */
static void command_says_the_same(void **state)
{
	static const char *const commands[] = {
		"images --json",	   "show function special --json", "show struct no_such",
		"find --json 'filler_1?'", "log function special",	   "stats --json",
		"diff 6.1.0-1 6.1.0-5"
	};
	struct world world;
	struct ks_buf file = { 0 }, server = { 0 };
	if (!getenv("KSURF_COMMAND"))
		skip();
	make(&world, state);
	serve(&world);
	for (size_t i = 0; i < KS_ARRAY_LEN(commands); i++) {
		run_command(world.path, commands[i], &file);
		run_command(world.url, commands[i], &server);
		assert_string_equal(file.at, server.at);
	}
	run_command(world.url, "images --base 6.1.0-1", &server);
	assert_non_null(strstr(server.at, "a catalogue on a server is only read"));
	run_command(world.url, "add /dev/null", &server);
	assert_non_null(strstr(server.at, "a catalogue on a server is only read"));
	ks_buf_deinit(&file);
	ks_buf_deinit(&server);
	stop(&world);
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
	make(&world, state);
	world.server.later = world.later;
	world.server.later_etag = "other";
	world.server.later_from = 2;
	serve(&world);
	snprintf(old, sizeof(old), "%s.old", world.path);
	FILE *file = fopen(old, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(world.other.at, 1, world.other.len, file), world.other.len);
	fclose(file);
	for (size_t i = 0; i < KS_ARRAY_LEN(commands); i++) {
		snprintf(command, sizeof(command), "rm -rf %s/ksurf", world.cache);
		assert_int_equal(system(command), 0);
		atomic_store(&world.server.requests, 0);
		run_command(old, commands[i], &expected);
		run_command(world.url, commands[i], &server);
		assert_true(atomic_load(&world.server.requests) > 2);
		assert_string_equal(expected.at, server.at);
	}
	unlink(old);
	ks_buf_deinit(&expected);
	ks_buf_deinit(&server);
	stop(&world);
}

static void whole_copy_is_the_file(void **state)
{
	struct world world;
	struct ks_buf line = { 0 }, said = { 0 }, copy = { 0 };
	if (!getenv("KSURF_COMMAND"))
		skip();
	make(&world, state);
	serve(&world);
	ks_buf_printf(&line, "fetch %s %s.copy", world.url, world.path);
	run_command("none", ks_buf_text(&line), &said);
	assert_string_equal(said.at, "status 0");
	line.len = 0;
	ks_buf_printf(&line, "%s.copy", world.path);
	read_file(ks_buf_text(&line), &copy);
	assert_int_equal(copy.len, world.bytes.len);
	assert_memory_equal(copy.at, world.bytes.at, copy.len);
	unlink(line.at);
	line.len = 0;
	ks_buf_printf(&line, "fetch --json %s %s.copy", world.url, world.path);
	run_command("none", ks_buf_text(&line), &said);
	assert_non_null(strstr(said.at, "\"signed_by\": null"));
	line.len = 0;
	ks_buf_printf(&line, "%s.copy", world.path);
	unlink(ks_buf_text(&line));
	world.files[0] = (struct served_file){ "/all.ksurf", "no catalogue", 12 };
	line.len = 0;
	ks_buf_printf(&line, "fetch %s %s.copy", world.url, world.path);
	run_command("none", ks_buf_text(&line), &said);
	assert_non_null(strstr(said.at, "no catalogue, as 'ksurf publish' makes it"));
	line.len = 0;
	ks_buf_printf(&line, "%s.copy", world.path);
	assert_int_not_equal(access(ks_buf_text(&line), F_OK), 0);
	ks_buf_deinit(&line);
	ks_buf_deinit(&said);
	ks_buf_deinit(&copy);
	stop(&world);
}

static void store_is_not_replaced(void **state)
{
	struct world world;
	struct ks_buf line = { 0 }, said = { 0 }, before = { 0 }, after = { 0 };
	const char *path = place_path(state);
	if (!getenv("KSURF_COMMAND"))
		skip();
	make(&world, state);
	serve(&world);
	read_file(path, &before);
	ks_buf_printf(&line, "fetch %s %s", world.url, path);
	run_command("none", ks_buf_text(&line), &said);
	if (!strstr(said.at, "is a store"))
		fail_msg("%s", said.at);
	read_file(path, &after);
	assert_int_equal(after.len, before.len);
	assert_memory_equal(after.at, before.at, after.len);
	ks_buf_deinit(&line);
	ks_buf_deinit(&said);
	ks_buf_deinit(&before);
	ks_buf_deinit(&after);
	stop(&world);
}

/** Fetch from the server, what is served being the bytes of a file. A copy that was not taken is not there. */
static void fetch_file(struct world *world, const char *path, const char *opts, bool taken,
		       const char *says)
{
	struct ks_buf line = { 0 }, said = { 0 }, bytes = { 0 };
	char copy[120];
	snprintf(copy, sizeof(copy), "%s.copy", world->path);
	read_file(path, &bytes);
	world->files[0] = (struct served_file){ "/all.ksurf", bytes.at, bytes.len };
	ks_buf_printf(&line, "fetch %s %s %s", opts, world->url, copy);
	run_command("none", ks_buf_text(&line), &said);
	if (!strstr(said.at, says))
		fail_msg("%s: %s", says, said.at);
	assert_int_equal(access(copy, F_OK) == 0, taken);
	unlink(copy);
	world->files[0] = (struct served_file){ "/all.ksurf", world->bytes.at, world->bytes.len };
	ks_buf_deinit(&line);
	ks_buf_deinit(&said);
	ks_buf_deinit(&bytes);
}

static bool have(const char *program)
{
	char line[64];
	snprintf(line, sizeof(line), "command -v %s >/dev/null", program);
	return system(line) == 0;
}

/** What a row of names says is another row's, a byte in the middle is another, the end is missing: it is not what the hash is of. */
static void changed_copies_are_not_taken(void **state)
{
	static const char other[] = "what it holds is not what its hash is of";
	static const struct {
		const char *change, *says;
		bool taken;
	} cases[] = {
		{ "true", "status 0", true },
		{ "sqlite3 $f 'UPDATE names SET data = (SELECT data FROM names WHERE id = 2)"
		  " WHERE id = 1'",
		  other, false },
		{ "sqlite3 $f \"INSERT INTO setting VALUES('base', '6.1.0-5')\"", other, false },
		{ "sqlite3 $f \"DELETE FROM head WHERE name = 'content'\"", other, false },
		{ "sqlite3 $f \"UPDATE place SET data = CAST(substr(data, 1, 60) || x'ff' ||"
		  " substr(data, 62) AS BLOB)\"",
		  "damaged", false },
		{ "truncate -s -20000 $f", "the store is damaged", false },
	};
	struct world world;
	char path[100], line[400];
	if (!getenv("KSURF_COMMAND") || !have("sqlite3"))
		skip();
	make(&world, state);
	serve(&world);
	snprintf(path, sizeof(path), "%s.other", world.path);
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		snprintf(line, sizeof(line), "f=%s; cp %s $f && %s", path, world.path,
			 cases[i].change);
		assert_int_equal(system(line), 0);
		fetch_file(&world, path, "", cases[i].taken, cases[i].says);
	}
	unlink(path);
	stop(&world);
}

/** Two keys, what the first has signed, a signature of something else, and one of a key that has expired, in a folder. */
static void make_signatures(const char *folder, const char *path)
{
	static const char script[] =
		"export GNUPGHOME=%s/gpg && mkdir -m 700 $GNUPGHOME && cd %s &&"
		" for k in one two; do gpg --batch --quiet --passphrase '' --quick-generate-key"
		" $k@example.org ed25519 sign never 2>/dev/null; gpg --export $k@example.org >$k;"
		" done && echo other >file &&"
		" gpg --batch --quiet -u one@example.org --output good.sig --detach-sign %s &&"
		" gpg --batch --quiet -u one@example.org --output else.sig --detach-sign file;"
		" old='gpg --batch --quiet --faked-system-time 20200101T000000!' &&"
		" $old --passphrase '' --quick-generate-key old@example.org ed25519 sign 1d"
		" 2>/dev/null; gpg --export old@example.org >old &&"
		" $old -u old@example.org --output old.sig --detach-sign %s 2>/dev/null;"
		" s=$?; gpgconf --kill all 2>/dev/null; exit $s";
	char line[1600];
	snprintf(line, sizeof(line), script, folder, folder, path, path);
	assert_int_equal(system(line), 0);
}

static void signatures_are_checked(void **state)
{
	static const struct {
		const char *keys, *signature, *says;
		bool taken;
	} cases[] = {
		{ "one", "good.sig", "status 0", true },
		{ "two", "good.sig", "not signed by a key of", false },
		{ "one", "else.sig", "not signed by a key of", false },
		{ "old", "old.sig", "not signed by a key of", false },
		{ "one", "file", "not signed by a key of", false },
		{ "one", NULL, "no such file", false },
	};
	struct world world;
	char opts[160], path[160];
	if (!getenv("KSURF_COMMAND") || !have("gpg") || !have("gpgv"))
		skip();
	make(&world, state);
	serve(&world);
	make_signatures(world.cache, world.path);
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		struct ks_buf signature = { 0 };
		if (cases[i].signature) {
			snprintf(path, sizeof(path), "%s/%s", world.cache, cases[i].signature);
			read_file(path, &signature);
		}
		world.files[1] = (struct served_file){ cases[i].signature ? "/all.ksurf.sig" : NULL,
						       signature.at, signature.len };
		snprintf(opts, sizeof(opts), "--signed-by %s/%s", world.cache, cases[i].keys);
		fetch_file(&world, world.path, opts, cases[i].taken, cases[i].says);
		world.files[1] = (struct served_file){ 0 };
		ks_buf_deinit(&signature);
	}
	stop(&world);
}

/* ---- the index ---- */

static void check_trigrams(const struct ks_trigrams *trigrams, size_t least,
			   const char *const *texts)
{
	assert_int_equal(trigrams->least, least);
	for (size_t i = 0; i < trigrams->nr; i++) {
		assert_non_null(texts[i]);
		assert_int_equal(trigrams->at[i], ks_trigram_at(texts[i]));
	}
	assert_null(texts[trigrams->nr]);
}

static void patterns_have_trigrams(void **state)
{
	static const struct {
		const char *glob;
		const char *texts[6];
	} cases[] = {
		{ "*_readv*", { "_re", "adv" } },
		{ "vfs_read", { "vfs", "_re", "ead" } },
		{ "a?bcd*ef*ghij", { "bcd", "ghi", "hij" } },
		{ "*ab*", { NULL } },
		{ "x[abcdef]*ghi", { NULL } },
		{ "xyz\\*abc", { "xyz", "abc" } },
		{ "*abc\\", { "abc" } },
		{ "", { NULL } },
	};
	(void)state;
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		struct ks_trigrams trigrams;
		ks_trigrams_of_glob(cases[i].glob, &trigrams);
		for (size_t k = 0; cases[i].texts[k]; k++)
			assert_true(k < trigrams.nr);
		check_trigrams(&trigrams, trigrams.nr, cases[i].texts);
	}
}

/** Two bytes of a name change places, one goes, one comes, one is another: what is near has as many trigrams as is said. */
static void near_names_have_trigrams(void **state)
{
	static const char name[] = "blk_mq_start_stopped_hw_queues";
	enum { EDITS = 3 };
	struct ks_trigrams trigrams;
	uint64_t seed = 1;
	(void)state;
	ks_trigrams_of_near(name, EDITS, &trigrams);
	assert_true(trigrams.least >= 2);
	for (int turn = 0; turn < 20000; turn++) {
		char text[64];
		strcpy(text, name);
		for (int edit = 0; edit < EDITS; edit++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			size_t len = strlen(text), at = (size_t)(seed >> 33) % (len - 1);
			switch (seed >> 60 & 3) {
			case 0:
				text[at] ^= 1;
				break;
			case 1:
				memmove(text + at, text + at + 1, len - at);
				break;
			case 2:
				memmove(text + at + 1, text + at, len - at + 1);
				break;
			default:
				text[at] ^= text[at + 1];
				text[at + 1] ^= text[at];
				text[at] ^= text[at + 1];
			}
		}
		size_t has = 0;
		for (size_t i = 0; i < trigrams.nr; i++)
			for (const char *p = text; strlen(p) >= 3; p++)
				if (ks_trigram_at(p) == trigrams.at[i]) {
					has++;
					break;
				}
		assert_true(ks_edit_distance(name, text, EDITS) > EDITS || has >= trigrams.least);
	}
}

/** What is near is the same from both; the names are long enough for the index. */
static void suggestions_are_the_same(void **state)
{
	static const char *const names[] = { "get_filler_1oo0", "__get_filler_1234", "filer_17",
					     "get_fillre_15", "nothing_is_near_to_this_name" };
	struct world world;
	_cleanup_store_ struct ks_store *catalogue = NULL;
	struct ks_arena arena = { 0 };
	struct ks_store_images of_a, of_b;
	make(&world, state);
	serve(&world);
	assert_ok(ks_store_open(world.path, KS_STORE_READ, &catalogue));
	assert_ok(ks_store_images(world.store, &arena, &of_a));
	assert_ok(ks_store_images(catalogue, &arena, &of_b));
	for (size_t i = 0; i < KS_ARRAY_LEN(names); i++) {
		struct ks_suggestions a, b;
		assert_ok(ks_suggest_names(world.store, &of_a, KS_NR_KINDS, names[i], &a));
		assert_ok(ks_suggest_names(catalogue, &of_b, KS_NR_KINDS, names[i], &b));
		assert_int_equal(a.nr, b.nr);
		for (size_t k = 0; k < a.nr; k++) {
			assert_string_equal(a.at[k].name, b.at[k].name);
			assert_int_equal(a.at[k].kind, b.at[k].kind);
			assert_int_equal(a.at[k].nr_images, b.at[k].nr_images);
		}
	}
	ks_arena_deinit(&arena);
	stop(&world);
}

/* ---- servers that are not what they should be ---- */

/** Opens, or looks all names up; the first error. */
static struct ks_error *read_all(struct world *world)
{
	_cleanup_store_ struct ks_store *catalogue = NULL;
	struct ks_arena arena = { 0 };
	struct ks_store_images images;
	struct names names = { 0 };
	KS_TRY(ks_store_open_remote(world->url, &world->http, &catalogue));
	struct ks_error *err = ks_store_images(catalogue, &arena, &images);
	if (!err)
		err = ks_store_names(catalogue, &images, KS_NR_KINDS, NULL, note, &names);
	for (size_t i = 0; !err && i < names.at.len; i += 50) {
		struct ks_history history;
		err = ks_store_history(catalogue, &images, names.at.at[i].kind, names.at.at[i].name,
				       &arena, &history);
	}
	names_deinit(&names);
	ks_arena_deinit(&arena);
	return err;
}

static void no_ranges_is_told(void **state)
{
	struct world world;
	make(&world, state);
	world.server.no_ranges = true;
	serve(&world);
	expect_error(read_all(&world), KS_ERR_UNSUPPORTED, "'ksurf fetch' takes the whole");
	stop(&world);
}

static void nothing_there_is_told(void **state)
{
	struct world world;
	make(&world, state);
	world.files[0].path = "/other";
	serve(&world);
	expect_error(read_all(&world), KS_ERR_NET, "no such file");
	stop(&world);
}

static void replaced_file_is_told(void **state)
{
	struct world world;
	make(&world, state);
	world.server.later = world.files; // neither the size nor the bytes tell
	world.server.later_etag = "other";
	world.server.later_from = 2;
	serve(&world);
	expect_error(read_all(&world), KS_ERR_NET, "was replaced while it was read");
	stop(&world);
}

static void other_file_is_not_taken_for_the_kept_one(void **state)
{
	struct world world;
	make(&world, state);
	serve(&world);
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
	stop(&world);
}

static void wrong_ranges_are_told(void **state)
{
	for (int says = 0; says < 2; says++) {
		struct world world;
		make(&world, state);
		world.server.wrong_range = !says;
		world.server.other_range = says;
		serve(&world);
		struct ks_error *err = read_all(&world);
		assert_non_null(err);
		if (says)
			expect_error(err, KS_ERR_NET, "another range than asked for");
		else
			ks_error_free(err);
		stop(&world);
		unlink(place_path(state));
	}
}

static void short_answers_are_asked_for_again(void **state)
{
	struct world world;
	make(&world, state);
	atomic_store(&world.server.cut_after, 5000);
	serve(&world);
	assert_ok(read_all(&world));
	stop(&world);
}

static void slow_server_is_left(void **state)
{
	struct world world;
	make(&world, state);
	world.server.drip_ms = 2;
	world.http.total_s = 1;
	serve(&world);
	expect_error(read_all(&world), KS_ERR_NET, "given up");
	stop(&world);
}

static void store_and_rubbish_are_refused(void **state)
{
	static const char rubbish[20000] = "no database";
	struct world world;
	struct ks_buf store = { 0 };
	make(&world, state);
	ks_store_close(ks_take(world.store)); // all of it is in the file then
	read_file(place_path(state), &store);
	world.files[0] = (struct served_file){ "/all.ksurf", store.at, store.len };
	serve(&world);
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
	stop(&world);
}

static void damaged_cache_is_fetched_again(void **state)
{
	struct world world;
	char command[256];
	make(&world, state);
	serve(&world);
	assert_ok(read_all(&world));
	// every block but the first differs from its hash
	snprintf(command, sizeof(command),
		 "for f in %s/ksurf/catalogue-*; do dd if=/dev/zero of=$f bs=16384 seek=2 count=40"
		 " conv=notrunc status=none; done",
		 world.cache);
	assert_int_equal(system(command), 0);
	assert_ok(read_all(&world));
	stop(&world);
}

/** A byte of the file is another: an error, or an answer, and nothing else. */
static void damaged_catalogues_are_survived(void **state)
{
	struct world world;
	make(&world, state);
	serve(&world);
	for (size_t i = 0; i < 60; i++) {
		size_t at = (i * 7919 * 97) % world.bytes.len;
		world.bytes.at[at] ^= (char)(1 << i % 8);
		char etag[32];
		snprintf(etag, sizeof(etag), "damaged-%zu", i);
		world.server.etag = etag;
		ks_error_free(read_all(&world));
		world.bytes.at[at] ^= (char)(1 << i % 8);
	}
	stop(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(file_says_the_same),
		TEST(common_names_are_in_the_head),
		TEST(old_stores_are_published),
		TEST(old_catalogues_are_read),
		TEST(server_says_the_same),
		TEST(one_name_reads_little),
		TEST(command_says_the_same),
		TEST(command_starts_over),
		TEST(whole_copy_is_the_file),
		TEST(store_is_not_replaced),
		TEST(changed_copies_are_not_taken),
		TEST(signatures_are_checked),
		TEST(patterns_have_trigrams),
		TEST(near_names_have_trigrams),
		TEST(suggestions_are_the_same),
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
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
