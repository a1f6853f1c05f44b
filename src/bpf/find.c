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
#include "source/package/ar.h"
#include "source/spool.h"

enum { MAX_DEPTH = 32, MAX_FILES = 1 << 20 };

struct tree {
	struct ks_bpf_finds *finds;
	size_t nr_files;
	bool told; // that something is left out: once is enough
};

/** Say that something in a folder is left out, unless that was said. @return NULL */
static struct ks_error *leave_out(struct tree *tree, struct ks_error *err)
{
	if (tree->told || !tree->finds->left_out)
		ks_error_free(err);
	else
		tree->finds->left_out(tree->finds->left_out_arg, err);
	tree->told = true;
	return NULL;
}

/** What cannot be opened, and is no link to somewhere: nobody looks there. */
static struct ks_error *cannot_open(struct tree *tree, const char *path)
{
	struct stat st;
	if (errno != ELOOP || stat(path, &st) == 0 || errno != ELOOP)
		return NULL;
	return leave_out(
		tree, ks_error_new(KS_ERR_IO, "%s: left out: a link that leads to itself", path));
}

/** Where no object can be, for a reason that is worth telling. In a folder that is passed over. */
static struct ks_error *refuse(const char *path, const uint8_t *bytes, size_t len)
{
	if (!ks_ar_is_thin(bytes, len))
		return NULL;
	return ks_error_new(KS_ERR_DATA,
			    "%s: no eBPF object in it: a thin archive only names files: give those",
			    path);
}

static struct ks_error *find_in_bytes(struct ks_bpf_finds *finds, const char *path,
				      const uint8_t *bytes, size_t len)
{
	finds->nr_seen++;
	KS_TRY(refuse(path, bytes, len));
	KS_TRY(ks_bpf_find_spend(finds, path, 0));
	return ks_bpf_is_archive(bytes, len) ? ks_bpf_find_archive(finds, path, bytes, len)
					     : ks_bpf_find_in(finds, path, bytes, len);
}

/** The next part that is no hole. @return false behind the last */
static bool next_part(int fd, off_t *begin, off_t *end)
{
	*begin = lseek(fd, *end, SEEK_DATA);
	*end = *begin < 0 ? -1 : lseek(fd, *begin, SEEK_HOLE);
	return *end > *begin;
}

/** Holes are zeros, and no object begins in one. A file system that knows none has one part. */
static struct ks_error *find_in_parts(struct ks_bpf_finds *finds, const char *path, int fd,
				      const uint8_t *bytes, size_t len)
{
	size_t first = finds->len;
	struct ks_error *err = NULL;
	off_t begin = 0, end = 0;
	while (!err && (size_t)end < len && next_part(fd, &begin, &end)) {
		const struct ks_bpf_found *last =
			finds->len > first ? &finds->at[finds->len - 1] : NULL;
		size_t from = (size_t)begin, to = (size_t)end < len ? (size_t)end : len;
		if (last && last->offset + last->size > from) // it has holes itself
			from = last->offset + last->size;
		err = ks_bpf_find_within(finds, path, bytes, len, from, to);
	}
	struct ks_error *failed = ks_bpf_find_end(finds, first, path);
	if (err)
		ks_error_free(failed);
	return err ? err : failed;
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
	finds->nr_seen++;
	struct ks_error *err = refuse(path, map, len);
	if (!err)
		err = ks_bpf_find_spend(finds, path, 0);
	if (!err)
		err = ks_bpf_is_archive(map, len) ? ks_bpf_find_archive(finds, path, map, len)
						  : find_in_parts(finds, path, fd, map, len);
	munmap(map, len);
	return err;
}

static struct ks_error *find_tree(struct tree *tree, const char *path, int depth);

static struct ks_error *find_folder(struct tree *tree, const char *path, int depth)
{
	struct dirent **entries;
	if (depth == MAX_DEPTH)
		return leave_out(tree,
				 ks_error_new(KS_ERR_UNSUPPORTED,
					      "%s: left out: folders are nested too deeply", path));
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
	struct ks_error *err = NULL;
	int fd = -1;
	if (depth) // never waits for a pipe that nobody writes to
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	else
		err = ks_spool_open(path, &fd);
	if (err)
		return ks_error_wrap(err, "%s", path);
	if (!depth && strcmp(path, "-") == 0)
		path = "stdin";
	if (fd < 0)
		return cannot_open(tree, path);
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
	ks_bpf_find_begin(finds);
	KS_TRY(find_tree(&tree, path, 0));
	return expect_more(path, finds, before);
}

struct ks_error *ks_bpf_find_bytes(const char *path, const void *bytes, size_t len,
				   struct ks_bpf_finds *finds)
{
	size_t before = finds->len;
	ks_bpf_find_begin(finds);
	if (len)
		KS_TRY(find_in_bytes(finds, path, bytes, len));
	return expect_more(path, finds, before);
}
