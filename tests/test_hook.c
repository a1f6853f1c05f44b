/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of sections: by what they are to mean, and against libbpf. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "bpf_object.h"

struct section_case {
	const char *section;
	enum ks_hook_kind kind;
	const char *target, *group, *module, *program, *attach;
	uint64_t offset;
	bool on_return, sleepable, needs_target;
};
#define NONE NULL, NULL, NULL

static const struct section_case section_cases[] = {
	{ "kprobe/do_exit", KS_HOOK_KPROBE, "do_exit", NULL, NULL, "KPROBE", NULL },
	{ "?kretprobe/do_exit", KS_HOOK_KPROBE, "do_exit", NULL, NULL, "KPROBE", NULL,
	  .on_return = true },
	{ "kprobe/nf_tables:nft_do_chain+0x1f", KS_HOOK_KPROBE, "nft_do_chain", NULL, "nf_tables",
	  "KPROBE", NULL, .offset = 0x1f },
	{ "kprobe/foo.isra.0", KS_HOOK_KPROBE, "foo.isra.0", NULL, NULL, "KPROBE", NULL },
	{ "kprobe", KS_HOOK_KPROBE, NONE, "KPROBE", NULL, .needs_target = true },
	{ "kprobe.multi/tcp_*", KS_HOOK_KPROBE_MULTI, "tcp_*", NULL, NULL, "KPROBE",
	  "TRACE_KPROBE_MULTI" },
	{ "kprobe.session/tcp_*", KS_HOOK_KPROBE_MULTI, "tcp_*", NULL, NULL, "KPROBE",
	  "TRACE_KPROBE_SESSION" },
	{ "fentry.multi/tcp_*", KS_HOOK_OTHER, "tcp_*", NULL, NULL, "TRACING",
	  "TRACE_FENTRY_MULTI" }, // libbpf 1.8
	{ "fexit.multi.s", KS_HOOK_OTHER, NONE, "TRACING", "TRACE_FEXIT_MULTI", .on_return = true,
	  .sleepable = true, .needs_target = true },
	{ "kretsyscall/openat", KS_HOOK_KSYSCALL, "openat", NULL, NULL, "KPROBE", NULL,
	  .on_return = true },
	{ "uprobe.multi.s//bin/sh:main", KS_HOOK_USER, "/bin/sh:main", NULL, NULL, "KPROBE",
	  "TRACE_UPROBE_MULTI", .sleepable = true },
	{ "usdt", KS_HOOK_USER, NONE, "KPROBE", NULL, .needs_target = true },
	{ "tp/sched/sched_switch", KS_HOOK_TRACEPOINT, "sched_switch", "sched", NULL, "TRACEPOINT",
	  NULL },
	{ "tracepoint/syscalls/sys_exit_read", KS_HOOK_SYSCALL_TP, "read", "syscalls", NULL,
	  "TRACEPOINT", NULL, .on_return = true },
	{ "tp/sched//sched_switch/", KS_HOOK_TRACEPOINT, "sched_switch", "sched", NULL,
	  "TRACEPOINT", NULL },
	{ "tp/syscalls/sys_enter_read//", KS_HOOK_SYSCALL_TP, "read", "syscalls", NULL,
	  "TRACEPOINT", NULL },
	{ "tracepoint/raw_syscalls/sys_exit", KS_HOOK_TRACEPOINT, "sys_exit", "raw_syscalls", NULL,
	  "TRACEPOINT", NULL },
	{ "raw_tp.w/bpf_test", KS_HOOK_RAW_TP, "bpf_test", NULL, NULL, "RAW_TRACEPOINT_WRITABLE",
	  NULL },
	{ "tp_btf/block_rq_issue", KS_HOOK_TP_BTF, "block_rq_issue", NULL, NULL, "TRACING",
	  "TRACE_RAW_TP" },
	{ "fexit.s/vfs_read", KS_HOOK_FENTRY, "vfs_read", NULL, NULL, "TRACING", "TRACE_FEXIT",
	  .on_return = true, .sleepable = true },
	{ "fentry/bpf_testmod:f", KS_HOOK_FENTRY, "f", NULL, "bpf_testmod", "TRACING",
	  "TRACE_FENTRY" },
	{ "fsession/vfs_read", KS_HOOK_FENTRY, "vfs_read", NULL, NULL, "TRACING",
	  "TRACE_FSESSION" },
	{ "fmod_ret/security_f", KS_HOOK_FMOD_RET, "security_f", NULL, NULL, "TRACING",
	  "MODIFY_RETURN" },
	{ "lsm.s/bprm_check_security", KS_HOOK_LSM, "bprm_check_security", NULL, NULL, "LSM",
	  "LSM_MAC", .sleepable = true },
	{ "iter/task_file", KS_HOOK_ITER, "task_file", NULL, NULL, "TRACING", "TRACE_ITER" },
	{ "struct_ops.s/init", KS_HOOK_STRUCT_OPS, "init", NULL, NULL, "STRUCT_OPS", NULL,
	  .sleepable = true },
	{ "freplace", KS_HOOK_FREPLACE, NONE, "EXT", NULL, .needs_target = true },
	{ "xdp.frags/cpumap", KS_HOOK_OTHER, NONE, "XDP", "XDP_CPUMAP" },
	{ "tcx/egress", KS_HOOK_OTHER, NONE, "SCHED_CLS", "TCX_EGRESS" },
	{ "syscall", KS_HOOK_OTHER, NONE, "SYSCALL", NULL, .sleepable = true },
	{ "cgroup/connect_unix", KS_HOOK_OTHER, NONE, "CGROUP_SOCK_ADDR", "CGROUP_UNIX_CONNECT" },
	// forms of other and older loaders: the type of program is all that is known
	{ "classifier/ingress", KS_HOOK_NONE, NONE, "SCHED_CLS", NULL },
	{ "xdp_prog", KS_HOOK_NONE, NONE, "XDP", NULL },
	{ "filter", KS_HOOK_NONE, NONE, NULL, NULL },
	{ "", KS_HOOK_NONE, NONE, NULL, NULL },
	{ "kprobes/x", KS_HOOK_NONE, NONE, "KPROBE", NULL },
};

static void same_text(const char *ours, const char *expected, const char *prefix)
{
	if (!expected) {
		assert_null(ours);
		return;
	}
	assert_non_null(ours);
	assert_memory_equal(ours, prefix, strlen(prefix));
	assert_string_equal(ours + strlen(prefix), expected);
}

static void section_names_are_read(void **state)
{
	(void)state;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	for (size_t i = 0; i < KS_ARRAY_LEN(section_cases); i++) {
		const struct section_case *c = &section_cases[i];
		struct ks_hook hook;
		assert_null(ks_hook_parse(&arena, c->section, &hook));
		assert_int_equal(hook.kind, c->kind);
		same_text(hook.target, c->target, "");
		same_text(hook.group, c->group, "");
		same_text(hook.module, c->module, "");
		same_text(hook.program_type, c->program, "BPF_PROG_TYPE_");
		same_text(hook.attach_type, c->attach, "BPF_");
		assert_int_equal(hook.offset, c->offset);
		assert_int_equal(hook.on_return, c->on_return);
		assert_int_equal(hook.sleepable, c->sleepable);
		assert_int_equal(hook.needs_target, c->needs_target);
	}
}

/** Every form that the installed libbpf knows; it is older than ours. */
static void sections_mean_what_libbpf_says(void **state)
{
	(void)state;
	static const char *const names[] = {
		"socket",
		"sk_reuseport/migrate",
		"sk_reuseport",
		"kprobe/x",
		"uprobe/x",
		"uprobe.s/x",
		"kretprobe/x",
		"uretprobe/x",
		"uretprobe.s/x",
		"kprobe.multi/x",
		"kretprobe.multi/x",
		"ksyscall/x",
		"kretsyscall/x",
		"usdt/x",
		"tc",
		"classifier",
		"action",
		"tracepoint/x/y",
		"tp/x/y",
		"raw_tracepoint/x",
		"raw_tp/x",
		"raw_tracepoint.w/x",
		"raw_tp.w/x",
		"tp_btf/x",
		"fentry/x",
		"fmod_ret/x",
		"fexit/x",
		"fentry.s/x",
		"fmod_ret.s/x",
		"fexit.s/x",
		"freplace/x",
		"lsm/x",
		"lsm.s/x",
		"lsm_cgroup/x",
		"iter/x",
		"iter.s/x",
		"syscall",
		"xdp.frags/devmap",
		"xdp/devmap",
		"xdp.frags/cpumap",
		"xdp/cpumap",
		"xdp.frags",
		"xdp",
		"perf_event",
		"lwt_in",
		"lwt_out",
		"lwt_xmit",
		"lwt_seg6local",
		"sockops",
		"sk_skb/stream_parser",
		"sk_skb/stream_verdict",
		"sk_skb",
		"sk_msg",
		"lirc_mode2",
		"flow_dissector",
		"cgroup_skb/ingress",
		"cgroup_skb/egress",
		"cgroup/skb",
		"cgroup/sock_create",
		"cgroup/sock_release",
		"cgroup/sock",
		"cgroup/post_bind4",
		"cgroup/post_bind6",
		"cgroup/bind4",
		"cgroup/bind6",
		"cgroup/connect4",
		"cgroup/connect6",
		"cgroup/sendmsg4",
		"cgroup/sendmsg6",
		"cgroup/recvmsg4",
		"cgroup/recvmsg6",
		"cgroup/getpeername4",
		"cgroup/getpeername6",
		"cgroup/getsockname4",
		"cgroup/getsockname6",
		"cgroup/sysctl",
		"cgroup/getsockopt",
		"cgroup/setsockopt",
		"cgroup/dev",
		"struct_ops/x",
		"sk_lookup",
	};
	_cleanup_arena_ struct ks_arena arena = { 0 };
	for (size_t i = 0; i < KS_ARRAY_LEN(names); i++) {
		enum bpf_prog_type type;
		enum bpf_attach_type attach;
		struct ks_hook hook;
		if (libbpf_prog_type_by_name(names[i], &type, &attach))
			fail_msg("libbpf does not know %s", names[i]);
		assert_null(ks_hook_parse(&arena, names[i], &hook));
		assert_int_not_equal(hook.kind, KS_HOOK_NONE);
		same_hook(names[i], &hook, type, attach);
	}
}

static void slips_in_sections_are_near_what_was_meant(void **state)
{
	(void)state;
	static const char *const slips[][2] = {
		{ "fentri/vfs_read", "fentry" },
		{ "kprob/vfs_read", "kprobe" },
		{ "cgroup/conect4", "cgroup/connect4" },
		{ "sk_lokup", "sk_lookup" },
		{ "tracepont/sched/sched_switch", "tracepoint" },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(slips); i++)
		assert_string_equal(ks_hook_near(slips[i][0]), slips[i][1]);
	assert_null(ks_hook_near("my_own_section"));
	assert_null(ks_hook_near(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(section_names_are_read),
		cmocka_unit_test(sections_mean_what_libbpf_says),
		cmocka_unit_test(slips_in_sections_are_near_what_was_meant),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
