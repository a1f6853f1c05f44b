/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>

#include "extract/tables/data_scan.h"

void ks_data_range_add(struct ks_data_range *range, uint64_t addr)
{
	range->low = addr < range->low ? addr : range->low;
	range->high = addr > range->high ? addr : range->high;
}

static bool is_loaded(const struct ks_section *section)
{
	return section->flags & SHF_ALLOC && section->data && section->size;
}

struct ks_data_range ks_data_range_of(const struct ks_elf *elf)
{
	struct ks_data_range range = KS_NO_DATA_RANGE;
	for (size_t i = 1; i < elf->nr_sections; i++) {
		const struct ks_section *section = &elf->sections[i];
		if (!is_loaded(section))
			continue;
		ks_data_range_add(&range, section->addr);
		ks_data_range_add(&range, section->addr + section->size - 1);
	}
	return range;
}

/** @param is64 a constant, so that the loop is one for words of that size */
static inline bool each_of(const struct ks_elf *elf, const struct ks_section *section, bool is64,
			   struct ks_data_range range, ks_data_word_fn *fn, void *arg)
{
	unsigned int size = is64 ? 8 : 4;
	struct ks_cursor c = ks_elf_cursor(elf, section);
	uint64_t skip = -section->addr % size, addr = section->addr + skip;
	ks_cursor_take(&c, skip);
	for (; (size_t)(c.end - c.pos) >= size; c.pos += size, addr += size) {
		struct ks_cursor at = c;
		uint64_t word = is64 ? ks_cursor_u64(&at) : ks_cursor_u32(&at);
		if (word - range.low <= range.high - range.low && !fn(arg, addr, word, c))
			return false;
	}
	return true;
}

bool ks_data_scan(const struct ks_elf *elf, struct ks_data_range range, ks_data_word_fn *fn,
		  void *arg)
{
	if (range.low > range.high)
		return true;
	for (size_t i = 1; i < elf->nr_sections; i++) {
		const struct ks_section *section = &elf->sections[i];
		if (!is_loaded(section))
			continue;
		if (!(elf->is64 ? each_of(elf, section, true, range, fn, arg)
				: each_of(elf, section, false, range, fn, arg)))
			return false;
		if (elf->flat)
			break; // the others are parts of the first
	}
	return true;
}
