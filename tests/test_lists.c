/* SPDX-License-Identifier: BSD-2-Clause */
/* Range and location lists that are given by their number (DWARF 5, sections 7.28 and 7.29). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/buf.h"
#include "dwarf/constants.h"
#include "dwarf/location.h"
#include "elf/image.h"

enum {
	FIRST_ADDRESS = 0x1000,
	SECOND_ADDRESS = 0x2000,
	DW_OP_lit0 = 0x30,
	DW_OP_stack_value = 0x9f
};

/** A unit with two addresses and one section of lists. */
struct world {
	struct ks_elf elf;
	struct ks_dwarf dwarf;
	struct ks_unit unit;
	struct ks_section lists, addr;
	struct ks_buf bytes, addresses;
	size_t base, nr; // where the table of offsets begins, and how many it has by now
};

static void put(struct ks_buf *to, uint64_t number, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++)
		ks_buf_char(to, (char)(number >> 8 * i));
}

/** The contribution's header, with room for nr offsets. */
static void world_start(struct world *w, unsigned int offset_size, uint32_t nr)
{
	*w = (struct world){
		.unit = { .version = 5, .address_size = 8, .offset_size = (uint8_t)offset_size }
	};
	if (offset_size == 8)
		put(&w->bytes, UINT32_MAX, 4);
	put(&w->bytes, 0x100, offset_size); // its length, which nobody needs
	put(&w->bytes, 5, 2);
	put(&w->bytes, 8, 1);
	put(&w->bytes, 0, 1);
	put(&w->bytes, nr, 4);
	w->base = w->bytes.len;
	while (w->bytes.len < w->base + (size_t)nr * offset_size)
		put(&w->bytes, 0, 1);
	put(&w->addresses, 0, 8); // the header
	put(&w->addresses, FIRST_ADDRESS, 8);
	put(&w->addresses, SECOND_ADDRESS, 8);
}

/** The next list starts here. */
static void list(struct world *w)
{
	uint64_t offset = w->bytes.len - w->base;
	for (unsigned int i = 0; i < w->unit.offset_size; i++)
		w->bytes.at[w->base + w->nr * w->unit.offset_size + i] = (char)(offset >> 8 * i);
	w->nr++;
}

static void world_finish(struct world *w)
{
	w->lists =
		(struct ks_section){ .data = (const uint8_t *)w->bytes.at, .size = w->bytes.len };
	w->addr = (struct ks_section){ .data = (const uint8_t *)w->addresses.at,
				       .size = w->addresses.len };
	w->dwarf = (struct ks_dwarf){
		.elf = &w->elf, .addr = &w->addr, .rnglists = &w->lists, .loclists = &w->lists
	};
	w->unit.dwarf = &w->dwarf;
	w->unit.addr_base = 8;
	w->unit.rnglists_base = w->unit.loclists_base = w->base;
}

static void world_free(struct world *w)
{
	ks_buf_deinit(&w->bytes);
	ks_buf_deinit(&w->addresses);
}

/** 0: a base and a pair of offsets; 1: an empty entry first; 2: nothing. */
static void ranges_start(struct world *w, unsigned int offset_size)
{
	world_start(w, offset_size, 3);
	list(w);
	put(&w->bytes, DW_RLE_base_addressx, 1);
	put(&w->bytes, 1, 1);
	put(&w->bytes, DW_RLE_offset_pair, 1);
	put(&w->bytes, 0x10, 1);
	put(&w->bytes, 0x20, 1);
	put(&w->bytes, DW_RLE_end_of_list, 1);
	list(w);
	put(&w->bytes, DW_RLE_startx_length, 1);
	put(&w->bytes, 1, 1);
	put(&w->bytes, 0, 1);
	put(&w->bytes, DW_RLE_startx_length, 1);
	put(&w->bytes, 0, 1);
	put(&w->bytes, 5, 1);
	put(&w->bytes, DW_RLE_end_of_list, 1);
	list(w);
	put(&w->bytes, DW_RLE_end_of_list, 1);
	world_finish(w);
}

static void ranges_are_found_by_number(void **state)
{
	(void)state;
	for (unsigned int offset_size = 4; offset_size <= 8; offset_size += 4) {
		struct world w;
		uint64_t addr = 0;
		ranges_start(&w, offset_size);
		assert_true(ks_unit_first_range(&w.unit, KS_LOCATION_INDEX | 0, &addr));
		assert_int_equal(addr, SECOND_ADDRESS + 0x10);
		assert_true(ks_unit_first_range(&w.unit, KS_LOCATION_INDEX | 1, &addr));
		assert_int_equal(addr, FIRST_ADDRESS);
		assert_false(ks_unit_first_range(&w.unit, KS_LOCATION_INDEX | 2, &addr));
		world_free(&w);
	}
}

static void numbers_without_a_list_lead_nowhere(void **state)
{
	(void)state;
	static const uint64_t bases[] = { 0, 1, 3, 4, 1 << 20, UINT64_MAX };
	for (unsigned int offset_size = 4; offset_size <= 8; offset_size += 4) {
		struct world w;
		uint64_t addr = 0;
		ranges_start(&w, offset_size);
		assert_false(ks_unit_first_range(&w.unit, KS_LOCATION_INDEX | 3, &addr));
		assert_false(ks_unit_first_range(&w.unit, KS_LOCATION_INDEX | UINT32_MAX, &addr));
		assert_false(ks_unit_first_range(
			&w.unit, KS_LOCATION_INDEX | (KS_LOCATION_INDEX - 1), &addr));
		assert_true(ks_unit_has_location(&w.unit, KS_LOCATION_INDEX | 3, FIRST_ADDRESS));
		for (size_t i = 0; i < KS_ARRAY_LEN(bases); i++) {
			w.unit.rnglists_base = w.unit.loclists_base = bases[i];
			ks_unit_first_range(&w.unit, KS_LOCATION_INDEX | 0, &addr);
			ks_unit_has_location(&w.unit, KS_LOCATION_INDEX | 0, FIRST_ADDRESS);
		}
		w.unit.rnglists_base = 0; // a unit that says of no table
		assert_false(ks_unit_first_range(&w.unit, KS_LOCATION_INDEX | 0, &addr));
		w.dwarf.rnglists = NULL;
		w.unit.rnglists_base = w.base;
		assert_false(ks_unit_first_range(&w.unit, KS_LOCATION_INDEX | 0, &addr));
		world_free(&w);
	}
}

/** The table and the lists end at any byte, and offsets lead anywhere. */
static void cut_lists_are_harmless(void **state)
{
	(void)state;
	for (size_t cut = 0; cut < 60; cut++) {
		struct world w;
		uint64_t addr = 0;
		ranges_start(&w, 4);
		w.lists.size = cut < w.bytes.len ? cut : w.bytes.len;
		for (uint64_t i = 0; i < 4; i++)
			ks_unit_first_range(&w.unit, KS_LOCATION_INDEX | i, &addr);
		w.lists.size = w.bytes.len;
		w.bytes.at[w.base + cut % 12] = (char)0xff;
		for (uint64_t i = 0; i < 4; i++)
			ks_unit_has_location(&w.unit, KS_LOCATION_INDEX | i, FIRST_ADDRESS);
		world_free(&w);
	}
}

/** 0: in a register, later only known; 1: a constant from the start. */
static void locations_are_found_by_number(void **state)
{
	(void)state;
	struct world w;
	world_start(&w, 4, 2);
	list(&w);
	put(&w.bytes, DW_LLE_startx_length, 1);
	put(&w.bytes, 0, 1);
	put(&w.bytes, 0x10, 1);
	put(&w.bytes, 1, 1);
	put(&w.bytes, DW_OP_reg0 + 5, 1);
	put(&w.bytes, DW_LLE_end_of_list, 1);
	list(&w);
	put(&w.bytes, DW_LLE_startx_length, 1);
	put(&w.bytes, 0, 1);
	put(&w.bytes, 0x10, 1);
	put(&w.bytes, 2, 1);
	put(&w.bytes, DW_OP_lit0, 1);
	put(&w.bytes, DW_OP_stack_value, 1);
	put(&w.bytes, DW_LLE_end_of_list, 1);
	world_finish(&w);
	assert_true(ks_unit_has_location(&w.unit, KS_LOCATION_INDEX | 0, FIRST_ADDRESS));
	assert_false(ks_unit_has_location(&w.unit, KS_LOCATION_INDEX | 0, SECOND_ADDRESS));
	assert_false(ks_unit_has_location(&w.unit, KS_LOCATION_INDEX | 1, FIRST_ADDRESS));
	w.unit.loclists_base = 0; // what cannot be followed counts as being there
	assert_true(ks_unit_has_location(&w.unit, KS_LOCATION_INDEX | 1, FIRST_ADDRESS));
	world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_are_found_by_number),
		cmocka_unit_test(numbers_without_a_list_lead_nowhere),
		cmocka_unit_test(cut_lists_are_harmless),
		cmocka_unit_test(locations_are_found_by_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
