/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the compiler of abbreviations knows of DWARF: which attributes are wanted of which tags, and how each form is read. */
#include <stdint.h>

/** What sort of form a slot can take; others are skipped and leave the slot unset. */
enum ks_form_sort {
	KS_SORT_NUMBER,
	KS_SORT_TEXT,
	KS_SORT_REF,
	KS_SORT_PLACE,
	KS_SORT_MEMBER,
	KS_SORT_WHERE
};
#define KS_CAN(sort) (1u << (sort))

/** A tag: what its DIEs are to us (enum ks_die_class; 0, which is none of ours, for most), and which slots are wanted of them. */
struct ks_tag_class {
	uint8_t class;
	uint32_t wanted;
};
/** @param tag also GNU's from before DWARF 5, as of what follows @return NULL for one behind the last that is known */
const struct ks_tag_class *ks_tag_class(uint64_t tag);

/** An attribute: the slot that it fills, and which sort of form it must have for that. */
struct ks_attr_slot {
	uint8_t slot_plus_1, sort;
};
/** @return NULL when nobody asks for it */
const struct ks_attr_slot *ks_attr_slot(uint64_t attr);

/** Sizes that are of the unit, or of each value. */
enum {
	KS_SIZE_ADDRESS = 0xfe,
	KS_SIZE_OFFSET = 0xfd,
	KS_SIZE_REF_ADDR = 0xfc,
	KS_SIZE_VARIES = 0xff
};

/** A form: its bytes, how to skip it, how to read it (read64 with 8-byte offsets; all three enum op_code), for whom (KS_CAN). */
struct ks_dwarf_form {
	uint8_t known, size, skip, read, read64, sorts;
};
/** @return NULL for one that is not known: not even its size is then */
const struct ks_dwarf_form *ks_dwarf_form(uint64_t code);
