/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "elf/flat.h"
#include "elf/private.h"

/*
 * The magic numbers of boot images, at one place in all of them (kernel: Documentation/arch/). Where they only say that
 * it is a kernel with an EFI header, that one names the machine.
 */
enum { MAGIC_AT = 0x38, FLAGS_AT = 0x18, BIG_ENDIAN_FLAG = 1, PE_AT = 0x3c };

/** Whether the EFI header, if it is one, is for that machine. */
static bool is_pe_of(const uint8_t *bytes, size_t len, uint16_t machine)
{
	struct ks_cursor c = ks_cursor_over(bytes, len, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	ks_cursor_take(&c, PE_AT);
	uint32_t header = ks_cursor_u32(&c);
	c.pos = c.base;
	ks_cursor_take(&c, header);
	const uint8_t *magic = ks_cursor_take(&c, 4);
	return magic && !memcmp(magic, "PE\0\0", 4) && ks_cursor_u16(&c) == machine;
}

bool ks_flat_of(const void *bytes, size_t len, struct ks_flat *ret)
{
	const uint8_t *p = bytes;
	for (size_t i = 0; i < ks_nr_archs && len >= MAGIC_AT + 8; i++) {
		const struct ks_arch *arch = &ks_archs[i];
		if (!arch->boot_magic || memcmp(p + MAGIC_AT, arch->boot_magic, 4) != 0)
			continue;
		if (arch->pe && !is_pe_of(p, len, arch->pe))
			continue;
		*ret = (struct ks_flat){
			.machine = arch->elf,
			.is64 = arch->word == 8,
			.big_endian = arch->boot_tells_order && (p[FLAGS_AT] & BIG_ENDIAN_FLAG),
		};
		return true;
	}
	return false;
}

struct ks_error *ks_elf_open_flat(const void *bytes, size_t len, const struct ks_flat *flat,
				  uint64_t addr, struct ks_elf **ret)
{
	_cleanup_elf_ struct ks_elf *elf = calloc(1, sizeof(*elf));
	if (!elf || !(elf->sections = calloc(2, sizeof(*elf->sections))))
		return &ks_nomem;
	elf->map = bytes;
	elf->map_len = len;
	elf->flat = true;
	elf->is64 = flat->is64;
	elf->big_endian = flat->big_endian;
	elf->swap = flat->big_endian != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	elf->machine = flat->machine;
	elf->type = ET_EXEC;
	elf->nr_sections = 2;
	elf->sections[0].name = "";
	struct ks_section *all = &elf->sections[1];
	all->type = SHT_PROGBITS;
	all->flags = addr ? SHF_ALLOC | SHF_WRITE | SHF_EXECINSTR : 0;
	all->addr = addr;
	all->size = len;
	all->data = bytes;
	all->name = strdup(".kernel");
	if (!all->name)
		return &ks_nomem;
	*ret = ks_take(elf);
	return NULL;
}

struct ks_error *ks_elf_add_range(struct ks_elf *elf, const char *name, uint32_t type,
				  uint64_t begin, uint64_t end)
{
	struct ks_cursor c = ks_elf_at(elf, begin);
	if (end <= begin || end - begin > (uint64_t)(c.end - c.pos))
		return NULL;
	struct ks_section *grown = realloc(elf->sections, (elf->nr_sections + 1) * sizeof(*grown));
	if (!grown)
		return &ks_nomem;
	elf->sections = grown;
	struct ks_section *sec = &grown[elf->nr_sections];
	*sec = (struct ks_section){
		.name = strdup(name),
		.type = type,
		.flags = SHF_ALLOC,
		.addr = begin,
		.size = end - begin,
		.data = c.pos,
	};
	if (!sec->name)
		return &ks_nomem;
	elf->nr_sections++;
	return NULL;
}

static uint64_t word_at(const struct ks_elf *elf, uint64_t offset)
{
	uint64_t word;
	memcpy(&word, elf->map + offset, sizeof(word));
	return elf->swap ? bswap_64(word) : word;
}

/** How many relocations of one kind follow each other from an offset on. */
static uint64_t run_length(const struct ks_elf *elf, uint64_t at, uint64_t info)
{
	uint64_t nr = 0;
	while (at + sizeof(Elf64_Rela) <= elf->map_len &&
	       word_at(elf, at + offsetof(Elf64_Rela, r_info)) == info) {
		at += sizeof(Elf64_Rela);
		nr++;
	}
	return nr;
}

/** All of so many relocations move a word of the image to another place in it, or a little behind its end. */
static bool stay_inside(const struct ks_elf *elf, uint64_t at, uint64_t nr)
{
	const uint64_t start = elf->sections[1].addr, zeroed = 64 << 20; // .bss
	for (; nr--; at += sizeof(Elf64_Rela)) {
		uint64_t word = word_at(elf, at + offsetof(Elf64_Rela, r_offset));
		uint64_t to = word_at(elf, at + offsetof(Elf64_Rela, r_addend));
		if (word - start >= elf->map_len || to - start >= elf->map_len + zeroed)
			return false;
	}
	return true;
}

/** Those with a symbol come behind the others. */
static uint64_t end_of_all(const struct ks_elf *elf, uint64_t at)
{
	enum { TYPES = 2048, SYMBOLS = 1 << 20 };
	for (; at + sizeof(Elf64_Rela) <= elf->map_len; at += sizeof(Elf64_Rela)) {
		uint64_t info = word_at(elf, at + offsetof(Elf64_Rela, r_info));
		uint32_t type = (uint32_t)info;
		if (!type || type >= TYPES || info >> 32 >= SYMBOLS)
			break;
	}
	return at;
}

/** Back to the symbol of zeros that a table begins with. */
static uint64_t start_of_symbols(const struct ks_elf *elf, uint64_t end)
{
	enum { SYMBOLS = 1 << 16 };
	static const Elf64_Sym zero;
	uint64_t at = end;
	for (size_t i = 0; i < SYMBOLS && at >= sizeof(zero); i++) {
		at -= sizeof(zero);
		if (memcmp(elf->map + at, &zero, sizeof(zero)) == 0)
			return at;
	}
	return end;
}

void ks_flat_find_relocations(const struct ks_elf *elf, struct ks_flat_relocations *ret)
{
	// fewer may be an accident; with .relr.dyn few are left, told by what they say
	enum { LEAST = 64, FEW = 3 };
	*ret = (struct ks_flat_relocations){ 0 };
	const struct ks_arch *arch = ks_arch_of_machine(elf->machine);
	uint64_t info = arch && arch->flat ? arch->relative : 0, longest = 0;
	if (!info || !elf->is64)
		return;
	for (uint64_t at = 0; at + sizeof(Elf64_Rela) <= elf->map_len; at += 8) {
		if (word_at(elf, at + offsetof(Elf64_Rela, r_info)) != info)
			continue;
		uint64_t nr = run_length(elf, at, info), end = at + nr * sizeof(Elf64_Rela);
		bool enough = nr >= LEAST ||
			      (nr >= FEW && elf->sections[1].addr && stay_inside(elf, at, nr));
		if (enough && nr > longest) {
			longest = nr;
			*ret = (struct ks_flat_relocations){ at, end, at };
		}
		at = end - 8;
	}
	if (!longest)
		return;
	ret->end = end_of_all(elf, ret->end);
	ret->symbols = start_of_symbols(elf, ret->begin);
}

struct ks_error *ks_elf_add_relocations(struct ks_elf *elf)
{
	struct ks_flat_relocations all;
	uint64_t start = elf->sections[1].addr;
	ks_flat_find_relocations(elf, &all);
	if (all.begin == all.end)
		return NULL;
	uint32_t symbols = all.symbols < all.begin ? (uint32_t)elf->nr_sections : 0;
	KS_TRY(ks_elf_add_range(elf, ".dynsym", SHT_DYNSYM, start + all.symbols,
				start + all.begin));
	KS_TRY(ks_elf_add_range(elf, ".rela.dyn", SHT_RELA, start + all.begin, start + all.end));
	elf->sections[elf->nr_sections - 1].link = symbols;
	return ks_elf_relocate(elf);
}
