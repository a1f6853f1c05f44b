/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include <zstd.h>

#include <cmocka.h>

#include "report/depsurf.h"
#include "source/dataset.h"
#include "source/dataset_file.h"

/* ---- a folder of our own for each test ---- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int make_scratch(void **state)
{
	char *dir = strdup("/tmp/ksurf-dataset-XXXXXX");
	*state = dir;
	return dir && mkdtemp(dir) ? 0 : -1;
}

static int remove_scratch(void **state)
{
	nftw(*state, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(*state);
	return 0;
}

/** dir/folder/name; valid until the next call. */
static const char *path_of(const char *dir, const char *folder, const char *name)
{
	static char path[512];
	snprintf(path, sizeof(path), "%s/%s/%s", dir, folder, name);
	return path;
}

static void put_bytes(const char *dir, const char *folder, const char *name, const void *bytes,
		      size_t len)
{
	mkdir(dir, 0777);
	char parent[512];
	snprintf(parent, sizeof(parent), "%s/%s", dir, folder);
	mkdir(parent, 0777);
	FILE *file = fopen(path_of(dir, folder, name), "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void put(const char *dir, const char *folder, const char *name, const char *text)
{
	put_bytes(dir, folder, name, text, strlen(text));
}

static void put_zst(const char *dir, const char *folder, const char *name, const char *text)
{
	char packed[4096];
	size_t len = ZSTD_compress(packed, sizeof(packed), text, strlen(text), 3);
	assert_false(ZSTD_isError(len));
	put_bytes(dir, folder, name, packed, len);
}

static void expect_success(struct ks_error *err)
{
	if (!err)
		return;
	char *text = ks_error_text(err);
	print_error("%s\n", text);
	free(text);
	ks_error_free(err);
	fail();
}

static struct ks_surface *import_one(const char *dir, const char *label)
{
	_cleanup_dataset_ struct ks_dataset *ds = NULL;
	expect_success(ks_dataset_open(dir, &ds));
	for (size_t i = 0; i < ks_dataset_count(ds); i++) {
		if (strcmp(ks_dataset_label(ds, i), label) != 0)
			continue;
		struct ks_surface *surface = NULL;
		expect_success(ks_dataset_image(ds, i, &surface));
		return surface;
	}
	fail_msg("no image %s", label);
	return NULL;
}

/** The text of the error that importing the first image gives; free it. */
static char *import_error(const char *dir)
{
	_cleanup_dataset_ struct ks_dataset *ds = NULL;
	_cleanup_surface_ struct ks_surface *surface = NULL;
	expect_success(ks_dataset_open(dir, &ds));
	_cleanup_error_ struct ks_error *err = ks_dataset_image(ds, 0, &surface);
	assert_non_null(err);
	assert_null(surface);
	return ks_error_text(err);
}

static char *read_whole(const char *path, size_t *len_ret)
{
	_cleanup_dataset_file_ struct ks_dataset_file *file = NULL;
	const char *text;
	expect_success(ks_dataset_file_open(path, NULL, &file));
	expect_success(ks_dataset_file_text(file, &text, len_ret));
	return memcpy(malloc(*len_ret + 1), text, *len_ret + 1);
}

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
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
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
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
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
	expect_success(ks_export_depsurf(&s, *state));
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
	expect_success(ks_export_depsurf(&s, *state));
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
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
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
	expect_success(ks_export_depsurf(s, to));
	size_t len;
	char *text = read_whole(path_of(to, "symtab", IMAGE ".jsonl"), &len);
	assert_string_equal(text, line);
	free(text);
}

/* ---- the published samples ---- */

/** A folder below the shared samples; skips the test when it is not there. */
static const char *shared(const char *name)
{
	static char path[512];
	const char *root = getenv("KSURF_SHARED");
	if (root) {
		snprintf(path, sizeof(path), "%s/%s", root, name);
	} else {
		const char *slash = strrchr(__FILE__, '/');
		int dir_len = slash ? (int)(slash - __FILE__) : 0;
		snprintf(path, sizeof(path), "%.*s/../../shared/%s", dir_len, __FILE__, name);
	}
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
	expect_success(ks_dataset_file_open(path, state, &file));
	const char *line;
	size_t len;
	do
		expect_success(ks_dataset_file_line(file, &line, &len));
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
	expect_success(ks_dataset_open(root, &ds));
	assert_int_equal(ks_dataset_count(ds), nr_images);
	for (size_t i = 0; i < nr_images; i++) {
		const char *label = ks_dataset_label(ds, i);
		_cleanup_surface_ struct ks_surface *s = NULL;
		expect_success(ks_dataset_image(ds, i, &s));
		expect_success(ks_export_depsurf(s, scratch));
		for (size_t k = 0; k < sizeof(folders) / sizeof(folders[0]); k++) {
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

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, make_scratch, remove_scratch)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(label_tells_the_image),
		IN_SCRATCH(missing_files_make_facts_unknown),
		IN_SCRATCH(digest_does_not_depend_on_layout_or_compression),
		IN_SCRATCH(folder_without_dataset_is_unsupported),
		IN_SCRATCH(two_files_for_one_kind_are_refused),
		IN_SCRATCH(function_group_keeps_its_facts),
		IN_SCRATCH(equal_types_and_texts_are_kept_once),
		IN_SCRATCH(config_options_are_split),
		IN_SCRATCH(hooks_and_kfuncs_need_a_prototype),
		IN_SCRATCH(hooks_are_unknown_without_their_struct),
		IN_SCRATCH(bad_line_is_named),
		IN_SCRATCH(every_cut_of_a_line_is_an_error),
		IN_SCRATCH(damaged_compression_is_an_error),
		IN_SCRATCH(wrong_records_are_refused),
		IN_SCRATCH(endless_type_is_refused),
		IN_SCRATCH(export_leaves_own_facts_out),
		IN_SCRATCH(export_leaves_no_other_files),
		IN_SCRATCH(export_refuses_a_label_that_leads_elsewhere),
		IN_SCRATCH(symbols_come_back_as_they_were),
		IN_SCRATCH(published_sample_comes_back_byte_for_byte),
		IN_SCRATCH(oracle_images_come_back_byte_for_byte),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
