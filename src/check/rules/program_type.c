/* SPDX-License-Identifier: BSD-2-Clause */
/* Types of programs and their places of attachment, as far as the kernel knows their numbers. */
#include <string.h>

#include "base/array.h"
#include "bpf/hook.h"
#include "check/rules/elsewhere.h"
#include "check/rules/feature_options.h"
#include "check/rules/rules.h"

/** Program types of which the kernel looks at the expected attach type when it loads them. */
static bool attach_type_is_checked(const struct ks_site *site, const char *type)
{
	static const char *const types[] = { "TRACING",		 "LSM",	       "CGROUP_SOCK",
					     "CGROUP_SOCK_ADDR", "CGROUP_SKB", "CGROUP_SOCKOPT",
					     "SK_LOOKUP",	 "NETFILTER" };
	static const struct ks_gate reuseport = { KS_SINCE(5, 14), "d5e4ddaeb6ab" };
	const char *name = type + strlen("BPF_PROG_TYPE_");
	for (size_t i = 0; i < KS_ARRAY_LEN(types); i++)
		if (strcmp(name, types[i]) == 0)
			return true;
	return strcmp(name, "SK_REUSEPORT") == 0 && ks_gate_is_open(&reuseport, site->version);
}

/** What the number needs besides. @return false when it is not there */
static void judge_option(struct ks_judge *judge, enum ks_stage stage, enum ks_reason_kind kind,
			 const struct ks_about *about)
{
	const char *option;
	enum ks_presence built = ks_feature_built_in(judge->site, about->name, &option);
	if (built == KS_ABSENT)
		ks_judge_add(judge, stage, kind, about, "%s is not set", option);
	else if (built == KS_UNTOLD)
		ks_judge_unset(judge, stage, about, option);
}

/** The type that the section stands for; one that is only guessed is still judged by. */
static void judge_guess(struct ks_judge *judge)
{
	const struct ks_hook *hook = judge->hook;
	const struct ks_about *about = KS_ABOUT_NAME(KS_NR_KINDS, judge->program->section);
	struct ks_reason *reason;
	if (!hook->program_type)
		reason = ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TARGET_AT_RUN_TIME, about,
				      "the section does not tell a program type");
	else
		reason = ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TARGET_AT_RUN_TIME, about,
				      "libbpf 1.0 and later know no such section; older and other "
				      "loaders take it for %s",
				      hook->program_type);
	const char *section = judge->program->section + (judge->program->section[0] == '?');
	const char *near = hook->program_type ? NULL : ks_hook_near(section);
	if (near)
		ks_reason_hint(judge, reason, "did you mean %s?", near);
	ks_reason_hint(judge, reason,
		       "the tool sets the type: say in ksurf.toml as which section it behaves");
}

static void judge_attach_type(struct ks_judge *judge)
{
	const struct ks_hook *hook = judge->hook;
	const struct ks_site *site = judge->site;
	const struct ks_about about = { .kind = KS_NR_KINDS,
					.name = hook->attach_type,
					.insn = KS_NO_INDEX };
	enum ks_stage stage =
		attach_type_is_checked(site, hook->program_type) ? KS_STAGE_LOAD : KS_STAGE_ATTACH;
	if (hook->attaches_without && stage == KS_STAGE_ATTACH)
		return;
	if (ks_judge_absent(judge, stage,
			    ks_site_has_enumerator(site, "bpf_attach_type", about.name), &about))
		ks_judge_add(judge, stage, KS_REASON_ATTACH_TYPE, &about,
			     "not in enum bpf_attach_type%s",
			     ks_elsewhere_since(site, "bpf_attach_type", about.name, judge->arena));
	else
		judge_option(judge, stage, KS_REASON_ATTACH_TYPE, &about);
}

void ks_judge_program_type(struct ks_judge *judge)
{
	const struct ks_hook *hook = judge->hook;
	const struct ks_about about = { .kind = KS_NR_KINDS,
					.name = hook->program_type,
					.insn = KS_NO_INDEX };
	if (!hook->program_type || hook->guessed)
		judge_guess(judge);
	if (!hook->program_type)
		return;
	if (ks_judge_absent(judge, KS_STAGE_LOAD,
			    ks_site_has_enumerator(judge->site, "bpf_prog_type", about.name),
			    &about)) {
		ks_judge_add(
			judge, KS_STAGE_LOAD, KS_REASON_PROG_TYPE, &about,
			"not in enum bpf_prog_type%s",
			ks_elsewhere_since(judge->site, "bpf_prog_type", about.name, judge->arena));
		return;
	}
	judge_option(judge, KS_STAGE_LOAD, KS_REASON_PROG_TYPE, &about);
	if (hook->attach_type)
		judge_attach_type(judge);
}

/**
 * perf_event_open() has events of kprobes and uprobes, as tracefs has for older kernels, with an option each (perf_tp_register());
 * those that links attach to many places at once need none.
 */
void ks_judge_probe_events(struct ks_judge *judge)
{
	const struct ks_hook *hook = judge->hook;
	if (hook->kind == KS_HOOK_USER && hook->attach_type)
		return;
	const struct ks_about *about =
		KS_ABOUT_NAME(KS_NR_KINDS, hook->kind == KS_HOOK_USER ? "uprobe" : "kprobe");
	judge_option(judge, KS_STAGE_ATTACH, KS_REASON_ATTACH_TYPE, about);
}

/** Since when programs of a type may sleep (BPF_F_SLEEPABLE); the flag itself came with the first. */
static const struct {
	const char *type;
	struct ks_gate gate;
} sleepers[] = {
	{ "BPF_PROG_TYPE_TRACING", { KS_SINCE(5, 10), "1e6c62a88215" } },
	{ "BPF_PROG_TYPE_LSM", { KS_SINCE(5, 10), "1e6c62a88215" } },
	{ "BPF_PROG_TYPE_SYSCALL", { KS_SINCE(5, 14), "79a7f8bdb159" } },
	{ "BPF_PROG_TYPE_KPROBE", { KS_SINCE(6, 0), "64ad7556c75e" } }, // uprobes only
	{ "BPF_PROG_TYPE_STRUCT_OPS", { KS_SINCE(6, 3), "1e12d3ef47d2" } },
};

void ks_judge_sleep(struct ks_judge *judge)
{
	const struct ks_site *site = judge->site;
	const char *type = judge->hook->program_type;
	if (!judge->caller->sleepable || !type)
		return;
	const struct ks_about *about = KS_ABOUT_NAME(KS_NR_KINDS, judge->program->section);
	for (size_t i = 0; i < KS_ARRAY_LEN(sleepers); i++) {
		if (strcmp(sleepers[i].type, type) != 0)
			continue;
		const struct ks_gate *gate = &sleepers[i].gate;
		if (!site->version)
			ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TIER, about,
				     "%s may sleep since %u.%u; which kernel this is is not known",
				     type, gate->since >> 16, gate->since >> 8 & 255);
		else if (!ks_gate_is_open(gate, site->version))
			ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_PROG_TYPE, about,
				     "%s may sleep since %u.%u", type, gate->since >> 16,
				     gate->since >> 8 & 255);
		return;
	}
}

void ks_judge_iterator_sleep(struct ks_judge *judge)
{
	static const struct ks_gate asks = { KS_SINCE(6, 0), "d247049f4fd0" };
	// without BPF_ITER_RESCHED (bpf_iter_link_attach()): they hold a lock, or RCU, while they run
	static const char *const awake[] = {
		"bpf_link",   "bpf_map", "bpf_map_elem", "bpf_prog", "bpf_sk_storage_map",
		"ipv6_route", "netlink", "sockmap",	 "tcp",	     "udp",
		"unix"
	};
	const char *target = judge->hook->target;
	bool asked = judge->hook->sleepable && ks_gate_is_open(&asks, judge->site->version);
	for (size_t i = 0; asked && i < KS_ARRAY_LEN(awake); i++)
		if (strcmp(target, awake[i]) == 0)
			ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_PROG_TYPE,
				     KS_ABOUT_NAME(KS_NR_KINDS, judge->program->section),
				     "no program that sleeps is attached to this iterator");
}

void ks_judge_fragments(struct ks_judge *judge)
{
	static const struct ks_gate gate = { KS_SINCE(5, 18), "c2f2cdbeffda" };
	bool frags = strncmp(judge->program->section, "xdp.frags", 9) == 0;
	if (frags && judge->site->version && !ks_gate_is_open(&gate, judge->site->version))
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_PROG_TYPE,
			     KS_ABOUT_NAME(KS_NR_KINDS, "xdp.frags"),
			     "packets in fragments are handled since 5.18");
}
