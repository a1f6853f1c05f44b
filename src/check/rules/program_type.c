/* SPDX-License-Identifier: BSD-2-Clause */
/* Types of programs and their places of attachment, as far as the kernel knows their numbers. */
#include <string.h>

#include "base/array.h"
#include "check/rules/rules.h"
#include "check/rules/type_options.h"

/** Program types of which the kernel looks at the expected attach type when it loads them. */
static bool attach_type_is_checked(const struct ks_site *site, const char *type)
{
	static const char *const types[] = { "TRACING",		 "LSM",	       "CGROUP_SOCK",
					     "CGROUP_SOCK_ADDR", "CGROUP_SKB", "CGROUP_SOCKOPT",
					     "SK_LOOKUP",	 "NETFILTER" };
	const char *name = type + strlen("BPF_PROG_TYPE_");
	for (size_t i = 0; i < KS_ARRAY_LEN(types); i++)
		if (strcmp(name, types[i]) == 0)
			return true;
	return strcmp(name, "SK_REUSEPORT") == 0 && site->version >= KS_SINCE(5, 14);
}

void ks_judge_program_type(struct ks_judge *judge)
{
	const struct ks_hook *hook = judge->hook;
	const struct ks_site *site = judge->site;
	struct ks_about about = { .kind = KS_NR_KINDS,
				  .name = hook->program_type,
				  .insn = KS_NO_INDEX };
	if (!hook->program_type) {
		about.name = judge->program->section;
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TARGET_AT_RUN_TIME, &about,
			     "the section does not tell a program type");
		return;
	}
	if (ks_judge_absent(judge, KS_STAGE_LOAD,
			    ks_site_has_enumerator(site, "bpf_prog_type", about.name), &about)) {
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_PROG_TYPE, &about,
			     "not in enum bpf_prog_type");
		return;
	}
	const char *option = ks_type_option(about.name);
	if (option && ks_site_built_in(site, option) == KS_ABSENT)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_PROG_TYPE, &about, "%s is not set",
			     option);
	about.name = hook->attach_type;
	if (!about.name)
		return;
	enum ks_stage stage =
		attach_type_is_checked(site, hook->program_type) ? KS_STAGE_LOAD : KS_STAGE_ATTACH;
	if (ks_judge_absent(judge, stage,
			    ks_site_has_enumerator(site, "bpf_attach_type", about.name), &about) &&
	    (stage == KS_STAGE_LOAD || hook->kind == KS_HOOK_KPROBE_MULTI ||
	     hook->kind == KS_HOOK_USER))
		ks_judge_add(judge, stage, KS_REASON_ATTACH_TYPE, &about,
			     "not in enum bpf_attach_type");
}

void ks_judge_fragments(struct ks_judge *judge)
{
	bool frags = strncmp(judge->program->section, "xdp.frags", 9) == 0;
	if (frags && judge->site->version && judge->site->version < KS_SINCE(5, 18))
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_PROG_TYPE,
			     KS_ABOUT_NAME(KS_NR_KINDS, "xdp.frags"),
			     "packets in fragments are handled since 5.18");
}
