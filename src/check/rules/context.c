/* SPDX-License-Identifier: BSD-2-Clause */
/* The structs that programs get, by their types. */
#include "check/rules/context.h"

#include "base/array.h"
#include "check/rules/type_bits.h"

/** The struct that a program gets, as the verifier measures it; its members are added at the end. */
static const struct context {
	uint32_t types;
	const char *record;
} contexts[] = {
	{ T(SOCKET_FILTER) | T(SCHED_CLS) | T(SCHED_ACT) | T(CGROUP_SKB) | T(LWT_IN) | T(LWT_OUT) |
		  T(LWT_XMIT) | T(LWT_SEG6LOCAL) | T(SK_SKB) | T(FLOW_DISSECTOR),
	  "__sk_buff" },
	{ T(XDP), "xdp_md" },
	{ T(SOCK_OPS), "bpf_sock_ops" },
	{ T(CGROUP_SOCK), "bpf_sock" },
	{ T(CGROUP_SOCK_ADDR), "bpf_sock_addr" },
	{ T(SK_LOOKUP), "bpf_sk_lookup" },
	{ T(SK_MSG), "sk_msg_md" },
	{ T(SK_REUSEPORT), "sk_reuseport_md" },
	{ T(CGROUP_SYSCTL), "bpf_sysctl" },
	{ T(CGROUP_SOCKOPT), "bpf_sockopt" },
	{ T(CGROUP_DEVICE), "bpf_cgroup_dev_ctx" },
	{ T(PERF_EVENT), "bpf_perf_event_data" },
	{ T(NETFILTER), "bpf_nf_ctx" },
	{ T(KPROBE), "pt_regs" },
};

const struct ks_decl *ks_judge_context(const struct ks_judge *judge)
{
	uint32_t type = ks_prog_type_bit(judge->hook->program_type);
	for (size_t i = 0; type && i < KS_ARRAY_LEN(contexts); i++) {
		if (!(contexts[i].types & type))
			continue;
		const struct ks_fact *fact =
			ks_site_fact(judge->site, KS_STRUCT, contexts[i].record);
		return fact->ambiguity ? NULL : fact->decl;
	}
	return NULL;
}
