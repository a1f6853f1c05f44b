/* SPDX-License-Identifier: BSD-2-Clause */
/* The structs that programs get, by their types. */
#include "check/rules/context.h"

#include <string.h>

#include "base/array.h"
#include "check/rules/struct_walk.h"
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

/** Where a member stands, also one of the unnamed structs and unions in it. */
static bool find_member(const struct ks_site *site, const struct ks_decl *record, const char *name,
			uint64_t at, int depth, struct ks_context_range *ret)
{
	enum { MAX_NESTED = 4 };
	for (uint32_t i = 0; i < record->nr; i++) {
		const struct ks_member *member = &record->members[i];
		bool found = strcmp(member->name, name) == 0;
		if (!found && (*member->name || depth == MAX_NESTED))
			continue;
		struct ks_shape shape = ks_shape_of(site, member->type);
		uint64_t begin = at + member->bits_offset / 8;
		if (found) {
			uint64_t size = ks_shape_size(site, &shape);
			*ret = (struct ks_context_range){ begin, begin + size };
			return size && !member->bitfield_size;
		}
		const struct ks_decl *inner = ks_record_of_shape(site, &shape);
		if (inner && find_member(site, inner, name, begin, depth + 1, ret))
			return true;
	}
	return false;
}

bool ks_context_member(const struct ks_site *site, const struct ks_decl *record, const char *name,
		       struct ks_context_range *ret)
{
	return find_member(site, record, name, 0, 0, ret);
}
