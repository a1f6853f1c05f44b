/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Stores into one. */
#include "store/store.h"

/**
 * Take the images, modules and choices of another store in, as if everything had been added here: ks_store_merge() with modules
 * that are joined as those of several packages are.
 */
KS_MUST_CHECK struct ks_error *ks_ingest_merge(struct ks_store *into, struct ks_store *from,
					       unsigned int nr_threads,
					       struct ks_merge_result *ret);
