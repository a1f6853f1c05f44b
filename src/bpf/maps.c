/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <stddef.h>
#include <string.h>

#include "base/array.h"
#include "bpf/reader.h"

/*
 * Maps are declared in one of two ways. With BTF: variables in the section ".maps", whose struct type holds the
 * values in its members' types: a number n as `int (*name)[n]` or as an enumerator, a type as `typeof(t) *name`.
 * Without: structs bpf_map_def in the section "maps", of four numbers or more (libbpf's legacy form, and
 * iproute2's, which begins in the same way); gobpf has a section "maps/name" for each, v4l-utils "lirc_mode2/maps".
 */

enum { MAX_MEMBERS = 64, MAX_DEPTH = 32 };

uint32_t ks_bpf_type_size(const struct ks_btf *btf, uint32_t id)
{
	uint64_t elements = 1;
	for (int depth = 0; depth < MAX_DEPTH; depth++) {
		struct ks_btf_type type = ks_btf_type(btf, ks_btf_strip(btf, id));
		uint64_t size = type.size;
		if (type.kind == KS_BTF_ARRAY) {
			elements *= ks_btf_array_len(btf, &type);
			id = type.type;
			if (elements > UINT32_MAX)
				return 0;
			continue;
		}
		if (type.kind == KS_BTF_PTR)
			size = 8;
		return size * elements > UINT32_MAX ? 0 : (uint32_t)(size * elements);
	}
	return 0;
}

/** What __uint() and __ulong() declare. */
static uint32_t number_of(const struct ks_btf *btf, uint32_t id)
{
	struct ks_btf_type type = ks_btf_type(btf, ks_btf_strip(btf, id));
	if (type.kind == KS_BTF_PTR) {
		struct ks_btf_type array = ks_btf_type(btf, ks_btf_strip(btf, type.type));
		return array.kind == KS_BTF_ARRAY ? ks_btf_array_len(btf, &array) : 0;
	}
	if ((type.kind == KS_BTF_ENUM || type.kind == KS_BTF_ENUM64) && type.vlen)
		return (uint32_t)ks_btf_enumerator(btf, &type, 0).value;
	return 0;
}

/** What __type() declares, as its size. */
static uint32_t size_of(const struct ks_btf *btf, uint32_t id)
{
	struct ks_btf_type type = ks_btf_type(btf, ks_btf_strip(btf, id));
	return type.kind == KS_BTF_PTR ? ks_bpf_type_size(btf, type.type) : 0;
}

/** The map that __array(values, …) declares for each slot: the struct, or 0 for programs. */
static uint32_t inner_struct(const struct ks_btf *btf, uint32_t id)
{
	struct ks_btf_type type = ks_btf_type(btf, ks_btf_strip(btf, id));
	if (type.kind == KS_BTF_ARRAY)
		type = ks_btf_type(btf, ks_btf_strip(btf, type.type));
	if (type.kind == KS_BTF_PTR)
		type = ks_btf_type(btf, ks_btf_strip(btf, type.type));
	return type.kind == KS_BTF_STRUCT ? type.id : 0;
}

/** The members that say something here, and where it goes. */
static const struct {
	const char *name;
	uint32_t (*read)(const struct ks_btf *btf, uint32_t type);
	size_t at;
} members[] = {
	{ "type", number_of, offsetof(struct ks_bpf_map, type) },
	{ "max_entries", number_of, offsetof(struct ks_bpf_map, max_entries) },
	{ "map_flags", number_of, offsetof(struct ks_bpf_map, flags) },
	{ "key_size", number_of, offsetof(struct ks_bpf_map, key_size) },
	{ "value_size", number_of, offsetof(struct ks_bpf_map, value_size) },
	{ "key", size_of, offsetof(struct ks_bpf_map, key_size) },
	{ "value", size_of, offsetof(struct ks_bpf_map, value_size) },
};

uint32_t ks_bpf_map_member(const struct ks_btf *btf, const char *name, uint32_t type)
{
	for (size_t k = 0; k < KS_ARRAY_LEN(members); k++)
		if (strcmp(name, members[k].name) == 0)
			return members[k].read(btf, type);
	return strcmp(name, "values") == 0 ? inner_struct(btf, type) : number_of(btf, type);
}

/** @param ret_inner the struct of the maps in its slots, 0 when it has none */
static void read_definition(const struct ks_btf *btf, uint32_t id, struct ks_bpf_map *map,
			    uint32_t *ret_inner)
{
	struct ks_btf_type type = ks_btf_type(btf, id);
	*ret_inner = 0;
	for (uint32_t i = 0; i < type.vlen && i < MAX_MEMBERS; i++) {
		struct ks_btf_member member = ks_btf_member(btf, &type, i);
		for (size_t k = 0; k < KS_ARRAY_LEN(members); k++)
			if (strcmp(member.name, members[k].name) == 0)
				*(uint32_t *)((char *)map + members[k].at) =
					members[k].read(btf, member.type);
		if (strcmp(member.name, "values") == 0) {
			map->value_size = 4; // slots hold the number of a map or program
			*ret_inner = inner_struct(btf, member.type);
		}
	}
}

static struct ks_error *add_map(struct ks_bpf_reader *reader, const struct ks_bpf_map *map,
				uint32_t section, uint64_t offset)
{
	struct ks_bpf_place place = { section, (uint32_t)reader->maps.len, offset };
	return ks_vector_add(&reader->maps, *map) && ks_vector_add(&reader->map_places, place)
		       ? NULL
		       : &ks_nomem;
}

static struct ks_error *read_btf_maps(struct ks_bpf_reader *reader, uint32_t section)
{
	const struct ks_btf *btf = reader->object->btf;
	uint32_t id = btf && !reader->object->no_symbols
			      ? ks_btf_find(btf, KS_BTF_DATASEC, ".maps", 1)
			      : 0;
	if (!id)
		return NULL;
	struct ks_btf_type datasec = ks_btf_type(btf, id);
	for (uint32_t i = 0; i < datasec.vlen; i++) {
		struct ks_btf_type var = ks_btf_type(btf, ks_btf_secinfo(btf, &datasec, i).type);
		const struct ks_bpf_symbol *symbol = ks_bpf_find_symbol(reader, var.name, section);
		if (var.kind != KS_BTF_VAR || !symbol)
			return ks_error_at(
				ks_error_new(KS_ERR_DATA, "map '%s' has no symbol", var.name),
				".maps", 0);
		struct ks_bpf_map map = { .name = var.name, .autocreate = true }, inner = { 0 };
		uint32_t inner_id, none;
		read_definition(btf, ks_btf_strip(btf, var.type), &map, &inner_id);
		if (inner_id)
			read_definition(btf, inner_id, &inner, &none);
		map.inner_type = inner.type;
		KS_TRY(add_map(reader, &map, section, symbol->value));
	}
	return NULL;
}

static struct ks_error *read_legacy_maps(struct ks_bpf_reader *reader, uint32_t section)
{
	for (uint32_t i = 0; i < reader->nr_symbols; i++) {
		const struct ks_bpf_symbol *symbol = &reader->symbols[i];
		if (symbol->section != section || symbol->type == STT_SECTION ||
		    symbol->value == reader->elf->sections[section].size) // an array of none
			continue;
		struct ks_cursor c = ks_elf_cursor(reader->elf, &reader->elf->sections[section]);
		ks_cursor_take(&c, symbol->value);
		struct ks_bpf_map map = { .name = symbol->name, .autocreate = true };
		map.type = ks_cursor_u32(&c);
		map.key_size = ks_cursor_u32(&c);
		map.value_size = ks_cursor_u32(&c);
		map.max_entries = ks_cursor_u32(&c);
		if (c.why)
			return ks_bpf_damaged(reader, section, symbol->value, c.why);
		map.flags = ks_cursor_u32(&c); // the very first form ends before it
		KS_TRY(add_map(reader, &map, section, symbol->value));
	}
	return NULL;
}

bool ks_bpf_holds_legacy_maps(const char *section)
{
	const char *slash = strrchr(section, '/');
	return strcmp(section, "maps") == 0 || strncmp(section, "maps/", 5) == 0 ||
	       (slash && strcmp(slash, "/maps") == 0);
}

/** Whether libbpf 1.x minds the section: always the one of that name, others where a program asks for a map in it. */
static bool minds(const struct ks_bpf_reader *reader, uint32_t section)
{
	bool refused = strcmp(reader->elf->sections[section].name, "maps") == 0;
	for (size_t i = 0; !refused && i < reader->relocs.len; i++)
		refused = reader->symbols[reader->relocs.at[i].symbol].section == section;
	return refused;
}

struct ks_error *ks_bpf_read_maps(struct ks_bpf_reader *reader)
{
	bool seen = false; // one section of that name is all that loaders look at
	for (uint32_t i = 1; i < reader->elf->nr_sections; i++) {
		const char *name = reader->elf->sections[i].name;
		if (!seen && strcmp(name, ".maps") == 0) {
			seen = true;
			KS_TRY(read_btf_maps(reader, i));
		} else if (ks_bpf_holds_legacy_maps(name)) {
			if (minds(reader, i)) {
				char *copy = ks_arena_strdup(&reader->object->arena, name);
				if (!copy)
					return &ks_nomem;
				reader->object->legacy_maps = copy;
			}
			if (!(reader->elf->sections[i].flags & SHF_EXECINSTR))
				KS_TRY(read_legacy_maps(reader, i));
		}
	}
	ks_bpf_places_sort(&reader->map_places);
	return NULL;
}
