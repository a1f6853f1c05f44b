/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which forward declarations stand for a definition, as libbpf's deduplication decides for the published
 * dataset. Where an image has exactly one definition of the name, all do. Where it has several, they do
 * when one and the same struct is built on the declaration in one unit and on a definition in another:
 * the two structs are taken for equal, and so are what they point to.
 */
#include <stdlib.h>
#include <string.h>

#include "extract/dwarf/merge_types.h"
#include "extract/dwarf/type_hash.h"

/** Looking for a name in a definition. */
struct search {
	const char *name;
	uint8_t kind;
	size_t left; // types to look at: those of a hostile file refer to each other without end
};

static bool mentions_type(struct search *search, const struct ks_type *type, unsigned int depth)
{
	for (; type && search->left && depth <= KS_TYPE_DEPTH; type = type->inner) {
		bool is_union = type->kind == KS_TYPE_UNION || type->kind == KS_TYPE_FWD_UNION;
		bool is_struct = type->kind == KS_TYPE_STRUCT || type->kind == KS_TYPE_FWD_STRUCT;
		search->left--;
		if (type->name && (search->kind == KS_UNION ? is_union : is_struct) &&
		    strcmp(type->name, search->name) == 0)
			return true;
		for (uint32_t i = 0; i < type->nr_params; i++)
			if (mentions_type(search, type->params[i].type, depth + 1))
				return true;
	}
	return false;
}

enum { SEARCH_MAX = 1 << 28 }; // types; kernels take a thousandth

static bool mentions(struct ks_type_merge *m, const struct ks_decl *decl, const char *name,
		     uint8_t kind)
{
	enum { ALWAYS = 1024, A_MEMBER = 64 }; // types: what a member is made of is less
	if ((decl->kind != KS_STRUCT && decl->kind != KS_UNION) || m->searched > SEARCH_MAX)
		return false;
	size_t most = ALWAYS + (size_t)decl->nr * A_MEMBER;
	struct search search = { name, kind, most };
	bool found = false;
	for (uint32_t i = 0; i < decl->nr && !found; i++)
		found = mentions_type(&search, decl->members[i].type, 0);
	m->searched += most - search.left;
	return found;
}

/** Which definition of a name a unit uses: variant + 1, or 0 when it only declares it. */
static uint32_t variant_in(const struct ks_type_merge *m, const struct ks_merge_name *name,
			   uint32_t unit)
{
	for (uint32_t v = name->first; v; v = m->variants.at[v - 1].next)
		for (uint32_t r = m->variants.at[v - 1].users; r; r = m->refs.at[r - 1].next) {
			const struct ks_merge_use *ref = &m->refs.at[r - 1];
			for (uint32_t use = ref->found->last_use; use;) {
				if (ref->types->uses.at[use - 1].unit == unit)
					return v;
				use = ref->types->uses.at[use - 1].next;
			}
		}
	return 0;
}

enum { MAX_UNITS = 64 }; // structs on ambiguous names are private to a driver

/** The first units that share a definition. */
static uint32_t list_units(const struct ks_type_merge *m, const struct ks_merge_variant *variant,
			   uint32_t *units)
{
	uint32_t nr = 0;
	for (uint32_t r = variant->users; r; r = m->refs.at[r - 1].next) {
		const struct ks_merge_use *ref = &m->refs.at[r - 1];
		for (uint32_t use = ref->found->last_use; use && nr < MAX_UNITS;) {
			units[nr++] = ref->types->uses.at[use - 1].unit;
			use = ref->types->uses.at[use - 1].next;
		}
	}
	return nr;
}

/** Two units disagree on another ambiguous name that the definition mentions: it is not the same. */
static bool differ_elsewhere(struct ks_type_merge *m, const struct ks_decl *decl,
			     const struct ks_merge_name *except, uint32_t unit_a, uint32_t unit_b)
{
	for (size_t i = 0; i < m->names.len; i++) {
		const struct ks_merge_name *name = &m->names.at[i];
		if (name == except || !name->name || !name->first ||
		    !m->variants.at[name->first - 1].next ||
		    !mentions(m, decl, name->name, name->kind))
			continue;
		uint32_t a = variant_in(m, name, unit_a), b = variant_in(m, name, unit_b);
		if (a && b && a != b)
			return true;
	}
	return false;
}

/** The definition is built on a declaration of the name in one unit, and on a definition in another. */
static bool unites(struct ks_type_merge *m, const struct ks_merge_variant *variant,
		   const struct ks_merge_name *name)
{
	uint32_t units[MAX_UNITS], defined[MAX_UNITS];
	uint32_t nr = list_units(m, variant, units);
	for (uint32_t i = 0; i < nr; i++)
		defined[i] = variant_in(m, name, units[i]);
	for (uint32_t i = 0; i < nr; i++)
		for (uint32_t k = 0; k < nr; k++)
			if (defined[i] && !defined[k] &&
			    !differ_elsewhere(m, &variant->decl, name, units[i], units[k]))
				return true;
	return false;
}

static bool forward_resolves(struct ks_type_merge *m, const struct ks_merge_name *name)
{
	if (!m->variants.at[name->first - 1].next)
		return true;
	for (size_t i = 0; i < m->variants.len; i++)
		if (mentions(m, &m->variants.at[i].decl, name->name, name->kind) &&
		    unites(m, &m->variants.at[i], name))
			return true;
	return false;
}

void ks_merge_forward(struct ks_type_merge *m, struct ks_type *type)
{
	bool is_union = type->kind == KS_TYPE_FWD_UNION;
	uint8_t kind = is_union ? KS_UNION : KS_STRUCT;
	if (!type->name)
		return;
	struct ks_merge_name *name =
		ks_merge_find_name(m, kind, type->name, ks_merge_name_key(kind, type->name, 0));
	if (!name)
		return;
	if (name->forward == FORWARD_UNDECIDED)
		name->forward = forward_resolves(m, name) ? FORWARD_RESOLVES : FORWARD_STAYS;
	if (name->forward == FORWARD_RESOLVES)
		type->kind = is_union ? KS_TYPE_UNION : KS_TYPE_STRUCT;
}
