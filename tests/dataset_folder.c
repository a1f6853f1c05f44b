/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <zstd.h>

#include <cmocka.h>

#include "check.h"
#include "dataset_folder.h"
#include "scratch.h"
#include "source/dataset/dataset.h"
#include "source/dataset/dataset_file.h"

int dataset_folder_make(void **state)
{
	*state = make_dir();
	return 0;
}

int dataset_folder_drop(void **state)
{
	remove_dir(*state);
	return 0;
}

const char *path_of(const char *dir, const char *folder, const char *name)
{
	static char path[512];
	snprintf(path, sizeof(path), "%s/%s/%s", dir, folder, name);
	return path;
}

void put_bytes(const char *dir, const char *folder, const char *name, const void *bytes, size_t len)
{
	mkdir(dir, 0777);
	char parent[512];
	snprintf(parent, sizeof(parent), "%s/%s", dir, folder);
	mkdir(parent, 0777);
	FILE *file = fopen(path_of(dir, folder, name), "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

void put(const char *dir, const char *folder, const char *name, const char *text)
{
	put_bytes(dir, folder, name, text, strlen(text));
}

void put_zst(const char *dir, const char *folder, const char *name, const char *text)
{
	char packed[4096];
	size_t len = ZSTD_compress(packed, sizeof(packed), text, strlen(text), 3);
	assert_false(ZSTD_isError(len));
	put_bytes(dir, folder, name, packed, len);
}

struct ks_surface *import_one(const char *dir, const char *label)
{
	_cleanup_dataset_ struct ks_dataset *ds = NULL;
	assert_ok(ks_dataset_open(dir, &ds));
	for (size_t i = 0; i < ks_dataset_count(ds); i++) {
		if (strcmp(ks_dataset_label(ds, i), label) != 0)
			continue;
		struct ks_surface *surface = NULL;
		assert_ok(ks_dataset_image(ds, i, &surface));
		return surface;
	}
	fail_msg("no image %s", label);
	return NULL;
}

char *read_whole(const char *path, size_t *len_ret)
{
	_cleanup_dataset_file_ struct ks_dataset_file *file = NULL;
	const char *text;
	assert_ok(ks_dataset_file_open(path, NULL, &file));
	assert_ok(ks_dataset_file_text(file, &text, len_ret));
	return memcpy(malloc(*len_ret + 1), text, *len_ret + 1);
}
