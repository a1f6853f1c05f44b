/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said of the parts of an object or a tool: by the user first, then by the list of known loaders. */
#include "check/tools/plan.h"

#include <fnmatch.h>
#include <string.h>

bool ks_plan_add_choice(struct ks_arena *arena, struct ks_plan *plan,
			const struct ks_plan_choice *choice, uint32_t *ret)
{
	struct ks_plan_choice *grown = ks_arena_array(arena, plan->nr_choices + 1, sizeof(*grown));
	if (!grown)
		return false;
	if (plan->nr_choices)
		memcpy(grown, plan->choices, plan->nr_choices * sizeof(*grown));
	grown[plan->nr_choices] = *choice;
	plan->choices = grown;
	*ret = (uint32_t)plan->nr_choices++;
	return true;
}

/** The parts that words are about. */
struct speech {
	struct ks_arena *arena;
	struct ks_plan *plan;
	const struct ks_bpf_object *object; // of whose programs they are; NULL: of objects
	const char *path;		    // of its file
	const char *const *names;	    // of each part
	enum ks_basis basis;
	const char *source;
};

static bool is_free(const struct ks_plan_part *part)
{
	return part->basis == KS_BASIS_COMPILED;
}

static bool any_matches(const struct speech *speech, const char *glob)
{
	for (size_t i = 0; i < speech->plan->nr; i++)
		if (fnmatch(glob, speech->names[i], 0) == 0)
			return true;
	return false;
}

/** Every text is about some part: what is said of another version of a tool is not meant. */
static bool all_match(const struct speech *speech, const struct ks_policy_texts *texts)
{
	for (size_t i = 0; i < texts->nr; i++)
		if (!any_matches(speech, texts->at[i]))
			return false;
	return true;
}

static bool lists_match(const struct speech *speech, const struct ks_policy_texts *lists, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (!all_match(speech, &lists[i]))
			return false;
	return true;
}

static void say_role(const struct speech *speech, const struct ks_policy_texts *texts,
		     enum ks_role role)
{
	for (size_t i = 0; i < speech->plan->nr; i++) {
		struct ks_plan_part *part = &speech->plan->parts[i];
		if (is_free(part) && ks_policy_matches(texts, speech->names[i]))
			*part = (struct ks_plan_part){ .role = role, .basis = speech->basis };
	}
}

/** One side for each list. */
static bool say_choice(const struct speech *speech, const struct ks_policy_lists *sides,
		       const struct ks_plan_choice *how)
{
	struct ks_plan_choice made = *how;
	made.basis = speech->basis;
	made.nr_sides = (uint32_t)sides->nr;
	uint32_t choice;
	if (!ks_plan_add_choice(speech->arena, speech->plan, &made, &choice))
		return false;
	bool any = false;
	for (size_t i = 0; i < speech->plan->nr; i++) {
		struct ks_plan_part *part = &speech->plan->parts[i];
		for (uint32_t side = 0; side < sides->nr && is_free(part); side++) {
			if (!ks_policy_matches(&sides->at[side], speech->names[i]))
				continue;
			*part = (struct ks_plan_part){ .role = KS_ROLE_SIDE,
						       .basis = speech->basis,
						       .choice = choice,
						       .side = side };
			part->lead = fnmatch(sides->at[side].at[0], speech->names[i], 0) == 0;
			any = true;
		}
	}
	speech->plan->nr_choices -= !any; // it is about other objects
	return true;
}

/** Programs of which one is enough: each is a side of its own. */
static bool say_alternatives(const struct speech *speech, const struct ks_policy_texts *texts)
{
	struct ks_plan_choice made = { .basis = speech->basis,
				       .any = true,
				       .source = speech->source };
	struct ks_plan *plan = speech->plan;
	uint32_t choice;
	for (size_t i = 0; i < plan->nr; i++)
		made.nr_sides +=
			is_free(&plan->parts[i]) && ks_policy_matches(texts, speech->names[i]);
	if (!made.nr_sides)
		return true;
	if (!ks_plan_add_choice(speech->arena, plan, &made, &choice))
		return false;
	uint32_t side = 0;
	for (size_t i = 0; i < plan->nr; i++) {
		if (!is_free(&plan->parts[i]) || !ks_policy_matches(texts, speech->names[i]))
			continue;
		plan->parts[i] = (struct ks_plan_part){
			.role = KS_ROLE_SIDE, .basis = speech->basis, .choice = choice, .side = side
		};
		side++;
	}
	return true;
}

/** What is attached to something by its name has none in the object: with one, it is another version's. */
static bool name_no_targets(const struct speech *speech, const struct ks_policy_object *part)
{
	for (size_t i = 0; i < part->nr_targets; i++) {
		if (!any_matches(speech, part->targets[i].program))
			return false;
		for (size_t k = 0; k < speech->plan->nr; k++) {
			const struct ks_hook *hook = &speech->object->programs[k].hook;
			bool open = hook->needs_target || hook->guessed || !hook->program_type;
			if (!open && fnmatch(part->targets[i].program, speech->names[k], 0) == 0)
				return false;
		}
	}
	return true;
}

static bool is_in_file(const struct speech *speech, const struct ks_policy_object *part)
{
	return !part->file || fnmatch(part->file, speech->path, 0) == 0;
}

static bool is_about(const struct speech *speech, const struct ks_policy_object *part)
{
	if (!all_match(speech, &part->needed) || !all_match(speech, &part->optional) ||
	    !all_match(speech, &part->ignored) || !all_match(speech, &part->modes) ||
	    !all_match(speech, &part->present) || !all_match(speech, &part->chosen) ||
	    !all_match(speech, &part->rewritten) ||
	    !lists_match(speech, part->alternatives, part->nr_alternatives) ||
	    !name_no_targets(speech, part))
		return false;
	for (size_t i = 0; i < part->nr_probes; i++)
		if (!any_matches(speech, part->probes[i].program))
			return false;
	for (size_t i = 0; i < part->nr_choices; i++)
		if (!lists_match(speech, part->choices[i].sides.at, part->choices[i].sides.nr))
			return false;
	return true;
}

/** Of programs that are set a target when the tool runs. */
static void say_targets(const struct speech *speech, const struct ks_policy_object *part)
{
	for (size_t i = 0; i < speech->plan->nr; i++) {
		struct ks_plan_part *of = &speech->plan->parts[i];
		bool chosen = ks_policy_matches(&part->chosen, speech->names[i]);
		bool rewritten = ks_policy_matches(&part->rewritten, speech->names[i]);
		of->chosen = of->chosen || chosen;
		of->rewritten = of->rewritten || rewritten;
		for (size_t k = 0; k < part->nr_rewrites; k++)
			of->known = of->known ||
				    fnmatch(part->rewrites[k].program, speech->names[i], 0) == 0;
		of->rewritten = of->rewritten || of->known;
		// the user's are in the check already
		for (size_t k = 0; k < part->nr_targets && speech->basis == KS_BASIS_SHIPPED; k++)
			of->told = of->told ||
				   fnmatch(part->targets[k].program, speech->names[i], 0) == 0;
		of->own_loader = of->own_loader || part->own_loader;
		if ((chosen || of->told || of->rewritten || part->own_loader) && is_free(of))
			of->basis = speech->basis;
	}
}

/** Of programs that are looked for by another name than that of their target. */
static void say_probes(const struct speech *speech, const struct ks_policy_object *part)
{
	for (size_t k = 0; k < part->nr_probes; k++) {
		const char *glob = part->probes[k].program;
		const struct ks_policy_texts programs = { .nr = 1, .at = &glob };
		say_role(speech, &programs, KS_ROLE_PRESENT);
		for (size_t i = 0; i < speech->plan->nr; i++)
			speech->plan->parts[i].probed = speech->plan->parts[i].probed ||
							fnmatch(glob, speech->names[i], 0) == 0;
	}
}

static bool say_object(struct speech *speech, const struct ks_policy_object *part)
{
	speech->source = part->source;
	for (size_t i = 0; i < part->nr_choices; i++) {
		const struct ks_policy_choice *choice = &part->choices[i];
		const struct ks_plan_choice how = {
			.by = choice->by,
			.source = choice->source ? choice->source : part->source,
		};
		if (!say_choice(speech, &choice->sides, &how))
			return false;
	}
	for (size_t i = 0; i < part->nr_alternatives; i++)
		if (!say_alternatives(speech, &part->alternatives[i]))
			return false;
	say_role(speech, &part->needed, KS_ROLE_NEEDED);
	say_role(speech, &part->optional, KS_ROLE_OPTIONAL);
	say_role(speech, &part->ignored, KS_ROLE_IGNORED);
	say_role(speech, &part->modes, KS_ROLE_MODE);
	say_role(speech, &part->present, KS_ROLE_PRESENT);
	say_targets(speech, part);
	say_probes(speech, part);
	return true;
}

static bool start(struct ks_arena *arena, size_t nr, struct ks_plan *plan)
{
	*plan = (struct ks_plan){ .nr = nr,
				  .parts = ks_arena_array(arena, nr + 1, sizeof(*plan->parts)) };
	if (plan->parts)
		memset(plan->parts, 0, (nr + 1) * sizeof(*plan->parts));
	return plan->parts;
}

struct ks_error *ks_plan_object(struct ks_arena *arena, const struct ks_bpf_object *object,
				const char *path, const struct ks_policy *policy,
				const struct ks_policy *shipped, bool infer, struct ks_plan *ret)
{
	const char **names = ks_arena_array(arena, (size_t)object->nr_programs + 1, sizeof(char *));
	if (!names || !start(arena, object->nr_programs, ret))
		return &ks_nomem;
	for (uint32_t i = 0; i < object->nr_programs; i++)
		names[i] = object->programs[i].name;
	struct speech speech = {
		.arena = arena, .plan = ret, .object = object, .path = path, .names = names
	};
	const struct ks_policy *policies[] = { policy, shipped };
	static const enum ks_basis bases[] = { KS_BASIS_POLICY, KS_BASIS_SHIPPED };
	for (int i = 0; i < 2; i++) {
		const struct ks_policy_object *part;
		speech.basis = bases[i];
		for (size_t at = 0; (part = ks_policy_next(policies[i], object, &at));)
			if (is_in_file(&speech, part) && (i == 0 || is_about(&speech, part)) &&
			    !say_object(&speech, part))
				return &ks_nomem;
	}
	for (uint32_t i = 0; i < object->nr_programs; i++)
		if (!object->programs[i].autoload && is_free(&ret->parts[i]))
			ret->parts[i].role = KS_ROLE_IGNORED;
	return infer ? ks_plan_infer(arena, object, ret) : NULL;
}

static bool say_tool(struct speech *speech, const struct ks_policy_tool *tool)
{
	speech->source = tool->source;
	const struct ks_plan_choice how = { .source = tool->source, .side_of = tool->side_of };
	if (tool->sides.nr && !say_choice(speech, &tool->sides, &how))
		return false;
	say_role(speech, &tool->optional, KS_ROLE_OPTIONAL);
	say_role(speech, &tool->ignored, KS_ROLE_IGNORED);
	say_role(speech, &tool->modes, KS_ROLE_MODE);
	return true;
}

static bool is_about_tool(const struct speech *speech, const struct ks_policy_tool *tool)
{
	return all_match(speech, &tool->optional) && all_match(speech, &tool->ignored) &&
	       all_match(speech, &tool->modes) &&
	       lists_match(speech, tool->sides.at, tool->sides.nr);
}

struct ks_error *ks_plan_tool(struct ks_arena *arena, const char *tool, const char *const *objects,
			      size_t nr, const struct ks_policy *policy,
			      const struct ks_policy *shipped, struct ks_plan *ret)
{
	if (!start(arena, nr, ret))
		return &ks_nomem;
	struct speech speech = { .arena = arena, .plan = ret, .names = objects };
	const struct ks_policy *policies[] = { policy, shipped };
	static const enum ks_basis bases[] = { KS_BASIS_POLICY, KS_BASIS_SHIPPED };
	for (int i = 0; i < 2; i++)
		for (size_t k = 0; policies[i] && k < policies[i]->nr_tools; k++) {
			const struct ks_policy_tool *part = &policies[i]->tools[k];
			speech.basis = bases[i];
			if (fnmatch(part->match, tool, 0) == 0 &&
			    (i == 0 || is_about_tool(&speech, part)) && !say_tool(&speech, part))
				return &ks_nomem;
		}
	return NULL;
}
