/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "check.h"
#include "diff/steps.h"
#include "surface/groups.h"
#include "surface/image.h"

#define UBUNTU(v, r, f, a)                                                                         \
	{                                                                                          \
		.label = v "-" r "-" f "-" a, .release = v "-" r "-" f, .version = v,              \
		.revision = r, .flavor = f, .arch = a                                              \
	}
#define DEBIAN(v, base, r, a)                                                                      \
	{                                                                                          \
		.label = base "-" r "-" a, .release = base "-" r "-" a, .version = v,              \
		.revision = r, .flavor = "", .arch = a                                             \
	}

static const struct ks_image published[] = {
	UBUNTU("4.4.0", "21", "generic", "amd64"),    UBUNTU("4.8.0", "22", "generic", "amd64"),
	UBUNTU("4.10.0", "19", "generic", "amd64"),   UBUNTU("4.13.0", "16", "generic", "amd64"),
	UBUNTU("4.15.0", "20", "generic", "amd64"),   UBUNTU("4.18.0", "10", "generic", "amd64"),
	UBUNTU("5.0.0", "13", "generic", "amd64"),    UBUNTU("5.3.0", "18", "generic", "amd64"),
	UBUNTU("5.4.0", "1009", "aws", "amd64"),      UBUNTU("5.4.0", "1010", "azure", "amd64"),
	UBUNTU("5.4.0", "1009", "gcp", "amd64"),      UBUNTU("5.4.0", "26", "generic", "amd64"),
	UBUNTU("5.4.0", "26", "generic", "arm64"),    UBUNTU("5.4.0", "26", "generic", "armhf"),
	UBUNTU("5.4.0", "26", "generic", "ppc64el"),  UBUNTU("5.4.0", "24", "generic", "riscv64"),
	UBUNTU("5.4.0", "26", "lowlatency", "amd64"), UBUNTU("5.8.0", "25", "generic", "amd64"),
	UBUNTU("5.11.0", "16", "generic", "amd64"),   UBUNTU("5.13.0", "19", "generic", "amd64"),
	UBUNTU("5.15.0", "25", "generic", "amd64"),   UBUNTU("5.19.0", "21", "generic", "amd64"),
	UBUNTU("6.2.0", "20", "generic", "amd64"),    UBUNTU("6.5.0", "9", "generic", "amd64"),
	UBUNTU("6.8.0", "31", "generic", "amd64"),
};

static const struct ks_image debian[] = {
	DEBIAN("5.10.251", "5.10.0", "39", "amd64"), DEBIAN("6.1.170", "6.1.0", "47", "amd64"),
	DEBIAN("6.1.176", "6.1.0", "50", "amd64"),   DEBIAN("6.1.176", "6.1.0", "50", "arm64"),
	DEBIAN("6.12.30", "6.12", "1", "amd64"),
};

/** Groups of images, which are sorted first. */
struct fixture {
	const struct ks_image *images[64];
	struct ks_groups *groups;
};

static int pointer_compare(const void *a, const void *b)
{
	return ks_image_compare(*(const struct ks_image *const *)a,
				*(const struct ks_image *const *)b);
}

static void fixture_make(struct fixture *f, const struct ks_image *images, size_t nr,
			 const struct ks_groups_choice *choice)
{
	for (size_t i = 0; i < nr; i++)
		f->images[i] = &images[nr - 1 - i];
	qsort(f->images, nr, sizeof(f->images[0]), pointer_compare);
	assert_null(ks_groups_new(f->images, nr, choice, &f->groups));
}

/** Labels of a group, joined by blanks; then its pairs as "old>new". */
static void expect_group(const struct fixture *f, enum ks_group_kind kind, const char *labels,
			 const char *pairs)
{
	const struct ks_group *group = &f->groups->at[kind];
	char text[1024] = "";
	for (size_t i = 0; i < group->nr; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? " " : "",
			 group->labels[i]);
	assert_string_equal(text, labels);
	text[0] = '\0';
	for (size_t i = 0; i < group->nr_pairs; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s>%s", i ? " " : "",
			 group->pairs[i].old_label, group->pairs[i].new_label);
	assert_string_equal(text, pairs);
}

static void published_images_fall_into_the_published_groups(void **state)
{
	(void)state;
	struct fixture f;
	fixture_make(&f, published, KS_ARRAY_LEN(published), NULL);
	for (size_t i = 0; i < KS_ARRAY_LEN(published); i++)
		assert_ptr_equal(f.images[i], &published[i]);
	assert_string_equal(f.images[f.groups->base]->label, "5.4.0-26-generic-amd64");
	expect_group(&f, KS_GROUP_REGULAR,
		     "4.4 4.8 4.10 4.13 4.15 4.18 5.0 5.3 5.4 5.8 5.11 5.13 5.15 5.19 6.2 6.5 6.8",
		     "4.4>4.8 4.8>4.10 4.10>4.13 4.13>4.15 4.15>4.18 4.18>5.0 5.0>5.3 5.3>5.4 "
		     "5.4>5.8 5.8>5.11 5.11>5.13 5.13>5.15 5.15>5.19 5.19>6.2 6.2>6.5 6.5>6.8");
	expect_group(&f, KS_GROUP_ARCH, "arm64 armhf ppc64el riscv64",
		     "amd64>arm64 amd64>armhf amd64>ppc64el amd64>riscv64");
	expect_group(&f, KS_GROUP_FLAVOR, "aws azure gcp lowlatency",
		     "generic>aws generic>azure generic>gcp generic>lowlatency");
	expect_group(&f, KS_GROUP_LTS, "4.4 4.15 5.4 5.15 6.8",
		     "4.4>4.15 4.15>5.4 5.4>5.15 5.15>6.8");
	expect_group(&f, KS_GROUP_OTHER, "", "");
	assert_int_equal(f.groups->at[KS_GROUP_ALL].nr, KS_ARRAY_LEN(published));
	assert_int_equal(f.groups->at[KS_GROUP_ALL].nr_pairs, 0);
	ks_groups_free(f.groups);
}

static void labels_are_cut_to_what_tells_members_apart(void **state)
{
	(void)state;
	struct fixture f;
	fixture_make(&f, debian, KS_ARRAY_LEN(debian), NULL);
	assert_string_equal(f.images[f.groups->base]->label, "6.1.0-50-amd64");
	expect_group(&f, KS_GROUP_REGULAR, "5.10 6.1.0-47 6.1.0-50 6.12",
		     "5.10>6.1.0-47 6.1.0-47>6.1.0-50 6.1.0-50>6.12");
	expect_group(&f, KS_GROUP_ARCH, "arm64", "amd64>arm64");
	ks_groups_free(f.groups);
}

static void usual_kernels_of_other_machines_are_of_one_flavour(void **state)
{
	(void)state;
	static const struct ks_image images[] = {
		{ .label = "a",
		  .version = "6.1.0",
		  .revision = "50",
		  .flavor = "",
		  .arch = "amd64" },
		{ .label = "b",
		  .version = "6.1.0",
		  .revision = "50",
		  .flavor = "armmp",
		  .arch = "armhf" },
		{ .label = "c",
		  .version = "6.1.0",
		  .revision = "50",
		  .flavor = "powerpc64le",
		  .arch = "ppc64el" },
		{ .label = "d",
		  .version = "6.1.0",
		  .revision = "50",
		  .flavor = "rt",
		  .arch = "amd64" },
		{ .label = "e",
		  .version = "6.1.0",
		  .revision = "50",
		  .flavor = "rt-armmp",
		  .arch = "armhf" },
	};
	struct fixture f;
	fixture_make(&f, images, KS_ARRAY_LEN(images), &(struct ks_groups_choice){ .base = 0 });
	expect_group(&f, KS_GROUP_ARCH, "armhf ppc64el", "amd64>armhf amd64>ppc64el");
	expect_group(&f, KS_GROUP_FLAVOR, "rt", "default>rt");
	ks_groups_free(f.groups);
	assert_true(ks_image_same_flavor(&images[3], &images[4]));
	assert_false(ks_image_same_flavor(&images[1], &images[4]));
}

static void series_with_many_point_releases_are_long_term_ones(void **state)
{
	(void)state;
	static const struct ks_image images[] = {
		{ .label = "a", .version = "6.18.40", .flavor = "", .arch = "amd64" },
		{ .label = "b", .version = "7.0.22", .flavor = "", .arch = "amd64" },
		{ .label = "c",
		  .version = "7.4.0",
		  .package_version = "7.4.23-1",
		  .flavor = "",
		  .arch = "amd64" },
		{ .label = "d", .version = "7.5.0", .flavor = "", .arch = "amd64" },
	};
	struct fixture f;
	fixture_make(&f, images, KS_ARRAY_LEN(images), NULL);
	expect_group(&f, KS_GROUP_LTS, "6.18 7.4", "6.18>7.4");
	ks_groups_free(f.groups);
}

static void the_newest_image_is_the_base_when_no_version_comes_twice(void **state)
{
	(void)state;
	struct fixture f;
	fixture_make(&f, published, 8, NULL);
	assert_int_equal(f.groups->base, 7);
	ks_groups_free(f.groups);
	fixture_make(&f, published, 0, NULL);
	assert_int_equal(f.groups->base, 0);
	expect_group(&f, KS_GROUP_REGULAR, "", "");
	ks_groups_free(f.groups);
}

#define OF(who, set, v, f, a)                                                                      \
	{                                                                                          \
		.label = who v "-" f "-" a, .version = v, .flavor = f, .arch = a,                  \
		.distribution = sizeof(who) > 1 ? who : NULL, .sets = set                          \
	}

/** Kernels of several distributions: what is known of whose they are keeps them apart. */
static const struct ks_image mixed[] = {
	OF("Ubuntu", NULL, "4.4.0", "generic", "amd64"),
	OF("Ubuntu", NULL, "5.15.0", "generic", "amd64"),
	OF("Debian", "debian:11@amd64", "5.10.262", "", "amd64"),
	OF("Debian", NULL, "6.1.180", "", "amd64"),
	OF("Debian", "debian:12/cloud@amd64", "6.1.180", "cloud", "amd64"),
	OF("Debian", NULL, "6.1.180", "", "arm64"),
	OF("Debian", NULL, "5.10.262", "", "arm64"),
	OF("RHEL", "rocky:9@amd64", "5.14.0", "",
	   "amd64"), // its banner is that of what it is made from
	OF("RHEL", NULL, "5.14.0", "", "amd64"),
	OF("", NULL, "6.1.180", "", "amd64"),
};

/** The lines of Other as "TITLE: labels; …". */
static void expect_lines(const struct fixture *f, const char *want)
{
	const struct ks_group *group = &f->groups->at[KS_GROUP_OTHER];
	char text[1024] = "";
	for (size_t i = 0; i < group->nr; i++) {
		bool same = i && group->lines[i] == group->lines[i - 1];
		size_t len = strlen(text);
		snprintf(text + len, sizeof(text) - len, "%s%s%s %s", same || !i ? "" : "; ",
			 same ? "" : group->lines[i], same ? "" : ":", group->labels[i]);
	}
	assert_string_equal(text, want);
}

static void distributions_are_lines_of_their_own(void **state)
{
	(void)state;
	struct fixture f;
	fixture_make(&f, mixed, KS_ARRAY_LEN(mixed), NULL);
	assert_string_equal(f.images[f.groups->base]->label, "Debian6.1.180--amd64");
	expect_group(&f, KS_GROUP_REGULAR, "5.10 6.1", "5.10>6.1");
	expect_group(&f, KS_GROUP_ARCH, "arm64", "amd64>arm64");
	expect_group(&f, KS_GROUP_FLAVOR, "cloud", "default>cloud");
	expect_lines(&f, "Ubuntu generic amd64: Ubuntu4.4.0-generic-amd64 "
			 "Ubuntu5.15.0-generic-amd64; Debian arm64: Debian5.10.262--arm64; "
			 "RHEL amd64: RHEL5.14.0--amd64; rocky amd64: RHEL5.14.0--amd64; "
			 "amd64, of no known distribution: 6.1.180--amd64");
	// the first image of a line is compared with what is not newer, another distribution's if need be
	const struct ks_group *other = &f.groups->at[KS_GROUP_OTHER];
	for (size_t i = 0; i < other->nr_pairs; i++)
		assert_true(ks_version_compare(f.images[other->pairs[i].old]->version,
					       f.images[other->pairs[i].new]->version) <= 0);
	ks_groups_free(f.groups);
}

/** A letter for each of the mixed images, as they are sorted: y has the name, n has not, ? cannot tell. */
static void expect_span(const char *facts, const char *want)
{
	struct fixture f;
	struct ks_fact at[KS_ARRAY_LEN(mixed)] = { 0 };
	fixture_make(&f, mixed, KS_ARRAY_LEN(mixed), NULL);
	for (size_t i = 0; i < KS_ARRAY_LEN(mixed); i++) {
		at[i].image = f.images[i];
		at[i].known = facts[i] != '?';
		at[i].present = facts[i] == 'y';
	}
	const struct ks_history history = { .nr = KS_ARRAY_LEN(mixed), .facts = at };
	struct ks_span span = ks_steps_span(f.groups, &history);
	char text[64];
	snprintf(text, sizeof(text), "%s%s %s%s", span.began_earlier ? "<" : "",
		 span.since ? span.since : "-", span.until ? span.until : "-",
		 span.has_ended ? "!" : "");
	if (strcmp(text, want) != 0)
		fail_msg("%s: '%s', not '%s'", facts, text, want);
	ks_groups_free(f.groups);
}

/** Ubuntu 4.4, Debian 5.10 and its arm64, two RHEL 5.14, Ubuntu 5.15, then 6.1: unknown, Debian, its arm64 and cloud. */
static void names_live_in_all_distributions(void **state)
{
	(void)state;
	expect_span("yyyyyyyyyy", "<4.4 6.1");
	expect_span("nyyyyyyyyy", "5.10 6.1");
	expect_span("?yyyyyyyyy", "<5.10 6.1");
	expect_span("ynyyyynnnn", "<4.4 5.15!");
	expect_span("ynyyyyn?nn", "<4.4 5.15");
	expect_span("nnnnnnnnnn", "- -");
	expect_span("nnynnnnnnn", "- -"); // arm64 only: nothing of the base's machine
	expect_span("nnnyynnnnn", "5.14 5.14!");
	expect_span("nn?y?n????", "5.14 5.14");
	expect_span("?n?y?n????", "5.14 5.14");
	expect_span("??ny?n????", "<5.14 5.14");
	expect_span("nynnnnnnnn", "5.10 5.10!");
}

/** The version that was kept has the base, whatever came later. */
static void kept_version_has_the_base(void **state)
{
	(void)state;
	static const struct ks_image images[] = {
		DEBIAN("6.1.176", "6.1.0", "50", "amd64"),
		DEBIAN("6.1.176", "6.1.0", "50", "arm64"),
		DEBIAN("6.12.1", "6.12.1", "1", "amd64"),
		DEBIAN("6.12.1", "6.12.1", "1", "arm64"),
	};
	struct fixture f;
	fixture_make(&f, images, 4, NULL);
	assert_string_equal(f.images[f.groups->base]->label, "6.12.1-1-amd64");
	ks_groups_free(f.groups);
	for (size_t kept = 0; kept < 4; kept++) {
		const struct ks_groups_choice choice = { .base = KS_NO_IMAGE, .kept = &kept };
		fixture_make(&f, images, 4, &choice);
		assert_string_equal(f.images[f.groups->base]->label,
				    kept < 2 ? "6.1.0-50-amd64" : "6.12.1-1-amd64");
		ks_groups_free(f.groups);
	}
}

static void base_and_members_can_be_chosen(void **state)
{
	(void)state;
	struct fixture f;
	const size_t members[] = { 0, 11, 12, 24 }, lts[] = { 0, 24 };
	struct ks_groups_choice choice = {
		.base = 24, .members = members, .nr_members = 4, .lts = lts, .nr_lts = 2
	};
	fixture_make(&f, published, KS_ARRAY_LEN(published), &choice);
	expect_group(&f, KS_GROUP_REGULAR, "4.4 5.4 6.8", "4.4>5.4 5.4>6.8");
	expect_group(&f, KS_GROUP_LTS, "4.4 6.8", "4.4>6.8");
	expect_group(&f, KS_GROUP_ARCH, "", "");
	// of another version and architecture: compared with the closest Regular image before it
	expect_group(&f, KS_GROUP_OTHER, "5.4.0-26-generic-arm64",
		     "5.4.0-26-generic-amd64>5.4.0-26-generic-arm64");
	ks_groups_free(f.groups);
	choice.base = 3; // no member
	expect_error(ks_groups_new(f.images, KS_ARRAY_LEN(published), &choice, &f.groups),
		     KS_ERR_USAGE, "");
}

static void no_image_vanishes_and_no_label_comes_twice(void **state)
{
	(void)state;
	static const char *const versions[] = { "5.4.0", "5.4.1", "6.1.176", "6.2", NULL };
	static const char *const arches[] = { "amd64", "arm64", NULL };
	static const char *const flavors[] = { "", "rt", NULL };
	struct ks_image images[30];
	char names[30][16];
	srand(1);
	for (int round = 0; round < 200; round++) {
		size_t nr = (size_t)rand() % 30, seen[30] = { 0 };
		struct fixture f;
		for (size_t i = 0; i < nr; i++) {
			snprintf(names[i], sizeof(names[i]), "image %zu", i);
			images[i] = (struct ks_image){ .label = names[i],
						       .version = versions[rand() % 5],
						       .arch = arches[rand() % 3],
						       .flavor = flavors[rand() % 3] };
		}
		fixture_make(&f, images, nr, NULL);
		for (enum ks_group_kind k = 0; k < KS_NR_GROUPS; k++) {
			const struct ks_group *group = &f.groups->at[k];
			for (size_t i = 0; i < group->nr; i++) {
				seen[group->images[i]] += k < KS_NR_PARTITION_GROUPS;
				for (size_t j = 0; j < i; j++)
					assert_string_not_equal(group->labels[i], group->labels[j]);
			}
			for (size_t i = 0; i < group->nr_pairs; i++)
				assert_true(group->pairs[i].old < nr && group->pairs[i].new < nr);
		}
		for (size_t i = 0; i < nr; i++)
			assert_int_equal(seen[i], 1);
		ks_groups_free(f.groups);
	}
}

static void versions_compare_by_their_numbers(void **state)
{
	(void)state;
	static const char *const ascending[] = { NULL,	       "4.4.0", "4.10.0",
						 "5.4",	       "5.4.0", "5.4.0-rc2",
						 "5.4.0-rc10", "5.4.1", "18446744073709551615.1" };
	for (size_t i = 0; i < KS_ARRAY_LEN(ascending); i++)
		for (size_t j = 0; j < KS_ARRAY_LEN(ascending); j++) {
			int order = ks_version_compare(ascending[i], ascending[j]);
			assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_images_fall_into_the_published_groups),
		cmocka_unit_test(labels_are_cut_to_what_tells_members_apart),
		cmocka_unit_test(usual_kernels_of_other_machines_are_of_one_flavour),
		cmocka_unit_test(series_with_many_point_releases_are_long_term_ones),
		cmocka_unit_test(the_newest_image_is_the_base_when_no_version_comes_twice),
		cmocka_unit_test(distributions_are_lines_of_their_own),
		cmocka_unit_test(names_live_in_all_distributions),
		cmocka_unit_test(kept_version_has_the_base),
		cmocka_unit_test(base_and_members_can_be_chosen),
		cmocka_unit_test(no_image_vanishes_and_no_label_comes_twice),
		cmocka_unit_test(versions_compare_by_their_numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
