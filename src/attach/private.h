/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* A question while it is answered: inside attach/ only. */
#include "attach/attach.h"

struct ks_asking {
	const struct ks_attach_facts *facts;
	const struct ks_attach_question *question;
	struct ks_target target;
	struct ks_attach_result *result;
};

/** Add a finding to the result. @return it, to say more of it; never NULL */
struct ks_attach_finding *ks_asking_find(struct ks_asking *asking, enum ks_attach_why why,
					 enum ks_answer answer);
/** The same, of what is found when a program is loaded. */
struct ks_attach_finding *ks_asking_find_at_load(struct ks_asking *asking, enum ks_attach_why why,
						 enum ks_answer answer);
/** Add a finding for what is absent or not told. @return whether it is absent */
bool ks_asking_lacks(struct ks_asking *asking, enum ks_presence presence, enum ks_attach_why absent,
		     enum ks_attach_why untold);

/** A function that there is no symbol of. */
void ks_asking_no_function(struct ks_asking *asking, bool at_load);
/** What a trampoline makes of a prototype; NULL: nothing. */
void ks_asking_signature(struct ks_asking *asking, const struct ks_type *proto);
/** fentry, fexit, fmod_ret. */
void ks_asking_trampoline(struct ks_asking *asking);
/** A hook of LSM, and the trampoline on its function. */
void ks_asking_lsm(struct ks_asking *asking);
/** One function by its name; kretprobe alike. */
void ks_asking_kprobe(struct ks_asking *asking);
/** Whether a kprobe where a function begins meets what ftrace patches, and is refused for that. */
enum ks_presence ks_attach_patched_entry(const struct ks_attach_facts *facts,
					 const struct ks_symbol *symbol);
/** All functions of a name, by fprobe. */
void ks_asking_kprobe_multi(struct ks_asking *asking);
/** An event. */
void ks_asking_tracepoint(struct ks_asking *asking);
/** A tracepoint, with or without an event. */
void ks_asking_raw_tracepoint(struct ks_asking *asking);
/** A tracepoint that BTF describes. */
void ks_asking_tp_btf(struct ks_asking *asking);
/** The event of a system call. */
void ks_asking_syscall_event(struct ks_asking *asking);
/** The function of a system call. */
void ks_asking_syscall(struct ks_asking *asking);
