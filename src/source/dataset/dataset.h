/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * A DepSurf dataset directory (docs/dataset.md): what many kernel images offer, as published.
 * Two layouts: KIND/IMAGE.jsonl, or one folder per image with files named KIND.jsonl. Any file may be
 * zstd-compressed (".zst"). A file that is not there makes its facts unknown, never absent.
 */
#include <stddef.h>

#include "base/error.h"
#include "surface/model.h"

struct ks_dataset; // immutable once open: several threads may read images of it at a time

/**
 * List the images of a directory, sorted by label as strverscmp() does.
 * @return KS_ERR_IO; KS_ERR_UNSUPPORTED when the directory holds no dataset in either layout;
 * KS_ERR_DATA for file names no image can have.
 */
KS_MUST_CHECK struct ks_error *ks_dataset_open(const char *dir, struct ks_dataset **ret);
void ks_dataset_close(struct ks_dataset *ds); // NULL is allowed
static inline void ks_dataset_closep(struct ks_dataset **ds)
{
	ks_dataset_close(*ds);
}
#define _cleanup_dataset_ __attribute__((__cleanup__(ks_dataset_closep)))

/** How many images there are. */
size_t ks_dataset_count(const struct ks_dataset *ds);
/** The name of an image, such as "5.4.0-26-generic-amd64"; lives as long as the dataset. */
const char *ks_dataset_label(const struct ks_dataset *ds, size_t i);
/**
 * Read everything about one image, tier KS_TIER_IMPORTED. Equal texts and equal types are the same
 * pointers within it. The digest is a hash of the label and of the uncompressed files, so the layout does not matter.
 * @param[out] ret Free with ks_surface_free().
 * @return KS_ERR_IO, or KS_ERR_DATA that names file, line and byte.
 */
KS_MUST_CHECK struct ks_error *ks_dataset_image(const struct ks_dataset *ds, size_t i,
						struct ks_surface **ret);
