/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/json_read.h"

static struct ks_jread reader_of(const char *text)
{
	struct ks_jread r = { 0 };
	ks_jread_begin(&r, text, strlen(text));
	return r;
}

static void kernel_addresses_keep_all_their_bits(void **state)
{
	(void)state;
	struct ks_jread r = reader_of(" [18446744071582106096, 18446744073709551615, 0] ");
	ks_jread_enter(&r, '[');
	assert_true(ks_jread_next(&r));
	assert_true(ks_jread_uint(&r, UINT64_MAX) == 18446744071582106096u);
	assert_true(ks_jread_next(&r));
	assert_true(ks_jread_uint(&r, UINT64_MAX) == UINT64_MAX);
	assert_true(ks_jread_next(&r));
	assert_true(ks_jread_uint(&r, UINT64_MAX) == 0);
	assert_false(ks_jread_next(&r));
	assert_true(ks_jread_end(&r));
}

static void signed_numbers_reach_both_ends(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t value;
		bool good;
	} cases[] = {
		{ "-1", -1, true },
		{ "0", 0, true },
		{ "9223372036854775807", INT64_MAX, true },
		{ "-9223372036854775808", INT64_MIN, true },
		{ "18446744073709551615", -1, true },
		{ "-9223372036854775809", 0, false },
		{ "18446744073709551616", 0, false },
		{ "-", 0, false },
		{ "01", 0, false },
		{ "1.5", 0, false },
		{ "1e3", 0, false },
		{ "", 0, false },
		{ "x", 0, false },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		struct ks_jread r = reader_of(cases[i].text);
		assert_true(ks_jread_int(&r) == cases[i].value);
		assert_int_equal(ks_jread_end(&r), cases[i].good);
	}
}

static void number_above_its_limit_is_refused(void **state)
{
	(void)state;
	struct ks_jread r = reader_of("4294967296");
	assert_int_equal(ks_jread_uint(&r, UINT32_MAX), 0);
	assert_string_equal(r.why, "number is too large");
}

static void strings_are_unescaped(void **state)
{
	(void)state;
	static const struct {
		const char *text, *value; // value NULL: refused
	} cases[] = {
		{ "\"plain\"", "plain" },
		{ "\"\"", "" },
		{ "\"a\\\"b\\\\c\\/\\b\\f\\n\\r\\t\"", "a\"b\\c/\b\f\n\r\t" },
		{ "\"\\u0041\\u00e9\\u20ac\"", "A\xc3\xa9\xe2\x82\xac" },
		{ "\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80" },
		{ "\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"",
		  "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80" },
		{ "\"\\udcff\"", "\xff" }, // Python's way to keep a byte that is no UTF-8
		{ "\"\\ud83d\"", NULL },
		{ "\"\\ud83dx\"", NULL },
		{ "\"\\ude00\"", NULL },
		{ "\"\\u0000\"", NULL },
		{ "\"\\u12\"", NULL },
		{ "\"\\u00@@\"", NULL },
		{ "\"\\q\"", NULL },
		{ "\"\x01\"", NULL },
		{ "\"\xc3\"", NULL },
		{ "\"\xc0\x80\"", NULL },
		{ "\"\xed\xa0\x80\"", NULL },
		{ "\"\xe0\x80\x80\"", NULL },
		{ "\"\xf4\x90\x80\x80\"", NULL },
		{ "\"\xff\"", NULL },
		{ "\"open", NULL },
		{ "bare", NULL },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		struct ks_jread r = reader_of(cases[i].text);
		struct ks_jread_text text = ks_jread_string(&r);
		const char *value = cases[i].value;
		assert_int_equal(ks_jread_end(&r), value != NULL);
		assert_int_equal(text.len, value ? strlen(value) : 0);
		if (value)
			assert_memory_equal(text.at, value, text.len);
		ks_jread_deinit(&r);
	}
}

static const struct ks_jread_keys keys = { 2, 0x3, { "a", "b" } };

/** Sum up an object of keys, adding ten times "b". */
static uint64_t read_object(struct ks_jread *r)
{
	uint64_t sum = 0;
	uint32_t seen = 0;
	ks_jread_enter(r, '{');
	for (int k; (k = ks_jread_key(r, &keys, &seen)) >= 0;)
		sum += ks_jread_uint(r, 1000) * (k ? 10 : 1);
	return ks_jread_end(r) ? sum : 0;
}

static void keys_are_found_in_any_order(void **state)
{
	(void)state;
	struct ks_jread r = reader_of("{\"a\": 1, \"b\": 2}");
	assert_int_equal(read_object(&r), 21);
	r = reader_of("{\"b\":2,\"new\":[{\"x\":[null,true,-1.5e3]},\"\"],\"a\":1}");
	assert_int_equal(read_object(&r), 21);
}

static void wrong_objects_are_refused_by_name(void **state)
{
	(void)state;
	static const struct {
		const char *text, *error;
	} cases[] = {
		{ "{\"a\": 1}", "byte 8: \"b\": key is missing" },
		{ "{\"a\": 1, \"a\": 1, \"b\": 1}", "byte 13: \"a\": key is given twice" },
		{ "{\"a\": 1 \"b\": 1}",
		  "byte 8: expected a comma or the end of the object or array" },
		{ "{\"a\" 1}", "byte 5: expected a colon" },
		{ "{\"a\": 1, }", "byte 9: expected a string" },
		{ "{\"a\": 1, \"b\": 2} x", "byte 17: text behind the end of the value" },
		{ "[]", "byte 0: expected an object" },
		{ "", "byte 0: expected an object" },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		struct ks_jread r = reader_of(cases[i].text);
		assert_int_equal(read_object(&r), 0);
		_cleanup_error_ struct ks_error *err = ks_jread_error(&r);
		assert_non_null(err);
		assert_string_equal(err->msg, cases[i].error);
	}
}

static void truncated_document_fails_and_stays_failed(void **state)
{
	(void)state;
	static const char text[] = "{\"a\": 1, \"x\": [\"\\u00e9\", {}], \"b\": 2}";
	for (size_t len = 0; len < sizeof(text) - 1; len++) {
		char *copy = malloc(len + 1); // so that a read behind the end shows
		memcpy(copy, text, len);
		struct ks_jread r = { 0 };
		ks_jread_begin(&r, copy, len);
		assert_int_equal(read_object(&r), 0);
		const char *why = r.why;
		assert_non_null(why);
		assert_false(ks_jread_next(&r));
		assert_int_equal(ks_jread_uint(&r, 9), 0);
		ks_jread_skip(&r);
		assert_ptr_equal(r.why, why);
		ks_jread_deinit(&r);
		free(copy);
	}
}

static void depth_has_a_limit(void **state)
{
	(void)state;
	enum { DEEP = 100000 };
	char *text = malloc(DEEP + 1);
	memset(text, '[', DEEP);
	text[DEEP] = '\0';
	struct ks_jread r = reader_of(text);
	ks_jread_skip(&r);
	assert_string_equal(r.why, "nested too deep");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kernel_addresses_keep_all_their_bits),
		cmocka_unit_test(signed_numbers_reach_both_ends),
		cmocka_unit_test(number_above_its_limit_is_refused),
		cmocka_unit_test(strings_are_unescaped),
		cmocka_unit_test(keys_are_found_in_any_order),
		cmocka_unit_test(wrong_objects_are_refused_by_name),
		cmocka_unit_test(truncated_document_fails_and_stays_failed),
		cmocka_unit_test(depth_has_a_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
