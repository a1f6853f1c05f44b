/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* How the names that objects need fare over many images, by the rules of the published study. */
#include "bpf/deps.h"
#include "store/store.h"
#include "surface/groups.h"

/** What becomes of a name: each counts when it is so in at least one image. In the order of the columns. */
enum ks_fate_kind {
	KS_FATE_ABSENT,
	KS_FATE_CHANGED,
	KS_FATE_FULL_INLINE, // this one and the next are about functions only
	KS_FATE_SELECTIVE_INLINE,
	KS_FATE_TRANSFORMED,
	KS_FATE_DUPLICATED,
	KS_FATE_COLLIDING,
	KS_NR_FATES,
};
#define KS_FATE_BIT(fate) (1u << (fate))

/** One name. */
struct ks_fate {
	enum ks_dep_kind kind;
	const char *name; // borrowed from the dependencies
	uint32_t bits;	  // KS_FATE_BIT()
};

/** Each name once, sorted by kind and name. */
struct ks_fates {
	struct ks_arena arena;
	size_t nr;
	struct ks_fate *at;
	uint32_t told[KS_NR_DEPS]; // KS_FATE_BIT(): some image, or pair of images, can tell
};

/** The kinds of dependencies that are counted: names of a surface. @return KS_NR_KINDS for the others */
enum ks_kind ks_fate_surface_kind(enum ks_dep_kind kind);

/** What to look at; all borrowed. */
struct ks_fate_scope {
	struct ks_store *store;
	const struct ks_store_images *images;
	/** Of images. A name changed when it differs between the first version that defines it and a later one, or
	 * between the base image and another architecture, flavour or build. */
	const struct ks_groups *groups;
	const struct ks_store_image *base; // not NULL: it changed when it differs from this image
};

/**
 * The fates of all published names in some lists.
 * @param lists borrowed as long as the result
 */
KS_MUST_CHECK struct ks_error *ks_fates_make(const struct ks_fate_scope *scope,
					     const struct ks_dep_list *lists, size_t nr,
					     struct ks_fates **ret);
void ks_fates_free(struct ks_fates *fates); // NULL is allowed
static inline void ks_fates_freep(struct ks_fates **fates)
{
	ks_fates_free(*fates);
}
#define _cleanup_fates_ __attribute__((__cleanup__(ks_fates_freep)))

/** That of a name, or NULL when no list held it. */
const struct ks_fate *ks_fates_find(const struct ks_fates *fates, enum ks_dep_kind kind,
				    const char *name);
