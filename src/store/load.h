/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Parts of reading a whole image. Inside store/ only. */
#include "store/part.h"

/** Fill the forms of a surface, whose declarations are there. Inside a read transaction. */
KS_MUST_CHECK struct ks_error *ks_load_forms(struct ks_store *store,
					     const struct ks_store_image *image,
					     struct ks_surface *surface);
