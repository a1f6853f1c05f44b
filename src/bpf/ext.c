/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <elf.h>
#include <string.h>

#include "bpf/reader.h"

/*
 * .BTF.ext (kernel: Documentation/bpf/btf.rst, section 4):
 *
 *	u16 magic 0xeb9f; u8 version, flags; u32 hdr_len;
 *	u32 func_info_off, func_info_len, line_info_off, line_info_len;	offsets from the end of the header
 *	u32 core_relo_off, core_relo_len;				when hdr_len says that they are there
 *
 * Each of the three is: u32 record_size, then for each section of code: u32 sec_name_off, u32 nr, nr records.
 */

enum { MAGIC = 0xeb9f, MAX_PATH = 64 };
const char *const ks_core_texts[KS_NR_CORE_KINDS] = {
	[KS_CORE_FIELD_OFFSET] = "field offset",     [KS_CORE_FIELD_SIZE] = "field size",
	[KS_CORE_FIELD_EXISTS] = "field exists",     [KS_CORE_FIELD_SIGNED] = "field signedness",
	[KS_CORE_FIELD_LSHIFT] = "field left shift", [KS_CORE_FIELD_RSHIFT] = "field right shift",
	[KS_CORE_TYPE_ID_LOCAL] = "local type id",   [KS_CORE_TYPE_ID_TARGET] = "type id",
	[KS_CORE_TYPE_EXISTS] = "type exists",	     [KS_CORE_TYPE_SIZE] = "type size",
	[KS_CORE_ENUM_EXISTS] = "enum value exists", [KS_CORE_ENUM_VALUE] = "enum value",
	[KS_CORE_TYPE_MATCHES] = "type matches",
};

struct ext {
	struct ks_bpf_reader *reader;
	const struct ks_btf *btf;
	KS_VECTOR(struct ks_bpf_line) lines;
	KS_VECTOR(struct ks_bpf_core) cores;
};

/** Reads one record. @param c over the record */
typedef struct ks_error *record_fn(struct ext *ext, struct ks_cursor *c, uint32_t section);

static struct ks_error *add_place(struct ks_bpf_places *places, uint32_t section, uint32_t offset,
				  size_t index)
{
	struct ks_bpf_place place = { section, (uint32_t)index, offset };
	return ks_vector_add(places, place) ? NULL : &ks_nomem;
}

static struct ks_error *read_func(struct ext *ext, struct ks_cursor *c, uint32_t section)
{
	uint32_t offset = ks_cursor_u32(c), id = ks_cursor_u32(c);
	struct ks_btf_type type = ks_btf_type(ext->btf, id);
	if (type.kind != KS_BTF_FUNC)
		return NULL; // its prototype stays unknown
	return add_place(&ext->reader->type_places, section, offset, type.type);
}

static struct ks_error *read_line(struct ext *ext, struct ks_cursor *c, uint32_t section)
{
	uint32_t offset = ks_cursor_u32(c);
	struct ks_bpf_line line = { .file = ks_btf_string(ext->btf, ks_cursor_u32(c)),
				    .text = ks_btf_string(ext->btf, ks_cursor_u32(c)) };
	uint32_t place = ks_cursor_u32(c);
	line.line = place >> 10;
	line.column = place & 0x3ff;
	while (isspace((unsigned char)*line.text))
		line.text++;
	KS_TRY(add_place(&ext->reader->line_places, section, offset, ext->lines.len));
	return ks_vector_add(&ext->lines, line) ? NULL : &ks_nomem;
}

/** "0:1:2" as numbers. */
static struct ks_error *read_path(struct ks_arena *arena, struct ks_bpf_core *core)
{
	uint32_t path[MAX_PATH], nr = 0;
	const char *at = core->text;
	do {
		uint64_t step = 0;
		const char *first = at;
		while (isdigit((unsigned char)*at) && step <= UINT32_MAX)
			step = step * 10 + (uint64_t)(*at++ - '0');
		if (at == first || step > UINT32_MAX || nr == MAX_PATH)
			return ks_error_new(KS_ERR_DATA, "a relocation has the path \"%.80s\"",
					    core->text);
		path[nr++] = (uint32_t)step;
	} while (*at++ == ':');
	if (at[-1])
		return ks_error_new(KS_ERR_DATA, "a relocation has the path \"%.80s\"", core->text);
	core->path = ks_arena_copy(arena, path, nr, sizeof(*path));
	core->nr = nr;
	return core->path ? NULL : &ks_nomem;
}

static struct ks_error *read_core(struct ext *ext, struct ks_cursor *c, uint32_t section)
{
	uint32_t offset = ks_cursor_u32(c);
	struct ks_bpf_core core = { .type = ks_cursor_u32(c),
				    .text = ks_btf_string(ext->btf, ks_cursor_u32(c)) };
	uint32_t kind = ks_cursor_u32(c);
	if (kind >= KS_NR_CORE_KINDS)
		return ks_error_new(KS_ERR_UNSUPPORTED, "a relocation is of unknown kind %u", kind);
	if (core.type >= ext->btf->nr)
		return ks_error_new(KS_ERR_DATA,
				    "a relocation is about type %u, which is not there", core.type);
	core.kind = (enum ks_core_kind)kind;
	KS_TRY(read_path(&ext->reader->object->arena, &core));
	KS_TRY(add_place(&ext->reader->core_places, section, offset, ext->cores.len));
	return ks_vector_add(&ext->cores, core) ? NULL : &ks_nomem;
}

/** The section of code of that name; 0 when there is none: its records concern nobody. */
static uint32_t section_index(const struct ks_elf *elf, const char *name)
{
	for (uint32_t i = 1; i < elf->nr_sections; i++)
		if (elf->sections[i].flags & SHF_EXECINSTR &&
		    strcmp(elf->sections[i].name, name) == 0)
			return i;
	return 0;
}

static struct ks_error *at_cursor(struct ks_error *err, const struct ks_cursor *c)
{
	return ks_error_at(err, ".BTF.ext", ks_cursor_offset(c));
}

/** One of the three tables. @param min size of the part of a record that is known */
static struct ks_error *read_table(struct ext *ext, struct ks_cursor c, uint64_t offset,
				   uint32_t len, uint32_t min, record_fn *read)
{
	if (!len)
		return NULL;
	ks_cursor_take(&c, offset);
	if (!c.why && len > (uint64_t)(c.end - c.pos))
		ks_cursor_fail(&c, "table runs past the end of its section");
	if (!c.why)
		c.end = c.pos + len;
	uint32_t size = ks_cursor_u32(&c);
	if (!c.why && size < min)
		ks_cursor_fail(&c, "records are too short");
	// one block for each section; more of them would only make the search below long
	for (size_t blocks = 0; ks_cursor_more(&c); blocks++) {
		if (blocks == ext->reader->elf->nr_sections)
			ks_cursor_fail(&c, "more blocks than sections");
		const char *name = ks_btf_string(ext->btf, ks_cursor_u32(&c));
		uint32_t nr = ks_cursor_u32(&c);
		uint32_t section = c.why ? 0 : section_index(ext->reader->elf, name);
		for (; nr && !c.why; nr--) {
			struct ks_cursor record = c;
			if (ks_cursor_take(&c, size) && section)
				KS_TRY(at_cursor(read(ext, &record, section), &c));
		}
	}
	return c.why ? at_cursor(ks_error_new(KS_ERR_DATA, "%s", c.why), &c) : NULL;
}

static struct ks_error *read_tables(struct ext *ext, struct ks_cursor c)
{
	struct ks_cursor whole = c;
	uint16_t magic = ks_cursor_u16(&c);
	if (magic == __builtin_bswap16(MAGIC))
		whole.swap = c.swap = !c.swap;
	else if (magic != MAGIC)
		return at_cursor(ks_error_new(KS_ERR_DATA, "wrong magic number 0x%04x", magic), &c);
	ks_cursor_u16(&c); // version and flags
	uint32_t header = ks_cursor_u32(&c), at[6] = { 0 };
	for (int i = 0; i < (header >= 32 ? 6 : 4); i++)
		at[i] = ks_cursor_u32(&c);
	if (c.why || header < 24)
		return at_cursor(ks_error_new(KS_ERR_DATA, "the header is cut off"), &c);
	uint64_t base = header;
	KS_TRY(read_table(ext, whole, base + at[0], at[1], 8, read_func));
	KS_TRY(read_table(ext, whole, base + at[2], at[3], 16, read_line));
	return read_table(ext, whole, base + at[4], at[5], 16, read_core);
}

/** Copy what was collected into the object. */
static struct ks_error *keep(struct ext *ext)
{
	struct ks_bpf_object *object = ext->reader->object;
	object->lines = ks_arena_copy(&object->arena, ext->lines.at, ext->lines.len,
				      sizeof(*ext->lines.at));
	object->cores = ks_arena_copy(&object->arena, ext->cores.at, ext->cores.len,
				      sizeof(*ext->cores.at));
	if (!object->lines || !object->cores)
		return &ks_nomem;
	object->nr_lines = (uint32_t)ext->lines.len;
	object->nr_cores = (uint32_t)ext->cores.len;
	ks_bpf_places_sort(&ext->reader->type_places);
	ks_bpf_places_sort(&ext->reader->line_places);
	ks_bpf_places_sort(&ext->reader->core_places);
	return NULL;
}

struct ks_error *ks_bpf_read_ext(struct ks_bpf_reader *reader)
{
	const struct ks_section *section = ks_elf_section(reader->elf, ".BTF.ext");
	if (!section || !section->data || !section->size || !reader->object->btf)
		return NULL;
	struct ext ext = { .reader = reader, .btf = reader->object->btf };
	struct ks_error *err = read_tables(&ext, ks_elf_cursor(reader->elf, section));
	if (!err)
		err = keep(&ext);
	ks_vector_deinit(&ext.lines);
	ks_vector_deinit(&ext.cores);
	return err;
}
