/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/tools/rewriting.h"

#include <stdlib.h>
#include <string.h>

#include "check/tools/plan.h"

struct ks_rewriting {
	struct ks_arena arena;
	struct ks_policy *shipped;
	struct ks_policy policy; // with rewrites for targets; its arrays are in the arena
	struct ks_check *check;
};

/** Copy what policies say of objects, with rewrites in the place of targets. */
static bool turn(const struct ks_policy *from, struct ks_policy_object *to, size_t *nr)
{
	for (size_t i = 0; from && i < from->nr_objects; i++) {
		struct ks_policy_object *object = &to[(*nr)++];
		*object = from->objects[i];
		if (object->nr_rewrites) { // before what the user set
			object->targets = object->rewrites;
			object->nr_targets = object->nr_rewrites;
		}
	}
	return *nr != 0;
}

/** Some program of the object is attached to something else. */
static bool is_rewritten(const struct ks_policy *policy, const struct ks_bpf_object *object)
{
	const struct ks_policy_object *part;
	for (size_t at = 0; (part = ks_policy_next(policy, object->name, &at));)
		if (part->nr_rewrites)
			return true;
	return false;
}

static struct ks_error *run(struct ks_rewriting *rewriting, struct ks_store *store,
			    const struct ks_store_images *images,
			    const struct ks_check_input *inputs, size_t nr,
			    const struct ks_check_options *options)
{
	const struct ks_policy *user = options->policy;
	struct ks_arena *arena = &rewriting->arena;
	KS_TRY(ks_shipped_read(&rewriting->shipped));
	size_t nr_objects = (user ? user->nr_objects : 0) + rewriting->shipped->nr_objects;
	struct ks_policy_object *objects = ks_arena_array(arena, nr_objects + 1, sizeof(*objects));
	struct ks_check_input *some = ks_arena_array(arena, nr + 1, sizeof(*some));
	if (!objects || !some)
		return &ks_nomem;
	if (user)
		rewriting->policy = *user;
	rewriting->policy.nr_objects = 0;
	turn(user, objects, &rewriting->policy.nr_objects);
	turn(rewriting->shipped, objects, &rewriting->policy.nr_objects);
	rewriting->policy.objects = objects;
	size_t nr_some = 0;
	for (size_t i = 0; i < nr; i++)
		if (is_rewritten(&rewriting->policy, inputs[i].object))
			some[nr_some++] = inputs[i];
	if (!nr_some)
		return NULL;
	struct ks_check_options how = *options;
	how.policy = &rewriting->policy;
	how.step = NULL; // the first check told of its programs
	return ks_check_run(store, images, some, nr_some, &how, &rewriting->check);
}

struct ks_error *ks_rewriting_run(struct ks_store *store, const struct ks_store_images *images,
				  const struct ks_check_input *inputs, size_t nr,
				  const struct ks_check_options *options, struct ks_check *check,
				  struct ks_rewriting **ret)
{
	struct ks_rewriting *rewriting = calloc(1, sizeof(*rewriting));
	if (!rewriting)
		return &ks_nomem;
	struct ks_error *err = run(rewriting, store, images, inputs, nr, options);
	check->rewritten = rewriting->check;
	if (!err && rewriting->check) {
		*ret = rewriting;
		return NULL;
	}
	check->rewritten = NULL;
	ks_rewriting_free(rewriting);
	return err;
}

void ks_rewriting_free(struct ks_rewriting *rewriting)
{
	if (!rewriting)
		return;
	ks_check_free(rewriting->check);
	ks_policy_free(rewriting->shipped);
	ks_arena_deinit(&rewriting->arena); // the policy's own arena is the user's
	free(rewriting);
}
