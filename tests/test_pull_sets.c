/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <ksurf/ksurf.h>

#include "base/array.h"
#include "own_archive.h"
#include "pull_world.h"
#include "source/net/set_kernels.h"

static const char table[] = "[[set]]\n"
			    "name = 'mini:7'\n"
			    "alias = 'seven'\n"
			    "suites = ['test']\n"
			    "package = 'linux-image-{flavour}-{machine}'\n";

/** A set whose kernel goes on from series to series. */
static const char rolling_table[] = "[[set]]\n"
				    "name = 'mini:next'\n"
				    "suites = ['test']\n"
				    "package = 'linux-image-{flavour}-{machine}'\n"
				    "rolling = true\n";

static void expect_set(struct pull_world *w, const char *word, struct ks_set_extent extent,
		       const char *packages)
{
	_cleanup_sets_ struct ks_sets sets = { 0 };
	_cleanup_set_kernels_ struct ks_set_kernels kernels = { 0 };
	_cleanup_buf_ struct ks_buf got = { 0 };
	struct ks_set_wish wish;
	assert_null(ks_sets_add(&sets, table, strlen(table)));
	assert_null(ks_sets_add(&sets, rolling_table, strlen(rolling_table)));
	struct ks_error *err = ks_sets_find(&sets, word, &wish);
	if (!err)
		err = ks_set_kernels(&wish, &extent, &w->opts, NULL, &kernels);
	if (err) {
		char *text = ks_error_text(err);
		ks_buf_str(&got, text);
		free(text);
		ks_error_free(err);
	}
	for (size_t i = 0; i < kernels.packages.len; i++)
		ks_buf_printf(&got, "%s ", kernels.packages.at[i]);
	assert_false(ks_set_kernels_have(&kernels, "7.2.14"));
	if (strstr(packages, "image-7.2.10+deb14-arm64="))
		assert_true(ks_set_kernels_have(&kernels, "7.2.10+deb14-arm64"));
	if (!strstr(ks_buf_text(&got), packages))
		fail_msg("%s: '%s'", word, got.at);
}

/** More kernels for the suite, which the server sends from now on. */
static void add_kernels(struct pull_world *w)
{
	static const char *const kernels[][2] = {
		{ "linux-image-7.2.14+deb14-arm64", "7.2.14-1" },
		{ "linux-image-7.2.14+deb14-arm64-unsigned", "7.2.14-1" },
		{ "linux-image-7.2.9+deb14-arm64", "7.2.9-1" },
		{ "linux-image-7.2.9+deb14-arm64", "7.2.9-2" },
		{ "linux-image-7.2.10+deb14-arm64", "7.2.10-1" },
		{ "linux-image-7.1.8+deb14-arm64", "7.1.8-1" }, // of the series before
		{ "linux-image-7.2.14+deb14-cloud-arm64", "7.2.14-1" },
		{ "linux-image-7.3.1+deb14-arm64", "7.3.1-1" }, // no package stands for this series
		{ "linux-image-7.4.2+deb14-arm64", "7.4.2-1" }, // beside the usual series
		{ "linux-image-7.4.1+deb14-arm64", "7.4.1-1" },
		{ "linux-image-7.4.2+deb14-cloud-arm64", "7.4.2-1" },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(kernels); i++)
		pull_world_add(&w->packages, kernels[i][0], kernels[i][1], "image.deb", &w->image);
	pull_world_add_standing(&w->packages, "linux-image-arm64", "7.2.14-1",
				"linux-image-7.2.14+deb14-arm64 (= 7.2.14-1)");
	pull_world_add_standing(&w->packages, "linux-image-cloud-arm64", "7.2.14-1",
				"linux-image-7.2.14+deb14-cloud-arm64 (= 7.2.14-1)");
	pull_world_add_standing(&w->packages, "linux-image-7.4-arm64", "7.4.2-1",
				"linux-image-7.4.2+deb14-arm64 (= 7.4.2-1)");
	pull_world_add_standing(&w->packages, "linux-image-7.4-cloud-arm64", "7.4.2-1",
				"linux-image-7.4.2+deb14-cloud-arm64 (= 7.4.2-1)");
	pull_world_publish_lists(w);
}

static void set_is_the_newest_kernels_of_its_series(void **state)
{
	(void)state;
	struct pull_world *w = pull_world_new(PACK_XZ, false, 1000);
	add_kernels(w);
	expect_set(w, "mini:7", (struct ks_set_extent){ 0 },
		   "linux-image-7.2.14+deb14-arm64=7.2.14-1 ");
	// of the series before, too, and not of those that no usual package stands for
	expect_set(
		w, "mini:next", (struct ks_set_extent){ .last = 9 },
		"linux-image-7.2.14+deb14-arm64=7.2.14-1 linux-image-7.2.10+deb14-arm64=7.2.10-1 "
		"linux-image-7.2.9+deb14-arm64=7.2.9-2 linux-image-7.1.8+deb14-arm64=7.1.8-1 ");
	expect_set(w, "mini:next/7.4", (struct ks_set_extent){ .last = 9 },
		   "linux-image-7.4.2+deb14-arm64=7.4.2-1 linux-image-7.4.1+deb14-arm64=7.4.1-1 ");
	expect_set(w, "mini:seven/cloud", (struct ks_set_extent){ .last = 9 },
		   "linux-image-7.2.14+deb14-cloud-arm64=7.2.14-1 ");
	expect_set(
		w, "mini:7@arm64", (struct ks_set_extent){ .last = 2 },
		"linux-image-7.2.14+deb14-arm64=7.2.14-1 linux-image-7.2.10+deb14-arm64=7.2.10-1 ");
	expect_set(w, "mini:7", (struct ks_set_extent){ .last = 9 },
		   "7.2.10-1 linux-image-7.2.9+deb14-arm64=7.2.9-2 ");
	expect_set(w, "mini:7", (struct ks_set_extent){ .debug = true },
		   "linux-image-7.2.13+deb14-amd64-dbg=7.2.13-1 ");
	expect_set(w, "mini:7/7.4", (struct ks_set_extent){ .last = 9 },
		   "linux-image-7.4.2+deb14-arm64=7.4.2-1 linux-image-7.4.1+deb14-arm64=7.4.1-1 ");
	expect_set(w, "mini:7/none", (struct ks_set_extent){ 0 }, "has no linux-image-none-arm64");
	expect_set(w, "mini:7@s390x", (struct ks_set_extent){ 0 }, "no packages for s390x");
	expect_set(w, "mini:8", (struct ks_set_extent){ 0 }, "no such set; there are mini:7");
	pull_world_free(w);
}

/** The packages that were tried, each followed by a space. */
static int note_tried(const struct ksurf_event *event, void *arg)
{
	struct ks_buf *tried = arg;
	if (event->type == KSURF_EVENT_FAILED)
		ks_buf_printf(tried, "%s ", event->source);
	return 0;
}

/** By the library: of the set, what these options say. That the packages hold no kernels does not matter. */
static void expect_tried(struct pull_world *w, struct ksurf_ingest_options options,
			 const char *packages)
{
	_cleanup_buf_ struct ks_buf tried = { 0 };
	const char *const set = "mini:7";
	struct ksurf_store *store;
	char *at = NULL;
	assert_true(asprintf(&at, "%s/store", w->dir) > 0);
	options.size = sizeof(options);
	options.from = KSURF_FROM_PACKAGE;
	options.mirror = w->opts.mirror;
	options.suite = w->opts.suite;
	options.arch = w->opts.arch;
	options.cache_dir = w->opts.cache_dir;
	options.allow_unsigned = 1;
	options.event = note_tried;
	options.event_arg = &tried;
	assert_null(ksurf_store_open(at, KSURF_CREATE, &store));
	struct ksurf_error *err = ksurf_ingest(store, &set, 1, &options, NULL);
	if (err)
		fail_msg("%s", ksurf_error_text(err));
	assert_string_equal(ks_buf_text(&tried), packages);
	ksurf_store_close(store);
	free(at);
}

static void library_takes_sets(void **state)
{
	(void)state;
	struct pull_world *w = pull_world_new(PACK_XZ, false, 1000);
	char *config = NULL;
	add_kernels(w);
	assert_true(asprintf(&config, "%s/ksurf", w->dir) > 0);
	assert_int_equal(mkdir(config, 0700), 0);
	free(write_file(config, "sets.toml", table, strlen(table)));
	setenv("XDG_CONFIG_HOME", w->dir, 1);
	expect_tried(w, (struct ksurf_ingest_options){ 0 },
		     "linux-image-7.2.14+deb14-arm64=7.2.14-1 ");
	expect_tried(
		w, (struct ksurf_ingest_options){ .last = 2 },
		"linux-image-7.2.14+deb14-arm64=7.2.14-1 linux-image-7.2.10+deb14-arm64=7.2.10-1 ");
	expect_tried(w, (struct ksurf_ingest_options){ .debug = 1 },
		     "linux-image-7.2.13+deb14-amd64-dbg=7.2.13-1 ");
	unsetenv("XDG_CONFIG_HOME");
	free(config);
	pull_world_free(w);
}

/** What is pulled by a set is of it; what is pulled by its name is of no set, where no key has signed for the suite. */
static void what_is_pulled_knows_its_set(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "mini:7", "mini:7@arm64" },
		{ "mini:seven/cloud", "mini:7/cloud@arm64" },
		{ "mini:7/usual@arm64", "mini:7@arm64" },
	};
	struct pull_world *w = pull_world_new(PACK_XZ, false, 1000);
	_cleanup_sets_ struct ks_sets sets = { 0 };
	add_kernels(w);
	assert_null(ks_sets_add(&sets, table, strlen(table)));
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		_cleanup_set_kernels_ struct ks_set_kernels kernels = { 0 };
		_cleanup_remote_ struct ks_remote remote = { 0 };
		struct ks_set_wish wish;
		sets.list.at[0].flavour = i == 2 ? "usual" : NULL;
		assert_null(ks_sets_find(&sets, cases[i][0], &wish));
		assert_null(ks_set_archive(&wish, &w->opts, &kernels));
		assert_string_equal(kernels.pull.set, cases[i][1]);
		assert_null(ks_pull_resolve("7.2.14+deb14-arm64", KS_REMOTE_KERNEL, &kernels.pull,
					    NULL, &remote));
		assert_string_equal(remote.sets, cases[i][1]);
	}
	_cleanup_remote_ struct ks_remote named = { 0 };
	assert_null(
		ks_pull_resolve("7.2.14+deb14-arm64", KS_REMOTE_KERNEL, &w->opts, NULL, &named));
	assert_null(named.sets);
	pull_world_free(w);
}

static void table_of_sets_is_read_and_extended(void **state)
{
	(void)state;
	static const struct {
		const char *text, *error;
	} cases[] = {
		{ "[[set]]\nname = 'a:1'\n", "no suites" },
		{ "[[set]]\nname = 'a'\nsuites = ['x']\npackage = 'p'\n", "no name" },
		{ "[[set]]\nnam = 'a:1'\n", "nam: no key" },
		{ "name = 'a:1'\n", "expected" },
		{ "[other]\n", "expected" },
		{ "[[set]]\nname = 5\n", "line 2" },
		{ "[[set]]\nname = 'a:1'\nsigned = 'perhaps'\n",
		  "perhaps: nothing that is signed" },
		{ "[[set]]\nname = 'a:1'\nsuites = ['x']\npackage = 'p'\nsigned = 'packages'\n",
		  "a:1: only archives of RPM and apk" },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		_cleanup_sets_ struct ks_sets sets = { 0 };
		struct ks_error *err = ks_sets_add(&sets, cases[i].text, strlen(cases[i].text));
		assert_non_null(err);
		char *text = ks_error_text(err);
		if (!strstr(text, cases[i].error))
			fail_msg("case %zu: '%s'", i, text);
		free(text);
		ks_error_free(err);
	}
	_cleanup_sets_ struct ks_sets sets = { 0 };
	struct ks_set_wish wish;
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	assert_null(ks_sets_load(&sets)); // the one that is shipped
	assert_null(ks_sets_find(&sets, "debian:bookworm/rt@armhf", &wish));
	assert_string_equal(wish.set->name, "debian:12");
	assert_memory_equal(wish.flavour, "rt", wish.flavour_len);
	assert_string_equal(wish.arch, "armhf");
	assert_true(ks_sets_may_be(&sets, "arch/lts@amd64")); // it has no versions
	assert_null(ks_sets_find(&sets, "arch/lts@amd64", &wish));
	assert_string_equal(wish.set->name, "arch:linux");
	assert_memory_equal(wish.flavour, "lts", wish.flavour_len);
	assert_string_equal(wish.arch, "amd64");
	assert_false(ks_sets_may_be(&sets, "alpine"));
	static const char own[] = "[[set]]\n"
				  "name = 'debian:12'\n"
				  "suites = ['own']\n"
				  "package = 'p'\n";
	assert_null(ks_sets_add(&sets, own, strlen(own)));
	assert_null(ks_sets_find(&sets, "debian:12", &wish));
	assert_string_equal(wish.set->suites, "own"); // the later row counts
	assert_true(ks_sets_may_be(&sets, "debian:99"));
	assert_false(ks_sets_may_be(&sets, "linux-image-amd64:arm64")); // that is apt's way
	assert_false(ks_sets_may_be(&sets, "debian"));
	assert_true(ks_sets_may_be(&sets,
				   "debain:12")); // no architecture of apt's begins with a number
	assert_true(ks_sets_may_be(&sets, "nix:23"));
	assert_true(ks_sets_may_be(&sets, "debain:bookworm"));
	assert_false(ks_sets_may_be(&sets, "linux-image-amd64:any"));
	assert_false(ks_sets_may_be(&sets, "debian1:i386"));
	assert_false(ks_sets_may_be(&sets, "linux-image-amd64:hurd-i386"));
	assert_string_equal(ks_sets_of_series(&sets, "bookworm"), "debian:12");
	assert_string_equal(ks_sets_of_series(&sets, "sid"), "debian:sid");
	assert_string_equal(ks_sets_of_series(&sets, "22.04"), "ubuntu:22.04");
	assert_null(ks_sets_of_series(&sets, "debian"));
	assert_null(ks_sets_of_series(&sets, "6.1.*"));
	static const char *const mistaken[][2] = {
		{ "debain:12", "debain:12: no such set; did you mean debian:12?" },
		{ "Debian:12/cloud@arm64", "did you mean debian:12?" },
		{ "debian:bokworm", "did you mean debian:bookworm?" },
		{ "debian:8",
		  "no such set; there are debian:11, debian:12, " }, // no slip of the pen
		{ "nix:23", "no such set; there are debian:11, " },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(mistaken); i++) {
		struct ks_error *err = ks_sets_find(&sets, mistaken[i][0], &wish);
		assert_non_null(err);
		if (!strstr(err->msg, mistaken[i][1]))
			fail_msg("%s: '%s'", mistaken[i][0], err->msg);
		ks_error_free(err);
	}
	unsetenv("XDG_CONFIG_HOME");
}

/** Pull by what apt knows: one source. */
static void use_apt(struct pull_world *w, const char *source)
{
	own_apt_use(w->dir, "a.list", source);
	w->opts.mirror = w->opts.suite = w->opts.arch = NULL;
}

static void package_is_found_through_apt(void **state)
{
	(void)state;
	own_apt_need();
	struct pull_world *w = pull_world_new(PACK_XZ_BLOCKS, true, 1 << 20);
	struct ks_buf text = { 0 };
	char hex[65];
	free(write_file(w->dir, "a.deb", w->deb.at, w->deb.len));
	hex_sha256(&w->deb, hex);
	ks_buf_printf(&text,
		      "Package: %s\nVersion: 7.2.13-1\nArchitecture: arm64\nMaintainer: x\n"
		      "Description: x\nFilename: ./a.deb\nSize: %zu\nSHA256: %s\n\n",
		      pull_world_name, w->deb.len, hex);
	free(write_file(w->dir, "Packages", text.at, text.len));
	text.len = 0;
	ks_buf_printf(&text, "deb [trusted=yes] copy:%s ./\n", w->dir);
	use_apt(w, ks_buf_text(&text));
	struct ks_source *src = pull_world_pull(w, pull_world_name);
	assert_string_equal(src->package_version, "7.2.13-1");
	ks_source_close(src);
	pull_world_refuses(w, "linux-image-none", KS_ERR_NOTFOUND, "Unable to locate package");
	pull_world_refuses(w, "linux-image-7.2.13.deb14", KS_ERR_NOTFOUND,
			   "no package is called just so; apt takes it for a.deb");
	pull_world_refuses(w, "-o=Dir::Cache=/x", KS_ERR_NOTFOUND,
			   "apt-get"); // a name, no option
	own_apt_forget();
	ks_buf_deinit(&text);
	pull_world_free(w);
}

static void other_architecture_comes_from_the_servers_of_apt(void **state)
{
	(void)state;
	own_apt_need();
	struct pull_world *w = pull_world_new(PACK_XZ, false, 1000);
	char source[128];
	snprintf(source, sizeof(source), "deb [trusted=yes] %s test main\n", w->server.url);
	use_apt(w, source);
	ks_source_close(pull_world_pull(w, pull_world_name)); // apt knows it, we fetch it
	w->opts.arch = "armhf";
	ks_source_close(pull_world_pull(w, pull_world_name));
	w->opts.suite = "test";
	ks_source_close(pull_world_pull(w, pull_world_name));
	pull_world_refuses(w, "linux-image-none", KS_ERR_NOTFOUND, pull_world_name);
	w->opts.suite = "other";
	pull_world_refuses(w, pull_world_name, KS_ERR_NET, "suite other");
	own_apt_forget();
	pull_world_free(w);
}

/** What apt resolves is of the sets whose suites list that version, as apt knows whose they are. */
static void set_of_a_package_is_told_by_apt(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "7.2.14+deb14-arm64", "mini:7@arm64" },
		{ "linux-image-cloud-arm64", "mini:7/cloud@arm64" },
		{ "7.3.1+deb14-arm64", "mini:7@arm64" },
		{ "7.4.2+deb14-arm64", "mini:7/7.4@arm64" },
		{ "7.4.1+deb14-arm64", "mini:7/7.4@arm64" },
		{ "linux-image-7.4-cloud-arm64", "mini:7/7.4-cloud@arm64" },
	};
	own_apt_need();
	struct pull_world *w = pull_world_new(PACK_XZ, false, 1000);
	char source[128], folder[512];
	snprintf(folder, sizeof(folder), "%s/ksurf", w->dir);
	assert_int_equal(mkdir(folder, 0700), 0);
	free(write_file(folder, "sets.toml", table, strlen(table)));
	setenv("XDG_CONFIG_HOME", w->dir, 1);
	add_kernels(w);
	snprintf(source, sizeof(source), "deb [trusted=yes] %s test main\n", w->server.url);
	use_apt(w, source);
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		_cleanup_remote_ struct ks_remote remote = { 0 };
		assert_null(
			ks_pull_resolve(cases[i][0], KS_REMOTE_KERNEL, &w->opts, NULL, &remote));
		assert_string_equal(remote.sets, cases[i][1]);
	}
	unsetenv("XDG_CONFIG_HOME");
	own_apt_forget();
	pull_world_free(w);
}

int main(void)
{
	setenv("no_proxy", "*", 1); // the server is on this machine
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_is_the_newest_kernels_of_its_series),
		cmocka_unit_test(library_takes_sets),
		cmocka_unit_test(what_is_pulled_knows_its_set),
		cmocka_unit_test(table_of_sets_is_read_and_extended),
		cmocka_unit_test(package_is_found_through_apt),
		cmocka_unit_test(other_architecture_comes_from_the_servers_of_apt),
		cmocka_unit_test(set_of_a_package_is_told_by_apt),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
