/* SPDX-License-Identifier: BSD-2-Clause */
/* One page without anything from elsewhere: it can be mailed, and works with scripts switched off. */
#include <time.h>

#include "base/text.h"
#include "base/url.h"
#include "report/check/check_filter.h"
#include "report/check/check_page.h"

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width\">\n"
	"<title>eBPF tools on kernels</title>\n<style>\n"
	":root { color-scheme: light dark; --ok: #1f7a33; --risk: #8a5a00; --bad: #c62828; "
	"--dim: #6b6b6b; }\n"
	"@media (prefers-color-scheme: dark) { :root { --ok: #6ccf7c; --risk: #e0a030; --bad: "
	"#ff7070; --dim: #a0a0a0; } }\n"
	"body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; "
	"padding: 0 1rem; }\n"
	".scroll { overflow-x: auto; }\n"
	"table { border-collapse: collapse; }\n"
	"th, td { padding: .1rem .4rem; border-bottom: 1px solid #8884; text-align: center; }\n"
	"th:first-child, td:first-child { text-align: left; position: sticky; left: 0; "
	"background: Canvas; white-space: nowrap; }\n"
	"th.image { vertical-align: bottom; height: 12rem; font-weight: 500; }\n"
	"th.image span { writing-mode: vertical-rl; transform: rotate(180deg); white-space: "
	"nowrap; "
	"}\n"
	"#tools thead th { position: sticky; top: 0; background: Canvas; z-index: 1; }\n"
	"#tools thead th:first-child { z-index: 2; }\n"
	"@media screen { #tools .scroll { max-height: 96vh; overflow: auto; } }\n"
	"tr.program td:first-child { padding-left: 1.4rem; }\n"
	"tbody td, .works { color: var(--ok); } tbody td:first-child { color: CanvasText; }\n"
	".unknown, .other { color: var(--dim); }\n"
	".part { color: var(--risk); } .fails { color: var(--bad); font-weight: 700; }\n"
	".answer { font-size: 1.2rem; }\n"
	"details { border-top: 1px solid #8884; padding: .3rem 0; overflow-wrap: anywhere; }\n"
	"h2 { font-size: 1.1rem; margin: 1.6rem 0 .2rem; }\n"
	"code { overflow-wrap: anywhere; }\n"
	".where { opacity: .75; }\n"
	"</style></head><body>\n<h1>eBPF tools on kernels</h1>\n";

/** How verdicts are dressed. */
static const char *const classes[KS_NR_TOOL_VERDICTS] = {
	[KS_TOOL_WORKS] = "works", [KS_TOOL_PART] = "part",	[KS_TOOL_UNKNOWN] = "unknown",
	[KS_TOOL_FAILS] = "fails", [KS_TOOL_FOREIGN] = "other",
};
static const char *const row_classes[KS_NR_VERDICTS] = {
	[KS_VERDICT_OK] = "works",	[KS_VERDICT_UNKNOWN] = "unknown",
	[KS_VERDICT_RISK] = "part",	[KS_VERDICT_NO_ATTACH] = "fails",
	[KS_VERDICT_NO_LOAD] = "fails",
};

/** The page while it is written. */
struct page {
	const struct ks_check_report *report;
	const struct ks_tools *tools;
	struct ks_axis axis, whole; // neighbours folded, and not
	struct ks_causes causes;
	struct ks_buf text; // what is put into the page next; empty between two calls
	struct ks_buf *out;
};

static void put(struct ks_buf *out, const char *text)
{
	ks_text_str(out, KS_TEXT_MARKUP, text);
}

/** Put what was collected into the page. */
static void flush(struct page *page)
{
	put(page->out, ks_buf_text(&page->text) ? page->text.at : "");
	page->text.len = 0;
}

/** A paragraph of what was collected; nothing of nothing. */
static void paragraph(struct page *page, const char *class)
{
	if (!page->text.len)
		return;
	ks_buf_printf(page->out, "<p class=\"%s\">", class);
	flush(page);
	ks_buf_str(page->out, "</p>\n");
}

static void write_answer(struct page *page)
{
	ks_answer_write(page->tools, &page->axis, &page->text);
	paragraph(page, "answer");
}

/** What becomes of several tools on each kernel; what all of it rests on. */
static void write_steps(struct page *page)
{
	if (page->tools->nr > 1 && page->axis.nr > 1) {
		ks_buf_str(page->out, "<ul>\n");
		for (size_t i = page->axis.nr; i-- > 0;) {
			ks_buf_printf(&page->text, "%s: ", page->axis.at[i].label);
			ks_answer_step(page->tools, &page->axis.at[i], &page->text);
			ks_buf_str(page->out, "<li>");
			flush(page);
			ks_buf_str(page->out, "</li>\n");
		}
		ks_buf_str(page->out, "</ul>\n");
	}
	ks_answer_basis(page->tools, !page->report->site, &page->text);
	paragraph(page, "where");
	ks_answer_excuses(page->report->excuses, &page->text);
	paragraph(page, "where");
	ks_answer_empty(page->tools->check, &page->text);
	paragraph(page, "where");
}

/* ---- causes ---- */

static void write_evidence(struct page *page, const struct ks_reason *reason)
{
	struct ks_buf *out = page->out;
	if (reason->detail) {
		ks_buf_str(out, "<br>");
		put(out, reason->detail);
	}
	ks_reason_place(reason, &page->text);
	if (page->text.len) {
		ks_buf_str(out, "<br><code>");
		flush(page);
		ks_buf_str(out, "</code>");
		if (reason->line->text && reason->line->text[0]) {
			ks_buf_str(out, ": <code>");
			put(out, reason->line->text);
			ks_buf_str(out, "</code>");
		}
	}
	if (reason->hint) {
		ks_buf_str(out, "<br>Hint: ");
		put(out, reason->hint);
	}
}

static void write_cause(struct page *page, const struct ks_cause *cause)
{
	const struct ks_check *check = page->tools->check;
	struct ks_buf *out = page->out;
	ks_buf_printf(out, "<details class=\"cause\"><summary><span class=\"%s\">%s</span> ",
		      classes[cause->verdict], ks_tool_verdicts[cause->verdict].symbol);
	ks_cause_title(cause, &page->text);
	flush(page);
	ks_buf_str(out, " <span class=\"where\">");
	ks_cause_scope(page->tools, &page->axis, cause, 4, &page->text);
	flush(page);
	ks_buf_str(out, "</span></summary>\n<p>");
	for (size_t i = 0; i < cause->nr_rows; i++) {
		size_t row = cause->rows[i];
		ks_buf_printf(&page->text, "%s%s: ", i ? ", " : "",
			      ks_row_object(check, row)->object->name);
		flush(page);
		ks_buf_str(out, "<code>");
		ks_buf_printf(&page->text, "%s (%s)", check->programs[row]->name,
			      check->programs[row]->section);
		flush(page);
		ks_buf_str(out, "</code>");
	}
	if (cause->reason)
		write_evidence(page, cause->reason);
	ks_buf_str(out, "</p></details>\n");
}

/* ---- tables ---- */

static void write_heads(const struct page *page, const struct ks_axis *axis, const char *title)
{
	struct ks_buf *out = page->out;
	ks_buf_printf(out, "<div class=\"scroll\"%s><thead><tr><th>%s</th>",
		      page->report->site ? " tabindex=\"0\"><table class=\"verdicts\"" : "><table",
		      title);
	for (size_t i = 0; i < axis->nr; i++) {
		bool upright = axis->nr > 1; // a single head has room
		ks_buf_str(out, upright ? "<th class=\"image\"><span>" : "<th>");
		put(out, axis->at[i].label);
		ks_buf_str(out, upright ? "</span></th>" : "</th>");
	}
	ks_buf_str(out, "</tr></thead><tbody>\n");
}

/** A verdict; on the site it leads to what explains it. @param program that explains it; NULL: there is none */
static void write_cell(const struct page *page, const char *class, const char *symbol,
		       const char *title, const char *program, size_t image)
{
	const struct ks_check *check = page->tools->check;
	const char *site = program ? page->report->site : NULL;
	struct ks_buf *out = page->out;
	if (class == classes[KS_TOOL_WORKS] || class == row_classes[KS_VERDICT_OK])
		ks_buf_str(out, "<td>"); // most are so, and cells are most of a page
	else
		ks_buf_printf(out, "<td class=\"%s\">", class);
	if (site) {
		const char *label = check->images[image]->label;
		ks_buf_printf(out, "<a title=\"%s\" href=\"%s/", title, site);
		ks_url_encode(out, program, strlen(program));
		ks_buf_char(out, '@');
		ks_url_encode(out, label, strlen(label));
		ks_buf_str(out, "\">");
	}
	ks_buf_printf(out, "%s%s</td>", symbol, site ? "</a>" : "");
}

/** The program that explains best what becomes of a tool on an image: one that costs it something, else its first; NULL: it has none. */
static const char *program_of_tool(const struct page *page, size_t index, size_t image)
{
	const struct ks_check *check = page->tools->check;
	const struct ks_tool_outcome *outcome = ks_tool_outcome(page->tools, index, image);
	const struct ks_tool *tool = &page->tools->at[index];
	if (outcome->nr)
		return check->programs[outcome->losses[0].row]->name;
	for (size_t i = 0; i < tool->nr_objects; i++) {
		const struct ks_check_object *object = &check->objects[tool->objects[i]];
		if (object->nr)
			return check->programs[object->first]->name;
	}
	return NULL;
}

static void write_matrix(struct page *page)
{
	struct ks_buf *out = page->out;
	write_heads(page, &page->axis, "tool");
	for (size_t i = 0; i < page->tools->nr; i++) {
		ks_buf_printf(out, "<tr><td><a href=\"#t%zu\">", i);
		put(out, page->tools->at[i].name);
		ks_buf_str(out, "</a></td>");
		for (size_t k = 0; k < page->axis.nr; k++) {
			size_t image = page->axis.at[k].images[0];
			enum ks_tool_verdict v = ks_tool_outcome(page->tools, i, image)->verdict;
			write_cell(page, classes[v], ks_tool_verdicts[v].symbol,
				   ks_tool_verdicts[v].title, program_of_tool(page, i, image),
				   image);
		}
		ks_buf_str(out, "</tr>\n");
	}
	ks_buf_str(out, "</tbody></table></div>\n<p>");
	for (int v = 0; v < KS_NR_TOOL_VERDICTS; v++)
		ks_buf_printf(out, "%s<span class=\"%s\">%s</span> %s", v ? " &nbsp; " : "",
			      classes[v], ks_tool_verdicts[v].symbol, ks_tool_verdicts[v].title);
	ks_buf_str(out, "; of a program: ");
	for (int v = KS_VERDICT_NO_ATTACH; v < KS_NR_VERDICTS; v++)
		ks_buf_printf(out, "<span class=\"%s\">%s</span> %s &nbsp; ", row_classes[v],
			      ks_verdicts[v].symbol, ks_verdicts[v].title);
	ks_buf_str(out, "</p>\n");
}

/** Every program of a tool has the same verdict everywhere. */
static bool is_same_everywhere(const struct ks_check *check, const struct ks_tool *tool)
{
	for (size_t i = 0; i < tool->nr_objects; i++) {
		const struct ks_check_object *object = &check->objects[tool->objects[i]];
		for (size_t row = object->first; row < object->first + object->nr; row++)
			for (size_t image = 1; image < check->nr_images; image++)
				if (ks_check_outcome(check, row, image)->verdict !=
				    ks_check_outcome(check, row, 0)->verdict)
					return false;
	}
	return true;
}

static void write_program(struct page *page, size_t row, const struct ks_axis *axis)
{
	const struct ks_check *check = page->tools->check;
	struct ks_buf *out = page->out;
	ks_buf_str(out, "<tr class=\"program\"><td><code>");
	put(out, check->programs[row]->name);
	ks_buf_str(out, "</code></td>");
	for (size_t k = 0; k < axis->nr; k++) {
		size_t image = axis->at[k].images[0];
		enum ks_verdict v = ks_check_outcome(check, row, image)->verdict;
		write_cell(page, row_classes[v], ks_verdicts[v].symbol, ks_verdicts[v].title,
			   check->programs[row]->name, image);
	}
	ks_buf_str(out, "</tr>\n");
}

/** The programs of a tool, on every kernel; on the site each leads to what explains it there. */
static void write_programs(struct page *page, size_t index)
{
	const struct ks_check *check = page->tools->check;
	const struct ks_tool *tool = &page->tools->at[index];
	struct ks_buf *out = page->out;
	bool open = page->report->site && page->tools->nr == 1;
	ks_buf_printf(out, "<details class=\"tool\" id=\"t%zu\"%s><summary>", index,
		      open ? " open" : "");
	put(out, tool->name);
	ks_buf_str(out, "</summary>\n");
	static const size_t first = 0;
	const struct ks_axis_step every = { .label = "every kernel", .nr = 1, .images = &first };
	const struct ks_axis one = { .nr = 1, .nr_images = check->nr_images, .at = &every };
	bool same = check->nr_images > 1 && !page->report->site && is_same_everywhere(check, tool);
	const struct ks_axis *axis = same ? &one : &page->whole;
	write_heads(page, axis, "program");
	for (size_t i = 0; i < tool->nr_objects; i++) {
		const struct ks_check_object *object = &check->objects[tool->objects[i]];
		for (size_t row = object->first; row < object->first + object->nr; row++)
			write_program(page, row, axis);
	}
	ks_buf_str(out, "</tbody></table></div></details>\n");
}

static void write_causes(struct page *page)
{
	if (page->causes.nr)
		ks_buf_str(page->out, "<h2>Causes, worst first</h2>\n");
	for (size_t i = 0; i < page->causes.nr; i++)
		write_cause(page, &page->causes.at[i]);
}

static void write_tools(struct page *page)
{
	ks_buf_str(page->out, "<h2>Tools</h2>\n<div id=\"tools\">\n");
	write_matrix(page);
	ks_buf_str(page->out, "</div>\n");
}

/** What made the page, when, and of what. */
static void write_origin(struct page *page)
{
	const struct ks_check_report *report = page->report;
	const char *store = report->store;
	char day[16] = "";
	struct tm at;
	if (report->time && gmtime_r(&(time_t){ report->time }, &at))
		strftime(day, sizeof(day), "%Y-%m-%d", &at);
	// a file's folder, and who asks a server, are nobody else's business
	char last = store && strstr(store, "://") ? '@' : '/';
	if (store && strrchr(store, last))
		store = strrchr(store, last) + 1;
	ks_buf_printf(&page->text, "ksurf %s%s%s%s%s", KSURF_VERSION, day[0] ? ", " : "", day,
		      store ? ", kernels of " : "", store ? store : "");
	paragraph(page, "where");
}

static struct ks_error *write_page(struct page *page, struct ks_arena *arena)
{
	KS_TRY(ks_axis_make(page->tools, true, false, arena, &page->axis));
	KS_TRY(ks_axis_make(page->tools, true, true, arena, &page->whole));
	KS_TRY(ks_causes_make(page->tools, NULL, NULL, arena, &page->causes));
	bool whole = !page->report->site;
	ks_buf_str(page->out, whole ? head : "");
	write_answer(page);
	if (whole) {
		write_origin(page);
		ks_buf_str(page->out, filter_box);
	} else {
		write_tools(page);
	}
	write_steps(page);
	write_causes(page);
	if (whole)
		write_tools(page);
	ks_buf_str(page->out, "<h2>Programs</h2>\n");
	for (size_t i = 0; i < page->tools->nr; i++)
		write_programs(page, i);
	ks_buf_printf(page->out, "%s%s", whole ? filter_script : "",
		      whole ? "</body></html>\n" : "");
	return ks_buf_error(&page->text);
}

struct ks_error *ks_check_html(const struct ks_check_report *report, const struct ks_check *check,
			       struct ks_buf *out)
{
	(void)check;
	struct page page = { .report = report, .tools = report->tools, .out = out };
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_error *err = write_page(&page, &arena);
	ks_buf_deinit(&page.text);
	return err;
}
