/* SPDX-License-Identifier: BSD-2-Clause */
/* What can be attached to each function symbol: the tables the kernel itself asks when a program attaches. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "base/array.h"
#include "extract/tables/attach.h"

/* ---- tables of addresses ---- */

static bool add_addresses(const struct ks_finder *finder, struct ks_cursor *c, uint64_t size,
			  bool pair, ks_address_vector *ret)
{
	uint64_t word = finder->elf->is64 ? 8 : 4, entry = pair ? 2 * word : word;
	for (uint64_t left = size / entry; left--;) {
		uint64_t addr = ks_elf_word(finder->elf, c);
		if (pair)
			ks_cursor_take(c, word);
		if (addr && !c->why && !ks_vector_add(ret, addr))
			return false;
	}
	return true;
}

struct ks_error *ks_addresses_read(const struct ks_finder *finder,
				   const struct ks_address_table *table, ks_address_vector *ret,
				   bool *ret_known)
{
	uint64_t start, stop, all = 0;
	size_t before = ret->len;
	bool found = false;
	if (ks_find_address(finder, table->start, &start) &&
	    ks_find_address(finder, table->stop, &stop)) {
		struct ks_cursor c = ks_elf_at(finder->elf, start);
		all = stop - start;
		found = stop == start || all <= (uint64_t)(c.end - c.pos); // as unsigned numbers
		if (found && !add_addresses(finder, &c, all, table->pair, ret))
			return &ks_nomem;
	} else if (finder->elf->type == ET_REL) {
		found = true; // a module without the section has an empty table
		for (int i = 0; i < 2 && table->sections[i]; i++) {
			struct ks_cursor c = ks_elf_cursor(
				finder->elf, ks_elf_section(finder->elf, table->sections[i]));
			uint64_t size = (uint64_t)(c.end - c.pos);
			all += size;
			if (!add_addresses(finder, &c, size, table->pair, ret))
				return &ks_nomem;
		}
	} else if (table->find && !ks_find_tells_data(finder)) {
		KS_TRY(table->find(finder, ret, &found));
		all = ret->len - before;
	}
	// nothing but zeros: the values are in relocations that are not there
	*ret_known = found && (!all || ret->len > before);
	return NULL;
}

void ks_attach_mark(const struct ks_finder *finder, uint64_t addr, uint8_t bits)
{
	struct ks_symbol *symbols = ks_attach_symbols(finder);
	const struct ks_symbol *sym = ks_symbol_at(finder->symbols, addr);
	for (int left = KS_MAX_ALIASES; sym && left--;
	     sym = ks_symbol_at_next(finder->symbols, sym))
		if (sym->type == STT_FUNC)
			symbols[sym - finder->surface->symbols].attach |= bits;
}

/* ---- ftrace ---- */

/**
 * Where the place that ftrace patches may lie, in bytes from the function's symbol: at the symbol or behind a
 * landing pad where compilers put the call first, in the prologue where they do not. In front of it where the
 * kernel keeps a pointer there (arm64 and riscv64, CALL_OPS). What lies further behind belongs to a weak
 * function whose symbol is gone.
 */
struct reach {
	uint8_t in_front, behind;
	bool thumb; // an Arm function in Thumb code has an odd address, which its table entry has not
};
enum { REACH_BEHIND = 64, REACH_UNSIZED = 16 };

static int compare_addresses(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

/** Places in order, and for each stretch of 1 << shift bytes from the first place on where its own begin. */
struct places {
	ks_address_vector at;
	uint32_t *first;
	size_t nr_stretches;
	unsigned int shift;
};

static bool index_places(struct places *places)
{
	size_t nr = places->at.len;
	const uint64_t *at = places->at.at;
	bool sorted = true; // as most linkers and build tools leave the table
	for (size_t i = 1; i < nr && sorted; i++)
		sorted = at[i - 1] <= at[i];
	if (!sorted)
		qsort(places->at.at, nr, sizeof(*at), compare_addresses);
	while (nr && (at[nr - 1] - at[0]) >> places->shift >= nr)
		places->shift++;
	places->nr_stretches = nr ? ((at[nr - 1] - at[0]) >> places->shift) + 1 : 0;
	places->first = calloc(places->nr_stretches + 1, sizeof(*places->first));
	if (!places->first)
		return false;
	for (size_t i = 0, stretch = 0; i < nr; i++)
		for (; stretch <= (at[i] - at[0]) >> places->shift; stretch++)
			places->first[stretch] = (uint32_t)i;
	places->first[places->nr_stretches] = (uint32_t)nr;
	return true;
}

/** Whether some place lies in [from, to). */
static bool any_between(const struct places *places, uint64_t from, uint64_t to)
{
	const uint64_t *at = places->at.at;
	size_t nr = places->at.len;
	if (!nr || from > at[nr - 1])
		return false;
	size_t stretch = from <= at[0] ? 0 : (from - at[0]) >> places->shift;
	size_t first =
		KS_FIRST_NOT(places->first[stretch], places->first[stretch + 1], i, at[i] < from);
	return first < nr && at[first] < to;
}

static bool has_ftrace(const struct places *places, const struct reach *reach,
		       const struct ks_symbol *sym)
{
	uint64_t at = reach->thumb ? sym->addr & ~(uint64_t)1 : sym->addr;
	uint64_t size = sym->size ? sym->size : REACH_UNSIZED;
	if (size > (uint64_t)reach->behind + 1)
		size = (uint64_t)reach->behind + 1;
	if (any_between(places, at, at + size))
		return true;
	uint64_t front = at - reach->in_front;
	return reach->in_front && any_between(places, front, front + 1);
}

static void mark_ftrace(const struct ks_finder *finder, const struct places *places)
{
	struct ks_symbol *symbols = ks_attach_symbols(finder);
	const struct ks_arch *arch = ks_arch_of_machine(finder->elf->machine);
	const struct reach reach = {
		.in_front = ks_arch_ftrace_front(arch),
		.behind = arch ? arch->ftrace_behind : REACH_BEHIND,
		.thumb = arch && arch->thumb,
	};
	for (size_t i = 0; i < finder->surface->nr_symbols; i++)
		if (symbols[i].type == STT_FUNC && has_ftrace(places, &reach, &symbols[i]))
			symbols[i].attach |= KS_ATTACH_FTRACE;
}

static struct ks_error *extract_ftrace(const struct ks_finder *finder)
{
	static const struct ks_address_table table = {
		"__start_mcount_loc",
		"__stop_mcount_loc",
		{ "__mcount_loc", "__patchable_function_entries" },
		false,
		ks_ftrace_find,
	};
	struct places places = { 0 };
	bool known;
	struct ks_error *err = ks_addresses_read(finder, &table, &places.at, &known);
	if (!err && known && !index_places(&places))
		err = &ks_nomem;
	if (!err && known) {
		finder->surface->image.facts |= KS_FACT_FTRACE;
		mark_ftrace(finder, &places);
	}
	ks_vector_deinit(&places.at);
	free(places.first);
	return err;
}

/* ---- error injection ---- */

/** The list by its two names: of 4.16 on, and of 4.15 before it told kinds of errors apart. */
static const struct ks_address_table inject_tables[] = {
	{ "__start_error_injection_whitelist",
	  "__stop_error_injection_whitelist",
	  { "_error_injection_whitelist" },
	  true,
	  NULL },
	{ "__start_kprobe_error_inject_list",
	  "__stop_kprobe_error_inject_list",
	  { "_kprobe_error_inject_list" },
	  false,
	  NULL },
};

/**
 * A kernel that lists what kprobes must not touch, and no functions that may fail, is built without error
 * injection: both lists are bounded by symbols of one linker script.
 */
static bool built_without_inject(const struct ks_finder *finder)
{
	uint64_t addr;
	for (size_t i = 0; i < KS_ARRAY_LEN(inject_tables); i++)
		if (ks_find_address(finder, inject_tables[i].start, &addr))
			return false;
	return ks_find_address(finder, "__start_kprobe_blacklist", &addr);
}

static struct ks_error *extract_inject(const struct ks_finder *finder)
{
	if (built_without_inject(finder)) {
		finder->surface->image.facts |= KS_FACT_INJECT;
		return NULL;
	}
	for (size_t i = 0; i < KS_ARRAY_LEN(inject_tables); i++) {
		ks_address_vector list = { 0 };
		bool known;
		struct ks_error *err = ks_addresses_read(finder, &inject_tables[i], &list, &known);
		if (!err && known)
			finder->surface->image.facts |= KS_FACT_INJECT;
		for (size_t k = 0; !err && k < list.len; k++)
			ks_attach_mark(finder, list.at[k], KS_ATTACH_INJECT);
		ks_vector_deinit(&list);
		KS_TRY(err);
	}
	return NULL;
}

/* ---- memory that is freed ---- */

/** Where symbols name code only, or a kernel that runs lists no end, that is all of the memory whose symbols are there. */
static bool find_init(const struct ks_finder *finder, uint64_t *start, uint64_t *stop)
{
	if (!ks_find_address(finder, "__init_end", stop))
		return (!ks_find_tells_data(finder) ||
			finder->surface->image.tier == KS_TIER_LIVE) &&
		       ks_find_address(finder, "_sinittext", start) &&
		       ks_find_address(finder, "_einittext", stop) && *start < *stop;
	return ks_find_address(finder, "__init_begin", start) && *start < *stop;
}

void ks_extract_init(const struct ks_finder *finder)
{
	static const char section[] = ".init.text";
	uint64_t start, stop;
	bool range = find_init(finder, &start, &stop);
	if (!range && finder->elf->type != ET_REL)
		return;
	struct ks_symbol *symbols = ks_attach_symbols(finder);
	finder->surface->image.facts |= KS_FACT_INIT;
	for (size_t i = 0; i < finder->surface->nr_symbols; i++) {
		struct ks_symbol *sym = &symbols[i];
		if (sym->type == STT_FUNC &&
		    (range ? sym->addr >= start && sym->addr < stop
			   : strncmp(sym->section, section, sizeof(section) - 1) == 0))
			sym->attach |= KS_ATTACH_INIT;
	}
}

struct ks_error *ks_extract_attach(const struct ks_finder *finder)
{
	KS_TRY(extract_ftrace(finder));
	KS_TRY(ks_attach_kprobes(finder));
	KS_TRY(extract_inject(finder));
	ks_extract_init(finder);
	return NULL;
}
