/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls: the functions in sys_call_table, by number. */
#include <elf.h>
#include <string.h>

#include "extract/find.h"

/** What stands in front of a system call's name in the symbol of its function, tried in this order. */
static const char *const prefixes[] = { "stub_", "sys_", "ppc_", "ppc64_", "sys32_x32_" };

static const char *after_prefix(const char *symbol)
{
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		const char *hit = strstr(symbol, prefixes[i]);
		if (hit)
			return hit + strlen(prefixes[i]);
	}
	return NULL;
}

/** The name of the system call whose function is at the address, from a global symbol if there is one. */
static const char *name_at(const struct ks_finder *finder, uint64_t addr)
{
	const char *name = NULL;
	const struct ks_symbol *sym = addr ? ks_symbol_at(finder->symbols, addr) : NULL;
	for (int left = KS_MAX_ALIASES; sym && left--;
	     sym = ks_symbol_at_next(finder->symbols, sym)) {
		if (sym->type != STT_FUNC && sym->type != STT_NOTYPE)
			continue;
		const char *cut = after_prefix(sym->name);
		if (cut && sym->bind == STB_GLOBAL)
			return cut;
		if (cut && !name)
			name = cut;
	}
	return name;
}

/** The end of the table: tables written in assembly have no size, the next symbol ends them. */
static uint64_t table_size(const struct ks_finder *finder, const struct ks_symbol *table)
{
	if (table->size)
		return table->size;
	uint64_t size = UINT64_MAX;
	for (size_t i = 0; i < finder->surface->nr_symbols; i++) {
		const struct ks_symbol *sym = &finder->surface->symbols[i];
		if (sym->addr > table->addr && sym->addr - table->addr < size &&
		    strcmp(sym->section, table->section) == 0)
			size = sym->addr - table->addr;
	}
	return size;
}

struct ks_error *ks_extract_syscalls(const struct ks_finder *finder)
{
	const struct ks_symbol *table =
		ks_symbol_find(finder->symbols, "sys_call_table", UINT32_MAX);
	if (!table)
		return NULL;
	struct ks_cursor c = ks_elf_at(finder->elf, table->addr);
	uint64_t size = table_size(finder, table), room = (uint64_t)(c.end - c.pos);
	uint64_t nr = (size < room ? size : room) / (finder->elf->is64 ? 8 : 4);
	struct ks_syscall *calls = ks_arena_array(&finder->surface->arenas[0], nr, sizeof(*calls));
	if (!calls)
		return &ks_nomem;
	size_t found = 0;
	for (uint64_t i = 0; i < nr; i++) {
		const char *name = name_at(finder, ks_elf_word(finder->elf, &c));
		if (name)
			calls[found++] = (struct ks_syscall){ (uint32_t)i, name };
	}
	if (!found)
		return NULL; // nothing but pointers that are not there yet: unknown
	finder->surface->syscalls = calls;
	finder->surface->nr_syscalls = found;
	finder->surface->known |= KS_KNOWS(KS_SYSCALL);
	return NULL;
}
