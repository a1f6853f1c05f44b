/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "base/error.h"

struct ks_surface;

/**
 * Write the published facts [D] of one image in the layout of the DepSurf dataset (docs/dataset.md):
 * KIND/LABEL.jsonl and the like below dir, which is made when missing. Only kinds the surface knows are
 * written; each file appears whole or not at all, in place of one of the same name.
 * @return KS_ERR_IO, or KS_ERR_USAGE when the image's label cannot be a file name.
 */
KS_MUST_CHECK struct ks_error *ks_export_depsurf(const struct ks_surface *surface, const char *dir);
