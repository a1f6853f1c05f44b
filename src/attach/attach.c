/* SPDX-License-Identifier: BSD-2-Clause */
#include "attach/private.h"

const struct ks_way_info ks_ways[KS_NR_WAYS] = {
	[KS_WAY_FENTRY] = { "fentry", "fentry" },
	[KS_WAY_KPROBE] = { "kprobe", "kprobe" },
	[KS_WAY_KPROBE_MULTI] = { "kprobe_multi", "kprobe.multi" },
	[KS_WAY_FMOD_RET] = { "fmod_ret", "fmod_ret" },
	[KS_WAY_LSM] = { "lsm", "lsm" },
	[KS_WAY_TRACEPOINT] = { "tracepoint", "tracepoint" },
	[KS_WAY_RAW_TP] = { "raw_tp", "raw_tp" },
	[KS_WAY_TP_BTF] = { "tp_btf", "tp_btf" },
	[KS_WAY_SYSCALL_TP] = { "syscall_tp", "tracepoint of a system call" },
	[KS_WAY_KSYSCALL] = { "ksyscall", "ksyscall" },
};

struct ks_attach_finding *ks_asking_find(struct ks_asking *asking, enum ks_attach_why why,
					 enum ks_answer answer)
{
	struct ks_attach_result *result = asking->result;
	if (result->nr == KS_ATTACH_FINDINGS) // more than any question has
		result->nr--;
	struct ks_attach_finding *finding = &result->at[result->nr++];
	*finding = (struct ks_attach_finding){ .why = why, .answer = answer };
	if (answer == KS_ANSWER_NO || result->answer == KS_ANSWER_YES)
		result->answer = answer;
	return finding;
}

struct ks_attach_finding *ks_asking_find_at_load(struct ks_asking *asking, enum ks_attach_why why,
						 enum ks_answer answer)
{
	struct ks_attach_finding *finding = ks_asking_find(asking, why, answer);
	finding->at_load = true;
	return finding;
}

bool ks_asking_lacks(struct ks_asking *asking, enum ks_presence presence, enum ks_attach_why absent,
		     enum ks_attach_why untold)
{
	if (presence == KS_UNTOLD)
		ks_asking_find(asking, untold, KS_ANSWER_UNKNOWN);
	else if (presence == KS_ABSENT)
		ks_asking_find(asking, absent, KS_ANSWER_NO);
	return presence == KS_ABSENT;
}

void ks_asking_no_function(struct ks_asking *asking, bool at_load)
{
	enum ks_answer answer = asking->target.untold ? KS_ANSWER_UNKNOWN : KS_ANSWER_NO;
	ks_asking_find(asking, KS_WHY_NO_FUNCTION, answer)->at_load = at_load;
}

void ks_attach_ask(const struct ks_attach_facts *facts, const struct ks_attach_question *question,
		   struct ks_attach_result *ret)
{
	static void (*const ways[KS_NR_WAYS])(struct ks_asking * asking) = {
		[KS_WAY_FENTRY] = ks_asking_trampoline,
		[KS_WAY_KPROBE] = ks_asking_kprobe,
		[KS_WAY_KPROBE_MULTI] = ks_asking_kprobe_multi,
		[KS_WAY_FMOD_RET] = ks_asking_trampoline,
		[KS_WAY_LSM] = ks_asking_lsm,
		[KS_WAY_TRACEPOINT] = ks_asking_tracepoint,
		[KS_WAY_RAW_TP] = ks_asking_raw_tracepoint,
		[KS_WAY_TP_BTF] = ks_asking_tp_btf,
		[KS_WAY_SYSCALL_TP] = ks_asking_syscall_event,
		[KS_WAY_KSYSCALL] = ks_asking_syscall,
	};
	struct ks_asking asking = { .facts = facts, .question = question, .result = ret };
	ret->answer = KS_ANSWER_YES;
	ret->nr = 0;
	if (question->target)
		asking.target = *question->target;
	else if (question->way < KS_NR_FUNCTION_WAYS)
		asking.target = ks_attach_target(facts, question->name);
	ways[question->way](&asking);
}

enum ks_answer ks_attach_answer(const struct ks_attach_facts *facts, const struct ks_fact *fact,
				enum ks_attach_way way)
{
	struct ks_attach_result result;
	if (!fact->function)
		return KS_ANSWER_NO;
	const char *name = fact->function->name;
	const struct ks_target target = ks_attach_target_of(facts, fact, name);
	ks_attach_ask(facts,
		      &(struct ks_attach_question){ .way = way, .name = name, .target = &target },
		      &result);
	return result.answer;
}
