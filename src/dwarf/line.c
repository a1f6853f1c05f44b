/* SPDX-License-Identifier: BSD-2-Clause */
#include "dwarf/line.h"

#include "dwarf/die.h"

/** One value of a DWARF 5 entry: text for paths, a number for everything else. */
static void read_value(const struct ks_unit *unit, struct ks_cursor *c, unsigned int offset_size,
		       uint64_t form, const char **text, uint64_t *number)
{
	switch (form) {
	case DW_FORM_string:
		*text = ks_cursor_str(c);
		break;
	case DW_FORM_line_strp:
		*text = ks_unit_text(unit, KS_TEXT_LINE_STR | ks_cursor_uint(c, offset_size));
		break;
	case DW_FORM_strp:
		*text = ks_unit_text(unit, ks_cursor_uint(c, offset_size));
		break;
	case DW_FORM_udata:
		*number = ks_cursor_uleb(c);
		break;
	case DW_FORM_data1:
		*number = ks_cursor_u8(c);
		break;
	case DW_FORM_data2:
		*number = ks_cursor_u16(c);
		break;
	case DW_FORM_data4:
		*number = ks_cursor_u32(c);
		break;
	case DW_FORM_data8:
		*number = ks_cursor_u64(c);
		break;
	case DW_FORM_data16: // an MD5 sum
		ks_cursor_take(c, 16);
		break;
	case DW_FORM_block:
		ks_cursor_take(c, ks_cursor_uleb(c));
		break;
	default:
		ks_cursor_fail(c, "line table uses a form that ksurf does not know");
	}
}

enum { MAX_FORMATS = 16 };

/** A DWARF 5 list of directories or files. */
static struct ks_error *read_list(struct ks_line_names *names, const struct ks_unit *unit,
				  struct ks_cursor *c, unsigned int offset_size, bool files)
{
	struct {
		uint64_t type, form;
	} formats[MAX_FORMATS];
	unsigned int nr_formats = ks_cursor_u8(c);
	if (nr_formats > MAX_FORMATS) {
		ks_cursor_fail(c, "line table entries have too many fields");
		return NULL;
	}
	for (unsigned int i = 0; i < nr_formats; i++) {
		formats[i].type = ks_cursor_uleb(c);
		formats[i].form = ks_cursor_uleb(c);
	}
	uint64_t count = ks_cursor_uleb(c);
	for (uint64_t n = 0; n < count && !c->why && nr_formats; n++) {
		const char *path = "";
		uint64_t dir = 0;
		for (unsigned int i = 0; i < nr_formats; i++) {
			const char *text = "";
			uint64_t number = 0;
			read_value(unit, c, offset_size, formats[i].form, &text, &number);
			if (formats[i].type == DW_LNCT_path)
				path = text;
			else if (formats[i].type == DW_LNCT_directory_index)
				dir = number;
		}
		bool stored =
			files ? ks_vector_add(&names->files, ((struct ks_line_file){ path, dir }))
			      : ks_vector_add(&names->dirs, path);
		if (!stored)
			return &ks_nomem;
	}
	return NULL;
}

/** The lists of DWARF 2 to 4: strings, each list ended by an empty one. */
static struct ks_error *read_old_lists(struct ks_line_names *names, struct ks_cursor *c,
				       const char *comp_dir)
{
	if (!ks_vector_add(&names->dirs, comp_dir) ||
	    !ks_vector_add(&names->files, ((struct ks_line_file){ "", 0 })))
		return &ks_nomem;
	for (;;) {
		const char *dir = ks_cursor_str(c);
		if (!*dir)
			break;
		if (!ks_vector_add(&names->dirs, dir))
			return &ks_nomem;
	}
	for (;;) {
		struct ks_line_file file = { .name = ks_cursor_str(c) };
		if (!*file.name)
			break;
		file.dir = ks_cursor_uleb(c);
		ks_cursor_uleb(c); // time of last change
		ks_cursor_uleb(c); // size
		if (!ks_vector_add(&names->files, file))
			return &ks_nomem;
	}
	return NULL;
}

static struct ks_error *read_header(struct ks_line_names *names, const struct ks_unit *unit,
				    struct ks_cursor *c, const char *comp_dir)
{
	unsigned int offset_size = 4;
	uint64_t length = ks_cursor_u32(c);
	if (length == 0xffffffff) {
		offset_size = 8;
		length = ks_cursor_u64(c);
	}
	if (length < (uint64_t)(c->end - c->pos))
		c->end = c->pos + length;
	unsigned int version = ks_cursor_u16(c);
	if (version >= 5)
		ks_cursor_take(c, 2);	// address size, segment selector size
	ks_cursor_uint(c, offset_size); // header length
	ks_cursor_u8(c);		// minimum instruction length
	if (version >= 4)
		ks_cursor_u8(c); // operations per instruction
	ks_cursor_take(c, 3);	 // default is_stmt, line base, line range
	unsigned int opcode_base = ks_cursor_u8(c);
	if (opcode_base)
		ks_cursor_take(c, opcode_base - 1);
	if (version < 5)
		return read_old_lists(names, c, comp_dir);
	KS_TRY(read_list(names, unit, c, offset_size, false));
	return read_list(names, unit, c, offset_size, true);
}

struct ks_error *ks_line_names_read(struct ks_line_names *names, const struct ks_unit *unit,
				    uint64_t offset, const char *comp_dir)
{
	names->dirs.len = names->files.len = names->cost = 0;
	struct ks_cursor c = unit->dwarf->line;
	if (!ks_cursor_take(&c, offset))
		return ks_error_at(ks_error_new(KS_ERR_DATA, "line table lies outside"),
				   ".debug_line", offset);
	struct ks_error *err = read_header(names, unit, &c, comp_dir);
	names->cost = ks_cursor_offset(&c) - offset;
	if (!err && c.why)
		err = ks_error_new(KS_ERR_DATA, "%s", c.why);
	return ks_error_at(err, ".debug_line", offset);
}

void ks_line_names_deinit(struct ks_line_names *names)
{
	ks_vector_deinit(&names->dirs);
	ks_vector_deinit(&names->files);
}
