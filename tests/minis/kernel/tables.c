/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of a kernel: events, system calls, security hooks, kfunc ids, the banner. */
#include "mini.h"

/* ---- events, laid out as in the kernel */

enum {
	TRACE_EVENT_FL_FILTERED_BIT,
	TRACE_EVENT_FL_CAP_ANY_BIT,
	TRACE_EVENT_FL_NO_SET_FILTER_BIT,
	TRACE_EVENT_FL_IGNORE_ENABLE_BIT,
	TRACE_EVENT_FL_TRACEPOINT_BIT,
};
enum {
	TRACE_EVENT_FL_FILTERED = (1 << TRACE_EVENT_FL_FILTERED_BIT),
	TRACE_EVENT_FL_CAP_ANY = (1 << TRACE_EVENT_FL_CAP_ANY_BIT),
	TRACE_EVENT_FL_NO_SET_FILTER = (1 << TRACE_EVENT_FL_NO_SET_FILTER_BIT),
	TRACE_EVENT_FL_IGNORE_ENABLE = (1 << TRACE_EVENT_FL_IGNORE_ENABLE_BIT),
	TRACE_EVENT_FL_TRACEPOINT = (1 << TRACE_EVENT_FL_TRACEPOINT_BIT),
};
/* clang describes an enum only when a function uses it. */
int flags_user(int flags)
{
	return (flags & TRACE_EVENT_FL_TRACEPOINT) >> TRACE_EVENT_FL_TRACEPOINT_BIT;
}

struct tracepoint {
	const char *name;
	int key;
};

struct trace_event {
	struct list_head list;
	int type;
	void *funcs;
};

struct trace_event_class {
	const char *system;
	void *probe;
	struct list_head fields;
};

struct trace_event_call {
	struct list_head list;
	struct trace_event_class *class;
	union {
		char *name;
		struct tracepoint *tp;
	};
	struct trace_event event;
	char *print_fmt;
	void *filter;
	void *data;
	int flags;
};

struct trace_entry {
	unsigned short type;
	unsigned char flags;
	int pid;
};

struct trace_event_raw_mini_class {
	struct trace_entry ent;
	u32 dev;
	char comm[16];
	char __data[];
};
struct trace_event_raw_mini_class keep_mini_class;

struct trace_event_raw_mini_other {
	struct trace_entry ent;
	u64 bytes;
};
struct trace_event_raw_mini_other keep_mini_other;

/* Facts: the function of class mini_class: (void *__data, struct device *dev, int flags) */
used void trace_event_raw_event_mini_class(void *__data, struct device *dev, int flags)
{
	(void)__data;
	dev->id = flags;
}

used void trace_event_raw_event_mini_other(void *__data, u64 bytes)
{
	(void)__data;
	(void)bytes;
}

#define EVENT_CLASS(class, sys)                                                                    \
	static used struct trace_event_class event_class_##class = { .system = sys }
EVENT_CLASS(mini_class, "mini");
EVENT_CLASS(mini_other, "other");
EVENT_CLASS(mini_lost, "mini");

#define EVENT(event_name, event_cls, fl, fmt)                                                      \
	static struct tracepoint __tracepoint_##event_name = { #event_name, 0 };                   \
	static char print_fmt_##event_name[] = fmt;                                                \
	static used struct trace_event_call event_##event_name = {                                 \
		.class = &event_class_##event_cls,                                                 \
		.tp = &__tracepoint_##event_name,                                                  \
		.print_fmt = print_fmt_##event_name,                                               \
		.flags = fl,                                                                       \
	};                                                                                         \
	static used no_reorder __attribute__((                                                     \
		section("ftrace_events"))) struct trace_event_call *__event_##event_name =         \
		&event_##event_name

/*
 * Facts: events, in table order: mini_start and mini_stop of class mini_class, mini_bytes of class
 * mini_other. mini_ignored has IGNORE_ENABLE, mini_plain has no TRACEPOINT flag: both left out.
 * mini_orphan's class has neither function nor struct.
 */
EVENT(mini_start, mini_class, TRACE_EVENT_FL_TRACEPOINT, "\"dev=%u comm=%s\", REC->dev, REC->comm");
EVENT(mini_ignored, mini_class, TRACE_EVENT_FL_IGNORE_ENABLE, "\"\"");
EVENT(mini_stop, mini_class, TRACE_EVENT_FL_TRACEPOINT | TRACE_EVENT_FL_CAP_ANY,
      "\"dev=%u\", REC->dev");
EVENT(mini_plain, mini_class, 0, "\"\"");
EVENT(mini_bytes, mini_other, TRACE_EVENT_FL_TRACEPOINT, "\"%llu\", REC->bytes");
EVENT(mini_orphan, mini_lost, TRACE_EVENT_FL_TRACEPOINT, "\"\"");

/* The linker makes these two for a section with such a name once something refers to them. */
extern struct trace_event_call *__start_ftrace_events[], *__stop_ftrace_events[];
struct trace_event_call **const event_range[] used = { __start_ftrace_events,
						       __stop_ftrace_events };

/*
 * ---- system calls: 0 read, 1 write, 2 not implemented, 3 close. Those with metadata have events: read and close,
 * and old, which only another table has; not gone, which is in none, nor the one that is not implemented.
 */

typedef long (*syscall_t)(void *regs);
#if defined(__x86_64__)
#define SYSCALL(name) __x64_sys_##name
#else
#define SYSCALL(name) sys_##name
#endif
long SYSCALL(read)(void *regs)
{
	return regs != 0;
}
long SYSCALL(write)(void *regs)
{
	return regs == 0;
}
long SYSCALL(ni_syscall)(void *regs)
{
	(void)regs;
	return -38;
}
long SYSCALL(close)(void *regs)
{
	return (long)regs;
}
const syscall_t sys_call_table[] = { SYSCALL(read), SYSCALL(write), SYSCALL(ni_syscall),
				     SYSCALL(close) };
long SYSCALL(old)(void *regs)
{
	return -(long)regs;
}
const syscall_t sys32_call_table[] = { SYSCALL(old), SYSCALL(read) };
#define SYSCALL_META(name) static const char *const __syscall_meta__##name used = "sys_" #name
SYSCALL_META(close);
SYSCALL_META(gone);
SYSCALL_META(ni_syscall);
SYSCALL_META(old);
SYSCALL_META(read);

/* ---- security hooks: file_open and inode_create have functions, forgotten has none */

struct security_hook_heads {
	struct hlist_head file_open;
	struct hlist_head inode_create;
	struct hlist_head forgotten;
};
struct security_hook_heads security_hook_heads;

int security_file_open(struct device *file)
{
	return file->id;
}

int security_inode_create(struct device *dir, const char *name, u32 mode)
{
	return dir->id + name[0] + (int)mode;
}

/* ---- kfunc ids: bpf_mini_acquire counts; those without a type or outside of the set do not, nor the LSM one */

used int bpf_mini_acquire(struct device *dev)
{
	return dev->id;
}

#define BTF_ID(name, nr, after)                                                                    \
	__asm__(".pushsection .BTF_ids, \"a\"\n"                                                   \
		".local __BTF_ID__func__" #name "__" #nr "\n"                                      \
		".size __BTF_ID__func__" #name "__" #nr ", 4\n"                                    \
		"__BTF_ID__func__" #name "__" #nr ":\n.zero 4\n" after ".popsection")
#define BTF_SET(name, count, flags)                                                                \
	__asm__(".pushsection .BTF_ids, \"a\"\n"                                                   \
		".local __BTF_ID__set8__" #name "\n"                                               \
		"__BTF_ID__set8__" #name ":\n.long " #count ", " #flags "\n.popsection")
BTF_ID(security_file_open, 10, "");
BTF_SET(mini_kfunc_ids, 3, 1);
BTF_ID(bpf_mini_acquire, 11, ".zero 4\n");
BTF_ID(bpf_lsm_file_open, 12, ".zero 4\n");
BTF_ID(bpf_mini_nowhere, 13, ".zero 4\n");
BTF_SET(mini_fmodret_ids, 1, 0);
BTF_ID(security_inode_create, 14, ".zero 4\n");

/* ---- only symbols */

#if defined(__arm__)
#define FUNC_TYPE "%function"
#else
#define FUNC_TYPE "@function"
#endif
__asm__(".pushsection .text\n.globl asm_only\n.type asm_only, " FUNC_TYPE "\n"
	"asm_only:\n.zero 4\n.size asm_only, 4\n.popsection");

/*
 * Facts: clang's checks of indirect calls (kCFI, since 6.1) put the type in front of each function, under a symbol that
 * is no function; before that they went through a jump table, whose entries are pieces of cfi_checked, not copies.
 */
#if defined(__x86_64__)
__asm__(".pushsection .text\n.globl __cfi_cfi_checked\n.type __cfi_cfi_checked, @function\n"
	"__cfi_cfi_checked:\n.fill 11, 1, 0x90\nmovl $0x12345678, %eax\n"
	".size __cfi_cfi_checked, . - __cfi_cfi_checked\n"
	".globl cfi_checked\n.type cfi_checked, @function\n"
	"cfi_checked:\nret\n.size cfi_checked, . - cfi_checked\n"
	".type cfi_checked.cfi_jt, @function\n"
	"cfi_checked.cfi_jt:\njmp cfi_checked\n.size cfi_checked.cfi_jt, . - cfi_checked.cfi_jt\n"
	".popsection");
#endif

/* Facts: a second name for the same code: a symbol without an entry of its own in DWARF. */
int aliased(int n)
{
	return n * 11;
}
int aliased_too(int n) __attribute__((alias("aliased")));

/* Facts: takes the place of the weak one in attach.c, and has no ftrace entry. */
int attach_weak(int n)
{
	barrier();
	return n - 2;
}

const char linux_banner[] used = "Linux version 6.6.6-mini-" MINI_ARCH " (mini@ksurf) (" __VERSION__
				 ") #1 SMP PREEMPT_DYNAMIC Mini 6.6.6-1 (2024-01-01)\n";

void _start(void);
void _start(void)
{
	barrier();
}
