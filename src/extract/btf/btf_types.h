/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The types of a BTF blob as values of the model, spelled as those from DWARF are, or as they stand. */
#include "base/vector.h"
#include "extract/btf/btf_names.h"
#include "surface/model.h"

/** A type that was made. */
struct ks_btf_value {
	const struct ks_type *type;
	uint64_t weight; // nodes of its spelling
	bool resolves;	 // of a forward declaration: the blob has what it stands for
};

/** A BTF blob while its types are made into values. */
struct ks_btf_values {
	const struct ks_btf *btf; // its names are not copied: they live as long as its bytes
	struct ks_arena *arena;
	struct ks_btf_value *made; // by id
	uint64_t spelled,
		budget; // types and members so far, as if each were spelled out, and how many may be
	bool failed;	// memory ran out
	/** As they stand, for struct ks_form: the names of the blob. NULL: as from DWARF. */
	const struct ks_btf_names *exact;
};

/** @param values zeroed @param btf, arena borrowed: what is made lies in the arena */
KS_MUST_CHECK struct ks_error *ks_btf_values_init(struct ks_btf_values *values,
						  const struct ks_btf *btf, struct ks_arena *arena);
/** Everything but the arena. */
void ks_btf_values_deinit(struct ks_btf_values *values);

/** The definition that a struct, union, enum, int, typedef or func of BTF is; its name NULL if unnamed. */
struct ks_decl ks_btf_values_decl(struct ks_btf_values *values, const struct ks_btf_type *type);
/** The type of an id. */
const struct ks_type *ks_btf_values_type(struct ks_btf_values *values, uint32_t id);
/** The i-th value of an enum as the signed number of its size. */
int64_t ks_btf_values_number(const struct ks_btf *btf, const struct ks_btf_type *type, uint32_t i);
/**
 * Whether all went well so far.
 * @return KS_ERR_DATA for a blob whose types are many times longer when spelled out than any compiler's
 */
KS_MUST_CHECK struct ks_error *ks_btf_values_error(const struct ks_btf_values *values);
