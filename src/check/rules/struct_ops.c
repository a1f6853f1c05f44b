/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations of the kernel that programs stand for: a map each, which fails every program of its object. */
#include <string.h>

#include "base/buf.h"
#include "check/rules/rules.h"

/** The struct of the kernel behind a struct_ops map, with the members that programs stand for. */
static void judge_operations(struct ks_judge *judge, uint32_t index)
{
	const struct ks_bpf_object *object = judge->resolution->prepared->object;
	const struct ks_bpf_map *map = &object->maps[index];
	_cleanup_buf_ struct ks_buf buf = { 0 };
	ks_buf_printf(&buf, "bpf_struct_ops_%.*s", (int)ks_core_name_len(map->struct_ops),
		      map->struct_ops);
	const char *value = ks_buf_text(&buf);
	if (!value) {
		judge->nomem = true;
		return;
	}
	const struct ks_fact *outer = ks_site_fact(judge->site, KS_STRUCT, value);
	const struct ks_fact *fact =
		ks_site_fact(judge->site, KS_STRUCT, value + strlen("bpf_struct_ops_"));
	if (!fact->known) {
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TIER,
			     KS_ABOUT_NAME(KS_STRUCT, map->struct_ops), NULL);
		return;
	}
	if (judge->site->module_types && !outer->decl && outer->modules) {
		outer = outer->modules;
		fact = fact->decl || !fact->modules ? fact : fact->modules;
	}
	if (!outer->decl || !fact->decl) {
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_STRUCT_OPS,
			     KS_ABOUT_NAME(KS_STRUCT, map->struct_ops),
			     "no struct bpf_struct_ops_%s", value + strlen("bpf_struct_ops_"));
		return;
	}
	if (map->flags & KS_BPF_MAP_LINK &&
	    ks_site_has_enumerator(judge->site, "(anon)", "BPF_F_LINK") == KS_ABSENT)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_STRUCT_OPS,
			     KS_ABOUT_NAME(KS_STRUCT, map->struct_ops),
			     "operations cannot be linked, there is no BPF_F_LINK");
	for (uint32_t i = 0; i < object->nr_struct_ops; i++) {
		const struct ks_bpf_struct_op *op = &object->struct_ops[i];
		uint32_t j = 0;
		while (j < fact->decl->nr && strcmp(fact->decl->members[j].name, op->member) != 0)
			j++;
		if (op->map == index && j == fact->decl->nr)
			ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_STRUCT_OPS,
				     KS_ABOUT_NAME(KS_STRUCT, map->struct_ops), "no member %s",
				     op->member);
	}
}

void ks_judge_operations(struct ks_judge *judge)
{
	const struct ks_bpf_object *object = judge->resolution->prepared->object;
	for (uint32_t i = 0; i < object->nr_maps; i++)
		if (object->maps[i].struct_ops && object->maps[i].autocreate)
			judge_operations(judge, i);
}

/** libbpf learns from the maps of operations what a program stands for. */
void ks_judge_unused_operation(struct ks_judge *judge)
{
	const struct ks_bpf_object *object = judge->resolution->prepared->object;
	for (uint32_t i = 0; i < object->nr_struct_ops; i++)
		if (&object->programs[object->struct_ops[i].program] == judge->program)
			return;
	ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_STRUCT_OPS,
		     KS_ABOUT_NAME(KS_NR_KINDS, judge->program->section),
		     "no variable in .struct_ops refers to the program");
}
