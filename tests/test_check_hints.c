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
#include "check/rules/hint.h"
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

/** Of a function that the object calls, or of a type whose member it reads: on one kernel. */
struct lacking {
	const char *version;
	enum ks_reason_kind reason;
	enum ks_kind kind;
	const char *name;
	uint32_t modules; // what is known of them; 0: the store has none
	bool weak;
	const char *hint;
};

static void expect_lacking(const struct lacking *lacking)
{
	const struct tiny_image tiny = { .image = { .label = "some",
						    .version = lacking->version,
						    .arch = "amd64",
						    .facts = UINT32_MAX },
					 .nr_decls = 1,
					 .decls = decls,
					 .nr_functions = KS_ARRAY_LEN(functions),
					 .functions = functions,
					 .no_config = true };
	_cleanup_view_ struct ks_view *view = tiny_view(&tiny);
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_reason reason = { .kind = lacking->reason,
				    .name_kind = lacking->kind,
				    .name = lacking->name,
				    .hint = "declare it __weak",
				    .insn = lacking->weak ? 0 : KS_NO_INDEX };
	struct ks_outcome outcome = { .nr = 1, .reasons = &reason };
	struct ks_check check = { .nr_rows = 1, .nr_images = 1, .outcomes = &outcome };
	const struct ks_store_image modules = { .image = { .facts = lacking->modules } };
	const struct ks_store_image image = { .image = tiny.image,
					      .modules = lacking->modules ? &modules : NULL };
	const struct ks_store_image *at[] = { &image };
	const struct ks_store_images columns = { .at = at, .nr = 1 };
	assert_ok(ks_hints_add(NULL, &columns, view, &check, &arena));
	if (!strstr(reason.hint, lacking->hint) ||
	    (strcmp(lacking->hint, "declare it __weak") == 0 && strcmp(reason.hint, lacking->hint)))
		fail_msg("%s on %s: %s", lacking->name, lacking->version, reason.hint);
}

/** What no kernel has may come with a module: of the kernel's own, where the store lacks some, or of somebody else. */
static void modules_may_have_it(void **state)
{
	(void)state;
#define PLAIN "declare it __weak"
#define OWN                                                                                        \
	"unless a module has it that the store lacks: ksurf add --modules takes those of this "    \
	"kernel"
#define FOREIGN                                                                                    \
	"unless a module has it that is not the kernel's own: ksurf add --modules takes its .ko "  \
	"file"
	static const struct lacking all[] = {
		{ "6.1.50", KS_REASON_KSYM_MISSING, KS_KFUNC, "mimic_inspect_skb", 0, false, OWN },
		{ "6.1.50", KS_REASON_KSYM_MISSING, KS_KFUNC, "mimic_inspect_skb", KS_FACT_TYPES,
		  false, OWN },
		{ "6.1.50", KS_REASON_KSYM_MISSING, KS_KFUNC, "mimic_inspect_skb", KS_FACT_WHOLE,
		  false, FOREIGN },
		// some kernel has it
		{ "6.1.50", KS_REASON_KSYM_MISSING, KS_KFUNC, "vfs_read", KS_FACT_WHOLE, false,
		  PLAIN },
		// weak already; before modules told their types
		{ "6.1.50", KS_REASON_KSYM_MISSING, KS_KFUNC, "mimic_inspect_skb", KS_FACT_WHOLE,
		  true, PLAIN },
		{ "5.10.223", KS_REASON_KSYM_MISSING, KS_KFUNC, "mimic_inspect_skb", KS_FACT_WHOLE,
		  false, PLAIN },
		{ "6.1.50", KS_REASON_CORE_RELO, KS_FIELD, "mimic_conn::state", 0, false, OWN },
		{ "6.1.50", KS_REASON_CORE_RELO, KS_FIELD, "mimic_conn::state", KS_FACT_WHOLE,
		  false, FOREIGN },
		{ "6.1.50", KS_REASON_CORE_RELO, KS_FIELD, "bpf_iter__task::gone", KS_FACT_WHOLE,
		  false, PLAIN },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++)
		expect_lacking(&all[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sections_have_near_ones),
		cmocka_unit_test(system_calls_have_other_names),
		cmocka_unit_test(iterators_have_near_ones),
		cmocka_unit_test(modules_may_have_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
