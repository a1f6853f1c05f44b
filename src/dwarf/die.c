/* SPDX-License-Identifier: BSD-2-Clause */
#include "dwarf/die.h"

/** The constant of a member location expression of len bytes; 0 when it is none. */
static uint64_t expr_offset(const uint8_t *expr, uint64_t len)
{
	if (len < 2 || (expr[0] != DW_OP_plus_uconst && expr[0] != DW_OP_constu))
		return 0;
	const uint8_t *p = expr + 1;
	return ks_fast_uleb(&p, expr + len);
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
		[STEP_FLAG8] = 1,	   [STEP_U24] = 3,	     [STEP_TEXT_LINE32] = 4,
		[STEP_TEXT_LINE64] = 8,	   [STEP_TEXT_INDEX8] = 1,   [STEP_TEXT_INDEX16] = 2,
		[STEP_TEXT_INDEX24] = 3,   [STEP_TEXT_INDEX32] = 4,  [STEP_TEXT_FOREIGN32] = 4,
		[STEP_TEXT_FOREIGN64] = 8, [STEP_REF_ADDR32] = 4,    [STEP_REF_ADDR64] = 8,
		[STEP_REF_NOWHERE32] = 4,  [STEP_REF_NOWHERE64] = 8, [STEP_REF_SIGNATURE] = 8,
		[STEP_ADDRX8] = 1,	   [STEP_ADDRX16] = 2,	     [STEP_ADDRX24] = 3,
		[STEP_ADDRX32] = 4,	   [STEP_EXPR_OFFSET8] = 1,  [STEP_EXPR8] = 1,
		[STEP_SKIP_BLOCK1] = 1,	   [STEP_SKIP_BLOCK2] = 2,   [STEP_SKIP_BLOCK4] = 4,
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
	else if (op->code == STEP_SLEB)
		*ret = (uint64_t)ks_cursor_sleb(&c);
	else if (op->code == STEP_SKIP_STRING)
		ks_cursor_str(&c);
	else
		*ret = ks_cursor_uleb(&c);
	*pos = c.pos;
	return !c.why;
}

/** What a slot keeps of a number. */
static uint64_t operand_value(const struct ks_unit *unit, enum op_code code, uint64_t operand)
{
	switch (code) {
	case STEP_TEXT_LINE32:
	case STEP_TEXT_LINE64:
		return KS_TEXT_LINE_STR | (operand & (KS_TEXT_FOREIGN - 1));
	case STEP_TEXT_INDEX8:
	case STEP_TEXT_INDEX16:
	case STEP_TEXT_INDEX24:
	case STEP_TEXT_INDEX32:
	case STEP_TEXT_INDEX_LEB:
		return KS_TEXT_INDEX | (operand & (KS_TEXT_FOREIGN - 1));
	case STEP_LIST_INDEX:
		return KS_LOCATION_INDEX | (operand & (KS_LOCATION_INDEX - 1));
	case STEP_TEXT_FOREIGN32:
	case STEP_TEXT_FOREIGN64:
		return KS_TEXT_FOREIGN;
	case STEP_REF_ADDR32:
	case STEP_REF_ADDR64:
		return local_ref(unit, operand);
	case STEP_REF_NOWHERE32:
	case STEP_REF_NOWHERE64:
		return KS_REF_NOWHERE;
	case STEP_REF_SIGNATURE:
		operand = ks_dwarf_signed_type(unit->dwarf, operand);
		return operand ? local_ref(unit, operand) : KS_REF_NOWHERE;
	case STEP_ADDRX8:
	case STEP_ADDRX16:
	case STEP_ADDRX24:
	case STEP_ADDRX32:
	case STEP_ADDRX_LEB:
		return ks_unit_address(unit, operand);
	case STEP_FLAG8:
		return operand != 0;
	default: // STEP_ULEB, STEP_SLEB, STEP_U24
		return operand;
	}
}

/** What an operand means for the slot; blocks are skipped here. */
static bool store_operand(const struct ks_unit *unit, const struct ks_op *op, const uint8_t **pos,
			  const uint8_t *end, uint64_t operand, uint64_t *v)
{
	uint64_t *slot = &v[op->slot], left = (uint64_t)(end - *pos);
	switch ((enum op_code)op->code) {
	case STEP_SKIP_LEB:
	case STEP_SKIP_STRING:
		return true;
	case STEP_EXPR_OFFSET8:
	case STEP_EXPR_OFFSET:
		*slot = operand <= left ? expr_offset(*pos, operand) : 0;
		break;
	case STEP_EXPR8:
		*slot = ks_location_expr((uint64_t)(*pos - unit->dwarf->info.base), operand);
		break;
	case STEP_SKIP_BLOCK1:
	case STEP_SKIP_BLOCK2:
	case STEP_SKIP_BLOCK4:
		break;
	default:
		*slot = operand_value(unit, (enum op_code)op->code, operand);
		return true;
	}
	if (operand > left) // what follows the length in the DIE
		return false;
	*pos += operand;
	return true;
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
