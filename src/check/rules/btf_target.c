/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hooks that are looked up by BTF when a program is loaded: libbpf finds the id, the kernel checks what it stands for
 * (bpf_check_attach_target(), btf_distill_func_proto()).
 */
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "check/core/core_type.h"
#include "check/rules/lsm.h"
#include "check/rules/no_symbol.h"
#include "check/rules/rules.h"
#include "check/rules/target.h"

enum { MAX_ARGS = 12 }; // MAX_BPF_FUNC_ARGS

/** Functions that tracing programs may not be attached to (btf_id_deny), and where that is so. */
static const struct {
	const char *name;
	uint32_t since;
	const char *option; // that must be set; NULL
	bool on_return;	    // only fexit and fmod_ret: they do not return
} denied[] = {
	{ "migrate_disable", KS_SINCE(5, 12), NULL, false },
	{ "migrate_enable", KS_SINCE(5, 12), NULL, false },
	{ "rcu_read_unlock_strict", KS_SINCE(5, 13), NULL, false },
	{ "preempt_count_add", KS_SINCE(6, 4), "CONFIG_DEBUG_PREEMPT", false },
	{ "preempt_count_sub", KS_SINCE(6, 4), "CONFIG_DEBUG_PREEMPT", false },
	{ "preempt_count_add", KS_SINCE(6, 4), "CONFIG_TRACE_PREEMPT_TOGGLE", false },
	{ "preempt_count_sub", KS_SINCE(6, 4), "CONFIG_TRACE_PREEMPT_TOGGLE", false },
	{ "__rcu_read_lock", KS_SINCE(6, 4), "CONFIG_PREEMPT_RCU", false },
	{ "__rcu_read_unlock", KS_SINCE(6, 4), "CONFIG_PREEMPT_RCU", false },
	{ "do_exit", KS_SINCE(6, 16), NULL, true },
	{ "do_group_exit", KS_SINCE(6, 16), NULL, true },
	{ "kthread_complete_and_exit", KS_SINCE(6, 16), NULL, true },
	{ "kthread_exit", KS_SINCE(6, 16), NULL, true },
	{ "make_task_dead", KS_SINCE(6, 16), NULL, true },
	{ "__x64_sys_exit", KS_SINCE(6, 16), NULL, true },
	{ "__x64_sys_exit_group", KS_SINCE(6, 16), NULL, true },
	{ "__ia32_sys_exit", KS_SINCE(6, 16), NULL, true },
	{ "__ia32_sys_exit_group", KS_SINCE(6, 16), NULL, true },
};

/** On the error injection list, but sleepable programs may not be there. */
static const char *const not_sleepable[] = { "__filemap_add_folio", "__add_to_page_cache_locked",
					     "should_fail_alloc_page", "should_failslab" };

/** How the kernel counts one parameter or result; false when it does not take it. */
static bool takes(const struct ks_site *site, const struct ks_type *type, bool result,
		  const char **ret_why)
{
	struct ks_shape shape = ks_shape_of(site, type);
	bool composite = shape.kind == KS_BTF_STRUCT || shape.kind == KS_BTF_UNION;
	if (shape.untold || shape.kind == KS_BTF_PTR || shape.kind == KS_BTF_INT ||
	    shape.kind == KS_BTF_ENUM || (result && shape.kind == KS_BTF_VOID))
		return true;
	*ret_why = composite ? "a struct by value" : "a type that is not supported";
	if (!composite || result || !site->version || site->version < KS_SINCE(6, 1))
		return false;
	uint64_t size = ks_shape_size(site, &shape);
	*ret_why = "a struct of more than 16 bytes";
	return size <= 16;
}

/** Registers that the arguments take. */
static uint32_t count_words(const struct ks_site *site, const struct ks_type *proto)
{
	uint32_t words = 0;
	for (uint32_t i = 0; i < proto->nr_params; i++) {
		struct ks_shape shape = ks_shape_of(site, proto->params[i].type);
		uint64_t size = ks_shape_size(site, &shape);
		words += size > 8 ? (uint32_t)((size + 7) / 8) : 1;
	}
	return words;
}

/** What btf_distill_func_proto() refuses, at load; the trampoline's limits, at attach. */
static void judge_signature(struct ks_judge *judge, const char *name, const struct ks_type *proto)
{
	const struct ks_about *about = KS_ABOUT_NAME(KS_FUNCTION, name);
	const struct ks_site *site = judge->site;
	const char *why = NULL;
	if (!proto)
		return;
	if (!takes(site, proto->inner, true, &why)) {
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TARGET_SIGNATURE, about,
			     "it returns %s", why);
		return;
	}
	if (proto->nr_params > MAX_ARGS) {
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TARGET_SIGNATURE, about,
			     "%u parameters, %d can be traced", proto->nr_params, MAX_ARGS);
		return;
	}
	for (uint32_t i = 0; i < proto->nr_params; i++) {
		const struct ks_type *type = proto->params[i].type;
		if (!type || type->kind == KS_TYPE_VOID) {
			ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TARGET_SIGNATURE, about,
				     "it takes a variable number of arguments");
			return;
		}
		if (!takes(site, type, false, &why)) {
			ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TARGET_SIGNATURE, about,
				     "parameter %u is %s", i + 1, why);
			return;
		}
	}
	bool amd64 = site->image->arch && strcmp(site->image->arch, "amd64") == 0;
	uint32_t words = count_words(site, proto);
	if (amd64 && words > 6 && site->version && site->version < KS_SINCE(6, 6))
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TARGET_SIGNATURE, about,
			     "%u words of arguments; before 6.6 six can be traced", words);
}

/** Arguments that the program reads beyond those there are: "func 'X' doesn't have N-th argument". */
static void judge_arguments(struct ks_judge *judge, const char *name, uint32_t nr_args, bool result)
{
	for (uint32_t i = 0; i < judge->program->nr; i++) {
		const struct ks_reached *at = &judge->reach->at[i];
		if (!at->reached || !at->ctx_size || at->modified_ctx)
			continue;
		uint32_t arg = (uint32_t)at->ctx_offset / 8;
		if (arg < nr_args + result)
			continue;
		struct ks_about about = { .kind = KS_FUNCTION, .name = name, .insn = i };
		enum ks_reason_kind kind = KS_REASON_SIGNATURE_CHANGED;
		if (judge->hook->kind == KS_HOOK_TP_BTF) {
			kind = KS_REASON_CONTEXT_CHANGED;
			about.kind = KS_TRACEPOINT;
		}
		ks_judge_add(judge, KS_STAGE_LOAD, kind, &about,
			     "argument %u is read, there are %u", arg + 1, nr_args);
		return;
	}
}

static void judge_denied(struct ks_judge *judge, const char *name)
{
	const struct ks_site *site = judge->site;
	for (size_t i = 0; i < KS_ARRAY_LEN(denied); i++) {
		if (strcmp(denied[i].name, name) != 0 || !site->version ||
		    site->version < denied[i].since)
			continue;
		if (denied[i].option && ks_site_built_in(site, denied[i].option) != KS_PRESENT)
			continue;
		if (denied[i].on_return && !judge->hook->on_return &&
		    judge->hook->kind != KS_HOOK_FMOD_RET)
			continue;
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TARGET_REFUSED,
			     KS_ABOUT_NAME(KS_FUNCTION, name),
			     denied[i].on_return ? "it does not return"
						 : "no tracing program may be there");
	}
}

/** Functions that the kernel itself offers to fmod_ret programs (register_btf_fmodret_id_set()). */
static const struct {
	const char *name;
	uint32_t since, until; // until 0: still
	bool sleeps;
} offered[] = {
	{ "bpf_modify_return_test", KS_SINCE(6, 2), 0, false },
	{ "bpf_modify_return_test2", KS_SINCE(6, 2), 0, false },
	{ "bpf_modify_return_test_tp", KS_SINCE(6, 2), 0, false },
	{ "bpf_fentry_test1", KS_SINCE(6, 2), 0, true },
	{ "update_socket_protocol", KS_SINCE(6, 6), 0, false },
	{ "hid_bpf_device_event", KS_SINCE(6, 3), KS_SINCE(6, 11), false },
	{ "hid_bpf_rdesc_fixup", KS_SINCE(6, 3), KS_SINCE(6, 11), false },
	{ "__hid_bpf_tail_call", KS_SINCE(6, 3), KS_SINCE(6, 11), false },
};

static bool is_offered(const struct ks_site *site, const char *name, bool sleeps)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(offered); i++)
		if (strcmp(offered[i].name, name) == 0 && site->version >= offered[i].since &&
		    (!offered[i].until || site->version < offered[i].until) &&
		    (!sleeps || offered[i].sleeps))
			return true;
	return false;
}

/** has_arch_syscall_prefix(): without error injection, system calls are still open. */
static bool is_open_syscall(const struct ks_site *site, const char *name)
{
	static const struct {
		const char *arch, *prefix;
	} archs[] = { { "amd64", "__x64_" },   { "i386", "__ia32_" },	  { "s390x", "__s390x_" },
		      { "arm64", "__arm64_" }, { "riscv64", "__riscv_" }, { "ppc64el", "sys_" },
		      { "loong64", "sys_" } };
	if (site->version < KS_SINCE(7, 0) ||
	    ks_site_built_in(site, "CONFIG_FUNCTION_ERROR_INJECTION") != KS_ABSENT)
		return false;
	for (size_t i = 0; site->image->arch && i < KS_ARRAY_LEN(archs); i++)
		if (strcmp(site->image->arch, archs[i].arch) == 0)
			return strncmp(name, archs[i].prefix, strlen(archs[i].prefix)) == 0;
	return false;
}

/** fmod_ret and sleepable programs need a function that error injection may change. */
static void judge_injection(struct ks_judge *judge, const char *name,
			    const struct ks_symbol *symbol)
{
	bool modifies = judge->hook->kind == KS_HOOK_FMOD_RET;
	const struct ks_about *about = KS_ABOUT_NAME(KS_FUNCTION, name);
	bool sleeps = judge->caller->sleepable;
	if (!modifies && !sleeps)
		return;
	if (is_offered(judge->site, name, sleeps) || is_open_syscall(judge->site, name))
		return;
	if (modifies && strncmp(name, "security_", strlen("security_")) == 0 && !sleeps)
		return;
	for (size_t i = 0; sleeps && i < KS_ARRAY_LEN(not_sleepable); i++) {
		if (strcmp(not_sleepable[i], name) == 0) {
			ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TARGET_REFUSED, about,
				     "no sleepable program may be there");
			return;
		}
	}
	enum ks_presence inject = ks_symbol_attach(judge->site, symbol, KS_ATTACH_INJECT);
	if (inject == KS_UNTOLD)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TIER, about,
			     "the error injection list is not known");
	else if (inject == KS_ABSENT)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TARGET_REFUSED, about,
			     "not on the error injection list");
}

void ks_judge_function_by_btf(struct ks_judge *judge)
{
	const char *name = judge->hook->target;
	struct ks_target target = ks_target_find(judge->site, name);
	const struct ks_about *about = KS_ABOUT_NAME(KS_FUNCTION, name);
	struct ks_reason *reason;
	if (target.untold && target.in_btf == KS_ABSENT) { // it may be data, or inlined everywhere
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TARGET_NOT_IN_BTF, about,
			     "its BTF has no function of that name");
		return;
	}
	if (target.only_module || (target.in_btf == KS_ABSENT && !target.symbol)) {
		ks_judge_no_symbol(judge, KS_STAGE_LOAD, &target, name);
		return;
	}
	const char *module = judge->hook->module;
	if (module && strcmp(module, "vmlinux") != 0 && target.symbol && !target.in_module) {
		reason = ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TARGET_ABSENT, about,
				      "not in module %s: the kernel itself has it", module);
		ks_reason_hint(judge, reason, "leave the module's name out");
		return;
	}
	if (ks_judge_absent(judge, KS_STAGE_LOAD, target.in_btf, about)) {
		reason = ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TARGET_NOT_IN_BTF, about,
				      ks_site_has_btf(judge->site) == KS_ABSENT
					      ? "CONFIG_DEBUG_INFO_BTF is not set"
					      : "the kernel has it, its BTF has not");
		ks_reason_hint(judge, reason, "a kprobe on %s needs no BTF", name);
		return;
	}
	if (target.in_btf == KS_PRESENT && !target.symbol) {
		// "The address of function cannot be found"
		ks_judge_no_symbol(judge, KS_STAGE_LOAD, &target, name);
		return;
	}
	judge_denied(judge, name);
	judge_signature(judge, name, ks_target_proto(&target));
	if (target.symbol)
		judge_injection(judge, name, target.symbol);
	const struct ks_type *proto = ks_target_proto(&target);
	if (proto && proto->nr_params <= MAX_ARGS)
		judge_arguments(judge, name, proto->nr_params,
				judge->hook->on_return || judge->hook->kind == KS_HOOK_FMOD_RET);
}

/** bpf_lsm_verify_prog(), bpf_lsm_is_sleepable_hook(). */
static void judge_lsm_hook(struct ks_judge *judge, const struct ks_about *about)
{
	if (!ks_lsm_is_hook(judge->site, about->name))
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_LSM_MISSING, about,
			     "bpf_lsm_%s is there, but for something else", about->name);
	else if (!judge->caller->gpl)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TARGET_REFUSED, about,
			     "LSM programs must be GPL-compatible");
	else if (ks_lsm_disabled(judge->site, about->name))
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TARGET_REFUSED, about,
			     "the hook is closed to programs");
	else if (judge->caller->sleepable && !ks_lsm_sleeps(judge->site, about->name))
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TARGET_REFUSED, about,
			     "no sleepable program may be there");
}

/** A function of the kernel whose name the hook only tells a part of: "bpf_lsm_" or "bpf_iter_". */
static void judge_prefixed(struct ks_judge *judge, const char *prefix, enum ks_reason_kind missing,
			   enum ks_kind kind)
{
	_cleanup_buf_ struct ks_buf buf = { 0 };
	ks_buf_printf(&buf, "%s%s", prefix, judge->hook->target);
	const char *name = ks_buf_text(&buf);
	if (!name) {
		judge->nomem = true;
		return;
	}
	struct ks_target target = ks_target_find(judge->site, name);
	const struct ks_about *about = KS_ABOUT_NAME(kind, judge->hook->target);
	if (ks_judge_absent(judge, KS_STAGE_LOAD, target.in_btf, about)) {
		ks_judge_add(judge, KS_STAGE_LOAD, missing, about, "no function %s in BTF", name);
		return;
	}
	if (kind == KS_LSM) {
		judge_signature(judge, name, ks_target_proto(&target));
		judge_lsm_hook(judge, about);
	}
}

void ks_judge_tracepoint_by_btf(struct ks_judge *judge)
{
	enum ks_presence presence;
	const char *name = judge->hook->target;
	const struct ks_type *proto = ks_tracepoint_proto(judge->site, name, &presence);
	const struct ks_about *about = KS_ABOUT_NAME(KS_TRACEPOINT, name);
	if (presence == KS_UNTOLD && ks_site_fact(judge->site, KS_TRACEPOINT, name)->present)
		presence = KS_PRESENT; // an event of that name has a tracepoint
	if (ks_judge_absent(judge, KS_STAGE_LOAD, presence, about)) {
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TRACEPOINT_MISSING, about,
			     "no typedef btf_trace_%s in BTF", name);
		return;
	}
	if (ks_site_has_btf(judge->site) == KS_ABSENT)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TARGET_NOT_IN_BTF, about,
			     "CONFIG_DEBUG_INFO_BTF is not set");
	if (proto && proto->nr_params)
		judge_arguments(judge, name, proto->nr_params - 1, false); // without "void *__data"
}

void ks_judge_lsm_by_btf(struct ks_judge *judge)
{
	judge_prefixed(judge, "bpf_lsm_", KS_REASON_LSM_MISSING, KS_LSM);
}

void ks_judge_iterator(struct ks_judge *judge)
{
	judge_prefixed(judge, "bpf_iter_", KS_REASON_ITER_MISSING, KS_FUNCTION);
}
