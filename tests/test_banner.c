/* SPDX-License-Identifier: BSD-2-Clause */
/* Releases and banners as distributions write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "extract/banner.h"
#include "surface/image.h"

static void read_banner(struct ks_arena *arena, const char *arch, const char *release,
			const char *rest, struct ks_image *image)
{
	char banner[512];
	snprintf(banner, sizeof(banner), "Linux version %s (builder@host) %s", release, rest);
	*image = (struct ks_image){ .arch = arch };
	assert_true(ks_banner_read(arena, banner, image));
	assert_string_equal(image->banner, banner);
	assert_string_equal(image->release, release);
}

static void releases_are_taken_apart(void **state)
{
	(void)state;
	static const struct {
		const char *arch, *release, *version, *revision, *flavor;
	} cases[] = {
		{ "amd64", "6.1.0-50-amd64", "6.1.0", "50", "" },
		{ "amd64", "6.1.0-50-cloud-amd64", "6.1.0", "50", "cloud" },
		{ "amd64", "6.1.0-0.deb11.50-amd64", "6.1.0", "0.deb11.50", "" },
		{ "arm64", "6.1.0-0.deb11.50-cloud-arm64", "6.1.0", "0.deb11.50", "cloud" },
		{ "amd64", "5.10.0-0.bpo.15-rt-amd64", "5.10.0", "0.bpo.15", "rt" },
		{ "armhf", "6.1.0-50-armmp", "6.1.0", "50", "armmp" },
		{ "armhf", "6.1.0-50-rt-armmp", "6.1.0", "50", "rt-armmp" },
		{ "ppc64el", "6.12.90+deb13-powerpc64le-64k", "6.12.90", "deb13",
		  "powerpc64le-64k" },
		{ "amd64", "6.12.90+deb13.1-amd64", "6.12.90", "deb13.1", "" },
		{ "arm64", "7.2.13+deb14-arm64-16k", "7.2.13", "deb14", "arm64-16k" },
		{ "amd64", "7.3-rc2+deb14-amd64", "7.3", "rc2+deb14", "" },
		{ "amd64", "6.18-rc5-amd64", "6.18", "rc5", "" },
		{ "amd64", "5.15.0-91-generic", "5.15.0", "91", "generic" },
		{ "arm64", "5.4.0-1018-aws", "5.4.0", "1018", "aws" },
		{ "amd64", "6.5.6-300.fc39.x86_64", "6.5.6", "300.fc39", "" },
		{ "amd64", "6.5.6-300.fc39.x86_64+debug", "6.5.6", "300.fc39", "debug" },
		{ "arm64", "6.11.4-301.fc41.aarch64+16k", "6.11.4", "301.fc41", "16k" },
		{ "amd64", "5.14.0-362.8.1.el9_3.x86_64", "5.14.0", "362.8.1.el9_3", "" },
		{ "amd64", "5.15.0-100.96.32.el9uek.x86_64", "5.15.0", "100.96.32.el9uek", "" },
		{ "amd64", "6.1.55-75.123.amzn2023.x86_64", "6.1.55", "75.123.amzn2023", "" },
		{ "amd64", "5.14.21-150500.55.7-default", "5.14.21", "150500.55.7", "default" },
		{ "amd64", "6.6.1-arch1-1", "6.6.1", "", "arch1-1" },
		{ "amd64", "6.6.10-1-lts", "6.6.10", "1", "lts" },
		{ "arm64", "6.1.21-v8+", "6.1.21", "", "v8+" },
		{ "amd64", "6.8.0", "6.8.0", "", "" },
		{ "amd64", "6.8.0+", "6.8.0", "", "" },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		struct ks_arena arena = { 0 };
		struct ks_image image;
		read_banner(&arena, cases[i].arch, cases[i].release, "(gcc) #1", &image);
		if (strcmp(image.version, cases[i].version) != 0 ||
		    strcmp(image.revision, cases[i].revision) != 0 ||
		    strcmp(image.flavor, cases[i].flavor) != 0)
			fail_msg("%s: '%s' '%s' '%s'", cases[i].release, image.version,
				 image.revision, image.flavor);
		ks_arena_deinit(&arena);
	}
}

static void compilers_are_told_in_one_way(void **state)
{
	(void)state;
	static const struct {
		const char *text, *compiler;
	} cases[] = {
		{ "(gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld 2.40) #1 SMP",
		  "GCC: (Debian 12.2.0-14) 12.2.0" },
		{ "(x86_64-linux-gnu-gcc-16 (Debian 16.2.0-4) 16.2.0, GNU ld (a) 2) #1",
		  "GCC: (Debian 16.2.0-4) 16.2.0" },
		{ "(gcc (GCC) 13.2.1 20230728, GNU ld) #1", "GCC: (GCC) 13.2.1 20230728" },
		{ "(clang version 17.0.6, LLD 17.0.6) #1", "clang version 17.0.6" },
		{ "(Debian clang version 14.0.6, GNU ld) #1", "Debian clang version 14.0.6" },
		{ "(gcc version 8.3.0 (Debian 8.3.0-6)) #1", "GCC: (Debian 8.3.0-6) 8.3.0" },
		{ "(gcc version 8.3.0) #1", "gcc version 8.3.0" },
		{ "(gcc-8) #1", "gcc-8" },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		struct ks_arena arena = { 0 };
		struct ks_image image;
		read_banner(&arena, "amd64", "6.1.0", cases[i].text, &image);
		assert_string_equal(image.compiler, cases[i].compiler);
		ks_arena_deinit(&arena);
	}
}

static void what_is_no_banner_has_no_release(void **state)
{
	(void)state;
	struct ks_arena arena = { 0 };
	struct ks_image image = { .arch = "amd64" };
	assert_true(ks_banner_read(&arena, "Windows version 6", &image));
	assert_null(image.release);
	assert_true(ks_banner_read(&arena, "Linux version ", &image));
	assert_null(image.release);
	ks_arena_deinit(&arena);
}

static void the_day_of_the_build_is_told(void **state)
{
	(void)state;
	static const struct {
		const char *banner, *day; // NULL: it does not tell
	} cases[] = {
		{ "Linux version 6.1.0 (gcc (Debian 12.2.0-14) 12.2.0) #1 SMP Debian 6.1.176-1 "
		  "(2026-07-02)\n",
		  "2026-07-02" },
		{ "Linux version 5.4.0 (gcc) #30-Ubuntu SMP Mon Apr 20 16:58:30 UTC 2020",
		  "2020-04-20" },
		{ "Linux version 6.6.8 (gcc) #1 SMP PREEMPT_DYNAMIC Thu Dec  7 03:12:20 UTC 2023 x",
		  "2023-12-07" },
		{ "Linux version 6.1.0 (gcc 1:2:3) #1 Sun Jan 1 00:00:00 UTC 2023", NULL },
		{ "Linux version 6.1.0 #1 Thu Foo  7 03:12:20 UTC 2023", NULL },
		{ "Linux version 6.1.0 #1 Thu Dec 77 03:12:20 UTC 2023", NULL },
		{ "Linux version 6.1.0 #1 Thu Dec  7 03:12:20 UTC 20", NULL },
		{ "Linux version 6.1.0 #1 (2026-13-02)", NULL },
		{ "Linux version 6.1.0 #1 (2026-07-0", NULL },
		{ "7 03:12:20", NULL },
		{ ":", NULL },
		{ "", NULL },
		{ NULL, NULL },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		const struct ks_image image = { .banner = cases[i].banner };
		char day[11] = "";
		assert_int_equal(ks_image_built(&image, day), cases[i].day != NULL);
		assert_string_equal(day, cases[i].day ? cases[i].day : "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(releases_are_taken_apart),
		cmocka_unit_test(compilers_are_told_in_one_way),
		cmocka_unit_test(what_is_no_banner_has_no_release),
		cmocka_unit_test(the_day_of_the_build_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
