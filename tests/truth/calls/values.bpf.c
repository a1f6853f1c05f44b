/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Programs that read a value which the workload knows: arguments, fields, records of events. What the kernel headers of one
 * release make of this (NEW: since 6.1) reads something else on others. VALUE(name, step, section, expression, value).
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "count.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct count);
} counts SEC(".maps");

#define VALUE(name, step, section, expression, wanted)                                             \
	SEC(section) int name(unsigned long *ctx)                                                  \
	{                                                                                          \
		__u32 key = 0;                                                                     \
		struct count *seen = bpf_map_lookup_elem(&counts, &key);                           \
		if (!seen || seen->process != bpf_get_current_pid_tgid() >> 32)                    \
			return 0;                                                                  \
		if ((__u64)(expression) == (__u64)(wanted))                                        \
			__sync_fetch_and_add(&seen->calls, 1);                                     \
		else                                                                               \
			__sync_fetch_and_add(&seen->wrong, 1);                                     \
		return 0;                                                                          \
	}

// arguments of a kprobe
#define REG(name) (((struct pt_regs *)ctx)->name)
#define P1 REG(di)
#define P2 REG(si)
#define P3 REG(dx)
#define P4 REG(cx)
#define P5 REG(r8)

#define READ(pointer, type, member)                                                                \
	({                                                                                         \
		typeof(((type *)0)->member) v_ = 0;                                                \
		bpf_probe_read_kernel(&v_, sizeof(v_), &((type *)(pointer))->member);              \
		v_;                                                                                \
	})

static __always_inline __u64 text(const void *at)
{
	union {
		char text[8];
		__u64 word;
	} read = { .word = 0 };
	bpf_probe_read_kernel_str(read.text, sizeof(read.text), at);
	return read.word;
}
#define FOUR(a, b, c, d) ((__u64)(a) | (b) << 8 | (c) << 16 | (__u64)(d) << 24)
#define NAME(at) text(READ(at, struct dentry, d_name.name))
#define RECORD(type, member) (((struct type *)ctx)->member)

// clang-format off

/* ---- arguments ---- */

#if NEW
#define DENTRY_K P3
#define DENTRY_F ctx[2]
#define FLAGS_K P4
#define FLAGS_F ctx[3]
#else
#define DENTRY_K P2
#define DENTRY_F ctx[1]
#define FLAGS_K P5
#define FLAGS_F ctx[4]
#endif
VALUE(unlink_k, unlink, "kprobe/vfs_unlink", NAME(DENTRY_K), FOUR('g', 'o', 'n', 'e'))
VALUE(unlink_f, unlink, "fentry/vfs_unlink", NAME(DENTRY_F), FOUR('g', 'o', 'n', 'e'))
VALUE(create_k, mknod, "kprobe/vfs_create", NAME(DENTRY_K), FOUR('m', 'a', 'd', 'e'))
VALUE(create_f, mknod, "fentry/vfs_create", NAME(DENTRY_F), FOUR('m', 'a', 'd', 'e'))
VALUE(mkdir_k, mkdir, "kprobe/vfs_mkdir", NAME(DENTRY_K), FOUR('m', 'a', 'd', 'e'))
VALUE(mkdir_f, mkdir, "fentry/vfs_mkdir", NAME(DENTRY_F), FOUR('m', 'a', 'd', 'e'))
VALUE(symlink_k, symlink, "kprobe/vfs_symlink", NAME(DENTRY_K), FOUR('m', 'a', 'd', 'e'))
VALUE(symlink_f, symlink, "fentry/vfs_symlink", NAME(DENTRY_F), FOUR('m', 'a', 'd', 'e'))
VALUE(rmdir_k, rmdir, "kprobe/vfs_rmdir", NAME(DENTRY_K), FOUR('g', 'o', 'n', 'e'))
VALUE(rmdir_f, rmdir, "fentry/vfs_rmdir", NAME(DENTRY_F), FOUR('g', 'o', 'n', 'e'))
VALUE(mknod_k, mkfifo, "kprobe/vfs_mknod", NAME(DENTRY_K), FOUR('m', 'a', 'd', 'e'))
VALUE(mknod_f, mkfifo, "fentry/vfs_mknod", NAME(DENTRY_F), FOUR('m', 'a', 'd', 'e'))
#if NEW
VALUE(notify_k, fchmod, "kprobe/notify_change", NAME(P2), FOUR('f', 'i', 'l', 'e'))
VALUE(notify_f, fchmod, "fentry/notify_change", NAME(ctx[1]), FOUR('f', 'i', 'l', 'e'))
VALUE(truncate_k, ftruncate, "kprobe/do_truncate", NAME(P2), FOUR('f', 'i', 'l', 'e'))
VALUE(truncate_f, ftruncate, "fentry/do_truncate", NAME(ctx[1]), FOUR('f', 'i', 'l', 'e'))
#else
VALUE(notify_k, fchmod, "kprobe/notify_change", NAME(P1), FOUR('f', 'i', 'l', 'e'))
VALUE(notify_f, fchmod, "fentry/notify_change", NAME(ctx[0]), FOUR('f', 'i', 'l', 'e'))
VALUE(truncate_k, ftruncate, "kprobe/do_truncate", NAME(P1), FOUR('f', 'i', 'l', 'e'))
VALUE(truncate_f, ftruncate, "fentry/do_truncate", NAME(ctx[0]), FOUR('f', 'i', 'l', 'e'))
VALUE(accept_k, accept, "kprobe/inet_csk_accept", (__u32)P2, 2)
VALUE(accept_f, accept, "fentry/inet_csk_accept", (__u32)ctx[1], 2)
#endif
VALUE(recv_k, peek, "kprobe/tcp_recvmsg", (__u32)FLAGS_K, 2)
VALUE(recv_f, peek, "fentry/tcp_recvmsg", (__u32)FLAGS_F, 2)
VALUE(send_k, sendto, "kprobe/tcp_sendmsg", P3, 1)
VALUE(send_f, sendto, "fentry/tcp_sendmsg", ctx[2], 1)
VALUE(read_count_k, read, "kprobe/vfs_read", P3, 1)
VALUE(read_count_f, read, "fentry/vfs_read", ctx[2], 1)
VALUE(fallocate_k, fallocate, "kprobe/vfs_fallocate", P4, 4096)
VALUE(fallocate_f, fallocate, "fentry/vfs_fallocate", ctx[3], 4096)
VALUE(open_name_k, openat, "kprobe/do_filp_open", text(READ(P2, struct filename, name)), 0x656c69662f772fULL)
VALUE(open_name_f, openat, "fentry/do_filp_open", text(READ(ctx[1], struct filename, name)), 0x656c69662f772fULL)

/* ---- fields ---- */

#define FILE1(type, member) READ(P1, type, member)
#define FILE0(type, member) READ(ctx[0], type, member)
VALUE(f_flags_k, read, "kprobe/vfs_read", FILE1(struct file, f_flags), 0100002)
VALUE(f_flags_f, read, "fentry/vfs_read", FILE0(struct file, f_flags), 0100002)
VALUE(f_mode_k, read, "kprobe/vfs_read", FILE1(struct file, f_mode) & 3, 3)
VALUE(f_mode_f, read, "fentry/vfs_read", FILE0(struct file, f_mode) & 3, 3)
VALUE(f_name_k, read, "kprobe/vfs_read", NAME(FILE1(struct file, f_path.dentry)), FOUR('f', 'i', 'l', 'e'))
VALUE(f_name_f, read, "fentry/vfs_read", NAME(FILE0(struct file, f_path.dentry)), FOUR('f', 'i', 'l', 'e'))
VALUE(f_dir_k, read, "kprobe/vfs_read", NAME(READ(FILE1(struct file, f_path.dentry), struct dentry, d_parent)), 'w')
VALUE(f_dir_f, read, "fentry/vfs_read", NAME(READ(FILE0(struct file, f_path.dentry), struct dentry, d_parent)), 'w')
VALUE(i_ino_k, read, "kprobe/vfs_read", READ(FILE1(struct file, f_inode), struct inode, i_ino), seen->inode)
VALUE(i_ino_f, read, "fentry/vfs_read", READ(FILE0(struct file, f_inode), struct inode, i_ino), seen->inode)
VALUE(i_mode_k, read, "kprobe/vfs_read", READ(FILE1(struct file, f_inode), struct inode, i_mode), 0100600)
VALUE(i_mode_f, read, "fentry/vfs_read", READ(FILE0(struct file, f_inode), struct inode, i_mode), 0100600)
VALUE(i_size_k, read, "kprobe/vfs_read", READ(FILE1(struct file, f_inode), struct inode, i_size), 4096)
VALUE(i_size_f, read, "fentry/vfs_read", READ(FILE0(struct file, f_inode), struct inode, i_size), 4096)
VALUE(i_blkbits_k, read, "kprobe/vfs_read", READ(FILE1(struct file, f_inode), struct inode, i_blkbits), 12)
VALUE(i_blkbits_f, read, "fentry/vfs_read", READ(FILE0(struct file, f_inode), struct inode, i_blkbits), 12)
VALUE(s_blocksize_k, read, "kprobe/vfs_read", READ(READ(FILE1(struct file, f_inode), struct inode, i_sb), struct super_block, s_blocksize), 4096)
VALUE(s_blocksize_f, read, "fentry/vfs_read", READ(READ(FILE0(struct file, f_inode), struct inode, i_sb), struct super_block, s_blocksize), 4096)
VALUE(family_k, sendto, "kprobe/tcp_sendmsg", READ(P1, struct sock, __sk_common.skc_family), 2)
VALUE(family_f, sendto, "fentry/tcp_sendmsg", READ(ctx[0], struct sock, __sk_common.skc_family), 2)
VALUE(dport_k, sendto, "kprobe/tcp_sendmsg", READ(P1, struct sock, __sk_common.skc_dport), 0x6712)
VALUE(dport_f, sendto, "fentry/tcp_sendmsg", READ(ctx[0], struct sock, __sk_common.skc_dport), 0x6712)
VALUE(sk_protocol_k, sendto, "kprobe/tcp_sendmsg", READ(P1, struct sock, sk_protocol), 6)
VALUE(sk_protocol_f, sendto, "fentry/tcp_sendmsg", READ(ctx[0], struct sock, sk_protocol), 6)
VALUE(sk_type_k, sendto, "kprobe/tcp_sendmsg", READ(P1, struct sock, sk_type), 1)
VALUE(sk_type_f, sendto, "fentry/tcp_sendmsg", READ(ctx[0], struct sock, sk_type), 1)
VALUE(inet_saddr_k, sendto, "kprobe/tcp_sendmsg", READ(P1, struct inet_sock, inet_saddr), 0x100007f)
VALUE(inet_saddr_f, sendto, "fentry/tcp_sendmsg", READ(ctx[0], struct inet_sock, inet_saddr), 0x100007f)
VALUE(task_tgid, getpgid, "kprobe/__x64_sys_getpgid", READ(bpf_get_current_task(), struct task_struct, tgid), seen->process)
VALUE(task_pid, getpgid, "kprobe/__x64_sys_getpgid", READ(bpf_get_current_task(), struct task_struct, pid), seen->process)
VALUE(task_parent, getpgid, "kprobe/__x64_sys_getpgid", READ(READ(bpf_get_current_task(), struct task_struct, real_parent), struct task_struct, tgid), 1)
VALUE(task_leader, getpgid, "kprobe/__x64_sys_getpgid", READ(READ(bpf_get_current_task(), struct task_struct, group_leader), struct task_struct, pid), seen->process)
VALUE(new_tgid, fork, "kprobe/wake_up_new_task", READ(READ(P1, struct task_struct, real_parent), struct task_struct, tgid), seen->process)
VALUE(new_tgid_f, fork, "fentry/wake_up_new_task", READ(READ(ctx[0], struct task_struct, real_parent), struct task_struct, tgid), seen->process)
VALUE(new_prio_k, fork, "kprobe/wake_up_new_task", READ(P1, struct task_struct, prio), 120)
VALUE(new_prio_f, fork, "fentry/wake_up_new_task", READ(ctx[0], struct task_struct, prio), 120)

/* ---- fields that are declared with another size: what is read beside them is not theirs ---- */

struct task_struct___wide { long pid; } __attribute__((preserve_access_index));
struct file___wide { long f_flags; } __attribute__((preserve_access_index));
struct inode___wide { unsigned int i_mode; } __attribute__((preserve_access_index));
struct sock___wide { unsigned int sk_type; } __attribute__((preserve_access_index));
struct task_struct___narrow { unsigned char tgid; } __attribute__((preserve_access_index));
VALUE(wide_pid, getpgid, "kprobe/__x64_sys_getpgid", READ(bpf_get_current_task(), struct task_struct___wide, pid), seen->process)
VALUE(wide_i_mode, read, "kprobe/vfs_read", READ(READ(P1, struct file, f_inode), struct inode___wide, i_mode), 0100600)
VALUE(wide_sk_type, sendto, "kprobe/tcp_sendmsg", READ(P1, struct sock___wide, sk_type), 1)

/* ---- records of events, by structs of the program's own ---- */

struct fork_record { long common; char parent_comm[16]; int parent_pid; char child_comm[16]; int child_pid; };
struct wakeup_record { long common; char comm[16]; int pid, prio, success, target_cpu; };
struct wait_record { long common; char comm[16]; int pid, prio; };
struct tcp_record { long common; void *sk; unsigned short sport, dport; unsigned char saddr[4]; };
struct tcp_new_record { long common; void *sk; unsigned short sport, dport, family; unsigned char saddr[4]; };
struct state_record { long common; void *sk; int oldstate, newstate; unsigned short sport, dport, family, protocol; };
struct queue_record { long common; void *skb; unsigned int len; };
struct lock_record { long common; };
VALUE(fork_parent, fork, "tracepoint/sched/sched_process_fork", RECORD(fork_record, parent_pid), seen->process)
VALUE(wakeup_prio, fork, "tracepoint/sched/sched_wakeup_new", RECORD(wakeup_record, prio), 120)
VALUE(wait_prio, wait4, "tracepoint/sched/sched_process_wait", RECORD(wait_record, prio), 120)
#if !NEW
VALUE(wakeup_success, fork, "tracepoint/sched/sched_wakeup_new", RECORD(wakeup_record, success), 1)
VALUE(adjust_saddr, recvfrom, "tracepoint/tcp/tcp_rcv_space_adjust", *(unsigned short *)&RECORD(tcp_record, saddr), 0x7f)
#else
VALUE(adjust_new_saddr, recvfrom, "tracepoint/tcp/tcp_rcv_space_adjust", *(unsigned short *)&RECORD(tcp_new_record, saddr), 0x7f)
#endif
VALUE(adjust_sport, recvfrom, "tracepoint/tcp/tcp_rcv_space_adjust", RECORD(tcp_record, sport), 4711)
VALUE(state_family, listen, "tracepoint/sock/inet_sock_set_state", RECORD(state_record, family), 2)
VALUE(state_protocol, listen, "tracepoint/sock/inet_sock_set_state", RECORD(state_record, protocol), 6)
VALUE(queue_len, sendto_udp, "tracepoint/net/net_dev_queue", RECORD(queue_record, len), 43)
VALUE(rx_len, sendto_udp, "tracepoint/net/netif_rx", RECORD(queue_record, len), 29)

/* ---- the same, relocated ---- */

VALUE(core_fork_parent, fork, "tracepoint/sched/sched_process_fork", RECORD(trace_event_raw_sched_process_fork, parent_pid), seen->process)
VALUE(core_state_family, listen, "tracepoint/sock/inet_sock_set_state", RECORD(trace_event_raw_inet_sock_set_state, family), 2)
VALUE(core_queue_len, sendto_udp, "tracepoint/net/net_dev_queue", RECORD(trace_event_raw_net_dev_template, len), 43)
VALUE(core_wait_prio, wait4, "tracepoint/sched/sched_process_wait", RECORD(trace_event_raw_sched_process_wait, prio), 120)

char _license[] SEC("license") = "GPL";
