/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What a program is judged by, one row a rule: inside check/ only. */
#include "check/reasons.h"

/** Sets of kinds of hooks. */
#define KS_HOOK_BIT(kind) (1u << (kind))
#define KS_HOOKS_ALL (KS_HOOK_BIT(KS_NR_HOOKS) - 1)
/** Functions of the kernel. */
#define KS_HOOKS_FUNCTION                                                                          \
	(KS_HOOK_BIT(KS_HOOK_KPROBE) | KS_HOOK_BIT(KS_HOOK_KPROBE_MULTI) |                         \
	 KS_HOOK_BIT(KS_HOOK_FENTRY) | KS_HOOK_BIT(KS_HOOK_FMOD_RET))
/** Tracepoints whose arguments the program gets as they are. */
#define KS_HOOKS_ARGUMENTS (KS_HOOK_BIT(KS_HOOK_RAW_TP) | KS_HOOK_BIT(KS_HOOK_TP_BTF))

/** What a rule needs to be of use. */
enum {
	KS_RULE_NAME = 1, // the name of what the program attaches to
	KS_RULE_BASE = 2, // another image to compare with
};

struct ks_rule {
	const char *name;
	uint32_t stages; // bit i: enum ks_stage i, which its reasons are about
	uint32_t hooks;	 // KS_HOOK_BIT() of the programs that it is about
	uint32_t needs;	 // KS_RULE_*
	void (*judge)(struct ks_judge *judge);
};
/** In the order in which programs are judged. */
extern const struct ks_rule ks_rules[];
extern const size_t ks_nr_rules;

/** Is the rule about that program on that image? */
bool ks_rule_applies(const struct ks_rule *rule, const struct ks_judge *judge);
/** Judge by every rule that applies. */
void ks_judge_all(struct ks_judge *judge);

/* ---- loading: what fails every program of the object ---- */

/** What libbpf does not open at all (loader.c). */
void ks_judge_loader(struct ks_judge *judge);
/** Types of maps (maps.c). */
void ks_judge_maps(struct ks_judge *judge);
/** Keys, values and flags of maps, by their types (map_shapes.c). */
void ks_judge_map_shapes(struct ks_judge *judge);
/** Structs of operations, and their members that programs stand for (struct_ops.c). */
void ks_judge_operations(struct ks_judge *judge);
/** Symbols and options that are missing and not weak (externs.c). */
void ks_judge_externs(struct ks_judge *judge);

/* ---- loading: what fails the program ---- */

/** Its type, and what it is attached to by number; that may also fail when it is attached (program_type.c). */
void ks_judge_program_type(struct ks_judge *judge);
/** Events that kprobes and uprobes are attached by (program_type.c). */
void ks_judge_probe_events(struct ks_judge *judge);
/** May programs of its type sleep? (program_type.c) */
void ks_judge_sleep(struct ks_judge *judge);
/** Maps in programs that sleep (sleep_maps.c). */
void ks_judge_sleep_maps(struct ks_judge *judge);
/** Iterators that no program which sleeps is attached to (program_type.c). */
void ks_judge_iterator_sleep(struct ks_judge *judge);
/** Packets in fragments (program_type.c). */
void ks_judge_fragments(struct ks_judge *judge);
/** An operation that no variable refers to (struct_ops.c). */
void ks_judge_unused_operation(struct ks_judge *judge);
/** An operation that no program may stand for, or none that sleeps (struct_ops.c). */
void ks_judge_refused_operation(struct ks_judge *judge);
/** Relocations on a kernel without BTF of its own, unless the tool brings some (relocations.c). */
void ks_judge_kernel_btf(struct ks_judge *judge);
/** Relocations without a target, where they can be reached (relocations.c). */
void ks_judge_relocations(struct ks_judge *judge);
/** Uses of symbols and functions of the kernel (externs.c). */
void ks_judge_references(struct ks_judge *judge);
/** What it ends with (returns.c). */
void ks_judge_returns(struct ks_judge *judge);
/** What functions that helpers call end with (callback_returns.c). */
void ks_judge_callback_returns(struct ks_judge *judge);
/** Calls of helpers (helper_calls.c). */
void ks_judge_helper_calls(struct ks_judge *judge);
/** Reads through a pointer into the context (insns.c). */
void ks_judge_context_pointers(struct ks_judge *judge);
/** Reads behind the end of the context (context_end.c). */
void ks_judge_context_end(struct ks_judge *judge);
/** Members of the context that programs of that type may not read or write, or not so (context_members.c). */
void ks_judge_context_members(struct ks_judge *judge);
/** Packets that are read or written before anything is compared (packet_reads.c). */
void ks_judge_packet_reads(struct ks_judge *judge);
/** Arguments of types that the verifier does not let a program have, or not so (typed_arguments.c). */
void ks_judge_typed_arguments(struct ks_judge *judge);
/** Reads and writes through pointers whose types the verifier knows (typed_reads.c). */
void ks_judge_typed_reads(struct ks_judge *judge);
/** Offsets and sizes that the verifier does not know well enough (bounds.c). */
void ks_judge_bounds(struct ks_judge *judge);
/** Tail calls in a program that calls functions of its own (helper_calls.c). */
void ks_judge_tail_calls(struct ks_judge *judge);
/** The first reached call of a helper; KS_NO_INDEX: none (helper_calls.c). */
uint32_t ks_judge_find_call(const struct ks_judge *judge, int32_t helper);
/** Functions that helpers call, in programs that are not compiled (helper_calls.c). */
void ks_judge_callbacks(struct ks_judge *judge);
/** Instructions of newer kernels (insns.c). */
void ks_judge_insns(struct ks_judge *judge);
/** What would be looked up by BTF is chosen when the tool runs (run_time_target.c). */
void ks_judge_unnamed_by_btf(struct ks_judge *judge);
/** The function that is looked up by BTF (btf_target.c). */
void ks_judge_function_by_btf(struct ks_judge *judge);
/** The tracepoint that is looked up by BTF (btf_target.c). */
void ks_judge_tracepoint_by_btf(struct ks_judge *judge);
/** The LSM hook (btf_target.c). */
void ks_judge_lsm_by_btf(struct ks_judge *judge);
/** What is iterated over (btf_target.c). */
void ks_judge_iterator(struct ks_judge *judge);

/* ---- attaching ---- */

/** Trampolines on a pattern of names (attach.c). */
void ks_judge_trampolines_on_pattern(struct ks_judge *judge);
/** What it is attached to is chosen when the tool runs (run_time_target.c). */
void ks_judge_unnamed_attach(struct ks_judge *judge);
/** A function of another program, which is patched (attach.c). */
void ks_judge_replacement(struct ks_judge *judge);
/** A function and its symbols (attach.c). */
void ks_judge_kprobe(struct ks_judge *judge);
/** Programs on functions that call bpf_override_return() (override.c). */
void ks_judge_override(struct ks_judge *judge);
/** A function, or a pattern of names (attach.c). */
void ks_judge_kprobe_multi(struct ks_judge *judge);
/** A system call's function (attach.c). */
void ks_judge_syscall(struct ks_judge *judge);
/** A function's ftrace entry (attach.c). */
void ks_judge_trampoline(struct ks_judge *judge);
/** An event, and how much of its record is read (attach.c). */
void ks_judge_event(struct ks_judge *judge);
/** The events of a system call (attach.c). */
void ks_judge_syscall_event(struct ks_judge *judge);
/** A tracepoint, and how many of its arguments are read (attach.c). */
void ks_judge_raw_tracepoint(struct ks_judge *judge);
/** An LSM hook's trampoline (attach.c). */
void ks_judge_lsm(struct ks_judge *judge);

/* ---- running ---- */

/** Calls of the function that it does not see (missed_calls.c). */
void ks_judge_missed_calls(struct ks_judge *judge);
/** The function of a system call that nobody makes (uncalled.c). */
void ks_judge_uncalled(struct ks_judge *judge);
/** Registers that are read where another machine has them (machine.c). */
void ks_judge_machine(struct ks_judge *judge);
/** Is eBPF among the LSM modules that are active? (lsm_active.c) */
void ks_judge_lsm_active(struct ks_judge *judge);
/** Parameters that the function does not have (absent_reads.c). */
void ks_judge_absent_parameters(struct ks_judge *judge);
/** Parameters and result of the function that differ from the base (changed_reads.c). */
void ks_judge_parameters(struct ks_judge *judge);
/** Arguments of the LSM hook, or of the operation, that differ from the base (changed_reads.c). */
void ks_judge_hook_arguments(struct ks_judge *judge);
/** An argument that stands where the program reads the result (result_slot.c). */
void ks_judge_result_slot(struct ks_judge *judge);
/** Arguments of the tracepoint that differ from the base (changed_reads.c). */
void ks_judge_tracepoint_arguments(struct ks_judge *judge);
/** Fields of the event's record that are not what the program takes them for (event_reads.c). */
void ks_judge_event_reads(struct ks_judge *judge);
/** Fields that are not what the object's own types say (changed_reads.c). */
void ks_judge_fields(struct ks_judge *judge);
/** Kernel structs that are read at fixed offsets (blind_reads.c). */
void ks_judge_blind_reads(struct ks_judge *judge);
