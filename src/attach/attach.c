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
	else if (question->way == KS_WAY_KPROBE || question->way == KS_WAY_KPROBE_MULTI)
		asking.target = ks_attach_target_probed(facts, question->name);
	else if (question->way < KS_NR_FUNCTION_WAYS)
		asking.target = ks_attach_target(facts, question->name);
	ways[question->way](&asking);
}

void ks_attach_ask_fact(const struct ks_attach_facts *facts, const struct ks_fact *fact,
			enum ks_attach_way way, struct ks_attach_result *ret)
{
	const char *name = fact->function->name;
	const struct ks_target target = ks_attach_target_of(facts, fact, name);
	ks_attach_ask(facts,
		      &(struct ks_attach_question){ .way = way, .name = name, .target = &target },
		      ret);
}

enum ks_answer ks_attach_answer(const struct ks_attach_facts *facts, const struct ks_fact *fact,
				enum ks_attach_way way)
{
	struct ks_attach_result result;
	if (!fact->function)
		return KS_ANSWER_NO;
	ks_attach_ask_fact(facts, fact, way, &result);
	return result.answer;
}
