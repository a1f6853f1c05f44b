// SPDX-License-Identifier: BSD-2-Clause
/*
 * Pointers whose types the verifier knows: arguments of hooks, what is read through them, what helpers give; which of
 * them may be NULL; and the context, moved.
 */
#if IDIOM == 9
#define IDIOM_LICENSE "Proprietary"
#endif
#include "idiom.h"

// clang-format off

#define ARG(type, n) ((type *)(((u64 *)ctx)[n]))
/** Read without CO-RE: members at the offsets of the kernel that this is compiled for. */
#define AT(type, p, off) (*(volatile type *)((char *)(p) + (off)))
/** The compiler does not know that it is the same. */
#define HIDE(p) asm volatile("" : "+r"(p))

long n;

#if IDIOM == 1
/* fentry, fexit */
BODY("fentry/vfs_read", member, n = ARG(struct file, 0)->f_flags)
BODY("fentry/vfs_read", chain, n = ARG(struct file, 0)->f_inode->i_ino)
BODY("fentry/vfs_read", long_chain, n = ARG(struct file, 0)->f_inode->i_sb->s_bdev->bd_dev)
BODY("fentry/vfs_read", wrong_struct, n = ARG(struct task_struct, 0)->start_time)
BODY("fentry/vfs_read", chain_as_wrong_struct, n = ((struct task_struct *)ARG(struct file, 0)->f_inode)->start_time)
BODY("fentry/vfs_read", number, n = (long)ARG(struct file, 2)->f_op)
BODY("fentry/vfs_read", text, n = AT(char, ARG(char, 1), 0))
BODY("fentry/vfs_read", text_kept, n = (long)ARG(char, 1))
BODY("fentry/vfs_read", to_number, n = AT(long, ARG(long, 3), 0))
BODY("fentry/vfs_read", to_number_kept, n = (long)ARG(long, 3))
BODY("fentry/vfs_read", first_byte, n = AT(u8, ARG(struct file, 0), 0))
BODY("fentry/vfs_read", part_of_pointer, n = *(volatile u32 *)&ARG(struct file, 0)->f_op)
BODY("fentry/vfs_read", pointer_and_more, n = AT(u64, ARG(struct file, 0), 20))
BODY("fentry/vfs_read", behind_the_end, n = AT(u64, ARG(struct file, 0), 4096))
BODY("fentry/vfs_read", before_the_begin, n = AT(u64, ARG(struct file, 0), -8))
BODY("fentry/vfs_read", written, ARG(struct file, 0)->f_flags = 1)
BODY("fentry/vfs_read", leaf, n = AT(char, (char *)ARG(struct file, 0)->private_data, 0))
BODY("fentry/vfs_read", name, n = *(volatile char *)ARG(struct file, 0)->f_inode->i_sb->s_type->name)
BODY("fentry/vfs_read", inner_array, n = ARG(struct file, 0)->f_inode->i_sb->s_id[3])
BODY("fentry/vfs_read", other_argument, n = (long)ARG(void, 5))
BODY("fentry/kernel_write", const_void_kept, n = (long)ARG(void, 1))
BODY("fentry/kernel_read", void_kept, n = (long)ARG(void, 1))
BODY("fexit/vfs_read", result, n = ((long *)ctx)[4])
BODY("fexit/vfs_read", behind_result, n = ((long *)ctx)[5])
BODY("fentry/do_exit", only_number, n = ((long *)ctx)[0])
BODY("fentry/wake_up_new_task", pid_wide, n = *(volatile u64 *)&ARG(struct task_struct, 0)->tgid)
BODY("fentry/wake_up_new_task", comm_wide, n = *(volatile u64 *)&ARG(struct task_struct, 0)->comm[0])
BODY("fentry/wake_up_new_task", comm_beyond, n = *(volatile u64 *)&ARG(struct task_struct, 0)->comm[12])
BODY("fentry/wake_up_new_task", cgroups, n = ARG(struct task_struct, 0)->cgroups->dfl_cgrp->kn->id)
BODY("fentry/wake_up_new_task", exe_file, n = ARG(struct task_struct, 0)->mm->exe_file->f_flags)
BODY("fentry/kernel_execve", text_of_texts, n = (long)ARG(char *, 1))
BODY("fentry/tcp_v4_rcv", skb_sk, n = ARG(struct sk_buff, 0)->sk->__sk_common.skc_family)
BODY("fentry/tcp_v4_connect", sock_as_tcp, n = ARG(struct tcp_sock, 0)->snd_cwnd)
BODY("fentry/tcp_v4_connect", sock_as_common, n = ARG(struct sock_common, 0)->skc_family)
BODY("fexit/fget", given_file, struct file *f = ARG(struct file, 1); if (f) n = f->f_flags)
BODY("fexit/fget", given_file_wrong, struct task_struct *f = ARG(struct task_struct, 1); if (f) n = f->start_time)
BODY("fentry/security_file_permission", unsigned_as_struct, n = ARG(struct inode, 1)->i_ino)
BODY("fentry/security_mmap_file", file_unchecked, n = ARG(struct file, 0)->f_flags)
BODY("fmod_ret/security_file_permission", fmod_result, n = ((long *)ctx)[2])
BODY("fmod_ret/security_file_permission", fmod_behind, n = ((long *)ctx)[3])
#endif

#if IDIOM == 2
/* LSM */
BODY("lsm/file_open", member, n = ARG(struct file, 0)->f_flags)
BODY("lsm/file_open", result, n = ((long *)ctx)[1])
BODY("lsm/file_open", behind_result, n = ((long *)ctx)[2])
BODY("lsm/file_open", wrong_struct, n = ARG(struct task_struct, 0)->start_time)
BODY("lsm/inode_setattr", dentry_first, n = ARG(struct dentry, 0)->d_inode->i_ino)
BODY("lsm/inode_setattr", dentry_second, n = ARG(struct dentry, 1)->d_flags)
BODY("lsm/inode_setattr", attr_second, n = ARG(struct iattr, 1)->ia_valid)
BODY("lsm/inode_setattr", attr_third, n = ARG(struct iattr, 2)->ia_valid)
BODY("lsm/inode_unlink", d_inode, n = ARG(struct dentry, 1)->d_inode->i_ino)
BODY("lsm/inode_unlink", d_inode_checked, struct inode *i = ARG(struct dentry, 1)->d_inode; if (i) n = i->i_ino)
BODY("lsm.s/inode_unlink", d_inode_asleep, n = ARG(struct dentry, 1)->d_inode->i_ino)
BODY("lsm/socket_connect", sk, n = ARG(struct socket, 0)->sk->__sk_common.skc_family)
BODY("lsm/socket_connect", sk_checked, struct sock *s = ARG(struct socket, 0)->sk; if (s) n = s->__sk_common.skc_family)
BODY("lsm/socket_connect", address, n = ARG(struct sockaddr, 1)->sa_family)
BODY("lsm/socket_connect", length_as_struct, n = ARG(struct sockaddr, 2)->sa_family)
BODY("lsm/mmap_file", file_unchecked, n = ARG(struct file, 0)->f_flags)
BODY("lsm/mmap_file", file_checked, struct file *f = ARG(struct file, 0); if (f) n = f->f_flags)
BODY("lsm/mmap_file", number, n = ARG(struct file, 1)->f_flags)
BODY("lsm/bprm_check_security", bprm_file, n = ARG(struct linux_binprm, 0)->file->f_flags)
BODY("lsm/bprm_check_security", bprm_name, n = *(volatile char *)ARG(struct linux_binprm, 0)->filename)
BODY("lsm/task_alloc", cgroups, n = ARG(struct task_struct, 0)->cgroups->dfl_cgrp->kn->id)
BODY("lsm/task_free", cgroups_freed, n = ARG(struct task_struct, 0)->cgroups->dfl_cgrp->kn->id)
BODY("lsm/inode_getxattr", text, n = AT(char, ARG(char, 1), 0))
BODY("lsm/sb_mount", void_pointer, n = AT(char, ARG(char, 4), 0))
BODY("lsm/file_open", written, ARG(struct file, 0)->f_flags = 1)
BODY("lsm/path_mkdir", nested, n = ARG(struct path, 0)->dentry->d_flags)
BODY("lsm/bpf", behind, n = ((long *)ctx)[8])
BODY("lsm/sk_free_security", void_hook_result, n = ((long *)ctx)[1])
BODY("lsm/cred_getsecid", to_number, n = (long)ARG(u32, 1))
BODY("lsm/cred_getsecid", to_number_read, n = AT(u32, ARG(u32, 1), 0))
#endif

#if IDIOM == 3
/* tp_btf */
BODY("tp_btf/sched_switch", number, n = ARG(struct task_struct, 0)->pid)
BODY("tp_btf/sched_switch", member, n = ARG(struct task_struct, 1)->pid)
BODY("tp_btf/sched_switch", parent, n = ARG(struct task_struct, 1)->real_parent->pid)
BODY("tp_btf/sched_switch", leader, n = ARG(struct task_struct, 1)->group_leader->pid)
BODY("tp_btf/sched_switch", cgroups, n = ARG(struct task_struct, 1)->cgroups->dfl_cgrp->kn->id)
BODY("tp_btf/sched_switch", mm, n = ARG(struct task_struct, 1)->mm->exe_file->f_flags)
BODY("tp_btf/sched_switch", behind, n = ((long *)ctx)[4])
BODY("tp_btf/sched_switch", written, ARG(struct task_struct, 1)->pid = 1)
BODY("tp_btf/sched_switch", wrong_struct, n = ARG(struct mm_struct, 2)->exe_file->f_flags)
BODY("tp_btf/sched_pi_setprio", maybe, n = ARG(struct task_struct, 1)->pid)
BODY("tp_btf/sched_pi_setprio", first, n = ARG(struct task_struct, 0)->pid)
BODY("tp_btf/sched_pi_setprio", checked, struct task_struct *t = ARG(struct task_struct, 1); if (t) n = t->pid)
BODY("tp_btf/sched_pi_setprio", checked_early, struct task_struct *t = ARG(struct task_struct, 1); if (!t) return 0; n = t->pid)
BODY("tp_btf/sched_pi_setprio", checked_late, struct task_struct *t = ARG(struct task_struct, 1); n = t->pid; if (t) n++)
BODY("tp_btf/sched_pi_setprio", copy_checked, struct task_struct *t = ARG(struct task_struct, 1), *c = t; HIDE(c); if (c) n = t->pid)
BODY("tp_btf/sched_pi_setprio", twice, struct task_struct *t = ARG(struct task_struct, 1); if (t) n = ((volatile struct task_struct *)((volatile u64 *)ctx)[1])->pid)
BODY("tp_btf/sched_pi_setprio", spilled, struct task_struct *volatile t = ARG(struct task_struct, 1); struct task_struct *c = t; if (c) { bpf_get_prandom_u32(); n = t->pid; })
BODY("tp_btf/sched_pi_setprio", other_branch, struct task_struct *t = ARG(struct task_struct, 1); if (t) n = 1; else n = t->pid)
BODY("tp_btf/sched_pi_setprio", through_probe, n = BPF_CORE_READ(ARG(struct task_struct, 1), pid))
static __noinline bool is_there(struct task_struct *t) { return t != 0; }
BODY("tp_btf/sched_pi_setprio", checked_elsewhere, struct task_struct *t = ARG(struct task_struct, 1); if (is_there(t)) n = t->pid)
static __noinline long pid_of(struct task_struct *t) { return t->pid; }
BODY("tp_btf/sched_pi_setprio", read_elsewhere, n = pid_of(ARG(struct task_struct, 1)))
BODY("tp_btf/sched_pi_setprio", checked_then_read_elsewhere, struct task_struct *t = ARG(struct task_struct, 1); if (t) n = pid_of(t))
BODY("tp_btf/kfree_skb", skb_sk, n = ARG(struct sk_buff, 0)->sk->__sk_common.skc_family)
BODY("tp_btf/kfree_skb", skb_sk_checked, struct sock *s = ARG(struct sk_buff, 0)->sk; if (s) n = s->__sk_common.skc_family)
BODY("tp_btf/kfree_skb", location, n = AT(u8, ARG(u8, 1), 0))
BODY("tp_btf/kfree_skb", rx_sk, n = ARG(struct sock, 3)->__sk_common.skc_family)
BODY("tp_btf/signal_generate", error_as_struct, n = ARG(struct kernel_siginfo, 1)->si_signo)
BODY("tp_btf/signal_generate", task, n = ARG(struct task_struct, 2)->pid)
BODY("tp_btf/tcp_send_reset", sk, n = ARG(struct sock, 0)->__sk_common.skc_family)
BODY("tp_btf/tcp_probe", tcp_probe_sk, n = ARG(struct sock, 0)->__sk_common.skc_family)
BODY("tp_btf/mm_page_alloc", page, n = ARG(struct page, 0)->flags.f)
BODY("tp_btf/sched_process_exec", bprm, n = ARG(struct linux_binprm, 2)->file->f_flags)
BODY("tp_btf/sys_enter", regs, n = ARG(struct pt_regs, 0)->di)
BODY("tp_btf/sys_enter", id_as_struct, n = ARG(struct pt_regs, 1)->di)
BODY("tp_btf/workqueue_execute_start", fixed, n = AT(u64, ARG(void, 0), 0))
BODY("tp_btf/inet_sock_set_state", inet_sock_set_state_sk, n = ARG(struct sock, 0)->sk_protocol)
#endif

#if IDIOM == 4
/* iterators */
BODY("iter/task", unchecked, n = ((struct bpf_iter__task *)ctx)->task->pid)
BODY("iter/task", checked, struct task_struct *t = ((struct bpf_iter__task *)ctx)->task; if (t) n = t->pid)
BODY("iter/task", meta, n = ((struct bpf_iter__task *)ctx)->meta->seq_num)
BODY("iter/task", seq, n = ((struct bpf_iter__task *)ctx)->meta->seq->size)
BODY("iter/task", behind, n = ((long *)ctx)[2])
BODY("iter/task_file", file_unchecked, n = ((struct bpf_iter__task_file *)ctx)->file->f_flags)
BODY("iter/task_file", file_checked, struct file *f = ((struct bpf_iter__task_file *)ctx)->file; if (f) n = f->f_inode->i_ino)
BODY("iter/task_file", other_checked, struct bpf_iter__task_file *c = ctx; struct file *f = c->file; struct task_struct *t = c->task; if (t) n = f->f_flags)
BODY("iter/task_vma", vma_file, struct vm_area_struct *v = ((struct bpf_iter__task_vma *)ctx)->vma; if (v) n = v->vm_file->f_flags)
BODY("iter/task_vma", vma_unchecked, n = ((struct bpf_iter__task_vma *)ctx)->vma->vm_start)
BODY("iter/bpf_map", bpf_map_unchecked, n = ((struct bpf_iter__bpf_map *)ctx)->map->id)
BODY("iter/bpf_map", bpf_map_checked, struct bpf_map *m = ((struct bpf_iter__bpf_map *)ctx)->map; if (m) n = m->id)
BODY("iter/bpf_map_elem", key_unchecked, n = *(volatile u32 *)((struct bpf_iter__bpf_map_elem *)ctx)->key)
BODY("iter/bpf_map_elem", key_checked, volatile u32 *k = ((struct bpf_iter__bpf_map_elem *)ctx)->key; if (k) n = *k)
BODY("iter/bpf_map_elem", value_written, volatile u32 *v = ((struct bpf_iter__bpf_map_elem *)ctx)->value; if (v) *v = 1)
BODY("iter/bpf_map_elem", value_written_unchecked, *(volatile u32 *)((struct bpf_iter__bpf_map_elem *)ctx)->value = 1)
BODY("iter/bpf_map_elem", map, n = ((struct bpf_iter__bpf_map_elem *)ctx)->map->id)
BODY("iter/bpf_prog", bpf_prog_unchecked, n = ((struct bpf_iter__bpf_prog *)ctx)->prog->len)
BODY("iter/cgroup", cgroup_unchecked, n = ((struct bpf_iter__cgroup *)ctx)->cgroup->level)
BODY("iter/tcp", tcp_unchecked, n = ((struct bpf_iter__tcp *)ctx)->sk_common->skc_family)
BODY("iter/tcp", uid_as_struct, n = ARG(struct file, 2)->f_flags)
BODY("iter/udp", udp_checked, struct udp_sock *u = ((struct bpf_iter__udp *)ctx)->udp_sk; if (u) n = u->inet.inet_sport)
BODY("iter/ksym", ksym_unchecked, n = ((struct bpf_iter__ksym *)ctx)->ksym->value)
#endif

#if IDIOM == 5
/* what helpers give */
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __type(key, u32); __type(value, u64); } table SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, u32); __type(value, u64); } array SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } ring SEC(".maps");
BODY("fentry/tcp_v4_connect", tcp_unchecked, n = bpf_skc_to_tcp_sock(ARG(struct sock, 0))->snd_cwnd)
BODY("fentry/tcp_v4_connect", tcp_checked, struct tcp_sock *t = bpf_skc_to_tcp_sock(ARG(struct sock, 0)); if (t) n = t->snd_cwnd)
BODY("fentry/tcp_v4_connect", tcp_behind, void *t = bpf_skc_to_tcp_sock(ARG(struct sock, 0)); if (t) n = AT(u64, t, 8192))
BODY("fentry/tcp_v4_connect", tcp_sk, struct tcp_sock *t = bpf_skc_to_tcp_sock(ARG(struct sock, 0)); if (t) n = t->inet_conn.icsk_inet.sk.sk_protocol)
BODY("fentry/tcp_v4_connect", tcp_as_task, struct task_struct *t = (void *)bpf_skc_to_tcp_sock(ARG(struct sock, 0)); if (t) n = t->start_time)
BODY("fentry/vfs_read", task, n = bpf_get_current_task_btf()->pid)
BODY("fentry/vfs_read", task_behind, n = AT(u64, bpf_get_current_task_btf(), 65536))
BODY("fentry/vfs_read", task_number, n = ((struct task_struct *)bpf_get_current_task())->pid)
BODY("fentry/vfs_read", socket_unchecked, n = bpf_sock_from_file(ARG(struct file, 0))->type)
BODY("fentry/vfs_read", socket_checked, struct socket *s = bpf_sock_from_file(ARG(struct file, 0)); if (s) n = s->type)
BODY("fentry/vfs_read", registers, n = ((struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf()))->di)
BODY("kprobe/vfs_read", task_in_kprobe, n = bpf_get_current_task_btf()->pid)
BODY("kprobe/vfs_read", task_in_kprobe_behind, n = AT(u64, bpf_get_current_task_btf(), 65536))
BODY("kprobe/vfs_read", lookup_unchecked, u32 k = 1; n = *(volatile u64 *)bpf_map_lookup_elem(&table, &k))
BODY("kprobe/vfs_read", lookup_checked, u32 k = 1; volatile u64 *v = bpf_map_lookup_elem(&table, &k); if (v) n = *v)
BODY("kprobe/vfs_read", lookup_written, u32 k = 1; *(volatile u64 *)bpf_map_lookup_elem(&table, &k) = 1)
BODY("kprobe/vfs_read", array_constant, u32 k = 1; n = *(volatile u64 *)bpf_map_lookup_elem(&array, &k))
BODY("kprobe/vfs_read", array_variable, u32 k = bpf_get_prandom_u32() & 3; n = *(volatile u64 *)bpf_map_lookup_elem(&array, &k))
BODY("kprobe/vfs_read", ring_unchecked, volatile u64 *v = bpf_ringbuf_reserve(&ring, 8, 0); *v = 1; bpf_ringbuf_submit((void *)v, 0))
BODY("kprobe/vfs_read", ring_checked, volatile u64 *v = bpf_ringbuf_reserve(&ring, 8, 0); if (!v) return 0; *v = 1; bpf_ringbuf_submit((void *)v, 0))
BODY("tc", sk_fullsock_checked, struct bpf_sock *s = ((struct __sk_buff *)ctx)->sk; if (!s) return 0; s = bpf_sk_fullsock(s); if (s) n = s->mark)
BODY("tc", sk_unchecked, struct bpf_sock *s = ((struct __sk_buff *)ctx)->sk; if (!s) return 0; n = bpf_sk_fullsock(s)->mark)
BODY("tc", tcp_in_tc, struct bpf_sock *s = ((struct __sk_buff *)ctx)->sk; if (!s) return 0; struct tcp_sock *t = bpf_skc_to_tcp_sock(s); if (t) n = t->snd_cwnd)
BODY("tc", tcp_in_tc_behind, struct bpf_sock *s = ((struct __sk_buff *)ctx)->sk; if (!s) return 0; void *t = bpf_skc_to_tcp_sock(s); if (t) n = AT(u64, t, 8192))
#endif

#if IDIOM == 6
/* the context, moved */
#define MOVED(section, name) \
	SEC(section) int p_##name(void *ctx) \
	{ \
		long v; \
		asm volatile("r1 = %1; r1 += 8; %0 = *(u32 *)(r1 + 0)" : "=r"(v) : "r"(ctx) : "r1"); \
		n = v; \
		return 0; \
	}
#define MOVED_WIDE(section, name) \
	SEC(section) int p_##name(void *ctx) \
	{ \
		long v; \
		asm volatile("r1 = %1; r1 += 8; %0 = *(u64 *)(r1 + 0)" : "=r"(v) : "r"(ctx) : "r1"); \
		n = v; \
		return 0; \
	}
MOVED_WIDE("kprobe/vfs_read", kprobe)
MOVED_WIDE("fentry/vfs_read", fentry)
MOVED_WIDE("fexit/vfs_read", fexit)
MOVED_WIDE("tp_btf/sched_switch", tp_btf)
MOVED_WIDE("raw_tp/sched_switch", raw_tp)
MOVED_WIDE("tracepoint/sched/sched_switch", tracepoint)
MOVED_WIDE("perf_event", perf_event)
MOVED_WIDE("lsm/inode_unlink", lsm)
MOVED_WIDE("iter/task", iter)
MOVED("syscall", syscall)
MOVED("sockops", sockops)
MOVED("socket", socket)
MOVED("tc", tc)
MOVED("xdp", xdp)
MOVED("cgroup_skb/egress", cgroup_skb)
MOVED("cgroup/sock_create", cgroup_sock)
MOVED("cgroup/connect4", cgroup_connect)
MOVED("cgroup/sysctl", cgroup_sysctl)
MOVED("cgroup/getsockopt", cgroup_sockopt)
MOVED("cgroup/dev", cgroup_dev)
MOVED("sk_msg", sk_msg)
MOVED("sk_skb/stream_parser", sk_skb)
MOVED("sk_lookup", sk_lookup)
MOVED("sk_reuseport", sk_reuseport)
MOVED("flow_dissector", flow_dissector)
MOVED("lwt_in", lwt_in)
MOVED("lwt_xmit", lwt_xmit)
MOVED("lirc_mode2", lirc)
MOVED_WIDE("netfilter", netfilter)
#endif

#if IDIOM == 7
/* operations */
#define OPERATION(name, ...) \
	SEC("struct_ops") int name(u64 *ctx) \
	{ \
		__VA_ARGS__; \
		return 0; \
	}
#define CONGESTION(n, member) \
	SEC(".struct_ops") struct tcp_congestion_ops ops_##member = { .ssthresh = (void *)n, .undo_cwnd = (void *)common_undo, \
		.cong_avoid = (void *)common_avoid, .name = #member }
OPERATION(common_undo, n = 1)
OPERATION(common_avoid, n = 1)
OPERATION(p_sock, n = ARG(struct sock, 0)->sk_protocol)
CONGESTION(p_sock, o1);
OPERATION(p_as_tcp, n = ARG(struct tcp_sock, 0)->snd_cwnd)
CONGESTION(p_as_tcp, o2);
OPERATION(p_behind_tcp, n = AT(u64, ARG(void, 0), 8192))
CONGESTION(p_behind_tcp, o3);
OPERATION(p_behind_arguments, n = ((long *)ctx)[1])
CONGESTION(p_behind_arguments, o4);
OPERATION(p_far_behind_arguments, n = ((long *)ctx)[4])
CONGESTION(p_far_behind_arguments, o5);
OPERATION(p_as_task, n = ARG(struct task_struct, 0)->start_time)
CONGESTION(p_as_task, o6);
#endif

#if IDIOM == 8
/* more of each */
BODY("fentry/vfs_read", narrow_pointer, n = ((volatile u32 *)ctx)[0])
BODY("fentry/vfs_read", narrow_number, n = ((volatile u32 *)ctx)[4])
BODY("fentry/vfs_read", upper_half, n = ((volatile u32 *)ctx)[5])
BODY("tp_btf/sched_switch", narrow, n = ((volatile u8 *)ctx)[0])
BODY("tp_btf/sched_switch", narrow_task, n = ((volatile u32 *)ctx)[2])
BODY("fentry/vfs_read", stack_of_number, char b[8]; n = bpf_get_task_stack((void *)bpf_get_current_task(), b, 8, 0))
BODY("fentry/vfs_read", stack_of_task, char b[8]; n = bpf_get_task_stack(bpf_get_current_task_btf(), b, 8, 0))
BODY("iter/task", stack_unchecked, char b[8]; n = bpf_get_task_stack(((struct bpf_iter__task *)ctx)->task, b, 8, 0))
BODY("iter/task", stack_checked, char b[8]; struct task_struct *t = ((struct bpf_iter__task *)ctx)->task; if (t) n = bpf_get_task_stack(t, b, 8, 0))
BODY("iter/task", seq, struct seq_file *s = ((struct bpf_iter__task *)ctx)->meta->seq; n = bpf_seq_write(s, "a", 1))
BODY("iter/task_file", core_read, n = BPF_CORE_READ(((struct bpf_iter__task_file *)ctx)->file, f_flags))
BODY("iter/task_file", core_read_checked, struct file *f = ((struct bpf_iter__task_file *)ctx)->file; if (f) n = BPF_CORE_READ(f, f_flags))
BODY("iter/task_file", probe_first, long v = 0; bpf_probe_read_kernel(&v, 8, ((struct bpf_iter__task_file *)ctx)->file); n = v)
BODY("tp_btf/sched_pi_setprio", tcp_of_task, n = (long)bpf_skc_to_tcp_sock((void *)ARG(struct sock, 2)))
BODY("tp_btf/sched_pi_setprio", passed_unchecked, n = (long)bpf_task_pt_regs(ARG(struct task_struct, 1)))
BODY("tp_btf/sched_switch", loop, struct task_struct *t = ARG(struct task_struct, 1); for (int i = 0; i < 4; i++) t = t->real_parent; n = t->pid)
BODY("tp_btf/sched_switch", array, n = ARG(struct task_struct, 1)->comm[bpf_get_prandom_u32() & 7])
BODY("tp_btf/sched_switch", array_constant, n = ARG(struct task_struct, 1)->comm[5])
BODY("tp_btf/sched_switch", bits, n = ARG(struct task_struct, 1)->sched_reset_on_fork)
BODY("tp_btf/sched_switch", union_member, n = ARG(struct task_struct, 1)->rcu_read_lock_nesting)
BODY("tp_btf/sched_switch", nested_struct, n = ARG(struct task_struct, 1)->se.sum_exec_runtime)
BODY("tp_btf/sched_switch", nested_array, n = ARG(struct task_struct, 1)->signal->rlim[3].rlim_cur)
BODY("tp_btf/sched_switch", list, n = (long)ARG(struct task_struct, 1)->children.next->next)
BODY("tp_btf/sched_switch", container, struct task_struct *t = container_of(ARG(struct task_struct, 1)->children.next, struct task_struct, sibling); n = t->pid)
BODY("tp_btf/sched_switch", function_pointer, n = (long)ARG(struct task_struct, 1)->mm->binfmt->load_binary)
BODY("tp_btf/sched_switch", number_member_as_pointer, n = ((struct task_struct *)ARG(struct task_struct, 1)->start_time)->pid)
BODY("tp_btf/sched_process_fork", child, n = ARG(struct task_struct, 1)->pid)
BODY("tp_btf/sched_process_wait", pid, n = ARG(struct pid, 0)->level)
BODY("tp_btf/sys_exit", result_as_struct, n = ARG(struct file, 1)->f_flags)
BODY("tp_btf/block_rq_complete", request, n = ARG(struct request, 0)->__data_len)
BODY("tp_btf/block_rq_complete", error_as_request, n = ARG(struct request, 1)->__data_len)
BODY("tp_btf/netif_receive_skb", length, n = ARG(struct sk_buff, 0)->len)
BODY("tp_btf/netif_receive_skb", device, n = ARG(struct sk_buff, 0)->dev->ifindex)
BODY("tp_btf/netif_receive_skb", data, n = *(volatile u8 *)ARG(struct sk_buff, 0)->head)
BODY("tp_btf/tcp_retransmit_skb", sk, n = ARG(struct sock, 0)->__sk_common.skc_dport)
BODY("tp_btf/tcp_retransmit_skb", behind, n = ((long *)ctx)[3])
BODY("tp_btf/consume_skb", consumed_sk, n = ARG(struct sk_buff, 0)->sk->__sk_common.skc_family)
BODY("lsm/bprm_creds_for_exec", cred, n = ARG(struct linux_binprm, 0)->cred->uid.val)
BODY("lsm/inode_rename", dentry, n = ARG(struct dentry, 3)->d_parent->d_inode->i_ino)
BODY("lsm/inode_getattr", path_inode, n = ARG(struct path, 0)->dentry->d_inode->i_ino)
BODY("lsm/file_mprotect", mm, n = ARG(struct vm_area_struct, 0)->vm_mm->map_count)
BODY("lsm/file_mprotect", vma_file, n = ARG(struct vm_area_struct, 0)->vm_file->f_flags)
BODY("lsm/file_mprotect", vma_start, n = ARG(struct vm_area_struct, 0)->vm_start)
BODY("lsm/socket_sendmsg", msg, n = ARG(struct msghdr, 1)->msg_flags)
BODY("lsm/socket_sock_rcv_skb", skb_sk, n = ARG(struct sk_buff, 1)->sk->__sk_common.skc_family)
BODY("lsm/task_kill", info, n = ARG(struct kernel_siginfo, 1)->si_signo)
BODY("lsm/task_fix_setuid", old, n = ARG(struct cred, 1)->uid.val)
BODY("lsm/capable", number_as_cred, n = ARG(struct cred, 2)->uid.val)
BODY("lsm_cgroup/socket_bind", address, n = ARG(struct sockaddr, 1)->sa_family)
BODY("lsm_cgroup/socket_bind", cgroup_behind, n = ((long *)ctx)[4])
BODY("lsm_cgroup/socket_bind", result, n = ((long *)ctx)[3])
BODY("fexit/tcp_v4_connect", sock_state, n = ARG(struct sock, 0)->__sk_common.skc_state)
BODY("fexit/vfs_open", behind_result, n = ((long *)ctx)[3])
BODY("fexit/do_exit", void_result, n = ((long *)ctx)[1])
BODY("fexit/path_put", void_result_too, n = ((long *)ctx)[1])
BODY("fentry/__x64_sys_openat", regs, n = ARG(struct pt_regs, 0)->di)
BODY("fentry/__x64_sys_openat", regs_behind, n = AT(u64, ARG(struct pt_regs, 0), 168))
BODY("fentry/bpf_prog_free", fixed, n = AT(u32, ARG(struct bpf_prog, 0), 0))
#endif

#if IDIOM == 9
/* without the GPL */
BODY("fentry/vfs_read", member, n = ARG(struct file, 0)->f_flags)
BODY("fentry/vfs_read", number, n = ((long *)ctx)[2])
BODY("tp_btf/sched_switch", task, n = ARG(struct task_struct, 1)->pid)
BODY("iter/task", checked, struct task_struct *t = ((struct bpf_iter__task *)ctx)->task; if (t) n = t->pid)
#endif

#if IDIOM == 10
/* what functions of the kernel give */
extern struct task_struct *bpf_task_from_pid(s32 pid) __ksym __weak;
extern void bpf_task_release(struct task_struct *p) __ksym __weak;
extern struct task_struct *bpf_task_acquire(struct task_struct *p) __ksym __weak;
extern struct cgroup *bpf_cgroup_from_id(u64 id) __ksym __weak;
extern void bpf_cgroup_release(struct cgroup *c) __ksym __weak;
extern struct bpf_cpumask *bpf_cpumask_create(void) __ksym __weak;
extern void bpf_cpumask_release(struct bpf_cpumask *c) __ksym __weak;
extern int bpf_iter_num_new(struct bpf_iter_num *it, int start, int end) __ksym __weak;
extern int *bpf_iter_num_next(struct bpf_iter_num *it) __ksym __weak;
extern void bpf_iter_num_destroy(struct bpf_iter_num *it) __ksym __weak;
BODY("tp_btf/task_newtask", pid_checked, struct task_struct *t = bpf_task_from_pid(1); if (!t) return 0; n = t->pid; bpf_task_release(t))
BODY("tp_btf/task_newtask", pid_unchecked, struct task_struct *t = bpf_task_from_pid(1); n = t->pid; bpf_task_release(t))
BODY("tp_btf/task_newtask", pid_behind, struct task_struct *t = bpf_task_from_pid(1); if (!t) return 0; n = AT(u64, t, 65536); bpf_task_release(t))
BODY("tp_btf/task_newtask", acquired_checked, struct task_struct *t = bpf_task_acquire(ARG(struct task_struct, 0)); if (!t) return 0; n = t->pid; bpf_task_release(t))
BODY("tp_btf/task_newtask", cgroup_checked, struct cgroup *c = bpf_cgroup_from_id(1); if (!c) return 0; n = c->level; bpf_cgroup_release(c))
BODY("tp_btf/task_newtask", cgroup_unchecked, struct cgroup *c = bpf_cgroup_from_id(1); n = c->level; bpf_cgroup_release(c))
BODY("tp_btf/task_newtask", numbers, struct bpf_iter_num it; int *i; bpf_iter_num_new(&it, 0, 4); while ((i = bpf_iter_num_next(&it))) n += *i; bpf_iter_num_destroy(&it))
BODY("tp_btf/task_newtask", numbers_unchecked, struct bpf_iter_num it; bpf_iter_num_new(&it, 0, 4); n = *(volatile int *)bpf_iter_num_next(&it); bpf_iter_num_destroy(&it))
#endif

#if IDIOM == 11
/* What is computed with pointers, each by one instruction: most is for numbers */
#define OP(text) u64 p = ((u64 *)ctx)[0], q = ((u64 *)ctx)[2]; asm volatile(text : "+r"(p), "+r"(q)); n = p
BODY("fentry/vfs_read", shifted, OP("%0 <<= 3"))
BODY("fentry/vfs_read", shifted_right, OP("%0 >>= 3"))
BODY("fentry/vfs_read", shifted_signed, OP("%0 s>>= 3"))
BODY("fentry/vfs_read", masked, OP("%0 &= 3"))
BODY("fentry/vfs_read", masked_all, OP("%0 &= 0"))
BODY("fentry/vfs_read", ored, OP("%0 |= 3"))
BODY("fentry/vfs_read", xored, OP("%0 ^= 3"))
BODY("fentry/vfs_read", multiplied, OP("%0 *= 3"))
BODY("fentry/vfs_read", divided, OP("%0 /= 3"))
BODY("fentry/vfs_read", modulo, OP("%0 %%= 3"))
BODY("fentry/vfs_read", number_multiplied_by_it, OP("%1 *= %0"))
BODY("fentry/vfs_read", number_less_it, OP("%1 = 8; %1 -= %0"))
BODY("fentry/vfs_read", moved, u64 p = ((u64 *)ctx)[0]; asm volatile("%0 += 8; %0 -= 8" : "+r"(p)); n = p)
BODY("fentry/vfs_read", negated, u64 p = ((u64 *)ctx)[0]; asm volatile("%0 = -%0" : "+r"(p)); n = p << 1)
BODY("fentry/vfs_read", swapped, u64 p = ((u64 *)ctx)[0]; asm volatile("%0 = be64 %0" : "+r"(p)); n = p << 1)
BODY("fentry/vfs_read", difference, u64 p = ((u64 *)ctx)[0], q = (u64)ctx; asm volatile("%0 -= %1" : "+r"(p) : "r"(q)); n = p << 1)
BODY("fentry/vfs_read", low_half, u64 p = ((u64 *)ctx)[0]; asm volatile("r1 = %0; w1 = w1; w1 <<= 3; %0 = r1" : "+r"(p) : : "r1"); n = p)
BODY("fentry/vfs_read", masked_low, u64 p = ((u64 *)ctx)[0]; asm volatile("r1 = %0; w1 &= 3; %0 = r1" : "+r"(p) : : "r1"); n = p)
BODY("fentry/vfs_read", added_low, u64 p = ((u64 *)ctx)[0]; asm volatile("r1 = %0; w1 += 3; %0 = r1" : "+r"(p) : : "r1"); n = p)
BODY("fentry/vfs_read", subtracted_low, u64 p = ((u64 *)ctx)[0]; asm volatile("r1 = %0; w1 -= 3; %0 = r1" : "+r"(p) : : "r1"); n = p)
BODY("fentry/vfs_read", member_masked, u64 p = (u64)ARG(struct file, 0)->f_inode; asm volatile("%0 &= 3" : "+r"(p)); n = p)
BODY("fentry/vfs_read", number_masked, u64 p = ((u64 *)ctx)[2]; asm volatile("%0 &= 3" : "+r"(p)); n = p)
BODY("fentry/vfs_read", text_masked, u64 p = ((u64 *)ctx)[1]; asm volatile("%0 &= 3" : "+r"(p)); n = p)
BODY("kprobe/vfs_read", register_masked, u64 p = ((struct pt_regs *)ctx)->di; asm volatile("%0 &= 3" : "+r"(p)); n = p)
BODY("fentry/vfs_read", current_masked, u64 p = (u64)bpf_get_current_task_btf(); asm volatile("%0 &= 3" : "+r"(p)); n = p)
// a struct by value of two words, and what stands behind it
BODY("fentry/tcp_setsockopt", by_value_first, n = ((u64 *)ctx)[3])
BODY("fentry/tcp_setsockopt", by_value_second, n = ((u64 *)ctx)[4])
BODY("fentry/tcp_setsockopt", behind_by_value, n = ((u64 *)ctx)[5])
BODY("fentry/tcp_setsockopt", behind_all, n = ((u64 *)ctx)[6])
BODY("fexit/tcp_setsockopt", result_behind_by_value, n = ((u64 *)ctx)[6])
#endif
