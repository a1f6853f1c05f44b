// SPDX-License-Identifier: BSD-2-Clause
/* One of each kind of failure that was reported of others: parameters, results, types, NULL, ranges, sleep, section names, records. */
#include "idiom.h"

// clang-format off

#define ARG(type, i) ((type *)(((u64 *)ctx)[i]))
#define WORD(i) (((u64 *)ctx)[i])
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __type(key, u32); __type(value, u64); } hash SEC(".maps");
long n;

/* parameters that the function has not */
BODY("kprobe/vfs_statx", p5, n = ((struct pt_regs *)ctx)->r9)

/* results of what returns nothing */
BODY("fexit/mmput", void_result, n = WORD(1))
BODY("fexit/filp_close", result, n = WORD(2))

/* arguments with types */
BODY("lsm/file_permission", mask_as_file, n = ARG(struct file, 1)->f_flags)
BODY("lsm/inode_create", dentry, n = ARG(struct dentry, 1)->d_flags)
BODY("lsm/inode_create", dentry_as_sock, n = *(volatile u64 *)((char *)ARG(void, 1) + 2000))
BODY("tp_btf/sched_wakeup", comm_at, u32 i = bpf_get_prandom_u32() & 15; n = *((volatile char *)ARG(struct task_struct, 0)->comm + i))
BODY("tp_btf/sched_wakeup", cpus_at, u32 i = (bpf_ktime_get_ns() >> 3) & 1; n = ((volatile u64 *)&ARG(struct task_struct, 0)->se.load)[i])
BODY("tp_btf/sched_wakeup", bounded, u32 i = bpf_get_prandom_u32(); if (i > 15) return 0; n = *((volatile char *)ARG(struct task_struct, 0)->comm + i))
BODY("fentry/do_filp_open", name_as_file, n = ARG(struct filename, 1)->refcnt.counter)
BODY("fentry/security_inode_getattr", path, n = ARG(struct path, 0)->dentry->d_inode->i_ino)

/* what may be NULL */
BODY("iter/task_vma", vma_unchecked, n = ((struct bpf_iter__task_vma *)ctx)->vma->vm_start)
BODY("iter/task_vma", vma_checked, struct vm_area_struct *v = ((struct bpf_iter__task_vma *)ctx)->vma; if (v) n = v->vm_start)
BODY("iter/bpf_map", map_unchecked, n = ((struct bpf_iter__bpf_map *)ctx)->map->id)
BODY("iter/udp", udp_sk, struct udp_sock *u = ((struct bpf_iter__udp *)ctx)->udp_sk; if (!u) n = u->len)
BODY("kprobe/vfs_read", hash_unchecked, u32 k = 1; n = *(volatile u64 *)bpf_map_lookup_elem(&hash, &k))
BODY("kprobe/vfs_read", hash_null, u32 k = 1; struct { u64 a, b; } *v = bpf_map_lookup_elem(&hash, &k); if (!v) n = *(volatile u64 *)&v->a)

/* what a program ends with */
BODY("cgroup/sysctl", sysctl_2, return 2)
BODY("cgroup/dev", dev_masked, return bpf_get_prandom_u32() & 2)
BODY("cgroup/dev", dev_one, return bpf_get_prandom_u32() & 1)
BODY("sk_lookup", lookup_m1, return -1)
BODY("lsm_cgroup/socket_bind", bind_2, return 2)
BODY("cgroup/bind4", bind4_3, return bpf_get_prandom_u32() & 3)
BODY("cgroup/bind4", bind4_7, return bpf_get_prandom_u32() & 7)
BODY("cgroup/recvmsg4", recv_0, (void)ctx)
BODY("lsm/file_open", open_pos, return bpf_get_prandom_u32() & 0x1fff)

/* who may sleep */
BODY("lsm.s/file_free_security", lsm_s, (void)ctx)
BODY("lsm.s/file_open", lsm_s_ok, (void)ctx)
BODY("fentry.s/vfs_fsync_range", fentry_s, (void)ctx)
BODY("iter.s/task", iter_s, (void)ctx)
BODY("lsm.s/task_free", lsm_s_task, (void)ctx)

/* section names */
BODY("kretprobe/vfs_read+8", kret_off, (void)ctx)
BODY("kprobe/vfs_read+0x0", kp_off0, (void)ctx)
BODY("tp/sched_switch", tp_short, (void)ctx)
BODY("raw_tp/no_such_event", raw_none, (void)ctx)
BODY("iter/no_such", iter_none, (void)ctx)
BODY("kprobe.multi/vfs_rea?", multi_q, (void)ctx)
BODY("ksyscall/no_such_call", ksys_none, (void)ctx)

/* records of events */
BODY("tp/irq/irq_handler_entry", rec_far, n = *(volatile u64 *)((char *)ctx + 96))
BODY("tp/irq/irq_handler_entry", rec_ok, n = *(volatile u32 *)((char *)ctx + 8))
BODY("tp/syscalls/sys_enter_close", rec_sys_far, n = *(volatile u64 *)((char *)ctx + 64))
BODY("tp/syscalls/sys_exit_close", rec_sys_ok, n = *(volatile u64 *)((char *)ctx + 16))
