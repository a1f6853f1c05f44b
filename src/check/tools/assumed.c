/* SPDX-License-Identifier: BSD-2-Clause */
/* What a verdict on a tool rests on, for whoever reads it. */
#include <string.h>

#include "base/buf.h"
#include "check/tools/plan.h"

static void take_basis(struct ks_tool *tool, const struct ks_plan *plan)
{
	for (size_t i = 0; i < plan->nr; i++)
		if (plan->parts[i].basis > tool->basis)
			tool->basis = plan->parts[i].basis;
}

/** The parts of a side, as a list. */
static const char *side_text(struct ks_arena *arena, const struct ks_plan *plan,
			     const char *const *names, uint32_t choice, uint32_t side)
{
	struct ks_buf text = { 0 };
	for (size_t i = 0; i < plan->nr; i++)
		if (plan->parts[i].role == KS_ROLE_SIDE && plan->parts[i].choice == choice &&
		    plan->parts[i].side == side)
			ks_buf_printf(&text, "%s%s", text.len ? ", " : "", names[i]);
	const char *all = ks_buf_text(&text);
	const char *ret = all ? ks_arena_strdup(arena, text.len ? all : "") : NULL;
	ks_buf_deinit(&text);
	return ret;
}

static bool add_choices(struct ks_arena *arena, const struct ks_plan *plan,
			const char *const *names, struct ks_tool *tool)
{
	struct ks_tool_choice *all =
		ks_arena_array(arena, tool->nr_choices + plan->nr_choices + 1, sizeof(*all));
	if (!all)
		return false;
	if (tool->nr_choices)
		memcpy(all, tool->choices, tool->nr_choices * sizeof(*all));
	for (uint32_t i = 0; i < plan->nr_choices; i++) {
		const struct ks_plan_choice *choice = &plan->choices[i];
		const char **sides =
			ks_arena_array(arena, (size_t)choice->nr_sides + 1, sizeof(char *));
		if (!sides)
			return false;
		for (uint32_t side = 0; side < choice->nr_sides; side++) {
			sides[side] = side_text(arena, plan, names, i, side);
			if (!sides[side])
				return false;
		}
		const char *source = choice->source; // an inferred one is gone with the plan
		if (source && choice->basis == KS_BASIS_INFERRED) {
			source = ks_arena_strdup(arena, source);
			if (!source)
				return false;
		}
		all[tool->nr_choices++] = (struct ks_tool_choice){
			.basis = choice->basis,
			.source = source,
			.nr_sides = choice->nr_sides,
			.sides = sides,
		};
	}
	tool->choices = all;
	return true;
}

struct ks_error *ks_tool_tell(struct ks_arena *arena, const struct ks_check *check,
			      const struct ks_plan *plans, const struct ks_plan *plan,
			      const char *const *objects, struct ks_tool *tool)
{
	take_basis(tool, plan);
	if (!add_choices(arena, plan, objects, tool))
		return &ks_nomem;
	for (size_t i = 0; i < tool->nr_objects; i++) {
		const struct ks_bpf_object *object = check->objects[tool->objects[i]].object;
		const char **names =
			ks_arena_array(arena, (size_t)object->nr_programs + 1, sizeof(char *));
		if (!names)
			return &ks_nomem;
		for (uint32_t k = 0; k < object->nr_programs; k++)
			names[k] = object->programs[k].name;
		take_basis(tool, &plans[tool->objects[i]]);
		if (!add_choices(arena, &plans[tool->objects[i]], names, tool))
			return &ks_nomem;
	}
	return NULL;
}
