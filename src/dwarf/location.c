/* SPDX-License-Identifier: BSD-2-Clause */
#include "dwarf/location.h"

#include "dwarf/die.h"

enum { MAX_ENTRIES = 32 }; // of a list that are looked at: what counts on entry stands in front

/** A walk over the entries of one list: (begin, end) addresses, and an expression behind each in location lists. */
struct list {
	const struct ks_unit *unit;
	struct ks_cursor c;
	uint64_t base; // what offsets count from
	unsigned int left;
	bool locations;
	bool unknown;	     // where it is
	uint64_t begin, end; // of the entry
	struct ks_cursor expr;
};

/**
 * The offset of a list that is given by its number: the unit's table of them begins at base, behind how many there are.
 * KS_LOCATION_UNKNOWN when it has none of that number.
 */
static uint64_t listed(const struct ks_unit *unit, struct ks_cursor c, uint64_t base,
		       uint64_t index)
{
	enum { NR_SIZE = 4 };
	ks_cursor_take(&c, base - NR_SIZE);
	uint32_t nr = ks_cursor_u32(&c);
	if (base < NR_SIZE || index >= nr || !ks_cursor_take(&c, index * unit->offset_size))
		return KS_LOCATION_UNKNOWN;
	uint64_t offset = ks_cursor_uint(&c, unit->offset_size);
	return c.why ? KS_LOCATION_UNKNOWN : base + offset;
}

static struct list list_at(const struct ks_unit *unit, bool locations, uint64_t location)
{
	const struct ks_dwarf *dwarf = unit->dwarf;
	const struct ks_section *old = locations ? dwarf->loc : dwarf->ranges;
	const struct ks_section *grown = locations ? dwarf->loclists : dwarf->rnglists;
	struct list list = {
		.unit = unit,
		.base = unit->low_pc,
		.left = MAX_ENTRIES,
		.c = ks_elf_cursor(dwarf->elf, unit->version >= 5 ? grown : old),
		.locations = locations,
	};
	if (location & KS_LOCATION_INDEX)
		location =
			listed(unit, list.c, locations ? unit->loclists_base : unit->rnglists_base,
			       location & (KS_LOCATION_INDEX - 1));
	list.unknown = location & KS_LOCATION_UNKNOWN;
	ks_cursor_take(&list.c, location);
	return list;
}

static uint64_t word(struct list *list)
{
	return ks_cursor_uint(&list->c, list->unit->address_size);
}

static uint64_t indexed(struct list *list)
{
	return ks_unit_address(list->unit, ks_cursor_uleb(&list->c));
}

static void take_expr(struct list *list, uint64_t len)
{
	const uint8_t *bytes = ks_cursor_take(&list->c, len);
	list->expr = bytes ? ks_cursor_over(bytes, len, list->c.swap) : (struct ks_cursor){ 0 };
}

/** DWARF 2 to 4: pairs of offsets, the largest address announces a base, two zeros end the list. */
static bool next_old(struct list *list)
{
	uint64_t largest = list->unit->address_size == 8 ? UINT64_MAX : UINT32_MAX;
	while (list->left--) {
		uint64_t begin = word(list), end = word(list);
		if (list->c.why || (!begin && !end))
			return false;
		if (begin == largest) {
			list->base = end;
			continue;
		}
		list->begin = list->base + begin;
		list->end = list->base + end;
		if (list->locations)
			take_expr(list, ks_cursor_u16(&list->c));
		return !list->c.why;
	}
	return false;
}

/** Both sorts of DWARF 5 lists by one set of numbers: those of locations (section 7.7.3). */
static uint8_t entry_kind(struct list *list)
{
	static const uint8_t of_ranges[] = {
		[DW_RLE_end_of_list] = DW_LLE_end_of_list,
		[DW_RLE_base_addressx] = DW_LLE_base_addressx,
		[DW_RLE_startx_endx] = DW_LLE_startx_endx,
		[DW_RLE_startx_length] = DW_LLE_startx_length,
		[DW_RLE_offset_pair] = DW_LLE_offset_pair,
		[DW_RLE_base_address] = DW_LLE_base_address,
		[DW_RLE_start_end] = DW_LLE_start_end,
		[DW_RLE_start_length] = DW_LLE_start_length,
	};
	uint8_t kind = ks_cursor_u8(&list->c);
	if (list->locations)
		return kind;
	return kind < sizeof(of_ranges) ? of_ranges[kind] : DW_LLE_end_of_list;
}

/** @return whether the entry has addresses, rather than something that later ones need */
static bool read_entry(struct list *list, uint8_t kind)
{
	switch (kind) {
	case DW_LLE_base_addressx:
		list->base = indexed(list);
		return false;
	case DW_LLE_base_address:
		list->base = word(list);
		return false;
	case DW_LLE_GNU_view_pair:
		ks_cursor_uleb(&list->c);
		ks_cursor_uleb(&list->c);
		return false;
	case DW_LLE_startx_endx:
		list->begin = indexed(list);
		list->end = indexed(list);
		return true;
	case DW_LLE_startx_length:
		list->begin = indexed(list);
		list->end = list->begin + ks_cursor_uleb(&list->c);
		return true;
	case DW_LLE_offset_pair:
		list->begin = list->base + ks_cursor_uleb(&list->c);
		list->end = list->base + ks_cursor_uleb(&list->c);
		return true;
	case DW_LLE_default_location:
		list->begin = 0;
		list->end = UINT64_MAX;
		return true;
	case DW_LLE_start_end:
		list->begin = word(list);
		list->end = word(list);
		return true;
	case DW_LLE_start_length:
		list->begin = word(list);
		list->end = list->begin + ks_cursor_uleb(&list->c);
		return true;
	default:
		ks_cursor_fail(&list->c, "end of the list");
		return false;
	}
}

static bool next_entry(struct list *list)
{
	if (list->unit->version < 5)
		return next_old(list);
	while (list->left--) {
		bool addresses = read_entry(list, entry_kind(list));
		if (list->c.why)
			return false;
		if (!addresses)
			continue;
		if (list->locations)
			take_expr(list, ks_cursor_uleb(&list->c));
		return !list->c.why;
	}
	return false;
}

bool ks_unit_first_range(const struct ks_unit *unit, uint64_t ranges, uint64_t *ret)
{
	struct list list = list_at(unit, false, ranges);
	while (next_entry(&list)) {
		if (list.begin == list.end)
			continue;
		*ret = list.begin;
		return true;
	}
	return false;
}

/** An expression that names registers and memory, and computes nothing but addresses. */
static bool expr_in_place(struct ks_cursor *c)
{
	bool named = false; // a place for the next piece
	while (ks_cursor_more(c)) {
		uint8_t op = ks_cursor_u8(c);
		if (op == DW_OP_piece) {
			if (!named) // a part that is nowhere
				return false;
			named = false;
			ks_cursor_uleb(c);
			if (!ks_cursor_more(c))
				return !c->why;
			continue;
		}
		if ((op >= DW_OP_breg0 && op <= DW_OP_breg31) || op == DW_OP_fbreg)
			ks_cursor_sleb(c);
		else if (op == DW_OP_regx || op == DW_OP_plus_uconst)
			ks_cursor_uleb(c);
		else if ((op < DW_OP_reg0 || op > DW_OP_reg31) && op != DW_OP_call_frame_cfa &&
			 op != DW_OP_deref)
			return false;
		named = true;
	}
	return named && !c->why;
}

bool ks_unit_has_location(const struct ks_unit *unit, uint64_t location, uint64_t addr)
{
	if (location & KS_LOCATION_EXPR) {
		uint64_t offset = location & (((uint64_t)1 << KS_LOCATION_LEN_SHIFT) - 1);
		uint64_t len = (location & ~KS_LOCATION_EXPR) >> KS_LOCATION_LEN_SHIFT;
		struct ks_cursor c = unit->dwarf->info;
		ks_cursor_take(&c, offset);
		const uint8_t *bytes = ks_cursor_take(&c, len);
		c = ks_cursor_over(bytes ? bytes : (const uint8_t *)"", bytes ? len : 0, c.swap);
		return expr_in_place(&c);
	}
	struct list list = list_at(unit, true, location);
	if (list.unknown)
		return true;
	while (next_entry(&list)) // an empty entry at addr holds before the first instruction
		if (list.begin == addr || (list.begin < addr && addr < list.end))
			return expr_in_place(&list.expr);
	return false;
}
