/* SPDX-License-Identifier: BSD-2-Clause */
#include "dwarf/die.h"

bool ks_expr_offset(const uint8_t *expr, uint64_t len, uint64_t *ret)
{
	if (len < 2 || (expr[0] != DW_OP_plus_uconst && expr[0] != DW_OP_constu))
		return false;
	const uint8_t *p = expr + 1;
	*ret = ks_fast_uleb(&p, expr + len);
	return p != NULL;
}

uint64_t ks_unit_address(const struct ks_unit *unit, uint64_t index)
{
	const struct ks_section *sec = unit->dwarf->addr;
	uint64_t size = unit->address_size;
	if (!sec || !sec->data || unit->addr_base > sec->size ||
	    index >= (sec->size - unit->addr_base) / size)
		return 0;
	const uint8_t *p = sec->data + unit->addr_base + index * size;
	return size == 8 ? ks_fast_u64(p, unit->dwarf->swap) : ks_fast_u32(p, unit->dwarf->swap);
}

/** The bytes of a fixed-size number in the operand of a rarely used step. */
static unsigned int operand_size(enum op_code code)
{
	static const uint8_t sizes[] = {
		[OP_FLAG8] = 1,		 [OP_U24] = 3,		 [OP_TEXT_LINE32] = 4,
		[OP_TEXT_LINE64] = 8,	 [OP_TEXT_INDEX8] = 1,	 [OP_TEXT_INDEX16] = 2,
		[OP_TEXT_INDEX24] = 3,	 [OP_TEXT_INDEX32] = 4,	 [OP_TEXT_FOREIGN32] = 4,
		[OP_TEXT_FOREIGN64] = 8, [OP_REF_ADDR32] = 4,	 [OP_REF_ADDR64] = 8,
		[OP_REF_NOWHERE32] = 4,	 [OP_REF_NOWHERE64] = 8, [OP_REF_SIGNATURE] = 8,
		[OP_ADDRX8] = 1,	 [OP_ADDRX16] = 2,	 [OP_ADDRX24] = 3,
		[OP_ADDRX32] = 4,	 [OP_EXPR_OFFSET8] = 1,	 [OP_EXPR8] = 1,
		[OP_SKIP_BLOCK1] = 1,	 [OP_SKIP_BLOCK2] = 2,	 [OP_SKIP_BLOCK4] = 4,
	};
	return code < sizeof(sizes) ? sizes[code] : 0;
}

/** A reference by offset in .debug_info, as one inside the unit where it stays inside. */
static uint64_t local_ref(const struct ks_unit *unit, uint64_t offset)
{
	uint64_t start = (uint64_t)(unit->start - unit->dwarf->info.base);
	uint64_t size = (uint64_t)(unit->end - unit->start);
	if (offset >= start && offset - start < size)
		return offset - start;
	return offset < KS_REF_FOREIGN ? KS_REF_FOREIGN | offset : KS_REF_NOWHERE;
}

/** The operand of a step that ks_die_read() leaves to ks_die_step(). */
static bool read_operand(const struct ks_unit *unit, const struct ks_op *op, const uint8_t **pos,
			 const uint8_t *end, uint64_t *ret)
{
	struct ks_cursor c = ks_cursor_over(*pos, (size_t)(end - *pos), unit->dwarf->swap);
	unsigned int size = operand_size(op->code);
	if (size)
		*ret = ks_cursor_uint(&c, size);
	else if (op->code == OP_SLEB)
		*ret = (uint64_t)ks_cursor_sleb(&c);
	else if (op->code == OP_SKIP_STRING)
		ks_cursor_str(&c);
	else
		*ret = ks_cursor_uleb(&c);
	*pos = c.pos;
	return !c.why;
}

/** What an operand means for the slot; blocks are skipped here. */
static bool store_operand(const struct ks_unit *unit, const struct ks_op *op, const uint8_t **pos,
			  const uint8_t *end, uint64_t operand, uint64_t *v)
{
	uint64_t *slot = &v[op->slot];
	switch ((enum op_code)op->code) {
	case OP_SKIP_LEB:
	case OP_SKIP_STRING:
		return true;
	case OP_EXPR_OFFSET8:
	case OP_EXPR_OFFSET:
		*slot = 0;
		if (operand <= (uint64_t)(end - *pos))
			ks_expr_offset(*pos, operand, slot);
		goto skip;
	case OP_EXPR8:
		*slot = ks_place_expr((uint64_t)(*pos - unit->dwarf->info.base), operand);
		goto skip;
	case OP_SKIP_BLOCK1:
	case OP_SKIP_BLOCK2:
	case OP_SKIP_BLOCK4:
	skip:
		if (operand > (uint64_t)(end - *pos))
			return false;
		*pos += operand;
		return true;
	case OP_TEXT_LINE32:
	case OP_TEXT_LINE64:
		*slot = KS_TEXT_LINE_STR | (operand & (KS_TEXT_FOREIGN - 1));
		return true;
	case OP_TEXT_INDEX8:
	case OP_TEXT_INDEX16:
	case OP_TEXT_INDEX24:
	case OP_TEXT_INDEX32:
	case OP_TEXT_INDEX_LEB:
		*slot = KS_TEXT_INDEX | (operand & (KS_TEXT_FOREIGN - 1));
		return true;
	case OP_LIST_INDEX:
		*slot = KS_PLACE_INDEX | (operand & (KS_PLACE_INDEX - 1));
		return true;
	case OP_TEXT_FOREIGN32:
	case OP_TEXT_FOREIGN64:
		*slot = KS_TEXT_FOREIGN;
		return true;
	case OP_REF_ADDR32:
	case OP_REF_ADDR64:
		*slot = local_ref(unit, operand);
		return true;
	case OP_REF_NOWHERE32:
	case OP_REF_NOWHERE64:
		*slot = KS_REF_NOWHERE;
		return true;
	case OP_REF_SIGNATURE:
		operand = ks_dwarf_signed_type(unit->dwarf, operand);
		*slot = operand ? local_ref(unit, operand) : KS_REF_NOWHERE;
		return true;
	case OP_ADDRX8:
	case OP_ADDRX16:
	case OP_ADDRX24:
	case OP_ADDRX32:
	case OP_ADDRX_LEB:
		*slot = ks_unit_address(unit, operand);
		return true;
	case OP_FLAG8:
		*slot = operand != 0;
		return true;
	default: // OP_ULEB, OP_SLEB, OP_U24
		*slot = operand;
		return true;
	}
}

const uint8_t *ks_die_step(const struct ks_unit *unit, const struct ks_op *op, const uint8_t *p,
			   const uint8_t *end, uint64_t *v)
{
	uint64_t operand = 0;
	if (!read_operand(unit, op, &p, end, &operand) ||
	    !store_operand(unit, op, &p, end, operand, v))
		return NULL;
	return p;
}
