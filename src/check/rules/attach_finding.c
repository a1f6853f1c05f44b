/* SPDX-License-Identifier: BSD-2-Clause */
/* What the engine of src/attach/ finds, as reasons of a verdict. */
#include "check/rules/attach_finding.h"

#include "base/buf.h"
#include "check/rules/no_symbol.h"

/** A finding on its way to a reason. */
struct saying {
	struct ks_judge *judge;
	const struct ks_attach_finding *finding;
	const char *name;
	enum ks_stage stage;
};

void ks_judge_ask(const struct ks_judge *judge, enum ks_attach_way way, const char *name,
		  struct ks_attach_result *ret)
{
	const struct ks_attach_facts facts = ks_site_attach(judge->site);
	const struct ks_attach_question question = {
		.way = way,
		.name = name,
		.group = judge->hook->group,
		.module = judge->hook->module,
		.offset = judge->hook->offset,
		.on_return = judge->hook->on_return,
		.sleepable = judge->caller->sleepable,
	};
	ks_attach_ask(&facts, &question, ret);
}

bool ks_finding_at_load(const struct ks_attach_finding *finding)
{
	return finding->at_load || finding->why == KS_WHY_MANY_WORDS ||
	       finding->why == KS_WHY_RECORDS;
}

/** Findings that say the same of every program: the reason, and what it is about. */
static const struct plain {
	enum ks_kind about;
	enum ks_reason_kind kind;
} plains[KS_NR_WHYS] = {
	[KS_WHY_NOT_A_FUNCTION] = { KS_FUNCTION, KS_REASON_TIER },
	[KS_WHY_PADDING] = { KS_FUNCTION, KS_REASON_TARGET_REFUSED },
	[KS_WHY_NO_BTF_FUNCTION] = { KS_FUNCTION, KS_REASON_TARGET_NOT_IN_BTF },
	[KS_WHY_BTF_UNTOLD] = { KS_FUNCTION, KS_REASON_TIER },
	[KS_WHY_DENIED] = { KS_FUNCTION, KS_REASON_TARGET_REFUSED },
	[KS_WHY_NEVER_RETURNS] = { KS_FUNCTION, KS_REASON_TARGET_REFUSED },
	[KS_WHY_INJECT_UNTOLD] = { KS_FUNCTION, KS_REASON_TIER },
	[KS_WHY_NOT_INJECTABLE] = { KS_FUNCTION, KS_REASON_TARGET_REFUSED },
	[KS_WHY_AWAKE] = { KS_FUNCTION, KS_REASON_TARGET_REFUSED },
	[KS_WHY_NO_JIT] = { KS_FUNCTION, KS_REASON_ATTACH_TYPE },
	[KS_WHY_TRAMPOLINES_UNTOLD] = { KS_FUNCTION, KS_REASON_TIER },
	[KS_WHY_NO_TRAMPOLINES] = { KS_FUNCTION, KS_REASON_ATTACH_TYPE },
	[KS_WHY_FREED] = { KS_FUNCTION, KS_REASON_TARGET_REFUSED },
	[KS_WHY_FTRACE_UNTOLD] = { KS_FUNCTION, KS_REASON_TIER },
	[KS_WHY_ON_FTRACE] = { KS_FUNCTION, KS_REASON_TARGET_REFUSED },
	[KS_WHY_ON_FTRACE_UNTOLD] = { KS_FUNCTION, KS_REASON_TIER },
	[KS_WHY_NO_KPROBE] = { KS_FUNCTION, KS_REASON_TARGET_BLACKLISTED },
	[KS_WHY_KPROBE_UNTOLD] = { KS_FUNCTION, KS_REASON_TIER },
	[KS_WHY_FPROBE_UNTOLD] = { KS_FUNCTION, KS_REASON_TIER },
	[KS_WHY_NO_FPROBE] = { KS_FUNCTION, KS_REASON_ATTACH_TYPE },
	[KS_WHY_HOOK_UNTOLD] = { KS_LSM, KS_REASON_TIER },
	[KS_WHY_HOOK_CLOSED] = { KS_LSM, KS_REASON_TARGET_REFUSED },
	[KS_WHY_HOOK_LISTS_UNTOLD] = { KS_LSM, KS_REASON_TIER },
	[KS_WHY_EVENT_UNTOLD] = { KS_TRACEPOINT, KS_REASON_TIER },
	[KS_WHY_EVENT_IN_MODULE] = { KS_TRACEPOINT, KS_REASON_TRACEPOINT_MISSING },
	[KS_WHY_NO_BTF] = { KS_TRACEPOINT, KS_REASON_TARGET_NOT_IN_BTF },
	[KS_WHY_CALL_UNTOLD] = { KS_SYSCALL, KS_REASON_TIER },
	[KS_WHY_NO_CALL] = { KS_SYSCALL, KS_REASON_SYSCALL_MISSING },
	[KS_WHY_CALL_UNTRACED] = { KS_SYSCALL, KS_REASON_SYSCALL_MISSING },
	[KS_WHY_CALL_EVENTS_UNTOLD] = { KS_SYSCALL, KS_REASON_TIER },
	[KS_WHY_NO_CALL_EVENTS] = { KS_SYSCALL, KS_REASON_TRACEPOINT_MISSING },
};

/** A reason in the words that reports have for the finding. */
static struct ks_reason *say(const struct saying *saying, enum ks_reason_kind kind,
			     const struct ks_about *about)
{
	_cleanup_buf_ struct ks_buf words = { 0 };
	ks_attach_why(saying->finding, &words);
	const char *text = ks_buf_text(&words);
	saying->judge->nomem |= !text;
	return ks_judge_add(saying->judge, saying->stage, kind, about, "%s", text ? text : "");
}

/** What a trampoline makes of a prototype; an LSM hook is named after its function then. */
static bool say_signature(const struct saying *saying)
{
	const struct ks_attach_finding *finding = saying->finding;
	struct ks_judge *judge = saying->judge;
	_cleanup_buf_ struct ks_buf name = { 0 };
	ks_buf_printf(&name, "%s%s", judge->hook->kind == KS_HOOK_LSM ? "bpf_lsm_" : "",
		      saying->name);
	const char *function = ks_buf_text(&name);
	judge->nomem |= !function;
	const struct ks_about *about = KS_ABOUT_NAME(KS_FUNCTION, function);
	const enum ks_reason_kind kind = KS_REASON_TARGET_SIGNATURE;
	const struct ks_arch *arch = ks_arch_by_debian(judge->site->image->arch);
	const struct ks_gate *more = arch ? &arch->trampolines.limits[0].gate : NULL;
	switch (finding->why) {
	case KS_WHY_RESULT:
	case KS_WHY_MANY_PARAMETERS:
	case KS_WHY_VARIADIC:
	case KS_WHY_PARAMETER:
	case KS_WHY_RECORDS:
		say(saying, kind, about);
		return true;
	case KS_WHY_MANY_WORDS:
		if (more && !ks_gate_is_open(more, judge->site->version))
			ks_judge_add(judge, saying->stage, kind, about,
				     "%u words of arguments; before %u.%u %s can be traced",
				     finding->nr, more->since >> 16, more->since >> 8 & 255,
				     finding->most == 6 ? "six" : "eight");
		else
			say(saying, kind, about);
		return true;
	default:
		return false;
	}
}

/** Functions that are not there, or not as they should be. */
static bool say_function(const struct saying *saying)
{
	struct ks_judge *judge = saying->judge;
	const struct ks_about *about = KS_ABOUT_NAME(KS_FUNCTION, saying->name);
	const struct ks_site *site = judge->site;
	struct ks_target target;
	struct ks_reason *reason;
	switch (saying->finding->why) {
	case KS_WHY_NO_FUNCTION:
		target = judge->hook->kind == KS_HOOK_KPROBE ? ks_target_probed(site, saying->name)
							     : ks_target_find(site, saying->name);
		ks_judge_no_symbol(judge, saying->stage, &target, saying->name);
		return true;
	case KS_WHY_NOT_IN_MODULE:
		reason = ks_judge_add(judge, saying->stage, KS_REASON_TARGET_ABSENT, about,
				      "not in module %s: the kernel itself has it",
				      judge->hook->module);
		ks_reason_hint(judge, reason, "leave the module's name out");
		return true;
	case KS_WHY_NOT_IN_BTF:
		reason = ks_judge_add(judge, saying->stage, KS_REASON_TARGET_NOT_IN_BTF, about,
				      ks_site_has_btf(site) == KS_ABSENT
					      ? "CONFIG_DEBUG_INFO_BTF is not set"
					      : "the kernel has it, its BTF has not");
		ks_reason_hint(judge, reason, "a kprobe on %s needs no BTF", saying->name);
		return true;
	case KS_WHY_NO_FTRACE:
		reason = say(saying, KS_REASON_TARGET_NO_FTRACE, about);
		if (judge->hook->kind != KS_HOOK_KPROBE &&
		    ks_site_built_in(site, "CONFIG_KPROBE_EVENTS_ON_NOTRACE") == KS_PRESENT)
			ks_reason_hint(judge, reason, "a kprobe can be there");
		return true;
	default:
		return false;
	}
}

/** Several functions of a name, and what else a kprobe meets. */
static bool say_probe(const struct saying *saying)
{
	const struct ks_attach_finding *finding = saying->finding;
	struct ks_judge *judge = saying->judge;
	const struct ks_about *about = KS_ABOUT_NAME(KS_FUNCTION, saying->name);
	struct ks_reason *reason;
	switch (finding->why) {
	case KS_WHY_SEVERAL:
		if (finding->answer == KS_ANSWER_UNKNOWN) {
			say(saying, KS_REASON_TIER, about);
			return true;
		}
		reason = say(saying, KS_REASON_TARGET_AMBIGUOUS, about);
		ks_reason_hint(judge, reason, "kprobe.multi attaches to all of them");
		return true;
	case KS_WHY_FIRST:
		ks_judge_add(judge, KS_STAGE_RUN, KS_REASON_DUPLICATED, about,
			     "%s of %u functions is attached to",
			     judge->hook->kind == KS_HOOK_KPROBE ? "the first" : "one",
			     finding->nr);
		return true;
	case KS_WHY_INSIDE:
		ks_judge_add(judge, saying->stage, KS_REASON_TIER, about,
			     "only its code tells whether an instruction begins %u bytes into it",
			     (unsigned int)judge->hook->offset);
		return true;
	case KS_WHY_NO_MULTI: // an enum without the type says so when types are judged
		if (ks_site_has_enumerator(judge->site, "bpf_attach_type",
					   judge->hook->attach_type) != KS_ABSENT)
			say(saying, KS_REASON_ATTACH_TYPE, about);
		return true;
	default:
		return false;
	}
}

/** Hooks and events that are not there. */
static bool say_event(const struct saying *saying)
{
	struct ks_judge *judge = saying->judge;
	const char *name = saying->name;
	const struct ks_about *hook = KS_ABOUT_NAME(KS_LSM, name);
	const struct ks_about *event = KS_ABOUT_NAME(KS_TRACEPOINT, name);
	switch (saying->finding->why) {
	case KS_WHY_NO_HOOK:
		ks_judge_add(judge, saying->stage, KS_REASON_LSM_MISSING, hook,
			     "no function bpf_lsm_%s in BTF", name);
		return true;
	case KS_WHY_NOT_A_HOOK:
		ks_judge_add(judge, saying->stage, KS_REASON_LSM_MISSING, hook,
			     "bpf_lsm_%s is there, but for something else", name);
		return true;
	case KS_WHY_OTHER_GROUP:
		say(saying, KS_REASON_TRACEPOINT_MISSING, event);
		return true;
	case KS_WHY_NO_EVENT:
		if (judge->hook->kind == KS_HOOK_TP_BTF)
			ks_judge_add(judge, saying->stage, KS_REASON_TRACEPOINT_MISSING, event,
				     "no typedef btf_trace_%s in BTF", name);
		else
			ks_judge_add(judge, saying->stage, KS_REASON_TRACEPOINT_MISSING, event,
				     NULL);
		return true;
	default:
		return false;
	}
}

void ks_judge_finding(struct ks_judge *judge, const struct ks_attach_finding *finding,
		      const char *name)
{
	const struct saying saying = { judge, finding, name,
				       finding->at_load ? KS_STAGE_LOAD : KS_STAGE_ATTACH };
	if (say_signature(&saying) || say_function(&saying) || say_probe(&saying) ||
	    say_event(&saying))
		return;
	const struct plain *plain = &plains[finding->why];
	enum ks_kind kind = judge->hook->kind == KS_HOOK_LSM ? KS_LSM : plain->about;
	if (ks_attach_whys[finding->why])
		say(&saying, plain->kind, KS_ABOUT_NAME(kind, name));
	else // the reason's title says it all
		ks_judge_add(judge, saying.stage, plain->kind, KS_ABOUT_NAME(kind, name), NULL);
}
