/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/kernels/expect.h"

#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/vector.h"
#include "bpf/deps.h"
#include "check/policy.h"

/** What nearly every question about a program or a function comes to: what decides about attaching, and what parameters are of. */
static const struct ks_store_want common[] = {
	{ KS_CONFIG, "CONFIG_BPF_JIT" },
	{ KS_CONFIG, "CONFIG_BPF_JIT_DEFAULT_ON" },
	{ KS_CONFIG, "CONFIG_CGROUPS" },
	{ KS_CONFIG, "CONFIG_DYNAMIC_FTRACE" },
	{ KS_CONFIG, "CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS" },
	{ KS_CONFIG, "CONFIG_FPROBE" },
	{ KS_CONFIG, "CONFIG_FTRACE_SYSCALLS" },
	{ KS_CONFIG, "CONFIG_KPROBE_EVENTS" },
	{ KS_CONFIG, "CONFIG_KPROBE_EVENTS_ON_NOTRACE" },
	{ KS_CONFIG, "CONFIG_MODULES" },
	{ KS_CONFIG, "CONFIG_PAHOLE_HAS_BTF_TAG" },
	{ KS_ENUM, "bpf_attach_type" },
	{ KS_ENUM, "bpf_func_id" },
	{ KS_ENUM, "bpf_iter_state" },
	{ KS_ENUM, "bpf_map_type" },
	{ KS_ENUM, "bpf_prog_type" },
	{ KS_INT, "_Bool" },
	{ KS_INT, "char" },
	{ KS_INT, "int" },
	{ KS_INT, "long int" },
	{ KS_INT, "long long int" },
	{ KS_INT, "long long unsigned int" },
	{ KS_INT, "long unsigned int" },
	{ KS_INT, "short int" },
	{ KS_INT, "short unsigned int" },
	{ KS_INT, "signed char" },
	{ KS_INT, "unsigned char" },
	{ KS_INT, "unsigned int" },
	{ KS_STRUCT, "bpf_raw_tp_null_args" },
	{ KS_STRUCT, "pt_regs" },
	{ KS_STRUCT, "syscall_metadata" },
	{ KS_STRUCT, "syscall_tp_t" },
	{ KS_STRUCT, "syscall_trace_enter" },
	{ KS_STRUCT, "syscall_trace_exit" },
	{ KS_STRUCT, "trace_entry" },
	{ KS_STRUCT, "trace_event_raw_sys_enter" },
	{ KS_STRUCT, "trace_event_raw_sys_exit" },
	{ KS_TYPEDEF, "__kernel_long_t" },
	{ KS_TYPEDEF, "__kernel_loff_t" },
	{ KS_TYPEDEF, "__kernel_size_t" },
	{ KS_TYPEDEF, "__kernel_ssize_t" },
	{ KS_TYPEDEF, "__kernel_ulong_t" },
	{ KS_TYPEDEF, "__s32" },
	{ KS_TYPEDEF, "__s64" },
	{ KS_TYPEDEF, "__u16" },
	{ KS_TYPEDEF, "__u32" },
	{ KS_TYPEDEF, "__u64" },
	{ KS_TYPEDEF, "__u8" },
	{ KS_TYPEDEF, "blk_opf_t" },
	{ KS_TYPEDEF, "bool" },
	{ KS_TYPEDEF, "dev_t" },
	{ KS_TYPEDEF, "gfp_t" },
	{ KS_TYPEDEF, "loff_t" },
	{ KS_TYPEDEF, "pid_t" },
	{ KS_TYPEDEF, "req_flags_t" },
	{ KS_TYPEDEF, "sector_t" },
	{ KS_TYPEDEF, "size_t" },
	{ KS_TYPEDEF, "ssize_t" },
	{ KS_TYPEDEF, "u16" },
	{ KS_TYPEDEF, "u32" },
	{ KS_TYPEDEF, "u64" },
	{ KS_TYPEDEF, "u8" },
	{ KS_TYPEDEF, "uint32_t" },
	{ KS_TYPEDEF, "umode_t" },
};

const struct ks_store_want *ks_expect_common(size_t *ret_nr)
{
	*ret_nr = KS_ARRAY_LEN(common);
	return common;
}

struct wants {
	KS_VECTOR(struct ks_store_want) at;
};

static struct ks_error *add(struct wants *wants, const struct ks_store_want *names, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (!ks_vector_add(&wants->at, names[i]))
			return &ks_nomem;
	return NULL;
}

struct ks_error *ks_expect_names(struct ks_store *store, const struct ks_store_images *images,
				 const struct ks_store_want *names, size_t nr)
{
	struct wants wants = { 0 };
	if (!ks_store_is_far(store))
		return NULL;
	struct ks_error *err = add(&wants, common, KS_ARRAY_LEN(common));
	if (!err)
		err = add(&wants, names, nr);
	if (!err)
		err = ks_store_want(store, images, wants.at.at, wants.at.len);
	ks_vector_deinit(&wants.at);
	return err;
}

/** The kind of names that a dependency is looked up as; KS_NR_KINDS: as none. */
static enum ks_kind kind_of(const struct ks_dep *dep)
{
	static const enum ks_kind kinds[KS_NR_DEPS] = {
		[KS_DEP_FUNCTION] = KS_FUNCTION,
		[KS_DEP_STRUCT] = KS_STRUCT,
		[KS_DEP_FIELD] = KS_FIELD,
		[KS_DEP_TRACEPOINT] = KS_TRACEPOINT,
		[KS_DEP_LSM] = KS_LSM,
		[KS_DEP_SYSCALL] = KS_SYSCALL,
		[KS_DEP_UNION] = KS_UNION,
		[KS_DEP_UNION_FIELD] = KS_FIELD,
		[KS_DEP_ENUM] = KS_ENUM,
		[KS_DEP_ENUM_VALUE] = KS_ENUM,
		[KS_DEP_TYPE] = KS_TYPEDEF,
		[KS_DEP_ITER] = KS_NR_KINDS,
		[KS_DEP_STRUCT_OPS] = KS_FIELD,
		[KS_DEP_KFUNC] = KS_FUNCTION,
		[KS_DEP_KSYM] = KS_FUNCTION,
		[KS_DEP_KCONFIG] = KS_CONFIG,
		[KS_DEP_HELPER] = KS_NR_KINDS,
		[KS_DEP_PROGRAM_TYPE] = KS_NR_KINDS,
		[KS_DEP_ATTACH_TYPE] = KS_NR_KINDS,
		[KS_DEP_MAP_TYPE] = KS_NR_KINDS,
		[KS_DEP_ARGUMENT] = KS_NR_KINDS,
		[KS_DEP_CONTEXT] = KS_NR_KINDS,
		[KS_DEP_UPROBE] = KS_NR_KINDS,
		[KS_DEP_USDT] = KS_NR_KINDS,
		[KS_DEP_PERF_EVENT] = KS_NR_KINDS,
		[KS_DEP_CGROUP] = KS_NR_KINDS,
	};
	return kinds[dep->kind];
}

static struct ks_error *add_dep(struct wants *wants, struct ks_arena *arena,
				const struct ks_dep *dep)
{
	enum ks_kind kind = kind_of(dep);
	const char *colons = strstr(dep->name, "::"), *name = dep->name;
	if (kind == KS_NR_KINDS)
		return NULL;
	if (kind == KS_ENUM && colons)
		name = ks_arena_strndup(arena, name, (size_t)(colons - name));
	else // the list outlives what it was made of
		name = ks_arena_strdup(arena, name);
	const struct ks_store_want want = { kind, name, kind == KS_FUNCTION };
	return name ? add(wants, &want, 1) : &ks_nomem;
}

/** What tells the arguments of a tracepoint that a program reads with its BTF. */
static struct ks_error *add_tracepoint(struct wants *wants, struct ks_arena *arena,
				       const struct ks_hook *hook)
{
	static const struct ks_store_want of[] = { { KS_TYPEDEF, "btf_trace_", false },
						   { KS_FUNCTION, "__bpf_trace_", true } };
	if (hook->kind != KS_HOOK_TP_BTF || !hook->target)
		return NULL;
	for (size_t i = 0; i < KS_ARRAY_LEN(of); i++) {
		_cleanup_buf_ struct ks_buf name = { 0 };
		struct ks_store_want want = of[i];
		ks_buf_printf(&name, "%s%s", of[i].name, hook->target);
		const char *text = ks_buf_text(&name);
		want.name = text ? ks_arena_strdup(arena, text) : NULL;
		if (!want.name)
			return &ks_nomem;
		KS_TRY(add(wants, &want, 1));
	}
	return NULL;
}

/** What programs are attached to that do not say it themselves. */
static struct ks_error *add_targets(struct wants *wants, struct ks_arena *arena,
				    const struct ks_policy_target *targets, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		struct ks_hook hook = { 0 };
		KS_TRY(ks_hook_parse(arena, targets[i].section, &hook));
		KS_TRY(add_tracepoint(wants, arena, &hook));
		bool function = hook.kind == KS_HOOK_KPROBE || hook.kind == KS_HOOK_FENTRY ||
				hook.kind == KS_HOOK_FMOD_RET;
		const struct ks_store_want want = { KS_FUNCTION, hook.target, true };
		if (function && hook.target)
			KS_TRY(add(wants, &want, 1));
	}
	return NULL;
}

static struct ks_error *add_policy(struct wants *wants, struct ks_arena *arena,
				   const struct ks_policy *policy,
				   const struct ks_bpf_object *object)
{
	const struct ks_policy_object *part;
	for (size_t at = 0; (part = ks_policy_next(policy, object, &at));) {
		KS_TRY(add_targets(wants, arena, part->targets, part->nr_targets));
		KS_TRY(add_targets(wants, arena, part->rewrites, part->nr_rewrites));
		KS_TRY(add_targets(wants, arena, part->probes, part->nr_probes));
	}
	return NULL;
}

static struct ks_error *add_object(struct wants *wants, struct ks_arena *arena,
				   const struct ks_bpf_object *object)
{
	_cleanup_deps_ struct ks_deps *deps = NULL;
	struct ks_error *err = ks_deps_collect(object, &deps);
	for (uint32_t i = 0; !err && i <= deps->nr; i++) {
		const struct ks_dep_list *list =
			i < deps->nr ? &deps->programs[i] : &deps->object_deps;
		err = list->program ? add_tracepoint(wants, arena, &list->program->hook) : NULL;
		for (uint32_t k = 0; !err && k < list->nr; k++)
			err = add_dep(wants, arena, &list->at[k]);
	}
	return err;
}

struct ks_error *ks_expect_objects(struct ks_store *store, const struct ks_store_images *images,
				   const struct ks_check_input *inputs, size_t nr,
				   const struct ks_check_options *options)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct wants wants = { 0 };
	if (!ks_store_is_far(store))
		return NULL;
	struct ks_error *err = NULL;
	for (size_t i = 0; !err && i < nr; i++) {
		const struct ks_bpf_object *object = inputs[i].object;
		err = add_object(&wants, &arena, object);
		if (!err)
			err = add_policy(&wants, &arena, options->policy, object);
		if (!err)
			err = add_policy(&wants, &arena, options->next, object);
	}
	if (!err)
		err = ks_expect_names(store, images, wants.at.at, wants.at.len);
	ks_vector_deinit(&wants.at);
	return err;
}
