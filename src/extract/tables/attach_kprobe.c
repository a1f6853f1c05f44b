/* SPDX-License-Identifier: BSD-2-Clause */
/* Which functions the kernel refuses to kprobes: a list of addresses, and ranges of code by architecture. */
#include <elf.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "extract/tables/attach.h"

#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258
#endif

#define VERSION(major, minor) ((major) << 8 | (minor))
enum { ALWAYS = VERSION(255, 255) };

/** A range of code without kprobes, where an architecture's kernels have it: since <= version < until. */
static const struct area {
	const char *start, *stop;
	uint16_t machine; // EM_NONE: all
	uint16_t since, until;
} areas[] = {
	{ "__kprobes_text_start", "__kprobes_text_end", EM_NONE, 0, ALWAYS },
	{ "__noinstr_text_start", "__noinstr_text_end", EM_NONE, 0, ALWAYS },
	{ "__entry_text_start", "__entry_text_end", EM_X86_64, 0, ALWAYS },
	{ "__irqentry_text_start", "__irqentry_text_end", EM_X86_64, VERSION(5, 1), VERSION(5, 8) },
	{ "__entry_text_start", "__entry_text_end", EM_386, 0, ALWAYS },
	{ "__irqentry_text_start", "__irqentry_text_end", EM_386, VERSION(5, 1), VERSION(5, 8) },
	{ "__entry_text_start", "__entry_text_end", EM_AARCH64, 0, ALWAYS },
	{ "__irqentry_text_start", "__irqentry_text_end", EM_AARCH64, VERSION(5, 0), ALWAYS },
	{ "__exception_text_start", "__exception_text_end", EM_AARCH64, 0, ALWAYS },
	{ "__idmap_text_start", "__idmap_text_end", EM_AARCH64, 0, ALWAYS },
	{ "__hyp_text_start", "__hyp_text_end", EM_AARCH64, 0, ALWAYS },
	{ "__hyp_idmap_text_start", "__hyp_idmap_text_end", EM_AARCH64, 0, ALWAYS },
	{ "__entry_text_start", "__entry_text_end", EM_ARM, VERSION(4, 17), ALWAYS },
	{ "__irqentry_text_start", "__irqentry_text_end", EM_ARM, VERSION(4, 17), ALWAYS },
	{ "__idmap_text_start", "__idmap_text_end", EM_ARM, VERSION(4, 17), ALWAYS },
	{ "__irqentry_text_start", "__irqentry_text_end", EM_RISCV, 0, ALWAYS },
	{ "__irqentry_text_start", "__irqentry_text_end", EM_LOONGARCH, 0, ALWAYS },
	{ "_stext", "__head_end", EM_PPC64, VERSION(4, 13), ALWAYS },
	{ "_stext", "__head_end", EM_PPC, VERSION(4, 13), ALWAYS },
};
enum { NR_AREAS = KS_ARRAY_LEN(areas) };
struct range {
	uint64_t start, stop; // [start, stop)
};

/** Since then the symbol without a suffix decides for a clone, too. */
enum { SUFFIXES_SINCE = VERSION(5, 0) };

/** Of a module: the sections whose code has no kprobes. */
static const char *const module_sections[] = { ".kprobes.text", ".noinstr.text" };

static unsigned int version_of(const struct ks_image *image)
{
	unsigned int major = 0, minor = 0;
	if (!image->version || sscanf(image->version, "%3u.%3u", &major, &minor) < 1)
		return 0;
	return VERSION(major, minor);
}

/** Where the ranges of this kernel lie. @return how many there are */
static size_t find_ranges(const struct ks_finder *finder, unsigned int version,
			  struct range ranges[])
{
	size_t nr = 0;
	for (size_t i = 0; i < NR_AREAS; i++) {
		struct range range;
		if ((areas[i].machine == EM_NONE || areas[i].machine == finder->elf->machine) &&
		    version >= areas[i].since && version < areas[i].until &&
		    ks_find_address(finder, areas[i].start, &range.start) &&
		    ks_find_address(finder, areas[i].stop, &range.stop) && range.start < range.stop)
			ranges[nr++] = range;
	}
	return nr;
}

static void mark_ranges(const struct ks_finder *finder, unsigned int version)
{
	struct range ranges[NR_AREAS];
	size_t nr = find_ranges(finder, version, ranges);
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
	if (version_of(&finder->surface->image) < SUFFIXES_SINCE)
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
	};
	unsigned int version = version_of(&finder->surface->image);
	ks_address_vector list = { 0 };
	bool known;
	struct ks_error *err = ks_addresses_read(finder, &table, &list, &known);
	if (!err && known) {
		finder->surface->image.facts |= KS_FACT_KPROBE;
		for (size_t i = 0; i < list.len; i++)
			ks_attach_mark(finder, list.at[i], KS_ATTACH_NO_KPROBE);
		mark_ranges(finder, version);
		if (finder->elf->type == ET_REL)
			mark_sections(finder);
		ks_attach_suffixed(finder);
	}
	ks_vector_deinit(&list);
	return err;
}
