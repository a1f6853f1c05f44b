/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* A dataset of a test's own: a folder that goes with it, and what is in its files. */
#include <stddef.h>

#include "surface/model.h"

int dataset_folder_make(void **state);
int dataset_folder_drop(void **state);
#define IN_FOLDER(test)                                                                            \
	cmocka_unit_test_setup_teardown(test, dataset_folder_make, dataset_folder_drop)

/** dir/folder/name; valid until the next call. */
const char *path_of(const char *dir, const char *folder, const char *name);
/** Write dir/folder/name, folders included. */
void put_bytes(const char *dir, const char *folder, const char *name, const void *bytes,
	       size_t len);
void put(const char *dir, const char *folder, const char *name, const char *text);
void put_zst(const char *dir, const char *folder, const char *name, const char *text);
/** The text of a file, packed or not. Caller frees. */
char *read_whole(const char *path, size_t *len_ret);
/** The image of that label, which must be there. Caller frees. */
struct ks_surface *import_one(const char *dir, const char *label);
