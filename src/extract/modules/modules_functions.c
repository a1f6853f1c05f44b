/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "extract/dwarf/decl_hash.h"
#include "extract/modules/modules_private.h"

/* ---- groups ---- */

/** Find or make the group of a name; NULL when memory runs out. */
static struct ks_modules_group *find_group(struct ks_modules *m, const char *name, bool make)
{
	uint64_t key = ks_name_hash(KS_FUNCTION, name);
	uint32_t number = ks_numbers_get(&m->group_numbers, key);
	if (number || !make)
		return number ? &m->groups.at[number - 1] : NULL;
	struct ks_modules_group *group = ks_vector_push(&m->groups);
	if (group)
		*group = (struct ks_modules_group){ .name = ks_modules_text(m, name) };
	if (!group || !ks_numbers_set(&m->group_numbers, key, (uint32_t)m->groups.len)) {
		m->failed = true;
		return NULL;
	}
	return group;
}

struct ks_modules_group *ks_modules_group(struct ks_modules *m, const char *name)
{
	return find_group(m, name, true);
}

/* ---- entries ---- */

static struct ks_caller copy_caller(struct ks_modules *m, const struct ks_caller *from)
{
	struct ks_caller caller = *from;
	caller.unit = ks_modules_text(m, from->unit);
	caller.function = ks_modules_text(m, from->function);
	caller.via = ks_modules_text(m, from->via);
	return caller;
}

static void add_callers(struct ks_modules *m, struct ks_modules_callers *to,
			const struct ks_caller *from, uint32_t nr)
{
	if (!nr)
		return;
	struct ks_caller *copy = ks_arena_array(m->arena, nr, sizeof(*copy));
	struct ks_modules_slice slice = { .at = copy, .nr = nr };
	if (!copy || !ks_vector_add(&m->slices, slice)) {
		m->failed = true;
		return;
	}
	for (uint32_t i = 0; i < nr; i++)
		copy[i] = copy_caller(m, &from[i]);
	uint32_t number = (uint32_t)m->slices.len;
	if (to->last)
		m->slices.at[to->last - 1].next = number;
	else
		to->first = number;
	to->last = number;
	to->nr += nr;
}

static void copy_clones(struct ks_modules *m, const struct ks_entry *from, struct ks_entry *to)
{
	struct ks_clone *clones = ks_arena_array(m->arena, from->nr_clones, sizeof(*clones));
	for (uint32_t i = 0; clones && i < from->nr_clones; i++) {
		clones[i] = from->clones[i];
		clones[i].symbol = ks_modules_text(m, from->clones[i].symbol);
		size_t bytes = clones[i].nr_params * sizeof(*clones[i].params);
		uint16_t *params = ks_arena_alloc(m->arena, bytes);
		if (params && bytes)
			memcpy(params, from->clones[i].params, bytes);
		clones[i].params = params;
		m->failed = m->failed || !params;
	}
	to->clones = clones;
	m->failed = m->failed || !clones;
}

static struct ks_entry copy_facts(struct ks_modules *m, const struct ks_entry *from)
{
	struct ks_entry facts = *from;
	facts.loc_file = ks_modules_text(m, from->loc_file);
	facts.file = ks_modules_text(m, from->file);
	facts.proto = ks_modules_type(m, from->proto);
	facts.module = m->module;
	facts.inline_callers = facts.direct_callers = NULL;
	facts.nr_inline_callers = facts.nr_direct_callers = 0;
	copy_clones(m, from, &facts);
	return facts;
}

/** What one module only declares is the function that another one defines. */
static struct ks_modules_entry *find_external(struct ks_modules *m,
					      const struct ks_modules_group *group,
					      const struct ks_entry *facts)
{
	if (!facts->external)
		return NULL;
	for (uint32_t i = group->first; i; i = m->entries.at[i - 1].next) {
		struct ks_modules_entry *entry = &m->entries.at[i - 1];
		if (entry->facts.external && (!entry->facts.file || !facts->file))
			return entry;
	}
	return NULL;
}

void ks_modules_add_entry(struct ks_modules *m, struct ks_modules_group *group,
			  const struct ks_entry *from)
{
	struct ks_modules_entry *entry = find_external(m, group, from);
	if (entry && from->file)
		entry->facts = copy_facts(m, from);
	if (!entry) {
		struct ks_modules_entry made = { .facts = copy_facts(m, from) };
		if (!ks_vector_add(&m->entries, made)) {
			m->failed = true;
			return;
		}
		uint32_t number = (uint32_t)m->entries.len;
		if (group->last)
			m->entries.at[group->last - 1].next = number;
		else
			group->first = number;
		group->last = number;
		entry = &m->entries.at[number - 1];
	}
	add_callers(m, &entry->inlined, from->inline_callers, from->nr_inline_callers);
	add_callers(m, &entry->direct, from->direct_callers, from->nr_direct_callers);
}

/**
 * Whether an entry says more than the kernel does: functions with code of their own, and those that the kernel
 * does not have at all. What it only declares may be another module's.
 */
static bool is_new(const struct ks_modules *m, const struct ks_function *fn,
		   const struct ks_entry *entry)
{
	if (!entry->file)
		return entry->external &&
		       !ks_numbers_get(&m->kernel->functions, ks_name_hash(KS_FUNCTION, fn->name));
	return fn->nr_symbols ||
	       !ks_numbers_get(&m->kernel->places, ks_place_hash(fn->name, entry));
}

static struct ks_symbol copy_symbol(struct ks_modules *m, const struct ks_symbol *from)
{
	struct ks_symbol symbol = *from;
	symbol.name = ks_modules_text(m, from->name);
	symbol.section = ks_modules_text(m, from->section);
	symbol.module = m->module;
	return symbol;
}

void ks_modules_add_symbol(struct ks_modules *m, struct ks_modules_group *group,
			   const struct ks_symbol *from)
{
	struct ks_modules_symbol symbol = { .facts = copy_symbol(m, from) };
	if (!ks_vector_add(&m->symbols, symbol)) {
		m->failed = true;
		return;
	}
	uint32_t number = (uint32_t)m->symbols.len;
	if (group->last_symbol)
		m->symbols.at[group->last_symbol - 1].next = number;
	else
		group->first_symbol = number;
	group->last_symbol = number;
	group->nr_symbols++;
}

void ks_modules_add_nr_btf(struct ks_modules_group *group, unsigned int nr)
{
	nr += group->nr_btf;
	group->nr_btf = nr < UINT8_MAX ? (uint8_t)nr : UINT8_MAX;
}

static void add_function(struct ks_modules *m, const struct ks_function *fn)
{
	struct ks_modules_group *group = find_group(m, fn->name, fn->nr_symbols != 0);
	for (uint32_t i = 0; i < fn->nr_entries; i++) {
		if (!is_new(m, fn, &fn->entries[i]))
			continue;
		group = group ? group : find_group(m, fn->name, true);
		if (group)
			ks_modules_add_entry(m, group, &fn->entries[i]);
	}
	if (!group)
		return;
	for (uint32_t i = 0; i < fn->nr_symbols && !m->failed; i++)
		ks_modules_add_symbol(m, group, &fn->symbols[i]);
	ks_modules_add_nr_btf(group, fn->nr_btf);
}

void ks_modules_add_proto(struct ks_modules *m, const struct ks_decl *decl)
{
	uint64_t key = ks_name_hash(KS_FUNCTION, decl->name);
	if (ks_numbers_get(&m->decl_numbers, key))
		return;
	if (!ks_vector_add(&m->protos, ks_modules_decl(m, decl)) ||
	    !ks_numbers_set(&m->decl_numbers, key, (uint32_t)m->protos.len))
		m->failed = true;
}

void ks_modules_add_functions(struct ks_modules *m, const struct ks_surface *module)
{
	for (size_t i = 0; i < module->nr_functions && !m->failed; i++)
		add_function(m, &module->functions[i]);
	for (size_t i = 0; i < module->decls[KS_FUNCTION].nr; i++)
		ks_modules_add_proto(m, &module->decls[KS_FUNCTION].at[i]);
}

/* ---- the tables ---- */

static const struct ks_caller *join_callers(struct ks_modules *m,
					    const struct ks_modules_callers *callers)
{
	if (callers->first == callers->last && callers->first)
		return m->slices.at[callers->first - 1].at;
	struct ks_caller *all = ks_arena_array(m->arena, callers->nr, sizeof(*all)), *to = all;
	m->failed = m->failed || !all;
	for (uint32_t i = callers->first; i && all; i = m->slices.at[i - 1].next) {
		memcpy(to, m->slices.at[i - 1].at, m->slices.at[i - 1].nr * sizeof(*to));
		to += m->slices.at[i - 1].nr;
	}
	return all;
}

/** The functions that are defined somewhere. */
static void finish_entries(struct ks_modules *m, const struct ks_modules_group *group,
			   struct ks_function *fn)
{
	uint32_t nr = 0;
	for (uint32_t i = group->first; i; i = m->entries.at[i - 1].next)
		nr += m->entries.at[i - 1].facts.file != NULL;
	struct ks_entry *entries = ks_arena_array(m->arena, nr, sizeof(*entries));
	m->failed = m->failed || !entries;
	fn->entries = entries;
	for (uint32_t i = group->first; i && entries; i = m->entries.at[i - 1].next) {
		struct ks_modules_entry *entry = &m->entries.at[i - 1];
		if (!entry->facts.file)
			continue;
		entry->facts.inline_callers = join_callers(m, &entry->inlined);
		entry->facts.nr_inline_callers = entry->inlined.nr;
		entry->facts.direct_callers = join_callers(m, &entry->direct);
		entry->facts.nr_direct_callers = entry->direct.nr;
		entries[fn->nr_entries++] = entry->facts;
	}
}

static void finish_symbols(struct ks_modules *m, const struct ks_modules_group *group,
			   struct ks_function *fn)
{
	struct ks_symbol *symbols = ks_arena_array(m->arena, group->nr_symbols, sizeof(*symbols));
	m->failed = m->failed || !symbols;
	fn->symbols = symbols;
	for (uint32_t i = group->first_symbol; i && symbols; i = m->symbols.at[i - 1].next)
		symbols[fn->nr_symbols++] = m->symbols.at[i - 1].facts;
}

void ks_modules_finish_functions(struct ks_modules *m)
{
	struct ks_function *functions = ks_arena_array(m->arena, m->groups.len, sizeof(*functions));
	struct ks_decl *protos = ks_arena_array(m->arena, m->protos.len, sizeof(*protos));
	m->failed = m->failed || !functions || !protos;
	size_t nr = 0;
	for (int only_symbols = 0; only_symbols < 2; only_symbols++)
		for (size_t i = 0; i < m->groups.len && !m->failed; i++) {
			const struct ks_modules_group *group = &m->groups.at[i];
			struct ks_function fn = { .name = group->name, .nr_btf = group->nr_btf };
			finish_entries(m, group, &fn);
			if ((fn.nr_entries == 0) != only_symbols ||
			    (only_symbols && !group->nr_symbols))
				continue;
			finish_symbols(m, group, &fn);
			functions[nr++] = fn;
		}
	if (m->failed)
		return;
	m->surface->functions = functions;
	m->surface->nr_functions = nr;
	if (m->protos.len)
		memcpy(protos, m->protos.at, m->protos.len * sizeof(*protos));
	m->surface->decls[KS_FUNCTION].at = protos;
	m->surface->decls[KS_FUNCTION].nr = m->protos.len;
}
