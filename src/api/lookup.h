/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What images say of a name, kernels with their modules: for the public functions and the commands alike. */
#include "base/buf.h"
#include "store/store.h"

/** As ks_store_history(), read as one of kernels with their modules. */
KS_MUST_CHECK struct ks_error *ks_lookup_history(struct ks_store *store,
						 const struct ks_store_images *images,
						 enum ks_kind kind, const char *name,
						 struct ks_arena *arena, struct ks_history *ret);

/** Whether a name may be one of that kind: of all kinds only fields have "::" in theirs. */
bool ks_lookup_may_be(enum ks_kind kind, const char *name);

/**
 * What to say of a name that no image has: the other kinds that have it, else the names that are near.
 * @param kind KS_NR_KINDS: it was looked for in all
 * @return KS_ERR_NOTFOUND, or the error that came in between; never NULL
 */
struct ks_error *ks_lookup_unknown(struct ks_store *store, const struct ks_store_images *images,
				   enum ks_kind kind, const char *name);
/* The same by whoever has found out otherwise: append a kind that has the name; make the error. */
void ks_lookup_other_kind(enum ks_kind kind, struct ks_buf *hint);
struct ks_error *ks_lookup_absent(size_t nr_images, enum ks_kind kind, const char *name,
				  struct ks_buf *hint);
