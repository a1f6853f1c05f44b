/* SPDX-License-Identifier: BSD-2-Clause */
/* Streams of one block, unpacked by two threads: what liblzma makes of them decides what is right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <lzma.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "source/codec/xz_block.h"

enum { MAX_BYTES = 9 << 17, PACKED_MAX = MAX_BYTES + (1 << 16), SMALL_BYTES = 3000 };

/** Code-like bytes: calls, runs, repeats, and noise. */
static uint8_t *make_plain(size_t len)
{
	uint8_t *plain = malloc(len);
	uint32_t seed = 1;
	assert_non_null(plain);
	for (size_t i = 0; i < len; i++) {
		seed = seed * 1664525 + 1013904223;
		if (i % 97 == 0)
			plain[i] = 0xe8;
		else if (i % 97 < 5)
			plain[i] = i % 97 == 4 ? 0 : (uint8_t)(i >> 9);
		else if (i % 8192 < 3000 && i >= 70000)
			plain[i] = plain[i - 70000];
		else
			plain[i] = i % 5 ? (uint8_t)(i >> 12) : (uint8_t)(seed >> 24);
	}
	return plain;
}

struct packing {
	lzma_vli filter; // in front of LZMA2; LZMA_VLI_UNKNOWN: none
	lzma_check check;
	uint32_t lc, lp, pb, dict;
};

static size_t pack(const uint8_t *plain, size_t len, const struct packing *how, uint8_t *ret)
{
	lzma_options_lzma options;
	assert_false(lzma_lzma_preset(&options, 1));
	options.lc = how->lc;
	options.lp = how->lp;
	options.pb = how->pb;
	options.dict_size = how->dict;
	lzma_filter filters[3] = { { how->filter, NULL },
				   { LZMA_FILTER_LZMA2, &options },
				   { LZMA_VLI_UNKNOWN, NULL } };
	size_t pos = 0;
	assert_int_equal(lzma_stream_buffer_encode(filters + (how->filter == LZMA_VLI_UNKNOWN),
						   how->check, NULL, plain, len, ret, &pos,
						   PACKED_MAX),
			 LZMA_OK);
	return pos;
}

/** Unpack a stream. @return false when it is not taken or damaged */
static bool unpack(const uint8_t *packed, size_t len, struct ks_map *ret)
{
	_cleanup_xz_block_ struct ks_xz_block block;
	if (!ks_xz_block_of(packed, len, &block) || block.len > MAX_BYTES)
		return false;
	_cleanup_error_ struct ks_error *err = ks_xz_block_unpack(&block, NULL, ret);
	return !err;
}

static const struct packing packings[] = {
	{ LZMA_FILTER_X86, LZMA_CHECK_CRC32, 3, 0, 2, 1 << 20 },
	{ LZMA_FILTER_X86, LZMA_CHECK_CRC64, 0, 2, 0, 4096 },
	{ LZMA_FILTER_ARM, LZMA_CHECK_CRC32, 4, 0, 4, 1 << 16 },
	{ LZMA_FILTER_POWERPC, LZMA_CHECK_CRC32, 0, 4, 4, 1 << 16 },
	{ LZMA_VLI_UNKNOWN, LZMA_CHECK_CRC32, 1, 3, 1, 1 << 22 },
	{ LZMA_VLI_UNKNOWN, LZMA_CHECK_CRC64, 3, 1, 3, 1 << 18 },
};
enum { NR_PACKINGS = KS_ARRAY_LEN(packings) };

static void one_block_unpacks_to_what_was_packed(void **state)
{
	(void)state;
	static const size_t sizes[] = { 1, 4, 5, 70, 4096, 65536, 65537, MAX_BYTES };
	uint8_t *plain = make_plain(MAX_BYTES), *packed = malloc(PACKED_MAX);
	for (size_t i = 0; i < NR_PACKINGS; i++)
		for (size_t k = 0; k < KS_ARRAY_LEN(sizes); k++) {
			struct ks_map map = { 0 };
			size_t len = pack(plain, sizes[k], &packings[i], packed);
			assert_true(unpack(packed, len, &map));
			assert_int_equal(map.len, sizes[k]);
			assert_memory_equal(map.at, plain, sizes[k]);
			ks_map_deinit(&map);
			memset(packed + len, 0xaa, 64); // what follows does not matter
			assert_true(unpack(packed, len + 64, &map));
			ks_map_deinit(&map);
		}
	free(packed);
	free(plain);
}

static void other_streams_are_left_to_others(void **state)
{
	(void)state;
	static const struct packing others[] = {
		{ LZMA_FILTER_X86, LZMA_CHECK_NONE, 3, 0, 2, 1 << 16 },
		{ LZMA_FILTER_X86, LZMA_CHECK_SHA256, 3, 0, 2, 1 << 16 },
	};
	uint8_t *plain = make_plain(SMALL_BYTES), packed[2 * SMALL_BYTES];
	struct ks_xz_block block;
	for (size_t i = 0; i < 2; i++)
		assert_false(ks_xz_block_of(packed, pack(plain, SMALL_BYTES, &others[i], packed),
					    &block));
	size_t len = pack(plain, 0, &packings[0], packed); // no block
	assert_false(ks_xz_block_of(packed, len, &block));
	len = pack(plain, SMALL_BYTES, &packings[0], packed);
	for (size_t i = 0; i < len; i++) // cut short
		assert_false(ks_xz_block_of(packed, i, &block));
	free(plain);
}

static void damaged_streams_give_nothing_wrong(void **state)
{
	(void)state;
	uint8_t *plain = make_plain(SMALL_BYTES), packed[2 * SMALL_BYTES];
	for (size_t i = 0; i < NR_PACKINGS; i++) {
		size_t len = pack(plain, SMALL_BYTES, &packings[i], packed);
		for (size_t at = 0; at < len; at++) {
			struct ks_map map = { 0 };
			packed[at] ^= (uint8_t)(1u << at % 8);
			assert_false(unpack(packed, len, &map));
			packed[at] ^= (uint8_t)(1u << at % 8);
		}
	}
	free(plain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_block_unpacks_to_what_was_packed),
		cmocka_unit_test(other_streams_are_left_to_others),
		cmocka_unit_test(damaged_streams_give_nothing_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
