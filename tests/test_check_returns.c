/* SPDX-License-Identifier: BSD-2-Clause */
/* What programs may end with: the rows are what booted kernels took, 5.10, 6.1, 6.12 and 7.2 (tests/truth/idioms/returns.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "check.h"
#include "instructions.h"
#include "tiny_judge.h"
#include "tiny_view.h"

/* ---- kernels: hooks of LSM with and without a result, and places to attach to ---- */

static const struct ks_type t_int = { .kind = KS_TYPE_INT, .name = "int" };
static const struct ks_type t_nothing = { .kind = KS_TYPE_VOID };
static const struct ks_type p_int = { .kind = KS_TYPE_PROTO, .inner = &t_int };
static const struct ks_type p_nothing = { .kind = KS_TYPE_PROTO, .inner = &t_nothing };
static const struct ks_decl d_int = { .kind = KS_INT, .name = "int", .size = 4 };
#define HOOK(n, p)                                                                                 \
	{                                                                                          \
		.kind = KS_FUNCTION, .name = "bpf_lsm_" n, .type = &(p)                            \
	}
static const struct ks_decl hooks[] = { HOOK("file_open", p_int),
					HOOK("file_free_security", p_nothing),
					HOOK("audit_rule_known", p_int), HOOK("socket_bind", p_int),
					HOOK("inet_csk_clone", p_nothing) };
#define PLACE(n)                                                                                   \
	{                                                                                          \
		"BPF_" n, __COUNTER__                                                              \
	}
static const struct ks_enumerator old_places[] = { PLACE("CGROUP_INET_INGRESS"),
						   PLACE("CGROUP_INET_EGRESS"),
						   PLACE("CGROUP_INET4_BIND"),
						   PLACE("CGROUP_INET4_CONNECT"),
						   PLACE("CGROUP_UDP4_RECVMSG"),
						   PLACE("CGROUP_INET6_GETPEERNAME"),
						   PLACE("CGROUP_INET4_GETSOCKNAME"),
						   PLACE("TRACE_FENTRY"),
						   PLACE("TRACE_FEXIT"),
						   PLACE("TRACE_ITER"),
						   PLACE("SK_LOOKUP"),
						   PLACE("LSM_MAC") },
				  new_places[] = { PLACE("CGROUP_INET_INGRESS"),
						   PLACE("CGROUP_INET_EGRESS"),
						   PLACE("CGROUP_INET4_BIND"),
						   PLACE("CGROUP_INET4_CONNECT"),
						   PLACE("CGROUP_UDP4_RECVMSG"),
						   PLACE("CGROUP_INET6_GETPEERNAME"),
						   PLACE("CGROUP_INET4_GETSOCKNAME"),
						   PLACE("CGROUP_UNIX_RECVMSG"),
						   PLACE("TRACE_FENTRY"),
						   PLACE("TRACE_FEXIT"),
						   PLACE("TRACE_FSESSION"),
						   PLACE("TRACE_ITER"),
						   PLACE("TRACE_KPROBE_SESSION"),
						   PLACE("SK_LOOKUP"),
						   PLACE("NETFILTER"),
						   PLACE("LSM_MAC"),
						   PLACE("LSM_CGROUP") };
static const struct ks_decl old_enum = { .kind = KS_ENUM,
					 .name = "bpf_attach_type",
					 .size = 4,
					 .nr = KS_ARRAY_LEN(old_places),
					 .values = old_places },
			    new_enum = { .kind = KS_ENUM,
					 .name = "bpf_attach_type",
					 .size = 4,
					 .nr = KS_ARRAY_LEN(new_places),
					 .values = new_places };
static const struct ks_decl *const old_decls[] = { &d_int,    &hooks[0], &hooks[1], &hooks[2],
						   &hooks[3], &hooks[4], &old_enum };
static const struct ks_decl *const new_decls[] = { &d_int,    &hooks[0], &hooks[1], &hooks[2],
						   &hooks[3], &hooks[4], &new_enum };
static const struct ks_symbol checks_lsm = { .name = "bpf_lsm_get_retval_range" };
static const struct ks_function check = { .name = "bpf_lsm_get_retval_range",
					  .nr_symbols = 1,
					  .symbols = &checks_lsm };
static const struct ks_function *const functions[] = { &check };
#define KERNEL(v, d, f)                                                                            \
	{                                                                                          \
		.image = { .label = v,                                                             \
			   .version = v,                                                           \
			   .arch = "amd64",                                                        \
			   .elf_class = 64,                                                        \
			   .facts = UINT32_MAX },                                                  \
		.nr_decls = KS_ARRAY_LEN(d), .decls = (d), .nr_functions = (f),                    \
		.functions = functions                                                             \
	}
static const struct tiny_image kernels[] = { KERNEL("5.10.223", old_decls, 0),
					     KERNEL("6.1.176", new_decls, 0),
					     KERNEL("6.12.117", new_decls, 1) };
enum { OLD, MIDDLE, NEW };

/* ---- programs ---- */

/** BPF_PSEUDO_FUNC: the address of the function that begins at CALLED, where there is one; BPF_PSEUDO_KFUNC_CALL. */
enum { FUNCTION = 4, CALLED = 5, KFUNC = 2 };

static bool refused(const struct tiny_image *kernel, const char *section,
		    const struct ks_bpf_insn *insns, uint32_t nr)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_view_ struct ks_view *view = tiny_view(kernel);
	uint32_t refs[16];
	assert_true(nr <= KS_ARRAY_LEN(refs));
	memset(refs, 0xff, sizeof(refs));
	for (uint32_t i = 0; i < nr; i++)
		if (insns[i].code == 0x18)
			refs[i] = insns[i].src == FUNCTION;
		else if (insns[i].code == 0x85 && insns[i].src == KFUNC)
			refs[i] = 2;
	const struct ks_bpf_ref places[] = { { .kind = KS_REF_DATA },
					     { .kind = KS_REF_POINTER, .offset = CALLED },
					     { .kind = KS_REF_KFUNC, .index = KS_NO_INDEX } };
	const struct ks_bpf_data bss = { .name = ".bss", .size = 8 };
	struct ks_bpf_program program = tiny_program(section, insns, nr);
	program.refs = refs;
	const struct ks_bpf_object object = { .nr_programs = 1,
					      .programs = &program,
					      .nr_refs = KS_ARRAY_LEN(places),
					      .refs = places,
					      .nr_data = 1,
					      .data = &bss };
	struct tiny_judge frame;
	tiny_judge_prepare(&frame, &arena, view, &object, &program);
	struct ks_interp_input input = { .object = &object,
					 .program = &program,
					 .data = frame.prepared.data };
	tiny_judge_follow(&frame, &arena, &input);
	struct ks_judge *judge = &frame.judge;
	ks_judge_returns(judge);
	ks_judge_callback_returns(judge);
	size_t nr_reasons = judge->reasons.len;
	if (nr_reasons) {
		assert_int_equal(judge->reasons.at[0]->kind, KS_REASON_RESULT);
		assert_int_equal(judge->reasons.at[0]->verdict, KS_VERDICT_NO_LOAD);
	}
	ks_vector_deinit(&judge->reasons);
	return nr_reasons != 0;
}

/** "0 1": of some values those that a program may end with. */
static void expect(int kernel, const char *section, const char *expected)
{
	static const int32_t values[] = { -4096, -4095, -1, 0, 1, 2, 3, 4, 7, 8 };
	char taken[64] = "";
	for (size_t i = 0; i < KS_ARRAY_LEN(values); i++) {
		const struct ks_bpf_insn insns[] = { { 0xb4, 0, 0, 0, values[i] }, // w0 = value
						     { 0x95, 0, 0, 0, 0 } };
		size_t len = strlen(taken);
		if (!refused(&kernels[kernel], section, insns, 2))
			snprintf(taken + len, sizeof(taken) - len, "%s%d", len ? " " : "",
				 values[i]);
	}
	if (strcmp(taken, expected) != 0)
		fail_msg("%s on %s: '%s', not '%s'", section, kernels[kernel].image.version, taken,
			 expected);
}

static const char all[] = "-4096 -4095 -1 0 1 2 3 4 7 8";

static void what_kernels_took(void **state)
{
	(void)state;
	expect(OLD, "fentry/vfs_read", "0");
	expect(OLD, "fexit/vfs_read", "0");
	expect(OLD, "iter/task", "0 1");
	expect(OLD, "sk_lookup", "0 1");
	expect(OLD, "sockops", "0 1");
	expect(OLD, "cgroup/dev", "0 1");
	expect(OLD, "cgroup/sysctl", "0 1");
	expect(OLD, "cgroup/setsockopt", "0 1");
	expect(OLD, "cgroup_skb/ingress", "0 1");
	expect(OLD, "cgroup_skb/egress", "0 1 2 3");
	expect(OLD, "cgroup/skb", "0 1");
	expect(OLD, "cgroup/sock_create", "0 1");
	expect(OLD, "cgroup/bind4", "0 1");
	expect(MIDDLE, "cgroup/bind4", "0 1 2 3");
	expect(OLD, "cgroup/connect4", "0 1");
	expect(OLD, "cgroup/recvmsg4", "1");
	expect(OLD, "cgroup/getpeername6", "1");
	expect(OLD, "cgroup/getsockname4", "1");
	expect(NEW, "cgroup/recvmsg_unix", "1");
	expect(NEW, "netfilter", "0 1");
	expect(NEW, "fsession/vfs_read", "0");
	expect(NEW, "kprobe.session/vfs_read", "0 1");
	expect(OLD, "kprobe.session/vfs_read", all); // a kprobe, to that kernel
	expect(NEW, "kprobe/vfs_read", all);
	expect(NEW, "xdp", all);
	expect(NEW, "tp_btf/sched_switch", all);
	expect(NEW, "fmod_ret/__x64_sys_read", all);
	expect(NEW, "raw_tp/sched_switch", all);
}

static void what_hooks_of_lsm_took(void **state)
{
	(void)state;
	expect(MIDDLE, "lsm/file_open", all);
	expect(NEW, "lsm/file_open", "-4095 -1 0");
	expect(NEW, "lsm/file_free_security", all);
	expect(NEW, "lsm/audit_rule_known", "0 1");
	expect(MIDDLE, "lsm/audit_rule_known", all);
	expect(MIDDLE, "lsm_cgroup/socket_bind", "0 1");
	expect(MIDDLE, "lsm_cgroup/inet_csk_clone", "1");
	expect(NEW, "lsm/no_such_hook", all);
}

#define VARIABLE(dst) 0x18, dst, 0, 0, 0
#define ZERO 0, 0, 0, 0, 0

static void every_path_counts(void **state)
{
	(void)state;
	static const struct {
		struct ks_bpf_insn insns[8];
		uint32_t nr;
		bool refused;
	} programs[] = {
		// 1, or 2 where the variable is 5
		{ { { VARIABLE(1) },
		    { ZERO },
		    { LOAD(1, 1, 0) },
		    { MOV(0, 1) },
		    { JEQ(1, 5, 1) },
		    { EXIT },
		    { MOV(0, 2) },
		    { EXIT } },
		  8,
		  true },
		// 2 where 1 is 0
		{ { { MOV(1, 1) },
		    { MOV(0, 1) },
		    { JEQ(1, 0, 1) },
		    { EXIT },
		    { MOV(0, 2) },
		    { EXIT } },
		  6,
		  false },
		// what the context holds may be a pointer that is never null
		{ { { LOAD(1, 1, 8) },
		    { MOV(0, 1) },
		    { JEQ(1, 0, 1) },
		    { EXIT },
		    { MOV(0, 2) },
		    { EXIT } },
		  6,
		  false },
		{ { { LOAD(1, 1, 8) },
		    { MOV(0, 1) },
		    { JEQ(1, 5, 1) },
		    { EXIT },
		    { MOV(0, 2) },
		    { EXIT } },
		  6,
		  true },
		// the variable itself, also copied, or more of it than fits; of what was compared nobody knows
		{ { { VARIABLE(1) }, { ZERO }, { LOAD(0, 1, 0) }, { EXIT } }, 4, true },
		{ { { VARIABLE(1) }, { ZERO }, { LOAD(2, 1, 0) }, { MOVX(0, 2) }, { EXIT } },
		  5,
		  true },
		{ { { VARIABLE(1) }, { ZERO }, { LOAD(0, 1, 0) }, { AND(0, 1) }, { EXIT } },
		  5,
		  false },
		{ { { VARIABLE(1) }, { ZERO }, { LOAD(0, 1, 0) }, { AND(0, 3) }, { EXIT } },
		  5,
		  true },
		{ { { VARIABLE(1) }, { ZERO }, { LOAD(0, 1, 0) }, { AND(0, 2) }, { EXIT } },
		  5,
		  true },
		{ { { VARIABLE(1) },
		    { ZERO },
		    { LOAD(0, 1, 0) },
		    { AND(0, 3) },
		    { JGT(0, 1, 1) },
		    { EXIT },
		    { MOV(0, 1) },
		    { EXIT } },
		  8,
		  false },
		{ { { VARIABLE(1) },
		    { ZERO },
		    { LOAD(2, 1, 0) },
		    { MOVX(0, 2) },
		    { JGT(2, 1, 1) },
		    { EXIT },
		    { MOV(0, 1) },
		    { EXIT } },
		  8,
		  false },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(programs); i++)
		if (refused(&kernels[NEW], "cgroup/connect4", programs[i].insns, programs[i].nr) !=
		    programs[i].refused)
			fail_msg("program %zu", i);
}

/** An LSM hook takes 0 or an error: a number whose other bits are 0 is none. */
static void what_is_masked_is_not_negative(void **state)
{
	(void)state;
	static const struct {
		const char *section;
		struct ks_bpf_insn last[2];
		bool refused;
	} rows[] = {
		{ "lsm/file_open", { { AND(0, 255) }, { EXIT } }, true },
		{ "lsm/file_open", { { AND(0, 1) }, { EXIT } }, true },
		{ "lsm/file_open", { { AND(0, 0) }, { EXIT } }, false },
		{ "lsm/file_open", { { RSH(0, 60) }, { EXIT } }, true },
		{ "lsm/file_open", { { ARSH(0, 63) }, { EXIT } }, false },
		{ "lsm/audit_rule_known", { { AND(0, 1) }, { EXIT } }, false },
		{ "lsm/audit_rule_known", { { AND(0, 2) }, { EXIT } }, true },
		{ "cgroup/recvmsg4", { { AND(0, 1) }, { EXIT } }, true }, // it may be 0
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(rows); i++) {
		const struct ks_bpf_insn insns[] = { { VARIABLE(1) },
						     { ZERO },
						     { LOAD(0, 1, 0) },
						     rows[i].last[0],
						     rows[i].last[1] };
		if (refused(&kernels[NEW], rows[i].section, insns, 5) != rows[i].refused)
			fail_msg("row %zu", i);
	}
	// all but the lowest bits are 1
	const struct ks_bpf_insn errors[] = { { VARIABLE(1) }, { ZERO },      { LOAD(0, 1, 0) },
					      { AND(0, 7) },   { OR(0, -8) }, { EXIT } };
	assert_false(refused(&kernels[NEW], "lsm/file_open", errors, 6));
	// or that where the variable is not 5, and there a bit
	const struct ks_bpf_insn one[] = { { VARIABLE(1) },  { ZERO },		{ LOAD(2, 1, 0) },
					   { JEQ(2, 5, 4) }, { LOAD(0, 1, 0) }, { AND(0, 7) },
					   { OR(0, -8) },    { EXIT },		{ LOAD(0, 1, 0) },
					   { AND(0, 1) },    { EXIT } };
	assert_true(refused(&kernels[NEW], "lsm/file_open", one, KS_ARRAY_LEN(one)));
}

/** A pointer is no number, whatever it is (tests/truth/idioms/returns.c). */
static void no_pointer_is_taken(void **state)
{
	(void)state;
	static const struct ks_bpf_insn context[] = { { 0xbf, 0, 1, 0, 0 }, { 0x95, 0, 0, 0, 0 } },
					stack[] = { { 0xbf, 0, 10, 0, 0 }, { 0x95, 0, 0, 0, 0 } };
	static const char *const sections[] = { "fentry/vfs_read", "cgroup/dev", "lsm/file_open" };
	for (size_t i = 0; i < KS_ARRAY_LEN(sections); i++) {
		assert_true(refused(&kernels[NEW], sections[i], context, KS_ARRAY_LEN(context)));
		assert_true(refused(&kernels[NEW], sections[i], stack, KS_ARRAY_LEN(stack)));
	}
	assert_false(refused(&kernels[NEW], "kprobe/vfs_read", context, KS_ARRAY_LEN(context)));
	assert_false(refused(&kernels[NEW], "xdp", stack, KS_ARRAY_LEN(stack)));
}

/** As 6.18 took functions for bpf_loop(). */
static void callbacks_end_with_two_values(void **state)
{
	(void)state;
	static const struct {
		int32_t value;
		bool refused;
	} ends[] = { { 0, false }, { 1, false }, { 2, true }, { -1, true } };
	for (size_t i = 0; i < KS_ARRAY_LEN(ends); i++) {
		// r2 = &function; loop(); r0 = 0; exit; function: r0 = value; exit
		const struct ks_bpf_insn insns[] = {
			{ 0x18, 2, FUNCTION, 0, 0 }, { 0 },
			{ 0x85, 0, 0, 0, 181 },	     { 0xb7, 0, 0, 0, 0 },
			{ 0x95, 0, 0, 0, 0 },	     { 0xb7, 0, 0, 0, ends[i].value },
			{ 0x95, 0, 0, 0, 0 }
		};
		assert_int_equal(refused(&kernels[MIDDLE], "xdp", insns, KS_ARRAY_LEN(insns)),
				 ends[i].refused);
	}
}

/** As bpf_task_work_schedule_signal() does, kernel functions may take a function that ends with anything. */
static void callbacks_of_kernel_functions_end_with_anything(void **state)
{
	(void)state;
	const struct ks_bpf_insn insns[] = { { 0x18, 2, FUNCTION, 0, 0 }, { 0 },
					     { 0x85, 0, KFUNC, 0, 0 },	  { 0xb7, 0, 0, 0, 0 },
					     { 0x95, 0, 0, 0, 0 },	  { 0xb7, 0, 0, 0, -1 },
					     { 0x95, 0, 0, 0, 0 } };
	assert_false(refused(&kernels[NEW], "xdp", insns, KS_ARRAY_LEN(insns)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_kernels_took),
		cmocka_unit_test(what_hooks_of_lsm_took),
		cmocka_unit_test(every_path_counts),
		cmocka_unit_test(what_is_masked_is_not_negative),
		cmocka_unit_test(no_pointer_is_taken),
		cmocka_unit_test(callbacks_end_with_two_values),
		cmocka_unit_test(callbacks_of_kernel_functions_end_with_anything),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
