/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "source/dataset/dataset_dir.h"

static void close_dirp(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}
#define _cleanup_dir_ __attribute__((__cleanup__(close_dirp)))

void ks_dataset_close(struct ks_dataset *ds)
{
	if (!ds)
		return;
	ks_vector_deinit(&ds->images);
	ks_arena_deinit(&ds->arena);
	free(ds);
}

size_t ks_dataset_count(const struct ks_dataset *ds)
{
	return ds->images.len;
}

const char *ks_dataset_label(const struct ks_dataset *ds, size_t i)
{
	return ds->images.at[i].label;
}

/** len of name without suffix, when it has it and something in front; else 0. */
static size_t without(const char *name, size_t len, const char *suffix)
{
	size_t n = strlen(suffix);
	return len > n && memcmp(name + len - n, suffix, n) == 0 ? len - n : 0;
}

/** The length of the stem of a file of that kind ("STEM.jsonl.zst"), or 0. */
static size_t stem(const char *name, enum ks_dataset_file_kind kind)
{
	size_t len = strlen(name), packed = without(name, len, ".zst");
	if (packed)
		len = packed;
	size_t n = without(name, len, ks_dataset_files[kind].suffix);
	// Where the file is one JSON value, some name it after the line format of the others.
	return n || kind != KS_DATASET_SYSCALLS ? n : without(name, len, ".jsonl");
}

static struct ks_error *add_file(struct ks_dataset *ds, const char *label, size_t label_len,
				 enum ks_dataset_file_kind kind, const char *dir, const char *name)
{
	for (size_t i = 0; i < label_len; i++)
		if (label[i] <= ' ' || label[i] > '~')
			return ks_error_new(KS_ERR_DATA,
					    "%s: not the name of an image: byte 0x%02x", dir,
					    (unsigned char)label[i]);
	struct ks_dataset_image *image = ds->images.at;
	struct ks_dataset_image *end = ds->images.len ? image + ds->images.len : image;
	while (image != end &&
	       (strncmp(image->label, label, label_len) != 0 || image->label[label_len]))
		image++;
	if (image == end) {
		image = ks_vector_push(&ds->images);
		if (!image)
			return &ks_nomem;
		*image = (struct ks_dataset_image){ 0 };
		image->label = ks_arena_strndup(&ds->arena, label, label_len);
		if (!image->label)
			return &ks_nomem;
	}
	if (image->paths[kind])
		return ks_error_new(KS_ERR_DATA, "%s/%s: a second %s file of the same image", dir,
				    name, ks_dataset_files[kind].folder);
	size_t size = strlen(dir) + strlen(name) + 2;
	char *path = ks_arena_alloc(&ds->arena, size);
	if (!path)
		return &ks_nomem;
	snprintf(path, size, "%s/%s", dir, name);
	image->paths[kind] = path;
	return NULL;
}

/** A folder KIND/ of the published layout. */
static struct ks_error *list_kind(struct ks_dataset *ds, const char *path,
				  enum ks_dataset_file_kind kind)
{
	_cleanup_dir_ DIR *dir = opendir(path);
	if (!dir)
		return errno == ENOENT || errno == ENOTDIR || errno == ELOOP
			       ? NULL
			       : ks_error_new(KS_ERR_IO, "%s: cannot list: %m", path);
	for (struct dirent *e; (e = readdir(dir));) {
		size_t len = e->d_name[0] == '.' ? 0 : stem(e->d_name, kind);
		if (len)
			KS_TRY(add_file(ds, e->d_name, len, kind, path, e->d_name));
	}
	return NULL;
}

/** A folder IMAGE/ of the other layout. */
static struct ks_error *list_image(struct ks_dataset *ds, const char *path, const char *label)
{
	_cleanup_dir_ DIR *dir = opendir(path);
	if (!dir) // a file, or a link to nowhere or to itself
		return errno == ENOTDIR || errno == EACCES || errno == ENOENT || errno == ELOOP
			       ? NULL
			       : ks_error_new(KS_ERR_IO, "%s: cannot list: %m", path);
	for (struct dirent *e; (e = readdir(dir));) {
		for (enum ks_dataset_file_kind kind = 0; kind < KS_NR_DATASET_FILES; kind++) {
			const char *folder = ks_dataset_files[kind].folder;
			size_t len = stem(e->d_name, kind);
			if (len == strlen(folder) && memcmp(e->d_name, folder, len) == 0)
				KS_TRY(add_file(ds, label, strlen(label), kind, path, e->d_name));
		}
	}
	return NULL;
}

static char *join(const char *dir, const char *name)
{
	char *path = NULL;
	return asprintf(&path, "%s/%s", dir, name) < 0 ? NULL : path;
}

static struct ks_error *list_images(struct ks_dataset *ds, const char *path)
{
	_cleanup_dir_ DIR *dir = opendir(path);
	if (!dir)
		return ks_error_new(KS_ERR_IO, "%s: cannot list: %m", path);
	for (struct dirent *e; (e = readdir(dir));) {
		if (e->d_name[0] == '.')
			continue;
		char *inner = join(path, e->d_name);
		if (!inner)
			return &ks_nomem;
		struct ks_error *err = list_image(ds, inner, e->d_name);
		free(inner);
		KS_TRY(err);
	}
	return NULL;
}

static int compare_labels(const void *a, const void *b)
{
	const struct ks_dataset_image *x = a, *y = b;
	return strverscmp(x->label, y->label);
}

struct ks_error *ks_dataset_open(const char *dir, struct ks_dataset **ret)
{
	_cleanup_dataset_ struct ks_dataset *ds = calloc(1, sizeof(*ds));
	if (!ds)
		return &ks_nomem;
	for (enum ks_dataset_file_kind kind = 0; kind < KS_NR_DATASET_FILES; kind++) {
		char *path = join(dir, ks_dataset_files[kind].folder);
		if (!path)
			return &ks_nomem;
		struct ks_error *err = list_kind(ds, path, kind);
		free(path);
		KS_TRY(err);
	}
	if (ds->images.len == 0)
		KS_TRY(list_images(ds, dir));
	if (ds->images.len == 0)
		return ks_error_in_file(
			ks_error_new(KS_ERR_UNSUPPORTED, "no DepSurf dataset in this directory"),
			dir);
	qsort(ds->images.at, ds->images.len, sizeof(*ds->images.at), compare_labels);
	*ret = ks_take(ds);
	return NULL;
}

/** Debian's name of an architecture; what else ends a label is part of the flavor. */
static const char *known_arch(const char *word)
{
	const struct ks_arch *arch = ks_arch_by_debian(word);
	if (!arch)
		return NULL;
	return strcmp(arch->debian, word) == 0 ? arch->debian : arch->alias;
}

struct ks_error *ks_dataset_label_facts(const char *label, struct ks_arena *arena,
					struct ks_image *image)
{
	const char *last = strrchr(label, '-');
	const char *arch = last ? known_arch(last + 1) : NULL;
	const char *end = arch ? last : label + strlen(label);
	// Debian's "6.12.107+deb13-armmp" has its revision behind a plus.
	size_t version_len = strcspn(label, "-+");
	// Between version and architecture: the revision, then the flavor, which may hold dashes.
	const char *middle = label + version_len + (label[version_len] != '\0');
	size_t middle_len = end > middle ? (size_t)(end - middle) : 0;
	const char *dash = middle_len ? memchr(middle, '-', middle_len) : NULL;
	size_t revision_len = dash ? (size_t)(dash - middle) : middle_len;
	size_t flavor_len = dash ? (size_t)(end - dash - 1) : 0;

	image->label = ks_arena_strdup(arena, label);
	image->version = ks_arena_strndup(arena, label, version_len);
	image->revision = ks_arena_strndup(arena, middle, revision_len);
	image->flavor = ks_arena_strndup(arena, dash ? dash + 1 : "", flavor_len);
	// Without a flavor the label is what uname prints: Debian's "6.1.0-50-amd64".
	size_t release_len = dash && arch ? (size_t)(last - label) : strlen(label);
	image->release = ks_arena_strndup(arena, label, release_len);
	if (!image->label || !image->version || !image->revision || !image->flavor ||
	    !image->release)
		return &ks_nomem;
	image->arch = arch; // NULL when the label does not say
	return NULL;
}
