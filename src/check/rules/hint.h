/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Likely successors of names that an image does not have: inside check/ only. */
#include "check/check.h"
#include "check/kernels/view.h"

/**
 * Give reasons about missing functions and tracepoints a hint: the name of that image which shares most words, the
 * rather when it is new where the missing one is gone.
 * @param columns the images of the view; the first check->nr_images of them are those of the result
 * @param arena holds the hints
 */
KS_MUST_CHECK struct ks_error *ks_hints_add(struct ks_store *store,
					    const struct ks_store_images *columns,
					    struct ks_view *view, struct ks_check *check,
					    struct ks_arena *arena);

/** How many words (parts between "_") two names share, of 100. */
unsigned int ks_name_likeness(const char *a, const char *b);
