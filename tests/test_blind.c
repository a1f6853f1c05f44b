/* SPDX-License-Identifier: BSD-2-Clause */
/* What reports say of functions whose inlining nobody knows, and of what can be attached to a function. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attach/attach.h"
#include "base/array.h"
#include "diff/diff.h"
#include "report/export/depsurf.h"
#include "report/log/log.h"
#include "report/show/show.h"
#include "surface/issue.h"
#include "types.h"

enum {
	TABLES = KS_FACT_FTRACE | KS_FACT_KPROBE | KS_FACT_INJECT | KS_FACT_INIT | KS_FACT_BTF |
		 KS_FACT_LABELS,
};

/** A kernel of before, with debug information, and one of after, without. */
static const struct ks_image seeing = {
	.label = "6.1.0-50-amd64",
	.version = "6.1.176",
	.arch = "amd64",
	.flavor = "",
	.revision = "50",
	.tier = KS_TIER_FULL,
	.facts = KS_FACT_INLINE | TABLES,
};
static const struct ks_image blind = {
	.label = "6.12.0-1-amd64",
	.version = "6.12.10",
	.arch = "amd64",
	.flavor = "",
	.revision = "1",
	.tier = KS_TIER_BTF,
	.facts = TABLES,
};

/** The configuration of a usual kernel. */
static const struct ks_fact *usual_option(const void *arg, enum ks_kind kind, const char *name)
{
	static const char *const set[] = { "CONFIG_DYNAMIC_FTRACE", "CONFIG_FPROBE",
					   "CONFIG_DEBUG_INFO_BTF", "CONFIG_BPF_JIT",
					   "CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS" };
	static const struct ks_fact unknown, absent = { .known = true },
					     yes = { .known = true, .present = true, .value = "y" };
	(void)arg;
	for (size_t i = 0; kind == KS_CONFIG && i < KS_ARRAY_LEN(set); i++)
		if (strcmp(set[i], name) == 0)
			return &yes;
	return kind == KS_CONFIG ? &absent : &unknown;
}
static enum ks_presence no_symbol(const void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return KS_UNTOLD;
}
static struct ks_passed one_word(const void *arg, const struct ks_type *type)
{
	(void)arg;
	(void)type;
	return (struct ks_passed){ KS_PASSED_WORD, 8 };
}
static const struct ks_attach_source usual = { usual_option, no_symbol, one_word };

/** Of an image whose configuration is not known. */
static enum ks_answer answer(const struct ks_fact *fact, enum ks_attach_way way)
{
	const struct ks_attach_facts facts = ks_attach_facts_of(fact->image);
	return ks_attach_answer(&facts, fact, way);
}
/** Of one with a usual configuration. */
static enum ks_answer usual_answer(const struct ks_fact *fact, enum ks_attach_way way)
{
	struct ks_attach_facts facts = ks_attach_facts_of(fact->image);
	facts.source = &usual;
	return ks_attach_answer(&facts, fact, way);
}

/** What the two say of function f, in one format. */
static const char *report(enum ks_format format, const struct ks_fact *old,
			  const struct ks_fact *new, bool verbose, struct ks_buf *out)
{
	_cleanup_groups_ struct ks_groups *groups = NULL;
	_cleanup_report_ struct ks_report *report = NULL;
	const struct ks_report_options options = { .verbose = verbose };
	const struct ks_image *images[] = { &seeing, &blind };
	struct ks_fact facts[] = { *old, *new };
	const struct ks_history history = { KS_FUNCTION, "f", 2, facts };
	facts[0].image = &seeing;
	facts[1].image = &blind;
	out->len = 0;
	assert_null(ks_groups_new(images, 2, NULL, &groups));
	assert_null(ks_report_new(format, groups, &options, &report));
	assert_null(ks_report_write(report, &history, out));
	return ks_buf_text(out);
}

static const struct ks_symbol plain = {
	.name = "f",
	.section = ".text",
	.addr = 0x1000,
	.size = 32,
	.type = STT_FUNC,
	.attach = KS_ATTACH_FTRACE,
};
static const struct ks_entry entry = { .addr = 0x1000,
				       .loc_file = "f.c",
				       .file = "f.c",
				       .line = 7,
				       .inlined = KS_INLINE_UNKNOWN,
				       .external = true,
				       .calls_known = true };
static const struct ks_function described = { "f", 1, 1, &entry, &plain, 1 };
static const struct ks_fact good = { .known = true, .present = true, .function = &described };

/** A fact of the blind image: a function with these symbols and nothing else. */
#define BLIND_FUNCTION(nr, symbols, nr_btf)                                                        \
	((struct ks_function){ "f", 0, nr, NULL, symbols, nr_btf })
#define BLIND_FACT(fn)                                                                             \
	((struct ks_fact){ .image = &blind, .known = true, .present = true, .function = &(fn) })

static void has(const char *text, const char *part)
{
	assert_non_null(text);
	if (!strstr(text, part))
		fail_msg("no '%s' in:\n%s", part, text);
}

static void has_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("'%s' in:\n%s", part, text);
}

/* ---- inlining that nobody knows ---- */

static void a_symbol_without_debug_information_is_present_and_no_more(void **state)
{
	(void)state;
	_cleanup_buf_ struct ks_buf out = { 0 };
	const struct ks_function fn = BLIND_FUNCTION(1, &plain, 1);
	const struct ks_fact fact = BLIND_FACT(fn);
	const char *text = report(KS_FORMAT_TERMINAL, &good, &fact, false, &out);
	has(text, "  6.1   OK       called at 0\n");
	has(text, "  6.12  Present  unknown where it is inlined\n");
	has_not(text, "Inline\n");
	text = report(KS_FORMAT_JSON, &good, &fact, false, &out);
	has(text, "\"issues\": [],\n      \"unknown\": [\n        \"duplicate\",\n"
		  "        \"collision\",\n        \"full-inline\",\n"
		  "        \"selective-inline\"\n      ],");
	has(text, "\"published\": null,\n        \"usage\": null,");
	for (enum ks_format format = KS_FORMAT_MD; format <= KS_FORMAT_MD_FULL; format++) {
		text = report(format, &good, &fact, false, &out);
		has(text, format == KS_FORMAT_MD ? "In <code>6.12</code>: Unknown ⚠️"
						 : "In <code>6.12.0-1-amd64</code>: Unknown ❓");
	}
}

static void a_name_without_symbol_is_unknown_not_absent(void **state)
{
	(void)state;
	_cleanup_buf_ struct ks_buf out = { 0 };
	const struct ks_fact unknown = { .known = false }; // as the store tells it
	const char *text = report(KS_FORMAT_TERMINAL, &good, &unknown, false, &out);
	has(text, "  6.12  Unknown  absent, or inlined everywhere\n");
	has_not(text, "removed");
	has(report(KS_FORMAT_JSON, &good, &unknown, false, &out), "\"status\": \"unknown\"");
}

static void a_function_of_btf_alone_says_so(void **state)
{
	(void)state;
	_cleanup_buf_ struct ks_buf out = { 0 };
	const struct ks_function fn = BLIND_FUNCTION(0, NULL, 1);
	const struct ks_fact fact = BLIND_FACT(fn);
	const char *text = report(KS_FORMAT_TERMINAL, &good, &fact, false, &out);
	has(text, "only in BTF: no symbol; it may be inlined everywhere");
	has_not(text, "Full Inline");
	assert_int_equal(answer(&fact, KS_WAY_FENTRY), KS_ANSWER_NO);
}

static void suffixed_symbols_are_told_without_debug_information(void **state)
{
	(void)state;
	_cleanup_buf_ struct ks_buf out = { 0 };
	const struct ks_symbol clone = { .name = "f.isra.0", .addr = 0x1000, .section = ".text" };
	const struct ks_function fn = BLIND_FUNCTION(1, &clone, 0);
	const struct ks_fact fact = BLIND_FACT(fn);
	assert_int_equal(ks_fact_issues(KS_FUNCTION, &fact), KS_ISSUE_BIT(KS_ISSUE_TRANSFORMATION));
	const char *text = report(KS_FORMAT_TERMINAL, &good, &fact, false, &out);
	has(text, "Transformation");
	has(text, "only under symbols with a suffix");
}

static void several_symbols_of_a_name_are_ambiguous(void **state)
{
	(void)state;
	const struct ks_symbol two[] = { plain, { .name = "f", .addr = 0x3000, .attach = 1 } };
	const struct ks_symbol same[] = { plain, plain };
	const struct ks_function fn = BLIND_FUNCTION(2, two, 1), once = BLIND_FUNCTION(2, same, 1);
	struct ks_fact fact = BLIND_FACT(fn);
	const struct ks_fact alias = BLIND_FACT(once);
	assert_int_equal(ks_fact_issues(KS_FUNCTION, &fact), KS_ISSUE_BIT(KS_ISSUE_AMBIGUOUS));
	assert_int_equal(ks_fact_issues(KS_FUNCTION, &alias), 0);
	assert_int_equal(answer(&fact, KS_WAY_KPROBE), KS_ANSWER_NO); // 6.12
	assert_int_equal(usual_answer(&fact, KS_WAY_KPROBE_MULTI), KS_ANSWER_YES);
	assert_int_equal(answer(&fact, KS_WAY_KPROBE_MULTI), KS_ANSWER_UNKNOWN); // CONFIG_FPROBE
	struct ks_image older = blind;
	older.version = "5.10.223";
	fact.image = &older;
	assert_int_equal(answer(&fact, KS_WAY_KPROBE), KS_ANSWER_YES); // takes the first
	assert_int_equal(answer(&fact, KS_WAY_KPROBE_MULTI), KS_ANSWER_NO);
}

/** Of what only a symbol tells, its type says what it is, where labels were looked for. */
static void labels_are_told_and_what_may_be_one_is_unknown(void **state)
{
	(void)state;
	enum { LABEL = KS_ISSUE_BIT(KS_ISSUE_LABEL), UNTOLD = KS_ISSUE_BIT(KS_ISSUE_UNTOLD) };
	static const struct {
		uint8_t type, attach, nr_btf;
		uint32_t issues, older; // of an image that was read before labels were looked for
	} cases[] = {
		{ STT_FUNC, 0, 1, 0, 0 },	    { STT_FUNC, KS_ATTACH_FTRACE, 0, 0, 0 },
		{ STT_FUNC, 0, 0, 0, UNTOLD },	    { STT_NOTYPE, 0, 0, LABEL, 0 },
		{ KS_STT_UNTOLD, 0, 0, UNTOLD, 0 },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct ks_buf out = { 0 };
		struct ks_symbol symbol = plain;
		struct ks_image older = blind, full = blind;
		older.facts &= ~(uint32_t)KS_FACT_LABELS;
		full.tier = KS_TIER_FULL;
		symbol.type = cases[i].type;
		symbol.attach = cases[i].attach;
		const struct ks_function fn = BLIND_FUNCTION(1, &symbol, cases[i].nr_btf);
		struct ks_fact fact = BLIND_FACT(fn);
		assert_int_equal(ks_fact_issues(KS_FUNCTION, &fact) & (LABEL | UNTOLD),
				 cases[i].issues);
		const char *text = report(KS_FORMAT_TERMINAL, &good, &fact, false, &out);
		assert_int_equal(strstr(text, ", Label") != NULL, cases[i].issues == LABEL);
		assert_int_equal(strstr(text, "no function\n") != NULL, cases[i].issues != 0);
		assert_int_equal(strstr(text, ", Function Or Label") != NULL,
				 cases[i].issues == UNTOLD);
		fact.image = &older;
		if (symbol.type == STT_FUNC)
			assert_int_equal(ks_fact_issues(KS_FUNCTION, &fact) & (LABEL | UNTOLD),
					 cases[i].older);
		assert_false(ks_issues_told(&older) & LABEL);
		assert_true(ks_issues_told(&full) & LABEL);
		fact.image = &full; // a symbol table was read
		assert_int_equal(ks_fact_issues(KS_FUNCTION, &fact) & (LABEL | UNTOLD), 0);
	}
}

/* ---- what can be attached ---- */

static void each_table_gives_its_issue(void **state)
{
	(void)state;
	static const struct {
		uint8_t attach, nr_btf;
		uint32_t issues;
	} cases[] = {
		{ KS_ATTACH_FTRACE, 1, 0 },
		{ 0, 1, KS_ISSUE_BIT(KS_ISSUE_NO_FTRACE) },
		{ KS_ATTACH_FTRACE | KS_ATTACH_NO_KPROBE, 1, KS_ISSUE_BIT(KS_ISSUE_NO_KPROBE) },
		{ KS_ATTACH_FTRACE | KS_ATTACH_INIT, 1, KS_ISSUE_BIT(KS_ISSUE_FREED) },
		{ KS_ATTACH_FTRACE, 0, KS_ISSUE_BIT(KS_ISSUE_NOT_IN_BTF) },
		{ KS_ATTACH_FTRACE | KS_ATTACH_INJECT, 1, 0 },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		struct ks_symbol symbol = plain;
		symbol.attach = cases[i].attach;
		const struct ks_function fn = BLIND_FUNCTION(1, &symbol, cases[i].nr_btf);
		struct ks_fact fact = BLIND_FACT(fn);
		struct ks_image silent = blind;
		assert_int_equal(ks_fact_issues(KS_FUNCTION, &fact), cases[i].issues);
		silent.facts = 0; // no table could be read
		fact.image = &silent;
		assert_int_equal(ks_fact_issues(KS_FUNCTION, &fact), 0);
		if (!(cases[i].attach & KS_ATTACH_INIT))
			assert_int_equal(answer(&fact, KS_WAY_FENTRY), KS_ANSWER_UNKNOWN);
	}
}

#define NO KS_ANSWER_NO
#define YES KS_ANSWER_YES
#define DEPENDS KS_ANSWER_UNKNOWN
/** What booted kernels answered to each way to attach; and what is known without their configuration. */
static void answers_are_those_of_booted_kernels(void **state)
{
	(void)state;
	static const struct {
		const char *what;
		uint8_t attach, nr_btf;
		/** Fentry, kprobe, kprobe.multi, fmod_ret. */
		enum ks_answer answers[KS_NR_FUNCTION_WAYS];
		enum ks_answer blind[KS_NR_FUNCTION_WAYS];
	} cases[] = {
		{ "an ordinary function",
		  KS_ATTACH_FTRACE,
		  1,
		  { YES, YES, YES, NO },
		  { YES, YES, DEPENDS, NO } },
		{ "inline in the source", 0, 1, { NO, NO, NO, NO }, { NO, DEPENDS, NO, NO } },
		{ "protected",
		  KS_ATTACH_FTRACE | KS_ATTACH_NO_KPROBE,
		  1,
		  { YES, NO, YES, NO },
		  { YES, NO, DEPENDS, NO } },
		{ "noinstr", KS_ATTACH_NO_KPROBE, 1, { NO, NO, NO, NO }, { NO, NO, NO, NO } },
		{ "init",
		  KS_ATTACH_FTRACE | KS_ATTACH_INIT,
		  1,
		  { NO, NO, NO, NO },
		  { NO, NO, NO, NO } },
		{ "left out of BTF",
		  KS_ATTACH_FTRACE,
		  0,
		  { NO, YES, YES, NO },
		  { NO, YES, DEPENDS, NO } },
		{ "may fail",
		  KS_ATTACH_FTRACE | KS_ATTACH_INJECT,
		  1,
		  { YES, YES, YES, YES },
		  { YES, YES, DEPENDS, YES } },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		struct ks_symbol symbol = plain;
		symbol.attach = cases[i].attach;
		const struct ks_function fn = BLIND_FUNCTION(1, &symbol, cases[i].nr_btf);
		const struct ks_fact fact = BLIND_FACT(fn);
		for (enum ks_attach_way way = 0; way < KS_NR_FUNCTION_WAYS; way++) {
			if (usual_answer(&fact, way) != cases[i].answers[way])
				fail_msg("%s: %s: %d", cases[i].what, ks_ways[way].text,
					 (int)usual_answer(&fact, way));
			if (answer(&fact, way) != cases[i].blind[way])
				fail_msg("%s: %s without configuration: %d", cases[i].what,
					 ks_ways[way].text, (int)answer(&fact, way));
		}
	}
}

static void security_functions_take_fmod_ret(void **state)
{
	(void)state;
	struct ks_symbol symbol = plain;
	symbol.name = "security_file_open";
	const struct ks_function fn = { "security_file_open", 0, 1, NULL, &symbol, 1 };
	const struct ks_fact fact = BLIND_FACT(fn);
	assert_int_equal(answer(&fact, KS_WAY_FMOD_RET), KS_ANSWER_YES);
}

static void prototypes_and_architectures_limit_fentry(void **state)
{
	(void)state;
	const struct ks_type *varied = PROTO(INT("int"), { "fmt", INT("int") }, { "(anon)", VOID });
	const struct ks_function fn = BLIND_FUNCTION(1, &plain, 1);
	struct ks_fact fact = BLIND_FACT(fn);
	fact.decl = FUNCTION("f", varied);
	assert_int_equal(answer(&fact, KS_WAY_FENTRY), KS_ANSWER_NO);
	assert_int_equal(answer(&fact, KS_WAY_KPROBE), KS_ANSWER_YES);
	fact.decl = NULL;
	struct ks_image other = blind;
	other.arch = "arm64";
	other.version = "6.1.176";
	fact.image = &other;
	assert_int_equal(answer(&fact, KS_WAY_FENTRY), KS_ANSWER_NO);
	other.version = "6.12.10";
	assert_int_equal(answer(&fact, KS_WAY_FENTRY), KS_ANSWER_YES);
}

static void the_terminal_tells_what_differs(void **state)
{
	(void)state;
	_cleanup_buf_ struct ks_buf out = { 0 };
	struct ks_symbol symbol = plain;
	symbol.attach = KS_ATTACH_NO_KPROBE;
	const struct ks_function fn = { "f", 1, 1, &entry, &symbol, 1 };
	const struct ks_fact fact = { .known = true, .present = true, .function = &fn };
	const struct ks_fact unknown = { .known = false };
	const char *text = report(KS_FORMAT_TERMINAL, &fact, &unknown, false, &out);
	has(text, "  6.1   No Ftrace Entry, No Kprobe  called at 0\n");
	has(text, "  symbol f at 1000, 32 bytes, no ftrace entry, no kprobes\n"
		  "  cannot: fentry, kprobe, kprobe.multi, fmod_ret\n");
	has(text, "\nNo Ftrace Entry: inline or notrace in the source");
	text = report(KS_FORMAT_TERMINAL, &good, &unknown, false, &out);
	has(text, "  symbol f at 1000, 32 bytes\n"
		  "  can be attached: fentry, kprobe; cannot: fmod_ret; unknown: kprobe.multi\n");
	text = report(KS_FORMAT_TERMINAL, &good, &unknown, true, &out);
	has(text, "  symbol f at 1000, 32 bytes, ftrace entry, kprobes\n");
	text = report(KS_FORMAT_JSON, &fact, &unknown, false, &out);
	has(text, "\"attach\": {\n          \"fentry\": false,\n          \"kprobe\": false,\n"
		  "          \"kprobe_multi\": false,\n          \"fmod_ret\": false\n        },\n"
		  "        \"btf\": 1,");
	has(text, "\"ftrace\": false,\n            \"kprobe\": false,\n"
		  "            \"inject\": false,\n            \"freed\": false\n");
}

/* ---- differences ---- */

static void only_what_both_can_tell_is_a_difference(void **state)
{
	(void)state;
	_cleanup_diff_ struct ks_diff *diff = NULL;
	struct ks_changes changes;
	assert_null(ks_diff_new(&diff));
	const struct ks_caller inliner = { .unit = "a.c", .function = "one" };
	struct ks_entry inlined = entry;
	inlined.inline_callers = &inliner;
	inlined.nr_inline_callers = 1;
	const struct ks_function old_fn = { "f", 1, 1, &inlined, &plain, 1 };
	const struct ks_function new_fn = BLIND_FUNCTION(1, &plain, 1);
	struct ks_symbol hidden = plain;
	hidden.attach = 0;
	const struct ks_function hidden_fn = BLIND_FUNCTION(1, &hidden, 1);
	const struct ks_fact old = {
		.image = &seeing, .known = true, .present = true, .function = &old_fn
	};
	struct ks_fact new = BLIND_FACT(new_fn);
	assert_int_equal(ks_fact_issues(KS_FUNCTION, &old),
			 KS_ISSUE_BIT(KS_ISSUE_SELECTIVE_INLINE));
	ks_diff_reset(diff);
	assert_null(ks_diff_extras(diff, KS_FUNCTION, KS_DIFF_STATUS, &old, &new, &changes));
	assert_int_equal(changes.nr, 0); // neither "no longer Selective Inline" nor callers lost
	new.function = &hidden_fn;
	ks_diff_reset(diff);
	assert_null(ks_diff_extras(diff, KS_FUNCTION, KS_DIFF_STATUS, &old, &new, &changes));
	assert_int_equal(changes.nr, 1);
	assert_int_equal(changes.at[0].kind, KS_NEWLY_NO_FTRACE);
}

static void a_life_does_not_end_where_nobody_can_see(void **state)
{
	(void)state;
	_cleanup_groups_ struct ks_groups *groups = NULL;
	_cleanup_buf_ struct ks_buf out = { 0 };
	const struct ks_image *images[] = { &seeing, &blind };
	struct ks_fact facts[] = { good, { .known = false } };
	const struct ks_history history = { KS_FUNCTION, "f", 2, facts };
	const struct ks_log_options options = { .columns = 80 };
	facts[0].image = &seeing;
	facts[1].image = &blind;
	assert_null(ks_groups_new(images, 2, NULL, &groups));
	assert_null(ks_log_write(groups, &history, &options, &out));
	has(ks_buf_text(&out), "6.12 ? Unknown");
	has_not(ks_buf_text(&out), "bsent");
}

/* ---- the published layout ---- */

static bool exists(const char *dir, const char *file)
{
	char path[4096];
	struct stat st;
	snprintf(path, sizeof(path), "%s/%s", dir, file);
	return stat(path, &st) == 0;
}

static void an_export_leaves_out_what_is_not_known(void **state)
{
	(void)state;
	char dir[] = "/tmp/ksurf-blind-XXXXXX";
	assert_non_null(mkdtemp(dir));
	_cleanup_surface_ struct ks_surface *surface = ks_surface_new(1);
	const struct ks_function functions[] = { BLIND_FUNCTION(1, &plain, 1) };
	const struct ks_decl *decl = FUNCTION("f", PROTO(INT("int"), { "a", INT("int") }));
	surface->image = blind;
	surface->known = KS_KNOWS(KS_FUNCTION) | KS_KNOWS(KS_SYSCALL);
	surface->symtab_known = true;
	surface->symbols = &plain;
	surface->nr_symbols = 1;
	surface->functions = functions;
	surface->nr_functions = 1;
	surface->decls[KS_FUNCTION].at = decl;
	surface->decls[KS_FUNCTION].nr = 1;
	assert_null(ks_export_depsurf(surface, dir));
	assert_true(exists(dir, "types_func/6.12.0-1-amd64.jsonl"));
	assert_false(exists(dir, "func_groups"));
	assert_false(exists(dir, "symtab"));
	char command[64];
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_symbol_without_debug_information_is_present_and_no_more),
		cmocka_unit_test(a_name_without_symbol_is_unknown_not_absent),
		cmocka_unit_test(a_function_of_btf_alone_says_so),
		cmocka_unit_test(suffixed_symbols_are_told_without_debug_information),
		cmocka_unit_test(several_symbols_of_a_name_are_ambiguous),
		cmocka_unit_test(labels_are_told_and_what_may_be_one_is_unknown),
		cmocka_unit_test(each_table_gives_its_issue),
		cmocka_unit_test(answers_are_those_of_booted_kernels),
		cmocka_unit_test(security_functions_take_fmod_ret),
		cmocka_unit_test(prototypes_and_architectures_limit_fentry),
		cmocka_unit_test(the_terminal_tells_what_differs),
		cmocka_unit_test(only_what_both_can_tell_is_a_difference),
		cmocka_unit_test(a_life_does_not_end_where_nobody_can_see),
		cmocka_unit_test(an_export_leaves_out_what_is_not_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
