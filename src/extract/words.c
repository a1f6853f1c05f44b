/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>

#include "extract/words.h"

static bool each_of(const struct ks_elf *elf, const struct ks_section *section, ks_word_fn *fn,
		    void *arg)
{
	unsigned int size = elf->is64 ? 8 : 4;
	struct ks_cursor c = ks_elf_cursor(elf, section);
	ks_cursor_take(&c, -section->addr % size);
	for (uint64_t addr = section->addr + (-section->addr % size); ks_cursor_more(&c);
	     addr += size) {
		struct ks_cursor at = c;
		uint64_t word = ks_elf_word(elf, &c);
		if (!c.why && !fn(arg, addr, word, at))
			return false;
	}
	return true;
}

bool ks_words_each(const struct ks_elf *elf, ks_word_fn *fn, void *arg)
{
	for (size_t i = 1; i < elf->nr_sections; i++) {
		const struct ks_section *section = &elf->sections[i];
		if (!(section->flags & SHF_ALLOC) || !section->data)
			continue;
		if (!each_of(elf, section, fn, arg))
			return false;
		if (elf->flat)
			break; // the others are parts of the first
	}
	return true;
}
