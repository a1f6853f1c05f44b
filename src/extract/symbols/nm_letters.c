/* SPDX-License-Identifier: BSD-2-Clause */
/* What nm's letter for a symbol, its address and its neighbours tell. */
#include <ctype.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "base/array.h"
#include "extract/symbols/kallsyms_tables.h"
#include "extract/symbols/symbols.h"
#include "surface/model.h"

/** Pairs of symbols that the kernel's linker script puts around a section; those of code come first. */
static const struct bounds {
	const char *begin, *end, *section;
} bounds[] = {
	{ "_sinittext", "_einittext", ".init.text" },
	{ "__noinstr_text_start", "__noinstr_text_end", ".noinstr.text" },
	{ "_stext", "_etext", ".text" },
	{ "__start_rodata", "__end_rodata", ".rodata" },
	{ "__init_begin", "__init_end", ".init.data" },
	{ "__bss_start", "__bss_stop", ".bss" },
	{ "_sdata", "_edata", ".data" },
};
enum { NR_BOUNDS = KS_ARRAY_LEN(bounds), SECTION_TEXT = 2, SECTION_DATA = NR_BOUNDS - 1 };

struct range {
	uint64_t begin, end;
};

static bool is_within(const struct range *range, uint64_t addr)
{
	return addr >= range->begin && addr < range->end;
}

static void find_ranges(const struct ks_symbol *symbols, size_t nr, struct range *ranges)
{
	for (size_t i = 0; i < nr; i++) {
		const char *name = symbols[i].name;
		for (size_t k = 0; name[0] == '_' && k < NR_BOUNDS; k++) {
			if (strcmp(name, bounds[k].begin) == 0)
				ranges[k].begin = symbols[i].addr;
			else if (strcmp(name, bounds[k].end) == 0)
				ranges[k].end = symbols[i].addr;
		}
	}
	for (size_t k = 0; k < NR_BOUNDS; k++)
		if (!ranges[k].begin) // kallsyms of functions only have some of the marks
			ranges[k].end = 0;
}

/** A label of the linker script: no function begins there, although the letter is that of one. */
static bool is_mark_itself(const char *name)
{
	static const char *const names[] = { "_text", "_head", "_start", "_end" };
	static const char *const ends[] = { "text_start", "text_begin", "text_end" };
	for (size_t i = 0; i < KS_ARRAY_LEN(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	for (size_t i = 0; i < NR_BOUNDS; i++)
		if (strcmp(name, bounds[i].begin) == 0 || strcmp(name, bounds[i].end) == 0)
			return true;
	for (size_t i = 0; name[0] == '_' && name[1] == '_' && i < KS_ARRAY_LEN(ends); i++)
		if (ks_symbol_ends_in(name, ends[i]))
			return true;
	return strstr(name, "__start___") || strstr(name, "__stop___"); // also behind a prefix
}

/** Names of pieces of the kernel that run elsewhere have another in front. */
static bool is_mark(const char *name)
{
	static const char *const fronts[] = { "__pi_", "__kvm_nvhe_" };
	for (size_t i = 0; i < KS_ARRAY_LEN(fronts); i++)
		if (strncmp(name, fronts[i], strlen(fronts[i])) == 0)
			return is_mark_itself(name + strlen(fronts[i])) ||
			       strstr(name, "__hyp_section_");
	return is_mark_itself(name);
}

/** What tools for Arm and RISC-V call the places where code or data begins; behind a prefix, kallsyms keep it. */
static bool is_mapping(const char *name)
{
	const char *dollar = strrchr(name, '$');
	return dollar && dollar[1] && strchr("adtx", dollar[1]) && !dollar[2];
}

/** Tables of addresses among the code. */
static bool is_table(const char *name)
{
	return ks_symbol_ends_in(name, "sys_call_table") ||
	       strcmp(name, "sys_oabi_call_table") == 0;
}

/** What names the sections of symbols. */
struct naming {
	const struct ks_elf *elf; // NULL: nothing is known of its sections
	struct ks_arena *arena;
	const char **names; // copies of the sections' names, as far as they were needed
	size_t last;	    // section
	struct range ranges[NR_BOUNDS];
};

static bool is_in(const struct ks_section *sec, uint64_t addr)
{
	return sec->flags & SHF_ALLOC && addr >= sec->addr && addr - sec->addr < sec->size;
}

/** The section of an ELF file around an address, or NULL. */
static struct ks_error *elf_section(struct naming *naming, uint64_t addr, const char **ret)
{
	const struct ks_elf *elf = naming->elf;
	*ret = NULL;
	for (size_t n = 0; n < elf->nr_sections; n++) {
		size_t i = (naming->last + n) % elf->nr_sections; // neighbours lie in the same one
		if (!is_in(&elf->sections[i], addr))
			continue;
		if (!naming->names[i])
			naming->names[i] = ks_arena_strdup(naming->arena, elf->sections[i].name);
		naming->last = i;
		*ret = naming->names[i];
		return *ret ? NULL : &ks_nomem;
	}
	return NULL;
}

/** What the letter and the linker's marks say. */
static const char *section_of(const struct range *ranges, const struct ks_symbol *symbol,
			      char letter)
{
	for (size_t k = 0; k < NR_BOUNDS; k++)
		if (is_within(&ranges[k], symbol->addr))
			return bounds[k].section;
	switch (tolower(letter)) {
	case 't':
		return ".text";
	case 'r':
		return ".rodata";
	case 'b':
		return ".bss";
	default:
		return ".data";
	}
}

/** Whether an address is one of code; kallsyms of functions only may lack the marks that tell. */
static bool is_code(const struct range *ranges, uint64_t addr)
{
	for (size_t k = 0; k <= SECTION_TEXT; k++)
		if (is_within(&ranges[k], addr))
			return true;
	return !ranges[SECTION_TEXT].end;
}

static uint8_t type_of(const struct ks_symbol *symbol, char letter, const struct range *ranges)
{
	switch (letter) {
	case 'T':
	case 't':
		if (is_within(&ranges[SECTION_DATA], symbol->addr))
			return STT_OBJECT; // nm goes by the section, and amd64's .data may be executed since 7.2
		if (is_table(symbol->name))
			return STT_OBJECT;
		return is_mark(symbol->name) || is_mapping(symbol->name) ? STT_NOTYPE : STT_FUNC;
	case 'W':
	case 'w': // of either kind
		return is_code(ranges, symbol->addr) ? STT_FUNC : STT_OBJECT;
	case 'i':
		return STT_GNU_IFUNC;
	case 'a':
	case 'A':
	case 'n':
	case 'N':
	case '?':
		return STT_NOTYPE;
	default:
		return STT_OBJECT;
	}
}

static uint8_t bind_of(char letter)
{
	if (strchr("WwVv", letter))
		return STB_WEAK;
	return islower(letter) ? STB_LOCAL : STB_GLOBAL;
}

/** Where functions may have room for tracing in front of them, it is not part of the function before. */
static uint64_t room_in_front(const struct ks_elf *elf)
{
	return elf ? ks_arch_ftrace_front(ks_arch_of_machine(elf->machine)) : 0;
}

/** Functions end where anything follows them, data where other data does. */
static void measure(struct ks_symbol *symbols, size_t nr, uint64_t room)
{
	uint64_t next[2] = { 0, 0 }, after[2] = { 0, 0 }; // of text and of data
	for (size_t i = nr; i-- > 0;) {
		struct ks_symbol *sym = &symbols[i];
		unsigned int kind = sym->type != STT_FUNC && strcmp(sym->section, ".text") != 0;
		if (strcmp(sym->section, "SHN_ABS") == 0)
			continue;
		if (next[kind] != sym->addr)
			after[kind] = next[kind];
		next[kind] = sym->addr;
		sym->size = after[kind] ? after[kind] - sym->addr : 0;
		if (sym->type == STT_FUNC && sym->size > room)
			sym->size -= room;
		if (sym->type == STT_NOTYPE)
			sym->size = 0;
	}
}

struct ks_error *ks_symbols_classify(const struct ks_elf *elf, struct ks_surface *surface,
				     struct ks_symbol *symbols, const char *letters, size_t nr)
{
	_cleanup_arena_ struct ks_arena scratch = { 0 };
	struct naming naming = { .elf = elf && !elf->flat ? elf : NULL,
				 .arena = &surface->arenas[0] };
	size_t names = (elf ? elf->nr_sections : 1) * sizeof(*naming.names);
	naming.names = ks_arena_alloc(&scratch, names);
	if (!naming.names)
		return &ks_nomem;
	memset(naming.names, 0, names);
	find_ranges(symbols, nr, naming.ranges);
	for (size_t i = 0; i < nr; i++) {
		struct ks_symbol *sym = &symbols[i];
		sym->type = type_of(sym, letters[i], naming.ranges);
		sym->bind = bind_of(letters[i]);
		if (tolower(letters[i]) == 'a')
			sym->section = "SHN_ABS";
		else if (naming.elf)
			KS_TRY(elf_section(&naming, sym->addr, &sym->section));
		if (!sym->section)
			sym->section = section_of(naming.ranges, sym, letters[i]);
	}
	measure(symbols, nr, room_in_front(elf));
	surface->symbols = symbols;
	surface->nr_symbols = nr;
	surface->symtab_known = true;
	return NULL;
}
