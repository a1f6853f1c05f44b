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
	3,  // prog_array
	4,  // perf_event_array
	7,  // stack_trace
	8,  // cgroup_array
	11, // lpm_trie
	14, // devmap
	15, // sockmap
	16, // cpumap
	17, // xskmap
	18, // sockhash
	20, // reuseport_sockarray
	25, // devmap_hash
	30, // bloom_filter
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
