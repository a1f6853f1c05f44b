/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The walk over the DIEs of one unit: types and functions are noted, everything else is skipped. */
#include "extract/dwarf/functions.h"

/** What one thread needs to walk units; zeroed apart from the borrowed pointers. */
struct ks_walker {
	struct ks_abbrevs abbrevs;
	struct ks_types types;
	struct ks_functions functions;
	struct ks_foreign foreign;
	KS_VECTOR(struct ks_frame) frames; // open DIEs of the unit
	char apart[KS_APART];		   // the next one is another thread's
};

/** One open DIE, and what to go back to when it closes. */
struct ks_frame {
	uint32_t node;		     // whose children these are, or KS_NO_NODE
	uint32_t first, nr_children; // of that node, so far
	uint32_t caller;	     // function that holds calls found here
	uint32_t via;		     // function inlined here
	bool own;      // below an out-of-line copy: the published system sees no caller
	uint8_t class; // enum ks_die_class
};

/** Walk one unit and leave its record. KS_ERR_DATA names the offset where the unit is broken. */
KS_MUST_CHECK struct ks_error *ks_walk_unit(struct ks_walker *walker, const struct ks_unit *unit,
					    uint32_t index, struct ks_unit_record *ret);
/** Walk a type unit by itself; only types are found in it. */
KS_MUST_CHECK struct ks_error *ks_walk_type_unit(struct ks_walker *walker,
						 const struct ks_unit *unit, uint32_t index);
void ks_walker_deinit(struct ks_walker *walker);
