/* SPDX-License-Identifier: BSD-2-Clause */
/* What questions say of the trigrams of the names that they mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/edit_distance.h"
#include "store/trigrams.h"

static void check_trigrams(const struct ks_trigrams *trigrams, size_t least,
			   const char *const *texts)
{
	assert_int_equal(trigrams->least, least);
	for (size_t i = 0; i < trigrams->nr; i++) {
		assert_non_null(texts[i]);
		assert_int_equal(trigrams->at[i], ks_trigram_at(texts[i]));
	}
	assert_null(texts[trigrams->nr]);
}

static void patterns_have_trigrams(void **state)
{
	static const struct {
		const char *glob;
		const char *texts[6];
	} cases[] = {
		{ "*_readv*", { "_re", "adv" } },
		{ "vfs_read", { "vfs", "_re", "ead" } },
		{ "a?bcd*ef*ghij", { "bcd", "ghi", "hij" } },
		{ "*ab*", { NULL } },
		{ "x[abcdef]*ghi", { NULL } },
		{ "xyz\\*abc", { "xyz", "abc" } },
		{ "*abc\\", { "abc" } },
		{ "", { NULL } },
	};
	(void)state;
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		struct ks_trigrams trigrams;
		ks_trigrams_of_glob(cases[i].glob, &trigrams);
		for (size_t k = 0; cases[i].texts[k]; k++)
			assert_true(k < trigrams.nr);
		check_trigrams(&trigrams, trigrams.nr, cases[i].texts);
	}
}

/** Two bytes of a name change places, one goes, one comes, one is another: what is near has as many trigrams as is said. */
static void near_names_have_trigrams(void **state)
{
	static const char name[] = "blk_mq_start_stopped_hw_queues";
	enum { EDITS = 3 };
	struct ks_trigrams trigrams;
	uint64_t seed = 1;
	(void)state;
	ks_trigrams_of_near(name, EDITS, &trigrams);
	assert_true(trigrams.least >= 2);
	for (int turn = 0; turn < 20000; turn++) {
		char text[64];
		strcpy(text, name);
		for (int edit = 0; edit < EDITS; edit++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			size_t len = strlen(text), at = (size_t)(seed >> 33) % (len - 1);
			switch (seed >> 60 & 3) {
			case 0:
				text[at] ^= 1;
				break;
			case 1:
				memmove(text + at, text + at + 1, len - at);
				break;
			case 2:
				memmove(text + at + 1, text + at, len - at + 1);
				break;
			default:
				text[at] ^= text[at + 1];
				text[at + 1] ^= text[at];
				text[at] ^= text[at + 1];
			}
		}
		size_t has = 0;
		for (size_t i = 0; i < trigrams.nr; i++)
			for (const char *p = text; strlen(p) >= 3; p++)
				if (ks_trigram_at(p) == trigrams.at[i]) {
					has++;
					break;
				}
		assert_true(ks_edit_distance(name, text, EDITS) > EDITS || has >= trigrams.least);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_have_trigrams),
		cmocka_unit_test(near_names_have_trigrams),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
