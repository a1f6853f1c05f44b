/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a kernel or a loader refuses by a program's type, section and machine, and what stays unknown where an image does not
 * tell. The expectations are what booted kernels and libbpf do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <bpf/btf.h>

#include "base/array.h"
#include "bpf/reads.h"
#include "check.h"
#include "check/prepare.h"
#include "check/rules/kfuncs.h"
#include "check/rules/machine.h"
#include "check/rules/rules.h"
#include "check/rules/target.h"
#include "tiny_view.h"

/* ---- kernels ---- */

static const struct ks_enumerator program_types[] = {
	{ "BPF_PROG_TYPE_KPROBE", 2 },	    { "BPF_PROG_TYPE_SCHED_CLS", 3 },
	{ "BPF_PROG_TYPE_TRACEPOINT", 5 },  { "BPF_PROG_TYPE_XDP", 6 },
	{ "BPF_PROG_TYPE_LIRC_MODE2", 24 }, { "BPF_PROG_TYPE_TRACING", 26 },
	{ "BPF_PROG_TYPE_EXT", 28 },	    { "BPF_PROG_TYPE_SYSCALL", 31 },
};
static const struct ks_enumerator attach_types[] = { { "BPF_TRACE_ITER", 28 },
						     { "BPF_LIRC_MODE2", 14 } };
static const struct ks_enumerator newer_attach_types[] = { { "BPF_TRACE_ITER", 28 },
							   { "BPF_LIRC_MODE2", 14 },
							   { "BPF_TCX_INGRESS", 46 },
							   { "BPF_NETKIT_PRIMARY", 54 } };
static const struct ks_decl enums[] = {
	{ .kind = KS_ENUM,
	  .name = "bpf_prog_type",
	  .nr = KS_ARRAY_LEN(program_types),
	  .values = program_types },
	{ .kind = KS_ENUM,
	  .name = "bpf_attach_type",
	  .nr = KS_ARRAY_LEN(attach_types),
	  .values = attach_types },
};
static const struct ks_decl newer_attach = { .kind = KS_ENUM,
					     .name = "bpf_attach_type",
					     .nr = KS_ARRAY_LEN(newer_attach_types),
					     .values = newer_attach_types };
static const struct ks_decl context = { .kind = KS_STRUCT, .name = "bpf_iter__task", .size = 16 };
static const struct ks_symbol symbols[] = { { .name = "vfs_read", .attach = KS_ATTACH_FTRACE },
					    { .name = "bpf_iter_task" },
					    { .name = "bpf_iter_num_new" } };
static const struct ks_function functions[] = {
	{ .name = "vfs_read", .nr_symbols = 1, .symbols = &symbols[0], .nr_btf = 1 },
	{ .name = "bpf_iter_task", .nr_symbols = 1, .symbols = &symbols[1], .nr_btf = 1 },
	{ .name = "bpf_iter_num_new", .nr_symbols = 1, .symbols = &symbols[2], .nr_btf = 1 },
};
static const struct ks_function *const all_functions[] = { &functions[0], &functions[1],
							   &functions[2] };
static const struct ks_decl *const old_decls[] = { &enums[0], &enums[1], &context };
static const struct ks_decl *const new_decls[] = { &enums[0], &newer_attach, &context };
static const struct tiny_option options[] = {
	{ "CONFIG_DEBUG_INFO_BTF", "y" },	   { "CONFIG_BPF_JIT", "y" },
	{ "CONFIG_BPF_JIT_DEFAULT_ON", "y" },	   { "CONFIG_NET_XGRESS", "y" },
	{ "CONFIG_KPROBE_EVENTS", "y" },	   { "CONFIG_UPROBE_EVENTS", "y" },
	{ "CONFIG_KPROBE_EVENTS_ON_NOTRACE", "y" }
};

static struct tiny_image kernel_of(const char *version, const char *arch, bool newer)
{
	return (struct tiny_image){ .image = { .label = version,
					       .version = version,
					       .arch = arch,
					       .elf_class = 64,
					       .facts = UINT32_MAX },
				    .nr_decls = 3,
				    .decls = newer ? new_decls : old_decls,
				    .nr_functions = KS_ARRAY_LEN(all_functions),
				    .functions = all_functions,
				    .nr_options = KS_ARRAY_LEN(options),
				    .options = options };
}

/* ---- programs ---- */

static const struct ks_bpf_insn nothing[] = { { 0xb7, 0, 0, 0, 0 }, { 0x95, 0, 0, 0, 0 } };
/** A call of a function of its own, which makes a tail call. */
static const struct ks_bpf_insn mixing[] = { { 0x85, 0, 1, 0, 1 },  { 0x95, 0, 0, 0, 0 },
					     { 0xb7, 2, 0, 0, 0 },  { 0xb7, 3, 0, 0, 0 },
					     { 0x85, 0, 0, 0, 12 }, { 0xb7, 0, 0, 0, 0 },
					     { 0x95, 0, 0, 0, 0 } };

static const uint32_t mixing_refs[] = { 0,	     KS_NO_INDEX, KS_NO_INDEX, KS_NO_INDEX,
					KS_NO_INDEX, KS_NO_INDEX, KS_NO_INDEX };

/** The address of a function of its own. */
static const struct ks_bpf_insn pointing[] = { { 0x18, 1, 4, 0, 0 }, { 0, 0, 0, 0, 0 },
					       { 0xb7, 0, 0, 0, 0 }, { 0x95, 0, 0, 0, 0 },
					       { 0xb7, 0, 0, 0, 0 }, { 0x95, 0, 0, 0, 0 } };
static const uint32_t pointing_refs[] = { 0,	       KS_NO_INDEX, KS_NO_INDEX,
					  KS_NO_INDEX, KS_NO_INDEX, KS_NO_INDEX };

/** What is judged, and what comes of it. */
struct expectation {
	const char *version, *arch, *section;
	enum ks_verdict verdict;
	enum ks_reason_kind reason; // of the worst; KS_NR_REASONS: none
};

static bool brings_btf; // what the policy says

static enum ks_verdict judge(const struct tiny_image *tiny, struct ks_bpf_object *object,
			     struct ks_bpf_program *program, enum ks_reason_kind *ret_reason)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_view_ struct ks_view *view = tiny_view(tiny);
	assert_ok(ks_hook_parse(&arena, program->section, &program->hook));
	object->nr_programs = 1;
	object->programs = program;
	struct ks_prepared prepared;
	struct ks_resolution resolution;
	struct ks_site site = ks_view_site(view, 0);
	struct ks_reach reach;
	const struct ks_policy policy = { .brings_btf = brings_btf };
	assert_ok(ks_object_prepare(&arena, object, &policy, &prepared));
	assert_ok(ks_resolution_make(&arena, &prepared, &site, NULL, &resolution));
	struct ks_interp_input input = { .object = object, .program = program };
	assert_ok(ks_interp(&input, &arena, &reach));
	struct ks_judge judge = { .arena = &arena,
				  .scratch = &arena,
				  .resolution = &resolution,
				  .site = &site,
				  .program = program,
				  .hook = prepared.hooks,
				  .caller = prepared.callers,
				  .reach = &reach };
	ks_judge_all(&judge);
	enum ks_verdict worst = KS_VERDICT_OK;
	*ret_reason = KS_NR_REASONS;
	for (size_t i = 0; i < judge.reasons.len; i++) {
		const struct ks_reason *reason = judge.reasons.at[i];
		if (reason->soft || reason->verdict <= worst)
			continue;
		worst = reason->verdict;
		*ret_reason = reason->kind;
	}
	ks_vector_deinit(&judge.reasons);
	return worst;
}

static void expect(const struct expectation *e, const struct tiny_image *tiny,
		   struct ks_bpf_object *object, const struct ks_bpf_insn *insns, uint32_t nr,
		   uint32_t nr_main)
{
	struct ks_bpf_program program = { .name = "program",
					  .section = e->section,
					  .autoload = true,
					  .nr = nr,
					  .nr_main = nr_main,
					  .insns = insns,
					  .refs = insns == mixing     ? mixing_refs
						  : insns == pointing ? pointing_refs
								      : NULL };
	enum ks_reason_kind reason;
	enum ks_verdict verdict = judge(tiny, object, &program, &reason);
	if (verdict != e->verdict || reason != e->reason)
		fail_msg("%s on %s %s: %s by reason %d", e->section, e->version, e->arch,
			 ks_verdicts[verdict].title, (int)reason);
}

static void expect_section(const struct expectation *e, bool newer)
{
	struct tiny_image tiny = kernel_of(e->version, e->arch, newer);
	struct ks_bpf_object object = { .name = "object", .license = "GPL" };
	expect(e, &tiny, &object, nothing, 2, 2);
}

#define OK KS_VERDICT_OK, KS_NR_REASONS
#define LOAD(reason) KS_VERDICT_NO_LOAD, KS_REASON_##reason
#define ATTACH(reason) KS_VERDICT_NO_ATTACH, KS_REASON_##reason
#define UNKNOWN(reason) KS_VERDICT_UNKNOWN, KS_REASON_##reason

static void attach_types_newer_than_the_kernel_fail(void **state)
{
	(void)state;
	expect_section(
		&(struct expectation){ "6.1.50", "amd64", "tcx/ingress", ATTACH(ATTACH_TYPE) },
		false);
	expect_section(
		&(struct expectation){ "6.1.50", "amd64", "netkit/primary", ATTACH(ATTACH_TYPE) },
		false);
	// the older way to attach it is there
	expect_section(&(struct expectation){ "6.1.50", "amd64", "tc/ingress", OK }, false);
	expect_section(&(struct expectation){ "5.4.50", "amd64", "xdp", OK }, false);
	expect_section(&(struct expectation){ "6.12.1", "amd64", "tcx/ingress", OK }, true);
	// the number is there, CONFIG_NETKIT is not
	expect_section(
		&(struct expectation){ "6.12.1", "amd64", "netkit/primary", ATTACH(ATTACH_TYPE) },
		true);
	expect_section(&(struct expectation){ "6.12.1", "amd64", "lirc_mode2", LOAD(PROG_TYPE) },
		       true);
}

static void helpers_need_options(void **state)
{
	(void)state;
	static const struct ks_enumerator helpers[] = { { "BPF_FUNC_skb_cgroup_id", 79 } };
	static const struct ks_decl ids = {
		.kind = KS_ENUM, .name = "bpf_func_id", .nr = 1, .values = helpers
	};
	const struct ks_decl *decls[] = { &enums[0], &enums[1], &ids };
	static const struct ks_bpf_insn calling[] = { { 0x85, 0, 0, 0, 79 }, { 0x95, 0, 0, 0, 0 } };
	static const struct tiny_option with[] = { { "CONFIG_SOCK_CGROUP_DATA", "y" } };
	static const struct ks_symbol symbol = { .name = "bpf_skb_cgroup_id" };
	static const struct ks_function code = { .name = "bpf_skb_cgroup_id",
						 .nr_symbols = 1,
						 .symbols = &symbol };
	const struct ks_function *functions_with_code[] = { &functions[0], &code };
	static const struct {
		const struct tiny_option *options; // NULL: not known
		bool code;
		struct expectation what;
	} all[] = {
		{ with, false, { "6.1.50", "amd64", "tc/ingress", OK } },
		{ options, false, { "6.1.50", "amd64", "tc/ingress", LOAD(HELPER) } },
		{ NULL, true, { "6.1.50", "amd64", "tc/ingress", OK } },
		{ NULL, false, { "6.1.50", "amd64", "tc/ingress", UNKNOWN(TIER) } },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++) {
		struct tiny_image tiny = kernel_of("6.1.50", "amd64", false);
		struct ks_bpf_object object = { .name = "object", .license = "GPL" };
		tiny.decls = decls;
		tiny.options = all[i].options;
		tiny.nr_options = all[i].options ? 1 : 0;
		tiny.no_config = !all[i].options;
		tiny.functions = functions_with_code;
		tiny.nr_functions = all[i].code ? 2 : 1;
		expect(&all[i].what, &tiny, &object, calling, 2, 2);
	}
}

static void probes_need_events(void **state)
{
	(void)state;
	static const struct tiny_option uprobes[] = { { "CONFIG_UPROBE_EVENTS", "y" },
						      { "CONFIG_KPROBE_EVENTS_ON_NOTRACE", "y" } };
	static const struct tiny_option kprobes[] = { { "CONFIG_KPROBE_EVENTS", "y" },
						      { "CONFIG_KPROBE_EVENTS_ON_NOTRACE", "y" } };
	static const struct {
		const struct tiny_option *options; // NULL: not known
		bool code;
		struct expectation what;
	} all[] = {
		{ uprobes, false, { "6.1.50", "amd64", "kprobe/vfs_read", ATTACH(ATTACH_TYPE) } },
		{ uprobes, false, { "6.1.50", "amd64", "uprobe//bin/sh:main", OK } },
		{ kprobes, false, { "6.1.50", "amd64", "kprobe/vfs_read", OK } },
		{ kprobes,
		  false,
		  { "6.1.50", "amd64", "uprobe//bin/sh:main", ATTACH(ATTACH_TYPE) } },
		{ kprobes, false, { "6.1.50", "amd64", "usdt//bin/sh:a:b", ATTACH(ATTACH_TYPE) } },
		// CONFIG_KPROBE_EVENT until 4.11
		{ uprobes, true, { "4.4.0", "amd64", "kprobe/vfs_read", OK } },
		{ NULL, true, { "6.1.50", "amd64", "uprobe//bin/sh:main", UNKNOWN(TIER) } },
	};
	static const struct ks_symbol dispatcher = { .name = "kprobe_dispatcher" };
	static const struct ks_function code = { .name = "kprobe_dispatcher",
						 .nr_symbols = 1,
						 .symbols = &dispatcher };
	const struct ks_function *with_code[] = { &functions[0], &code };
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++) {
		struct tiny_image tiny = kernel_of(all[i].what.version, "amd64", false);
		struct ks_bpf_object object = { .name = "object", .license = "GPL" };
		tiny.options = all[i].options;
		tiny.nr_options = all[i].options ? 2 : 0;
		tiny.no_config = !all[i].options;
		tiny.functions = with_code;
		tiny.nr_functions = all[i].code ? 2 : 1;
		expect(&all[i].what, &tiny, &object, nothing, 2, 2);
	}
}

static void sleeping_is_for_types_that_may(void **state)
{
	(void)state;
	static const struct expectation all[] = {
		{ "5.10.223", "amd64", "uprobe.s//bin/sh:main", LOAD(PROG_TYPE) },
		{ "5.19.17", "amd64", "usdt.s//bin/sh:a:b", LOAD(PROG_TYPE) },
		{ "6.0.1", "amd64", "uprobe.s//bin/sh:main", OK },
		{ "5.4.1", "amd64", "iter.s/task", LOAD(PROG_TYPE) },
		{ "5.10.223", "amd64", "iter.s/task", OK },
		{ "5.15.1", "amd64", "syscall", OK },
		{ "5.13.1", "amd64", "syscall", LOAD(PROG_TYPE) },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++)
		expect_section(&all[i], false);
}

static void libbpf_reads_sections_by_its_grammar(void **state)
{
	(void)state;
	static const struct expectation all[] = {
		{ "6.1.50", "amd64", "tracepoint/sched_switch", ATTACH(LOADER) },
		{ "6.1.50", "amd64", "kretprobe/vfs_read+8", ATTACH(LOADER) },
		{ "6.1.50", "amd64", "kprobe/+vfs_read", ATTACH(LOADER) },
		{ "6.1.50", "amd64", "kprobe/vfs_read+0x4", UNKNOWN(TIER) },
		{ "6.1.50", "amd64", "kprobe/vfs_read/1", OK }, // it reads no further than the name
		{ "6.1.50", "amd64", "kprobe/vfs_read", OK },
		{ "6.1.50", "amd64", "kprobe_vfs_read", UNKNOWN(TARGET_AT_RUN_TIME) },
		{ "6.1.50", "amd64", "xdp_prog", UNKNOWN(TARGET_AT_RUN_TIME) },
		{ "6.1.50", "amd64", "classifier/ingress", UNKNOWN(TARGET_AT_RUN_TIME) },
		{ "6.1.50", "amd64", "my_own", UNKNOWN(TARGET_AT_RUN_TIME) },
		{ "6.1.50", "amd64", "iter/task", OK },
		{ "6.1.50", "amd64", "iter/num_new", LOAD(ITER_MISSING) },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++)
		expect_section(&all[i], false);
}

static void tail_calls_beside_functions_are_for_some_machines(void **state)
{
	(void)state;
	static const struct expectation all[] = {
		{ "5.10.223", "amd64", "xdp", OK },
		{ "5.4.1", "amd64", "xdp", LOAD(HELPER) },
		{ "5.10.223", "arm64", "xdp", LOAD(HELPER) },
		{ "6.1.50", "arm64", "xdp", OK },
		{ "5.10.223", "riscv64", "xdp", LOAD(HELPER) },
		{ "6.12.1", "riscv64", "xdp", UNKNOWN(TIER) },
	};
	static const struct ks_enumerator helpers[] = { { "BPF_FUNC_tail_call", 12 } };
	static const struct ks_decl ids = {
		.kind = KS_ENUM, .name = "bpf_func_id", .nr = 1, .values = helpers
	};
	static const struct ks_bpf_ref refs[] = { { .kind = KS_REF_CALL, .offset = 2 } };
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++) {
		struct tiny_image tiny = kernel_of(all[i].version, all[i].arch, false);
		const struct ks_decl *decls[] = { &enums[0], &enums[1], &ids };
		tiny.decls = decls;
		struct ks_bpf_object object = {
			.name = "object", .license = "GPL", .nr_refs = 1, .refs = refs
		};
		expect(&all[i], &tiny, &object, mixing, 7, 2);
	}
}

static void replacing_needs_code_that_can_be_patched(void **state)
{
	(void)state;
	static const struct expectation all[] = {
		{ "5.10.223", "arm64", "freplace/f", ATTACH(ATTACH_TYPE) },
		{ "5.10.223", "amd64", "freplace/f", UNKNOWN(TARGET_AT_RUN_TIME) },
		{ "6.1.50", "arm64", "freplace", UNKNOWN(TARGET_AT_RUN_TIME) },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++)
		expect_section(&all[i], false);
}

static struct ks_bpf_object object_with(const struct ks_bpf_ref *ref)
{
	return (struct ks_bpf_object){
		.name = "object", .license = "GPL", .nr_refs = 1, .refs = ref
	};
}

/** As Debian's 7.2.13 for s390x, which refused them. */
static void programs_that_nothing_compiles_do_less(void **state)
{
	(void)state;
	static const struct tiny_option without[] = { { "CONFIG_DEBUG_INFO_BTF", "y" } };
	static const struct ks_enumerator helpers[] = { { "BPF_FUNC_tail_call", 12 } };
	static const struct ks_decl ids = {
		.kind = KS_ENUM, .name = "bpf_func_id", .nr = 1, .values = helpers
	};
	const struct ks_decl *decls[] = { &enums[0], &enums[1], &ids };
	static const struct ks_bpf_ref call = { .kind = KS_REF_CALL, .offset = 2 },
				       pointer = { .kind = KS_REF_POINTER, .offset = 4 };
	const struct expectation works = { "6.1.50", "amd64", "xdp", OK },
				 fails = { "6.1.50", "amd64", "xdp", LOAD(HELPER) },
				 type = { "6.1.50", "amd64", "freplace/f", LOAD(PROG_TYPE) },
				 traced = { "6.1.50", "amd64", "fentry/vfs_read",
					    LOAD(ATTACH_TYPE) };
	static const struct tiny_option off[] = { { "CONFIG_BPF_JIT", "y" } };
	const struct expectation unknown = { "6.1.50", "amd64", "xdp", UNKNOWN(TIER) };
	struct tiny_image switched = kernel_of("6.1.50", "amd64", false);
	struct ks_bpf_object called_back = object_with(&pointer);
	switched.options = off;
	switched.nr_options = 1;
	expect(&unknown, &switched, &called_back, pointing, 6, 4);
	// of no configuration and no symbols nobody knows; code there is, and amd64 runs it at once
	static const char *const code[] = { "bpf_trampoline_link_prog", NULL };
	const struct expectation on_riscv = { "6.1.50", "riscv64", "xdp", UNKNOWN(TIER) };
	struct tiny_image riscv = kernel_of("6.1.50", "riscv64", false);
	switched.no_config = riscv.no_config = true;
	switched.nr_options = riscv.nr_options = 0;
	expect(&unknown, &switched, &called_back, pointing, 6, 4);
	switched.symbols = riscv.symbols = code;
	expect(&works, &switched, &called_back, pointing, 6, 4);
	expect(&on_riscv, &riscv, &called_back, pointing, 6, 4);
	for (int compiled = 0; compiled < 2; compiled++) {
		struct tiny_image tiny = kernel_of("6.1.50", "amd64", false);
		struct ks_bpf_object mixed = object_with(&call), pointed = object_with(&pointer),
				     plain = object_with(&call);
		tiny.decls = decls;
		tiny.options = compiled ? options : without;
		tiny.nr_options = compiled ? KS_ARRAY_LEN(options) : 1;
		expect(compiled ? &works : &fails, &tiny, &mixed, mixing, 7, 2);
		expect(compiled ? &works : &fails, &tiny, &pointed, pointing, 6, 4);
		if (compiled)
			continue;
		expect(&type, &tiny, &plain, nothing, 2, 2);
		expect(&traced, &tiny, &plain, nothing, 2, 2);
	}
}

static void loaders_refuse_objects_whole(void **state)
{
	(void)state;
	const struct expectation ok = { "6.1.50", "amd64", "kprobe/vfs_read", OK };
	const struct expectation refused = { "6.1.50", "amd64", "kprobe/vfs_read", LOAD(LOADER) };
	const struct tiny_image tiny = kernel_of("6.1.50", "amd64", false);
	struct ks_bpf_object object = { .name = "object", .license = "GPL" };
	expect(&ok, &tiny, &object, nothing, 2, 2);
	object.legacy_maps = "maps";
	expect(&refused, &tiny, &object, nothing, 2, 2);
	object = (struct ks_bpf_object){ .name = "object", .license = "GPL", .big_endian = true };
	expect(&refused, &tiny, &object, nothing, 2, 2);
	object = (struct ks_bpf_object){ .name = "object", .license = "GPL", .no_symbols = true };
	expect(&refused, &tiny, &object, nothing, 2, 2);
}

static void an_object_without_programs_is_no_success(void **state)
{
	(void)state;
	struct ks_bpf_object object = { .name = "object" };
	struct ks_check_object checked = { .object = &object };
	struct ks_check check = { .nr_objects = 1, .objects = &checked };
	assert_int_equal(ks_check_object_verdict(&check, &checked, 0), KS_VERDICT_UNKNOWN);
	object.no_symbols = true;
	assert_int_equal(ks_check_object_verdict(&check, &checked, 0), KS_VERDICT_NO_LOAD);
}

/** A member of struct pt_regs that the machine does not have, read by a relocation: the machine is the reason. */
static void registers_tell_the_machine(void **state)
{
	(void)state;
	const struct ks_arch *amd64 = ks_arch_by_debian("amd64");
	static const struct {
		const char *arch;
		bool other;
	} all[] = { { "amd64", false }, { "i386", false }, { "arm64", true }, { "s390x", true } };
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++) {
		struct tiny_image tiny = kernel_of("6.1.50", all[i].arch, false);
		_cleanup_view_ struct ks_view *view = tiny_view(&tiny);
		struct ks_site site = ks_view_site(view, 0);
		struct ks_prepared prepared = { .machine = amd64 };
		struct ks_resolution resolution = { .prepared = &prepared };
		const struct ks_judge judge = { .resolution = &resolution, .site = &site };
		assert_ptr_equal(ks_judge_other_machine(&judge), all[i].other ? amd64 : NULL);
		prepared.machine = NULL;
		assert_null(ks_judge_other_machine(&judge));
	}
}

/** A member of the struct that a program gets gives the machine away. */
static void each_machine_names_its_registers(void **state)
{
	(void)state;
	static const struct {
		const char *record, *member, *arch;
	} all[] = { { "pt_regs", "di", "amd64" },
		    { "user_pt_regs", "pstate", "arm64" },
		    { "user_pt_regs", "csr_era", "loong64" },
		    { "user_pt_regs", "gprs", "s390x" },
		    { "pt_regs", "uregs", "armhf" },
		    { "pt_regs", "cp0_status", "mips64el" },
		    { "pt_regs", "gpr", "ppc64el" },
		    { "user_regs_struct", "a0", "riscv64" },
		    { "pt_regs", "regs", NULL } };
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++) {
		struct btf *theirs = btf__new_empty();
		int number = btf__add_int(theirs, "long", 8, BTF_INT_SIGNED);
		assert_true(btf__add_struct(theirs, all[i].record, 8) > 0);
		assert_int_equal(btf__add_field(theirs, all[i].member, number, 0, 0), 0);
		uint32_t size;
		const void *bytes = btf__raw_data(theirs, &size);
		_cleanup_btf_ struct ks_btf *btf = NULL;
		assert_ok(ks_btf_open(bytes, size, NULL, &btf));
		const struct ks_arch_registers *expected =
			all[i].arch ? &ks_arch_by_debian(all[i].arch)->registers : NULL;
		assert_ptr_equal(ks_bpf_registers_of(btf), expected);
		btf__free(theirs);
	}
}

/** What the image shows counts more than what the configuration says. */
static void an_image_tells_whether_it_has_btf(void **state)
{
	(void)state;
	static const struct {
		enum ks_tier tier;
		uint32_t facts;
		size_t nr_options;
		enum ks_presence btf;
	} all[] = {
		{ KS_TIER_FULL, KS_FACT_FTRACE | KS_FACT_BTF, 0, KS_PRESENT },
		{ KS_TIER_FULL, KS_FACT_FTRACE, 1, KS_ABSENT }, // CONFIG_DEBUG_INFO_BTF=y
		{ KS_TIER_FULL, 0, 1, KS_PRESENT },		// its data could not be read
		{ KS_TIER_BTF, KS_FACT_FTRACE, 1, KS_PRESENT },
		{ KS_TIER_BTF, KS_FACT_FTRACE, 0, KS_ABSENT },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++) {
		struct tiny_image tiny = kernel_of("6.1.50", "amd64", false);
		tiny.image.tier = all[i].tier;
		tiny.image.facts = all[i].facts;
		tiny.nr_options = all[i].nr_options;
		_cleanup_view_ struct ks_view *view = tiny_view(&tiny);
		struct ks_site site = ks_view_site(view, 0);
		assert_int_equal(ks_site_has_btf(&site), all[i].btf);
	}
}

/** A type that the kernel does not have may be one of its modules'. */
static void types_of_mute_modules_are_unknown(void **state)
{
	(void)state;
	static const struct ks_core_step step = { .index = 0 };
	static const struct ks_core_spec spec = { .kind = KS_CORE_TYPE_EXISTS,
						  .root = "zz_nowhere",
						  .root_kind = KS_STRUCT,
						  .nr = 1,
						  .steps = &step };
	static const struct {
		const char *version;
		bool mute;
		enum ks_core_state state;
	} all[] = { { "6.1.50", false, KS_CORE_VALUE },
		    { "6.1.50", true, KS_CORE_UNTOLD },
		    { "5.10.223", true, KS_CORE_VALUE } }; // which looks at no types of modules
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++) {
		struct tiny_image tiny = kernel_of(all[i].version, "amd64", false);
		tiny.mute_modules = all[i].mute;
		_cleanup_view_ struct ks_view *view = tiny_view(&tiny);
		struct ks_site site = ks_view_site(view, 0);
		assert_int_equal(ks_core_resolve(&site, &spec).state, all[i].state);
	}
}

/** libbpf fails objects with relocations there, whatever the program, unless the tool brings types. */
static void relocations_need_btf(void **state)
{
	(void)state;
	const struct expectation fails = { "6.1.50", "amd64", "kprobe/vfs_read", LOAD(CORE_RELO) };
	const struct expectation works = { "6.1.50", "amd64", "kprobe/vfs_read", OK };
	static const struct ks_bpf_core core = { .kind = KS_CORE_TYPE_ID_LOCAL, .text = "0" };
	struct tiny_image tiny = kernel_of("6.1.50", "amd64", false);
	// no type but void
	static const uint8_t header[] = { 0x9f, 0xeb, 1, 0, 24, 0, 0, 0, 0, 0, 0, 0, 0,
					  0,	0,    0, 0, 0,	0, 0, 1, 0, 0, 0, 0 };
	struct ks_btf *btf = NULL;
	assert_ok(ks_btf_open(header, sizeof(header), NULL, &btf));
	struct ks_bpf_object object = {
		.name = "object", .license = "GPL", .btf = btf, .nr_cores = 1, .cores = &core
	};
	expect(&works, &tiny, &object, nothing, 2, 2);
	tiny.image.facts = KS_FACT_FTRACE | KS_FACT_KPROBE;
	tiny.image.tier = KS_TIER_FULL;
	expect(&fails, &tiny, &object, nothing, 2, 2);
	brings_btf = true;
	expect(&works, &tiny, &object, nothing, 2, 2);
	brings_btf = false;
	ks_btf_close(btf);
}

/** Kernels 6.1, 6.12 and 7.2 were asked about each (tests/truth/kfuncs.c), those between them changed it by a commit. */
static void kernel_functions_are_allowed_unknown_or_refused(void **state)
{
	(void)state;
	static const struct {
		uint32_t version;
		const char *type, *name;
		enum ks_allowed allowed;
	} all[] = {
		{ KS_SINCE(7, 2), "BPF_PROG_TYPE_XDP", "bpf_rcu_read_lock", KS_ALLOWED },
		{ KS_SINCE(6, 12), "BPF_PROG_TYPE_KPROBE", "bpf_dynptr_size", KS_ALLOWED },
		{ KS_SINCE(7, 2), "BPF_PROG_TYPE_KPROBE", "bpf_qdisc_skb_drop", KS_NOT_ALLOWED },
		{ KS_SINCE(6, 12), "BPF_PROG_TYPE_TRACING", "tcp_slow_start", KS_NOT_ALLOWED },
		{ KS_SINCE(7, 2), "BPF_PROG_TYPE_STRUCT_OPS", "tcp_slow_start", KS_ALLOWED },
		{ KS_SINCE(7, 2), "BPF_PROG_TYPE_XDP", "no_such_thing", KS_ALLOWED_UNTOLD },
		{ KS_SINCE(7, 2), "BPF_PROG_TYPE_STRUCT_OPS", "no_such_thing", KS_ALLOWED_UNTOLD },
		{ KS_SINCE(6, 18), "BPF_PROG_TYPE_RAW_TRACEPOINT", "bpf_task_acquire",
		  KS_NOT_ALLOWED },
		{ KS_SINCE(7, 0), "BPF_PROG_TYPE_RAW_TRACEPOINT", "bpf_task_acquire", KS_ALLOWED },
		{ KS_SINCE(6, 11), "BPF_PROG_TYPE_TRACEPOINT", "bpf_task_acquire", KS_NOT_ALLOWED },
		{ KS_SINCE(6, 12), "BPF_PROG_TYPE_TRACEPOINT", "bpf_task_acquire", KS_ALLOWED },
		{ KS_SINCE(6, 11), "BPF_PROG_TYPE_TRACING", "bpf_task_acquire", KS_ALLOWED },
		{ KS_SINCE(6, 7), "BPF_PROG_TYPE_XDP", "bpf_task_acquire", KS_NOT_ALLOWED },
		{ KS_SINCE(6, 8), "BPF_PROG_TYPE_XDP", "bpf_task_acquire", KS_ALLOWED },
		{ KS_SINCE(6, 9), "BPF_PROG_TYPE_SYSCALL", "bpf_task_acquire", KS_NOT_ALLOWED },
		{ KS_SINCE(6, 10), "BPF_PROG_TYPE_SYSCALL", "bpf_task_acquire", KS_ALLOWED },
		{ KS_SINCE(6, 11), "BPF_PROG_TYPE_CGROUP_SKB", "bpf_task_acquire", KS_NOT_ALLOWED },
		{ KS_SINCE(6, 12), "BPF_PROG_TYPE_CGROUP_SKB", "bpf_task_acquire", KS_ALLOWED },
		{ KS_SINCE(6, 14), "BPF_PROG_TYPE_SOCK_OPS", "bpf_task_acquire", KS_NOT_ALLOWED },
		{ KS_SINCE(6, 15), "BPF_PROG_TYPE_SOCK_OPS", "bpf_task_acquire", KS_ALLOWED },
		{ KS_SINCE(7, 9), "BPF_PROG_TYPE_XDP", "bpf_rcu_read_lock", KS_ALLOWED_UNTOLD },
		{ KS_SINCE(7, 9), "BPF_PROG_TYPE_KPROBE", "bpf_qdisc_skb_drop", KS_ALLOWED_UNTOLD },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++) {
		const struct ks_site site = { .version = all[i].version };
		const struct ks_calling_program caller = { .program_type = all[i].type,
							   .gpl = true };
		enum ks_allowed said = ks_kfunc_allowed(&site, &caller, all[i].name);
		if (said != all[i].allowed)
			fail_msg("%s of %s: %d", all[i].name, all[i].type, (int)said);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attach_types_newer_than_the_kernel_fail),
		cmocka_unit_test(helpers_need_options),
		cmocka_unit_test(probes_need_events),
		cmocka_unit_test(sleeping_is_for_types_that_may),
		cmocka_unit_test(libbpf_reads_sections_by_its_grammar),
		cmocka_unit_test(tail_calls_beside_functions_are_for_some_machines),
		cmocka_unit_test(replacing_needs_code_that_can_be_patched),
		cmocka_unit_test(programs_that_nothing_compiles_do_less),
		cmocka_unit_test(loaders_refuse_objects_whole),
		cmocka_unit_test(an_object_without_programs_is_no_success),
		cmocka_unit_test(registers_tell_the_machine),
		cmocka_unit_test(each_machine_names_its_registers),
		cmocka_unit_test(an_image_tells_whether_it_has_btf),
		cmocka_unit_test(types_of_mute_modules_are_unknown),
		cmocka_unit_test(relocations_need_btf),
		cmocka_unit_test(kernel_functions_are_allowed_unknown_or_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
