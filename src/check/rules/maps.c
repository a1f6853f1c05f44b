/* SPDX-License-Identifier: BSD-2-Clause */
/* Types of maps. A map that cannot be made fails every program of its object. */
#include <string.h>

#include "check/rules/elsewhere.h"
#include "check/rules/feature_options.h"
#include "check/rules/rules.h"

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
		const char *option;
		enum ks_presence built =
			ks_feature_built_in(judge->site, decl->values[i].name, &option);
		if (built == KS_ABSENT)
			ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_MAP_TYPE, &about,
				     "%s is not set", option);
		else if (built == KS_UNTOLD)
			ks_judge_unset(judge, KS_STAGE_LOAD, &about, option);
		return;
	}
	const char *name = local_enumerator(judge->resolution->prepared->object->btf,
					    "bpf_map_type", map->type);
	if (!name)
		name = ks_elsewhere_named(judge->site, "bpf_map_type", map->type);
	if (name)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_MAP_TYPE, &about,
			     "no %s in enum bpf_map_type%s", name,
			     ks_elsewhere_since(judge->site, "bpf_map_type", name, judge->arena));
	else
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_MAP_TYPE, &about,
			     "no type %u in enum bpf_map_type", map->type);
}

void ks_judge_maps(struct ks_judge *judge)
{
	const struct ks_bpf_object *object = judge->resolution->prepared->object;
	for (uint32_t i = 0; i < object->nr_maps; i++)
		judge_map(judge, &object->maps[i]);
}
