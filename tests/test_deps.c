/* SPDX-License-Identifier: BSD-2-Clause */
/* What objects need: against their sources in tests/objects, and what a program reads of its context. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "bpf/deps.h"
#include "bpf/find.h"
#include "bpf/reads.h"

static struct ks_bpf_finds open_object(const char *name)
{
	const char *folder = getenv("KSURF_OBJECTS");
	char path[4096];
	struct ks_bpf_finds finds = { 0 };
	if (!folder) {
		print_message("no clang: the objects could not be compiled\n");
		skip();
	}
	snprintf(path, sizeof(path), "%s/%s.o", folder, name);
	struct ks_error *err = ks_bpf_find(path, &finds);
	if (err)
		fail_msg("%s", ks_error_text(err));
	assert_int_equal(finds.len, 1);
	assert_non_null(finds.at[0].object);
	return finds;
}

static struct ks_deps *collect(const struct ks_bpf_object *object)
{
	struct ks_deps *deps = NULL;
	struct ks_error *err = ks_deps_collect(object, &deps);
	if (err)
		fail_msg("%s", ks_error_text(err));
	return deps;
}

/** A list as "kind name" lines; weak ones end in '?', those of the published set in '*'. */
static void same_list(const struct ks_dep_list *list, const char *const *expected)
{
	uint32_t i = 0;
	for (; i < list->nr && expected[i]; i++) {
		char line[256];
		snprintf(line, sizeof(line), "%s %s%s%s", ks_dep_infos[list->at[i].kind].name,
			 list->at[i].name, list->at[i].weak ? "?" : "",
			 list->at[i].published ? "*" : "");
		assert_string_equal(line, expected[i]);
	}
	assert_int_equal(i, list->nr);
	assert_null(expected[i]);
}

static const struct {
	const char *program;
	const char *deps[24];
} programs[] = {
	{ "on_unlink",
	  { "function do_unlinkat*",
	    "struct list_head*",
	    "struct mm_struct*",
	    "struct pt_regs",
	    "struct task_struct*",
	    "field list_head::next*",
	    "field mm_struct::mmlist*",
	    "field pt_regs::di",
	    "field task_struct::mm*",
	    "field task_struct::old_state*",
	    "field task_struct::pid*",
	    "field task_struct::state*",
	    "field task_struct::table*",
	    "enum-value stage::STAGE_B",
	    "helper bpf_get_current_task",
	    "helper bpf_map_update_elem",
	    "helper bpf_probe_read_kernel",
	    "program-type BPF_PROG_TYPE_KPROBE",
	    "map-type hash",
	    "argument 1" } },
	{ "vfs_read_entry",
	  { "function vfs_read*", "kconfig CONFIG_BPF_JIT?", "kconfig LINUX_KERNEL_VERSION",
	    "helper bpf_get_current_pid_tgid", "program-type BPF_PROG_TYPE_TRACING",
	    "attach-type BPF_TRACE_FENTRY", "argument 1" } },
	{ "on_switch",
	  { "tracepoint sched_switch*", "kfunc task_acquire", "kfunc task_release?",
	    "ksym cpu_number", "ksym runqueues?", "helper bpf_get_current_pid_tgid",
	    "helper bpf_loop", "helper bpf_map_lookup_elem", "program-type BPF_PROG_TYPE_TRACING",
	    "attach-type BPF_TRACE_RAW_TP", "map-type hash", "map-type hash_of_maps",
	    "map-type perf_event_array", "argument 2" } },
	{ "enter_openat",
	  { "syscall openat*", "program-type BPF_PROG_TYPE_TRACEPOINT",
	    "context offset 24, 8 bytes" } },
	{ "packets", { "program-type BPF_PROG_TYPE_XDP", "attach-type BPF_XDP" } },
};

static void programs_need_what_their_source_uses(void **state)
{
	(void)state;
	static const char *const names[] = { "tracing.bpfel", "tracing.bpfeb" };
	for (size_t i = 0; i < 2; i++) {
		struct ks_bpf_finds finds = open_object(names[i]);
		struct ks_deps *deps = collect(finds.at[0].object);
		assert_int_equal(deps->nr, KS_ARRAY_LEN(programs));
		for (size_t k = 0; k < deps->nr; k++) {
			uint32_t at = 0;
			while (strcmp(deps->programs[at].program->name, programs[k].program) != 0)
				assert_true(++at < deps->nr);
			same_list(&deps->programs[at], programs[k].deps);
		}
		ks_deps_free(deps);
		ks_bpf_finds_deinit(&finds);
	}
}

static void the_published_set_has_hooks_and_core_names_only(void **state)
{
	(void)state;
	static const char *const expected[] = {
		"function do_unlinkat*",
		"function vfs_read*",
		"struct list_head*",
		"struct mm_struct*",
		"struct task_struct*",
		"field list_head::next*",
		"field mm_struct::mmlist*",
		"field task_struct::mm*",
		"field task_struct::old_state*",
		"field task_struct::pid*",
		"field task_struct::state*",
		"field task_struct::table*",
		"tracepoint sched_switch*",
		"syscall openat*",
		NULL,
	};
	struct ks_bpf_finds finds = open_object("tracing.bpfel");
	struct ks_deps *deps = collect(finds.at[0].object);
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_dep_list list;
	assert_null(ks_deps_published(deps, &arena, &list));
	same_list(&list, expected);
	ks_deps_free(deps);
	ks_bpf_finds_deinit(&finds);
}

static void struct_ops_need_their_struct_and_members(void **state)
{
	(void)state;
	struct ks_bpf_finds finds = open_object("struct_ops.bpfel");
	struct ks_deps *deps = collect(finds.at[0].object);
	static const char *const init[] = { "struct-ops tcp_congestion_ops::init",
					    "program-type BPF_PROG_TYPE_STRUCT_OPS", "argument 1",
					    NULL };
	static const char *const object[] = { "struct-ops tcp_congestion_ops",
					      "map-type struct_ops", NULL };
	same_list(&deps->programs[0], init);
	same_list(&deps->object_deps, object);
	ks_deps_free(deps);
	ks_bpf_finds_deinit(&finds);
}

/* ---- reads of the context, of programs made here ---- */

enum { R0, R1, R2, R3, R6 = 6, R10 = 10 };
#define INSN(code_, dst_, src_, off_, imm_)                                                        \
	{                                                                                          \
		.code = (code_), .dst = (dst_), .src = (src_), .off = (off_), .imm = (imm_)        \
	}
#define MOV(dst, src) INSN(0xbf, dst, src, 0, 0)
#define LOAD(dst, src, off) INSN(0x79, dst, src, off, 0)
#define STORE(dst, src, off) INSN(0x7b, dst, src, off, 0)
#define ADD(dst, imm) INSN(0x07, dst, 0, 0, imm)
#define IF(dst, off) INSN(0x15, dst, 0, off, 0)
#define GOTO(off) INSN(0x05, 0, 0, off, 0)
#define HELPER(id) INSN(0x85, 0, 0, 0, id)
#define FUNCTION(off) INSN(0x85, 0, 1, 0, off)
#define EXIT INSN(0x95, 0, 0, 0, 0)

static const struct {
	const char *what;
	struct ks_bpf_insn insns[12];
	uint32_t nr, nr_reads;
	struct {
		uint32_t insn, offset, size;
	} reads[3];
} flows[] = {
	{ "a copy", { MOV(R6, R1), LOAD(R2, R6, 16), EXIT }, 3, 1, { { 1, 16, 8 } } },
	{ "the stack",
	  { STORE(R10, R1, -8), HELPER(14), LOAD(R3, R10, -8), LOAD(R0, R3, 24), EXIT },
	  5,
	  1,
	  { { 3, 24, 8 } } },
	{ "overwritten stack",
	  { STORE(R10, R1, -8), STORE(R10, R2, -8), LOAD(R3, R10, -8), LOAD(R0, R3, 24), EXIT },
	  5,
	  0,
	  { { 0, 0, 0 } } },
	{ "a call forgets r1", { HELPER(14), LOAD(R0, R1, 8), EXIT }, 3, 0, { { 0, 0, 0 } } },
	{ "an address for a helper",
	  { MOV(R3, R1), ADD(R3, 104), HELPER(113), EXIT },
	  4,
	  1,
	  { { 2, 104, 0 } } },
	{ "paths that agree",
	  { MOV(R6, R1), IF(R2, 1), MOV(R6, R1), LOAD(R0, R6, 8), EXIT },
	  5,
	  1,
	  { { 3, 8, 8 } } },
	{ "paths that differ",
	  { MOV(R6, R1), IF(R2, 1), ADD(R6, 8), LOAD(R0, R6, 8), EXIT },
	  5,
	  0,
	  { { 0, 0, 0 } } },
	{ "a loop",
	  { MOV(R6, R1), LOAD(R0, R6, 8), ADD(R6, 8), IF(R0, -3), EXIT },
	  5,
	  0,
	  { { 0, 0, 0 } } },
	{ "a function of the program",
	  { MOV(R2, R1), FUNCTION(1), EXIT, LOAD(R0, R2, 40), EXIT },
	  5,
	  1,
	  { { 3, 40, 8 } } },
	{ "jumps out of the program", { GOTO(100), LOAD(R0, R1, 0), EXIT }, 3, 0, { { 0, 0, 0 } } },
	{ "a jump to before it", { GOTO(-100), EXIT }, 2, 0, { { 0, 0, 0 } } },
};

static void reads_of_the_context_are_followed(void **state)
{
	(void)state;
	static const struct ks_bpf_object object;
	uint32_t none[12];
	memset(none, 0xff, sizeof(none));
	for (size_t i = 0; i < KS_ARRAY_LEN(flows); i++) {
		_cleanup_arena_ struct ks_arena arena = { 0 };
		const struct ks_bpf_program program = { .nr = flows[i].nr,
							.insns = flows[i].insns,
							.cores = none };
		struct ks_bpf_read *reads;
		uint32_t nr;
		assert_null(ks_bpf_context_reads(&arena, &object, &program, &reads, &nr));
		if (nr != flows[i].nr_reads)
			fail_msg("%s: %u reads", flows[i].what, nr);
		for (uint32_t k = 0; k < nr; k++) {
			assert_int_equal(reads[k].insn, flows[i].reads[k].insn);
			assert_int_equal(reads[k].offset, flows[i].reads[k].offset);
			assert_int_equal(reads[k].size_bytes, flows[i].reads[k].size);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_need_what_their_source_uses),
		cmocka_unit_test(the_published_set_has_hooks_and_core_names_only),
		cmocka_unit_test(struct_ops_need_their_struct_and_members),
		cmocka_unit_test(reads_of_the_context_are_followed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
