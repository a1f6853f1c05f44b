/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * What changed between two images of a store, name by name, and how many names changed in which way. Whoever
 * counts changes counts them here.
 */
#include "diff/diff.h"
#include "store/store.h"

/** Bits of ks_diff_scope.changes: a change of a kind, and names that only one image has. */
#define KS_CHANGE_BIT(change) ((uint64_t)1 << (change))
#define KS_ADDED_BIT ((uint64_t)1 << 62)
#define KS_REMOVED_BIT ((uint64_t)1 << 63)

/** What to compare. */
struct ks_diff_scope {
	uint32_t kinds;	  // KS_KNOWS() bits; 0: all
	uint32_t extras;  // KS_DIFF_* bits
	uint64_t changes; // what to look for, other differences are passed over; 0: everything
	const char *glob; // of names, as fnmatch(3); NULL: all names
	bool one_sided; // read the definitions of added and removed names, too: ks_difference has them
};

/** How the names of one kind differ. */
struct ks_tally {
	bool old_known, new_known;     // the image can tell about this kind
	bool old_counted, new_counted; // the next are known: no prototype is, where no types are
	size_t old, new;       // names each image has; a function counts when it has a prototype
	size_t added, removed; // 0 unless both images know the kind
	/** What one image has and the other does not list is certain not to be there. */
	bool added_certain, removed_certain;
	size_t changed;	 // names in both with at least one change, status and layout not counted
	size_t compiled; // functions whose status differs, with or without a prototype; 0 unless
			 // KS_DIFF_STATUS
	size_t laid_out; // structs and unions whose layout differs; 0 unless KS_DIFF_LAYOUT
	size_t changes[KS_NR_CHANGES]; // names with at least one such change
};

/** Whether the counts are known: what only one image has is told by its list, what changed by both. */
static inline bool ks_tally_tells_added(const struct ks_tally *tally)
{
	return tally->old_known && tally->new_known && tally->new_counted;
}
static inline bool ks_tally_tells_removed(const struct ks_tally *tally)
{
	return tally->old_known && tally->new_known && tally->old_counted;
}
static inline bool ks_tally_tells_changed(const struct ks_tally *tally)
{
	return ks_tally_tells_added(tally) && ks_tally_tells_removed(tally);
}

/** All kinds of one pair of images; those outside the scope are zero. */
struct ks_summary {
	struct ks_tally kinds[KS_NR_KINDS];
};

/** Something differs, of what was looked at. */
bool ks_summary_differs(const struct ks_summary *summary);

/** A name that differs. */
struct ks_difference {
	enum ks_kind kind;
	const char *name;
	const struct ks_fact *old, *new; // NULL on the side that does not list the name
	struct ks_changes changes;	 // with one side NULL: of its status at most
};
typedef struct ks_error *ks_difference_fn(const struct ks_difference *difference, void *arg);

/**
 * Compare two images of a store. What is the same is told by its id and not read. A kind that one image cannot
 * tell about has known and counts only.
 * @param scope NULL: all kinds and names, changes only
 * @param fn called for each name that differs, in the order of kinds and bytes; what it is given is valid during
 *	the call. NULL: count only
 * @param ret counts, over the names of the scope
 */
KS_MUST_CHECK struct ks_error *
ks_summary_make(struct ks_store *store, const struct ks_store_image *old,
		const struct ks_store_image *new, const struct ks_diff_scope *scope,
		ks_difference_fn *fn, void *arg, struct ks_summary *ret);
