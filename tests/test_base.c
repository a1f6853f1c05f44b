/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/array.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "base/edit_distance.h"
#include "base/error.h"
#include "base/json.h"
#include "base/radix.h"
#include "base/vector.h"

static void truncated_u32_fails_and_stays_failed(void **state)
{
	(void)state;
	static const uint8_t bytes[8] = { 0x9f, 0xeb, 1 };
	for (size_t len = 0; len < sizeof(uint32_t); len++) {
		struct ks_cursor c = ks_cursor_over(bytes, len, false);
		assert_int_equal(ks_cursor_u32(&c), 0);
		assert_non_null(c.why);
		assert_ptr_equal(c.pos, bytes); // the offset to report
		assert_int_equal(ks_cursor_u8(&c), 0);
		assert_false(ks_cursor_more(&c));
	}
}

static void leb_numbers_come_back_from_a_buffer(void **state)
{
	(void)state;
	static const uint64_t numbers[] = { 0, 1, 127, 128, 16383, 16384, UINT32_MAX, UINT64_MAX };
	_cleanup_buf_ struct ks_buf buf = { 0 };
	for (size_t i = 0; i < KS_ARRAY_LEN(numbers); i++) {
		ks_buf_uleb(&buf, numbers[i]);
		ks_buf_zigzag(&buf, (int64_t)numbers[i]);
	}
	struct ks_cursor c = ks_cursor_over(buf.at, buf.len, false);
	for (size_t i = 0; i < KS_ARRAY_LEN(numbers); i++) {
		assert_int_equal(ks_cursor_uleb(&c), numbers[i]);
		assert_int_equal(ks_cursor_zigzag(&c), (int64_t)numbers[i]);
	}
	assert_null(c.why);
	assert_false(ks_cursor_more(&c));
}

static void overlong_leb_is_refused(void **state)
{
	(void)state;
	uint8_t bytes[32];
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = 0x80;
	struct ks_cursor c = ks_cursor_over(bytes, sizeof(bytes), false);
	ks_cursor_uleb(&c);
	assert_non_null(c.why);
}

static void swapped_cursor_reads_the_other_byte_order(void **state)
{
	(void)state;
	static const uint8_t bytes[] = { 1, 2, 1, 2, 3, 4 };
	struct ks_cursor same = ks_cursor_over(bytes, sizeof(bytes), false);
	struct ks_cursor other = ks_cursor_over(bytes, sizeof(bytes), true);
	assert_int_equal(ks_cursor_u16(&same), __builtin_bswap16(ks_cursor_u16(&other)));
	assert_int_equal(ks_cursor_u32(&same), __builtin_bswap32(ks_cursor_u32(&other)));
}

static void string_without_end_is_refused(void **state)
{
	(void)state;
	struct ks_cursor c = ks_cursor_over("abc", 3, false);
	assert_string_equal(ks_cursor_str(&c), "");
	assert_non_null(c.why);
}

static void error_text_names_place_and_cause(void **state)
{
	(void)state;
	struct ks_error *err = ks_error_new(KS_ERR_DATA, "bad form 0x%x", 0x99);
	err = ks_error_at(err, ".debug_info", 0x10);
	err = ks_error_at(err, ".text", 0x20); // the inner place stays
	err = ks_error_in_file(err, "vmlinux");
	char *text = ks_error_text(err);
	assert_string_equal(text, "vmlinux: .debug_info+0x10: bad form 0x99");
	free(text);
	ks_error_free(err);
}

static void arena_blocks_are_aligned_and_apart(void **state)
{
	(void)state;
	struct ks_arena arena = { 0 };
	assert_non_null(ks_arena_alloc(&arena, 0)); // NULL would mean that memory ran out
	char *last = NULL;
	for (size_t size = 1; size < 100000; size = size * 3 + 1) {
		char *block = ks_arena_alloc(&arena, size);
		assert_non_null(block);
		assert_int_equal((uintptr_t)block % 8, 0);
		memset(block, 0xaa, size);
		assert_ptr_not_equal(block, last);
		last = block;
	}
	assert_null(ks_arena_array(&arena, SIZE_MAX / 2, 4));
	static const uint16_t numbers[] = { 1, 2, 3 };
	const uint16_t *copy =
		ks_arena_copy(&arena, numbers, KS_ARRAY_LEN(numbers), sizeof(*numbers));
	assert_memory_equal(copy, numbers, sizeof(numbers));
	assert_ptr_not_equal(copy, numbers);
	assert_non_null(ks_arena_copy(&arena, NULL, 0, sizeof(*numbers)));
	assert_null(ks_arena_copy(&arena, numbers, SIZE_MAX / 2, 4));
	ks_arena_deinit(&arena);
}

static void vector_keeps_its_elements_while_growing(void **state)
{
	(void)state;
	KS_VECTOR(uint32_t) v = { 0 };
	for (uint32_t i = 0; i < 1000; i++)
		assert_true(ks_vector_add(&v, i));
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(v.at[i], i);
	ks_vector_deinit(&v);
}

static void numbers_are_sorted_and_equal_ones_stay_in_order(void **state)
{
	(void)state;
	enum { NR = 1000 };
	static struct ks_radix at[NR], spare[NR];
	for (size_t nr = 0; nr <= NR; nr = nr * 3 + 1) {
		uint64_t seed = nr;
		for (size_t i = 0; i < nr; i++) {
			seed = seed * 6364136223846793005 + 1442695040888963407;
			at[i] = (struct ks_radix){ .key = i % 3 ? seed : seed >> 58, .value = i };
		}
		ks_radix_sort(at, spare, nr);
		for (size_t i = 1; i < nr; i++) {
			assert_true(at[i - 1].key <= at[i].key);
			if (at[i - 1].key == at[i].key)
				assert_true(at[i - 1].value < at[i].value);
		}
	}
}

static void numbers_are_written_to_their_ends(void **state)
{
	(void)state;
	_cleanup_buf_ struct ks_buf buf = { 0 };
	ks_buf_dec(&buf, UINT64_MAX);
	ks_buf_char(&buf, ' ');
	ks_buf_sdec(&buf, INT64_MIN);
	ks_buf_char(&buf, ' ');
	ks_buf_hex(&buf, UINT64_MAX);
	ks_buf_char(&buf, ' ');
	ks_buf_hex(&buf, 0);
	assert_string_equal(ks_buf_text(&buf),
			    "18446744073709551615 -9223372036854775808 ffffffffffffffff 0");
}

static void json_sample(struct ks_buf *out, unsigned int indent)
{
	struct ks_json json = ks_json_to(out, indent);
	ks_json_open(&json, '{');
	ks_json_key_open(&json, "a", '[');
	ks_json_u64(&json, 1);
	ks_json_i64(&json, -2);
	ks_json_open(&json, '{');
	ks_json_close(&json, '}');
	ks_json_close(&json, ']');
	ks_json_key_open(&json, "b", '[');
	ks_json_close(&json, ']');
	ks_json_key_bool(&json, "c", true);
	ks_json_key_str(&json, "d", NULL);
	ks_json_close(&json, '}');
}

static void json_is_laid_out_as_python_does(void **state)
{
	(void)state;
	_cleanup_buf_ struct ks_buf compact = { 0 }, wide = { 0 };
	json_sample(&compact, 0);
	assert_string_equal(ks_buf_text(&compact),
			    "{\"a\": [1, -2, {}], \"b\": [], \"c\": true, \"d\": null}");
	json_sample(&wide, 2);
	assert_string_equal(ks_buf_text(&wide), "{\n"
						"  \"a\": [\n"
						"    1,\n"
						"    -2,\n"
						"    {}\n"
						"  ],\n"
						"  \"b\": [],\n"
						"  \"c\": true,\n"
						"  \"d\": null\n"
						"}");
}

static void json_text_is_escaped_to_ascii(void **state)
{
	(void)state;
	static const struct {
		const char *text, *json;
	} cases[] = {
		{ "", "\"\"" },
		{ "a\"b\\c/", "\"a\\\"b\\\\c/\"" },
		{ "\b\f\n\r\t\x01\x1f\x7f", "\"\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f\"" },
		{ "\u00e4\u20ac", "\"\\u00e4\\u20ac\"" },
		{ "\U0001f600", "\"\\ud83d\\ude00\"" },
		{ "x\xff\xc0\x80", "\"x\\udcff\\udcc0\\udc80\"" }, // no UTF-8
		{ "\xe2\x82", "\"\\udce2\\udc82\"" },		   // cut off
		{ "\xed\xa0\x80", "\"\\udced\\udca0\\udc80\"" },   // a surrogate
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct ks_buf buf = { 0 };
		struct ks_json json = ks_json_to(&buf, 0);
		ks_json_str(&json, cases[i].text);
		assert_string_equal(ks_buf_text(&buf), cases[i].json);
	}
}

static void first_of_which_something_does_not_hold(void **state)
{
	static const int sorted[] = { 1, 3, 3, 5 };
	static const size_t first_from[] = { 0, 0, 1, 1, 3, 3, 4 }; // of 0, 1, 2, ...
	(void)state;
	for (int low = 0; low < (int)KS_ARRAY_LEN(first_from); low++)
		assert_int_equal(KS_FIRST_NOT(0, KS_ARRAY_LEN(sorted), i, sorted[i] < low),
				 first_from[low]);
	assert_int_equal(KS_FIRST_NOT(1, 3, i, sorted[i] < 9), 3); // not of those outside
	assert_int_equal(KS_FIRST_NOT(2, 2, i, sorted[i] < 0), 2);
}

static void a_slip_is_near(void **state)
{
	(void)state;
	static const char *const known[] = { "on", "base", "fail-on", "modules" };
	static const struct {
		const char *word, *hint;
	} cases[] = {
		{ "bsae", "; did you mean base?" }, // two letters swapped
		{ "fial-on", "; did you mean fail-on?" },
		{ "om", "; did you mean on?" },
		{ "bass-drum", "" },
		{ "b", "" },
		{ "", "" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ks_near_word near = ks_near_word_of(cases[i].word);
		for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
			ks_near_word_see(&near, known[k]);
		assert_string_equal(ks_near_word_hint(&near), cases[i].hint);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(truncated_u32_fails_and_stays_failed),
		cmocka_unit_test(leb_numbers_come_back_from_a_buffer),
		cmocka_unit_test(overlong_leb_is_refused),
		cmocka_unit_test(swapped_cursor_reads_the_other_byte_order),
		cmocka_unit_test(string_without_end_is_refused),
		cmocka_unit_test(a_slip_is_near),
		cmocka_unit_test(error_text_names_place_and_cause),
		cmocka_unit_test(arena_blocks_are_aligned_and_apart),
		cmocka_unit_test(vector_keeps_its_elements_while_growing),
		cmocka_unit_test(numbers_are_sorted_and_equal_ones_stay_in_order),
		cmocka_unit_test(numbers_are_written_to_their_ends),
		cmocka_unit_test(json_is_laid_out_as_python_does),
		cmocka_unit_test(json_text_is_escaped_to_ascii),
		cmocka_unit_test(first_of_which_something_does_not_hold),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
