/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is counted over many kernels: tables and pictures. Counting compares every kernel with its neighbour, so the pages take the
 * newest kernel of each series alone, one with debug information where there is one; what was counted stays as long as the store does.
 */
#include <stdlib.h>

#include "base/array.h"
#include "report/stats/stats.h"
#include "surface/image.h"
#include "web/private.h"

/** What was counted of a state of the store. */
struct ks_web_counted {
	struct ks_selection sel;   // of its own
	struct ks_stats *stats[2]; // of images, of pairs of them; NULL: nobody has asked yet
};

void ks_web_counted_free(struct ks_web_counted *counted)
{
	if (!counted)
		return;
	ks_stats_free(counted->stats[false]);
	ks_stats_free(counted->stats[true]);
	ks_selection_deinit(&counted->sel);
	free(counted);
}

/** Of the kernels of one series in the base's line, the last that tells the most: one with debug information, where there is one. */
static size_t best_of_series(const struct ks_groups *groups, size_t from, size_t *to)
{
	const struct ks_group *line = &groups->at[KS_GROUP_REGULAR];
	const struct ks_image *first = groups->images[line->images[from]];
	size_t best = from, i = from + 1;
	for (; i < line->nr; i++) {
		const struct ks_image *image = groups->images[line->images[i]];
		if (!ks_version_same_series(first->version, image->version))
			break;
		if (ks_image_tells_inline(image) ||
		    !ks_image_tells_inline(groups->images[line->images[best]]))
			best = i;
	}
	*to = i;
	return line->images[best];
}

/** Whether an image is shown: the best of its series, the base, and what is compared with the base. */
static bool is_wanted(const struct ks_groups *groups, size_t image)
{
	static const enum ks_group_kind beside[] = { KS_GROUP_ARCH, KS_GROUP_FLAVOR };
	for (size_t i = 0; i < groups->at[KS_GROUP_REGULAR].nr;)
		if (best_of_series(groups, i, &i) == image)
			return true;
	for (size_t k = 0; k < KS_ARRAY_LEN(beside); k++)
		for (size_t i = 0; i < groups->at[beside[k]].nr; i++)
			if (groups->at[beside[k]].images[i] == image)
				return true;
	return image == groups->base;
}

static struct ks_error *choose(struct ks_web *web, struct ks_selection *sel)
{
	KS_TRY(ks_selection_choose(sel, web->store, NULL));
	size_t nr = 0;
	for (size_t i = 0; i < sel->images.nr; i++)
		if (is_wanted(web->sel.groups, i))
			sel->images.at[nr++] = sel->images.at[i];
	sel->images.nr = nr;
	return ks_selection_group(sel, web->store);
}

/** What was counted, or is now. @param pairs of images, which takes ten times as long as images */
static struct ks_error *count(struct ks_web *web, bool pairs, const struct ks_stats **ret)
{
	const struct ks_stats_scope scope = { .groups = (1u << KS_NR_GROUPS) - 1,
					      .censuses = !pairs,
					      .pairs = pairs,
					      .nr_threads = 1 };
	if (!web->counted) {
		struct ks_web_counted *counted = calloc(1, sizeof(*counted));
		struct ks_error *err = counted ? choose(web, &counted->sel) : &ks_nomem;
		if (err) {
			ks_web_counted_free(counted);
			return err;
		}
		web->counted = counted;
	}
	struct ks_selection *sel = &web->counted->sel;
	if (!web->counted->stats[pairs])
		KS_TRY(ks_stats_make(web->store, &sel->images, sel->groups, &scope,
				     &web->counted->stats[pairs]));
	*ret = web->counted->stats[pairs];
	return NULL;
}

/* ---- tables ---- */

static void write_cell(struct ks_buf *out, const struct ks_cell *cell)
{
	switch (cell->form) {
	case KS_CELL_NUMBER:
		ks_buf_str(out, "<td class=\"number\">");
		ks_buf_dec(out, cell->number);
		break;
	case KS_CELL_TEXT:
		ks_buf_str(out, "<td>");
		ks_html_text(out, cell->text);
		break;
	case KS_CELL_UNKNOWN:
		ks_buf_str(out, "<td class=\"number\"><span class=\"dim\">?</span>");
		break;
	}
	ks_buf_str(out, "</td>");
}

/** @param alone its title is that of the page */
static void write_html(const struct ks_table *table, bool alone, struct ks_buf *out)
{
	size_t nr_columns = table->columns.len;
	ks_buf_printf(out, "<%s id=\"%s\">", alone ? "h1" : "h2", table->name);
	ks_html_text(out, table->title);
	ks_buf_str(out, alone ? "</h1>" : "</h2>");
	ks_buf_str(out, "\n<p class=\"dim\">");
	ks_html_text(out, table->definition);
	ks_buf_str(out, "</p>\n<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>");
	for (size_t i = 0; i < nr_columns; i++) {
		bool number = table->cells.len && table->cells.at[i].form != KS_CELL_TEXT;
		ks_buf_str(out, number ? "<th class=\"number\">" : "<th>");
		ks_html_text(out, table->columns.at[i].head);
		ks_buf_str(out, "</th>");
	}
	ks_buf_str(out, "</tr></thead><tbody>\n");
	for (size_t row = 0; row < ks_table_nr_rows(table); row++) {
		ks_buf_str(out, "<tr>");
		for (size_t i = 0; i < nr_columns; i++)
			write_cell(out, &table->cells.at[row * nr_columns + i]);
		ks_buf_str(out, "</tr>\n");
	}
	ks_buf_printf(out,
		      "</tbody></table></div>\n<p class=\"dim\">This table as <a "
		      "href=\"/stats/%s.json\">.json</a> <a href=\"/stats/%s.csv\">.csv</a> <a "
		      "href=\"/stats/%s.md\">.md</a></p>\n",
		      table->name, table->name, table->name);
}

/** Append one table. @return whether it has anything to tell, in nr */
static struct ks_error *write_table(const struct ks_stats *stats, size_t which,
				    enum ks_format format, bool alone, size_t *nr,
				    struct ks_buf *out)
{
	struct ks_table table = { 0 };
	struct ks_error *err = ks_stats_table_fill(stats, which, &table);
	if (!err && ks_table_nr_rows(&table)) {
		if (format == KS_FORMAT_JSON)
			ks_buf_str(out, *nr ? ",\n" : "");
		else if (format != KS_FORMAT_HTML)
			ks_buf_str(out, *nr ? "\n" : "");
		if (format == KS_FORMAT_HTML)
			write_html(&table, alone, out);
		else
			ks_table_write(&table, format, out);
		++*nr;
	}
	ks_table_deinit(&table);
	return err;
}

static struct ks_error *write_tables(const struct ks_stats *stats, enum ks_format format,
				     struct ks_buf *out)
{
	size_t nr = 0;
	ks_buf_str(out, format == KS_FORMAT_JSON ? "[" : "");
	for (size_t i = 0; i < KS_NR_OWN_TABLES; i++)
		KS_TRY(write_table(stats, i, format, false, &nr, out));
	ks_buf_str(out, format == KS_FORMAT_JSON ? "]\n" : "");
	return NULL;
}

/* ---- pictures ---- */

/** Whether any table of a picture's name has rows: there is something to draw. */
static bool has_picture(const struct ks_stats *stats, const struct ks_stats_plot *picture)
{
	bool some = false;
	for (size_t i = 0; i < KS_NR_STATS_TABLES && !some; i++) {
		const struct ks_stats_table info = ks_stats_table_at(i);
		struct ks_table table = { 0 };
		if (strncmp(info.name, picture->name, strlen(picture->name)) == 0)
			some = !ks_stats_table_fill(stats, i, &table) && ks_table_nr_rows(&table);
		ks_table_deinit(&table);
	}
	return some;
}

static struct ks_error *write_picture(const struct ks_stats *stats,
				      const struct ks_stats_plot *picture, struct ks_buf *out)
{
	_cleanup_plot_ struct ks_plot plot = { 0 };
	KS_TRY(picture->fill(stats, KS_GROUP_REGULAR, &plot));
	ks_plot_svg(&plot, out);
	return NULL;
}

static struct ks_error *write_figure(const struct ks_stats *stats,
				     const struct ks_stats_plot *picture, struct ks_buf *out)
{
	_cleanup_plot_ struct ks_plot plot = { 0 };
	KS_TRY(picture->fill(stats, KS_GROUP_REGULAR, &plot));
	ks_buf_printf(out, "<figure><img src=\"/stats/%s.svg\" width=\"900\" height=\"500\" alt=\"",
		      picture->name);
	ks_html_text(out, plot.title);
	ks_buf_str(out, ": ");
	ks_html_text(out, plot.subtitle);
	ks_buf_str(out, "\"></figure>\n");
	return NULL;
}

/* ---- the pages ---- */

/** What is counted when it is asked for alone: changes. */
static void write_links(struct ks_buf *out)
{
	ks_buf_str(
		out,
		"<p>What changes from one to the next, which takes a while to count: as a picture");
	for (size_t i = 0; i < KS_NR_STATS_PLOTS; i++)
		if (ks_stats_plots[i].pairs)
			ks_buf_printf(out, " <a href=\"/stats/%s.svg\">%s</a>",
				      ks_stats_plots[i].name, ks_stats_plots[i].name);
	ks_buf_str(out, "; by kind");
	for (size_t i = KS_NR_OWN_TABLES; i < KS_NR_STATS_TABLES; i++)
		ks_buf_printf(out, " <a href=\"/stats/%s\">%s</a>", ks_stats_table_at(i).name,
			      ks_kinds[ks_stats_table_at(i).kind].name);
	ks_buf_str(out, "</p>\n");
}

static struct ks_error *write_page(struct ks_web_call *call, const struct ks_stats *stats)
{
	struct ks_buf *out = &call->response->body;
	ks_web_begin(call, "Statistics", NULL);
	ks_buf_printf(out,
		      "<h1>Statistics</h1>\n<p>What kernels have, and how it is compiled: a "
		      "kernel of each series, the newest that tells the most; %zu of %zu. "
		      "<code>ksurf stats</code> counts any.</p>\n",
		      stats->images->nr, call->web->sel.images.nr);
	write_links(out);
	for (size_t i = 0; i < KS_NR_STATS_PLOTS; i++)
		if (!ks_stats_plots[i].pairs && has_picture(stats, &ks_stats_plots[i]))
			KS_TRY(write_figure(stats, &ks_stats_plots[i], out));
	KS_TRY(write_tables(stats, KS_FORMAT_HTML, out));
	ks_web_forms(call, "/stats", KS_WEB_ALSO_JSON | KS_WEB_ALSO_TEXT);
	ks_web_end(call);
	return NULL;
}

static struct ks_error *write_one_table(struct ks_web_call *call, size_t which)
{
	const struct ks_stats_table info = ks_stats_table_at(which);
	struct ks_buf *out = &call->response->body;
	bool page = call->address->format == KS_FORMAT_HTML;
	const struct ks_stats *stats;
	size_t nr = 0;
	KS_TRY(count(call->web, info.pairs, &stats));
	if (page)
		ks_web_begin(call, info.title, NULL);
	else
		ks_web_say_type(call);
	KS_TRY(write_table(stats, which, call->address->format, true, &nr, out));
	if (page && !nr)
		ks_buf_str(out, "<h1>Nothing to tell</h1>\n<p>No kernel tells what this table "
				"counts.</p>\n");
	if (page)
		ks_web_end(call);
	return NULL;
}

/** A table, or a picture, by its name. */
static struct ks_error *write_one(struct ks_web_call *call, const char *name)
{
	const struct ks_stats *stats;
	bool picture = call->address->format == KS_FORMAT_SVG;
	for (size_t i = 0; picture && i < KS_NR_STATS_PLOTS; i++) {
		if (strcmp(ks_stats_plots[i].name, name) != 0)
			continue;
		KS_TRY(count(call->web, ks_stats_plots[i].pairs, &stats));
		ks_web_say_type(call);
		return write_picture(stats, &ks_stats_plots[i], &call->response->body);
	}
	for (size_t i = 0; !picture && i < KS_NR_STATS_TABLES; i++)
		if (strcmp(ks_stats_table_at(i).name, name) == 0)
			return write_one_table(call, i);
	return ks_error_new(KS_ERR_NOTFOUND,
			    "there is no such table or picture; /stats lists them");
}

struct ks_error *ks_web_stats(struct ks_web_call *call)
{
	const struct ks_web_address *address = call->address;
	const struct ks_stats *stats;
	bool one = address->nr_segments == 2;
	KS_TRY(ks_web_expect(call, KS_WEB_ALSO_JSON | KS_WEB_ALSO_TEXT | 1u << KS_FORMAT_CSV |
					   (unsigned int)one << KS_FORMAT_SVG));
	if (address->nr_segments > 2 || address->label)
		return ks_error_new(KS_ERR_NOTFOUND, "there is no such page");
	if (one)
		return write_one(call, address->segments[1]);
	KS_TRY(count(call->web, false, &stats));
	if (address->format == KS_FORMAT_HTML)
		return write_page(call, stats);
	ks_web_say_type(call);
	return write_tables(stats, address->format, &call->response->body);
}
