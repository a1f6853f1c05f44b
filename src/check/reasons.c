/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "check/reasons.h"

static const char *format(struct ks_judge *judge, const char *fmt, va_list args)
{
	char text[512];
	int len = vsnprintf(text, sizeof(text), fmt, args);
	const char *copy = len < 0 ? NULL : ks_arena_strdup(judge->arena, text);
	judge->nomem |= !copy;
	return copy;
}

static bool is_same(const struct ks_reason *reason, enum ks_reason_kind kind,
		    const struct ks_about *about)
{
	return reason->kind == kind && reason->name_kind == about->kind &&
	       (reason->name == about->name ||
		(reason->name && about->name && strcmp(reason->name, about->name) == 0));
}

/** Put a reason in its place, unless a worse one of its kind and name is there. */
static void add(struct ks_judge *judge, enum ks_reason_kind kind, const struct ks_about *about,
		enum ks_verdict verdict, const char *fmt, va_list args)
{
	struct ks_reason *slot = NULL;
	for (size_t i = 0; i < judge->reasons.len && !slot; i++)
		if (is_same(&judge->reasons.at[i], kind, about))
			slot = &judge->reasons.at[i];
	if (slot && (!slot->soft || about->soft) && slot->verdict >= verdict)
		return;
	if (!slot)
		slot = ks_vector_push(&judge->reasons);
	if (!slot) {
		judge->nomem = true;
		return;
	}
	const struct ks_bpf_program *program = judge->program;
	uint32_t line = about->insn < program->nr && program->lines ? program->lines[about->insn]
								    : KS_NO_INDEX;
	const struct ks_bpf_object *object = judge->resolution->prepared->object;
	*slot = (struct ks_reason){ .kind = kind,
				    .verdict = verdict,
				    .soft = about->soft,
				    .name_kind = about->kind,
				    .insn = about->insn,
				    .line = line < object->nr_lines ? &object->lines[line] : NULL };
	if (about->name) {
		slot->name = ks_arena_strdup(judge->arena, about->name);
		judge->nomem |= !slot->name;
	}
	if (fmt)
		slot->detail = format(judge, fmt, args);
}

void ks_judge_add(struct ks_judge *judge, enum ks_reason_kind kind, const struct ks_about *about,
		  const char *fmt, ...)
{
	static const enum ks_verdict verdicts[] = { KS_VERDICT_NO_LOAD, KS_VERDICT_NO_ATTACH,
						    KS_VERDICT_RISK };
	bool untold = kind == KS_REASON_TIER || kind == KS_REASON_TARGET_AT_RUN_TIME;
	if (untold)
		judge->untold[judge->stage] = true;
	va_list args;
	va_start(args, fmt);
	add(judge, kind, about, untold ? KS_VERDICT_UNKNOWN : verdicts[judge->stage], fmt, args);
	va_end(args);
}

void ks_judge_note(struct ks_judge *judge, enum ks_reason_kind kind, const struct ks_about *about,
		   const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	add(judge, kind, about, KS_VERDICT_OK, fmt, args);
	va_end(args);
}

void ks_judge_hint(struct ks_judge *judge, const char *fmt, ...)
{
	if (!judge->reasons.len)
		return;
	struct ks_reason *reason = &judge->reasons.at[judge->reasons.len - 1];
	va_list args;
	va_start(args, fmt);
	reason->hint = format(judge, fmt, args);
	va_end(args);
}

bool ks_judge_absent(struct ks_judge *judge, enum ks_presence presence,
		     const struct ks_about *about)
{
	if (presence == KS_UNTOLD)
		ks_judge_add(judge, KS_REASON_TIER, about, NULL);
	return presence == KS_ABSENT;
}

void ks_judge_all(struct ks_judge *judge)
{
	ks_judge_object(judge);
	ks_judge_program(judge);
	ks_judge_insns(judge);
	ks_judge_btf_target(judge);
	ks_judge_attach(judge);
	ks_judge_risks(judge);
	ks_judge_reads(judge);
	ks_judge_blind_reads(judge);
}
