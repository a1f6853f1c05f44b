/* SPDX-License-Identifier: BSD-2-Clause */
/* On which kernels tools work: all spans, with what begins and ends them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "check.h"
#include "check/tools/spans.h"
#include "hand_check.h"
#include "report/check/since.h"

/** A tool for each row; the images are of two machines where apart is true. */
static struct sample *sample_of(const struct row *rows, size_t nr, bool apart)
{
	static const char *const versions[] = { "6.1.170", "6.1.176", "6.12.1", "7.2.1" };
	struct sample *sample = sample_new(rows, nr);
	sample_split(sample, NULL);
	for (size_t i = 0; i < sample->check.nr_images; i++) {
		sample->images[i].version = versions[i];
		sample->images[i].distribution = "Debian";
		sample->images[i].arch = apart && i % 2 ? "arm64" : "amd64";
	}
	return sample;
}

static void works_breaks_works(void **state)
{
	(void)state;
	static const struct row rows[] = { { "a", ".A.." }, { "b", "L?!." } };
	struct sample *sample = sample_of(rows, 2, false);
	_cleanup_tools_ struct ks_tools *tools = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_spans spans;
	assert_ok(ks_tools_make(&sample->check, true, &tools));
	assert_ok(ks_spans_make(tools, &arena, &spans));
	assert_int_equal(spans.nr_tracks, 1);
	static const struct {
		size_t tool, span, first, nr;
		enum ks_tool_verdict verdict;
		enum ks_reason_kind why; // KS_NR_REASONS: none
		bool gone;
	} wanted[] = {
		{ 0, 0, 0, 1, KS_TOOL_WORKS, KS_NR_REASONS, false },
		{ 0, 1, 1, 1, KS_TOOL_FAILS, KS_REASON_TARGET_NO_FTRACE, false },
		{ 0, 2, 2, 2, KS_TOOL_WORKS, KS_REASON_TARGET_NO_FTRACE, true },
		{ 1, 0, 0, 1, KS_TOOL_FAILS, KS_REASON_CORE_RELO, false },
		{ 1, 1, 1, 1, KS_TOOL_UNKNOWN, KS_REASON_TIER, false },
		{ 1, 2, 2, 1, KS_TOOL_PART, KS_REASON_FIELD_CHANGED, false },
		{ 1, 3, 3, 1, KS_TOOL_WORKS, KS_REASON_FIELD_CHANGED, true },
	};
	assert_int_equal(spans.of[0].nr, 3);
	assert_int_equal(spans.of[1].nr, 4);
	for (size_t i = 0; i < KS_ARRAY_LEN(wanted); i++) {
		const struct ks_tool_span *span = &spans.of[wanted[i].tool].at[wanted[i].span];
		assert_int_equal(span->first, wanted[i].first);
		assert_int_equal(span->nr, wanted[i].nr);
		assert_int_equal(span->verdict, wanted[i].verdict);
		assert_int_equal(span->gone, wanted[i].gone);
		assert_int_equal(span->why ? span->why->reason->kind : KS_NR_REASONS,
				 wanted[i].why);
	}
	free(sample);
}

static char *write_since(const struct row *rows, size_t nr, bool apart, enum ks_format format)
{
	struct sample *sample = sample_of(rows, nr, apart);
	_cleanup_tools_ struct ks_tools *tools = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_spans spans;
	struct ks_buf out = { 0 };
	assert_ok(ks_tools_make(&sample->check, true, &tools));
	assert_ok(ks_spans_make(tools, &arena, &spans));
	const struct ks_check_report report = { .format = format, .tools = tools };
	if (format == KS_FORMAT_SVG)
		assert_ok(ks_since_badge(&spans, &out));
	else
		assert_ok(ks_since_write(&report, &spans, &out));
	assert_non_null(ks_buf_text(&out));
	free(sample);
	return out.at;
}

/** A series is told by its number, unless only some of its kernels are meant. */
static void texts(void **state)
{
	(void)state;
	static const struct row rows[] = { { "a", ".A.." }, { "b", "...." } };
	char *text = write_since(rows, 2, false, KS_FORMAT_TERMINAL);
	assert_string_equal(
		text, "2 tools on 4 kernels: 1 works on all of them, 1 does not work on some\n"
		      "\n"
		      "a\n"
		      "  Debian amd64\n"
		      "    . 6.1.0-47-amd64\n"
		      "    X 6.1.0-50-amd64: a: the function has no ftrace entry\n"
		      "    . 6.12 to 7.2: settled: a: the function has no ftrace entry\n"
		      "\n"
		      "Works on every kernel: b\n");
	free(text);
	text = write_since(rows, 2, false, KS_FORMAT_MD);
	assert_non_null(strstr(text, "| tool | Debian amd64 |\n|:--|:--|\n"
				     "| a | ✅ 6.1.0-47-amd64, ❌ 6.1.0-50-amd64, ✅ 6.12 – 7.2 |\n"
				     "| b | ✅ 6.1 – 7.2 |\n"));
	free(text);
	text = write_since(rows, 2, false, KS_FORMAT_JSON);
	assert_non_null(strstr(text, "\"last\": \"7.2.1-amd64\""));
	free(text);
}

/** Each machine has its own spans, and none for a tool that is not built for it. */
static void machines(void **state)
{
	(void)state;
	static const struct row rows[] = { { "a", ".m.m" }, { "b", "LLL." } };
	char *text = write_since(rows, 2, true, KS_FORMAT_MD);
	assert_non_null(strstr(text, "| tool | Debian amd64 | Debian arm64 |\n|:--|:--|:--|\n"
				     "| a | ✅ 6.1 – 6.12 | ➖ |\n"
				     "| b | ❌ 6.1 – 6.12 | ❌ 6.1, ✅ 7.2 |\n"));
	free(text);
}

/** A kernel of one distribution. */
struct kernel {
	const char *label, *version, *revision, *arch, *flavor;
};

/** @param split each program is a tool; or all are one */
static char *write_folded(const struct row *rows, size_t nr, const struct kernel kernels[4],
			  bool split, bool verbose, enum ks_format format)
{
	struct sample *sample = sample_new(rows, nr);
	if (split)
		sample_split(sample, NULL);
	for (size_t i = 0; i < sample->check.nr_images; i++)
		sample->images[i] = (struct ks_image){ .label = kernels[i].label,
						       .version = kernels[i].version,
						       .revision = kernels[i].revision,
						       .distribution = "Debian",
						       .arch = kernels[i].arch,
						       .flavor = kernels[i].flavor };
	_cleanup_tools_ struct ks_tools *tools = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_spans spans;
	struct ks_buf out = { 0 };
	assert_ok(ks_tools_make(&sample->check, true, &tools));
	assert_ok(ks_spans_make(tools, &arena, &spans));
	const struct ks_check_report report = { .format = format,
						.tools = tools,
						.verbose = verbose };
	assert_ok(ks_since_write(&report, &spans, &out));
	assert_non_null(ks_buf_text(&out));
	free(sample);
	return out.at;
}

/** Of one tool on these kernels, below its name. */
static void expect_folded(const struct row *rows, size_t nr, const struct kernel kernels[4],
			  bool verbose, const char *wanted)
{
	char *text = write_folded(rows, nr, kernels, false, verbose, KS_FORMAT_TERMINAL);
	const char *body = strstr(text, "\ntool\n");
	assert_non_null(body);
	assert_string_equal(body + strlen("\ntool\n"), wanted);
	free(text);
}

static const struct kernel two_machines[4] = { { "6.1-amd64", "6.1.170", "", "amd64", "" },
					       { "6.1-arm64", "6.1.176", "", "arm64", "" },
					       { "6.12-amd64", "6.12.1", "", "amd64", "" },
					       { "7.2-arm64", "7.2.1", "", "arm64", "" } };
static const struct kernel two_flavors[4] = {
	{ "6.12.90+deb12-amd64", "6.12.90", "deb12", "amd64", "" },
	{ "6.12.90+deb12-cloud-amd64", "6.12.90", "deb12", "amd64", "cloud" },
	{ "6.12.90+deb13-amd64", "6.12.90", "deb13", "amd64", "" },
	{ "6.12.91+deb13-cloud-amd64", "6.12.91", "deb13", "amd64", "cloud" },
};

/** Tracks of the same steps are told together, as wide as all of them are. */
static void equal_tracks(void **state)
{
	(void)state;
	static const struct row breaks[] = { { "a", "LL.." } };
	expect_folded(breaks, 1, two_machines, false,
		      "  Debian amd64, arm64\n"
		      "    X 6.1: a: a CO-RE relocation has no target\n"
		      "    . 6.12 to 7.2: settled: a: a CO-RE relocation has no target\n");
	expect_folded(breaks, 1, two_machines, true,
		      "  Debian amd64\n"
		      "    X 6.1: a: a CO-RE relocation has no target\n"
		      "    . 6.12: settled: a: a CO-RE relocation has no target\n"
		      "  Debian arm64\n"
		      "    X 6.1: a: a CO-RE relocation has no target\n"
		      "    . 7.2: settled: a: a CO-RE relocation has no target\n");
	// part of a series: without what only one of the tracks is called
	expect_folded(
		breaks, 1, two_flavors, false,
		"  Debian amd64 (all)\n"
		"    X 6.12.90+deb12: a: a CO-RE relocation has no target\n"
		"    . 6.12.90+deb13 to 6.12.91+deb13: settled: a: a CO-RE relocation has no\n"
		"        target\n");
	// other losses are counted on each
	static const struct row more[] = { { "a", "LL.." }, { "b", ".L.." } };
	expect_folded(more, 2, two_machines, false,
		      "  Debian amd64, arm64\n"
		      "    X 6.1: a: a CO-RE relocation has no target and up to 1 more\n"
		      "    . 6.12 to 7.2: settled: a: a CO-RE relocation has no target and up to 1 "
		      "more\n");
}

/** Other reasons, other steps, and steps that reach into each other, are told apart. */
static void unequal_tracks(void **state)
{
	(void)state;
	static const struct row others[] = { { "a", "LA.." } };
	expect_folded(others, 1, two_machines, false,
		      "  Debian amd64\n"
		      "    X 6.1: a: a CO-RE relocation has no target\n"
		      "    . 6.12: settled: a: a CO-RE relocation has no target\n"
		      "  Debian arm64\n"
		      "    X 6.1: a: the function has no ftrace entry\n"
		      "    . 7.2: settled: a: the function has no ftrace entry\n");
	static const struct row steps[] = { { "a", "LLL." } };
	expect_folded(steps, 1, two_machines, false,
		      "  Debian amd64\n"
		      "    X 6.1 to 6.12: a: a CO-RE relocation has no target\n"
		      "  Debian arm64\n"
		      "    X 6.1: a: a CO-RE relocation has no target\n"
		      "    . 7.2: settled: a: a CO-RE relocation has no target\n");
	static const struct kernel apart[4] = { { "6.1-amd64", "6.1.170", "", "amd64", "" },
						{ "6.6-amd64", "6.6.1", "", "amd64", "" },
						{ "6.12-arm64", "6.12.1", "", "arm64", "" },
						{ "7.2-arm64", "7.2.1", "", "arm64", "" } };
	static const struct row reach[] = { { "a", ".L.L" } };
	expect_folded(reach, 1, apart, false,
		      "  Debian amd64\n"
		      "    . 6.1\n"
		      "    X 6.6: a: a CO-RE relocation has no target\n"
		      "  Debian arm64\n"
		      "    . 6.12\n"
		      "    X 7.2: a: a CO-RE relocation has no target\n");
}

/** Of kernels that a tool is not built for nothing is said, also where those of another track lie between. */
static void foreign_kernels(void **state)
{
	(void)state;
	static const struct kernel kernels[4] = { { "6.1-amd64", "6.1.170", "", "amd64", "" },
						  { "6.1-arm64", "6.1.176", "", "arm64", "" },
						  { "6.12-arm64", "6.12.1", "", "arm64", "" },
						  { "7.2-amd64", "7.2.1", "", "amd64", "" } };
	static const struct row rows[] = { { "a", "LLmL" } };
	expect_folded(rows, 1, kernels, false,
		      "  Debian amd64\n"
		      "    X 6.1 to 7.2: a: a CO-RE relocation has no target\n"
		      "  Debian arm64\n"
		      "    X 6.1: a: a CO-RE relocation has no target\n");
	static const struct kernel one[4] = { { "6.1-amd64", "6.1.170", "", "amd64", "" },
					      { "6.6-amd64", "6.6.1", "", "amd64", "" },
					      { "6.12-amd64", "6.12.1", "", "amd64", "" },
					      { "7.2-amd64", "7.2.1", "", "amd64", "" } };
	static const struct row between[] = { { "a", ".m.." } };
	expect_folded(between, 1, one, false,
		      "  Debian amd64\n"
		      "    . 6.1\n"
		      "    . 6.12 to 7.2\n");
}

/** Tools that say the same are told together; columns of a table are the same for all tools. */
static void equal_tools(void **state)
{
	(void)state;
	static const struct row rows[] = { { "a", "ll.." }, { "b", "ll.." }, { "c", "l..." } };
	char *text = write_folded(rows, 3, two_machines, true, false, KS_FORMAT_TERMINAL);
	assert_non_null(strstr(text, "\n"
				     "a, b\n"
				     "  Debian amd64, arm64\n"
				     "    X 6.1: the loader refuses it\n"
				     "    . 6.12 to 7.2: settled: the loader refuses it\n"
				     "\n"
				     "c\n"
				     "  Debian amd64\n"));
	free(text);
	text = write_folded(rows, 2, two_machines, true, false, KS_FORMAT_MD);
	assert_non_null(strstr(text, "| tool | Debian amd64, arm64 |\n|:--|:--|\n"
				     "| a | ❌ 6.1, ✅ 6.12 – 7.2 |\n"
				     "| b | ❌ 6.1, ✅ 6.12 – 7.2 |\n"
				     "\n"
				     "- ❌ a, b, Debian amd64, arm64 6.1: the loader refuses it\n"));
	free(text);
	text = write_folded(rows, 3, two_machines, true, false, KS_FORMAT_MD);
	assert_non_null(strstr(text, "| tool | Debian amd64 | Debian arm64 |\n"));
	free(text);
}

static void badges(void **state)
{
	(void)state;
	static const struct {
		struct row rows[2];
		const char *wanted;
	} cases[] = {
		{ { { "a", "...." }, { "b", ".!.." } }, "<title>kernels: 6.1 – 7.2</title>" },
		{ { { "a", ".A.." }, { "b", "...." } }, "<title>kernels: 6.12 – 7.2</title>" },
		{ { { "a", "..A." }, { "b", "...." } }, "<title>kernels: 6.1, 7.2</title>" },
		{ { { "a", "..AA" }, { "b", "?..." } }, "<title>kernels: none</title>" },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		char *text = write_since(cases[i].rows, 2, false, KS_FORMAT_SVG);
		assert_non_null(strstr(text, cases[i].wanted));
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(works_breaks_works), cmocka_unit_test(texts),
		cmocka_unit_test(machines),	      cmocka_unit_test(equal_tracks),
		cmocka_unit_test(unequal_tracks),     cmocka_unit_test(foreign_kernels),
		cmocka_unit_test(equal_tools),	      cmocka_unit_test(badges),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
