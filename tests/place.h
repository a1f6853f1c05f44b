/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* A store file of a test's own, in a folder that goes with it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "base/buf.h"
#include "check.h"
#include "store/store.h"

enum { FILLERS = 2000, OLD_FILLERS = 40, THREADS = 2 };

struct place {
	char dir[32], path[64];
};
int place_make(void **state);
int place_drop(void **state);
const char *place_path(void **state);
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_make, place_drop)

/** Run a line of shell. @param out replaced by all that it prints @return its exit status */
int place_shell(const char *line, struct ks_buf *out);
/** Run SQL on the file, behind the store's back. */
void place_sql(const char *path, const char *text);
/** The first column of the first row that a statement gives. */
int64_t place_number(const char *path, const char *text);
/** Copy a store of an older version ("v1", "v1-2", "v2", "v3-1": builds of OLD_FILLERS), or the catalogue "c1" of "v1", to where it may be changed. @return path */
const char *place_copy_old(const char *path, const char *name);
/** Put sample_surface(build, FILLERS). */
struct ks_put_result place_put(struct ks_store *store, unsigned int build);
/** The same of builds, into the store at a path. */
void place_put_builds(const char *path, unsigned int from, unsigned int to);
size_t place_count(const char *path);
/** All bytes of a file. @param ret replaced */
void place_read_file(const char *path, struct ks_buf *ret);
/** The image is in the store, whole. */
void place_check_surface(struct ks_store *store, const struct ks_surface *want);
/** The same for the image of a build. */
void place_check(struct ks_store *store, unsigned int build);
