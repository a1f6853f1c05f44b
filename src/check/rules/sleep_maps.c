/* SPDX-License-Identifier: BSD-2-Clause */
/* Maps that programs which sleep may not use (check_map_prog_compatibility()), whether a path leads there or not. */
#include "base/array.h"
#include "bpf/names.h"
#include "check/rules/rules.h"

/**
 * 6.18 was asked about every type (tests/truth/idioms/sleep.c). Types only came to the list of those that may, since 5.10: what
 * 6.18 refuses, older kernels do. Of newer ones nothing is claimed.
 */
enum { FIRST = KS_SINCE(5, 10), NEXT = KS_SINCE(6, 19) };
static const uint8_t refused[] = {
	KS_MAP_PROG_ARRAY,
	KS_MAP_PERF_EVENT_ARRAY,
	KS_MAP_STACK_TRACE,
	KS_MAP_CGROUP_ARRAY,
	KS_MAP_LPM_TRIE,
	KS_MAP_DEVMAP,
	KS_MAP_SOCKMAP,
	KS_MAP_CPUMAP,
	KS_MAP_XSKMAP,
	KS_MAP_SOCKHASH,
	KS_MAP_REUSEPORT_SOCKARRAY,
	KS_MAP_DEVMAP_HASH,
	KS_MAP_BLOOM_FILTER,
};

static bool is_refused(uint32_t type)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(refused); i++)
		if (refused[i] == type)
			return true;
	return false;
}

void ks_judge_sleep_maps(struct ks_judge *judge)
{
	const struct ks_bpf_object *object = judge->resolution->prepared->object;
	const struct ks_bpf_program *program = judge->program;
	uint32_t version = judge->site->version;
	if (!judge->caller->sleepable || version < FIRST || version >= NEXT)
		return;
	for (uint32_t i = 0; i < program->nr; i++) {
		const struct ks_bpf_ref *ref = ks_bpf_ref_at(object, program, i);
		if (!ref || ref->kind != KS_REF_MAP || ref->index >= object->nr_maps ||
		    !is_refused(object->maps[ref->index].type))
			continue;
		const struct ks_bpf_map *map = &object->maps[ref->index];
		const struct ks_about about = { .kind = KS_NR_KINDS, .name = map->name, .insn = i };
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_MAP_TYPE, &about,
			     "programs that sleep use no map of the type %s",
			     ks_bpf_map_type_name(map->type));
	}
}
