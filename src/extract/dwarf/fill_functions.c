/* SPDX-License-Identifier: BSD-2-Clause */
/* The merged functions as tables of the surface: callers, entries, symbols, prototypes. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "dwarf/location.h"
#include "extract/dwarf/merge_functions.h"
#include "surface/traits.h"

/* ---- callers ---- */

static bool place_callers(struct ks_function_merge *m)
{
	uint32_t nr_inline = 0, nr_direct = 0;
	for (size_t i = 0; i < m->entries.len; i++) {
		struct ks_merge_entry *entry = &m->entries.at[i];
		entry->first_inline = nr_inline;
		entry->first_direct = nr_direct;
		nr_inline += entry->facts.nr_inline_callers;
		nr_direct += entry->facts.nr_direct_callers;
	}
	struct ks_arena *arena = m->arena;
	m->inline_callers = ks_arena_array(arena, nr_inline, sizeof(*m->inline_callers));
	m->direct_callers = ks_arena_array(arena, nr_direct, sizeof(*m->direct_callers));
	if (!m->inline_callers || !m->direct_callers)
		return false;
	for (size_t i = 0; i < m->entries.len; i++) {
		struct ks_merge_entry *entry = &m->entries.at[i];
		entry->facts.inline_callers = m->inline_callers + entry->first_inline;
		entry->facts.direct_callers = m->direct_callers + entry->first_direct;
	}
	return true;
}

/** Fill the callers of the entries of one shard; each entry's are in file order. */
static void fill_callers(struct ks_function_merge *m, size_t shard)
{
	for (size_t unit = 0; unit < m->nr_units; unit++) {
		const struct ks_unit_record *record = &m->records[unit];
		const struct ks_merge_map *map = &m->maps[unit];
		for (uint32_t i = 0; i < record->nr_edges; i++) {
			const struct ks_unit_edge *edge = &record->edges[i];
			uint32_t number = map->entries[edge->callee];
			if (number % m->nr_shards != shard)
				continue;
			struct ks_merge_entry *entry = &m->entries.at[number];
			struct ks_caller *to = edge->inlined
						       ? &m->inline_callers[entry->first_inline++]
						       : &m->direct_callers[entry->first_direct++];
			const struct ks_unit_function *caller = &record->functions[edge->caller];
			*to = (struct ks_caller){
				.unit = caller->home ? caller->home : record->path,
				.function = caller->text,
				.via = edge->via == KS_NO_FUNCTION
					       ? NULL
					       : record->functions[edge->via].text,
				.clone = edge->copy ? map->clones[edge->copy - 1] : 0,
				.flags = edge->flags,
			};
		}
	}
}

/* ---- the tables ---- */

/** Of the parameters that have a location somewhere: those that have one on entry. */
static bool fill_params(const struct ks_merge_clone *clone, struct ks_arena *arena,
			struct ks_clone *ret)
{
	const struct ks_unit_copy *copy = clone->copy;
	uint16_t *params = ks_arena_array(arena, copy->nr_params, sizeof(*params));
	for (uint16_t i = 0; params && i < copy->nr_params; i++)
		if (ks_unit_has_location(clone->unit, copy->params[i].location, copy->low))
			params[ret->nr_params++] = (uint16_t)copy->params[i].number;
	ret->params = params;
	return params != NULL;
}

static bool fill_clones(const struct ks_function_merge *m, struct ks_arena *arena,
			struct ks_merge_entry *entry)
{
	uint32_t n = entry->facts.nr_clones;
	struct ks_clone *clones = ks_arena_array(arena, n, sizeof(*clones));
	if (!clones)
		return false;
	for (uint32_t i = entry->clones; i && n; i = m->clones.at[i - 1].next) {
		clones[--n] = m->clones.at[i - 1].facts;
		if (!fill_params(&m->clones.at[i - 1], arena, &clones[n]))
			return false;
	}
	entry->facts.clones = clones;
	return true;
}

static bool fill_symbols(struct ks_function_merge *m, struct ks_arena *arena,
			 struct ks_function *fn, bool *exact)
{
	uint32_t nr = 0;
	const struct ks_symbol *first = ks_symbol_function(m->symbols, fn->name);
	for (const struct ks_symbol *sym = first; sym;
	     sym = ks_symbol_function_next(m->symbols, sym))
		nr++;
	struct ks_symbol *symbols = ks_arena_array(arena, nr, sizeof(*symbols));
	if (!symbols)
		return false;
	fn->symbols = symbols;
	fn->nr_symbols = nr;
	for (const struct ks_symbol *sym = first; sym;
	     sym = ks_symbol_function_next(m->symbols, sym)) {
		*exact = *exact || !strchr(sym->name, '.');
		m->named[sym - m->surface->symbols] = true;
		*symbols++ = *sym;
	}
	return true;
}

/** Fill every nr_shards-th function. */
static bool fill_functions(struct ks_function_merge *m, struct ks_arena *arena, size_t shard)
{
	for (size_t i = shard; i < m->groups.len; i += m->nr_shards) {
		struct ks_merge_group *group = &m->groups.at[i];
		struct ks_entry *entries = m->out_entries + group->first_out;
		m->functions[i] = (struct ks_function){ .name = group->name,
							.nr_entries = group->nr_entries,
							.entries = entries };
		uint32_t n = group->nr_entries;
		for (uint32_t e = group->last; e && n; e = m->entries.at[e - 1].previous) {
			if (!fill_clones(m, arena, &m->entries.at[e - 1]))
				return false;
			entries[--n] = m->entries.at[e - 1].facts;
		}
		if (!fill_symbols(m, arena, &m->functions[i], &group->exact))
			return false;
	}
	return true;
}

/** Make room for all functions, the entries of each in one run. */
static bool place_functions(struct ks_function_merge *m)
{
	uint32_t nr = 0;
	for (size_t i = 0; i < m->groups.len; i++) {
		m->groups.at[i].first_out = nr;
		nr += m->groups.at[i].nr_entries;
	}
	// functions that are only symbols come behind; there is room for all symbols to be such
	m->functions = ks_arena_array(m->arena, m->groups.len + m->surface->nr_symbols,
				      sizeof(*m->functions));
	m->named = calloc(m->surface->nr_symbols + 1, sizeof(*m->named));
	m->out_entries = ks_arena_array(m->arena, nr, sizeof(*m->out_entries));
	m->surface->functions = m->functions;
	m->surface->nr_functions = m->groups.len;
	return m->functions && m->out_entries && m->named;
}

/** Functions that only symbols tell of: assembly without debug information. In symbol order. */
static bool add_symbol_only(struct ks_function_merge *m)
{
	struct ks_surface *surface = m->surface;
	for (size_t i = 0; i < surface->nr_symbols; i++) {
		const char *name = surface->symbols[i].name;
		size_t len = strcspn(name, ".");
		if (surface->symbols[i].type != STT_FUNC || m->named[i] || !len ||
		    ks_symbol_is_prefix(name))
			continue;
		struct ks_function *fn = &m->functions[surface->nr_functions++];
		*fn = (struct ks_function){ .name = name };
		if (name[len])
			fn->name = ks_arena_strndup(m->arena, name, len);
		bool exact = false;
		if (!fn->name || !fill_symbols(m, m->arena, fn, &exact))
			return false;
	}
	return true;
}

struct proto_place {
	uint32_t unit, offset, group;
};

static int compare_places(const void *a, const void *b)
{
	const struct proto_place *x = a, *y = b;
	if (x->unit != y->unit)
		return x->unit < y->unit ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static bool fill_protos(struct ks_function_merge *m, struct ks_arena *arena)
{
	size_t nr = 0;
	struct proto_place *places = calloc(m->groups.len + 1, sizeof(*places));
	struct ks_decl *decls = ks_arena_array(arena, m->groups.len, sizeof(*decls));
	if (!places || !decls) {
		free(places);
		return false;
	}
	for (uint32_t i = 0; i < m->groups.len; i++) {
		const struct ks_merge_group *group = &m->groups.at[i];
		if (group->proto && group->exact)
			places[nr++] = (struct proto_place){ group->unit, group->offset, i };
	}
	qsort(places, nr, sizeof(*places), compare_places);
	for (size_t i = 0; i < nr; i++) {
		const struct ks_merge_group *group = &m->groups.at[places[i].group];
		decls[i] = (struct ks_decl){ .kind = KS_FUNCTION,
					     .name = group->name,
					     .type = group->proto };
	}
	free(places);
	m->surface->decls[KS_FUNCTION].at = decls;
	m->surface->decls[KS_FUNCTION].nr = nr;
	return true;
}

/* ---- the steps ---- */

static struct ks_error *fill_function_shard(void *arg, size_t shard, unsigned int thread)
{
	struct ks_function_merge *m = arg;
	return fill_functions(m, &m->surface->arenas[thread], shard) ? NULL : &ks_nomem;
}

/** The prototypes are one job, each shard of the callers is another. */
static struct ks_error *fill_rest(void *arg, size_t job, unsigned int thread)
{
	struct ks_function_merge *m = arg;
	if (job == 0)
		return fill_protos(m, &m->surface->arenas[thread]) ? NULL : &ks_nomem;
	fill_callers(m, job - 1);
	return NULL;
}

bool ks_function_merge_place(struct ks_function_merge *m)
{
	return place_callers(m) && place_functions(m);
}

struct ks_error *ks_function_merge_fill(struct ks_function_merge *m, unsigned int nr_threads)
{
	m->nr_shards = nr_threads;
	m->surface->known |= KS_KNOWS(KS_FUNCTION);
	KS_TRY(ks_pool_run(nr_threads, m->nr_shards, fill_function_shard, m));
	if (!add_symbol_only(m))
		return &ks_nomem;
	return ks_pool_run(nr_threads, (size_t)m->nr_shards + 1, fill_rest, m);
}
