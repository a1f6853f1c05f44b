/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <string.h>

#include "arch/arch.h"
#include "base/array.h"
#include "extract/tables/data_scan.h"
#include "extract/tables/syscalls.h"

/* ---- sys_call_table */

enum {
	NR_FIRST = KS_ARRAY_LEN(((struct ks_arch *)NULL)->first_calls),
	LEAST = 100,
	MOST = 4096,
	MAX_NAME = 256
};

struct search {
	const struct ks_finder *finder;
	const struct ks_arch *arch; // it tells how the table begins
	struct ks_call_table table;
	unsigned int nr_tables;
};

/** All functions at the address are those of another ABI; where arguments do not matter they are the same. */
static bool is_foreign(const struct search *search, uint64_t addr)
{
	const char *never = search->arch->foreign_calls;
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
		if (!name || strcmp(name, search->arch->first_calls[i]) != 0 ||
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
		if (strstr(surface->symbols[i].name, search->arch->first_calls[0]))
			ks_data_range_add(&range, surface->symbols[i].addr);
	return range;
}

bool ks_call_table_find(const struct ks_finder *finder, struct ks_call_table *ret)
{
	const struct ks_elf *elf = finder->elf;
	struct search search = { finder, ks_arch_of_elf(elf->machine, elf->is64, elf->big_endian) };
	if (search.arch && search.arch->first_calls[0])
		ks_data_scan(finder->elf, first_words(&search), look_for_table, &search);
	*ret = search.table;
	return search.nr_tables == 1;
}

/* ---- metadata */

enum { NOT_YET = 0xffffffff }; // its number, until the kernel boots
struct metas {
	const struct ks_finder *finder;
	ks_call_metas *found;
	bool failed;
};

/**
 * Behind name and number: an int, or in newer kernels (where the struct has user_mask) a bit-field of seven bits, the first of a
 * word of which the rest is zero until the kernel boots.
 */
uint8_t ks_call_meta_args(const struct ks_elf *elf, struct ks_cursor at)
{
	ks_elf_word(elf, &at);
	uint32_t number = ks_cursor_u32(&at), word = ks_cursor_u32(&at);
	if (at.why || number != NOT_YET)
		return 0;
	if (elf->big_endian && word << 7 == 0) // the upper seven bits, or nothing
		word >>= 25;
	return word <= KS_MAX_CALL_ARGS ? (uint8_t)(word + 1) : 0;
}

/**
 * struct syscall_metadata: a name, a number that nobody knows yet, words for counts, types and arguments, then an
 * empty list, which points to itself.
 */
static bool is_meta(const struct ks_elf *elf, uint64_t addr, struct ks_cursor at)
{
	uint64_t list = addr + (elf->is64 ? 32 : 20), name = ks_elf_word(elf, &at);
	if (!name || ks_cursor_u32(&at) != NOT_YET)
		return false;
	ks_cursor_take(&at, sizeof(uint32_t));
	ks_elf_word(elf, &at); // types, arguments
	ks_elf_word(elf, &at);
	uint64_t next = ks_elf_word(elf, &at), previous = ks_elf_word(elf, &at);
	return next == list && previous == list && !at.why;
}

bool ks_call_meta_at(const struct ks_finder *finder, uint64_t addr)
{
	return is_meta(finder->elf, addr, ks_elf_at(finder->elf, addr));
}

static bool look_for_meta(void *arg, uint64_t addr, uint64_t word, struct ks_cursor at)
{
	struct metas *metas = arg;
	const struct ks_elf *elf = metas->finder->elf;
	const char *name =
		is_meta(elf, addr, at) ? ks_find_text(metas->finder, word, MAX_NAME) : NULL;
	if (!name || strncmp(name, "sys_", 4) != 0)
		return true;
	struct ks_call_meta meta = { name + 4, ks_call_meta_args(elf, at) };
	metas->failed = !ks_vector_add(metas->found, meta);
	return !metas->failed;
}

bool ks_call_metas_find(const struct ks_finder *finder, ks_call_metas *ret)
{
	struct metas metas = { .finder = finder, .found = ret };
	ks_data_scan(finder->elf, ks_data_range_of(finder->elf), look_for_meta, &metas);
	return !metas.failed;
}
