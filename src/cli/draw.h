/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * One line on stderr that says how far a long job is; several threads may tell. It shows only on a
 * terminal, changes at most ten times a second, and is erased before anything else is printed.
 */
struct ks_draw {
	bool on;
	pthread_mutex_t lock;
	bool shown;	 // the line stands on the terminal
	int64_t last_ns; // when it was drawn
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
void ks_draw_erase(struct ks_draw *draw);
