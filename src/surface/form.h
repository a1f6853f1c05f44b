/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What of BTF follows from declarations, and need not be kept beside them. */
#include "surface/model.h"

/** The name that DWARF's declarations have for an unnamed member or parameter. */
bool ks_form_unnamed(const char *name);

/**
 * Whether a type spelled as BTF has it says the same as one of a declaration. A name of a struct or union there stands for
 * BTF's first definition of it, and for a forward declaration where BTF has none.
 */
bool ks_form_same_type(const struct ks_type *exact, const struct ks_type *listed);

/** The same for a member; bits are where the record that holds it begins in the other. */
bool ks_form_same_member(const struct ks_member *exact, uint64_t bits,
			 const struct ks_member *listed);

/** The same for all that a declaration holds, but for its name. */
bool ks_form_same_decl(const struct ks_decl *exact, const struct ks_decl *listed);

/** The kind of BTF (enum ks_btf_kind) that a declaration becomes; of an int the encoding must be told. */
uint8_t ks_form_kind(const struct ks_decl *decl);
/** Whether names of a kind can be of that kind in BTF. */
bool ks_form_fits(uint8_t btf_kind, enum ks_kind kind);
/** The flag that follows from what it holds: a bit-field, or a value below 0. */
bool ks_form_flag(const struct ks_decl *decl);

/** Nothing but its content need be told of a form: kind, flag and linkage follow from that. */
bool ks_form_is_plain(const struct ks_form *form);
/** The forms of a name are what follows from its declaration. */
bool ks_forms_follow(const struct ks_forms *forms);
