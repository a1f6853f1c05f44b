/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/deps_private.h"
#include "bpf/names.h"

enum { CALL = 0x85 };

static struct ks_error *add_extern(struct ks_dep_sink *sink, uint32_t index, uint32_t insn)
{
	static const enum ks_dep_kind kinds[] = {
		[KS_EXTERN_KCONFIG] = KS_DEP_KCONFIG,
		[KS_EXTERN_KSYM] = KS_DEP_KSYM,
		[KS_EXTERN_KFUNC] = KS_DEP_KFUNC,
	};
	const struct ks_bpf_extern *ext = &sink->object->externs[index];
	return ks_dep_add(sink, (struct ks_dep){ .kind = kinds[ext->kind],
						 .name = ext->name,
						 .weak = ext->weak,
						 .nr = 1,
						 .insn = insn });
}

static struct ks_error *add_helper(struct ks_dep_sink *sink, uint32_t id, uint32_t insn)
{
	struct ks_dep dep = { .kind = KS_DEP_HELPER, .nr = 1, .insn = insn };
	dep.name = ks_bpf_helper_name(id);
	if (!dep.name) {
		char text[32];
		snprintf(text, sizeof(text), "helper %u", id);
		dep.name = ks_arena_strdup(sink->arena, text);
	}
	return dep.name ? ks_dep_add(sink, dep) : &ks_nomem;
}

static struct ks_error *add_map_type(struct ks_dep_sink *sink, uint32_t type, uint32_t insn)
{
	struct ks_dep dep = { .kind = KS_DEP_MAP_TYPE, .nr = 1, .insn = insn };
	dep.name = ks_bpf_map_type_name(type);
	if (!dep.name) {
		char text[32];
		snprintf(text, sizeof(text), "map type %u", type);
		dep.name = ks_arena_strdup(sink->arena, text);
	}
	return dep.name ? ks_dep_add(sink, dep) : &ks_nomem;
}

static struct ks_error *add_map(struct ks_dep_sink *sink, const struct ks_bpf_map *map,
				uint32_t insn)
{
	if (map->inner_type)
		KS_TRY(add_map_type(sink, map->inner_type, insn));
	return map->type ? add_map_type(sink, map->type, insn) : NULL;
}

static struct ks_error *add_insn(struct ks_dep_sink *sink, const struct ks_bpf_program *program,
				 uint32_t insn)
{
	const struct ks_bpf_insn *at = &program->insns[insn];
	if (program->cores[insn] != KS_NO_INDEX)
		KS_TRY(ks_deps_of_core(sink, &sink->object->cores[program->cores[insn]], insn));
	if (program->refs[insn] == KS_NO_INDEX)
		return at->code == CALL && at->src == 0 ? add_helper(sink, (uint32_t)at->imm, insn)
							: NULL;
	const struct ks_bpf_ref *ref = &sink->object->refs[program->refs[insn]];
	switch (ref->kind) {
	case KS_REF_KCONFIG:
	case KS_REF_KSYM:
	case KS_REF_KFUNC:
		return add_extern(sink, ref->index, insn);
	case KS_REF_MAP:
		return add_map(sink, &sink->object->maps[ref->index], insn);
	default:
		return NULL;
	}
}

static struct ks_error *add_program(struct ks_dep_sink *sink, const struct ks_bpf_program *program)
{
	KS_TRY(ks_deps_of_hook(sink, program));
	for (uint32_t i = 0; i < program->nr; i++)
		KS_TRY(add_insn(sink, program, i));
	return NULL;
}

/** What is needed whichever program is loaded: every map and extern, what nobody says is the kernel's, and relocations of unused functions. */
static struct ks_error *add_object(struct ks_dep_sink *sink)
{
	const struct ks_bpf_object *object = sink->object;
	for (uint32_t i = 0; i < object->nr_maps; i++) {
		const struct ks_bpf_map *map = &object->maps[i];
		KS_TRY(add_map(sink, map, KS_NO_INDEX));
		if (map->struct_ops)
			KS_TRY(ks_dep_add(sink, (struct ks_dep){ .kind = KS_DEP_STRUCT_OPS,
								 .name = map->struct_ops,
								 .nr = 1,
								 .insn = KS_NO_INDEX }));
	}
	for (uint32_t i = 0; i < object->nr_externs; i++)
		KS_TRY(add_extern(sink, i, KS_NO_INDEX));
	for (uint32_t i = 0; i < object->nr_strays; i++)
		KS_TRY(ks_dep_add(sink,
				  (struct ks_dep){ .kind = object->strays[i].kind == KS_EXTERN_KFUNC
								   ? KS_DEP_KFUNC
								   : KS_DEP_KSYM,
						   .name = object->strays[i].name,
						   .weak = object->strays[i].weak,
						   .nr = 1,
						   .insn = KS_NO_INDEX }));
	for (uint32_t i = 0; i < object->nr_cores; i++)
		KS_TRY(ks_deps_of_core(sink, &object->cores[i], KS_NO_INDEX));
	return NULL;
}

static struct ks_error *collect(struct ks_dep_sink *sink, struct ks_deps *deps)
{
	const struct ks_bpf_object *object = sink->object;
	deps->programs = ks_arena_array(&deps->arena, object->nr_programs, sizeof(*deps->programs));
	if (!deps->programs)
		return &ks_nomem;
	for (; deps->nr < object->nr_programs; deps->nr++) {
		struct ks_dep_list *list = &deps->programs[deps->nr];
		list->program = &object->programs[deps->nr];
		KS_TRY(add_program(sink, list->program));
		KS_TRY(ks_dep_sink_empty(sink, list));
	}
	KS_TRY(add_object(sink));
	return ks_dep_sink_empty(sink, &deps->object_deps);
}

struct ks_error *ks_deps_collect(const struct ks_bpf_object *object, struct ks_deps **ret)
{
	_cleanup_deps_ struct ks_deps *deps = calloc(1, sizeof(*deps));
	if (!deps)
		return &ks_nomem;
	deps->object = object;
	struct ks_dep_sink sink = { .arena = &deps->arena,
				    .object = object,
				    .machine = object->registers };
	struct ks_error *err = collect(&sink, deps);
	ks_vector_deinit(&sink.list);
	if (err)
		return err;
	*ret = ks_take(deps);
	return NULL;
}

void ks_deps_free(struct ks_deps *deps)
{
	if (!deps)
		return;
	ks_arena_deinit(&deps->arena);
	free(deps);
}

/** As the published sets have it: what is behind the last slash of a section's name. */
static struct ks_dep published_form(struct ks_dep dep)
{
	const char *slash = strrchr(dep.name, '/');
	if (slash && (dep.kind == KS_DEP_UPROBE || dep.kind == KS_DEP_USDT))
		dep.name = slash + 1;
	return dep;
}

struct ks_error *ks_deps_published(const struct ks_deps *deps, struct ks_arena *arena,
				   struct ks_dep_list *ret)
{
	size_t most = deps->object_deps.nr, len = 0;
	for (uint32_t i = 0; i < deps->nr; i++)
		most += deps->programs[i].nr;
	struct ks_dep *all = ks_arena_array(arena, most, sizeof(*all));
	if (!all)
		return &ks_nomem;
	for (uint32_t i = 0; i <= deps->nr; i++) {
		const struct ks_dep_list *list =
			i < deps->nr ? &deps->programs[i] : &deps->object_deps;
		for (uint32_t k = 0; k < list->nr; k++)
			if (list->at[k].published && ks_dep_infos[list->at[k].kind].published)
				all[len++] = published_form(list->at[k]);
	}
	ks_deps_merge(all, &len);
	*ret = (struct ks_dep_list){ .nr = (uint32_t)len, .at = all };
	return NULL;
}
