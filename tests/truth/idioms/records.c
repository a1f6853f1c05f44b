// SPDX-License-Identifier: BSD-2-Clause
/* What programs read of events' records: by CO-RE, by structs of their own, by bare offsets. */
#include "idiom.h"

long out;
#define READ(sec, name, type, expr)                                                                \
	SEC(sec) int p_##name(type *ctx)                                                           \
	{                                                                                          \
		out = (long)(expr);                                                                \
		return 0;                                                                          \
	}
// clang-format off

// CO-RE from the raw event's struct, as most tools have it
READ("tracepoint/syscalls/sys_enter_openat", enter_arg0, struct trace_event_raw_sys_enter, ctx->args[0])
READ("tracepoint/syscalls/sys_enter_openat", enter_arg1, struct trace_event_raw_sys_enter, ctx->args[1])
READ("tracepoint/syscalls/sys_enter_openat", enter_arg2, struct trace_event_raw_sys_enter, ctx->args[2])
READ("tracepoint/syscalls/sys_enter_openat", enter_arg3, struct trace_event_raw_sys_enter, ctx->args[3])
READ("tracepoint/syscalls/sys_enter_openat", enter_arg4, struct trace_event_raw_sys_enter, ctx->args[4])
READ("tracepoint/syscalls/sys_enter_openat", enter_arg5, struct trace_event_raw_sys_enter, ctx->args[5])
READ("tracepoint/syscalls/sys_enter_openat", enter_id, struct trace_event_raw_sys_enter, ctx->id)
READ("tracepoint/syscalls/sys_enter_close", close_arg0, struct trace_event_raw_sys_enter, ctx->args[0])
READ("tracepoint/syscalls/sys_enter_close", close_arg1, struct trace_event_raw_sys_enter, ctx->args[1])
READ("tracepoint/syscalls/sys_enter_getpid", getpid_id, struct trace_event_raw_sys_enter, ctx->id)
READ("tracepoint/syscalls/sys_enter_getpid", getpid_idint, struct trace_event_raw_sys_enter, (int)ctx->id)
READ("tracepoint/syscalls/sys_exit_openat", exit_ret, struct trace_event_raw_sys_exit, ctx->ret)
READ("tracepoint/syscalls/sys_exit_openat", exit_id, struct trace_event_raw_sys_exit, ctx->id)
READ("tracepoint/raw_syscalls/sys_enter", raw_arg5, struct trace_event_raw_sys_enter, ctx->args[5])
READ("tracepoint/raw_syscalls/sys_exit", raw_ret, struct trace_event_raw_sys_exit, ctx->ret)
// structs of their own, at fixed offsets
struct own_openat { unsigned short common_type; unsigned char common_flags, common_preempt_count; int common_pid; int __syscall_nr; int pad; long dfd; const char *filename; long flags; long mode; long more; } ;
struct own_exit { long pad; int __syscall_nr; int pad2; long ret; long more; };
struct own_switch { long pad; char prev_comm[16]; int prev_pid; int prev_prio; long prev_state; char next_comm[16]; int next_pid; int next_prio; int more;};
READ("tracepoint/syscalls/sys_enter_openat", own_nr, struct own_openat, ctx->__syscall_nr)
READ("tracepoint/syscalls/sys_enter_openat", own_dfd, struct own_openat, ctx->dfd)
READ("tracepoint/syscalls/sys_enter_openat", own_mode, struct own_openat, ctx->mode)
READ("tracepoint/syscalls/sys_enter_openat", own_more, struct own_openat, ctx->more)
READ("tracepoint/syscalls/sys_exit_openat", own_ret, struct own_exit, ctx->ret)
READ("tracepoint/syscalls/sys_exit_openat", own_exit_nr, struct own_exit, ctx->__syscall_nr)
READ("tracepoint/syscalls/sys_exit_openat", own_exit_more, struct own_exit, ctx->more)
READ("tracepoint/sched/sched_switch", own_prev_pid, struct own_switch, ctx->prev_pid)
READ("tracepoint/sched/sched_switch", own_next_pid, struct own_switch, ctx->next_pid)
READ("tracepoint/sched/sched_switch", own_next_prio, struct own_switch, ctx->next_prio)
READ("tracepoint/sched/sched_switch", own_switch_more, struct own_switch, ctx->more)
READ("tracepoint/sched/sched_switch", own_common, struct own_switch, ctx->pad)
struct free_rec { unsigned long long hdr; char comm[16]; int pid; int prio; };
READ("tracepoint/sched/sched_process_free", on_free, struct free_rec, ctx->pid)
READ("tracepoint/sched/sched_process_free", on_free_comm, struct free_rec, ctx->comm[3])
READ("tracepoint/sched/sched_process_free", untyped8, void, *(int *)((char *)ctx + 8))
READ("tracepoint/sched/sched_process_free", untyped24, void, *(int *)((char *)ctx + 24))
READ("tracepoint/sched/sched_process_free", untyped28, void, *(int *)((char *)ctx + 28))
READ("tracepoint/sched/sched_process_free", untyped32, void, *(int *)((char *)ctx + 32))
struct wide_rec { unsigned long long hdr; char comm[16]; long pid; };
READ("tracepoint/sched/sched_process_free", wide_pid, struct wide_rec, ctx->pid)
READ("tracepoint/syscalls/sys_enter_openat", of_measure, struct syscall_trace_enter, ctx->nr)
READ("tracepoint/syscalls/sys_exit_openat", of_measure_exit, struct syscall_trace_exit, ctx->ret)
