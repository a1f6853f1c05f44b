/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "dwarf/die.h"
#include "dwarf/split.h"

/** Parse one unit header (DWARF 5, section 7.5.1) and step over the unit. */
static struct ks_error *read_unit(struct ks_dwarf *dwarf, struct ks_cursor *c, struct ks_unit *unit)
{
	*unit = (struct ks_unit){ .dwarf = dwarf, .start = c->pos, .offset_size = 4 };
	uint64_t length = ks_cursor_u32(c);
	if (length == 0xffffffff) {
		unit->offset_size = 8;
		length = ks_cursor_u64(c);
	}
	const uint8_t *body = c->pos;
	if (!ks_cursor_take(c, length))
		return ks_error_new(KS_ERR_DATA, "unit runs past the end of its section");
	unit->end = c->pos;
	struct ks_cursor h = ks_cursor_over(body, length, dwarf->swap);
	unsigned int version = ks_cursor_u16(&h);
	unit->version = (uint8_t)version;
	bool types = unit->start >= dwarf->info.base + dwarf->info_size; // .debug_types
	unit->kind = types ? DW_UT_type : DW_UT_compile;
	if (version >= 5) {
		unit->kind = ks_cursor_u8(&h);
		unit->address_size = ks_cursor_u8(&h);
		unit->abbrev_offset = ks_cursor_uint(&h, unit->offset_size);
	} else {
		unit->abbrev_offset = ks_cursor_uint(&h, unit->offset_size);
		unit->address_size = ks_cursor_u8(&h);
	}
	if (unit->kind == DW_UT_skeleton || unit->kind == DW_UT_split_compile)
		ks_cursor_take(&h, 8); // the id of the .dwo file
	if (unit->kind == DW_UT_type || unit->kind == DW_UT_split_type) {
		unit->signature = ks_cursor_u64(&h);
		unit->type = ks_cursor_uint(&h, unit->offset_size);
	}
	unit->first_die = (uint32_t)(h.pos - unit->start);
	if (h.why)
		return ks_error_new(KS_ERR_DATA, "unit header is cut off");
	if (version < 2 || version > 5)
		return ks_error_new(KS_ERR_UNSUPPORTED, "DWARF version %u is not 2 to 5", version);
	if (unit->address_size != 4 && unit->address_size != 8)
		return ks_error_new(KS_ERR_UNSUPPORTED, "addresses of %d bytes",
				    unit->address_size);
	if ((uint64_t)(unit->end - unit->start) > UINT32_MAX)
		return ks_error_new(KS_ERR_UNSUPPORTED, "unit is larger than 4 GiB");
	return NULL;
}

static struct ks_error *list_units(struct ks_dwarf *dwarf)
{
	struct ks_cursor c = dwarf->info;
	while (ks_cursor_more(&c)) {
		uint64_t offset = ks_cursor_offset(&c);
		struct ks_unit *unit = ks_vector_push(&dwarf->units);
		if (!unit)
			return &ks_nomem;
		struct ks_error *err = read_unit(dwarf, &c, unit);
		if (err)
			return ks_error_at(err, ".debug_info", offset);
	}
	return NULL;
}

/** A debug section, its bytes ready to be read. */
static struct ks_error *debug_section(const struct ks_elf *elf, const char *name,
				      const struct ks_section **ret)
{
	*ret = ks_elf_section(elf, name);
	return ks_elf_unpack(elf, *ret);
}

/** The same for a section of strings, whose last byte must be a NUL. */
static struct ks_error *string_section(const struct ks_elf *elf, const char *name,
				       const struct ks_section **ret)
{
	KS_TRY(debug_section(elf, name, ret));
	if (*ret && (!(*ret)->data || !(*ret)->size || (*ret)->data[(*ret)->size - 1]))
		return ks_error_at(ks_error_new(KS_ERR_DATA, "string section does not end in NUL"),
				   name, (*ret)->size);
	return ks_elf_check_strings(elf, *ret);
}

struct ks_error *ks_dwarf_open(const struct ks_elf *elf, struct ks_dwarf *ret)
{
	*ret = (struct ks_dwarf){
		.elf = elf,
		.swap = elf->swap,
		.str_repeats = elf->type == ET_REL,
	};
	const struct ks_section *info, *abbrev, *line;
	KS_TRY(debug_section(elf, ".debug_info", &info));
	KS_TRY(debug_section(elf, ".debug_abbrev", &abbrev));
	KS_TRY(debug_section(elf, ".debug_line", &line));
	KS_TRY(debug_section(elf, ".debug_str_offsets", &ret->str_offsets));
	KS_TRY(debug_section(elf, ".debug_addr", &ret->addr));
	KS_TRY(debug_section(elf, ".debug_ranges", &ret->ranges));
	KS_TRY(debug_section(elf, ".debug_rnglists", &ret->rnglists));
	KS_TRY(debug_section(elf, ".debug_loc", &ret->loc));
	KS_TRY(debug_section(elf, ".debug_loclists", &ret->loclists));
	KS_TRY(string_section(elf, ".debug_str", &ret->str));
	KS_TRY(string_section(elf, ".debug_line_str", &ret->line_str));
	if (!info || !info->data || !abbrev || !abbrev->data)
		return ks_error_new(KS_ERR_UNSUPPORTED,
				    "no debug information (.debug_info); add the kernel's debug "
				    "package (…-dbg, …-dbgsym, …-debuginfo) instead");
	KS_TRY(ks_dwarf_all_here(elf));
	KS_TRY(ks_dwarf_join(ret, info));
	ret->abbrev = ks_elf_cursor(elf, abbrev);
	ret->line = ks_elf_cursor(elf, line);
	struct ks_error *err = list_units(ret);
	if (!err && !ks_dwarf_list_signatures(ret))
		err = &ks_nomem;
	if (err)
		ks_dwarf_close(ret);
	return err;
}

void ks_dwarf_close(struct ks_dwarf *dwarf)
{
	ks_vector_deinit(&dwarf->units);
	ks_vector_deinit(&dwarf->type_units);
	free(dwarf->joined);
	dwarf->joined = NULL;
}

/** An index of .debug_str_offsets as the offset into .debug_str that it stands for. */
static uint64_t resolve_index(const struct ks_unit *unit, uint64_t index)
{
	const struct ks_section *sec = unit->dwarf->str_offsets;
	uint64_t size = unit->offset_size;
	if (!sec || !sec->data || unit->str_offsets_base > sec->size ||
	    index >= (sec->size - unit->str_offsets_base) / size)
		return KS_TEXT_FOREIGN;
	const uint8_t *p = sec->data + unit->str_offsets_base + index * size;
	return size == 8 ? ks_fast_u64(p, unit->dwarf->swap) : ks_fast_u32(p, unit->dwarf->swap);
}

uint64_t ks_unit_text_anywhere(const struct ks_unit *unit, uint64_t text)
{
	return text & KS_TEXT_INDEX ? resolve_index(unit, text & (KS_TEXT_FOREIGN - 1)) : text;
}

static const char *text_in(const struct ks_section *sec, uint64_t offset)
{
	return sec && offset < sec->size ? (const char *)sec->data + offset : "";
}

const char *ks_unit_text(const struct ks_unit *unit, uint64_t text)
{
	uint64_t offset = text & (KS_TEXT_FOREIGN - 1);
	if (text & KS_TEXT_INDEX)
		return text_in(unit->dwarf->str, resolve_index(unit, offset));
	if (text & KS_TEXT_LINE_STR)
		return text_in(unit->dwarf->line_str, offset);
	if (!(text & KS_TEXT_INLINE))
		return text_in(unit->dwarf->str, text);
	// an offset of 64 bits out of the file can look like this mark: the cursor vouches for the NUL
	struct ks_cursor info = unit->dwarf->info;
	ks_cursor_take(&info, offset);
	return ks_cursor_str(&info);
}

uint64_t ks_unit_text_key_slow(const struct ks_unit *unit, uint64_t text)
{
	if (text & KS_TEXT_INDEX)
		text = resolve_index(unit, text & (KS_TEXT_FOREIGN - 1));
	if (!(text & (KS_TEXT_INLINE | KS_TEXT_LINE_STR)) && !unit->dwarf->str_repeats)
		return text;
	const char *s = ks_unit_text(unit, text);
	return XXH3_64bits(s, strlen(s)) | KS_TEXT_INLINE;
}
