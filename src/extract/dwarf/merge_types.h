/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Types of all units while they are merged: shared by merge_types.c and merge_forward.c only. */
#include "base/hashmap.h"
#include "extract/dwarf/merge.h"

/** One definition of a name, whichever threads saw it; first in file order counts. */
struct ks_merge_variant {
	uint64_t hash;
	uint32_t unit, offset; // of the first
	uint32_t next;	       // other variants of the name, + 1
	struct ks_decl decl;
	uint32_t nr_units;
	uint32_t users; // found_ref + 1: what the threads know of it
};

/** One thread's record of a definition. */
struct ks_merge_use {
	const struct ks_types *types;
	const struct ks_found_decl *found;
	uint32_t next; // + 1
};

struct ks_merge_name {
	const char *name; // NULL: an unnamed enum
	uint64_t key;
	uint32_t first; // variant + 1
	uint8_t kind;
	bool declared_only;
	enum { FORWARD_UNDECIDED, FORWARD_RESOLVES, FORWARD_STAYS } forward;
};

struct ks_type_merge {
	struct ks_surface *surface;
	const struct ks_unit_record *records;
	size_t nr_units;
	KS_VECTOR(struct ks_merge_variant) variants;
	KS_VECTOR(struct ks_merge_use) refs;
	KS_VECTOR(struct ks_merge_name) names;
	struct ks_hashmap map; // to places in names, + 1
	uint64_t searched;     // types looked at for the forward declarations
};

/** Hash of a name within its kind; an unnamed enum goes by the hash of its values. */
uint64_t ks_merge_name_key(uint8_t kind, const char *name, uint64_t hash);
/** The name that was collected, or NULL. @param key ks_merge_name_key() of it */
struct ks_merge_name *ks_merge_find_name(const struct ks_type_merge *m, uint8_t kind,
					 const char *name, uint64_t key);
/** Make a forward declaration the type it stands for, if it stands for one. */
void ks_merge_forward(struct ks_type_merge *m, struct ks_type *type);
