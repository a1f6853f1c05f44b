/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads and writes of a context behind its end: what a newer kernel has there (the is_valid_access() of each type). */
#include "check/rules/context.h"
#include "check/rules/rules.h"

void ks_judge_context_end(struct ks_judge *judge)
{
	const struct ks_decl *record = ks_judge_context(judge);
	if (!record || !record->size || judge->hook->guessed)
		return;
	for (uint32_t i = 0; i < judge->program->nr; i++) {
		const struct ks_reached *at = &judge->reach->at[i];
		if (!at->reached || !at->ctx_size || at->modified_ctx ||
		    (uint64_t)at->ctx_offset + at->ctx_size <= record->size)
			continue;
		const struct ks_about about = { .kind = KS_NR_KINDS, .name = "context", .insn = i };
		struct ks_reason *reason =
			ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_POINTER, &about,
				     "struct %s has %u bytes, byte %d is read or written",
				     record->name, (unsigned int)record->size, at->ctx_offset);
		ks_reason_hint(judge, reason, "read it by CO-RE, behind bpf_core_field_exists()");
	}
}
