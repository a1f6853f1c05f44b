/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

struct pool {
	ks_job_fn *fn;
	void *arg;
	size_t nr_jobs;
	atomic_size_t next;
	atomic_bool stop;
	pthread_mutex_t lock; // guards the two below
	struct ks_error *err;
	size_t err_job;
};

struct worker {
	struct pool *pool;
	pthread_t id;
	unsigned int nr;
};

/**
 * Jobs start in ascending order, so when a job fails every lower one has started and will end: keeping the
 * lowest failure makes the result independent of timing.
 */
static void keep_lowest(struct pool *pool, size_t job, struct ks_error *err)
{
	atomic_store(&pool->stop, true);
	pthread_mutex_lock(&pool->lock);
	struct ks_error *drop = err;
	if (!pool->err || job < pool->err_job) {
		drop = pool->err;
		pool->err = err;
		pool->err_job = job;
	}
	pthread_mutex_unlock(&pool->lock);
	ks_error_free(drop);
}

static void *work(void *arg)
{
	struct worker *self = arg;
	struct pool *pool = self->pool;
	while (!atomic_load_explicit(&pool->stop, memory_order_relaxed)) {
		size_t job = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
		if (job >= pool->nr_jobs)
			break;
		struct ks_error *err = pool->fn(pool->arg, job, self->nr);
		if (err)
			keep_lowest(pool, job, err);
	}
	return NULL;
}

struct ks_error *ks_pool_run(unsigned int nr_threads, size_t nr_jobs, ks_job_fn *fn, void *arg)
{
	struct pool pool = { .fn = fn, .arg = arg, .nr_jobs = nr_jobs };
	if (nr_threads > nr_jobs)
		nr_threads = (unsigned int)nr_jobs;
	struct worker self = { .pool = &pool };
	struct worker *others = nr_threads > 1 ? calloc(nr_threads - 1, sizeof(*others)) : NULL;
	unsigned int nr_others = 0;
	pthread_mutex_init(&pool.lock, NULL);
	// Fewer threads than asked for only make it slower, so a failure to start one is no error.
	while (others && nr_others < nr_threads - 1) {
		struct worker *w = &others[nr_others];
		*w = (struct worker){ .pool = &pool, .nr = nr_others + 1 };
		if (pthread_create(&w->id, NULL, work, w) != 0)
			break;
		nr_others++;
	}
	work(&self);
	for (unsigned int i = 0; i < nr_others; i++)
		pthread_join(others[i].id, NULL);
	free(others);
	pthread_mutex_destroy(&pool.lock);
	return pool.err;
}

unsigned int ks_pool_default_threads(void)
{
	cpu_set_t set;
	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return 1;
	int nr = CPU_COUNT(&set);
	return nr > 0 ? (unsigned int)nr : 1;
}
