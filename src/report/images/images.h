/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The images of a store, as text. */
#include "base/json.h"
#include "report/format.h"
#include "store/selection.h"

struct ks_images_options {
	enum ks_format format;
	unsigned int columns; // terminal: width; 0: as wide as it gets
	/** Sets that the store follows, for the terminal; may be NULL. */
	const struct ks_seen_sets *seen;
};

/**
 * Append a line or an object for each chosen image.
 * @param sel with its groups
 * @return &ks_nomem; KS_ERR_USAGE when KS_DOCUMENT_IMAGES has no such format
 */
KS_MUST_CHECK struct ks_error *ks_images_write(const struct ks_images_options *options,
					       const struct ks_selection *sel, struct ks_buf *out);
/** Append what an image lacks that another source of the same kernel could tell: "debug info, config"; or nothing. */
void ks_images_lacks(const struct ks_store_image *image, struct ks_buf *out);
/** One image as an object. */
void ks_images_json(const struct ks_store_image *stored, bool is_base, struct ks_json *json);
