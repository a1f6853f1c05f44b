/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/interp/results.h"

#include <stddef.h>

#include "base/array.h"

// clang-format off
static const struct ks_helper_result results[] = {
	{ KS_HELPER_MAP_LOOKUP, true, "bpf_map_lookup_elem", NULL, false },
	{ 35,  false, "bpf_get_current_task",        "task_struct", true },
	{ 84,  true,  "bpf_sk_lookup_tcp",           NULL, false },
	{ 85,  true,  "bpf_sk_lookup_udp",           NULL, false },
	{ 95,  true,  "bpf_sk_fullsock",             NULL, false },
	{ 96,  true,  "bpf_tcp_sock",                NULL, false },
	{ 98,  true,  "bpf_get_listener_sock",       NULL, false },
	{ 99,  true,  "bpf_skc_lookup_tcp",          NULL, false },
	{ 107, true,  "bpf_sk_storage_get",          NULL, false },
	{ 131, true,  "bpf_ringbuf_reserve",         NULL, false },
	{ 136, true,  "bpf_skc_to_tcp6_sock",        "tcp6_sock", false },
	{ 137, true,  "bpf_skc_to_tcp_sock",         "tcp_sock", false },
	{ 138, true,  "bpf_skc_to_tcp_timewait_sock", "tcp_timewait_sock", false },
	{ 139, true,  "bpf_skc_to_tcp_request_sock", "tcp_request_sock", false },
	{ 140, true,  "bpf_skc_to_udp6_sock",        "udp6_sock", false },
	{ 145, true,  "bpf_inode_storage_get",       NULL, false },
	{ 156, true,  "bpf_task_storage_get",        NULL, false },
	{ 158, false, "bpf_get_current_task_btf",    "task_struct", false },
	{ 162, true,  "bpf_sock_from_file",          "socket", false },
	{ 175, false, "bpf_task_pt_regs",            "pt_regs", false },
	{ 178, true,  "bpf_skc_to_unix_sock",        "unix_sock", false },
	{ 195, true,  "bpf_map_lookup_percpu_elem",  NULL, false },
	{ 196, true,  "bpf_skc_to_mptcp_sock",       "mptcp_sock", false },
	{ 203, true,  "bpf_dynptr_data",             NULL, false },
	{ 210, true,  "bpf_cgrp_storage_get",        NULL, false },
};
// clang-format on

static const struct {
	uint8_t id, argument;
	const char *name;
} wanting[] = {
	{ 111, 1, "bpf_skb_output" },
	{ 121, 1, "bpf_xdp_output" },
	{ 126, 1, "bpf_seq_printf" },
	{ 127, 1, "bpf_seq_write" },
	{ 136, 1, "bpf_skc_to_tcp6_sock" },
	{ 137, 1, "bpf_skc_to_tcp_sock" },
	{ 138, 1, "bpf_skc_to_tcp_timewait_sock" },
	{ 139, 1, "bpf_skc_to_tcp_request_sock" },
	{ 140, 1, "bpf_skc_to_udp6_sock" },
	{ 141, 1, "bpf_get_task_stack" },
	{ 147, 1, "bpf_d_path" },
	{ 150, 1, "bpf_seq_printf_btf" },
	{ 159, 1, "bpf_bprm_opts_set" },
	{ 161, 1, "bpf_ima_inode_hash" },
	{ 162, 1, "bpf_sock_from_file" },
	{ 175, 1, "bpf_task_pt_regs" },
	{ 178, 1, "bpf_skc_to_unix_sock" },
	{ 180, 1, "bpf_find_vma" },
	{ 191, 4, "bpf_copy_from_user_task" },
	{ 193, 1, "bpf_ima_file_hash" },
	{ 196, 1, "bpf_skc_to_mptcp_sock" },
};

bool ks_helper_gives_number(int32_t id)
{
	static const uint8_t numbers[] = {
		5,   // bpf_ktime_get_ns
		7,   // bpf_get_prandom_u32
		14,  // bpf_get_current_pid_tgid
		15,  // bpf_get_current_uid_gid
		80,  // bpf_get_current_cgroup_id
		118, // bpf_jiffies64
		125, // bpf_ktime_get_boot_ns
		160, // bpf_ktime_get_coarse_ns
	};
	for (size_t i = 0; i < sizeof(numbers); i++)
		if (numbers[i] == id)
			return true;
	return false;
}

uint8_t ks_helper_wants_record(int32_t id)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(wanting); i++)
		if (wanting[i].id == id)
			return wanting[i].argument;
	return 0;
}

const char *ks_helper_wanting(int32_t id)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(wanting); i++)
		if (wanting[i].id == id)
			return wanting[i].name;
	return NULL;
}

const struct ks_helper_result *ks_helper_result(int32_t id)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(results); i++)
		if (results[i].id == id)
			return &results[i];
	return NULL;
}
