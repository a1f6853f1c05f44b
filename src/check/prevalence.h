/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* How the names that objects need fare over many images, by the rules of the published study. */
#include "bpf/deps.h"
#include "store/store.h"
#include "surface/groups.h"

/** What becomes of a name: each counts when it is so in at least one image. In the order of the columns. */
enum ks_prevalence_kind {
	KS_PREVALENCE_ABSENT,
	KS_PREVALENCE_CHANGED,
	KS_PREVALENCE_FULL_INLINE, // this one and the next are about functions only
	KS_PREVALENCE_SELECTIVE_INLINE,
	KS_PREVALENCE_TRANSFORMED,
	KS_PREVALENCE_DUPLICATED,
	KS_PREVALENCE_COLLIDING,
	KS_NR_PREVALENCES,
};
#define KS_PREVALENCE_BIT(kind) (1u << (kind))

/** What becomes of one name. */
struct ks_name_prevalence {
	enum ks_dep_kind kind;
	const char *name; // borrowed from the dependencies
	uint32_t bits;	  // KS_PREVALENCE_BIT()
};

/** Each name once, sorted by kind and name. */
struct ks_prevalence {
	struct ks_arena arena;
	size_t nr;
	struct ks_name_prevalence *at;
	uint32_t told[KS_NR_DEPS]; // KS_PREVALENCE_BIT(): some image, or pair of images, can tell
};

/** What to look at; all borrowed. */
struct ks_prevalence_scope {
	struct ks_store *store;
	const struct ks_store_images *images;
	/** Of images. A name changed when it differs between the first version that defines it and a later one, or
	 * between the base image and another architecture, flavour or build. */
	const struct ks_groups *groups;
	const struct ks_store_image *base; // not NULL: it changed when it differs from this image
};

/**
 * What becomes of all published names in some lists.
 * @param lists borrowed as long as the result
 */
KS_MUST_CHECK struct ks_error *ks_prevalence_make(const struct ks_prevalence_scope *scope,
						  const struct ks_dep_list *lists, size_t nr,
						  struct ks_prevalence **ret);
void ks_prevalence_free(struct ks_prevalence *prevalence); // NULL is allowed
static inline void ks_prevalence_freep(struct ks_prevalence **prevalence)
{
	ks_prevalence_free(*prevalence);
}
#define _cleanup_prevalence_ __attribute__((__cleanup__(ks_prevalence_freep)))

/** What becomes of a name; NULL when no list held it. */
const struct ks_name_prevalence *ks_prevalence_find(const struct ks_prevalence *prevalence,
						    enum ks_dep_kind kind, const char *name);
