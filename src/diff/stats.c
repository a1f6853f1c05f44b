/* SPDX-License-Identifier: BSD-2-Clause */
#include "diff/stats.h"

#include <stdlib.h>
#include <string.h>

#include "base/pool.h"

/** Comparing on several threads. */
struct comparing {
	struct ks_stats *stats;
	struct ks_siblings stores; // one per thread
	struct ks_diff_scope scope;
	const struct ks_stats_pair **jobs; // the pair that each summary is made from
};

static struct ks_error *compare(void *arg, size_t job, unsigned int thread)
{
	struct comparing *comparing = arg;
	const struct ks_stats *stats = comparing->stats;
	const struct ks_pair *pair = comparing->jobs[job]->pair;
	struct ks_store *store = comparing->stores.at[thread];
	return ks_summary_make(store, stats->images->at[pair->old], stats->images->at[pair->new],
			       &comparing->scope, NULL, NULL, &stats->summaries[job]);
}

/** The summary for a pair: that of an earlier group with the same two images, or the next free one. */
static size_t summary_of(const struct ks_stats *stats, size_t nr_before, const struct ks_pair *pair,
			 size_t next)
{
	for (size_t i = 0; i < nr_before; i++) {
		const struct ks_pair *other = stats->pairs[i].pair;
		if (other->old == pair->old && other->new == pair->new)
			return (size_t)(stats->pairs[i].summary - stats->summaries);
	}
	return next;
}

static struct ks_error *list_pairs(struct ks_stats *stats)
{
	size_t nr = 0, nr_summaries = 0;
	for (int group = 0; group < KS_NR_GROUPS; group++)
		nr += stats->wanted >> group & 1 ? stats->groups->at[group].nr_pairs : 0;
	stats->pairs = calloc(nr + 1, sizeof(*stats->pairs));
	stats->summaries = calloc(nr + 1, sizeof(*stats->summaries));
	if (!stats->pairs || !stats->summaries)
		return &ks_nomem;
	for (int group = 0; group < KS_NR_GROUPS; group++) {
		const struct ks_group *of = &stats->groups->at[group];
		for (size_t i = 0; stats->wanted >> group & 1 && i < of->nr_pairs; i++) {
			size_t at = summary_of(stats, stats->nr_pairs, &of->pairs[i], nr_summaries);
			nr_summaries += at == nr_summaries;
			stats->pairs[stats->nr_pairs++] = (struct ks_stats_pair){
				.group = (enum ks_group_kind)group,
				.pair = &of->pairs[i],
				.summary = &stats->summaries[at],
			};
		}
	}
	return NULL;
}

static struct ks_error *run_jobs(struct comparing *comparing, struct ks_store *store,
				 unsigned int nr_threads)
{
	struct ks_stats *stats = comparing->stats;
	size_t nr_jobs = 0;
	comparing->jobs = calloc(stats->nr_pairs + 1, sizeof(*comparing->jobs));
	if (!comparing->jobs)
		return &ks_nomem;
	for (size_t i = 0; i < stats->nr_pairs; i++)
		if (stats->pairs[i].summary == &stats->summaries[nr_jobs])
			comparing->jobs[nr_jobs++] = &stats->pairs[i];
	KS_TRY(ks_siblings_open(store, nr_jobs < nr_threads ? nr_jobs : nr_threads,
				&comparing->stores));
	for (unsigned int i = 0; i < comparing->stores.nr; i++)
		KS_TRY(ks_store_expect(comparing->stores.at[i], stats->images));
	return ks_pool_run(comparing->stores.nr, nr_jobs, compare, comparing);
}

static struct ks_error *compare_pairs(struct ks_stats *stats, struct ks_store *store,
				      const struct ks_stats_scope *scope)
{
	KS_TRY(list_pairs(stats));
	struct comparing comparing = { .stats = stats };
	comparing.scope.kinds = scope->kinds;
	struct ks_error *err = run_jobs(&comparing, store, scope->nr_threads);
	ks_siblings_close(&comparing.stores);
	free(comparing.jobs);
	return err;
}

struct ks_error *ks_stats_make(struct ks_store *store, const struct ks_store_images *images,
			       const struct ks_groups *groups, const struct ks_stats_scope *scope,
			       struct ks_stats **ret)
{
	KS_TRY(ks_store_snapshot_begin(store));
	_cleanup_snapshot_ struct ks_store *snapshot = store;
	_cleanup_stats_ struct ks_stats *stats = calloc(1, sizeof(*stats));
	if (!stats)
		return &ks_nomem;
	stats->images = images;
	stats->groups = groups;
	stats->wanted = scope->groups;
	if (scope->censuses) {
		stats->censuses = calloc(images->nr + 1, sizeof(*stats->censuses));
		if (!stats->censuses)
			return &ks_nomem;
		KS_TRY(ks_store_census(store, images, scope->nr_threads, stats->censuses));
	}
	if (scope->pairs)
		KS_TRY(compare_pairs(stats, store, scope));
	*ret = ks_take(stats);
	return NULL;
}

void ks_stats_free(struct ks_stats *stats)
{
	if (!stats)
		return;
	free(stats->censuses);
	free(stats->pairs);
	free(stats->summaries);
	free(stats);
}
