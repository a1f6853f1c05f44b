/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <string.h>

#include "base/array.h"
#include "extract/tables/data_scan.h"
#include "extract/tables/syscalls.h"

#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258
#endif

/* ---- sys_call_table */

enum { NR_FIRST = 4, LEAST = 100, MOST = 4096, MAX_NAME = 256 };

/** How the table of an architecture begins. */
static const struct beginning {
	uint16_t machine;
	bool is64;
	const char *names[NR_FIRST];
	const char *
		never; // the table of another ABI begins alike, but for what its functions are called
} beginnings[] = {
	{ EM_X86_64, true, { "read", "write", "open", "close" }, NULL },
	{ EM_386, false, { "restart_syscall", "exit", "fork", "read" }, NULL },
	{ EM_AARCH64, true, { "io_setup", "io_destroy", "io_submit", "io_cancel" }, NULL },
	{ EM_ARM, false, { "restart_syscall", "exit", "fork", "read" }, NULL },
	{ EM_PPC64, true, { "restart_syscall", "exit", "fork", "read" }, NULL },
	{ EM_RISCV, true, { "io_setup", "io_destroy", "io_submit", "io_cancel" }, NULL },
	{ EM_S390, true, { "ni_syscall", "exit", "fork", "read" }, "__s390_" },
	{ EM_MIPS, true, { "read", "write", "open", "close" }, NULL },
	{ EM_LOONGARCH, true, { "io_setup", "io_destroy", "io_submit", "io_cancel" }, NULL },
};

struct search {
	const struct ks_finder *finder;
	const struct beginning *beginning;
	struct ks_call_table table;
	unsigned int nr_tables;
};

/** All functions at the address are those of another ABI; where arguments do not matter they are the same. */
static bool is_foreign(const struct search *search, uint64_t addr)
{
	const char *never = search->beginning->never;
	const struct ks_symbol *sym = ks_symbol_at(search->finder->symbols, addr);
	for (int left = KS_MAX_ALIASES; never && sym && left--;
	     sym = ks_symbol_at_next(search->finder->symbols, sym))
		if (strncmp(sym->name, never, strlen(never)) != 0)
			return false;
	return never != NULL;
}

/** @param foreign the table of another ABI will do; some of its calls have names of their own */
static bool begins(const struct search *search, struct ks_cursor at, bool foreign)
{
	for (int i = 0; i < (foreign ? NR_FIRST - 1 : NR_FIRST); i++) {
		uint64_t addr = ks_elf_word(search->finder->elf, &at);
		const char *name = ks_call_name(search->finder, addr);
		if (!name || strcmp(name, search->beginning->names[i]) != 0 ||
		    (!foreign && is_foreign(search, addr)))
			return false;
	}
	return true;
}

/** A table goes on as long as its words are functions of system calls, and no other one begins. */
static bool look_for_table(void *arg, uint64_t addr, uint64_t word, struct ks_cursor at)
{
	struct search *search = arg;
	(void)addr;
	if (!word || !begins(search, at, false))
		return true;
	struct ks_call_table table = { .at = at };
	while (table.nr < MOST && (!table.nr || !begins(search, at, true)) &&
	       ks_call_name(search->finder, ks_elf_word(search->finder->elf, &at)))
		table.nr++;
	if (table.nr < LEAST)
		return true;
	search->table = table;
	return ++search->nr_tables == 1;
}

/** Where a table's first word points to: a function whose name holds that of the first call. */
static struct ks_data_range first_words(const struct search *search)
{
	const struct ks_surface *surface = search->finder->surface;
	struct ks_data_range range = KS_NO_DATA_RANGE;
	for (size_t i = 0; i < surface->nr_symbols; i++)
		if (strstr(surface->symbols[i].name, search->beginning->names[0]))
			ks_data_range_add(&range, surface->symbols[i].addr);
	return range;
}

bool ks_call_table_find(const struct ks_finder *finder, struct ks_call_table *ret)
{
	struct search search = { .finder = finder };
	for (size_t i = 0; i < KS_ARRAY_LEN(beginnings); i++)
		if (beginnings[i].machine == finder->elf->machine &&
		    beginnings[i].is64 == finder->elf->is64)
			search.beginning = &beginnings[i];
	if (search.beginning)
		ks_data_scan(finder->elf, first_words(&search), look_for_table, &search);
	*ret = search.table;
	return search.nr_tables == 1;
}

/* ---- metadata */

struct metas {
	const struct ks_finder *finder;
	ks_call_names *names;
	bool failed;
};

/**
 * struct syscall_metadata: a name, a number that nobody knows yet, words for counts, types and arguments, then an
 * empty list, which points to itself.
 */
static bool look_for_meta(void *arg, uint64_t addr, uint64_t word, struct ks_cursor at)
{
	enum { UNKNOWN = 0xffffffff };
	struct metas *metas = arg;
	const struct ks_elf *elf = metas->finder->elf;
	uint64_t list = addr + (elf->is64 ? 32 : 20);
	ks_elf_word(elf, &at);
	if (!word || ks_cursor_u32(&at) != UNKNOWN)
		return true;
	ks_cursor_take(&at, sizeof(uint32_t));
	ks_elf_word(elf, &at); // types, arguments
	ks_elf_word(elf, &at);
	uint64_t next = ks_elf_word(elf, &at), previous = ks_elf_word(elf, &at);
	if (next != list || previous != list || at.why)
		return true;
	const char *name = ks_find_text(metas->finder, word, MAX_NAME);
	if (!name || strncmp(name, "sys_", 4) != 0)
		return true;
	metas->failed = !ks_vector_add(metas->names, name + 4);
	return !metas->failed;
}

bool ks_call_metas_find(const struct ks_finder *finder, ks_call_names *ret)
{
	struct metas metas = { .finder = finder, .names = ret };
	ks_data_scan(finder->elf, ks_data_range_of(finder->elf), look_for_meta, &metas);
	return !metas.failed;
}
