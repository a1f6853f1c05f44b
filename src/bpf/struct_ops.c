/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/array.h"
#include "bpf/names.h"
#include "bpf/reader.h"

/*
 * A section of struct_ops holds variables of a kernel's struct type, each of which becomes a map. A member that
 * is a program is relocated to it.
 */

enum { MAX_MEMBERS = 512 };

static const struct {
	const char *name;
	uint32_t flags;
} sections[] = {
	{ ".struct_ops", 0 },
	{ ".struct_ops.link", KS_BPF_MAP_LINK },
	{ "?.struct_ops", 0 },
	{ "?.struct_ops.link", KS_BPF_MAP_LINK },
};

/** A name up to "___". */
static const char *plain_name(struct ks_arena *arena, const char *name)
{
	const char *flavour = strstr(name, "___");
	return flavour && flavour > name ? ks_arena_strndup(arena, name, (size_t)(flavour - name))
					 : name;
}

static const char *member_at(const struct ks_btf *btf, const struct ks_btf_type *type,
			     uint64_t bytes)
{
	for (uint32_t i = 0; i < type->vlen && i < MAX_MEMBERS; i++) {
		struct ks_btf_member member = ks_btf_member(btf, type, i);
		if (member.bits_offset == bytes * 8)
			return member.name;
	}
	return NULL;
}

/** The program that a relocation makes a member of. @return its index, or KS_NO_INDEX */
static uint32_t program_of(const struct ks_bpf_reader *reader, uint32_t reloc)
{
	const struct ks_bpf_reloc *at = &reader->relocs.at[reloc];
	const struct ks_bpf_symbol *symbol = &reader->symbols[at->symbol];
	uint32_t function = ks_bpf_places_find(&reader->function_places, symbol->section,
					       symbol->value + (uint64_t)at->addend);
	if (function == KS_NO_INDEX)
		return KS_NO_INDEX;
	return reader->functions[function].program ? reader->functions[function].index
						   : KS_NO_INDEX;
}

static struct ks_error *read_members(struct ks_bpf_reader *reader, uint32_t section,
				     const struct ks_bpf_symbol *symbol,
				     const struct ks_btf_type *type)
{
	const struct ks_bpf_places *places = &reader->reloc_places;
	size_t i = ks_bpf_places_before(places, section, symbol->value);
	const size_t end = i + MAX_MEMBERS; // one for each
	for (; i < places->len && i < end && places->at[i].section == section; i++) {
		uint64_t offset = places->at[i].offset - symbol->value;
		if (offset >= type->size)
			break;
		struct ks_bpf_struct_op op = {
			.map = (uint32_t)reader->maps.len - 1,
			.member = member_at(reader->object->btf, type, offset),
			.program = program_of(reader, places->at[i].index),
		};
		if (op.member && op.program != KS_NO_INDEX &&
		    !ks_vector_add(&reader->struct_ops, op))
			return &ks_nomem;
	}
	return NULL;
}

static bool is_zero(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i])
			return false;
	return true;
}

/** What a variable says of each of its members, programs left out. */
static struct ks_error *read_values(struct ks_bpf_reader *reader, uint32_t section,
				    const struct ks_bpf_symbol *symbol,
				    const struct ks_btf_type *type)
{
	const struct ks_btf *btf = reader->object->btf;
	const struct ks_section *at = &reader->elf->sections[section];
	uint64_t room = at->data && symbol->value < at->size ? at->size - symbol->value : 0;
	for (uint32_t i = 0; i < type->vlen && i < MAX_MEMBERS; i++) {
		struct ks_btf_member member = ks_btf_member(btf, type, i);
		uint64_t offset = member.bits_offset / 8;
		struct ks_bpf_struct_member value = {
			.map = (uint32_t)reader->maps.len - 1,
			.name = member.name,
			.kind = ks_btf_type(btf, ks_btf_strip(btf, member.type)).kind,
			.size = ks_bpf_type_size(btf, member.type),
		};
		if (!member.name[0] || member.bitfield_size)
			continue;
		value.set = offset < room && value.size <= room - offset &&
			    !is_zero(at->data + symbol->value + offset, value.size);
		if (!ks_vector_add(&reader->members, value))
			return &ks_nomem;
	}
	return NULL;
}

static struct ks_error *read_section(struct ks_bpf_reader *reader, uint32_t section, uint32_t flags)
{
	const struct ks_btf *btf = reader->object->btf;
	const char *name = reader->elf->sections[section].name;
	uint32_t id = btf ? ks_btf_find(btf, KS_BTF_DATASEC, name, 1) : 0;
	if (!id)
		return NULL;
	struct ks_btf_type datasec = ks_btf_type(btf, id);
	for (uint32_t i = 0; i < datasec.vlen; i++) {
		struct ks_btf_type var = ks_btf_type(btf, ks_btf_secinfo(btf, &datasec, i).type);
		struct ks_btf_type type = ks_btf_type(btf, ks_btf_strip(btf, var.type));
		const struct ks_bpf_symbol *symbol = ks_bpf_find_symbol(reader, var.name, section);
		if (!symbol || type.kind != KS_BTF_STRUCT)
			continue;
		struct ks_bpf_map map = {
			.name = var.name,
			.type = KS_MAP_STRUCT_OPS,
			.key_size = 4,
			.value_size = type.size,
			.max_entries = 1,
			.flags = flags,
			.struct_ops = plain_name(&reader->object->arena, type.name),
			.autocreate = name[0] != '?',
		};
		if (!map.struct_ops || !ks_vector_add(&reader->maps, map))
			return &ks_nomem;
		KS_TRY(read_members(reader, section, symbol, &type));
		KS_TRY(read_values(reader, section, symbol, &type));
	}
	return NULL;
}

/** A program of struct_ops is loaded when a map that is made holds it; its hook is that member. */
static void name_hooks(struct ks_bpf_reader *reader)
{
	struct ks_bpf_program *programs = reader->programs;
	for (uint32_t i = 0; i < reader->object->nr_programs; i++)
		if (programs[i].hook.kind == KS_HOOK_STRUCT_OPS)
			programs[i].autoload = false;
	for (size_t i = 0; i < reader->struct_ops.len; i++) {
		const struct ks_bpf_struct_op *op = &reader->struct_ops.at[i];
		struct ks_bpf_program *program = &programs[op->program];
		if (program->hook.kind != KS_HOOK_STRUCT_OPS)
			continue;
		program->autoload |= reader->maps.at[op->map].autocreate;
		program->hook.target = op->member;
		program->hook.group = reader->maps.at[op->map].struct_ops;
	}
}

struct ks_error *ks_bpf_read_struct_ops(struct ks_bpf_reader *reader)
{
	enum { NR_SECTIONS = KS_ARRAY_LEN(sections) };
	bool seen[NR_SECTIONS] = { 0 }; // loaders look at one of each name
	for (uint32_t i = 1; i < reader->elf->nr_sections; i++)
		for (size_t k = 0; k < NR_SECTIONS; k++)
			if (!seen[k] &&
			    strcmp(reader->elf->sections[i].name, sections[k].name) == 0) {
				seen[k] = true;
				KS_TRY(read_section(reader, i, sections[k].flags));
			}
	name_hooks(reader);
	return NULL;
}
