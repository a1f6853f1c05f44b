/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_TRUTH_WORKLOAD_H
#define TESTS_TRUTH_WORKLOAD_H

#include <stdbool.h>

/** Make the files, sockets and mappings that the steps use; in the process that makes the steps. */
void workload_set_up(void);

/** The inode's number of the file that is read and written. */
unsigned long long workload_inode(void);

/** Make a step so many times; false when none is called that. */
bool workload_make(const char *step, unsigned int times);

/** Make every step once. */
void workload_make_all(void);

#endif
