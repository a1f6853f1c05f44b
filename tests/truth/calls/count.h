/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_TRUTH_COUNT_H
#define TESTS_TRUTH_COUNT_H

/** What a program keeps: whose calls it counts, and how many there were; wrong are those in which it read another value than it should. */
struct count {
	unsigned long long process, inode; // of the workload, and of its file
	unsigned long long calls, wrong;
};

#endif
