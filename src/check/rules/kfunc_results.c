/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/rules/kfunc_results.h"

#include <stddef.h>
#include <string.h>

#include "base/array.h"

// Those with a gate gave no NULL before.
static const struct ks_kfunc_result results[] = {
	{ "bpf_cgroup_acquire", { KS_SINCE(6, 4), "1d71283987c7" }, false },
	{ "bpf_cgroup_ancestor", { 0 }, false },
	{ "bpf_cgroup_from_id", { 0 }, false },
	{ "bpf_cpumask_create", { 0 }, false },
	{ "bpf_crypto_ctx_acquire", { 0 }, false },
	{ "bpf_crypto_ctx_create", { 0 }, false },
	{ "bpf_dynptr_slice", { 0 }, true },
	{ "bpf_dynptr_slice_rdwr", { 0 }, true },
	{ "bpf_get_task_exe_file", { 0 }, false },
	{ "bpf_iter_bits_next", { 0 }, true },
	{ "bpf_iter_css_next", { 0 }, false },
	{ "bpf_iter_css_task_next", { 0 }, false },
	{ "bpf_iter_num_next", { 0 }, true },
	{ "bpf_iter_task_next", { 0 }, false },
	{ "bpf_iter_task_vma_next", { 0 }, false },
	{ "bpf_list_pop_back", { 0 }, true },
	{ "bpf_list_pop_front", { 0 }, true },
	{ "bpf_lookup_system_key", { 0 }, false },
	{ "bpf_lookup_user_key", { 0 }, false },
	{ "bpf_obj_new_impl", { 0 }, true },
	{ "bpf_percpu_obj_new_impl", { 0 }, true },
	{ "bpf_rbtree_first", { 0 }, true },
	{ "bpf_rbtree_remove", { KS_SINCE(6, 4), "404ad75a36fb" }, true },
	{ "bpf_refcount_acquire_impl", { KS_SINCE(6, 5), "7793fc3babe9" }, true },
	{ "bpf_task_acquire", { KS_SINCE(6, 4), "d02c48fa1131" }, false },
	{ "bpf_task_from_pid", { 0 }, false },
	{ "bpf_task_from_vpid", { 0 }, false },
	{ "bpf_task_get_cgroup1", { 0 }, false },
};

const struct ks_kfunc_result *ks_kfunc_result(const char *name, uint32_t version)
{
	for (size_t i = 0; name && i < KS_ARRAY_LEN(results); i++)
		if (strcmp(results[i].name, name) == 0)
			return version >= results[i].gate.since ? &results[i] : NULL;
	return NULL;
}
