/* SPDX-License-Identifier: BSD-2-Clause */
#include "elf/apart.h"

#include <elf.h>
#include <string.h>

bool ks_elf_is_apart(const struct ks_elf *elf)
{
	const struct ks_section *info = ks_elf_section(elf, ".debug_info");
	if (!info || elf->flat)
		return false;
	for (size_t i = 1; i < elf->nr_sections; i++) {
		const struct ks_section *section = &elf->sections[i];
		if (section->type == SHT_NOBITS && (section->flags & SHF_EXECINSTR) &&
		    section->size)
			return true;
	}
	return false;
}

bool ks_elf_same_build(const struct ks_elf *a, const struct ks_elf *b)
{
	bool any = false;
	if (a->machine != b->machine || a->is64 != b->is64 || a->big_endian != b->big_endian)
		return false;
	for (size_t i = 1; i < a->nr_sections; i++) {
		const struct ks_section *note = &a->sections[i];
		const struct ks_section *other =
			note->type == SHT_NOTE && note->data ? ks_elf_section(b, note->name) : NULL;
		if (!other || !other->data || other->type != SHT_NOTE)
			continue;
		if (note->size != other->size || memcmp(note->data, other->data, note->size) != 0)
			return false;
		any = any || memmem(note->data, note->size, "GNU", 4) != NULL;
	}
	return any;
}

void ks_elf_join(struct ks_elf *elf, struct ks_elf *code)
{
	for (size_t i = 1; i < elf->nr_sections; i++) {
		struct ks_section *section = &elf->sections[i];
		const struct ks_section *other =
			section->type == SHT_NOBITS ? ks_elf_section(code, section->name) : NULL;
		if (!other || !other->data || other->addr != section->addr ||
		    other->size != section->size)
			continue;
		section->type = other->type;
		section->data = other->data;
	}
	elf->code = code;
}
