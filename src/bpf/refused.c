/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "bpf/names.h"
#include "bpf/reader.h"

/*
 * What libbpf 1.x does not open, whatever the kernel: bpf_object__elf_collect(), bpf_object__add_programs(),
 * parse_btf_map_def(), bpf_object__init_user_btf_map(), bpf_object__collect_externs(), bpf_program__record_reloc().
 * It stops at the first; a few are kept.
 */

enum {
	MOST = 4,
	MAX_MEMBERS = 64,
	GLOBAL = 1,
};

/** @param more behind why, as the name of a member; NULL */
static struct ks_error *refuse(struct ks_bpf_reader *reader, const char *name, const char *why,
			       const char *more)
{
	struct ks_arena *arena = &reader->object->arena;
	if (reader->refusals.len == MOST)
		return NULL;
	_cleanup_buf_ struct ks_buf text = { 0 };
	ks_buf_printf(&text, "%s%s", why, more ? more : "");
	const char *whole = ks_buf_text(&text);
	struct ks_bpf_refusal refusal = {
		.name = ks_arena_strdup(arena, name),
		.why = whole ? ks_arena_strdup(arena, whole) : NULL,
	};
	return refusal.name && refusal.why && ks_vector_add(&reader->refusals, refusal) ? NULL
											: &ks_nomem;
}

/** __uint(): `int (*name)[n]`, or an enumerator. */
static bool is_number(const struct ks_btf *btf, uint32_t id)
{
	struct ks_btf_type type = ks_btf_type(btf, ks_btf_strip(btf, id));
	if (type.kind == KS_BTF_PTR)
		type = ks_btf_type(btf, ks_btf_strip(btf, type.type));
	return type.kind == KS_BTF_ARRAY || type.kind == KS_BTF_ENUM || type.kind == KS_BTF_ENUM64;
}

/** __type(): `typeof(t) *name`. */
static bool is_type(const struct ks_btf *btf, uint32_t id)
{
	return ks_btf_type(btf, ks_btf_strip(btf, id)).kind == KS_BTF_PTR;
}

/** __array(): `typeof(t) *name[]`. */
static bool is_array(const struct ks_btf *btf, uint32_t id)
{
	return ks_btf_type(btf, ks_btf_strip(btf, id)).kind == KS_BTF_ARRAY;
}

/** The members that libbpf knows. */
static const struct {
	const char *name;
	bool (*fits)(const struct ks_btf *btf, uint32_t type);
} members[] = {
	{ "type", is_number },	    { "max_entries", is_number }, { "map_flags", is_number },
	{ "numa_node", is_number }, { "key_size", is_number },	  { "value_size", is_number },
	{ "map_extra", is_number }, { "pinning", is_number },	  { "key", is_type },
	{ "value", is_type },	    { "values", is_array },
};

/** The number that a definition's member has, or the size of its type; false when there is none. */
static bool member_value(const struct ks_btf *btf, const struct ks_btf_type *definition,
			 const char *name, uint32_t *ret)
{
	for (uint32_t i = 0; i < definition->vlen && i < MAX_MEMBERS; i++) {
		struct ks_btf_member member = ks_btf_member(btf, definition, i);
		if (strcmp(member.name, name) != 0)
			continue;
		*ret = ks_bpf_map_member(btf, name, member.type);
		return true;
	}
	return false;
}

/** Two members that tell the same must agree. */
static bool conflict(const struct ks_btf *btf, const struct ks_btf_type *definition,
		     const char *size, const char *type)
{
	uint32_t a, b;
	return member_value(btf, definition, size, &a) && member_value(btf, definition, type, &b) &&
	       a && a != b;
}

/** @param inner it is that of the maps in another one */
static struct ks_error *judge_definition(struct ks_bpf_reader *reader, const char *name,
					 uint32_t id, bool inner)
{
	const struct ks_btf *btf = reader->object->btf;
	struct ks_btf_type definition = ks_btf_type(btf, ks_btf_strip(btf, id));
	uint32_t type = 0, pinning = 0, values = 0;
	if (definition.kind != KS_BTF_STRUCT)
		return refuse(reader, name, "the map is defined as something else than a struct",
			      NULL);
	for (uint32_t i = 0; i < definition.vlen && i < MAX_MEMBERS; i++) {
		struct ks_btf_member member = ks_btf_member(btf, &definition, i);
		size_t k = 0;
		while (k < KS_ARRAY_LEN(members) && strcmp(members[k].name, member.name) != 0)
			k++;
		if (k == KS_ARRAY_LEN(members))
			return refuse(
				reader, name,
				"the map has a member that libbpf does not know: ", member.name);
		if (!members[k].fits(btf, member.type))
			return refuse(reader, name,
				      "the map has a member in another form than "
				      "libbpf reads: ",
				      member.name);
	}
	member_value(btf, &definition, "type", &type);
	member_value(btf, &definition, "pinning", &pinning);
	if (!type)
		return refuse(reader, name, "the map has no type", NULL);
	if (pinning > 1)
		return refuse(reader, name, "the map is pinned in a way that libbpf does not know",
			      NULL);
	if (conflict(btf, &definition, "key_size", "key") ||
	    conflict(btf, &definition, "value_size", "value"))
		return refuse(reader, name, "the map has two sizes that do not agree", NULL);
	if (!member_value(btf, &definition, "values", &values))
		return NULL;
	if (inner || (type != KS_MAP_PROG_ARRAY && type != KS_MAP_ARRAY_OF_MAPS &&
		      type != KS_MAP_HASH_OF_MAPS))
		return refuse(reader, name,
			      "only maps of maps, of one level, and maps of programs "
			      "have values",
			      NULL);
	return values ? judge_definition(reader, name, values, true) : NULL;
}

static struct ks_error *judge_maps(struct ks_bpf_reader *reader)
{
	const struct ks_btf *btf = reader->object->btf;
	uint32_t id = btf ? ks_btf_find(btf, KS_BTF_DATASEC, ".maps", 1) : 0;
	if (!id)
		return NULL;
	struct ks_btf_type section = ks_btf_type(btf, id);
	for (uint32_t i = 0; i < section.vlen; i++) {
		struct ks_btf_type var = ks_btf_type(btf, ks_btf_secinfo(btf, &section, i).type);
		if (var.kind != KS_BTF_VAR)
			continue;
		if (ks_btf_var_linkage(btf, &var) != GLOBAL)
			KS_TRY(refuse(reader, var.name, "the map is static", NULL));
		KS_TRY(judge_definition(reader, var.name, var.type, false));
	}
	return NULL;
}

static struct ks_error *judge_externs(struct ks_bpf_reader *reader)
{
	const struct ks_bpf_object *object = reader->object;
	for (uint32_t i = 0; i < object->nr_externs; i++)
		if (object->externs[i].kind == KS_EXTERN_KCONFIG &&
		    object->externs[i].value == KS_KCONFIG_UNKNOWN)
			KS_TRY(refuse(reader, object->externs[i].name,
				      "an option is a number, bool, char, char array of some "
				      "length or enum libbpf_tristate, and nothing else",
				      NULL));
	return NULL;
}

static bool is_code(const struct ks_elf *elf, uint32_t section)
{
	return section < elf->nr_sections && elf->sections[section].flags & SHF_EXECINSTR;
}

static bool is_text(const struct ks_elf *elf, uint32_t section)
{
	return strcmp(elf->sections[section].name, ".text") == 0;
}

static struct ks_error *judge_functions(struct ks_bpf_reader *reader)
{
	for (uint32_t i = 0; i < reader->nr_symbols; i++) {
		const struct ks_bpf_symbol *symbol = &reader->symbols[i];
		if (symbol->type == STT_FUNC && symbol->binding == STB_LOCAL &&
		    is_code(reader->elf, symbol->section) && !is_text(reader->elf, symbol->section))
			KS_TRY(refuse(reader, symbol->name,
				      "the program is static, or a static function in a section "
				      "of programs",
				      NULL));
	}
	return NULL;
}

/** Why libbpf follows no relocation to a symbol; NULL: it does. @param ret_section behind that, as a name; NULL */
static const char *why_lost(const struct ks_bpf_reader *reader, const struct ks_bpf_symbol *symbol,
			    const char **ret_section)
{
	const struct ks_elf *elf = reader->elf;
	*ret_section = NULL;
	if (symbol->section == SHN_UNDEF) // an extern, or a stray
		return NULL;
	if (symbol->section >= elf->nr_sections)
		return "it stands in no section: built with -fcommon";
	const char *section = elf->sections[symbol->section].name;
	if (is_code(elf, symbol->section))
		return is_text(elf, symbol->section)
			       ? NULL
			       : "it stands among the programs: only functions of .text are called";
	if (reader->data_of[symbol->section] != KS_NO_INDEX || strcmp(section, ".maps") == 0 ||
	    strcmp(section, ".jumptables") == 0 || ks_bpf_holds_legacy_maps(section))
		return NULL;
	*ret_section = section;
	return "it stands in a section that libbpf does not read: ";
}

static struct ks_error *judge_relocations(struct ks_bpf_reader *reader)
{
	const struct ks_elf *elf = reader->elf;
	for (size_t i = 0; i < reader->reloc_places.len; i++) {
		const struct ks_bpf_place *place = &reader->reloc_places.at[i];
		const struct ks_bpf_symbol *symbol =
			&reader->symbols[reader->relocs.at[place->index].symbol];
		const char *section, *name = symbol->name;
		const char *why =
			is_code(elf, place->section) ? why_lost(reader, symbol, &section) : NULL;
		if (!why)
			continue;
		if ((symbol->type == STT_SECTION || !name[0]) && symbol->section < elf->nr_sections)
			name = elf->sections[symbol->section].name;
		return refuse(reader, name, why, section);
	}
	return NULL;
}

/** A program may stand in several maps of operations, but for one member. */
static struct ks_error *judge_operations(struct ks_bpf_reader *reader)
{
	for (size_t i = 0; i < reader->struct_ops.len; i++) {
		const struct ks_bpf_struct_op *op = &reader->struct_ops.at[i];
		const struct ks_bpf_program *program = &reader->programs[op->program];
		const char *group = reader->maps.at[op->map].struct_ops;
		if (program->hook.kind == KS_HOOK_STRUCT_OPS &&
		    (strcmp(program->hook.target, op->member) != 0 ||
		     strcmp(program->hook.group, group) != 0))
			return refuse(reader, program->name,
				      "the program stands for two members of operations", NULL);
	}
	return NULL;
}

static struct ks_error *judge_version(struct ks_bpf_reader *reader)
{
	const struct ks_section *section = ks_elf_section(reader->elf, "version");
	if (section && section->data && section->size && section->size != sizeof(uint32_t))
		return refuse(reader, "version", "the section holds more or less than one number",
			      NULL);
	return NULL;
}

struct ks_error *ks_bpf_read_refusals(struct ks_bpf_reader *reader)
{
	static struct ks_error *(*const judges[])(struct ks_bpf_reader *) = {
		judge_version, judge_functions,	  judge_maps,
		judge_externs, judge_relocations, judge_operations,
	};
	if (reader->object->no_symbols || reader->object->legacy_maps)
		return NULL; // that is looked at first
	for (size_t i = 0; i < KS_ARRAY_LEN(judges); i++)
		KS_TRY(judges[i](reader));
	return NULL;
}
