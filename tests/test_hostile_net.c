/* SPDX-License-Identifier: BSD-2-Clause */
/* Archives and servers of strangers: what they sign, what they send, and how long they take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <ksurf/ksurf.h>
#include <signal.h>

#include "base/array.h"
#include "deb_builder.h"
#include "range_server.h"
#include "source/net/pull.h"
#include "source/net/signed_by.h"
#include "source/net/spawn.h"

static const char name[] = "linux-image-6.1.0-1-amd64-dbg";
static const char path[] = "./usr/lib/debug/boot/vmlinux-6.1.0-1-amd64";

/** An archive with one package, and two people with keys: one it trusts, one it does not. */
struct world {
	uint8_t *vmlinux;
	size_t len;
	struct ks_buf deb, packages, release, signed_list;
	char hash[65]; // what the list says of the package
	struct served_file files[6], later[6];
	struct range_server server;
	char *dir, *keyring, *cache;
	struct ks_pull_opts opts;
};

/* ---- keys and signatures ---- */

static char *homes; // of gpg: keys are made once

static bool run(const char *const argv[], struct ks_buf *out)
{
	struct ks_spawn spawn = { 0 };
	struct ks_error *err = ks_spawn_run(argv, -1, &spawn);
	bool good = !err && spawn.status == 0;
	if (good && out) {
		out->len = 0;
		ks_buf_bytes(out, spawn.out.at, spawn.out.len);
	}
	ks_error_free(err);
	ks_spawn_deinit(&spawn);
	return good;
}

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
	return run(argv, NULL);
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
	run(argv, NULL);
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
	assert_true(run(argv, &key));
	char *file = write_file(dir, armored ? "key.asc" : "key.gpg", key.at, key.len);
	ks_buf_deinit(&key);
	return file;
}

/** @param also NULL: one signature is enough */
static void sign(struct world *w, const struct ks_buf *text, const char *who, const char *also)
{
	char *file = write_file(w->dir, "unsigned", text->at, text->len);
	const char *const argv[] = { "gpg", "--batch",	       "--homedir",   homes, "-u", who,
				     "-u",  also ? also : who, "--clearsign", "-o",  "-",  file,
				     NULL };
	assert_true(run(argv, &w->signed_list));
	free(file);
	w->files[0] = (struct served_file){ "/dists/test/InRelease", w->signed_list.at,
					    w->signed_list.len };
}

/* ---- the archive ---- */

static void publish_as(struct world *w, const char *origin, const char *codename)
{
	char hex[65];
	w->packages.len = w->release.len = 0;
	ks_buf_printf(&w->packages,
		      "Package: %s\nVersion: 6.1-1\nArchitecture: arm64\nMaintainer: x\n"
		      "Description: x\nFilename: pool/a.deb\nSize: %zu\nSHA256: %s\n\n",
		      name, w->deb.len, w->hash);
	hex_sha256(&w->packages, hex);
	ks_buf_printf(&w->release,
		      "Origin: %s\nSuite: test\nCodename: %s\nDate: Wed, 01 Jan 2020 00:00:00 UTC\n"
		      "Components: main\nArchitectures: arm64 armhf\nSHA256:\n",
		      origin, codename);
	static const char *const archs[] = { "arm64", "armhf" };
	for (size_t i = 0; i < KS_ARRAY_LEN(archs); i++)
		ks_buf_printf(&w->release, " %s %zu main/binary-%s/Packages\n", hex,
			      w->packages.len, archs[i]);
	w->files[0] = (struct served_file){ "/dists/test/Release", w->release.at, w->release.len };
	w->files[1] = (struct served_file){ "/dists/test/main/binary-arm64/Packages",
					    w->packages.at, w->packages.len };
	w->files[2] = (struct served_file){ "/dists/test/main/binary-armhf/Packages",
					    w->packages.at, w->packages.len };
	w->files[3] = (struct served_file){ "/pool/a.deb", w->deb.at, w->deb.len };
}

static void publish(struct world *w)
{
	publish_as(w, "Test", "test");
}

static void make_deb(const uint8_t *vmlinux, size_t len, size_t bulk, bool late, struct ks_buf *ret)
{
	struct file files[] = { { path, vmlinux, len, NULL },
				{ .path = "./usr/lib/debug/a.ko", .len = bulk },
				{ 0 } };
	if (late) {
		struct file first = files[0];
		files[0] = files[1];
		files[1] = first;
	}
	build_deb("Package: linux-image-6.1.0-1-amd64-dbg\nVersion: 6.1-1\n", files, PACK_XZ_BLOCKS,
		  ret);
}

/** @param len of the image, which does not pack @param late it stands behind the bulk */
static struct world *world_new(size_t len, size_t bulk, bool late)
{
	struct world *w = calloc(1, sizeof(*w));
	assert_non_null(w);
	w->len = len;
	w->vmlinux = noise(len, 7);
	uint8_t *head = fake_vmlinux(64);
	memcpy(w->vmlinux, head, 64);
	free(head);
	make_deb(w->vmlinux, len, bulk, late, &w->deb);
	hex_sha256(&w->deb, w->hash);
	publish(w);
	w->dir = make_dir();
	w->cache = make_dir();
	w->server.files = w->files;
	assert_true(range_server_start(&w->server));
	w->opts = (struct ks_pull_opts){
		.mirror = w->server.url,
		.suite = "test",
		.arch = "arm64",
		.cache_dir = w->cache,
		.allow_unsigned = true,
		.limits = { .probe = 64 << 10 },
		.http = { .tries = 2, .backoff_ms = 1 },
	};
	return w;
}

/** With a signed list, and the key that it must be signed with. */
static struct world *signed_world(void)
{
	need_keys();
	struct world *w = world_new(100 << 10, 1000, false);
	w->keyring = export_key(w->dir, "good@example", false);
	w->opts.allow_unsigned = false;
	w->opts.keyring = w->keyring;
	sign(w, &w->release, "good@example", NULL);
	return w;
}

static void world_free(struct world *w)
{
	range_server_stop(&w->server);
	remove_dir(w->dir);
	remove_dir(w->cache);
	ks_buf_deinit(&w->deb);
	ks_buf_deinit(&w->packages);
	ks_buf_deinit(&w->release);
	ks_buf_deinit(&w->signed_list);
	free(w->keyring);
	free(w->vmlinux);
	free(w);
}

static void expect_pull(struct world *w, enum ks_source_proof proof)
{
	struct ks_source *src = NULL;
	struct ks_error *err = ks_pull_open(name, &w->opts, NULL, &src);
	if (err)
		fail_msg("%s", ks_error_text(err));
	assert_int_equal(src->len, w->len);
	assert_memory_equal(src->map, w->vmlinux, w->len);
	assert_int_equal(src->proof, proof);
	assert_int_equal(src->is_unsigned, w->opts.allow_unsigned);
	ks_source_close(src);
}

static void expect_refusal(struct world *w, const char *word)
{
	struct ks_source *src = NULL;
	struct ks_error *err = ks_pull_open(name, &w->opts, NULL, &src);
	if (!err)
		fail_msg("no refusal, '%s' was expected", word);
	char *text = ks_error_text(err);
	if (!strstr(text, word))
		fail_msg("'%s' was expected, not '%s'", word, text);
	free(text);
	ks_error_free(err);
}

/* ---- who signed ---- */

static void list_must_be_signed_by_a_key_of_the_keyring(void **state)
{
	(void)state;
	struct world *w = signed_world();
	expect_pull(w, KS_PROOF_WHOLE);
	sign(w, &w->release, "bad@example", NULL);
	expect_refusal(w, "not signed by a key");
	sign(w, &w->release, "bad@example", "good@example"); // one key that is known is enough
	expect_pull(w, KS_PROOF_WHOLE);
	free(w->keyring);
	w->opts.keyring = w->keyring = export_key(w->dir, "good@example", true);
	expect_pull(w, KS_PROOF_WHOLE);
	world_free(w);
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
	struct world *w = signed_world();
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		_cleanup_remote_ struct ks_remote remote = { 0 }, unproven = { 0 };
		publish_as(w, cases[i].origin, cases[i].codename);
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
	world_free(w);
}

static void changed_or_unsigned_lists_are_refused(void **state)
{
	(void)state;
	struct world *w = signed_world();
	char *text = w->signed_list.at;
	*strstr(text, "2020") = '3'; // a byte of what was signed
	expect_refusal(w, "not signed by a key");
	w->files[0] =
		(struct served_file){ "/dists/test/InRelease", w->release.at, w->release.len };
	expect_refusal(w, "not signed by a key");
	w->files[0].path = "/dists/test/Release"; // a server that hides the signed one
	expect_refusal(w, "no such file");
	w->opts.keyring = NULL; // and without a keyring there is no other way either
	expect_refusal(w, "");
	w->opts.allow_unsigned = true;
	expect_pull(w, KS_PROOF_WHOLE);
	world_free(w);
}

static void nothing_beside_the_signed_text_counts(void **state)
{
	(void)state;
	struct world *w = signed_world();
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
	expect_pull(w, KS_PROOF_WHOLE);
	// two signed texts, one behind the other
	text.len = 0;
	ks_buf_bytes(&text, w->signed_list.at, w->signed_list.len);
	ks_buf_bytes(&text, w->signed_list.at, w->signed_list.len);
	w->files[0].bytes = text.at;
	w->files[0].len = text.len;
	expect_refusal(w, "not signed by a key");
	ks_buf_deinit(&text);
	world_free(w);
}

static void signed_list_of_another_suite_is_refused(void **state)
{
	(void)state;
	struct world *w = signed_world();
	w->files[0].path = "/dists/newer/InRelease";
	w->opts.suite = "newer";
	expect_refusal(w, "another suite");
	world_free(w);
}

static void list_of_packages_must_be_the_signed_one(void **state)
{
	(void)state;
	struct world *w = signed_world();
	*strstr(w->packages.at, "6.1-1") = '7'; // replaced after the list was fetched
	expect_refusal(w, "SHA256");
	*strstr(w->packages.at, "7.1-1") = '6';
	expect_pull(w, KS_PROOF_WHOLE);
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
	expect_refusal(w, "no SHA256");
	ks_buf_deinit(&release);
	world_free(w);
}

/* ---- whom apt trusts ---- */

/** Make the apt of this process know one file of sources and nothing of the machine's; then let it update. */
static void use_apt(struct world *w, const char *file, const struct ks_buf *source)
{
	static const char *const dirs[] = {
		"state",	  "state/lists",    "state/lists/partial",
		"cache",	  "cache/archives", "cache/archives/partial",
		"sources.list.d", "apt.conf.d",	    "trusted.gpg.d"
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(dirs); i++) {
		char full[512];
		snprintf(full, sizeof(full), "%s/%s", w->dir, dirs[i]);
		mkdir(full, 0700);
	}
	char below[512];
	snprintf(below, sizeof(below), "%s/sources.list.d", w->dir);
	free(write_file(below, file, source->at, source->len));
	struct ks_buf text = { 0 };
	ks_buf_printf(&text,
		      "Dir::State \"%s/state\";\nDir::State::status \"/dev/null\";\n"
		      "Dir::Cache \"%s/cache\";\nDir::Etc \"%s\";\nDir::Log \"%s\";\n"
		      "APT::Architecture \"arm64\";\nAPT::Architectures:: \"arm64\";\n"
		      "APT::Sandbox::User \"root\";\nAcquire::Languages \"none\";\n",
		      w->dir, w->dir, w->dir, w->dir);
	char *conf = write_file(w->dir, "apt.conf", text.at, text.len);
	ks_buf_deinit(&text);
	setenv("APT_CONFIG", conf, 1);
	free(conf);
	static const char *const update[] = { "apt-get", "update", NULL };
	struct ks_spawn spawn = { 0 };
	struct ks_error *err = ks_spawn_run(update, -1, &spawn);
	bool missing = err != NULL;
	ks_error_free(err);
	if (!missing && spawn.status)
		fail_msg("%s", spawn.err.at);
	ks_spawn_deinit(&spawn);
	if (missing) {
		print_message("no apt-get on this machine: skipped\n");
		skip();
	}
}

/** Every way to a list that apt does not check itself: by the keys of its source. */
static void expect_signed_by(struct world *w)
{
	w->opts.keyring = w->opts.mirror = w->opts.suite = w->opts.arch = NULL;
	expect_pull(w, KS_PROOF_WHOLE); // apt checked the list
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
		expect_pull(w, KS_PROOF_WHOLE);
		sign(w, &w->release, "bad@example", NULL);
		expect_refusal(w, "not signed by a key");
	}
	unsetenv("APT_CONFIG");
}

static void keys_are_those_of_the_source(void **state)
{
	(void)state;
	struct world *w = signed_world();
	struct ks_buf source = { 0 };
	ks_buf_printf(&source, "# a comment\ndeb [arch=arm64 signed-by=%s] %s test main\n",
		      w->keyring, w->server.url);
	use_apt(w, "a.list", &source);
	expect_signed_by(w);
	ks_buf_deinit(&source);
	world_free(w);
}

static void keys_may_stand_in_the_source(void **state)
{
	(void)state;
	struct world *w = signed_world();
	struct ks_buf source = { 0 }, key = { 0 };
	const char *const argv[] = { "gpg",	 "--homedir",	 homes, "--armor",
				     "--export", "good@example", NULL };
	assert_true(run(argv, &key));
	ks_buf_printf(&source, "Types: deb\nURIs: %s\nSuites: test\nComponents: main\nSigned-By:\n",
		      w->server.url);
	char *save = NULL;
	ks_buf_char(&key, '\0');
	for (char *line = key.at, *end; *line; line = end + 1) {
		end = strchr(line, '\n');
		*end = '\0';
		ks_buf_printf(&source, " %s\n", *line ? line : ".");
	}
	(void)save;
	use_apt(w, "a.sources", &source);
	expect_signed_by(w);
	ks_buf_deinit(&source);
	ks_buf_deinit(&key);
	world_free(w);
}

static void what_apt_takes_unsigned_needs_a_word(void **state)
{
	(void)state;
	struct world *w = world_new(100 << 10, 1000, false);
	struct ks_buf source = { 0 };
	ks_buf_printf(&source, "deb [allow-insecure=yes] %s test main\n", w->server.url);
	use_apt(w, "a.list", &source);
	w->opts.mirror = w->opts.suite = w->opts.arch = NULL;
	w->opts.allow_unsigned = false;
	expect_refusal(w, "--allow-unsigned");
	w->opts.allow_unsigned = true;
	expect_pull(w, KS_PROOF_WHOLE);
	unsetenv("APT_CONFIG");
	ks_buf_deinit(&source);
	world_free(w);
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

/* ---- what was sent ---- */

static void wrong_checksum_never_passes_when_all_has_come(void **state)
{
	(void)state;
	// the second: read from both ends, and 2 MiB between that nobody needs
	static const struct {
		size_t len, bulk;
		bool late;
	} cases[] = { { 200 << 10, 1000, false }, { 8 << 20, 3 << 20, true } };
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		struct world *w = world_new(cases[i].len, cases[i].bulk, cases[i].late);
		expect_pull(w, KS_PROOF_WHOLE);
		w->hash[5] ^= 1;
		publish(w);
		expect_refusal(w, "SHA256");
		world_free(w);
	}
}

static void verifying_reads_to_the_end(void **state)
{
	(void)state;
	for (int late = 0; late < 2; late++) {
		struct world *w = world_new(200 << 10, 24 << 20, late);
		expect_pull(w, KS_PROOF_BLOCKS);
		w->opts.verify = true;
		expect_pull(w, KS_PROOF_WHOLE);
		w->hash[5] ^= 1;
		publish(w);
		expect_refusal(w, "SHA256");
		world_free(w);
	}
}

/** A server that shows another file to who uses it than to who checks it. */
static void two_faced_server_proves_nothing(void **state)
{
	(void)state;
	struct world *w = world_new(1 << 20, 6 << 20, true);
	struct ks_buf evil = { 0 };
	w->vmlinux[w->len / 2] ^= 1;
	make_deb(w->vmlinux, w->len, 6 << 20, true, &evil);
	w->vmlinux[w->len / 2] ^= 1;
	assert_int_equal(evil.len, w->deb.len);
	memcpy(w->later, w->files, sizeof(w->files));
	w->later[3].bytes = evil.at;
	w->opts.verify = true;
	for (int turn = 0; turn < 2; turn++) { // evil at first, or later
		w->server.files = turn ? w->later : w->files;
		w->server.later = turn ? w->files : w->later;
		for (int from = 2; from < 12; from++) {
			struct ks_source *src = NULL;
			atomic_store(&w->server.requests, 0);
			w->server.later_from = from;
			struct ks_error *err = ks_pull_open(name, &w->opts, NULL, &src);
			if (!err)
				assert_memory_equal(src->map, w->vmlinux, w->len);
			ks_source_close(src);
			ks_error_free(err);
		}
	}
	ks_buf_deinit(&evil);
	world_free(w);
}

/* ---- how it was sent ---- */

static void dripping_server_is_given_up(void **state)
{
	(void)state;
	struct world *w = world_new(100 << 10, 1000, false);
	time_t begin = time(NULL);
	w->server.drip_ms = 250; // four bytes a second, for ever
	w->opts.http.total_s = 1;
	expect_refusal(w, "given up");
	assert_true(time(NULL) - begin < 60);
	w->server.drip_ms = 0;
	world_free(w);
}

/** As a program of the library says it. */
static void library_gives_it_up_too(void **state)
{
	(void)state;
	struct world *w = world_new(100 << 10, 1000, false);
	const struct ksurf_ingest_options options = { .size = sizeof(options),
						      .from = KSURF_FROM_PACKAGE,
						      .mirror = w->opts.mirror,
						      .suite = w->opts.suite,
						      .arch = w->opts.arch,
						      .cache_dir = w->opts.cache_dir,
						      .allow_unsigned = 1,
						      .strict = 1,
						      .timeout = 1 };
	const char *const package = name;
	struct ksurf_store *store;
	char *at = NULL;
	assert_true(asprintf(&at, "%s/store", w->dir) > 0);
	assert_null(ksurf_store_open(at, KSURF_CREATE, &store));
	w->server.drip_ms = 250;
	struct ksurf_error *err = ksurf_ingest(store, &package, 1, &options, NULL);
	assert_non_null(err);
	assert_int_equal(ksurf_error_code(err), KSURF_ERR_NET);
	assert_non_null(strstr(ksurf_error_text(err), "given up"));
	w->server.drip_ms = 0;
	ksurf_error_free(err);
	ksurf_store_close(store);
	free(at);
	world_free(w);
}

/** A server that speaks TLS and sends files as they are, heads and all. */
struct tls {
	pid_t pid;
	FILE *out;
	int port;
};

static bool tls_start(struct tls *tls, const char *dir)
{
	char key[512], cert[512];
	snprintf(key, sizeof(key), "%s/key.pem", dir);
	snprintf(cert, sizeof(cert), "%s/cert.pem", dir);
	const char *const make[] = { "openssl",	 "req",
				     "-x509",	 "-newkey",
				     "rsa:2048", "-nodes",
				     "-keyout",	 key,
				     "-out",	 cert,
				     "-subj",	 "/CN=127.0.0.1",
				     "-addext",	 "subjectAltName=IP:127.0.0.1",
				     NULL };
	int ends[2];
	if (!run(make, NULL) || pipe(ends) != 0)
		return false;
	tls->pid = fork();
	if (tls->pid == 0) {
		dup2(ends[1], 1);
		if (chdir(dir) == 0)
			execlp("openssl", "openssl", "s_server", "-accept", "127.0.0.1:0", "-HTTP",
			       "-key", key, "-cert", cert, (char *)NULL);
		_exit(1);
	}
	close(ends[1]);
	tls->out = fdopen(ends[0], "r");
	char line[256];
	while (tls->out && fgets(line, sizeof(line), tls->out))
		if (sscanf(line, "ACCEPT 127.0.0.1:%d", &tls->port) == 1)
			return true;
	return false;
}

static void tls_stop(struct tls *tls)
{
	kill(tls->pid, SIGKILL);
	waitpid(tls->pid, NULL, 0);
	if (tls->out)
		fclose(tls->out);
}

static void no_redirect_leads_from_https_to_http(void **state)
{
	(void)state;
	struct world *w = world_new(100 << 10, 1000, false);
	struct tls tls = { 0 };
	char text[512], url[128], cert[512];
	int n = snprintf(text, sizeof(text), "HTTP/1.0 200 OK\r\n\r\nhello");
	free(write_file(w->dir, "plain", text, (size_t)n));
	n = snprintf(text, sizeof(text), "HTTP/1.0 302 x\r\nLocation: %s/pool/a.deb\r\n\r\n",
		     w->server.url);
	free(write_file(w->dir, "away", text, (size_t)n));
	if (!tls_start(&tls, w->dir)) {
		print_message("no openssl on this machine: skipped\n");
		skip();
	}
	snprintf(cert, sizeof(cert), "%s/cert.pem", w->dir);
	const struct ks_http_opts opts = { .tries = 1, .ca_file = cert };
	struct ks_buf got = { 0 };
	snprintf(url, sizeof(url), "https://127.0.0.1:%d/plain", tls.port);
	struct ks_error *err = ks_http_get(url, &opts, 1 << 20, &got);
	if (err)
		fail_msg("%s", ks_error_text(err));
	assert_int_equal(got.len, 5);
	snprintf(url, sizeof(url), "https://127.0.0.1:%d/away", tls.port);
	err = ks_http_get(url, &opts, 1 << 20, &got);
	assert_non_null(err);
	ks_error_free(err);
	assert_int_equal(atomic_load(&w->server.requests), 0);
	tls_stop(&tls);
	ks_buf_deinit(&got);
	world_free(w);
}

static void redirects_from_http_are_followed_to_the_web_only(void **state)
{
	(void)state;
	struct world *w = world_new(100 << 10, 1000, false);
	char url[128], to[128];
	struct ks_buf got = { 0 };
	const struct ks_http_opts opts = { .tries = 1 };
	snprintf(url, sizeof(url), "%s/x", w->server.url);
	snprintf(to, sizeof(to), "%s/pool/a.deb", w->server.url);
	w->server.redirected = "/x";
	w->server.location = to;
	assert_null(ks_http_get(url, &opts, 64 << 20, &got));
	assert_int_equal(got.len, w->deb.len);
	w->server.location = "file:///etc/passwd";
	got.len = 0;
	struct ks_error *err = ks_http_get(url, &opts, 64 << 20, &got);
	assert_non_null(err);
	ks_error_free(err);
	assert_int_equal(got.len, 0);
	ks_buf_deinit(&got);
	world_free(w);
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
		cmocka_unit_test(wrong_checksum_never_passes_when_all_has_come),
		cmocka_unit_test(verifying_reads_to_the_end),
		cmocka_unit_test(two_faced_server_proves_nothing),
		cmocka_unit_test(dripping_server_is_given_up),
		cmocka_unit_test(library_gives_it_up_too),
		cmocka_unit_test(no_redirect_leads_from_https_to_http),
		cmocka_unit_test(redirects_from_http_are_followed_to_the_web_only),
	};
	return cmocka_run_group_tests(tests, NULL, forget_keys);
}
