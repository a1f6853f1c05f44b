/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations of the kernel that programs stand for: a map each, which fails every program of its object. */
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "check/core/core_type.h"
#include "check/rules/rules.h"

/** bpf_map__init_kern_struct_ops(): members have the same kind and size in the kernel; those that it lacks are zero. */
static void judge_values(struct ks_judge *judge, uint32_t map, const struct ks_decl *decl)
{
	const struct ks_bpf_object *object = judge->resolution->prepared->object;
	for (uint32_t i = 0; i < object->nr_struct_members; i++) {
		const struct ks_bpf_struct_member *member = &object->struct_members[i];
		uint32_t j = 0;
		if (member->map != map)
			continue;
		while (j < decl->nr && strcmp(decl->members[j].name, member->name) != 0)
			j++;
		const struct ks_about *about = KS_ABOUT_NAME(KS_STRUCT, decl->name);
		if (j == decl->nr) {
			if (member->set)
				ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_STRUCT_OPS, about,
					     "no member %s, which the object sets", member->name);
			continue;
		}
		struct ks_shape shape = ks_shape_of(judge->site, decl->members[j].type);
		uint64_t size = ks_shape_size(judge->site, &shape);
		if (shape.untold)
			continue;
		if (shape.kind != member->kind)
			ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_STRUCT_OPS, about,
				     "the object has %s as something else", member->name);
		else if (shape.kind != KS_BTF_PTR && size && member->size && size != member->size)
			ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_STRUCT_OPS, about,
				     "the object has %s of %u bytes, the kernel of %u",
				     member->name, member->size, (unsigned int)size);
	}
}

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
	if (!fact->ambiguity)
		judge_values(judge, index, fact->decl);
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

/** Called with a run queue locked: no scheduler's program may sleep there (bpf_scx_check_member(), f0e1a0643a59). */
static bool is_awake(const char *operations, const char *member)
{
	static const char *const members[] = {
		"select_cpu", "select_cid",  "enqueue",	    "dequeue",
		"dispatch",   "tick",	     "runnable",    "running",
		"stopping",   "quiescent",   "yield",	    "set_weight",
		"set_cmask",  "set_cpumask", "update_idle", "core_sched_before",
	};
	if (strcmp(operations, "sched_ext_ops") != 0 &&
	    strcmp(operations, "sched_ext_ops_cid") != 0)
		return false;
	for (size_t i = 0; i < KS_ARRAY_LEN(members); i++)
		if (strcmp(members[i], member) == 0)
			return true;
	return false;
}

/** The function that stands for a member where no program does: called after struct and member by some structs. */
static enum ks_presence find_stub(const struct ks_site *site, const char *operations,
				  const char *member)
{
	char function[256];
	int len = snprintf(function, sizeof(function), "%s__%s", operations, member);
	return len > 0 && (size_t)len < sizeof(function) ? ks_site_symbol(site, function, false)
							 : KS_UNTOLD;
}

/** Members that no program may stand for, whatever functions there are. */
static const struct {
	const char *operations, *member;
} closed[] = {
	{ "tcp_congestion_ops", "get_info" },	 // bpf_tcp_ca_check_member(), 0baf26b0fcd7
	{ "sched_ext_ops", "sub_caps_updated" }, // of sched_ext_ops_cid alone: 7.3.4 was asked
	{ "sched_ext_ops", "sub_ecaps_updated" },
};

/** And those without such a function (bpf_struct_ops_supported(), e42ac1418055), of structs that call all of theirs so. */
static bool is_closed(const struct ks_site *site, const char *operations, const char *member)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(closed); i++)
		if (strcmp(closed[i].operations, operations) == 0 &&
		    strcmp(closed[i].member, member) == 0)
			return true;
	if (strcmp(operations, "Qdisc_ops") != 0 && strcmp(operations, "sched_ext_ops") != 0)
		return false;
	return find_stub(site, operations, member) == KS_ABSENT &&
	       find_stub(site, operations, "enqueue") == KS_PRESENT;
}

void ks_judge_refused_operation(struct ks_judge *judge)
{
	const struct ks_bpf_object *object = judge->resolution->prepared->object;
	for (uint32_t i = 0; i < object->nr_struct_ops; i++) {
		const struct ks_bpf_struct_op *op = &object->struct_ops[i];
		if (&object->programs[op->program] != judge->program || op->map >= object->nr_maps)
			continue;
		char operations[128];
		const char *text = object->maps[op->map].struct_ops;
		snprintf(operations, sizeof(operations), "%.*s",
			 text ? (int)ks_core_name_len(text) : 0, text ? text : "");
		const struct ks_about *about = KS_ABOUT_NAME(KS_STRUCT, text ? text : "");
		if (is_closed(judge->site, operations, op->member))
			ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_STRUCT_OPS, about,
				     "no program may stand for %s", op->member);
		else if (judge->caller->sleepable && is_awake(operations, op->member))
			ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_STRUCT_OPS, about,
				     "a program for %s may not sleep", op->member);
	}
}
