/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "dwarf/die.h"
#include "extract/dwarf/walk_dies.h"

enum {
	MAX_DEPTH = 1024,
	DECLARED_ENUM_SIZE = 4, // bytes of an enum that the unit only declares [D]
};

/** The name of the DIE that was just read. */
static inline uint64_t name_of(const struct walk *w, const struct ks_abbrev *abbrev)
{
	if (!has(abbrev, KS_SLOT_NAME))
		return KS_NO_NAME;
	return w->local ? w->v[KS_SLOT_NAME] : ks_unit_text_anywhere(w->unit, w->v[KS_SLOT_NAME]);
}

/* ---- types ---- */

static enum ks_node_kind simple_kind(uint16_t tag)
{
	switch (tag) {
	case DW_TAG_base_type:
		return KS_NODE_INT;
	case DW_TAG_typedef:
		return KS_NODE_TYPEDEF;
	case DW_TAG_pointer_type:
	case DW_TAG_reference_type:
		return KS_NODE_PTR;
	case DW_TAG_const_type:
		return KS_NODE_CONST;
	case DW_TAG_volatile_type:
		return KS_NODE_VOLATILE;
	case DW_TAG_restrict_type:
		return KS_NODE_RESTRICT;
	case DW_TAG_atomic_type:
		return KS_NODE_SAME;
	default:
		return KS_NODE_VOID;
	}
}

static enum ks_node_kind node_kind(const struct ks_abbrev *abbrev)
{
	switch (abbrev->class) {
	case KS_DIE_COMPOSITE:
		return abbrev->tag == DW_TAG_union_type ? KS_NODE_UNION : KS_NODE_STRUCT;
	case KS_DIE_ENUM:
		return KS_NODE_ENUM;
	case KS_DIE_ARRAY:
		return KS_NODE_ARRAY;
	case KS_DIE_PROTO:
		return KS_NODE_PROTO;
	default:
		return simple_kind(abbrev->tag);
	}
}

static uint32_t add_type(struct walk *w, const struct ks_abbrev *abbrev, uint32_t offset)
{
	uint32_t index = ks_types_add(w->types, node_kind(abbrev), offset);
	if (index == KS_NO_NODE)
		return index;
	struct ks_node *node = &w->types->nodes.at[index];
	node->inner = ref(w, abbrev, KS_SLOT_TYPE);
	node->name = name_of(w, abbrev);
	if (has(abbrev, KS_SLOT_BYTE_SIZE))
		node->size = w->v[KS_SLOT_BYTE_SIZE];
	node->declaration = flag(w, abbrev, KS_SLOT_DECLARATION);
	if (has(abbrev, KS_SLOT_SPECIFICATION)) { // a type unit defines it
		node->kind = KS_NODE_SAME;
		node->inner = ref(w, abbrev, KS_SLOT_SPECIFICATION);
	}
	if (node->kind == KS_NODE_ENUM && node->declaration && !node->size)
		node->size = DECLARED_ENUM_SIZE;
	return index;
}

/** Bits from the start of the struct, whichever way the compiler wrote it (DWARF 5, section 5.7.6). */
static uint64_t member_bits(const struct walk *w, const struct ks_abbrev *abbrev)
{
	uint64_t bits =
		has(abbrev, KS_SLOT_MEMBER_LOCATION) ? w->v[KS_SLOT_MEMBER_LOCATION] * 8 : 0;
	if (has(abbrev, KS_SLOT_DATA_BIT_OFFSET))
		return bits + w->v[KS_SLOT_DATA_BIT_OFFSET];
	if (!has(abbrev, KS_SLOT_BIT_OFFSET))
		return bits;
	if (w->unit->dwarf->elf->big_endian)
		return bits + w->v[KS_SLOT_BIT_OFFSET];
	uint64_t unit_bits = has(abbrev, KS_SLOT_BYTE_SIZE) ? w->v[KS_SLOT_BYTE_SIZE] * 8 : 0;
	return bits + unit_bits - w->v[KS_SLOT_BIT_OFFSET] - w->v[KS_SLOT_BIT_SIZE];
}

/**
 * Another node's children came between those of this one: move these to the end. C compilers never nest
 * types, so there is little to move, or the file is up to no good.
 */
static bool rejoin_children(struct walk *w)
{
	struct ks_types *types = w->types;
	w->moved += w->at.nr_children;
	w->tangled = w->moved / 64 > (uint64_t)(w->unit->end - w->unit->start);
	if (w->tangled)
		return true;
	if (!ks_vector_reserve(&types->children, w->at.nr_children))
		return false;
	for (uint32_t i = 0; i < w->at.nr_children; i++)
		types->children.at[types->children.len + i] = types->children.at[w->at.first + i];
	w->at.first = (uint32_t)types->children.len;
	types->children.len += w->at.nr_children;
	return true;
}

/** A new child of the innermost open node; NULL when memory runs out. */
static inline struct ks_child *new_child(struct walk *w)
{
	struct ks_types *types = w->types;
	if (w->at.nr_children == 0)
		w->at.first = (uint32_t)types->children.len;
	bool apart = w->at.first + w->at.nr_children != types->children.len;
	struct ks_child *child =
		apart && !rejoin_children(w) ? NULL : ks_vector_push(&types->children);
	if (!child) {
		types->failed = true;
		return NULL;
	}
	w->at.nr_children++;
	*child = (struct ks_child){ .type = KS_NO_NODE, .name = KS_NO_NAME };
	return child;
}

static void add_member(struct walk *w, const struct ks_abbrev *abbrev)
{
	struct ks_child *child = new_child(w);
	if (!child)
		return;
	child->name = name_of(w, abbrev);
	child->type = ref(w, abbrev, KS_SLOT_TYPE);
	if (has(abbrev, KS_SLOT_BIT_SIZE))
		child->bits = (uint32_t)w->v[KS_SLOT_BIT_SIZE];
	else
		w->v[KS_SLOT_BIT_SIZE] = 0;
	child->value = member_bits(w, abbrev);
}

static void add_value(struct walk *w, const struct ks_abbrev *abbrev)
{
	struct ks_child *child = new_child(w);
	if (!child)
		return;
	child->name = name_of(w, abbrev);
	if (has(abbrev, KS_SLOT_CONST_VALUE))
		child->value = w->v[KS_SLOT_CONST_VALUE];
	if (has(abbrev, KS_SLOT_COUNT))
		child->value = w->v[KS_SLOT_COUNT];
	else if (has(abbrev, KS_SLOT_UPPER_BOUND))
		child->value = w->v[KS_SLOT_UPPER_BOUND] + 1;
}

static void add_parameter(struct walk *w, const struct ks_abbrev *abbrev, uint32_t offset)
{
	struct ks_child *child = new_child(w);
	if (!child)
		return;
	child->offset = offset;
	if (abbrev->class == KS_DIE_VARIADIC)
		return;
	child->name = name_of(w, abbrev);
	child->type = ref(w, abbrev, KS_SLOT_TYPE);
}

/* ---- the loop ---- */

static void import(struct walk *w, const struct ks_abbrev *abbrev)
{
	uint64_t at = has(abbrev, KS_SLOT_ORIGIN) ? w->v[KS_SLOT_ORIGIN] : 0;
	if (at >= KS_REF_NOWHERE)
		w->foreign->nowhere = true;
	else if (at >= KS_REF_FOREIGN)
		ks_foreign_import(w->foreign, at - KS_REF_FOREIGN);
}

static void enter_function(struct walk *w, const struct ks_abbrev *abbrev, uint32_t offset,
			   struct ks_frame *frame)
{
	if (!w->local ||
	    (w->v[KS_SLOT_ORIGIN] | w->v[KS_SLOT_SPECIFICATION] | w->v[KS_SLOT_TYPE]) >= w->local)
		ks_functions_localize(w->fns, w->unit, abbrev->has, w->v);
	frame->node = ks_functions_reach(w->fns, offset, abbrev->has, w->v);
	if (frame->node == KS_NO_NODE || w->types->nodes.at[frame->node].declaration)
		return;
	const struct ks_node *node = &w->types->nodes.at[frame->node];
	frame->caller = node->function - 1;
	frame->own = node->copy && !w->fns->copies.at[node->copy - 1].moved;
	frame->via = KS_NO_FUNCTION;
}

/** What the children of a DIE belong to; class KS_DIE_OTHER when nobody wants them. */
static struct ks_frame enter(struct walk *w, const struct ks_abbrev *abbrev, uint32_t offset)
{
	struct ks_frame frame = w->at;
	frame.class = abbrev->class;
	frame.node = KS_NO_NODE;
	frame.nr_children = 0;
	switch ((enum ks_die_class)abbrev->class) {
	case KS_DIE_TYPE:
		add_type(w, abbrev, offset);
		frame.class = KS_DIE_OTHER;
		break;
	case KS_DIE_COMPOSITE:
	case KS_DIE_ENUM:
	case KS_DIE_ARRAY:
	case KS_DIE_PROTO:
		frame.node = add_type(w, abbrev, offset);
		break;
	case KS_DIE_SUBPROGRAM:
		enter_function(w, abbrev, offset, &frame);
		break;
	case KS_DIE_INLINED:
		frame.via = ks_walk_inlined(w, abbrev);
		break;
	case KS_DIE_CALL_SITE:
		ks_walk_call(w, abbrev);
		frame.class = KS_DIE_OTHER;
		break;
	case KS_DIE_BLOCK:
		break;
	case KS_DIE_TYPED:
		ref(w, abbrev, KS_SLOT_TYPE); // takes in the type unit
		frame.class = KS_DIE_OTHER;
		break;
	case KS_DIE_IMPORT:
		import(w, abbrev);
		frame.class = KS_DIE_OTHER;
		break;
	default:
		frame.class = KS_DIE_OTHER;
	}
	return frame;
}

/** A DIE that matters only to the one it is in. */
static inline void add_child(struct walk *w, const struct ks_abbrev *abbrev, uint32_t offset)
{
	static const uint8_t parents[] = {
		[KS_DIE_MEMBER] = KS_DIE_COMPOSITE, [KS_DIE_ENUMERATOR] = KS_DIE_ENUM,
		[KS_DIE_SUBRANGE] = KS_DIE_ARRAY,   [KS_DIE_PARAMETER] = KS_DIE_PROTO,
		[KS_DIE_VARIADIC] = KS_DIE_PROTO,
	};
	if (w->at.node == KS_NO_NODE)
		return;
	bool in_function = w->at.class == KS_DIE_SUBPROGRAM;
	if (parents[abbrev->class] != (in_function ? KS_DIE_PROTO : w->at.class))
		return;
	if (abbrev->class == KS_DIE_MEMBER)
		add_member(w, abbrev);
	else if (abbrev->class == KS_DIE_ENUMERATOR || abbrev->class == KS_DIE_SUBRANGE)
		add_value(w, abbrev);
	else if (in_function && w->types->nodes.at[w->at.node].copy)
		ks_walk_passed(w, abbrev);
	else
		add_parameter(w, abbrev, offset);
}

struct ks_error *ks_walk_broken(const struct walk *w, const uint8_t *at, const char *why)
{
	return ks_error_at(ks_error_new(KS_ERR_DATA, "%s", why), ".debug_info",
			   (uint64_t)(at - w->unit->dwarf->info.base));
}

static const struct ks_abbrev *abbrev_of(const struct walk *w, uint64_t code)
{
	const struct ks_abbrevs *all = w->abbrevs;
	if (code >= all->by_code.len || all->by_code.at[code].children > 1)
		return NULL;
	return &all->by_code.at[code];
}

static inline struct ks_error *read_die(struct walk *w, const uint8_t **pos,
					const struct ks_abbrev **ret)
{
	const uint8_t *start = *pos, *end = w->unit->end, *p = start;
	uint64_t code = ks_fast_uleb(&p, end);
	*ret = NULL;
	if (p && !code) {
		*pos = p;
		return NULL;
	}
	const struct ks_abbrev *abbrev = p ? abbrev_of(w, code) : NULL;
	if (!abbrev)
		return ks_walk_broken(w, start, "DIE has an undeclared abbreviation code");
	p = ks_die_read(w->unit, w->abbrevs, abbrev, p, end, w->v);
	if (!p)
		return ks_walk_broken(w, start, "attributes run past the end of the unit");
	*pos = p;
	*ret = abbrev;
	return NULL;
}

struct ks_error *ks_walk_read_die(struct walk *w, const uint8_t **pos, const struct ks_abbrev **ret)
{
	return read_die(w, pos, ret);
}

/** Where the children of the DIE that was just read end, if the compiler said so. */
static const uint8_t *sibling(const struct walk *w, const struct ks_abbrev *abbrev,
			      const uint8_t *p)
{
	if (!has(abbrev, KS_SLOT_SIBLING) ||
	    w->v[KS_SLOT_SIBLING] > (uint64_t)(w->unit->end - w->unit->start))
		return NULL;
	const uint8_t *to = w->unit->start + w->v[KS_SLOT_SIBLING];
	return to > p ? to : NULL;
}

/** Behind the children that start at p, one DIE after the other. */
static struct ks_error *skip_children(struct walk *w, const uint8_t **pos)
{
	const uint8_t *p = *pos, *end = w->unit->end;
	for (unsigned int depth = 1; depth && p < end;) {
		const struct ks_abbrev *abbrev;
		KS_TRY(read_die(w, &p, &abbrev));
		if (!abbrev) {
			depth--;
			continue;
		}
		if (!abbrev->children)
			continue;
		const uint8_t *next = sibling(w, abbrev, p);
		if (next)
			p = next;
		else
			depth++;
	}
	*pos = p;
	return NULL;
}

static struct ks_error *open_die(struct walk *w, const struct ks_abbrev *abbrev, uint32_t offset,
				 const uint8_t **pos)
{
	const uint8_t *next = sibling(w, abbrev, *pos); // before the slots are used again
	struct ks_frame frame = enter(w, abbrev, offset);
	if (!abbrev->children)
		return NULL;
	if (frame.class == KS_DIE_OTHER && next) {
		*pos = next;
		return NULL;
	}
	if (frame.class == KS_DIE_OTHER)
		return skip_children(w, pos);
	if (w->walker->frames.len >= MAX_DEPTH)
		return ks_walk_broken(w, *pos, "DIEs are nested too deeply");
	if (!ks_vector_add(&w->walker->frames, w->at))
		return &ks_nomem;
	w->at = frame;
	return NULL;
}

/** The children of the innermost open DIE are complete. */
static inline void close_die(struct walk *w)
{
	if (w->at.nr_children) {
		struct ks_node *node = &w->types->nodes.at[w->at.node];
		node->first = w->at.first;
		node->nr_children = w->at.nr_children;
	}
	w->at = w->walker->frames.at[--w->walker->frames.len];
}

/** The number of a DIE of another unit, if it is of a kind that others refer to. */
static uint32_t number_of(struct walk *w, const struct ks_abbrev *abbrev, const uint8_t *start)
{
	if (abbrev->class == KS_DIE_OTHER ||
	    (abbrev->class >= KS_DIE_FIRST_CHILD && abbrev->class != KS_DIE_PARAMETER))
		return KS_NO_NODE;
	return ks_foreign_number(w->foreign, (uint64_t)(start - w->unit->dwarf->info.base));
}

struct ks_error *ks_walk_dies(struct walk *w, const uint8_t *p)
{
	const uint8_t *end = w->unit->end;
	while (p < end) {
		const uint8_t *start = p;
		const struct ks_abbrev *abbrev;
		KS_TRY(read_die(w, &p, &abbrev));
		if (!abbrev) {
			if (!w->walker->frames.len)
				return NULL;
			close_die(w);
			if (w->alone && !w->walker->frames.len)
				return NULL;
			continue;
		}
		if (abbrev->class == KS_DIE_OTHER && !abbrev->children)
			continue;
		uint32_t offset =
			w->local ? (uint32_t)(start - w->unit->start) : number_of(w, abbrev, start);
		if (abbrev->class >= KS_DIE_FIRST_CHILD)
			add_child(w, abbrev, offset);
		if (w->tangled)
			return ks_walk_broken(w, start,
					      "types are nested in each other without end");
		if (abbrev->children || abbrev->class < KS_DIE_FIRST_CHILD)
			KS_TRY(open_die(w, abbrev, offset, &p));
	}
	return NULL;
}

/* ---- single DIEs of other units ---- */

struct ks_error *ks_walk_type(struct walk *w, const uint8_t *start, uint32_t number)
{
	const uint8_t *p = start;
	const struct ks_abbrev *abbrev;
	KS_TRY(read_die(w, &p, &abbrev));
	if (!abbrev || abbrev->class < KS_DIE_TYPE || abbrev->class > KS_DIE_PROTO)
		return NULL;
	bool named = has(abbrev, KS_SLOT_NAME);
	if (named && (abbrev->class == KS_DIE_COMPOSITE || abbrev->class == KS_DIE_ENUM ||
		      abbrev->tag == DW_TAG_typedef)) {
		add_type(w, abbrev, number);
		return NULL;
	}
	KS_TRY(open_die(w, abbrev, number, &p));
	if (w->walker->frames.len)
		KS_TRY(ks_walk_dies(w, p));
	ks_foreign_charge(w->foreign, (uint64_t)(p - start));
	return NULL;
}

struct ks_error *ks_walk_parameters(struct walk *w, const uint8_t *p, uint32_t node)
{
	const uint8_t *start = p;
	const struct ks_abbrev *abbrev;
	KS_TRY(read_die(w, &p, &abbrev));
	if (!abbrev || !abbrev->children)
		return NULL;
	if (!ks_vector_add(&w->walker->frames, w->at))
		return &ks_nomem;
	w->at.node = node;
	while (p < w->unit->end) {
		const uint8_t *at = p;
		KS_TRY(read_die(w, &p, &abbrev));
		if (!abbrev)
			break;
		struct ks_child *child =
			abbrev->class == KS_DIE_PARAMETER || abbrev->class == KS_DIE_VARIADIC
				? new_child(w)
				: NULL;
		if (child)
			child->offset = ks_foreign_number(
				w->foreign, (uint64_t)(at - w->unit->dwarf->info.base));
		const uint8_t *next = sibling(w, abbrev, p);
		if (abbrev->children && next)
			p = next;
		else if (abbrev->children)
			KS_TRY(skip_children(w, &p));
	}
	close_die(w);
	ks_foreign_charge(w->foreign, (uint64_t)(p - start));
	return NULL;
}
