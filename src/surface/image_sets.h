/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * The sets of kernels that an image was had by, such as "debian:12@amd64,debian:13/cloud@arm64": NAME[/FLAVOUR]@ARCH, with commas
 * between them. A set's usual flavour is left out.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "surface/model.h"

/**
 * The pieces of such a name, or of what is asked for. They point into the text, and are NULL where they are not said; a flavour
 * without letters ("debian:12/") is the usual one.
 */
struct ks_set_name {
	const char *name, *flavour, *arch;
	size_t name_len, flavour_len, arch_len;
};

/** Take NAME[/FLAVOUR][@ARCH] apart, which has len bytes. */
void ks_set_name_read(const char *text, size_t len, struct ks_set_name *ret);

/** The next of the sets of an image, behind *at, which begins at their text. @return false: there is none */
bool ks_image_sets_next(const char **at, struct ks_set_name *ret);

/** Whether an image is of a set: what is not said of flavour and machine may be any. The name may be a pattern, as of fnmatch(3). */
bool ks_image_is_of_set(const struct ks_image *image, const struct ks_set_name *wanted);

/**
 * The sets of two lists, each once, those of the first one in front. Either may be NULL.
 * @param[out] ret one of them where it has all, else from the arena
 * @return false when memory runs out
 */
bool ks_image_sets_join(struct ks_arena *arena, const char *a, const char *b, const char **ret);
