/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <string.h>

#include "base/array.h"
#include "elf/flat.h"
#include "extract/symbols/link_address.h"

enum { PAGE = 4096 };

/** What marks the ends of a section, where a linker would have written a section header. */
static const struct range {
	const char *section, *begin, *end;
	uint32_t type;
} ranges[] = {
	{ ".BTF", "__start_BTF", "__stop_BTF", SHT_PROGBITS },
	{ ".notes", "__start_notes", "__stop_notes", SHT_NOTE },
};
enum { NR_RANGES = KS_ARRAY_LEN(ranges) };

/** The addresses that are needed; 0: no such symbol. */
struct marks {
	uint64_t text, banner;
	uint64_t begin[NR_RANGES], end[NR_RANGES];
};

static void find_marks(const struct ks_surface *surface, struct marks *ret)
{
	for (size_t i = 0; i < surface->nr_symbols; i++) {
		const struct ks_symbol *sym = &surface->symbols[i];
		if (strcmp(sym->name, "_text") == 0)
			ret->text = sym->addr;
		else if (strcmp(sym->name, "linux_banner") == 0)
			ret->banner = sym->addr;
		for (size_t k = 0; k < NR_RANGES; k++) {
			if (strcmp(sym->name, ranges[k].begin) == 0)
				ret->begin[k] = sym->addr;
			else if (strcmp(sym->name, ranges[k].end) == 0)
				ret->end[k] = sym->addr;
		}
	}
}

/** The address of the first byte: where linux_banner would be the text that it is known to be. */
static bool find_start(const struct ks_elf *raw, const struct marks *marks, uint64_t *ret)
{
	static const char intro[] = "Linux version ";
	const uint8_t *at = raw->map, *end = raw->map + raw->map_len;
	bool found = false;
	while (marks->banner && (at = memmem(at, (size_t)(end - at), intro, sizeof(intro) - 1))) {
		uint64_t start = marks->banner - (uint64_t)(at - raw->map);
		at++;
		if (start % PAGE)
			continue;
		if (!found || start == marks->text)
			*ret = start;
		found = true;
	}
	return found;
}

/** The length of BTF if some begins at the cursor; 0: it does not. */
static uint64_t btf_length(struct ks_cursor c)
{
	enum { HEADER = 24, HEADER_MAX = 256 };
	ks_cursor_take(&c, 4); // magic, version, flags
	uint64_t header = ks_cursor_u32(&c), types = ks_cursor_u32(&c);
	uint64_t types_len = ks_cursor_u32(&c), strings = ks_cursor_u32(&c);
	uint64_t strings_len = ks_cursor_u32(&c);
	uint64_t len = header + strings + strings_len;
	if (c.why || header < HEADER || header > HEADER_MAX || types % 4 || types_len % 4 ||
	    !types_len || strings < types + types_len || !strings_len)
		return 0;
	c.pos = c.base;
	const uint8_t *all = ks_cursor_take(&c, len);
	return all && !all[header + strings] && !all[len - 1] ? len : 0;
}

/** Without symbols of data (no CONFIG_KALLSYMS_ALL) BTF is found by what it begins with. */
static struct ks_error *add_btf(struct ks_elf *elf, uint64_t start)
{
	static const uint8_t little[] = { 0x9f, 0xeb, 1, 0 }, big[] = { 0xeb, 0x9f, 1, 0 };
	const uint8_t *magic = elf->big_endian ? big : little, *at = elf->map;
	const uint8_t *end = elf->map + elf->map_len, *best = NULL;
	uint64_t longest = 0;
	for (; (at = memmem(at, (size_t)(end - at), magic, sizeof(little))); at++) {
		uint64_t len = btf_length(ks_cursor_over(at, (size_t)(end - at), elf->swap));
		if (len <= longest)
			continue;
		longest = len;
		best = at;
	}
	uint64_t addr = best ? start + (uint64_t)(best - elf->map) : 0;
	return best ? ks_elf_add_range(elf, ".BTF", SHT_PROGBITS, addr, addr + longest) : NULL;
}

/** Whether an offset lies in an ELF file that the image carries: the vDSO has a build id of its own. */
static bool is_in_vdso(const struct ks_elf *elf, uint64_t offset)
{
	enum { VDSO_MAX = 64 << 10 };
	for (uint64_t at = offset & ~(uint64_t)(PAGE - 1); offset - at < VDSO_MAX; at -= PAGE) {
		struct ks_cursor c = ks_elf_cursor(elf, &elf->sections[1]);
		ks_cursor_take(&c, at);
		const uint8_t *ident = ks_cursor_take(&c, EI_NIDENT);
		if (ident && memcmp(ident, ELFMAG, SELFMAG) == 0) {
			bool is64 = ident[EI_CLASS] == ELFCLASS64;
			ks_cursor_take(&c, is64 ? 24 : 16); // to the place of its section headers
			uint64_t headers = is64 ? ks_cursor_u64(&c) : ks_cursor_u32(&c);
			return !c.why && offset - at < headers;
		}
		if (at < PAGE)
			break;
	}
	return false;
}

/** The same for the note that holds the build id. */
static struct ks_error *add_build_id(struct ks_elf *elf, uint64_t start)
{
	enum { NAME = 4, HEADER = 3 * sizeof(uint32_t), ID_MAX = 64 };
	const uint8_t *at = elf->map, *end = elf->map + elf->map_len;
	for (; (at = memmem(at, (size_t)(end - at), "GNU", NAME)); at++) {
		if (at - elf->map < HEADER)
			continue;
		struct ks_cursor c =
			ks_cursor_over(at - HEADER, (size_t)(end - at) + HEADER, elf->swap);
		uint32_t name = ks_cursor_u32(&c), id = ks_cursor_u32(&c), type = ks_cursor_u32(&c);
		if (name != NAME || type != NT_GNU_BUILD_ID || id < 8 || id > ID_MAX || id % 4)
			continue;
		uint64_t offset = (uint64_t)(c.base - elf->map), addr = start + offset;
		if (is_in_vdso(elf, offset))
			continue;
		return ks_elf_add_range(elf, ".notes", SHT_NOTE, addr, addr + HEADER + NAME + id);
	}
	return NULL;
}

struct ks_error *ks_link_address_apply(const struct ks_elf *raw, const struct ks_surface *symbols,
				       uint64_t start, struct ks_elf **ret)
{
	struct marks marks = { 0 };
	find_marks(symbols, &marks);
	if (!start && !find_start(raw, &marks, &start) &&
	    !ks_link_address_search(raw, symbols, &start))
		return ks_error_new(
			KS_ERR_UNSUPPORTED,
			"cannot tell which address this kernel is linked for: its bytes "
			"and its symbols do not fit together");
	const struct ks_flat flat = { raw->machine, raw->is64, raw->big_endian };
	_cleanup_elf_ struct ks_elf *elf = NULL;
	KS_TRY(ks_elf_open_flat(raw->map, raw->map_len, &flat, start, &elf));
	for (size_t k = 0; k < NR_RANGES; k++)
		KS_TRY(ks_elf_add_range(elf, ranges[k].section, ranges[k].type, marks.begin[k],
					marks.end[k]));
	if (!ks_elf_section(elf, ".BTF"))
		KS_TRY(add_btf(elf, start));
	if (!ks_elf_section(elf, ".notes"))
		KS_TRY(add_build_id(elf, start));
	KS_TRY(ks_elf_add_relocations(elf));
	*ret = ks_take(elf);
	return NULL;
}
