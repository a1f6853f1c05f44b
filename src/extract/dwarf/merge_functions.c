/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "arch/arch.h"
#include "extract/dwarf/merge_functions.h"

/* ---- groups and entries ---- */

/** Find or make the group of a name; its index, or UINT32_MAX when memory runs out. */
static uint32_t find_group(struct ks_function_merge *m, const char *name, uint64_t hash)
{
	struct ks_hashmap_walk walk = ks_hashmap_walk(hash);
	for (uint32_t number; (number = ks_hashmap_next(&m->group_map, &walk));) {
		const struct ks_merge_group *group = &m->groups.at[number - 1];
		if (group->hash == hash && (group->name == name || strcmp(group->name, name) == 0))
			return number - 1;
	}
	struct ks_merge_group group = { .name = name, .hash = hash };
	if (!ks_vector_add(&m->groups, group) ||
	    !ks_hashmap_add(&m->group_map, hash, (uint32_t)m->groups.len))
		return UINT32_MAX;
	return (uint32_t)m->groups.len - 1;
}

/** The static function of an earlier unit with the same path: the source was compiled twice. */
static uint32_t find_static(const struct ks_function_merge *m, const struct ks_merge_group *group,
			    const struct ks_unit_function *fn, const char *path)
{
	for (uint32_t i = group->last; i; i = m->entries.at[i - 1].previous) {
		const struct ks_merge_entry *entry = &m->entries.at[i - 1];
		if (!entry->facts.external && entry->loc_file && fn->loc_file &&
		    entry->line == fn->line && strcmp(entry->home, path) == 0 &&
		    strcmp(entry->loc_file, fn->loc_file) == 0)
			return i;
	}
	return 0;
}

static struct ks_merge_entry *find_entry(struct ks_function_merge *m,
					 const struct ks_unit_function *fn, const char *path,
					 bool repeated_path, uint32_t *ret)
{
	uint32_t g = find_group(m, fn->text, fn->hash);
	if (g == UINT32_MAX)
		return NULL;
	struct ks_merge_group *group = &m->groups.at[g];
	uint32_t found = 0;
	if (fn->external)
		found = group->external;
	else if (repeated_path)
		found = find_static(m, group, fn, path);
	if (!found) {
		struct ks_merge_entry entry = {
			.facts = { .external = fn->external,
				   .line = KS_NO_LINE,
				   .inlined = KS_INLINE_NOT_SEEN,
				   .calls_known = true },
			.group = g,
			.previous = group->last,
			.home = path,
			.loc_file = fn->loc_file,
			.line = fn->line,
		};
		if (!ks_vector_add(&m->entries, entry))
			return NULL;
		found = group->last = (uint32_t)m->entries.len;
		group->nr_entries++;
		if (fn->external)
			group->external = found;
	}
	*ret = found - 1;
	return &m->entries.at[found - 1];
}

/** The unit has the code that the function's symbol names. */
static bool has_code(const struct ks_function_merge *m, const struct ks_unit_function *fn)
{
	const struct ks_symbol *sym = fn->addr ? ks_symbol_at(m->symbols, fn->addr) : NULL;
	for (unsigned int left = KS_MAX_ALIASES; sym && left--;
	     sym = ks_symbol_at_next(m->symbols, sym))
		if (sym->type == STT_FUNC && strcmp(sym->name, fn->text) == 0)
			return true;
	return false;
}

/**
 * What a later unit knows of an entry is added, never replaced. But an external function has the prototype of the code
 * that was linked: weak definitions and those that are there to be inlined may differ from it.
 */
static void fold(const struct ks_function_merge *m, struct ks_merge_entry *entry,
		 const struct ks_unit_function *fn, const struct ks_unit_record *record)
{
	struct ks_entry *facts = &entry->facts;
	if (fn->home && record->calls_known)
		facts->calls_known = entry->compiled_elsewhere = true;
	if (facts->inlined == KS_INLINE_NOT_SEEN ||
	    (facts->inlined == KS_INLINE_UNKNOWN && fn->inlined <= KS_INLINE_DECLARED_INLINED))
		facts->inlined = fn->inlined;
	if (fn->defined && !facts->loc_file) {
		facts->loc_file = fn->loc_file;
		facts->line = fn->line;
		facts->file = record->path;
		facts->proto = fn->proto;
		facts->calls_known = record->calls_known || entry->compiled_elsewhere;
	}
	if (!facts->addr)
		facts->addr = fn->addr;
	if (!facts->proto || (fn->external && fn->defined && fn->proto && has_code(m, fn)))
		facts->proto = fn->proto;
	facts->nr_indirect_calls += fn->indirect_calls;
}

/** The listed prototype is that of the first definition in file order that qualifies. */
static void fold_proto(struct ks_merge_group *group, const struct ks_unit_function *fn,
		       uint32_t unit)
{
	if (!fn->named_proto)
		return;
	if (group->proto && (group->unit != unit || group->offset < fn->proto_offset))
		return;
	group->proto = fn->named_proto;
	group->unit = unit;
	group->offset = fn->proto_offset;
}

static const struct ks_symbol *suffixed_at(const struct ks_function_merge *m, uint64_t addr,
					   const char *name)
{
	size_t len = strlen(name);
	unsigned int left = KS_MAX_ALIASES;
	for (const struct ks_symbol *sym = ks_symbol_at(m->symbols, addr); sym && left--;
	     sym = ks_symbol_at_next(m->symbols, sym))
		if (sym->type == STT_FUNC && strncmp(sym->name, name, len) == 0 &&
		    sym->name[len] == '.')
			return sym;
	return NULL;
}

/** The suffixed symbol that an out-of-line copy is known by, or NULL for a plain one. */
static const struct ks_symbol *clone_symbol(const struct ks_function_merge *m,
					    const struct ks_unit_record *record,
					    const struct ks_unit_copy *copy)
{
	const char *name = record->functions[copy->function].text;
	if (!copy->low)
		return NULL;
	const struct ks_symbol *sym = suffixed_at(m, copy->low, name);
	if (!sym) {
		const struct ks_arch *arch = ks_arch_of_machine(record->unit.dwarf->elf->machine);
		if (arch && arch->thumb)
			sym = suffixed_at(m, copy->low | 1, name);
	}
	return sym;
}

static bool add_clones(struct ks_function_merge *m, const struct ks_unit_record *record,
		       struct ks_merge_map *map)
{
	for (uint32_t i = 0; i < record->nr_copies; i++) {
		const struct ks_unit_copy *copy = &record->copies[i];
		const struct ks_symbol *sym = clone_symbol(m, record, copy);
		map->clones[i] = 0;
		if (!sym)
			continue;
		struct ks_merge_entry *entry = &m->entries.at[map->entries[copy->function]];
		struct ks_merge_clone clone = {
			.facts = { .symbol = sym->name,
				   .addr = copy->low,
				   .size = sym->size,
				   .params_known = true },
			.copy = copy,
			.unit = &record->unit,
			.next = entry->clones,
		};
		if (entry->facts.nr_clones == UINT16_MAX || !ks_vector_add(&m->clones, clone))
			return false;
		entry->clones = (uint32_t)m->clones.len;
		map->clones[i] = (uint16_t)++entry->facts.nr_clones;
	}
	return true;
}

/** Note a unit's path. Whether one of the same path came before: then its statics are the same functions. */
static bool path_repeats(struct ks_function_merge *m, const char *path)
{
	uint64_t hash = XXH3_64bits(path, strlen(path));
	struct ks_hashmap_walk walk = ks_hashmap_walk(hash);
	for (uint32_t number; (number = ks_hashmap_next(&m->path_map, &walk));)
		if (strcmp(m->paths.at[number - 1], path) == 0)
			return true;
	if (!ks_vector_add(&m->paths, path) ||
	    !ks_hashmap_add(&m->path_map, hash, (uint32_t)m->paths.len))
		m->failed = true;
	return false;
}

static bool merge_unit(struct ks_function_merge *m, uint32_t unit, bool repeated_path)
{
	const struct ks_unit_record *record = &m->records[unit];
	struct ks_merge_map *map = &m->maps[unit];
	struct ks_arena *arena = m->arena;
	map->entries = ks_arena_array(arena, record->nr_functions, sizeof(*map->entries));
	map->clones = ks_arena_array(arena, record->nr_copies, sizeof(*map->clones));
	if (!map->entries || !map->clones)
		return false;
	for (uint32_t i = 0; i < record->nr_functions; i++) {
		const struct ks_unit_function *fn = &record->functions[i];
		const char *path = fn->home ? fn->home : record->path;
		if (fn->home)
			path_repeats(m, path); // for that unit, if it is still to come
		struct ks_merge_entry *entry =
			find_entry(m, fn, path, repeated_path || fn->home, &map->entries[i]);
		if (!entry)
			return false;
		fold(m, entry, fn, record);
		fold_proto(&m->groups.at[entry->group], fn, unit);
	}
	for (uint32_t i = 0; i < record->nr_edges; i++) {
		struct ks_merge_entry *callee =
			&m->entries.at[map->entries[record->edges[i].callee]];
		if (record->edges[i].inlined)
			callee->facts.nr_inline_callers++;
		else
			callee->facts.nr_direct_callers++;
	}
	return add_clones(m, record, map);
}

bool ks_function_merge_unit(struct ks_function_merge *m, uint32_t unit)
{
	const char *path = m->records[unit].path;
	return !path || (merge_unit(m, unit, path_repeats(m, path)) && !m->failed);
}

/* ---- life ---- */

struct ks_error *ks_function_merge_new(struct ks_surface *surface,
				       const struct ks_unit_record *records, size_t nr_units,
				       const struct ks_symbol_index *symbols,
				       struct ks_function_merge **ret)
{
	struct ks_function_merge *m = calloc(1, sizeof(*m));
	if (!m)
		return &ks_nomem;
	*m = (struct ks_function_merge){
		.surface = surface,
		.records = records,
		.symbols = symbols,
		.nr_units = nr_units,
		.maps = calloc(nr_units ? nr_units : 1, sizeof(*m->maps)),
		.arena = &surface->arenas[surface->nr_arenas - 1],
	};
	*ret = m;
	if (m->maps)
		return NULL;
	ks_function_merge_free(m);
	return &ks_nomem;
}

void ks_function_merge_free(struct ks_function_merge *m)
{
	if (!m)
		return;
	ks_vector_deinit(&m->groups);
	ks_vector_deinit(&m->entries);
	ks_vector_deinit(&m->clones);
	ks_hashmap_deinit(&m->group_map);
	ks_hashmap_deinit(&m->path_map);
	ks_vector_deinit(&m->paths);
	free(m->maps);
	free(m->named);
	free(m);
}
