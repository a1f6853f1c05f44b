/* SPDX-License-Identifier: BSD-2-Clause */
/* Which functions the kernel refuses to kprobes: a list of addresses, and ranges of code by architecture. */
#include <elf.h>
#include <string.h>

#include "arch/arch.h"
#include "base/array.h"
#include "extract/tables/attach.h"

/** Ranges of code without kprobes in kernels of every machine that have them. */
static const struct ks_arch_range common_areas[] = {
	{ "__kprobes_text_start", "__kprobes_text_end", 0, 0 },
	{ "__noinstr_text_start", "__noinstr_text_end", 0, 0 },
	{ 0 },
};
enum { MAX_RANGES = 16 };
struct range {
	uint64_t start, stop; // [start, stop)
};

/** Since then the symbol without a suffix decides for a clone, too. */
static const struct ks_gate suffixes = { KS_SINCE(5, 1), "6143c6fb1e8f" };

/** Of a module: the sections whose code has no kprobes. */
static const char *const module_sections[] = { ".kprobes.text", ".noinstr.text" };

/** Where the ranges of a list lie in this kernel. @return how many there are, those before counted */
static size_t find_ranges(const struct ks_finder *finder, const struct ks_arch_range *area,
			  struct range ranges[], size_t nr)
{
	uint32_t version = ks_version_of(finder->surface->image.version);
	for (; area && area->start && nr < MAX_RANGES; area++) {
		struct range range;
		if (version >= area->since && (!area->until || version < area->until) &&
		    ks_find_address(finder, area->start, &range.start) &&
		    ks_find_address(finder, area->stop, &range.stop) && range.start < range.stop)
			ranges[nr++] = range;
	}
	return nr;
}

static void mark_ranges(const struct ks_finder *finder)
{
	const struct ks_arch *arch = ks_arch_of_machine(finder->elf->machine);
	struct range ranges[MAX_RANGES];
	size_t nr = find_ranges(finder, common_areas, ranges, 0);
	nr = find_ranges(finder, arch ? arch->no_kprobes : NULL, ranges, nr);
	struct ks_symbol *symbols = ks_attach_symbols(finder);
	for (size_t i = 0; i < finder->surface->nr_symbols; i++) {
		if (symbols[i].type != STT_FUNC)
			continue;
		for (size_t k = 0; k < nr; k++)
			if (symbols[i].addr >= ranges[k].start && symbols[i].addr < ranges[k].stop)
				symbols[i].attach |= KS_ATTACH_NO_KPROBE;
	}
}

static void mark_sections(const struct ks_finder *finder)
{
	struct ks_symbol *symbols = ks_attach_symbols(finder);
	for (size_t i = 0; i < finder->surface->nr_symbols; i++)
		for (size_t k = 0; k < KS_ARRAY_LEN(module_sections); k++)
			if (symbols[i].type == STT_FUNC &&
			    strcmp(symbols[i].section, module_sections[k]) == 0)
				symbols[i].attach |= KS_ATTACH_NO_KPROBE;
}

/** A suffixed symbol is refused as the function that the kernel finds under its name without the suffix. */
void ks_attach_suffixed(const struct ks_finder *finder)
{
	if (!ks_gate_is_open(&suffixes, ks_version_of(finder->surface->image.version)))
		return;
	struct ks_symbol *symbols = ks_attach_symbols(finder);
	for (size_t i = 0; i < finder->surface->nr_symbols; i++) {
		const struct ks_symbol *plain = &symbols[i];
		if (!(plain->attach & KS_ATTACH_NO_KPROBE) || strchr(plain->name, '.') ||
		    ks_symbol_find(finder->symbols, plain->name, 1u << STT_FUNC) != plain)
			continue;
		for (const struct ks_symbol *sym = ks_symbol_function(finder->symbols, plain->name);
		     sym; sym = ks_symbol_function_next(finder->symbols, sym))
			symbols[sym - symbols].attach |=
				sym->name[strlen(plain->name)] ? KS_ATTACH_NO_KPROBE : 0;
	}
}

struct ks_error *ks_attach_kprobes(const struct ks_finder *finder)
{
	static const struct ks_address_table table = {
		"__start_kprobe_blacklist",
		"__stop_kprobe_blacklist",
		{ "_kprobe_blacklist" },
		false,
		ks_kprobes_find,
	};
	ks_address_vector list = { 0 };
	bool known;
	struct ks_error *err = ks_addresses_read(finder, &table, &list, &known);
	if (!err && known) {
		finder->surface->image.facts |= KS_FACT_KPROBE;
		for (size_t i = 0; i < list.len; i++)
			ks_attach_mark(finder, list.at[i], KS_ATTACH_NO_KPROBE);
		mark_ranges(finder);
		if (finder->elf->type == ET_REL)
			mark_sections(finder);
		ks_attach_suffixed(finder);
	}
	ks_vector_deinit(&list);
	return err;
}
