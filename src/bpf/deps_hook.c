/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "bpf/deps_private.h"

/** What a kind of hook needs; NR_DEPS: nothing that has a name. */
static const struct {
	enum ks_dep_kind kind;
	bool published;
} needs[KS_NR_HOOKS] = {
	[KS_HOOK_NONE] = { KS_NR_DEPS, false },
	[KS_HOOK_KPROBE] = { KS_DEP_FUNCTION, true },
	[KS_HOOK_KPROBE_MULTI] = { KS_DEP_FUNCTION, false },
	[KS_HOOK_KSYSCALL] = { KS_DEP_SYSCALL, false },
	[KS_HOOK_FENTRY] = { KS_DEP_FUNCTION, true },
	[KS_HOOK_FMOD_RET] = { KS_DEP_FUNCTION, false },
	[KS_HOOK_TRACEPOINT] = { KS_DEP_TRACEPOINT, true },
	[KS_HOOK_RAW_TP] = { KS_DEP_TRACEPOINT, true },
	[KS_HOOK_TP_BTF] = { KS_DEP_TRACEPOINT, true },
	[KS_HOOK_SYSCALL_TP] = { KS_DEP_SYSCALL, true },
	[KS_HOOK_LSM] = { KS_DEP_LSM, true },
	[KS_HOOK_ITER] = { KS_DEP_ITER, false },
	[KS_HOOK_STRUCT_OPS] = { KS_NR_DEPS, false }, // told by the maps
	[KS_HOOK_FREPLACE] = { KS_NR_DEPS, false },
	[KS_HOOK_USER] = { KS_DEP_UPROBE, true },
	[KS_HOOK_OTHER] = { KS_NR_DEPS, false },
};

/** What is behind a program's type, as far as the published sets name it. */
static enum ks_dep_kind named_kind(const struct ks_bpf_program *program)
{
	const char *section = program->section + (program->section[0] == '?');
	if (program->hook.kind == KS_HOOK_USER && strncmp(section, "usdt", 4) == 0)
		return KS_DEP_USDT;
	if (program->hook.kind != KS_HOOK_OTHER)
		return needs[program->hook.kind].kind;
	if (strcmp(section, "perf_event") == 0)
		return KS_DEP_PERF_EVENT;
	return strncmp(section, "cgroup", 6) == 0 ? KS_DEP_CGROUP : KS_NR_DEPS;
}

static struct ks_error *add_name(struct ks_dep_sink *sink, enum ks_dep_kind kind, const char *name,
				 bool published)
{
	return ks_dep_add(sink, (struct ks_dep){ .kind = kind,
						 .name = name,
						 .published = published,
						 .nr = 1,
						 .insn = KS_NO_INDEX });
}

/** Reads of the context: arguments by their number, other things by their offset. */
static struct ks_error *add_read(struct ks_dep_sink *sink, const struct ks_hook *hook,
				 const struct ks_bpf_read *read)
{
	static const char *const arguments[] = {
		"return value", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"
	};
	int argument = ks_bpf_argument(sink->machine, hook, read->offset);
	struct ks_dep dep = {
		.kind = KS_DEP_ARGUMENT,
		.nr = 1,
		.insn = read->insn,
		.offset = read->offset,
		.size_bytes = read->size_bytes,
	};
	if (argument != KS_ARGUMENT_NONE) {
		dep.name = arguments[argument];
		return ks_dep_add(sink, dep);
	}
	if (read->relocated)
		return NULL;
	_cleanup_buf_ struct ks_buf name = { 0 };
	ks_buf_printf(&name, "offset %u", read->offset);
	if (read->size_bytes)
		ks_buf_printf(&name, ", %u byte%s", read->size_bytes,
			      read->size_bytes == 1 ? "" : "s");
	KS_TRY(ks_buf_error(&name));
	dep.kind = KS_DEP_CONTEXT;
	dep.name = ks_arena_strndup(sink->arena, name.at, name.len);
	return dep.name ? ks_dep_add(sink, dep) : &ks_nomem;
}

/** Of which hooks the context is something that changes from kernel to kernel. */
static bool has_context(enum ks_hook_kind kind)
{
	switch (kind) {
	case KS_HOOK_NONE:
	case KS_HOOK_USER:
	case KS_HOOK_OTHER:
	case KS_HOOK_FREPLACE:
	case KS_HOOK_ITER:
		return false;
	default:
		return true;
	}
}

static struct ks_error *add_struct_op(struct ks_dep_sink *sink, const struct ks_hook *hook)
{
	_cleanup_buf_ struct ks_buf name = { 0 };
	ks_buf_printf(&name, "%s::%s", hook->group, hook->target);
	KS_TRY(ks_buf_error(&name));
	const char *copy = ks_arena_strndup(sink->arena, name.at, name.len);
	return copy ? add_name(sink, KS_DEP_STRUCT_OPS, copy, false) : &ks_nomem;
}

struct ks_error *ks_deps_of_hook(struct ks_dep_sink *sink, const struct ks_bpf_program *program)
{
	const struct ks_hook *hook = &program->hook;
	enum ks_dep_kind kind = named_kind(program);
	bool published = hook->kind == KS_HOOK_OTHER || needs[hook->kind].published;
	const char *slash = kind == KS_DEP_CGROUP ? strrchr(program->section, '/') : NULL;
	if (kind != KS_NR_DEPS)
		KS_TRY(add_name(sink, kind,
				slash	       ? slash + 1
				: hook->target ? hook->target
					       : "",
				published));
	if (hook->program_type)
		KS_TRY(add_name(sink, KS_DEP_PROGRAM_TYPE, hook->program_type, false));
	if (hook->attach_type)
		KS_TRY(add_name(sink, KS_DEP_ATTACH_TYPE, hook->attach_type, false));
	if (hook->kind == KS_HOOK_STRUCT_OPS && hook->target && hook->group)
		KS_TRY(add_struct_op(sink, hook));
	if (!has_context(hook->kind))
		return NULL;
	struct ks_bpf_read *reads;
	uint32_t nr;
	KS_TRY(ks_bpf_context_reads(sink->arena, sink->object, program, &reads, &nr));
	for (uint32_t i = 0; i < nr; i++)
		KS_TRY(add_read(sink, hook, &reads[i]));
	return NULL;
}
