/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/rules/rules.h"

#include "base/array.h"

#define LOAD (1u << KS_STAGE_LOAD)
#define ATTACH (1u << KS_STAGE_ATTACH)
#define RUN (1u << KS_STAGE_RUN)
#define ON(kind) KS_HOOK_BIT(KS_HOOK_##kind)
#define ALL KS_HOOKS_ALL
#define NAME KS_RULE_NAME
#define BASE KS_RULE_BASE
/** Looked up by BTF when the program is loaded. */
#define BY_BTF (ON(FENTRY) | ON(FMOD_RET) | ON(TP_BTF) | ON(LSM) | ON(ITER) | ON(FREPLACE))
/** The verifier knows the types of what the program gets: ks_hook_is_typed(). */
#define TYPED (ON(FENTRY) | ON(FMOD_RET) | ON(TP_BTF) | ON(LSM) | ON(ITER) | ON(STRUCT_OPS))
/** Attached to something by its name, or to what the tool names. */
#define ATTACHED (ALL & ~(ON(NONE) | ON(USER) | ON(STRUCT_OPS)))

// clang-format off
const struct ks_rule ks_rules[] = {
	{ "loader",                 LOAD,          ALL,            0,           ks_judge_loader },
	{ "uncalled-syscall",       RUN,           ON(KPROBE) | ON(FENTRY) | ON(FMOD_RET) | ON(KSYSCALL), NAME, ks_judge_uncalled },
	{ "machine",                RUN,           ALL,            0,           ks_judge_machine },
	{ "map-types",              LOAD,          ALL,            0,           ks_judge_maps },
	{ "map-shapes",             LOAD,          ALL,            0,           ks_judge_map_shapes },
	{ "operations",             LOAD,          ALL,            0,           ks_judge_operations },
	{ "externs",                LOAD,          ALL,            0,           ks_judge_externs },
	{ "program-type",           LOAD | ATTACH, ALL,            0,           ks_judge_program_type },
	{ "probe-events",           ATTACH,        ON(KPROBE) | ON(KSYSCALL) | ON(USER), 0, ks_judge_probe_events },
	{ "sleep",                  LOAD,          ALL,            0,           ks_judge_sleep },
	{ "sleep-maps",             LOAD,          ALL,            0,           ks_judge_sleep_maps },
	{ "iterator-sleep",         ATTACH,        ON(ITER),       NAME,        ks_judge_iterator_sleep },
	{ "unused-operation",       LOAD,          ON(STRUCT_OPS), 0,           ks_judge_unused_operation },
	{ "refused-operation",      LOAD,          ON(STRUCT_OPS), 0,           ks_judge_refused_operation },
	{ "kernel-btf",             LOAD,          ALL,            0,           ks_judge_kernel_btf },
	{ "relocations",            LOAD,          ALL,            0,           ks_judge_relocations },
	{ "references",             LOAD,          ALL,            0,           ks_judge_references },
	{ "returns",                LOAD,          ALL,            0,           ks_judge_returns },
	{ "callback-returns",       LOAD,          ALL,            0,           ks_judge_callback_returns },
	{ "helper-calls",           LOAD,          ALL,            0,           ks_judge_helper_calls },
	{ "context-pointers",       LOAD,          ALL,            0,           ks_judge_context_pointers },
	{ "context-end",            LOAD,          ALL,            0,           ks_judge_context_end },
	{ "context-members",        LOAD | ATTACH, ALL,            0,           ks_judge_context_members },
	{ "packet-reads",           LOAD,          ALL,            0,           ks_judge_packet_reads },
	{ "tail-calls",             LOAD,          ALL,            0,           ks_judge_tail_calls },
	{ "callbacks",              LOAD,          ALL,            0,           ks_judge_callbacks },
	{ "fragments",              LOAD,          ALL,            0,           ks_judge_fragments },
	{ "instructions",           LOAD,          ALL,            0,           ks_judge_insns },
	{ "unnamed-by-btf",         LOAD,          BY_BTF,         0,           ks_judge_unnamed_by_btf },
	{ "function-by-btf",        LOAD | ATTACH, ON(FENTRY) | ON(FMOD_RET), NAME, ks_judge_function_by_btf },
	{ "tracepoint-by-btf",      LOAD,          ON(TP_BTF),     NAME,        ks_judge_tracepoint_by_btf },
	{ "lsm-by-btf",             LOAD | ATTACH, ON(LSM),        NAME,        ks_judge_lsm_by_btf },
	{ "iterator",               LOAD,          ON(ITER),       NAME,        ks_judge_iterator },
	{ "typed-arguments",        LOAD,          TYPED,          0,           ks_judge_typed_arguments },
	{ "typed-reads",            LOAD,          ALL,            0,           ks_judge_typed_reads },
	{ "bounds",                 LOAD,          ALL,            0,           ks_judge_bounds },

	{ "trampolines-on-pattern", ATTACH,        ON(OTHER),      0,           ks_judge_trampolines_on_pattern },
	{ "unnamed",                ATTACH,        ATTACHED,       0,           ks_judge_unnamed_attach },
	{ "replacement",            ATTACH,        ON(FREPLACE),   0,           ks_judge_replacement },
	{ "kprobe",                 ATTACH | RUN,  ON(KPROBE),     NAME,        ks_judge_kprobe },
	{ "changed-result",         ATTACH,        ON(KPROBE),     NAME,        ks_judge_override },
	{ "kprobe-multi",           ATTACH,        ON(KPROBE_MULTI), NAME,      ks_judge_kprobe_multi },
	{ "syscall",                ATTACH,        ON(KSYSCALL),   NAME,        ks_judge_syscall },
	{ "trampoline",             ATTACH | RUN,  ON(FENTRY) | ON(FMOD_RET), NAME, ks_judge_trampoline },
	{ "event",                  ATTACH,        ON(TRACEPOINT), NAME,        ks_judge_event },
	{ "syscall-event",          ATTACH,        ON(SYSCALL_TP), NAME,        ks_judge_syscall_event },
	{ "raw-tracepoint",         LOAD | ATTACH, ON(RAW_TP),     NAME,        ks_judge_raw_tracepoint },
	{ "lsm",                    ATTACH,        ON(LSM),        NAME,        ks_judge_lsm },

	{ "missed-calls",           RUN,           KS_HOOKS_FUNCTION, NAME,     ks_judge_missed_calls },
	{ "lsm-active",             RUN,           ON(LSM),        0,           ks_judge_lsm_active },
	{ "absent-parameters",      RUN,           ON(KPROBE) | ON(KPROBE_MULTI), NAME, ks_judge_absent_parameters },
	{ "parameters",             RUN,           KS_HOOKS_FUNCTION, NAME | BASE, ks_judge_parameters },
	{ "hook-arguments",         RUN,           ON(LSM) | ON(STRUCT_OPS), BASE, ks_judge_hook_arguments },
	{ "result-slot",            RUN,           ON(FENTRY) | ON(FMOD_RET), NAME, ks_judge_result_slot },
	{ "tracepoint-arguments",   RUN,           KS_HOOKS_ARGUMENTS, NAME | BASE, ks_judge_tracepoint_arguments },
	{ "event-reads",            LOAD | RUN,    ON(TRACEPOINT) | ON(SYSCALL_TP), NAME, ks_judge_event_reads },
	{ "fields",                 RUN,           ALL,            0,           ks_judge_fields },
	{ "blind-reads",            RUN,           ALL,            BASE,        ks_judge_blind_reads },
};
// clang-format on
const size_t ks_nr_rules = KS_ARRAY_LEN(ks_rules);

bool ks_rule_applies(const struct ks_rule *rule, const struct ks_judge *judge)
{
	const struct ks_hook *hook = judge->hook;
	const struct ks_site *base = &judge->resolution->base;
	if (!(rule->hooks & KS_HOOK_BIT(hook->kind)))
		return false;
	if (rule->needs & KS_RULE_NAME && (!hook->target || hook->needs_target))
		return false;
	return !(rule->needs & KS_RULE_BASE) || (base->view && !ks_site_same(base, judge->site));
}

void ks_judge_all(struct ks_judge *judge)
{
	for (size_t i = 0; i < ks_nr_rules; i++)
		if (ks_rule_applies(&ks_rules[i], judge))
			ks_rules[i].judge(judge);
}
