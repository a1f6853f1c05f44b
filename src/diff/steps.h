/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The life of a name, image after image: what happened to it from one to the next. */
#include "diff/diff.h"
#include "surface/groups.h"

enum ks_step_event {
	KS_STEP_SAME,
	KS_STEP_ADDED,
	KS_STEP_REMOVED,
	KS_STEP_CHANGED,
	KS_STEP_STATUS,
	KS_STEP_ABSENT,
	KS_STEP_UNKNOWN,
	KS_NR_STEPS
};

struct ks_step_info {
	const char *name; // in JSON
	char mark;	  // on the terminal
};
extern const struct ks_step_info ks_step_infos[KS_NR_STEPS];

/** One image. */
struct ks_step {
	enum ks_group_kind group;
	const char *label; // in its group
	const char *line;  // of Other, see struct ks_group; NULL in other groups
	const struct ks_fact *fact;
	const struct ks_fact *before; // what it is compared with; NULL: nothing
	const char *before_label;
	enum ks_step_event event;
	struct ks_changes changes; // valid until the next step
};
typedef struct ks_error *ks_step_fn(const struct ks_step *step, void *arg);

/** Visit the images: those of the base's line in order, then the others. @param diff for the changes */
KS_MUST_CHECK struct ks_error *ks_steps_walk(const struct ks_groups *groups,
					     const struct ks_history *history, struct ks_diff *diff,
					     ks_step_fn *fn, void *arg);

/** From when to when kernels have a name. */
struct ks_span {
	const char *since, *until; // labels; NULL when none has it
	bool began_earlier;	   // nothing older tells that it did not have it: it may be older
	bool has_ended;		   // what is newer than until does not have it, as far as it tells
};

/** The span over the base's line, and over images of its architecture that are in no group: those of other distributions. */
struct ks_span ks_steps_span(const struct ks_groups *groups, const struct ks_history *history);
