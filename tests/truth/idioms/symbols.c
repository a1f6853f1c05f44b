// SPDX-License-Identifier: BSD-2-Clause
/* Functions and variables of the kernel, and operations that programs implement, in an object each: build-idioms sets IDIOM. */
#include "idiom.h"

// clang-format off

#if IDIOM == 1 // strong, there since 6.1 or 6.2
struct task_struct *bpf_task_from_pid(s32 pid) __ksym;
void bpf_task_release(struct task_struct *p) __ksym;
BODY("tp_btf/sched_switch", task, struct task_struct *t = bpf_task_from_pid(1); if (t) bpf_task_release(t))
BODY("syscall", task_syscall, struct task_struct *t = bpf_task_from_pid(1); if (t) bpf_task_release(t))
BODY("raw_tp/sched_switch", unused, 0)
#elif IDIOM == 2 // strong, nowhere
void bpf_no_such_kfunc(int x) __ksym;
BODY("tp_btf/sched_switch", missing, bpf_no_such_kfunc(1))
BODY("tp_btf/sched_switch", missing_unused, 0)
#elif IDIOM == 3 // weak, nowhere
void bpf_no_such_kfunc(int x) __ksym __weak;
BODY("tp_btf/sched_switch", weak_guarded, if (bpf_ksym_exists(bpf_no_such_kfunc)) bpf_no_such_kfunc(1))
BODY("tp_btf/sched_switch", weak_called, bpf_no_such_kfunc(1))
BODY("raw_tp/sched_switch", weak_unused, 0)
#elif IDIOM == 4 // another prototype
int bpf_task_release(int p, int q) __ksym;
BODY("tp_btf/sched_switch", prototype, bpf_task_release(1, 2))
#elif IDIOM == 5
int bpf_task_release(int p, int q) __ksym __weak;
BODY("tp_btf/sched_switch", prototype_weak, if (bpf_ksym_exists(bpf_task_release)) bpf_task_release(1, 2))
#elif IDIOM == 6 // a flavour
void bpf_rcu_read_lock___a(void) __ksym __weak;
void bpf_rcu_read_unlock___b(void) __ksym __weak;
BODY("tp_btf/sched_switch", kfunc_flavour, if (bpf_ksym_exists(bpf_rcu_read_lock___a)) { bpf_rcu_read_lock___a(); bpf_rcu_read_unlock___b(); })
#elif IDIOM == 7
extern const int bpf_prog_active __ksym;
extern const struct rq runqueues __ksym;
BODY("raw_tp/sched_switch", percpu, int *x = bpf_per_cpu_ptr(&bpf_prog_active, 0); if (x) bpf_printk("%d", *x))
BODY("raw_tp/sched_switch", percpu_this, struct rq *q = bpf_this_cpu_ptr(&runqueues); bpf_printk("%d", q->cpu))
#elif IDIOM == 8
extern const int no_such_variable __ksym;
BODY("raw_tp/sched_switch", variable_missing, bpf_printk("%p", &no_such_variable))
#elif IDIOM == 9
extern const int no_such_variable __ksym __weak;
extern const void no_such_symbol __ksym __weak;
BODY("raw_tp/sched_switch", variable_weak, if (&no_such_variable) bpf_printk("%p", &no_such_variable))
BODY("raw_tp/sched_switch", symbol_weak, if (&no_such_symbol) bpf_printk("%p", &no_such_symbol))
#elif IDIOM == 10
extern const void bpf_fentry_test1 __ksym;
extern const void init_task __ksym;
extern const void jiffies __ksym;
BODY("raw_tp/sched_switch", symbols, bpf_printk("%p %p %p", &bpf_fentry_test1, &init_task, &jiffies))
#elif IDIOM == 11
extern const void no_such_symbol __ksym;
BODY("raw_tp/sched_switch", symbol_missing, bpf_printk("%p", &no_such_symbol))
#elif IDIOM == 12
extern const u64 bpf_prog_active __ksym;
extern const int runqueues __ksym __weak;
BODY("raw_tp/sched_switch", variable_type, bpf_printk("%p %p", &bpf_prog_active, &runqueues))
#elif IDIOM == 13 // of modules
struct bpf_ct_opts___mine { s32 netns_id; s32 error; u8 l4proto; u8 dir; u8 reserved[2]; };
struct nf_conn *bpf_skb_ct_lookup(struct __sk_buff *skb, struct bpf_sock_tuple *t, u32 len, struct bpf_ct_opts___mine *o, u32 olen) __ksym;
void bpf_ct_release(struct nf_conn *ct) __ksym;
SEC("tc") int p_conntrack(struct __sk_buff *skb) { struct bpf_sock_tuple t = {}; struct bpf_ct_opts___mine o = { .netns_id = -1, .l4proto = 6 }; struct nf_conn *c = bpf_skb_ct_lookup(skb, &t, sizeof(t.ipv4), &o, 12); if (c) bpf_ct_release(c); return 0; }
#elif IDIOM == 14
void bbr_init(struct sock *sk) __ksym;
void cubictcp_init(struct sock *sk) __ksym __weak;
SEC("struct_ops") void BPF_PROG(p_bbr, struct sock *sk) { bbr_init(sk); }
SEC("struct_ops") u32 BPF_PROG(p_ssthresh, struct sock *sk) { return 2; }
SEC("struct_ops") void BPF_PROG(p_cong, struct sock *sk, u32 ack, u32 acked) { }
SEC("struct_ops") u32 BPF_PROG(p_undo, struct sock *sk) { return 2; }
SEC(".struct_ops") struct tcp_congestion_ops idiom_bbr = { .init = (void *)p_bbr, .ssthresh = (void *)p_ssthresh, .cong_avoid = (void *)p_cong, .undo_cwnd = (void *)p_undo, .name = "idiom_bbr" };
#elif IDIOM == 15
void tcp_reno_cong_avoid(struct sock *sk, u32 ack, u32 acked) __ksym;
SEC("struct_ops") u32 BPF_PROG(p_ssthresh, struct sock *sk) { return 2; }
SEC("struct_ops") void BPF_PROG(p_cong, struct sock *sk, u32 ack, u32 acked) { tcp_reno_cong_avoid(sk, ack, acked); }
SEC("struct_ops") u32 BPF_PROG(p_undo, struct sock *sk) { return 2; }
SEC(".struct_ops.link") struct tcp_congestion_ops idiom_link = { .ssthresh = (void *)p_ssthresh, .cong_avoid = (void *)p_cong, .undo_cwnd = (void *)p_undo, .name = "idiom_link" };
#elif IDIOM == 16 // a member that no kernel has
struct tcp_congestion_ops___v2 { u32 (*ssthresh)(struct sock *); void (*cong_avoid)(struct sock *, u32, u32); u32 (*undo_cwnd)(struct sock *); char name[16]; int (*no_such_op)(struct sock *); };
SEC("struct_ops") u32 BPF_PROG(p_ssthresh, struct sock *sk) { return 2; }
SEC("struct_ops") void BPF_PROG(p_cong, struct sock *sk, u32 ack, u32 acked) { }
SEC("struct_ops") u32 BPF_PROG(p_undo, struct sock *sk) { return 2; }
SEC("struct_ops") int BPF_PROG(p_none, struct sock *sk) { return 2; }
SEC(".struct_ops.link") struct tcp_congestion_ops___v2 idiom_v2 = { .ssthresh = (void *)p_ssthresh, .cong_avoid = (void *)p_cong, .undo_cwnd = (void *)p_undo, .name = "idiom_v2", .no_such_op = (void *)p_none };
#elif IDIOM == 17 // the same, left zero
struct tcp_congestion_ops___v3 { u32 (*ssthresh)(struct sock *); void (*cong_avoid)(struct sock *, u32, u32); u32 (*undo_cwnd)(struct sock *); char name[16]; int (*no_such_op)(struct sock *); };
SEC("struct_ops") u32 BPF_PROG(p_ssthresh, struct sock *sk) { return 2; }
SEC("struct_ops") void BPF_PROG(p_cong, struct sock *sk, u32 ack, u32 acked) { }
SEC("struct_ops") u32 BPF_PROG(p_undo, struct sock *sk) { return 2; }
SEC(".struct_ops.link") struct tcp_congestion_ops___v3 idiom_v3 = { .ssthresh = (void *)p_ssthresh, .cong_avoid = (void *)p_cong, .undo_cwnd = (void *)p_undo, .name = "idiom_v3" };
#elif IDIOM == 18 // no such operations
struct no_such_ops { int (*op)(void); };
SEC("struct_ops") int BPF_PROG(p_no_ops) { return 0; }
SEC(".struct_ops.link") struct no_such_ops idiom_none = { .op = (void *)p_no_ops };
#elif IDIOM == 19
SEC("struct_ops") int BPF_PROG(p_optional_ops) { return 0; }
struct no_such_ops { int (*op)(void); };
SEC("?.struct_ops.link") struct no_such_ops idiom_optional = { .op = (void *)p_optional_ops };
SEC("raw_tp/sched_switch") int p_beside(void *ctx) { return 0; }
#elif IDIOM == 20
SEC("struct_ops/select_cpu") s32 BPF_PROG(p_select_cpu, struct task_struct *p, s32 prev_cpu, u64 flags) { return prev_cpu; }
SEC(".struct_ops.link") struct sched_ext_ops idiom_sched = { .select_cpu = (void *)p_select_cpu, .name = "idiom" };
#elif IDIOM == 21
SEC("struct_ops.s/hid_device_event") int BPF_PROG(p_hid, struct hid_bpf_ctx *h, enum hid_report_type t, u64 s) { return 0; }
SEC(".struct_ops.link") struct hid_bpf_ops idiom_hid = { .hid_device_event = (void *)p_hid };
#elif IDIOM == 22
SEC("struct_ops/enqueue") int BPF_PROG(p_enqueue, struct sk_buff *skb, struct Qdisc *q, struct bpf_sk_buff_ptr *f) { return 1; }
SEC(".struct_ops") struct Qdisc_ops idiom_qdisc = { .id = "idiom" };
#elif IDIOM == 23 // iterators
struct bpf_iter_num; struct bpf_iter_task;
int bpf_iter_num_new(struct bpf_iter_num *it, int start, int end) __ksym;
int *bpf_iter_num_next(struct bpf_iter_num *it) __ksym;
void bpf_iter_num_destroy(struct bpf_iter_num *it) __ksym;
BODY("raw_tp/sched_switch", iter_num, struct bpf_iter_num it; bpf_iter_num_new(&it, 0, 4); while (bpf_iter_num_next(&it)); bpf_iter_num_destroy(&it))
BODY("xdp", iter_num_xdp, struct bpf_iter_num it; bpf_iter_num_new(&it, 0, 4); while (bpf_iter_num_next(&it)); bpf_iter_num_destroy(&it))
BODY("socket", iter_num_socket, struct bpf_iter_num it; bpf_iter_num_new(&it, 0, 4); while (bpf_iter_num_next(&it)); bpf_iter_num_destroy(&it))
#elif IDIOM == 24
int bpf_dynptr_from_skb(struct __sk_buff *skb, u64 flags, struct bpf_dynptr *ptr) __ksym;
void *bpf_dynptr_slice(const struct bpf_dynptr *p, u32 offset, void *buffer, u32 size) __ksym;
SEC("tc") int p_dynptr(struct __sk_buff *skb) { struct bpf_dynptr d; char b[4]; bpf_dynptr_from_skb(skb, 0, &d); bpf_dynptr_slice(&d, 0, b, 4); return 0; }
SEC("socket") int p_dynptr_socket(struct __sk_buff *skb) { struct bpf_dynptr d; bpf_dynptr_from_skb(skb, 0, &d); return 0; }
SEC("cgroup_skb/egress") int p_dynptr_cgroup(struct __sk_buff *skb) { struct bpf_dynptr d; bpf_dynptr_from_skb(skb, 0, &d); return 1; }
#elif IDIOM == 25
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, int); __type(value, struct { struct task_struct __kptr *t; }); } map SEC(".maps");
struct task_struct *bpf_task_from_pid(s32 pid) __ksym;
void bpf_task_release(struct task_struct *p) __ksym;
SEC("tp_btf/sched_switch") int p_kptr(void *ctx) { int k = 0; struct { struct task_struct __kptr *t; } *v = bpf_map_lookup_elem(&map, &k); struct task_struct *t = bpf_task_from_pid(1); if (!t) return 0; if (!v) { bpf_task_release(t); return 0; } t = bpf_kptr_xchg(&v->t, t); if (t) bpf_task_release(t); return 0; }
#elif IDIOM == 26
void bpf_throw(u64 cookie) __ksym;
BODY("tc", throw, if (bpf_get_prandom_u32()) bpf_throw(0))
#elif IDIOM == 27
void bpf_preempt_disable(void) __ksym;
void bpf_preempt_enable(void) __ksym;
BODY("tp_btf/sched_switch", preempt, bpf_preempt_disable(); bpf_preempt_enable())
BODY("kprobe/vfs_read", preempt_kprobe, bpf_preempt_disable(); bpf_preempt_enable())
BODY("raw_tp/sched_switch", preempt_raw_tp, bpf_preempt_disable(); bpf_preempt_enable())
BODY("perf_event", preempt_perf, bpf_preempt_disable(); bpf_preempt_enable())
#elif IDIOM == 28
int bpf_strcmp(const char *a, const char *b) __ksym;
BODY("syscall", strcmp, bpf_strcmp("a", "b"))
#elif IDIOM == 29
void *bpf_obj_new_impl(u64 id, void *meta) __ksym;
void bpf_obj_drop_impl(void *p, void *meta) __ksym;
struct idiom_node { int x; };
BODY("tc", obj_new, struct idiom_node *n = bpf_obj_new_impl(bpf_core_type_id_local(struct idiom_node), NULL); if (n) bpf_obj_drop_impl(n, NULL))
#elif IDIOM == 30
struct bpf_key *bpf_lookup_user_key(s32 serial, u64 flags) __ksym;
void bpf_key_put(struct bpf_key *k) __ksym;
BODY("lsm.s/bpf", key, struct bpf_key *k = bpf_lookup_user_key(1, 0); if (k) bpf_key_put(k))
#endif
