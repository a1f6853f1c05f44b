/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * What has come of catalogues on servers, kept for the next time: a file for each state of each, with holes. It holds a hash for
 * each block, then the blocks; a block without its hash has not come. Failures are no errors: then nothing is kept.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KS_PAGES_BLOCK = 16384 };

/** What the names of the files of a URL begin with, below the user's cache folder, which is made; the caller frees. NULL: there is none */
char *ks_pages_cache_prefix(const char *url);
/** Remove what was not used for longest, until little enough is there. @param prefix of one that is about to be read */
void ks_pages_cache_tidy(const char *prefix);

/** Whether something of a URL is kept, of whatever state. */
bool ks_pages_cache_has(const char *url);

struct ks_pages_cache {
	int fd;		     // -1: nothing is kept
	uint64_t nr, blocks; // of the file; where they begin
	uint64_t room;	     // bytes that may still be kept
};
/** @param validator tells the states of the file apart */
void ks_pages_cache_open(struct ks_pages_cache *cache, const char *url, const char *validator,
			 uint64_t size);
void ks_pages_cache_close(struct ks_pages_cache *cache);
/** @param block KS_PAGES_BLOCK bytes @return false: it has not come */
bool ks_pages_cache_get(const struct ks_pages_cache *cache, uint64_t number, void *block);
void ks_pages_cache_put(struct ks_pages_cache *cache, uint64_t number, const void *block);
