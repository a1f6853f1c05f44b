/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/tools/upgrade.h"

#include "surface/image.h"

/** Whether one outcome has a loss that counts and the other does not have. */
static bool has_more(const struct ks_tool_outcome *than, const struct ks_tool_outcome *outcome)
{
	for (uint32_t i = 0; i < outcome->nr; i++)
		if (!outcome->losses[i].excuse && !ks_tool_has_loss(than, &outcome->losses[i]))
			return true;
	return false;
}

/** All that is wrong on an image is known or waived. */
static bool all_excused(const struct ks_tool_outcome *outcome)
{
	for (uint32_t i = 0; i < outcome->nr; i++)
		if (!outcome->losses[i].excuse)
			return false;
	return outcome->nr != 0;
}

/** @param less what is not lost any more may only be no more told */
static enum ks_turn turn_of(const struct ks_tool_outcome *old, const struct ks_tool_outcome *new,
			    bool less)
{
	if (old->verdict == KS_TOOL_FOREIGN || new->verdict == KS_TOOL_FOREIGN)
		return KS_TURN_APART;
	if (new->spared || all_excused(new))
		return KS_TURN_SAME;
	if (new->verdict > old->verdict)
		return new->verdict == KS_TOOL_FAILS	 ? KS_TURN_FAILS
		       : new->verdict == KS_TOOL_UNKNOWN ? KS_TURN_DOUBT
							 : KS_TURN_LOSES;
	if (less && old->verdict == KS_TOOL_PART && !has_more(old, new))
		return KS_TURN_SAME;
	if (new->verdict < old->verdict)
		return KS_TURN_BETTER;
	if (new->verdict == KS_TOOL_FAILS) // for one reason or another
		return KS_TURN_SAME;
	if (has_more(old, new))
		return new->verdict == KS_TOOL_UNKNOWN ? KS_TURN_DOUBT : KS_TURN_LOSES;
	return has_more(new, old) ? KS_TURN_BETTER : KS_TURN_SAME;
}

/** Losses of the new image that the old one did not have, of tools that are worse off. */
static bool is_new(const void *arg, size_t tool, size_t image, const struct ks_loss *loss)
{
	const struct ks_upgrade *upgrade = arg;
	enum ks_turn turn = upgrade->turns[tool];
	if (image != upgrade->new || turn < KS_TURN_LOSES || turn == KS_TURN_APART)
		return false;
	return !ks_tool_has_loss(ks_tool_outcome(upgrade->tools, tool, upgrade->old), loss);
}

struct ks_error *ks_upgrade_make(const struct ks_tools *tools, size_t old, size_t new,
				 struct ks_arena *arena, struct ks_upgrade *ret)
{
	bool old_tells = ks_image_tells_inline(tools->check->images[old]);
	bool new_tells = ks_image_tells_inline(tools->check->images[new]);
	*ret = (struct ks_upgrade){
		.tools = tools,
		.old = old,
		.new = new,
		.less = old_tells && !new_tells,
		.more = new_tells && !old_tells,
		.turns = ks_arena_array(arena, tools->nr + 1, sizeof(*ret->turns)),
	};
	if (!ret->turns)
		return &ks_nomem;
	for (size_t i = 0; i < tools->nr; i++) {
		ret->turns[i] = turn_of(ks_tool_outcome(tools, i, old),
					ks_tool_outcome(tools, i, new), ret->less);
		ret->counts[ret->turns[i]]++;
	}
	return ks_causes_make(tools, is_new, ret, arena, &ret->causes);
}

int ks_upgrade_answer(const struct ks_upgrade *upgrade)
{
	if (upgrade->counts[KS_TURN_FAILS])
		return 2;
	return upgrade->counts[KS_TURN_LOSES] || upgrade->counts[KS_TURN_DOUBT] ? 1 : 0;
}
