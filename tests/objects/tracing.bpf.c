/* SPDX-License-Identifier: BSD-2-Clause */
#include "mini_bpf.h"

struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di;
	unsigned long orig_ax, ip, cs, flags, sp, ss;
} CORE;
struct list_head {
	struct list_head *next;
} CORE;
struct mm_struct {
	u64 pgd;
	struct list_head mmlist;
} CORE;
enum stage { STAGE_A = 3, STAGE_B = 7 };
struct task_struct {
	int pid;
	union {
		u64 state;
		u64 other;
	};
	u32 flags : 5, more : 3;
	struct mm_struct *mm;
	u64 table[4];
} CORE;
struct task_struct___old {
	long old_state;
} CORE;
struct gone;

struct key {
	u32 pid, pad;
	u64 more;
};
struct inner {
	__uint(type, 1);
	__uint(max_entries, 4);
	__type(key, u32);
	__type(value, u64);
};
struct {
	__uint(type, 1);
	__uint(max_entries, 1024);
	__uint(map_flags, 1);
	__type(key, struct key);
	__type(value, u64[3]);
} counts SEC(".maps");
struct {
	__uint(type, 4);
	__uint(key_size, 4);
	__uint(value_size, 4);
} events SEC(".maps");
struct {
	__uint(type, 13);
	__uint(max_entries, 8);
	__type(key, u32);
	__array(values, struct inner);
} outer SEC(".maps");

const volatile u32 wanted = 5;
const volatile bool verbose = 1;
u64 seen = 0;
u64 total = 9;

extern u32 LINUX_KERNEL_VERSION KCONFIG;
extern bool CONFIG_BPF_JIT KCONFIG WEAK;
extern const void runqueues KSYM WEAK;
extern const int cpu_number KSYM;
extern void *task_acquire(void *task) KSYM;
extern void task_release___v2(void *task) KSYM WEAK;

static NOINLINE int leaf(int a)
{
	return a + (int)current_pid_tgid();
}
static NOINLINE int branch(int a)
{
	if (a > 3)
		a = leaf(a + 1);
	return a * 3;
}
NOINLINE int trunk(int a)
{
	return branch(a) + leaf(a);
}
static int callback(u32 i, void *ctx)
{
	seen += i;
	return branch((int)i);
}

SEC("kprobe/do_unlinkat")
int on_unlink(struct pt_regs *ctx)
{
	struct task_struct *task = (void *)current_task();
	struct key key = { .pid = wanted };
	u64 value[3] = { 0 };
	struct mm_struct *mm;
	probe_read_kernel(&key.pid, 4, &task->pid);
	probe_read_kernel(&mm, 8, &task->mm);
	probe_read_kernel(&value[0], 8, &mm->mmlist.next);
	probe_read_kernel(&value[1], 8, &task->table[2]);
	value[2] = ctx->di;
	if (__builtin_preserve_field_info(task->state, 2))
		probe_read_kernel(&value[2], 8, &task->state);
	else
		probe_read_kernel(&value[2], 8, &((struct task_struct___old *)task)->old_state);
	if (__builtin_preserve_type_info(*(struct mm_struct *)0, 0))
		total++;
	if (__builtin_preserve_enum_value(*(__typeof__(enum stage) *)STAGE_B, 1) > 5)
		total += 2;
	map_update(&counts, &key, value, 0);
	return 0;
}

SEC("fentry.s/vmlinux:vfs_read")
int vfs_read_entry(u64 *ctx)
{
	if (verbose && LINUX_KERNEL_VERSION > 5)
		return trunk((int)ctx[0]);
	if (CONFIG_BPF_JIT)
		return leaf(2);
	return 0;
}

SEC("?tp_btf/sched_switch")
int on_switch(u64 *ctx)
{
	u32 key = 0;
	loop(3, callback, 0, 0);
	if (&runqueues)
		seen += *(const volatile int *)&cpu_number;
	void *task = task_acquire((void *)ctx[1]);
	if (task && task_release___v2)
		task_release___v2(task);
	return map_lookup(&outer, &key) != 0 && map_lookup(&events, &key);
}

SEC("tracepoint/syscalls/sys_enter_openat")
int enter_openat(u64 *ctx)
{
	return ctx[3] == 2;
}

SEC("xdp")
int packets(u32 *ctx)
{
	return ctx[0] == ctx[1];
}
