/* SPDX-License-Identifier: BSD-2-Clause */
/* Who has signed what an archive says of its packages, and whose keys count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/array.h"
#include "hostile_world.h"
#include "own_archive.h"
#include "source/net/signed_by.h"

/* ---- two people with keys: one whom the archive trusts, one it does not ---- */

static char *homes; // of gpg: keys are made once

static bool make_key(const char *who)
{
	const char *const argv[] = { "gpg",
				     "--batch",
				     "--homedir",
				     homes,
				     "--passphrase",
				     "",
				     "--quick-generate-key",
				     who,
				     "ed25519",
				     "sign",
				     "never",
				     NULL };
	return hostile_run(argv, NULL);
}

/** False where there is no gpg to sign with. */
static bool have_keys(void)
{
	static int have = -1;
	if (have < 0) {
		homes = make_dir();
		chmod(homes, 0700);
		have = make_key("good@example") && make_key("bad@example");
	}
	return have;
}

static void need_keys(void)
{
	if (have_keys())
		return;
	print_message("no gpg on this machine: skipped\n");
	skip();
}

static int forget_keys(void **state)
{
	(void)state;
	if (!homes)
		return 0;
	const char *const argv[] = { "gpgconf", "--homedir", homes, "--kill", "all", NULL };
	hostile_run(argv, NULL);
	remove_dir(homes);
	return 0;
}

/** @return a file with the key; the caller frees */
static char *export_key(const char *dir, const char *who, bool armored)
{
	struct ks_buf key = { 0 };
	const char *const argv[] = {
		"gpg", "--homedir", homes, armored ? "--armor" : "--no-armor", "--export", who, NULL
	};
	assert_true(hostile_run(argv, &key));
	char *file = write_file(dir, armored ? "key.asc" : "key.gpg", key.at, key.len);
	ks_buf_deinit(&key);
	return file;
}

/** @param also NULL: one signature is enough */
static void sign(struct hostile_world *w, const struct ks_buf *text, const char *who,
		 const char *also)
{
	char *file = write_file(w->dir, "unsigned", text->at, text->len);
	const char *const argv[] = { "gpg", "--batch",	       "--homedir",   homes, "-u", who,
				     "-u",  also ? also : who, "--clearsign", "-o",  "-",  file,
				     NULL };
	assert_true(hostile_run(argv, &w->signed_list));
	free(file);
	w->files[0] = (struct served_file){ "/dists/test/InRelease", w->signed_list.at,
					    w->signed_list.len };
}

/** With a signed list, and the key that it must be signed with. */
static struct hostile_world *signed_world(void)
{
	need_keys();
	struct hostile_world *w = hostile_world_new(100 << 10, 1000, false);
	w->keyring = export_key(w->dir, "good@example", false);
	w->opts.allow_unsigned = false;
	w->opts.keyring = w->keyring;
	sign(w, &w->release, "good@example", NULL);
	return w;
}

/* ---- who signed ---- */

static void list_must_be_signed_by_a_key_of_the_keyring(void **state)
{
	(void)state;
	struct hostile_world *w = signed_world();
	hostile_expect_pull(w, KS_PROOF_WHOLE);
	sign(w, &w->release, "bad@example", NULL);
	hostile_expect_refusal(w, "not signed by a key");
	sign(w, &w->release, "bad@example", "good@example"); // one key that is known is enough
	hostile_expect_pull(w, KS_PROOF_WHOLE);
	free(w->keyring);
	w->opts.keyring = w->keyring = export_key(w->dir, "good@example", true);
	hostile_expect_pull(w, KS_PROOF_WHOLE);
	hostile_world_free(w);
}

/** A package that is named by itself is of a set when the signed list says whose suite it is in, and only then. */
static void set_of_a_package_is_what_was_signed(void **state)
{
	(void)state;
	static const struct {
		const char *origin, *codename, *sets;
	} cases[] = {
		{ "Debian", "bookworm", "debian:12@armhf" },
		{ "Debian", "bookworm-security", "debian:12@armhf" },
		{ "Debian Backports", "trixie-backports", "debian:13-backports@armhf" },
		{ "Debianish", "bookworm", NULL },
		{ "Other", "bookworm", NULL },
		{ "Debian", "test", NULL },
		{ "Ubuntu", "jammy", "ubuntu:22.04/armmp@armhf" },
	};
	struct hostile_world *w = signed_world();
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		_cleanup_remote_ struct ks_remote remote = { 0 }, unproven = { 0 };
		hostile_publish_as(w, cases[i].origin, cases[i].codename);
		ks_buf_printf(&w->packages, "Package: linux-image-6.1.0-9-armmp\nVersion: 6.1-9\n"
					    "Architecture: armhf\nFilename: pool/a.deb\n"
					    "Size: 1\nSHA256: 00\n\n");
		char *at = strstr(w->release.at, "SHA256:");
		char hex[65];
		hex_sha256(&w->packages, hex);
		w->release.len = (size_t)(at - w->release.at);
		ks_buf_printf(&w->release, "SHA256:\n %s %zu main/binary-armhf/Packages\n", hex,
			      w->packages.len);
		w->files[2] = (struct served_file){ "/dists/test/main/binary-armhf/Packages",
						    w->packages.at, w->packages.len };
		sign(w, &w->release, "good@example", NULL);
		struct ks_pull_opts opts = w->opts;
		opts.arch = "armhf";
		assert_null(
			ks_pull_resolve("6.1.0-9-armmp", KS_REMOTE_KERNEL, &opts, NULL, &remote));
		if (cases[i].sets)
			assert_string_equal(remote.sets, cases[i].sets);
		else
			assert_null(remote.sets);
		opts.keyring = NULL;
		opts.allow_unsigned = true;
		assert_null(
			ks_pull_resolve("6.1.0-9-armmp", KS_REMOTE_KERNEL, &opts, NULL, &unproven));
		assert_null(unproven.sets);
	}
	unsetenv("XDG_CONFIG_HOME");
	hostile_world_free(w);
}

static void changed_or_unsigned_lists_are_refused(void **state)
{
	(void)state;
	struct hostile_world *w = signed_world();
	char *text = w->signed_list.at;
	*strstr(text, "2020") = '3'; // a byte of what was signed
	hostile_expect_refusal(w, "not signed by a key");
	w->files[0] =
		(struct served_file){ "/dists/test/InRelease", w->release.at, w->release.len };
	hostile_expect_refusal(w, "not signed by a key");
	w->files[0].path = "/dists/test/Release"; // a server that hides the signed one
	hostile_expect_refusal(w, "no such file");
	w->opts.keyring = NULL; // and without a keyring there is no other way either
	hostile_expect_refusal(w, "");
	w->opts.allow_unsigned = true;
	hostile_expect_pull(w, KS_PROOF_WHOLE);
	hostile_world_free(w);
}

static void nothing_beside_the_signed_text_counts(void **state)
{
	(void)state;
	struct hostile_world *w = signed_world();
	struct ks_buf text = { 0 };
	char digest[65];
	memset(digest, 'f', 64);
	digest[64] = '\0';
	// in front of the signed text, lines that would be found first
	ks_buf_printf(&text, "Components: main\nSHA256:\n %s 1 main/binary-arm64/Packages\n",
		      digest);
	ks_buf_bytes(&text, w->signed_list.at, w->signed_list.len);
	w->files[0].bytes = text.at;
	w->files[0].len = text.len;
	hostile_expect_pull(w, KS_PROOF_WHOLE);
	// two signed texts, one behind the other
	text.len = 0;
	ks_buf_bytes(&text, w->signed_list.at, w->signed_list.len);
	ks_buf_bytes(&text, w->signed_list.at, w->signed_list.len);
	w->files[0].bytes = text.at;
	w->files[0].len = text.len;
	hostile_expect_refusal(w, "not signed by a key");
	ks_buf_deinit(&text);
	hostile_world_free(w);
}

static void signed_list_of_another_suite_is_refused(void **state)
{
	(void)state;
	struct hostile_world *w = signed_world();
	w->files[0].path = "/dists/newer/InRelease";
	w->opts.suite = "newer";
	hostile_expect_refusal(w, "another suite");
	hostile_world_free(w);
}

static void list_of_packages_must_be_the_signed_one(void **state)
{
	(void)state;
	struct hostile_world *w = signed_world();
	*strstr(w->packages.at, "6.1-1") = '7'; // replaced after the list was fetched
	hostile_expect_refusal(w, "SHA256");
	*strstr(w->packages.at, "7.1-1") = '6';
	hostile_expect_pull(w, KS_PROOF_WHOLE);
	char *sha = strstr(w->packages.at, "SHA256"); // it does not say what the package must be
	memcpy(sha, "SHA999", 6);
	struct ks_buf release = { 0 };
	char hex[65];
	hex_sha256(&w->packages, hex);
	ks_buf_printf(
		&release,
		"Suite: test\nComponents: main\nSHA256:\n %s %zu main/binary-arm64/Packages\n", hex,
		w->packages.len);
	sign(w, &release, "good@example", NULL);
	hostile_expect_refusal(w, "no SHA256");
	ks_buf_deinit(&release);
	hostile_world_free(w);
}

/* ---- whom apt trusts ---- */

/** Every way to a list that apt does not check itself: by the keys of its source. */
static void expect_signed_by(struct hostile_world *w)
{
	w->opts.keyring = w->opts.mirror = w->opts.suite = w->opts.arch = NULL;
	hostile_expect_pull(w, KS_PROOF_WHOLE); // apt checked the list
	struct ks_pull_opts ways[3] = { w->opts, w->opts, w->opts };
	ways[0].arch = "armhf";
	ways[1].suite = "test";
	ways[2] = (struct ks_pull_opts){ .mirror = w->server.url, .suite = "test" };
	struct ks_pull_opts before = w->opts;
	for (size_t i = 0; i < KS_ARRAY_LEN(ways); i++) {
		w->opts = before;
		w->opts.mirror = ways[i].mirror;
		w->opts.suite = ways[i].suite;
		w->opts.arch = ways[i].arch ? ways[i].arch : "arm64";
		sign(w, &w->release, "good@example", NULL);
		hostile_expect_pull(w, KS_PROOF_WHOLE);
		sign(w, &w->release, "bad@example", NULL);
		hostile_expect_refusal(w, "not signed by a key");
	}
	own_apt_forget();
}

static void keys_are_those_of_the_source(void **state)
{
	(void)state;
	own_apt_need();
	struct hostile_world *w = signed_world();
	struct ks_buf source = { 0 };
	ks_buf_printf(&source, "# a comment\ndeb [arch=arm64 signed-by=%s] %s test main\n",
		      w->keyring, w->server.url);
	own_apt_use(w->dir, "a.list", ks_buf_text(&source));
	expect_signed_by(w);
	ks_buf_deinit(&source);
	hostile_world_free(w);
}

static void keys_may_stand_in_the_source(void **state)
{
	(void)state;
	own_apt_need();
	struct hostile_world *w = signed_world();
	struct ks_buf source = { 0 }, key = { 0 };
	const char *const argv[] = { "gpg",	 "--homedir",	 homes, "--armor",
				     "--export", "good@example", NULL };
	assert_true(hostile_run(argv, &key));
	ks_buf_printf(&source, "Types: deb\nURIs: %s\nSuites: test\nComponents: main\nSigned-By:\n",
		      w->server.url);
	ks_buf_char(&key, '\0');
	for (char *line = key.at, *end; *line; line = end + 1) {
		end = strchr(line, '\n');
		*end = '\0';
		ks_buf_printf(&source, " %s\n", *line ? line : ".");
	}
	own_apt_use(w->dir, "a.sources", ks_buf_text(&source));
	expect_signed_by(w);
	ks_buf_deinit(&source);
	ks_buf_deinit(&key);
	hostile_world_free(w);
}

static void what_apt_takes_unsigned_needs_a_word(void **state)
{
	(void)state;
	own_apt_need();
	struct hostile_world *w = hostile_world_new(100 << 10, 1000, false);
	struct ks_buf source = { 0 };
	ks_buf_printf(&source, "deb [allow-insecure=yes] %s test main\n", w->server.url);
	own_apt_use(w->dir, "a.list", ks_buf_text(&source));
	w->opts.mirror = w->opts.suite = w->opts.arch = NULL;
	w->opts.allow_unsigned = false;
	hostile_expect_refusal(w, "--allow-unsigned");
	w->opts.allow_unsigned = true;
	hostile_expect_pull(w, KS_PROOF_WHOLE);
	own_apt_forget();
	ks_buf_deinit(&source);
	hostile_world_free(w);
}

static void sources_say_whose_keys_count(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t nr;
		const char *keys;
	} cases[] = {
		{ "deb [signed-by=/a.gpg] u s c\n", 1, "/a.gpg" },
		{ "# x\n\n deb [ arch=a,b Signed-By=/a.gpg,/b.gpg trusted=yes ] u s c\n", 3,
		  "/a.gpg,/b.gpg" },
		{ "deb u s c\ndeb [signed-by=/a] u s c\n", 1, "" },
		{ "deb [arch=a", 1, "" },
		{ "deb ] [ u\n", 1, "" },
		{ "", 1, "" },
		{ "", 0, "" },
		{ "Types: deb\nURIs: u\nsigned-by: /a.gpg\n\n# c\n\nTypes: deb\nSigned-By: "
		  "/b.gpg\n",
		  2, "/b.gpg\n" },
		{ "Types: deb\nSigned-By:\n a\n# no\n .\n b\nURIs: u\n", 1, "\na\n\n\nb\n" },
		{ "Types: deb\nSigned-By:", 1, "\n" },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		struct ks_buf keys = { 0 };
		ks_signed_by(cases[i].text, cases[i].nr, &keys);
		assert_string_equal(ks_buf_text(&keys), cases[i].keys);
		ks_buf_deinit(&keys);
	}
}

int main(void)
{
	setenv("no_proxy", "*", 1); // the server is on this machine
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list_must_be_signed_by_a_key_of_the_keyring),
		cmocka_unit_test(set_of_a_package_is_what_was_signed),
		cmocka_unit_test(changed_or_unsigned_lists_are_refused),
		cmocka_unit_test(nothing_beside_the_signed_text_counts),
		cmocka_unit_test(signed_list_of_another_suite_is_refused),
		cmocka_unit_test(list_of_packages_must_be_the_signed_one),
		cmocka_unit_test(keys_are_those_of_the_source),
		cmocka_unit_test(keys_may_stand_in_the_source),
		cmocka_unit_test(what_apt_takes_unsigned_needs_a_word),
		cmocka_unit_test(sources_say_whose_keys_count),
	};
	return cmocka_run_group_tests(tests, NULL, forget_keys);
}
