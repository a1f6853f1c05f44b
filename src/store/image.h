/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Rows of table image. */
#include "store/private.h"

/** Add the row of an image. @param anchor that its addresses are counted from */
KS_MUST_CHECK struct ks_error *ks_image_add(struct ks_store *store,
					    const struct ks_surface *surface, const char *label,
					    uint64_t anchor, int64_t *ret_id);

/** Id and base of the image of that label; both 0 when there is none. */
KS_MUST_CHECK struct ks_error *ks_image_find(struct ks_store *store, const char *label,
					     int64_t *ret_id, int64_t *ret_base);
