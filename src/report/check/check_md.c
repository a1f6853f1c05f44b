/* SPDX-License-Identifier: BSD-2-Clause */
/* Markdown for a pull request: the answer, what causes it folded below, and the matrix as a table. */
#include "base/text.h"
#include "report/check/check_page.h"

/** Text out of an object or image: nothing of it may act as Markdown or HTML. */
static void write_code(struct ks_buf *out, const char *text)
{
	ks_text_str(out, KS_TEXT_CODE, text);
}

static void write_plain(struct ks_buf *out, const char *text)
{
	ks_text_str(out, KS_TEXT_MARKDOWN, text);
}

static const char *const marks[KS_NR_TOOL_VERDICTS] = {
	[KS_TOOL_WORKS] = "✅", [KS_TOOL_PART] = "⚠️", [KS_TOOL_UNKNOWN] = "❔",
	[KS_TOOL_FAILS] = "❌", [KS_TOOL_FOREIGN] = "➖",
};
static const char *const row_marks[KS_NR_VERDICTS] = {
	[KS_VERDICT_OK] = "✅",	      [KS_VERDICT_UNKNOWN] = "❔", [KS_VERDICT_RISK] = "⚠️",
	[KS_VERDICT_NO_ATTACH] = "❌", [KS_VERDICT_NO_LOAD] = "⛔",
};

/** The page while it is written. */
struct page {
	const struct ks_tools *tools;
	const struct ks_excuses *excuses;
	struct ks_axis axis;
	struct ks_causes causes;
	bool rows;
	struct ks_buf text; // what is put into the page next; empty between two calls
	struct ks_buf *out;
};

/** Put what was collected into the page as running text. */
static void flush(struct page *page)
{
	write_plain(page->out, ks_buf_text(&page->text) ? page->text.at : "");
	page->text.len = 0;
}

static void write_answer(struct page *page)
{
	ks_answer_write(page->tools, &page->axis, &page->text);
	flush(page);
	ks_buf_str(page->out, "\n\n");
	for (size_t i = page->axis.nr; page->tools->nr > 1 && page->axis.nr > 1 && i-- > 0;) {
		ks_buf_str(page->out, "- ");
		write_plain(page->out, page->axis.at[i].label);
		ks_buf_str(page->out, ": ");
		ks_answer_step(page->tools, &page->axis.at[i], &page->text);
		flush(page);
		ks_buf_str(page->out, i ? "\n" : "\n\n");
	}
	ks_answer_basis(page->tools, true, &page->text);
	if (page->text.len) {
		flush(page);
		ks_buf_str(page->out, ".\n\n");
	}
	ks_answer_excuses(page->excuses, &page->text);
	if (page->text.len) {
		flush(page);
		ks_buf_str(page->out, "\n\n");
	}
	ks_answer_empty(page->tools->check, &page->text);
	if (page->text.len) {
		flush(page);
		ks_buf_str(page->out, "\n\n");
	}
}

/* ---- causes ---- */

static void write_place(struct page *page, const struct ks_reason *reason)
{
	ks_reason_place(reason, &page->text);
	if (page->text.len) {
		ks_buf_str(page->out, "\n- ");
		write_code(page->out, ks_buf_text(&page->text) ? page->text.at : "");
		if (reason->line->text && reason->line->text[0]) {
			ks_buf_str(page->out, ": ");
			write_code(page->out, reason->line->text);
		}
	}
	page->text.len = 0;
}

/** The programs that have a cause, by their objects. */
static void write_programs(struct page *page, const struct ks_cause *cause)
{
	const struct ks_check *check = page->tools->check;
	for (size_t i = 0; i < cause->nr_rows; i++) {
		size_t row = cause->rows[i];
		const char *object = ks_row_object(check, row)->object->name;
		ks_buf_printf(&page->text, "%s%s: %s (%s)", i ? ", " : "", object,
			      check->programs[row]->name, check->programs[row]->section);
	}
	flush(page);
}

static void write_cause(struct page *page, const struct ks_cause *cause)
{
	const struct ks_reason *reason = cause->reason;
	struct ks_buf *out = page->out;
	ks_buf_printf(out, "<details><summary>%s ", marks[cause->verdict]);
	ks_cause_title(cause, &page->text);
	ks_buf_str(&page->text, ": ");
	ks_cause_scope(page->tools, &page->axis, cause, 4, &page->text);
	ks_text_str(out, KS_TEXT_MARKUP, ks_buf_text(&page->text) ? page->text.at : "");
	page->text.len = 0;
	ks_buf_str(out, "</summary>\n\n- ");
	write_programs(page, cause);
	if (reason && reason->detail) {
		ks_buf_str(out, "\n- ");
		write_plain(out, reason->detail);
	}
	if (reason)
		write_place(page, reason);
	if (reason && reason->hint) {
		ks_buf_str(out, "\n- Hint: ");
		write_plain(out, reason->hint);
	}
	ks_buf_str(out, "\n\n</details>\n");
}

/* ---- the matrix ---- */

static void write_heads(const struct page *page)
{
	struct ks_buf *out = page->out;
	ks_buf_str(out, "\n| tool |");
	for (size_t i = 0; i < page->axis.nr; i++) {
		ks_buf_char(out, ' ');
		ks_text_str(out, KS_TEXT_MARKDOWN_CELL, page->axis.at[i].label);
		ks_buf_str(out, " |");
	}
	ks_buf_str(out, "\n|:--|");
	for (size_t i = 0; i < page->axis.nr; i++)
		ks_buf_str(out, ":-:|");
	ks_buf_char(out, '\n');
}

static void write_tool(const struct page *page, size_t tool)
{
	struct ks_buf *out = page->out;
	ks_buf_str(out, "| **");
	ks_text_str(out, KS_TEXT_MARKDOWN_CELL, page->tools->at[tool].name);
	ks_buf_str(out, "** |");
	for (size_t i = 0; i < page->axis.nr; i++) {
		size_t image = page->axis.at[i].images[0];
		ks_buf_printf(out, " %s |",
			      marks[ks_tool_outcome(page->tools, tool, image)->verdict]);
	}
	ks_buf_char(out, '\n');
}

static void write_rows(const struct page *page, const struct ks_check_object *object)
{
	const struct ks_check *check = page->tools->check;
	for (size_t row = object->first; row < object->first + object->nr; row++) {
		ks_buf_str(page->out, "| ");
		ks_text_str(page->out, KS_TEXT_CODE_CELL, check->programs[row]->name);
		ks_buf_str(page->out, " |");
		for (size_t i = 0; i < page->axis.nr; i++) {
			size_t image = page->axis.at[i].images[0];
			ks_buf_printf(page->out, " %s |",
				      row_marks[ks_check_outcome(check, row, image)->verdict]);
		}
		ks_buf_char(page->out, '\n');
	}
}

static void write_matrix(const struct page *page)
{
	write_heads(page);
	for (size_t i = 0; i < page->tools->nr; i++) {
		const struct ks_tool *tool = &page->tools->at[i];
		write_tool(page, i);
		for (size_t k = 0; page->rows && k < tool->nr_objects; k++)
			write_rows(page, &page->tools->check->objects[tool->objects[k]]);
	}
	ks_buf_char(page->out, '\n');
	for (int v = 0; v < KS_NR_TOOL_VERDICTS; v++)
		ks_buf_printf(page->out, "%s%s %s", v ? " · " : "", marks[v],
			      ks_tool_verdicts[v].title);
	if (page->rows)
		ks_buf_printf(page->out, " · of a program: %s %s · %s %s",
			      row_marks[KS_VERDICT_NO_ATTACH],
			      ks_verdicts[KS_VERDICT_NO_ATTACH].title,
			      row_marks[KS_VERDICT_NO_LOAD], ks_verdicts[KS_VERDICT_NO_LOAD].title);
	ks_buf_char(page->out, '\n');
}

static struct ks_error *write_page(struct page *page, struct ks_arena *arena, bool fold)
{
	KS_TRY(ks_axis_make(page->tools, fold, page->rows, arena, &page->axis));
	KS_TRY(ks_causes_make(page->tools, NULL, NULL, arena, &page->causes));
	ks_buf_str(page->out, "### eBPF tools on kernels\n\n");
	write_answer(page);
	for (size_t i = 0; i < page->causes.nr; i++)
		write_cause(page, &page->causes.at[i]);
	write_matrix(page);
	return ks_buf_error(&page->text);
}

struct ks_error *ks_check_md(const struct ks_check_report *report, const struct ks_check *check,
			     struct ks_buf *out)
{
	(void)check;
	struct page page = {
		.tools = report->tools,
		.excuses = report->excuses,
		.rows = report->verbose || report->tools->nr == 1,
		.out = out,
	};
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_error *err = write_page(&page, &arena, !report->verbose);
	ks_buf_deinit(&page.text);
	return err;
}
