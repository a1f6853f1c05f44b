/* SPDX-License-Identifier: BSD-2-Clause */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/trace.h"
#include "check/kernels/expect.h"
#include "check/prepare.h"
#include "check/rules/bounds.h"
#include "check/rules/hint.h"
#include "check/rules/pointers.h"
#include "check/rules/rules.h"
#include "check/trial.h"

/** A result, and the memory behind it. */
struct result {
	struct ks_check check; // first: what the caller holds
	unsigned int nr_arenas;
	struct ks_arena *arenas; // one for each thread
};

struct run {
	struct ks_view *view;
	const struct ks_check_options *options;
	struct result *result;
	size_t base; // column of the view, or its number of columns: to be found out
	size_t nr_columns;
	size_t done;	       // programs
	pthread_mutex_t *lock; // for done, and for whoever is told of it
};

/** One object while it is judged. */
struct job {
	struct run *run;
	struct ks_arena *arena;	 // of the result
	struct ks_arena scratch; // as long as the job
	struct ks_prepared prepared;
	struct ks_check_object *object;
	bool has_base;
	size_t base; // the image, or the number of images: it stands behind them
	struct ks_resolution *resolutions; // on each image, and on a base behind them
	size_t *alike;			   // of each resolution: the first one with the same values
	uint64_t steps;			   // for which its programs may still be followed
	uint64_t bound_steps;		   // the same, for their numbers
	struct ks_bounds_known *known;	   // what the verifier of each image knows of numbers
};
// of each image; real objects need fewer by far: this is for those made to keep us busy
enum { STEPS_AN_IMAGE = 16 << 20 };

/** The same values give the same result, unless that depends on types, too. */
static bool is_alike(const struct job *job, size_t image, const struct ks_hook *hook)
{
	return job->alike[image] != image && !ks_hook_is_typed(hook);
}

/** The same values, and verifiers that know as much of numbers. */
static bool is_bounded_alike(const struct job *job, size_t a, size_t b)
{
	struct ks_bounds_known x = job->known[a], y = job->known[b];
	return job->alike[a] == job->alike[b] && x.learns == y.learns && x.links == y.links;
}

/** What the verifiers of all images make of a program's numbers. */
static struct ks_error *find_bounds(struct job *job, uint32_t index, struct ks_bounds *ret)
{
	const struct ks_prepared *prepared = &job->prepared;
	for (size_t i = 0; i < job->run->result->check.nr_images; i++) {
		const struct ks_resolution *resolution = &job->resolutions[i];
		const struct ks_interp_input input = { .object = prepared->object,
						       .program =
							       &prepared->object->programs[index],
						       .cores = resolution->core_values,
						       .externs = resolution->extern_values,
						       .data = prepared->data };
		size_t same = job->alike[i];
		while (same < i && !is_bounded_alike(job, same, i))
			same++;
		if (same < i)
			ret[i] = ret[same];
		else
			KS_TRY(ks_bounds_find(&input, &prepared->hooks[index], job->known[i],
					      &job->bound_steps, &ret[i]));
	}
	return NULL;
}

static struct ks_trial trial_of(struct job *job, uint32_t index, size_t image,
				const struct ks_bounds *bounds)
{
	return (struct ks_trial){ &job->resolutions[image], index, &job->steps, bounds };
}

/** A program on every image; what is alike for several images is followed once. */
static struct ks_error *judge_row(struct job *job, uint32_t index)
{
	struct ks_check *check = &job->run->result->check;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_reach *reaches = ks_arena_array(&arena, check->nr_images + 1, sizeof(*reaches));
	struct ks_bounds *bounds = ks_arena_array(&arena, check->nr_images + 1, sizeof(*bounds));
	if (!reaches || !bounds)
		return &ks_nomem;
	size_t row = job->object->first + index;
	bool base_apart = job->has_base && job->base == check->nr_images;
	const struct ks_hook *hook = &job->prepared.hooks[index];
	for (size_t i = 0; i < check->nr_images + base_apart; i++) {
		if (is_alike(job, i, hook)) {
			reaches[i] = reaches[job->alike[i]];
			continue;
		}
		const struct ks_trial trial = trial_of(job, index, i, NULL);
		KS_TRY(ks_trial_follow(&trial, &arena, &reaches[i]));
	}
	KS_TRY(find_bounds(job, index, bounds));
	for (size_t i = 0; i < check->nr_images; i++) {
		const struct ks_trial trial = trial_of(job, index, i, &bounds[i]);
		KS_TRY(ks_trial_judge(&trial, &reaches[i],
				      job->has_base ? &reaches[job->base] : NULL, job->arena,
				      &arena, &check->outcomes[row * check->nr_images + i]));
	}
	return NULL;
}

/** The object on every image, and on the base that its programs are compared with. */
static struct ks_error *resolve_all(struct job *job)
{
	const struct run *run = job->run;
	const struct ks_check *check = &run->result->check;
	uint64_t *scores = ks_arena_array(&job->scratch, run->nr_columns + 1, sizeof(*scores));
	job->resolutions =
		ks_arena_array(&job->scratch, check->nr_images + 1, sizeof(*job->resolutions));
	job->alike = ks_arena_array(&job->scratch, check->nr_images + 1, sizeof(*job->alike));
	job->known = ks_arena_array(&job->scratch, run->nr_columns + 1, sizeof(*job->known));
	if (!scores || !job->resolutions || !job->alike || !job->known)
		return &ks_nomem;
	size_t base = run->base;
	if (base == run->nr_columns)
		base = ks_object_base(&job->prepared, run->view, check->nr_images, scores);
	struct ks_site base_site = { 0 };
	bool has_base = base < run->nr_columns;
	if (has_base)
		base_site = ks_view_site(run->view, base);
	job->object->base = has_base ? base_site.image->label : NULL;
	job->has_base = has_base;
	job->base = base < check->nr_images ? base : check->nr_images;
	size_t nr = check->nr_images + (has_base && job->base == check->nr_images);
	for (size_t i = 0; i < nr; i++) {
		int64_t start = ks_trace_begin(KS_TRACE_CHECK);
		struct ks_site site = i < check->nr_images ? ks_view_site(run->view, i) : base_site;
		KS_TRY(ks_resolution_make(&job->scratch, &job->prepared, &site,
					  has_base ? &base_site : NULL, &job->resolutions[i]));
		ks_trace_end(KS_TRACE_CHECK, start, "resolve %s on %s", job->object->path,
			     site.image->label ? site.image->label : "");
		job->alike[i] = i;
		job->known[i] = ks_bounds_known(&site);
		for (size_t j = 0; j < i && job->alike[i] == i; j++)
			if (job->resolutions[j].digest == job->resolutions[i].digest)
				job->alike[i] = j;
	}
	return NULL;
}

/** Tell that one more program is done. */
static struct ks_error *count_done(struct run *run)
{
	const struct ks_check_options *options = run->options;
	if (!options->step)
		return NULL;
	pthread_mutex_lock(run->lock);
	struct ks_error *err =
		options->step(options->step_arg, ++run->done, run->result->check.nr_rows);
	pthread_mutex_unlock(run->lock);
	return err;
}

static struct ks_error *judge_object(struct job *job)
{
	KS_TRY(ks_object_prepare(&job->scratch, job->object->object, job->run->options->policy,
				 &job->prepared));
	KS_TRY(resolve_all(job));
	job->steps = STEPS_AN_IMAGE * (uint64_t)(job->run->result->check.nr_images + 1);
	job->bound_steps = job->steps;
	for (uint32_t i = 0; i < job->object->nr; i++) {
		KS_TRY(judge_row(job, i));
		KS_TRY(count_done(job->run));
	}
	return NULL;
}

static struct ks_error *run_job(void *arg, size_t index, unsigned int thread)
{
	struct run *run = arg;
	struct job job = { .run = run,
			   .arena = &run->result->arenas[thread],
			   .object = &run->result->check.objects[index] };
	int64_t start = ks_trace_begin(KS_TRACE_CHECK);
	struct ks_error *err = judge_object(&job);
	ks_trace_end(KS_TRACE_CHECK, start, "object %s: %zu programs, %zu images", job.object->path,
		     (size_t)job.object->nr, job.run->result->check.nr_images);
	ks_arena_deinit(&job.scratch);
	return err;
}

static struct ks_error *lay_out(struct result *result, const struct ks_store_images *images,
				const struct ks_check_input *inputs, size_t nr)
{
	struct ks_check *check = &result->check;
	check->nr_images = images->nr;
	check->nr_objects = nr;
	for (size_t i = 0; i < nr; i++)
		check->nr_rows += inputs[i].object->nr_programs;
	check->objects = ks_arena_array(&check->arena, nr + 1, sizeof(*check->objects));
	check->images = ks_arena_array(&check->arena, images->nr + 1, sizeof(struct ks_image *));
	check->programs =
		ks_arena_array(&check->arena, check->nr_rows + 1, sizeof(struct ks_bpf_program *));
	size_t nr_cells;
	if (__builtin_mul_overflow(check->nr_rows, images->nr, &nr_cells))
		return &ks_nomem;
	check->outcomes = ks_arena_array(&check->arena, nr_cells + 1, sizeof(*check->outcomes));
	if (!check->objects || !check->images || !check->programs || !check->outcomes)
		return &ks_nomem;
	memset(check->outcomes, 0, nr_cells * sizeof(*check->outcomes));
	for (size_t i = 0; i < images->nr; i++)
		check->images[i] = &images->at[i]->image;
	size_t row = 0;
	for (size_t i = 0; i < nr; i++) {
		const struct ks_bpf_object *object = inputs[i].object;
		check->objects[i] = (struct ks_check_object){ .object = object,
							      .path = inputs[i].path,
							      .offset = inputs[i].offset,
							      .size = inputs[i].size,
							      .first = row,
							      .nr = object->nr_programs };
		for (uint32_t j = 0; j < object->nr_programs; j++)
			check->programs[row++] = &object->programs[j];
	}
	return NULL;
}

/** The images asked for, with the base behind them when it is not among them. */
static struct ks_error *set_columns(struct ks_arena *arena, const struct ks_store_images *images,
				    const struct ks_store_image *base,
				    struct ks_store_images *ret_columns, size_t *ret_base)
{
	const struct ks_store_image **at =
		ks_arena_array(arena, images->nr + 1, sizeof(struct ks_store_image *));
	if (!at)
		return &ks_nomem;
	*ret_columns = (struct ks_store_images){ .nr = images->nr, .at = at };
	*ret_base = images->nr;
	for (size_t i = 0; i < images->nr; i++) {
		at[i] = images->at[i];
		if (base && at[i]->id == base->id)
			*ret_base = i;
	}
	if (base && *ret_base == images->nr)
		at[ret_columns->nr++] = base;
	return NULL;
}

static struct ks_error *run_all(struct ks_store *store, const struct ks_store_images *images,
				const struct ks_check_input *inputs, size_t nr,
				const struct ks_check_options *options, struct result *result)
{
	struct ks_store_images columns;
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	struct run run = { .options = options, .result = result, .lock = &lock };
	KS_TRY(set_columns(&result->check.arena, images, options->base, &columns, &run.base));
	run.nr_columns = columns.nr;
	KS_TRY(ks_expect_objects(store, &columns, inputs, nr, options));
	_cleanup_view_ struct ks_view *view = NULL;
	KS_TRY(ks_view_over_store(store, &columns, options->modules, &view));
	run.view = view;
	unsigned int threads = options->nr_threads ? options->nr_threads : 1;
	KS_TRY(ks_pool_run(threads, result->check.nr_objects, run_job, &run));
	KS_TRY(ks_hints_add(store, &columns, view, &result->check, &result->check.arena));
	return ks_view_error(view);
}

struct ks_error *ks_check_run(struct ks_store *store, const struct ks_store_images *images,
			      const struct ks_check_input *inputs, size_t nr,
			      const struct ks_check_options *options, struct ks_check **ret)
{
	static const struct ks_check_options defaults;
	if (!options)
		options = &defaults;
	struct result *result = calloc(1, sizeof(*result));
	if (!result)
		return &ks_nomem;
	_cleanup_check_ struct ks_check *check = &result->check;
	check->policy = options->policy;
	result->nr_arenas = options->nr_threads ? options->nr_threads : 1;
	result->arenas = calloc(result->nr_arenas, sizeof(*result->arenas));
	if (!result->arenas)
		return &ks_nomem;
	KS_TRY(lay_out(result, images, inputs, nr));
	KS_TRY(run_all(store, images, inputs, nr, options, result));
	*ret = ks_take(check);
	return NULL;
}

void ks_check_free(struct ks_check *check)
{
	struct result *result = (struct result *)check;
	if (!result)
		return;
	for (unsigned int i = 0; result->arenas && i < result->nr_arenas; i++)
		ks_arena_deinit(&result->arenas[i]);
	free(result->arenas);
	ks_arena_deinit(&check->arena);
	free(result);
}
