/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole copies of a catalogue: of what it says, of who made it, and of what they may not replace. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/array.h"
#include "catalogue_world.h"

/** @param said what the command says, and how it ends */
static void fetch(const struct world *world, const char *opts, const char *to, struct ks_buf *said)
{
	_cleanup_buf_ struct ks_buf line = { 0 };
	ks_buf_printf(&line, "fetch %s %s %s", opts, world->url, to);
	world_command("none", ks_buf_text(&line), said);
}

static void whole_copy_is_the_file(void **state)
{
	struct world world;
	struct ks_buf said = { 0 }, bytes = { 0 };
	char copy[120];
	if (!getenv("KSURF_COMMAND"))
		skip();
	world_make(&world, state);
	world_serve(&world);
	snprintf(copy, sizeof(copy), "%s.copy", world.path);
	fetch(&world, "", copy, &said);
	assert_string_equal(said.at, "status 0");
	place_read_file(copy, &bytes);
	assert_int_equal(bytes.len, world.bytes.len);
	assert_memory_equal(bytes.at, world.bytes.at, bytes.len);
	unlink(copy);
	fetch(&world, "--json", copy, &said);
	assert_non_null(strstr(said.at, "\"signed_by\": null"));
	unlink(copy);
	world.files[0] = (struct served_file){ "/all.ksurf", "no catalogue", 12 };
	fetch(&world, "", copy, &said);
	assert_non_null(strstr(said.at, "no catalogue, as 'ksurf publish' makes it"));
	assert_int_not_equal(access(copy, F_OK), 0);
	ks_buf_deinit(&said);
	ks_buf_deinit(&bytes);
	world_stop(&world);
}

static void store_is_not_replaced(void **state)
{
	struct world world;
	struct ks_buf said = { 0 }, before = { 0 }, after = { 0 };
	const char *path = place_path(state);
	if (!getenv("KSURF_COMMAND"))
		skip();
	world_make(&world, state);
	world_serve(&world);
	place_read_file(path, &before);
	fetch(&world, "", path, &said);
	if (!strstr(said.at, "is a store"))
		fail_msg("%s", said.at);
	place_read_file(path, &after);
	assert_int_equal(after.len, before.len);
	assert_memory_equal(after.at, before.at, after.len);
	ks_buf_deinit(&said);
	ks_buf_deinit(&before);
	ks_buf_deinit(&after);
	world_stop(&world);
}

/** Fetch from the server, what is served being the bytes of a file. A copy that was not taken is not there. */
static void fetch_file(struct world *world, const char *path, const char *opts, bool taken,
		       const char *says)
{
	struct ks_buf said = { 0 }, bytes = { 0 };
	char copy[120];
	snprintf(copy, sizeof(copy), "%s.copy", world->path);
	place_read_file(path, &bytes);
	world->files[0] = (struct served_file){ "/all.ksurf", bytes.at, bytes.len };
	fetch(world, opts, copy, &said);
	if (!strstr(said.at, says))
		fail_msg("%s: %s", says, said.at);
	assert_int_equal(access(copy, F_OK) == 0, taken);
	unlink(copy);
	world->files[0] = (struct served_file){ "/all.ksurf", world->bytes.at, world->bytes.len };
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
	world_make(&world, state);
	world_serve(&world);
	snprintf(path, sizeof(path), "%s.other", world.path);
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		snprintf(line, sizeof(line), "f=%s; cp %s $f && %s", path, world.path,
			 cases[i].change);
		assert_int_equal(system(line), 0);
		fetch_file(&world, path, "", cases[i].taken, cases[i].says);
	}
	unlink(path);
	world_stop(&world);
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
	world_make(&world, state);
	world_serve(&world);
	make_signatures(world.cache, world.path);
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		struct ks_buf signature = { 0 };
		if (cases[i].signature) {
			snprintf(path, sizeof(path), "%s/%s", world.cache, cases[i].signature);
			place_read_file(path, &signature);
		}
		world.files[1] = (struct served_file){ cases[i].signature ? "/all.ksurf.sig" : NULL,
						       signature.at, signature.len };
		snprintf(opts, sizeof(opts), "--signed-by %s/%s", world.cache, cases[i].keys);
		fetch_file(&world, world.path, opts, cases[i].taken, cases[i].says);
		world.files[1] = (struct served_file){ 0 };
		ks_buf_deinit(&signature);
	}
	world_stop(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whole_copy_is_the_file),
		TEST(store_is_not_replaced),
		TEST(changed_copies_are_not_taken),
		TEST(signatures_are_checked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
