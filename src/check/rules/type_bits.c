/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/rules/type_bits.h"

#include <string.h>

static const char *const type_names[NR_TYPES] = {
	"SOCKET_FILTER",
	"KPROBE",
	"SCHED_CLS",
	"SCHED_ACT",
	"TRACEPOINT",
	"XDP",
	"PERF_EVENT",
	"CGROUP_SKB",
	"CGROUP_SOCK",
	"LWT_IN",
	"LWT_OUT",
	"LWT_XMIT",
	"SOCK_OPS",
	"SK_SKB",
	"CGROUP_DEVICE",
	"SK_MSG",
	"RAW_TRACEPOINT",
	"CGROUP_SOCK_ADDR",
	"LWT_SEG6LOCAL",
	"SK_REUSEPORT",
	"FLOW_DISSECTOR",
	"CGROUP_SYSCTL",
	"RAW_TRACEPOINT_WRITABLE",
	"CGROUP_SOCKOPT",
	"TRACING",
	"STRUCT_OPS",
	"EXT",
	"LSM",
	"SK_LOOKUP",
	"SYSCALL",
	"NETFILTER",
};

uint32_t ks_prog_type_bit(const char *program_type)
{
	static const char prefix[] = "BPF_PROG_TYPE_";
	if (!program_type || strncmp(program_type, prefix, sizeof(prefix) - 1) != 0)
		return 0;
	for (uint32_t i = 0; i < NR_TYPES; i++)
		if (strcmp(program_type + sizeof(prefix) - 1, type_names[i]) == 0)
			return T(i);
	return 0;
}
