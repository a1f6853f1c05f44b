/* SPDX-License-Identifier: BSD-2-Clause */
/* Compiled abbreviations read what their declarations say: random ones against a slow reader. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "check.h"
#include "dwarf/die.h"
#include "slow_die.h"

enum { NR_ROUNDS = 4000, NR_ABBREVS = 6, MAX_ATTRS = 12, NR_DIES = 40 };

/** The same sequence on every machine. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t x = *state += 0x9e3779b97f4a7c15;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

static const uint16_t tags[] = { DW_TAG_subprogram,
				 DW_TAG_formal_parameter,
				 DW_TAG_member,
				 DW_TAG_call_site,
				 DW_TAG_GNU_call_site,
				 DW_TAG_enumerator,
				 DW_TAG_typedef,
				 DW_TAG_subrange_type,
				 DW_TAG_structure_type,
				 DW_TAG_inlined_subroutine,
				 0x34 /* variable */ };
static const uint16_t attrs[] = {
	DW_AT_sibling,
	DW_AT_name,
	DW_AT_type,
	DW_AT_byte_size,
	DW_AT_bit_size,
	DW_AT_data_bit_offset,
	DW_AT_const_value,
	DW_AT_upper_bound,
	DW_AT_data_member_location,
	DW_AT_declaration,
	DW_AT_decl_file,
	DW_AT_decl_line,
	DW_AT_external,
	DW_AT_low_pc,
	DW_AT_abstract_origin,
	DW_AT_high_pc,
	DW_AT_ranges,
	DW_AT_location,
	DW_AT_call_origin,
	DW_AT_call_tail_call,
	0x39 /* decl_column */,
	0x27 /* prototyped */,
	0x2137 /* GNU_locviews */,
	0x3fe0 /* of some vendor */,
};
static const uint16_t forms[] = {
	DW_FORM_addr,	    DW_FORM_block2,   DW_FORM_block4,	      DW_FORM_data2,
	DW_FORM_data4,	    DW_FORM_data8,    DW_FORM_string,	      DW_FORM_block,
	DW_FORM_block1,	    DW_FORM_data1,    DW_FORM_flag,	      DW_FORM_sdata,
	DW_FORM_strp,	    DW_FORM_udata,    DW_FORM_ref_addr,	      DW_FORM_ref1,
	DW_FORM_ref2,	    DW_FORM_ref4,     DW_FORM_ref8,	      DW_FORM_ref_udata,
	DW_FORM_sec_offset, DW_FORM_exprloc,  DW_FORM_flag_present,   DW_FORM_strx,
	DW_FORM_addrx,	    DW_FORM_ref_sup4, DW_FORM_strp_sup,	      DW_FORM_data16,
	DW_FORM_line_strp,  DW_FORM_ref_sig8, DW_FORM_implicit_const, DW_FORM_loclistx,
	DW_FORM_rnglistx,   DW_FORM_ref_sup8, DW_FORM_strx1,	      DW_FORM_strx2,
	DW_FORM_strx3,	    DW_FORM_strx4,    DW_FORM_addrx1,	      DW_FORM_addrx2,
	DW_FORM_addrx3,	    DW_FORM_addrx4,   DW_FORM_GNU_ref_alt,    DW_FORM_GNU_strp_alt,
};

/** One unit of random DIEs. */
struct world {
	uint64_t random;
	struct ks_buf abbrev, info;
	size_t declared[NR_ABBREVS + 1]; // where the attributes of a code are declared
	struct ks_dwarf dwarf;
	struct ks_section addr;
	uint8_t addrs[64];
	struct ks_unit unit;
};

static uint64_t pick(struct world *w, uint64_t below)
{
	return next_random(&w->random) % below;
}

static void put_sleb(struct ks_buf *to, int64_t n)
{
	for (; n < -64 || n > 63; n >>= 7)
		ks_buf_char(to, (char)(n | 0x80));
	ks_buf_char(to, (char)(n & 0x7f));
}

static void declare(struct world *w, unsigned int code, bool long_runs)
{
	ks_buf_uleb(&w->abbrev, code);
	ks_buf_uleb(&w->abbrev, tags[pick(w, KS_ARRAY_LEN(tags))]);
	ks_buf_char(&w->abbrev, (char)pick(w, 2));
	w->declared[code] = w->abbrev.len;
	uint64_t nr = pick(w, MAX_ATTRS), used = 0;
	for (uint64_t i = 0; i < nr; i++) {
		uint64_t attr = pick(w, KS_ARRAY_LEN(attrs));
		bool alias = attr >= KS_ARRAY_LEN(attrs) - 4; // those may repeat
		if (!alias && (used & 1ull << attr))
			continue;
		used |= 1ull << attr;
		uint64_t form = forms[pick(w, KS_ARRAY_LEN(forms))];
		ks_buf_uleb(&w->abbrev, attrs[attr]);
		ks_buf_uleb(&w->abbrev, form);
		if (form == DW_FORM_implicit_const)
			put_sleb(&w->abbrev, (int64_t)next_random(&w->random) >> pick(w, 64));
		// skips of fixed size add up to more than one step can hold
		for (uint64_t n = long_runs && i % 3 == 1 ? 5000 : 0; n; n--) {
			ks_buf_uleb(&w->abbrev, 0x3fe0);
			ks_buf_uleb(&w->abbrev, DW_FORM_data16);
		}
	}
	ks_buf_bytes(&w->abbrev, "", 1);
	ks_buf_bytes(&w->abbrev, "", 1);
}

/** Any bytes are a DIE: lengths in them are small often enough for blocks to fit. */
static void put_die(struct world *w, size_t len)
{
	ks_buf_uleb(&w->info, 1 + pick(w, NR_ABBREVS));
	assert_true(ks_buf_reserve(&w->info, len));
	char *at = w->info.at + w->info.len;
	w->info.len += len;
	uint64_t random = 0;
	for (size_t i = 0; i < len; i++, random >>= 16) {
		if (i % 4 == 0)
			random = next_random(&w->random);
		unsigned int any = random & 0xffff;
		at[i] = (char)(any % 4 ? any / 4 % 6 : any >> 8);
	}
}

static void world_make(struct world *w, uint64_t round)
{
	*w = (struct world){ .random = round };
	bool long_runs = round % 50 == 0;
	w->unit = (struct ks_unit){
		.version = (uint8_t)(2 + pick(w, 4)),
		.address_size = pick(w, 2) ? 8 : 4,
		.offset_size = pick(w, 2) ? 8 : 4,
		.addr_base = pick(w, 20),
	};
	w->dwarf.swap = pick(w, 2);
	for (unsigned int code = 1; code <= NR_ABBREVS; code++)
		declare(w, code, long_runs);
	ks_buf_bytes(&w->abbrev, "", 1);
	for (unsigned int i = 0; i < NR_DIES; i++)
		put_die(w, long_runs ? 50000 : 160);
	for (size_t i = 0; i < sizeof(w->addrs); i++)
		w->addrs[i] = (uint8_t)pick(w, 256);
	w->addr = (struct ks_section){ .data = w->addrs, .size = sizeof(w->addrs) };
	w->dwarf.addr = &w->addr;
	w->dwarf.abbrev = ks_cursor_over(w->abbrev.at, w->abbrev.len, w->dwarf.swap);
	w->dwarf.info = ks_cursor_over(w->info.at, w->info.len, w->dwarf.swap);
	w->unit.dwarf = &w->dwarf;
	w->unit.start = w->dwarf.info.base + pick(w, 100);
	w->unit.end = w->dwarf.info.end - pick(w, 100);
}

static void world_free(struct world *w)
{
	ks_buf_deinit(&w->abbrev);
	ks_buf_deinit(&w->info);
}

/** Read the DIE at p both ways; they must agree on its values and on its end. */
static void compare_die(const struct world *w, const struct ks_abbrevs *abbrevs, const uint8_t *p,
			uint64_t round)
{
	uint64_t fast[KS_NR_VALUES] = { 0 }, slow[KS_NR_VALUES] = { 0 };
	uint64_t code = ks_fast_uleb(&p, w->unit.end);
	if (!p || !code || code > NR_ABBREVS)
		return;
	const struct ks_abbrev *abbrev = &abbrevs->by_code.at[code];
	struct ks_cursor declaration = w->dwarf.abbrev, die = w->dwarf.info;
	declaration.pos += w->declared[code];
	die.pos = p;
	die.end = w->unit.end;
	uint32_t has = slow_die_read(&w->unit, &declaration, &die, slow);
	const uint8_t *end = ks_die_read(&w->unit, abbrevs, abbrev, p, w->unit.end, fast);
	if (!end != !!die.why || (end && end != die.pos))
		fail_msg("round %llu, code %llu: end of the DIE", (unsigned long long)round,
			 (unsigned long long)code);
	if (end && (abbrev->has & ~has))
		fail_msg("round %llu, code %llu: slots %x, not %x", (unsigned long long)round,
			 (unsigned long long)code, abbrev->has, has);
	for (unsigned int slot = 0; end && slot < KS_NR_SLOTS; slot++)
		if ((abbrev->has & KS_HAS(slot)) && fast[slot] != slow[slot])
			fail_msg("round %llu, code %llu: slot %u is %llx, not %llx",
				 (unsigned long long)round, (unsigned long long)code, slot,
				 (unsigned long long)fast[slot], (unsigned long long)slow[slot]);
}

static void compiled_abbreviations_read_as_declared(void **state)
{
	(void)state;
	struct ks_abbrevs abbrevs = { 0 };
	for (uint64_t round = 0; round < NR_ROUNDS; round++) {
		struct world w;
		world_make(&w, round);
		abbrevs.by_code.len = 0; // another unit of the same offset
		struct ks_error *err = ks_abbrevs_compile(&abbrevs, &w.unit);
		if (err)
			fail_msg("round %llu: %s", (unsigned long long)round, err->msg);
		for (unsigned int i = 0; i < NR_DIES; i++)
			compare_die(&w, &abbrevs,
				    w.unit.start + pick(&w, (uint64_t)(w.unit.end - w.unit.start)),
				    round);
		world_free(&w);
	}
	ks_abbrevs_deinit(&abbrevs);
}

/** The declarations of a table that was compiled before are found, and read as before. */
static void declarations_that_were_compiled_are_found_again(void **state)
{
	(void)state;
	struct ks_abbrevs abbrevs = { .keep = true };
	for (uint64_t round = 0; round < NR_ROUNDS / 4; round++) {
		struct world w;
		size_t nr = 0;
		world_make(&w, round);
		abbrevs.known.section = NULL; // that of the world before is gone
		for (unsigned int turn = 0; turn < 2; turn++) {
			abbrevs.by_code.len = 0;
			struct ks_error *err = ks_abbrevs_compile(&abbrevs, &w.unit);
			if (err)
				fail_msg("round %llu: %s", (unsigned long long)round, err->msg);
			assert_true(abbrevs.known.all.len > 0);
			if (turn)
				assert_int_equal(abbrevs.known.all.len, nr);
			nr = abbrevs.known.all.len;
			for (unsigned int i = 0; i < NR_DIES; i++)
				compare_die(&w, &abbrevs,
					    w.unit.start +
						    pick(&w, (uint64_t)(w.unit.end - w.unit.start)),
					    round);
		}
		world_free(&w);
	}
	ks_abbrevs_deinit(&abbrevs);
}

/** Another table has the same declaration under another code. */
static void codes_are_no_part_of_a_declaration(void **state)
{
	(void)state;
	static const uint8_t bytes[] = { 1,
					 DW_TAG_base_type,
					 0,
					 DW_AT_name,
					 DW_FORM_strp,
					 0,
					 0,
					 0,
					 2,
					 DW_TAG_base_type,
					 0,
					 DW_AT_name,
					 DW_FORM_strp,
					 0,
					 0,
					 1,
					 DW_TAG_base_type,
					 1,
					 DW_AT_name,
					 DW_FORM_strp,
					 0,
					 0,
					 0 };
	struct ks_dwarf dwarf = { .abbrev = ks_cursor_over(bytes, sizeof(bytes), false) };
	struct ks_unit unit = {
		.dwarf = &dwarf, .version = 5, .offset_size = 4, .address_size = 8
	};
	struct ks_abbrevs abbrevs = { .keep = true };
	assert_null(ks_abbrevs_compile(&abbrevs, &unit));
	assert_int_equal(abbrevs.known.all.len, 1);
	struct ks_abbrev first = abbrevs.by_code.at[1];
	unit.abbrev_offset = 8;
	assert_null(ks_abbrevs_compile(&abbrevs, &unit));
	assert_int_equal(abbrevs.known.all.len, 2);
	assert_memory_equal(&abbrevs.by_code.at[2], &first, sizeof(first));
	assert_int_equal(abbrevs.by_code.at[1].children, 1);
	assert_int_not_equal(abbrevs.by_code.at[1].first_op, first.first_op);
	ks_abbrevs_deinit(&abbrevs);
}

/** What was compiled for other sizes is not found: an address that is skipped has 4 bytes, then 8. */
static void sizes_have_their_own_programs(void **state)
{
	(void)state;
	static const uint8_t bytes[] = { 1,
					 DW_TAG_subprogram,
					 0,
					 DW_AT_low_pc,
					 DW_FORM_addr,
					 DW_AT_decl_line,
					 DW_FORM_data1,
					 0,
					 0,
					 0 };
	struct ks_dwarf dwarf = { .abbrev = ks_cursor_over(bytes, sizeof(bytes), false) };
	struct ks_unit unit = { .dwarf = &dwarf, .version = 5, .offset_size = 4 };
	struct ks_abbrevs abbrevs = { .keep = true };
	for (uint8_t size = 4; size <= 8; size += 4) {
		unit.address_size = size;
		assert_null(ks_abbrevs_compile(&abbrevs, &unit));
		assert_int_equal(abbrevs.known.all.len, 1);
		assert_int_equal(abbrevs.by_code.at[1].size, size + 1);
	}
	ks_abbrevs_deinit(&abbrevs);
}

/** Forms whose size nobody can know end the reading before it begins. */
static void unknown_forms_are_refused(void **state)
{
	(void)state;
	static const uint16_t unknown[] = { DW_FORM_indirect, 0x02, 0x2e, 0x1f01, 0x1fff };
	for (size_t i = 0; i < KS_ARRAY_LEN(unknown); i++) {
		struct world w;
		world_make(&w, i);
		w.abbrev.len = 0;
		ks_buf_bytes(&w.abbrev, "\x01\x2e\x00\x03", 4); // a subprogram with a name
		ks_buf_uleb(&w.abbrev, unknown[i]);
		ks_buf_bytes(&w.abbrev, "\0\0\0", 3);
		w.dwarf.abbrev = ks_cursor_over(w.abbrev.at, w.abbrev.len, w.dwarf.swap);
		struct ks_abbrevs abbrevs = { 0 };
		expect_error(ks_abbrevs_compile(&abbrevs, &w.unit), KS_ERR_UNSUPPORTED, "");
		ks_abbrevs_deinit(&abbrevs);
		world_free(&w);
	}
}

/** A few bytes make no table of a million entries: every unit of a hostile file could have them. */
static void sparse_codes_are_refused(void **state)
{
	(void)state;
	struct world w;
	world_make(&w, 1);
	w.abbrev.len = 0;
	for (uint64_t code = 1; code < 1 << 20; code *= 2) {
		ks_buf_uleb(&w.abbrev, code);
		ks_buf_bytes(&w.abbrev, "\x24\0\0\0", 4); // a base type without attributes
	}
	ks_buf_bytes(&w.abbrev, "\0", 1);
	w.dwarf.abbrev = ks_cursor_over(w.abbrev.at, w.abbrev.len, w.dwarf.swap);
	struct ks_abbrevs abbrevs = { 0 };
	expect_error(ks_abbrevs_compile(&abbrevs, &w.unit), KS_ERR_DATA, "");
	ks_abbrevs_deinit(&abbrevs);
	world_free(&w);
}

/** Offsets of 64 bits come out of the file as they are: one may look like text that was found inline. */
static void text_without_its_end_is_empty(void **state)
{
	(void)state;
	static const char info[] = { 'x', 0, 'y', 'z' };
	struct ks_dwarf dwarf = { .info = ks_cursor_over(info, sizeof(info), false) };
	struct ks_unit unit = { .dwarf = &dwarf };
	assert_string_equal(ks_unit_text(&unit, KS_TEXT_INLINE), "x");
	assert_string_equal(ks_unit_text(&unit, KS_TEXT_INLINE | 2), "");
	assert_string_equal(ks_unit_text(&unit, KS_TEXT_INLINE | 5), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_without_its_end_is_empty),
		cmocka_unit_test(compiled_abbreviations_read_as_declared),
		cmocka_unit_test(declarations_that_were_compiled_are_found_again),
		cmocka_unit_test(codes_are_no_part_of_a_declaration),
		cmocka_unit_test(sizes_have_their_own_programs),
		cmocka_unit_test(unknown_forms_are_refused),
		cmocka_unit_test(sparse_codes_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
