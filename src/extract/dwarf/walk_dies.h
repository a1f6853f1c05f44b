/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The walk over DIEs, whichever unit they are in: shared by walk.c, walk_dies.c and walk_calls.c only. */
#include "extract/dwarf/walk.h"

/** One walk. Its DIEs are those of one unit at a time. */
struct walk {
	struct ks_walker *walker;
	struct ks_types *types;
	struct ks_functions *fns;
	struct ks_foreign *foreign;
	const struct ks_unit *unit; // whose DIEs are read
	const struct ks_abbrevs *abbrevs;
	/** References below are offsets in the unit; 0: it is not the one being walked. */
	uint64_t local;
	bool alone;	    // one DIE is read, and not what follows it
	struct ks_frame at; // the innermost open DIE
	uint64_t moved;	    // children, by rejoin_children()
	bool tangled;	    // so many that the walk would not end
	uint64_t v[KS_NR_VALUES];
};

static inline bool has(const struct ks_abbrev *abbrev, enum ks_slot slot)
{
	return abbrev->has & KS_HAS(slot);
}

static inline bool flag(const struct walk *w, const struct ks_abbrev *abbrev, enum ks_slot slot)
{
	return has(abbrev, slot) && w->v[slot];
}

/** A reference slot as the number of a DIE: its offset, if it is in this unit. */
static inline uint32_t ref(struct walk *w, const struct ks_abbrev *abbrev, enum ks_slot slot)
{
	if (!has(abbrev, slot))
		return KS_NO_NODE;
	if (w->v[slot] < w->local)
		return (uint32_t)w->v[slot];
	return ks_foreign_ref(w->foreign, w->unit, w->v[slot]);
}

/** Note the DIEs at p and behind it, with all that is below them, up to the end of the list they are in. */
KS_MUST_CHECK struct ks_error *ks_walk_dies(struct walk *w, const uint8_t *p);
/** Read the DIE at *pos into the slots and step over it. @param[out] ret NULL at the end of a list */
KS_MUST_CHECK struct ks_error *ks_walk_read_die(struct walk *w, const uint8_t **pos,
						const struct ks_abbrev **ret);
/** Note one type of another unit: of one with a name only what shows in references to it. */
KS_MUST_CHECK struct ks_error *ks_walk_type(struct walk *w, const uint8_t *start, uint32_t number);
/** Note which parameters the function at p has, that is in another unit. @param node its node */
KS_MUST_CHECK struct ks_error *ks_walk_parameters(struct walk *w, const uint8_t *p, uint32_t node);
/** An error at that place of the unit. */
struct ks_error *ks_walk_broken(const struct walk *w, const uint8_t *at, const char *why);

/* ---- walk_calls.c: of the DIE that was just read, in the function that is open ---- */

/** Note a call. */
void ks_walk_call(struct walk *w, const struct ks_abbrev *abbrev);
/** Note what is inlined. @return the function that it is, or KS_NO_FUNCTION */
uint32_t ks_walk_inlined(struct walk *w, const struct ks_abbrev *abbrev);
/** Note a parameter of an out-of-line copy, if it may be passed: it has a location and is no constant. */
void ks_walk_passed(struct walk *w, const struct ks_abbrev *abbrev);
