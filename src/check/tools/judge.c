/* SPDX-License-Identifier: BSD-2-Clause */
/* From how the parts fare to how the whole does. */
#include "check/tools/plan.h"

static enum ks_verdict worse(enum ks_verdict a, enum ks_verdict b)
{
	return a > b ? a : b;
}

/** How a side fares, or its first part: as the worst of its parts; one that the object does not have is none. */
static struct ks_fare state_of(const struct ks_plan *plan, const struct ks_fare *states,
			       uint32_t choice, uint32_t side, bool lead)
{
	struct ks_fare ret = { 0 };
	bool any = false;
	for (size_t i = 0; i < plan->nr; i++) {
		const struct ks_plan_part *part = &plan->parts[i];
		if (part->role != KS_ROLE_SIDE || part->choice != choice || part->side != side ||
		    (lead && !part->lead))
			continue;
		any = true;
		ret.verdict = states[i].verdict > ret.verdict ? states[i].verdict : ret.verdict;
		ret.counted = worse(ret.counted, states[i].counted);
		ret.absent = ret.absent || states[i].absent;
		ret.unattached = ret.unattached || states[i].unattached;
	}
	return any ? ret : (struct ks_fare){ KS_TOOL_FAILS, KS_VERDICT_NO_LOAD, true, true };
}

static struct ks_fare side_state(const struct ks_plan *plan, const struct ks_fare *states,
				 uint32_t choice, uint32_t side)
{
	return state_of(plan, states, choice, side, false);
}

/** The side that a loader takes which asks whether its first program can be attached; nr_sides when that is not sure. */
static uint32_t probed_side(const struct ks_plan *plan, const struct ks_fare *states,
			    uint32_t choice, bool *doubt)
{
	uint32_t all = plan->choices[choice].nr_sides;
	for (uint32_t side = 0; side < all; side++) {
		struct ks_fare lead = state_of(plan, states, choice, side, true);
		bool unknown = lead.verdict == KS_TOOL_UNKNOWN;
		*doubt = *doubt || unknown;
		if (unknown || lead.unattached)
			continue;
		// one before it may be taken, and be fine
		bool fails = side_state(plan, states, choice, side).verdict == KS_TOOL_FAILS;
		return *doubt && fails ? all : side;
	}
	return all;
}

/** Blame the parts of a choice that come to a verdict; those of one side, or of all (side is the number of sides). */
static void blame(const struct ks_plan *plan, const struct ks_fare *states, uint32_t choice,
		  uint32_t side, enum ks_tool_verdict verdict, enum ks_blame how,
		  enum ks_blame *blames)
{
	for (size_t i = 0; i < plan->nr; i++) {
		const struct ks_plan_part *part = &plan->parts[i];
		if (part->role == KS_ROLE_SIDE && part->choice == choice &&
		    (side == plan->choices[choice].nr_sides || part->side == side) &&
		    states[i].verdict == verdict)
			blames[i] = how;
	}
}

/** The side that is taken, as the loader tries them; nr_sides when none is sure to work. */
static uint32_t taken_side(const struct ks_plan *plan, const struct ks_fare *states,
			   uint32_t choice, bool *doubt)
{
	const struct ks_plan_choice *of = &plan->choices[choice];
	uint32_t taken = of->nr_sides;
	enum ks_tool_verdict best = KS_TOOL_UNKNOWN;
	*doubt = false;
	if (of->fixed)
		return of->fixed - 1;
	if (of->by == KS_BY_PROBE)
		return probed_side(plan, states, choice, doubt);
	for (uint32_t side = 0; side < of->nr_sides; side++) {
		struct ks_fare state = side_state(plan, states, choice, side);
		enum ks_tool_verdict verdict = state.verdict;
		*doubt = *doubt || verdict == KS_TOOL_UNKNOWN;
		if (of->by == KS_BY_PRESENCE && verdict == KS_TOOL_FAILS && !state.absent)
			break; // it is taken all the same
		if (verdict >= best)
			continue;
		best = verdict;
		taken = side;
		if (!of->any)
			break;
	}
	return taken;
}

/** Of sides that all fail the one that is to blame: what is there, what comes furthest, what is tried last. */
static uint32_t last_resort(const struct ks_plan *plan, const struct ks_fare *states,
			    uint32_t choice)
{
	const struct ks_plan_choice *of = &plan->choices[choice];
	uint32_t ret = of->nr_sides - 1;
	enum ks_verdict least = KS_NR_VERDICTS;
	for (uint32_t side = 0; side < of->nr_sides; side++) {
		struct ks_fare state = side_state(plan, states, choice, side);
		if (of->by == KS_BY_PRESENCE && !state.absent)
			return side;
		if (of->any && state.counted < least) {
			least = state.counted;
			ret = side;
		}
	}
	return ret;
}

/** The result so far. */
struct sum {
	bool fatal, doubt, loss;
	enum ks_verdict counted;
};

/** The side that is taken makes of the tool what it is itself. */
static void judge_taken(const struct ks_plan *plan, const struct ks_fare *states, uint32_t choice,
			uint32_t side, enum ks_blame *blames, struct sum *sum)
{
	struct ks_fare state = side_state(plan, states, choice, side);
	sum->counted = worse(sum->counted, state.counted);
	sum->loss = sum->loss || state.verdict == KS_TOOL_PART;
	sum->doubt = sum->doubt || state.verdict == KS_TOOL_UNKNOWN;
	sum->fatal = sum->fatal || state.verdict == KS_TOOL_FAILS;
	if (state.verdict != KS_TOOL_WORKS)
		blame(plan, states, choice, side, state.verdict,
		      state.verdict == KS_TOOL_PART	 ? KS_BLAME_LOSS
		      : state.verdict == KS_TOOL_UNKNOWN ? KS_BLAME_DOUBT
							 : KS_BLAME_FATAL,
		      blames);
}

/** @return the side that is taken, from 1 on; 0: none */
static uint32_t judge_choice(const struct ks_plan *plan, const struct ks_fare *states,
			     uint32_t choice, enum ks_blame *blames, struct sum *sum)
{
	bool doubt;
	uint32_t all = plan->choices[choice].nr_sides;
	uint32_t side = taken_side(plan, states, choice, &doubt);
	if (side < all) {
		judge_taken(plan, states, choice, side, blames, sum);
		return side + 1;
	}
	if (doubt) {
		sum->doubt = true;
		sum->counted = worse(sum->counted, KS_VERDICT_UNKNOWN);
		blame(plan, states, choice, all, KS_TOOL_UNKNOWN, KS_BLAME_DOUBT, blames);
		return 0;
	}
	sum->fatal = true;
	side = last_resort(plan, states, choice);
	sum->counted = worse(sum->counted, side_state(plan, states, choice, side).counted);
	blame(plan, states, choice, side, KS_TOOL_FAILS, KS_BLAME_FATAL, blames);
	return 0;
}

/** Those that fail are lost; when all do, nothing is left to choose. */
static void judge_modes(const struct ks_plan *plan, const struct ks_fare *states,
			enum ks_blame *blames, struct sum *sum)
{
	size_t nr = 0, nr_failed = 0, nr_doubts = 0;
	for (size_t i = 0; i < plan->nr; i++) {
		if (plan->parts[i].role != KS_ROLE_MODE)
			continue;
		nr++;
		nr_failed += states[i].verdict == KS_TOOL_FAILS;
		nr_doubts += states[i].verdict == KS_TOOL_UNKNOWN;
	}
	bool none = nr && nr_failed == nr;
	for (size_t i = 0; i < plan->nr; i++) {
		if (plan->parts[i].role != KS_ROLE_MODE)
			continue;
		enum ks_tool_verdict verdict = states[i].verdict;
		if (verdict == KS_TOOL_FAILS || verdict == KS_TOOL_PART) {
			blames[i] = none ? KS_BLAME_FATAL : KS_BLAME_LOSS;
			sum->loss = true;
			sum->counted =
				worse(sum->counted, none ? states[i].counted : KS_VERDICT_RISK);
		}
	}
	sum->fatal = sum->fatal || none;
	if (nr_doubts && nr_doubts + nr_failed == nr) { // one of them may work, or none
		sum->doubt = true;
		sum->counted = worse(sum->counted, KS_VERDICT_UNKNOWN);
	}
}

static void judge_needed(const struct ks_fare *state, enum ks_blame *ret, struct sum *sum)
{
	sum->counted = worse(sum->counted, state->counted);
	switch (state->verdict) {
	case KS_TOOL_WORKS:
		break;
	case KS_TOOL_PART:
		sum->loss = true;
		*ret = KS_BLAME_LOSS;
		break;
	case KS_TOOL_UNKNOWN:
		sum->doubt = true;
		*ret = KS_BLAME_DOUBT;
		break;
	default:
		sum->fatal = true;
		*ret = KS_BLAME_FATAL;
	}
}

/** The loader looks for what each program attaches to, and finds nothing: it loads none, and does nothing. */
static bool finds_nothing(const struct ks_plan *plan, const struct ks_fare *states)
{
	bool any = false;
	for (size_t i = 0; i < plan->nr; i++) {
		if (plan->parts[i].role == KS_ROLE_IGNORED)
			continue;
		if (plan->parts[i].role != KS_ROLE_PRESENT || !states[i].absent)
			return false;
		any = true;
	}
	return any;
}

struct ks_fare ks_plan_judge(const struct ks_plan *plan, const struct ks_fare *states,
			     enum ks_blame *blames, uint32_t *ret_side)
{
	*ret_side = 0;
	struct sum sum = { 0 };
	bool idle = finds_nothing(plan, states);
	for (size_t i = 0; i < plan->nr; i++) {
		enum ks_tool_verdict verdict = states[i].verdict;
		blames[i] = KS_BLAME_NONE;
		enum ks_role role = plan->parts[i].role;
		bool needed = role == KS_ROLE_NEEDED ||
			      (role == KS_ROLE_PRESENT && (idle || !states[i].absent));
		bool spare = role == KS_ROLE_OPTIONAL || role == KS_ROLE_PRESENT;
		if (needed)
			judge_needed(&states[i], &blames[i], &sum);
		else if (spare && (verdict == KS_TOOL_FAILS || verdict == KS_TOOL_PART)) {
			sum.loss = true;
			blames[i] = KS_BLAME_SPARE;
		}
	}
	for (uint32_t i = 0; i < plan->nr_choices; i++)
		*ret_side = judge_choice(plan, states, i, blames, &sum);
	judge_modes(plan, states, blames, &sum);
	return (struct ks_fare){ .verdict = sum.fatal	? KS_TOOL_FAILS
					    : sum.doubt ? KS_TOOL_UNKNOWN
					    : sum.loss	? KS_TOOL_PART
							: KS_TOOL_WORKS,
				 .counted = sum.counted };
}
