/* SPDX-License-Identifier: BSD-2-Clause */
/* What is new from one kernel to another, what was known before, and what is waived for a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "check.h"
#include "check/tools/excuses.h"
#include "check/tools/upgrade.h"
#include "hand_check.h"
#include "report/check/upgrade.h"

/** One tool for each row, and what becomes of it from the first image to the second. */
static void expect_steps(const struct row *rows, size_t nr, const char *toml,
			 const enum ks_turn *wanted, int answer)
{
	struct sample *sample = sample_new(rows, nr);
	_cleanup_policy_ struct ks_policy *policy = NULL;
	_cleanup_tools_ struct ks_tools *tools = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_upgrade upgrade;
	sample_split(sample, NULL);
	assert_ok(ks_policy_read(toml, strlen(toml), &policy));
	sample->check.policy = policy;
	assert_ok(ks_tools_make(&sample->check, true, &tools));
	assert_int_equal(tools->nr, nr);
	assert_ok(ks_upgrade_make(tools, 0, 1, &arena, &upgrade));
	for (size_t i = 0; i < nr; i++)
		assert_int_equal(upgrade.turns[i], wanted[i]);
	assert_int_equal(ks_upgrade_answer(&upgrade), answer);
	free(sample);
}

static void steps(void **state)
{
	(void)state;
	static const struct row worse[] = { { "a", ".." }, { "b", ".L" }, { "c", "A." } };
	static const enum ks_turn to_worse[] = { KS_TURN_SAME, KS_TURN_FAILS, KS_TURN_BETTER };
	expect_steps(worse, 3, "", to_worse, 2);
	static const struct row doubt[] = { { "a", ".!" }, { "b", ".?" }, { "c", "!?" } };
	static const enum ks_turn to_doubt[] = { KS_TURN_LOSES, KS_TURN_DOUBT, KS_TURN_DOUBT };
	expect_steps(doubt, 3, "", to_doubt, 1);
	// what failed may fail for another reason; what was lost stays lost
	static const struct row same[] = { { "a", "LA" }, { "b", "!!" }, { "c", "??" } };
	static const enum ks_turn to_same[] = { KS_TURN_SAME, KS_TURN_SAME, KS_TURN_SAME };
	expect_steps(same, 3, "", to_same, 0);
	static const struct row apart[] = { { "a", ".m" }, { "b", "mm" } };
	static const enum ks_turn to_apart[] = { KS_TURN_APART, KS_TURN_APART };
	expect_steps(apart, 2, "", to_apart, 0);
}

/** What is optional is something lost all the same; where a tool need not work, nothing is. */
static void steps_of_policies(void **state)
{
	(void)state;
	static const struct row rows[] = { { "a", ".L" } };
	static const enum ks_turn loses[] = { KS_TURN_LOSES }, same[] = { KS_TURN_SAME };
	expect_steps(rows, 1, "[[object]]\noptional = [\"a\"]\n", loses, 1);
	expect_steps(rows, 1, "[[tool]]\nkernels-optional = [\"6.1.0-50*\"]\n", same, 0);
}

/** A boot image does not show what is inlined: that a risk is not told any more is no improvement. */
static void tells_less(void **state)
{
	(void)state;
	static const struct row rows[] = { { "a", "!." }, { "b", "A." } };
	struct sample *sample = sample_new(rows, 2);
	_cleanup_tools_ struct ks_tools *tools = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_upgrade upgrade;
	sample_split(sample, NULL);
	sample->images[0].tier = KS_TIER_FULL;
	sample->images[1].tier = KS_TIER_BTF;
	assert_ok(ks_tools_make(&sample->check, true, &tools));
	assert_ok(ks_upgrade_make(tools, 0, 1, &arena, &upgrade));
	assert_true(upgrade.less);
	assert_int_equal(upgrade.turns[0], KS_TURN_SAME);
	assert_int_equal(upgrade.turns[1], KS_TURN_BETTER);
	free(sample);
}

static char *write_upgrade(const struct row *rows, size_t nr, enum ks_format format)
{
	struct sample *sample = sample_new(rows, nr);
	_cleanup_tools_ struct ks_tools *tools = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_upgrade upgrade;
	struct ks_buf out = { 0 };
	sample_split(sample, NULL);
	assert_ok(ks_tools_make(&sample->check, true, &tools));
	assert_ok(ks_upgrade_make(tools, 0, 1, &arena, &upgrade));
	const struct ks_check_report report = { .format = format, .tools = tools };
	assert_ok(ks_upgrade_write(&report, &upgrade, &out));
	assert_non_null(ks_buf_text(&out));
	free(sample);
	return out.at;
}

static void texts(void **state)
{
	(void)state;
	static const struct row same[] = { { "a", ".." }, { "b", "LL" } };
	char *text = write_upgrade(same, 2, KS_FORMAT_TERMINAL);
	assert_string_equal(text,
			    "6.1.0-47-amd64 -> 6.1.0-50-amd64: nothing changes for 2 tools\n");
	free(text);
	static const struct row worse[] = { { "a", ".A" }, { "b", ".!" }, { "c", "L." } };
	text = write_upgrade(worse, 3, KS_FORMAT_TERMINAL);
	assert_string_equal(
		text,
		"6.1.0-47-amd64 -> 6.1.0-50-amd64: 1 of 3 tools does not work any more, 1 loses\n"
		"  something, 1 gets better\n"
		"\n"
		"X a: the function has no ftrace entry\n"
		"    a\n"
		"\n"
		"! b: a field that is read has changed\n"
		"    b\n"
		"\n"
		"Better: c\n");
	free(text);
	text = write_upgrade(worse, 3, KS_FORMAT_MD);
	assert_non_null(strstr(text, "\n- ❌ a: the function has no ftrace entry: a\n"));
	free(text);
	text = write_upgrade(worse, 3, KS_FORMAT_JSON);
	assert_non_null(strstr(text, "\"step\": \"better\""));
	free(text);
}

/* ---- what is known ---- */

/** What the tool counts as when a text is known. */
static enum ks_verdict counted(const struct row *rows, size_t nr, const char *known)
{
	struct sample *sample = sample_new(rows, nr);
	_cleanup_tools_ struct ks_tools *tools = NULL;
	struct ks_excuses excuses = { 0 };
	assert_ok(ks_tools_make(&sample->check, true, &tools));
	assert_ok(ks_excuse_known(tools, known, strlen(known), &excuses));
	enum ks_verdict ret = ks_tools_counted(tools);
	free(sample);
	return ret;
}

static char *known_of(const struct row *rows, size_t nr)
{
	struct sample *sample = sample_new(rows, nr);
	_cleanup_tools_ struct ks_tools *tools = NULL;
	struct ks_buf out = { 0 };
	assert_ok(ks_tools_make(&sample->check, true, &tools));
	assert_ok(ks_known_write(tools, &out));
	assert_non_null(ks_buf_text(&out));
	free(sample);
	return out.at;
}

/** What was written is known; what is new, worse or on another series is not. Point releases of a series are one. */
static void known_is_left_out(void **state)
{
	(void)state;
	static const struct row before[] = { { "a", "!.." }, { "b", "A.." } };
	char *known = known_of(before, 2);
	assert_string_equal(known, "{\"ksurf-known\": 1}\n"
				   "[\"tool\", \"a\", \"6.1\", null, \"field-changed\", \"a\", "
				   "\"risk\"]\n"
				   "[\"tool\", \"b\", \"6.1\", null, \"target-no-ftrace\", \"b\", "
				   "\"fails-to-attach\"]\n");
	assert_int_equal(counted(before, 2, known), KS_VERDICT_OK);
	static const struct row newer[] = { { "a", ".!." }, { "b", "AA." } };
	assert_int_equal(counted(newer, 2, known), KS_VERDICT_OK);
	static const struct row other[] = { { "a", "..!" }, { "b", "..." } };
	assert_int_equal(counted(other, 2, known), KS_VERDICT_RISK);
	static const struct row worse[] = { { "a", "L.." }, { "b", "A.." } };
	assert_int_equal(counted(worse, 2, known), KS_VERDICT_NO_LOAD);
	free(known);
}

static void known_is_read_with_care(void **state)
{
	(void)state;
	static const struct {
		const char *text, *error;
	} bad[] = {
		{ "", "line 1: '{\"ksurf-known\": 1}' is expected" },
		{ "{\"ksurf-known\": 2}\n", "line 1: '{\"ksurf-known\": 1}' is expected" },
		{ "{\"ksurf-known\": 1}\n[\"a\"]\n", "line 2: " },
		{ "{\"ksurf-known\": 1}\n\n[\"a\", 1]\n", "line 3: " },
		{ "{\"ksurf-known\": 1}\nx", "line 2: " },
	};
	static const struct row rows[] = { { "a", "." } };
	for (size_t i = 0; i < KS_ARRAY_LEN(bad); i++) {
		struct sample *sample = sample_new(rows, 1);
		_cleanup_tools_ struct ks_tools *tools = NULL;
		struct ks_excuses excuses = { 0 };
		assert_ok(ks_tools_make(&sample->check, true, &tools));
		expect_error(ks_excuse_known(tools, bad[i].text, strlen(bad[i].text), &excuses),
			     KS_ERR_DATA, bad[i].error);
		free(sample);
	}
}

/* ---- waivers ---- */

static void expect_waived(const char *toml, const char *wanted, size_t nr_expired)
{
	static const struct row rows[] = { { "a", "AA." }, { "b", "!.!" } };
	struct sample *sample = sample_new(rows, 2);
	_cleanup_policy_ struct ks_policy *policy = NULL;
	_cleanup_tools_ struct ks_tools *tools = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_excuses excuses = { 0 };
	assert_ok(ks_policy_read(toml, strlen(toml), &policy));
	sample->check.policy = policy;
	assert_ok(ks_tools_make(&sample->check, true, &tools));
	assert_ok(ks_excuse_waived(tools, 20270101, &arena, &excuses));
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(ks_verdicts[ks_tool_outcome(tools, 0, i)->counted].symbol[0],
				 wanted[i]);
	assert_int_equal(excuses.nr_expired, nr_expired);
	free(sample);
}

static void waivers_end(void **state)
{
	(void)state;
	expect_waived("", "AA!", 0);
	expect_waived("[[waiver]]\ncause = \"a\"\nreason = \"x\"\nuntil = \"2027-01-01\"\n", "!.!",
		      0); // the last day
	expect_waived("[[waiver]]\ncause = \"a\"\nreason = \"x\"\nuntil = \"2026-12-31\"\n", "AA!",
		      1); // the day after
	expect_waived("[[waiver]]\ncause = \"z\"\nreason = \"x\"\nuntil = \"2026-12-31\"\n", "AA!",
		      0); // not needed any more
	expect_waived("[[waiver]]\ntool = \"other\"\nreason = \"x\"\nuntil = \"2027-12-31\"\n",
		      "AA!", 0);
	expect_waived("[[waiver]]\ncause = \"target-*\"\nkernels = [\"6.1.0-50*\"]\n"
		      "reason = \"x\"\nuntil = \"2027-12-31\"\n",
		      "A.!", 0);
	expect_waived("[[waiver]]\nreason = \"x\"\nuntil = \"2027-12-31\"\n", "...", 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps),
		cmocka_unit_test(steps_of_policies),
		cmocka_unit_test(tells_less),
		cmocka_unit_test(texts),
		cmocka_unit_test(known_is_left_out),
		cmocka_unit_test(known_is_read_with_care),
		cmocka_unit_test(waivers_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
