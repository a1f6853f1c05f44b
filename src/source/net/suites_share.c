/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/net/suites_share.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/vector.h"

/** Archives that are open without being looked into: the lists of a distribution take 50 to 100 MB. */
enum { IDLE_MAX = 4 };

/** An archive, and who has it. */
struct held {
	struct ks_suites *suites;
	unsigned int users;
	uint64_t used; // when it was dropped last, counted
};

struct ks_suites_shared {
	pthread_mutex_t lock;
	uint64_t clock; // counts who let go of some
	KS_VECTOR(struct held) list;
};

struct ks_suites_shared *ks_suites_share(void)
{
	struct ks_suites_shared *shared = calloc(1, sizeof(*shared));
	if (shared)
		pthread_mutex_init(&shared->lock, NULL);
	return shared;
}

void ks_suites_unshare(struct ks_suites_shared *shared)
{
	if (!shared)
		return;
	for (size_t i = 0; i < shared->list.len; i++)
		ks_suites_free(shared->list.at[i].suites);
	ks_vector_deinit(&shared->list);
	pthread_mutex_destroy(&shared->lock);
	free(shared);
}

/** Under the lock of shared. */
static struct ks_error *take(struct ks_suites_shared *shared, const struct ks_pull_opts *opts,
			     struct ks_suites **ret)
{
	struct held *held = NULL;
	for (size_t i = 0; i < shared->list.len && !held; i++)
		if (ks_suites_are_of(shared->list.at[i].suites, opts))
			held = &shared->list.at[i];
	if (!held) {
		struct ks_suites *suites;
		KS_TRY(ks_suites_new(opts, &suites));
		held = ks_vector_push(&shared->list);
		if (!held) {
			ks_suites_free(suites);
			return &ks_nomem;
		}
		*held = (struct held){ .suites = suites };
	}
	held->users++;
	*ret = held->suites;
	return NULL;
}

struct ks_error *ks_suites_take(struct ks_suites_shared *shared, const struct ks_pull_opts *opts,
				struct ks_suites **ret)
{
	if (!shared)
		return ks_suites_new(opts, ret);
	pthread_mutex_lock(&shared->lock);
	struct ks_error *err = take(shared, opts, ret);
	pthread_mutex_unlock(&shared->lock);
	return err;
}

/** Free those that nobody has looked into for longest, but for so many. Under the lock of shared. */
static void free_idle(struct ks_suites_shared *shared)
{
	for (;;) {
		size_t nr = 0, oldest = 0;
		for (size_t i = 0; i < shared->list.len; i++) {
			const struct held *held = &shared->list.at[i];
			if (held->users)
				continue;
			if (!nr++ || held->used < shared->list.at[oldest].used)
				oldest = i;
		}
		if (nr <= IDLE_MAX)
			return;
		ks_suites_free(shared->list.at[oldest].suites);
		shared->list.at[oldest] = shared->list.at[--shared->list.len];
	}
}

void ks_suites_drop(struct ks_suites_shared *shared, struct ks_suites *suites)
{
	if (!shared) {
		ks_suites_free(suites);
		return;
	}
	pthread_mutex_lock(&shared->lock);
	for (size_t i = 0; i < shared->list.len; i++) {
		struct held *held = &shared->list.at[i];
		if (held->suites != suites)
			continue;
		held->users--;
		held->used = ++shared->clock;
	}
	free_idle(shared);
	pthread_mutex_unlock(&shared->lock);
}
