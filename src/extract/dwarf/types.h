/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Types of one unit while it is walked, and the definitions of all units a thread has walked.
 *
 * The walk notes every type DIE as a node with its children. When the unit is done, each named
 * definition is hashed over everything that is visible of it; only what this thread has not seen before
 * is turned into a declaration. Units repeat their headers, so that is little.
 */
#include "base/arena.h"
#include "base/hashmap.h"
#include "base/vector.h"
#include "extract/dwarf/text.h"
#include "surface/model.h"

enum ks_node_kind {
	KS_NODE_VOID, // also what cannot be followed
	KS_NODE_INT,  // every base type: floating-point numbers are INTs to pahole, too [D]
	KS_NODE_TYPEDEF,
	KS_NODE_STRUCT,
	KS_NODE_UNION,
	KS_NODE_ENUM,
	KS_NODE_PTR,
	KS_NODE_CONST,
	KS_NODE_VOLATILE,
	KS_NODE_RESTRICT,
	KS_NODE_SAME, // an alias of its inner type (atomic)
	KS_NODE_ARRAY,
	KS_NODE_PROTO,
	KS_NODE_FUNCTION, // a subprogram: its prototype
};

#define KS_NO_NODE UINT32_MAX
#define KS_NO_NAME UINT64_MAX

/** 64 bytes; what a reference to the type needs stands in the first 16. */
struct ks_node {
	uint32_t offset; // of the DIE in its unit
	uint8_t kind;	 // enum ks_node_kind
	bool declaration;
	bool hashing;	       // its hash is being computed: a cycle ends here
	bool walked;	       // functions: the DIE itself was reached
	uint64_t loose, exact; // hashes; 0 until computed
	const struct ks_type *type;
	uint64_t name; // slot value, KS_NO_NAME when unnamed
	union {
		uint64_t size; // of types: bytes
		uint32_t copy; // of functions: out-of-line copy + 1
	};
	uint32_t inner;		     // offset of the type DIE it refers to, KS_NO_NODE for void
	uint32_t first, nr_children; // in ks_types.children, without gaps
	uint32_t function;	     // index of the unit's function + 1; 0: a type
};
_Static_assert(sizeof(struct ks_node) == 64, "one cache line");

/** A member, parameter, enumerator or subrange. */
struct ks_child {
	uint32_t offset; // of its DIE
	uint32_t type;	 // offset of the type DIE, KS_NO_NODE for none (a variadic tail)
	uint32_t bits;	 // bit-field size
	uint64_t name;	 // slot value, KS_NO_NAME when unnamed
	uint64_t value;	 // bit offset, enumerator value, or number of elements
};

/** A definition as first seen by a thread, and the units that share it. */
struct ks_found_decl {
	uint64_t hash;
	uint32_t next;	    // other definitions of the name, + 1
	uint32_t last_unit; // that uses it
	uint32_t nr_units, last_use;
	uint32_t unit, offset; // of the first: its place in file order
	bool declaration;      // of an enum: counts only where no unit defines it
	struct ks_decl decl;
};

/** Which unit uses which definition, as a list through ks_types.uses. */
struct ks_decl_use {
	uint32_t unit, next; // next: + 1
};

struct ks_type_name {
	uint64_t key;
	uint32_t first; // found_decl + 1
	uint8_t kind;	// enum ks_kind
};

/** A prototype by its exact hash. */
struct ks_type_proto {
	uint64_t hash;
	const struct ks_type *type;
};

/** The work of one thread. A zeroed struct is empty, apart from the borrowed pointers. */
struct ks_types {
	struct ks_arena *arena; // of the surface
	const struct ks_text *text;
	const struct ks_unit *unit; // being walked
	uint32_t unit_index;
	bool failed;	     // out of memory
	bool crowded;	     // more definitions of one name than any kernel has
	bool endless;	     // more members of definitions than the file can hold
	uint64_t nr_members; // looked at so far, for all definitions
	/** Nodes of the unit itself: behind them come those of others, that it refers to. */
	uint32_t nr_own;

	KS_VECTOR(struct ks_node) nodes;
	KS_VECTOR(struct ks_child) children;
	uint32_t *by_offset; // node that starts there; stale entries are told by their offset
	size_t by_offset_len;

	KS_VECTOR(struct ks_type_name) names;
	struct ks_hashmap name_map; // by key: to places in names, + 1
	KS_VECTOR(struct ks_found_decl) found;
	KS_VECTOR(struct ks_decl_use) uses;
	KS_VECTOR(struct ks_type *) forwards; // types made for forward declarations
	KS_VECTOR(struct ks_type_proto) protos;
	struct ks_hashmap proto_map; // by hash: to places in protos, + 1
};

/** Make room for units of up to max_unit bytes. The borrowed pointers are set. */
KS_MUST_CHECK struct ks_error *ks_types_init(struct ks_types *types, size_t max_unit);
/** Make room for nodes of that offset, too; false when memory runs out. */
bool ks_types_widen(struct ks_types *types, uint32_t offset);
/** From now on nodes are those of this unit. @param index of the unit in its file */
void ks_types_start_unit(struct ks_types *types, const struct ks_unit *unit, uint32_t index);
/** Look at every definition of the unit that was walked. */
KS_MUST_CHECK struct ks_error *ks_types_finish_unit(struct ks_types *types);
/** What went wrong in making types and definitions so far. */
KS_MUST_CHECK struct ks_error *ks_types_error(const struct ks_types *types);
/** Everything but the arena. */
void ks_types_deinit(struct ks_types *types);

/** A new node for the DIE at offset; its index. KS_NO_NODE when memory runs out. */
static inline uint32_t ks_types_add(struct ks_types *types, enum ks_node_kind kind, uint32_t offset)
{
	struct ks_node *node = ks_vector_push(&types->nodes);
	if (!node || offset >= types->by_offset_len) {
		types->failed = true;
		return KS_NO_NODE;
	}
	*node = (struct ks_node){
		.offset = offset,
		.kind = (uint8_t)kind,
		.inner = KS_NO_NODE,
		.name = KS_NO_NAME,
	};
	uint32_t index = (uint32_t)(types->nodes.len - 1);
	types->by_offset[offset] = index;
	return index;
}
/** The node of the DIE at offset, or KS_NO_NODE. */
static inline uint32_t ks_types_find(const struct ks_types *types, uint64_t offset)
{
	if (offset >= types->by_offset_len)
		return KS_NO_NODE;
	uint32_t i = types->by_offset[offset];
	return i < types->nodes.len && types->nodes.at[i].offset == offset ? i : KS_NO_NODE;
}
/** The children of a node, one after the other; never NULL, so that they may be counted through when there are none. */
static inline const struct ks_child *ks_types_children(const struct ks_types *types,
						       const struct ks_node *node)
{
	static const struct ks_child none;
	return types->children.at ? types->children.at + node->first : &none;
}

/** The type of a KS_NODE_PROTO or KS_NODE_FUNCTION node, shared with every equal one. */
const struct ks_type *ks_types_proto(struct ks_types *types, uint32_t index);
