/* SPDX-License-Identifier: BSD-2-Clause */
#include "api/check.h"

#include <stdlib.h>

#include "api/object.h"
#include "api/value.h"
#include "base/pool.h"
#include "check/policy_source.h"

_Static_assert((int)KSURF_VERDICT_UNKNOWN == (int)KS_VERDICT_UNKNOWN &&
		       (int)KSURF_VERDICT_RISK == (int)KS_VERDICT_RISK &&
		       (int)KSURF_VERDICT_NO_LOAD == (int)KS_VERDICT_NO_LOAD,
	       "the public verdicts are the internal ones");

const char *ksurf_verdict_name(enum ksurf_verdict verdict)
{
	return (unsigned int)verdict < KS_NR_VERDICTS ? ks_verdicts[verdict].name : NULL;
}

/** What can be read of a collection. */
static struct ks_error *take_inputs(const struct ksurf_objects *objects,
				    struct ksurf_verdicts *verdicts)
{
	const struct ks_bpf_finds *finds = &objects->finds;
	verdicts->inputs = ks_arena_array(&verdicts->arena, finds->len, sizeof(*verdicts->inputs));
	verdicts->checked =
		ks_arena_array(&verdicts->arena, finds->len, sizeof(*verdicts->checked));
	if (!verdicts->inputs || !verdicts->checked)
		return &ks_nomem;
	for (size_t i = 0; i < finds->len; i++) {
		const struct ks_bpf_found *found = &finds->at[i];
		verdicts->checked[i] = found->object ? verdicts->nr_inputs : SIZE_MAX;
		if (found->object)
			verdicts->inputs[verdicts->nr_inputs++] = (struct ks_check_input){
				.object = found->object,
				.path = found->path,
				.offset = found->offset,
				.size = found->size,
			};
	}
	verdicts->nr_objects = finds->len;
	if (!verdicts->nr_inputs)
		return ks_error_new(KS_ERR_NOTFOUND, "there is nothing to check");
	return NULL;
}

void ks_api_reason(const struct ks_reason *reason, struct ksurf_reason *ret)
{
	const struct ks_bpf_line *line = reason->line;
	*ret = (struct ksurf_reason){
		.reason = ks_reasons[reason->kind].name,
		.title = ks_reasons[reason->kind].title,
		.verdict = (enum ksurf_verdict)reason->verdict,
		.reachable = !reason->soft,
		.kind = reason->name_kind < KS_NR_KINDS ? ks_kinds[reason->name_kind].name : NULL,
		.name = reason->name,
		.detail = reason->detail,
		.hint = reason->hint,
		.instruction = reason->insn == KS_NO_INDEX ? -1 : (int64_t)reason->insn,
		.file = line ? line->file : NULL,
		.line = line ? line->line : 0,
		.source = line ? line->text : NULL,
	};
}

static struct ks_error *show_outcome(struct ks_arena *arena, const struct ks_outcome *outcome,
				     struct ksurf_outcome *ret)
{
	const void **at = NULL;
	*ret = (struct ksurf_outcome){
		.verdict = (enum ksurf_verdict)outcome->verdict,
		.load = (enum ksurf_verdict)outcome->load,
		.attach = (enum ksurf_verdict)outcome->attach,
		.optional = outcome->optional,
	};
	if (!outcome->nr)
		return NULL;
	struct ksurf_reason *reasons = ks_api_array(arena, outcome->nr, sizeof(*reasons), &at);
	if (!reasons)
		return &ks_nomem;
	for (uint32_t i = 0; i < outcome->nr; i++)
		ks_api_reason(&outcome->reasons[i], &reasons[i]);
	ret->nr_reasons = outcome->nr;
	ret->reasons = (const struct ksurf_reason *const *)at;
	return NULL;
}

/** The rows of an object. */
static void show_programs(const struct ks_check *check, size_t nr, size_t index,
			  struct ksurf_checked *programs)
{
	const struct ks_check_object *object = &check->objects[nr];
	for (size_t row = object->first; row < object->first + object->nr; row++)
		programs[row] = (struct ksurf_checked){
			.object = object->object->name,
			.path = object->path,
			.object_index = index,
			.program = check->programs[row]->name,
			.section = check->programs[row]->section,
			.hook = ks_hooks[check->programs[row]->hook.kind].name,
			.target = check->programs[row]->hook.target,
			.base = object->base,
		};
}

static struct ks_error *show(struct ksurf_verdicts *verdicts)
{
	const struct ks_check *check = verdicts->checking.check;
	struct ks_arena *arena = &verdicts->arena;
	size_t nr_cells = check->nr_rows * check->nr_images; // the check has as many
	verdicts->images = ks_arena_array(arena, check->nr_images + 1, sizeof(*verdicts->images));
	verdicts->programs = ks_arena_array(arena, check->nr_rows + 1, sizeof(*verdicts->programs));
	verdicts->outcomes = ks_arena_array(arena, nr_cells + 1, sizeof(*verdicts->outcomes));
	if (!verdicts->images || !verdicts->programs || !verdicts->outcomes)
		return &ks_nomem;
	for (size_t i = 0; i < check->nr_images; i++)
		KS_TRY(ks_api_image(arena, verdicts->checking.images.at[i], &verdicts->images[i]));
	for (size_t i = 0; i < verdicts->nr_objects; i++)
		if (verdicts->checked[i] != SIZE_MAX)
			show_programs(check, verdicts->checked[i], i, verdicts->programs);
	for (size_t i = 0; i < nr_cells; i++)
		KS_TRY(show_outcome(arena, &check->outcomes[i], &verdicts->outcomes[i]));
	return NULL;
}

static struct ks_error *step(void *arg, size_t done, size_t total)
{
	return ks_api_tell(arg, "checking", done, total);
}

static struct ks_error *make(struct ks_store *store, const struct ksurf_objects *objects,
			     const struct ksurf_check_options *theirs,
			     struct ksurf_verdicts *verdicts)
{
	KS_TRY(ks_store_snapshot_begin(store));
	_cleanup_snapshot_ struct ks_store *snapshot = store;
	struct ksurf_check_options options = { 0 };
	KS_TRY(ks_api_options(&options, sizeof(options), theirs));
	struct ks_api_progress progress = { options.progress, options.progress_arg };
	const struct ks_policy_source source = {
		.path = options.policy ? NULL : options.policy_file,
		.text = options.policy,
		.beside = options.policy_beside && objects->finds.len ? objects->finds.at[0].path
								      : NULL,
		.optional = options.optional,
		.constants = options.constants,
		.packaged = options.policy_beside ? objects->finds.policy : NULL,
		.packaged_path = objects->finds.policy_path,
	};
	KS_TRY(ks_policy_load(&source, &verdicts->policy));
	const struct ks_checking_options how = {
		.policy = verdicts->policy,
		.on = options.images,
		.base = options.base,
		.modules = options.modules,
		.nr_threads = options.nr_threads ? options.nr_threads : ks_pool_default_threads(),
		.step = step,
		.step_arg = &progress,
	};
	KS_TRY(take_inputs(objects, verdicts));
	KS_TRY(ks_checking_choose(store, &how, &verdicts->checking));
	KS_TRY(ks_api_tell(&progress, "checking", 0, 0));
	KS_TRY(ks_checking_run(store, &how, verdicts->inputs, verdicts->nr_inputs,
			       &verdicts->checking));
	KS_TRY(show(verdicts));
	return ks_api_tools(verdicts, options.as_compiled);
}

struct ksurf_error *ksurf_verdicts_make(struct ksurf_store *store,
					const struct ksurf_objects *objects,
					const struct ksurf_check_options *options,
					struct ksurf_verdicts **ret)
{
	struct ksurf_verdicts *verdicts = calloc(1, sizeof(*verdicts));
	if (!verdicts)
		return &ks_api_nomem;
	struct ks_error *err = make(store->store, objects, options, verdicts);
	if (err)
		ksurf_verdicts_free(verdicts);
	else
		*ret = verdicts;
	return ks_api_publish(err);
}

size_t ksurf_verdicts_nr_images(const struct ksurf_verdicts *verdicts)
{
	return verdicts->checking.check->nr_images;
}

const struct ksurf_image *ksurf_verdicts_image(const struct ksurf_verdicts *verdicts, size_t i)
{
	return i < verdicts->checking.check->nr_images ? &verdicts->images[i] : NULL;
}

size_t ksurf_verdicts_nr_programs(const struct ksurf_verdicts *verdicts)
{
	return verdicts->checking.check->nr_rows;
}

const struct ksurf_checked *ksurf_verdicts_program(const struct ksurf_verdicts *verdicts, size_t i)
{
	return i < verdicts->checking.check->nr_rows ? &verdicts->programs[i] : NULL;
}

const struct ksurf_outcome *ksurf_verdicts_at(const struct ksurf_verdicts *verdicts, size_t program,
					      size_t image)
{
	const struct ks_check *check = verdicts->checking.check;
	if (program >= check->nr_rows || image >= check->nr_images)
		return NULL;
	return &verdicts->outcomes[program * check->nr_images + image];
}

enum ksurf_verdict ksurf_verdicts_object(const struct ksurf_verdicts *verdicts, size_t object,
					 size_t image)
{
	const struct ks_check *check = verdicts->checking.check;
	if (object >= verdicts->nr_objects || verdicts->checked[object] == SIZE_MAX ||
	    image >= check->nr_images)
		return KSURF_VERDICT_UNKNOWN;
	const struct ks_check_object *checked = &check->objects[verdicts->checked[object]];
	return (enum ksurf_verdict)ks_check_object_verdict(check, checked, image);
}

void ksurf_verdicts_free(struct ksurf_verdicts *verdicts)
{
	if (!verdicts)
		return;
	ks_tools_free(verdicts->tools);
	ks_checking_deinit(&verdicts->checking);
	ks_policy_free(verdicts->policy);
	ks_arena_deinit(&verdicts->arena);
	free(verdicts);
}
