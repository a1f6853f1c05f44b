/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <string.h>
#include <xxhash.h>

#include "base/array.h"
#include "extract/tables/find.h"

/** The kinds that are looked up by name; others are not indexed. */
static const enum ks_kind indexed[] = { KS_FUNCTION, KS_STRUCT };
enum { NR_INDEXED = KS_ARRAY_LEN(indexed) };

static uint64_t hash_of(enum ks_kind kind, const char *name)
{
	return XXH3_64bits_withSeed(name, strlen(name), kind);
}

const struct ks_decl *ks_find_decl(const struct ks_finder *finder, enum ks_kind kind,
				   const char *name)
{
	const struct ks_surface *surface = finder->surface;
	struct ks_hashmap_walk walk = ks_hashmap_walk(hash_of(kind, name));
	for (uint32_t number; (number = ks_hashmap_next(&finder->decls, &walk));) {
		uint32_t which = (number - 1) % NR_INDEXED, i = (number - 1) / NR_INDEXED;
		if (indexed[which] == kind && strcmp(surface->decls[kind].at[i].name, name) == 0)
			return &surface->decls[kind].at[i];
	}
	return NULL;
}

struct ks_error *ks_finder_init(struct ks_finder *finder)
{
	const struct ks_surface *surface = finder->surface;
	size_t total = 0;
	for (unsigned int k = 0; k < NR_INDEXED; k++)
		total += surface->decls[indexed[k]].nr;
	if (!ks_hashmap_reserve(&finder->decls, total))
		return &ks_nomem;
	for (unsigned int k = 0; k < NR_INDEXED; k++)
		for (size_t i = 0; i < surface->decls[indexed[k]].nr; i++)
			ks_hashmap_add(&finder->decls,
				       hash_of(indexed[k], surface->decls[indexed[k]].at[i].name),
				       (uint32_t)(i * NR_INDEXED + k + 1));
	return NULL;
}

void ks_finder_deinit(struct ks_finder *finder)
{
	ks_hashmap_deinit(&finder->decls);
}

bool ks_find_function(const struct ks_finder *finder, const char *name)
{
	return ks_find_decl(finder, KS_FUNCTION, name) ||
	       (finder->surface->image.tier != KS_TIER_FULL &&
		ks_symbol_find(finder->symbols, name, 1u << STT_FUNC));
}

const struct ks_member *ks_find_member(const struct ks_decl *decl, const char *name)
{
	for (uint32_t i = 0; decl && i < decl->nr; i++)
		if (strcmp(decl->members[i].name, name) == 0)
			return &decl->members[i];
	return NULL;
}

bool ks_find_enumerator(const struct ks_finder *finder, const char *name, int64_t *ret)
{
	const struct ks_surface *surface = finder->surface;
	for (size_t i = surface->decls[KS_ENUM].nr; i-- > 0;) { // unnamed enums come last
		const struct ks_decl *decl = &surface->decls[KS_ENUM].at[i];
		for (uint32_t k = 0; k < decl->nr; k++)
			if (strcmp(decl->values[k].name, name) == 0) {
				*ret = decl->values[k].value;
				return true;
			}
	}
	return false;
}

bool ks_find_address(const struct ks_finder *finder, const char *name, uint64_t *ret)
{
	const struct ks_symbol *sym = ks_symbol_find(finder->symbols, name, UINT32_MAX);
	if (sym)
		*ret = sym->addr;
	return sym != NULL;
}

const char *ks_find_text(const struct ks_finder *finder, uint64_t addr, size_t max)
{
	struct ks_cursor c = ks_elf_at(finder->elf, addr);
	size_t room = (size_t)(c.end - c.pos),
	       len = c.pos ? strnlen((const char *)c.pos, room < max ? room : max) : 0;
	if (!addr || !c.pos || len == room || len == max)
		return NULL;
	return ks_arena_strndup(&finder->surface->arenas[0], (const char *)c.pos, len);
}

bool ks_find_tells_data(const struct ks_finder *finder)
{
	uint64_t addr;
	return ks_elf_section(finder->elf, ".symtab") ||
	       ks_find_address(finder, "linux_banner", &addr);
}

uint64_t ks_find_field(const struct ks_finder *finder, uint64_t addr,
		       const struct ks_member *member, unsigned int size)
{
	struct ks_cursor c = ks_elf_at(finder->elf, addr);
	ks_cursor_take(&c, member->bits_offset / 8);
	return ks_cursor_uint(&c, size);
}
