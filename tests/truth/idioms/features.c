// SPDX-License-Identifier: BSD-2-Clause
/* Helpers, maps and instructions that came with newer kernels, in an object each: build-idioms sets IDIOM. */
#include "idiom.h"

// clang-format off

#define MAP(kind, key_type, value_type, nr, map_flags_)                                            \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_##kind);                                                 \
		__uint(max_entries, nr);                                                           \
		__uint(map_flags, map_flags_);                                                     \
		__type(key, key_type);                                                             \
		__type(value, value_type);                                                         \
	} map SEC(".maps");
#define MAP_OF(kind, nr)                                                                           \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_##kind);                                                 \
		__uint(max_entries, nr);                                                           \
		__uint(key_size, 4);                                                               \
		__uint(value_size, 4);                                                             \
	} map SEC(".maps");
#define USE bpf_map_lookup_elem(&map, &(int){ 0 })

#if IDIOM == 1
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} map SEC(".maps");
BODY("raw_tp/sched_switch", ringbuf, bpf_ringbuf_output(&map, &(int){ 0 }, 4, 0))
BODY("raw_tp/sched_switch", ringbuf_dynptr, struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&map, 8, 0, &d); bpf_ringbuf_submit_dynptr(&d, 0))
BODY("socket", ringbuf_socket, bpf_ringbuf_output(&map, &(int){ 0 }, 4, 0))
#elif IDIOM == 2
struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 4096);
} map SEC(".maps");
static long drain(struct bpf_dynptr *d, void *c) { return 0; }
BODY("raw_tp/sched_switch", user_ringbuf, bpf_user_ringbuf_drain(&map, drain, NULL, 0))
#elif IDIOM == 3
struct {
	__uint(type, BPF_MAP_TYPE_ARENA);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 2);
} map SEC(".maps");
void *bpf_arena_alloc_pages(void *map, void *addr, u32 cnt, int node, u64 flags) __ksym __weak;
BODY("syscall", arena, bpf_arena_alloc_pages(&map, 0, 1, -1, 0))
BODY("raw_tp/sched_switch", arena_unused, bpf_printk("%p", &map))
#elif IDIOM == 4
struct {
	__uint(type, BPF_MAP_TYPE_BLOOM_FILTER);
	__uint(max_entries, 100);
	__uint(map_extra, 3);
	__type(value, int);
} map SEC(".maps");
BODY("raw_tp/sched_switch", bloom, int x = 0; bpf_map_push_elem(&map, &x, 0))
#elif IDIOM == 5
struct {
	__uint(type, BPF_MAP_TYPE_CGRP_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, long);
} map SEC(".maps");
BODY("tp_btf/sched_switch", cgrp_storage, struct task_struct *t = bpf_get_current_task_btf(); bpf_cgrp_storage_get(&map, t->cgroups->dfl_cgrp, 0, 1))
BODY("raw_tp/sched_switch", cgrp_storage_unused, bpf_printk("%p", &map))
#elif IDIOM == 6
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, long);
} map SEC(".maps");
BODY("tp_btf/sched_switch", task_storage, bpf_task_storage_get(&map, bpf_get_current_task_btf(), 0, 1))
BODY("fentry/vfs_read", task_storage_fentry, bpf_task_storage_get(&map, bpf_get_current_task_btf(), 0, 1))
BODY("lsm/file_open", task_storage_lsm, bpf_task_storage_get(&map, bpf_get_current_task_btf(), 0, 1))
BODY("kprobe/vfs_read", task_storage_kprobe, bpf_task_storage_get(&map, bpf_get_current_task_btf(), 0, 1))
BODY("syscall", task_storage_syscall, bpf_task_storage_get(&map, bpf_get_current_task_btf(), 0, 1))
#elif IDIOM == 7
struct {
	__uint(type, BPF_MAP_TYPE_INODE_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, long);
} map SEC(".maps");
SEC("lsm/inode_unlink") int BPF_PROG(p_inode_storage, struct inode *dir, struct dentry *victim) { bpf_inode_storage_get(&map, victim->d_inode, 0, 1); return 0; }
SEC("fentry/vfs_read") int p_inode_storage_unused(void *ctx) { bpf_printk("%p", &map); return 0; }
#elif IDIOM == 8
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, long);
} map SEC(".maps");
SEC("cgroup/sock_create") int p_sk_storage(struct bpf_sock *sk) { bpf_sk_storage_get(&map, sk, 0, 1); return 1; }
SEC("cgroup_skb/egress") int p_sk_storage_skb(struct __sk_buff *skb) { if (skb->sk) bpf_sk_storage_get(&map, skb->sk, 0, 1); return 1; }
SEC("sockops") int p_sk_storage_ops(struct bpf_sock_ops *ops) { if (ops->sk) bpf_sk_storage_get(&map, ops->sk, 0, 1); return 1; }
SEC("tp_btf/tcp_destroy_sock") int BPF_PROG(p_sk_storage_tp, struct sock *sk) { bpf_sk_storage_get(&map, sk, 0, 1); return 0; }
SEC("fentry/tcp_connect") int BPF_PROG(p_sk_storage_fentry, struct sock *sk) { bpf_sk_storage_get(&map, sk, 0, 1); return 0; }
SEC("lsm/socket_post_create") int BPF_PROG(p_sk_storage_lsm, struct socket *sock) { if (sock->sk) bpf_sk_storage_get(&map, sock->sk, 0, 1); return 0; }
SEC("iter/tcp") int p_sk_storage_iter(struct bpf_iter__tcp *ctx) { if (ctx->sk_common) bpf_printk("%p", &map); return 0; }
#elif IDIOM == 9
MAP(ARRAY, int, struct bpf_timer, 1, 0)
static int fire(void *m, int *k, void *v) { return 0; }
BODY("tc", timer, int k = 0; struct bpf_timer *t = bpf_map_lookup_elem(&map, &k); if (t) { bpf_timer_init(t, &map, 1); bpf_timer_set_callback(t, fire); bpf_timer_start(t, 1, 0); bpf_timer_cancel(t); })
BODY("raw_tp/sched_switch", timer_tracing, int k = 0; struct bpf_timer *t = bpf_map_lookup_elem(&map, &k); if (t) bpf_timer_init(t, &map, 1))
BODY("kprobe/vfs_read", timer_kprobe, int k = 0; struct bpf_timer *t = bpf_map_lookup_elem(&map, &k); if (t) bpf_timer_init(t, &map, 1))
BODY("fentry/vfs_read", timer_fentry, int k = 0; struct bpf_timer *t = bpf_map_lookup_elem(&map, &k); if (t) bpf_timer_init(t, &map, 1))
BODY("perf_event", timer_perf, int k = 0; struct bpf_timer *t = bpf_map_lookup_elem(&map, &k); if (t) bpf_timer_init(t, &map, 1))
BODY("tp/sched/sched_switch", timer_tp, int k = 0; struct bpf_timer *t = bpf_map_lookup_elem(&map, &k); if (t) bpf_timer_init(t, &map, 1))
BODY("syscall", timer_syscall, int k = 0; struct bpf_timer *t = bpf_map_lookup_elem(&map, &k); if (t) bpf_timer_init(t, &map, 1))
#elif IDIOM == 10
struct value { struct bpf_spin_lock lock; int x; };
MAP(ARRAY, int, struct value, 1, 0)
BODY("tc", lock, int k = 0; struct value *v = bpf_map_lookup_elem(&map, &k); if (v) { bpf_spin_lock(&v->lock); v->x++; bpf_spin_unlock(&v->lock); })
BODY("raw_tp/sched_switch", lock_tracing, int k = 0; struct value *v = bpf_map_lookup_elem(&map, &k); if (v) { bpf_spin_lock(&v->lock); v->x++; bpf_spin_unlock(&v->lock); })
BODY("fentry/vfs_read", lock_fentry, int k = 0; struct value *v = bpf_map_lookup_elem(&map, &k); if (v) { bpf_spin_lock(&v->lock); v->x++; bpf_spin_unlock(&v->lock); })
BODY("fentry.s/__x64_sys_nanosleep", lock_sleep, int k = 0; struct value *v = bpf_map_lookup_elem(&map, &k); if (v) { bpf_spin_lock(&v->lock); v->x++; bpf_spin_unlock(&v->lock); })
BODY("socket", lock_socket, int k = 0; struct value *v = bpf_map_lookup_elem(&map, &k); if (v) { bpf_spin_lock(&v->lock); v->x++; bpf_spin_unlock(&v->lock); })
BODY("lsm/file_open", lock_lsm, int k = 0; struct value *v = bpf_map_lookup_elem(&map, &k); if (v) { bpf_spin_lock(&v->lock); v->x++; bpf_spin_unlock(&v->lock); })
BODY("kprobe/vfs_read", lock_kprobe, int k = 0; struct value *v = bpf_map_lookup_elem(&map, &k); if (v) { bpf_spin_lock(&v->lock); v->x++; bpf_spin_unlock(&v->lock); })
#elif IDIOM == 11
MAP_OF(XSKMAP, 4)
BODY("xdp", xskmap, return bpf_redirect_map(&map, 0, 2))
#elif IDIOM == 12
MAP_OF(SOCKMAP, 4)
BODY("sk_skb/stream_verdict", sockmap, return bpf_sk_redirect_map(ctx, &map, 0, 0))
BODY("sk_msg", sockmap_msg, return bpf_msg_redirect_map(ctx, &map, 0, 0))
BODY("sk_reuseport", sockmap_reuseport, int k = 0; bpf_sk_select_reuseport(ctx, &map, &k, 0))
#elif IDIOM == 13
MAP_OF(DEVMAP, 4)
BODY("xdp", devmap, return bpf_redirect_map(&map, 0, 0))
#elif IDIOM == 14
MAP_OF(CPUMAP, 4)
BODY("xdp", cpumap, return bpf_redirect_map(&map, 0, 0))
#elif IDIOM == 15
MAP_OF(PROG_ARRAY, 4)
BODY("xdp", tail_call, bpf_tail_call(ctx, &map, 0))
BODY("fentry/vfs_read", tail_call_fentry, bpf_tail_call(ctx, &map, 0))
BODY("lsm/file_open", tail_call_lsm, bpf_tail_call(ctx, &map, 0))
BODY("iter/task", tail_call_iter, bpf_tail_call(ctx, &map, 0))
#elif IDIOM == 16
static long step(u32 i, void *c) { return 0; }
BODY("raw_tp/sched_switch", loop, bpf_loop(4, step, NULL, 0))
BODY("xdp", loop_xdp, bpf_loop(4, step, NULL, 0))
BODY("raw_tp/sched_switch", strncmp, char a[4] = "abc"; bpf_strncmp(a, 4, "abc"))
BODY("raw_tp/sched_switch", ktime_tai, bpf_ktime_get_tai_ns())
BODY("socket", ktime_tai_socket, bpf_ktime_get_tai_ns())
BODY("kprobe/vfs_read", func_ip, bpf_get_func_ip(ctx))
BODY("fentry/vfs_read", func_ip_fentry, bpf_get_func_ip(ctx))
BODY("fentry/vfs_read", func_arg, u64 v; bpf_get_func_arg(ctx, 0, &v); bpf_get_func_arg_cnt(ctx))
BODY("fexit/vfs_read", func_ret, u64 v; bpf_get_func_ret(ctx, &v))
BODY("kprobe/vfs_read", func_arg_kprobe, u64 v; bpf_get_func_arg(ctx, 0, &v))
BODY("kprobe/vfs_read", cookie, bpf_get_attach_cookie(ctx))
BODY("fentry/vfs_read", cookie_fentry, bpf_get_attach_cookie(ctx))
BODY("raw_tp/sched_switch", cookie_raw_tp, bpf_get_attach_cookie(ctx))
BODY("tp_btf/sched_switch", cookie_tp_btf, bpf_get_attach_cookie(ctx))
BODY("tp/sched/sched_switch", cookie_tp, bpf_get_attach_cookie(ctx))
BODY("perf_event", cookie_perf, bpf_get_attach_cookie(ctx))
BODY("lsm/file_open", cookie_lsm, bpf_get_attach_cookie(ctx))
BODY("xdp", cookie_xdp, bpf_get_attach_cookie(ctx))
BODY("lsm.s/file_open", copy_user_task, char a[4]; bpf_copy_from_user(a, 4, 0))
BODY("lsm/file_open", copy_user_atomic, char a[4]; bpf_copy_from_user(a, 4, 0))
BODY("syscall", copy_user_syscall, char a[4]; bpf_copy_from_user(a, 4, 0))
BODY("uprobe.s", copy_user_uprobe, char a[4]; bpf_copy_from_user(a, 4, 0))
BODY("uprobe", copy_user_uprobe_atomic, char a[4]; bpf_copy_from_user(a, 4, 0))
BODY("kprobe/vfs_read", copy_user_kprobe, char a[4]; bpf_copy_from_user(a, 4, 0))
BODY("iter.s/task", copy_user_iter, char a[4]; bpf_copy_from_user(a, 4, 0))
BODY("kprobe/vfs_read", override, bpf_override_return(ctx, 0))
BODY("kprobe/__x64_sys_nanosleep", override_syscall, bpf_override_return(ctx, 0))
BODY("kprobe/should_failslab", override_failslab, bpf_override_return(ctx, 0))
BODY("lsm/file_open", d_path, char a[16]; struct file *f = *(struct file **)ctx; bpf_d_path(&f->f_path, a, 16))
BODY("fentry/security_file_open", d_path_fentry, char a[16]; struct file *f = *(struct file **)ctx; bpf_d_path(&f->f_path, a, 16))
BODY("fentry/vfs_read", d_path_refused, char a[16]; struct file *f = *(struct file **)ctx; bpf_d_path(&f->f_path, a, 16))
BODY("tp_btf/sched_switch", d_path_tp, char a[16]; bpf_d_path(0, a, 16))
BODY("tp_btf/sched_switch", send_signal, bpf_send_signal(9))
BODY("perf_event", branch, char a[24]; bpf_read_branch_records(ctx, a, 24, 0))
BODY("fentry/vfs_read", branch_snapshot, char a[24]; bpf_get_branch_snapshot(a, 24, 0))
BODY("xdp", xdp_load_bytes, char a[4]; bpf_xdp_load_bytes(ctx, 0, a, 4); bpf_xdp_get_buff_len(ctx))
BODY("xdp", adjust_tail, bpf_xdp_adjust_tail(ctx, 1))
BODY("tc", skb_set_tstamp, bpf_skb_set_tstamp(ctx, 0, 0))
BODY("tc", fib, struct bpf_fib_lookup f = {}; bpf_fib_lookup(ctx, &f, sizeof(f), 0))
BODY("tc", redirect_peer, bpf_redirect_peer(1, 0); bpf_redirect_neigh(1, 0, 0, 0))
BODY("tc", syncookie, struct iphdr i = {}; struct tcphdr t = {}; bpf_tcp_raw_gen_syncookie_ipv4(&i, &t, sizeof(t)))
BODY("cgroup/connect4", retval, bpf_set_retval(-1); bpf_get_retval(); return 1)
BODY("cgroup/getsockopt", retval_sockopt, bpf_set_retval(-1); return 1)
BODY("cgroup_skb/egress", retval_skb, bpf_set_retval(-1); return 1)
BODY("cgroup/sysctl", retval_sysctl, bpf_set_retval(-1); return 1)
BODY("cgroup/sysctl", strtol, long x; bpf_strtol("1", 1, 0, &x); return 1)
BODY("raw_tp/sched_switch", strtol_tracing, long x; bpf_strtol("1", 1, 0, &x))
BODY("sk_lookup", sk_assign, bpf_sk_assign(ctx, 0, 0); return 1)
BODY("tc", tc_sk_assign, bpf_sk_assign(ctx, 0, 0))
BODY("lsm/bprm_check_security", bprm_opts, bpf_bprm_opts_set(*(void **)ctx, 0))
BODY("lsm.s/file_open", ima, char a[32]; struct file *f = *(struct file **)ctx; bpf_ima_file_hash(f, a, 32))
BODY("lsm.s/bprm_committed_creds", ima_inode, char a[32]; struct linux_binprm *b = *(struct linux_binprm **)ctx; bpf_ima_inode_hash(b->file->f_inode, a, 32))
BODY("iter/task", seq, struct bpf_iter__task *c = ctx; BPF_SEQ_PRINTF(c->meta->seq, "x"))
BODY("fentry/vfs_read", seq_fentry, BPF_SEQ_PRINTF((struct seq_file *)ctx, "x"))
BODY("raw_tp/sched_switch", snprintf, char a[16]; BPF_SNPRINTF(a, 16, "%d", 1))
BODY("raw_tp/sched_switch", trace_vprintk, __bpf_vprintk("%d %d %d %d", 1, 2, 3, 4))
BODY("raw_tp/sched_switch", find_vma, bpf_find_vma(bpf_get_current_task_btf(), 0, (void *)step, 0, 0))
BODY("kprobe/vfs_read", task_pt_regs, bpf_task_pt_regs(bpf_get_current_task_btf()))
BODY("raw_tp/sched_switch", kallsyms, u64 x; bpf_kallsyms_lookup_name("jiffies", 8, 0, &x))
BODY("syscall", kallsyms_syscall, u64 x; bpf_kallsyms_lookup_name("jiffies", 8, 0, &x))
BODY("kprobe/vfs_read", cgroup_id, bpf_get_current_cgroup_id(); bpf_get_current_ancestor_cgroup_id(1))
BODY("xdp", current_task_xdp, bpf_get_current_task())
BODY("tc", current_pid_tc, bpf_get_current_pid_tgid())
BODY("cgroup/dev", current_dev, bpf_get_current_uid_gid(); bpf_get_current_comm((char[16]){ 0 }, 16); return 1)
BODY("sk_msg", current_msg, bpf_get_current_pid_tgid(); return 1)
BODY("sockops", current_ops, bpf_get_current_pid_tgid(); return 1)
BODY("netfilter", netfilter_printk, bpf_printk("x"); return 1)
BODY("flow_dissector", dissector_load, char a[4]; bpf_skb_load_bytes(ctx, 0, a, 4))
#elif IDIOM == 17
BODY("raw_tp/sched_switch", atomic_fetch, u64 x = 0; __sync_fetch_and_add(&x, 1); bpf_printk("%d", __sync_fetch_and_add(&x, 1)))
BODY("raw_tp/sched_switch", may_goto, asm volatile("1: .byte 0xe5; .byte 0; .short -1; .long 0;"::))
BODY("raw_tp/sched_switch", gotol, asm volatile("gotol +0"::))
BODY("raw_tp/sched_switch", movsx, int x = bpf_get_prandom_u32(); asm volatile("%0 = (s8)%0" : "+r"(x)); bpf_printk("%d", x))
BODY("raw_tp/sched_switch", bswap, u64 x = bpf_get_prandom_u32(); asm volatile("%0 = bswap64 %0" : "+r"(x)); bpf_printk("%d", x))
BODY("raw_tp/sched_switch", sdiv, u64 x = bpf_get_prandom_u32(); asm volatile("%0 s/= 3" : "+r"(x)); bpf_printk("%d", x))
BODY("raw_tp/sched_switch", jmp32, int x = bpf_get_prandom_u32(); asm volatile("if w0 == 3 goto +0"::: "r0"))
#endif
