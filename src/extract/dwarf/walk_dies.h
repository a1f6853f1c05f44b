/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The walk over DIEs, whichever unit they are in: shared by walk.c and walk_dies.c only. */
#include "extract/dwarf/walk.h"

/** One walk. Its DIEs are those of one unit at a time. */
struct walk {
	struct ks_walker *walker;
	struct ks_types *types;
	struct ks_functions *fns;
	struct ks_foreign *foreign;
	const struct ks_unit *unit; // whose DIEs are read
	const struct ks_abbrevs *abbrevs;
	uint64_t
		local; // references below are offsets in the unit; 0: it is not the one being walked
	bool alone;    // one DIE is read, and not what follows it
	struct ks_frame at; // the innermost open DIE
	uint64_t moved;	    // children, by rejoin_children()
	bool tangled;	    // so many that the walk would not end
	uint64_t v[KS_NR_VALUES];
};

static inline bool has(const struct ks_abbrev *abbrev, enum ks_slot slot)
{
	return abbrev->has & KS_HAS(slot);
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
