/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs that are loaded, as a kernel tells of them that is made up here: its answers to bpf(2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/bpf.h>
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
enum { NR_ADDRESSES = 33 };

/** What stands behind the id of a link in struct bpf_link_info: with a name, or with addresses. */
struct told_link {
	uint32_t type, id, prog_id, pad;
	uint64_t buffer;
	uint32_t size;
};

static const uint32_t program_types[] = { BPF_PROG_TYPE_RAW_TRACEPOINT, BPF_PROG_TYPE_KPROBE,
					  BPF_PROG_TYPE_TRACING };
static const struct {
	uint32_t type, program;
	const char *name;
} links[] = { { 8, PROGRAMS + 2, NULL }, // BPF_LINK_TYPE_KPROBE_MULTI
	      { BPF_LINK_TYPE_RAW_TRACEPOINT, PROGRAMS + 1, "sched_switch" },
	      { BPF_LINK_TYPE_RAW_TRACEPOINT, PROGRAMS + 3, "sched_wakeup" } };
static uint32_t ids[64];  // by descriptor
static size_t nr_written; // addresses, to whoever gave a buffer

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

static long tell(uint32_t id, void *to, uint32_t size)
{
	if (id < LINKS) {
		struct bpf_prog_info info = { .id = id, .type = program_types[id - PROGRAMS - 1] };
		memcpy(info.name, "program", sizeof("program"));
		memcpy(to, &info, size < sizeof(info) ? size : sizeof(info));
		return 0;
	}
	struct told_link *link = to;
	size_t i = id - LINKS - 1;
	link->type = links[i].type;
	link->id = id;
	link->prog_id = links[i].program;
	if (links[i].name && link->buffer)
		memcpy((char *)(uintptr_t)link->buffer, links[i].name, strlen(links[i].name) + 1);
	else if (link->buffer) // as many addresses as there is room for
		nr_written += link->size < NR_ADDRESSES ? link->size : NR_ADDRESSES;
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

/** A link of kprobe.multi has its addresses written where a raw tracepoint has its name: more than that takes. */
static void only_raw_tracepoints_are_asked_for_a_name(void **state)
{
	(void)state;
	struct ks_bpf_loaded loaded = { 0 };
	struct ks_bpf_object *object = NULL;
	assert_ok(ks_bpf_loaded_find(&loaded));
	assert_int_equal(nr_written, 0);
	assert_int_equal(loaded.nr_programs, 3);
	assert_int_equal(loaded.nr_silent, 1);
	assert_int_equal(loaded.objects.len, 1);
	assert_ok(ks_bpf_open(loaded.objects.at[0].bytes.at, loaded.objects.at[0].bytes.len, "x",
			      &object));
	assert_int_equal(object->nr_programs, 2);
	assert_string_equal(object->programs[0].section, "raw_tp/sched_switch");
	assert_string_equal(object->programs[1].section, "tp_btf/sched_wakeup");
	ks_bpf_close(object);
	ks_bpf_loaded_deinit(&loaded);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_raw_tracepoints_are_asked_for_a_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
