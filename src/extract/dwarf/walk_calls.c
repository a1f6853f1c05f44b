/* SPDX-License-Identifier: BSD-2-Clause */
/* What the code of a function does, as far as DIEs tell: whom it calls, what is inlined into it, what it is passed. */
#include "extract/dwarf/walk_dies.h"

static void add_edge(struct walk *w, uint32_t node_index, bool inlined, uint8_t flags)
{
	const struct ks_node *node = &w->types->nodes.at[node_index];
	if (w->at.caller == KS_NO_FUNCTION)
		return;
	struct ks_unit_edge edge = {
		.callee = node->function - 1,
		.caller = w->at.caller,
		.via = w->at.via,
		.node = inlined ? KS_NO_NODE : node_index,
		.inlined = inlined,
		.flags = (uint8_t)(flags | (w->at.own ? KS_CALLER_OWN : 0)),
	};
	if (!ks_vector_add(&w->fns->edges, edge))
		w->fns->failed = true;
}

void ks_walk_call(struct walk *w, const struct ks_abbrev *abbrev)
{
	w->fns->calls_known = true;
	enum ks_slot slot = has(abbrev, KS_SLOT_CALL_ORIGIN) ? KS_SLOT_CALL_ORIGIN : KS_SLOT_ORIGIN;
	if (!has(abbrev, slot)) {
		if (w->at.caller != KS_NO_FUNCTION)
			w->fns->functions.at[w->at.caller].indirect_calls++;
		return;
	}
	bool tail = flag(w, abbrev, KS_SLOT_TAIL_CALL);
	uint32_t node = ks_functions_node(w->fns, ref(w, abbrev, slot));
	if (node != KS_NO_NODE)
		add_edge(w, node, false, tail ? KS_CALLER_TAIL : 0);
}

uint32_t ks_walk_inlined(struct walk *w, const struct ks_abbrev *abbrev)
{
	if (!has(abbrev, KS_SLOT_ORIGIN))
		return KS_NO_FUNCTION;
	uint64_t addr = ks_die_addr(abbrev->has, w->v);
	uint32_t node = ks_functions_node(w->fns, ref(w, abbrev, KS_SLOT_ORIGIN));
	if (node == KS_NO_NODE)
		return KS_NO_FUNCTION;
	uint32_t function = w->types->nodes.at[node].function - 1;
	if (!w->fns->functions.at[function].addr)
		w->fns->functions.at[function].addr = addr;
	bool code = addr || has(abbrev, KS_SLOT_RANGES);
	add_edge(w, node, true, code ? 0 : KS_CALLER_NO_CODE);
	return function;
}

void ks_walk_passed(struct walk *w, const struct ks_abbrev *abbrev)
{
	if (!has(abbrev, KS_SLOT_ORIGIN) || !has(abbrev, KS_SLOT_LOCATION) ||
	    has(abbrev, KS_SLOT_CONST_VALUE))
		return;
	const struct ks_node *node = &w->types->nodes.at[w->at.node];
	struct ks_unit_copy *copy = &w->fns->copies.at[node->copy - 1];
	struct ks_unit_passed param = { w->v[KS_SLOT_LOCATION], ref(w, abbrev, KS_SLOT_ORIGIN) };
	if (!ks_vector_add(&w->fns->params, param))
		w->fns->failed = true;
	else
		copy->nr_params++;
}
