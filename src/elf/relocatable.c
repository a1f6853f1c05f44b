/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arch/arch.h"
#include "base/array.h"
#include "elf/relocatable.h"

/* ---- what the architectures write ---- */

/** Bytes by type, for the one machine of a file: the table is searched once and not for every place. */
struct known {
	struct {
		uint8_t size, how; // size 0: not known
	} of[512];
	bool split_info;
};

static void know(struct known *known, const struct ks_elf *elf)
{
	const struct ks_arch *arch = ks_arch_of_machine(elf->machine);
	*known = (struct known){ .split_info = arch && arch->split_info && !elf->big_endian };
	for (const struct ks_arch_reloc *reloc = arch ? arch->relocs : NULL; reloc && reloc->size;
	     reloc++) {
		known->of[reloc->type].size = reloc->size;
		known->of[reloc->type].how = reloc->how;
	}
}

/* ---- addresses ---- */

enum { FIRST_ADDRESS = 0x1000, ALIGNMENT = 64 };

/** An address for each loaded section, never 0: that stands for an unknown one. */
static struct ks_error *place_sections(struct ks_elf *elf)
{
	uint64_t addr = FIRST_ADDRESS, limit = elf->is64 ? UINT64_MAX >> 1 : UINT32_MAX;
	for (size_t i = 1; i < elf->nr_sections; i++) {
		struct ks_section *sec = &elf->sections[i];
		if (!(sec->flags & SHF_ALLOC))
			continue;
		if (sec->size > limit - addr || limit - addr - sec->size < 2 * ALIGNMENT)
			return ks_error_new(KS_ERR_DATA, "%s is too large to be loaded", sec->name);
		sec->addr = addr;
		addr = (addr + sec->size + ALIGNMENT) & ~(uint64_t)(ALIGNMENT - 1);
	}
	return NULL;
}

/* ---- one section ---- */

/** One run over the relocations of a section. */
struct run {
	struct ks_elf *elf;
	const struct known *known;
	const struct ks_section *symtab;
	struct ks_section *target;
	uint8_t *bytes; // of the target, writable
	bool strict;	// what is not known is an error
	bool addends;	// RELA: they stand in the table, not in the place
};

/** Where a symbol of the file is; 0 for one of another file. False when there is no such symbol. */
static bool symbol_value(const struct run *run, uint64_t number, uint64_t *ret)
{
	const struct ks_elf *elf = run->elf;
	uint64_t entry = elf->is64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	if (number >= run->symtab->size / entry)
		return false;
	struct ks_cursor c = ks_elf_cursor(elf, run->symtab);
	c.pos += number * entry;
	ks_cursor_u32(&c); // name
	uint16_t section;
	if (elf->is64) {
		ks_cursor_u16(&c); // type and binding, visibility
		section = ks_cursor_u16(&c);
		*ret = ks_cursor_u64(&c);
	} else {
		*ret = ks_cursor_u32(&c);
		ks_cursor_take(&c, 4 + 2); // size, type and binding, visibility
		section = ks_cursor_u16(&c);
	}
	if (section == SHN_UNDEF || section == SHN_COMMON)
		*ret = 0;
	else if (section < elf->nr_sections)
		*ret += elf->sections[section].addr;
	return true;
}

/** One entry of a table: MIPS with 64 bits and little-endian numbers has an order of its own. */
static void split_info(const struct run *run, uint64_t info, uint64_t *symbol, uint64_t *type)
{
	if (!run->elf->is64) {
		*symbol = ELF32_R_SYM(info);
		*type = ELF32_R_TYPE(info);
	} else if (run->known->split_info) {
		*symbol = info & UINT32_MAX;
		*type = info >> 56;
	} else {
		*symbol = ELF64_R_SYM(info);
		*type = ELF64_R_TYPE(info);
	}
}

static void store(uint8_t *at, uint64_t value, unsigned int size, bool big_endian)
{
	for (unsigned int i = 0; i < size; i++)
		at[big_endian ? size - 1 - i : i] = (uint8_t)(value >> 8 * i);
}

static struct ks_error *apply(const struct run *run, uint64_t offset, uint64_t info,
			      uint64_t addend)
{
	uint64_t symbol, type, value;
	split_info(run, info, &symbol, &type);
	enum { NR_TYPES = KS_ARRAY_LEN(run->known->of) };
	unsigned int size = type < NR_TYPES ? run->known->of[type].size : 0;
	if (!size) {
		if (type && run->strict)
			return ks_error_new(KS_ERR_UNSUPPORTED,
					    "relocation of type %llu, which ksurf does not know",
					    (unsigned long long)type);
		return NULL;
	}
	if (offset > run->target->size || size > run->target->size - offset)
		return ks_error_new(KS_ERR_DATA, "relocation lies behind the end of its section");
	if (!symbol_value(run, symbol, &value))
		return ks_error_new(KS_ERR_DATA, "relocation by a symbol that there is not");
	uint8_t *at = run->bytes + offset;
	struct ks_cursor c = ks_cursor_over(at, size, run->elf->swap);
	uint64_t there = ks_cursor_uint(&c, size);
	enum ks_reloc_how how = run->known->of[type].how;
	value += run->addends ? addend : how == KS_RELOC_ABS || how == KS_RELOC_PC ? there : 0;
	if (how == KS_RELOC_PC)
		value -= run->target->addr + offset;
	else if (how == KS_RELOC_ADD)
		value = there + value;
	else if (how == KS_RELOC_SUB)
		value = there - value;
	store(at, value, size, run->elf->big_endian);
	return NULL;
}

static struct ks_error *apply_all(const struct run *run, const struct ks_section *table)
{
	const struct ks_elf *elf = run->elf;
	uint64_t entry = (elf->is64 ? 16 : 8) + (run->addends ? (elf->is64 ? 8 : 4) : 0);
	struct ks_cursor c = ks_elf_cursor(elf, table);
	for (uint64_t left = table->size / entry; left && ks_cursor_more(&c); left--) {
		uint64_t offset = ks_elf_word(elf, &c), info = ks_elf_word(elf, &c), addend = 0;
		if (run->addends)
			addend = elf->is64 ? ks_cursor_u64(&c)
					   : (uint64_t)(int64_t)(int32_t)ks_cursor_u32(&c);
		struct ks_error *err = apply(run, offset, info, addend);
		if (err)
			return ks_error_wrap(err, "%s+0x%llx", run->target->name,
					     (unsigned long long)offset);
	}
	return NULL;
}

/* ---- all sections ---- */

/** The debug sections that are read; others are not worth the time. */
static const char *const debug_sections[] = {
	".debug_info",	 ".debug_types", ".debug_line",	    ".debug_str_offsets", ".debug_addr",
	".debug_ranges", ".debug_loc",	 ".debug_rnglists", ".debug_loclists",
};

static bool is_debug(const struct ks_section *sec)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(debug_sections); i++)
		if (strcmp(sec->name, debug_sections[i]) == 0)
			return true;
	return false;
}

/** Code is not read. */
static bool is_wanted(const struct ks_section *sec)
{
	return sec->flags & SHF_ALLOC ? !(sec->flags & SHF_EXECINSTR) : is_debug(sec);
}

/** Give back the memory of whole pages that nobody reads again. */
static void give_back(const uint8_t *at, uint64_t size)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t begin = ((uintptr_t)at + page - 1) & ~(page - 1);
	uintptr_t end = ((uintptr_t)at + size) & ~(page - 1);
	if (begin < end)
		madvise((void *)begin, end - begin, MADV_DONTNEED);
}

/** The bytes of a section where they can be changed. */
static struct ks_error *own_bytes(struct ks_section *sec, bool spend, uint64_t *budget,
				  uint8_t **ret)
{
	if (!sec->owned) {
		const uint8_t *bytes = sec->data;
		if (sec->size > *budget)
			return ks_error_new(KS_ERR_DATA, "%s: sections overlap", sec->name);
		*budget -= sec->size;
		sec->owned = malloc(sec->size);
		if (!sec->owned)
			return &ks_nomem;
		sec->data = memcpy(sec->owned, bytes, sec->size);
		if (spend)
			give_back(bytes, sec->size);
	}
	*ret = sec->owned;
	return NULL;
}

static const uint64_t unpacked_max = (uint64_t)4 << 30; // bytes of debug information

static struct ks_error *link_all(struct ks_elf *elf, bool spend)
{
	if (elf->type != ET_REL)
		return NULL;
	KS_TRY(place_sections(elf));
	struct known known;
	know(&known, elf);
	// no part of an honest file is in two sections, so its size bounds the work
	uint64_t copies = elf->map_len, tables = copies, unpacked = 0;
	for (size_t i = 1; i < elf->nr_sections; i++) {
		const struct ks_section *table = &elf->sections[i];
		bool addends = table->type == SHT_RELA;
		if ((!addends && table->type != SHT_REL) || !table->data ||
		    table->info >= elf->nr_sections || table->link >= elf->nr_sections ||
		    !elf->sections[table->link].data || !is_wanted(&elf->sections[table->info]))
			continue;
		struct run run = {
			.elf = elf,
			.known = &known,
			.symtab = &elf->sections[table->link],
			.target = &elf->sections[table->info],
			.addends = addends,
		};
		run.strict = is_debug(run.target);
		if (table->size > tables)
			return ks_error_new(KS_ERR_DATA, "%s: sections overlap", table->name);
		tables -= table->size;
		bool packed = run.target->packed && !run.target->data;
		KS_TRY(ks_elf_unpack(elf, run.target));
		unpacked += packed ? run.target->size : 0;
		if (unpacked > unpacked_max)
			return ks_error_new(KS_ERR_DATA,
					    "%s: the debug information of a module is "
					    "never that large",
					    run.target->name);
		if (!run.target->data || !run.target->size)
			continue;
		KS_TRY(own_bytes(run.target, spend, &copies, &run.bytes));
		KS_TRY(apply_all(&run, table));
		if (spend && !table->owned)
			give_back(table->data, table->size);
	}
	return NULL;
}

struct ks_error *ks_elf_link(struct ks_elf *elf)
{
	return link_all(elf, false);
}

struct ks_error *ks_elf_link_spend(struct ks_elf *elf)
{
	return link_all(elf, true);
}
