/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "btf/btf.h"
#include "surface/model.h"

/**
 * Fill the surface's tables of types, prototypes, ambiguous names and variables with what a BTF blob adds: of
 * split BTF not what its base has.
 * @param btf whose bytes, and those of its base, must live as long as the surface: names are not copied
 * @return KS_ERR_DATA when the types cannot be spelled out
 */
KS_MUST_CHECK struct ks_error *ks_btf_decls_read(const struct ks_btf *btf,
						 struct ks_surface *surface);
/** Fill the table of variables alone. @param arena of the surface */
KS_MUST_CHECK struct ks_error *
ks_btf_variables_read(const struct ks_btf *btf, struct ks_arena *arena, struct ks_surface *surface);
