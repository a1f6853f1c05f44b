/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/rules/scx_kfuncs.h"

#include <string.h>

#include "base/array.h"
#include "check/core/core.h"
#include "check/rules/target.h"

/* As kernel/sched/ext.c of 6.12 and kernel/sched/ext/ext.c of 7.2 have it. */

/** Sets of functions, as scx_kf_allow_flags[] has them. */
enum {
	UNLOCKED = 1u << 0,
	INIT = 1u << 1,
	CPU_RELEASE = 1u << 2,
	DISPATCH = 1u << 3,
	ENQUEUE = 1u << 4,
	SELECT_CPU = 1u << 5,
};

struct row {
	const char *name;
	uint32_t sets;
};

/** The functions that not every operation may call. */
static const struct row functions[] = {
	{ "__scx_bpf_dsq_insert_vtime", ENQUEUE },
	{ "__scx_bpf_select_cpu_and", UNLOCKED | SELECT_CPU },
	{ "scx_bpf_cid_override", INIT },
	{ "scx_bpf_consume", DISPATCH },
	{ "scx_bpf_create_dsq", UNLOCKED },
	{ "scx_bpf_dispatch", ENQUEUE },
	{ "scx_bpf_dispatch_cancel", DISPATCH },
	{ "scx_bpf_dispatch_from_dsq", UNLOCKED | DISPATCH },
	{ "scx_bpf_dispatch_from_dsq_set_slice", UNLOCKED | DISPATCH },
	{ "scx_bpf_dispatch_from_dsq_set_vtime", UNLOCKED | DISPATCH },
	{ "scx_bpf_dispatch_nr_slots", DISPATCH },
	{ "scx_bpf_dispatch_vtime", ENQUEUE },
	{ "scx_bpf_dispatch_vtime_from_dsq", UNLOCKED | DISPATCH },
	{ "scx_bpf_dsq_insert", ENQUEUE },
	{ "scx_bpf_dsq_insert___v2", ENQUEUE },
	{ "scx_bpf_dsq_insert_vtime", ENQUEUE },
	{ "scx_bpf_dsq_move", UNLOCKED | DISPATCH },
	{ "scx_bpf_dsq_move_set_slice", UNLOCKED | DISPATCH },
	{ "scx_bpf_dsq_move_set_vtime", UNLOCKED | DISPATCH },
	{ "scx_bpf_dsq_move_to_local", DISPATCH },
	{ "scx_bpf_dsq_move_to_local___v2", DISPATCH },
	{ "scx_bpf_dsq_move_vtime", UNLOCKED | DISPATCH },
	{ "scx_bpf_reenqueue_local", CPU_RELEASE },
	{ "scx_bpf_select_cpu_and", UNLOCKED | SELECT_CPU },
	{ "scx_bpf_select_cpu_dfl", UNLOCKED | SELECT_CPU },
	{ "scx_bpf_sub_dispatch", DISPATCH },
};

/** The operations that may call some of them. */
static const struct row operations[] = {
	{ "cgroup_cancel_move", UNLOCKED },
	{ "cgroup_exit", UNLOCKED },
	{ "cgroup_init", UNLOCKED },
	{ "cgroup_prep_move", UNLOCKED },
	{ "cgroup_set_bandwidth", UNLOCKED },
	{ "cgroup_set_idle", UNLOCKED },
	{ "cgroup_set_weight", UNLOCKED },
	{ "cpu_offline", UNLOCKED },
	{ "cpu_online", UNLOCKED },
	{ "cpu_release", CPU_RELEASE },
	{ "dispatch", ENQUEUE | DISPATCH },
	{ "dump", UNLOCKED },
	{ "enqueue", SELECT_CPU | ENQUEUE },
	{ "exit", UNLOCKED },
	{ "init", UNLOCKED | INIT },
	{ "init_task", UNLOCKED },
	{ "select_cpu", SELECT_CPU | ENQUEUE },
	{ "sub_attach", UNLOCKED },
	{ "sub_detach", UNLOCKED },
};

static uint32_t sets_of(const struct row *rows, size_t nr, const char *name)
{
	for (size_t i = 0; i < nr; i++)
		if (strcmp(rows[i].name, name) == 0)
			return rows[i].sets;
	return 0;
}

enum ks_allowed ks_scx_allowed(const struct ks_site *site, const struct ks_calling_program *caller,
			       const char *name, bool traced)
{
	enum { FIRST = KS_SINCE(6, 12), TOO_NEW = KS_SINCE(7, 3) };
	uint32_t sets = sets_of(functions, KS_ARRAY_LEN(functions), name);
	static const char ours[] = "sched_ext_ops";
	if ((!sets && !traced) || !caller->group || !caller->target || site->version < FIRST ||
	    site->version >= TOO_NEW || ks_core_name_len(caller->group) != strlen(ours) ||
	    strncmp(caller->group, ours, strlen(ours)) != 0)
		return KS_ALLOWED_UNTOLD;
	if (!sets)
		return KS_ALLOWED;
	// before the verifier was given a filter, a wrong operation was told when it ran
	struct ks_target filter = ks_target_find(site, "scx_kfunc_context_filter");
	enum ks_presence filtered = ks_target_code(&filter);
	if (filtered != KS_PRESENT)
		return filtered == KS_ABSENT ? KS_ALLOWED : KS_ALLOWED_UNTOLD;
	uint32_t may = sets_of(operations, KS_ARRAY_LEN(operations), caller->target);
	return may & sets ? KS_ALLOWED : KS_NOT_ALLOWED;
}
