/* SPDX-License-Identifier: BSD-2-Clause */
/* A matrix with one symbol for each program and image, then the reasons, worst first. */
#include <string.h>

#include "base/text.h"
#include "report/check/check_page.h"

enum { CELL = 2, NAMES_MIN = 20, NAMES_MAX = 44 };

/** The matrix, or as many columns of it as fit side by side. */
struct matrix {
	const struct ks_check_report *report;
	const struct ks_check *check;
	struct ks_terminal terminal;
	size_t names;	  // width of the column of names
	size_t first, nr; // images
};

static const enum ks_paint paints[KS_NR_VERDICTS] = {
	[KS_VERDICT_OK] = KS_PAINT_GOOD,     [KS_VERDICT_UNKNOWN] = KS_PAINT_DIM,
	[KS_VERDICT_RISK] = KS_PAINT_BAD,    [KS_VERDICT_NO_ATTACH] = KS_PAINT_BAD,
	[KS_VERDICT_NO_LOAD] = KS_PAINT_BAD,
};

/** A name in its column, cut at the end when it is too long. */
static void write_name(struct matrix *matrix, enum ks_paint paint, size_t indent, const char *name)
{
	struct ks_buf text = { 0 };
	size_t room = matrix->names - indent - 1;
	ks_text_str(&text, KS_TEXT_LINE, name);
	bool cut = ks_text_columns(text.at, text.len) > room;
	while (cut && ks_text_columns(text.at, text.len) >= room)
		text.len--;
	ks_buf_str(&text, cut ? "~" : "");
	size_t columns = ks_text_columns(text.at, text.len);
	const char *shown = ks_buf_text(&text);
	ks_terminal_blanks(&matrix->terminal, indent);
	ks_terminal_paint(&matrix->terminal, paint, shown ? shown : "");
	ks_terminal_blanks(&matrix->terminal, room + 1 - columns);
	matrix->terminal.out->failed = matrix->terminal.out->failed || text.failed;
	ks_buf_deinit(&text);
}

/** The labels stand left of their columns, newest first; a line leads down to each. */
static void write_heads(struct matrix *matrix)
{
	struct ks_buf *out = matrix->terminal.out;
	for (size_t i = matrix->nr; i-- > 0;) {
		const char *label = matrix->check->images[matrix->first + i]->label;
		size_t room = matrix->names - 1, len = strlen(label);
		len = len > room ? room : len;
		ks_terminal_blanks(&matrix->terminal, room - len);
		ks_text_write(out, KS_TEXT_LINE, label, len);
		ks_buf_char(out, ' ');
		for (size_t k = 0; k < i * CELL; k++)
			ks_buf_char(out, '-');
		ks_buf_char(out, '.');
		for (size_t k = i + 1; k < matrix->nr; k++)
			ks_buf_str(out, " |");
		ks_buf_char(out, '\n');
	}
}

static void write_verdict(struct matrix *matrix, enum ks_verdict verdict, bool last)
{
	ks_terminal_paint(&matrix->terminal, paints[verdict], ks_verdicts[verdict].symbol);
	ks_buf_char(matrix->terminal.out, last ? '\n' : ' ');
}

static void write_object(struct matrix *matrix, const struct ks_check_object *object)
{
	write_name(matrix, KS_PAINT_HEAD, 0, object->object->name);
	for (size_t i = 0; i < matrix->nr; i++)
		write_verdict(matrix,
			      ks_check_object_verdict(matrix->check, object, matrix->first + i),
			      i + 1 == matrix->nr);
}

static void write_row(struct matrix *matrix, size_t row)
{
	const struct ks_check *check = matrix->check;
	write_name(matrix, KS_PAINT_NONE, 2, check->programs[row]->name);
	for (size_t i = 0; i < matrix->nr; i++)
		write_verdict(matrix, ks_check_outcome(check, row, matrix->first + i)->verdict,
			      i + 1 == matrix->nr);
}

/** All programs of a single object; of many those that need a look. */
static bool row_shown(const struct matrix *matrix, size_t row)
{
	const struct ks_check *check = matrix->check;
	if (matrix->report->verbose || check->nr_objects == 1)
		return true;
	for (size_t i = 0; i < check->nr_images; i++)
		if (ks_check_outcome(check, row, i)->verdict != KS_VERDICT_OK)
			return true;
	return false;
}

static size_t widest_name(const struct ks_check *check)
{
	size_t widest = NAMES_MIN;
	for (size_t i = 0; i < check->nr_rows; i++) {
		size_t len = strlen(check->programs[i]->name) + 3;
		widest = len > widest ? len : widest;
	}
	for (size_t i = 0; i < check->nr_images; i++) {
		size_t len = strlen(check->images[i]->label) + 1;
		widest = len > widest ? len : widest;
	}
	return widest > NAMES_MAX ? NAMES_MAX : widest;
}

/** Choose the width of the names, and how many images stand side by side. */
static size_t lay_out(struct matrix *matrix)
{
	size_t columns = matrix->terminal.report->options.columns;
	size_t all = matrix->check->nr_images * CELL;
	matrix->names = widest_name(matrix->check);
	if (matrix->names + all > columns) // short names before a second block
		matrix->names = all + NAMES_MIN < columns ? columns - all : NAMES_MIN;
	size_t fit = columns > matrix->names + CELL ? (columns - matrix->names) / CELL : 1;
	return fit;
}

static void write_matrix(struct matrix *matrix)
{
	const struct ks_check *check = matrix->check;
	size_t fit = lay_out(matrix), hidden = 0;
	for (matrix->first = 0; matrix->first < check->nr_images; matrix->first += fit) {
		size_t left = check->nr_images - matrix->first;
		matrix->nr = left < fit ? left : fit;
		write_heads(matrix);
		hidden = 0;
		for (size_t i = 0; i < check->nr_objects; i++) {
			const struct ks_check_object *object = &check->objects[i];
			write_object(matrix, object);
			for (size_t row = object->first; row < object->first + object->nr; row++)
				if (row_shown(matrix, row))
					write_row(matrix, row);
				else
					hidden++;
		}
		ks_buf_char(matrix->terminal.out, '\n');
	}
	if (hidden)
		ks_buf_printf(matrix->terminal.out,
			      "%zu program%s that work%s everywhere: -v lists %s\n", hidden,
			      hidden == 1 ? "" : "s", hidden == 1 ? "s" : "",
			      hidden == 1 ? "it" : "them");
}

/** Only the symbols that occur. */
static void write_legend(struct matrix *matrix)
{
	const struct ks_check *check = matrix->check;
	bool used[KS_NR_VERDICTS] = { [KS_VERDICT_OK] = true };
	for (size_t i = 0; i < check->nr_rows * check->nr_images; i++)
		used[check->outcomes[i].verdict] = true;
	for (size_t i = 0; i < check->nr_objects && check->nr_images; i++)
		used[ks_check_object_verdict(check, &check->objects[i], 0)] = true;
	struct ks_buf *text = &matrix->terminal.text;
	for (int v = 0; v < KS_NR_VERDICTS; v++)
		if (used[v])
			ks_buf_printf(text, "%s%s %s", text->len ? ", " : "", ks_verdicts[v].symbol,
				      ks_verdicts[v].title);
	ks_terminal_wrap_code(&matrix->terminal, 0, 0);
}

/* ---- reasons ---- */

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
static void write_evidence(struct ks_terminal *terminal, const struct ks_reason *reason)
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
	ks_terminal_paint(terminal, paints[reason->verdict], ks_verdicts[reason->verdict].symbol);
	ks_buf_char(terminal->out, ' ');
	ks_reason_title(reason, &terminal->text);
	ks_terminal_wrap(terminal, 4, 6);
	ks_terminal_blanks(terminal, 6);
	ks_group_images(check, group, &terminal->text);
	ks_terminal_wrap(terminal, 6, 6);
	write_evidence(terminal, reason);
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
static void write_programs(struct matrix *matrix, size_t row, struct row_reasons *rows)
{
	const struct ks_check *check = matrix->check;
	const struct ks_check_object *object = ks_row_object(check, row);
	struct ks_buf *text = &matrix->terminal.text;
	ks_buf_printf(text, "%s:", object->object->name);
	for (size_t i = row; i < object->first + object->nr; i++) {
		if (!same_groups(&rows[i].groups, &rows[row].groups))
			continue;
		ks_buf_printf(text, "%s %s (%s)", rows[row].told ? "," : "",
			      check->programs[i]->name, check->programs[i]->section);
		rows[row].told = rows[i].told = true;
	}
	ks_terminal_wrap(&matrix->terminal, 0, 2);
}

static void write_reasons(struct matrix *matrix, size_t row, struct row_reasons *rows)
{
	const struct ks_reason_groups *groups = &rows[row].groups;
	if (!groups->nr || rows[row].told)
		return;
	ks_buf_char(matrix->terminal.out, '\n');
	write_programs(matrix, row, rows);
	for (size_t i = 0; i < groups->nr; i++)
		write_group(&matrix->terminal, matrix->check, &groups->at[i]);
}

/** Objects that have no row. */
static void write_empty(struct matrix *matrix)
{
	const struct ks_check *check = matrix->check;
	for (size_t i = 0; i < check->nr_objects; i++) {
		const struct ks_check_object *object = &check->objects[i];
		if (object->nr)
			continue;
		ks_buf_printf(&matrix->terminal.text, "%s: %s", object->object->name,
			      object->object->no_symbols
				      ? "it has no symbol table, and libbpf does not open it"
				      : "there is no program in it, and nothing to judge");
		ks_buf_char(matrix->terminal.out, '\n');
		ks_terminal_wrap(&matrix->terminal, 0, 2);
	}
}

/** The programs whose worst verdict is v, v from the worst on. */
static struct ks_error *write_all_reasons(struct matrix *matrix)
{
	const struct ks_check *check = matrix->check;
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
				write_reasons(matrix, row, rows);
	write_empty(matrix);
	return NULL;
}

struct ks_error *ks_check_terminal(const struct ks_check_report *report,
				   const struct ks_check *check, struct ks_buf *out)
{
	struct ks_report frame = {
		.options = { .color = report->color,
			     .columns = report->columns ? report->columns : 80 },
	};
	struct matrix matrix = {
		.report = report,
		.check = check,
		.terminal = { .report = &frame, .out = out },
	};
	write_matrix(&matrix);
	write_legend(&matrix);
	struct ks_error *err = write_all_reasons(&matrix);
	if (!err)
		err = ks_buf_error(&matrix.terminal.text);
	ks_buf_deinit(&matrix.terminal.text);
	return err;
}
