// SPDX-License-Identifier: BSD-2-Clause
/* Kernel functions called from programs of types that may, and of others; the second object may call none. */
#if IDIOM == 2
#define IDIOM_LICENSE "Proprietary"
#endif
#include "idiom.h"

// clang-format off

struct task_struct *bpf_task_from_pid(s32 pid) __ksym __weak;
void bpf_task_release(struct task_struct *p) __ksym __weak;
struct bpf_cpumask *bpf_cpumask_create(void) __ksym __weak;
void bpf_cpumask_release(struct bpf_cpumask *cpumask) __ksym __weak;
void bpf_rcu_read_lock(void) __ksym __weak;
void bpf_rcu_read_unlock(void) __ksym __weak;
int bpf_dynptr_from_xdp(struct xdp_md *x, u64 flags, struct bpf_dynptr *ptr) __ksym __weak;
int bpf_copy_from_user_str(void *dst, u32 size, const void *src, u64 flags) __ksym __weak;

#define RCU if (bpf_ksym_exists(bpf_rcu_read_lock)) { bpf_rcu_read_lock(); bpf_rcu_read_unlock(); }

#if IDIOM == 1
#define TASK struct task_struct *t = bpf_ksym_exists(bpf_task_from_pid) ? bpf_task_from_pid(1) : 0; if (t) bpf_task_release(t)
#define MASK struct bpf_cpumask *m = bpf_ksym_exists(bpf_cpumask_create) ? bpf_cpumask_create() : 0; if (m) bpf_cpumask_release(m)
#define PACKET struct bpf_dynptr ptr; if (bpf_ksym_exists(bpf_dynptr_from_xdp)) bpf_dynptr_from_xdp(ctx, 0, &ptr)
#define USER char text[8]; if (bpf_ksym_exists(bpf_copy_from_user_str)) bpf_copy_from_user_str(text, 8, (void *)16, 0)
BODY("kprobe/vfs_read", task_kprobe, TASK)
BODY("tracepoint/sched/sched_switch", task_tp, TASK)
BODY("raw_tp/sched_switch", task_raw_tp, TASK)
BODY("tp_btf/sched_switch", task_tp_btf, TASK)
BODY("tc", task_tc, TASK)
BODY("action", task_action, TASK)
BODY("socket", task_socket, TASK)
BODY("sockops", task_sockops, TASK)
BODY("syscall", task_syscall, TASK)
BODY("kprobe/vfs_read", mask_kprobe, MASK)
BODY("fentry/vfs_read", mask_fentry, MASK)
BODY("raw_tp/sched_switch", mask_raw_tp, MASK)
BODY("perf_event", mask_perf, MASK)
BODY("tc", mask_tc, MASK)
BODY("kprobe/vfs_read", rcu_kprobe, RCU)
BODY("socket", rcu_socket, RCU)
BODY("xdp", packet_xdp, PACKET)
BODY("tc", packet_tc, PACKET)
BODY("fentry/vfs_read", user_fentry, USER)
BODY("syscall", user_syscall, USER)
#elif IDIOM == 2
const volatile bool wanted = 0;
BODY("socket", called, RCU)
BODY("socket", dead, if (wanted) RCU)
BODY("socket", none, 0)
#endif
