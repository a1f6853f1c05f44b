/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "extract/dwarf/merge_types.h"

uint64_t ks_merge_name_key(uint8_t kind, const char *name, uint64_t hash)
{
	return name ? XXH3_64bits_withSeed(name, strlen(name), kind) : hash;
}

struct ks_merge_name *ks_merge_find_name(const struct ks_type_merge *m, uint8_t kind,
					 const char *name, uint64_t key)
{
	struct ks_hashmap_walk walk = ks_hashmap_walk(key);
	for (uint32_t number; (number = ks_hashmap_next(&m->map, &walk));) {
		struct ks_merge_name *found = &m->names.at[number - 1];
		if (found->key == key && found->kind == kind && !found->name == !name &&
		    (!name || strcmp(found->name, name) == 0))
			return found;
	}
	return NULL;
}

/** Find or make a name; NULL when memory runs out. */
static struct ks_merge_name *name_of(struct ks_type_merge *m, uint8_t kind, const char *name,
				     uint64_t key)
{
	struct ks_merge_name *found = ks_merge_find_name(m, kind, name, key);
	if (found)
		return found;
	struct ks_merge_name *made = ks_vector_push(&m->names);
	if (!made || !ks_hashmap_add(&m->map, key, (uint32_t)m->names.len))
		return NULL;
	*made = (struct ks_merge_name){ .name = name, .key = key, .kind = kind };
	return made;
}

/** Unit first, then place in the unit. */
static bool comes_before(uint32_t unit_a, uint32_t offset_a, uint32_t unit_b, uint32_t offset_b)
{
	return unit_a < unit_b || (unit_a == unit_b && offset_a < offset_b);
}

static bool add_found(struct ks_type_merge *m, const struct ks_types *types,
		      const struct ks_found_decl *found)
{
	const struct ks_decl *decl = &found->decl;
	struct ks_merge_name *name =
		name_of(m, (uint8_t)decl->kind, decl->name,
			ks_merge_name_key((uint8_t)decl->kind, decl->name, found->hash));
	if (!name)
		return false;
	if (name->first && !name->declared_only && found->declaration)
		return true;
	if (!name->first || (name->declared_only && !found->declaration)) {
		name->first = 0;
		name->declared_only = found->declaration;
	}
	uint32_t i = name->first;
	while (i && m->variants.at[i - 1].hash != found->hash)
		i = m->variants.at[i - 1].next;
	if (!i) {
		struct ks_merge_variant variant = { .hash = found->hash, .unit = UINT32_MAX };
		variant.next = name->first;
		if (!ks_vector_add(&m->variants, variant))
			return false;
		i = name->first = (uint32_t)m->variants.len;
	}
	struct ks_merge_variant *variant = &m->variants.at[i - 1];
	if (comes_before(found->unit, found->offset, variant->unit, variant->offset)) {
		variant->unit = found->unit;
		variant->offset = found->offset;
		variant->decl = *decl;
	}
	struct ks_merge_use ref = { types, found, variant->users };
	if (!ks_vector_add(&m->refs, ref))
		return false;
	variant->users = (uint32_t)m->refs.len;
	variant->nr_units += found->nr_units;
	return true;
}

static bool collect(struct ks_type_merge *m, const struct ks_walker *walkers,
		    unsigned int nr_walkers)
{
	size_t total = 0;
	for (unsigned int t = 0; t < nr_walkers; t++)
		total += walkers[t].types.found.len;
	if (!ks_hashmap_reserve(&m->map, total))
		return false;
	for (unsigned int t = 0; t < nr_walkers; t++)
		for (size_t i = 0; i < walkers[t].types.found.len; i++)
			if (!add_found(m, &walkers[t].types, &walkers[t].types.found.at[i]))
				return false;
	return true;
}

/* ---- the tables ---- */

static int compare_variants(const void *a, const void *b)
{
	const struct ks_merge_variant *x = *(const struct ks_merge_variant *const *)a;
	const struct ks_merge_variant *y = *(const struct ks_merge_variant *const *)b;
	if (x->unit != y->unit)
		return x->unit < y->unit ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static const struct ks_merge_variant *first_variant(const struct ks_type_merge *m,
						    const struct ks_merge_name *name)
{
	const struct ks_merge_variant *first = NULL;
	for (uint32_t i = name->first; i; i = m->variants.at[i - 1].next)
		if (!first || comes_before(m->variants.at[i - 1].unit, m->variants.at[i - 1].offset,
					   first->unit, first->offset))
			first = &m->variants.at[i - 1];
	return first;
}

/** Every value of every unnamed enum of at most 32 bits, as the values of one [D]. */
static bool gather_unnamed(struct ks_arena *arena, const struct ks_merge_variant **firsts,
			   size_t nr, struct ks_decl *ret)
{
	size_t total = 0, n = 0;
	for (size_t i = 0; i < nr; i++)
		total += firsts[i]->decl.size > 4 ? 0 : firsts[i]->decl.nr;
	struct ks_enumerator *values = ks_arena_array(arena, total, sizeof(*values));
	if (!values)
		return false;
	for (size_t i = 0; i < nr; i++)
		for (uint32_t k = 0; firsts[i]->decl.size <= 4 && k < firsts[i]->decl.nr; k++)
			values[n++] = firsts[i]->decl.values[k];
	*ret = (struct ks_decl){
		.kind = KS_ENUM,
		.nr = (uint32_t)n,
		.size = firsts[0]->decl.size,
		.name = "(anon)",
		.values = values,
	};
	return true;
}

/** The table of one kind: the first definition of each name, in order of appearance. */
static bool fill_kind(struct ks_type_merge *m, enum ks_kind kind,
		      const struct ks_merge_variant **scratch)
{
	size_t nr = 0, unnamed = m->names.len; // unnamed ones are collected from the end
	for (size_t i = 0; i < m->names.len; i++) {
		const struct ks_merge_name *name = &m->names.at[i];
		if (name->kind != kind)
			continue;
		if (name->name)
			scratch[nr++] = first_variant(m, name);
		else
			scratch[--unnamed] = first_variant(m, name);
	}
	size_t nr_unnamed = m->names.len - unnamed;
	qsort(scratch, nr, sizeof(*scratch), compare_variants);
	qsort(scratch + unnamed, nr_unnamed, sizeof(*scratch), compare_variants);
	struct ks_arena *arena = &m->surface->arenas[0];
	struct ks_decl *decls = ks_arena_array(arena, nr + 1, sizeof(*decls));
	if (!decls)
		return false;
	for (size_t i = 0; i < nr; i++)
		decls[i] = scratch[i]->decl;
	if (nr_unnamed) {
		if (!gather_unnamed(arena, scratch + unnamed, nr_unnamed, &decls[nr]))
			return false;
		nr++;
	}
	m->surface->decls[kind].at = decls;
	m->surface->decls[kind].nr = nr;
	m->surface->known |= KS_KNOWS(kind);
	return true;
}

/* ---- names with several definitions ---- */

static int compare_numbers(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

static bool fill_units(struct ks_type_merge *m, const struct ks_merge_variant *variant,
		       struct ks_variant *ret)
{
	struct ks_arena *arena = &m->surface->arenas[0];
	uint32_t *numbers = ks_arena_array(arena, variant->nr_units, sizeof(*numbers));
	const char **units = ks_arena_array(arena, variant->nr_units, sizeof(*units));
	if (!numbers || !units)
		return false;
	uint32_t nr = 0;
	for (uint32_t r = variant->users; r; r = m->refs.at[r - 1].next) {
		const struct ks_merge_use *ref = &m->refs.at[r - 1];
		for (uint32_t use = ref->found->last_use; use && nr < variant->nr_units;) {
			numbers[nr++] = ref->types->uses.at[use - 1].unit;
			use = ref->types->uses.at[use - 1].next;
		}
	}
	qsort(numbers, nr, sizeof(*numbers), compare_numbers);
	uint32_t nr_units = 0;
	for (uint32_t i = 0; i < nr; i++)
		if (m->records[numbers[i]].path) // not a type unit that no unit refers to
			units[nr_units++] = m->records[numbers[i]].path;
	*ret = (struct ks_variant){ &variant->decl, nr_units, units };
	return true;
}

static bool fill_ambiguity(struct ks_type_merge *m, const struct ks_merge_name *name,
			   const struct ks_merge_variant **scratch, struct ks_ambiguity *ret)
{
	struct ks_arena *arena = &m->surface->arenas[0];
	uint32_t nr = 0;
	for (uint32_t i = name->first; i; i = m->variants.at[i - 1].next)
		scratch[nr++] = &m->variants.at[i - 1];
	qsort(scratch, nr, sizeof(*scratch), compare_variants);
	struct ks_variant *variants = ks_arena_array(arena, nr, sizeof(*variants));
	struct ks_decl *decls = ks_arena_array(arena, nr, sizeof(*decls));
	if (!variants || !decls)
		return false;
	for (uint32_t i = 0; i < nr; i++) {
		if (!fill_units(m, scratch[i], &variants[i]))
			return false;
		decls[i] = scratch[i]->decl;
		variants[i].decl = &decls[i];
	}
	*ret = (struct ks_ambiguity){
		.kind = name->kind,
		.nr_variants = nr,
		.name = name->name,
		.variants = variants,
	};
	return true;
}

static int compare_ambiguities(const void *a, const void *b)
{
	const struct ks_ambiguity *x = a, *y = b;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return strcmp(x->name, y->name);
}

static bool fill_ambiguities(struct ks_type_merge *m, const struct ks_merge_variant **scratch)
{
	size_t nr = 0, n = 0;
	for (size_t i = 0; i < m->names.len; i++)
		nr += m->names.at[i].name && m->variants.at[m->names.at[i].first - 1].next;
	struct ks_ambiguity *all = ks_arena_array(&m->surface->arenas[0], nr, sizeof(*all));
	if (!all)
		return false;
	for (size_t i = 0; i < m->names.len; i++) {
		const struct ks_merge_name *name = &m->names.at[i];
		if (!name->name || !m->variants.at[name->first - 1].next)
			continue;
		if (!fill_ambiguity(m, name, scratch, &all[n++]))
			return false;
	}
	qsort(all, nr, sizeof(*all), compare_ambiguities);
	m->surface->ambiguities = all;
	m->surface->nr_ambiguities = nr;
	return true;
}

static bool fill_tables(struct ks_type_merge *m)
{
	size_t len = m->names.len + m->variants.len;
	const struct ks_merge_variant **scratch = calloc(len ? len : 1, sizeof(*scratch));
	bool ok = scratch != NULL;
	for (enum ks_kind kind = KS_STRUCT; ok && kind <= KS_INT; kind++)
		ok = fill_kind(m, kind, scratch);
	ok = ok && fill_ambiguities(m, scratch);
	free(scratch);
	return ok;
}

struct ks_error *ks_merge_types(struct ks_surface *surface, struct ks_walker *walkers,
				unsigned int nr_walkers, const struct ks_unit_record *records,
				size_t nr_units)
{
	struct ks_type_merge m = { .surface = surface, .records = records, .nr_units = nr_units };
	bool ok = collect(&m, walkers, nr_walkers);
	if (ok) {
		for (unsigned int t = 0; t < nr_walkers; t++)
			for (size_t i = 0; i < walkers[t].types.forwards.len; i++)
				ks_merge_forward(&m, walkers[t].types.forwards.at[i]);
		ok = fill_tables(&m);
	}
	ks_vector_deinit(&m.variants);
	ks_vector_deinit(&m.refs);
	ks_vector_deinit(&m.names);
	ks_hashmap_deinit(&m.map);
	return ok ? NULL : &ks_nomem;
}
