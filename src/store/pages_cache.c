/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/pages_cache.h"

#include <dirent.h>
#include <endian.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/memory.h"
#include "base/vector.h"
#include "source/net/list_cache.h"

/** Bytes on disk: of one catalogue, and of all of them. */
static const uint64_t one_most = 256 << 20, all_most = 512 << 20;

static const char name_prefix[] = "catalogue-";

char *ks_pages_cache_prefix(const char *url)
{
	_cleanup_free_ char *path = ks_list_cache_path(NULL, url); // FOLDER/packages-HASH
	char *prefix = NULL, *name = path ? strrchr(path, '/') : NULL;
	char *hash = name ? strrchr(name, '-') : NULL;
	if (!hash ||
	    asprintf(&prefix, "%.*s/%s%s-", (int)(name - path), path, name_prefix, hash + 1) < 0)
		return NULL;
	return prefix;
}

struct kept {
	char *name;
	uint64_t bytes;
	int64_t used;
};

static int by_age(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;
	return (x->used > y->used) - (x->used < y->used);
}

void ks_pages_cache_tidy(const char *prefix)
{
	const char *slash = strrchr(prefix, '/');
	_cleanup_free_ char *folder = slash ? strndup(prefix, (size_t)(slash - prefix)) : NULL;
	DIR *dir = folder ? opendir(folder) : NULL;
	KS_VECTOR(struct kept) all = { 0 };
	uint64_t bytes = 0;
	struct stat st;
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		if (strncmp(entry->d_name, name_prefix, strlen(name_prefix)) != 0 ||
		    fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		struct kept kept = { strdup(entry->d_name), (uint64_t)st.st_blocks * 512,
				     st.st_mtim.tv_sec };
		if (!kept.name || !ks_vector_add(&all, kept))
			free(kept.name);
		bytes += kept.bytes;
	}
	if (all.len)
		qsort(all.at, all.len, sizeof(*all.at), by_age);
	for (size_t i = 0; i < all.len; i++) {
		if (bytes > all_most - one_most && unlinkat(dirfd(dir), all.at[i].name, 0) == 0)
			bytes -= all.at[i].bytes;
		free(all.at[i].name);
	}
	ks_vector_deinit(&all);
	if (dir)
		closedir(dir);
}

/** A file without bytes that stands for all states. */
static char *mark_path(const char *url)
{
	_cleanup_free_ char *prefix = ks_pages_cache_prefix(url);
	char *path = NULL;
	if (!prefix || asprintf(&path, "%smark", prefix) < 0)
		return NULL;
	return path;
}

bool ks_pages_cache_has(const char *url)
{
	_cleanup_free_ char *path = mark_path(url);
	return path && access(path, F_OK) == 0;
}

static void mark(const char *url)
{
	_cleanup_free_ char *path = mark_path(url);
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;
	if (fd >= 0)
		close(fd);
}

void ks_pages_cache_open(struct ks_pages_cache *cache, const char *url, const char *validator,
			 uint64_t size)
{
	*cache = (struct ks_pages_cache){ .fd = -1 };
	_cleanup_free_ char *prefix = validator ? ks_pages_cache_prefix(url) : NULL;
	char *path = NULL;
	uint64_t hash = validator ? XXH3_64bits_withSeed(validator, strlen(validator), size) : 0;
	if (!prefix || asprintf(&path, "%s%016llx", prefix, (unsigned long long)hash) < 0)
		return;
	struct stat st;
	cache->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	free(path);
	if (cache->fd < 0 || fstat(cache->fd, &st) != 0)
		return;
	futimens(cache->fd, NULL); // used now
	mark(url);
	uint64_t there = (uint64_t)st.st_blocks * 512;
	cache->nr = (size + KS_PAGES_BLOCK - 1) / KS_PAGES_BLOCK;
	cache->blocks = (cache->nr * sizeof(uint64_t) + KS_PAGES_BLOCK - 1) / KS_PAGES_BLOCK *
			KS_PAGES_BLOCK;
	cache->room = there < one_most ? one_most - there : 0;
}

void ks_pages_cache_close(struct ks_pages_cache *cache)
{
	if (cache->fd >= 0)
		close(cache->fd);
	cache->fd = -1;
}

static uint64_t hash_of(uint64_t number, const void *block)
{
	return htole64(XXH3_64bits_withSeed(block, KS_PAGES_BLOCK, number) | 1);
}

bool ks_pages_cache_get(const struct ks_pages_cache *cache, uint64_t number, void *block)
{
	uint64_t hash = 0;
	if (cache->fd < 0 || number >= cache->nr ||
	    pread(cache->fd, &hash, sizeof(hash), (off_t)(number * sizeof(hash))) != sizeof(hash) ||
	    !hash)
		return false;
	off_t at = (off_t)(cache->blocks + number * KS_PAGES_BLOCK);
	return pread(cache->fd, block, KS_PAGES_BLOCK, at) == KS_PAGES_BLOCK &&
	       hash_of(number, block) == hash;
}

void ks_pages_cache_put(struct ks_pages_cache *cache, uint64_t number, const void *block)
{
	if (cache->fd < 0 || number >= cache->nr || cache->room < KS_PAGES_BLOCK)
		return;
	uint64_t hash = hash_of(number, block);
	off_t at = (off_t)(cache->blocks + number * KS_PAGES_BLOCK);
	cache->room -= KS_PAGES_BLOCK;
	if (pwrite(cache->fd, block, KS_PAGES_BLOCK, at) == KS_PAGES_BLOCK)
		(void)!pwrite(cache->fd, &hash, sizeof(hash), (off_t)(number * sizeof(hash)));
}
