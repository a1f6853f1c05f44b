/* SPDX-License-Identifier: BSD-2-Clause */
#include "dwarf/constants.h"
#include "extract/dwarf/walk_dies.h"

/* ---- other units ---- */

static struct ks_error *take_error(struct walk *w)
{
	struct ks_error *err = w->foreign->err;
	w->foreign->err = NULL;
	if (!err && w->foreign->nowhere)
		err = ks_error_new(
			KS_ERR_UNSUPPORTED,
			"ksurf cannot read this debug information: it refers to another file, or "
			"to type units that are missing");
	return err;
}

/** From now on the DIEs of another unit are read. */
static void enter_unit(struct walk *w, struct ks_foreign_unit *other)
{
	w->unit = &other->unit;
	w->abbrevs = &other->abbrevs;
	w->local = 0;
	w->fns->scope = &other->scope;
	w->fns->scope_unit = other->number;
	w->walker->frames.len = 0;
	w->at = (struct ks_frame){ .node = KS_NO_NODE,
				   .caller = KS_NO_FUNCTION,
				   .via = KS_NO_FUNCTION };
}

/** Read the parts of this unit, those of parts included, as if their DIEs were its own. */
static struct ks_error *walk_parts(struct walk *w)
{
	struct ks_foreign *foreign = w->foreign;
	for (size_t i = 0; i < foreign->parts.len; i++) {
		const struct ks_unit *part = &foreign->dwarf->units.at[foreign->parts.at[i]];
		ks_foreign_trim(foreign, NULL);
		struct ks_foreign_unit *other = ks_foreign_unit_at(
			foreign, (uint64_t)(part->start - foreign->dwarf->info.base));
		if (!other)
			break; // the error is noted
		if (!other->part || !other->children || other->left_out)
			continue;
		if (!ks_foreign_charge(foreign, (uint64_t)(part->end - part->start)))
			break;
		enter_unit(w, other);
		KS_TRY(ks_walk_dies(w, other->unit.start + other->first_child));
	}
	foreign->closed = true;
	return take_error(w);
}

/** Find the bytes of a foreign DIE, and prepare to read them; NULL: there is none that may be read. */
static const uint8_t *go_to(struct walk *w, uint32_t number)
{
	uint64_t at = ks_foreign_at(w->foreign, number);
	ks_foreign_trim(w->foreign, NULL);
	struct ks_foreign_unit *other = ks_foreign_unit_at(w->foreign, at);
	if (!other || other->left_out || !ks_foreign_charge(w->foreign, 16))
		return NULL;
	const uint8_t *p = w->foreign->dwarf->info.base + at;
	if (p < other->unit.start + other->first_child || !other->children)
		return NULL;
	enter_unit(w, other);
	w->alone = true;
	return p;
}

/** Read what this unit refers to in others. That may refer to more. */
static struct ks_error *walk_referred(struct walk *w)
{
	struct ks_foreign *foreign = w->foreign;
	w->types->nr_own = (uint32_t)w->types->nodes.len;
	for (size_t i = 0; i < w->fns->copies.len; i++) {
		uint32_t node = w->fns->copies.at[i].origin;
		if (node == KS_NO_NODE || w->types->nodes.at[node].nr_children ||
		    !ks_foreign_is(foreign, w->types->nodes.at[node].offset))
			continue;
		const uint8_t *p = go_to(w, w->types->nodes.at[node].offset);
		if (p)
			KS_TRY(ks_walk_parameters(w, p, node));
	}
	for (size_t i = 0; i < foreign->dies.len && !foreign->err; i++) {
		uint32_t number = foreign->first + (uint32_t)i;
		if (ks_types_find(w->types, number) != KS_NO_NODE)
			continue;
		const uint8_t *p = go_to(w, number);
		if (p)
			KS_TRY(ks_walk_type(w, p, number));
		if (w->tangled)
			return ks_walk_broken(w, p, "types are nested in each other without end");
	}
	return take_error(w);
}

/* ---- units ---- */

/** Half of the truth is worse than none: debug information of which the most is in other files. */
static struct ks_error *check_split(const struct walk *w, const struct ks_abbrev *abbrev)
{
	bool skeleton = w->unit->kind >= DW_UT_skeleton || abbrev->tag == DW_TAG_skeleton_unit;
	if (!skeleton && !has(abbrev, KS_SLOT_DWO_NAME))
		return NULL;
	const char *name = has(abbrev, KS_SLOT_DWO_NAME)
				   ? ks_unit_text(w->unit, w->v[KS_SLOT_DWO_NAME])
				   : "a .dwo file";
	const char *dir = has(abbrev, KS_SLOT_COMP_DIR)
				  ? ks_unit_text(w->unit, w->v[KS_SLOT_COMP_DIR])
				  : "an unknown folder";
	return ks_error_new(
		KS_ERR_UNSUPPORTED,
		"the debug information is split (-gsplit-dwarf), and most of it is in %s "
		"(built in %s), which ksurf does not read; build with "
		"CONFIG_DEBUG_INFO_SPLIT=n, or add an image without debug information "
		"(vmlinuz, BTF)",
		name, dir);
}

static struct ks_error *walk_unit(struct ks_walker *walker, const struct ks_unit *given,
				  uint32_t index, struct ks_unit_record *ret)
{
	struct ks_unit unit = *given;
	struct walk w = {
		.walker = walker,
		.types = &walker->types,
		.fns = &walker->functions,
		.foreign = &walker->foreign,
		.unit = &unit,
		.abbrevs = &walker->abbrevs,
		.local = UINT32_MAX,
		.at = { .node = KS_NO_NODE, .caller = KS_NO_FUNCTION, .via = KS_NO_FUNCTION },
	};
	walker->frames.len = 0;
	walker->abbrevs.keep = true;
	KS_TRY(ks_abbrevs_compile(&walker->abbrevs, &unit));
	if (!ks_foreign_charge(w.foreign, walker->abbrevs.cost))
		return take_error(&w);
	const uint8_t *p = unit.start + unit.first_die, *start = p;
	const struct ks_abbrev *abbrev;
	KS_TRY(ks_walk_read_die(&w, &p, &abbrev));
	if (!abbrev)
		return ks_walk_broken(&w, start, "unit has no DIE of its own");
	if (abbrev->tag == DW_TAG_partial_unit)
		return NULL;
	ks_unit_scope_set_bases(&unit, abbrev->has, w.v);
	KS_TRY(check_split(&w, abbrev));
	if (has(abbrev, KS_SLOT_LANGUAGE) && w.v[KS_SLOT_LANGUAGE] == DW_LANG_Rust)
		return NULL;
	ks_foreign_start_unit(w.foreign, &unit);
	ks_types_start_unit(w.types, &unit, index);
	KS_TRY(ks_functions_start_unit(w.fns, &unit, &walker->abbrevs, abbrev->has, w.v));
	if (!ks_foreign_charge(w.foreign, walker->functions.own.lines.cost))
		return take_error(&w);
	if (abbrev->children)
		KS_TRY(ks_walk_dies(&w, p));
	KS_TRY(walk_parts(&w));
	KS_TRY(walk_referred(&w));
	KS_TRY(ks_types_finish_unit(w.types));
	return ks_functions_finish_unit(w.fns, ret);
}

struct ks_error *ks_walk_unit(struct ks_walker *walker, const struct ks_unit *unit, uint32_t index,
			      struct ks_unit_record *ret)
{
	*ret = (struct ks_unit_record){ 0 };
	if (unit->kind == DW_UT_partial || unit->kind == DW_UT_type)
		return NULL; // read with the units it is part of
	return walk_unit(walker, unit, index, ret);
}

struct ks_error *ks_walk_type_unit(struct ks_walker *walker, const struct ks_unit *unit,
				   uint32_t index)
{
	struct ks_unit_record record;
	return walk_unit(walker, unit, index, &record);
}

void ks_walker_deinit(struct ks_walker *walker)
{
	ks_abbrevs_deinit(&walker->abbrevs);
	ks_types_deinit(&walker->types);
	ks_functions_deinit(&walker->functions);
	ks_foreign_deinit(&walker->foreign);
	ks_vector_deinit(&walker->frames);
}
