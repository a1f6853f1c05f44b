/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * The units of .debug_info, and reading one DIE at a time as fast as memory allows: the abbreviations of
 * a unit are compiled into short programs that skip what nobody wants and fill slots with the rest.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/error.h"
#include "base/hashmap.h"
#include "base/vector.h"
#include "elf/image.h"

/** What a DIE is to the reader; tags that mean nothing to it are KS_DIE_OTHER. */
enum ks_die_class {
	KS_DIE_OTHER,
	KS_DIE_UNIT,
	KS_DIE_TYPE,	  // a type without children of interest: base, typedef, pointer, const, …
	KS_DIE_COMPOSITE, // struct, union
	KS_DIE_ENUM,
	KS_DIE_ARRAY,
	KS_DIE_PROTO, // subroutine type
	KS_DIE_SUBPROGRAM,
	KS_DIE_INLINED,
	KS_DIE_CALL_SITE,
	KS_DIE_BLOCK,
	KS_DIE_TYPED,	    // a variable: its type may be in a type unit
	KS_DIE_IMPORT,	    // another unit, whose DIEs are to be read as if they stood here
	KS_DIE_FIRST_CHILD, // from here on: part of the DIE they are in
	KS_DIE_MEMBER = KS_DIE_FIRST_CHILD,
	KS_DIE_ENUMERATOR,
	KS_DIE_SUBRANGE,
	KS_DIE_PARAMETER,
	KS_DIE_VARIADIC,
};

/** Where the value of an attribute lands. */
enum ks_slot {
	KS_SLOT_SIBLING,
	KS_SLOT_NAME,
	KS_SLOT_TYPE,
	KS_SLOT_BYTE_SIZE,
	KS_SLOT_BIT_SIZE,
	KS_SLOT_BIT_OFFSET, // DWARF 2 and 3: counted from the most significant bit of the storage unit
	KS_SLOT_DATA_BIT_OFFSET,
	KS_SLOT_MEMBER_LOCATION, // bytes
	KS_SLOT_CONST_VALUE,
	KS_SLOT_UPPER_BOUND,
	KS_SLOT_RNGLISTS_BASE = KS_SLOT_UPPER_BOUND, // of a unit
	KS_SLOT_COUNT,
	KS_SLOT_LOCLISTS_BASE = KS_SLOT_COUNT, // of a unit
	KS_SLOT_DECLARATION,
	KS_SLOT_DECL_FILE,
	KS_SLOT_DECL_LINE,
	KS_SLOT_INLINE,
	KS_SLOT_EXTERNAL,
	KS_SLOT_ORIGIN, // DW_AT_abstract_origin, DW_AT_import
	KS_SLOT_CALL_ORIGIN,
	KS_SLOT_DWO_NAME = KS_SLOT_CALL_ORIGIN, // of a unit: the file that holds the rest of it
	KS_SLOT_SPECIFICATION,			// of a type: DW_AT_signature, where it is defined
	KS_SLOT_LOW_PC,
	KS_SLOT_HIGH_PC,
	KS_SLOT_ENTRY_PC,
	KS_SLOT_RANGES,
	KS_SLOT_TAIL_CALL,
	KS_SLOT_LOCATION, // location.h has its forms
	KS_SLOT_ALL_CALLS,
	KS_SLOT_LANGUAGE,
	KS_SLOT_STMT_LIST,
	KS_SLOT_COMP_DIR,
	KS_SLOT_STR_OFFSETS_BASE,
	KS_SLOT_ADDR_BASE,
	KS_NR_SLOTS,
	KS_NR_VALUES, // room for all slots, and one to throw away into
};
#define KS_HAS(slot) (1u << (slot))

/** One step of an abbreviation's program: skip bytes, then read one form into one slot. */
struct ks_op {
	uint16_t skip;
	uint8_t code; // enum op_code in die.h
	uint8_t slot;
};

/** A number at a fixed offset behind the abbreviation code; shift leaves its lower bytes of eight. */
struct ks_field {
	uint16_t offset;
	uint8_t slot, shift;
};
enum { KS_LAYOUT_FIELDS = 4 };

struct ks_abbrev {
	uint16_t tag;
	uint8_t class;				  // enum ks_die_class
	uint8_t children;			  // bool; 0xff: the code is not declared
	uint32_t has;				  // KS_HAS() of the slots its program fills
	uint32_t first_op;			  // index of its program in ks_abbrevs.ops
	bool laid_out;				  // the rest is set, and saves running the program
	uint8_t const_slot;			  // gets const_value; KS_NR_SLOTS for nothing
	uint16_t size;				  // bytes of all attributes
	struct ks_field fields[KS_LAYOUT_FIELDS]; // unused ones read into slot KS_NR_SLOTS
	uint64_t const_value;
};

/** A declaration in .debug_abbrev, without its code. */
struct ks_abbrev_bytes {
	const uint8_t *at;
	size_t len;
};

/** What declarations were compiled to, by their bytes (abbrev_known.h). */
struct ks_abbrevs_known {
	const struct ks_dwarf *dwarf;
	const uint8_t *section; // of dwarf, when they were
	KS_VECTOR(struct ks_abbrev_known {
		struct ks_abbrev_bytes declaration;
		struct ks_abbrev abbrev;
	})
	all;
	struct ks_hashmap map;
};

/** The compiled abbreviations of one unit; reused for the next. A zeroed struct is empty. */
struct ks_abbrevs {
	KS_VECTOR(struct ks_abbrev) by_code;
	KS_VECTOR(struct ks_op) ops;
	uint64_t offset; // in .debug_abbrev, of what is compiled
	uint64_t cost;	 // of the last call: bytes read and entries made, 0 when all was there
	bool bare; // set by the owner: skip everything, fill no slot (the floor of every walk)
	bool keep; // set by the owner, whose units are many: declarations stay for those that say the same
	struct ks_abbrevs_known known;
	uint8_t address_size, offset_size, version;
	bool swap;
};

struct ks_dwarf;

/** One unit. Offsets of DIEs are relative to its start, as references inside it are. */
struct ks_unit {
	const struct ks_dwarf *dwarf;
	const uint8_t *start, *end; // header to end, in .debug_info
	uint64_t abbrev_offset;
	uint32_t first_die;
	uint8_t version, address_size, offset_size, kind; // kind: DW_UT_*
	uint64_t str_offsets_base, addr_base, low_pc;	  // of its own DIE, set by the walk
	uint64_t rnglists_base, loclists_base;		  // the same; 0: lists have no index
	uint64_t signature;				  // of a type unit
	uint64_t type; // of a type unit: offset of the type that it is for
};

/** The debug sections of one image. */
struct ks_dwarf {
	const struct ks_elf *elf;
	bool swap;
	struct ks_cursor info, abbrev, line; // info: with .debug_types behind it, if there is one
	uint8_t *joined;		     // the bytes of info, when they come from two sections
	uint64_t info_size;		     // of .debug_info alone
	const struct ks_section *str, *line_str, *str_offsets, *addr;
	bool str_repeats; // equal text at several offsets of .debug_str: nobody has linked the file
	const struct ks_section *ranges, *rnglists, *loc, *loclists; // before and since DWARF 5
	KS_VECTOR(struct ks_unit) units;
	KS_VECTOR(uint32_t) type_units; // by signature
};

/**
 * Find the debug sections and list the units. KS_ERR_UNSUPPORTED when there is no debug information or
 * a kind that is not read (DWARF before 2 or after 5, parts of it in another file).
 */
KS_MUST_CHECK struct ks_error *ks_dwarf_open(const struct ks_elf *elf, struct ks_dwarf *ret);
void ks_dwarf_close(struct ks_dwarf *dwarf);

/** Compile the abbreviations of a unit, unless they are the ones already there. */
KS_MUST_CHECK struct ks_error *ks_abbrevs_compile(struct ks_abbrevs *abbrevs,
						  const struct ks_unit *unit);
void ks_abbrevs_deinit(struct ks_abbrevs *abbrevs);

/*
 * Text as a slot holds it: an offset into .debug_str, or one of these marks with an offset or an index.
 * Equal values of a unit are equal text; different values may be, too.
 */
#define KS_TEXT_INLINE ((uint64_t)1 << 63)   // offset in .debug_info
#define KS_TEXT_LINE_STR ((uint64_t)1 << 62) // offset in .debug_line_str
#define KS_TEXT_INDEX ((uint64_t)1 << 61)    // index for .debug_str_offsets
#define KS_TEXT_FOREIGN ((uint64_t)1 << 60)  // in a file that is not here

/** The text behind a slot value; "" when it points outside of its section. */
const char *ks_unit_text(const struct ks_unit *unit, uint64_t text);
/** The same text as a value that means the same in every unit. */
uint64_t ks_unit_text_anywhere(const struct ks_unit *unit, uint64_t text);
/** A hash of the text behind a slot value that does not cost reading the text in the usual case. */
uint64_t ks_unit_text_key_slow(const struct ks_unit *unit, uint64_t text);
static inline uint64_t ks_unit_text_key(const struct ks_unit *unit, uint64_t text)
{
	return text < KS_TEXT_FOREIGN && !unit->dwarf->str_repeats
		       ? text
		       : ks_unit_text_key_slow(unit, text);
}

/** A reference that leaves its unit: the offset in .debug_info, or nothing that can be followed. */
#define KS_REF_FOREIGN ((uint64_t)1 << 40)
#define KS_REF_NOWHERE ((uint64_t)1 << 41)

/** The unit that holds an offset of .debug_info, or NULL. */
const struct ks_unit *ks_dwarf_unit_at(const struct ks_dwarf *dwarf, uint64_t offset);
/** The offset in .debug_info of the type with that signature; 0: there is none. */
uint64_t ks_dwarf_signed_type(const struct ks_dwarf *dwarf, uint64_t signature);
