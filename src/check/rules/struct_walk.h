/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What stands at a byte of a struct, as the verifier looks for it (btf_struct_walk()): inside check/ only. */
#include "check/core/core_type.h"

enum ks_walk_end {
	KS_WALK_UNTOLD,	 // the image does not tell
	KS_WALK_SCALAR,	 // a number, or a part of one
	KS_WALK_POINTER, // a pointer to a struct
	KS_WALK_MEMORY,	 // a pointer to something else
	KS_WALK_BEYOND,	 // refused: behind the end of the struct
	KS_WALK_NOTHING, // refused: no member is there
	KS_WALK_PART,	 // refused: a part of a pointer, or more than a member has
};

struct ks_walk {
	enum ks_walk_end end;
	const struct ks_decl *owner;	// the struct or union that the search ended in
	const struct ks_member *member; // of it; NULL: none
	const struct ks_decl *pointee;	// of a KS_WALK_POINTER
	const struct ks_decl *named;	// the last struct or union on the way that has a name
	uint64_t offset;		// in that
};

/** Look for size bytes from an offset on. */
struct ks_walk ks_struct_walk(const struct ks_site *site, const struct ks_decl *record,
			      uint64_t offset, uint64_t size);

/**
 * The struct or union that a shape stands for; NULL: none, or the image has several definitions of its name and does not tell
 * which one is meant.
 */
const struct ks_decl *ks_record_of_shape(const struct ks_site *site, const struct ks_shape *shape);
/** The same for what a pointer leads to; NULL also for what is no pointer. @param ret_other set: it leads to something else */
const struct ks_decl *ks_pointee(const struct ks_site *site, const struct ks_type *type,
				 bool *ret_other);
