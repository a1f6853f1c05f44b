/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Many images at once: what each one counts, and what changed within each pair of a group. */
#include "diff/summary.h"
#include "store/census.h"
#include "surface/groups.h"

/** Two images of a group, and how they differ. */
struct ks_stats_pair {
	enum ks_group_kind group;
	const struct ks_pair *pair;	  // labels and indexes
	const struct ks_summary *summary; // shared with other groups that have the same pair
};

struct ks_stats {
	const struct ks_store_images *images; // borrowed
	const struct ks_groups *groups;	      // of images; borrowed
	uint32_t wanted;		      // groups: 1 << enum ks_group_kind
	struct ks_census *censuses;	      // one for each image; NULL when not asked for
	size_t nr_pairs;		      // in the order of groups and their pairs
	struct ks_stats_pair *pairs;
	struct ks_summary *summaries;
};

/** What to count; counting nothing gives the images and groups only. */
struct ks_stats_scope {
	uint32_t groups;	 // 1 << enum ks_group_kind, of those whose pairs are wanted
	bool censuses, pairs;	 //
	uint32_t kinds;		 // KS_KNOWS() bits of the kinds to compare; 0: all
	unsigned int nr_threads; // at least 1
};

/**
 * Count, on one state of the store.
 * @param images, groups borrowed for the life of the result
 */
KS_MUST_CHECK struct ks_error *ks_stats_make(struct ks_store *store,
					     const struct ks_store_images *images,
					     const struct ks_groups *groups,
					     const struct ks_stats_scope *scope,
					     struct ks_stats **ret);
void ks_stats_free(struct ks_stats *stats); // NULL is allowed
static inline void ks_stats_freep(struct ks_stats **stats)
{
	ks_stats_free(*stats);
}
#define _cleanup_stats_ __attribute__((__cleanup__(ks_stats_freep)))
