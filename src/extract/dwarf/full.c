/* SPDX-License-Identifier: BSD-2-Clause */
/* The tier that knows most: functions and types out of DWARF, read by several threads. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/pool.h"
#include "base/trace.h"
#include "extract/dwarf/merge.h"
#include "extract/tiers.h"

struct job {
	struct ks_dwarf dwarf;
	struct ks_text text;
	struct ks_unit_record *records;
	struct ks_walker *walkers;
	unsigned int nr_walkers;
	struct ks_surface *surface;
	struct ks_function_merge *merge;
	const struct ks_symbol_index *symbols;
	const struct ks_cancel *cancel;
	pthread_mutex_t merging; // guards the two below
	uint32_t next;		 // unit to merge
	atomic_bool *walked;	 // of each unit
	struct ks_foreign_shared shared;
};

/**
 * Merge the units that are walked, as far as they follow without a gap. One thread at a time does it
 * while the others walk on, so little is left to merge at the end.
 */
static struct ks_error *merge_walked(struct job *job)
{
	bool ok = true;
	while (ok && job->next < job->dwarf.units.len && job->walked[job->next])
		ok = ks_function_merge_unit(job->merge, job->next++);
	return ok ? NULL : &ks_nomem;
}

static struct ks_error *walk_one(void *arg, size_t unit, unsigned int thread)
{
	struct job *job = arg;
	KS_TRY(ks_cancel_check(job->cancel));
	struct ks_error *err = ks_walk_unit(&job->walkers[thread], &job->dwarf.units.at[unit],
					    (uint32_t)unit, &job->records[unit]);
	if (err)
		return ks_error_at(
			err, ".debug_info",
			(uint64_t)(job->dwarf.units.at[unit].start - job->dwarf.info.base));
	job->walked[unit] = true;
	if (pthread_mutex_trylock(&job->merging))
		return NULL;
	err = merge_walked(job);
	pthread_mutex_unlock(&job->merging);
	return err;
}

/** A type unit that no unit refers to: a type that is declared and not used, as in units without type units. */
static struct ks_error *walk_orphan(void *arg, size_t number, unsigned int thread)
{
	struct job *job = arg;
	uint32_t unit = job->dwarf.type_units.at[number];
	return job->shared.taken[unit]
		       ? NULL
		       : ks_walk_type_unit(&job->walkers[thread], &job->dwarf.units.at[unit], unit);
}

static size_t largest_unit(const struct ks_dwarf *dwarf)
{
	size_t max = 0;
	for (size_t i = 0; i < dwarf->units.len; i++) {
		size_t len = (size_t)(dwarf->units.at[i].end - dwarf->units.at[i].start);
		max = len > max ? len : max;
	}
	return max;
}

/**
 * Parts are read again for each unit that they are part of, abbreviations and names of files for each unit that shares
 * them: to share them saves not more than that.
 */
static int64_t foreign_limit(const struct ks_dwarf *dwarf)
{
	enum { AGAIN = 64, ALWAYS = 1 << 24 };
	int64_t bytes = dwarf->info.end - dwarf->info.base + dwarf->abbrev.end -
			dwarf->abbrev.base + dwarf->line.end - dwarf->line.base;
	return bytes * AGAIN + ALWAYS;
}

/** Walk all units, each thread with an arena of its own. */
static struct ks_error *walk_all(struct job *job, struct ks_surface *surface)
{
	size_t nr = job->dwarf.units.len;
	atomic_init(&job->shared.left, foreign_limit(&job->dwarf));
	job->shared.taken = calloc(nr + 1, sizeof(*job->shared.taken));
	job->records = calloc(nr + 1, sizeof(*job->records));
	job->walked = calloc(nr + 1, sizeof(*job->walked));
	job->walkers = calloc(job->nr_walkers, sizeof(*job->walkers));
	if (!job->records || !job->walked || !job->walkers || !job->shared.taken)
		return &ks_nomem;
	for (unsigned int t = 0; t < job->nr_walkers; t++) {
		struct ks_walker *walker = &job->walkers[t];
		walker->types.arena = walker->functions.arena = &surface->arenas[t];
		walker->types.text = &job->text;
		walker->functions.types = &walker->types;
		walker->functions.foreign = &walker->foreign;
		walker->foreign.dwarf = &job->dwarf;
		walker->foreign.arena = &surface->arenas[t];
		walker->foreign.types = &walker->types;
		walker->foreign.shared = &job->shared;
		KS_TRY(ks_types_init(&walker->types, largest_unit(&job->dwarf)));
	}
	KS_TRY(ks_function_merge_new(surface, job->records, nr, job->symbols, &job->merge));
	KS_TRY(ks_pool_run(job->nr_walkers, nr, walk_one, job));
	KS_TRY(ks_pool_run(job->nr_walkers, job->dwarf.type_units.len, walk_orphan, job));
	return merge_walked(job);
}

/** Types and functions know nothing of each other, and use arenas of their own. */
static struct ks_error *merge_rest(void *arg, size_t which, unsigned int thread)
{
	(void)thread;
	struct job *job = arg;
	if (which == 0)
		return ks_function_merge_place(job->merge) ? NULL : &ks_nomem;
	return ks_merge_types(job->surface, job->walkers, job->nr_walkers, job->records,
			      job->dwarf.units.len);
}

static void job_deinit(struct job *job)
{
	for (unsigned int t = 0; t < job->nr_walkers && job->walkers; t++)
		ks_walker_deinit(&job->walkers[t]);
	free(job->walkers);
	free(job->walked);
	free(job->shared.taken);
	ks_function_merge_free(job->merge);
	free(job->records);
	ks_dwarf_close(&job->dwarf);
}

/** Read all units, and put what they say together. */
static struct ks_error *read_units(struct job *job, const struct ks_elf *elf)
{
	struct ks_surface *surface = job->surface;
	int64_t start = ks_trace_begin(KS_TRACE_INGEST);
	KS_TRY(ks_dwarf_open(elf, &job->dwarf));
	KS_TRY(ks_text_init(&job->text, &job->dwarf, &surface->arenas[0]));
	KS_TRY(walk_all(job, surface));
	ks_trace_end(KS_TRACE_INGEST, start, "walk %zu units, %u threads", job->dwarf.units.len,
		     job->nr_walkers);
	start = ks_trace_begin(KS_TRACE_INGEST);
	KS_TRY(ks_pool_run(job->nr_walkers, 2, merge_rest, job));
	ks_trace_end(KS_TRACE_INGEST, start, "merge what the threads found");
	start = ks_trace_begin(KS_TRACE_INGEST);
	KS_TRY(ks_function_merge_fill(job->merge, job->nr_walkers));
	ks_trace_end(KS_TRACE_INGEST, start, "fill in functions and callers");
	return NULL;
}

struct ks_error *ks_extract_full(const struct ks_finder *finder, unsigned int nr_threads,
				 const struct ks_cancel *cancel)
{
	struct job job = {
		.nr_walkers = nr_threads,
		.symbols = finder->symbols,
		.cancel = cancel,
		.surface = finder->surface,
		.merging = PTHREAD_MUTEX_INITIALIZER,
	};
	struct ks_error *err = read_units(&job, finder->elf);
	job_deinit(&job);
	return err;
}
