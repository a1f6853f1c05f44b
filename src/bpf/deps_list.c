/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of dependencies, and what their kinds are called. */
#include <stdlib.h>
#include <string.h>

#include "bpf/deps_private.h"

enum { MAX_TOTAL = 4 << 20 };

const struct ks_dep_info ks_dep_infos[KS_NR_DEPS] = {
	[KS_DEP_FUNCTION] = { "function", "function", "Function", KS_FUNCTION },
	[KS_DEP_STRUCT] = { "struct", "struct", "Struct", KS_STRUCT },
	[KS_DEP_FIELD] = { "field", "field", "Field", KS_FIELD },
	[KS_DEP_TRACEPOINT] = { "tracepoint", "tracepoint", "Tracepoint", KS_TRACEPOINT },
	[KS_DEP_LSM] = { "lsm", "LSM hook", "LSM Hook", KS_LSM },
	[KS_DEP_SYSCALL] = { "syscall", "system call", "Syscall", KS_SYSCALL },
	[KS_DEP_UNION] = { "union", "union", NULL, KS_NR_KINDS },
	[KS_DEP_UNION_FIELD] = { "union-field", "union field", NULL, KS_NR_KINDS },
	[KS_DEP_ENUM] = { "enum", "enum", NULL, KS_NR_KINDS },
	[KS_DEP_ENUM_VALUE] = { "enum-value", "enum value", NULL, KS_NR_KINDS },
	[KS_DEP_TYPE] = { "type", "type", NULL, KS_NR_KINDS },
	[KS_DEP_ITER] = { "iter", "iterator", NULL, KS_NR_KINDS },
	[KS_DEP_STRUCT_OPS] = { "struct-ops", "struct_ops", NULL, KS_NR_KINDS },
	[KS_DEP_KFUNC] = { "kfunc", "kfunc", NULL, KS_NR_KINDS },
	[KS_DEP_KSYM] = { "ksym", "kernel symbol", NULL, KS_NR_KINDS },
	[KS_DEP_KCONFIG] = { "kconfig", "kconfig", NULL, KS_NR_KINDS },
	[KS_DEP_HELPER] = { "helper", "helper", NULL, KS_NR_KINDS },
	[KS_DEP_PROGRAM_TYPE] = { "program-type", "program type", NULL, KS_NR_KINDS },
	[KS_DEP_ATTACH_TYPE] = { "attach-type", "attach type", NULL, KS_NR_KINDS },
	[KS_DEP_MAP_TYPE] = { "map-type", "map type", NULL, KS_NR_KINDS },
	[KS_DEP_ARGUMENT] = { "argument", "argument", NULL, KS_NR_KINDS },
	[KS_DEP_CONTEXT] = { "context", "context", NULL, KS_NR_KINDS },
	[KS_DEP_UPROBE] = { "uprobe", "uprobe", "uprobe", KS_NR_KINDS },
	[KS_DEP_USDT] = { "usdt", "USDT", "USDT", KS_NR_KINDS },
	[KS_DEP_PERF_EVENT] = { "perf-event", "perf event", "Perf Event", KS_NR_KINDS },
	[KS_DEP_CGROUP] = { "cgroup", "cgroup", "cgroup", KS_NR_KINDS },
};

struct ks_error *ks_dep_add(struct ks_dep_sink *sink, struct ks_dep dep)
{
	if (sink->total++ == MAX_TOTAL)
		return ks_error_new(KS_ERR_UNSUPPORTED, "it has more than %d dependencies",
				    MAX_TOTAL);
	return ks_vector_add(&sink->list, dep) ? NULL : &ks_nomem;
}

/** Numbers before texts, so that argument 10 follows 9. */
static int compare_deps(const void *pa, const void *pb)
{
	const struct ks_dep *a = pa, *b = pb;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->kind >= KS_DEP_ARGUMENT && a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	int order = strcmp(a->name, b->name);
	return order ? order : a->insn < b->insn ? -1 : a->insn > b->insn;
}

void ks_deps_merge(struct ks_dep *list, size_t *len)
{
	size_t kept = 0;
	if (*len)
		qsort(list, *len, sizeof(*list), compare_deps);
	for (size_t i = 0; i < *len; i++) {
		struct ks_dep *last = kept ? &list[kept - 1] : NULL;
		if (!last || last->kind != list[i].kind || strcmp(last->name, list[i].name) != 0) {
			list[kept++] = list[i];
			continue;
		}
		last->cores |= list[i].cores;
		last->nr += list[i].nr;
		last->weak = last->weak && list[i].weak;
		last->published = last->published || list[i].published;
	}
	*len = kept;
}

struct ks_error *ks_dep_sink_empty(struct ks_dep_sink *sink, struct ks_dep_list *ret)
{
	ks_deps_merge(sink->list.at, &sink->list.len);
	ret->at = ks_arena_copy(sink->arena, sink->list.at, sink->list.len, sizeof(*sink->list.at));
	if (!ret->at)
		return &ks_nomem;
	ret->nr = (uint32_t)sink->list.len;
	sink->list.len = 0;
	return NULL;
}
