/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers of another machine: as members of struct pt_regs, and at offsets into it. */
#include "check/rules/machine.h"

#include <string.h>

#include "base/array.h"
#include "bpf/reads.h"
#include "check/rules/rules.h"

const struct ks_arch *ks_judge_other_machine(const struct ks_judge *judge)
{
	const struct ks_arch *built = judge->resolution->prepared->machine;
	const struct ks_arch *arch = ks_arch_by_debian(judge->site->image->arch);
	// machines of one source name their registers alike
	return built && arch && strcmp(built->source, arch->source) != 0 ? built : NULL;
}

const struct ks_arch_registers *ks_registers_at(const struct ks_bpf_object *object,
						const struct ks_site *site)
{
	const struct ks_arch *arch = ks_arch_by_debian(site->image->arch);
	return object->registers || !arch ? object->registers : &arch->registers;
}

static struct ks_reason *add_machine(struct ks_judge *judge, enum ks_stage stage,
				     const struct ks_arch *built, const struct ks_about *place,
				     const char *what)
{
	const struct ks_about about = {
		.kind = KS_NR_KINDS, .name = built->debian, .insn = place->insn, .soft = place->soft
	};
	return ks_judge_add(judge, stage, KS_REASON_MACHINE, &about, "%s, the kernel is for %s",
			    what, judge->site->image->arch);
}

bool ks_judge_registers(struct ks_judge *judge, const struct ks_core_spec *spec,
			const struct ks_about *about)
{
	const struct ks_arch *built = ks_judge_other_machine(judge);
	if (!built || !spec->root ||
	    (strcmp(spec->root, "pt_regs") != 0 &&
	     strcmp(spec->root, built->registers.record) != 0))
		return false;
	struct ks_reason *reason = add_machine(judge, KS_STAGE_LOAD, built, about,
					       "it reads the registers of that machine");
	ks_reason_hint(judge, reason, "build it for each machine: -D__TARGET_ARCH_%s",
		       ks_arch_by_debian(judge->site->image->arch)->source);
	return true;
}

void ks_judge_machine(struct ks_judge *judge)
{
	const struct ks_arch *built = ks_judge_other_machine(judge);
	const char *type = judge->hook->program_type;
	const struct ks_bpf_program *program = judge->program;
	const struct ks_bpf_object *object = judge->resolution->prepared->object;
	if (!built || !type ||
	    (strcmp(type, "BPF_PROG_TYPE_KPROBE") != 0 &&
	     strcmp(type, "BPF_PROG_TYPE_PERF_EVENT") != 0)) // its context begins with them
		return;
	for (uint32_t i = 0; i < program->nr; i++) {
		const struct ks_reached *at = &judge->reach->at[i];
		bool relocated = program->cores && program->cores[i] < object->nr_cores;
		if (!at->reached || !at->ctx_size || relocated)
			continue;
		add_machine(judge, KS_STAGE_RUN, built, &(struct ks_about){ .insn = i },
			    "it reads registers where that machine has them");
		return;
	}
}
