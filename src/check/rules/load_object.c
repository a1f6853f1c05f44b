/* SPDX-License-Identifier: BSD-2-Clause */
/* What fails every program of an object: its maps, externs and operations are set up as a whole. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "check/reasons.h"
#include "check/rules/built_with.h"

/** The name of an enumerator of the object's own BTF, for a number that the image does not have. */
static const char *local_enumerator(const struct ks_btf *btf, const char *name, int64_t value)
{
	uint32_t id = btf ? ks_btf_find(btf, KS_BTF_ENUM, name, 1) : 0;
	if (!id)
		return NULL;
	struct ks_btf_type type = ks_btf_type(btf, id);
	for (uint32_t i = 0; i < type.vlen; i++)
		if (ks_btf_enumerator(btf, &type, i).value == value)
			return ks_btf_enumerator(btf, &type, i).name;
	return NULL;
}

static void judge_map(struct ks_judge *judge, const struct ks_bpf_map *map)
{
	const struct ks_decl *decl = ks_site_fact(judge->site, KS_ENUM, "bpf_map_type")->decl;
	if (!map->autocreate || map->struct_ops || map->type == 0)
		return;
	struct ks_about about = { .kind = KS_NR_KINDS, .name = map->name, .insn = KS_NO_INDEX };
	if (!decl) {
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TIER, &about,
			     "the image has no enum bpf_map_type");
		return;
	}
	for (uint32_t i = 0; i < decl->nr; i++) {
		if (decl->values[i].value != map->type ||
		    strncmp(decl->values[i].name, "__MAX", 5) == 0)
			continue;
		const char *option = ks_built_with(decl->values[i].name);
		if (option && ks_site_built_in(judge->site, option) == KS_ABSENT)
			ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_MAP_TYPE, &about,
				     "%s is not set", option);
		return;
	}
	const char *name = local_enumerator(judge->resolution->prepared->object->btf,
					    "bpf_map_type", map->type);
	if (name)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_MAP_TYPE, &about,
			     "no %s in enum bpf_map_type", name);
	else
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_MAP_TYPE, &about,
			     "no type %u in enum bpf_map_type", map->type);
}

static void judge_extern(struct ks_judge *judge, uint32_t index)
{
	const struct ks_bpf_extern *ext = &judge->resolution->prepared->object->externs[index];
	bool kconfig = ext->kind == KS_EXTERN_KCONFIG;
	struct ks_about about = { .kind = kconfig			 ? KS_CONFIG
					  : ext->kind == KS_EXTERN_KFUNC ? KS_KFUNC
									 : KS_NR_KINDS,
				  .name = ext->name,
				  .insn = KS_NO_INDEX };
	if (judge->resolution->externs[index] == KS_EXTERN_UNTOLD && !ext->weak) {
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TIER, &about, NULL);
		return;
	}
	if (judge->resolution->externs[index] != KS_EXTERN_MISSING)
		return;
	struct ks_reason *reason;
	if (kconfig) {
		reason = ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_KCONFIG, &about,
				      strcmp(ext->name, "LINUX_KERNEL_VERSION") == 0
					      ? "the release has no three numbers"
					      : "not set");
		ks_reason_hint(judge, reason, "declare it __weak, and it reads as zero");
	} else {
		char name[256]; // without a flavour
		snprintf(name, sizeof(name), "%.*s", (int)ks_core_name_len(ext->name), ext->name);
		struct ks_target target = ks_target_find(judge->site, name);
		if (ext->kind == KS_EXTERN_KFUNC && target.only_module)
			reason = ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_KSYM_MISSING, &about,
					      "in module %s, which must be loaded",
					      target.module ? target.module : "?");
		else
			reason = ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_KSYM_MISSING, &about,
					      ext->type ? "not in BTF with this type"
							: "not in kallsyms");
		ks_reason_hint(judge, reason,
			       "declare it __weak and ask for it with bpf_ksym_exists()");
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

void ks_judge_object(struct ks_judge *judge)
{
	const struct ks_bpf_object *object = judge->resolution->prepared->object;
	for (uint32_t i = 0; i < object->nr_maps; i++) {
		judge_map(judge, &object->maps[i]);
		if (object->maps[i].struct_ops && object->maps[i].autocreate)
			judge_operations(judge, i);
	}
	for (uint32_t i = 0; i < object->nr_externs; i++)
		judge_extern(judge, i);
}
