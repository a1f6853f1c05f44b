/* SPDX-License-Identifier: BSD-2-Clause */
/* Names that fare differently over the images of the sample dataset, and some that no kernel has. */
#include "mini_bpf.h"

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
	void *old_dir, *new_dir;
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
