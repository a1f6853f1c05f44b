/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <cmocka.h>

#include "base/array.h"
#include "check.h"
#include "dataset_folder.h"
#include "source/dataset/dataset.h"

#define IMAGE "5.4.0-1009-aws-amd64"

static const char group_line[] =
	"{\"name\": \"f\", \"collision_type\": \"Static-Global Collision\", "
	"\"inline_type\": \"Selective\", \"funcs\": [{\"addr\": 18446744071582106096, "
	"\"name\": \"f\", \"external\": true, \"loc\": \"a/x.c:7\", \"file\": \"a/x.c\", "
	"\"inline\": \"declared, inlined\", \"caller_inline\": [\"a/x.c:g\"], "
	"\"caller_func\": [\"a/x.c:h\", \"a/x.c:h\"]}, {\"addr\": 0, \"name\": \"f\", "
	"\"external\": false, \"loc\": \"a/y.S\", \"file\": null, \"inline\": \"not seen\", "
	"\"caller_inline\": [], \"caller_func\": []}], \"symbols\": [{\"addr\": 4096, "
	"\"name\": \"f.isra.0\", \"section\": \".text\", \"bind\": \"STB_LOCAL\", \"size\": 9}]}\n";

/** The text of the error that importing the first image gives; free it. */
static char *import_error(const char *dir)
{
	_cleanup_dataset_ struct ks_dataset *ds = NULL;
	_cleanup_surface_ struct ks_surface *surface = NULL;
	assert_ok(ks_dataset_open(dir, &ds));
	_cleanup_error_ struct ks_error *err = ks_dataset_image(ds, 0, &surface);
	assert_non_null(err);
	assert_null(surface);
	return ks_error_text(err);
}

/* ---- images ---- */

static void label_tells_the_image(void **state)
{
	static const struct {
		const char *label, *release, *version, *revision, *flavor, *arch;
	} cases[] = {
		{ IMAGE, "5.4.0-1009-aws", "5.4.0", "1009", "aws", "amd64" },
		{ "6.8.0-31-generic-64k-arm64", "6.8.0-31-generic-64k", "6.8.0", "31",
		  "generic-64k", "arm64" },
		{ "6.1.0-50-amd64", "6.1.0-50-amd64", "6.1.0", "50", "", "amd64" },
		{ "6.12.107+deb13-armmp", "6.12.107+deb13-armmp", "6.12.107", "deb13", "armmp",
		  NULL },
		{ "6.1", "6.1", "6.1", "", "", NULL },
		{ "-", "-", "", "", "", NULL },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		char name[64];
		snprintf(name, sizeof(name), "%s.txt", cases[i].label);
		put(*state, "comment", name, "GCC: 9.3.0\n");
		_cleanup_surface_ struct ks_surface *s = import_one(*state, cases[i].label);
		assert_string_equal(s->image.label, cases[i].label);
		assert_string_equal(s->image.release, cases[i].release);
		assert_string_equal(s->image.version, cases[i].version);
		assert_string_equal(s->image.revision, cases[i].revision);
		assert_string_equal(s->image.flavor, cases[i].flavor);
		if (cases[i].arch)
			assert_string_equal(s->image.arch, cases[i].arch);
		else
			assert_null(s->image.arch);
		assert_string_equal(s->image.compiler, "GCC: 9.3.0\n");
		assert_int_equal(s->image.tier, KS_TIER_IMPORTED);
	}
}

static void missing_files_make_facts_unknown(void **state)
{
	put(*state, "types_int", IMAGE ".jsonl",
	    "{\"kind\": \"INT\", \"name\": \"int\", \"size\": 4}\n");
	put(*state, "types_enum", IMAGE ".jsonl", "");
	_cleanup_surface_ struct ks_surface *s = import_one(*state, IMAGE);
	assert_int_equal(s->known, KS_KNOWS(KS_INT) | KS_KNOWS(KS_ENUM));
	assert_false(s->symtab_known);
	assert_null(s->image.compiler);
	assert_int_equal(s->decls[KS_INT].nr, 1);
	assert_int_equal(s->decls[KS_INT].at[0].size, 4);
}

static void digest_does_not_depend_on_layout_or_compression(void **state)
{
	char a[256], b[256];
	snprintf(a, sizeof(a), "%s/a", (char *)*state);
	snprintf(b, sizeof(b), "%s/b", (char *)*state);
	put(a, "func_groups", IMAGE ".jsonl", group_line);
	put(a, "syscalls", IMAGE ".json", "{\"0\": \"read\"}");
	put_zst(b, IMAGE, "func_groups.jsonl.zst", group_line);
	put(b, IMAGE, "syscalls.jsonl", "{\"0\": \"read\"}");
	_cleanup_surface_ struct ks_surface *x = import_one(a, IMAGE);
	_cleanup_surface_ struct ks_surface *y = import_one(b, IMAGE);
	assert_int_equal(strlen(x->image.digest), 32);
	assert_string_equal(x->image.digest, y->image.digest);
	assert_int_equal(y->nr_functions, 1);
	put(a, "syscalls", IMAGE ".json", "{\"0\": \"write\"}");
	_cleanup_surface_ struct ks_surface *z = import_one(a, IMAGE);
	assert_string_not_equal(x->image.digest, z->image.digest);
}

static void folder_without_dataset_is_unsupported(void **state)
{
	struct ks_dataset *ds = NULL;
	put(*state, "somewhere", "README.md", "nothing");
	_cleanup_error_ struct ks_error *err = ks_dataset_open(*state, &ds);
	assert_non_null(err);
	assert_int_equal(err->code, KS_ERR_UNSUPPORTED);
	assert_null(ds);
}

static void two_files_for_one_kind_are_refused(void **state)
{
	struct ks_dataset *ds = NULL;
	put(*state, "comment", IMAGE ".txt", "x");
	put_zst(*state, "comment", IMAGE ".txt.zst", "x");
	_cleanup_error_ struct ks_error *err = ks_dataset_open(*state, &ds);
	assert_non_null(err);
	assert_int_equal(err->code, KS_ERR_DATA);
}

/* ---- facts ---- */

static void function_group_keeps_its_facts(void **state)
{
	put(*state, "func_groups", IMAGE ".jsonl", group_line);
	_cleanup_surface_ struct ks_surface *s = import_one(*state, IMAGE);
	assert_int_equal(s->nr_functions, 1);
	const struct ks_function *fn = &s->functions[0];
	assert_int_equal(fn->nr_entries, 2);
	const struct ks_entry *x = &fn->entries[0], *y = &fn->entries[1];
	assert_true(x->addr == 18446744071582106096u);
	assert_string_equal(x->loc_file, "a/x.c");
	assert_int_equal(x->line, 7);
	assert_int_equal(x->inlined, KS_INLINE_DECLARED_INLINED);
	assert_int_equal(x->nr_direct_callers, 2);
	assert_string_equal(x->inline_callers[0].unit, "a/x.c");
	assert_string_equal(x->inline_callers[0].function, "g");
	assert_string_equal(y->loc_file, "a/y.S");
	assert_int_equal(y->line, KS_NO_LINE);
	assert_null(y->file);
	assert_int_equal(ks_function_collision(fn), KS_STATIC_GLOBAL);
	assert_int_equal(ks_function_inline_class(fn), KS_CLASS_SELECTIVE);
	assert_true(ks_function_transformed(fn));
}

static void equal_types_and_texts_are_kept_once(void **state)
{
	put(*state, "types_func", IMAGE ".jsonl",
	    "{\"kind\": \"FUNC\", \"name\": \"f\", \"type\": {\"kind\": \"FUNC_PROTO\", "
	    "\"params\": [{\"name\": \"p\", \"type\": {\"kind\": \"PTR\", \"type\": "
	    "{\"kind\": \"STRUCT\", \"name\": \"s\"}}}], \"ret_type\": {\"kind\": \"PTR\", "
	    "\"type\": {\"kind\": \"STRUCT\", \"name\": \"s\"}}}}\n"
	    "{\"kind\": \"FUNC\", \"name\": \"g\", \"type\": {\"ret_type\": {\"type\": "
	    "{\"kind\": \"STRUCT\", \"name\": \"s\"}, \"kind\": \"PTR\"}, \"params\": "
	    "[{\"name\": \"p\", \"type\": {\"kind\": \"PTR\", \"type\": {\"kind\": "
	    "\"STRUCT\", \"name\": \"s\"}}}], \"kind\": \"FUNC_PROTO\"}}\n");
	_cleanup_surface_ struct ks_surface *s = import_one(*state, IMAGE);
	const struct ks_decl *f = &s->decls[KS_FUNCTION].at[0], *g = f + 1;
	assert_ptr_equal(f->type, g->type);
	assert_ptr_equal(f->type->inner, f->type->params[0].type);
}

static void config_options_are_split(void **state)
{
	put(*state, "config", IMAGE ".config",
	    "#\n# Linux\n#\nCONFIG_BPF=y\n# CONFIG_COMPILE_TEST is not set\n"
	    "CONFIG_LOCALVERSION=\"a=b\"\nCONFIG_=y\nnoise\n\nCONFIG_HZ=250");
	_cleanup_surface_ struct ks_surface *s = import_one(*state, IMAGE);
	static const struct ks_option expected[] = { { "CONFIG_BPF", "y" },
						     { "CONFIG_COMPILE_TEST", "n" },
						     { "CONFIG_LOCALVERSION", "\"a=b\"" },
						     { "CONFIG_HZ", "250" } };
	assert_int_equal(s->nr_options, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(s->options[i].name, expected[i].name);
		assert_string_equal(s->options[i].value, expected[i].value);
	}
}

#define PROTO(name)                                                                                \
	"{\"kind\": \"FUNC\", \"name\": \"" name "\", \"type\": {\"kind\": \"FUNC_PROTO\", "       \
	"\"params\": [], \"ret_type\": {\"name\": \"void\", \"kind\": \"VOID\"}}}\n"
#define MEMBER(name)                                                                               \
	"{\"name\": \"" name "\", \"bits_offset\": 0, \"type\": {\"kind\": \"INT\", "              \
	"\"name\": \"int\"}}"
#define SYMBOL(name)                                                                               \
	"{\"name\": \"" name "\", \"section\": \".BTF_ids\", \"bind\": \"STB_LOCAL\", \"type\": "  \
	"\"STT_OBJECT\", \"local\": 0, \"visibility\": \"STV_DEFAULT\", \"value\": 1, "            \
	"\"size\": 4}\n"

static void hooks_and_kfuncs_need_a_prototype(void **state)
{
	put(*state, "types_func", IMAGE ".jsonl",
	    PROTO("security_b") PROTO("security_a") PROTO("kf") PROTO("bpf_lsm_a") PROTO("k2"));
	put(*state, "types_struct", IMAGE ".jsonl",
	    "{\"kind\": \"STRUCT\", \"name\": \"security_hook_heads\", \"size\": 8, \"members\": "
	    "[" MEMBER("a") ", " MEMBER("gone") ", " MEMBER("b") "]}\n");
	put(*state, "symtab", IMAGE ".jsonl",
	    SYMBOL("__BTF_ID__func__k2__12") SYMBOL("__BTF_ID__func__kf__1")
		    SYMBOL("__BTF_ID__func__kf__2") SYMBOL("__BTF_ID__func__bpf_lsm_a__3")
			    SYMBOL("__BTF_ID__func__untyped__4") SYMBOL("__BTF_ID__func__kf")
				    SYMBOL("__BTF_ID__struct__kf__5") SYMBOL("__BTF_ID__func__7"));
	_cleanup_surface_ struct ks_surface *s = import_one(*state, IMAGE);
	assert_true(s->known & KS_KNOWS(KS_LSM));
	assert_true(s->known & KS_KNOWS(KS_KFUNC));
	assert_int_equal(s->nr_lsm, 2);
	assert_string_equal(s->lsm[0], "a");
	assert_string_equal(s->lsm[1], "b");
	assert_int_equal(s->nr_kfuncs, 2);
	assert_string_equal(s->kfuncs[0], "k2");
	assert_string_equal(s->kfuncs[1], "kf");
}

static void hooks_are_unknown_without_their_struct(void **state)
{
	put(*state, "types_func", IMAGE ".jsonl", PROTO("security_a"));
	put(*state, "types_struct", IMAGE ".jsonl", "");
	_cleanup_surface_ struct ks_surface *s = import_one(*state, IMAGE);
	assert_false(s->known & KS_KNOWS(KS_LSM));
	assert_false(s->known & KS_KNOWS(KS_KFUNC));
}

/* ---- damaged files ---- */

static void bad_line_is_named(void **state)
{
	put(*state, "types_int", IMAGE ".jsonl",
	    "{\"kind\": \"INT\", \"name\": \"int\", \"size\": 4}\n{\"kind\": \"INT\", \"size\": "
	    "4}\n");
	char expected[640];
	snprintf(expected, sizeof(expected), "%s: line 2: byte 26: \"name\": key is missing",
		 path_of(*state, "types_int", IMAGE ".jsonl"));
	char *text = import_error(*state);
	assert_string_equal(text, expected);
	free(text);
}

static void every_cut_of_a_line_is_an_error(void **state)
{
	for (size_t len = 1; len < strlen(group_line) - 1; len++) {
		put_bytes(*state, "func_groups", IMAGE ".jsonl", group_line, len);
		char *text = import_error(*state);
		assert_non_null(strstr(text, "line 1: byte "));
		free(text);
	}
}

static void damaged_compression_is_an_error(void **state)
{
	char packed[4096], *text;
	size_t len = ZSTD_compress(packed, sizeof(packed), group_line, strlen(group_line), 3);
	assert_false(ZSTD_isError(len));
	put_bytes(*state, "func_groups", IMAGE ".jsonl.zst", packed, len - 1);
	text = import_error(*state);
	assert_non_null(strstr(text, "compressed data ends too early"));
	free(text);
	put(*state, "func_groups", IMAGE ".jsonl.zst", "not zstd at all");
	text = import_error(*state);
	assert_non_null(strstr(text, "cannot decompress"));
	free(text);
}

static void wrong_records_are_refused(void **state)
{
	static const struct {
		const char *folder, *line, *why;
	} cases[] = {
		{ "types_struct",
		  "{\"kind\": \"UNION\", \"name\": \"u\", \"size\": 1, \"members\": []}",
		  "not the kind this file holds" },
		{ "types_int", "{\"kind\": \"INT\", \"name\": \"u\", \"size\": 1, \"members\": []}",
		  "\"members\": not expected in this kind" },
		{ "types_func",
		  "{\"kind\": \"FUNC\", \"name\": \"f\", \"type\": {\"kind\": \"INT\", \"name\": "
		  "\"int\"}}",
		  "not the type of a function" },
		{ "types_func",
		  "{\"kind\": \"FUNC\", \"name\": \"f\", \"type\": {\"kind\": \"PTR\"}}",
		  "\"type\": key is missing" },
		{ "types_func",
		  "{\"kind\": \"FUNC\", \"name\": \"f\", \"type\": {\"kind\": \"NEW\"}}",
		  "\"kind\": unknown word" },
		{ "symtab", SYMBOL("x\\u0000y"), "NUL inside a string" },
		{ "func_groups", "[]", "expected an object" },
		{ "func_groups", "", "expected an object" },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		char dir[256], line[1024];
		snprintf(dir, sizeof(dir), "%s/%zu", (char *)*state, i);
		snprintf(line, sizeof(line), "%s\n", cases[i].line);
		put(dir, cases[i].folder, IMAGE ".jsonl", line);
		char *text = import_error(dir);
		if (!strstr(text, cases[i].why))
			fail_msg("%s does not say: %s", text, cases[i].why);
		free(text);
	}
}

static void endless_type_is_refused(void **state)
{
	enum { DEPTH = 5000 };
	static const char head[] = "{\"kind\": \"FUNC\", \"name\": \"f\", \"type\": ";
	static const char level[] = "{\"kind\": \"PTR\", \"type\": ";
	char *text = malloc(sizeof(head) + DEPTH * sizeof(level));
	char *at = stpcpy(text, head);
	for (int i = 0; i < DEPTH; i++)
		at = stpcpy(at, level);
	put(*state, "types_func", IMAGE ".jsonl", text);
	free(text);
	text = import_error(*state);
	assert_non_null(strstr(text, "nested too deep"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(label_tells_the_image),
		IN_FOLDER(missing_files_make_facts_unknown),
		IN_FOLDER(digest_does_not_depend_on_layout_or_compression),
		IN_FOLDER(folder_without_dataset_is_unsupported),
		IN_FOLDER(two_files_for_one_kind_are_refused),
		IN_FOLDER(function_group_keeps_its_facts),
		IN_FOLDER(equal_types_and_texts_are_kept_once),
		IN_FOLDER(config_options_are_split),
		IN_FOLDER(hooks_and_kfuncs_need_a_prototype),
		IN_FOLDER(hooks_are_unknown_without_their_struct),
		IN_FOLDER(bad_line_is_named),
		IN_FOLDER(every_cut_of_a_line_is_an_error),
		IN_FOLDER(damaged_compression_is_an_error),
		IN_FOLDER(wrong_records_are_refused),
		IN_FOLDER(endless_type_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
