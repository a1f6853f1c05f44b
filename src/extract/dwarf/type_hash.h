/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What a type node says, as a hash and as a value of the model. */
#include "extract/dwarf/types.h"

static inline uint64_t ks_hash_mix(uint64_t a, uint64_t b)
{
	__uint128_t m = (__uint128_t)(a ^ 0x9e3779b97f4a7c15u) * (b ^ 0xc2b2ae3d27d4eb4fu);
	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

/** Deeper chains of types than any compiler makes end in void. */
enum { KS_TYPE_DEPTH = 100 };

/** Hash of a definition with all its members or values, whatever is only declared in this unit. */
uint64_t ks_node_definition_hash(struct ks_types *types, uint32_t index);
/** Hash of a type as it stands where it is used, bodies included; tells forward declarations from definitions. */
uint64_t ks_node_exact_hash(struct ks_types *types, uint32_t index);

/** The type of a node; NULL when memory runs out. */
const struct ks_type *ks_node_type(struct ks_types *types, uint32_t index, unsigned int depth);
/** The definition that a node is. @param depth of the type that it is the body of, else 0 */
struct ks_decl ks_node_decl(struct ks_types *types, uint32_t index, unsigned int depth);
