/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contexts that programs may only read (the is_valid_access() of tracing types), and what no program does to one: atomic
 * operations (check_atomic()).
 */
#include <string.h>

#include "check/interp/opcode.h"
#include "check/rules/context.h"
#include "check/rules/rules.h"
#include "check/rules/type_bits.h"

enum {
	READ_ONLY = T(TRACEPOINT) | T(RAW_TRACEPOINT) | T(RAW_TRACEPOINT_WRITABLE) | T(PERF_EVENT) |
		    T(TRACING) | T(LSM) | T(STRUCT_OPS) | T(NETFILTER)
};

/** Whether the verifier lets kprobes write, so that it is asked where they are attached: only uprobes may then. */
static enum ks_presence asks_when_attached(const struct ks_site *site)
{
	const struct ks_fact *fact = ks_site_fact(site, KS_STRUCT, "bpf_prog_aux");
	const struct ks_decl *decl = fact->ambiguity ? NULL : fact->decl;
	for (uint32_t i = 0; decl && i < decl->nr; i++)
		if (strcmp(decl->members[i].name, "kprobe_write_ctx") == 0)
			return KS_PRESENT;
	return decl ? KS_ABSENT : KS_UNTOLD;
}

static void judge_registers(struct ks_judge *judge, const struct ks_about *about)
{
	bool user = judge->hook->kind == KS_HOOK_USER;
	enum ks_presence late = asks_when_attached(judge->site);
	if (late == KS_UNTOLD)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_TIER, about,
			     "whether this kernel lets uprobes change registers is not known");
	else if (late == KS_ABSENT)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_POINTER, about,
			     "it is written, which programs of its type may not");
	else if (!user)
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_POINTER, about,
			     "it is written, which only uprobes may");
}

void ks_judge_context_writes(struct ks_judge *judge)
{
	const struct ks_bpf_program *program = judge->program;
	uint32_t type = ks_prog_type_bit(judge->hook->program_type);
	for (uint32_t i = 0; i < program->nr && type && !judge->hook->guessed; i++) {
		const struct ks_reached *at = &judge->reach->at[i];
		uint8_t code = program->insns[i].code, class = ks_opcode_class(code);
		if (!at->reached || !at->ctx_size || at->modified_ctx ||
		    (class != CLASS_ST && class != CLASS_STX))
			continue;
		const struct ks_about about = { .kind = KS_NR_KINDS, .name = "context", .insn = i };
		if (class == CLASS_STX && ks_opcode_mode(code) != MODE_MEM)
			ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_POINTER, &about,
				     "it is changed by an atomic operation, which no program may");
		else if (type & READ_ONLY)
			ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_POINTER, &about,
				     "it is written, which programs of its type may not");
		else if (type & T(KPROBE))
			judge_registers(judge, &about);
		else
			continue;
		return;
	}
}
