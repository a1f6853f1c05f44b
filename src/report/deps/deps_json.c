/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/json.h"
#include "bpf/names.h"
#include "report/deps/deps_sheet.h"

/** Nothing is written for what is not there: NULL, 0 and false. */
static void optional_str(struct ks_json *json, const char *key, const char *text)
{
	if (text)
		ks_json_key_str(json, key, text);
}

static void optional_bool(struct ks_json *json, const char *key, bool value)
{
	if (value)
		ks_json_key_bool(json, key, true);
}

static void write_place(struct ks_json *json, const struct ks_bpf_object *object,
			const struct ks_bpf_program *program, uint32_t insn)
{
	if (!program || insn == KS_NO_INDEX)
		return;
	ks_json_key_u64(json, "instruction", insn);
	if (program->lines[insn] == KS_NO_INDEX)
		return;
	const struct ks_bpf_line *line = &object->lines[program->lines[insn]];
	ks_json_key_str(json, "file", line->file);
	ks_json_key_u64(json, "line", line->line);
}

static void write_dep(struct ks_json *json, const struct ks_bpf_object *object,
		      const struct ks_bpf_program *program, const struct ks_dep *dep)
{
	ks_json_open(json, '{');
	ks_json_key_str(json, "kind", ks_dep_infos[dep->kind].name);
	ks_json_key_str(json, "name", dep->name);
	optional_bool(json, "weak", dep->weak);
	optional_bool(json, "published", dep->published && ks_dep_infos[dep->kind].published);
	if (dep->cores) {
		ks_json_key_open(json, "relocations", '[');
		for (uint32_t i = 0; i < KS_NR_CORE_KINDS; i++)
			if (dep->cores & 1u << i)
				ks_json_str(json, ks_core_texts[i]);
		ks_json_close(json, ']');
	}
	if (dep->kind == KS_DEP_ARGUMENT || dep->kind == KS_DEP_CONTEXT) {
		ks_json_key_u64(json, "offset", dep->offset);
		if (dep->size_bytes)
			ks_json_key_u64(json, "size", dep->size_bytes);
	}
	ks_json_key_u64(json, "uses", dep->nr);
	write_place(json, object, program, dep->insn);
	ks_json_close(json, '}');
}

static void write_list(struct ks_json *json, const struct ks_bpf_object *object,
		       const struct ks_dep_list *list)
{
	ks_json_key_open(json, "deps", '[');
	for (uint32_t i = 0; i < list->nr; i++)
		write_dep(json, object, list->program, &list->at[i]);
	ks_json_close(json, ']');
}

static void write_hook(struct ks_json *json, const struct ks_hook *hook)
{
	ks_json_key_open(json, "hook", '{');
	ks_json_key_str(json, "kind", ks_hooks[hook->kind].name);
	optional_str(json, "target", hook->target);
	optional_str(json, "group", hook->group);
	optional_str(json, "module", hook->module);
	if (hook->offset)
		ks_json_key_u64(json, "offset", hook->offset);
	optional_bool(json, "on_return", hook->on_return);
	optional_bool(json, "sleepable", hook->sleepable);
	optional_bool(json, "set_at_run_time", hook->needs_target);
	optional_str(json, "program_type", hook->program_type);
	optional_str(json, "attach_type", hook->attach_type);
	ks_json_close(json, '}');
}

static void write_program(struct ks_json *json, const struct ks_bpf_object *object,
			  const struct ks_dep_list *list)
{
	const struct ks_bpf_program *program = list->program;
	ks_json_open(json, '{');
	ks_json_key_str(json, "name", program->name);
	ks_json_key_str(json, "section", program->section);
	ks_json_key_bool(json, "autoload", program->autoload);
	ks_json_key_u64(json, "instructions", program->nr);
	write_hook(json, &program->hook);
	write_list(json, object, list);
	ks_json_close(json, '}');
}

static void write_map(struct ks_json *json, const struct ks_bpf_map *map)
{
	ks_json_open(json, '{');
	ks_json_key_str(json, "name", map->name);
	const char *type = ks_bpf_map_type_name(map->type);
	if (type)
		ks_json_key_str(json, "type", type);
	else
		ks_json_key_u64(json, "type", map->type);
	ks_json_key_u64(json, "key_size", map->key_size);
	ks_json_key_u64(json, "value_size", map->value_size);
	ks_json_key_u64(json, "max_entries", map->max_entries);
	ks_json_key_u64(json, "flags", map->flags);
	if (map->inner_type)
		optional_str(json, "inner_type", ks_bpf_map_type_name(map->inner_type));
	optional_str(json, "struct_ops", map->struct_ops);
	ks_json_close(json, '}');
}

static void write_sheet(struct ks_json *json, const struct ks_deps_sheet *sheet)
{
	const struct ks_bpf_object *object = sheet->deps->object;
	ks_json_open(json, '{');
	ks_json_key_str(json, "name", sheet->found->name);
	ks_json_key_str(json, "path", sheet->found->path);
	ks_json_key_u64(json, "offset", sheet->found->offset);
	ks_json_key_u64(json, "size", sheet->found->size);
	ks_json_key_str(json, "license", object->license);
	ks_json_key_bool(json, "big_endian", object->big_endian);
	ks_json_key_bool(json, "btf", !object->legacy);
	ks_json_key_open(json, "maps", '[');
	for (uint32_t i = 0; i < object->nr_maps; i++)
		write_map(json, &object->maps[i]);
	ks_json_close(json, ']');
	ks_json_key_open(json, "programs", '[');
	for (uint32_t i = 0; i < sheet->deps->nr; i++)
		write_program(json, object, &sheet->deps->programs[i]);
	ks_json_close(json, ']');
	write_list(json, object, &sheet->deps->object_deps);
	ks_json_close(json, '}');
}

struct ks_error *ks_deps_json(const struct ks_deps_options *options,
			      const struct ks_deps_sheet *sheets, size_t nr, struct ks_buf *out)
{
	(void)options;
	struct ks_json json = ks_json_to(out, 1);
	ks_json_open(&json, '{');
	ks_json_key_open(&json, "objects", '[');
	for (size_t i = 0; i < nr; i++)
		write_sheet(&json, &sheets[i]);
	ks_json_close(&json, ']');
	ks_json_close(&json, '}');
	return ks_buf_error(out);
}
