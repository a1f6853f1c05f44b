/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <string.h>

#include "bpf/reader.h"

enum { INSN_BYTES = 8 };

static struct ks_error *add_function(struct ks_bpf_reader *reader, const char *name,
				     uint32_t section, uint64_t offset, uint64_t size, bool program)
{
	uint64_t end = reader->elf->sections[section].size;
	if (offset % INSN_BYTES || size % INSN_BYTES || offset > end || size > end - offset)
		return ks_bpf_damaged(reader, section, offset,
				      "a function does not lie within its section");
	if (!size) // nothing that could be run, or referred to
		return NULL;
	struct ks_bpf_place place = { section, reader->nr_functions, offset };
	if (!ks_vector_add(&reader->function_places, place))
		return &ks_nomem;
	uint32_t type = ks_bpf_places_find(&reader->type_places, section, offset);
	reader->functions[reader->nr_functions++] = (struct ks_bpf_function){
		.name = name,
		.section = section,
		.first = (uint32_t)(offset / INSN_BYTES),
		.nr = (uint32_t)(size / INSN_BYTES),
		.func_type = type == KS_NO_INDEX ? 0 : type,
		.program = program,
	};
	return NULL;
}

static bool has_code(const struct ks_elf *elf, uint32_t section)
{
	return section < elf->nr_sections && elf->sections[section].flags & SHF_EXECINSTR &&
	       elf->sections[section].data && elf->sections[section].size;
}

/**
 * Old compilers wrote symbols without type and size, and old loaders took a section as one program: what a
 * section without functions holds is named by its first global symbol, or as the section.
 */
static struct ks_error *add_whole_section(struct ks_bpf_reader *reader, uint32_t section)
{
	const struct ks_section *sec = &reader->elf->sections[section];
	const char *name = ks_arena_strdup(&reader->object->arena, sec->name);
	if (!name)
		return &ks_nomem;
	for (uint32_t i = 0; i < reader->nr_symbols; i++) {
		const struct ks_bpf_symbol *symbol = &reader->symbols[i];
		if (symbol->section == section && symbol->binding == STB_GLOBAL &&
		    symbol->value == 0) {
			name = symbol->name;
			break;
		}
	}
	return add_function(reader, name, section, 0, sec->size & ~(uint64_t)(INSN_BYTES - 1),
			    strcmp(sec->name, ".text") != 0);
}

struct ks_error *ks_bpf_read_functions(struct ks_bpf_reader *reader)
{
	const struct ks_elf *elf = reader->elf;
	struct ks_arena *arena = &reader->object->arena;
	size_t most = reader->nr_symbols + elf->nr_sections;
	bool *seen = ks_arena_array(arena, elf->nr_sections, sizeof(*seen));
	reader->functions = ks_arena_array(arena, most, sizeof(*reader->functions));
	if (!reader->functions || !seen)
		return &ks_nomem;
	memset(seen, 0, elf->nr_sections * sizeof(*seen));
	for (uint32_t i = 0; i < reader->nr_symbols; i++) {
		const struct ks_bpf_symbol *symbol = &reader->symbols[i];
		if (symbol->type != STT_FUNC || !has_code(elf, symbol->section))
			continue;
		seen[symbol->section] = true;
		// a static one outside of .text is no program for libbpf; others call it as any function
		bool program = symbol->binding != STB_LOCAL &&
			       strcmp(elf->sections[symbol->section].name, ".text") != 0;
		KS_TRY(add_function(reader, symbol->name, symbol->section, symbol->value,
				    symbol->size, program));
	}
	for (uint32_t i = 1; i < elf->nr_sections; i++)
		if (!seen[i] && has_code(elf, i))
			KS_TRY(add_whole_section(reader, i));
	ks_bpf_places_sort(&reader->function_places);
	return NULL;
}
