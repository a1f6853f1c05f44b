/* SPDX-License-Identifier: BSD-2-Clause */
#include "diff/steps.h"

#include <string.h>

#include "surface/image.h"

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
				.line = group->lines ? group->lines[i] : NULL,
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

/** The span of the base's line. @param[out] first, last  indexes of images; nr: none */
static struct ks_span regular_span(const struct ks_group *group, const struct ks_history *history,
				   size_t *first, size_t *last)
{
	struct ks_span span = { .began_earlier = true };
	const struct ks_fact *before = NULL;
	*first = *last = history->nr;
	for (size_t i = 0; i < group->nr; i++) {
		const struct ks_fact *fact = &history->facts[group->images[i]];
		if (!fact->present) {
			before = span.since ? before : fact;
			continue;
		}
		*first = span.since ? *first : group->images[i];
		*last = group->images[i];
		span.since = span.since ? span.since : group->labels[i];
		span.until = group->labels[i];
	}
	span.began_earlier = !before || !before->known;
	span.has_ended = span.until && strcmp(span.until, group->labels[group->nr - 1]) != 0;
	return span;
}

static bool is_of(const struct ks_fact *fact, const char *arch)
{
	return fact->image->arch && strcmp(fact->image->arch, arch) == 0;
}

static int compare(const struct ks_history *history, size_t a, size_t b)
{
	return ks_version_compare(history->facts[a].image->version,
				  history->facts[b].image->version);
}

/** Whether an image of the group and machine tells that it does not have the name, and is older (-1) or newer (1) than another. */
static bool lacks_it(const struct ks_group *group, const char *arch,
		     const struct ks_history *history, size_t than, int order)
{
	for (size_t i = 0; i < group->nr; i++) {
		const struct ks_fact *fact = &history->facts[group->images[i]];
		int diff = compare(history, group->images[i], than);
		if (diff && (diff < 0) == (order < 0) && fact->known && !fact->present &&
		    is_of(fact, arch))
			return true;
	}
	return false;
}

/** Images of other lines that have it before, or after. */
static void widen(const struct ks_groups *groups, const char *arch,
		  const struct ks_history *history, struct ks_span *span, size_t first, size_t last)
{
	const struct ks_group *regular = &groups->at[KS_GROUP_REGULAR];
	const struct ks_group *other = &groups->at[KS_GROUP_OTHER];
	size_t old_first = first, old_last = last;
	for (size_t i = 0; i < other->nr; i++) {
		size_t image = other->images[i];
		if (!history->facts[image].present || !is_of(&history->facts[image], arch))
			continue;
		if (first == history->nr || compare(history, image, first) < 0) {
			first = image;
			span->since = other->versions[i];
		}
		if (last == history->nr || compare(history, image, last) > 0) {
			last = image;
			span->until = other->versions[i];
		}
	}
	if (first != old_first)
		span->began_earlier = !lacks_it(regular, arch, history, first, -1);
	if (first < history->nr && lacks_it(other, arch, history, first, -1))
		span->began_earlier = false;
	if (last != old_last)
		span->has_ended = lacks_it(regular, arch, history, last, 1);
}

struct ks_span ks_steps_span(const struct ks_groups *groups, const struct ks_history *history)
{
	size_t first, last;
	struct ks_span span = regular_span(&groups->at[KS_GROUP_REGULAR], history, &first, &last);
	const char *arch =
		groups->base < groups->nr_images ? groups->images[groups->base]->arch : NULL;
	if (arch)
		widen(groups, arch, history, &span, first, last);
	return span;
}
