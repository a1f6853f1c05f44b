/* SPDX-License-Identifier: BSD-2-Clause */
/* What is written in the published form, and that published files come back byte for byte. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include <cmocka.h>

#include "base/array.h"
#include "check.h"
#include "dataset_folder.h"
#include "golden.h"
#include "report/export/depsurf.h"
#include "source/dataset/dataset.h"
#include "source/dataset/dataset_file.h"

#define IMAGE "5.4.0-1009-aws-amd64"

/* ---- export ---- */

static void export_leaves_own_facts_out(void **state)
{
	static const struct ks_caller callers[] = {
		{ .unit = "a.c", .function = "own", .flags = KS_CALLER_OWN },
		{ .unit = "a.c", .function = "published", .flags = KS_CALLER_TAIL },
	};
	static const struct ks_entry entry = { .loc_file = "a.c",
					       .line = 3,
					       .file = "a.c",
					       .inlined = KS_INLINE_UNKNOWN,
					       .nr_direct_callers = 2,
					       .direct_callers = callers };
	static const struct ks_function functions[] = {
		{ .name = "f", .nr_entries = 1, .entries = &entry }, { .name = "only_symbol" }
	};
	struct ks_surface s = { .image.label = "x", .known = KS_KNOWS(KS_FUNCTION) };
	s.functions = functions;
	s.nr_functions = 2;
	assert_ok(ks_export_depsurf(&s, *state));
	size_t len;
	char *text = read_whole(path_of(*state, "func_groups", "x.jsonl"), &len);
	assert_string_equal(
		text, "{\"name\": \"f\", \"collision_type\": \"Unique Static\", \"inline_type\": "
		      "\"Full\", \"funcs\": [{\"addr\": 0, \"name\": \"f\", \"external\": false, "
		      "\"loc\": \"a.c:3\", \"file\": \"a.c\", \"inline\": \"seen, unknown\", "
		      "\"caller_inline\": [], \"caller_func\": [\"a.c:published\"]}], "
		      "\"symbols\": []}\n");
	free(text);
	assert_int_not_equal(access(path_of(*state, "types_struct", "x.jsonl"), F_OK), 0);
}

static void export_leaves_no_other_files(void **state)
{
	static const struct ks_syscall calls[] = { { 0, "read" }, { 548, "last" } };
	struct ks_surface s = { .image.label = "x", .known = KS_KNOWS(KS_SYSCALL) };
	s.syscalls = calls;
	s.nr_syscalls = 2;
	put(*state, "syscalls", "x.json", "an older one, much longer than the new one will be");
	assert_ok(ks_export_depsurf(&s, *state));
	size_t len;
	char *text = read_whole(path_of(*state, "syscalls", "x.json"), &len);
	assert_string_equal(text, "{\n  \"0\": \"read\",\n  \"548\": \"last\"\n}");
	free(text);
	DIR *dir = opendir(path_of(*state, "syscalls", "."));
	assert_non_null(dir);
	size_t nr = 0;
	while (readdir(dir))
		nr++;
	closedir(dir);
	assert_int_equal(nr, 3); // ".", "..", the file
}

static void export_refuses_a_label_that_leads_elsewhere(void **state)
{
	static const char *const labels[] = { "", "..", "../x", "a/b", ".hidden" };
	for (size_t i = 0; i < KS_ARRAY_LEN(labels); i++) {
		struct ks_surface s = { .image.label = labels[i] };
		_cleanup_error_ struct ks_error *err = ks_export_depsurf(&s, *state);
		assert_non_null(err);
		assert_int_equal(err->code, KS_ERR_USAGE);
	}
}

/** symtab facts with all of st_other in use, and what has no word. */
static void symbols_come_back_as_they_were(void **state)
{
	static const char line[] =
		"{\"name\": \"caf\\u00e9\", \"section\": \"SHN_ABS\", \"bind\": \"STB_LOOS\", "
		"\"type\": 11, \"local\": 5, \"visibility\": \"STV_EXPORTED\", \"value\": "
		"18446744073709551615, \"size\": 0}\n";
	char from[256], to[256];
	snprintf(from, sizeof(from), "%s/from", (char *)*state);
	snprintf(to, sizeof(to), "%s/to", (char *)*state);
	put(from, "symtab", IMAGE ".jsonl", line);
	_cleanup_surface_ struct ks_surface *s = import_one(from, IMAGE);
	assert_true(s->symtab_known);
	assert_ok(ks_export_depsurf(s, to));
	size_t len;
	char *text = read_whole(path_of(to, "symtab", IMAGE ".jsonl"), &len);
	assert_string_equal(text, line);
	free(text);
}

/* ---- the published samples ---- */

/** A folder below the shared samples; skips the test when it is not there. */
static const char *shared(const char *name)
{
	static struct ks_buf buf;
	const char *path = golden_path(&buf, name);
	if (access(path, R_OK) != 0) {
		print_message("%s is not there (KSURF_SHARED names its parent): skipped\n", path);
		skip();
	}
	return path;
}

static const char *const folders[] = { "func_groups", "types_func", "types_struct", "types_union",
				       "types_enum",  "types_int",  "symtab",	    "tracepoints",
				       "syscalls",    "config",	    "comment" };
static const char *const suffixes[] = { ".jsonl", ".jsonl", ".jsonl", ".jsonl",	 ".jsonl", ".jsonl",
					".jsonl", ".jsonl", ".json",  ".config", ".txt" };

/** A hash of every byte of a file, uncompressed, read line by line. */
static XXH128_hash_t hash_of(const char *path)
{
	_cleanup_dataset_file_ struct ks_dataset_file *file = NULL;
	XXH3_state_t *state = XXH3_createState();
	XXH3_128bits_reset(state);
	assert_ok(ks_dataset_file_open(path, state, &file));
	const char *line;
	size_t len;
	do
		assert_ok(ks_dataset_file_line(file, &line, &len));
	while (line);
	XXH128_hash_t hash = XXH3_128bits_digest(state);
	XXH3_freeState(state);
	return hash;
}

static void expect_same_file(const char *want, const char *got)
{
	if (!XXH128_isEqual(hash_of(want), hash_of(got)))
		fail_msg("%s is not %s", got, want);
}

/** The file of an image, whichever way the dataset at root keeps it; "" when it has none. */
static void find_original(const char *root, const char *label, size_t kind, char *ret, size_t size)
{
	for (size_t i = 0; i < 6; i++) {
		const char *zst = i % 2 ? ".zst" : "", *suffix = i < 4 ? suffixes[kind] : ".jsonl";
		bool by_image = i >= 2;
		snprintf(ret, size, "%s/%s/%s%s%s", root, by_image ? label : folders[kind],
			 by_image ? folders[kind] : label, suffix, zst);
		if (access(ret, R_OK) == 0)
			return;
	}
	*ret = '\0';
}

static void expect_round_trip(const char *root, const char *scratch, size_t nr_images)
{
	_cleanup_dataset_ struct ks_dataset *ds = NULL;
	assert_ok(ks_dataset_open(root, &ds));
	assert_int_equal(ks_dataset_count(ds), nr_images);
	for (size_t i = 0; i < nr_images; i++) {
		const char *label = ks_dataset_label(ds, i);
		_cleanup_surface_ struct ks_surface *s = NULL;
		assert_ok(ks_dataset_image(ds, i, &s));
		assert_ok(ks_export_depsurf(s, scratch));
		for (size_t k = 0; k < KS_ARRAY_LEN(folders); k++) {
			char want[512], got[512];
			find_original(root, label, k, want, sizeof(want));
			snprintf(got, sizeof(got), "%s/%s/%s%s", scratch, folders[k], label,
				 suffixes[k]);
			assert_int_equal(access(got, R_OK) == 0, *want != '\0');
			if (*want)
				expect_same_file(want, got);
		}
	}
}

static void published_sample_comes_back_byte_for_byte(void **state)
{
	expect_round_trip(shared("depsurf-dataset-sample"), *state, 25);
}

static void oracle_images_come_back_byte_for_byte(void **state)
{
	expect_round_trip(shared("oracle"), *state, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(export_leaves_own_facts_out),
		IN_FOLDER(export_leaves_no_other_files),
		IN_FOLDER(export_refuses_a_label_that_leads_elsewhere),
		IN_FOLDER(symbols_come_back_as_they_were),
		IN_FOLDER(published_sample_comes_back_byte_for_byte),
		IN_FOLDER(oracle_images_come_back_byte_for_byte),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
