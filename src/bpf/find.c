/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpf/find_private.h"

enum { MAX_DEPTH = 32, MAX_FILES = 1 << 20 };

struct tree {
	struct ks_bpf_finds *finds;
	size_t nr_files;
};

static struct ks_error *find_in_bytes(struct ks_bpf_finds *finds, const char *path,
				      const uint8_t *bytes, size_t len)
{
	KS_TRY(ks_progress_tell(finds->progress, "searching", ++finds->nr_seen, 0));
	return ks_bpf_is_archive(bytes, len) ? ks_bpf_find_archive(finds, path, bytes, len)
					     : ks_bpf_find_in(finds, path, bytes, len);
}

static struct ks_error *find_mapped(struct ks_bpf_finds *finds, const char *path, int fd,
				    size_t len)
{
	if (!len)
		return NULL;
	void *map = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return ks_error_new(KS_ERR_IO, "%s: cannot map: %m", path);
	madvise(map, len, MADV_SEQUENTIAL);
	struct ks_error *err = find_in_bytes(finds, path, map, len);
	munmap(map, len);
	return err;
}

static struct ks_error *find_tree(struct tree *tree, const char *path, int depth);

static struct ks_error *find_folder(struct tree *tree, const char *path, int depth)
{
	struct dirent **entries;
	if (depth == MAX_DEPTH)
		return ks_error_new(KS_ERR_UNSUPPORTED, "%s: folders are nested too deeply", path);
	int nr = scandir(path, &entries, NULL, alphasort);
	if (nr < 0)
		return ks_error_new(KS_ERR_IO, "%s: cannot list: %m", path);
	struct ks_error *err = NULL;
	size_t len = strlen(path);
	for (int i = 0; i < nr; i++) {
		const char *name = entries[i]->d_name;
		char *child = NULL;
		if (!err && strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
			if (asprintf(&child, "%s%s%s", path, path[len - 1] == '/' ? "" : "/",
				     name) < 0)
				err = &ks_nomem;
			else
				err = find_tree(tree, child, depth + 1);
			free(child);
		}
		free(entries[i]);
	}
	free(entries);
	return err;
}

/** @param depth 0: what was asked for, so that a link is followed and a failure counts */
static struct ks_error *find_tree(struct tree *tree, const char *path, int depth)
{
	struct stat st;
	// never waits for a pipe that nobody writes to
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (depth ? O_NOFOLLOW : 0));
	if (fd < 0)
		return depth ? NULL : ks_error_new(KS_ERR_IO, "%s: cannot open: %m", path);
	struct ks_error *err = NULL;
	if (fstat(fd, &st))
		err = ks_error_new(KS_ERR_IO, "%s: cannot stat: %m", path);
	else if (S_ISDIR(st.st_mode))
		err = find_folder(tree, path, depth);
	else if (tree->nr_files++ == MAX_FILES)
		err = ks_error_new(KS_ERR_UNSUPPORTED, "%s: more than %d files: choose fewer", path,
				   MAX_FILES);
	else if (S_ISREG(st.st_mode))
		err = find_mapped(tree->finds, path, fd, (size_t)st.st_size);
	else if (!depth)
		err = ks_error_new(KS_ERR_UNSUPPORTED, "%s: neither a file nor a folder", path);
	close(fd);
	// in a folder, what only looks like an archive is none of our business
	if (err && depth && err->code == KS_ERR_DATA) {
		ks_error_free(err);
		err = NULL;
	}
	return err;
}

/** @return KS_ERR_NOTFOUND when nothing was added to what there was before */
static struct ks_error *expect_more(const char *path, const struct ks_bpf_finds *finds,
				    size_t before)
{
	if (finds->len != before)
		return NULL;
	return ks_error_new(KS_ERR_NOTFOUND,
			    "%s: no eBPF object in it: an object file, or a program, library, "
			    "package or folder with such objects was expected",
			    path);
}

struct ks_error *ks_bpf_find(const char *path, struct ks_bpf_finds *finds)
{
	struct tree tree = { .finds = finds };
	size_t before = finds->len;
	KS_TRY(find_tree(&tree, path, 0));
	return expect_more(path, finds, before);
}

struct ks_error *ks_bpf_find_bytes(const char *path, const void *bytes, size_t len,
				   struct ks_bpf_finds *finds)
{
	size_t before = finds->len;
	if (len)
		KS_TRY(find_in_bytes(finds, path, bytes, len));
	return expect_more(path, finds, before);
}
