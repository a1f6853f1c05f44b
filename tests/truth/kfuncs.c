/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The init of a virtual machine that asks its kernel which type of program may call which kernel function: each function whose
 * name /objects/kfuncs lists is called once from a program of each type, and what the verifier says of the call is
 * written to the serial port that RESULTS names as a line of JSON. tests/truth/run-vm builds and boots it (INIT=kfuncs.c).
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "guest.h"

enum {
	LOG_MAX = 1 << 16,
	SLEEPABLE = 1 << 4,	  // BPF_F_SLEEPABLE
	KFUNC_CALL = 2,		  // BPF_PSEUDO_KFUNC_CALL
	PROG_TYPE_NETFILTER = 32, // newer than some headers
	ATTACH_NETFILTER = 45,
	ATTACH_KPROBE_SESSION = 56,
};

/** A type of program, and what it must be attached to so that the kernel looks at its instructions at all. */
static const struct column {
	const char *name;
	int type, attach;
	const char *target; // function or typedef in BTF; NULL
	bool is_typedef, sleepable;
} columns[] = {
	{ "SOCKET_FILTER", BPF_PROG_TYPE_SOCKET_FILTER, 0, NULL, false, false },
	{ "KPROBE", BPF_PROG_TYPE_KPROBE, 0, NULL, false, false },
	{ "kprobe.session", BPF_PROG_TYPE_KPROBE, ATTACH_KPROBE_SESSION, NULL, false, false },
	{ "SCHED_CLS", BPF_PROG_TYPE_SCHED_CLS, 0, NULL, false, false },
	{ "SCHED_ACT", BPF_PROG_TYPE_SCHED_ACT, 0, NULL, false, false },
	{ "TRACEPOINT", BPF_PROG_TYPE_TRACEPOINT, 0, NULL, false, false },
	{ "XDP", BPF_PROG_TYPE_XDP, 0, NULL, false, false },
	{ "PERF_EVENT", BPF_PROG_TYPE_PERF_EVENT, 0, NULL, false, false },
	{ "CGROUP_SKB", BPF_PROG_TYPE_CGROUP_SKB, 0, NULL, false, false },
	{ "CGROUP_SOCK", BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET_SOCK_CREATE, NULL, false,
	  false },
	{ "LWT_IN", BPF_PROG_TYPE_LWT_IN, 0, NULL, false, false },
	{ "LWT_OUT", BPF_PROG_TYPE_LWT_OUT, 0, NULL, false, false },
	{ "LWT_XMIT", BPF_PROG_TYPE_LWT_XMIT, 0, NULL, false, false },
	{ "SOCK_OPS", BPF_PROG_TYPE_SOCK_OPS, 0, NULL, false, false },
	{ "SK_SKB", BPF_PROG_TYPE_SK_SKB, 0, NULL, false, false },
	{ "CGROUP_DEVICE", BPF_PROG_TYPE_CGROUP_DEVICE, 0, NULL, false, false },
	{ "SK_MSG", BPF_PROG_TYPE_SK_MSG, 0, NULL, false, false },
	{ "RAW_TRACEPOINT", BPF_PROG_TYPE_RAW_TRACEPOINT, 0, NULL, false, false },
	{ "CGROUP_SOCK_ADDR", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_CONNECT, NULL, false,
	  false },
	{ "LWT_SEG6LOCAL", BPF_PROG_TYPE_LWT_SEG6LOCAL, 0, NULL, false, false },
	{ "SK_REUSEPORT", BPF_PROG_TYPE_SK_REUSEPORT, BPF_SK_REUSEPORT_SELECT, NULL, false, false },
	{ "FLOW_DISSECTOR", BPF_PROG_TYPE_FLOW_DISSECTOR, 0, NULL, false, false },
	{ "CGROUP_SYSCTL", BPF_PROG_TYPE_CGROUP_SYSCTL, 0, NULL, false, false },
	{ "RAW_TRACEPOINT_WRITABLE", BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE, 0, NULL, false, false },
	{ "CGROUP_SOCKOPT", BPF_PROG_TYPE_CGROUP_SOCKOPT, BPF_CGROUP_GETSOCKOPT, NULL, false,
	  false },
	{ "fentry", BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, "bpf_fentry_test1", false, false },
	{ "fentry.s", BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, "bpf_fentry_test1", false, true },
	{ "tp_btf", BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, "btf_trace_sched_switch", true,
	  false },
	{ "iter", BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, "bpf_iter_task", false, false },
	{ "lsm", BPF_PROG_TYPE_LSM, BPF_LSM_MAC, "bpf_lsm_file_open", false, false },
	{ "lsm.s", BPF_PROG_TYPE_LSM, BPF_LSM_MAC, "bpf_lsm_file_open", false, true },
	{ "SK_LOOKUP", BPF_PROG_TYPE_SK_LOOKUP, BPF_SK_LOOKUP, NULL, false, false },
	{ "SYSCALL", BPF_PROG_TYPE_SYSCALL, 0, NULL, false, true },
	{ "NETFILTER", PROG_TYPE_NETFILTER, ATTACH_NETFILTER, NULL, false, false },
};
enum { NR_COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static char log_text[LOG_MAX];

/** Load a program of a type, with one call of a kernel function unless id is 0. */
static bool load(const struct btf *btf, const struct column *column, int id)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0 },
		{ .code = BPF_JMP | BPF_CALL, .src_reg = KFUNC_CALL, .imm = id },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts);
	opts.expected_attach_type = (enum bpf_attach_type)column->attach;
	opts.prog_flags = column->sleepable ? SLEEPABLE : 0;
	opts.log_level = 1;
	opts.log_buf = log_text;
	opts.log_size = LOG_MAX;
	log_text[0] = '\0';
	if (column->target) {
		int target = btf__find_by_name_kind(
			btf, column->target, column->is_typedef ? BTF_KIND_TYPEDEF : BTF_KIND_FUNC);
		if (target <= 0)
			return false;
		opts.attach_btf_id = (unsigned int)target;
	}
	int skip = id ? 0 : 2;
	int fd = bpf_prog_load((enum bpf_prog_type)column->type, "probe", "GPL", insns + skip,
			       (size_t)(4 - skip), &opts);
	if (fd < 0 && id && !log_text[0])
		snprintf(log_text, sizeof(log_text), "errno %d", errno);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/** What the verifier said last, in front of its statistics. */
static const char *last_words(char *line, size_t size)
{
	char *stats = strstr(log_text, "processed ");
	if (stats)
		*stats = '\0';
	size_t len = strlen(log_text);
	while (len && log_text[len - 1] == '\n')
		log_text[--len] = '\0';
	const char *begin = strrchr(log_text, '\n');
	snprintf(line, size, "%s", begin ? begin + 1 : log_text);
	for (char *c = line; *c; c++)
		if (*c == '"' || *c == '\\')
			*c = '\'';
	return line;
}

static void ask(FILE *out, const struct btf *btf, const char *name, const bool *usable)
{
	int id = btf__find_by_name_kind(btf, name, BTF_KIND_FUNC);
	if (id <= 0)
		return;
	fprintf(out, "{\"kfunc\": \"%s\"", name);
	for (size_t i = 0; i < NR_COLUMNS; i++) {
		char line[256];
		if (!usable[i])
			continue;
		bool ok = load(btf, &columns[i], id);
		last_words(line, sizeof(line));
		fprintf(out, ", \"%s\": \"%s\"", columns[i].name,
			ok ? "ok"
			: strstr(log_text, "sleepable kfunc") ||
					strstr(log_text, "must be sleepable")
				? "sleepable"
			: strstr(log_text, "calling kernel function") ? "no"
								      : line);
	}
	fputs("}\n", out);
	fflush(out);
}

int main(void)
{
	FILE *out = guest_set_up();
	char line[512];
	guest_put_version(out);
	struct btf *btf = btf__parse("/sys/kernel/btf/vmlinux", NULL);
	bool usable[NR_COLUMNS];
	for (size_t i = 0; btf && i < NR_COLUMNS; i++) {
		usable[i] = load(btf, &columns[i], 0);
		if (!usable[i])
			printf("%s: %s\n", columns[i].name, log_text);
	}
	FILE *names = fopen("/objects/kfuncs", "r");
	while (btf && names && fgets(line, sizeof(line), names)) {
		line[strcspn(line, "\n")] = '\0';
		ask(out, btf, line, usable);
	}
	guest_end(out);
	return 0;
}
