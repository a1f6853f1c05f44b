/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KS_DRAW_LINES = 8, KS_DRAW_TARGET_MAX = 96 };

/** How far one of the jobs is. */
struct ks_draw_line {
	char target[KS_DRAW_TARGET_MAX];
	const char *what; // static text
	uint64_t done, total;
};

/**
 * Lines on stderr that say how far long jobs are, one for each; several threads may tell. They show only on a
 * terminal, change at most ten times a second, and are erased before anything else is printed.
 */
struct ks_draw {
	bool on;
	pthread_mutex_t lock;
	struct ks_draw_line lines[KS_DRAW_LINES];
	size_t nr;	 // jobs that are under way
	size_t nr_shown; // lines that stand on the terminal; the cursor is in the last one
	int64_t last_ns; // when they were drawn
};

/** One of the jobs that tell. */
struct ks_draw_job {
	struct ks_draw *draw;
	const char *target; // what it works on
};

/** @param wanted false: stay silent even on a terminal */
void ks_draw_init(struct ks_draw *draw, bool wanted);
/** Fits struct ks_progress. @param arg a struct ks_draw_job @param done, total bytes; total 0 is unknown */
void ks_draw_bytes(void *arg, const char *what, uint64_t done, uint64_t total);
/** The same for things that are counted. */
void ks_draw_count(struct ks_draw *draw, const char *what, uint64_t done, uint64_t total);
/** The job of that target has ended. */
void ks_draw_done(struct ks_draw *draw, const char *target);
void ks_draw_erase(struct ks_draw *draw);
