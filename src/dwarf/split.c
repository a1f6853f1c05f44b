/* SPDX-License-Identifier: BSD-2-Clause */
#include "dwarf/split.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "dwarf/constants.h"

/* ---- other files ---- */

static struct ks_error *missing(const char *section, const char *name, struct ks_cursor id)
{
	char hex[129] = "";
	for (size_t i = 0; ks_cursor_more(&id) && 2 * i + 2 < sizeof(hex); i++)
		snprintf(hex + 2 * i, 3, "%02x", ks_cursor_u8(&id));
	return ks_error_at(
		ks_error_new(
			KS_ERR_UNSUPPORTED,
			"dwz moved a part of this debug information to %s%s%s, which ksurf does "
			"not "
			"read; add an image without it (vmlinuz, BTF), or a debug package that was "
			"made without dwz -m",
			*name ? name : "another file", *hex ? ", build id " : "", hex),
		section, 0);
}

struct ks_error *ks_dwarf_all_here(const struct ks_elf *elf)
{
	const struct ks_section *alt = ks_elf_section(elf, ".gnu_debugaltlink");
	const struct ks_section *sup = ks_elf_section(elf, ".debug_sup");
	struct ks_cursor c = ks_elf_cursor(elf, alt ? alt : sup);
	if (alt) { // a name, and the build id up to the end
		const char *name = ks_cursor_str(&c);
		return missing(".gnu_debugaltlink", name, c);
	}
	if (sup) { // DWARF 5, section 7.3.6
		ks_cursor_u16(&c);
		bool is_other = ks_cursor_u8(&c);
		const char *name = ks_cursor_str(&c);
		uint64_t len = ks_cursor_uleb(&c);
		const uint8_t *id = ks_cursor_take(&c, len);
		if (!is_other)
			return missing(".debug_sup", name, ks_cursor_over(id, id ? len : 0, false));
	}
	unsigned int nr = 0;
	for (size_t i = 1; i < elf->nr_sections; i++)
		nr += !strcmp(elf->sections[i].name, ".debug_info") ||
		      !strcmp(elf->sections[i].name, ".debug_types");
	if (nr > 2 || (nr == 2 && !ks_elf_section(elf, ".debug_types")))
		return ks_error_new(
			KS_ERR_UNSUPPORTED,
			"ksurf cannot read this debug information yet: it has type units "
			"(-fdebug-types-section) that no linker has put together");
	return NULL;
}

/* ---- type units ---- */

struct ks_error *ks_dwarf_join(struct ks_dwarf *dwarf, const struct ks_section *info)
{
	const struct ks_section *types = ks_elf_section(dwarf->elf, ".debug_types");
	KS_TRY(ks_elf_unpack(dwarf->elf, types));
	dwarf->info = ks_elf_cursor(dwarf->elf, info);
	dwarf->info_size = info->size;
	if (!types || !types->data)
		return NULL;
	dwarf->joined = malloc(info->size + types->size + 1);
	if (!dwarf->joined)
		return &ks_nomem;
	memcpy(dwarf->joined, info->data, info->size);
	memcpy(dwarf->joined + info->size, types->data, types->size);
	dwarf->info = ks_cursor_over(dwarf->joined, info->size + types->size, dwarf->swap);
	return NULL;
}

static int compare_signatures(const void *a, const void *b, void *units)
{
	const struct ks_unit *x = (const struct ks_unit *)units + *(const uint32_t *)a;
	const struct ks_unit *y = (const struct ks_unit *)units + *(const uint32_t *)b;
	if (x->signature != y->signature)
		return x->signature < y->signature ? -1 : 1;
	return x->start < y->start ? -1 : x->start > y->start;
}

bool ks_dwarf_list_signatures(struct ks_dwarf *dwarf)
{
	for (size_t i = 0; i < dwarf->units.len; i++)
		if (dwarf->units.at[i].kind == DW_UT_type &&
		    !ks_vector_add(&dwarf->type_units, (uint32_t)i))
			return false;
	if (dwarf->type_units.len)
		qsort_r(dwarf->type_units.at, dwarf->type_units.len, sizeof(*dwarf->type_units.at),
			compare_signatures, dwarf->units.at);
	return true;
}

uint64_t ks_dwarf_signed_type(const struct ks_dwarf *dwarf, uint64_t signature)
{
	const struct ks_unit *units = dwarf->units.at;
	const uint32_t *signed_ones = dwarf->type_units.at;
	size_t first = KS_FIRST_NOT(0, dwarf->type_units.len, i,
				    units[signed_ones[i]].signature < signature);
	if (first == dwarf->type_units.len)
		return 0;
	const struct ks_unit *unit = &units[signed_ones[first]];
	if (unit->signature != signature || unit->type >= (uint64_t)(unit->end - unit->start))
		return 0;
	return (uint64_t)(unit->start - dwarf->info.base) + unit->type;
}

const struct ks_unit *ks_dwarf_unit_at(const struct ks_dwarf *dwarf, uint64_t offset)
{
	const struct ks_unit *units = dwarf->units.at;
	size_t behind = KS_FIRST_NOT(0, dwarf->units.len, i,
				     (uint64_t)(units[i].start - dwarf->info.base) <= offset);
	const struct ks_unit *unit = behind ? &units[behind - 1] : NULL;
	return unit && offset < (uint64_t)(unit->end - dwarf->info.base) ? unit : NULL;
}
