/* SPDX-License-Identifier: BSD-2-Clause */
#include "dwarf/abbrev_tables.h"

#include "base/array.h"
#include "dwarf/die.h"

/* ---- what is wanted ---- */

#define NAME_AND_TYPE (KS_HAS(KS_SLOT_NAME) | KS_HAS(KS_SLOT_TYPE))
#define NAME_AND_SIZE (KS_HAS(KS_SLOT_NAME) | KS_HAS(KS_SLOT_BYTE_SIZE))
#define DEFINED_TYPE (NAME_AND_SIZE | KS_HAS(KS_SLOT_DECLARATION) | KS_HAS(KS_SLOT_SPECIFICATION))
#define PLACE_SLOTS                                                                                \
	(KS_HAS(KS_SLOT_LOW_PC) | KS_HAS(KS_SLOT_HIGH_PC) | KS_HAS(KS_SLOT_ENTRY_PC) |             \
	 KS_HAS(KS_SLOT_RANGES))

static const struct ks_tag_class tag_classes[] = {
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

static const struct ks_attr_slot attr_slots[] = {
	[DW_AT_sibling] = { KS_SLOT_SIBLING + 1, KS_SORT_REF },
	[DW_AT_location] = { KS_SLOT_LOCATION + 1, KS_SORT_WHERE },
	[DW_AT_name] = { KS_SLOT_NAME + 1, KS_SORT_TEXT },
	[DW_AT_byte_size] = { KS_SLOT_BYTE_SIZE + 1, KS_SORT_NUMBER },
	[DW_AT_bit_offset] = { KS_SLOT_BIT_OFFSET + 1, KS_SORT_NUMBER },
	[DW_AT_bit_size] = { KS_SLOT_BIT_SIZE + 1, KS_SORT_NUMBER },
	[DW_AT_stmt_list] = { KS_SLOT_STMT_LIST + 1, KS_SORT_NUMBER },
	[DW_AT_low_pc] = { KS_SLOT_LOW_PC + 1, KS_SORT_PLACE },
	[DW_AT_high_pc] = { KS_SLOT_HIGH_PC + 1, KS_SORT_PLACE },
	[DW_AT_language] = { KS_SLOT_LANGUAGE + 1, KS_SORT_NUMBER },
	[DW_AT_import] = { KS_SLOT_ORIGIN + 1, KS_SORT_REF },
	[DW_AT_comp_dir] = { KS_SLOT_COMP_DIR + 1, KS_SORT_TEXT },
	[DW_AT_const_value] = { KS_SLOT_CONST_VALUE + 1, KS_SORT_NUMBER },
	[DW_AT_inline] = { KS_SLOT_INLINE + 1, KS_SORT_NUMBER },
	[DW_AT_upper_bound] = { KS_SLOT_UPPER_BOUND + 1, KS_SORT_NUMBER },
	[DW_AT_abstract_origin] = { KS_SLOT_ORIGIN + 1, KS_SORT_REF },
	[DW_AT_count] = { KS_SLOT_COUNT + 1, KS_SORT_NUMBER },
	[DW_AT_data_member_location] = { KS_SLOT_MEMBER_LOCATION + 1, KS_SORT_MEMBER },
	[DW_AT_decl_file] = { KS_SLOT_DECL_FILE + 1, KS_SORT_NUMBER },
	[DW_AT_decl_line] = { KS_SLOT_DECL_LINE + 1, KS_SORT_NUMBER },
	[DW_AT_declaration] = { KS_SLOT_DECLARATION + 1, KS_SORT_NUMBER },
	[DW_AT_external] = { KS_SLOT_EXTERNAL + 1, KS_SORT_NUMBER },
	[DW_AT_specification] = { KS_SLOT_SPECIFICATION + 1, KS_SORT_REF },
	[DW_AT_type] = { KS_SLOT_TYPE + 1, KS_SORT_REF },
	[DW_AT_entry_pc] = { KS_SLOT_ENTRY_PC + 1, KS_SORT_PLACE },
	[DW_AT_ranges] = { KS_SLOT_RANGES + 1, KS_SORT_WHERE },
	[DW_AT_signature] = { KS_SLOT_SPECIFICATION + 1, KS_SORT_REF },
	[DW_AT_data_bit_offset] = { KS_SLOT_DATA_BIT_OFFSET + 1, KS_SORT_NUMBER },
	[DW_AT_str_offsets_base] = { KS_SLOT_STR_OFFSETS_BASE + 1, KS_SORT_NUMBER },
	[DW_AT_addr_base] = { KS_SLOT_ADDR_BASE + 1, KS_SORT_NUMBER },
	[DW_AT_rnglists_base] = { KS_SLOT_RNGLISTS_BASE + 1, KS_SORT_NUMBER },
	[DW_AT_dwo_name] = { KS_SLOT_DWO_NAME + 1, KS_SORT_TEXT },
	[DW_AT_call_all_calls] = { KS_SLOT_ALL_CALLS + 1, KS_SORT_NUMBER },
	[DW_AT_call_all_source_calls] = { KS_SLOT_ALL_CALLS + 1, KS_SORT_NUMBER },
	[DW_AT_call_origin] = { KS_SLOT_CALL_ORIGIN + 1, KS_SORT_REF },
	[DW_AT_call_tail_call] = { KS_SLOT_TAIL_CALL + 1, KS_SORT_NUMBER },
	[DW_AT_loclists_base] = { KS_SLOT_LOCLISTS_BASE + 1, KS_SORT_NUMBER },
};

/* ---- how forms are read ---- */

#define NUMBERS (KS_CAN(KS_SORT_NUMBER) | KS_CAN(KS_SORT_PLACE) | KS_CAN(KS_SORT_MEMBER))

static const struct ks_dwarf_form forms[] = {
	[DW_FORM_addr] = { 1, KS_SIZE_ADDRESS, STEP_SKIP, STEP_U32, STEP_U64,
			   KS_CAN(KS_SORT_PLACE) },
	[DW_FORM_block2] = { 1, KS_SIZE_VARIES, STEP_SKIP_BLOCK2, 0, 0, 0 },
	[DW_FORM_block4] = { 1, KS_SIZE_VARIES, STEP_SKIP_BLOCK4, 0, 0, 0 },
	[DW_FORM_data2] = { 1, 2, STEP_SKIP, STEP_U16, STEP_U16, NUMBERS },
	[DW_FORM_data4] = { 1, 4, STEP_SKIP, STEP_U32, STEP_U32, NUMBERS },
	[DW_FORM_data8] = { 1, 8, STEP_SKIP, STEP_U64, STEP_U64, NUMBERS },
	[DW_FORM_string] = { 1, KS_SIZE_VARIES, STEP_SKIP_STRING, STEP_TEXT_INLINE,
			     STEP_TEXT_INLINE, KS_CAN(KS_SORT_TEXT) },
	[DW_FORM_block] = { 1, KS_SIZE_VARIES, STEP_SKIP_BLOCK, STEP_EXPR_OFFSET, STEP_EXPR_OFFSET,
			    KS_CAN(KS_SORT_MEMBER) },
	[DW_FORM_block1] = { 1, KS_SIZE_VARIES, STEP_SKIP_BLOCK1, STEP_EXPR_OFFSET8,
			     STEP_EXPR_OFFSET8, KS_CAN(KS_SORT_MEMBER) },
	[DW_FORM_data1] = { 1, 1, STEP_SKIP, STEP_U8, STEP_U8, NUMBERS },
	[DW_FORM_flag] = { 1, 1, STEP_SKIP, STEP_FLAG8, STEP_FLAG8, KS_CAN(KS_SORT_NUMBER) },
	[DW_FORM_sdata] = { 1, KS_SIZE_VARIES, STEP_SKIP_LEB, STEP_SLEB, STEP_SLEB, NUMBERS },
	[DW_FORM_strp] = { 1, KS_SIZE_OFFSET, STEP_SKIP, STEP_U32, STEP_U64, KS_CAN(KS_SORT_TEXT) },
	[DW_FORM_udata] = { 1, KS_SIZE_VARIES, STEP_SKIP_LEB, STEP_ULEB, STEP_ULEB, NUMBERS },
	[DW_FORM_ref_addr] = { 1, KS_SIZE_REF_ADDR, STEP_SKIP, STEP_REF_ADDR32, STEP_REF_ADDR64,
			       KS_CAN(KS_SORT_REF) },
	[DW_FORM_ref1] = { 1, 1, STEP_SKIP, STEP_U8, STEP_U8, KS_CAN(KS_SORT_REF) },
	[DW_FORM_ref2] = { 1, 2, STEP_SKIP, STEP_U16, STEP_U16, KS_CAN(KS_SORT_REF) },
	[DW_FORM_ref4] = { 1, 4, STEP_SKIP, STEP_U32, STEP_U32, KS_CAN(KS_SORT_REF) },
	[DW_FORM_ref8] = { 1, 8, STEP_SKIP, STEP_U64, STEP_U64, KS_CAN(KS_SORT_REF) },
	[DW_FORM_ref_udata] = { 1, KS_SIZE_VARIES, STEP_SKIP_LEB, STEP_ULEB, STEP_ULEB,
				KS_CAN(KS_SORT_REF) },
	[DW_FORM_sec_offset] = { 1, KS_SIZE_OFFSET, STEP_SKIP, STEP_U32, STEP_U64,
				 KS_CAN(KS_SORT_NUMBER) },
	[DW_FORM_exprloc] = { 1, KS_SIZE_VARIES, STEP_SKIP_BLOCK, STEP_EXPR_OFFSET,
			      STEP_EXPR_OFFSET, KS_CAN(KS_SORT_MEMBER) },
	[DW_FORM_flag_present] = { 1, 0, STEP_SKIP, STEP_CONST, STEP_CONST,
				   KS_CAN(KS_SORT_NUMBER) },
	[DW_FORM_strx] = { 1, KS_SIZE_VARIES, STEP_SKIP_LEB, STEP_TEXT_INDEX_LEB,
			   STEP_TEXT_INDEX_LEB, KS_CAN(KS_SORT_TEXT) },
	[DW_FORM_addrx] = { 1, KS_SIZE_VARIES, STEP_SKIP_LEB, STEP_ADDRX_LEB, STEP_ADDRX_LEB,
			    KS_CAN(KS_SORT_PLACE) },
	[DW_FORM_ref_sup4] = { 1, 4, STEP_SKIP, STEP_REF_NOWHERE32, STEP_REF_NOWHERE32,
			       KS_CAN(KS_SORT_REF) },
	[DW_FORM_ref_sup] = { 1, KS_SIZE_OFFSET, STEP_SKIP, STEP_REF_NOWHERE32, STEP_REF_NOWHERE64,
			      KS_CAN(KS_SORT_REF) },
	[DW_FORM_strp_sup] = { 1, KS_SIZE_OFFSET, STEP_SKIP, STEP_TEXT_FOREIGN32,
			       STEP_TEXT_FOREIGN64, KS_CAN(KS_SORT_TEXT) },
	[DW_FORM_data16] = { 1, 16, STEP_SKIP, 0, 0, 0 },
	[DW_FORM_line_strp] = { 1, KS_SIZE_OFFSET, STEP_SKIP, STEP_TEXT_LINE32, STEP_TEXT_LINE64,
				KS_CAN(KS_SORT_TEXT) },
	[DW_FORM_ref_sig8] = { 1, 8, STEP_SKIP, STEP_REF_SIGNATURE, STEP_REF_SIGNATURE,
			       KS_CAN(KS_SORT_REF) },
	[DW_FORM_implicit_const] = { 1, 0, STEP_SKIP, STEP_CONST, STEP_CONST, NUMBERS },
	[DW_FORM_loclistx] = { 1, KS_SIZE_VARIES, STEP_SKIP_LEB, STEP_LIST_INDEX, STEP_LIST_INDEX,
			       0 },
	[DW_FORM_rnglistx] = { 1, KS_SIZE_VARIES, STEP_SKIP_LEB, STEP_LIST_INDEX, STEP_LIST_INDEX,
			       0 },
	[DW_FORM_ref_sup8] = { 1, 8, STEP_SKIP, STEP_REF_NOWHERE64, STEP_REF_NOWHERE64,
			       KS_CAN(KS_SORT_REF) },
	[DW_FORM_strx1] = { 1, 1, STEP_SKIP, STEP_TEXT_INDEX8, STEP_TEXT_INDEX8,
			    KS_CAN(KS_SORT_TEXT) },
	[DW_FORM_strx2] = { 1, 2, STEP_SKIP, STEP_TEXT_INDEX16, STEP_TEXT_INDEX16,
			    KS_CAN(KS_SORT_TEXT) },
	[DW_FORM_strx3] = { 1, 3, STEP_SKIP, STEP_TEXT_INDEX24, STEP_TEXT_INDEX24,
			    KS_CAN(KS_SORT_TEXT) },
	[DW_FORM_strx4] = { 1, 4, STEP_SKIP, STEP_TEXT_INDEX32, STEP_TEXT_INDEX32,
			    KS_CAN(KS_SORT_TEXT) },
	[DW_FORM_addrx1] = { 1, 1, STEP_SKIP, STEP_ADDRX8, STEP_ADDRX8, KS_CAN(KS_SORT_PLACE) },
	[DW_FORM_addrx2] = { 1, 2, STEP_SKIP, STEP_ADDRX16, STEP_ADDRX16, KS_CAN(KS_SORT_PLACE) },
	[DW_FORM_addrx3] = { 1, 3, STEP_SKIP, STEP_ADDRX24, STEP_ADDRX24, KS_CAN(KS_SORT_PLACE) },
	[DW_FORM_addrx4] = { 1, 4, STEP_SKIP, STEP_ADDRX32, STEP_ADDRX32, KS_CAN(KS_SORT_PLACE) },
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

const struct ks_tag_class *ks_tag_class(uint64_t tag)
{
	tag = standard_number(tag);
	return tag < KS_ARRAY_LEN(tag_classes) ? &tag_classes[tag] : NULL;
}

const struct ks_attr_slot *ks_attr_slot(uint64_t attr)
{
	attr = standard_number(attr);
	return attr < KS_ARRAY_LEN(attr_slots) && attr_slots[attr].slot_plus_1 ? &attr_slots[attr]
									       : NULL;
}

const struct ks_dwarf_form *ks_dwarf_form(uint64_t code)
{
	code = standard_number(code);
	return code < KS_ARRAY_LEN(forms) && forms[code].known ? &forms[code] : NULL;
}
