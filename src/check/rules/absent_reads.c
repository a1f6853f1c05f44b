/* SPDX-License-Identifier: BSD-2-Clause */
/* Parameters that a kprobe reads from registers, and that the function does not have: it gets what was left there. */
#include "bpf/reads.h"
#include "check/core/core_type.h"
#include "check/rules/machine.h"
#include "check/rules/rules.h"
#include "check/rules/target.h"

enum { MAX_ARGUMENTS = 12, WITH_ALL_REGISTERS = 6 };

/** The first instruction that reads each of them; the set, bit i for parameter i. */
static uint32_t parameters_read(const struct ks_judge *judge, uint32_t insns[MAX_ARGUMENTS])
{
	const struct ks_arch_registers *machine =
		ks_registers_at(judge->resolution->prepared->object, judge->site);
	uint32_t set = 0;
	for (uint32_t i = 0; i < judge->program->nr; i++) {
		const struct ks_reached *at = &judge->reach->at[i];
		if (!at->reached || !at->ctx_size || at->modified_ctx)
			continue;
		if (at->loads && !judge->reach->paths[at->loads - 1].used)
			continue; // nothing comes of it
		int argument = ks_bpf_argument(machine, judge->hook, (uint32_t)at->ctx_offset);
		if (argument < 1 || argument > MAX_ARGUMENTS || set >> (argument - 1) & 1)
			continue;
		set |= 1u << (argument - 1);
		insns[argument - 1] = i;
	}
	return set;
}

/** The function of the base has it, which the rule about changed parameters tells. */
static bool told_by_base(const struct ks_judge *judge, uint32_t index)
{
	const struct ks_site *base = &judge->resolution->base;
	if (!base->view || ks_site_same(base, judge->site))
		return false;
	struct ks_target there = ks_target_find(base, judge->hook->target);
	const struct ks_type *proto = ks_target_proto(&there);
	return proto && index < proto->nr_params;
}

/** A parameter by value or a variable number of them take other registers. */
static bool one_register_each(const struct ks_site *site, const struct ks_type *proto)
{
	for (uint32_t i = 0; i < proto->nr_params; i++) {
		struct ks_shape shape = ks_shape_of(site, proto->params[i].type);
		if (shape.untold || shape.kind == KS_BTF_VOID || shape.kind == KS_BTF_STRUCT ||
		    shape.kind == KS_BTF_UNION || shape.kind == KS_BTF_FLOAT)
			return false;
	}
	return true;
}

void ks_judge_absent_parameters(struct ks_judge *judge)
{
	const struct ks_hook *hook = judge->hook;
	uint32_t insns[MAX_ARGUMENTS];
	// where words have 32 bits, a parameter of 64 takes two registers
	if (hook->on_return || hook->offset || !judge->reach->complete ||
	    judge->site->ptr_size != 8)
		return;
	struct ks_target target = ks_target_find(judge->site, hook->target);
	const struct ks_type *proto = ks_target_proto(&target);
	if (!proto || !one_register_each(judge->site, proto))
		return;
	uint32_t set = parameters_read(judge, insns);
	if ((set & ((1u << WITH_ALL_REGISTERS) - 1)) == (1u << WITH_ALL_REGISTERS) - 1)
		return; // it saves whatever any function may have
	for (uint32_t i = proto->nr_params; i < MAX_ARGUMENTS; i++) {
		if (!(set >> i & 1) || told_by_base(judge, i))
			continue;
		struct ks_about about = { .kind = KS_FUNCTION,
					  .name = hook->target,
					  .insn = insns[i] };
		ks_judge_add(judge, KS_STAGE_RUN, KS_REASON_SIGNATURE_CHANGED, &about,
			     "it reads parameter %u, the function has %u", i + 1, proto->nr_params);
	}
}
