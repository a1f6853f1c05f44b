/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/tools/rewriting.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "check/tools/plan.h"

enum look {
	AS_TOLD, // programs that name no target, where the list of known loaders says that they are attached
	REWRITTEN, // programs whose targets are not there, where they are attached then
	PROBED,	   // programs as if they were attached to what their loader looks for
	NR_LOOKS
};
struct ks_rewriting {
	struct ks_arena arena;
	struct ks_policy *shipped;
	struct ks_policy policies[NR_LOOKS]; // their arrays are in the arena
	struct ks_check *checks[NR_LOOKS];
};

/** What a look takes for targets. */
static const struct ks_policy_target *targets_of(const struct ks_policy_object *object,
						 enum look look, size_t *nr)
{
	switch (look) {
	case REWRITTEN:
		*nr = object->nr_rewrites;
		return object->rewrites;
	case PROBED:
		*nr = object->nr_probes;
		return object->probes;
	default:
		*nr = object->nr_targets;
		return object->targets;
	}
}

/** Copy what a policy says of objects, with what a look takes for targets. */
static void turn(const struct ks_policy *from, enum look look, struct ks_policy_object *to,
		 size_t *nr)
{
	for (size_t i = 0; from && i < from->nr_objects; i++) {
		struct ks_policy_object *object = &to[(*nr)++];
		*object = from->objects[i];
		size_t nr_targets;
		const struct ks_policy_target *targets = targets_of(object, look, &nr_targets);
		if (nr_targets) { // before what the user set
			object->targets = targets;
			object->nr_targets = nr_targets;
		}
	}
}

static bool has_program(const struct ks_bpf_object *object, const char *glob)
{
	for (uint32_t i = 0; i < object->nr_programs; i++)
		if (fnmatch(glob, object->programs[i].name, 0) == 0)
			return true;
	return false;
}

/** The look tells more of some program of the object than the first check. */
static bool is_looked_at(const struct ks_policy *policy, enum look look,
			 const struct ks_bpf_object *object)
{
	const struct ks_policy_object *part;
	for (size_t at = 0; (part = ks_policy_next(policy, object, &at));) {
		size_t nr_targets;
		const struct ks_policy_target *targets = targets_of(part, look, &nr_targets);
		for (size_t i = 0; i < nr_targets; i++)
			if (has_program(object, targets[i].program))
				return true;
	}
	return false;
}

static struct ks_error *run(struct ks_rewriting *rewriting, enum look look, struct ks_store *store,
			    const struct ks_store_images *images,
			    const struct ks_check_input *inputs, size_t nr,
			    const struct ks_check_options *options)
{
	const struct ks_policy *user = options->policy, *shipped = rewriting->shipped;
	struct ks_policy *policy = &rewriting->policies[look];
	struct ks_arena *arena = &rewriting->arena;
	size_t nr_objects = (user ? user->nr_objects : 0) + shipped->nr_objects;
	struct ks_policy_object *objects = ks_arena_array(arena, nr_objects + 1, sizeof(*objects));
	struct ks_check_input *some = ks_arena_array(arena, nr + 1, sizeof(*some));
	if (!objects || !some)
		return &ks_nomem;
	if (user)
		*policy = *user;
	policy->nr_objects = 0;
	// the user's targets were looked at before
	turn(user, look, objects, &policy->nr_objects);
	turn(shipped, look, objects, &policy->nr_objects);
	policy->objects = objects;
	size_t nr_some = 0;
	for (size_t i = 0; i < nr; i++)
		if (is_looked_at(look == AS_TOLD ? shipped : policy, look, inputs[i].object))
			some[nr_some++] = inputs[i];
	if (!nr_some)
		return NULL;
	struct ks_check_options how = *options;
	how.policy = policy;
	how.step = NULL; // the first check told of its programs
	return ks_check_run(store, images, some, nr_some, &how, &rewriting->checks[look]);
}

struct ks_error *ks_rewriting_new(struct ks_rewriting **ret)
{
	struct ks_rewriting *rewriting = calloc(1, sizeof(*rewriting));
	if (!rewriting)
		return &ks_nomem;
	struct ks_error *err = ks_shipped_read(&rewriting->shipped);
	if (err)
		ks_rewriting_free(rewriting);
	else
		*ret = rewriting;
	return err;
}

const struct ks_policy *ks_rewriting_policy(const struct ks_rewriting *rewriting)
{
	return rewriting->shipped;
}

struct ks_error *ks_rewriting_run(struct ks_rewriting *rewriting, struct ks_store *store,
				  const struct ks_store_images *images,
				  const struct ks_check_input *inputs, size_t nr,
				  const struct ks_check_options *options, struct ks_check *check)
{
	for (int look = 0; look < NR_LOOKS; look++)
		KS_TRY(run(rewriting, look, store, images, inputs, nr, options));
	check->told = rewriting->checks[AS_TOLD];
	check->rewritten = rewriting->checks[REWRITTEN];
	check->probed = rewriting->checks[PROBED];
	return NULL;
}

void ks_rewriting_free(struct ks_rewriting *rewriting)
{
	if (!rewriting)
		return;
	for (int look = 0; look < NR_LOOKS; look++)
		ks_check_free(rewriting->checks[look]);
	ks_policy_free(rewriting->shipped);
	ks_arena_deinit(&rewriting->arena); // the policy's own arena is the user's
	free(rewriting);
}
