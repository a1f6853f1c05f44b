/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "bpf/reader.h"
#include "bpf/reads.h"

#ifndef EM_BPF
#define EM_BPF 247
#endif

static void close_reader(struct ks_bpf_reader *reader)
{
	struct ks_bpf_places *places[] = { &reader->reloc_places,    &reader->map_places,
					   &reader->function_places, &reader->core_places,
					   &reader->line_places,     &reader->type_places };
	for (size_t i = 0; i < KS_ARRAY_LEN(places); i++)
		ks_vector_deinit(places[i]);
	ks_vector_deinit(&reader->relocs);
	ks_vector_deinit(&reader->maps);
	ks_vector_deinit(&reader->struct_ops);
	ks_vector_deinit(&reader->members);
	ks_vector_deinit(&reader->refs);
	ks_vector_deinit(&reader->refusals);
	ks_elf_close(reader->elf);
}

static struct ks_error *check_kind(const struct ks_elf *elf)
{
	if (elf->machine != EM_BPF || elf->type != ET_REL || !elf->is64)
		return ks_error_new(KS_ERR_UNSUPPORTED,
				    "not an eBPF object: a relocatable 64-bit ELF file for the "
				    "machine BPF was expected");
	return NULL;
}

size_t ks_bpf_name_len(const char *file)
{
	static const char *const ends[] = { ".bpf.o", ".o" };
	size_t len = strlen(file);
	for (size_t i = 0; i < KS_ARRAY_LEN(ends); i++) {
		size_t end = strlen(ends[i]);
		if (len > end && strcmp(file + len - end, ends[i]) == 0)
			return len - end;
	}
	return len;
}

static struct ks_error *set_name(struct ks_bpf_object *object, const char *name)
{
	const char *slash = strrchr(name, '/');
	if (slash && slash[1])
		name = slash + 1;
	object->name = ks_arena_strndup(&object->arena, name, ks_bpf_name_len(name));
	return object->name ? NULL : &ks_nomem;
}

static struct ks_error *read_license(struct ks_bpf_reader *reader)
{
	const struct ks_section *section = ks_elf_section(reader->elf, "license");
	if (!section || !section->data || !section->size)
		return NULL;
	struct ks_arena *arena = &reader->object->arena;
	const char *text = (const char *)section->data;
	reader->object->license = ks_arena_strndup(arena, text, strnlen(text, section->size));
	return reader->object->license ? NULL : &ks_nomem;
}

static struct ks_error *open_btf(struct ks_bpf_reader *reader)
{
	struct ks_bpf_object *object = reader->object;
	const struct ks_section *section = ks_elf_section(reader->elf, ".BTF");
	object->legacy = !section || !section->data || !section->size;
	if (object->legacy)
		return NULL;
	KS_TRY(ks_btf_open(section->data, section->size, NULL, &object->btf));
	object->registers = ks_bpf_registers_of(object->btf);
	return NULL;
}

static struct ks_error *copy_lists(struct ks_bpf_reader *reader)
{
	struct ks_bpf_object *object = reader->object;
	struct ks_arena *arena = &object->arena;
#define KEEP(list, as)                                                                             \
	object->as =                                                                               \
		ks_arena_copy(arena, reader->list.at, reader->list.len, sizeof(*reader->list.at)); \
	object->nr_##as = (uint32_t)reader->list.len
	KEEP(maps, maps);
	KEEP(refs, refs);
	KEEP(struct_ops, struct_ops);
	KEEP(members, struct_members);
	KEEP(refusals, refusals);
#undef KEEP
	return object->maps && object->refs && object->struct_ops && object->struct_members &&
			       object->refusals
		       ? NULL
		       : &ks_nomem;
}

/** The parts in the order in which they need each other. */
static struct ks_error *read_parts(struct ks_bpf_reader *reader)
{
	static struct ks_error *(*const parts[])(struct ks_bpf_reader *) = {
		read_license,
		ks_bpf_read_symbols,
		ks_bpf_read_relocs,
		ks_bpf_read_data,
		open_btf,
		ks_bpf_read_ext,
		ks_bpf_read_maps,
		ks_bpf_read_externs,
		ks_bpf_read_functions,
		ks_bpf_read_programs,
		ks_bpf_read_struct_ops,
		ks_bpf_read_refusals,
		copy_lists,
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(parts); i++)
		KS_TRY(parts[i](reader));
	return NULL;
}

struct ks_error *ks_bpf_open(const void *bytes, size_t len, const char *name,
			     struct ks_bpf_object **ret)
{
	_cleanup_bpf_ struct ks_bpf_object *object = calloc(1, sizeof(*object));
	if (!object)
		return &ks_nomem;
	struct ks_bpf_reader reader = { .object = object };
	KS_TRY(set_name(object, name));
	KS_TRY(ks_elf_open_memory(bytes, len, &reader.elf));
	struct ks_error *err = check_kind(reader.elf);
	if (!err) {
		object->big_endian = reader.elf->big_endian;
		err = read_parts(&reader);
	}
	close_reader(&reader);
	if (err)
		return err;
	*ret = ks_take(object);
	return NULL;
}

void ks_bpf_close(struct ks_bpf_object *object)
{
	if (!object)
		return;
	ks_btf_close(object->btf);
	ks_arena_deinit(&object->arena);
	free(object);
}
