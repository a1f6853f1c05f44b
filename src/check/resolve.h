/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What a loader makes of an object's relocations and externs on one image: inside check/ only. */
#include "check/core/core.h"
#include "check/interp/interp.h"
#include "check/prepare.h"

/** How an extern of an object comes out on an image. */
enum ks_extern_state {
	KS_EXTERN_FOUND,
	KS_EXTERN_WEAK,	   // missing, which its declaration allows: it is zero
	KS_EXTERN_MISSING, // missing: no program of the object can be loaded
	KS_EXTERN_UNFIT,   // an option whose value the variable does not hold: no program either
	KS_EXTERN_UNTOLD,
	KS_EXTERN_NO_ADDRESS, // a variable that BTF has, and kallsyms does not
	KS_EXTERN_ADDRESS_UNTOLD,
};

/** An object on one image. */
struct ks_resolution {
	const struct ks_prepared *prepared;
	struct ks_site site, base; // base.view is NULL without a base image
	const struct ks_core_result *cores;
	const struct ks_known *core_values, *extern_values;
	const enum ks_extern_state *externs;
	uint64_t digest; // of all values that branches may depend on
};

/** Externs, relocations and data of an object on an image. @param arena holds the result */
KS_MUST_CHECK struct ks_error *ks_resolution_make(struct ks_arena *arena,
						  const struct ks_prepared *prepared,
						  const struct ks_site *site,
						  const struct ks_site *base,
						  struct ks_resolution *ret);

/**
 * Suppose that all has one value that is not known and decides branches: options, and whether types, their members and values are
 * there. @param arena holds the values @param resolution its values are exchanged
 */
KS_MUST_CHECK struct ks_error *
ks_resolution_suppose(struct ks_arena *arena, struct ks_resolution *resolution, uint64_t value);
