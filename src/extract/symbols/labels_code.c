/* SPDX-License-Identifier: BSD-2-Clause */
/* What the code and its tables tell of labels: frames (arch/x86/include/asm/orc_types.h) and direct calls. */
#include <elf.h>
#include <string.h>

#include "arch/arch.h"
#include "base/array.h"
#include "extract/symbols/labels.h"
#include "surface/traits.h"

/* ---- frames ---- */

enum { ORC = 6, MAX_KINDS = 64, LEAST_FUNCTIONS = 100, ENOUGH_FUNCTIONS = 4096 };

/** The two tables: distances to where an entry begins to hold, ascending, and the entries. */
struct frames {
	struct ks_cursor places, entries;
	uint64_t first; // address of the first distance
	size_t nr;
};

static uint64_t place_at(const struct frames *frames, size_t i)
{
	struct ks_cursor c = frames->places;
	ks_cursor_take(&c, 4 * i);
	return frames->first + 4 * i + (uint64_t)(int64_t)(int32_t)ks_cursor_u32(&c);
}

/** Kernels since 5.6 sort them when they are built (57fa18994285); others cannot be searched. */
static bool is_sorted(const struct frames *frames)
{
	for (size_t i = 1; i < frames->nr; i++)
		if (place_at(frames, i - 1) > place_at(frames, i))
			return false;
	return true;
}

static bool open_frames(const struct ks_elf *elf, struct frames *ret)
{
	const struct ks_section *places = ks_elf_section(elf, ".orc_unwind_ip"),
				*entries = ks_elf_section(elf, ".orc_unwind");
	if (!places || !entries || !places->data || !entries->data)
		return false;
	*ret = (struct frames){ .places = ks_elf_cursor(elf, places),
				.entries = ks_elf_cursor(elf, entries),
				.first = places->addr,
				.nr = places->size / 4 };
	return ret->nr && ret->nr == entries->size / ORC && is_sorted(ret);
}

/** The entry that holds at an address, as a number that only counts as the same or another one; 0: no table has it. */
static uint64_t frame_at(const struct frames *frames, uint64_t addr)
{
	size_t behind = KS_FIRST_NOT(0, frames->nr, i, place_at(frames, i) <= addr);
	if (!behind)
		return 0;
	struct ks_cursor c = frames->entries;
	ks_cursor_take(&c, ORC * (behind - 1));
	return ks_cursor_u32(&c) | (uint64_t)ks_cursor_u16(&c) << 32;
}

/**
 * The frame that a call leaves, which holds where functions begin: what most known functions begin with. Layout and numbers of
 * entries differ between kernels, that does not.
 * @return 0: none stands out
 */
static uint64_t frame_of_calls(const struct ks_labels *labels, const struct frames *frames)
{
	uint64_t kinds[MAX_KINDS];
	size_t counts[MAX_KINDS] = { 0 }, nr = 0, all = 0, most = 0;
	for (size_t i = 0; i < labels->surface->nr_symbols && all < ENOUGH_FUNCTIONS; i++) {
		const struct ks_symbol *sym = &labels->surface->symbols[i];
		// pieces of functions begin with any frame, and what is in front of one has any
		if (labels->symbol[i] != KS_EVIDENCE_FUNCTION || strchr(sym->name, '.') ||
		    ks_symbol_is_prefix(sym->name))
			continue;
		uint64_t frame = frame_at(frames, sym->addr);
		size_t k = 0;
		while (k < nr && kinds[k] != frame)
			k++;
		if (k == nr && nr < MAX_KINDS)
			kinds[nr++] = frame;
		if (k < nr && ++counts[k] > counts[most])
			most = k;
		all++;
	}
	return all >= LEAST_FUNCTIONS && counts[most] > all - all / 10 ? kinds[most] : 0;
}

/**
 * A label has another frame than a function begins with, or none. Functions that the tables leave out have none either: where the
 * others have symbols in front, BTF lists them.
 */
void ks_labels_by_frames(struct ks_labels *labels)
{
	struct frames frames;
	if (!open_frames(labels->elf, &frames))
		return;
	uint64_t of_calls = frame_of_calls(labels, &frames);
	for (size_t i = 0; i < labels->surface->nr_symbols && of_calls; i++) {
		const struct ks_symbol *sym = &labels->surface->symbols[i];
		if (sym->type != STT_FUNC || labels->symbol[i] >= KS_EVIDENCE_FUNCTION)
			continue;
		uint64_t frame = frame_at(&frames, sym->addr);
		if (frame != of_calls && (frame || (labels->prefixed && labels->assembly)))
			labels->symbol[i] = KS_EVIDENCE_LABEL;
	}
}

/* ---- calls ---- */

static void mark_called(struct ks_labels *labels, uint64_t addr)
{
	const struct ks_symbol *symbols = labels->surface->symbols;
	const struct ks_symbol *sym = ks_symbol_at(labels->index, addr);
	for (int left = KS_MAX_ALIASES; sym && left--; sym = ks_symbol_at_next(labels->index, sym))
		if (sym->type == STT_FUNC && labels->symbol[sym - symbols] == KS_EVIDENCE_NONE)
			labels->symbol[sym - symbols] = KS_EVIDENCE_FUNCTION;
}

/** From the first function to the last one. */
static void code_of(const struct ks_surface *surface, uint64_t *low, uint64_t *high)
{
	*low = UINT64_MAX;
	*high = 0;
	for (size_t i = 0; i < surface->nr_symbols; i++) {
		const struct ks_symbol *sym = &surface->symbols[i];
		if (sym->type != STT_FUNC || !sym->addr)
			continue;
		*low = sym->addr < *low ? sym->addr : *low;
		*high = sym->addr > *high ? sym->addr : *high;
	}
}

/** Where an instruction calls to. @param word with the distance, or the target's lower bits, in its own lowest bits */
static uint64_t target_of(const struct ks_arch_call *call, uint64_t addr, uint32_t word)
{
	const unsigned int unused = 32 - call->bits;
	if (call->region) {
		uint64_t within = ((uint64_t)4 << call->bits) - 4;
		return ((addr + 4) & ~(within | 3)) | ((uint64_t)word << 2 & within);
	}
	int64_t distance = (int32_t)(word << unused) >> unused;
	return addr + call->ahead + (uint64_t)(call->bytes ? distance : 4 * distance);
}

static void read_calls(struct ks_labels *labels, const struct ks_arch_call *call,
		       const struct ks_section *sec, uint64_t low, uint64_t high)
{
	const unsigned int step = call->bytes ? 1 : 4;
	const uint64_t all = labels->elf->is64 ? UINT64_MAX : UINT32_MAX;
	uint64_t in_front = sec->addr < low ? (low - sec->addr) & ~(uint64_t)3 : 0;
	uint64_t addr = sec->addr + in_front;
	struct ks_cursor c = ks_elf_cursor(labels->elf, sec);
	ks_cursor_take(&c, in_front);
	for (; addr < high && (size_t)(c.end - c.pos) > sizeof(uint32_t); addr += step) {
		struct ks_cursor at = c;
		ks_cursor_take(&c, step);
		uint32_t word = call->bytes ? ks_cursor_u8(&at) : ks_cursor_u32(&at);
		if ((word & call->mask) != call->value)
			continue;
		word = call->bytes ? ks_cursor_u32(&at) : word;
		mark_called(labels, target_of(call, addr, word) & all);
	}
}

void ks_labels_by_calls(struct ks_labels *labels)
{
	const struct ks_elf *elf = labels->elf;
	const struct ks_arch *arch = ks_arch_of_elf(elf->machine, elf->is64, elf->big_endian);
	uint64_t low, high, left = elf->map_len; // sections that share bytes do not multiply them
	if (!arch || !arch->call.mask)
		return;
	code_of(labels->surface, &low, &high);
	for (size_t i = 0; i < elf->nr_sections; i++) {
		const struct ks_section *sec = &elf->sections[i];
		if (!sec->data || !(sec->flags & SHF_EXECINSTR) || sec->addr + sec->size <= low ||
		    sec->addr > high)
			continue;
		if (sec->size > left)
			return;
		left -= sec->size;
		read_calls(labels, &arch->call, sec, low, high);
	}
}
