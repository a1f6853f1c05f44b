/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Which images a report compares with which, and what it calls them. */
#include "base/error.h"
#include "surface/model.h"

/** The groups of the published reports, and KS_GROUP_OTHER for what has no place in the first three. */
enum ks_group_kind {
	KS_GROUP_REGULAR, // distribution, architecture and flavor of the base image; pairs of neighbours
	KS_GROUP_ARCH,	 // version and flavor of the base image; pairs with the base
	KS_GROUP_FLAVOR, // version and architecture of the base image; pairs with the base
	KS_GROUP_OTHER, // every other member, line by line; each paired with what it is best compared with
	KS_GROUP_LTS,	   // a chosen part of Regular
	KS_GROUP_REVISION, // version, architecture and flavor of the base; pairs with the base
	KS_GROUP_ALL,	   // every member, without pairs
	KS_NR_GROUPS,
	KS_NR_PUBLISHED_GROUPS = KS_GROUP_OTHER,     // those the Markdown styles have
	KS_NR_PARTITION_GROUPS = KS_GROUP_OTHER + 1, // those that hold each member once
};

/** How a group is spelled, once for every report. */
struct ks_group_info {
	const char *name;  // in JSON: "regular"
	const char *title; // "Regular"
};
extern const struct ks_group_info ks_groups_infos[KS_NR_GROUPS];

/** Two images to compare: indexes into the images, and what the group calls them. */
struct ks_pair {
	size_t old, new;
	const char *old_label, *new_label;
};

struct ks_group {
	size_t nr, nr_pairs;
	const size_t *images;	   // indexes, ascending; in Other within each line
	const char *const *labels; // one per image, unique within the group
	/** Of Other, for each image what it has in common with those of its line: "Debian cloud arm64". NULL in other groups. */
	const char *const *lines;
	const char *const *versions; // the same way, of each the version in short: "6.1"
	const struct ks_pair *pairs;
};

/** Immutable once made: may be shared between threads. */
struct ks_groups {
	const struct ks_image *const *images; // borrowed
	size_t nr_images;
	size_t base; // index of the base image; nr_images when there is no member
	struct ks_group at[KS_NR_GROUPS];
	struct ks_arena arena; // of the arrays and labels
};

/** What the user chose; a zeroed struct with base = KS_NO_IMAGE takes the defaults. */
struct ks_groups_choice {
	size_t base; // index of the base image; KS_NO_IMAGE: the default rule
	/** Index of an image whose version has the base by the default rule; NULL: any. */
	const size_t *kept;
	const size_t *members; // ascending indexes of the images to show; NULL: all of them
	size_t nr_members;
	/** Ascending indexes for the LTS group; NULL: the usual long-term versions. */
	const size_t *lts;
	size_t nr_lts;
};
#define KS_NO_IMAGE SIZE_MAX

/**
 * Sort images into groups. The default base is the newest version that its distribution also has in another architecture
 * or flavor, and of its images the one with the longest Regular group; else the newest of the longest such group.
 * @param images in the order of ks_image_compare(); borrowed for the life of the result
 * @param choice NULL: the defaults
 * @return KS_ERR_USAGE when a chosen index is not an image, or the base no member
 */
KS_MUST_CHECK struct ks_error *ks_groups_new(const struct ks_image *const *images, size_t nr,
					     const struct ks_groups_choice *choice,
					     struct ks_groups **ret);
void ks_groups_free(struct ks_groups *groups); // NULL is allowed
static inline void ks_groups_freep(struct ks_groups **groups)
{
	ks_groups_free(*groups);
}
#define _cleanup_groups_ __attribute__((__cleanup__(ks_groups_freep)))
