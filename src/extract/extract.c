/* SPDX-License-Identifier: BSD-2-Clause */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/pool.h"
#include "extract/extract.h"
#include "extract/find.h"
#include "extract/kernel.h"
#include "extract/merge.h"
#include "surface/config.h"

struct job {
	struct ks_dwarf dwarf;
	struct ks_text text;
	struct ks_unit_record *records;
	struct ks_walker *walkers;
	unsigned int nr_walkers;
	struct ks_surface *surface;
	struct ks_function_merge *merge;
	const struct ks_symbol_index *symbols;
	pthread_mutex_t merging; // guards the two below
	uint32_t next;		 // unit to merge
	atomic_bool *walked;	 // of each unit
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

static size_t largest_unit(const struct ks_dwarf *dwarf)
{
	size_t max = 0;
	for (size_t i = 0; i < dwarf->units.len; i++) {
		size_t len = (size_t)(dwarf->units.at[i].end - dwarf->units.at[i].start);
		max = len > max ? len : max;
	}
	return max;
}

/** Walk all units, each thread with an arena of its own. */
static struct ks_error *walk_all(struct job *job, struct ks_surface *surface)
{
	size_t nr = job->dwarf.units.len;
	job->records = calloc(nr + 1, sizeof(*job->records));
	job->walked = calloc(nr + 1, sizeof(*job->walked));
	job->walkers = calloc(job->nr_walkers, sizeof(*job->walkers));
	if (!job->records || !job->walked || !job->walkers)
		return &ks_nomem;
	for (unsigned int t = 0; t < job->nr_walkers; t++) {
		struct ks_walker *walker = &job->walkers[t];
		walker->types.arena = walker->functions.arena = &surface->arenas[t];
		walker->types.text = &job->text;
		walker->functions.types = &walker->types;
		KS_TRY(ks_types_init(&walker->types, largest_unit(&job->dwarf)));
	}
	KS_TRY(ks_function_merge_new(surface, job->records, nr, job->symbols, &job->merge));
	KS_TRY(ks_pool_run(job->nr_walkers, nr, walk_one, job));
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

/** What the image's own tables hold, read with the types the image itself describes. */
static struct ks_error *extract_tables(struct ks_finder *finder, bool module)
{
	struct ks_error *err = ks_finder_init(finder);
	if (!err)
		err = ks_extract_tracepoints(finder);
	if (!err && !module)
		err = ks_extract_syscalls(finder);
	if (!err && !module)
		err = ks_extract_lsm(finder);
	if (!err)
		err = ks_extract_kfuncs(finder);
	ks_finder_deinit(finder);
	return err;
}

static struct ks_error *extract_all(struct job *job, struct ks_finder *finder,
				    const struct ks_extract_opts *opts)
{
	struct ks_surface *surface = finder->surface;
	// before the long part: is it a kernel at all, and one that is not known yet?
	KS_TRY(opts->module_of ? ks_extract_module_image(finder) : ks_extract_image(finder));
	if (opts->known && opts->known(opts->known_arg, surface->image.digest))
		return NULL;
	KS_TRY(ks_extract_attach(finder));
	KS_TRY(ks_dwarf_open(finder->elf, &job->dwarf));
	KS_TRY(ks_text_init(&job->text, &job->dwarf, &surface->arenas[0]));
	job->surface = surface;
	KS_TRY(walk_all(job, surface));
	KS_TRY(ks_pool_run(job->nr_walkers, 2, merge_rest, job));
	KS_TRY(ks_function_merge_fill(job->merge, job->nr_walkers));
	return extract_tables(finder, opts->module_of != NULL);
}

static void job_deinit(struct job *job)
{
	for (unsigned int t = 0; t < job->nr_walkers && job->walkers; t++)
		ks_walker_deinit(&job->walkers[t]);
	free(job->walkers);
	free(job->walked);
	ks_function_merge_free(job->merge);
	free(job->records);
	ks_dwarf_close(&job->dwarf);
}

struct ks_error *ks_extract(const struct ks_elf *elf, const struct ks_extract_opts *opts,
			    struct ks_surface **ret)
{
	unsigned int nr_threads = opts->nr_threads ? opts->nr_threads : 1;
	// one arena for each thread, and one for the merge
	_cleanup_surface_ struct ks_surface *surface = ks_surface_new(nr_threads + 1);
	if (!surface)
		return &ks_nomem;
	KS_TRY(ks_symbols_read(elf, surface));
	if (!surface->symtab_known)
		return ks_error_new(
			KS_ERR_UNSUPPORTED,
			"no symbol table (.symtab): the file is stripped; take vmlinux "
			"out of the kernel's debug package (…-dbg, …-dbgsym, …-debuginfo)");
	struct ks_symbol_index *symbols;
	KS_TRY(ks_symbol_index_new(surface, &symbols));
	struct job job = {
		.nr_walkers = nr_threads,
		.symbols = symbols,
		.merging = PTHREAD_MUTEX_INITIALIZER,
	};
	struct ks_finder finder = { .elf = elf, .symbols = symbols, .surface = surface };
	if (opts->module_of && opts->module_of->events.class)
		finder.events = &opts->module_of->events;
	struct ks_error *err = extract_all(&job, &finder, opts);
	if (!err && opts->config)
		err = ks_config_read(surface, &surface->arenas[0], opts->config);
	job_deinit(&job);
	ks_symbol_index_free(symbols);
	if (err)
		return err;
	*ret = ks_take(surface);
	return NULL;
}
