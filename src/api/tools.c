/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/tools/tools.h"
#include "api/check.h"
#include "api/value.h"

_Static_assert((int)KSURF_TOOL_PART == (int)KS_TOOL_PART &&
		       (int)KSURF_TOOL_UNKNOWN == (int)KS_TOOL_UNKNOWN &&
		       (int)KSURF_TOOL_FAILS == (int)KS_TOOL_FAILS &&
		       (int)KSURF_TOOL_FOREIGN == (int)KS_TOOL_FOREIGN,
	       "the public verdicts are the internal ones");

const char *ksurf_tool_verdict_name(enum ksurf_tool_verdict verdict)
{
	return (unsigned int)verdict < KS_NR_TOOL_VERDICTS ? ks_tool_verdicts[verdict].name : NULL;
}

/** The object that a program of a check belongs to. */
static const char *object_of(const struct ks_check *check, size_t row)
{
	size_t i = 0;
	while (row >= check->objects[i].first + check->objects[i].nr)
		i++;
	return check->objects[i].object->name;
}

static struct ks_error *show_losses(struct ksurf_verdicts *verdicts,
				    const struct ks_tool_outcome *outcome,
				    struct ksurf_tool_outcome *ret)
{
	const struct ks_check *check = verdicts->checking.check;
	const void **at = NULL;
	if (!outcome->nr)
		return NULL;
	struct ksurf_loss *losses =
		ks_api_array(&verdicts->arena, outcome->nr, sizeof(*losses), &at);
	if (!losses)
		return &ks_nomem;
	for (uint32_t i = 0; i < outcome->nr; i++) {
		const struct ks_loss *loss = &outcome->losses[i];
		struct ksurf_reason *reason =
			loss->reason ? ks_arena_alloc(&verdicts->arena, sizeof(*reason)) : NULL;
		if (loss->reason && !reason)
			return &ks_nomem;
		if (reason)
			ks_api_reason(loss->reason, reason);
		losses[i] = (struct ksurf_loss){ .object = object_of(check, loss->row),
						 .program = check->programs[loss->row]->name,
						 .fatal = loss->fatal,
						 .loses = loss->words,
						 .reason = reason };
	}
	ret->nr_losses = outcome->nr;
	ret->losses = (const struct ksurf_loss *const *)at;
	return NULL;
}

static struct ks_error *show_tool(struct ksurf_verdicts *verdicts, size_t index)
{
	const struct ks_tools *tools = verdicts->tools;
	const struct ks_tool *tool = &tools->at[index];
	size_t nr_images = tools->check->nr_images;
	verdicts->public_tools[index] = (struct ksurf_tool){ .name = tool->name,
							     .path = tool->path,
							     .basis = ks_bases[tool->basis],
							     .nr_objects = tool->nr_objects };
	for (size_t i = 0; i < nr_images; i++) {
		const struct ks_tool_outcome *outcome = ks_tool_outcome(tools, index, i);
		struct ksurf_tool_outcome *ret = &verdicts->tool_outcomes[index * nr_images + i];
		*ret = (struct ksurf_tool_outcome){
			.verdict = (enum ksurf_tool_verdict)outcome->verdict,
			.counted = (enum ksurf_verdict)outcome->counted,
			.spared = outcome->spared,
		};
		KS_TRY(show_losses(verdicts, outcome, ret));
	}
	return NULL;
}

struct ks_error *ks_api_tools(struct ksurf_verdicts *verdicts, bool as_compiled)
{
	const struct ks_check *check = verdicts->checking.check;
	struct ks_arena *arena = &verdicts->arena;
	KS_TRY(ks_tools_make(check, as_compiled, &verdicts->tools));
	size_t nr = verdicts->tools->nr;
	verdicts->public_tools = ks_arena_array(arena, nr + 1, sizeof(*verdicts->public_tools));
	verdicts->tool_outcomes =
		ks_arena_array(arena, nr * check->nr_images + 1, sizeof(*verdicts->tool_outcomes));
	if (!verdicts->public_tools || !verdicts->tool_outcomes)
		return &ks_nomem;
	for (size_t i = 0; i < nr; i++)
		KS_TRY(show_tool(verdicts, i));
	return NULL;
}

size_t ksurf_verdicts_nr_tools(const struct ksurf_verdicts *verdicts)
{
	return verdicts->tools->nr;
}

const struct ksurf_tool *ksurf_verdicts_tool(const struct ksurf_verdicts *verdicts, size_t i)
{
	return i < verdicts->tools->nr ? &verdicts->public_tools[i] : NULL;
}

const struct ksurf_tool_outcome *ksurf_verdicts_tool_at(const struct ksurf_verdicts *verdicts,
							size_t tool, size_t image)
{
	size_t nr_images = verdicts->checking.check->nr_images;
	if (tool >= verdicts->tools->nr || image >= nr_images)
		return NULL;
	return &verdicts->tool_outcomes[tool * nr_images + image];
}
