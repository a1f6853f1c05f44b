/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Functions of one unit while it is walked: who they are, where they are called and inlined. The
 * records of all units are merged in file order afterwards (merge.h), so the result does not depend on
 * the number of threads.
 */
#include "base/hashmap.h"
#include "extract/dwarf/foreign.h"

enum { KS_NO_FUNCTION = UINT32_MAX };

/** One identity as one unit sees it: an external function, or a static one at one location. */
struct ks_unit_function {
	uint64_t hash; // of text
	const char *text;
	const char *loc_file; // set by the first definition
	const char *home;     // path of the other unit that it belongs to, or NULL
	const struct ks_type *proto;
	uint64_t addr;
	uint32_t line;
	uint32_t proto_offset; // DIE of the first definition whose parameters all have names, or 0
	const struct ks_type *named_proto;
	uint32_t indirect_calls;
	uint32_t key_unit, key_file, key_line; // what tells static functions of a name apart
	const char *key_path;		       // of key_file, when that is in another unit
	uint8_t inlined;		       // enum ks_inline
	bool external, defined;
};

/** One call or inlining. */
struct ks_unit_edge {
	uint32_t callee, caller, via; // functions of the unit; KS_NO_FUNCTION for no via
	union {
		uint32_t node; // while walking: of the DIE that is called
		uint32_t copy; // in a record: the out-of-line copy that is called, + 1
	};
	uint8_t inlined; // bool
	uint8_t flags;	 // KS_CALLER_*
};

/** A parameter of an out-of-line copy that has a location somewhere in it. */
struct ks_unit_passed {
	uint64_t location; // of the parameter (dwarf/location.h)
	/** While walking: DIE in the abstract instance; then: index into the prototype. */
	uint32_t number;
};

/** An out-of-line instance of an abstract function; a clone when its symbol has a suffix. */
struct ks_unit_copy {
	uint32_t function;
	uint64_t low;	 // where it is entered, 0 when unknown
	uint32_t origin; // node of its abstract instance
	uint16_t nr_params;
	bool moved; // its origin is a function of another unit that nobody inlined
	const struct ks_unit_passed *params; // those that may be passed, in order
};

/** What remains of a unit once it is walked. Arrays live in the arena of its thread. */
struct ks_unit_record {
	const char *path; // NULL when the unit was left out
	struct ks_unit unit;
	uint32_t nr_functions, nr_edges, nr_copies;
	struct ks_unit_function *functions; // in order of first appearance
	struct ks_unit_edge *edges;	    // in walking order
	struct ks_unit_copy *copies;
	bool calls_known;
};

/** The work of one thread on its unit. */
struct ks_functions {
	struct ks_types *types;
	struct ks_arena *arena;
	struct ks_foreign *foreign;
	struct ks_unit_scope own;    // of the unit
	struct ks_unit_scope *scope; // where the DIEs come from that are walked: own, or of a part
	uint32_t scope_unit;	     // its number in the file + 1; 0: own
	KS_VECTOR(struct ks_unit_function) functions;
	KS_VECTOR(struct ks_unit_edge) edges;
	KS_VECTOR(struct ks_unit_copy) copies;
	KS_VECTOR(struct ks_unit_passed) params; // of all copies, in their order
	struct ks_hashmap map;			 // of the unit: to places in functions, + 1
	bool calls_known, failed;
};

/** @param v slots of the unit's own DIE */
KS_MUST_CHECK struct ks_error *ks_functions_start_unit(struct ks_functions *fns,
						       const struct ks_unit *unit,
						       const struct ks_abbrevs *abbrevs,
						       uint32_t has, const uint64_t *v);
/** Finish the functions of the walked unit into a record. Runs after ks_types_finish_unit(). */
KS_MUST_CHECK struct ks_error *ks_functions_finish_unit(struct ks_functions *fns,
							struct ks_unit_record *ret);
void ks_functions_deinit(struct ks_functions *fns);

/**
 * The node of the subprogram DIE at offset, which the walk may not have reached yet, with its function
 * known. KS_NO_NODE when there is no such function.
 */
uint32_t ks_functions_node(struct ks_functions *fns, uint64_t offset);
/** The walk reached a subprogram DIE; its node. @param v its slots, of which has are set */
uint32_t ks_functions_reach(struct ks_functions *fns, uint32_t offset, uint32_t has,
			    const uint64_t *v);

/**
 * Make the references of a subprogram DIE of a unit numbers of this unit's tables, and its name one that
 * means the same in every unit.
 */
void ks_functions_localize(struct ks_functions *fns, const struct ks_unit *unit, uint32_t has,
			   uint64_t *v);
/** Low address, or entry, or high address, as the published system looks for one. */
static inline uint64_t ks_die_addr(uint32_t has, const uint64_t *v)
{
	if (has & KS_HAS(KS_SLOT_LOW_PC))
		return v[KS_SLOT_LOW_PC];
	if (has & KS_HAS(KS_SLOT_ENTRY_PC))
		return v[KS_SLOT_ENTRY_PC];
	return has & KS_HAS(KS_SLOT_HIGH_PC) ? v[KS_SLOT_HIGH_PC] : 0;
}
