/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "store/private.h"

/**
 * Write what an image's lists hold anew, as the difference to those of another. Inside a transaction that writes.
 * @param base 0: to nothing
 */
KS_MUST_CHECK struct ks_error *ks_image_rebase(struct ks_store *store, int64_t image, int64_t base);
