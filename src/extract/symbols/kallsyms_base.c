/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a flat image is linked, when its kallsyms do not say so themselves. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "elf/flat.h"
#include "extract/symbols/kallsyms_tables.h"
#include "surface/model.h"

enum { ALIGN = 64 << 10 }; // of all images that are linked for a virtual address

/**
 * It is where a relocation falls on the place of the base and says an address near the image's start. Nearest
 * counts: _text, or _stext where kallsyms hold nothing before it.
 */
void ks_kallsyms_relocate(const struct ks_elf *elf, struct ks_kallsyms *tables)
{
	enum { START = 2 << 20, VALUE_AT = offsetof(Elf64_Sym, st_value) };
	struct ks_flat_relocations all;
	uint64_t best = UINT64_MAX;
	ks_flat_find_relocations(elf, &all);
	struct ks_cursor c = ks_elf_cursor(elf, tables->section);
	ks_cursor_take(&c, all.begin);
	for (uint64_t i = all.begin; i < all.end; i += sizeof(Elf64_Rela)) {
		uint64_t where = ks_cursor_u64(&c), symbol = ks_cursor_u64(&c) >> 32;
		uint64_t value = ks_cursor_u64(&c), image = where - tables->base_at;
		if (image % ALIGN)
			continue;
		if (symbol) {
			struct ks_cursor sym = ks_elf_cursor(elf, tables->section);
			ks_cursor_take(&sym, all.symbols + symbol * sizeof(Elf64_Sym) + VALUE_AT);
			value += ks_cursor_u64(&sym);
		}
		if (value - image > START || value - image >= best)
			continue;
		best = value - image;
		tables->base = value;
		tables->start = image;
	}
}

/* ---- by pointers ---- */

/*
 * Tables of functions are everywhere in a kernel. A pointer and a function agree in the lower 16 bits, whatever the
 * image's start: each such pair votes for the start that it stands for. A function votes once for each, as words that
 * are no pointers come in repeats.
 */
enum { SLOTS = 1 << 16, ENOUGH = 1024, LEAST = 32 };

struct vote {
	uint64_t start;
	uint32_t nr;
};
struct poll {
	const struct ks_symbol *symbols;
	uint32_t *first, *next; // functions by the lower bits of their addresses, + 1
	uint64_t *voted;	// by each, the last time
	struct vote *votes;	// a slot each; who comes to a taken one weakens its owner
	struct vote best;
};

static void vote_for(struct poll *poll, uint64_t start)
{
	struct vote *vote = &poll->votes[(start / ALIGN * 0x9e3779b97f4a7c15u) >> 48];
	if (!vote->nr)
		vote->start = start;
	if (vote->start != start) {
		vote->nr--;
		return;
	}
	vote->nr++;
	if (vote->nr > poll->best.nr)
		poll->best = *vote;
}

static void ask(struct poll *poll, uint64_t pointer)
{
	enum { AT_MOST = 64 };
	uint32_t i = poll->first[pointer % ALIGN];
	for (int n = 0; i && n < AT_MOST; i = poll->next[i - 1], n++) {
		uint64_t start = pointer - poll->symbols[i - 1].addr;
		if (start == poll->voted[i - 1] || poll->symbols[i - 1].addr > pointer)
			continue;
		poll->voted[i - 1] = start;
		vote_for(poll, start);
	}
}

/** Kernels live in the upper half of the addresses, but for machines where they begin near 0. */
static bool may_point(bool low, size_t size, uint64_t word)
{
	if (low)
		return word >= ALIGN && word <= UINT32_MAX;
	return word >> (8 * size - 1);
}

/** All words that may be pointers: those of relocations, or else all of the image. Data comes last in it. */
static void ask_all(struct poll *poll, const struct ks_elf *elf)
{
	struct ks_flat_relocations all;
	ks_flat_find_relocations(elf, &all);
	struct ks_cursor c = ks_elf_cursor(elf, &elf->sections[1]);
	ks_cursor_take(&c, all.begin);
	for (; all.begin < all.end && poll->best.nr < ENOUGH; all.begin += sizeof(Elf64_Rela)) {
		ks_cursor_take(&c, 2 * sizeof(uint64_t));
		ask(poll, ks_cursor_u64(&c));
	}
	const struct ks_arch *arch = ks_arch_of_machine(elf->machine);
	const bool low = arch && arch->low_addresses;
	const size_t size = elf->is64 ? 8 : 4;
	for (size_t left = elf->map_len / size; left-- > 0 && poll->best.nr < ENOUGH;) {
		c.pos = c.base + left * size;
		uint64_t word = ks_elf_word(elf, &c);
		if (may_point(low, size, word))
			ask(poll, word);
	}
}

uint64_t ks_kallsyms_start(const struct ks_elf *elf, const struct ks_symbol *symbols,
			   const char *letters, size_t nr)
{
	_cleanup_arena_ struct ks_arena scratch = { 0 };
	struct poll poll = {
		.symbols = symbols,
		.first = ks_arena_array(&scratch, ALIGN, sizeof(*poll.first)),
		.next = ks_arena_array(&scratch, nr, sizeof(*poll.next)),
		.voted = ks_arena_array(&scratch, nr, sizeof(*poll.voted)),
		.votes = ks_arena_array(&scratch, SLOTS, sizeof(*poll.votes)),
	};
	if (!poll.first || !poll.next || !poll.voted || !poll.votes)
		return 0;
	memset(poll.first, 0, ALIGN * sizeof(*poll.first));
	memset(poll.votes, 0, SLOTS * sizeof(*poll.votes));
	memset(poll.voted, 0xff, nr * sizeof(*poll.voted));
	for (size_t i = nr; i-- > 0;) {
		uint32_t *first = &poll.first[symbols[i].addr % ALIGN];
		if (letters[i] != 't' && letters[i] != 'T')
			continue;
		poll.next[i] = *first;
		*first = (uint32_t)i + 1;
	}
	ask_all(&poll, elf);
	return poll.best.nr >= LEAST ? poll.best.start : 0;
}
