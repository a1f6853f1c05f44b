// SPDX-License-Identifier: BSD-2-Clause
/* What programs may return: every type, with values around what the verifier takes of some. */
#include "idiom.h"

#define R(section, name)                                                                           \
	P(section, name##_m4096, -4096)                                                            \
	P(section, name##_m4095, -4095)                                                            \
	P(section, name##_m1, -1)                                                                  \
	P(section, name##_0, 0)                                                                    \
	P(section, name##_1, 1)                                                                    \
	P(section, name##_2, 2)                                                                    \
	P(section, name##_3, 3)                                                                    \
	P(section, name##_4, 4)                                                                    \
	P(section, name##_7, 7)                                                                    \
	P(section, name##_8, 8)

// clang-format off

R("socket", socket)
R("kprobe/vfs_read", kprobe)
R("kprobe.multi/vfs_read", multi)
R("kprobe.session/vfs_read", session)
R("uprobe", uprobe)
R("uprobe.multi", umulti)
R("uprobe.session", usession)
R("tc", tc)
R("action", action)
R("tracepoint/sched/sched_switch", tp)
R("raw_tp/sched_switch", raw_tp)
R("raw_tp.w/sched_switch", raw_tp_w)
R("tp_btf/sched_switch", tp_btf)
R("fentry/vfs_read", fentry)
R("fexit/vfs_read", fexit)
R("fsession/vfs_read", fsession)
R("fentry.s/vfs_read", fentry_s)
R("fmod_ret/__x64_sys_read", fmod_ret)
R("iter/task", iter)
R("iter.s/task", iter_s)
R("lsm/file_open", lsm)
R("lsm/file_free_security", lsm_void)
R("lsm/inode_xattr_skipcap", lsm_bool)
R("lsm/xfrm_state_pol_flow_match", lsm_bool_too)
R("lsm/audit_rule_known", lsm_audit)
R("lsm/vm_enough_memory", lsm_memory)
R("lsm/ismaclabel", lsm_label)
R("lsm/inode_getsecurity", lsm_length)
R("lsm/setprocattr", lsm_set)
R("lsm/key_getsecurity", lsm_key)
R("lsm_cgroup/socket_bind", lsm_cgroup)
R("lsm_cgroup/sk_alloc_security", lsm_cgroup_alloc)
R("lsm_cgroup/inet_csk_clone", lsm_cgroup_void)
R("xdp", xdp)
R("perf_event", perf)
R("lwt_in", lwt_in)
R("sockops", sockops)
R("sk_skb", sk_skb)
R("sk_msg", sk_msg)
R("sk_lookup", sk_lookup)
R("sk_reuseport", reuseport)
R("flow_dissector", dissector)
R("netfilter", netfilter)
R("syscall", syscall)
R("lirc_mode2", lirc)
R("cgroup_skb/ingress", cg_ingress)
R("cgroup_skb/egress", cg_egress)
R("cgroup/skb", cg_skb)
R("cgroup/sock", cg_sock)
R("cgroup/sock_release", cg_release)
R("cgroup/post_bind4", cg_post_bind4)
R("cgroup/bind4", cg_bind4)
R("cgroup/bind6", cg_bind6)
R("cgroup/connect4", cg_connect4)
R("cgroup/connect6", cg_connect6)
R("cgroup/connect_unix", cg_connect_unix)
R("cgroup/sendmsg4", cg_sendmsg4)
R("cgroup/sendmsg_unix", cg_sendmsg_unix)
R("cgroup/recvmsg4", cg_recvmsg4)
R("cgroup/recvmsg6", cg_recvmsg6)
R("cgroup/recvmsg_unix", cg_recvmsg_unix)
R("cgroup/getpeername4", cg_peer4)
R("cgroup/getpeername6", cg_peer6)
R("cgroup/getpeername_unix", cg_peer_unix)
R("cgroup/getsockname4", cg_name4)
R("cgroup/getsockname6", cg_name6)
R("cgroup/getsockname_unix", cg_name_unix)
R("cgroup/sysctl", cg_sysctl)
R("cgroup/getsockopt", cg_getopt)
R("cgroup/setsockopt", cg_setopt)
R("cgroup/dev", cg_dev)

// not a constant for the verifier, but never more than three; one of two, of which one is too much
long variable;
BODY("cgroup/connect4", range_in, return variable & 1)
BODY("cgroup/connect4", range_over, return variable & 3)
BODY("cgroup/connect4", one_of_two, if (variable == 5) return 2)
BODY("cgroup/connect4", dead, if (0) return 2)
BODY("cgroup/connect4", unknown, return variable)
SEC("cgroup/connect4") int p_int_max(void *ctx) { return 0x7fffffff; }
// of a function that is verified on its own, nothing is known
__attribute__((noinline)) int p_global(int a) { return a + 7; }
static __attribute__((noinline)) int p_static(long a) { return variable = a, 7; }
BODY("cgroup/connect4", by_global, return p_global(variable))
BODY("cgroup/connect4", by_static, return p_static(variable))
BODY("cgroup/connect4", through_static, p_static(variable))
SEC("fentry/vfs_read") u64 p_ends_with_context(u64 *ctx) { return (u64)ctx; }
SEC("cgroup/dev") u64 p_ends_with_context_cgroup(u64 *ctx) { return (u64)ctx; }
SEC("lsm/file_open") u64 p_ends_with_context_lsm(u64 *ctx) { return (u64)ctx; }
SEC("kprobe/vfs_read") u64 p_ends_with_context_kprobe(u64 *ctx) { return (u64)ctx; }
SEC("xdp") u64 p_ends_with_context_xdp(u64 *ctx) { return (u64)ctx; }

/* functions that helpers call */
static long p_callback_0(u32 i, void *c) { return 0; }
static long p_callback_1(u32 i, void *c) { return 1; }
static long p_callback_2(u32 i, void *c) { return 2; }
static long p_callback_m1(u32 i, void *c) { return -1; }
SEC("kprobe/vfs_read") int p_loop_0(void *c) { bpf_loop(8, p_callback_0, 0, 0); return 0; }
SEC("kprobe/vfs_read") int p_loop_1(void *c) { bpf_loop(8, p_callback_1, 0, 0); return 0; }
SEC("kprobe/vfs_read") int p_loop_2(void *c) { bpf_loop(8, p_callback_2, 0, 0); return 0; }
SEC("kprobe/vfs_read") int p_loop_m1(void *c) { bpf_loop(8, p_callback_m1, 0, 0); return 0; }
