/* SPDX-License-Identifier: BSD-2-Clause */
/* Functions of system calls that are compiled, but not in the machine's table: only other ABIs come to them, if any. */
#include <stdio.h>
#include <string.h>

#include "check/rules/rules.h"
#include "check/rules/target.h"

void ks_judge_uncalled(struct ks_judge *judge)
{
	const struct ks_arch *arch = ks_arch_by_debian(judge->site->image->arch);
	const char *name = judge->hook->target;
	if (!arch || !ks_arch_wraps_syscalls(arch))
		return;
	if (judge->hook->kind != KS_HOOK_KSYSCALL) {
		size_t len = strlen(arch->syscall_prefix);
		if (strncmp(name, arch->syscall_prefix, len) != 0)
			return;
		name += len;
	}
	const struct ks_fact *fact = ks_site_fact(judge->site, KS_SYSCALL, name);
	if (!fact->known || fact->present || strcmp(name, "ni_syscall") == 0)
		return;
	char function[KS_ATTACH_NAME];
	snprintf(function, sizeof(function), "%s%s", arch->syscall_prefix, name);
	if (!ks_target_find(judge->site, function).symbol)
		return;
	ks_judge_add(judge, KS_STAGE_RUN, KS_REASON_SYSCALL_MISSING,
		     KS_ABOUT_NAME(KS_SYSCALL, name),
		     "%s is there, but not in the table of system calls: no program of this "
		     "machine comes to it",
		     function);
}
