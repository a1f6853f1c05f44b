/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <string.h>

#include "base/array.h"
#include "bpf/reader.h"

/** Sections of data by how their names begin: the name, or the name and a dot. */
static const struct {
	const char *name;
	bool constant;
} kinds[] = {
	{ ".rodata", true },
	{ ".data", false },
	{ ".bss", false },
	{ ".addr_space.1", false }, // of an arena
};

static bool is_data(const struct ks_section *section, bool *ret_constant)
{
	if ((section->type != SHT_PROGBITS && section->type != SHT_NOBITS) ||
	    section->flags & SHF_EXECINSTR)
		return false;
	for (size_t i = 0; i < KS_ARRAY_LEN(kinds); i++) {
		size_t len = strlen(kinds[i].name);
		*ret_constant = kinds[i].constant;
		if (strncmp(section->name, kinds[i].name, len) == 0 &&
		    (!section->name[len] || section->name[len] == '.'))
			return true;
	}
	return false;
}

struct ks_error *ks_bpf_read_data(struct ks_bpf_reader *reader)
{
	struct ks_bpf_object *object = reader->object;
	const struct ks_elf *elf = reader->elf;
	struct ks_bpf_data *data = ks_arena_array(&object->arena, elf->nr_sections, sizeof(*data));
	reader->data_of =
		ks_arena_array(&object->arena, elf->nr_sections, sizeof(*reader->data_of));
	if (!data || !reader->data_of)
		return &ks_nomem;
	for (size_t i = 0; i < elf->nr_sections; i++) {
		const struct ks_section *section = &elf->sections[i];
		bool constant;
		reader->data_of[i] = KS_NO_INDEX;
		if (i == 0 || !is_data(section, &constant))
			continue;
		reader->data_of[i] = object->nr_data;
		data[object->nr_data++] = (struct ks_bpf_data){
			.name = ks_arena_strdup(&object->arena, section->name),
			.bytes = section->data,
			.size = section->size,
			.constant = constant,
		};
		if (!data[object->nr_data - 1].name)
			return &ks_nomem;
	}
	object->data = data;
	return NULL;
}
