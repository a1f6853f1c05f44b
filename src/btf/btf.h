/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * BTF of any byte order and of both header forms (kernel: Documentation/bpf/btf.rst), checked once when it is
 * opened: after that every name, reference and record is known to lie inside, so that readers need no checks.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/** The kinds as BTF numbers them. */
enum ks_btf_kind {
	KS_BTF_VOID,
	KS_BTF_INT,
	KS_BTF_PTR,
	KS_BTF_ARRAY,
	KS_BTF_STRUCT,
	KS_BTF_UNION,
	KS_BTF_ENUM,
	KS_BTF_FWD, // kflag: of a union
	KS_BTF_TYPEDEF,
	KS_BTF_VOLATILE,
	KS_BTF_CONST,
	KS_BTF_RESTRICT,
	KS_BTF_FUNC, // vlen: linkage
	KS_BTF_FUNC_PROTO,
	KS_BTF_VAR,
	KS_BTF_DATASEC,
	KS_BTF_FLOAT,
	KS_BTF_DECL_TAG,
	KS_BTF_TYPE_TAG,
	KS_BTF_ENUM64,
	KS_NR_BTF_KINDS,
};

/** An open BTF blob. The bytes are borrowed, and so is the base of split BTF. */
struct ks_btf {
	const struct ks_btf *base; // NULL unless split
	uint32_t first_id;	   // of its own types: 1, or one behind the last of the base
	uint32_t nr;		   // ids known, those of the base and id 0 (void) included
	bool big_endian;
	// what follows is the reader's own
	bool swap;
	uint32_t *offsets; // of the types from first_id on
	const uint8_t *types;
	const char *strings;
	uint32_t types_len, strings_len, first_string;
};

/** One type; what a kind does not have is zero. A kind from KS_NR_BTF_KINDS on has a name at most. */
struct ks_btf_type {
	uint32_t id;
	uint8_t kind; // enum ks_btf_kind, or a later one that the blob tells the length of
	bool kflag;
	uint32_t vlen;
	const char *name; // "" when it has none
	uint32_t size;	  // bytes: int, struct, union, enum, enum64, datasec, float
	/**
	 * What it refers to: ptr, typedef, const, …, func (its prototype), func_proto (what it returns), var,
	 * decl_tag, type_tag, array (the element).
	 */
	uint32_t type;
	const uint8_t *extra; // what follows the common part
};

struct ks_btf_member {
	const char *name;
	uint32_t type;
	uint32_t bits_offset, bitfield_size; // 0: no bit-field
};
struct ks_btf_param {
	const char *name; // "" for an unnamed one; with type 0 a variadic tail
	uint32_t type;
};
struct ks_btf_enumerator {
	const char *name;
	int64_t value; // sign- or zero-extended as the enum's kflag says
};
struct ks_btf_secinfo {
	uint32_t type, offset, size;
};

/**
 * Check and index a blob.
 * @param bytes borrowed as long as the result; len may be larger than the blob: the header says where it ends
 * @param base of split BTF, or NULL
 * @return KS_ERR_DATA with section ".BTF" and offset; KS_ERR_UNSUPPORTED for a kind nobody described
 */
KS_MUST_CHECK struct ks_error *ks_btf_open(const void *bytes, size_t len, const struct ks_btf *base,
					   struct ks_btf **ret);
void ks_btf_close(struct ks_btf *btf); // NULL is allowed
static inline void ks_btf_closep(struct ks_btf **btf)
{
	ks_btf_close(*btf);
}
#define _cleanup_btf_ __attribute__((__cleanup__(ks_btf_closep)))

/** The type of an id below btf->nr; any other id gives void. */
struct ks_btf_type ks_btf_type(const struct ks_btf *btf, uint32_t id);
/** Its kind alone, an enum ks_btf_kind, for those who look for few of many. */
uint32_t ks_btf_kind_of(const struct ks_btf *btf, uint32_t id);
/** The string at an offset, "" when it lies outside. */
const char *ks_btf_string(const struct ks_btf *btf, uint32_t offset);

/** The i-th of type->vlen members of a struct or union. */
struct ks_btf_member ks_btf_member(const struct ks_btf *btf, const struct ks_btf_type *type,
				   uint32_t i);
/** The i-th of type->vlen parameters of a func_proto. */
struct ks_btf_param ks_btf_param(const struct ks_btf *btf, const struct ks_btf_type *type,
				 uint32_t i);
/** The i-th of type->vlen values of an enum or enum64. */
struct ks_btf_enumerator ks_btf_enumerator(const struct ks_btf *btf, const struct ks_btf_type *type,
					   uint32_t i);
/** The i-th of type->vlen variables of a datasec. */
struct ks_btf_secinfo ks_btf_secinfo(const struct ks_btf *btf, const struct ks_btf_type *type,
				     uint32_t i);
/** How many elements an array has. */
uint32_t ks_btf_array_len(const struct ks_btf *btf, const struct ks_btf_type *type);
/** Bits, offset and encoding of an int: the word behind it, as BTF_INT_ENCODING() and its kin read it. */
uint32_t ks_btf_int_data(const struct ks_btf *btf, const struct ks_btf_type *type);
/** Which parameter or member a decl_tag is about; UINT32_MAX: the whole. */
uint32_t ks_btf_component(const struct ks_btf *btf, const struct ks_btf_type *type);
/** Linkage of a var. */
uint32_t ks_btf_var_linkage(const struct ks_btf *btf, const struct ks_btf_type *type);

/** Follow typedefs and qualifiers (type tags included) to what they stand for; at most 64 steps. */
uint32_t ks_btf_strip(const struct ks_btf *btf, uint32_t id);
/** The first type of that kind and name from id `from` on; 0 when there is none. */
uint32_t ks_btf_find(const struct ks_btf *btf, enum ks_btf_kind kind, const char *name,
		     uint32_t from);
