/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Types of programs as bits, for tables of who may call what: inside check/ only. */
#include <stdint.h>

enum {
	SOCKET_FILTER,
	KPROBE,
	SCHED_CLS,
	SCHED_ACT,
	TRACEPOINT,
	XDP,
	PERF_EVENT,
	CGROUP_SKB,
	CGROUP_SOCK,
	LWT_IN,
	LWT_OUT,
	LWT_XMIT,
	SOCK_OPS,
	SK_SKB,
	CGROUP_DEVICE,
	SK_MSG,
	RAW_TRACEPOINT,
	CGROUP_SOCK_ADDR,
	LWT_SEG6LOCAL,
	SK_REUSEPORT,
	FLOW_DISSECTOR,
	CGROUP_SYSCTL,
	RAW_TRACEPOINT_WRITABLE,
	CGROUP_SOCKOPT,
	TRACING,
	STRUCT_OPS,
	EXT,
	LSM,
	SK_LOOKUP,
	SYSCALL,
	NETFILTER,
	NR_TYPES,
};
#define T(type) (1u << (type))
#define EVERY_TYPE (T(NR_TYPES) - 1)

/** The bit of "BPF_PROG_TYPE_…"; 0 for NULL and for types that are not in the list. */
uint32_t ks_prog_type_bit(const char *program_type);
