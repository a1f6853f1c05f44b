// SPDX-License-Identifier: BSD-2-Clause
/* Members of contexts: which ones each type of program reads and writes, and by how many bytes. */
#include "idiom.h"

// clang-format off

#define AT(record, member, bits) *(volatile __u##bits *)((char *)c + __builtin_offsetof(struct record, member))
#define READ(section, name, record, member, bits) \
	SEC(section) int r##bits##_##name##_##member(void *c) { __u64 v = AT(record, member, bits); asm volatile("" : : "r"(v)); return 1; }
#define WRITE(section, name, record, member, bits) \
	SEC(section) int w##bits##_##name##_##member(void *c) { AT(record, member, bits) = 0; return 1; }

#define SKB(section, name) \
	READ(section, name, __sk_buff, len, 32) READ(section, name, __sk_buff, mark, 16) READ(section, name, __sk_buff, tc_classid, 32) \
	READ(section, name, __sk_buff, data, 32) READ(section, name, __sk_buff, data, 16) READ(section, name, __sk_buff, local_port, 32) \
	READ(section, name, __sk_buff, data_meta, 32) READ(section, name, __sk_buff, flow_keys, 64) READ(section, name, __sk_buff, tstamp, 64) \
	READ(section, name, __sk_buff, wire_len, 32) READ(section, name, __sk_buff, sk, 64) READ(section, name, __sk_buff, hwtstamp, 64) \
	READ(section, name, __sk_buff, hwtstamp, 32) READ(section, name, __sk_buff, tstamp_type, 8) \
	WRITE(section, name, __sk_buff, len, 32) WRITE(section, name, __sk_buff, mark, 32) WRITE(section, name, __sk_buff, mark, 16) \
	WRITE(section, name, __sk_buff, queue_mapping, 32) WRITE(section, name, __sk_buff, priority, 32) \
	WRITE(section, name, __sk_buff, tc_index, 32) WRITE(section, name, __sk_buff, cb, 64) WRITE(section, name, __sk_buff, tstamp, 64)
SKB("socket", socket)
SKB("tc", tc)
SKB("action", action)
SKB("cgroup/skb", cgroup)
SKB("lwt_in", lwt)
SKB("sk_skb/stream_verdict", sk_skb)
SKB("flow_dissector", flow)

READ("xdp", xdp, xdp_md, data, 32)
READ("xdp", xdp, xdp_md, data, 16)
READ("xdp", xdp, xdp_md, egress_ifindex, 32)
WRITE("xdp", xdp, xdp_md, data, 32)
READ("xdp/devmap", devmap, xdp_md, egress_ifindex, 32)

#define SOCK(section, name) \
	READ(section, name, bpf_sock, mark, 32) WRITE(section, name, bpf_sock, mark, 32) READ(section, name, bpf_sock, src_ip4, 32) \
	READ(section, name, bpf_sock, src_ip6, 32) READ(section, name, bpf_sock, src_port, 32) READ(section, name, bpf_sock, dst_ip4, 16) \
	WRITE(section, name, bpf_sock, src_ip4, 32)
SOCK("cgroup/sock_create", create)
SOCK("cgroup/post_bind4", bind4)
SOCK("cgroup/post_bind6", bind6)

#define ADDRESS(section, name) \
	READ(section, name, bpf_sock_addr, user_ip4, 32) READ(section, name, bpf_sock_addr, user_ip6, 64) \
	READ(section, name, bpf_sock_addr, msg_src_ip4, 32) READ(section, name, bpf_sock_addr, family, 16) \
	WRITE(section, name, bpf_sock_addr, user_ip6, 32) WRITE(section, name, bpf_sock_addr, user_port, 32) \
	WRITE(section, name, bpf_sock_addr, family, 32)
ADDRESS("cgroup/bind4", addr4)
ADDRESS("cgroup/bind6", addr6)
ADDRESS("cgroup/sendmsg4", send4)

READ("sockops", ops, bpf_sock_ops, family, 16)
READ("sockops", ops, bpf_sock_ops, bytes_acked, 32)
READ("sockops", ops, bpf_sock_ops, skb_data, 64)
READ("sockops", ops, bpf_sock_ops, skb_tcp_flags, 8)
WRITE("sockops", ops, bpf_sock_ops, reply, 32)
SEC("sockops") int w32_ops_replylong1(void *c) { AT(bpf_sock_ops, replylong[1], 32) = 0; return 1; }
WRITE("sockops", ops, bpf_sock_ops, sk_txhash, 32)
READ("sk_lookup", lookup, bpf_sk_lookup, remote_port, 32)
READ("sk_lookup", lookup, bpf_sk_lookup, local_port, 8)
READ("sk_lookup", lookup, bpf_sk_lookup, sk, 32)
WRITE("sk_lookup", lookup, bpf_sk_lookup, family, 32)
READ("sk_msg", msg, sk_msg_md, data, 32)
READ("sk_msg", msg, sk_msg_md, size, 16)
WRITE("sk_msg", msg, sk_msg_md, size, 32)
READ("sk_reuseport", reuse, sk_reuseport_md, eth_protocol, 8)
READ("sk_reuseport", reuse, sk_reuseport_md, eth_protocol, 16)
READ("sk_reuseport", reuse, sk_reuseport_md, hash, 16)
READ("sk_reuseport", reuse, sk_reuseport_md, data, 32)
WRITE("sk_reuseport", reuse, sk_reuseport_md, len, 32)
READ("cgroup/dev", dev, bpf_cgroup_dev_ctx, access_type, 16)
READ("cgroup/dev", dev, bpf_cgroup_dev_ctx, major, 16)
WRITE("cgroup/dev", dev, bpf_cgroup_dev_ctx, major, 32)
READ("cgroup/sysctl", sysctl, bpf_sysctl, write, 8)
WRITE("cgroup/sysctl", sysctl, bpf_sysctl, write, 32)
WRITE("cgroup/sysctl", sysctl, bpf_sysctl, file_pos, 32)

#define OPTION(section, name) \
	READ(section, name, bpf_sockopt, optval, 32) READ(section, name, bpf_sockopt, retval, 32) WRITE(section, name, bpf_sockopt, level, 32) \
	WRITE(section, name, bpf_sockopt, optlen, 32) WRITE(section, name, bpf_sockopt, retval, 32)
OPTION("cgroup/getsockopt", get)
OPTION("cgroup/setsockopt", set)

READ("perf_event", perf, bpf_perf_event_data, regs, 64)
READ("perf_event", perf, bpf_perf_event_data, regs, 32)
READ("perf_event", perf, bpf_perf_event_data, sample_period, 64)
READ("perf_event", perf, bpf_perf_event_data, sample_period, 16)
READ("perf_event", perf, bpf_perf_event_data, addr, 32)
WRITE("perf_event", perf, bpf_perf_event_data, regs, 64)
WRITE("perf_event", perf, bpf_perf_event_data, addr, 64)

#define CHANGE(section, name) \
	SEC(section) int w64_##name(void *c) { ((volatile __u64 *)c)[1] = 0; return 0; }
CHANGE("kprobe/vfs_read", kprobe)
CHANGE("kretprobe/vfs_read", kretprobe)
CHANGE("kprobe.multi/vfs_read", kprobe_multi)
CHANGE("ksyscall/getpid", ksyscall)
CHANGE("uprobe//proc/self/exe:main", uprobe)
CHANGE("tracepoint/sched/sched_switch", tracepoint)
CHANGE("raw_tp/sched_switch", raw_tp)
CHANGE("tp_btf/sched_switch", tp_btf)
CHANGE("fentry/vfs_read", fentry)
CHANGE("iter/task", iter)
CHANGE("lsm/file_open", lsm)
CHANGE("netfilter", netfilter)
CHANGE("syscall", syscall)
SEC("tc") int atomic_tc(struct __sk_buff *c) { __sync_fetch_and_add(&c->mark, 1); return 0; }
