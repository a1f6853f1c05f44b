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

/** The reason of a kind and name; NULL: there is none so far. */
static struct ks_reason *find(const struct ks_judge *judge, enum ks_reason_kind kind,
			      const struct ks_about *about)
{
	for (size_t i = 0; i < judge->reasons.len; i++)
		if (is_same(judge->reasons.at[i], kind, about))
			return judge->reasons.at[i];
	return NULL;
}

/** An empty reason; NULL when memory runs out. */
static struct ks_reason *append(struct ks_judge *judge)
{
	struct ks_reason *reason = ks_arena_alloc(judge->scratch, sizeof(*reason));
	return reason && ks_vector_add(&judge->reasons, reason) ? reason : NULL;
}

/** Put a reason in its place, unless a worse one of its kind and name is there. */
static struct ks_reason *add(struct ks_judge *judge, enum ks_reason_kind kind,
			     const struct ks_about *about, enum ks_verdict verdict, const char *fmt,
			     va_list args)
{
	struct ks_reason *slot = find(judge, kind, about);
	if (slot && (!slot->soft || about->soft) && slot->verdict >= verdict)
		return slot;
	if (!slot)
		slot = append(judge);
	if (!slot) {
		judge->nomem = true;
		return &judge->lost;
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
	return slot;
}

/** Whether an instruction is reached or not depends on what the image does not tell. */
static bool is_unsure(const struct ks_judge *judge, const struct ks_about *about)
{
	return judge->reach && !about->soft && about->insn < judge->program->nr &&
	       !ks_reach_is_sure(judge->resolution->prepared->object, judge->program, judge->reach,
				 about->insn);
}

const char ks_hint_option[] = "whether the program comes to it depends on an option, or on types, "
			      "that are not known";

struct ks_reason *ks_judge_add(struct ks_judge *judge, enum ks_stage stage,
			       enum ks_reason_kind kind, const struct ks_about *about,
			       const char *fmt, ...)
{
	static const enum ks_verdict verdicts[] = { KS_VERDICT_NO_LOAD, KS_VERDICT_NO_ATTACH,
						    KS_VERDICT_RISK };
	bool untold = kind == KS_REASON_TIER || kind == KS_REASON_TARGET_AT_RUN_TIME;
	bool unsure = !untold && is_unsure(judge, about);
	if (untold || unsure)
		judge->untold[stage] = true;
	va_list args;
	va_start(args, fmt);
	struct ks_reason *reason =
		add(judge, unsure ? KS_REASON_TIER : kind, about,
		    untold || unsure ? KS_VERDICT_UNKNOWN : verdicts[stage], fmt, args);
	va_end(args);
	if (unsure)
		ks_reason_hint(judge, reason, "%s", ks_hint_option);
	return reason;
}

bool ks_judge_agrees(const struct ks_judge *judge, const struct ks_reason *reason)
{
	const struct ks_about about = { .kind = reason->name_kind, .name = reason->name };
	const struct ks_reason *same = find(judge, reason->kind, &about);
	return same && !same->soft && same->verdict >= reason->verdict;
}

void ks_judge_doubt(struct ks_judge *judge, struct ks_reason *reason, const char *hint)
{
	if (reason->verdict == KS_VERDICT_NO_LOAD)
		judge->untold[KS_STAGE_LOAD] = true;
	if (reason->verdict == KS_VERDICT_NO_ATTACH)
		judge->untold[KS_STAGE_ATTACH] = true;
	reason->kind = KS_REASON_TIER;
	reason->verdict = KS_VERDICT_UNKNOWN;
	reason->hint = hint;
}

void ks_judge_wonder(struct ks_judge *judge, const struct ks_reason *reason, const char *hint)
{
	const struct ks_about about = { .kind = reason->name_kind, .name = reason->name };
	struct ks_reason *slot = find(judge, KS_REASON_TIER, &about);
	if (slot && !slot->soft)
		return;
	slot = append(judge);
	judge->nomem |= !slot;
	if (!slot)
		return;
	*slot = *reason;
	ks_judge_doubt(judge, slot, hint);
}

struct ks_reason *ks_judge_note(struct ks_judge *judge, enum ks_reason_kind kind,
				const struct ks_about *about, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	struct ks_reason *reason = add(judge, kind, about, KS_VERDICT_OK, fmt, args);
	va_end(args);
	return reason;
}

void ks_reason_hint(struct ks_judge *judge, struct ks_reason *reason, const char *fmt, ...)
{
	if (reason->hint)
		return;
	va_list args;
	va_start(args, fmt);
	reason->hint = format(judge, fmt, args);
	va_end(args);
}

bool ks_judge_absent(struct ks_judge *judge, enum ks_stage stage, enum ks_presence presence,
		     const struct ks_about *about)
{
	if (presence == KS_UNTOLD)
		ks_judge_add(
			judge, stage, KS_REASON_TIER, about,
			"nothing in the image tells: types, symbols or the version are missing");
	return presence == KS_ABSENT;
}

void ks_judge_unset(struct ks_judge *judge, enum ks_stage stage, const struct ks_about *about,
		    const char *option)
{
	struct ks_reason *reason = ks_judge_add(judge, stage, KS_REASON_TIER, about,
						"whether %s is set is not known", option);
	ks_reason_hint(judge, reason, "add the kernel with its configuration: --config");
}
