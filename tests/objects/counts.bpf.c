/* SPDX-License-Identifier: BSD-2-Clause */
/* Names that fare differently over the images of the sample dataset, and some that no kernel has. */
#include "mini_bpf.h"

struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di;
	unsigned long orig_ax, ip, cs, flags, sp, ss;
};
struct gendisk {
	int major;
	char disk_name[32];
	void *made_up;
} CORE;
struct request {
	void *q, *rq_disk, *part, *end_io;
	unsigned int cmd_flags, __data_len, timeout;
} CORE;
struct oom_control {
	void *zonelist, *memcg;
	unsigned long totalpages;
} CORE;
struct user_namespace {
	int flags;
	void *parent;
} CORE;
struct renamedata {
	void *old_dir, *new_dir, *old_mnt_userns;
} CORE;
struct mnt_idmap {
	void *owner;
} CORE;
struct no_such_struct {
	int a;
} CORE;

#define READ(type, member)                                                                         \
	probe_read_kernel(&sum, sizeof(sum), &((struct type *)where)->member);                     \
	seen += sum;

u64 seen;

#define KPROBE(name)                                                                               \
	SEC("kprobe/" #name) int on_##name(void *ctx)                                              \
	{                                                                                          \
		return ctx != 0;                                                                   \
	}

KPROBE(account_page_dirtied)
KPROBE(folio_account_dirtied)
KPROBE(mark_page_accessed)
KPROBE(__do_page_cache_readahead)
KPROBE(do_page_cache_ra)
KPROBE(blk_account_io_start)
KPROBE(__blk_account_io_start)
KPROBE(finish_task_switch)
KPROBE(load_elf_library)
KPROBE(lookup_fast)
KPROBE(md_flush_request)
KPROBE(migrate_misplaced_page)
KPROBE(oom_kill_process)
KPROBE(stats_show)
KPROBE(tty_write)
KPROBE(uuid_show)
KPROBE(vfs_create)
KPROBE(vfs_fsync)
KPROBE(vfs_rename)
KPROBE(no_such_function)

/* The dentry is the third parameter where there are user namespaces, else the second. */
SEC("kprobe/vfs_unlink") int on_vfs_unlink(struct pt_regs *ctx)
{
	struct renamedata *renamed = 0;
	u64 dentry; // clang would move the address, not the load, into the branches
	if (__builtin_preserve_field_info(renamed->old_mnt_userns, 2))
		asm volatile("%0 = *(u64 *)(%1 + 96)" : "=r"(dentry) : "r"(ctx)); // dx
	else
		asm volatile("%0 = *(u64 *)(%1 + 104)" : "=r"(dentry) : "r"(ctx)); // si
	seen += dentry;
	return 0;
}

SEC("tp_btf/sched_switch") int on_switch(void *ctx)
{
	u64 sum = 0, where = current_task();
	READ(gendisk, major)
	READ(gendisk, disk_name[3])
	READ(gendisk, made_up)
	READ(request, q)
	READ(request, rq_disk)
	READ(request, part)
	READ(request, end_io)
	READ(request, cmd_flags)
	READ(request, __data_len)
	READ(request, timeout)
	READ(oom_control, zonelist)
	READ(oom_control, memcg)
	READ(oom_control, totalpages)
	READ(user_namespace, flags)
	READ(user_namespace, parent)
	READ(renamedata, old_dir)
	READ(mnt_idmap, owner)
	READ(no_such_struct, a)
	return 0;
}

#define EVENT(group, name)                                                                         \
	SEC("tracepoint/" #group "/" #name) int event_##name(void *ctx)                            \
	{                                                                                          \
		return ctx != 0;                                                                   \
	}
EVENT(block, block_rq_complete)
EVENT(kmem, kmem_cache_alloc)
EVENT(kmem, mm_page_free_batched)
EVENT(migrate, mm_numa_migrate_ratelimit)
EVENT(tcp, tcp_destroy_sock)
EVENT(made_up, no_such_event)
EVENT(syscalls, sys_enter_openat)
EVENT(syscalls, sys_exit_clone3)
EVENT(syscalls, sys_enter_mmap2)
EVENT(syscalls, sys_enter_no_such_call)

SEC("lsm/file_open") int on_file_open(void *ctx)
{
	return ctx == 0;
}
SEC("lsm/bprm_set_creds") int on_set_creds(void *ctx)
{
	return ctx == 0;
}
SEC("lsm/move_mount") int on_move_mount(void *ctx)
{
	return ctx == 0;
}
