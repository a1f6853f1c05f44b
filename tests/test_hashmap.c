/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hashmap.h"
#include "base/intern.h"
#include "base/numbers.h"

static uint32_t found(const struct ks_hashmap *map, uint64_t hash, uint32_t number)
{
	struct ks_hashmap_walk walk = ks_hashmap_walk(hash);
	uint32_t have;
	while ((have = ks_hashmap_next(map, &walk)) && have != number)
		;
	return have;
}

static void empty_map_has_nothing(void **state)
{
	(void)state;
	struct ks_hashmap map = { 0 };
	assert_int_equal(found(&map, 0, 1), 0);
	ks_hashmap_deinit(&map);
}

static void numbers_of_one_hash_come_in_order(void **state)
{
	(void)state;
	enum { NR = 1000 };
	struct ks_hashmap map = { 0 };
	uint64_t same = 0xffffffff00000000; // folds to the last slot: searches wrap around
	assert_true(ks_hashmap_reserve(&map, NR));
	for (uint32_t i = 1; i <= NR; i++)
		assert_true(ks_hashmap_add(&map, same, i));
	struct ks_hashmap_walk walk = ks_hashmap_walk(same);
	for (uint32_t i = 1; i <= NR; i++)
		assert_int_equal(ks_hashmap_next(&map, &walk), i);
	assert_int_equal(ks_hashmap_next(&map, &walk), 0);
	assert_int_equal(found(&map, same + 1, 1), 0); // a neighbour in the same run
	ks_hashmap_deinit(&map);
}

static void growing_keeps_colliding_numbers(void **state)
{
	(void)state;
	enum { NR = 5000 };
	struct ks_hashmap map = { 0 };
	for (uint32_t i = 1; i <= NR; i++) // 8 hashes that differ above the slots of a small map
		assert_true(ks_hashmap_add(&map, (uint64_t)(i % 8) << 20, i));
	assert_int_equal(map.nr, NR);
	assert_true(map.len >= 2 * map.nr);
	for (uint32_t i = 1; i <= NR; i++)
		assert_int_equal(found(&map, (uint64_t)(i % 8) << 20, i), i);
	ks_hashmap_deinit(&map);
}

static void reset_forgets_and_uses_few_slots(void **state)
{
	(void)state;
	struct ks_hashmap map = { 0 };
	assert_true(ks_hashmap_reset(&map, 1000));
	for (uint32_t i = 1; i <= 1000; i++)
		assert_true(ks_hashmap_add(&map, i, i));
	const struct ks_hashmap_slot *slots = map.slots;
	assert_true(ks_hashmap_reset(&map, 3));
	assert_ptr_equal(map.slots, slots);
	assert_true(map.len < 64);
	for (uint32_t i = 1; i <= 1000; i++)
		assert_int_equal(found(&map, i, i), 0);
	for (uint32_t i = 1; i <= 1000; i++) // and it grows again, over what the first use left
		assert_true(ks_hashmap_add(&map, i, i));
	for (uint32_t i = 1; i <= 1000; i++)
		assert_int_equal(found(&map, i, i), i);
	ks_hashmap_deinit(&map);
}

static void too_many_are_refused_and_nothing_is_lost(void **state)
{
	(void)state;
	struct ks_hashmap map = { 0 };
	assert_true(ks_hashmap_add(&map, 7, 70));
	assert_false(ks_hashmap_reserve(&map, SIZE_MAX));
	assert_false(ks_hashmap_reserve(&map, KS_HASHMAP_MAX));
	assert_false(ks_hashmap_reset(&map, KS_HASHMAP_MAX + 1));
	assert_int_equal(found(&map, 7, 70), 70);
	map.nr = KS_HASHMAP_MAX; // as if it were full
	assert_false(ks_hashmap_add(&map, 8, 80));
	map.nr = 1;
	ks_hashmap_deinit(&map);
}

static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void numbers_agree_with_a_plain_array(void **state)
{
	(void)state;
	enum { KEYS = 1 << 16, STEPS = 400000 };
	uint32_t *plain = calloc(KEYS, sizeof(*plain));
	assert_non_null(plain);
	struct ks_numbers numbers = { 0 };
	uint64_t seed = 88172645463325252u;
	for (uint32_t i = 1; i <= STEPS; i++) {
		uint64_t key = next_random(&seed) % KEYS;
		// both halves of a key count, and ids in a row are keys as well as hashes
		uint64_t spread = key & 1 ? key : key << 40 | (key & 0xff);
		assert_int_equal(ks_numbers_get(&numbers, spread), plain[key]);
		if (next_random(&seed) % 2) {
			plain[key] = i;
			assert_true(ks_numbers_set(&numbers, spread, i));
		}
	}
	for (uint64_t key = 0; key < KEYS; key++)
		assert_int_equal(ks_numbers_get(&numbers, key & 1 ? key : key << 40 | (key & 0xff)),
				 plain[key]);
	ks_numbers_deinit(&numbers);
	free(plain);
}

static void equal_texts_have_one_copy_and_number(void **state)
{
	(void)state;
	enum { NR = 30000 };
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_intern intern = { .arena = &arena };
	char text[32];
	for (uint32_t round = 0; round < 2; round++)
		for (uint32_t i = 0; i < NR; i++) {
			int len = snprintf(text, sizeof(text), "name_%u", i);
			assert_int_equal(ks_intern_find(&intern, text, (size_t)len),
					 round ? i + 1 : 0);
			assert_int_equal(ks_intern_number(&intern, text, (size_t)len), i + 1);
			assert_string_equal(ks_intern_at(&intern, i + 1), text);
			assert_ptr_equal(ks_intern_text(&intern, text, (size_t)len),
					 ks_intern_at(&intern, i + 1));
		}
	assert_int_equal(intern.all.len, NR);
	ks_intern_deinit(&intern);
}

static void interned_bytes_are_told_apart_by_length(void **state)
{
	(void)state;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_intern intern = { .arena = &arena };
	assert_int_equal(ks_intern_number(&intern, "a\0b", 3), 1);
	assert_int_equal(ks_intern_number(&intern, "a", 1), 2);
	assert_int_equal(ks_intern_number(&intern, "", 0), 3);
	assert_int_equal(ks_intern_number(&intern, NULL, 0), 3);
	assert_int_equal(ks_intern_number(&intern, "a\0b", 3), 1);
	assert_string_equal(ks_intern_at(&intern, 2), "a");
	ks_intern_deinit(&intern);
}

static void full_interner_says_so(void **state)
{
	(void)state;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_intern intern = { .arena = &arena };
	const char *copy = ks_intern_text(&intern, "kept", 4);
	assert_non_null(copy);
	size_t used = arena.total_bytes;
	intern.map.nr = KS_HASHMAP_MAX; // as if it held that many
	assert_int_equal(ks_intern_number(&intern, "one more", 8), 0);
	assert_null(ks_intern_text(&intern, "one more", 8));
	assert_int_equal(arena.total_bytes, used);
	assert_ptr_equal(ks_intern_text(&intern, "kept", 4), copy);
	ks_intern_deinit(&intern);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_map_has_nothing),
		cmocka_unit_test(numbers_of_one_hash_come_in_order),
		cmocka_unit_test(growing_keeps_colliding_numbers),
		cmocka_unit_test(reset_forgets_and_uses_few_slots),
		cmocka_unit_test(too_many_are_refused_and_nothing_is_lost),
		cmocka_unit_test(numbers_agree_with_a_plain_array),
		cmocka_unit_test(equal_texts_have_one_copy_and_number),
		cmocka_unit_test(interned_bytes_are_told_apart_by_length),
		cmocka_unit_test(full_interner_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
