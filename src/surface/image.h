/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "surface/model.h"

/**
 * Order of two versions by their dotted numbers, as many as each has ("5.4" before "5.4.0", "5.4.0" before
 * "5.10.0"); what follows the numbers decides last ("-rc2" before "-rc10"). NULL comes first.
 */
int ks_version_compare(const char *a, const char *b);

/** How long the beginning of a version is that names its series: 3 of "6.1.176", 0 of none. */
size_t ks_series_len(const char *version);
/** Both versions are of one series. NULL is of none. */
bool ks_version_same_series(const char *a, const char *b);

/**
 * The image tells where functions are inlined and called. Those without debug information do not: a function
 * without a symbol may be absent there, or inlined everywhere.
 */
bool ks_image_tells_inline(const struct ks_image *image);

/** Whether it is made of types alone, without the kernel: which symbols there are, and all that code would tell, is unknown. */
bool ks_image_is_types(const struct ks_image *image);
/** How much its source told, in a word: that of its tier, and "symbols" for an image that has neither debug information nor BTF. */
const char *ks_image_tier_text(const struct ks_image *image);

/**
 * A name of the kind that the image does not list is not in it. Functions need the above; system calls that only
 * events tell of need those events. Of modules it takes all of their kernel's.
 */
bool ks_image_lists_all(const struct ks_image *image, enum ks_kind kind);

/**
 * Of the same kernel, what was kept tells less than what came now, and gives way to it. The running kernel may tell
 * more each time it is read.
 */
bool ks_image_gives_way(const struct ks_image *kept, const struct ks_image *now);

/**
 * Both are of one flavour, if on two machines: what a machine's usual kernel is called there ("armmp", "powerpc64le") counts as
 * nothing, so that rt-armmp is the rt of armhf. NULL is as "".
 */
bool ks_image_same_flavor(const struct ks_image *a, const struct ks_image *b);

/**
 * Whose kernel it is: by the set that it was had by, else by its banner.
 * @param[out] len bytes
 * @return in the image; NULL when neither tells
 */
const char *ks_image_distribution(const struct ks_image *image, size_t *len);
/** Both are of one distribution, in whatever case it is written, or of both none is known. */
bool ks_image_same_distribution(const struct ks_image *a, const struct ks_image *b);

/**
 * The number of a point release: 176 of 6.1.176, out of the release or, where that has none (6.1.0-50), out of the package's
 * version; 0: it cannot tell.
 */
unsigned int ks_image_point_release(const struct ks_image *image);

/**
 * The day on which a kernel was built, as its banner tells: "2026-07-02".
 * @param ret room for it and a NUL, 11 bytes at least
 * @return false: it does not tell
 */
bool ks_image_built(const struct ks_image *image, char *ret);

/** The order of images in every list and report: version, flavor, architecture, revision, label. */
int ks_image_compare(const struct ks_image *a, const struct ks_image *b);

/**
 * Whether the names of a kind can be counted: functions count when they have a prototype, and symbols alone have none.
 * @param known as ks_surface.known
 */
bool ks_image_counts(uint32_t known, enum ks_kind kind);
