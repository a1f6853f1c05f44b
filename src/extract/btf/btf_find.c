/* SPDX-License-Identifier: BSD-2-Clause */
/* Where an image keeps its BTF. */
#include <elf.h>
#include <string.h>

#include "extract/tiers.h"

/** The bytes from start to the end of what holds it; empty when there are none. */
struct range {
	const uint8_t *at;
	size_t len;
};

static struct range in_section(const struct ks_elf *elf)
{
	const struct ks_section *section = ks_elf_section(elf, ".BTF");
	if (!section || !section->data)
		return (struct range){ 0 };
	return (struct range){ section->data, section->size };
}

static struct range between_symbols(const struct ks_finder *finder)
{
	uint64_t start, stop;
	if (!ks_find_address(finder, "__start_BTF", &start) ||
	    !ks_find_address(finder, "__stop_BTF", &stop) || stop <= start)
		return (struct range){ 0 };
	struct ks_cursor c = ks_elf_at(finder->elf, start);
	const uint8_t *at = ks_cursor_take(&c, stop - start);
	return at ? (struct range){ at, stop - start } : (struct range){ 0 };
}

/** Header as the kernel's build writes it: types first, strings right behind them. @return bytes in all, or 0 */
static uint64_t plausible(const uint8_t *at, size_t left, bool swap)
{
	struct ks_cursor c = ks_cursor_over(at, left, swap);
	ks_cursor_u32(&c); // magic, version, flags: known
	uint64_t header_len = ks_cursor_u32(&c), type_off = ks_cursor_u32(&c);
	uint64_t type_len = ks_cursor_u32(&c), string_off = ks_cursor_u32(&c);
	uint64_t string_len = ks_cursor_u32(&c), total = header_len + string_off + string_len;
	bool good = !c.why && header_len >= 24 && header_len <= 256 && type_off == 0 &&
		    string_off >= type_len && total <= left;
	return good ? total : 0;
}

/** The largest piece of the section that looks like BTF: programs that the kernel carries have some, too. */
static struct range by_form(const struct ks_elf *elf, const struct ks_section *section)
{
	static const uint8_t little[4] = { 0x9f, 0xeb, 1, 0 }, big[4] = { 0xeb, 0x9f, 1, 0 };
	const uint8_t *at = section->data, *end = at + section->size;
	struct range best = { 0 };
	for (; at; at++) {
		at = memmem(at, (size_t)(end - at), elf->big_endian ? big : little, 4);
		if (!at)
			break;
		uint64_t len = plausible(at, (size_t)(end - at), elf->swap);
		if (len > best.len)
			best = (struct range){ at, len };
	}
	return best;
}

/** Images that were stripped of section names and symbols. */
static struct range anywhere(const struct ks_elf *elf)
{
	enum { LEAST = 100000 }; // bytes: less is no kernel's
	struct range best = { 0 };
	for (size_t i = 1; i < elf->nr_sections; i++) {
		const struct ks_section *section = &elf->sections[i];
		if (!section->data || section->type == SHT_SYMTAB || section->type == SHT_STRTAB)
			continue;
		struct range found = by_form(elf, section);
		if (found.len > best.len)
			best = found;
	}
	return best.len >= LEAST ? best : (struct range){ 0 };
}

struct ks_error *ks_extract_btf_open(const struct ks_finder *finder, struct ks_btf **ret)
{
	*ret = NULL;
	struct range found = in_section(finder->elf);
	if (!found.len)
		found = between_symbols(finder);
	if (!found.len && finder->surface->image.tier != KS_TIER_FULL)
		found = anywhere(finder->elf);
	if (!found.len)
		return NULL;
	uint8_t *copy = ks_arena_alloc(&finder->surface->arenas[0], found.len);
	if (!copy)
		return &ks_nomem;
	memcpy(copy, found.at, found.len);
	return ks_btf_open(copy, found.len, NULL, ret);
}
