/* SPDX-License-Identifier: BSD-2-Clause */
/* Images know the sets that they were had by, and words mean them. */
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
#include "base/memory.h"
#include "ingest/merge.h"
#include "place.h"
#include "sample.h"
#include "store/choose.h"
#include "store/settings.h"
#include "surface/config.h"
#include "surface/image_sets.h"

/* ---- the text ---- */

static void names_are_taken_apart(void **state)
{
	(void)state;
	static const struct {
		const char *text, *name, *flavour, *arch;
	} cases[] = {
		{ "debian:12@amd64", "debian:12", NULL, "amd64" },
		{ "debian:12/cloud@arm64", "debian:12", "cloud", "arm64" },
		{ "debian:12/cloud", "debian:12", "cloud", NULL },
		{ "debian:12/", "debian:12", "", NULL },
		{ "debian:12@a/b", "debian:12", NULL, "a/b" },
		{ "", "", NULL, NULL },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		struct ks_set_name set;
		ks_set_name_read(cases[i].text, strlen(cases[i].text), &set);
		assert_int_equal(set.name_len, strlen(cases[i].name));
		assert_memory_equal(set.name, cases[i].name, set.name_len);
		assert_int_equal(set.flavour != NULL, cases[i].flavour != NULL);
		assert_int_equal(set.flavour_len, cases[i].flavour ? strlen(cases[i].flavour) : 0);
		assert_int_equal(set.arch != NULL, cases[i].arch != NULL);
		assert_int_equal(set.arch_len, cases[i].arch ? strlen(cases[i].arch) : 0);
	}
}

static void images_are_of_what_is_asked(void **state)
{
	(void)state;
	const struct ks_image image = { .sets = "debian:12@amd64,debian:13/cloud@arm64" };
	static const struct {
		const char *text;
		bool fits;
	} cases[] = {
		{ "debian:12", true },	     { "debian:12@amd64", true },
		{ "debian:12/", true },	     { "debian:12@arm64", false },
		{ "debian:13", true },	     { "debian:13/cloud", true },
		{ "debian:13/", false },     { "debian:13@amd64", false },
		{ "debian:12/rt", false },   { "debian:1", false },
		{ "debian:123", false },     { "debian:*", true },
		{ "debian:*/cloud", true },  { "*@arm64", true },
		{ "ubuntu:*@arm64", false },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		struct ks_set_name set;
		ks_set_name_read(cases[i].text, strlen(cases[i].text), &set);
		if (ks_image_is_of_set(&image, &set) != cases[i].fits)
			fail_msg("%s", cases[i].text);
		assert_false(ks_image_is_of_set(&(const struct ks_image){ 0 }, &set));
	}
}

static void lists_are_joined(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b, *both;
	} cases[] = {
		{ "a:1@x", "a:2@x", "a:1@x,a:2@x" },
		{ "a:1@x,a:2@x", "a:2@x", "a:1@x,a:2@x" },
		{ "a:1@x", "a:1@xy", "a:1@x,a:1@xy" },
		{ NULL, "a:1@x", "a:1@x" },
		{ "a:1@x", NULL, "a:1@x" },
		{ "", "a:1@x", "a:1@x" },
		{ NULL, NULL, NULL },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		struct ks_arena arena = { 0 };
		const char *both;
		assert_true(ks_image_sets_join(&arena, cases[i].a, cases[i].b, &both));
		if (cases[i].both)
			assert_string_equal(both, cases[i].both);
		else
			assert_null(both);
		ks_arena_deinit(&arena);
	}
}

/* ---- in the store ---- */

static struct ks_surface *of_set(unsigned int build, const char *sets)
{
	struct ks_surface *surface = sample_surface(build, OLD_FILLERS);
	surface->image.sets = sets;
	return surface;
}

static struct ks_put_result put_of_set(struct ks_store *store, unsigned int build, const char *sets)
{
	_cleanup_surface_ struct ks_surface *surface = of_set(build, sets);
	struct ks_put_result result = { 0 };
	assert_ok(ks_store_put(store, surface, 1, &result));
	free(ks_take(result.label));
	return result;
}

/** The sets of an image, or "" for none. */
static void expect_sets(struct ks_store *store, const char *label, const char *sets)
{
	struct ks_arena arena = { 0 };
	struct ks_store_images images;
	const struct ks_store_image *image;
	assert_ok(ks_store_images(store, &arena, &images));
	assert_ok(ks_store_image(&images, label, &image));
	assert_string_equal(image->image.sets ? image->image.sets : "", sets);
	ks_arena_deinit(&arena);
}

static void images_keep_all_their_sets(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	assert_true(put_of_set(store, 1, "debian:12@amd64").added);
	assert_true(put_of_set(store, 2, NULL).added);
	expect_sets(store, "6.1.0-1", "debian:12@amd64");
	expect_sets(store, "6.1.0-2", "");
	assert_false(put_of_set(store, 1, "debian:13@amd64").added); // it is there, and is of both
	assert_false(put_of_set(store, 1, NULL).added);
	expect_sets(store, "6.1.0-1", "debian:12@amd64,debian:13@amd64");
	assert_ok(ks_store_join_sets(store, "6.1.0-2", "debian:11@amd64"));
	assert_ok(ks_store_join_sets(store, "6.1.0-2", NULL));
	expect_sets(store, "6.1.0-2", "debian:11@amd64");
	struct ks_repack_result repacked;
	assert_ok(ks_store_repack(store, 1, NULL, &repacked));
	expect_sets(store, "6.1.0-1", "debian:12@amd64,debian:13@amd64");
	assert_ok(ks_store_relabel(store, "6.1.0-2", "two"));
	expect_sets(store, "two", "debian:11@amd64");
}

/** What told less of a kernel gives way, and what lacks a configuration gets it: each is of the sets of both. */
static void sets_outlive_what_they_came_with(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_surface_ struct ks_surface *less = of_set(1, "debian:12@amd64");
	_cleanup_surface_ struct ks_surface *more = of_set(1, "debian:11@amd64");
	_cleanup_surface_ struct ks_surface *bare = of_set(2, "debian:12@amd64");
	_cleanup_surface_ struct ks_surface *configured = of_set(2, "debian:13@amd64");
	struct ks_put_result result = { 0 };
	less->image.tier = KS_TIER_BTF;
	bare->config = NULL;
	bare->known &= ~KS_KNOWS(KS_CONFIG);
	bare->options = NULL;
	bare->nr_options = 0;
	assert_ok(ks_config_read(configured, &configured->arenas[0], "CONFIG_BPF=y\n"));
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	struct ks_surface *const all[] = { less, more, bare, configured };
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++) {
		assert_ok(ks_store_put(store, all[i], 1, &result));
		free(ks_take(result.label));
		assert_int_equal(result.replaced, i == 1);
		assert_int_equal(result.enriched, i == 3);
	}
	expect_sets(store, "6.1.0-1", "debian:11@amd64,debian:12@amd64");
	expect_sets(store, "6.1.0-2", "debian:12@amd64,debian:13@amd64");
}

static void sets_are_merged(void **state)
{
	char other[96];
	snprintf(other, sizeof(other), "%s-other", place_path(state));
	_cleanup_store_ struct ks_store *into = NULL, *from = NULL;
	struct ks_merge_result result;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &into));
	assert_ok(ks_store_open(other, KS_STORE_CREATE, &from));
	put_of_set(into, 1, "debian:12@amd64");
	put_of_set(from, 1, "debian:13@amd64");
	put_of_set(from, 2, "debian:11/rt@amd64");
	for (int again = 0; again < 2; again++) {
		assert_ok(ks_ingest_merge(into, from, 1, &result));
		expect_sets(into, "6.1.0-1", "debian:12@amd64,debian:13@amd64");
		expect_sets(into, "6.1.0-2", "debian:11/rt@amd64");
	}
}

/* ---- words ---- */

/** What words mean, as labels, or the error. */
static void expect_words(struct ks_store *store, const char *words, const char *want)
{
	_cleanup_selection_ struct ks_selection sel = { 0 };
	_cleanup_buf_ struct ks_buf got = { 0 };
	struct ks_store_images images = { 0 };
	assert_ok(ks_selection_choose(&sel, store, "*"));
	assert_ok(ks_selection_group(&sel, store));
	struct ks_error *err = ks_selection_words(&sel, words, &sel.arena, &images);
	for (size_t i = 0; !err && i < images.nr; i++)
		ks_buf_printf(&got, "%s%s", i ? " " : "", images.at[i]->image.label);
	if (err) {
		ks_buf_str(&got, err->msg);
		ks_error_free(err);
	}
	assert_string_equal(ks_buf_text(&got), want);
	// the command's --image takes the same words, but for groups and beginnings
	_cleanup_selection_ struct ks_selection chosen = { 0 };
	err = ks_selection_choose(&chosen, store, words);
	got.len = 0;
	for (size_t i = 0; !err && i < chosen.images.nr; i++)
		ks_buf_printf(&got, "%s%s", i ? " " : "", chosen.images.at[i]->image.label);
	ks_buf_str(&got, err ? err->msg : "");
	ks_error_free(err);
	assert_string_equal(ks_buf_text(&got), want);
}

static void words_are_sets(void **state)
{
	static const struct {
		const char *words, *want;
	} cases[] = {
		{ "debian:12", "6.1.0-1 6.1.0-2 6.1.0-3" },
		{ "debian:bookworm", "6.1.0-1 6.1.0-2 6.1.0-3" },
		{ "debian:12/cloud", "6.1.0-2" },
		{ ",,", "',,' means no image" },
		{ "debian:12/", "6.1.0-1 6.1.0-3" },
		{ "debian:12@arm64", "6.1.0-3" },
		{ "debian:12@arm64,debian:12/cloud", "6.1.0-2 6.1.0-3" },
		{ "6.1.0-4,debian:12@arm64", "6.1.0-3 6.1.0-4" },
		{ "ubuntu:22.04/generic", "6.1.0-4" },
		{ "ubuntu:22.04/kvm",
		  "no image is known to be of 'ubuntu:22.04/kvm'; 'ksurf pull ubuntu:22.04/kvm' "
		  "brings one; here are debian:12@amd64, debian:12/cloud@amd64, debian:12@arm64, "
		  "ubuntu:22.04@amd64" },
		{ "debain:12", "debain:12: no such set; did you mean debian:12?" },
		{ "debian:12,ubunut:jammy",
		  "ubunut:jammy: no such set; did you mean ubuntu:jammy?" },
		{ "debian:bookwrom", "debian:bookwrom: no such set; did you mean "
				     "debian:bookworm?" },
		{ "6.1.0-44", "no image is called '6.1.0-44'; did you mean 6.1.0-4?; 'ksurf "
			      "images' lists them" },
		{ "x:*", "x:*: no such set; there are debian:11, debian:12, debian:13, debian:14, "
			 "debian:sid, debian:12-backports, debian:13-backports, ubuntu:20.04, "
			 "ubuntu:22.04, "
			 "ubuntu:24.04, fedora:42, rocky:8, rocky:9, oracle:9, oracle:9/uek7, "
			 "amazon:2023, "
			 "opensuse:leap-15.6, arch:linux, alpine:latest, alpine:edge" },
	};
	_cleanup_store_ struct ks_store *store = NULL;
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	put_of_set(store, 1, "debian:12@amd64");
	put_of_set(store, 2, "debian:12/cloud@amd64");
	put_of_set(store, 3, "debian:12@arm64");
	put_of_set(store, 4, "ubuntu:22.04@amd64");
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++)
		expect_words(store, cases[i].words, cases[i].want);
}

/** A set that stands for one image is the newest of it, of the machine and flavour of the base first. */
static void one_image_of_a_set(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_selection_ struct ks_selection sel = { 0 };
	const struct ks_store_image *image;
	bool exact;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	put_of_set(store, 1, "debian:12@amd64");
	put_of_set(store, 2, "debian:12@amd64");
	put_of_set(store, 3, NULL);
	assert_ok(ks_selection_choose(&sel, store, "*"));
	assert_ok(ks_selection_group(&sel, store));
	assert_ok(ks_selection_pick(&sel, "debian:12", &image, &exact));
	assert_string_equal(image->image.label, "6.1.0-2");
	assert_false(exact);
	assert_ok(ks_selection_one(&sel, "debian:12", &image));
	assert_string_equal(image->image.label, "6.1.0-2");
	assert_ok(ks_selection_one(&sel, "6.1.0-3", &image));
	struct ks_error *err = ks_selection_one(&sel, "6.1", &image); // a beginning is not enough
	assert_non_null(err);
	ks_error_free(err);
	err = ks_selection_one(&sel, "debian:13", &image);
	assert_non_null(err);
	ks_error_free(err);
}

/* ---- the base ---- */

static void expect_base(struct ks_store *store, const char *label)
{
	_cleanup_selection_ struct ks_selection sel = { 0 };
	assert_ok(ks_selection_keep_base(store));
	assert_ok(ks_selection_choose(&sel, store, "*"));
	assert_ok(ks_selection_group(&sel, store));
	assert_string_equal(sel.images.at[sel.groups->base]->image.label, label);
}

static void put_kernel(struct ks_store *store, unsigned int build, const char *label,
		       const char *version, const char *arch)
{
	_cleanup_surface_ struct ks_surface *surface = sample_surface(build, OLD_FILLERS);
	struct ks_put_result result = { 0 };
	surface->image.label = label;
	surface->image.version = version;
	surface->image.arch = arch;
	assert_ok(ks_store_put(store, surface, 1, &result));
	free(result.label);
}

/** A base that others are compared with stays when newer kernels come, by whichever way. */
static void base_stays_when_kernels_come(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	put_kernel(store, 1, "5.10", "5.10", "amd64");
	expect_base(store, "5.10");
	put_kernel(store, 2, "6.1", "6.1", "amd64");
	expect_base(store, "6.1"); // nothing was compared with the first
	put_kernel(store, 3, "6.1-arm64", "6.1", "arm64");
	expect_base(store, "6.1");
	put_kernel(store, 4, "6.12", "6.12", "amd64");
	put_kernel(store, 5, "6.12-arm64", "6.12", "arm64");
	expect_base(store, "6.1");
	assert_ok(ks_selection_rename(store, "6.1", "six"));
	expect_base(store, "six");
	assert_ok(ks_selection_set_base(store, "6.12-arm64"));
	expect_base(store, "6.12-arm64");
	assert_ok(ks_selection_set_base(store, NULL)); // looked for anew
	expect_base(store, "6.12");
	put_kernel(store, 6, "7.0", "7.0", "amd64");
	put_kernel(store, 7, "7.0-arm64", "7.0", "arm64");
	expect_base(store, "6.12");
	assert_ok(ks_store_remove(store, "6.12"));
	expect_base(store, "7.0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_taken_apart),
		cmocka_unit_test(images_are_of_what_is_asked),
		cmocka_unit_test(lists_are_joined),
		TEST(images_keep_all_their_sets),
		TEST(sets_outlive_what_they_came_with),
		TEST(sets_are_merged),
		TEST(words_are_sets),
		TEST(one_image_of_a_set),
		TEST(base_stays_when_kernels_come),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
