/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs whose targets are not in their sections: the tool chooses them when it runs. */
#include "check/rules/rules.h"

static void judge_unnamed(struct ks_judge *judge, enum ks_stage stage)
{
	const struct ks_hook *hook = judge->hook;
	if (hook->needs_target || !hook->target || hook->kind == KS_HOOK_FREPLACE)
		ks_reason_hint(
			judge,
			ks_judge_add(judge, stage, KS_REASON_TARGET_AT_RUN_TIME,
				     KS_ABOUT_NAME(KS_NR_KINDS, judge->program->section), NULL),
			"say in ksurf.toml, under [object.targets], what the tool attaches it to");
}

void ks_judge_unnamed_by_btf(struct ks_judge *judge)
{
	judge_unnamed(judge, KS_STAGE_LOAD);
}

void ks_judge_unnamed_attach(struct ks_judge *judge)
{
	if (judge->hook->kind != KS_HOOK_OTHER || judge->hook->needs_target)
		judge_unnamed(judge, KS_STAGE_ATTACH);
}
