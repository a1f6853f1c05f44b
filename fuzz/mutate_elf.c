/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How bytes of ELF files are changed: mostly inside of one section, whose size stays. Changes of any bytes hit
 * what nobody reads, or break the headers, so that nothing of what lies behind them is tried.
 */
#include <string.h>

#include "base/array.h"
#include "elf/image.h"

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t len, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t len, size_t max, unsigned int seed);

/** The sections with most to read are picked more often. */
static unsigned int weight_of(const struct ks_elf *elf, const uint8_t *bytes, size_t len,
			      const struct ks_section *section)
{
	static const char *const often[] = { ".debug_info", ".debug_abbrev", ".debug_types",
					     ".symtab",	    ".BTF",	     ".BTF.ext" };
	if (!section->data || !section->size || section->owned || section->data < bytes ||
	    section->data > bytes + len || section->size > elf->map_len)
		return 0;
	for (size_t i = 0; i < KS_ARRAY_LEN(often); i++)
		if (strcmp(section->name, often[i]) == 0)
			return 8;
	return 1;
}

static const struct ks_section *pick(const struct ks_elf *elf, const uint8_t *bytes, size_t len,
				     unsigned int seed)
{
	unsigned int total = 0;
	for (size_t i = 1; i < elf->nr_sections; i++)
		total += weight_of(elf, bytes, len, &elf->sections[i]);
	unsigned int left = total ? seed % total : 0;
	for (size_t i = 1; total && i < elf->nr_sections; i++) {
		unsigned int weight = weight_of(elf, bytes, len, &elf->sections[i]);
		if (left < weight)
			return &elf->sections[i];
		left -= weight;
	}
	return NULL;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t len, size_t max, unsigned int seed)
{
	enum { ANYWHERE = 8 }; // once in that many times
	_cleanup_elf_ struct ks_elf *elf = NULL;
	_cleanup_error_ struct ks_error *err = NULL;
	if (seed % ANYWHERE == 0)
		return LLVMFuzzerMutate(bytes, len, max);
	err = ks_elf_open_memory(bytes, len, &elf);
	const struct ks_section *section = err ? NULL : pick(elf, bytes, len, seed / ANYWHERE);
	if (!section)
		return LLVMFuzzerMutate(bytes, len, max);
	size_t offset = (size_t)(section->data - bytes), size = (size_t)section->size;
	LLVMFuzzerMutate(bytes + offset, size, size);
	return len;
}
