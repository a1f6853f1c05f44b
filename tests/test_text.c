/* SPDX-License-Identifier: BSD-2-Clause */
/* The filter of text that leaves: names that have done harm somewhere, and what is to be written of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/error.h"
#include "base/text.h"
#include "judge.h"

static void sinks_take_anything(void **state)
{
	(void)state;
	static const enum judged judges[KS_NR_TEXT_SINKS] = {
		[KS_TEXT_LINE] = JUDGED_LINES,
		[KS_TEXT_MARKUP] = JUDGED_MARKUP,
		[KS_TEXT_MARKDOWN] = JUDGED_MARKDOWN,
		[KS_TEXT_MARKDOWN_TYPE] = JUDGED_MARKDOWN,
		[KS_TEXT_MARKDOWN_CELL] = JUDGED_MARKDOWN,
		[KS_TEXT_CODE] = JUDGED_MARKDOWN,
		[KS_TEXT_CODE_CELL] = JUDGED_MARKDOWN,
		[KS_TEXT_CSV] = JUDGED_CSV,
		[KS_TEXT_JSON] = JUDGED_JSON,
	};
	for (enum ks_text_sink sink = 0; sink < KS_NR_TEXT_SINKS; sink++)
		for (size_t i = 0; i < nasty_nr(); i++) {
			_cleanup_buf_ struct ks_buf out = { 0 }, calm = { 0 };
			if (sink == KS_TEXT_GITHUB || sink == KS_TEXT_GITHUB_VALUE)
				continue; // parts of an annotation: see below
			ks_text_str(&out, sink, nasty(i));
			ks_text_str(&calm, sink, "harmless");
			if (sink == KS_TEXT_CSV) {
				ks_buf_char(&out, '\n');
				ks_buf_char(&calm, '\n');
			}
			expect_calm(judges[sink], "a sink", nasty(i), &out, &calm);
		}
}

static void assert_written(enum ks_text_sink sink, const char *text, const char *wanted)
{
	_cleanup_buf_ struct ks_buf out = { 0 };
	ks_text_str(&out, sink, text);
	assert_string_equal(ks_buf_text(&out), wanted);
	out.len = 0;
	ks_buf_str(&out, "before\n");
	ks_buf_str(&out, text);
	ks_text_tail(&out, 7, sink);
	assert_int_equal(memcmp(ks_buf_text(&out), "before\n", 7), 0);
	assert_string_equal(out.at + 7, wanted);
}

static void sinks_write_what_they_should(void **state)
{
	(void)state;
	static const char plain[] =
		"struct list_head *(*next[2])(int a, const char *b); é → x::y ./a-b+c";
	for (enum ks_text_sink sink = 0; sink < KS_NR_TEXT_SINKS; sink++)
		assert_written(sink, "a",
			       sink == KS_TEXT_JSON				   ? "\"a\""
			       : sink == KS_TEXT_CODE || sink == KS_TEXT_CODE_CELL ? "`a`"
										   : "a");
	assert_written(KS_TEXT_LINE, plain, plain);
	assert_written(KS_TEXT_MARKDOWN_TYPE, plain, plain);
	assert_written(KS_TEXT_LINE, "\n\r\t\x1b\x7f\x9b\xc2\x9b\xe2\x80\xae\xf3\xa0\x81\x81",
		       "\\n\\r\\t\\x1b\\x7f\\x9b\\u009b\\u202e\\U000e0041");
	assert_written(KS_TEXT_LINE, "::error:: ::x a::b", "\\x3a:error:: \\x3a:x a::b");
	assert_written(KS_TEXT_LINE, "##[error] ## ##vso[x]", "\\x23#[error] ## \\x23#vso[x]");
	assert_written(KS_TEXT_MARKUP, "<a b=\"c\">&\x1b", "&lt;a b=&quot;c&quot;&gt;&amp;\\x1b");
	assert_written(KS_TEXT_MARKDOWN, "a_b*\n", "a\\_b\\*\\\\n");
	assert_written(KS_TEXT_MARKDOWN_TYPE, "a_b*[2][3] `<|\\](",
		       "a_b*[2][3] &#96;&lt;&#124;&#92;&#93;(");
	assert_written(KS_TEXT_MARKDOWN_CELL, "a|b", "a\\|b");
	assert_written(KS_TEXT_CODE, "a``b", "```a``b```");
	assert_written(KS_TEXT_CODE, "`a", "`` `a ``");
	assert_written(KS_TEXT_CODE_CELL, "a|b", "`a\\x7cb`");
	assert_written(KS_TEXT_CSV, "a,\"b\"\n", "\"a,\"\"b\"\"\\n\"");
	assert_written(KS_TEXT_CSV, "=1", "'=1");
	assert_written(KS_TEXT_GITHUB, "50%\n::a:b,", "50%25%0A::a:b,");
	assert_written(KS_TEXT_GITHUB_VALUE, "50%\n::a,", "50%25%0A%3A%3Aa%2C");
	assert_written(KS_TEXT_JSON, "a\n\x01\xff\xe2\x80\xa8\xf0\x9f\x98\x80##[",
		       "\"a\\n\\u0001\\udcff\\u2028\\ud83d\\ude00\\u0023#[\"");
	assert_true(ks_text_is_plain("6.1.0-50-amd64", 14));
	assert_true(ks_text_is_plain("", 0));
	assert_false(ks_text_is_plain("6.1\n", 4));
}

static void no_letter_is_cut(void **state)
{
	static const struct {
		const char *text;
		size_t most, cut;
	} all[] = {
		{ "abc", 3, 3 },
		{ "abc", 2, 2 },
		{ "abc", 0, 0 },
		{ "", 0, 0 },
		{ "a\xc3\xa9", 3, 3 },
		{ "a\xc3\xa9", 2, 1 },
		{ "a\xe2\x82\xac", 3, 1 },
		{ "a\xe2\x82\xac", 2, 1 },
		{ "\xf0\x9f\x90\xa7", 3, 0 },
		{ "a\xf0\x9f\x90\xa7z", 4, 1 },
		{ "a\xf0\x9f\x90\xa7z", 5, 5 },
		{ "\x80\x80\x80\x80\x80\x80", 5, 5 }, // none at all
		{ "\x80\x80", 1, 1 },
	};
	(void)state;
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++)
		if (ks_text_cut(all[i].text, strlen(all[i].text), all[i].most) != all[i].cut)
			fail_msg("%zu", i);
}

static void errors_are_one_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < nasty_nr(); i++) {
		_cleanup_buf_ struct ks_buf out = { 0 }, calm = { 0 };
		struct ks_error *err = ks_error_new(KS_ERR_DATA, "%s", nasty(i));
		err = ks_error_at(ks_error_in_file(err, nasty(i)), ".text", 1);
		char *text = ks_error_text(err);
		assert_non_null(text);
		ks_buf_str(&out, text);
		ks_buf_str(&calm, "harmless: .text+0x1: harmless");
		expect_calm(JUDGED_LINES, "an error", nasty(i), &out, &calm);
		free(text);
		ks_error_free(err);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sinks_write_what_they_should),
		cmocka_unit_test(sinks_take_anything),
		cmocka_unit_test(no_letter_is_cut),
		cmocka_unit_test(errors_are_one_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
