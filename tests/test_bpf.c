/* SPDX-License-Identifier: BSD-2-Clause */
/* The object reader against libbpf, against what the sources of tests/objects say, and against recorded truth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>
#include <cmocka.h>

#include "base/json_read.h"
#include "bpf/object.h"

/* ---- files ---- */

struct file {
	char *bytes;
	size_t len;
};

static bool read_file(const char *path, struct file *ret)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return false;
	fseek(f, 0, SEEK_END);
	ret->len = (size_t)ftell(f);
	rewind(f);
	ret->bytes = malloc(ret->len + 1);
	assert_non_null(ret->bytes);
	assert_int_equal(fread(ret->bytes, 1, ret->len, f), ret->len);
	ret->bytes[ret->len] = '\0';
	fclose(f);
	return true;
}

/** One of tests/objects; skips the test when clang was missing. */
static struct file test_object(const char *name)
{
	const char *folder = getenv("KSURF_OBJECTS");
	char path[4096];
	struct file file;
	if (!folder) {
		print_message("no clang: the objects could not be compiled\n");
		skip();
	}
	snprintf(path, sizeof(path), "%s/%s.o", folder, name);
	if (!read_file(path, &file))
		fail_msg("%s cannot be read", path);
	return file;
}

static struct ks_bpf_object *open_object(const struct file *file, const char *name)
{
	struct ks_bpf_object *object = NULL;
	struct ks_error *err = ks_bpf_open(file->bytes, file->len, name, &object);
	if (err)
		fail_msg("%s: %s", name, ks_error_text(err));
	return object;
}

static const struct ks_bpf_program *program_of(const struct ks_bpf_object *object, const char *name)
{
	for (uint32_t i = 0; i < object->nr_programs; i++)
		if (strcmp(object->programs[i].name, name) == 0)
			return &object->programs[i];
	fail_msg("no program %s", name);
	return NULL;
}

/* ---- names of sections ---- */

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
	{ "kretsyscall/openat", KS_HOOK_KSYSCALL, "openat", NULL, NULL, "KPROBE", NULL,
	  .on_return = true },
	{ "uprobe.multi.s//bin/sh:main", KS_HOOK_USER, "/bin/sh:main", NULL, NULL, "KPROBE",
	  "TRACE_UPROBE_MULTI", .sleepable = true },
	{ "usdt", KS_HOOK_USER, NONE, "KPROBE", NULL, .needs_target = true },
	{ "tp/sched/sched_switch", KS_HOOK_TRACEPOINT, "sched_switch", "sched", NULL, "TRACEPOINT",
	  NULL },
	{ "tracepoint/syscalls/sys_exit_read", KS_HOOK_SYSCALL_TP, "read", "syscalls", NULL,
	  "TRACEPOINT", NULL, .on_return = true },
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
	for (size_t i = 0; i < sizeof(section_cases) / sizeof(section_cases[0]); i++) {
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

/** "BPF_PROG_TYPE_XDP" is "xdp" for libbpf, "BPF_XDP_CPUMAP" is "xdp_cpumap". */
static void same_enum(const char *ours, const char *prefix, const char *theirs)
{
	if (strncmp(ours, prefix, strlen(prefix)) != 0)
		fail_msg("%s does not begin with %s", ours, prefix);
	assert_int_equal(strcasecmp(ours + strlen(prefix), theirs), 0);
}

static void same_hook(const char *section, const struct ks_hook *hook, enum bpf_prog_type type,
		      enum bpf_attach_type attach)
{
	if (!hook->program_type)
		fail_msg("%s: no program type", section);
	same_enum(hook->program_type, "BPF_PROG_TYPE_", libbpf_bpf_prog_type_str(type));
	if (hook->attach_type)
		same_enum(hook->attach_type, "BPF_", libbpf_bpf_attach_type_str(attach));
	else
		assert_int_equal(attach, 0);
}

static int quiet(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level, (void)fmt, (void)args;
	return 0;
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
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
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

/* ---- objects ---- */

static void same_programs(const struct ks_bpf_object *ours, struct bpf_object *theirs)
{
	struct bpf_program *p;
	uint32_t nr = 0;
	bpf_object__for_each_program(p, theirs)
	{
		const struct ks_bpf_program *q = program_of(ours, bpf_program__name(p));
		assert_string_equal(q->section + (q->section[0] == '?'),
				    bpf_program__section_name(p));
		assert_int_equal(q->nr_main, bpf_program__insn_cnt(p));
		assert_int_equal(q->autoload, bpf_program__autoload(p));
		// of struct_ops libbpf keeps the member's number there
		if (q->hook.kind != KS_HOOK_NONE && q->hook.kind != KS_HOOK_STRUCT_OPS)
			same_hook(q->section, &q->hook, bpf_program__type(p),
				  bpf_program__expected_attach_type(p));
		nr++;
	}
	assert_int_equal(nr, ours->nr_programs);
}

static void same_maps(const struct ks_bpf_object *ours, struct bpf_object *theirs)
{
	struct bpf_map *m;
	uint32_t nr = 0;
	bpf_object__for_each_map(m, theirs)
	{
		if (bpf_map__is_internal(m))
			continue;
		const struct ks_bpf_map *map = NULL;
		for (uint32_t i = 0; i < ours->nr_maps; i++)
			if (strcmp(ours->maps[i].name, bpf_map__name(m)) == 0)
				map = &ours->maps[i];
		assert_non_null(map);
		assert_int_equal(map->type, bpf_map__type(m));
		assert_int_equal(map->key_size, bpf_map__key_size(m));
		assert_int_equal(map->value_size, bpf_map__value_size(m));
		assert_int_equal(map->max_entries, bpf_map__max_entries(m));
		assert_int_equal(map->flags, bpf_map__map_flags(m));
		nr++;
	}
	assert_int_equal(nr, ours->nr_maps);
}

static void objects_are_what_libbpf_sees(void **state)
{
	(void)state;
	static const char *const names[] = { "tracing.bpfel", "struct_ops.bpfel" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct file file = test_object(names[i]);
		struct ks_bpf_object *ours = open_object(&file, names[i]);
		struct bpf_object *theirs = bpf_object__open_mem(file.bytes, file.len, NULL);
		assert_non_null(theirs);
		same_programs(ours, theirs);
		same_maps(ours, theirs);
		bpf_object__close(theirs);
		ks_bpf_close(ours);
		free(file.bytes);
	}
}

/** Where a function begins in a program, by the calls that lead to it; UINT32_MAX: none. */
static uint32_t call_target(const struct ks_bpf_object *object,
			    const struct ks_bpf_program *program, const char *name,
			    enum ks_bpf_ref_kind kind)
{
	for (uint32_t i = 0; i < program->nr; i++) {
		if (program->refs[i] == KS_NO_INDEX)
			continue;
		const struct ks_bpf_ref *ref = &object->refs[program->refs[i]];
		if (ref->kind != kind || strcmp(ref->name, name) != 0)
			continue;
		assert_int_equal(i + 1 + (uint32_t)program->insns[i].imm, ref->offset);
		return (uint32_t)ref->offset;
	}
	return UINT32_MAX;
}

static const struct ks_bpf_ref *ref_to(const struct ks_bpf_object *object,
				       const struct ks_bpf_program *program,
				       enum ks_bpf_ref_kind kind)
{
	for (uint32_t i = 0; i < program->nr; i++)
		if (program->refs[i] != KS_NO_INDEX && object->refs[program->refs[i]].kind == kind)
			return &object->refs[program->refs[i]];
	return NULL;
}

static void check_calls(const struct ks_bpf_object *object)
{
	enum { CALL = 0x85, EXIT = 0x95 };
	const struct ks_bpf_program *program = program_of(object, "vfs_read_entry");
	uint32_t trunk = call_target(object, program, "trunk", KS_REF_CALL);
	uint32_t branch = call_target(object, program, "branch", KS_REF_CALL);
	uint32_t leaf = call_target(object, program, "leaf", KS_REF_CALL);
	// behind the program: the one that is called first, then what that calls
	assert_int_equal(trunk, program->nr_main);
	assert_true(branch > trunk && leaf > branch && leaf < program->nr);
	assert_int_equal(program->insns[branch - 1].code, EXIT);
	assert_int_equal(program->insns[leaf - 1].code, EXIT);
	assert_int_equal(program->insns[program->nr - 1].code, EXIT);
	program = program_of(object, "on_switch");
	assert_int_equal(call_target(object, program, "trunk", KS_REF_CALL), UINT32_MAX);
	assert_int_equal(call_target(object, program, "callback", KS_REF_POINTER),
			 program->nr_main);
}

static void check_refs(const struct ks_bpf_object *object)
{
	const struct ks_bpf_program *unlink = program_of(object, "on_unlink");
	const struct ks_bpf_program *entry = program_of(object, "vfs_read_entry");
	const struct ks_bpf_program *on_switch = program_of(object, "on_switch");
	const struct ks_bpf_ref *ref = ref_to(object, unlink, KS_REF_MAP);
	assert_string_equal(object->maps[ref->index].name, "counts");
	ref = ref_to(object, unlink, KS_REF_DATA);
	assert_string_equal(object->data[ref->index].name, ".rodata");
	assert_true(object->data[ref->index].constant);
	assert_string_equal(ref->name, "wanted");
	assert_int_equal(object->data[ref->index].bytes[ref->offset + (object->big_endian ? 3 : 0)],
			 5);
	ref = ref_to(object, entry, KS_REF_KCONFIG);
	assert_string_equal(object->externs[ref->index].name, "LINUX_KERNEL_VERSION");
	ref = ref_to(object, on_switch, KS_REF_KSYM);
	assert_string_equal(object->externs[ref->index].name, "runqueues");
	ref = ref_to(object, on_switch, KS_REF_KFUNC);
	assert_string_equal(object->externs[ref->index].name, "task_acquire");
	for (uint32_t i = 0; i < object->nr_refs; i++)
		assert_int_not_equal(object->refs[i].kind, KS_REF_LOST);
}

static void check_externs(const struct ks_bpf_object *object)
{
	static const struct {
		const char *name;
		enum ks_bpf_extern_kind kind;
		bool weak, typed;
		uint32_t size;
	} expected[] = {
		{ "LINUX_KERNEL_VERSION", KS_EXTERN_KCONFIG, false, true, 4 },
		{ "CONFIG_BPF_JIT", KS_EXTERN_KCONFIG, true, true, 1 },
		{ "runqueues", KS_EXTERN_KSYM, true, false, 0 },
		{ "cpu_number", KS_EXTERN_KSYM, false, true, 0 },
		{ "task_acquire", KS_EXTERN_KFUNC, false, true, 0 },
		{ "task_release", KS_EXTERN_KFUNC, true, true, 0 },
	};
	assert_int_equal(object->nr_externs, sizeof(expected) / sizeof(expected[0]));
	for (uint32_t i = 0; i < object->nr_externs; i++) {
		uint32_t k = 0;
		while (strcmp(object->externs[k].name, expected[i].name) != 0)
			assert_true(++k < object->nr_externs);
		assert_int_equal(object->externs[k].kind, expected[i].kind);
		assert_int_equal(object->externs[k].weak, expected[i].weak);
		assert_int_equal(object->externs[k].type != 0, expected[i].typed);
		assert_int_equal(object->externs[k].size, expected[i].size);
	}
}

/** Each kind of relocation of the source's on_unlink(), by its path. */
static void check_cores(const struct ks_bpf_object *object)
{
	static const struct {
		enum ks_core_kind kind;
		const char *type, *path;
	} expected[] = {
		{ KS_CORE_FIELD_OFFSET, "task_struct", "0:0" },
		{ KS_CORE_FIELD_OFFSET, "task_struct", "0:4" },
		{ KS_CORE_FIELD_OFFSET, "mm_struct", "0:1:0" },
		{ KS_CORE_FIELD_OFFSET, "task_struct", "0:5:2" },
		{ KS_CORE_FIELD_OFFSET, "pt_regs", "0:14" },
		{ KS_CORE_FIELD_EXISTS, "task_struct", "0:1:0" },
		{ KS_CORE_FIELD_OFFSET, "task_struct", "0:1:0" },
		{ KS_CORE_FIELD_OFFSET, "task_struct___old", "0:0" },
		{ KS_CORE_TYPE_EXISTS, "mm_struct", "0" },
		{ KS_CORE_ENUM_VALUE, "stage", "1" },
	};
	size_t nr = sizeof(expected) / sizeof(expected[0]);
	const struct ks_bpf_program *program = program_of(object, "on_unlink");
	bool found[sizeof(expected) / sizeof(expected[0])] = { false };
	assert_int_equal(object->nr_cores, nr);
	for (uint32_t i = 0; i < program->nr; i++) {
		if (program->cores[i] == KS_NO_INDEX)
			continue;
		const struct ks_bpf_core *core = &object->cores[program->cores[i]];
		const char *type = ks_btf_type(object->btf, core->type).name;
		size_t k = 0;
		while (k < nr && (core->kind != expected[k].kind || found[k] ||
				  strcmp(type, expected[k].type) != 0 ||
				  strcmp(core->text, expected[k].path) != 0))
			k++;
		if (k == nr)
			fail_msg("%s %s %s", ks_core_texts[core->kind], type, core->text);
		found[k] = true;
	}
	for (size_t k = 0; k < nr; k++)
		assert_true(found[k]);
}

static void check_lines(const struct ks_bpf_object *object)
{
	const struct ks_bpf_program *program = program_of(object, "enter_openat");
	const struct ks_bpf_line *line = &object->lines[program->lines[program->nr - 1]];
	assert_string_equal(line->text, "return ctx[3] == 2;");
	assert_non_null(strstr(line->file, "tracing.bpf.c"));
	assert_true(line->line > 100 && line->column > 0);
	assert_int_equal(ks_btf_type(object->btf, program->func_type).kind, KS_BTF_FUNC_PROTO);
}

static void objects_say_what_their_source_says(void **state)
{
	(void)state;
	static const char *const names[] = { "tracing.bpfel", "tracing.bpfeb" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct file file = test_object(names[i]);
		struct ks_bpf_object *object = open_object(&file, "/some/folder/tracing.bpf.o");
		assert_string_equal(object->name, "tracing");
		assert_string_equal(object->license, "GPL");
		assert_int_equal(object->big_endian, i);
		assert_int_equal(object->nr_programs, 5);
		assert_false(program_of(object, "on_switch")->autoload);
		assert_true(program_of(object, "vfs_read_entry")->sleepable);
		check_calls(object);
		check_refs(object);
		check_externs(object);
		check_cores(object);
		check_lines(object);
		ks_bpf_close(object);
		free(file.bytes);
	}
}

static void objects_without_btf_degrade(void **state)
{
	(void)state;
	static const char *const names[] = { "legacy.bpfel", "legacy.bpfeb" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct file file = test_object(names[i]);
		struct ks_bpf_object *object = open_object(&file, names[i]);
		assert_true(object->legacy);
		assert_int_equal(object->nr_maps, 2);
		for (uint32_t k = 0; k < 2; k++) {
			const struct ks_bpf_map *map = &object->maps[k];
			bool first = strcmp(map->name, "first") == 0;
			assert_int_equal(map->type, first ? 1 : 2);
			assert_int_equal(map->value_size, first ? 8 : 16);
			assert_int_equal(map->max_entries, first ? 7 : 9);
			assert_int_equal(map->flags, first ? 0 : 4);
		}
		const struct ks_bpf_ref *ref =
			ref_to(object, program_of(object, "classify"), KS_REF_MAP);
		assert_non_null(ref);
		assert_string_equal(object->maps[ref->index].name, ref->name);
		ks_bpf_close(object);
		free(file.bytes);
	}
}

static void members_of_struct_ops_are_programs(void **state)
{
	(void)state;
	static const char *const names[] = { "struct_ops.bpfel", "struct_ops.bpfeb" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct file file = test_object(names[i]);
		struct ks_bpf_object *object = open_object(&file, names[i]);
		assert_int_equal(object->nr_struct_ops, 2);
		assert_string_equal(object->maps[0].struct_ops, "tcp_congestion_ops");
		const struct ks_bpf_program *init = program_of(object, "mini_init");
		assert_string_equal(init->hook.target, "init");
		assert_string_equal(init->hook.group, "tcp_congestion_ops");
		assert_true(init->autoload);
		assert_string_equal(program_of(object, "mini_ssthresh")->hook.target, "ssthresh");
		ks_bpf_close(object);
		free(file.bytes);
	}
}

/** Every cut and many a flipped byte: an error or an object, never more. */
static void damaged_objects_are_refused_or_read(void **state)
{
	(void)state;
	struct file file = test_object("tracing.bpfel");
	for (size_t i = 0; i < 6000; i++) {
		struct ks_bpf_object *object = NULL;
		size_t at = (i * 2654435761U) % file.len, len = i % 3 ? file.len : at;
		char *copy = malloc(len + 1);
		assert_non_null(copy);
		memcpy(copy, file.bytes, len);
		if (len == file.len)
			copy[at] ^= (char)(1U << (i % 8));
		struct ks_error *err = ks_bpf_open(copy, len, "damaged", &object);
		ks_error_free(err);
		ks_bpf_close(object);
		free(copy);
	}
	free(file.bytes);
}

/* ---- recorded truth, opt-in: KSURF_BPF_OBJECTS names a folder with the objects of truth/objects.jsonl ---- */

struct truth {
	char obj[128], prog[128], sec[128], type[64], attach[64];
	bool autoload;
	uint64_t insns, relos;
};

static void copy_text(char *to, size_t size, struct ks_jread_text text)
{
	snprintf(to, size, "%.*s", (int)text.len, text.at);
}

static void read_truth(struct ks_jread *r, const char *line, struct truth *ret)
{
	static const struct ks_jread_keys keys = {
		.nr = 8,
		.names = { "obj", "prog", "sec", "type", "eat", "autoload", "insns", "relos" },
	};
	uint32_t seen = 0;
	int key;
	memset(ret, 0, sizeof(*ret));
	ks_jread_begin(r, line, strlen(line));
	ks_jread_enter(r, '{');
	while ((key = ks_jread_key(r, &keys, &seen)) >= 0) {
		if (key == 0)
			copy_text(ret->obj, sizeof(ret->obj), ks_jread_string(r));
		else if (key == 1)
			copy_text(ret->prog, sizeof(ret->prog), ks_jread_string(r));
		else if (key == 2)
			copy_text(ret->sec, sizeof(ret->sec), ks_jread_string(r));
		else if (key == 3)
			copy_text(ret->type, sizeof(ret->type), ks_jread_string(r));
		else if (key == 4)
			copy_text(ret->attach, sizeof(ret->attach), ks_jread_string(r));
		else if (key == 5)
			ret->autoload = ks_jread_bool(r);
		else if (key == 6)
			ret->insns = ks_jread_uint(r, UINT32_MAX);
		else
			ret->relos = ks_jread_uint(r, UINT32_MAX);
	}
	assert_true(ks_jread_end(r));
}

/** CO-RE relocations of a program's own instructions, and of all functions that are no programs. */
static uint64_t count_relos(const struct ks_bpf_object *object,
			    const struct ks_bpf_program *program)
{
	uint64_t rest = object->nr_cores;
	for (uint32_t i = 0; i < object->nr_programs; i++) {
		const struct ks_bpf_program *other = &object->programs[i];
		for (uint32_t k = 0; other != program && k < other->nr_main; k++)
			rest -= other->cores[k] != KS_NO_INDEX;
	}
	return rest;
}

static void check_truth(const struct ks_bpf_object *object, const struct truth *truth)
{
	const struct ks_bpf_program *program = program_of(object, truth->prog);
	assert_string_equal(program->section, truth->sec);
	assert_int_equal(program->autoload, truth->autoload);
	assert_int_equal(program->nr_main, truth->insns);
	if (truth->relos) // 0 as well when it was never tried
		assert_int_equal(count_relos(object, program), truth->relos);
	if (program->hook.kind == KS_HOOK_NONE)
		return;
	same_enum(program->hook.program_type, "BPF_PROG_TYPE_", truth->type);
	if (program->hook.attach_type)
		same_enum(program->hook.attach_type, "BPF_", truth->attach);
	else
		assert_string_equal(truth->attach, "cgroup_inet_ingress");
}

static void real_objects_are_what_a_loader_saw(void **state)
{
	(void)state;
	const char *shared = getenv("KSURF_SHARED"), *folder = getenv("KSURF_BPF_OBJECTS");
	char path[4096], open_name[128] = "";
	struct file truths, file = { 0 };
	if (!shared || !folder) {
		print_message("KSURF_SHARED or KSURF_BPF_OBJECTS is not set\n");
		skip();
	}
	snprintf(path, sizeof(path), "%s/truth/6.1.0-50-amd64.jsonl", shared);
	assert_true(read_file(path, &truths));
	struct ks_jread reader = { 0 };
	struct ks_bpf_object *object = NULL;
	size_t nr = 0;
	for (char *at = truths.bytes, *line; (line = strsep(&at, "\n")) && *line; nr++) {
		struct truth truth;
		read_truth(&reader, line, &truth);
		if (strcmp(open_name, truth.obj) != 0) {
			ks_bpf_close(object);
			free(file.bytes);
			snprintf(path, sizeof(path), "%s/%s", folder, truth.obj);
			assert_true(read_file(path, &file));
			object = open_object(&file, path);
			snprintf(open_name, sizeof(open_name), "%s", truth.obj);
		}
		check_truth(object, &truth);
	}
	print_message("%zu programs agree\n", nr);
	ks_bpf_close(object);
	ks_jread_deinit(&reader);
	free(file.bytes);
	free(truths.bytes);
}

int main(void)
{
	libbpf_set_print(quiet);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(section_names_are_read),
		cmocka_unit_test(sections_mean_what_libbpf_says),
		cmocka_unit_test(objects_are_what_libbpf_sees),
		cmocka_unit_test(objects_say_what_their_source_says),
		cmocka_unit_test(objects_without_btf_degrade),
		cmocka_unit_test(members_of_struct_ops_are_programs),
		cmocka_unit_test(damaged_objects_are_refused_or_read),
		cmocka_unit_test(real_objects_are_what_a_loader_saw),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
