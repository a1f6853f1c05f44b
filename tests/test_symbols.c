/* SPDX-License-Identifier: BSD-2-Clause */
/* What a handle keeps: names of symbol tables as what differs, against the names themselves; parts that others are differences to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "store/part_bases.h"
#include "store/symbols.h"

enum { NAMES = 400, MOST = 2000 };

/** A symbol table: numbers that stand for names, any of them more than once. */
struct table {
	unsigned int at[MOST];
	size_t nr;
};

static const char *name_of(unsigned int number)
{
	static char name[32];
	snprintf(name, sizeof(name), "sym%u", number);
	return name;
}

static bool has(const struct table *table, unsigned int number)
{
	for (size_t i = 0; i < table->nr; i++)
		if (table->at[i] == number)
			return true;
	return false;
}

static struct ks_buf raw_of(const struct table *table)
{
	struct ks_buf raw = { 0 };
	for (size_t i = 0; i < table->nr; i++)
		ks_buf_bytes(&raw, name_of(table->at[i]), strlen(name_of(table->at[i])) + 1);
	assert_null(ks_buf_error(&raw));
	return raw;
}

static void add(struct ks_symbols *symbols, int64_t image, const struct table *table)
{
	bool found;
	struct ks_buf raw = raw_of(table);
	struct ks_error *err = ks_symbols_add(symbols, image, &raw, table->nr, name_of(7), &found);
	assert_null(err);
	assert_int_equal(found, has(table, 7));
	ks_buf_deinit(&raw);
}

static void assert_same(const struct ks_symbols *symbols, int64_t image, const struct table *table)
{
	for (unsigned int i = 0; i < NAMES; i++) {
		bool found;
		assert_true(ks_symbols_find(symbols, image, name_of(i), &found));
		if (found != has(table, i))
			fail_msg("image %d, %s: %d", (int)image, name_of(i), found);
	}
}

static unsigned int next_random(uint64_t *state, unsigned int below)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned int)(*state >> 33) % below;
}

/** Another release: names go, come, are named twice, a run of them moves to the end. */
static void change(struct table *table, uint64_t *seed)
{
	for (unsigned int i = next_random(seed, 12); i && table->nr > 100; i--) {
		size_t at = next_random(seed, (unsigned int)table->nr);
		unsigned int how = next_random(seed, 4), number = next_random(seed, NAMES);
		size_t run = next_random(seed, 60), behind = table->nr - at;
		if (how == 0)
			table->at[at] = number;
		if (how == 1)
			memmove(&table->at[at], &table->at[at + 1],
				(--table->nr - at) * sizeof(table->at[0]));
		if (how == 2 && table->nr < MOST)
			table->at[table->nr++] = number;
		if (how == 3 && run < behind) {
			unsigned int moved[60];
			memcpy(moved, &table->at[at], run * sizeof(moved[0]));
			memmove(&table->at[at], &table->at[at + run],
				(behind - run) * sizeof(moved[0]));
			memcpy(&table->at[table->nr - run], moved, run * sizeof(moved[0]));
		}
	}
}

static void releases_have_the_names_they_have(void **state)
{
	(void)state;
	enum { FLAVORS = 8, RELEASES = 30 }; // more than tables are kept
	static struct table tables[FLAVORS][RELEASES];
	struct ks_symbols symbols = { 0 };
	uint64_t seed = 1;
	for (size_t flavor = 0; flavor < FLAVORS; flavor++) {
		struct table *first = &tables[flavor][0];
		first->nr = 300 + 150 * flavor;
		for (size_t i = 0; i < first->nr; i++)
			first->at[i] = next_random(&seed, NAMES);
	}
	for (size_t i = 0; i < RELEASES; i++)
		for (size_t flavor = 0; flavor < FLAVORS; flavor++) {
			struct table *own = &tables[flavor][i];
			if (i) {
				*own = own[-1];
				change(own, &seed);
			}
			add(&symbols, (int64_t)(i * FLAVORS + flavor), own);
		}
	for (size_t i = 0; i < RELEASES; i++)
		for (size_t flavor = 0; flavor < FLAVORS; flavor++)
			assert_same(&symbols, (int64_t)(i * FLAVORS + flavor), &tables[flavor][i]);
	ks_symbols_clear(&symbols);
}

static void no_names_and_damaged_ones(void **state)
{
	(void)state;
	static const struct table none = { .nr = 0 }, some = { { 7, 8, 7 }, 3 };
	struct ks_symbols symbols = { 0 };
	bool found;
	add(&symbols, 1, &none);
	add(&symbols, 2, &some);
	for (uint64_t nr = 2; nr <= 4; nr += 2) { // fewer and more than are told
		struct ks_buf raw = raw_of(&some);
		struct ks_error *err = ks_symbols_add(&symbols, 3, &raw, nr, "sym7", &found);
		assert_non_null(err);
		ks_error_free(err);
		ks_buf_deinit(&raw);
		assert_false(ks_symbols_find(&symbols, 3, "sym7", &found));
	}
	struct ks_buf raw = raw_of(&some);
	raw.len--; // the last does not end
	struct ks_error *err = ks_symbols_add(&symbols, 3, &raw, 3, "sym7", &found);
	assert_non_null(err);
	ks_error_free(err);
	ks_buf_deinit(&raw);
	add(&symbols, 3, &some); // what failed left nothing behind
	assert_same(&symbols, 1, &none);
	assert_same(&symbols, 2, &some);
	assert_same(&symbols, 3, &some);
	ks_symbols_clear(&symbols);
}

static struct ks_buf bytes_of(size_t len)
{
	struct ks_buf raw = { 0 };
	assert_true(ks_buf_reserve(&raw, len));
	raw.len = len;
	return raw;
}

static void what_was_used_last_is_kept(void **state)
{
	(void)state;
	struct ks_part_bases bases = { 0 };
	const struct ks_part_row row = { .nr = 1 };
	for (int64_t image = 1; image <= 2 * KS_PART_BASES; image++) {
		struct ks_buf raw = bytes_of(100);
		assert_true(ks_part_bases_put(&bases, image, "config", &row, &raw));
		assert_non_null(ks_part_bases_get(&bases, 1, "config")); // so it stays
		assert_null(ks_part_bases_get(&bases, 1, "symbol.names"));
	}
	assert_null(ks_part_bases_get(&bases, 2, "config"));
	assert_non_null(ks_part_bases_get(&bases, 2 * KS_PART_BASES, "config"));
	struct ks_buf large = bytes_of(KS_PART_BASES_LIMIT),
		      larger = bytes_of(KS_PART_BASES_LIMIT + 1);
	assert_true(ks_part_bases_put(&bases, 99, "config", &row, &large));
	assert_int_equal(bases.bytes, KS_PART_BASES_LIMIT);
	assert_null(ks_part_bases_get(&bases, 1, "config"));
	assert_false(ks_part_bases_put(&bases, 100, "config", &row, &larger));
	assert_non_null(ks_part_bases_get(&bases, 99, "config"));
	ks_buf_deinit(&larger);
	ks_part_bases_clear(&bases);
	assert_int_equal(bases.bytes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(releases_have_the_names_they_have),
		cmocka_unit_test(no_names_and_damaged_ones),
		cmocka_unit_test(what_was_used_last_is_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
