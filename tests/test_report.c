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
#include "golden.h"
#include "report/text/c_text.h"
#include "types.h"

/** One walk over a folder of documents. */
struct golden_run {
	struct golden_set set;
	struct ks_groups *groups;
	struct ks_report *late, *early;
	struct golden_doc doc;
	struct ks_buf out;
	size_t wrong;
};

static void run_free(struct golden_run *run)
{
	ks_report_free(run->late);
	ks_report_free(run->early);
	ks_groups_free(run->groups);
	golden_unload(&run->set);
	ks_buf_deinit(&run->doc.text);
	ks_buf_deinit(&run->out);
}

static int samples_load(void **state)
{
	struct golden_run *run = calloc(1, sizeof(*run));
	assert_non_null(run);
	struct ks_error *err = golden_load(&run->set);
	if (err && err->code == KS_ERR_NOTFOUND) {
		print_message("# the shared samples are not here (set KSURF_SHARED): skipped\n");
		ks_error_free(err);
		golden_unload(&run->set);
		free(run);
		return 0;
	}
	assert_null(err);
	assert_null(ks_groups_new(run->set.images, run->set.nr, NULL, &run->groups));
	assert_null(ks_report_new(KS_FORMAT_MD, run->groups, NULL, &run->late));
	assert_null(ks_report_new(KS_FORMAT_MD_FULL, run->groups, NULL, &run->early));
	*state = run;
	return 0;
}

static int samples_unload(void **state)
{
	struct golden_run *run = *state;
	if (run)
		run_free(run);
	free(run);
	return 0;
}

/** A document of the early style names its images in full. */
static bool is_early(const struct golden_doc *doc)
{
	return strstr(doc->text.at, "In <code>4.4.0-21-generic-amd64</code>");
}

static void difference_print(const char *path, const struct ks_buf *want, const struct ks_buf *have)
{
	size_t at = 0;
	while (at < want->len && at < have->len && want->at[at] == have->at[at])
		at++;
	size_t from = at > 60 ? at - 60 : 0;
	print_message("# %s differs at byte %zu:\n--- expected\n%.120s\n+++ written\n%.120s\n",
		      path, at, want->at + from, have->at + from);
}

static void document_compare(const char *path, void *arg)
{
	struct golden_run *run = arg;
	assert_true(golden_read(path, &run->doc));
	if (run->doc.kind == KS_NR_KINDS)
		return; // a README
	struct ks_history history = golden_history(&run->set, run->doc.kind, run->doc.name);
	run->out.len = 0;
	assert_null(
		ks_report_write(is_early(&run->doc) ? run->early : run->late, &history, &run->out));
	assert_non_null(ks_buf_text(&run->out));
	if (run->out.len == run->doc.text.len &&
	    !memcmp(run->out.at, run->doc.text.at, run->out.len))
		return;
	if (run->wrong++ < 3)
		difference_print(path, &run->doc.text, &run->out);
}

static void compare_folder(struct golden_run *run, const char *name, size_t at_least)
{
	_cleanup_buf_ struct ks_buf path = { 0 };
	if (!run)
		skip();
	run->wrong = 0;
	size_t nr = golden_each(golden_path(&path, name), document_compare, run);
	print_message("# %s: %zu documents, %zu differ\n", name, nr, run->wrong);
	assert_true(nr >= at_least);
	assert_int_equal(run->wrong, 0);
}

static void seeds_come_out_byte_for_byte(void **state)
{
	compare_folder(*state, "seeds", 5);
}

static void late_documents_come_out_byte_for_byte(void **state)
{
	compare_folder(*state, "depsurf-docs-sample/late", 600);
}

static void early_documents_come_out_byte_for_byte(void **state)
{
	compare_folder(*state, "depsurf-docs-sample/early", 500);
}

static void unpublished_kinds_come_out_byte_for_byte(void **state)
{
	compare_folder(*state, "depsurf-docs-sample/late-unpublished", 80);
}

static void expect_spelling(const struct ks_type *type, const char *late, const char *early,
			    const char *c)
{
	const struct ks_c_text_style *const spellings[] = { &ks_c_text_late, &ks_c_text_early,
							    &ks_c_text_valid };
	const char *const want[] = { late, early, c };
	for (size_t i = 0; i < 3; i++) {
		_cleanup_buf_ struct ks_buf text = { 0 };
		spellings[i]->decl(&text, type, "x");
		assert_string_equal(ks_buf_text(&text), want[i]);
	}
}

static void declarations_are_spelled_in_three_ways(void **state)
{
	(void)state;
	const struct ks_type *callback = PROTO(INT("int"), { "f", PTR(STRUCT("file")) });
	expect_spelling(PTR(STRUCT("page")), "struct page *x", "struct page * x", "struct page *x");
	expect_spelling(PTR(PTR(VOID)), "void **x", "void * * x", "void **x");
	expect_spelling(ARRAY(INT("char"), 16), "char x[16]", "char[16] x", "char x[16]");
	expect_spelling(ARRAY(PTR(STRUCT("clk")), 2), "struct clk * x[2]", "struct clk *[2] x",
			"struct clk *x[2]");
	expect_spelling(ARRAY(ARRAY(INT("int"), 3), 4), "int[3] x[4]", "int[3][4] x",
			"int x[4][3]");
	expect_spelling(PTR(callback), "int (*x)(struct file *)", "int (*)(struct file *) x",
			"int (*x)(struct file *f)");
	expect_spelling(CONST(PTR(STRUCT("s"))), "const struct s * x", "const struct s * x",
			"struct s *const x");
	expect_spelling(PTR(CONST(INT("char"))), "const char *x", "const char * x",
			"const char *x");
	expect_spelling(CONST(ARRAY(CONST(INT("char")), 16)), "const const char[16] x",
			"const const char[16] x", "const const char x[16]");
	expect_spelling(PTR(ARRAY(INT("int"), 3)), "int[3] *x", "int[3] * x", "int (*x)[3]");
	expect_spelling(ENUM(NULL, 4), "enum (anon) x", "enum (anon) x", "enum (anon) x");
	expect_spelling(PTR(PTR(callback)), "int(*)(struct file *)*x", "int (*)(struct file *) * x",
			"int (**x)(struct file *f)");
}

static void prototypes_are_spelled_in_three_ways(void **state)
{
	(void)state;
	_cleanup_buf_ struct ks_buf text = { 0 };
	const struct ks_type *empty = PROTO(VOID, { NULL, NULL });
	struct ks_type none = *empty;
	none.nr_params = 0;
	const struct ks_type *variadic =
		PROTO(INT("int"), { "fmt", PTR(CONST(INT("char"))) }, { "(anon)", VOID });
	const struct ks_type *returns =
		PROTO(PTR(PROTO(VOID, { "(anon)", INT("int") })), { "n", INT("int") });
	const struct ks_type *const protos[] = { &none, variadic, returns };
	for (size_t i = 0; i < 3; i++) {
		ks_c_text_late.proto(&text, protos[i], "f");
		ks_buf_char(&text, '\n');
		ks_c_text_early.proto(&text, protos[i], "f");
		ks_buf_char(&text, '\n');
		ks_c_text_valid.proto(&text, protos[i], "f");
		ks_buf_char(&text, '\n');
	}
	assert_string_equal(ks_buf_text(&text), "void f();\n"
						"void f()\n"
						"void f(void);\n"
						"int f(const char *fmt, void (anon));\n"
						"int f(const char * fmt, void (anon))\n"
						"int f(const char *fmt, ...);\n"
						"void (*f)(int)(int n);\n"
						"void (*)(int) f(int n)\n"
						"void (*f(int n))(int);\n");
}

static void paths_stay_in_their_folder(void **state)
{
	(void)state;
	static const struct {
		enum ks_format format;
		enum ks_kind kind;
		const char *name, *path;
	} cases[] = {
		{ KS_FORMAT_MD, KS_FUNCTION, "vfs_read", "Function/v/vfs_read.md" },
		{ KS_FORMAT_MD, KS_FUNCTION, "__SCT__x", "Function/s/__SCT__x.md" },
		{ KS_FORMAT_MD, KS_STRUCT, "___", "Struct/_/___.md" },
		{ KS_FORMAT_MD, KS_LSM, "bpf", "LSM/bpf.md" },
		{ KS_FORMAT_MD_FULL, KS_LSM, "bpf", "LSM/b/bpf.md" },
		{ KS_FORMAT_MD, KS_TRACEPOINT, "sched_switch", "Tracepoint/sched_switch.md" },
		{ KS_FORMAT_JSON, KS_FIELD, "a::b", "Field/a/a::b.json" },
		{ KS_FORMAT_MD, KS_FUNCTION, "../../x", "Function/./..%2f..%2fx.md" },
		{ KS_FORMAT_MD, KS_FUNCTION, "/x", "Function/_/%2fx.md" },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct ks_buf path = { 0 };
		ks_report_path(cases[i].format, cases[i].kind, cases[i].name, &path);
		assert_string_equal(ks_buf_text(&path), cases[i].path);
	}
}

/* ---- one function of one image, with facts that only ksurf knows ---- */

static const struct ks_image debug_image = {
	.label = "6.1.0-50-amd64",
	.release = "6.1.0-50-amd64",
	.version = "6.1.176",
	.arch = "amd64",
	.flavor = "",
	.revision = "50",
	.tier = KS_TIER_FULL,
};
static const struct ks_caller inliners[] = {
	{ .unit = "a.c", .function = "one" },
	{ .unit = "a.c", .function = "one", .via = "helper" },
	{ .unit = "b.c", .function = "two", .flags = KS_CALLER_OWN },
	{ .unit = "b.c", .function = "gone", .flags = KS_CALLER_NO_CODE },
};
static const struct ks_caller callers[] = {
	{ .unit = "c.c", .function = "three", .flags = KS_CALLER_TAIL },
	{ .unit = "c.c", .function = "four", .flags = KS_CALLER_OWN, .clone = 1 },
};
static const uint16_t clone_params[] = { 1 };
static const struct ks_clone clones[] = {
	{ .symbol = "f.isra.0",
	  .addr = 0x2000,
	  .size = 16,
	  .nr_params = 1,
	  .params_known = true,
	  .params = clone_params },
};
static const struct ks_symbol symbols[] = {
	{ .name = "f", .section = ".text", .addr = 0x1000, .size = 32, .bind = 0 },
	{ .name = "f.isra.0", .section = ".text", .addr = 0x2000, .size = 16, .bind = 0 },
};

/** The report of that function, or of a fact of another kind, in one format. */
static const char *report_one(enum ks_format format, enum ks_kind kind, const struct ks_fact *fact,
			      struct ks_buf *out)
{
	_cleanup_groups_ struct ks_groups *groups = NULL;
	_cleanup_report_ struct ks_report *report = NULL;
	const struct ks_image *images[] = { &debug_image };
	struct ks_fact facts[] = { *fact };
	const struct ks_history history = { kind, "f", 1, facts };
	facts[0].image = &debug_image;
	out->len = 0;
	assert_null(ks_groups_new(images, 1, NULL, &groups));
	assert_null(ks_report_new(format, groups, NULL, &report));
	assert_null(ks_report_write(report, &history, out));
	return ks_buf_text(out);
}

static const char *report_function(enum ks_format format, struct ks_buf *out)
{
	const struct ks_type *proto = PROTO(INT("int"), { "a", INT("int") }, { "b", INT("int") });
	const struct ks_entry entry = {
		.addr = 0x1000,
		.loc_file = "f.c",
		.file = "f.c",
		.line = 7,
		.inlined = KS_INLINE_INLINED,
		.calls_known = true,
		.inline_callers = inliners,
		.nr_inline_callers = 4,
		.direct_callers = callers,
		.nr_direct_callers = 2,
		.clones = clones,
		.nr_clones = 1,
		.nr_indirect_calls = 2,
		.proto = proto,
	};
	const struct ks_function function = { "f", 1, 2, &entry, symbols };
	const struct ks_fact fact = {
		.known = true, .present = true, .function = &function, .decl = FUNCTION("f", proto)
	};
	return report_one(format, KS_FUNCTION, &fact, out);
}

static void markdown_shows_published_facts_only(void **state)
{
	(void)state;
	_cleanup_buf_ struct ks_buf out = { 0 };
	assert_non_null(
		strstr(report_function(KS_FORMAT_MD, &out),
		       "<summary>In <code>6.1</code>: Selective Inline, Transformation ⚠️"
		       "</summary>\n\n```c\nint f(int a, int b);\n```\n\n"
		       "**Collision:** Unique Static\n\n**Inline:** Selective\n\n"
		       "**Transformation:** True\n\n**Instances:**\n\n```\n"
		       "In f.c (1000)\nLocation: f.c:7\nInline: True\n"
		       "Inline callers:\n  - a.c:one\n  - a.c:one\n  - b.c:gone\n"
		       "Direct callers:\n  - c.c:three\n```\n"
		       "**Symbols:**\n\n```\n1000-1020: f (STB_LOCAL)\n"
		       "2000-2010: f.isra.0 (STB_LOCAL)\n```\n</details>\n"));
	const char *full = report_function(KS_FORMAT_MD_FULL, &out);
	assert_non_null(strstr(full, "\"c.c:three\"\n      ]"));
	assert_null(strstr(full, "four"));
}

static void the_terminal_shows_what_ksurf_adds(void **state)
{
	(void)state;
	_cleanup_buf_ struct ks_buf out = { 0 };
	assert_string_equal(
		report_function(KS_FORMAT_TERMINAL, &out),
		"function f in 1 kernel\n"
		"\n"
		"Regular\n"
		"  6.1  Selective Inline, Transformation  inlined at 3 places in 2 functions,\n"
		"                                         called at 2 (1 tail call); clone\n"
		"                                         .isra.0\n"
		"\n"
		"Selective Inline: inlined into some callers: a probe misses those calls\n"
		"Transformation: the compiler made copies under other names, maybe with other\n"
		"    parameters\n"
		"\n"
		"Declaration\n"
		"  from 6.1\n"
		"    int f(int a, int b);\n"
		"\n"
		"In 6.1.0-50-amd64\n"
		"  static, f.c:7, at 1000; inline attribute: not declared, inlined; makes 2\n"
		"    indirect calls\n"
		"    inlined into\n"
		"      a.c:one\n"
		"      a.c:one inside helper\n"
		"      b.c:two, in an out-of-line copy\n"
		"      b.c:gone, no code left\n"
		"    called by\n"
		"      c.c:three, tail call\n"
		"      c.c:four, calls f.isra.0, in an out-of-line copy\n"
		"    f.isra.0: clone at 2000, takes b (1 of 2 parameters)\n"
		"  symbol f at 1000, 32 bytes\n"
		"  symbol f.isra.0 at 2000, 16 bytes, clone\n");
}

static void json_holds_both_views(void **state)
{
	(void)state;
	_cleanup_buf_ struct ks_buf out = { 0 };
	const char *text = report_function(KS_FORMAT_JSON, &out);
	static const char *const parts[] = {
		"\"inlined_places\": 3,",    "\"inlined_functions\": 2,",
		"\"called_places\": 2,",     "\"own_places\": 2,",
		"\"via\": \"helper\"",	     "\"clone\": \"f.isra.0\"",
		"\"inline\": \"Selective\"", "\"params\": [\n                  \"b\"\n",
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(parts); i++)
		assert_non_null(strstr(text, parts[i]));
}

static void a_symbol_alone_is_no_function_in_markdown(void **state)
{
	(void)state;
	_cleanup_buf_ struct ks_buf out = { 0 };
	const struct ks_function function = { "f", 0, 1, NULL, symbols };
	const struct ks_fact fact = { .known = true, .present = true, .function = &function };
	assert_non_null(strstr(report_one(KS_FORMAT_MD, KS_FUNCTION, &fact, &out),
			       "<li>\nIn <code>6.1</code>: Absent ⚠️\n</li>\n"));
	assert_non_null(strstr(report_one(KS_FORMAT_TERMINAL, KS_FUNCTION, &fact, &out),
			       "  6.1  OK  a symbol only: no debug information tells of it\n"));
}

static void what_an_image_cannot_know_is_never_absent(void **state)
{
	(void)state;
	_cleanup_buf_ struct ks_buf out = { 0 };
	const struct ks_fact fact = { .known = false };
	for (enum ks_format format = 0; format < KS_NR_FORMATS; format++)
		for (enum ks_kind kind = 0; kind < KS_NR_KINDS; kind++) {
			if (!ks_show_has(format, kind))
				continue;
			const char *text = report_one(format, kind, &fact, &out);
			assert_null(strstr(text, "bsent"));
			assert_true(strstr(text, "Unknown") || strstr(text, "unknown"));
		}
}

static void a_config_option_has_no_markdown(void **state)
{
	(void)state;
	_cleanup_groups_ struct ks_groups *groups = NULL;
	_cleanup_report_ struct ks_report *report = NULL;
	_cleanup_buf_ struct ks_buf out = { 0 };
	const struct ks_image *images[] = { &debug_image };
	const struct ks_history history = { KS_CONFIG, "CONFIG_BPF", 0, NULL };
	assert_null(ks_groups_new(images, 1, NULL, &groups));
	assert_null(ks_report_new(KS_FORMAT_MD, groups, NULL, &report));
	struct ks_error *err = ks_report_write(report, &history, &out);
	assert_non_null(err);
	assert_int_equal(err->code, KS_ERR_USAGE);
	assert_int_equal(out.len, 0);
	ks_error_free(err);
}

static void control_characters_do_not_reach_the_terminal(void **state)
{
	(void)state;
	_cleanup_buf_ struct ks_buf out = { 0 };
	const struct ks_fact fact = { .known = true,
				      .present = true,
				      .value = "\"\033]0;x\a \xc2\x9b"
					       "2J é\"" };
	const char *text = report_one(KS_FORMAT_TERMINAL, KS_CONFIG, &fact, &out);
	assert_non_null(strstr(text, "\"\\x1b]0;x\\x07 \\u009b2J é\""));
}

static void differing_definitions_are_told(void **state)
{
	(void)state;
	_cleanup_buf_ struct ks_buf out = { 0 };
	struct ks_decl first = *RECORD("f", { "a", INT("int"), 0, 0 });
	struct ks_decl second = *RECORD("f", { "a", INT("int"), 0, 0 }, { "b", INT("int"), 32, 5 });
	first.size = 4;
	second.size = 8;
	static const char *const units[] = { "a.c", "b.c" };
	const struct ks_variant variants[] = { { &first, 1, units }, { &second, 1, units + 1 } };
	const struct ks_ambiguity ambiguity = { KS_STRUCT, 2, "f", variants };
	const struct ks_fact fact = {
		.known = true, .present = true, .decl = &first, .ambiguity = &ambiguity
	};
	const char *text = report_one(KS_FORMAT_TERMINAL, KS_STRUCT, &fact, &out);
	assert_non_null(strstr(text, "  6.1  OK  1 field, 4 bytes; 2 differing definitions\n"));
	assert_non_null(strstr(text, "Differing definitions in 6.1.0-50-amd64\n"
				     "  1. 4 bytes, in a.c\n"
				     "  2. 8 bytes, in b.c\n"
				     "     Field added: int b\n"));
	assert_non_null(
		strstr(report_one(KS_FORMAT_JSON, KS_STRUCT, &fact, &out), "\"bitfield_bits\": 5"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seeds_come_out_byte_for_byte),
		cmocka_unit_test(late_documents_come_out_byte_for_byte),
		cmocka_unit_test(early_documents_come_out_byte_for_byte),
		cmocka_unit_test(unpublished_kinds_come_out_byte_for_byte),
		cmocka_unit_test(declarations_are_spelled_in_three_ways),
		cmocka_unit_test(prototypes_are_spelled_in_three_ways),
		cmocka_unit_test(paths_stay_in_their_folder),
		cmocka_unit_test(markdown_shows_published_facts_only),
		cmocka_unit_test(the_terminal_shows_what_ksurf_adds),
		cmocka_unit_test(json_holds_both_views),
		cmocka_unit_test(a_symbol_alone_is_no_function_in_markdown),
		cmocka_unit_test(what_an_image_cannot_know_is_never_absent),
		cmocka_unit_test(a_config_option_has_no_markdown),
		cmocka_unit_test(control_characters_do_not_reach_the_terminal),
		cmocka_unit_test(differing_definitions_are_told),
	};
	return cmocka_run_group_tests(tests, samples_load, samples_unload);
}
