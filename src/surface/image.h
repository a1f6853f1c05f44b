/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "surface/model.h"

/**
 * The one order of images, in lists and in reports: version as a tuple of numbers (5.4 = 5.4.0 before 5.15),
 * flavor, architecture, revision (by number where both have one), label. Unknown text sorts first.
 * @return negative, 0 or positive as strcmp().
 */
int ks_image_compare(const struct ks_image *a, const struct ks_image *b);
