/* SPDX-License-Identifier: BSD-2-Clause */
/* Which programs may call which helpers and functions of the kernel; the expectations are what booted kernels did. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "attach/lsm.h"
#include "base/array.h"
#include "check.h"
#include "check/rules/helpers.h"
#include "check/rules/kfuncs.h"
#include "kernel_list.h"
#include "tiny_view.h"

/** What booted kernels answered, and for attach types that nobody asked about what their *_func_proto() say. */
static void helpers_are_for_some_hooks(void **state)
{
	(void)state;
	enum { SETSOCKOPT = 49, BIND = 64, SEQ_PRINTF = 126, D_PATH = 147, COPY_FROM_USER = 148 };
	enum { COOKIE = 174, FUNC_ARG = 183, SET_RETVAL = 187, CGROUP_ID = 80, NETNS_COOKIE = 122 };
	static const struct {
		uint32_t version;
		uint32_t helper;
		const char *section;
		bool allowed;
	} all[] = {
		{ KS_SINCE(6, 12), COOKIE, "raw_tp/x", true },
		{ KS_SINCE(6, 1), COOKIE, "raw_tp/x", false },
		{ KS_SINCE(6, 12), COOKIE, "tp_btf/x", true },
		{ KS_SINCE(6, 1), COOKIE, "tp_btf/x", false },
		{ 0, COOKIE, "tp_btf/x", true }, // an unknown version fails nothing
		{ KS_SINCE(6, 12), FUNC_ARG, "tp_btf/x", false },
		{ 0, FUNC_ARG, "tp_btf/x", true },
		{ KS_SINCE(6, 12), FUNC_ARG, "fexit/x", true },
		{ KS_SINCE(6, 12), COPY_FROM_USER, "uprobe", false },
		{ KS_SINCE(6, 12), COPY_FROM_USER, "uprobe.s", true },
		{ KS_SINCE(6, 12), COPY_FROM_USER, "syscall", true },
		{ KS_SINCE(6, 12), SEQ_PRINTF, "iter/task", true },
		{ KS_SINCE(6, 12), SEQ_PRINTF, "lsm/file_open", false },
		{ KS_SINCE(6, 12), SETSOCKOPT, "lsm/file_open", false },
		{ KS_SINCE(6, 12), SETSOCKOPT, "lsm_cgroup/socket_post_create", true },
		{ KS_SINCE(6, 12), SETSOCKOPT, "lsm_cgroup/socket_bind", false },
		{ KS_SINCE(6, 12), SETSOCKOPT, "cgroup/setsockopt", true },
		{ KS_SINCE(6, 12), SETSOCKOPT, "cgroup/getsockopt", false },
		{ KS_SINCE(6, 12), SETSOCKOPT, "cgroup/sock_create", false },
		{ KS_SINCE(6, 18), SETSOCKOPT, "cgroup/sock_create", false },
		{ KS_SINCE(6, 19), SETSOCKOPT, "cgroup/sock_create", true },
		{ KS_SINCE(7, 2), SETSOCKOPT, "cgroup/sock_release", false },
		{ KS_SINCE(6, 12), BIND, "cgroup/connect4", true },
		{ KS_SINCE(6, 12), BIND, "cgroup/sendmsg4", false },
		{ KS_SINCE(6, 12), SET_RETVAL, "cgroup/sysctl", true },
		{ KS_SINCE(6, 12), SET_RETVAL, "cgroup/recvmsg4", false },
		{ KS_SINCE(6, 12), D_PATH, "fentry/filp_close", true },
		{ KS_SINCE(6, 12), D_PATH, "fentry/vfs_read", false },
		{ KS_SINCE(6, 12), CGROUP_ID, "xdp", true },
		{ KS_SINCE(6, 1), CGROUP_ID, "xdp", false },
		{ KS_SINCE(6, 4), CGROUP_ID, "xdp", true },
		{ KS_SINCE(6, 12), NETNS_COOKIE, "tc", false },
		{ KS_SINCE(7, 2), NETNS_COOKIE, "tc", true },
		{ KS_SINCE(6, 14), NETNS_COOKIE, "socket", false },
		{ KS_SINCE(6, 15), NETNS_COOKIE, "socket", true },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++) {
		_cleanup_arena_ struct ks_arena arena = { 0 };
		struct ks_hook hook;
		assert_ok(ks_hook_parse(&arena, all[i].section, &hook));
		const struct ks_site site = { .version = all[i].version };
		const struct ks_calling_program caller = { .program_type = hook.program_type,
							   .hook = hook.kind,
							   .attach_type = hook.attach_type,
							   .target = hook.target,
							   .sleepable = hook.sleepable,
							   .gpl = true };
		bool allowed = ks_helper_allowed(&site, &caller, all[i].helper) == KS_ALLOWED;
		if (allowed != all[i].allowed)
			fail_msg("helper %u from %s on %x", all[i].helper, all[i].section,
				 all[i].version);
	}
}

static void some_hooks_do_not_let_sleep(void **state)
{
	(void)state;
	const struct ks_image image = { 0 }; // one that does not tell its lists
	const struct ks_attach_facts older = { .image = &image, .version = KS_SINCE(5, 10) };
	const struct ks_attach_facts now = { .image = &image, .version = KS_SINCE(6, 12) };
	assert_int_equal(ks_lsm_sleeps(&now, "file_open"), KS_PRESENT);
	assert_int_equal(ks_lsm_sleeps(&now, "task_free"), KS_UNTOLD);
	assert_int_equal(ks_lsm_sleeps(&older, "bprm_committed_creds"), KS_PRESENT);
	assert_int_equal(ks_lsm_sleeps(&older, "file_open"), KS_ABSENT); // as 5.10 said
}

/* ---- all helpers and types that two kernels were asked about ---- */

/** How libbpf's probe attaches what needs to be attached somewhere. */
static const char *probed_attach_type(const char *type)
{
	static const char *const types[][2] = {
		{ "BPF_PROG_TYPE_CGROUP_SOCK_ADDR", "BPF_CGROUP_INET4_CONNECT" },
		{ "BPF_PROG_TYPE_CGROUP_SOCKOPT", "BPF_CGROUP_GETSOCKOPT" },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(types); i++)
		if (strcmp(types[i][0], type) == 0)
			return types[i][1];
	return NULL;
}

enum { NR_HELPERS = 212, OVERRIDE_RETURN = 58, GET_FUNC_IP = 173, GET_RETVAL = 186 };

/** Where the probe does not ask what a program would. */
static bool answers_something_else(const char *type, uint32_t id)
{
	if (id == OVERRIDE_RETURN) // a matter of configuration
		return true;
	if (id ==
	    GET_FUNC_IP) // found for all that trace, and refused later by type (check_get_func_ip())
		return true;
	// it has these programs attached as if to packets, where there is no result
	return (id == GET_RETVAL || id == GET_RETVAL + 1) && strstr(type, "CGROUP_");
}

/** "socket_filter","ids":[1,2,3]: the type's name, and which helpers it may call. @return false at any other line */
static bool read_line(char *line, char type[64], bool allowed[NR_HELPERS])
{
	char *name = strstr(line, "\"type\":\""), *ids = strstr(line, "\"ids\":[");
	if (!name || !ids)
		return false;
	name += strlen("\"type\":\"");
	int len = snprintf(type, 64, "BPF_PROG_TYPE_%.*s", (int)strcspn(name, "\""), name);
	for (int i = 0; i < len; i++)
		type[i] = (char)toupper(type[i]);
	memset(allowed, 0, NR_HELPERS * sizeof(*allowed));
	for (char *at = ids + strlen("\"ids\":["); *at >= '0' && *at <= '9';) {
		unsigned long id = strtoul(at, &at, 10);
		if (id < NR_HELPERS)
			allowed[id] = true;
		at += *at == ',';
	}
	return true;
}

static void compare_helpers(const char *release, uint32_t version, uint32_t nr)
{
	char *text = kernel_list_text(release, "helpers.jsonl"), *save = NULL, type[64];
	if (!text) {
		print_message("needs KSURF_SHARED with truth/facts/%s/helpers.jsonl.zst\n",
			      release);
		skip();
	}
	bool expected[NR_HELPERS];
	unsigned int wrong = 0, compared = 0;
	const struct ks_site site = { .version = version };
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (!read_line(line, type, expected))
			continue;
		const struct ks_calling_program caller = { .program_type = type,
							   .hook = KS_HOOK_OTHER,
							   .attach_type = probed_attach_type(type),
							   .sleepable = strstr(type, "SYSCALL"),
							   .gpl = true };
		for (uint32_t id = 1; id < nr; id++) {
			if (answers_something_else(type, id))
				continue;
			enum ks_allowed allowed = ks_helper_allowed(&site, &caller, id);
			compared += allowed != KS_ALLOWED_UNTOLD;
			if (allowed == KS_ALLOWED_UNTOLD || (allowed == KS_ALLOWED) == expected[id])
				continue;
			print_message("%s, helper %u: the kernel says %d\n", type, id,
				      expected[id]);
			wrong++;
		}
	}
	free(text);
	assert_int_equal(wrong, 0);
	assert_true(compared > 3000);
}

static void all_helpers_are_for_the_types_that_5_10_says(void **state)
{
	(void)state;
	compare_helpers("5.10.0-32-amd64", ks_version(5, 10, 223), 156);
}

static void all_helpers_are_for_the_types_that_6_1_says(void **state)
{
	(void)state;
	compare_helpers("6.1.0-50-amd64", ks_version(6, 1, 176), 210);
}

/** What booted kernels answered (tests/truth/kfuncs.c), and silence where none was asked. */
static void kernel_functions_are_for_some_types(void **state)
{
	(void)state;
	static const struct {
		uint32_t version;
		const char *name, *section;
		enum ks_allowed allowed;
	} all[] = {
		{ KS_SINCE(6, 12), "bpf_task_from_pid", "kprobe/x", KS_NOT_ALLOWED },
		{ KS_SINCE(6, 12), "bpf_task_from_pid", "fentry/x", KS_ALLOWED },
		{ KS_SINCE(6, 12), "bpf_task_from_pid", "raw_tp/x", KS_NOT_ALLOWED },
		{ KS_SINCE(7, 2), "bpf_task_from_pid", "raw_tp/x", KS_ALLOWED },
		{ KS_SINCE(7, 2), "bpf_task_from_pid", "raw_tp.w/x", KS_NOT_ALLOWED },
		{ KS_SINCE(6, 12), "bpf_task_from_pid", "action", KS_NOT_ALLOWED },
		{ KS_SINCE(6, 12), "bpf_cpumask_create", "tc", KS_NOT_ALLOWED },
		{ KS_SINCE(6, 12), "bpf_cpumask_create", "perf_event", KS_ALLOWED },
		{ KS_SINCE(6, 1), "bpf_lookup_user_key", "tp/a/x", KS_NOT_ALLOWED },
		{ KS_SINCE(6, 12), "bpf_lookup_user_key", "tp/a/x", KS_ALLOWED },
		{ KS_SINCE(6, 12), "bpf_lookup_user_key", "syscall", KS_NOT_ALLOWED },
		{ KS_SINCE(7, 2), "bpf_lookup_user_key", "syscall", KS_ALLOWED },
		{ KS_SINCE(6, 12), "bpf_sock_destroy", "iter/tcp", KS_ALLOWED },
		{ KS_SINCE(6, 12), "bpf_sock_destroy", "fentry/x", KS_NOT_ALLOWED },
		{ KS_SINCE(6, 12), "bpf_path_d_path", "lsm/x", KS_ALLOWED },
		{ KS_SINCE(6, 12), "bpf_path_d_path", "fentry/x", KS_NOT_ALLOWED },
		{ KS_SINCE(6, 12), "bpf_rcu_read_lock", "kprobe/x", KS_ALLOWED },
		{ KS_SINCE(6, 12), "bpf_task_from_pid", "struct_ops/x", KS_ALLOWED_UNTOLD },
		{ KS_SINCE(6, 12), "bpf_fentry_test1", "struct_ops/x", KS_ALLOWED_UNTOLD },
		{ KS_SINCE(6, 12), "bpf_fentry_test1", "kprobe/x", KS_NOT_ALLOWED },
		{ KS_SINCE(6, 12), "bpf_rcu_read_lock", "struct_ops/x", KS_ALLOWED },
		{ KS_SINCE(7, 4), "bpf_rcu_read_lock", "kprobe/x", KS_ALLOWED_UNTOLD },
		{ KS_SINCE(5, 15), "bpf_task_from_pid", "kprobe/x", KS_ALLOWED_UNTOLD },
		{ KS_SINCE(6, 12), "no_such_function", "kprobe/x", KS_ALLOWED_UNTOLD },
		{ KS_SINCE(7, 3), "bpf_task_from_pid", "kprobe/x", KS_NOT_ALLOWED },
		{ KS_SINCE(7, 4), "bpf_task_from_pid", "kprobe/x", KS_ALLOWED_UNTOLD },
		{ KS_SINCE(6, 12), "bpf_skb_ct_lookup", "tc", KS_ALLOWED },
		{ KS_SINCE(6, 12), "bpf_skb_ct_lookup", "action", KS_NOT_ALLOWED },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++) {
		_cleanup_arena_ struct ks_arena arena = { 0 };
		struct ks_hook hook;
		assert_ok(ks_hook_parse(&arena, all[i].section, &hook));
		const struct ks_site site = { .version = all[i].version };
		const struct ks_calling_program caller = { .program_type = hook.program_type,
							   .hook = hook.kind,
							   .gpl = true };
		if (ks_kfunc_allowed(&site, &caller, all[i].name) != all[i].allowed)
			fail_msg("%s from %s on %x", all[i].name, all[i].section, all[i].version);
	}
}

/** Operations of the kernel's own tests have no *_func_proto(). */
static void dummy_operations_call_nothing(void **state)
{
	(void)state;
	enum { KTIME = 5, RANDOM = 7 };
	const struct ks_site site = { .version = KS_SINCE(6, 1) };
	struct ks_calling_program caller = { .program_type = "BPF_PROG_TYPE_STRUCT_OPS",
					     .hook = KS_HOOK_STRUCT_OPS,
					     .target = "test_1",
					     .gpl = true };
	static const char *const dummies[] = { "bpf_dummy_ops", "bpf_dummy_ops___v2" };
	static const char *const others[] = { "bpf_dummy_ops_2", "tcp_congestion_ops", NULL };
	for (size_t i = 0; i < KS_ARRAY_LEN(dummies); i++) {
		caller.group = dummies[i];
		assert_int_equal(ks_helper_allowed(&site, &caller, KTIME), KS_NOT_ALLOWED);
		assert_int_equal(ks_helper_allowed(&site, &caller, RANDOM), KS_NOT_ALLOWED);
	}
	for (size_t i = 0; i < KS_ARRAY_LEN(others); i++) {
		caller.group = others[i];
		assert_int_equal(ks_helper_allowed(&site, &caller, RANDOM), KS_ALLOWED);
	}
}

static void kernel_functions_ask_for_the_license_and_for_sleep(void **state)
{
	(void)state;
	const struct ks_site site = { .version = KS_SINCE(6, 12) },
			     older = { .version = KS_SINCE(5, 12) };
	const struct ks_calling_program caller = { .program_type = "BPF_PROG_TYPE_XDP",
						   .hook = KS_HOOK_OTHER };
	assert_int_equal(ks_kfunc_allowed(&site, &caller, "no_matter_which"), KS_NEEDS_GPL);
	assert_int_equal(ks_kfunc_allowed(&older, &caller, "no_matter_which"), KS_ALLOWED_UNTOLD);
	assert_true(ks_kfunc_sleeps(&site, "bpf_copy_from_user_str"));
	assert_false(ks_kfunc_sleeps(&site, "bpf_task_from_pid"));
}

/** A kernel with sched_ext, 7.2 with the filter that asks which operation a program stands for, 6.12 without. */
static void operations_of_sched_ext_have_their_functions(void **state)
{
	(void)state;
	static const struct ks_symbol symbol = { .name = "scx_kfunc_context_filter" };
	static const struct ks_function filter = { .name = "scx_kfunc_context_filter",
						   .nr_symbols = 1,
						   .symbols = &symbol };
	static const struct ks_function *const functions[] = { &filter };
	static const struct {
		const char *version, *group, *target, *name;
		enum ks_allowed allowed;
	} all[] = {
		{ "7.2.13", "sched_ext_ops", "init", "scx_bpf_create_dsq", KS_ALLOWED },
		{ "7.2.13", "sched_ext_ops___compat", "exit", "scx_bpf_create_dsq", KS_ALLOWED },
		{ "7.2.13", "sched_ext_ops", "enqueue", "scx_bpf_create_dsq", KS_NOT_ALLOWED },
		{ "7.2.13", "sched_ext_ops", "enqueue", "scx_bpf_dsq_insert", KS_ALLOWED },
		{ "7.2.13", "sched_ext_ops", "init", "scx_bpf_dsq_insert", KS_NOT_ALLOWED },
		{ "7.2.13", "sched_ext_ops", "stopping", "scx_bpf_dsq_insert", KS_NOT_ALLOWED },
		{ "7.2.13", "sched_ext_ops", "stopping", "scx_bpf_kick_cpu", KS_ALLOWED },
		{ "7.2.13", "sched_ext_ops", "dispatch", "scx_bpf_dsq_move_to_local", KS_ALLOWED },
		{ "7.2.13", "sched_ext_ops_cid", "init", "scx_bpf_create_dsq", KS_ALLOWED_UNTOLD },
		{ "7.2.13", "tcp_congestion_ops", "init", "scx_bpf_kick_cpu", KS_ALLOWED_UNTOLD },
		{ "7.2.13", "sched_ext_ops", NULL, "scx_bpf_kick_cpu", KS_ALLOWED_UNTOLD },
		{ "7.2.13", "sched_ext_ops", "init", "scx_bpf_of_later", KS_ALLOWED_UNTOLD },
		{ "7.3.1", "sched_ext_ops", "enqueue", "scx_bpf_create_dsq", KS_ALLOWED_UNTOLD },
		{ "6.12.118", "sched_ext_ops", "init", "scx_bpf_create_dsq", KS_ALLOWED },
		{ "6.12.118", "sched_ext_ops", "stopping", "scx_bpf_dispatch", KS_ALLOWED },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++) {
		const struct tiny_image kernel = {
			.image = { .label = all[i].version,
				   .version = all[i].version,
				   .arch = "amd64",
				   .elf_class = 64,
				   .facts = UINT32_MAX & ~KS_FACT_TYPES },
			.nr_functions = all[i].version[0] == '7',
			.functions = functions,
		};
		_cleanup_view_ struct ks_view *view = tiny_view(&kernel);
		const struct ks_site site = ks_view_site(view, 0);
		const struct ks_calling_program caller = { .program_type =
								   "BPF_PROG_TYPE_STRUCT_OPS",
							   .hook = KS_HOOK_STRUCT_OPS,
							   .group = all[i].group,
							   .target = all[i].target,
							   .gpl = true };
		if (ks_kfunc_allowed(&site, &caller, all[i].name) != all[i].allowed)
			fail_msg("%s from %s on %s", all[i].name, all[i].target, all[i].version);
	}
	const struct ks_site site = { .version = KS_SINCE(7, 2) };
	assert_true(ks_kfunc_sleeps(&site, "scx_bpf_create_dsq"));
}

/** Of a kernel whose types alone are known, that the filter is not among its functions says nothing. */
static void types_alone_do_not_tell_what_the_verifier_asks(void **state)
{
	(void)state;
	const struct tiny_image kernel = { .image = { .label = "7.0.1",
						      .version = "7.0.1",
						      .arch = "amd64",
						      .elf_class = 64,
						      .facts = KS_FACT_BTF | KS_FACT_TYPES } };
	_cleanup_view_ struct ks_view *view = tiny_view(&kernel);
	const struct ks_site site = ks_view_site(view, 0);
	const struct ks_calling_program caller = { .program_type = "BPF_PROG_TYPE_STRUCT_OPS",
						   .hook = KS_HOOK_STRUCT_OPS,
						   .group = "sched_ext_ops",
						   .target = "enqueue",
						   .gpl = true };
	assert_int_equal(ks_kfunc_allowed(&site, &caller, "scx_bpf_create_dsq"), KS_ALLOWED_UNTOLD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operations_of_sched_ext_have_their_functions),
		cmocka_unit_test(types_alone_do_not_tell_what_the_verifier_asks),
		cmocka_unit_test(helpers_are_for_some_hooks),
		cmocka_unit_test(dummy_operations_call_nothing),
		cmocka_unit_test(some_hooks_do_not_let_sleep),
		cmocka_unit_test(all_helpers_are_for_the_types_that_5_10_says),
		cmocka_unit_test(all_helpers_are_for_the_types_that_6_1_says),
		cmocka_unit_test(kernel_functions_are_for_some_types),
		cmocka_unit_test(kernel_functions_ask_for_the_license_and_for_sleep),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
