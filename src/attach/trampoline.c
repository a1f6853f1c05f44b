/* SPDX-License-Identifier: BSD-2-Clause */
/* fentry, fexit and fmod_ret: bpf_check_attach_target() at load, bpf_trampoline_link_prog() at attach. */
#include <string.h>

#include "attach/private.h"
#include "base/array.h"

/** When the lists came that tracing programs are refused by; stable kernels before 5.13 got the first one, too. */
static const struct ks_gate list_of_migration = { KS_SINCE(5, 12), "35e3815fa810" },
			    list_of_readers = { KS_SINCE(5, 13), "35e3815fa810" },
			    list_of_preemption = { KS_SINCE(6, 4), "c11bd046485d" },
			    list_of_locks = { KS_SINCE(6, 4), "a0c109dcafb1" },
			    list_of_the_last = { KS_SINCE(6, 15), "cfe816d469dc" };
/**
 * Functions that tracing programs may not be attached to (btf_id_deny, noreturn_deny), and where that is so: for images
 * that do not tell the lists (KS_FACT_LISTS).
 */
static const struct {
	const char *name;
	const struct ks_gate *gate;
	const char *option; // that must be set; NULL
	/** Symbol of the list that came with it, which tells more than a version; NULL. */
	const char *list;
	bool on_return; // only fexit and fmod_ret: they do not return
} denied[] = {
	{ "migrate_disable", &list_of_migration, NULL, "btf_id_deny", false },
	{ "migrate_enable", &list_of_migration, NULL, "btf_id_deny", false },
	{ "rcu_read_unlock_strict", &list_of_readers, NULL, "btf_id_deny", false },
	{ "preempt_count_add", &list_of_preemption, "CONFIG_DEBUG_PREEMPT", NULL, false },
	{ "preempt_count_sub", &list_of_preemption, "CONFIG_DEBUG_PREEMPT", NULL, false },
	{ "preempt_count_add", &list_of_preemption, "CONFIG_TRACE_PREEMPT_TOGGLE", NULL, false },
	{ "preempt_count_sub", &list_of_preemption, "CONFIG_TRACE_PREEMPT_TOGGLE", NULL, false },
	{ "__rcu_read_lock", &list_of_locks, "CONFIG_PREEMPT_RCU", NULL, false },
	{ "__rcu_read_unlock", &list_of_locks, "CONFIG_PREEMPT_RCU", NULL, false },
	{ "do_exit", &list_of_the_last, NULL, "noreturn_deny", true },
	{ "do_group_exit", &list_of_the_last, NULL, "noreturn_deny", true },
	{ "kthread_complete_and_exit", &list_of_the_last, NULL, "noreturn_deny", true },
	{ "__module_put_and_kthread_exit", &list_of_the_last, NULL, "noreturn_deny", true },
	{ "kthread_exit", &list_of_the_last, NULL, "noreturn_deny", true },
	{ "make_task_dead", &list_of_the_last, NULL, "noreturn_deny", true },
	{ "__x64_sys_exit", &list_of_the_last, NULL, "noreturn_deny", true },
	{ "__x64_sys_exit_group", &list_of_the_last, NULL, "noreturn_deny", true },
	{ "__ia32_sys_exit", &list_of_the_last, NULL, "noreturn_deny", true },
	{ "__ia32_sys_exit_group", &list_of_the_last, NULL, "noreturn_deny", true },
};

/** On the error injection list, but sleepable programs may not be there: where the image does not tell. */
static const char *const not_sleepable[] = { "__filemap_add_folio", "__add_to_page_cache_locked",
					     "should_fail_alloc_page", "should_failslab" };

/** When the kernel began to offer functions itself; and to end it. */
static const struct ks_gate offers_tests = { KS_SINCE(6, 2), "5b481acab4ce" },
			    offers_protocols = { KS_SINCE(6, 6), "0dd061a6a115" },
			    offers_devices = { KS_SINCE(6, 3), "f5c27da4e3c8" },
			    offers_no_devices = { KS_SINCE(6, 11), "ebc0d8093e8c" };
/** Functions that the kernel itself offers to fmod_ret programs (register_btf_fmodret_id_set()). */
static const struct {
	const char *name;
	const struct ks_gate *gate, *until; // NULL: still
	bool sleeps;
} offered[] = {
	{ "bpf_modify_return_test", &offers_tests, NULL, false },
	{ "bpf_modify_return_test2", &offers_tests, NULL, false },
	{ "bpf_modify_return_test_tp", &offers_tests, NULL, false },
	{ "bpf_fentry_test1", &offers_tests, NULL, true },
	{ "update_socket_protocol", &offers_protocols, NULL, false },
	{ "hid_bpf_device_event", &offers_devices, &offers_no_devices, false },
	{ "hid_bpf_rdesc_fixup", &offers_devices, &offers_no_devices, false },
	{ "__hid_bpf_tail_call", &offers_devices, &offers_no_devices, false },
};

/** Whether the kernel has a list: stable kernels got lists later than their version. */
static bool has_list(const struct ks_attach_facts *facts, const char *list,
		     const struct ks_gate *gate)
{
	enum ks_presence symbol =
		list && facts->source ? facts->source->symbol(facts->arg, list) : KS_UNTOLD;
	if (symbol == KS_PRESENT)
		return true;
	bool all = facts->image->tier == KS_TIER_FULL ||
		   ks_attach_option(facts, "CONFIG_KALLSYMS_ALL") == KS_PRESENT;
	if (symbol == KS_ABSENT && all)
		return false;
	return ks_gate_is_open(gate, facts->version);
}

static void look_at_denied(struct ks_asking *asking, const char *name)
{
	const struct ks_attach_question *question = asking->question;
	const struct ks_image *image = asking->facts->image;
	bool returns = question->on_return || question->way == KS_WAY_FMOD_RET;
	if (image->facts & KS_FACT_LISTS) {
		uint8_t bits = asking->target.symbol ? asking->target.symbol->attach : 0;
		if (bits & KS_ATTACH_DENIED)
			ks_asking_find_at_load(asking, KS_WHY_DENIED, KS_ANSWER_NO);
		if (returns && bits & KS_ATTACH_NO_RETURN)
			ks_asking_find_at_load(asking, KS_WHY_NEVER_RETURNS, KS_ANSWER_NO);
		return;
	}
	for (size_t i = 0; i < KS_ARRAY_LEN(denied); i++) {
		if (strcmp(denied[i].name, name) != 0 ||
		    !has_list(asking->facts, denied[i].list, denied[i].gate))
			continue;
		// where no configuration tells, the function does: without the option there is none
		if (denied[i].option &&
		    ks_attach_option(asking->facts, denied[i].option) == KS_ABSENT)
			continue;
		if (!denied[i].on_return || returns)
			ks_asking_find_at_load(
				asking, denied[i].on_return ? KS_WHY_NEVER_RETURNS : KS_WHY_DENIED,
				KS_ANSWER_NO);
	}
}

static enum ks_presence is_offered(uint32_t version, const char *name, bool sleeps)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(offered); i++) {
		if (strcmp(offered[i].name, name) != 0 || (sleeps && !offered[i].sleeps))
			continue;
		if (!version)
			return KS_UNTOLD;
		if (ks_gate_is_open(offered[i].gate, version) &&
		    (!offered[i].until || !ks_gate_is_open(offered[i].until, version)))
			return KS_PRESENT;
	}
	return KS_ABSENT;
}

/** check_attach_modify_return(), check_attach_sleepable(): without error injection, system calls are still open. */
static enum ks_presence is_open_syscall(const struct ks_attach_facts *facts, const char *name)
{
	// fmod_ret; the commit before it, 16d9c5660692, let programs that sleep. Booted: 7.0.13 refuses both, 7.1.3 takes them
	static const struct ks_gate open = { KS_SINCE(7, 1), "20c2e102a2f3" };
	if (!facts->arch || !ks_arch_is_syscall(facts->arch, name) ||
	    (facts->version && !ks_gate_is_open(&open, facts->version)))
		return KS_ABSENT;
	enum ks_presence injects = ks_attach_option(facts, "CONFIG_FUNCTION_ERROR_INJECTION");
	if (injects == KS_UNTOLD && facts->source) // without a configuration, its code tells
		injects = facts->source->symbol(facts->arg, "within_error_injection_list");
	switch (injects) {
	case KS_ABSENT:
		return facts->version ? KS_PRESENT : KS_UNTOLD;
	case KS_PRESENT:
		return KS_ABSENT;
	default:
		return KS_UNTOLD;
	}
}

/** Whether programs that sleep are refused where error injection is allowed. */
static bool stays_awake(const struct ks_image *image, const struct ks_symbol *symbol,
			const char *name)
{
	if (image->facts & KS_FACT_LISTS)
		return symbol->attach & KS_ATTACH_AWAKE;
	for (size_t i = 0; i < KS_ARRAY_LEN(not_sleepable); i++)
		if (strcmp(not_sleepable[i], name) == 0)
			return true;
	return false;
}

/** fmod_ret and sleepable programs need a function that error injection may change. */
static void look_at_injection(struct ks_asking *asking, const char *name)
{
	const struct ks_attach_facts *facts = asking->facts;
	bool modifies = asking->question->way == KS_WAY_FMOD_RET;
	bool sleeps = asking->question->sleepable;
	if (!modifies && !sleeps)
		return;
	enum ks_presence open = is_open_syscall(facts, name);
	enum ks_presence offer = is_offered(facts->version, name, sleeps);
	if (open == KS_PRESENT || offer == KS_PRESENT)
		return;
	if (modifies && strncmp(name, "security_", strlen("security_")) == 0 && !sleeps)
		return;
	if (sleeps && stays_awake(facts->image, asking->target.symbol, name)) {
		ks_asking_find_at_load(asking, KS_WHY_AWAKE, KS_ANSWER_NO);
		return;
	}
	enum ks_presence inject =
		ks_attach_bit(facts->image, asking->target.symbol, KS_ATTACH_INJECT);
	bool untold = inject == KS_UNTOLD || open == KS_UNTOLD || offer == KS_UNTOLD;
	if (inject != KS_PRESENT && untold)
		ks_asking_find_at_load(asking, KS_WHY_INJECT_UNTOLD, KS_ANSWER_UNKNOWN);
	else if (inject == KS_ABSENT)
		ks_asking_find_at_load(asking, KS_WHY_NOT_INJECTABLE, KS_ANSWER_NO);
}

/** libbpf finds the id by BTF, the kernel an address by the symbol. @return false: it goes no further */
static bool look_for_function(struct ks_asking *asking)
{
	const struct ks_target *target = &asking->target;
	const char *module = asking->question->module;
	if (target->untold &&
	    target->in_btf == KS_ABSENT) { // it may be data, or inlined everywhere
		ks_asking_find_at_load(asking, KS_WHY_NO_BTF_FUNCTION, KS_ANSWER_NO);
		return false;
	}
	if (target->only_module || (target->in_btf == KS_ABSENT && !target->symbol)) {
		ks_asking_no_function(asking, true);
		return false;
	}
	if (module && strcmp(module, "vmlinux") != 0 && target->symbol && !target->in_module) {
		ks_asking_find_at_load(asking, KS_WHY_NOT_IN_MODULE, KS_ANSWER_NO);
		return false;
	}
	if (target->in_btf == KS_ABSENT) {
		ks_asking_find_at_load(asking, KS_WHY_NOT_IN_BTF, KS_ANSWER_NO);
		return false;
	}
	if (target->in_btf == KS_UNTOLD)
		ks_asking_find_at_load(asking, KS_WHY_BTF_UNTOLD, KS_ANSWER_UNKNOWN);
	else if (!target->symbol &&
		 !target->by_types) { // "The address of function cannot be found"
		ks_asking_no_function(asking, true);
		return false;
	}
	return true;
}

/** What is patched when it is attached. */
static void look_at_entry(struct ks_asking *asking)
{
	const struct ks_target *target = &asking->target;
	const struct ks_image *image = asking->facts->image;
	if (ks_asking_lacks(asking, ks_attach_trampolines(asking->facts), KS_WHY_NO_TRAMPOLINES,
			    KS_WHY_TRAMPOLINES_UNTOLD) ||
	    (!target->symbol && !target->by_types))
		return;
	if (ks_attach_bit(image, target->symbol, KS_ATTACH_INIT) == KS_PRESENT) {
		ks_asking_find(asking, KS_WHY_FREED, KS_ANSWER_NO);
		return;
	}
	ks_asking_lacks(asking, ks_attach_bit(image, target->symbol, KS_ATTACH_FTRACE),
			KS_WHY_NO_FTRACE, KS_WHY_FTRACE_UNTOLD);
	if (target->nr_symbols > 1)
		ks_asking_find(asking, KS_WHY_FIRST, KS_ANSWER_YES)->nr = target->nr_symbols;
}

void ks_asking_trampoline(struct ks_asking *asking)
{
	const char *name = asking->question->name;
	if (ks_attach_jit(asking->facts) == KS_ABSENT)
		ks_asking_find_at_load(asking, KS_WHY_NO_JIT, KS_ANSWER_NO);
	if (look_for_function(asking)) {
		look_at_denied(asking, name);
		ks_asking_signature(asking, ks_target_proto(&asking->target));
		if (asking->target.symbol || asking->target.by_types)
			look_at_injection(asking, name);
	}
	look_at_entry(asking);
}
