/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Functions of all units while they are merged: shared by merge_functions.c and fill_functions.c only. */
#include "base/hashmap.h"
#include "extract/dwarf/merge.h"

/** All functions of one name. */
struct ks_merge_group {
	const char *name;
	uint64_t hash;
	uint32_t nr_entries;
	uint32_t external;	     // the one entry that external functions share, + 1
	uint32_t last;		     // entry, + 1
	uint32_t first_out;	     // place of its entries in the surface
	uint32_t unit, offset;	     // of the definition that gives the listed prototype
	const struct ks_type *proto; // of that; NULL when nothing qualifies
	bool exact;		     // has a FUNC symbol of exactly its name
};

/** One entry being put together. */
struct ks_merge_entry {
	struct ks_entry facts;
	uint32_t group;
	uint32_t previous;		     // of the group, + 1
	uint32_t first_inline, first_direct; // place of its callers, next to fill while filling
	uint32_t clones;		     // chain, + 1
	const char *home, *loc_file;	     // of a static function: its unit's path, its place
	uint32_t line;
	bool compiled_elsewhere; // by a unit that describes its calls
};

struct ks_merge_clone {
	struct ks_clone facts;
	const struct ks_unit_copy *copy;
	const struct ks_unit *unit; // that it is in
	uint32_t next;		    // of the entry, + 1
};

/** What the merge adds to a unit's record: indexes parallel to its arrays. */
struct ks_merge_map {
	uint32_t *entries; // of each function
	uint16_t *clones;  // of each copy: number in its entry, 0 for none
};

struct ks_function_merge {
	struct ks_surface *surface;
	const struct ks_unit_record *records;
	const struct ks_symbol_index *symbols;
	size_t nr_units;
	struct ks_merge_map *maps;
	KS_VECTOR(struct ks_merge_group) groups;
	KS_VECTOR(struct ks_merge_entry) entries;
	KS_VECTOR(struct ks_merge_clone) clones;
	struct ks_hashmap group_map;   // to places in groups, + 1
	KS_VECTOR(const char *) paths; // of the units so far
	struct ks_hashmap path_map;    // to places in paths, + 1
	bool failed;		       // memory ran out in noting a path
	struct ks_arena *arena;	       // for what is made before the threads share the work
	struct ks_caller *inline_callers, *direct_callers;
	struct ks_function *functions;
	struct ks_entry *out_entries;
	bool *named; // of each symbol: some function has it
	unsigned int nr_shards;
};
