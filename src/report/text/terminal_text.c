/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/text.h"
#include "report/show/terminal.h"

static const char *const paints[KS_NR_PAINTS] = {
	[KS_PAINT_NONE] = "",	       [KS_PAINT_HEAD] = "\033[1m", [KS_PAINT_GOOD] = "\033[32m",
	[KS_PAINT_BAD] = "\033[1;33m", [KS_PAINT_DIM] = "\033[2m",  [KS_PAINT_END] = "\033[0m",
};

void ks_terminal_paint(struct ks_terminal *terminal, enum ks_paint paint, const char *text)
{
	bool color = terminal->report->options.color && paint != KS_PAINT_NONE;
	if (color)
		ks_buf_str(terminal->out, paints[paint]);
	ks_text_str(terminal->out, KS_TEXT_LINE, text);
	if (color)
		ks_buf_str(terminal->out, paints[KS_PAINT_END]);
}

void ks_terminal_blanks(struct ks_terminal *terminal, size_t nr)
{
	while (nr--)
		ks_buf_char(terminal->out, ' ');
}

size_t ks_text_columns(const char *text, size_t len)
{
	size_t columns = 0;
	for (size_t i = 0; i < len; i++)
		columns += ((unsigned char)text[i] & 0xc0) != 0x80;
	return columns;
}

/** Length of the piece at text that stays on one line: up to a blank, in code one behind a comma or arrow. */
static size_t piece_len(const char *text, size_t len, bool code)
{
	size_t at = 0;
	for (const char *blank; (blank = memchr(text + at, ' ', len - at)); at++) {
		at = (size_t)(blank - text);
		if (!code || (at && (blank[-1] == ',' || blank[-1] == '>')))
			return at;
	}
	return len;
}

static void wrap(struct ks_terminal *terminal, size_t at, size_t indent, bool code)
{
	ks_text_tail(&terminal->text, 0, KS_TEXT_LINE);
	const char *text = terminal->text.at;
	size_t len = terminal->text.len;
	bool first = true;
	for (size_t i = 0, piece; i < len; i += piece + 1) {
		piece = piece_len(text + i, len - i, code);
		size_t columns = ks_text_columns(text + i, piece);
		bool fits = at + !first + columns <= terminal->report->options.columns;
		if (!fits && (!first || (code && at > indent))) {
			while (terminal->out->len &&
			       terminal->out->at[terminal->out->len - 1] == ' ')
				terminal->out->len--;
			ks_buf_char(terminal->out, '\n');
			ks_terminal_blanks(terminal, indent);
			at = indent;
		} else if (!first) {
			ks_buf_char(terminal->out, ' ');
			at++;
		}
		ks_buf_bytes(terminal->out, text + i, piece);
		at += columns;
		first = false;
	}
	ks_buf_char(terminal->out, '\n');
	terminal->text.len = 0;
}

void ks_terminal_wrap(struct ks_terminal *terminal, size_t at, size_t indent)
{
	wrap(terminal, at, indent, false);
}

void ks_terminal_wrap_code(struct ks_terminal *terminal, size_t at, size_t indent)
{
	wrap(terminal, at, indent, true);
}

void ks_count_write(struct ks_buf *out, size_t nr, const char *one, const char *many)
{
	ks_buf_dec(out, nr);
	ks_buf_char(out, ' ');
	ks_buf_str(out, nr == 1 ? one : many);
}

static void names_write(struct ks_buf *out, const struct ks_name_list *names)
{
	for (size_t i = 0; i < names->nr; i++) {
		ks_buf_str(out, i ? ", " : "(");
		ks_buf_str(out, names->at[i]);
	}
	ks_buf_char(out, ')');
}

/** One side of a change. */
void ks_change_side(struct ks_buf *out, const struct ks_change *change, bool new)
{
	const struct ks_type *type = new ? change->new_type : change->old_type;
	switch (ks_changes_infos[change->kind].form) {
	case KS_FORM_DECL:
		ks_c_text_valid.decl(out, type, change->name);
		break;
	case KS_FORM_TYPE:
		ks_c_text_valid.type(out, type);
		break;
	case KS_FORM_NAMES:
		names_write(out, new ? &change->new_names : &change->old_names);
		break;
	case KS_FORM_NUMBER:
		ks_buf_sdec(out, new ? change->new_number : change->old_number);
		break;
	case KS_FORM_TEXT:
		ks_buf_str(out, new ? change->new_text : change->old_text);
		break;
	case KS_FORM_NONE:
		break;
	}
}

void ks_change_write(struct ks_buf *out, const struct ks_change *change)
{
	const struct ks_change_info *info = &ks_changes_infos[change->kind];
	ks_buf_str(out, info->title);
	if (info->form == KS_FORM_NONE)
		return;
	ks_buf_str(out, ": ");
	if (info->form == KS_FORM_NUMBER) {
		ks_buf_str(out, change->name);
		ks_buf_str(out, " = ");
	}
	if (info->has_old)
		ks_change_side(out, change, false);
	if (info->has_old && info->has_new)
		ks_buf_str(out, " -> ");
	if (info->has_new)
		ks_change_side(out, change, true);
}
