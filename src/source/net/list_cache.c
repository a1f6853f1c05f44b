/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/net/list_cache.h"

char *ks_sha256_hex(const void *bytes, size_t len, char hex[65])
{
	struct sha256_ctx ctx;
	uint8_t digest[SHA256_DIGEST_SIZE];
	sha256_init(&ctx);
	sha256_update(&ctx, len, bytes);
	sha256_digest(&ctx, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	return hex;
}

/** Make a folder and those that it is in. One that is there already, or cannot be, shows when a file is written. */
static void make_folders(char *path)
{
	for (char *slash = path; (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	mkdir(path, 0700);
}

char *ks_list_cache_path(const char *dir, const char *url)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char *folder = NULL, *path = NULL, hex[65];
	if (dir)
		folder = strdup(dir);
	else if (xdg && *xdg == '/')
		(void)!asprintf(&folder, "%s/ksurf", xdg);
	else if (home && *home == '/')
		(void)!asprintf(&folder, "%s/.cache/ksurf", home);
	if (!folder)
		return NULL;
	make_folders(folder);
	if (asprintf(&path, "%s/packages-%.32s", folder, ks_sha256_hex(url, strlen(url), hex)) < 0)
		path = NULL;
	free(folder);
	return path;
}

bool ks_list_cache_load(const char *path, uint64_t size, const char *sha256, struct ks_buf *ret)
{
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
	if (fd < 0)
		return false;
	struct stat st;
	char hex[65];
	bool good = fstat(fd, &st) == 0 && (uint64_t)st.st_size == size &&
		    ks_buf_reserve(ret, (size_t)size + 1) &&
		    read(fd, ret->at, (size_t)size) == (ssize_t)size &&
		    !strcasecmp(ks_sha256_hex(ret->at, (size_t)size, hex), sha256);
	close(fd);
	ret->len = good ? (size_t)size : 0;
	return good;
}

void ks_list_cache_save(const char *path, const struct ks_buf *bytes)
{
	char *temporary = NULL;
	if (!path || asprintf(&temporary, "%s.XXXXXX", path) < 0)
		return;
	int fd = mkostemp(temporary, O_CLOEXEC);
	if (fd >= 0) {
		bool whole = write(fd, bytes->at, bytes->len) == (ssize_t)bytes->len;
		if (close(fd) < 0 || !whole || rename(temporary, path) < 0)
			unlink(temporary);
	}
	free(temporary);
}
