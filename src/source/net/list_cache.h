/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Lists of packages that were fetched before: one file for each URL, replaced when the archive moves on. */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/** SHA-256 of some bytes as hex. @return hex */
char *ks_sha256_hex(const void *bytes, size_t len, char hex[65]);

/**
 * Where the list of a URL is kept. The folder is made.
 * @param dir NULL: $XDG_CACHE_HOME/ksurf, ~/.cache/ksurf
 * @return the caller frees; NULL when there is no place
 */
char *ks_list_cache_path(const char *dir, const char *url);
/** Read what is kept, if it is size bytes with that SHA-256. A cache that fails is an empty one. @param path may be NULL */
bool ks_list_cache_load(const char *path, uint64_t size, const char *sha256, struct ks_buf *ret);
/** Keep bytes: all of them, or nothing. @param path may be NULL */
void ks_list_cache_save(const char *path, const struct ks_buf *bytes);
