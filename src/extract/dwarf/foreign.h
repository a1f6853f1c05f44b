/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * DIEs of other units that the unit being walked refers to. Each gets a number behind the last offset of the
 * unit, so that the tables of the unit hold it like one of its own.
 *
 * There are two sorts of other units. Partial units and type units are parts of those that import them or
 * refer to them: their DIEs are read as if they stood there. Compile units stand for themselves; of them only the
 * DIEs are read that are referred to, and functions found there belong to them.
 */
#include <stdatomic.h>

#include "extract/dwarf/scope.h"
#include "extract/dwarf/types.h"

/** Another unit, ready to be read. */
struct ks_foreign_unit {
	struct ks_unit unit;
	struct ks_abbrevs abbrevs;
	struct ks_unit_scope scope;
	uint32_t number; // in the file, + 1
	uint8_t children;
	uint32_t first_child; // offset behind the unit's own DIE
	bool part;	      // partial or type unit
	bool left_out;	      // of another language
};

/** Shared by all threads. */
struct ks_foreign_shared {
	// what a file may still cost that refers to itself again and again: bytes of units and of their tables
	_Atomic int64_t left;
	atomic_bool *taken; // of each unit in the file: it is part of some other
};

/** The work of one thread. A zeroed struct is empty, apart from the borrowed pointers. */
struct ks_foreign {
	const struct ks_dwarf *dwarf;
	struct ks_arena *arena;
	struct ks_types *types;
	struct ks_foreign_shared *shared;
	const struct ks_unit *unit; // being walked
	uint32_t first;		    // number of the first foreign DIE: bytes of the unit
	KS_VECTOR(uint64_t) dies;   // offset in .debug_info by number - first
	// no ks_hashmap: parts and numbers of a unit go stale together, by its stamp
	struct {
		uint64_t at;
		uint32_t number, stamp;
	} * table; // open addressing, by at
	size_t table_len;
	uint32_t stamp;			// of the unit being walked
	bool closed;			// no more parts are taken in
	KS_VECTOR(uint32_t) parts;	// of this unit: numbers in the file
	uint32_t *part_stamps;		// by number in the file
	struct ks_foreign_unit **units; // the same; NULL: not ready
	KS_VECTOR(uint32_t) ready;
	size_t ready_size; // entries of tables
	bool nowhere;	   // some reference leads out of the file: nothing may be believed
	struct ks_error *err;
};

/** From now on numbers are those of this unit, which has taken in no part yet. */
void ks_foreign_start_unit(struct ks_foreign *foreign, const struct ks_unit *unit);
void ks_foreign_deinit(struct ks_foreign *foreign);

/**
 * The number of the DIE at an offset of .debug_info: its offset in the unit being walked, if it is there.
 * KS_NO_NODE when there is no such DIE, or after an error.
 */
uint32_t ks_foreign_number(struct ks_foreign *foreign, uint64_t at);
/** Take in the unit whose DIE is at an offset of .debug_info, if it is a part. */
void ks_foreign_import(struct ks_foreign *foreign, uint64_t at);
/** The other unit that holds an offset of .debug_info; NULL when there is none, or after an error. */
struct ks_foreign_unit *ks_foreign_unit_at(struct ks_foreign *foreign, uint64_t at);
/** Forget units, when they take a lot of memory, but not that one (or NULL). */
void ks_foreign_trim(struct ks_foreign *foreign, const struct ks_foreign_unit *keep);
/** Note work; false, with an error, when it was too much. */
bool ks_foreign_charge(struct ks_foreign *foreign, uint64_t amount);

static inline bool ks_foreign_is(const struct ks_foreign *foreign, uint32_t number)
{
	return number != KS_NO_NODE && number >= foreign->first &&
	       number - foreign->first < foreign->dies.len;
}
/** Where a foreign DIE is in .debug_info. */
static inline uint64_t ks_foreign_at(const struct ks_foreign *foreign, uint32_t number)
{
	return foreign->dies.at[number - foreign->first];
}
/** A slot that holds a reference, read in a unit, as the number of a DIE. */
uint32_t ks_foreign_ref(struct ks_foreign *foreign, const struct ks_unit *from, uint64_t value);
