/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Which kinds of programs may call which helper. What exists is told by the image (enum bpf_func_id); who may call
 * it is nowhere in an image: the table follows the kernel's *_func_proto() functions.
 */
#include "bpf/hook.h"
#include "btf/btf.h"
#include "check/kernels/view.h"

enum ks_allowed {
	KS_ALLOWED,
	KS_NOT_ALLOWED, // "unknown func" for this program type
	KS_NEEDS_GPL,
	KS_ALLOWED_UNTOLD,
};

/** What decides which functions a program may call. */
struct ks_calling_program {
	const char *program_type; // "BPF_PROG_TYPE_KPROBE"
	enum ks_hook_kind hook;
	const char *attach_type; // "BPF_CGROUP_SETSOCKOPT"; NULL: none
	/** Function or hook it is attached to, member of operations; NULL: not known. */
	const char *target;
	const char *group; // the struct of those operations; NULL: none
	bool sleepable, gpl;
};

/** May a program call the helper of that number, provided that the kernel has it? */
enum ks_allowed ks_helper_allowed(const struct ks_site *site,
				  const struct ks_calling_program *caller, uint32_t helper);
/** The kernel has a helper of that number; KS_UNTOLD without enum bpf_func_id. */
enum ks_presence ks_helper_present(const struct ks_site *site, uint32_t helper);
/** "bpf_loop" out of enum bpf_func_id of the image, else of the object or another image, else as kernels have it; NULL: none has. */
const char *ks_helper_name(const struct ks_site *site, const struct ks_btf *btf, uint32_t helper,
			   struct ks_arena *arena);
/** Is it one of the licenses under which the kernel counts a program as GPL-compatible? */
bool ks_license_is_gpl(const char *license);
