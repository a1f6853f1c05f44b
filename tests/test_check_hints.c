/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said of names that are near others: sections, system calls, iterators. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "check.h"
#include "tiny_judge.h"
#include "tiny_view.h"

static const struct ks_symbol symbols[] = { { .name = "__x64_sys_openat" },
					    { .name = "vfs_read" } };
static const struct ks_function openat = {
	.name = "__x64_sys_openat", .nr_symbols = 1, .symbols = &symbols[0], .nr_btf = 1
};
static const struct ks_function read_it = {
	.name = "vfs_read", .nr_symbols = 1, .symbols = &symbols[1], .nr_btf = 1
};
static const struct ks_function iterates = { .name = "bpf_iter_task", .nr_btf = 1 },
				other = { .name = "bpf_iter_tasks_new", .nr_btf = 1 };
static const struct ks_function *const functions[] = { &openat, &read_it, &iterates, &other };
static const struct ks_decl record = { .kind = KS_STRUCT, .name = "bpf_iter__task", .size = 16 };
static const struct ks_decl *const decls[] = { &record };
static const struct tiny_option options[] = { { "CONFIG_BPF_JIT", "y" } };

/** The hint of the first reason that a rule has; "" where it has none. */
static const char *hint_of(const char *arch, const char *section, void (*rule)(struct ks_judge *))
{
	static char hint[256];
	_cleanup_arena_ struct ks_arena arena = { 0 };
	const struct tiny_image tiny = { .image = { .label = "6.1.50",
						    .version = "6.1.50",
						    .arch = arch,
						    .elf_class = 64,
						    .facts = UINT32_MAX },
					 .nr_decls = 1,
					 .decls = decls,
					 .nr_functions = KS_ARRAY_LEN(functions),
					 .functions = functions,
					 .nr_options = 1,
					 .options = options };
	_cleanup_view_ struct ks_view *view = tiny_view(&tiny);
	static const struct ks_bpf_insn insns[] = { { 0xb7, 0, 0, 0, 0 }, { 0x95, 0, 0, 0, 0 } };
	struct ks_bpf_program program = tiny_program(section, insns, 2);
	const struct ks_bpf_object object = { .license = "GPL",
					      .nr_programs = 1,
					      .programs = &program };
	struct tiny_judge frame;
	tiny_judge_plain(&frame, &arena, view, &object, &program);
	rule(&frame.judge);
	const char *text = frame.judge.reasons.len ? frame.judge.reasons.at[0]->hint : NULL;
	snprintf(hint, sizeof(hint), "%s", text ? text : "");
	ks_vector_deinit(&frame.judge.reasons);
	return hint;
}

static void sections_have_near_ones(void **state)
{
	(void)state;
	static const char tool[] =
		"the tool sets the type: say in ksurf.toml as which section it behaves";
#define SECTION(name) hint_of("amd64", name, ks_judge_program_type)
	assert_string_equal(SECTION("fentr/vfs_read"), "did you mean fentry?");
	assert_string_equal(SECTION("?fentr/vfs_read"), "did you mean fentry?");
	assert_string_equal(SECTION("cgroup/conect4"), "did you mean cgroup/connect4?");
	assert_string_equal(SECTION("my_own_section"), tool);
	assert_string_equal(SECTION("xdp_something"), tool); // older loaders know what it is
}

static void system_calls_have_other_names(void **state)
{
	(void)state;
	static const char kprobe[] = "the system call is __x64_sys_openat here: ksyscall/openat "
				     "finds it on every machine";
#define CALL(section) hint_of("amd64", section, ks_judge_kprobe)
	assert_string_equal(CALL("kprobe/sys_openat"), kprobe);
	assert_string_equal(CALL("kprobe/SyS_openat"), kprobe);
	assert_string_equal(CALL("kprobe/__arm64_sys_openat"), kprobe);
	assert_string_equal(CALL("kprobe/sys_close"), "");
	assert_string_equal(CALL("kprobe/vfs_raed"), "");
	assert_string_equal(hint_of("arm64", "kprobe/sys_openat", ks_judge_kprobe), "");
	assert_string_equal(hint_of("amd64", "fentry/sys_openat", ks_judge_function_by_btf),
			    "the system call is __x64_sys_openat here");
}

static void iterators_have_near_ones(void **state)
{
	(void)state;
#define ITERATOR(section) hint_of("amd64", section, ks_judge_iterator)
	assert_string_equal(ITERATOR("iter/taks"), "did you mean task?");
	assert_string_equal(ITERATOR("iter.s/tasks"), "did you mean task?");
	assert_string_equal(ITERATOR("iter/tasks_ne"), ""); // a function that is for something else
	assert_string_equal(ITERATOR("iter/bpf_map"), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sections_have_near_ones),
		cmocka_unit_test(system_calls_have_other_names),
		cmocka_unit_test(iterators_have_near_ones),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
