/* SPDX-License-Identifier: BSD-2-Clause */
/* The tools of a check, and what becomes of each on every image. */
#include "check/tools/tools.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/vector.h"
#include "check/tools/family.h"
#include "check/tools/plan.h"

const struct ks_tool_verdict_info ks_tool_verdicts[KS_NR_TOOL_VERDICTS] = {
	[KS_TOOL_WORKS] = { "works", "works", "." },
	[KS_TOOL_PART] = { "works-in-part", "works in part", "!" },
	[KS_TOOL_UNKNOWN] = { "unknown", "cannot be told", "?" },
	[KS_TOOL_FAILS] = { "does-not-work", "does not work", "X" },
	[KS_TOOL_FOREIGN] = { "other-machine", "is built for another machine", "-" },
};
const char *const ks_bases[KS_NR_BASES] = {
	[KS_BASIS_COMPILED] = "as-compiled",
	[KS_BASIS_POLICY] = "policy",
	[KS_BASIS_SHIPPED] = "shipped",
	[KS_BASIS_INFERRED] = "inferred",
};

struct making {
	struct ks_tools *tools;
	struct ks_arena scratch;
	struct ks_plan *plans;	// of each object of the check
	struct ks_plan *wholes; // of each tool
	KS_VECTOR(struct ks_loss) losses;
	bool nomem;
};

/* ---- which tools there are ---- */

/** Objects that stand behind each other and come from the same file are one tool. */
static size_t run_of(const struct ks_check *check, size_t first)
{
	size_t nr = 1;
	while (first + nr < check->nr_objects &&
	       strcmp(check->objects[first + nr].path, check->objects[first].path) == 0)
		nr++;
	return nr;
}

/** The objects of the tool that an object begins: of its file, and of files that are one tool with it. @return how many */
static size_t gather(const struct ks_check *check, const struct ks_families *families, size_t first,
		     bool *taken, size_t *ret_indexes)
{
	const char *path = check->objects[first].path;
	bool alone = !ks_family_of(families, path);
	size_t nr = 0, end = alone ? first + run_of(check, first) : check->nr_objects;
	for (size_t i = first; i < end; i++) {
		const char *other = check->objects[i].path;
		if (taken[i] || (!alone && !ks_family_same(families, path, other)))
			continue;
		taken[i] = true;
		ret_indexes[nr++] = i;
	}
	return nr;
}

static struct ks_error *list_tools(struct ks_tools *tools)
{
	const struct ks_check *check = tools->check;
	struct ks_arena *arena = &tools->arena;
	const struct ks_families families = { tools->as_compiled ? NULL : check->policy,
					      tools->shipped };
	tools->at = ks_arena_array(arena, check->nr_objects + 1, sizeof(*tools->at));
	size_t *indexes = ks_arena_array(arena, check->nr_objects + 1, sizeof(*indexes));
	bool *taken = ks_arena_array(arena, check->nr_objects + 1, sizeof(*taken));
	if (!tools->at || !indexes || !taken)
		return &ks_nomem;
	memset(taken, 0, (check->nr_objects + 1) * sizeof(*taken));
	for (size_t i = 0; i < check->nr_objects; i++) {
		const struct ks_check_object *first = &check->objects[i];
		if (taken[i])
			continue;
		size_t nr = gather(check, &families, i, taken, indexes);
		struct ks_tool *tool = &tools->at[tools->nr++];
		*tool = (struct ks_tool){
			.name = ks_family_tool_name(arena, &families, first->path, first->object,
						    nr),
			.path = first->path,
			.nr_objects = nr,
			.objects = indexes,
		};
		if (!tool->name)
			return &ks_nomem;
		indexes += nr;
	}
	return NULL;
}

/* ---- how they fare ---- */

/** What the tool lacks without a program, in the words of whoever declared it. */
static const char *words_of(const struct making *making, const struct ks_bpf_object *object,
			    const char *program)
{
	const struct ks_policy *policies[] = { making->tools->check->policy,
					       making->tools->shipped };
	for (int i = 0; i < 2; i++) {
		const struct ks_policy_object *part;
		for (size_t at = 0; (part = ks_policy_next(policies[i], object, &at));)
			for (size_t k = 0; k < part->nr_losses; k++)
				if (fnmatch(part->losses[k].program, program, 0) == 0)
					return part->losses[k].text;
	}
	return NULL;
}

static void add_losses(struct making *making, const struct ks_check_object *object, size_t row,
		       size_t image, const struct ks_plan_part *part, enum ks_blame blame)
{
	const struct ks_check *check = making->tools->check;
	size_t index = (size_t)(object - check->objects);
	bool elsewhere;
	const struct ks_outcome *outcome =
		ks_fare_outcome(check, index, part, row, image, &elsewhere);
	enum ks_verdict verdict = ks_fare_verdict(part, outcome);
	struct ks_loss loss = {
		.row = row,
		.words = words_of(making, object->object, check->programs[row]->name),
		.fatal = blame == KS_BLAME_FATAL,
		.doubt = blame == KS_BLAME_DOUBT,
		.counted = blame == KS_BLAME_FATAL   ? verdict
			   : blame == KS_BLAME_DOUBT ? KS_VERDICT_UNKNOWN
			   : blame == KS_BLAME_LOSS  ? KS_VERDICT_RISK
						     : KS_VERDICT_OK,
	};
	bool any = false;
	for (uint32_t i = 0; i < outcome->nr; i++) {
		if (!ks_fare_made_it(part, &outcome->reasons[i], verdict))
			continue;
		loss.reason = &outcome->reasons[i];
		any = true;
		making->nomem = making->nomem || !ks_vector_add(&making->losses, loss);
	}
	if (!any)
		making->nomem = making->nomem || !ks_vector_add(&making->losses, loss);
}

/** An object of a tool; its losses are added to those of the tool. */
static struct ks_fare judge_object(struct making *making, size_t index, size_t image,
				   struct ks_arena *arena)
{
	const struct ks_check *check = making->tools->check;
	const struct ks_check_object *object = &check->objects[index];
	if (!object->nr)
		return ks_fare_of(ks_check_object_verdict(check, object, image));
	struct ks_fare *states = ks_arena_array(arena, object->nr, sizeof(*states));
	enum ks_blame *blames = ks_arena_array(arena, object->nr, sizeof(*blames));
	if (!states || !blames) {
		making->nomem = true;
		return (struct ks_fare){ 0 };
	}
	for (size_t i = 0; i < object->nr; i++) {
		const struct ks_plan_part *part = &making->plans[index].parts[i];
		bool elsewhere;
		const struct ks_outcome *outcome =
			ks_fare_outcome(check, index, part, object->first + i, image, &elsewhere);
		states[i] = ks_fare_of_program(part, outcome, elsewhere);
		const char *words =
			words_of(making, object->object, check->programs[object->first + i]->name);
		if (states[i].absent && words && !words[0])
			states[i] = ks_fare_of(KS_VERDICT_OK); // others see what it saw
	}
	uint32_t side;
	struct ks_fare ret = ks_plan_judge(&making->plans[index], states, blames, &side);
	for (size_t i = 0; i < object->nr; i++)
		if (blames[i] != KS_BLAME_NONE)
			add_losses(making, object, object->first + i, image,
				   &making->plans[index].parts[i], blames[i]);
	return ret;
}

static bool is_foreign(const struct ks_check *check, const struct ks_check_object *object,
		       size_t image)
{
	for (size_t row = object->first; row < object->first + object->nr; row++) {
		const struct ks_outcome *outcome = ks_check_outcome(check, row, image);
		for (uint32_t i = 0; i < outcome->nr; i++)
			if (outcome->reasons[i].kind == KS_REASON_MACHINE &&
			    !outcome->reasons[i].soft)
				return true;
	}
	return false;
}

/** Losses that are kept: those of the objects that have to do with the result. */
static struct ks_error *keep_losses(struct making *making, struct ks_tool_outcome *outcome)
{
	outcome->nr = (uint32_t)making->losses.len;
	outcome->losses = ks_arena_copy(&making->tools->arena, making->losses.at,
					making->losses.len, sizeof(*making->losses.at));
	return outcome->losses && !making->nomem ? NULL : &ks_nomem;
}

/** Take the losses of an object back, or tell how bad they are for the tool. */
static void weigh(struct making *making, size_t first, enum ks_blame blame)
{
	if (blame == KS_BLAME_NONE)
		making->losses.len = first;
	for (size_t i = first; i < making->losses.len; i++) {
		struct ks_loss *loss = &making->losses.at[i];
		enum ks_verdict most = blame == KS_BLAME_SPARE	 ? KS_VERDICT_OK
				       : blame == KS_BLAME_LOSS	 ? KS_VERDICT_RISK
				       : blame == KS_BLAME_DOUBT ? KS_VERDICT_UNKNOWN
								 : KS_VERDICT_NO_LOAD;
		loss->fatal = loss->fatal && blame == KS_BLAME_FATAL;
		loss->counted = loss->counted < most ? loss->counted : most;
	}
}

static struct ks_error *judge_tool(struct making *making, const struct ks_tool *tool,
				   const struct ks_plan *plan, size_t image,
				   struct ks_tool_outcome *ret)
{
	const struct ks_check *check = making->tools->check;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_fare *states = ks_arena_array(&arena, tool->nr_objects, sizeof(*states));
	enum ks_blame *blames = ks_arena_array(&arena, tool->nr_objects, sizeof(*blames));
	if (!states || !blames)
		return &ks_nomem;
	bool foreign = false;
	for (size_t i = 0; i < tool->nr_objects; i++) {
		foreign = foreign || is_foreign(check, &check->objects[tool->objects[i]], image);
		making->losses.len = 0;
		states[i] = judge_object(making, tool->objects[i], image, &arena);
	}
	uint32_t side;
	struct ks_fare state = ks_plan_judge(plan, states, blames, &side);
	making->losses.len = 0;
	for (size_t i = 0; i < tool->nr_objects; i++) {
		size_t first = making->losses.len;
		judge_object(making, tool->objects[i], image, &arena);
		weigh(making, first, blames[i]);
	}
	*ret = (struct ks_tool_outcome){
		.verdict = foreign ? KS_TOOL_FOREIGN : state.verdict,
		.counted = state.counted,
		.side = side,
	};
	return keep_losses(making, ret);
}

/* ---- all of them ---- */

/** Need the tool work on that image? */
static bool is_spared(const struct ks_policy *policy, const char *tool,
		      const struct ks_image *image)
{
	bool spared = false;
	for (size_t i = 0; policy && i < policy->nr_tools; i++) {
		const struct ks_policy_tool *part = &policy->tools[i];
		if (fnmatch(part->match, tool, 0) != 0)
			continue;
		bool required =
			!part->required.nr || ks_policy_matches(&part->required, image->label) ||
			(image->version && ks_policy_matches(&part->required, image->version));
		spared = spared || !required || ks_policy_matches(&part->spared, image->label) ||
			 (image->version && ks_policy_matches(&part->spared, image->version));
	}
	return spared;
}

static struct ks_error *plan_tool(struct making *making, size_t index)
{
	struct ks_tools *tools = making->tools;
	const struct ks_check *check = tools->check;
	struct ks_tool *tool = &tools->at[index];
	struct ks_plan *plan = &making->wholes[index];
	const char **names = ks_arena_array(&making->scratch, tool->nr_objects + 1, sizeof(char *));
	if (!names)
		return &ks_nomem;
	for (size_t i = 0; i < tool->nr_objects; i++) {
		const struct ks_bpf_object *object = check->objects[tool->objects[i]].object;
		names[i] = object->name;
		KS_TRY(ks_plan_object(&making->scratch, object,
				      check->objects[tool->objects[i]].path, check->policy,
				      making->tools->shipped, !tools->as_compiled,
				      &making->plans[tool->objects[i]]));
	}
	KS_TRY(ks_plan_tool(&making->scratch, tool->name, names, tool->nr_objects, check->policy,
			    making->tools->shipped, plan));
	return ks_tool_tell(&tools->arena, check, making->plans, plan, names, tool);
}

/** How long two paths are the same, from their beginning. */
static size_t same_length(const char *a, const char *b)
{
	size_t nr = 0;
	while (a[nr] && a[nr] == b[nr])
		nr++;
	return nr;
}

/** The tool whose side another takes: of those of that name the one that lies nearest; NULL: it takes its own, or none is here. */
static const struct ks_tool *leader_of(const struct making *making, size_t index)
{
	const struct ks_tools *tools = making->tools;
	const struct ks_plan *plan = &making->wholes[index];
	const char *name = plan->nr_choices ? plan->choices[plan->nr_choices - 1].side_of : NULL;
	const struct ks_tool *ret = NULL;
	for (size_t i = 0; name && i < tools->nr; i++) {
		const struct ks_tool *tool = &tools->at[i];
		const char *path = tools->at[index].path;
		if (i != index && fnmatch(name, tool->name, 0) == 0 &&
		    (!ret || same_length(tool->path, path) > same_length(ret->path, path)))
			ret = tool;
	}
	return ret;
}

static struct ks_error *make_tool(struct making *making, size_t index, const struct ks_tool *leader)
{
	struct ks_tools *tools = making->tools;
	const struct ks_check *check = tools->check;
	const struct ks_tool *tool = &tools->at[index];
	struct ks_plan *plan = &making->wholes[index];
	for (size_t image = 0; image < check->nr_images; image++) {
		struct ks_tool_outcome *outcome =
			&tools->outcomes[index * check->nr_images + image];
		if (leader) {
			struct ks_plan_choice *choice = &plan->choices[plan->nr_choices - 1];
			uint32_t side = ks_tool_outcome(tools, leader - tools->at, image)->side;
			choice->fixed = side <= choice->nr_sides ? side : 0;
		}
		KS_TRY(judge_tool(making, tool, plan, image, outcome));
		outcome->spared = is_spared(check->policy, tool->name, check->images[image]);
	}
	return NULL;
}

static struct ks_error *make_all(struct making *making)
{
	struct ks_tools *tools = making->tools;
	const struct ks_check *check = tools->check;
	if (!tools->as_compiled)
		KS_TRY(ks_shipped_read(&tools->shipped));
	KS_TRY(list_tools(tools));
	making->plans =
		ks_arena_array(&making->scratch, check->nr_objects + 1, sizeof(*making->plans));
	size_t nr_cells;
	if (__builtin_mul_overflow(tools->nr, check->nr_images, &nr_cells))
		return &ks_nomem;
	tools->outcomes = ks_arena_array(&tools->arena, nr_cells + 1, sizeof(*tools->outcomes));
	making->wholes = ks_arena_array(&making->scratch, tools->nr + 1, sizeof(*making->wholes));
	if (!making->plans || !making->wholes || !tools->outcomes)
		return &ks_nomem;
	for (size_t i = 0; i < tools->nr; i++)
		KS_TRY(plan_tool(making, i));
	for (int led = 0; led < 2; led++) // those that others look at are first
		for (size_t i = 0; i < tools->nr; i++) {
			const struct ks_tool *leader = leader_of(making, i);
			if (!leader == !led)
				KS_TRY(make_tool(making, i, leader));
		}
	return NULL;
}

struct ks_error *ks_tools_make(const struct ks_check *check, bool as_compiled,
			       struct ks_tools **ret)
{
	_cleanup_tools_ struct ks_tools *tools = calloc(1, sizeof(*tools));
	if (!tools)
		return &ks_nomem;
	tools->check = check;
	tools->as_compiled = as_compiled;
	struct making making = { .tools = tools };
	struct ks_error *err = make_all(&making);
	ks_vector_deinit(&making.losses);
	ks_arena_deinit(&making.scratch);
	KS_TRY(err);
	*ret = ks_take(tools);
	return NULL;
}

void ks_tools_free(struct ks_tools *tools)
{
	if (!tools)
		return;
	ks_policy_free(tools->shipped);
	ks_arena_deinit(&tools->arena);
	free(tools);
}

/* ---- what they come to ---- */

enum ks_tool_verdict ks_tool_worst(const struct ks_tools *tools, size_t tool)
{
	enum ks_tool_verdict worst = KS_TOOL_FOREIGN;
	for (size_t i = 0; i < tools->check->nr_images; i++) {
		enum ks_tool_verdict verdict = ks_tool_outcome(tools, tool, i)->verdict;
		if (verdict != KS_TOOL_FOREIGN && (worst == KS_TOOL_FOREIGN || verdict > worst))
			worst = verdict;
	}
	return worst;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

bool ks_tool_same(const struct ks_tools *tools, size_t tool, size_t a, size_t b)
{
	const struct ks_tool_outcome *x = ks_tool_outcome(tools, tool, a);
	const struct ks_tool_outcome *y = ks_tool_outcome(tools, tool, b);
	if (x->verdict != y->verdict || x->spared != y->spared || x->nr != y->nr)
		return false;
	for (uint32_t i = 0; i < x->nr; i++) {
		const struct ks_reason *p = x->losses[i].reason, *q = y->losses[i].reason;
		if (x->losses[i].row != y->losses[i].row || !p != !q ||
		    (p && (p->kind != q->kind || !same_text(p->name, q->name))))
			return false;
	}
	return true;
}

/** As bad as the other at least, in the same program, for the same reason. */
static bool covers(const struct ks_loss *old, const struct ks_loss *loss)
{
	const struct ks_reason *p = old->reason, *q = loss->reason;
	return old->row == loss->row && !p == !q &&
	       (!p || (p->kind == q->kind && same_text(p->name, q->name))) &&
	       (old->fatal || !loss->fatal) && old->counted >= loss->counted;
}

bool ks_tool_has_loss(const struct ks_tool_outcome *outcome, const struct ks_loss *loss)
{
	for (uint32_t i = 0; i < outcome->nr; i++)
		if (covers(&outcome->losses[i], loss))
			return true;
	return false;
}

enum ks_verdict ks_tools_counted(const struct ks_tools *tools)
{
	enum ks_verdict worst = KS_VERDICT_OK;
	for (size_t i = 0; i < tools->nr; i++) {
		bool nowhere = ks_tool_worst(tools, i) == KS_TOOL_FOREIGN;
		for (size_t k = 0; k < tools->check->nr_images; k++) {
			const struct ks_tool_outcome *outcome = ks_tool_outcome(tools, i, k);
			bool foreign = outcome->verdict == KS_TOOL_FOREIGN && !nowhere;
			if (!outcome->spared && !foreign && outcome->counted > worst)
				worst = outcome->counted;
		}
	}
	return worst;
}
