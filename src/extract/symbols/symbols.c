/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "extract/symbols/symbols.h"
#include "surface/traits.h"

/** The text of a special section index, or the section's name. */
static const char *section_name(const struct ks_elf *elf, struct ks_arena *arena,
				const char **names, uint32_t index)
{
	switch (index) {
	case SHN_UNDEF:
		return "SHN_UNDEF";
	case SHN_ABS:
		return "SHN_ABS";
	case SHN_COMMON:
		return "SHN_COMMON";
	}
	if (index >= elf->nr_sections)
		return "";
	if (!names[index])
		names[index] = ks_arena_strdup(arena, elf->sections[index].name);
	return names[index];
}

/** One raw entry; the fields lie differently in the two classes (ELF gABI, figure 4-15). */
static void read_symbol(struct ks_cursor *c, bool is64, struct ks_symbol *sym, uint32_t *name,
			uint32_t *section)
{
	uint8_t info, other;
	*sym = (struct ks_symbol){ 0 };
	*name = ks_cursor_u32(c);
	if (is64) {
		info = ks_cursor_u8(c);
		other = ks_cursor_u8(c);
		*section = ks_cursor_u16(c);
		sym->addr = ks_cursor_u64(c);
		sym->size = ks_cursor_u64(c);
	} else {
		sym->addr = ks_cursor_u32(c);
		sym->size = ks_cursor_u32(c);
		info = ks_cursor_u8(c);
		other = ks_cursor_u8(c);
		*section = ks_cursor_u16(c);
	}
	sym->bind = ELF64_ST_BIND(info);
	sym->type = ELF64_ST_TYPE(info);
	sym->visibility = ELF64_ST_VISIBILITY(other);
	sym->other = other >> 2;
}

/** A copy of the table's strings that ends in NUL. */
static const char *copy_strings(const struct ks_elf *elf, const struct ks_section *symtab,
				struct ks_arena *arena, size_t *size)
{
	*size = 0;
	if (symtab->link >= elf->nr_sections || !elf->sections[symtab->link].data)
		return ks_arena_strdup(arena, "");
	*size = elf->sections[symtab->link].size;
	return ks_arena_strndup(arena, (const char *)elf->sections[symtab->link].data, *size);
}

struct ks_error *ks_symbols_read(const struct ks_elf *elf, struct ks_surface *surface)
{
	struct ks_arena *arena = &surface->arenas[0];
	const struct ks_section *symtab = ks_elf_section(elf, ".symtab");
	if (!symtab || !symtab->data)
		return NULL;
	if (symtab->link < elf->nr_sections)
		KS_TRY(ks_elf_check_strings(elf, &elf->sections[symtab->link]));
	size_t entry = elf->is64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym), text_size;
	size_t nr = symtab->size / entry;
	struct ks_symbol *symbols = ks_arena_array(arena, nr, sizeof(*symbols));
	const char *text = copy_strings(elf, symtab, arena, &text_size);
	const char **names = ks_arena_array(arena, elf->nr_sections + 1, sizeof(*names));
	if (!symbols || !text || !names)
		return &ks_nomem;
	memset(names, 0, (elf->nr_sections + 1) * sizeof(*names));
	struct ks_cursor c = ks_elf_cursor(elf, symtab);
	for (size_t i = 0; i < nr; i++) {
		uint32_t name, section;
		read_symbol(&c, elf->is64, &symbols[i], &name, &section);
		if (name >= text_size && name)
			return ks_error_at(ks_error_new(KS_ERR_DATA,
							"symbol name lies outside of its section"),
					   ".symtab", i * entry);
		symbols[i].name = text + name;
		if (elf->type == ET_REL && section < elf->nr_sections)
			symbols[i].addr += elf->sections[section].addr;
		symbols[i].section = section_name(elf, arena, names, section);
		if (!symbols[i].section)
			return &ks_nomem;
	}
	surface->symbols = symbols;
	surface->nr_symbols = nr;
	surface->symtab_known = true;
	return NULL;
}

/* ---- lookup ---- */

/**
 * Chained hash tables over the symbol numbers, + 1; a chain is in table order. Not ks_hashmap: any number of symbols may
 * share a name or an address.
 */
struct ks_symbol_index {
	const struct ks_surface *surface;
	size_t mask;
	uint32_t *by_name, *next_name;
	uint32_t *by_addr, *next_addr;
	uint32_t *by_function, *next_function;
};

static size_t name_bucket(const struct ks_symbol_index *index, const char *name, size_t len)
{
	return XXH3_64bits(name, len) & index->mask;
}

static size_t addr_bucket(const struct ks_symbol_index *index, uint64_t addr)
{
	return ((addr >> 2) * 0x9e3779b97f4a7c15u >> 32) & index->mask;
}

static void link_symbol(struct ks_symbol_index *index, uint32_t i)
{
	const struct ks_symbol *sym = &index->surface->symbols[i];
	size_t len = strlen(sym->name), base = strcspn(sym->name, ".");
	size_t bucket = name_bucket(index, sym->name, len);
	index->next_name[i] = index->by_name[bucket];
	index->by_name[bucket] = i + 1;
	bucket = addr_bucket(index, sym->addr);
	index->next_addr[i] = index->by_addr[bucket];
	index->by_addr[bucket] = i + 1;
	if (sym->type != STT_FUNC || !len || ks_symbol_is_prefix(sym->name))
		return;
	bucket = name_bucket(index, sym->name, base);
	index->next_function[i] = index->by_function[bucket];
	index->by_function[bucket] = i + 1;
}

struct ks_error *ks_symbol_index_new(const struct ks_surface *surface, struct ks_symbol_index **ret)
{
	size_t nr = surface->nr_symbols, buckets = 64;
	while (buckets < nr)
		buckets *= 2;
	struct ks_symbol_index *index = calloc(1, sizeof(*index));
	if (!index)
		return &ks_nomem;
	index->surface = surface;
	index->mask = buckets - 1;
	uint32_t *memory = calloc(3 * (buckets + nr), sizeof(*memory));
	if (!memory) {
		free(index);
		return &ks_nomem;
	}
	index->by_name = memory;
	index->by_addr = index->by_name + buckets;
	index->by_function = index->by_addr + buckets;
	index->next_name = index->by_function + buckets;
	index->next_addr = index->next_name + nr;
	index->next_function = index->next_addr + nr;
	for (size_t i = nr; i-- > 0;) // backwards: a new link goes to the front of its chain
		link_symbol(index, (uint32_t)i);
	*ret = index;
	return NULL;
}

void ks_symbol_index_free(struct ks_symbol_index *index)
{
	if (index)
		free(index->by_name);
	free(index);
}

static const struct ks_symbol *next_named(const struct ks_symbol_index *index, uint32_t i,
					  const char *name, unsigned int types)
{
	for (; i; i = index->next_name[i - 1]) {
		const struct ks_symbol *sym = &index->surface->symbols[i - 1];
		if ((types & 1u << sym->type) && strcmp(sym->name, name) == 0)
			return sym;
	}
	return NULL;
}

static uint32_t number(const struct ks_symbol_index *index, const struct ks_symbol *symbol)
{
	return (uint32_t)(symbol - index->surface->symbols);
}

const struct ks_symbol *ks_symbol_find(const struct ks_symbol_index *index, const char *name,
				       unsigned int types)
{
	return next_named(index, index->by_name[name_bucket(index, name, strlen(name))], name,
			  types);
}

const struct ks_symbol *ks_symbol_find_next(const struct ks_symbol_index *index,
					    const struct ks_symbol *symbol, unsigned int types)
{
	return next_named(index, index->next_name[number(index, symbol)], symbol->name, types);
}

static const struct ks_symbol *next_at(const struct ks_symbol_index *index, uint32_t i,
				       uint64_t addr)
{
	for (; i; i = index->next_addr[i - 1])
		if (index->surface->symbols[i - 1].addr == addr)
			return &index->surface->symbols[i - 1];
	return NULL;
}

const struct ks_symbol *ks_symbol_at(const struct ks_symbol_index *index, uint64_t addr)
{
	return next_at(index, index->by_addr[addr_bucket(index, addr)], addr);
}

const struct ks_symbol *ks_symbol_at_next(const struct ks_symbol_index *index,
					  const struct ks_symbol *symbol)
{
	return next_at(index, index->next_addr[number(index, symbol)], symbol->addr);
}

static const struct ks_symbol *next_function(const struct ks_symbol_index *index, uint32_t i,
					     const char *name, size_t len)
{
	for (; i; i = index->next_function[i - 1]) {
		const struct ks_symbol *sym = &index->surface->symbols[i - 1];
		if (strncmp(sym->name, name, len) == 0 &&
		    (sym->name[len] == '\0' || sym->name[len] == '.'))
			return sym;
	}
	return NULL;
}

const struct ks_symbol *ks_symbol_function(const struct ks_symbol_index *index, const char *name)
{
	size_t len = strlen(name);
	return next_function(index, index->by_function[name_bucket(index, name, len)], name, len);
}

const struct ks_symbol *ks_symbol_function_next(const struct ks_symbol_index *index,
						const struct ks_symbol *symbol)
{
	return next_function(index, index->next_function[number(index, symbol)], symbol->name,
			     strcspn(symbol->name, "."));
}
