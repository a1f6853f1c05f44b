/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stddef.h>

#include "base/error.h"

/**
 * One piece of work.
 * @param job 0 .. nr_jobs - 1
 * @param thread 0 .. nr_threads - 1: which worker runs it, for memory of its own
 */
typedef struct ks_error *ks_job_fn(void *arg, size_t job, unsigned int thread);

/**
 * Run every job, nr_threads at a time, and wait for all. Jobs start in ascending order, each on the
 * first worker that is free; the calling thread is worker 0. After a failure no further job starts.
 * @return NULL, or the error of the failing job with the lowest number, whatever the timing was.
 */
KS_MUST_CHECK struct ks_error *ks_pool_run(unsigned int nr_threads, size_t nr_jobs, ks_job_fn *fn,
					   void *arg);

/** How many threads this process may run at once: its share of the processors, at least 1. */
unsigned int ks_pool_default_threads(void);
