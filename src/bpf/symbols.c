/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "bpf/reader.h"

enum { MAX_NAME = 4096, MAX_SECTIONS = 8192 };

static int compare_places(const void *pa, const void *pb)
{
	const struct ks_bpf_place *a = pa, *b = pb;
	if (a->section != b->section)
		return a->section < b->section ? -1 : 1;
	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

void ks_bpf_places_sort(struct ks_bpf_places *places)
{
	if (places->len)
		qsort(places->at, places->len, sizeof(*places->at), compare_places);
}

size_t ks_bpf_places_before(const struct ks_bpf_places *places, uint32_t section, uint64_t offset)
{
	const struct ks_bpf_place *at = places->at;
	return KS_FIRST_NOT(0, places->len, i,
			    at[i].section < section ||
				    (at[i].section == section && at[i].offset < offset));
}

uint32_t ks_bpf_places_find(const struct ks_bpf_places *places, uint32_t section, uint64_t offset)
{
	size_t i = ks_bpf_places_before(places, section, offset);
	if (i == places->len || places->at[i].section != section || places->at[i].offset != offset)
		return KS_NO_INDEX;
	return places->at[i].index;
}

struct ks_error *ks_bpf_damaged(const struct ks_bpf_reader *reader, uint32_t section,
				uint64_t offset, const char *why)
{
	const char *name =
		section < reader->elf->nr_sections ? reader->elf->sections[section].name : "?";
	return ks_error_new(KS_ERR_DATA, "%s+0x%" PRIx64 ": %s", name, offset, why);
}

/** By name, section, and whether it stands for the section itself. */
static int compare_symbols(const struct ks_bpf_symbol *a, const struct ks_bpf_symbol *b)
{
	int order = strcmp(a->name, b->name);
	if (order)
		return order;
	if (a->section != b->section)
		return a->section < b->section ? -1 : 1;
	return (a->type == STT_SECTION) - (b->type == STT_SECTION);
}

static int compare_names(const void *pa, const void *pb, void *arg)
{
	const struct ks_bpf_symbol *symbols = arg;
	uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
	int order = compare_symbols(&symbols[a], &symbols[b]);
	return order ? order : a < b ? -1 : a > b;
}

static struct ks_error *sort_by_name(struct ks_bpf_reader *reader)
{
	struct ks_arena *arena = &reader->object->arena;
	reader->by_name = ks_arena_array(arena, reader->nr_symbols + 1, sizeof(*reader->by_name));
	reader->extern_of =
		ks_arena_array(arena, reader->nr_symbols + 1, sizeof(*reader->extern_of));
	if (!reader->by_name || !reader->extern_of)
		return &ks_nomem;
	for (uint32_t i = 0; i < reader->nr_symbols; i++) {
		reader->by_name[i] = i;
		reader->extern_of[i] = KS_NO_INDEX;
	}
	qsort_r(reader->by_name, reader->nr_symbols, sizeof(*reader->by_name), compare_names,
		reader->symbols);
	return NULL;
}

const struct ks_bpf_symbol *ks_bpf_find_symbol(const struct ks_bpf_reader *reader, const char *name,
					       uint32_t section)
{
	const struct ks_bpf_symbol key = { .name = name, .section = section };
	size_t first =
		KS_FIRST_NOT(0, reader->nr_symbols, i,
			     compare_symbols(&reader->symbols[reader->by_name[i]], &key) < 0);
	if (first == reader->nr_symbols ||
	    compare_symbols(&reader->symbols[reader->by_name[first]], &key) != 0)
		return NULL;
	return &reader->symbols[reader->by_name[first]];
}

/** The name at an offset of the string table, or NULL. Bounded, because names are sorted. */
static const char *symbol_name(struct ks_cursor names, uint32_t offset)
{
	if (offset && !ks_cursor_take(&names, offset))
		return NULL;
	if (names.end - names.pos > MAX_NAME)
		names.end = names.pos + MAX_NAME;
	const char *name = offset ? ks_cursor_str(&names) : "";
	return names.why ? NULL : name;
}

struct ks_error *ks_bpf_read_symbols(struct ks_bpf_reader *reader)
{
	const struct ks_elf *elf = reader->elf;
	const struct ks_section *symtab = ks_elf_section(elf, ".symtab");
	const struct ks_section *strtab =
		symtab && symtab->link < elf->nr_sections ? &elf->sections[symtab->link] : NULL;
	struct ks_cursor c = ks_elf_cursor(elf, symtab), names = ks_elf_cursor(elf, strtab);
	size_t nr = (size_t)(c.end - c.pos) / sizeof(Elf64_Sym);
	if (nr >= KS_NO_INDEX || elf->nr_sections > MAX_SECTIONS)
		return ks_error_new(KS_ERR_UNSUPPORTED, "%zu symbols and %zu sections are too many",
				    nr, elf->nr_sections);
	reader->symbols = ks_arena_array(&reader->object->arena, nr + 1, sizeof(*reader->symbols));
	if (!reader->symbols)
		return &ks_nomem;
	for (size_t i = 0; i < nr; i++) {
		struct ks_bpf_symbol *symbol = &reader->symbols[i];
		uint64_t at = ks_cursor_offset(&c);
		symbol->name = symbol_name(names, ks_cursor_u32(&c));
		if (!symbol->name)
			return ks_error_at(
				ks_error_new(KS_ERR_DATA, "a symbol's name runs past its table"),
				".symtab", at);
		uint8_t info = ks_cursor_u8(&c);
		symbol->type = ELF64_ST_TYPE(info);
		symbol->binding = ELF64_ST_BIND(info);
		ks_cursor_take(&c, 1);
		symbol->section = ks_cursor_u16(&c);
		symbol->value = ks_cursor_u64(&c);
		symbol->size = ks_cursor_u64(&c);
	}
	reader->nr_symbols = (uint32_t)nr;
	reader->object->no_symbols = !nr;
	return sort_by_name(reader);
}

static struct ks_error *read_section_relocs(struct ks_bpf_reader *reader,
					    const struct ks_section *section)
{
	bool addends = section->type == SHT_RELA;
	size_t entry = addends ? sizeof(Elf64_Rela) : sizeof(Elf64_Rel);
	struct ks_cursor c = ks_elf_cursor(reader->elf, section);
	for (size_t nr = (size_t)(c.end - c.pos) / entry; nr; nr--) {
		uint64_t offset = ks_cursor_u64(&c), info = ks_cursor_u64(&c);
		int64_t addend = addends ? (int64_t)ks_cursor_u64(&c) : 0;
		uint32_t symbol = (uint32_t)ELF64_R_SYM(info);
		if (symbol >= reader->nr_symbols)
			return ks_bpf_damaged(reader, section->info, offset,
					      "a relocation names a symbol that does not exist");
		struct ks_bpf_place place = { section->info, (uint32_t)reader->relocs.len, offset };
		struct ks_bpf_reloc reloc = { symbol, addend };
		if (!ks_vector_add(&reader->relocs, reloc) ||
		    !ks_vector_add(&reader->reloc_places, place))
			return &ks_nomem;
	}
	return NULL;
}

/** Debug information has relocations too; nobody here asks for those. */
static bool wants_relocs(const struct ks_elf *elf, uint32_t target)
{
	if (target >= elf->nr_sections)
		return false;
	const struct ks_section *section = &elf->sections[target];
	return section->flags & SHF_EXECINSTR || strstr(section->name, "struct_ops") ||
	       strcmp(section->name, ".maps") == 0;
}

struct ks_error *ks_bpf_read_relocs(struct ks_bpf_reader *reader)
{
	const struct ks_elf *elf = reader->elf;
	if (reader->object->no_symbols)
		return NULL;	      // there is nothing that they could name
	uint64_t left = elf->map_len; // no part of an honest file is in two sections
	for (size_t i = 1; i < elf->nr_sections; i++) {
		const struct ks_section *section = &elf->sections[i];
		if ((section->type != SHT_REL && section->type != SHT_RELA) || !section->data ||
		    !wants_relocs(elf, section->info))
			continue;
		if (section->size > left)
			return ks_bpf_damaged(reader, (uint32_t)i, 0, "sections overlap");
		left -= section->size;
		KS_TRY(read_section_relocs(reader, section));
	}
	ks_bpf_places_sort(&reader->reloc_places);
	return NULL;
}
