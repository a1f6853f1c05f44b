/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* A folder of a test's own. Out of memory, or a full disk, ends the test. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/** What a test cannot go on without: says which it was and ends the program. */
#define must(cond)                                                                                 \
	do {                                                                                       \
		if (!(cond)) {                                                                     \
			fprintf(stderr, "%s:%d: cannot build: %s\n", __FILE__, __LINE__, #cond);   \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/** Write bytes to a new file in dir. Caller frees the path. */
char *write_file(const char *dir, const char *name, const void *bytes, size_t len);
/** A new empty directory. Caller frees; remove_dir() removes it with all in it. */
char *make_dir(void);
void remove_dir(char *dir);
