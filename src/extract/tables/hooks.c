/* SPDX-License-Identifier: BSD-2-Clause */
/* LSM hooks and kfuncs: functions that exist for eBPF programs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/vector.h"
#include "extract/tables/find.h"

typedef KS_VECTOR(const char *) name_vector;

static struct ks_error *keep_names(const struct ks_finder *finder, name_vector *names,
				   enum ks_kind kind, const char *const **at, size_t *nr)
{
	struct ks_arena *arena = &finder->surface->arenas[0];
	const char **copy = ks_arena_array(arena, names->len, sizeof(*copy));
	if (copy && names->len)
		memcpy(copy, names->at, names->len * sizeof(*copy));
	*at = copy;
	*nr = copy ? names->len : 0;
	finder->surface->known |= KS_KNOWS(kind);
	ks_vector_deinit(names);
	return copy ? NULL : &ks_nomem;
}

/** Who lists the hooks as its members: up to 6.11 the heads of lists, from 6.12 on tables of static calls. */
static const struct ks_decl *hook_members(const struct ks_finder *finder)
{
	const struct ks_decl *heads = ks_find_decl(finder, KS_STRUCT, "security_hook_heads");
	return heads ? heads : ks_find_decl(finder, KS_STRUCT, "lsm_static_calls_table");
}

struct ks_error *ks_extract_lsm(const struct ks_finder *finder)
{
	const struct ks_decl *hooks = hook_members(finder);
	name_vector names = { 0 };
	for (uint32_t i = 0; hooks && i < hooks->nr; i++) {
		char function[256];
		snprintf(function, sizeof(function), "security_%s", hooks->members[i].name);
		if (ks_find_function(finder, function) &&
		    !ks_vector_add(&names, hooks->members[i].name)) {
			ks_vector_deinit(&names);
			return &ks_nomem;
		}
	}
	return keep_names(finder, &names, KS_LSM, &finder->surface->lsm, &finder->surface->nr_lsm);
}

/* ---- kfuncs ---- */

/** A set of BTF ids (include/linux/btf_ids.h). */
struct id_set {
	uint64_t start, end; // addresses of the ids
	bool marked;	     // says that it holds kfuncs (6.9 on)
};
typedef KS_VECTOR(struct id_set) set_vector;

/** The kinds of sets that may hold kfuncs. */
static const struct set_kind {
	const char *prefix;
	uint64_t header,
		entry; // bytes: the count first, with flags behind each where there is room
	const char *with,
		*but[2]; // what the name must hold and must not, as long as sets do not say it themselves
} set_kinds[] = {
	{ "__BTF_ID__set8__", 8, 8, "", { "fmodret", "modify_return" } }, // 6.0 on
	{ "__BTF_ID__set__", 4, 4, "kfunc", { "fmodret", "modify_return" } },
};

static bool is_kfunc_set(const struct set_kind *kind, const char *name)
{
	return strstr(name, kind->with) && !strstr(name, kind->but[0]) &&
	       !strstr(name, kind->but[1]);
}

static bool collect_sets(const struct ks_finder *finder, const struct set_kind *kind,
			 set_vector *sets)
{
	enum { KFUNCS = 1 };
	size_t len = strlen(kind->prefix);
	for (size_t i = 0; i < finder->surface->nr_symbols; i++) {
		const struct ks_symbol *sym = &finder->surface->symbols[i];
		if (strncmp(sym->name, kind->prefix, len) != 0)
			continue;
		struct ks_cursor c = ks_elf_at(finder->elf, sym->addr);
		uint64_t count = ks_cursor_u32(&c);
		bool marked = kind->header == 8 && (ks_cursor_u32(&c) & KFUNCS);
		struct id_set set = {
			.start = sym->addr + kind->header,
			.end = sym->addr + kind->header + count * kind->entry,
			.marked = marked,
		};
		if (!c.why && (marked || is_kfunc_set(kind, sym->name + len)) &&
		    !ks_vector_add(sets, set))
			return false;
	}
	return true;
}

/** Since sets say so themselves, those that do not are of another kind. */
static void drop_unmarked(set_vector *sets)
{
	bool any = false;
	for (size_t i = 0; i < sets->len; i++)
		any = any || sets->at[i].marked;
	size_t kept = 0;
	for (size_t i = 0; i < sets->len; i++)
		if (!any || sets->at[i].marked)
			sets->at[kept++] = sets->at[i];
	sets->len = kept;
}

static int compare_sets(const void *a, const void *b)
{
	const struct id_set *x = a, *y = b;
	return x->start < y->start ? -1 : x->start > y->start;
}

/** The sets are sorted, and do not overlap. */
static bool in_sets(const set_vector *sets, uint64_t addr)
{
	size_t behind = KS_FIRST_NOT(0, sets->len, i, sets->at[i].start <= addr);
	return behind && addr < sets->at[behind - 1].end;
}

/** The function of a "__BTF_ID__func__NAME__N" symbol; false when it is none or out of place. */
static bool id_function(const char *symbol, char *name, size_t size)
{
	static const char prefix[] = "__BTF_ID__func__";
	if (strncmp(symbol, prefix, sizeof(prefix) - 1) != 0)
		return false;
	symbol += sizeof(prefix) - 1;
	size_t len = strlen(symbol);
	while (len && symbol[len - 1] >= '0' && symbol[len - 1] <= '9')
		len--;
	if (len < 3 || memcmp(symbol + len - 2, "__", 2) != 0 || len - 2 >= size ||
	    strncmp(symbol, "bpf_lsm_", 8) == 0)
		return false;
	memcpy(name, symbol, len - 2);
	name[len - 2] = '\0';
	return true;
}

/** In symbol order; a function that several sets list counts once. */
static bool collect_kfuncs(const struct ks_finder *finder, const set_vector *sets, bool *listed,
			   name_vector *names)
{
	const struct ks_decl *functions = finder->surface->decls[KS_FUNCTION].at;
	for (size_t i = 0; i < finder->surface->nr_symbols; i++) {
		const struct ks_symbol *sym = &finder->surface->symbols[i];
		char name[256];
		if (!id_function(sym->name, name, sizeof(name)) || !in_sets(sets, sym->addr))
			continue;
		const struct ks_decl *decl = ks_find_decl(finder, KS_FUNCTION, name);
		if (!decl || listed[decl - functions])
			continue;
		listed[decl - functions] = true;
		if (!ks_vector_add(names, decl->name))
			return false;
	}
	return true;
}

struct ks_error *ks_extract_kfuncs(const struct ks_finder *finder)
{
	if (!finder->surface->symtab_known || !ks_find_tells_data(finder))
		return NULL; // nothing to find them by
	set_vector sets = { 0 };
	name_vector names = { 0 };
	bool *listed = calloc(finder->surface->decls[KS_FUNCTION].nr + 1, sizeof(*listed));
	bool ok = listed;
	for (size_t i = 0; ok && !sets.len && i < KS_ARRAY_LEN(set_kinds); i++)
		ok = collect_sets(finder, &set_kinds[i], &sets);
	drop_unmarked(&sets);
	if (sets.len)
		qsort(sets.at, sets.len, sizeof(*sets.at), compare_sets);
	ok = ok && collect_kfuncs(finder, &sets, listed, &names);
	free(listed);
	ks_vector_deinit(&sets);
	if (!ok) {
		ks_vector_deinit(&names);
		return &ks_nomem;
	}
	return keep_names(finder, &names, KS_KFUNC, &finder->surface->kfuncs,
			  &finder->surface->nr_kfuncs);
}
