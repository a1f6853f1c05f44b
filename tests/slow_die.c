/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "base/array.h"
#include "dwarf/constants.h"
#include "dwarf/location.h"
#include "slow_die.h"

/** What a form holds, whoever asks (DWARF 5, section 7.5.5). */
struct value {
	enum { NOTHING, NUMBER, FLAG, TEXT, REF, ADDRESS, BLOCK, BIG_BLOCK, OFFSET, LIST } class;
	uint64_t number;      // also a marked text or reference
	const uint8_t *bytes; // of a block
	uint64_t len;
};

static struct value number(uint64_t n)
{
	return (struct value){ .class = NUMBER, .number = n };
}

static struct value text(uint64_t mark, uint64_t n)
{
	return (struct value){ .class = TEXT, .number = mark | n };
}

static struct value reference(uint64_t n)
{
	return (struct value){ .class = REF, .number = n };
}

static struct value block(struct ks_cursor *c, uint64_t len)
{
	return (struct value){ .class = BLOCK, .bytes = ks_cursor_take(c, len), .len = len };
}

static struct value address(const struct ks_unit *unit, uint64_t index)
{
	struct ks_cursor c = ks_cursor_over("", 0, unit->dwarf->swap);
	if (unit->dwarf->addr)
		c = ks_cursor_over(unit->dwarf->addr->data, unit->dwarf->addr->size, c.swap);
	bool inside = ks_cursor_take(&c, unit->addr_base) && index < 1 << 20 &&
		      ks_cursor_take(&c, index * unit->address_size);
	uint64_t n = inside ? ks_cursor_uint(&c, unit->address_size) : 0;
	return (struct value){ .class = ADDRESS, .number = c.why ? 0 : n };
}

/** A reference by offset in the section. */
static struct value far_reference(const struct ks_unit *unit, uint64_t offset)
{
	uint64_t start = (uint64_t)(unit->start - unit->dwarf->info.base);
	uint64_t end = (uint64_t)(unit->end - unit->dwarf->info.base);
	if (offset >= start && offset < end)
		return reference(offset - start);
	return reference(offset < KS_REF_FOREIGN ? KS_REF_FOREIGN | offset : KS_REF_NOWHERE);
}

static struct value read_text(const struct ks_unit *unit, uint64_t form, struct ks_cursor *die)
{
	switch (form) {
	case DW_FORM_string: {
		uint64_t at = (uint64_t)(die->pos - unit->dwarf->info.base);
		ks_cursor_str(die);
		return text(KS_TEXT_INLINE, at);
	}
	case DW_FORM_strp:
		return text(0, ks_cursor_uint(die, unit->offset_size));
	case DW_FORM_line_strp:
		return text(KS_TEXT_LINE_STR,
			    ks_cursor_uint(die, unit->offset_size) & (KS_TEXT_FOREIGN - 1));
	case DW_FORM_strp_sup:
	case DW_FORM_GNU_strp_alt:
		ks_cursor_uint(die, unit->offset_size);
		return text(KS_TEXT_FOREIGN, 0);
	case DW_FORM_strx:
		return text(KS_TEXT_INDEX, ks_cursor_uleb(die) & (KS_TEXT_FOREIGN - 1));
	default: // strx1 to strx4
		return text(KS_TEXT_INDEX,
			    ks_cursor_uint(die, (unsigned int)(form - DW_FORM_strx1 + 1)));
	}
}

static struct value read_reference(const struct ks_unit *unit, uint64_t form, struct ks_cursor *die)
{
	switch (form) {
	case DW_FORM_ref1:
		return reference(ks_cursor_u8(die));
	case DW_FORM_ref2:
		return reference(ks_cursor_u16(die));
	case DW_FORM_ref4:
		return reference(ks_cursor_u32(die));
	case DW_FORM_ref8:
		return reference(ks_cursor_u64(die));
	case DW_FORM_ref_udata:
		return reference(ks_cursor_uleb(die));
	case DW_FORM_ref_addr:
		return far_reference(unit,
				     ks_cursor_uint(die, unit->version <= 2 ? unit->address_size
									    : unit->offset_size));
	case DW_FORM_ref_sup4:
		ks_cursor_take(die, 4);
		return reference(KS_REF_NOWHERE);
	case DW_FORM_GNU_ref_alt:
		ks_cursor_take(die, unit->offset_size);
		return reference(KS_REF_NOWHERE);
	default: // ref_sup8, ref_sig8
		ks_cursor_take(die, 8);
		return reference(KS_REF_NOWHERE);
	}
}

static struct value read_value(const struct ks_unit *unit, uint64_t form, int64_t implicit,
			       struct ks_cursor *die)
{
	switch (form) {
	case DW_FORM_addr:
		return (struct value){ .class = ADDRESS,
				       .number = ks_cursor_uint(die, unit->address_size) };
	case DW_FORM_addrx:
		return address(unit, ks_cursor_uleb(die));
	case DW_FORM_addrx1:
	case DW_FORM_addrx2:
	case DW_FORM_addrx3:
	case DW_FORM_addrx4:
		return address(unit,
			       ks_cursor_uint(die, (unsigned int)(form - DW_FORM_addrx1 + 1)));
	case DW_FORM_data1:
		return number(ks_cursor_u8(die));
	case DW_FORM_flag:
		return (struct value){ .class = FLAG, .number = ks_cursor_u8(die) != 0 };
	case DW_FORM_data2:
		return number(ks_cursor_u16(die));
	case DW_FORM_data4:
		return number(ks_cursor_u32(die));
	case DW_FORM_data8:
		return number(ks_cursor_u64(die));
	case DW_FORM_sdata:
		return number((uint64_t)ks_cursor_sleb(die));
	case DW_FORM_udata:
		return number(ks_cursor_uleb(die));
	case DW_FORM_flag_present:
		return (struct value){ .class = FLAG, .number = 1 };
	case DW_FORM_implicit_const:
		return number((uint64_t)implicit);
	case DW_FORM_sec_offset:
		return (struct value){ .class = OFFSET,
				       .number = ks_cursor_uint(die, unit->offset_size) };
	case DW_FORM_data16:
		ks_cursor_take(die, 16);
		return (struct value){ .class = NOTHING };
	case DW_FORM_loclistx:
	case DW_FORM_rnglistx:
		return (struct value){ .class = LIST, .number = ks_cursor_uleb(die) };
	case DW_FORM_block1:
		return block(die, ks_cursor_u8(die));
	case DW_FORM_block2: // too long for the expressions that are of interest
		ks_cursor_take(die, ks_cursor_u16(die));
		return (struct value){ .class = BIG_BLOCK };
	case DW_FORM_block4:
		ks_cursor_take(die, ks_cursor_u32(die));
		return (struct value){ .class = BIG_BLOCK };
	case DW_FORM_block:
	case DW_FORM_exprloc:
		return block(die, ks_cursor_uleb(die));
	case DW_FORM_string:
	case DW_FORM_strp:
	case DW_FORM_line_strp:
	case DW_FORM_strp_sup:
	case DW_FORM_GNU_strp_alt:
	case DW_FORM_strx:
	case DW_FORM_strx1:
	case DW_FORM_strx2:
	case DW_FORM_strx3:
	case DW_FORM_strx4:
		return read_text(unit, form, die);
	default:
		return read_reference(unit, form, die);
	}
}

/** Member offsets may be written as expressions of one operation. */
static uint64_t member_offset(const struct value *value)
{
	struct ks_cursor c = ks_cursor_over(value->bytes, value->len, false);
	uint8_t op = ks_cursor_u8(&c);
	uint64_t n = ks_cursor_uleb(&c);
	return !c.why && (op == DW_OP_plus_uconst || op == DW_OP_constu) ? n : 0;
}

static uint64_t place(const struct ks_unit *unit, uint64_t form, const struct value *value)
{
	if (value->class == BLOCK)
		return ks_location_expr((uint64_t)(value->bytes - unit->dwarf->info.base),
					value->len);
	if (value->class == LIST)
		return KS_LOCATION_INDEX | (value->number & (KS_LOCATION_INDEX - 1));
	bool list = form == DW_FORM_sec_offset || form == DW_FORM_data4 || form == DW_FORM_data8;
	return list ? value->number : KS_LOCATION_UNKNOWN;
}

/** The attributes that ksurf reads, and of which classes their values may be. */
static const struct {
	uint16_t attr;
	uint8_t slot;
	uint16_t classes; // bits; 0: a place, of any class
} slots[] = {
#define AS(class) (1u << (class))
#define NUMBERS (AS(NUMBER) | AS(FLAG) | AS(OFFSET))
	{ DW_AT_sibling, KS_SLOT_SIBLING, AS(REF) },
	{ DW_AT_name, KS_SLOT_NAME, AS(TEXT) },
	{ DW_AT_type, KS_SLOT_TYPE, AS(REF) },
	{ DW_AT_byte_size, KS_SLOT_BYTE_SIZE, NUMBERS },
	{ DW_AT_bit_size, KS_SLOT_BIT_SIZE, NUMBERS },
	{ DW_AT_data_bit_offset, KS_SLOT_DATA_BIT_OFFSET, NUMBERS },
	{ DW_AT_data_member_location, KS_SLOT_MEMBER_LOCATION, AS(NUMBER) | AS(BLOCK) },
	{ DW_AT_const_value, KS_SLOT_CONST_VALUE, NUMBERS },
	{ DW_AT_upper_bound, KS_SLOT_UPPER_BOUND, NUMBERS },
	{ DW_AT_declaration, KS_SLOT_DECLARATION, NUMBERS },
	{ DW_AT_decl_file, KS_SLOT_DECL_FILE, NUMBERS },
	{ DW_AT_decl_line, KS_SLOT_DECL_LINE, NUMBERS },
	{ DW_AT_external, KS_SLOT_EXTERNAL, NUMBERS },
	{ DW_AT_abstract_origin, KS_SLOT_ORIGIN, AS(REF) },
	{ DW_AT_low_pc, KS_SLOT_LOW_PC, AS(ADDRESS) | AS(NUMBER) },
	{ DW_AT_high_pc, KS_SLOT_HIGH_PC, AS(ADDRESS) | AS(NUMBER) },
	{ DW_AT_ranges, KS_SLOT_RANGES, 0 },
	{ DW_AT_location, KS_SLOT_LOCATION, 0 },
	{ DW_AT_call_origin, KS_SLOT_CALL_ORIGIN, AS(REF) },
	{ DW_AT_call_tail_call, KS_SLOT_TAIL_CALL, NUMBERS },
	{ DW_AT_GNU_tail_call, KS_SLOT_TAIL_CALL, NUMBERS },
};

uint32_t slow_die_read(const struct ks_unit *unit, struct ks_cursor *declaration,
		       struct ks_cursor *die, uint64_t *v)
{
	uint32_t has = 0;
	for (;;) {
		uint64_t attr = ks_cursor_uleb(declaration), form = ks_cursor_uleb(declaration);
		if (!attr && !form)
			return has;
		int64_t implicit = form == DW_FORM_implicit_const ? ks_cursor_sleb(declaration) : 0;
		struct value value = read_value(unit, form, implicit, die);
		for (size_t i = 0; i < KS_ARRAY_LEN(slots) && !die->why; i++) {
			bool fits = !slots[i].classes || (slots[i].classes & AS(value.class));
			if (slots[i].attr != attr || !fits)
				continue;
			has |= KS_HAS(slots[i].slot);
			v[slots[i].slot] = value.number;
			if (!slots[i].classes)
				v[slots[i].slot] = place(unit, form, &value);
			else if (value.class == BLOCK)
				v[slots[i].slot] = member_offset(&value);
		}
	}
}
