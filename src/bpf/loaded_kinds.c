/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs that are attached to nothing of the kernel that has a name: what kind they are of. */
#include <stddef.h>

#include "base/array.h"
#include "bpf/loaded_private.h"

/** enum bpf_prog_type, as bpftool calls them, and the section of such a program where its type is all that counts. */
static const struct {
	const char *name, *section;
} kinds[] = {
	{ "unspec", NULL },
	{ "socket_filter", "socket" },
	{ "kprobe", NULL },
	{ "sched_cls", "tc" },
	{ "sched_act", "action" },
	{ "tracepoint", NULL },
	{ "xdp", "xdp" },
	{ "perf_event", "perf_event" },
	{ "cgroup_skb", "cgroup/skb" },
	{ "cgroup_sock", "cgroup/sock" },
	{ "lwt_in", "lwt_in" },
	{ "lwt_out", "lwt_out" },
	{ "lwt_xmit", "lwt_xmit" },
	{ "sock_ops", "sockops" },
	{ "sk_skb", "sk_skb" },
	{ "cgroup_device", "cgroup/dev" },
	{ "sk_msg", "sk_msg" },
	{ "raw_tracepoint", NULL },
	{ "cgroup_sock_addr", NULL },
	{ "lwt_seg6local", "lwt_seg6local" },
	{ "lirc_mode2", "lirc_mode2" },
	{ "sk_reuseport", "sk_reuseport" },
	{ "flow_dissector", "flow_dissector" },
	{ "cgroup_sysctl", "cgroup/sysctl" },
	{ "raw_tracepoint_writable", NULL },
	{ "cgroup_sockopt", NULL },
	{ "tracing", NULL },
	{ "struct_ops", NULL },
	{ "ext", NULL },
	{ "lsm", NULL },
	{ "sk_lookup", "sk_lookup" },
	{ "syscall", "syscall" },
	{ "netfilter", "netfilter" },
};

/** Those that are loaded for one of several hooks of cgroups, which their links tell: enum bpf_attach_type. */
static const struct {
	uint32_t attach_type;
	const char *section;
} hooks[] = {
	{ BPF_CGROUP_INET4_BIND, "cgroup/bind4" },
	{ BPF_CGROUP_INET6_BIND, "cgroup/bind6" },
	{ BPF_CGROUP_INET4_CONNECT, "cgroup/connect4" },
	{ BPF_CGROUP_INET6_CONNECT, "cgroup/connect6" },
	{ BPF_CGROUP_INET4_POST_BIND, "cgroup/post_bind4" },
	{ BPF_CGROUP_INET6_POST_BIND, "cgroup/post_bind6" },
	{ BPF_CGROUP_UDP4_SENDMSG, "cgroup/sendmsg4" },
	{ BPF_CGROUP_UDP6_SENDMSG, "cgroup/sendmsg6" },
	{ BPF_CGROUP_UDP4_RECVMSG, "cgroup/recvmsg4" },
	{ BPF_CGROUP_UDP6_RECVMSG, "cgroup/recvmsg6" },
	{ BPF_CGROUP_GETSOCKOPT, "cgroup/getsockopt" },
	{ BPF_CGROUP_SETSOCKOPT, "cgroup/setsockopt" },
	{ BPF_CGROUP_INET4_GETPEERNAME, "cgroup/getpeername4" },
	{ BPF_CGROUP_INET6_GETPEERNAME, "cgroup/getpeername6" },
	{ BPF_CGROUP_INET4_GETSOCKNAME, "cgroup/getsockname4" },
	{ BPF_CGROUP_INET6_GETSOCKNAME, "cgroup/getsockname6" },
	{ BPF_CGROUP_INET_SOCK_RELEASE, "cgroup/sock_release" },
};

const char *ks_loaded_kind_name(uint32_t type)
{
	return type < KS_ARRAY_LEN(kinds) ? kinds[type].name : "a type that is newer than ksurf";
}

void ks_loaded_attach_kind(struct ks_loaded_search *search, struct ks_loaded_found *found)
{
	const char *section = found->type < KS_ARRAY_LEN(kinds) ? kinds[found->type].section : NULL;
	for (size_t i = 0; found->by_cgroup && i < KS_ARRAY_LEN(hooks); i++)
		if (hooks[i].attach_type == found->attach_type)
			section = hooks[i].section;
	// which functions of the kernel it calls is not looked at, so nothing can be said of one that does
	if (section && !found->calls_kernel)
		ks_loaded_attach(search, found, section, "");
}
