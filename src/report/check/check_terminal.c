/* SPDX-License-Identifier: BSD-2-Clause */
/* The answer first, then its causes, then a matrix with one symbol for each tool and kernel. */
#include <string.h>

#include "base/text.h"
#include "report/check/check_page.h"

enum { NAMES_MIN = 20, FEW_STEPS = 8, LINES_MAX = 100, CAUSES_MIN = 4, CAUSES_MAX = 20 };

/** The page, and of the matrix as many columns as fit side by side. */
struct page {
	const struct ks_check_report *report;
	const struct ks_check *check;
	const struct ks_tools *tools;
	struct ks_terminal terminal;
	struct ks_axis axis;
	struct ks_causes causes;
	bool rows;	  // programs below their tools
	size_t names;	  // width of the column of names
	size_t cell;	  // width of a cell: 2, or 1 where that is too wide
	size_t first, nr; // steps
	size_t fit;	  // steps that stand side by side
	bool summed;	  // numbers of kernels in place of the matrix
	size_t machines;  // lines about them in the answer, about
};

static const enum ks_paint paints[KS_NR_TOOL_VERDICTS] = {
	[KS_TOOL_WORKS] = KS_PAINT_GOOD,  [KS_TOOL_PART] = KS_PAINT_BAD,
	[KS_TOOL_UNKNOWN] = KS_PAINT_DIM, [KS_TOOL_FAILS] = KS_PAINT_BAD,
	[KS_TOOL_FOREIGN] = KS_PAINT_DIM,
};

/* ---- the answer ---- */

static void write_steps(struct page *page)
{
	for (size_t i = page->axis.nr; i-- > 0;) {
		ks_buf_str(page->terminal.out, "  ");
		ks_buf_printf(&page->terminal.text, "%s: ", page->axis.at[i].label);
		ks_answer_step(page->tools, &page->axis.at[i], &page->terminal.text);
		ks_terminal_wrap(&page->terminal, 2, 4);
	}
}

/** Of kernels of several machines, what the answer is on each. */
static void write_machines(struct page *page)
{
	const struct ks_check *check = page->check;
	bool several = false;
	for (size_t i = 1; i < check->nr_images; i++)
		several = several || !check->images[i]->arch || !check->images[0]->arch ||
			  strcmp(check->images[i]->arch, check->images[0]->arch) != 0;
	for (size_t at = 0; several && ks_answer_machine(page->tools, &at, &page->terminal.text);) {
		ks_buf_str(page->terminal.out, "  ");
		ks_terminal_wrap(&page->terminal, 2, 4);
		page->machines += 2;
	}
}

static void write_answer(struct page *page)
{
	struct ks_terminal *terminal = &page->terminal;
	ks_answer_write(page->tools, &page->axis, &terminal->text);
	ks_terminal_wrap(terminal, 0, 2);
	if (page->tools->nr > 1 && page->axis.nr > FEW_STEPS)
		write_machines(page);
	else if (page->tools->nr > 1 && page->axis.nr > 1)
		write_steps(page);
	ks_answer_basis(page->tools, true, &terminal->text);
	if (terminal->text.len)
		ks_terminal_wrap(terminal, 0, 2);
	ks_answer_excuses(page->report->excuses, &terminal->text);
	if (terminal->text.len)
		ks_terminal_wrap(terminal, 0, 2);
	ks_answer_empty(page->check, &terminal->text);
	if (terminal->text.len)
		ks_terminal_wrap(terminal, 0, 2);
}

/* ---- causes ---- */

/** Where a cause strikes, in one line where names can be left out for that. */
static void write_scope(struct page *page, const struct ks_cause *cause, bool all)
{
	enum { FEW_NAMES = 6, INDENT = 4 };
	struct ks_terminal *terminal = &page->terminal;
	size_t room = terminal->report->options.columns - INDENT;
	for (size_t most = all ? 0 : FEW_NAMES;; most--) {
		terminal->text.len = 0;
		ks_cause_scope(page->tools, &page->axis, cause, most, &terminal->text);
		if (most <= 1 || ks_text_columns(terminal->text.at, terminal->text.len) <= room)
			break;
	}
	ks_terminal_blanks(terminal, INDENT);
	ks_terminal_wrap(terminal, INDENT, INDENT);
}

static void write_cause(struct page *page, const struct ks_cause *cause, bool evidence)
{
	struct ks_terminal *terminal = &page->terminal;
	ks_terminal_paint(terminal, paints[cause->verdict],
			  ks_tool_verdicts[cause->verdict].symbol);
	ks_buf_char(terminal->out, ' ');
	ks_cause_title(cause, &terminal->text);
	ks_terminal_wrap(terminal, 2, 4);
	write_scope(page, cause, page->report->verbose || page->tools->nr == 1);
	if (evidence && cause->reason)
		ks_check_evidence(terminal, cause->reason);
}

static bool is_shown(const struct page *page, size_t tool);

static size_t count_shown(const struct page *page)
{
	size_t nr = 0;
	for (size_t i = 0; i < page->tools->nr; i++)
		nr += is_shown(page, i);
	return nr;
}

/** How many causes there is room for below the answer and above the matrix. */
static size_t causes_room(const struct page *page)
{
	if (page->report->verbose || page->tools->nr == 1)
		return page->causes.nr;
	size_t lines = count_shown(page) + 2 * (page->axis.nr <= FEW_STEPS ? page->axis.nr : 0);
	lines += (page->summed ? 0 : page->axis.nr) + page->machines;
	size_t room = lines < LINES_MAX ? (LINES_MAX - lines) / 3 : 0;
	room = room > CAUSES_MIN ? room : CAUSES_MIN;
	return room < CAUSES_MAX ? room : CAUSES_MAX;
}

/** The first of its verdict: what stands in the matrix is explained once at least. */
static bool is_first(const struct page *page, size_t cause)
{
	return !cause || page->causes.at[cause - 1].verdict != page->causes.at[cause].verdict;
}

static void write_causes(struct page *page)
{
	struct ks_buf *out = page->terminal.out;
	size_t room = causes_room(page), left = 0;
	for (size_t i = room; i < page->causes.nr; i++)
		room -= room > 1 && is_first(page, i);
	for (size_t i = 0; i < page->causes.nr; i++) {
		if (i >= room && !is_first(page, i)) {
			left++;
			continue;
		}
		if (!i || page->tools->nr == 1)
			ks_buf_char(out, '\n');
		write_cause(page, &page->causes.at[i],
			    page->tools->nr == 1 && !page->report->verbose);
	}
	if (left)
		ks_buf_printf(out, "%zu more cause%s: -v tells %s\n", left, left == 1 ? "" : "s",
			      left == 1 ? "it" : "them");
}

/* ---- the matrix ---- */

/** Columns that a name takes when it is made fit for a line. */
static size_t shown_columns(const char *name)
{
	struct ks_buf text = { 0 };
	ks_text_str(&text, KS_TEXT_LINE, name);
	size_t columns = ks_text_columns(text.at, text.len);
	ks_buf_deinit(&text);
	return columns;
}

/** A name in its column; one that is too long stands on a line of its own. */
static void write_name(struct page *page, enum ks_paint paint, size_t indent, const char *name)
{
	struct ks_terminal *terminal = &page->terminal;
	size_t columns = indent + shown_columns(name);
	ks_terminal_blanks(terminal, indent);
	ks_terminal_paint(terminal, paint, name);
	if (columns + 1 > page->names) {
		ks_buf_char(terminal->out, '\n');
		columns = 0;
	}
	ks_terminal_blanks(terminal, page->names - columns);
}

static void fill(struct ks_buf *out, char c, size_t nr)
{
	while (nr--)
		ks_buf_char(out, c);
}

/** The labels stand left of their columns, newest first; a line leads down to each. */
static void write_heads(struct page *page)
{
	struct ks_buf *out = page->terminal.out;
	for (size_t i = page->nr; i-- > 0;) {
		const char *label = page->axis.at[page->first + i].label;
		size_t room = page->names - 1, columns = shown_columns(label);
		ks_terminal_blanks(&page->terminal, columns < room ? room - columns : 0);
		ks_text_str(out, KS_TEXT_LINE, label);
		if (columns > room) { // whole, above its line
			ks_buf_char(out, '\n');
			ks_terminal_blanks(&page->terminal, room);
		}
		ks_buf_char(out, ' ');
		fill(out, '-', i * page->cell);
		ks_buf_char(out, '.');
		for (size_t k = i + 1; k < page->nr; k++)
			ks_buf_str(out, page->cell == 1 ? "|" : " |");
		ks_buf_char(out, '\n');
	}
}

static void write_symbol(struct page *page, enum ks_paint paint, const char *symbol, size_t i)
{
	ks_terminal_paint(&page->terminal, paint, symbol);
	if (i + 1 == page->nr)
		ks_buf_char(page->terminal.out, '\n');
	else
		fill(page->terminal.out, ' ', page->cell - 1);
}

static void write_tool(struct page *page, size_t tool)
{
	write_name(page, KS_PAINT_HEAD, 0, page->tools->at[tool].name);
	for (size_t i = 0; i < page->nr; i++) {
		size_t image = page->axis.at[page->first + i].images[0];
		enum ks_tool_verdict verdict = ks_tool_outcome(page->tools, tool, image)->verdict;
		write_symbol(page, paints[verdict], ks_tool_verdicts[verdict].symbol, i);
	}
}

static void write_row(struct page *page, size_t row)
{
	write_name(page, KS_PAINT_NONE, 2, page->check->programs[row]->name);
	for (size_t i = 0; i < page->nr; i++) {
		size_t image = page->axis.at[page->first + i].images[0];
		enum ks_verdict verdict = ks_check_outcome(page->check, row, image)->verdict;
		write_symbol(page, ks_verdict_paints[verdict], ks_verdicts[verdict].symbol, i);
	}
}

static void write_rows(struct page *page, size_t tool)
{
	const struct ks_tool *of = &page->tools->at[tool];
	for (size_t i = 0; i < of->nr_objects; i++) {
		const struct ks_check_object *object = &page->check->objects[of->objects[i]];
		if (of->nr_objects > 1) {
			ks_buf_printf(&page->terminal.text, " %s:", object->object->name);
			ks_terminal_wrap(&page->terminal, 0, 2);
		}
		for (size_t row = object->first; row < object->first + object->nr; row++)
			write_row(page, row);
	}
}

/** Of many tools those that need a look. */
static bool is_shown(const struct page *page, size_t tool)
{
	enum ks_tool_verdict worst = ks_tool_worst(page->tools, tool);
	return page->report->verbose || page->tools->nr == 1 ||
	       (worst != KS_TOOL_WORKS && worst != KS_TOOL_FOREIGN);
}

static size_t widest(size_t most, const char *name, size_t more)
{
	size_t columns = shown_columns(name) + more;
	return columns > most ? columns : most;
}

/** Choose the width of the names and cells, and how many kernels stand side by side. */
static size_t lay_out(struct page *page)
{
	size_t columns = page->terminal.report->options.columns, names = NAMES_MIN;
	for (size_t i = 0; i < page->axis.nr; i++)
		names = widest(names, page->axis.at[i].label, 1);
	for (size_t i = 0; i < page->tools->nr; i++)
		if (is_shown(page, i))
			names = widest(names, page->tools->at[i].name, 1);
	for (size_t i = 0; page->rows && i < page->check->nr_rows; i++)
		names = widest(names, page->check->programs[i]->name, 3);
	size_t most = columns / 2 > NAMES_MIN ? columns / 2 : NAMES_MIN;
	page->names = names > most ? most : names;
	page->cell = page->names + 2 * page->axis.nr > columns ? 1 : 2;
	size_t fit = columns > page->names ? (columns - page->names) / page->cell : 1;
	return fit ? fit : 1;
}

/** On how many kernels a tool does what: a matrix that takes more than a page says nothing at a glance. */
static void write_sums(struct page *page)
{
	enum { COLUMN = 6 };
	struct ks_buf *out = page->terminal.out;
	ks_buf_char(out, '\n');
	ks_terminal_blanks(&page->terminal, page->names);
	for (int v = 0; v < KS_NR_TOOL_VERDICTS; v++)
		ks_buf_printf(out, "%*s", COLUMN, ks_tool_verdicts[v].symbol);
	ks_buf_char(out, '\n');
	for (size_t i = 0; i < page->tools->nr; i++) {
		size_t counts[KS_NR_TOOL_VERDICTS] = { 0 };
		if (!is_shown(page, i))
			continue;
		for (size_t k = 0; k < page->check->nr_images; k++)
			counts[ks_tool_outcome(page->tools, i, k)->verdict]++;
		write_name(page, KS_PAINT_HEAD, 0, page->tools->at[i].name);
		for (int v = 0; v < KS_NR_TOOL_VERDICTS; v++)
			if (counts[v])
				ks_buf_printf(out, "%*zu", COLUMN, counts[v]);
			else
				ks_terminal_blanks(&page->terminal, COLUMN);
		while (out->len && out->at[out->len - 1] == ' ')
			out->len--;
		ks_buf_char(out, '\n');
	}
	ks_buf_printf(&page->terminal.text,
		      "on so many of %zu kernels: -v has them all, --on chooses some",
		      page->check->nr_images);
	ks_terminal_wrap_code(&page->terminal, 0, 0);
}

static void write_matrix(struct page *page)
{
	size_t fit = page->fit, shown = count_shown(page);
	if (page->summed) {
		write_sums(page);
		return;
	}
	for (page->first = 0; shown && page->first < page->axis.nr; page->first += fit) {
		size_t left = page->axis.nr - page->first;
		page->nr = left < fit ? left : fit;
		ks_buf_char(page->terminal.out, '\n');
		write_heads(page);
		for (size_t i = 0; i < page->tools->nr; i++) {
			if (!is_shown(page, i))
				continue;
			write_tool(page, i);
			if (page->rows)
				write_rows(page, i);
		}
	}
}

/** Only the symbols that occur. */
static void write_legend(struct page *page)
{
	bool used[KS_NR_TOOL_VERDICTS] = { false }, of_rows[KS_NR_VERDICTS] = { false };
	struct ks_buf *text = &page->terminal.text;
	for (size_t i = 0; i < page->tools->nr; i++)
		for (size_t k = 0; is_shown(page, i) && k < page->check->nr_images; k++)
			used[ks_tool_outcome(page->tools, i, k)->verdict] = true;
	size_t nr_cells = page->rows ? page->check->nr_rows * page->check->nr_images : 0;
	for (size_t i = 0; i < nr_cells; i++)
		of_rows[page->check->outcomes[i].verdict] = true;
	for (int v = 0; v < KS_NR_TOOL_VERDICTS; v++)
		if (used[v])
			ks_buf_printf(text, "%s%s %s", text->len ? ", " : "",
				      ks_tool_verdicts[v].symbol, ks_tool_verdicts[v].title);
	bool any = false;
	for (int v = KS_VERDICT_OK + 1; v < KS_NR_VERDICTS; v++)
		if (of_rows[v]) {
			ks_buf_printf(text, "%s%s %s",
				      any ? ", " : ", of a program: ", ks_verdicts[v].symbol,
				      ks_verdicts[v].title);
			any = true;
		}
	if (text->len)
		ks_terminal_wrap_code(&page->terminal, 0, 0);
}

/* ---- what is left out, what was assumed ---- */

/** The tools of a verdict that have no row, by name. */
static void write_rest(struct page *page, enum ks_tool_verdict verdict, const char *title)
{
	struct ks_buf *text = &page->terminal.text;
	for (size_t i = 0; i < page->tools->nr; i++)
		if (!is_shown(page, i) && ks_tool_worst(page->tools, i) == verdict)
			ks_buf_printf(text, "%s%s", text->len ? ", " : title,
				      page->tools->at[i].name);
	if (!text->len)
		return;
	ks_buf_char(page->terminal.out, '\n');
	ks_terminal_wrap(&page->terminal, 0, 2);
}

static void write_choices(struct page *page, const struct ks_tool *tool)
{
	struct ks_buf *text = &page->terminal.text;
	for (size_t i = 0; i < tool->nr_choices; i++) {
		const struct ks_tool_choice *choice = &tool->choices[i];
		ks_buf_printf(text, "%s takes one of (%s", tool->name, ks_bases[choice->basis]);
		if (choice->source)
			ks_buf_printf(text, ", %s", choice->source);
		ks_buf_str(text, "): ");
		for (size_t k = 0; k < choice->nr_sides; k++)
			ks_buf_printf(text, "%s%s", k ? " | " : "", choice->sides[k]);
		ks_terminal_wrap(&page->terminal, 0, 2);
	}
}

static struct ks_error *write_page(struct page *page, struct ks_arena *arena)
{
	page->rows = page->report->verbose || page->tools->nr == 1;
	KS_TRY(ks_axis_make(page->tools, !page->report->verbose, page->rows, arena, &page->axis));
	KS_TRY(ks_causes_make(page->tools, NULL, NULL, arena, &page->causes));
	page->fit = lay_out(page);
	size_t blocks = (page->axis.nr + page->fit - 1) / page->fit;
	page->summed = !page->rows && blocks > 1 &&
		       page->axis.nr + blocks * (count_shown(page) + 1) > LINES_MAX;
	write_answer(page);
	write_causes(page);
	write_matrix(page);
	write_legend(page);
	write_rest(page, KS_TOOL_WORKS, "Works on every kernel: ");
	write_rest(page, KS_TOOL_FOREIGN, "Built for another machine than any of the kernels: ");
	for (size_t i = 0; page->rows && i < page->tools->nr; i++)
		write_choices(page, &page->tools->at[i]);
	return page->report->verbose ? ks_check_details(&page->terminal, page->check) : NULL;
}

struct ks_error *ks_check_terminal(const struct ks_check_report *report,
				   const struct ks_check *check, struct ks_buf *out)
{
	struct ks_report frame = {
		.options = { .color = report->color,
			     .columns = report->columns ? report->columns : 80 },
	};
	struct page page = {
		.report = report,
		.check = check,
		.tools = report->tools,
		.terminal = { .report = &frame, .out = out },
	};
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_error *err = write_page(&page, &arena);
	if (!err)
		err = ks_buf_error(&page.terminal.text);
	ks_buf_deinit(&page.terminal.text);
	return err;
}
