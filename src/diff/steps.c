/* SPDX-License-Identifier: BSD-2-Clause */
#include "diff/steps.h"

const struct ks_step_info ks_step_infos[KS_NR_STEPS] = {
	[KS_STEP_SAME] = { "same", ' ' },	[KS_STEP_ADDED] = { "added", '+' },
	[KS_STEP_REMOVED] = { "removed", '-' }, [KS_STEP_CHANGED] = { "changed", '~' },
	[KS_STEP_STATUS] = { "status", '!' },	[KS_STEP_ABSENT] = { "absent", ' ' },
	[KS_STEP_UNKNOWN] = { "unknown", '?' },
};

/** What happened between two facts. The changes are those of the definition, then those of the status. */
static struct ks_error *compare_step(struct ks_diff *diff, enum ks_kind kind, struct ks_step *step)
{
	const struct ks_fact *old = step->before, *new = step->fact;
	if (!new->known) {
		step->event = KS_STEP_UNKNOWN;
		return NULL;
	}
	bool was = old && old->known && old->present;
	step->event = !new->present ? (was ? KS_STEP_REMOVED : KS_STEP_ABSENT)
		      : was	    ? KS_STEP_SAME
				    : KS_STEP_ADDED;
	if (old && !old->known && new->present)
		step->event = KS_STEP_SAME; // nobody knows when it came
	if (!was || !new->present)
		return NULL;
	ks_diff_reset(diff);
	if (ks_fact_comparable(kind, old) && ks_fact_comparable(kind, new))
		KS_TRY(ks_diff_facts(diff, kind, old, new, &step->changes));
	size_t nr = step->changes.nr;
	KS_TRY(ks_diff_extras(diff, kind, KS_DIFF_STATUS, old, new, &step->changes));
	for (size_t i = nr; i < step->changes.nr; i++)
		if (step->changes.at[i].kind != KS_CALLERS_LOST) // every build loses some
			step->event = KS_STEP_STATUS;
	if (nr)
		step->event = KS_STEP_CHANGED;
	return NULL;
}

/** What an image of a group is compared with, or NULL. */
static const struct ks_pair *pair_of(const struct ks_group *group, size_t image)
{
	for (size_t i = 0; i < group->nr_pairs; i++)
		if (group->pairs[i].new == image)
			return &group->pairs[i];
	return NULL;
}

struct ks_error *ks_steps_walk(const struct ks_groups *groups, const struct ks_history *history,
			       struct ks_diff *diff, ks_step_fn *fn, void *arg)
{
	for (enum ks_group_kind kind = 0; kind < KS_NR_PARTITION_GROUPS; kind++) {
		const struct ks_group *group = &groups->at[kind];
		for (size_t i = 0; i < group->nr; i++) {
			const struct ks_pair *pair = pair_of(group, group->images[i]);
			struct ks_step step = {
				.group = kind,
				.label = group->labels[i],
				.fact = &history->facts[group->images[i]],
				.before = pair ? &history->facts[pair->old] : NULL,
				.before_label = pair ? pair->old_label : NULL,
			};
			KS_TRY(compare_step(diff, history->kind, &step));
			KS_TRY(fn(&step, arg));
		}
	}
	return NULL;
}

void ks_steps_span(const struct ks_groups *groups, const struct ks_history *history,
		   const char **ret_since, const char **ret_until)
{
	const struct ks_group *group = &groups->at[KS_GROUP_REGULAR];
	*ret_since = *ret_until = NULL;
	for (size_t i = 0; i < group->nr; i++) {
		if (!history->facts[group->images[i]].present)
			continue;
		*ret_since = *ret_since ? *ret_since : group->labels[i];
		*ret_until = group->labels[i];
	}
}
