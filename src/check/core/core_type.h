/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Types of an image, as CO-RE walks and compares them: inside check/ only. */
#include "btf/btf.h"
#include "check/kernels/view.h"

/** What a type of an image stands for once typedefs and qualifiers are gone. */
struct ks_shape {
	enum ks_btf_kind kind;	    // KS_BTF_VOID also for what the image does not tell
	bool untold;		    // the image does not tell
	const struct ks_type *type; // NULL for a type that is only a declaration
	const struct ks_decl *decl; // of a struct, union, enum or int; NULL when the image has none
	const char *name;	    // NULL when it has none
};

/** Follow a type. @param type NULL is void */
struct ks_shape ks_shape_of(const struct ks_site *site, const struct ks_type *type);
/** The shape of a declaration itself; a typedef is followed. */
struct ks_shape ks_shape_of_decl(const struct ks_site *site, const struct ks_decl *decl);
/** Bytes; 0 when unknown or without size. */
uint64_t ks_shape_size(const struct ks_site *site, const struct ks_shape *shape);
/** Whether an int or an enum is signed, as its name or its values tell; of char the kernel, the machine and pahole. */
enum ks_presence ks_shape_signed(const struct ks_site *site, const struct ks_shape *shape);

/** May a field of the local type be read as the image's type is? What is untold may. */
bool ks_fields_agree(const struct ks_site *site, const struct ks_btf *btf, uint32_t local,
		     const struct ks_type *type);
/** bpf_core_type_exists(): same kinds all the way down, names left out. */
bool ks_types_agree(const struct ks_site *site, const struct ks_btf *btf, uint32_t local,
		    const struct ks_decl *decl);
/**
 * bpf_core_type_matches(): every local member is there, with its name and a matching type. Untold where that depends on which
 * members stand in unnamed structs, or on whether char is signed.
 */
enum ks_presence ks_types_match(const struct ks_site *site, const struct ks_btf *btf,
				uint32_t local, const struct ks_decl *decl);
