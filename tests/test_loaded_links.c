/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs that are loaded, as a kernel tells of them that is made up here: its answers to bpf(2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/array.h"
#include "bpf/loaded.h"
#include "bpf/object.h"
#include "check.h"

enum {
	PROGRAMS = 100,
	LINKS = 200
}; // ids begin behind them; descriptors are dup()s of one, kept by id

/** What stands behind the id of a link in struct bpf_link_info, by the type of the link. */
struct told_link {
	uint32_t type, id, prog_id, pad;
	union {
		struct {
			uint64_t buffer;
			uint32_t size;
		} raw;
		struct {
			uint64_t id;
			uint32_t attach_type;
		} cgroup;
		struct {
			uint64_t addresses;
			uint32_t count, flags;
		} kprobes;
		struct {
			uint64_t path, offsets, counters, cookies;
			uint32_t path_size, count, flags, pid;
		} uprobes;
		struct {
			uint32_t kind, pad;
			uint64_t name;
			uint32_t size, offset;
		} event;
	};
};
enum { EVENT = 7, KPROBES = 8, UPROBES = 12 }; // enum bpf_link_type

static const uint32_t program_types[] = { BPF_PROG_TYPE_RAW_TRACEPOINT,
					  BPF_PROG_TYPE_KPROBE,
					  BPF_PROG_TYPE_TRACING,
					  BPF_PROG_TYPE_KPROBE,
					  BPF_PROG_TYPE_KPROBE,
					  BPF_PROG_TYPE_KPROBE,
					  BPF_PROG_TYPE_XDP,
					  BPF_PROG_TYPE_SCHED_CLS,
					  BPF_PROG_TYPE_CGROUP_SOCK_ADDR,
					  BPF_PROG_TYPE_STRUCT_OPS,
					  BPF_PROG_TYPE_SCHED_CLS };
/** What the verifier has left of two of them, with calls as far from __bpf_call_base as they say. */
static const struct bpf_insn with_helpers[] = { { .code = 0x85, .imm = 0x40 },
						{ .code = 0x85, .imm = -0xd0 }, // no helper
						{ .code = 0x85, .src_reg = 1, .imm = 0x40 },
						{ .code = 0xb7, .imm = 0x50 },
						{ .code = 0x95 } };
static const struct bpf_insn with_functions[] = { { .code = 0x85, .src_reg = 2, .imm = 0x40 },
						  { .code = 0x95 } };
enum { HELPERS = 108, FUNCTIONS = 111 };
static const struct made_link {
	uint32_t type, program;
	const char *name;
	uint32_t kind; // of an event; of KPROBES: the flags
} links[] = { { KPROBES, PROGRAMS + 2, NULL, 0 },
	      { BPF_LINK_TYPE_RAW_TRACEPOINT, PROGRAMS + 1, "sched_switch", 0 },
	      { BPF_LINK_TYPE_RAW_TRACEPOINT, PROGRAMS + 3, "sched_wakeup", 0 },
	      { EVENT, PROGRAMS + 4, "vfs_read", 3 },
	      { EVENT, PROGRAMS + 4, "vfs_read", 3 }, // the same once more
	      { EVENT, PROGRAMS + 4, "/bin/sh", 1 },
	      { UPROBES, PROGRAMS + 5, "/lib/libc.so", 0 },
	      { KPROBES, PROGRAMS + 6, NULL, 1 },
	      { BPF_LINK_TYPE_CGROUP, PROGRAMS + 9, NULL, BPF_CGROUP_INET4_CONNECT } };
static const uint64_t addresses[] = { 0xffffffff81000010, 0xffffffff81000020, 0xffffffff81000030 };
static const char kallsyms[] = "ffffffff81000010 d data\n"
			       "ffffffff81000010 T first\n"
			       "ffffffff81000010 t alias\n"
			       "ffffffff81000030 t third\t[module]\n"
			       "ffffffff81000100 T __bpf_call_base\n"
			       "ffffffff81000140 T bpf_skb_store_bytes\n"
			       "ffffffff81000150 T bpf_redirect\n";
static uint32_t ids[64]; // by descriptor

static long next_id(uint32_t *id, uint32_t first, size_t nr)
{
	if (*id >= first + nr) {
		errno = ENOENT;
		return -1;
	}
	*id = *id < first ? first + 1 : *id + 1;
	return 0;
}

static long open_id(uint32_t id)
{
	int fd = dup(STDERR_FILENO);
	assert_true(fd >= 0 && (size_t)fd < KS_ARRAY_LEN(ids));
	ids[fd] = id;
	return fd;
}

static void tell_name(const char *name, uint64_t to, uint32_t size)
{
	if (!to)
		return;
	assert_true(strlen(name) < size);
	memcpy((char *)(uintptr_t)to, name, strlen(name) + 1);
}

/** As many as there are; a buffer has to have room for them. */
static void tell_numbers(const uint64_t *numbers, uint32_t nr, uint64_t to, uint32_t room)
{
	if (!to)
		return;
	assert_true(room >= nr);
	memcpy((char *)(uintptr_t)to, numbers, nr * sizeof(*numbers));
}

static void tell_link(const struct made_link *made, struct told_link *link)
{
	link->type = made->type;
	link->prog_id = made->program;
	switch (made->type) {
	case BPF_LINK_TYPE_RAW_TRACEPOINT:
		tell_name(made->name, link->raw.buffer, link->raw.size);
		break;
	case EVENT:
		tell_name(made->name, link->event.name, link->event.size);
		link->event.kind = made->kind;
		link->event.offset = made->kind == 1 ? 0x1234 : 0;
		break;
	case KPROBES:
		tell_numbers(addresses, made->kind ? 1 : 3, link->kprobes.addresses,
			     link->kprobes.count);
		link->kprobes.count = made->kind ? 1 : 3;
		link->kprobes.flags = made->kind;
		break;
	case BPF_LINK_TYPE_CGROUP:
		link->cgroup.attach_type = made->kind;
		break;
	case UPROBES:
		tell_name(made->name, link->uprobes.path, link->uprobes.path_size);
		tell_numbers(addresses, 2, link->uprobes.offsets, link->uprobes.count);
		link->uprobes.count = 2;
		break;
	default:
		break;
	}
}

static void tell_code(uint32_t id, const struct bpf_prog_info *asked, struct bpf_prog_info *ret)
{
	const void *code = id == HELPERS ? with_helpers : with_functions;
	if (id != HELPERS && id != FUNCTIONS)
		return;
	ret->xlated_prog_len = id == HELPERS ? sizeof(with_helpers) : sizeof(with_functions);
	ret->xlated_prog_insns = asked->xlated_prog_insns;
	if (!asked->xlated_prog_insns)
		return;
	assert_true(asked->xlated_prog_len >= ret->xlated_prog_len);
	memcpy((void *)(uintptr_t)asked->xlated_prog_insns, code, ret->xlated_prog_len);
}

static long tell(uint32_t id, void *to, uint32_t size)
{
	if (id < LINKS) {
		struct bpf_prog_info info = { .id = id, .type = program_types[id - PROGRAMS - 1] };
		memcpy(info.name, "program", sizeof("program"));
		tell_code(id, to, &info);
		memcpy(to, &info, size < sizeof(info) ? size : sizeof(info));
		return 0;
	}
	tell_link(&links[id - LINKS - 1], to);
	((struct told_link *)to)->id = id;
	return 0;
}

long __wrap_syscall(long number, long command, union bpf_attr *attr, long size);
long __wrap_syscall(long number, long command, union bpf_attr *attr, long size)
{
	assert_int_equal(number, SYS_bpf);
	(void)size;
	switch (command) {
	case BPF_PROG_GET_NEXT_ID:
	case BPF_LINK_GET_NEXT_ID:
		attr->next_id = attr->start_id;
		return command == BPF_PROG_GET_NEXT_ID
			       ? next_id(&attr->next_id, PROGRAMS, KS_ARRAY_LEN(program_types))
			       : next_id(&attr->next_id, LINKS, KS_ARRAY_LEN(links));
	case BPF_PROG_GET_FD_BY_ID:
	case BPF_LINK_GET_FD_BY_ID:
		return open_id(attr->prog_id);
	case BPF_OBJ_GET_INFO_BY_FD:
		return tell(ids[attr->info.bpf_fd], (void *)(uintptr_t)attr->info.info,
			    attr->info.info_len);
	default:
		errno = EINVAL;
		return -1;
	}
}

FILE *__real_fopen64(const char *path, const char *mode);
FILE *__wrap_fopen64(const char *path, const char *mode);
FILE *__wrap_fopen64(const char *path, const char *mode)
{
	if (strcmp(path, "/proc/kallsyms") == 0)
		return fmemopen((void *)kallsyms, strlen(kallsyms), "r");
	return __real_fopen64(path, mode);
}

/** A link of kprobe.multi has its addresses written where a raw tracepoint has its name: that takes less. */
static void links_tell_what_is_attached(void **state)
{
	(void)state;
	static const struct {
		const char *name, *section;
	} programs[] = {
		{ "program#101", "raw_tp/sched_switch" },
		{ "program#102:first", "kprobe.multi/first" },
		{ "program#102:third", "kprobe.multi/third" }, // nobody knows the second
		{ "program#103", "tp_btf/sched_wakeup" },
		{ "program#104:vfs_read", "kprobe/vfs_read" },
		{ "program#104:/bin/sh:0x1234", "uprobe//bin/sh:0x1234" },
		{ "program#105:/lib/libc.so:0xffffffff81000010",
		  "uprobe.multi//lib/libc.so:0xffffffff81000010" },
		{ "program#105:/lib/libc.so:0xffffffff81000020",
		  "uprobe.multi//lib/libc.so:0xffffffff81000020" },
		{ "program#106", "kretprobe.multi/first" },
		{ "program#107", "xdp" }, // no name of the kernel, but a type
		{ "program#108", "tc" },
		{ "program#109", "cgroup/connect4" },
	};
	struct ks_bpf_loaded loaded = { 0 };
	struct ks_bpf_object *object = NULL;
	assert_ok(ks_bpf_loaded_find(&loaded));
	assert_int_equal(loaded.nr_programs, 11);
	assert_int_equal(loaded.nr_silent, 2);
	assert_string_equal(loaded.silent, "program#110 (struct_ops), program#111 (sched_cls)");
	assert_int_equal(loaded.objects.len, 1);
	assert_ok(ks_bpf_open(loaded.objects.at[0].bytes.at, loaded.objects.at[0].bytes.len, "x",
			      &object));
	assert_int_equal(object->nr_programs, KS_ARRAY_LEN(programs));
	for (size_t i = 0; i < KS_ARRAY_LEN(programs); i++) {
		assert_string_equal(object->programs[i].name, programs[i].name);
		assert_string_equal(object->programs[i].section, programs[i].section);
		assert_non_null(object->programs[i].hook.program_type);
		assert_int_equal(object->programs[i].nr, i == 10 ? 3 : 2);
	}
	assert_int_equal(object->programs[10].insns[0].imm, 9); // bpf_skb_store_bytes
	ks_bpf_close(object);
	ks_bpf_loaded_deinit(&loaded);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_tell_what_is_attached),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
