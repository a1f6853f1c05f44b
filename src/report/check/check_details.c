/* SPDX-License-Identifier: BSD-2-Clause */
/* Every reason of every program: what -v adds. */
#include <string.h>

#include "report/check/check_page.h"

struct ks_details {
	const struct ks_check *check;
	struct ks_terminal *terminal;
};

const enum ks_paint ks_verdict_paints[KS_NR_VERDICTS] = {
	[KS_VERDICT_OK] = KS_PAINT_GOOD,     [KS_VERDICT_UNKNOWN] = KS_PAINT_DIM,
	[KS_VERDICT_RISK] = KS_PAINT_BAD,    [KS_VERDICT_NO_ATTACH] = KS_PAINT_BAD,
	[KS_VERDICT_NO_LOAD] = KS_PAINT_BAD,
};

/** A source line with its blanks folded, behind the name of its file without the folders. */
static void write_source(struct ks_buf *text, const struct ks_bpf_line *line)
{
	const char *slash = strrchr(line->file, '/');
	ks_buf_str(text, slash ? slash + 1 : line->file);
	if (line->line)
		ks_buf_printf(text, ":%u", line->line);
	if (!line->text || !line->text[0])
		return;
	ks_buf_char(text, ':');
	for (const char *at = line->text; *at;) {
		size_t blanks = strspn(at, " \t"), word = strcspn(at + blanks, " \t");
		if (word)
			ks_buf_char(text, ' ');
		ks_buf_bytes(text, at + blanks, word);
		at += blanks + word;
	}
}

/** A line of its own for each text there is. */
void ks_check_evidence(struct ks_terminal *terminal, const struct ks_reason *reason)
{
	enum { INDENT = 6 };
	if (reason->detail) {
		ks_terminal_blanks(terminal, INDENT);
		ks_buf_str(&terminal->text, reason->detail);
		ks_terminal_wrap(terminal, INDENT, INDENT);
	}
	if (reason->line && reason->line->file) {
		ks_terminal_blanks(terminal, INDENT);
		write_source(&terminal->text, reason->line);
		ks_terminal_wrap(terminal, INDENT, INDENT + 2);
	}
	if (reason->hint) {
		ks_terminal_blanks(terminal, INDENT);
		ks_buf_printf(&terminal->text, "hint: %s", reason->hint);
		ks_terminal_wrap(terminal, INDENT, INDENT + 2);
	}
}

static void write_group(struct ks_terminal *terminal, const struct ks_check *check,
			const struct ks_reason_group *group)
{
	const struct ks_reason *reason = group->reason;
	ks_buf_str(terminal->out, "  ");
	ks_terminal_paint(terminal, ks_verdict_paints[reason->verdict],
			  ks_verdicts[reason->verdict].symbol);
	ks_buf_char(terminal->out, ' ');
	ks_reason_title(reason, &terminal->text);
	ks_terminal_wrap(terminal, 4, 6);
	ks_terminal_blanks(terminal, 6);
	ks_group_images(check, group, &terminal->text);
	ks_terminal_wrap(terminal, 6, 6);
	ks_check_evidence(terminal, reason);
}

/** The reasons of a row; those of another program of the object may be the same. */
struct row_reasons {
	struct ks_reason_groups groups;
	bool told;
};

static bool same_groups(const struct ks_reason_groups *a, const struct ks_reason_groups *b)
{
	for (size_t i = 0; i < a->nr && a->nr == b->nr; i++) {
		const struct ks_reason_group *x = &a->at[i], *y = &b->at[i];
		if (!ks_reason_equal(x->reason, y->reason) || x->nr != y->nr ||
		    memcmp(x->images, y->images, x->nr * sizeof(*x->images)) != 0)
			return false;
	}
	return a->nr == b->nr;
}

/** "object: program (section), program (section)" for all programs that have the reasons of the row. */
static void write_programs(struct ks_details *details, size_t row, struct row_reasons *rows)
{
	const struct ks_check *check = details->check;
	const struct ks_check_object *object = ks_row_object(check, row);
	struct ks_buf *text = &details->terminal->text;
	ks_buf_printf(text, "%s:", object->object->name);
	for (size_t i = row; i < object->first + object->nr; i++) {
		if (!same_groups(&rows[i].groups, &rows[row].groups))
			continue;
		ks_buf_printf(text, "%s %s (%s)", rows[row].told ? "," : "",
			      check->programs[i]->name, check->programs[i]->section);
		rows[row].told = rows[i].told = true;
	}
	ks_terminal_wrap(details->terminal, 0, 2);
}

static void write_reasons(struct ks_details *details, size_t row, struct row_reasons *rows)
{
	const struct ks_reason_groups *groups = &rows[row].groups;
	if (!groups->nr || rows[row].told)
		return;
	ks_buf_char(details->terminal->out, '\n');
	write_programs(details, row, rows);
	for (size_t i = 0; i < groups->nr; i++)
		write_group(details->terminal, details->check, &groups->at[i]);
}

/** Objects that have no row. */
static void write_empty(struct ks_details *details)
{
	const struct ks_check *check = details->check;
	for (size_t i = 0; i < check->nr_objects; i++) {
		const struct ks_check_object *object = &check->objects[i];
		if (object->nr)
			continue;
		ks_buf_printf(&details->terminal->text, "%s: %s", object->object->name,
			      object->object->no_symbols
				      ? "it has no symbol table, and libbpf does not open it"
				      : "there is no program in it, and nothing to judge");
		ks_buf_char(details->terminal->out, '\n');
		ks_terminal_wrap(details->terminal, 0, 2);
	}
}

/** The programs whose worst verdict is v, v from the worst on. */
static struct ks_error *write_all(struct ks_details *details)
{
	const struct ks_check *check = details->check;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct row_reasons *rows = ks_arena_array(&arena, check->nr_rows, sizeof(*rows));
	if (!rows)
		return &ks_nomem;
	for (size_t row = 0; row < check->nr_rows; row++) {
		rows[row].told = false;
		KS_TRY(ks_reason_groups(check, row, KS_VERDICT_UNKNOWN, true, &arena,
					&rows[row].groups));
	}
	for (int v = KS_NR_VERDICTS; v-- > 0;)
		for (size_t row = 0; row < check->nr_rows; row++)
			if ((int)ks_row_verdict(check, row) == v)
				write_reasons(details, row, rows);
	write_empty(details);
	return NULL;
}

struct ks_error *ks_check_details(struct ks_terminal *terminal, const struct ks_check *check)
{
	struct ks_details details = { check, terminal };
	return write_all(&details);
}
