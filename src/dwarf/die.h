/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The inner loop: running an abbreviation's program over the bytes of one DIE. */
#include <byteswap.h>
#include <string.h>

#include "dwarf/constants.h"
#include "dwarf/location.h"

enum op_code {
	STEP_END,
	STEP_SKIP, // only the skip of the step
	STEP_SKIP_LEB,
	STEP_SKIP_STRING,
	STEP_SKIP_BLOCK1,
	STEP_SKIP_BLOCK2,
	STEP_SKIP_BLOCK4,
	STEP_SKIP_BLOCK, // also DW_FORM_exprloc
	STEP_CONST,	 // the value is in the two steps that follow
	STEP_U8,
	STEP_U16,
	STEP_U24,
	STEP_U32,
	STEP_U64,
	STEP_ULEB,
	STEP_SLEB,
	STEP_FLAG8,
	STEP_TEXT_INLINE,
	STEP_TEXT_LINE32,
	STEP_TEXT_LINE64,
	STEP_TEXT_INDEX8,
	STEP_TEXT_INDEX16,
	STEP_TEXT_INDEX24,
	STEP_TEXT_INDEX32,
	STEP_TEXT_INDEX_LEB,
	STEP_TEXT_FOREIGN32,
	STEP_TEXT_FOREIGN64,
	STEP_REF_ADDR32,
	STEP_REF_ADDR64,
	STEP_REF_NOWHERE32,
	STEP_REF_NOWHERE64,
	STEP_REF_SIGNATURE,
	STEP_ADDRX8,
	STEP_ADDRX16,
	STEP_ADDRX24,
	STEP_ADDRX32,
	STEP_ADDRX_LEB,
	STEP_EXPR_OFFSET8, // the same after a length of one byte
	STEP_EXPR_OFFSET,  // DWARF 2 and 3 member location: DW_OP_plus_uconst n or DW_OP_constu n
	STEP_EXPR,	   // a location that is an expression (location.h)
	STEP_EXPR8,	   // the same after a length of one byte
	STEP_LIST_INDEX,   // a location that is the number of a list
};

/** Address number index of .debug_addr; 0 when there is none. */
uint64_t ks_unit_address(const struct ks_unit *unit, uint64_t index);

/** An unsigned LEB128 at *pos that must end before end; sets *pos to NULL when it does not. */
static inline uint64_t ks_fast_uleb(const uint8_t **pos, const uint8_t *end)
{
	const uint8_t *p = *pos;
	if (p < end && *p < 0x80) {
		*pos = p + 1;
		return *p;
	}
	uint64_t v = 0;
	for (unsigned int shift = 0; p < end && shift < 64; shift += 7) {
		v |= (uint64_t)(*p & 0x7f) << shift;
		if (!(*p++ & 0x80)) {
			*pos = p;
			return v;
		}
	}
	*pos = NULL;
	return 0;
}

#define KS_FAST_LOAD(bits)                                                                         \
	static inline uint64_t ks_fast_u##bits(const uint8_t *p, bool swap)                        \
	{                                                                                          \
		uint##bits##_t v;                                                                  \
		memcpy(&v, p, sizeof(v));                                                          \
		return __builtin_expect(swap, 0) ? bswap_##bits(v) : v;                            \
	}
KS_FAST_LOAD(16)
KS_FAST_LOAD(32)
KS_FAST_LOAD(64)
#undef KS_FAST_LOAD

/** Run one of the rarer steps at p; where the next step starts, or NULL when it runs past end. */
const uint8_t *ks_die_step(const struct ks_unit *unit, const struct ks_op *op, const uint8_t *p,
			   const uint8_t *end, uint64_t *v);

/** Run a program over the attributes at p; where the next DIE starts, or NULL when they run past end. */
static inline const uint8_t *ks_die_run(const struct ks_unit *unit, const struct ks_op *op,
					const uint8_t *p, const uint8_t *end, uint64_t *v)
{
	const bool swap = unit->dwarf->swap;
	for (;; op++) {
		if ((size_t)(end - p) < op->skip)
			return NULL;
		p += op->skip;
		size_t left = (size_t)(end - p);
		switch (op->code) {
		case STEP_END:
			return p;
		case STEP_SKIP:
			break;
		case STEP_CONST:
			memcpy(&v[op->slot], op + 1, sizeof(*v));
			op += 2;
			break;
		case STEP_U8:
			if (left < 1)
				return NULL;
			v[op->slot] = *p++;
			break;
		case STEP_U16:
			if (left < 2)
				return NULL;
			v[op->slot] = ks_fast_u16(p, swap);
			p += 2;
			break;
		case STEP_U32:
			if (left < 4)
				return NULL;
			v[op->slot] = ks_fast_u32(p, swap);
			p += 4;
			break;
		case STEP_U64:
			if (left < 8)
				return NULL;
			v[op->slot] = ks_fast_u64(p, swap);
			p += 8;
			break;
		case STEP_SKIP_BLOCK: {
			uint64_t len = ks_fast_uleb(&p, end);
			if (!p || len > (uint64_t)(end - p))
				return NULL;
			p += len;
			break;
		}
		case STEP_EXPR: {
			uint64_t len = ks_fast_uleb(&p, end);
			if (!p || len > (uint64_t)(end - p))
				return NULL;
			v[op->slot] = ks_location_expr((uint64_t)(p - unit->dwarf->info.base), len);
			p += len;
			break;
		}
		case STEP_TEXT_INLINE: {
			const uint8_t *nul = memchr(p, 0, left);
			if (!nul)
				return NULL;
			v[op->slot] = KS_TEXT_INLINE | (uint64_t)(p - unit->dwarf->info.base);
			p = nul + 1;
			break;
		}
		default:
			p = ks_die_step(unit, op, p, end, v);
			if (!p)
				return NULL;
		}
	}
}

/**
 * Read the attributes of one DIE.
 * @param p behind its abbreviation code
 * @param v KS_NR_VALUES values; those in the abbreviation's mask are set
 * @return where the next DIE starts, or NULL when the attributes run past end.
 */
static inline const uint8_t *ks_die_read(const struct ks_unit *unit,
					 const struct ks_abbrevs *abbrevs,
					 const struct ks_abbrev *abbrev, const uint8_t *p,
					 const uint8_t *end, uint64_t *v)
{
	// eight bytes are loaded for every field, however short it is
	if (!abbrev->laid_out || (size_t)(end - p) < abbrev->size + sizeof(uint64_t))
		return ks_die_run(unit, &abbrevs->ops.at[abbrev->first_op], p, end, v);
	for (unsigned int i = 0; i < KS_LAYOUT_FIELDS; i++) {
		uint64_t number;
		memcpy(&number, p + abbrev->fields[i].offset, sizeof(number));
		unsigned int shift = abbrev->fields[i].shift;
		v[abbrev->fields[i].slot] = number << shift >> shift;
	}
	v[abbrev->const_slot] = abbrev->const_value;
	return p + abbrev->size;
}
