/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Where the tables of kallsyms lie in an image, and in which of their forms. */
#include "elf/image.h"

struct ks_surface;
struct ks_symbol;

enum ks_kallsyms_form {
	KS_KALLSYMS_ABSOLUTE, // addresses, of the size of a word
	KS_KALLSYMS_OFFSETS,  // 32-bit offsets from the base
	KS_KALLSYMS_PERCPU, // the same, but an address itself when not negative, and base - 1 - offset when it is
	KS_KALLSYMS_PLACE, // 32-bit distances from the place of the value itself
};

/** All places are bytes from the start of the section. */
struct ks_kallsyms {
	const struct ks_section *section; // NULL: the image has no tables
	uint32_t nr;			  // symbols
	enum ks_kallsyms_form form;
	uint64_t names, markers, values;
	uint64_t tokens, index;
	uint64_t base_at; // of the base, where there is one
	/** Of a flat image: the address of its first byte; 0 when the tables do not tell. */
	uint64_t start;
	/** KS_KALLSYMS_PLACE: address of the first value, counted from the image's start if that is flat. */
	uint64_t base;
};

/** A name as it is packed: a length, and so many bytes that stand for a token each. */
const uint8_t *ks_kallsyms_packed(struct ks_cursor *c, uint32_t *len);

/** @param[out] ret its section is NULL when there are no tables */
void ks_kallsyms_find(const struct ks_elf *elf, struct ks_kallsyms *ret);

/** Find base and start of a flat image that has them in its relocations only. */
void ks_kallsyms_relocate(const struct ks_elf *elf, struct ks_kallsyms *tables);
/**
 * The address of a flat image's first byte, told by the pointers to functions it holds.
 * @param symbols their addresses are counted from the image's start
 * @param letters of the symbols: only functions count
 * @return 0 when none stands out
 */
uint64_t ks_kallsyms_start(const struct ks_elf *elf, const struct ks_symbol *symbols,
			   const char *letters, size_t nr);

/* What is made of names, addresses and nm's letters. */
/**
 * Fill type, binding, section and size of symbols from their letters, and give them to the surface.
 * @param symbols of the surface's arena, by address
 */
KS_MUST_CHECK struct ks_error *ks_symbols_classify(const struct ks_elf *elf,
						   struct ks_surface *surface,
						   struct ks_symbol *symbols, const char *letters,
						   size_t nr);
