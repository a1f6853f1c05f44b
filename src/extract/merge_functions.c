/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/pool.h"
#include "dwarf/place.h"
#include "extract/merge.h"

/** All functions of one name. */
struct group {
	const char *name;
	uint64_t hash;
	uint32_t nr_entries;
	uint32_t external;	     // the one entry that external functions share, + 1
	uint32_t last;		     // entry, + 1
	uint32_t first_out;	     // place of its entries in the surface
	uint32_t unit, offset;	     // of the definition that gives the listed prototype
	const struct ks_type *proto; // of that; NULL when nothing qualifies
	bool exact;		     // has a FUNC symbol of exactly its name
};

/** One entry being put together. */
struct entry {
	struct ks_entry facts;
	uint32_t group;
	uint32_t previous;		     // of the group, + 1
	uint32_t first_inline, first_direct; // place of its callers, next to fill while filling
	uint32_t key_line;
	const char *key_file;
	uint32_t clones; // chain, + 1
};

struct clone {
	struct ks_clone facts;
	const struct ks_unit_copy *copy;
	const struct ks_unit *unit; // that it is in
	uint32_t next;		    // of the entry, + 1
};

/** What the merge adds to a unit's record: indexes parallel to its arrays. */
struct unit_map {
	uint32_t *entries; // of each function
	uint16_t *clones;  // of each copy: number in its entry, 0 for none
};

struct ks_function_merge {
	struct ks_surface *surface;
	const struct ks_unit_record *records;
	const struct ks_symbol_index *symbols;
	size_t nr_units;
	struct unit_map *maps;
	KS_VECTOR(struct group) groups;
	KS_VECTOR(struct entry) entries;
	KS_VECTOR(struct clone) clones;
	uint32_t *table; // group + 1, open addressing
	size_t table_len;
	const char **paths; // of the units so far, open addressing
	size_t paths_mask;
	struct ks_arena *arena; // for what is made before the threads share the work
	struct ks_caller *inline_callers, *direct_callers;
	struct ks_function *functions;
	struct ks_entry *out_entries;
	bool *named; // of each symbol: some function has it
	unsigned int nr_shards;
};

/* ---- groups and entries ---- */

static bool grow_table(struct ks_function_merge *m)
{
	size_t len = m->table_len ? m->table_len * 2 : 1 << 16;
	uint32_t *grown = calloc(len, sizeof(*grown));
	if (!grown)
		return false;
	for (size_t i = 0; i < m->groups.len; i++) {
		size_t at = m->groups.at[i].hash & (len - 1);
		while (grown[at])
			at = (at + 1) & (len - 1);
		grown[at] = (uint32_t)i + 1;
	}
	free(m->table);
	m->table = grown;
	m->table_len = len;
	return true;
}

/** Find or make the group of a name; its index, or UINT32_MAX when memory runs out. */
static uint32_t find_group(struct ks_function_merge *m, const char *name, uint64_t hash)
{
	if (m->groups.len * 2 >= m->table_len && !grow_table(m))
		return UINT32_MAX;
	size_t at = hash & (m->table_len - 1);
	for (; m->table[at]; at = (at + 1) & (m->table_len - 1)) {
		const struct group *group = &m->groups.at[m->table[at] - 1];
		if (group->hash == hash && (group->name == name || strcmp(group->name, name) == 0))
			return m->table[at] - 1;
	}
	struct group group = { .name = name, .hash = hash };
	if (!ks_vector_add(&m->groups, group))
		return UINT32_MAX;
	m->table[at] = (uint32_t)m->groups.len;
	return (uint32_t)m->groups.len - 1;
}

/** The static function of an earlier unit with the same path: the source was compiled twice. */
static uint32_t find_static(const struct ks_function_merge *m, const struct group *group,
			    const struct ks_unit_function *fn, const char *path)
{
	for (uint32_t i = group->last; i; i = m->entries.at[i - 1].previous) {
		const struct entry *entry = &m->entries.at[i - 1];
		if (!entry->facts.external && entry->facts.file && fn->loc_file &&
		    entry->facts.line == fn->line && strcmp(entry->facts.file, path) == 0 &&
		    strcmp(entry->facts.loc_file, fn->loc_file) == 0)
			return i;
	}
	return 0;
}

static struct entry *find_entry(struct ks_function_merge *m, const struct ks_unit_function *fn,
				const char *path, bool repeated_path, uint32_t *ret)
{
	uint32_t g = find_group(m, fn->text, fn->hash);
	if (g == UINT32_MAX)
		return NULL;
	struct group *group = &m->groups.at[g];
	uint32_t found = 0;
	if (fn->external)
		found = group->external;
	else if (repeated_path)
		found = find_static(m, group, fn, path);
	if (!found) {
		struct entry entry = {
			.facts = { .external = fn->external,
				   .line = KS_NO_LINE,
				   .inlined = KS_INLINE_NOT_SEEN,
				   .calls_known = true },
			.group = g,
			.previous = group->last,
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

/** What a later unit knows of an entry is added, never replaced. */
static void fold(struct entry *entry, const struct ks_unit_function *fn,
		 const struct ks_unit_record *record)
{
	struct ks_entry *facts = &entry->facts;
	if (facts->inlined == KS_INLINE_NOT_SEEN ||
	    (facts->inlined == KS_INLINE_UNKNOWN && fn->inlined <= KS_INLINE_DECLARED_INLINED))
		facts->inlined = fn->inlined;
	if (fn->defined && !facts->loc_file) {
		facts->loc_file = fn->loc_file;
		facts->line = fn->line;
		facts->file = record->path;
		facts->proto = fn->proto;
		facts->calls_known = record->calls_known;
	}
	if (!facts->addr)
		facts->addr = fn->addr;
	if (!facts->proto)
		facts->proto = fn->proto;
	facts->nr_indirect_calls += fn->indirect_calls;
}

/** The listed prototype is that of the first definition in file order that qualifies. */
static void fold_proto(struct group *group, const struct ks_unit_function *fn, uint32_t unit)
{
	if (!fn->named_proto)
		return;
	if (group->proto && (group->unit != unit || group->offset < fn->proto_offset))
		return;
	group->proto = fn->named_proto;
	group->unit = unit;
	group->offset = fn->proto_offset;
}

enum { MAX_ALIASES = 256 }; // at one address; more of them are not looked at

static const struct ks_symbol *suffixed_at(const struct ks_function_merge *m, uint64_t addr,
					   const char *name)
{
	size_t len = strlen(name);
	unsigned int left = MAX_ALIASES;
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
	if (!sym && record->unit.dwarf->elf->machine == EM_ARM)
		sym = suffixed_at(m, copy->low | 1, name); // bit 0 of a symbol: Thumb code
	return sym;
}

static bool add_clones(struct ks_function_merge *m, const struct ks_unit_record *record,
		       struct unit_map *map)
{
	for (uint32_t i = 0; i < record->nr_copies; i++) {
		const struct ks_unit_copy *copy = &record->copies[i];
		const struct ks_symbol *sym = clone_symbol(m, record, copy);
		map->clones[i] = 0;
		if (!sym)
			continue;
		struct entry *entry = &m->entries.at[map->entries[copy->function]];
		struct clone clone = {
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

static bool merge_unit(struct ks_function_merge *m, uint32_t unit, bool repeated_path)
{
	const struct ks_unit_record *record = &m->records[unit];
	struct unit_map *map = &m->maps[unit];
	struct ks_arena *arena = m->arena;
	map->entries = ks_arena_array(arena, record->nr_functions, sizeof(*map->entries));
	map->clones = ks_arena_array(arena, record->nr_copies, sizeof(*map->clones));
	if (!map->entries || !map->clones)
		return false;
	for (uint32_t i = 0; i < record->nr_functions; i++) {
		const struct ks_unit_function *fn = &record->functions[i];
		struct entry *entry =
			find_entry(m, fn, record->path, repeated_path, &map->entries[i]);
		if (!entry)
			return false;
		fold(entry, fn, record);
		fold_proto(&m->groups.at[entry->group], fn, unit);
	}
	for (uint32_t i = 0; i < record->nr_edges; i++) {
		struct entry *callee = &m->entries.at[map->entries[record->edges[i].callee]];
		if (record->edges[i].inlined)
			callee->facts.nr_inline_callers++;
		else
			callee->facts.nr_direct_callers++;
	}
	return add_clones(m, record, map);
}

/** Whether a unit of the same path came before: then its statics are the same functions. */
static bool path_repeats(struct ks_function_merge *m, const char *path)
{
	size_t at = XXH3_64bits(path, strlen(path)) & m->paths_mask;
	while (m->paths[at] && strcmp(m->paths[at], path) != 0)
		at = (at + 1) & m->paths_mask;
	bool repeats = m->paths[at] != NULL;
	m->paths[at] = path;
	return repeats;
}

bool ks_function_merge_unit(struct ks_function_merge *m, uint32_t unit)
{
	const char *path = m->records[unit].path;
	return !path || merge_unit(m, unit, path_repeats(m, path));
}

/* ---- callers ---- */

static bool place_callers(struct ks_function_merge *m)
{
	uint32_t nr_inline = 0, nr_direct = 0;
	for (size_t i = 0; i < m->entries.len; i++) {
		struct entry *entry = &m->entries.at[i];
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
		struct entry *entry = &m->entries.at[i];
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
		const struct unit_map *map = &m->maps[unit];
		for (uint32_t i = 0; i < record->nr_edges; i++) {
			const struct ks_unit_edge *edge = &record->edges[i];
			uint32_t number = map->entries[edge->callee];
			if (number % m->nr_shards != shard)
				continue;
			struct entry *entry = &m->entries.at[number];
			struct ks_caller *to = edge->inlined
						       ? &m->inline_callers[entry->first_inline++]
						       : &m->direct_callers[entry->first_direct++];
			*to = (struct ks_caller){
				.unit = record->path,
				.function = record->functions[edge->caller].text,
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
static bool fill_params(const struct clone *clone, struct ks_arena *arena, struct ks_clone *ret)
{
	const struct ks_unit_copy *copy = clone->copy;
	uint16_t *params = ks_arena_array(arena, copy->nr_params, sizeof(*params));
	for (uint16_t i = 0; params && i < copy->nr_params; i++)
		if (ks_unit_in_place(clone->unit, copy->params[i].place, copy->low))
			params[ret->nr_params++] = (uint16_t)copy->params[i].number;
	ret->params = params;
	return params != NULL;
}

static bool fill_clones(const struct ks_function_merge *m, struct ks_arena *arena,
			struct entry *entry)
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
		struct group *group = &m->groups.at[i];
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
		const struct group *group = &m->groups.at[i];
		if (group->proto && group->exact)
			places[nr++] = (struct proto_place){ group->unit, group->offset, i };
	}
	qsort(places, nr, sizeof(*places), compare_places);
	for (size_t i = 0; i < nr; i++) {
		const struct group *group = &m->groups.at[places[i].group];
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

struct ks_error *ks_function_merge_new(struct ks_surface *surface,
				       const struct ks_unit_record *records, size_t nr_units,
				       const struct ks_symbol_index *symbols,
				       struct ks_function_merge **ret)
{
	size_t buckets = 64;
	while (buckets < nr_units * 2)
		buckets *= 2;
	struct ks_function_merge *m = calloc(1, sizeof(*m));
	if (!m)
		return &ks_nomem;
	*m = (struct ks_function_merge){
		.surface = surface,
		.records = records,
		.symbols = symbols,
		.nr_units = nr_units,
		.maps = calloc(nr_units ? nr_units : 1, sizeof(*m->maps)),
		.paths = calloc(buckets, sizeof(*m->paths)),
		.paths_mask = buckets - 1,
		.arena = &surface->arenas[surface->nr_arenas - 1],
	};
	*ret = m;
	if (m->maps && m->paths)
		return NULL;
	ks_function_merge_free(m);
	return &ks_nomem;
}

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

void ks_function_merge_free(struct ks_function_merge *m)
{
	if (!m)
		return;
	ks_vector_deinit(&m->groups);
	ks_vector_deinit(&m->entries);
	ks_vector_deinit(&m->clones);
	free(m->table);
	free(m->maps);
	free(m->paths);
	free(m->named);
	free(m);
}
