/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the public functions share: inside api/ only. */
#include <ksurf/ksurf.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/progress.h"
#include "store/selection.h"

struct ksurf_store {
	struct ks_store *store;
};

/** An error of the caller's when memory ran out: static, never freed. */
extern struct ksurf_error ks_api_nomem;

/** Turn an error inside out for the caller, and free it; NULL stays NULL. */
struct ksurf_error *ks_api_publish(struct ks_error *err);

/** Hand a text over, unless there was an error. @param len may be NULL */
struct ksurf_error *ks_api_publish_text(struct ks_error *err, struct ks_buf *out, char **text,
					size_t *len);

/**
 * Take the caller's options over, which begin with their size. What an older caller's struct does not have stays 0.
 * @param own zeroed, of own_size bytes
 * @param theirs NULL: nothing was said
 * @return KS_ERR_USAGE when the size is missing, or a newer caller asks for what this library does not know
 */
KS_MUST_CHECK struct ks_error *ks_api_options(void *own, size_t own_size, const void *theirs);

/** The kind of that name, else KS_ERR_USAGE. */
KS_MUST_CHECK struct ks_error *ks_api_kind(const char *word, enum ks_kind *ret);

/**
 * Choose images and group them.
 * @param words as of struct ksurf_images_options; NULL: the members
 */
KS_MUST_CHECK struct ks_error *ks_api_choose(struct ks_store *store, const char *words,
					     struct ks_selection *ret);

/** A caller who is told how far a job is, and may cancel it. A zeroed struct does not want to know. */
struct ks_api_progress {
	ksurf_progress_fn *fn;
	void *arg;
};
/** @return KS_ERR_CANCELLED when the caller wants the job to end */
KS_MUST_CHECK struct ks_error *ks_api_tell(const struct ks_api_progress *progress, const char *what,
					   uint64_t done, uint64_t total);
