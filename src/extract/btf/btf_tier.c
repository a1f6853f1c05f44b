/* SPDX-License-Identifier: BSD-2-Clause */
/* Functions of an image without DWARF, and what its BTF says of functions of any image. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/hashmap.h"
#include "extract/btf/btf_decls.h"
#include "extract/tiers.h"
#include "surface/traits.h"

/* ---- functions by name ---- */

/** The place of a function in the surface, + 1; 0: there is none of that name. */
static uint32_t find_function(const struct ks_hashmap *index, const struct ks_surface *surface,
			      const char *name)
{
	struct ks_hashmap_walk walk = ks_hashmap_walk(XXH3_64bits(name, strlen(name)));
	uint32_t number;
	while ((number = ks_hashmap_next(index, &walk)))
		if (strcmp(surface->functions[number - 1].name, name) == 0)
			break;
	return number;
}

static bool index_functions(struct ks_hashmap *index, const struct ks_surface *surface)
{
	if (!ks_hashmap_reserve(index, surface->nr_functions))
		return false;
	for (size_t i = 0; i < surface->nr_functions; i++) {
		const char *name = surface->functions[i].name;
		ks_hashmap_add(index, XXH3_64bits(name, strlen(name)), (uint32_t)i + 1);
	}
	return true;
}

/** Count the BTF functions of each name. The extraction that made the functions owns them. */
static struct ks_error *count_functions(const struct ks_btf *btf, struct ks_surface *surface)
{
	struct ks_hashmap index = { 0 };
	if (!index_functions(&index, surface))
		return &ks_nomem;
	struct ks_function *functions = (struct ks_function *)surface->functions;
	for (uint32_t id = btf->first_id; id < btf->nr; id++) {
		if (ks_btf_kind_of(btf, id) != KS_BTF_FUNC)
			continue;
		struct ks_btf_type type = ks_btf_type(btf, id);
		uint32_t found = find_function(&index, surface, type.name);
		if (found && functions[found - 1].nr_btf < UINT8_MAX)
			functions[found - 1].nr_btf++;
	}
	ks_hashmap_deinit(&index);
	surface->image.facts |= KS_FACT_BTF;
	return NULL;
}

/* ---- the btf tier ---- */

/** Functions while they are listed. */
struct listing {
	const struct ks_symbol_index *index;
	struct ks_surface *surface;
	struct ks_function *functions;
	bool *named; // of each symbol: some function has it
};

/** One more function, with the symbols of its name. @param text as long as the surface */
static bool add_function(struct listing *list, const char *name)
{
	struct ks_arena *arena = &list->surface->arenas[0];
	const struct ks_symbol *first = ks_symbol_function(list->index, name);
	struct ks_function *fn = &list->functions[list->surface->nr_functions++];
	*fn = (struct ks_function){ .name = name };
	for (const struct ks_symbol *s = first; s; s = ks_symbol_function_next(list->index, s))
		fn->nr_symbols++;
	struct ks_symbol *symbols = ks_arena_array(arena, fn->nr_symbols, sizeof(*symbols));
	if (!symbols)
		return false;
	fn->symbols = symbols;
	for (const struct ks_symbol *s = first; s; s = ks_symbol_function_next(list->index, s)) {
		list->named[s - list->surface->symbols] = true;
		*symbols++ = *s;
	}
	return true;
}

/** Those of BTF first, then those that only symbols tell of. */
static bool list_functions(struct listing *list)
{
	struct ks_surface *surface = list->surface;
	for (size_t i = 0; i < surface->decls[KS_FUNCTION].nr; i++)
		if (!add_function(list, surface->decls[KS_FUNCTION].at[i].name))
			return false;
	for (size_t i = 0; i < surface->nr_symbols; i++) {
		const char *name = surface->symbols[i].name;
		size_t len = strcspn(name, ".");
		if (surface->symbols[i].type != STT_FUNC || list->named[i] || !len ||
		    ks_symbol_is_prefix(name))
			continue;
		if (name[len])
			name = ks_arena_strndup(&surface->arenas[0], name, len);
		if (!name || !add_function(list, name))
			return false;
	}
	return true;
}

static struct ks_error *fill_functions(const struct ks_finder *finder)
{
	struct ks_surface *surface = finder->surface;
	size_t room = surface->decls[KS_FUNCTION].nr + surface->nr_symbols;
	struct listing list = {
		.index = finder->symbols,
		.surface = surface,
		.functions = ks_arena_array(&surface->arenas[0], room, sizeof(*list.functions)),
		.named = calloc(surface->nr_symbols + 1, sizeof(*list.named)),
	};
	bool ok = list.functions && list.named && list_functions(&list);
	surface->functions = list.functions;
	surface->known |= KS_KNOWS(KS_FUNCTION);
	free(list.named);
	return ok ? NULL : &ks_nomem;
}

struct ks_error *ks_extract_btf(const struct ks_finder *finder, const struct ks_btf *btf)
{
	if (btf)
		KS_TRY(ks_btf_decls_read(btf, finder->surface));
	KS_TRY(fill_functions(finder));
	return btf ? count_functions(btf, finder->surface) : NULL;
}

/* ---- beside the full tier ---- */

struct ks_error *ks_extract_btf_presence(const struct ks_finder *finder, const struct ks_btf *btf)
{
	struct ks_surface *surface = finder->surface;
	KS_TRY(ks_btf_variables_read(btf, &surface->arenas[surface->nr_arenas - 1], surface));
	return count_functions(btf, surface);
}

struct ks_error *ks_extract_btf_forms(struct ks_btf_forming *forming, unsigned int nr_threads,
				      bool *ret)
{
	struct ks_error *err = ks_btf_forming_run(forming, nr_threads);
	*ret = !err;
	if (!err || err->code == KS_ERR_NOMEM)
		return err;
	ks_error_free(err);
	return NULL;
}

/** The function that a tag marks as a kfunc, or NULL. */
static const char *tagged_kfunc(const struct ks_btf *btf, uint32_t id)
{
	if (ks_btf_kind_of(btf, id) != KS_BTF_DECL_TAG)
		return NULL;
	struct ks_btf_type tag = ks_btf_type(btf, id);
	if (strcmp(tag.name, "bpf_kfunc") != 0)
		return NULL;
	struct ks_btf_type function = ks_btf_type(btf, tag.type);
	return function.kind == KS_BTF_FUNC && *function.name ? function.name : NULL;
}

struct ks_error *ks_extract_btf_kfuncs(const struct ks_finder *finder, const struct ks_btf *btf)
{
	struct ks_surface *surface = finder->surface;
	size_t nr = 0;
	for (uint32_t id = btf->first_id; id < btf->nr; id++)
		nr += tagged_kfunc(btf, id) != NULL;
	if (!nr || surface->nr_kfuncs)
		return NULL;
	const char **names = ks_arena_array(&surface->arenas[0], nr, sizeof(*names));
	if (!names)
		return &ks_nomem;
	nr = 0;
	for (uint32_t id = btf->first_id; id < btf->nr; id++) {
		const char *name = tagged_kfunc(btf, id);
		if (name)
			names[nr++] = name;
	}
	surface->kfuncs = names;
	surface->nr_kfuncs = nr;
	surface->known |= KS_KNOWS(KS_KFUNC);
	return NULL;
}
