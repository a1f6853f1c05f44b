/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What a kernel says of itself: "Linux version 6.1.0-50-amd64 (builder@host) (gcc-12 (Debian 12.2.0-14) 12.2.0, …) #1 SMP …". */
#include <stdbool.h>

#include "surface/model.h"

/**
 * Read a banner into banner, release, version, revision, flavor, distribution and package_version of an image, and compiler where it
 * is not known yet. What the banner does not tell stays as it is; a text that is no banner leaves the release NULL.
 * @param image its arch is known: a release may end in it
 * @return false when memory runs out
 */
bool ks_banner_read(struct ks_arena *arena, const char *banner, struct ks_image *image);
/** The same from a release alone: fills release, version, revision and flavor. */
bool ks_banner_release(struct ks_arena *arena, const char *release, struct ks_image *image);
