/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/rules/feature_options.h"

#include <string.h>

#include "base/array.h"
#include "check/kernels/attach.h"

/** An option, and a function that every version of its code has. */
enum option {
	CGROUPS,
	CGROUP_BPF,
	JIT,
	LIRC,
	LSM,
	NETFILTER,
	REUSEPORT,
	LOOKUP,
	XGRESS,
	NETKIT,
	UPROBES,
	KPROBE_EVENTS,
	UPROBE_EVENTS,
	CGRP_STORAGE,
	INODE_STORAGE,
	STACKS,
	XSK,
	OVERRIDE,
	XFRM,
	SEG6,
	CLASSID,
	SOCK_CGROUP,
	CURRENT_CGROUP
};
static const struct {
	const char *name, *function;
	const char *older; // name until 4.10 (6b0b7551428e); NULL: none
} options[] = {
	[CGROUPS] = { "CONFIG_CGROUPS", "cgroup_init" },
	[CGROUP_BPF] = { "CONFIG_CGROUP_BPF", "__cgroup_bpf_run_filter_skb" },
	[JIT] = { KS_JIT_OPTION, KS_JIT_FUNCTION },
	[LIRC] = { "CONFIG_BPF_LIRC_MODE2", "lirc_mode2_func_proto" },
	[LSM] = { "CONFIG_BPF_LSM", "bpf_lsm_verify_prog" },
	[NETFILTER] = { "CONFIG_NETFILTER_BPF_LINK", "bpf_nf_link_attach" },
	[REUSEPORT] = { "CONFIG_INET", "sk_reuseport_func_proto" },
	[LOOKUP] = { "CONFIG_INET", "sk_lookup_func_proto" },
	[XGRESS] = { "CONFIG_NET_XGRESS", "tcx_link_attach" },
	[NETKIT] = { "CONFIG_NETKIT", "netkit_link_attach" },
	[UPROBES] = { "CONFIG_UPROBES", "uprobe_multi_link_handler" },
	[KPROBE_EVENTS] = { "CONFIG_KPROBE_EVENTS", "kprobe_dispatcher", "CONFIG_KPROBE_EVENT" },
	[UPROBE_EVENTS] = { "CONFIG_UPROBE_EVENTS", "uprobe_dispatcher", "CONFIG_UPROBE_EVENT" },
	[CGRP_STORAGE] = { "CONFIG_CGROUPS", "bpf_cgrp_storage_free" },
	[INODE_STORAGE] = { "CONFIG_BPF_LSM", "bpf_inode_storage_free" },
	[STACKS] = { "CONFIG_PERF_EVENTS", "stack_map_alloc" },
	[XSK] = { "CONFIG_XDP_SOCKETS", "xsk_map_alloc" },
	[OVERRIDE] = { "CONFIG_BPF_KPROBE_OVERRIDE", "bpf_override_return" },
	[XFRM] = { "CONFIG_XFRM", "bpf_skb_get_xfrm_state" },
	[SEG6] = { "CONFIG_IPV6_SEG6_BPF", "bpf_lwt_seg6_action" },
	[CLASSID] = { "CONFIG_CGROUP_NET_CLASSID", "bpf_skb_cgroup_classid" },
	[SOCK_CGROUP] = { "CONFIG_SOCK_CGROUP_DATA", "bpf_skb_cgroup_id" },
	[CURRENT_CGROUP] = { "CONFIG_CGROUPS", "bpf_get_current_cgroup_id" },
};

static const struct {
	const char *feature;
	enum option option;
} features[] = {
	{ "BPF_PROG_TYPE_CGROUP_SKB", CGROUP_BPF },
	{ "BPF_PROG_TYPE_CGROUP_SOCK", CGROUP_BPF },
	{ "BPF_PROG_TYPE_CGROUP_SOCK_ADDR", CGROUP_BPF },
	{ "BPF_PROG_TYPE_CGROUP_DEVICE", CGROUP_BPF },
	{ "BPF_PROG_TYPE_CGROUP_SYSCTL", CGROUP_BPF },
	{ "BPF_PROG_TYPE_CGROUP_SOCKOPT", CGROUP_BPF },
	{ "BPF_PROG_TYPE_EXT", JIT },
	{ "BPF_PROG_TYPE_STRUCT_OPS", JIT },
	{ "BPF_PROG_TYPE_LIRC_MODE2", LIRC },
	{ "BPF_PROG_TYPE_LSM", LSM },
	{ "BPF_PROG_TYPE_NETFILTER", NETFILTER },
	{ "BPF_PROG_TYPE_SK_REUSEPORT", REUSEPORT },
	{ "BPF_PROG_TYPE_SK_LOOKUP", LOOKUP },
	{ "BPF_CGROUP_SOCK_OPS", CGROUP_BPF },
	{ "BPF_TCX_INGRESS", XGRESS },
	{ "BPF_TCX_EGRESS", XGRESS },
	{ "BPF_NETKIT_PRIMARY", NETKIT },
	{ "BPF_NETKIT_PEER", NETKIT },
	{ "BPF_TRACE_UPROBE_MULTI", UPROBES },
	{ "BPF_TRACE_UPROBE_SESSION", UPROBES },
	{ "kprobe", KPROBE_EVENTS },
	{ "uprobe", UPROBE_EVENTS },
	{ "BPF_MAP_TYPE_CGROUP_ARRAY", CGROUPS },
	{ "BPF_MAP_TYPE_CGRP_STORAGE", CGRP_STORAGE },
	{ "BPF_MAP_TYPE_CGROUP_STORAGE", CGROUP_BPF },
	{ "BPF_MAP_TYPE_CGROUP_STORAGE_DEPRECATED", CGROUP_BPF },
	{ "BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE", CGROUP_BPF },
	{ "BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE_DEPRECATED", CGROUP_BPF },
	{ "BPF_MAP_TYPE_INODE_STORAGE", INODE_STORAGE },
	{ "BPF_MAP_TYPE_STRUCT_OPS", JIT },
	{ "BPF_MAP_TYPE_ARENA", JIT },
	{ "BPF_MAP_TYPE_STACK_TRACE", STACKS },
	{ "BPF_MAP_TYPE_XSKMAP", XSK },
	{ "bpf_override_return", OVERRIDE },
	{ "bpf_skb_get_xfrm_state", XFRM },
	{ "bpf_lwt_seg6_store_bytes", SEG6 },
	{ "bpf_lwt_seg6_adjust_srh", SEG6 },
	{ "bpf_lwt_seg6_action", SEG6 },
	{ "bpf_skb_cgroup_classid", CLASSID },
	{ "bpf_skb_cgroup_id", SOCK_CGROUP },
	{ "bpf_skb_ancestor_cgroup_id", SOCK_CGROUP },
	{ "bpf_get_current_cgroup_id", CURRENT_CGROUP },
};

/** What the code of an option says of it. */
static enum ks_presence function_built_in(const struct ks_site *site, const char *name)
{
	const struct ks_fact *fact = ks_site_fact(site, KS_FUNCTION, name);
	if (fact->function && fact->function->nr_symbols)
		return KS_PRESENT;
	return ks_site_symbol(site, name, false);
}

enum ks_presence ks_feature_built_in(const struct ks_site *site, const char *feature,
				     const char **ret_option)
{
	*ret_option = NULL;
	for (size_t i = 0; i < KS_ARRAY_LEN(features); i++) {
		if (strcmp(features[i].feature, feature) != 0)
			continue;
		*ret_option = options[features[i].option].name;
		const char *older = options[features[i].option].older;
		enum ks_presence set = ks_site_built_in(site, *ret_option);
		if (set == KS_ABSENT && older)
			set = ks_site_built_in(site, older);
		if (set == KS_PRESENT)
			return set;
		enum ks_presence code =
			function_built_in(site, options[features[i].option].function);
		return set == KS_UNTOLD || code == KS_PRESENT ? code : set;
	}
	return KS_PRESENT;
}
