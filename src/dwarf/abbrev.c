/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compiling abbreviations. A declaration lists (attribute, form) pairs; its program keeps those whose
 * attribute its tag wants, and fuses all others, as far as their size is fixed, into the skip of the next
 * step. Sizes depend on the unit (addresses, offsets), so the programs do too. Where every attribute has a
 * fixed size, as in nearly all types and members, the wanted ones are also laid out by offset: reading them
 * takes no branches at all.
 */
#include <string.h>

#include "base/array.h"
#include "dwarf/abbrev_known.h"
#include "dwarf/die.h"

/* ---- what is wanted ---- */

#define NAME_AND_TYPE (KS_HAS(KS_SLOT_NAME) | KS_HAS(KS_SLOT_TYPE))
#define NAME_AND_SIZE (KS_HAS(KS_SLOT_NAME) | KS_HAS(KS_SLOT_BYTE_SIZE))
#define DEFINED_TYPE (NAME_AND_SIZE | KS_HAS(KS_SLOT_DECLARATION) | KS_HAS(KS_SLOT_SPECIFICATION))
#define PLACE_SLOTS                                                                                \
	(KS_HAS(KS_SLOT_LOW_PC) | KS_HAS(KS_SLOT_HIGH_PC) | KS_HAS(KS_SLOT_ENTRY_PC) |             \
	 KS_HAS(KS_SLOT_RANGES))

static const struct {
	uint8_t class;
	uint32_t wanted;
} tag_classes[] = {
	[DW_TAG_array_type] = { KS_DIE_ARRAY, KS_HAS(KS_SLOT_TYPE) },
	[DW_TAG_enumeration_type] = { KS_DIE_ENUM, DEFINED_TYPE },
	[DW_TAG_formal_parameter] = { KS_DIE_PARAMETER,
				      KS_HAS(KS_SLOT_NAME) | KS_HAS(KS_SLOT_TYPE) |
					      KS_HAS(KS_SLOT_ORIGIN) | KS_HAS(KS_SLOT_LOCATION) |
					      KS_HAS(KS_SLOT_CONST_VALUE) },
	[DW_TAG_lexical_block] = { KS_DIE_BLOCK, 0 },
	[DW_TAG_member] = { KS_DIE_MEMBER,
			    NAME_AND_TYPE | KS_HAS(KS_SLOT_BYTE_SIZE) | KS_HAS(KS_SLOT_BIT_SIZE) |
				    KS_HAS(KS_SLOT_BIT_OFFSET) | KS_HAS(KS_SLOT_DATA_BIT_OFFSET) |
				    KS_HAS(KS_SLOT_MEMBER_LOCATION) },
	[DW_TAG_pointer_type] = { KS_DIE_TYPE, KS_HAS(KS_SLOT_TYPE) },
	[DW_TAG_reference_type] = { KS_DIE_TYPE, KS_HAS(KS_SLOT_TYPE) },
	[DW_TAG_compile_unit] = { KS_DIE_UNIT, UINT32_MAX },
	[DW_TAG_partial_unit] = { KS_DIE_UNIT, UINT32_MAX },
	[DW_TAG_skeleton_unit] = { KS_DIE_UNIT, UINT32_MAX },
	[DW_TAG_type_unit] = { KS_DIE_UNIT, UINT32_MAX },
	[DW_TAG_imported_unit] = { KS_DIE_IMPORT, KS_HAS(KS_SLOT_ORIGIN) },
	[DW_TAG_structure_type] = { KS_DIE_COMPOSITE, DEFINED_TYPE },
	[DW_TAG_union_type] = { KS_DIE_COMPOSITE, DEFINED_TYPE },
	[DW_TAG_subroutine_type] = { KS_DIE_PROTO, KS_HAS(KS_SLOT_TYPE) },
	[DW_TAG_typedef] = { KS_DIE_TYPE, NAME_AND_TYPE },
	[DW_TAG_unspecified_parameters] = { KS_DIE_VARIADIC, 0 },
	[DW_TAG_inlined_subroutine] = { KS_DIE_INLINED, PLACE_SLOTS | KS_HAS(KS_SLOT_ORIGIN) },
	[DW_TAG_subrange_type] = { KS_DIE_SUBRANGE,
				   KS_HAS(KS_SLOT_UPPER_BOUND) | KS_HAS(KS_SLOT_COUNT) },
	[DW_TAG_base_type] = { KS_DIE_TYPE, NAME_AND_SIZE },
	[DW_TAG_const_type] = { KS_DIE_TYPE, KS_HAS(KS_SLOT_TYPE) },
	[DW_TAG_enumerator] = { KS_DIE_ENUMERATOR,
				KS_HAS(KS_SLOT_NAME) | KS_HAS(KS_SLOT_CONST_VALUE) },
	[DW_TAG_subprogram] = { KS_DIE_SUBPROGRAM,
				PLACE_SLOTS | KS_HAS(KS_SLOT_NAME) | KS_HAS(KS_SLOT_TYPE) |
					KS_HAS(KS_SLOT_DECLARATION) | KS_HAS(KS_SLOT_DECL_FILE) |
					KS_HAS(KS_SLOT_DECL_LINE) | KS_HAS(KS_SLOT_INLINE) |
					KS_HAS(KS_SLOT_EXTERNAL) | KS_HAS(KS_SLOT_ORIGIN) |
					KS_HAS(KS_SLOT_SPECIFICATION) | KS_HAS(KS_SLOT_ALL_CALLS) },
	[DW_TAG_variable] = { KS_DIE_TYPED, KS_HAS(KS_SLOT_TYPE) },
	[DW_TAG_volatile_type] = { KS_DIE_TYPE, KS_HAS(KS_SLOT_TYPE) },
	[DW_TAG_restrict_type] = { KS_DIE_TYPE, KS_HAS(KS_SLOT_TYPE) },
	[DW_TAG_atomic_type] = { KS_DIE_TYPE, KS_HAS(KS_SLOT_TYPE) },
	[DW_TAG_unspecified_type] = { KS_DIE_TYPE, 0 },
	[DW_TAG_call_site] = { KS_DIE_CALL_SITE, KS_HAS(KS_SLOT_CALL_ORIGIN) |
							 KS_HAS(KS_SLOT_ORIGIN) |
							 KS_HAS(KS_SLOT_TAIL_CALL) },
};

/** What sort of form a slot can take; others are skipped and leave the slot unset. */
enum value_sort { SORT_NUMBER, SORT_TEXT, SORT_REF, SORT_PLACE, SORT_MEMBER, SORT_WHERE };

static const struct {
	uint8_t slot_plus_1, sort;
} attr_slots[] = {
	[DW_AT_sibling] = { KS_SLOT_SIBLING + 1, SORT_REF },
	[DW_AT_location] = { KS_SLOT_LOCATION + 1, SORT_WHERE },
	[DW_AT_name] = { KS_SLOT_NAME + 1, SORT_TEXT },
	[DW_AT_byte_size] = { KS_SLOT_BYTE_SIZE + 1, SORT_NUMBER },
	[DW_AT_bit_offset] = { KS_SLOT_BIT_OFFSET + 1, SORT_NUMBER },
	[DW_AT_bit_size] = { KS_SLOT_BIT_SIZE + 1, SORT_NUMBER },
	[DW_AT_stmt_list] = { KS_SLOT_STMT_LIST + 1, SORT_NUMBER },
	[DW_AT_low_pc] = { KS_SLOT_LOW_PC + 1, SORT_PLACE },
	[DW_AT_high_pc] = { KS_SLOT_HIGH_PC + 1, SORT_PLACE },
	[DW_AT_language] = { KS_SLOT_LANGUAGE + 1, SORT_NUMBER },
	[DW_AT_import] = { KS_SLOT_ORIGIN + 1, SORT_REF },
	[DW_AT_comp_dir] = { KS_SLOT_COMP_DIR + 1, SORT_TEXT },
	[DW_AT_const_value] = { KS_SLOT_CONST_VALUE + 1, SORT_NUMBER },
	[DW_AT_inline] = { KS_SLOT_INLINE + 1, SORT_NUMBER },
	[DW_AT_upper_bound] = { KS_SLOT_UPPER_BOUND + 1, SORT_NUMBER },
	[DW_AT_abstract_origin] = { KS_SLOT_ORIGIN + 1, SORT_REF },
	[DW_AT_count] = { KS_SLOT_COUNT + 1, SORT_NUMBER },
	[DW_AT_data_member_location] = { KS_SLOT_MEMBER_LOCATION + 1, SORT_MEMBER },
	[DW_AT_decl_file] = { KS_SLOT_DECL_FILE + 1, SORT_NUMBER },
	[DW_AT_decl_line] = { KS_SLOT_DECL_LINE + 1, SORT_NUMBER },
	[DW_AT_declaration] = { KS_SLOT_DECLARATION + 1, SORT_NUMBER },
	[DW_AT_external] = { KS_SLOT_EXTERNAL + 1, SORT_NUMBER },
	[DW_AT_specification] = { KS_SLOT_SPECIFICATION + 1, SORT_REF },
	[DW_AT_type] = { KS_SLOT_TYPE + 1, SORT_REF },
	[DW_AT_entry_pc] = { KS_SLOT_ENTRY_PC + 1, SORT_PLACE },
	[DW_AT_ranges] = { KS_SLOT_RANGES + 1, SORT_WHERE },
	[DW_AT_signature] = { KS_SLOT_SPECIFICATION + 1, SORT_REF },
	[DW_AT_data_bit_offset] = { KS_SLOT_DATA_BIT_OFFSET + 1, SORT_NUMBER },
	[DW_AT_str_offsets_base] = { KS_SLOT_STR_OFFSETS_BASE + 1, SORT_NUMBER },
	[DW_AT_addr_base] = { KS_SLOT_ADDR_BASE + 1, SORT_NUMBER },
	[DW_AT_rnglists_base] = { KS_SLOT_RNGLISTS_BASE + 1, SORT_NUMBER },
	[DW_AT_dwo_name] = { KS_SLOT_DWO_NAME + 1, SORT_TEXT },
	[DW_AT_call_all_calls] = { KS_SLOT_ALL_CALLS + 1, SORT_NUMBER },
	[DW_AT_call_all_source_calls] = { KS_SLOT_ALL_CALLS + 1, SORT_NUMBER },
	[DW_AT_call_origin] = { KS_SLOT_CALL_ORIGIN + 1, SORT_REF },
	[DW_AT_call_tail_call] = { KS_SLOT_TAIL_CALL + 1, SORT_NUMBER },
	[DW_AT_loclists_base] = { KS_SLOT_LOCLISTS_BASE + 1, SORT_NUMBER },
};

/* ---- how forms are read ---- */

enum { SIZE_ADDRESS = 0xfe, SIZE_OFFSET = 0xfd, SIZE_REF_ADDR = 0xfc, SIZE_VARIES = 0xff };
#define CAN(sort) (1u << (sort))
#define NUMBERS (CAN(SORT_NUMBER) | CAN(SORT_PLACE) | CAN(SORT_MEMBER))

/** One row a form: its size, how to skip it, how to read it (read64 with 8-byte offsets), for whom. */
static const struct form {
	uint8_t known, size, skip, read, read64, sorts;
} forms[] = {
	[DW_FORM_addr] = { 1, SIZE_ADDRESS, STEP_SKIP, STEP_U32, STEP_U64, CAN(SORT_PLACE) },
	[DW_FORM_block2] = { 1, SIZE_VARIES, STEP_SKIP_BLOCK2, 0, 0, 0 },
	[DW_FORM_block4] = { 1, SIZE_VARIES, STEP_SKIP_BLOCK4, 0, 0, 0 },
	[DW_FORM_data2] = { 1, 2, STEP_SKIP, STEP_U16, STEP_U16, NUMBERS },
	[DW_FORM_data4] = { 1, 4, STEP_SKIP, STEP_U32, STEP_U32, NUMBERS },
	[DW_FORM_data8] = { 1, 8, STEP_SKIP, STEP_U64, STEP_U64, NUMBERS },
	[DW_FORM_string] = { 1, SIZE_VARIES, STEP_SKIP_STRING, STEP_TEXT_INLINE, STEP_TEXT_INLINE,
			     CAN(SORT_TEXT) },
	[DW_FORM_block] = { 1, SIZE_VARIES, STEP_SKIP_BLOCK, STEP_EXPR_OFFSET, STEP_EXPR_OFFSET,
			    CAN(SORT_MEMBER) },
	[DW_FORM_block1] = { 1, SIZE_VARIES, STEP_SKIP_BLOCK1, STEP_EXPR_OFFSET8, STEP_EXPR_OFFSET8,
			     CAN(SORT_MEMBER) },
	[DW_FORM_data1] = { 1, 1, STEP_SKIP, STEP_U8, STEP_U8, NUMBERS },
	[DW_FORM_flag] = { 1, 1, STEP_SKIP, STEP_FLAG8, STEP_FLAG8, CAN(SORT_NUMBER) },
	[DW_FORM_sdata] = { 1, SIZE_VARIES, STEP_SKIP_LEB, STEP_SLEB, STEP_SLEB, NUMBERS },
	[DW_FORM_strp] = { 1, SIZE_OFFSET, STEP_SKIP, STEP_U32, STEP_U64, CAN(SORT_TEXT) },
	[DW_FORM_udata] = { 1, SIZE_VARIES, STEP_SKIP_LEB, STEP_ULEB, STEP_ULEB, NUMBERS },
	[DW_FORM_ref_addr] = { 1, SIZE_REF_ADDR, STEP_SKIP, STEP_REF_ADDR32, STEP_REF_ADDR64,
			       CAN(SORT_REF) },
	[DW_FORM_ref1] = { 1, 1, STEP_SKIP, STEP_U8, STEP_U8, CAN(SORT_REF) },
	[DW_FORM_ref2] = { 1, 2, STEP_SKIP, STEP_U16, STEP_U16, CAN(SORT_REF) },
	[DW_FORM_ref4] = { 1, 4, STEP_SKIP, STEP_U32, STEP_U32, CAN(SORT_REF) },
	[DW_FORM_ref8] = { 1, 8, STEP_SKIP, STEP_U64, STEP_U64, CAN(SORT_REF) },
	[DW_FORM_ref_udata] = { 1, SIZE_VARIES, STEP_SKIP_LEB, STEP_ULEB, STEP_ULEB,
				CAN(SORT_REF) },
	[DW_FORM_sec_offset] = { 1, SIZE_OFFSET, STEP_SKIP, STEP_U32, STEP_U64, CAN(SORT_NUMBER) },
	[DW_FORM_exprloc] = { 1, SIZE_VARIES, STEP_SKIP_BLOCK, STEP_EXPR_OFFSET, STEP_EXPR_OFFSET,
			      CAN(SORT_MEMBER) },
	[DW_FORM_flag_present] = { 1, 0, STEP_SKIP, STEP_CONST, STEP_CONST, CAN(SORT_NUMBER) },
	[DW_FORM_strx] = { 1, SIZE_VARIES, STEP_SKIP_LEB, STEP_TEXT_INDEX_LEB, STEP_TEXT_INDEX_LEB,
			   CAN(SORT_TEXT) },
	[DW_FORM_addrx] = { 1, SIZE_VARIES, STEP_SKIP_LEB, STEP_ADDRX_LEB, STEP_ADDRX_LEB,
			    CAN(SORT_PLACE) },
	[DW_FORM_ref_sup4] = { 1, 4, STEP_SKIP, STEP_REF_NOWHERE32, STEP_REF_NOWHERE32,
			       CAN(SORT_REF) },
	[DW_FORM_ref_sup] = { 1, SIZE_OFFSET, STEP_SKIP, STEP_REF_NOWHERE32, STEP_REF_NOWHERE64,
			      CAN(SORT_REF) },
	[DW_FORM_strp_sup] = { 1, SIZE_OFFSET, STEP_SKIP, STEP_TEXT_FOREIGN32, STEP_TEXT_FOREIGN64,
			       CAN(SORT_TEXT) },
	[DW_FORM_data16] = { 1, 16, STEP_SKIP, 0, 0, 0 },
	[DW_FORM_line_strp] = { 1, SIZE_OFFSET, STEP_SKIP, STEP_TEXT_LINE32, STEP_TEXT_LINE64,
				CAN(SORT_TEXT) },
	[DW_FORM_ref_sig8] = { 1, 8, STEP_SKIP, STEP_REF_SIGNATURE, STEP_REF_SIGNATURE,
			       CAN(SORT_REF) },
	[DW_FORM_implicit_const] = { 1, 0, STEP_SKIP, STEP_CONST, STEP_CONST, NUMBERS },
	[DW_FORM_loclistx] = { 1, SIZE_VARIES, STEP_SKIP_LEB, STEP_LIST_INDEX, STEP_LIST_INDEX, 0 },
	[DW_FORM_rnglistx] = { 1, SIZE_VARIES, STEP_SKIP_LEB, STEP_LIST_INDEX, STEP_LIST_INDEX, 0 },
	[DW_FORM_ref_sup8] = { 1, 8, STEP_SKIP, STEP_REF_NOWHERE64, STEP_REF_NOWHERE64,
			       CAN(SORT_REF) },
	[DW_FORM_strx1] = { 1, 1, STEP_SKIP, STEP_TEXT_INDEX8, STEP_TEXT_INDEX8, CAN(SORT_TEXT) },
	[DW_FORM_strx2] = { 1, 2, STEP_SKIP, STEP_TEXT_INDEX16, STEP_TEXT_INDEX16, CAN(SORT_TEXT) },
	[DW_FORM_strx3] = { 1, 3, STEP_SKIP, STEP_TEXT_INDEX24, STEP_TEXT_INDEX24, CAN(SORT_TEXT) },
	[DW_FORM_strx4] = { 1, 4, STEP_SKIP, STEP_TEXT_INDEX32, STEP_TEXT_INDEX32, CAN(SORT_TEXT) },
	[DW_FORM_addrx1] = { 1, 1, STEP_SKIP, STEP_ADDRX8, STEP_ADDRX8, CAN(SORT_PLACE) },
	[DW_FORM_addrx2] = { 1, 2, STEP_SKIP, STEP_ADDRX16, STEP_ADDRX16, CAN(SORT_PLACE) },
	[DW_FORM_addrx3] = { 1, 3, STEP_SKIP, STEP_ADDRX24, STEP_ADDRX24, CAN(SORT_PLACE) },
	[DW_FORM_addrx4] = { 1, 4, STEP_SKIP, STEP_ADDRX32, STEP_ADDRX32, CAN(SORT_PLACE) },
};

/** GNU numbers from before DWARF 5, as what they became. */
static uint64_t standard_number(uint64_t number)
{
	static const uint16_t same[][2] = {
		{ DW_FORM_GNU_ref_alt, DW_FORM_ref_sup },
		{ DW_FORM_GNU_strp_alt, DW_FORM_strp_sup },
		{ DW_TAG_GNU_call_site, DW_TAG_call_site },
		{ DW_AT_GNU_tail_call, DW_AT_call_tail_call },
		{ DW_AT_GNU_all_call_sites, DW_AT_call_all_calls },
		{ DW_AT_GNU_dwo_name, DW_AT_dwo_name },
	};
	for (size_t i = 0; number >= 0x1f00 && i < KS_ARRAY_LEN(same); i++)
		if (same[i][0] == number)
			return same[i][1];
	return number;
}

static const struct form *find_form(uint64_t code)
{
	code = standard_number(code);
	if (code >= KS_ARRAY_LEN(forms) || !forms[code].known)
		return NULL;
	return &forms[code];
}

/* ---- the compiler ---- */

struct compiler {
	struct ks_abbrevs *to;
	struct ks_abbrev *abbrev;
	uint32_t wanted, skip;
	uint32_t offset; // bytes of the attributes so far
	bool fixed;	 // all of them have a fixed size and fit the layout
	unsigned int nr_fields, nr_consts;
	bool failed; // out of memory
};

/* ---- layouts ---- */

/** A wanted attribute of a DIE whose attributes all have a fixed size. */
static void lay_out(struct compiler *c, uint8_t slot, enum op_code read, uint32_t size)
{
	static const uint8_t widths[] = {
		[STEP_U8] = 1, [STEP_U16] = 2, [STEP_U32] = 4, [STEP_U64] = 8
	};
	if (read >= sizeof(widths) || widths[read] != size || c->nr_fields == KS_LAYOUT_FIELDS ||
	    c->offset > UINT16_MAX) {
		c->fixed = false;
		return;
	}
	c->abbrev->fields[c->nr_fields++] = (struct ks_field){
		.offset = (uint16_t)c->offset,
		.slot = slot,
		.shift = (uint8_t)(64 - 8 * size),
	};
}

static void lay_out_const(struct compiler *c, uint8_t slot, int64_t value)
{
	if (c->nr_consts++)
		c->fixed = false; // there is room for one
	c->abbrev->const_slot = slot;
	c->abbrev->const_value = (uint64_t)value;
}

/** A layout is worth it only where something is read. */
static void finish_layout(struct compiler *c)
{
	bool usable = c->fixed && c->offset <= UINT16_MAX && (c->nr_fields || c->nr_consts) &&
		      __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && !c->to->swap;
	c->abbrev->laid_out = usable;
	c->abbrev->size = (uint16_t)c->offset;
}

/* ---- programs ---- */

static void emit(struct compiler *c, enum op_code code, uint8_t slot)
{
	struct ks_op *op;
	for (; c->skip > UINT16_MAX; c->skip -= UINT16_MAX) {
		op = ks_vector_push(&c->to->ops);
		if (!op)
			goto failed;
		*op = (struct ks_op){ UINT16_MAX, STEP_SKIP, 0 };
	}
	op = ks_vector_push(&c->to->ops);
	if (!op)
		goto failed;
	*op = (struct ks_op){ (uint16_t)c->skip, (uint8_t)code, slot };
	c->skip = 0;
	return;
failed:
	c->failed = true;
}

static void emit_const(struct compiler *c, uint8_t slot, int64_t value)
{
	emit(c, STEP_CONST, slot);
	if (!ks_vector_reserve(&c->to->ops, 2)) {
		c->failed = true;
		return;
	}
	memcpy(&c->to->ops.at[c->to->ops.len], &value, sizeof(value));
	c->to->ops.len += sizeof(value) / sizeof(struct ks_op);
}

static uint32_t form_size(const struct ks_abbrevs *to, const struct form *form)
{
	switch (form->size) {
	case SIZE_ADDRESS:
		return to->address_size;
	case SIZE_OFFSET:
		return to->offset_size;
	case SIZE_REF_ADDR: // DWARF 2 wrote an address (section 7.5.4 of both)
		return to->version <= 2 ? to->address_size : to->offset_size;
	default:
		return form->size;
	}
}

/** The slot that an attribute fills, or KS_NR_SLOTS. */
static uint8_t wanted_slot(const struct compiler *c, uint64_t attr, const struct form *form)
{
	attr = standard_number(attr);
	if (attr >= KS_ARRAY_LEN(attr_slots) || !attr_slots[attr].slot_plus_1)
		return KS_NR_SLOTS;
	uint8_t slot = (uint8_t)(attr_slots[attr].slot_plus_1 - 1);
	uint8_t sort = attr_slots[attr].sort;
	bool fits = sort == SORT_WHERE || (form->sorts & CAN(sort));
	return fits && (c->wanted & KS_HAS(slot)) ? slot : KS_NR_SLOTS;
}

/** A slot that holds a location (location.h): an expression, a list's offset or number, or the fact that it exists. */
static void emit_place(struct compiler *c, const struct form *form, uint8_t slot)
{
	uint32_t size = form_size(c->to, form);
	if (form->read == STEP_EXPR_OFFSET || form->read == STEP_EXPR_OFFSET8) {
		emit(c, form->read == STEP_EXPR_OFFSET ? STEP_EXPR : STEP_EXPR8, slot);
		return;
	}
	if (form->read == STEP_LIST_INDEX) {
		emit(c, STEP_LIST_INDEX, slot);
		return;
	}
	if ((size == 4 || size == 8) && (form->sorts & CAN(SORT_NUMBER))) {
		enum op_code read = size == 8 ? form->read64 : form->read;
		emit(c, read, slot);
		lay_out(c, slot, read, size);
		return;
	}
	emit_const(c, slot, (int64_t)KS_LOCATION_UNKNOWN);
	lay_out_const(c, slot, (int64_t)KS_LOCATION_UNKNOWN);
	if (form->size == SIZE_VARIES)
		emit(c, form->skip, slot);
	else
		c->skip += form_size(c->to, form);
}

static void compile_attribute(struct compiler *c, uint64_t attr, uint64_t code,
			      const struct form *form, int64_t implicit)
{
	uint8_t slot = wanted_slot(c, attr, form);
	if (slot != KS_NR_SLOTS)
		c->abbrev->has |= KS_HAS(slot);
	if (form->size == SIZE_VARIES)
		c->fixed = false;
	if (slot == KS_SLOT_LOCATION || slot == KS_SLOT_RANGES) {
		emit_place(c, form, slot);
	} else if (slot == KS_NR_SLOTS && form->size == SIZE_VARIES) {
		emit(c, form->skip, 0);
	} else if (slot == KS_NR_SLOTS) {
		c->skip += form_size(c->to, form);
	} else if (form->read == STEP_CONST) {
		int64_t value = code == DW_FORM_implicit_const ? implicit : 1;
		emit_const(c, slot, value);
		lay_out_const(c, slot, value);
	} else {
		uint32_t size = form_size(c->to, form);
		enum op_code read = size == 8 ? form->read64 : form->read;
		emit(c, read, slot);
		lay_out(c, slot, read, size);
	}
	if (form->size != SIZE_VARIES)
		c->offset += form_size(c->to, form);
}

static struct ks_error *compile_attributes(struct compiler *c, struct ks_cursor *in)
{
	for (;;) {
		uint64_t attr = ks_cursor_uleb(in), code = ks_cursor_uleb(in);
		if (in->why || (!attr && !code))
			break;
		int64_t implicit = code == DW_FORM_implicit_const ? ks_cursor_sleb(in) : 0;
		const struct form *form = find_form(code);
		if (!form)
			return ks_error_new(KS_ERR_UNSUPPORTED,
					    "attribute 0x%llx has form 0x%llx, which ksurf does "
					    "not know",
					    (unsigned long long)attr, (unsigned long long)code);
		compile_attribute(c, attr, code, form, implicit);
	}
	emit(c, STEP_END, 0);
	finish_layout(c);
	return NULL;
}

/** @param typed variables are looked at, too */
static void classify(struct ks_abbrev *abbrev, bool typed, uint32_t *wanted)
{
	abbrev->class = KS_DIE_OTHER;
	*wanted = 0;
	uint64_t tag = standard_number(abbrev->tag);
	if (tag < KS_ARRAY_LEN(tag_classes) && (typed || tag_classes[tag].class != KS_DIE_TYPED)) {
		abbrev->class = tag_classes[tag].class;
		*wanted = tag_classes[tag].wanted;
	}
	bool entered = abbrev->class != KS_DIE_OTHER && abbrev->class != KS_DIE_TYPE &&
		       abbrev->class != KS_DIE_CALL_SITE && abbrev->class != KS_DIE_TYPED;
	if (abbrev->children && !entered)
		*wanted |= KS_HAS(KS_SLOT_SIBLING);
}

enum { UNDECLARED = 0xff, MAX_GAP = 1024, MAX_CODE = 1 << 20 };

/**
 * Compilers number abbreviations from 1 without gaps, so an array by code is all that is needed. A few bytes that
 * make a large one are refused, for every unit could have them.
 * @param nr how many are declared
 */
static struct ks_error *slot_for_code(struct ks_abbrevs *to, uint64_t nr, uint64_t code,
				      struct ks_abbrev **ret)
{
	if (code > 2 * nr + MAX_GAP || code > MAX_CODE)
		return ks_error_new(KS_ERR_DATA, "abbreviation code %llu is out of all order",
				    (unsigned long long)code);
	while (to->by_code.len <= code)
		if (!ks_vector_add(&to->by_code, ((struct ks_abbrev){ .children = UNDECLARED })))
			return &ks_nomem;
	*ret = &to->by_code.at[code];
	return NULL;
}

/** Compile the declaration that the cursor stands in, behind its code. */
static struct ks_error *compile_one(struct ks_abbrevs *to, struct ks_cursor *in, bool typed,
				    struct ks_abbrev *abbrev)
{
	struct compiler c = { .to = to, .abbrev = abbrev, .fixed = true };
	*abbrev = (struct ks_abbrev){ .const_slot = KS_NR_SLOTS };
	for (unsigned int i = 0; i < KS_LAYOUT_FIELDS; i++)
		abbrev->fields[i].slot = KS_NR_SLOTS;
	abbrev->tag = (uint16_t)ks_cursor_uleb(in);
	abbrev->children = ks_cursor_u8(in) != 0;
	abbrev->first_op = (uint32_t)to->ops.len;
	classify(abbrev, typed, &c.wanted);
	if (to->bare)
		c.wanted = 0;
	KS_TRY(compile_attributes(&c, in));
	return c.failed ? &ks_nomem : NULL;
}

/** The same, unless it was compiled before. */
static struct ks_error *compile_or_find(struct ks_abbrevs *to, struct ks_cursor *in, bool typed,
					struct ks_abbrev *abbrev)
{
	struct ks_abbrev_bytes declaration = { in->pos, ks_abbrev_declaration_bytes(in) };
	const uint8_t *end = in->pos + declaration.len;
	uint64_t hash;
	const struct ks_abbrev *known = ks_abbrevs_known_find(to, declaration, &hash);
	if (known) {
		*abbrev = *known;
		in->pos = end;
		return NULL;
	}
	KS_TRY(compile_one(to, in, typed, abbrev));
	if (in->why || in->pos != end)
		return NULL;
	return ks_abbrevs_known_add(to, declaration, hash, abbrev) ? NULL : &ks_nomem;
}

static struct ks_error *compile_all(struct ks_abbrevs *to, struct ks_cursor *in, bool typed)
{
	for (uint64_t nr = 0;; nr++) {
		uint64_t code = ks_cursor_uleb(in);
		struct ks_abbrev *abbrev = NULL;
		if (in->why || !code)
			return NULL;
		KS_TRY(slot_for_code(to, nr, code, &abbrev));
		KS_TRY((to->keep ? compile_or_find : compile_one)(to, in, typed, abbrev));
	}
}

struct ks_error *ks_abbrevs_compile(struct ks_abbrevs *abbrevs, const struct ks_unit *unit)
{
	abbrevs->cost = 0;
	if (abbrevs->by_code.len && abbrevs->offset == unit->abbrev_offset &&
	    abbrevs->address_size == unit->address_size &&
	    abbrevs->offset_size == unit->offset_size && abbrevs->version == unit->version)
		return NULL;
	abbrevs->by_code.len = 0;
	KS_TRY(ks_abbrevs_known_start(abbrevs, unit));
	abbrevs->offset = unit->abbrev_offset;
	abbrevs->address_size = unit->address_size;
	abbrevs->offset_size = unit->offset_size;
	abbrevs->version = unit->version;
	abbrevs->swap = unit->dwarf->swap;
	struct ks_cursor in = unit->dwarf->abbrev;
	struct ks_error *err = NULL;
	if (!ks_cursor_take(&in, unit->abbrev_offset))
		err = ks_error_new(KS_ERR_DATA, "abbreviations lie outside of their section");
	else
		err = compile_all(abbrevs, &in, unit->dwarf->type_units.len != 0);
	if (!err && in.why)
		err = ks_error_new(KS_ERR_DATA, "%s", in.why);
	abbrevs->cost = ks_cursor_offset(&in) - unit->abbrev_offset + abbrevs->by_code.len;
	if (err)
		abbrevs->by_code.len = 0;
	return ks_error_at(err, ".debug_abbrev", ks_cursor_offset(&in));
}

void ks_abbrevs_deinit(struct ks_abbrevs *abbrevs)
{
	ks_vector_deinit(&abbrevs->by_code);
	ks_vector_deinit(&abbrevs->ops);
	ks_abbrevs_known_deinit(&abbrevs->known);
}
