/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The init of a virtual machine that asks its kernel: the modules of /modules are loaded, then every program of every object
 * below /objects is loaded alone, each in a process of its own, and attached where its type attaches by itself. One line
 * of JSON for each goes to the serial port that RESULTS names, and after them the kernel's own lists. tests/truth/run-vm builds and
 * boots it.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "guest.h"

enum {
	LOG_MAX = 1 << 20,
	PROGRAM_SECONDS = 60,
	MAX_OBJECTS = 20000,
	MAX_HELPER = 211,  // all that there will be: new functions are kfuncs
	CGRP_STORAGE = 32, // BPF_MAP_TYPE_: newer than some headers
};

static const char root[] = "/objects/";
static FILE *out;
static char *paths[MAX_OBJECTS];
static size_t nr_paths;

/* ---- what libbpf says while a program is loaded ---- */

static char log_text[LOG_MAX];
static size_t log_len;
static unsigned int poisoned;

static int keep_log(enum libbpf_print_level level, const char *fmt, va_list args)
{
	if (level == LIBBPF_DEBUG) {
		char line[512];
		vsnprintf(line, sizeof(line), fmt, args);
		poisoned += strstr(line, "substituting insn") != NULL;
		return 0;
	}
	int n = vsnprintf(log_text + log_len, LOG_MAX - log_len, fmt, args);
	if (n > 0)
		log_len += (size_t)n < LOG_MAX - log_len ? (size_t)n : LOG_MAX - log_len - 1;
	return n;
}

/** The last line of the log that holds the words. */
static const char *logged(const char *words, char *line, size_t size)
{
	const char *hit = NULL;
	for (const char *at = log_text; (at = strstr(at, words)); at++)
		hit = at;
	if (!hit)
		return NULL;
	while (hit > log_text && hit[-1] != '\n')
		hit--;
	snprintf(line, size, "%.*s", (int)strcspn(hit, "\n"), hit);
	return line;
}

/** What a line of the log makes of a failure; the first that occurs counts. */
static const struct {
	const char *words, *reason;
} signs[] = {
	{ "invalid func unknown#195896080", "core_relo" },
	{ "<invalid CO-RE relocation>", "core_relo" },
	{ "invalid CO-RE", "core_relo" },
	{ "(func ksym)", "ksym_missing" },
	{ "(var ksym)", "ksym_missing" },
	{ "<invalid kfunc call>", "ksym_missing" },
	{ "symbol is not found in kallsyms", "ksym_missing" },
	{ "(kcfg)", "kconfig" },
	{ "is not found in kernel BTF", "struct_ops_missing" },
	{ "struct_ops", "struct_ops_missing" },
	{ "failed to find kernel BTF type ID of", "attach_target" },
	{ "unknown func", "helper" },
	{ "cannot use helper", "helper" },
	{ "program of this type cannot use", "helper" },
	{ "calling kernel function", "kfunc" },
	{ "must be sleepable to call", "kfunc" },
	{ "sleepable kfunc", "kfunc" },
	{ "cannot call kernel function from non-GPL", "kfunc" },
	{ "reserved fields", "insn_set" },
	{ "unknown opcode", "insn_set" },
	{ "invalid BPF_LD_IMM", "insn_set" },
	{ "failed to create", "map_type" },
	{ "-th argument", "ctx_access" },
	{ "invalid bpf_context access", "ctx_access" },
	{ "The address of function", "attach_target" },
	{ "attach_btf_id", "attach_target" },
	{ "is not a kernel function", "attach_target" },
	{ "is not modifiable", "attach_target" },
	{ "is not sleepable", "attach_target" },
	{ "is unsupported", "attach_target" },
	{ "Too many", "attach_target" },
	{ "is rejected", "attach_target" },
	{ "helper call might sleep", "helper" },
	{ "helper call is not allowed", "helper" },
	{ "JIT is required for calling kernel function", "kfunc" },
	{ "callbacks are not allowed in non-JITed", "helper" },
	{ "failed to load: -ENOMEM", "attach_target" }, // no trampolines
};

static const char *reason_of_load(const char *section, char *line, size_t size)
{
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (!logged(signs[i].words, line, size))
			continue;
		bool tp =
			strstr(section, "tp_btf") && strcmp(signs[i].reason, "attach_target") == 0;
		return tp ? "tracepoint_missing" : signs[i].reason;
	}
	logged("prog '", line, size);
	return "verifier_other";
}

static const char *reason_of_attach(const char *section)
{
	static const struct {
		const char *prefix, *reason;
	} prefixes[] = {
		{ "uprobe", "uprobe_target" },
		{ "uretprobe", "uprobe_target" },
		{ "usdt", "uprobe_target" },
		{ "kprobe", "attach_target" },
		{ "kretprobe", "attach_target" },
		{ "ksyscall", "attach_target" },
		{ "kretsyscall", "attach_target" },
		{ "fentry", "attach_target" },
		{ "fexit", "attach_target" },
		{ "fmod_ret", "attach_target" },
		{ "lsm", "attach_target" },
		{ "tp", "tracepoint_missing" },
		{ "tracepoint", "tracepoint_missing" },
		{ "raw_t", "tracepoint_missing" },
	};
	section += *section == '?';
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (strncmp(section, prefixes[i].prefix, strlen(prefixes[i].prefix)) == 0)
			return prefixes[i].reason;
	return "attach_env";
}

/* ---- one line of the result ---- */

static void put_text(const char *key, const char *text)
{
	guest_put_text(out, key, text, strlen(text));
}

static void put_program(const char *path, struct bpf_program *prog, bool autoload)
{
	fprintf(out, "{\"obj\": \"%s\"", path + strlen(root));
	put_text("prog", bpf_program__name(prog));
	put_text("sec", bpf_program__section_name(prog));
	const char *type = libbpf_bpf_prog_type_str(bpf_program__type(prog));
	const char *attach = libbpf_bpf_attach_type_str(bpf_program__expected_attach_type(prog));
	put_text("type", type ? type : "?");
	put_text("eat", attach ? attach : "?");
	fprintf(out, ", \"autoload\": %s, \"insns\": %zu", autoload ? "true" : "false",
		bpf_program__insn_cnt(prog));
}

/** A failure: its reason, the name that is missing, and the decisive line. */
static void put_failure(const char *result, const char *reason, const char *section,
			const char *detail)
{
	const char *slash = strrchr(section, '/');
	const char *target = slash ? slash + 1 : "";
	if (strncmp(target, "dummy_", 6) == 0 && strcmp(reason, "attach_target") == 0)
		reason = "dummy_target";
	put_text("result", result);
	put_text("reason", reason);
	put_text("missing", target);
	put_text("detail", detail);
	fputs("}\n", out);
}

static void try_attach(struct bpf_program *prog)
{
	const char *section = bpf_program__section_name(prog);
	struct bpf_link *link = bpf_program__attach(prog);
	int err = link ? 0 : -errno;
	if (err == -EOPNOTSUPP || (err == -EINVAL && !strchr(section, '/'))) {
		fputs(", \"attach\": \"na\"", out);
		put_text("result", "na");
		put_text("reason", "no_auto_attach");
		fputs("}\n", out);
		return;
	}
	fprintf(out, ", \"attach\": %d", err);
	if (!err) {
		put_text("result", "ok");
		fputs("}\n", out);
		return;
	}
	char detail[32];
	snprintf(detail, sizeof(detail), "errno %d", err);
	put_failure("attach_fail", reason_of_attach(section), section, detail);
}

/* ---- one program, in a process of its own ---- */

static struct bpf_object *open_object(const char *path)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts);
	return bpf_object__open_file(path, &opts);
}

/** Sizes that the tools choose at run time: any that the kernel takes will do. */
static void size_maps(struct bpf_object *object)
{
	static const unsigned int unsized[] = {
		BPF_MAP_TYPE_PERF_EVENT_ARRAY, BPF_MAP_TYPE_STRUCT_OPS,	   BPF_MAP_TYPE_SK_STORAGE,
		BPF_MAP_TYPE_TASK_STORAGE,     BPF_MAP_TYPE_INODE_STORAGE, CGRP_STORAGE,
	};
	struct bpf_map *map;
	bpf_object__for_each_map(map, object)
	{
		enum bpf_map_type type = bpf_map__type(map);
		bool by_itself = bpf_map__is_internal(map);
		for (size_t i = 0; i < sizeof(unsized) / sizeof(unsized[0]); i++)
			by_itself = by_itself || type == unsized[i];
		if (!by_itself && !bpf_map__max_entries(map))
			bpf_map__set_max_entries(map, type == BPF_MAP_TYPE_RINGBUF ? 4096 : 64);
		if (type == BPF_MAP_TYPE_STACK_TRACE && !bpf_map__value_size(map))
			bpf_map__set_value_size(map, 127 * sizeof(uint64_t));
	}
}

/** Of the open object only the nr-th program is loaded. */
static struct bpf_program *select_program(struct bpf_object *object, size_t nr, bool *autoload)
{
	struct bpf_program *prog, *found = NULL;
	size_t i = 0;
	bpf_object__for_each_program(prog, object)
	{
		if (i == nr) {
			found = prog;
			*autoload = bpf_program__autoload(prog);
		}
		bpf_program__set_autoload(prog, i++ == nr);
	}
	return found;
}

/** Whether the kernel has all the types of maps: then it was a size or the like that it refused. */
static bool knows_maps(struct bpf_object *object)
{
	struct bpf_map *map;
	bpf_object__for_each_map(map,
				 object) if (libbpf_probe_bpf_map_type(bpf_map__type(map), NULL) ==
					     0) return false;
	return true;
}

static void try_program(const char *path, size_t nr)
{
	bool autoload = true;
	log_len = 0; // of other objects
	log_text[0] = '\0';
	struct bpf_object *object = open_object(path);
	struct bpf_program *prog = object ? select_program(object, nr, &autoload) : NULL;
	if (!prog)
		return;
	size_maps(object);
	put_program(path, prog, autoload);
	int err = bpf_object__load(object);
	fprintf(out, ", \"poison\": %u, \"stage\": \"load\", \"load\": %d", poisoned, err);
	if (!err) {
		try_attach(prog);
		return;
	}
	char line[512] = "";
	const char *section = bpf_program__section_name(prog);
	const char *reason = reason_of_load(section, line, sizeof(line));
	if (strcmp(reason, "map_type") == 0 && knows_maps(object))
		reason = "map_setup";
	if (strcmp(reason, "verifier_other") == 0 &&
	    libbpf_probe_bpf_prog_type(bpf_program__type(prog), NULL) == 0)
		reason = "prog_type";
	if (bpf_program__type(prog) == BPF_PROG_TYPE_UNSPEC)
		reason = "sec_unknown";
	put_failure("load_fail", reason, section, line);
}

/** Run in a child and wait for it; false when it had to be killed. */
static bool in_child(void (*fn)(const char *path, size_t nr), const char *path, size_t nr)
{
	fflush(out);
	pid_t pid = fork();
	if (pid == 0) {
		alarm(PROGRAM_SECONDS);
		fn(path, nr);
		fflush(out);
		_exit(0);
	}
	int status = -1;
	if (pid > 0)
		waitpid(pid, &status, 0);
	return WIFEXITED(status);
}

static size_t count_programs(const char *path)
{
	struct bpf_object *object = open_object(path);
	struct bpf_program *prog;
	size_t nr = 0;
	if (!object) {
		fprintf(out, "{\"obj\": \"%s\", \"stage\": \"open\", \"result\": \"load_fail\"}\n",
			path + strlen(root));
		return 0;
	}
	bpf_object__for_each_program(prog, object) nr++;
	bpf_object__close(object);
	return nr;
}

/* ---- the machine ---- */

static int keep_path(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	if (type == FTW_F && nr_paths < MAX_OBJECTS)
		paths[nr_paths++] = strdup(path);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/** A list of the kernel's, framed so that the host can cut it out again. */
static void put_list(const char *name, const char *path)
{
	FILE *in = fopen(path, "r");
	if (!in)
		return;
	fprintf(out, "@begin %s\n", name);
	char block[4096];
	for (size_t n; (n = fread(block, 1, sizeof(block), in)) > 0;)
		fwrite(block, 1, n, out);
	fprintf(out, "\n@end %s\n", name);
	fclose(in);
}

/** /modules/order names files in an order in which each finds what it needs; hardware that is missing is no harm. */
static void load_modules(void)
{
	char name[256], path[300];
	FILE *order = fopen("/modules/order", "r");
	if (!order)
		return;
	while (fgets(name, sizeof(name), order)) {
		name[strcspn(name, "\n")] = '\0';
		snprintf(path, sizeof(path), "/modules/%s", name);
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST))
			printf("%s: %s\n", name, strerror(errno));
		if (fd >= 0)
			close(fd);
	}
	fclose(order);
}

/** Whether a program at a function that BTF names may call a helper: libbpf does not ask for these types. */
static bool may_call(enum bpf_prog_type type, int btf_id, int helper)
{
	static char log[4096];
	struct bpf_insn insns[] = { { .code = BPF_JMP | BPF_CALL, .imm = helper },
				    { .code = BPF_JMP | BPF_EXIT } };
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .log_buf = log, .log_size = sizeof(log),
		    .log_level = 1, .attach_btf_id = (uint32_t)btf_id,
		    .expected_attach_type =
			    type == BPF_PROG_TYPE_LSM ? BPF_LSM_MAC : BPF_TRACE_FENTRY);
	log[0] = '\0';
	int fd = bpf_prog_load(type, NULL, "GPL", insns, 2, &opts);
	if (fd >= 0)
		close(fd);
	return log[0] && !strstr(log, "unknown func") && !strstr(log, "invalid func") &&
	       !strstr(log, "cannot use helper");
}

/** Which helpers each type of program may call. */
static void put_helpers(void)
{
	int fentry = libbpf_find_vmlinux_btf_id("vfs_read", BPF_TRACE_FENTRY);
	int lsm = libbpf_find_vmlinux_btf_id("file_open", BPF_LSM_MAC);
	fputs("@begin helpers.jsonl\n", out);
	for (int type = 1; libbpf_bpf_prog_type_str(type); type++) {
		bool first = true;
		fprintf(out, "@{\"type\":\"%s\",\"ids\":[", libbpf_bpf_prog_type_str(type));
		for (int id = 1; id <= MAX_HELPER; id++) {
			int at = type == BPF_PROG_TYPE_TRACING ? fentry
				 : type == BPF_PROG_TYPE_LSM   ? lsm
							       : 0;
			if (at > 0 ? !may_call(type, at, id)
				   : libbpf_probe_bpf_helper(type, id, NULL) != 1)
				continue;
			fprintf(out, "%s%d", first ? "" : ",", id);
			first = false;
		}
		fputs("]}\n", out);
		fflush(out);
	}
	fputs("@end helpers.jsonl\n", out);
}

static void put_lists(void)
{
	static const char *const lists[][2] = {
		{ "available_filter_functions", "/sys/kernel/tracing/available_filter_functions" },
		{ "available_events", "/sys/kernel/tracing/available_events" },
		{ "kprobes_blacklist", "/sys/kernel/debug/kprobes/blacklist" },
		{ "error_injection", "/sys/kernel/debug/error_injection/list" },
		{ "kallsyms", "/proc/kallsyms" },
		{ "lsm", "/sys/kernel/security/lsm" },
		{ "modules", "/proc/modules" },
		{ "cmdline", "/proc/cmdline" },
	};
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		put_list(lists[i][0], lists[i][1]);
}

int main(void)
{
	out = guest_set_up();
	libbpf_set_print(keep_log);
	load_modules();
	nftw("/objects", keep_path, 16, FTW_PHYS);
	qsort(paths, nr_paths, sizeof(*paths), by_name);
	guest_put_version(out);
	for (size_t i = 0; i < nr_paths; i++) {
		fprintf(out, "@object %s\n",
			paths[i] + strlen(root)); // where it is, should it stop here
		size_t nr = count_programs(paths[i]);
		for (size_t k = 0; k < nr; k++)
			if (!in_child(try_program, paths[i], k))
				fputs(", \"result\": \"na\", \"reason\": \"timeout\"}\n", out);
		printf("%zu of %zu objects\r", i + 1, nr_paths);
		fflush(stdout);
	}
	fputs("@told\n", out);
	put_lists();
	if (!getenv("HELPERS")) // they take minutes; told once, they need not be told again
		put_helpers();
	guest_end(out);
	return 0;
}
