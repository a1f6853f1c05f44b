/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Which image of the store is the same as another: the only place that decides it. */
#include "store/private.h"

/** What the store has of a kernel, or of the modules of one. */
struct ks_kept {
	char *label, *digest;  // owned; no label: there is nothing
	int64_t id;	       // of its row
	struct ks_image image; // its tier
};
void ks_kept_deinit(struct ks_kept *kept);
#define _cleanup_kept_ __attribute__((__cleanup__(ks_kept_deinit)))

/**
 * Find what is kept of an image. One kernel is one image: when it has a build id, that alone decides, whatever package it
 * came from. Without one the digest does. Where the store has several of one build id, the one that tells most is meant.
 */
KS_MUST_CHECK struct ks_error *ks_kept_find(struct ks_store *store, const struct ks_image *image,
					    struct ks_kept *ret);
/** The image that has a digest. */
KS_MUST_CHECK struct ks_error *ks_kept_find_digest(struct ks_store *store, const char *digest,
						   struct ks_kept *ret);

/** It is there, and stays as it is when the image comes. */
bool ks_kept_stays(const struct ks_kept *kept, const struct ks_image *image);
