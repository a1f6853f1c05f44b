/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables of attach.c in kernels whose symbols do not name data (without CONFIG_KALLSYMS_ALL), by their form and by
 * what stands beside them (include/asm-generic/vmlinux.lds.h).
 */
#include <elf.h>
#include <string.h>

#include "arch/arch.h"
#include "extract/tables/attach.h"
#include "extract/tables/data_scan.h"
#include "extract/tables/syscalls.h"

static unsigned int word_size(const struct ks_finder *finder)
{
	return finder->elf->is64 ? 8 : 4;
}

static bool is_function(const struct ks_finder *finder, uint64_t addr)
{
	const struct ks_symbol *sym = ks_symbol_at(finder->symbols, addr);
	for (int left = KS_MAX_ALIASES; sym && left--;
	     sym = ks_symbol_at_next(finder->symbols, sym))
		if (sym->type == STT_FUNC)
			return true;
	return false;
}

/** From the first function to the last one. */
static struct ks_data_range code_of(const struct ks_finder *finder, size_t *ret_nr)
{
	struct ks_data_range range = KS_NO_DATA_RANGE;
	*ret_nr = 0;
	for (size_t i = 0; i < finder->surface->nr_symbols; i++) {
		const struct ks_symbol *sym = &finder->surface->symbols[i];
		if (sym->type != STT_FUNC || !sym->addr)
			continue;
		ks_data_range_add(&range, sym->addr);
		++*ret_nr;
	}
	return range;
}

/* ---- places that ftrace patches */

enum { LEAST_PLACES = 100, LEAST_SHARE = 8 }; // at least one for so many functions

/** Words in a row that are addresses of code, zeros between them left out. */
struct places {
	const struct ks_finder *finder;
	const struct ks_arch *arch;
	size_t least;
	ks_address_vector row;
	struct ks_cursor last; // at the last word of the row
	uint64_t last_addr;
	ks_address_vector *found;
	unsigned int nr_found;
	bool failed;
};

/** What instruction stands there, as far as its first bits tell; -1: no code of the image. */
static int instruction_at(const struct places *places, uint64_t addr)
{
	struct ks_cursor c = ks_elf_at(places->finder->elf, addr);
	ks_cursor_take(&c, places->arch->ftrace_site.at);
	uint8_t byte = ks_cursor_u8(&c);
	return c.why ? -1 : byte & places->arch->ftrace_site.mask;
}

static int most_frequent(const struct places *places)
{
	size_t nr[256] = { 0 };
	int most = 0;
	for (size_t i = 0; i < places->row.len; i++) {
		int what = instruction_at(places, places->row.at[i]);
		if (what >= 0 && ++nr[what] > nr[most])
			most = what;
	}
	return most;
}

/**
 * The compiler puts the same instruction at all places: what has another one stands beside the table. When the row has such
 * places on both sides of it, nobody knows how far the table goes.
 */
static void end_row(struct places *places)
{
	const uint64_t *at = places->row.at;
	size_t from = 0, beside = 0;
	unsigned int nr_before = places->nr_found;
	int site = places->row.len < places->least ? -1 : most_frequent(places);
	for (size_t i = 0; site >= 0 && i <= places->row.len; i++) {
		if (i < places->row.len && instruction_at(places, at[i]) == site &&
		    (i == from || at[i] != at[i - 1]))
			continue;
		if (i - from < places->least)
			beside += i - from;
		else if (places->nr_found++ == 0)
			for (size_t k = from; k < i && !places->failed; k++)
				places->failed = !ks_vector_add(places->found, at[k]);
		from = i + 1;
	}
	if (places->nr_found > nr_before && beside)
		places->nr_found++;
	places->row.len = 0;
}

/** Whether nothing but zeros lies between the last word of the row and this one. */
static bool goes_on(const struct places *places, uint64_t addr, struct ks_cursor at)
{
	uint64_t distance = addr - places->last_addr, word = word_size(places->finder);
	if (!places->row.len || at.pos < places->last.pos ||
	    (uint64_t)(at.pos - places->last.pos) != distance)
		return false;
	for (const uint8_t *c = places->last.pos + word; c < at.pos; c++)
		if (*c)
			return false;
	return true;
}

static bool look_for_places(void *arg, uint64_t addr, uint64_t word, struct ks_cursor at)
{
	struct places *places = arg;
	if (!goes_on(places, addr, at))
		end_row(places);
	places->last = at;
	places->last_addr = addr;
	if (!ks_vector_add(&places->row, word))
		places->failed = true;
	return !places->failed && places->nr_found < 2;
}

struct ks_error *ks_ftrace_find(const struct ks_finder *finder, ks_address_vector *ret,
				bool *ret_found)
{
	const struct ks_elf *elf = finder->elf;
	struct places places = { .finder = finder,
				 .arch = ks_arch_of_elf(elf->machine, elf->is64, elf->big_endian),
				 .found = ret };
	size_t nr;
	struct ks_data_range code = code_of(finder, &nr);
	*ret_found = false;
	code.low -= ks_arch_ftrace_front(places.arch);
	code.high += places.arch ? places.arch->ftrace_behind : 0; // of the last function
	if (!places.arch || !places.arch->ftrace_site.mask)
		return NULL;
	places.least = nr / LEAST_SHARE > LEAST_PLACES ? nr / LEAST_SHARE : LEAST_PLACES;
	ks_data_scan(elf, code, look_for_places, &places);
	end_row(&places);
	ks_vector_deinit(&places.row);
	*ret_found = places.nr_found == 1;
	if (!*ret_found)
		ret->len = 0;
	return places.failed ? &ks_nomem : NULL;
}

/* ---- what kprobes must not touch */

/** ALIGNMENT is STRUCT_ALIGN(): where functions that may be made to fail begin; MOST_ERRORS more kinds of errors than there are. */
enum { MOST_PROTECTED = 4096, ALIGNMENT = 32, MOST_ERRORS = 4 };

static uint64_t word_at(const struct ks_finder *finder, uint64_t addr)
{
	struct ks_cursor c = ks_elf_at(finder->elf, addr);
	uint64_t word = ks_elf_word(finder->elf, &c);
	return c.why ? UINT64_MAX : word;
}

/** A function and the kind of error that it may return. */
static bool is_entry(const struct ks_finder *finder, uint64_t addr)
{
	return is_function(finder, word_at(finder, addr)) &&
	       word_at(finder, addr + word_size(finder)) <= MOST_ERRORS;
}

struct protected
{
	const struct ks_finder *finder;
	struct ks_data_range image;
	uint64_t start, stop, next; // next: what lies before it was looked at
	unsigned int nr_found;
};

static bool in_image(const struct protected *list, uint64_t addr)
{
	return addr >= list->image.low && addr <= list->image.high;
}

/**
 * Addresses in a row, of code without a symbol, too. In front of them stand those of the system calls' metadata. Behind
 * them may follow functions that may be made to fail, from a multiple of ALIGNMENT on.
 */
static bool look_for_protected(void *arg, uint64_t addr, uint64_t word, struct ks_cursor at)
{
	struct protected *list = arg;
	const struct ks_finder *finder = list->finder;
	const uint64_t size = word_size(finder);
	uint64_t from = addr, to = addr, in_front;
	(void)word;
	(void)at;
	if (addr < list->next)
		return true;
	while ((in_front = word_at(finder, from - size), in_image(list, in_front)) &&
	       (addr - from) / size < MOST_PROTECTED && !ks_call_meta_at(finder, in_front))
		from -= size;
	while (in_image(list, word_at(finder, to)) && (to - from) / size < MOST_PROTECTED &&
	       !(to % ALIGNMENT == 0 && is_entry(finder, to) && is_entry(finder, to + 2 * size)))
		to += size;
	list->next = to > addr ? to : addr + size;
	while (to > addr && !is_function(finder, word_at(finder, to - size)))
		to -= size; // data of whatever comes next
	if (to == addr || (to - from) / size >= MOST_PROTECTED || !in_image(list, in_front) ||
	    !ks_call_meta_at(finder, in_front))
		return true;
	list->start = from;
	list->stop = to;
	return ++list->nr_found == 1;
}

/** They are the functions among which the one is that kprobes themselves are looked up with. */
struct ks_error *ks_kprobes_find(const struct ks_finder *finder, ks_address_vector *ret,
				 bool *ret_found)
{
	struct protected list = { .finder = finder };
	uint64_t lookup;
	size_t nr;
	*ret_found = false;
	if (!ks_find_address(finder, "get_kprobe", &lookup))
		return NULL;
	list.image.low = code_of(finder, &nr).low;
	list.image.high = ks_data_range_of(finder->elf).high;
	ks_data_scan(finder->elf, (struct ks_data_range){ lookup, lookup }, look_for_protected,
		     &list);
	*ret_found = list.nr_found == 1;
	for (uint64_t at = list.start; *ret_found && at < list.stop; at += word_size(finder))
		if (!ks_vector_add(ret, word_at(finder, at)))
			return &ks_nomem;
	return NULL;
}
