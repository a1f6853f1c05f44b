/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kallsyms have a letter for the section of a symbol, and none for its type: labels in assembly look like functions. What tells
 * them apart lies in the image. BTF lists nearly all functions, those in assembly, too; the few it leaves out have an entry of
 * ftrace, or stand where only functions stand.
 */
#include "extract/symbols/labels.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "base/array.h"
#include "surface/traits.h"

/** How far in front of a function its prefix symbol is at most; how near to another symbol one may be a bound of it. */
enum {
	PREFIX_REACH = 64,
	LEAST_PREFIXED = 4, // one of so many symbols
	BOUND_REACH = 8,
	LEAST_FUNCTIONS = 1000,
	ZEROS = 512,
	PAGE = 4096,
	MOST_ALIGNED = 16
};

static const struct ks_symbol *symbol_of(const struct ks_labels *labels, size_t i)
{
	return &labels->surface->symbols[i];
}

static bool is_open(const struct ks_labels *labels, size_t i)
{
	return symbol_of(labels, i)->type == STT_FUNC && labels->symbol[i] == KS_EVIDENCE_NONE;
}

/* ---- functions ---- */

/**
 * BTF lists functions in assembly, and all others, where the assembler describes them (binutils 2.35), and pahole does not
 * go by ftrace's table. This is one on amd64 and arm64, and nothing traces it.
 */
static bool is_assembly(const char *name)
{
	return strcmp(name, "copy_page") == 0;
}

static void mark_functions_of_btf(struct ks_labels *labels)
{
	const struct ks_surface *surface = labels->surface;
	for (size_t i = 0; i < surface->nr_functions; i++) {
		const struct ks_function *fn = &surface->functions[i];
		if (!fn->nr_btf)
			continue;
		labels->assembly = labels->assembly || is_assembly(fn->name);
		for (const struct ks_symbol *s = ks_symbol_function(labels->index, fn->name); s;
		     s = ks_symbol_function_next(labels->index, s))
			labels->symbol[s - surface->symbols] = KS_EVIDENCE_FUNCTION;
	}
}

/** Whether a symbol may be a bound of what another one stands for. */
static bool may_be_bound(const struct ks_labels *labels, size_t i)
{
	static const char *const ends[] = { "_start", "_end", "_begin", "_stop" };
	const struct ks_symbol *sym = symbol_of(labels, i);
	bool named = false, shared = false;
	for (size_t k = 0; k < KS_ARRAY_LEN(ends); k++)
		named = named || ks_symbol_ends_in(sym->name, ends[k]);
	if (!named)
		return false;
	for (uint64_t ahead = 0; ahead <= BOUND_REACH && !shared; ahead++) {
		const struct ks_symbol *other = ks_symbol_at(labels->index, sym->addr + ahead);
		for (int left = KS_MAX_ALIASES; other && left-- && !shared;
		     other = ks_symbol_at_next(labels->index, other))
			shared = other != sym && other->type == STT_FUNC;
	}
	return shared;
}

/** Names that tools put in front of functions, of padding and of checks of calls. */
static bool has_prefix_symbol(const struct ks_labels *labels, const struct ks_symbol *sym)
{
	static const char *const fronts[] = { "__pfx_", "__cfi_" };
	char name[512];
	size_t len = strlen(sym->name);
	for (size_t k = 0; k < KS_ARRAY_LEN(fronts) && len < sizeof(name) - 8; k++) {
		size_t front = strlen(fronts[k]);
		memcpy(name, fronts[k], front);
		memcpy(name + front, sym->name, len + 1);
		const struct ks_symbol *p = ks_symbol_find(labels->index, name, 1u << STT_FUNC);
		for (int left = KS_MAX_ALIASES; p && left--;
		     p = ks_symbol_find_next(labels->index, p, 1u << STT_FUNC))
			if (p->addr < sym->addr && sym->addr - p->addr <= PREFIX_REACH)
				return true;
	}
	return false;
}

/** Whether functions in general have such. */
static bool are_prefixed(const struct ks_surface *surface)
{
	size_t nr = 0, prefixes = 0;
	for (size_t i = 0; i < surface->nr_symbols; i++) {
		nr += surface->symbols[i].type == STT_FUNC;
		prefixes += ks_symbol_is_prefix(surface->symbols[i].name);
	}
	return prefixes && prefixes >= nr / LEAST_PREFIXED;
}

/** The code of static calls, which is nothing but their trampolines; empty when there is none. */
static void find_static_calls(const struct ks_labels *labels, uint64_t *start, uint64_t *stop)
{
	static const unsigned int any = ~0u;
	const struct ks_symbol *begin =
		ks_symbol_find(labels->index, "__static_call_text_start", any);
	const struct ks_symbol *end = ks_symbol_find(labels->index, "__static_call_text_end", any);
	*start = begin && end ? begin->addr : 0;
	*stop = begin && end ? end->addr : 0;
}

static bool has_suffix(const struct ks_symbol *sym)
{
	return *sym->name && strchr(sym->name + 1, '.');
}

/** Compilers make copies and pieces of functions. */
static bool has_copies(const struct ks_labels *labels, const struct ks_symbol *sym)
{
	const struct ks_symbol *copy = ks_symbol_function(labels->index, sym->name);
	for (int left = KS_MAX_ALIASES; copy && left--;
	     copy = ks_symbol_function_next(labels->index, copy))
		if (has_suffix(copy))
			return true;
	return false;
}

/** What names tell. */
static bool named_as_function(const struct ks_labels *labels, const struct ks_symbol *sym)
{
	return has_suffix(sym) || has_copies(labels, sym) || ks_symbol_is_prefix(sym->name) ||
	       has_prefix_symbol(labels, sym);
}

/** What the begin of the code tells. */
static bool begins_as_function(const struct ks_labels *labels, const struct ks_arch *arch,
			       const struct ks_symbol *sym)
{
	if (!labels->elf || !arch || !arch->entry_mark)
		return false;
	struct ks_cursor c = ks_elf_at(labels->elf, sym->addr);
	return ks_cursor_u32(&c) == arch->entry_mark && !c.why;
}

static void mark_functions(struct ks_labels *labels, const struct ks_arch *arch)
{
	uint64_t start, stop;
	find_static_calls(labels, &start, &stop);
	for (size_t i = 0; i < labels->surface->nr_symbols; i++) {
		const struct ks_symbol *sym = symbol_of(labels, i);
		if (!is_open(labels, i))
			continue;
		if (named_as_function(labels, sym) || (sym->addr >= start && sym->addr < stop))
			labels->symbol[i] = KS_EVIDENCE_FUNCTION;
		else if (may_be_bound(labels, i))
			labels->symbol[i] = KS_EVIDENCE_BOUND;
		else if (sym->attach & (KS_ATTACH_FTRACE | KS_ATTACH_INJECT) ||
			 begins_as_function(labels, arch, sym))
			labels->symbol[i] = KS_EVIDENCE_FUNCTION;
	}
}

/** Another name of what is a function is one. */
static void mark_aliases(struct ks_labels *labels)
{
	const struct ks_symbol *symbols = labels->surface->symbols;
	for (size_t i = 0; i < labels->surface->nr_symbols; i++) {
		if (!is_open(labels, i))
			continue;
		const struct ks_symbol *other = ks_symbol_at(labels->index, symbols[i].addr);
		for (int left = KS_MAX_ALIASES; other && left--;
		     other = ks_symbol_at_next(labels->index, other))
			if (labels->symbol[other - symbols] == KS_EVIDENCE_FUNCTION &&
			    other->addr) // 0: a running kernel hides them
				labels->symbol[i] = KS_EVIDENCE_FUNCTION;
	}
}

/* ---- labels ---- */

/** Page tables lie among the code. Smaller places are code that is only written when the kernel boots (mips). */
static bool is_zero_page(const struct ks_labels *labels, const struct ks_symbol *sym)
{
	struct ks_cursor c = ks_elf_at(labels->elf, sym->addr);
	uint8_t any = sym->addr % PAGE != 0;
	for (int i = 0; i < ZEROS && !any; i++)
		any |= ks_cursor_u8(&c);
	return !any && !c.why;
}

/** What all functions begin at a multiple of that BTF lists; 1: assembly is not among them. */
static uint64_t alignment(const struct ks_labels *labels)
{
	uint64_t low = MOST_ALIGNED, nr = 0;
	for (size_t i = 0; i < labels->surface->nr_symbols; i++) {
		const struct ks_symbol *sym = symbol_of(labels, i);
		if (labels->symbol[i] != KS_EVIDENCE_FUNCTION || strchr(sym->name, '.'))
			continue;
		low |= sym->addr;
		nr++;
	}
	return labels->assembly && nr >= LEAST_FUNCTIONS ? low & -low : 1;
}

static void mark_labels(struct ks_labels *labels)
{
	uint64_t aligned = alignment(labels);
	for (size_t i = 0; i < labels->surface->nr_symbols; i++) {
		const struct ks_symbol *sym = symbol_of(labels, i);
		if (sym->type == STT_FUNC && labels->symbol[i] < KS_EVIDENCE_FUNCTION &&
		    (sym->addr % aligned || is_zero_page(labels, sym)))
			labels->symbol[i] = KS_EVIDENCE_LABEL;
	}
	ks_labels_by_frames(labels);
}

/* ---- what follows ---- */

static void write_types(const struct ks_labels *labels, struct ks_surface *surface)
{
	static const uint8_t types[] = { [KS_EVIDENCE_NONE] = KS_STT_UNTOLD,
					 [KS_EVIDENCE_BOUND] = KS_STT_UNTOLD,
					 [KS_EVIDENCE_FUNCTION] = STT_FUNC,
					 [KS_EVIDENCE_LABEL] = STT_NOTYPE };
	// the extraction owns both
	struct ks_symbol *symbols = (struct ks_symbol *)surface->symbols;
	for (size_t i = 0; i < surface->nr_symbols; i++)
		if (symbols[i].type == STT_FUNC)
			symbols[i].type = types[labels->symbol[i]];
	for (size_t i = 0; i < surface->nr_functions; i++) {
		const struct ks_function *fn = &surface->functions[i];
		struct ks_symbol *copies = (struct ks_symbol *)fn->symbols;
		const struct ks_symbol *sym = ks_symbol_function(labels->index, fn->name);
		for (uint32_t k = 0; k < fn->nr_symbols && sym; k++) { // as they were copied
			copies[k].type = sym->type;
			sym = ks_symbol_function_next(labels->index, sym);
		}
	}
}

struct ks_error *ks_labels_tell(const struct ks_elf *elf, const struct ks_symbol_index *index,
				struct ks_surface *surface)
{
	struct ks_labels labels = { .elf = elf, .index = index, .surface = surface };
	const struct ks_arch *arch =
		elf ? ks_arch_of_elf(elf->machine, elf->is64, elf->big_endian) : NULL;
	labels.symbol = calloc(surface->nr_symbols + 1, sizeof(*labels.symbol));
	if (!labels.symbol)
		return &ks_nomem;
	labels.prefixed = are_prefixed(surface);
	mark_functions_of_btf(&labels);
	mark_functions(&labels, arch);
	mark_aliases(&labels);
	if (elf) {
		mark_labels(&labels);
		if (!labels.assembly)
			ks_labels_by_calls(&labels);
	}
	write_types(&labels, surface);
	free(labels.symbol);
	surface->image.facts |= KS_FACT_LABELS;
	return NULL;
}
