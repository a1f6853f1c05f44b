/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What a program attaches to, as the name of its section says (libbpf: section_defs, and each attach function). */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

enum ks_hook_kind {
	KS_HOOK_NONE,	      // nothing that libbpf knows; a type of program is a guess then
	KS_HOOK_KPROBE,	      // kprobe, kretprobe: target is a function
	KS_HOOK_KPROBE_MULTI, // target is a pattern of function names
	KS_HOOK_KSYSCALL,     // ksyscall, kretsyscall: target is a system call
	KS_HOOK_FENTRY,	      // fentry, fexit
	KS_HOOK_FMOD_RET,     //
	KS_HOOK_TRACEPOINT,   // target is an event, group its system
	KS_HOOK_RAW_TP,	      // raw_tp: target is a tracepoint
	KS_HOOK_TP_BTF,	      // tp_btf
	KS_HOOK_SYSCALL_TP,   // tracepoint/syscalls/sys_{enter,exit}_<target>
	KS_HOOK_LSM,	      // lsm, lsm_cgroup: target is a hook
	KS_HOOK_ITER,	      // target is what is iterated over
	KS_HOOK_STRUCT_OPS,   // target is a member
	KS_HOOK_FREPLACE,     // a function of another eBPF program
	KS_HOOK_USER,	      // uprobe, usdt: something in user space
	KS_HOOK_OTHER,	      // cgroup, xdp, tc, socket, perf_event, …: no name in the kernel
	KS_NR_HOOKS,
};

struct ks_hook_info {
	const char *name;  // in JSON: "kprobe-multi"
	const char *title; // in tables
};
extern const struct ks_hook_info ks_hooks[KS_NR_HOOKS];

struct ks_hook {
	enum ks_hook_kind kind;
	bool on_return; // kretprobe, fexit, sys_exit, …
	bool sleepable; // ".s"
	bool frags;	// "xdp.frags": packets in several pieces
	bool guessed; // no loader of today knows the section: program_type is what older ones take it for
	bool attaches_without; // kernels without the attach type have another way to attach it
	bool needs_target; // the type attaches to a name, but the section has none: set at run time
	const char *target;	  // NULL when there is none
	const char *group;	  // of an event; the struct of a member; NULL
	const char *module;	  // "module:function"; NULL
	uint64_t offset;	  // "function+offset"
	const char *program_type; // as in the kernel's enum: "BPF_PROG_TYPE_KPROBE"; NULL: unknown
	const char *attach_type;  // "BPF_TRACE_KPROBE_MULTI"; NULL when the type has none
};

/** How long the name of a function is that libbpf reads in the section of a kprobe: letters, digits, '_' and '.'. */
size_t ks_hook_function_len(const char *text);
/** What a section may be called that libbpf does not know: the form of a name nearest to it; NULL: none is near. */
const char *ks_hook_near(const char *section);
/** Read a section's name. @param arena holds the names of the result */
KS_MUST_CHECK struct ks_error *ks_hook_parse(struct ks_arena *arena, const char *section,
					     struct ks_hook *ret);
