/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* One name in one list of one image: a seek in the list, a search in the segment, a walk over the columns. */
#include "store/columns.h"
#include "store/private.h"

/**
 * The row of a name, the first of those that have it. Inside a read transaction.
 * @param list as ks_list_name() calls it
 * @param ret its facts point into bytes of the store that last until the next call; ret_found tells whether it is filled
 */
KS_MUST_CHECK struct ks_error *ks_seek(struct ks_store *store, int64_t image, const char *list,
				       const char *name, bool *ret_found, struct ks_row *ret);
