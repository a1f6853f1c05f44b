/* SPDX-License-Identifier: BSD-2-Clause */
#include "api/object.h"

#include <stdlib.h>

#include "api/value.h"

struct ksurf_error *ksurf_objects_new(struct ksurf_objects **ret)
{
	struct ksurf_objects *objects = calloc(1, sizeof(*objects));
	if (!objects)
		return &ks_api_nomem;
	*ret = objects;
	return NULL;
}

static void tell(void *arg, const char *what, uint64_t done, uint64_t total)
{
	struct ksurf_objects *objects = arg;
	if (objects->listener.fn(what, done, total, objects->listener.arg) != 0)
		ks_cancel_want(&objects->cancel);
}

void ksurf_objects_listen(struct ksurf_objects *objects, ksurf_progress_fn *progress, void *arg)
{
	objects->listener = (struct ks_api_progress){ progress, arg };
	objects->progress = (struct ks_progress){ tell, objects, &objects->cancel };
	objects->finds.progress = progress ? &objects->progress : NULL;
}

/** The source of an instruction, as far as the object tells. */
static void show_place(const struct ks_bpf_object *object, const struct ks_bpf_program *program,
		       uint32_t insn, struct ksurf_dep *ret)
{
	if (!program || insn == KS_NO_INDEX || program->lines[insn] == KS_NO_INDEX)
		return;
	ret->file = object->lines[program->lines[insn]].file;
	ret->line = object->lines[program->lines[insn]].line;
}

static struct ks_error *show_deps(struct ks_arena *arena, const struct ks_bpf_object *object,
				  const struct ks_dep_list *list, size_t *ret_nr,
				  const struct ksurf_dep *const **ret)
{
	const void **at;
	if (!list->nr)
		return NULL;
	struct ksurf_dep *deps = ks_api_array(arena, list->nr, sizeof(*deps), &at);
	if (!deps)
		return &ks_nomem;
	for (uint32_t i = 0; i < list->nr; i++) {
		const struct ks_dep *dep = &list->at[i];
		deps[i] = (struct ksurf_dep){
			.kind = ks_dep_infos[dep->kind].name,
			.name = dep->name,
			.weak = dep->weak,
			.published = dep->published && ks_dep_infos[dep->kind].published,
			.uses = dep->nr,
		};
		show_place(object, list->program, dep->insn, &deps[i]);
	}
	*ret_nr = list->nr;
	*ret = (const struct ksurf_dep *const *)at;
	return NULL;
}

static struct ks_error *show_programs(struct ks_arena *arena, const struct ks_bpf_object *object,
				      const struct ks_deps *deps, struct ksurf_object *ret)
{
	const void **at;
	if (!object->nr_programs)
		return NULL;
	struct ksurf_program *programs =
		ks_api_array(arena, object->nr_programs, sizeof(*programs), &at);
	if (!programs)
		return &ks_nomem;
	for (uint32_t i = 0; i < object->nr_programs; i++) {
		const struct ks_bpf_program *program = &object->programs[i];
		programs[i] = (struct ksurf_program){
			.name = program->name,
			.section = program->section,
			.hook = ks_hooks[program->hook.kind].name,
			.target = program->hook.target,
			.autoload = program->autoload,
			.instructions = program->nr,
		};
		KS_TRY(show_deps(arena, object, &deps->programs[i], &programs[i].nr_deps,
				 &programs[i].deps));
	}
	ret->nr_programs = object->nr_programs;
	ret->programs = (const struct ksurf_program *const *)at;
	return NULL;
}

/** Why an object cannot be used, in words for the caller. */
static struct ks_error *show_error(struct ks_arena *arena, const struct ks_error *err,
				   struct ksurf_object *ret)
{
	char *text = ks_error_text(err);
	bool kept = text && ks_api_text(arena, text, &ret->error);
	free(text);
	return kept ? NULL : &ks_nomem;
}

static struct ks_error *show(struct ksurf_objects *objects, struct ks_bpf_found *found,
			     struct ks_api_object *ret)
{
	struct ks_arena *arena = &objects->arena;
	const struct ks_bpf_object *object = found->object;
	ret->shown = (struct ksurf_object){
		.name = found->name,
		.path = found->path,
		.offset = found->offset,
		.bytes = found->size,
	};
	if (!object)
		return show_error(arena, found->error, &ret->shown);
	struct ks_error *err = ks_deps_collect(object, &ret->deps);
	if (err == &ks_nomem)
		return err;
	if (err) {
		_cleanup_error_ struct ks_error *why = ks_error_in_file(err, found->path);
		return show_error(arena, why, &ret->shown);
	}
	ret->shown.license = object->license;
	ret->shown.legacy = object->legacy;
	KS_TRY(show_programs(arena, object, ret->deps, &ret->shown));
	return show_deps(arena, object, &ret->deps->object_deps, &ret->shown.nr_deps,
			 &ret->shown.deps);
}

/** Show what was found since the last time. @param err of finding it, which comes first */
static struct ks_error *show_new(struct ksurf_objects *objects, struct ks_error *err)
{
	atomic_store(&objects->cancel.wanted, false); // the next call is another job
	struct ks_error *failed = NULL;
	while (!failed && objects->all.len < objects->finds.len) {
		struct ks_bpf_found *found = &objects->finds.at[objects->all.len];
		struct ks_api_object *object = calloc(1, sizeof(*object));
		if (object && ks_vector_add(&objects->all, object)) {
			failed = show(objects, found, object);
		} else {
			free(object);
			failed = &ks_nomem;
		}
	}
	if (!err)
		return failed;
	ks_error_free(failed);
	return err;
}

struct ksurf_error *ksurf_objects_add_file(struct ksurf_objects *objects, const char *path)
{
	return ks_api_publish(show_new(objects, ks_bpf_find(path, &objects->finds)));
}

struct ksurf_error *ksurf_objects_add_bytes(struct ksurf_objects *objects, const void *bytes,
					    size_t len, const char *name)
{
	struct ks_error *err = ks_bpf_find_bytes(name, bytes, len, &objects->finds);
	return ks_api_publish(show_new(objects, err));
}

size_t ksurf_objects_count(const struct ksurf_objects *objects)
{
	return objects->all.len;
}

const struct ksurf_object *ksurf_objects_at(const struct ksurf_objects *objects, size_t i)
{
	return i < objects->all.len ? &objects->all.at[i]->shown : NULL;
}

void ksurf_objects_free(struct ksurf_objects *objects)
{
	if (!objects)
		return;
	for (size_t i = 0; i < objects->all.len; i++) {
		ks_deps_free(objects->all.at[i]->deps);
		free(objects->all.at[i]);
	}
	ks_vector_deinit(&objects->all);
	ks_bpf_finds_deinit(&objects->finds);
	ks_arena_deinit(&objects->arena);
	free(objects);
}
