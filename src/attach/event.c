/* SPDX-License-Identifier: BSD-2-Clause */
/* Tracepoints, with and without events, and system calls. */
#include <stdio.h>
#include <string.h>

#include "attach/private.h"

static enum ks_presence presence_of(const struct ks_fact *fact)
{
	return !fact->known ? KS_UNTOLD : fact->present ? KS_PRESENT : KS_ABSENT;
}

void ks_asking_tracepoint(struct ks_asking *asking)
{
	const struct ks_attach_question *question = asking->question;
	const struct ks_fact *fact = ks_attach_fact(asking->facts, KS_TRACEPOINT, question->name);
	if (!fact->present && fact->modules) {
		if (!asking->facts->modules) {
			ks_asking_find(asking, KS_WHY_EVENT_IN_MODULE, KS_ANSWER_NO);
			return;
		}
		fact = fact->modules;
	}
	const char *group = fact->tracepoint ? fact->tracepoint->system : NULL;
	if (fact->known && group && question->group && strcmp(group, question->group) != 0)
		ks_asking_find(asking, KS_WHY_OTHER_GROUP, KS_ANSWER_NO)->text = group;
	else
		ks_asking_lacks(asking, presence_of(fact), KS_WHY_NO_EVENT, KS_WHY_EVENT_UNTOLD);
}

/** Any tracepoint, also one without an event; an event has one, but the typedef of BTF came later. */
void ks_asking_raw_tracepoint(struct ks_asking *asking)
{
	const struct ks_attach_facts *facts = asking->facts;
	const char *name = asking->question->name;
	enum ks_presence presence = presence_of(ks_attach_tracepoint(facts, name));
	if (presence != KS_PRESENT && ks_attach_fact(facts, KS_TRACEPOINT, name)->present)
		presence = KS_PRESENT;
	ks_asking_lacks(asking, presence, KS_WHY_NO_EVENT, KS_WHY_EVENT_UNTOLD);
}

void ks_asking_tp_btf(struct ks_asking *asking)
{
	const struct ks_attach_facts *facts = asking->facts;
	const char *name = asking->question->name;
	enum ks_presence presence = presence_of(ks_attach_tracepoint(facts, name));
	if (presence == KS_UNTOLD && ks_attach_fact(facts, KS_TRACEPOINT, name)->present)
		presence = KS_PRESENT;
	if (presence == KS_ABSENT)
		ks_asking_find_at_load(asking, KS_WHY_NO_EVENT, KS_ANSWER_NO);
	else if (presence == KS_UNTOLD)
		ks_asking_find_at_load(asking, KS_WHY_EVENT_UNTOLD, KS_ANSWER_UNKNOWN);
	if (presence != KS_ABSENT && ks_attach_has_btf(facts) == KS_ABSENT)
		ks_asking_find_at_load(asking, KS_WHY_NO_BTF, KS_ANSWER_NO);
}

/** Whether system calls have events at all; where no configuration tells, the code does. */
static enum ks_presence traces_calls(const struct ks_attach_facts *facts)
{
	static const char handler[] = "ftrace_syscall_enter";
	enum ks_presence set = ks_attach_option(facts, "CONFIG_FTRACE_SYSCALLS");
	if (set != KS_UNTOLD)
		return set;
	if (facts->image->facts & KS_FACT_TRACED || ks_attach_target(facts, handler).symbol)
		return KS_PRESENT;
	return facts->source ? facts->source->symbol(facts->arg, handler) : KS_UNTOLD;
}

/** Only system calls with metadata have events. */
void ks_asking_syscall_event(struct ks_asking *asking)
{
	const struct ks_attach_facts *facts = asking->facts;
	const struct ks_fact *fact = ks_attach_fact(facts, KS_SYSCALL, asking->question->name);
	bool tells = facts->image->facts & KS_FACT_TRACED;
	enum ks_presence traces = traces_calls(facts);
	if (traces == KS_ABSENT)
		ks_asking_find(asking, KS_WHY_NO_CALL_EVENTS, KS_ANSWER_NO);
	else if (fact->known && fact->present && tells && !fact->traced)
		ks_asking_find(asking, KS_WHY_CALL_UNTRACED, KS_ANSWER_NO);
	else
		ks_asking_lacks(asking, presence_of(fact), KS_WHY_NO_CALL, KS_WHY_CALL_UNTOLD);
	// that calls have events does not say that this one has
	if (presence_of(fact) == KS_PRESENT &&
	    (traces == KS_UNTOLD || (traces == KS_PRESENT && !tells)))
		ks_asking_find(asking, KS_WHY_CALL_EVENTS_UNTOLD, KS_ANSWER_UNKNOWN);
}

/** The function that its wrapper is, where the machine has such; it may be there for programs of no other ABI. */
static struct ks_target wrapper_of(const struct ks_attach_facts *facts, const char *name)
{
	char function[KS_ATTACH_NAME];
	if (!facts->arch || !ks_arch_wraps_syscalls(facts->arch))
		return (struct ks_target){ 0 };
	snprintf(function, sizeof(function), "%s%s", facts->arch->syscall_prefix, name);
	return ks_attach_target(facts, function);
}

/** ksyscall: a kprobe on the wrapper where the machine has one, else on sys_<name>. */
void ks_asking_syscall(struct ks_asking *asking)
{
	const struct ks_attach_facts *facts = asking->facts;
	const char *name = asking->question->name;
	const struct ks_fact *fact = ks_attach_fact(facts, KS_SYSCALL, name);
	const struct ks_symbol *symbol = wrapper_of(facts, name).symbol;
	enum ks_presence patched = symbol ? ks_attach_patched_entry(facts, symbol) : KS_ABSENT;
	if (patched != KS_ABSENT)
		ks_asking_find(asking,
			       patched == KS_PRESENT ? KS_WHY_ON_FTRACE : KS_WHY_ON_FTRACE_UNTOLD,
			       patched == KS_PRESENT ? KS_ANSWER_NO : KS_ANSWER_UNKNOWN);
	if (presence_of(fact) == KS_ABSENT && symbol)
		return; // it runs for nobody: that is no matter of attaching
	ks_asking_lacks(asking, presence_of(fact), KS_WHY_NO_CALL, KS_WHY_CALL_UNTOLD);
}
