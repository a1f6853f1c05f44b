/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernels of the store, in groups. */
#include <stdlib.h>

#include "base/array.h"
#include "base/url.h"
#include "report/images/images.h"
#include "report/text/table.h"
#include "store/choose.h"
#include "surface/image.h"
#include "surface/image_sets.h"
#include "web/private.h"

/** The kernels that ?arch= and ?set= of the address leave. @param[out] ret borrows from all, and groups */
static struct ks_error *choose(struct ks_web_call *call, struct ks_selection *ret,
			       struct ks_groups *groups)
{
	const struct ks_selection *all = &call->web->sel;
	const char *arch = ks_web_field(call->address, "arch");
	const char *set = ks_web_field(call->address, "set");
	*groups = *all->groups;
	*ret = (struct ks_selection){ .all = all->all, .images = all->images, .groups = groups };
	if (set && *set)
		KS_TRY(ks_selection_words(all, set, &call->arena, &ret->images));
	const struct ks_store_image **kept =
		ks_arena_array(&call->arena, ret->images.nr + 1, sizeof(*kept));
	size_t nr = 0;
	if (!kept)
		return &ks_nomem;
	const struct ks_store_image *base =
		all->groups->base < all->images.nr ? all->images.at[all->groups->base] : NULL;
	groups->base = KS_NO_IMAGE;
	for (size_t i = 0; i < ret->images.nr; i++) {
		const struct ks_store_image *image = ret->images.at[i];
		if (arch && *arch && (!image->image.arch || strcmp(image->image.arch, arch) != 0))
			continue;
		if (base && image->id == base->id)
			groups->base = nr;
		kept[nr++] = image;
	}
	ret->images.at = kept;
	ret->images.nr = nr;
	return NULL;
}

/* ---- groups ---- */

/** What kernels are put together by. */
enum by { BY_SERIES, BY_DISTRIBUTION, BY_SET, NR_BY };
static const char *const by_names[NR_BY] = { "series", "distribution", "set" };

/** An image below a heading. */
struct place {
	const char *heading;
	size_t len, image;
};
struct places {
	KS_VECTOR(struct place) all;
};

static void places_deinit(struct places *places)
{
	ks_vector_deinit(&places->all);
}
#define _cleanup_places_ __attribute__((__cleanup__(places_deinit)))

static int compare_headings(const struct place *a, const struct place *b)
{
	size_t len = a->len < b->len ? a->len : b->len;
	int order = memcmp(a->heading, b->heading, len);
	return order ? order : (a->len > b->len) - (a->len < b->len);
}

static int compare_places(const void *a, const void *b)
{
	const struct place *one = a, *other = b;
	int order = compare_headings(one, other);
	return order ? order : (one->image > other->image) - (one->image < other->image);
}

/** Put an image below what it is of: of sets there may be several. @return false when memory runs out */
static bool add_places(const struct ks_image *image, size_t at, enum by by, struct places *ret)
{
	const char *texts[NR_BY] = { image->version, image->distribution, image->sets };
	const char *text = texts[by] ? texts[by] : "";
	size_t series = by == BY_SERIES ? ks_series_len(text) : 0;
	struct place place = { text, series ? series : strlen(text), at };
	struct ks_set_name name;
	if (by != BY_SET || !*text)
		return ks_vector_add(&ret->all, place);
	for (const char *rest = text; ks_image_sets_next(&rest, &name); place.heading = rest) {
		place.len = strcspn(place.heading, ",");
		if (!ks_vector_add(&ret->all, place))
			return false;
	}
	return true;
}

/** Every image below each of its headings. Versions are in order already; the rest is sorted. */
static struct ks_error *find_places(const struct ks_selection *sel, enum by by, struct places *ret)
{
	for (size_t i = 0; i < sel->images.nr; i++)
		if (!add_places(&sel->images.at[i]->image, i, by, ret))
			return &ks_nomem;
	if (by != BY_SERIES && ret->all.len)
		qsort(ret->all.at, ret->all.len, sizeof(*ret->all.at), compare_places);
	return NULL;
}

/* ---- the page ---- */

static void write_cell(struct ks_buf *out, const char *text)
{
	ks_buf_str(out, "<td>");
	ks_html_text(out, text ? text : "");
	ks_buf_str(out, "</td>");
}

static void write_row(struct ks_buf *out, const struct ks_store_image *stored, bool is_base)
{
	const struct ks_image *image = &stored->image;
	ks_buf_str(out, "<tr><td><a href=\"/kernel/");
	ks_url_encode(out, image->label, strlen(image->label));
	ks_buf_str(out, "\">");
	ks_html_text(out, image->label);
	ks_buf_str(out, is_base ? "</a> <span class=\"dim\">base</span></td>" : "</a></td>");
	write_cell(out, image->version);
	write_cell(out, image->arch);
	write_cell(out, image->flavor);
	write_cell(out, image->distribution);
	write_cell(out, image->sets);
	write_cell(out, ks_image_tier_text(image));
	ks_buf_str(out, "</tr>\n");
}

static void write_heading(struct ks_buf *out, const struct place *place)
{
	ks_buf_str(out, "<tr class=\"kind\"><th scope=\"rowgroup\" colspan=\"7\">");
	ks_text_write(out, KS_TEXT_MARKUP, place->heading, place->len);
	ks_buf_str(out, place->len ? "</th></tr>\n" : "none is known</th></tr>\n");
}

/** The same address with another grouping. */
static void write_by(struct ks_web_call *call, enum by chosen)
{
	static const char *const kept[] = { "arch", "set" };
	struct ks_buf *out = &call->response->body;
	ks_buf_str(out, "<p>By");
	for (enum by by = 0; by < NR_BY; by++) {
		if (by == chosen) {
			ks_buf_printf(out, " <strong>%s</strong>", by_names[by]);
			continue;
		}
		ks_buf_printf(out, " <a href=\"/kernels?by=%s", by_names[by]);
		for (size_t i = 0; i < KS_ARRAY_LEN(kept); i++) {
			const char *value = ks_web_field(call->address, kept[i]);
			if (!value)
				continue;
			ks_buf_printf(out, "&amp;%s=", kept[i]);
			ks_url_encode(out, value, strlen(value));
		}
		ks_buf_printf(out, "\">%s</a>", by_names[by]);
	}
	ks_buf_str(out, "</p>\n");
}

static void write_filter(struct ks_web_call *call, enum by by)
{
	static const char *const fields[][2] = { { "arch", "amd64" }, { "set", "debian:13" } };
	struct ks_buf *out = &call->response->body;
	ks_buf_printf(out,
		      "<form action=\"/kernels\"><p class=\"pair\"><input type=\"hidden\" "
		      "name=\"by\" value=\"%s\">",
		      by_names[by]);
	for (size_t i = 0; i < KS_ARRAY_LEN(fields); i++) {
		const char *value = ks_web_field(call->address, fields[i][0]);
		ks_buf_printf(out,
			      "<label>%s <input name=\"%s\" size=\"12\" placeholder=\"%s\" "
			      "value=\"",
			      i ? "set" : "machine", fields[i][0], fields[i][1]);
		ks_html_text(out, value ? value : "");
		ks_buf_str(out, "\"></label> ");
	}
	ks_buf_str(out, "<button>Show</button></p></form>\n");
}

static struct ks_error *write_page(struct ks_web_call *call, const struct ks_selection *sel)
{
	struct ks_buf *out = &call->response->body;
	const char *word = ks_web_field(call->address, "by");
	enum by by = BY_SERIES;
	while (word && by < NR_BY && strcmp(by_names[by], word) != 0)
		by++;
	if (by == NR_BY)
		return ks_error_new(KS_ERR_USAGE, "kernels are grouped by series, distribution or "
						  "set");
	_cleanup_places_ struct places places = { 0 };
	KS_TRY(find_places(sel, by, &places));
	ks_web_begin(call, "Kernels", NULL);
	ks_buf_printf(out, "<h1>Kernels</h1>\n<p class=\"dim\">%zu of %zu</p>\n", sel->images.nr,
		      call->web->sel.images.nr);
	write_filter(call, by);
	write_by(call, by);
	ks_buf_str(out, "<div class=\"scroll\" tabindex=\"0\"><table><thead><tr><th>kernel</th>"
			"<th>version</th><th>machine</th><th>flavour</th><th>distribution</th>"
			"<th>sets</th><th>read from</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < places.all.len; i++) {
		const struct place *place = &places.all.at[i];
		if (!i || compare_headings(place - 1, place) != 0)
			write_heading(out, place);
		write_row(out, sel->images.at[place->image], place->image == sel->groups->base);
	}
	ks_buf_str(out, "</tbody></table></div>\n");
	ks_web_forms(call, "/kernels", KS_WEB_ALSO_JSON | KS_WEB_ALSO_TEXT);
	ks_web_end(call);
	return NULL;
}

static struct ks_error *write_markdown(const struct ks_selection *sel, struct ks_buf *out)
{
	struct ks_table table = { .name = "kernels",
				  .title = "Kernels",
				  .definition = "The kernels of the store." };
	bool ok = ks_table_column(&table, "kernel", "kernel", false) &&
		  ks_table_column(&table, "version", "version", false) &&
		  ks_table_column(&table, "machine", "machine", false) &&
		  ks_table_column(&table, "flavour", "flavour", false) &&
		  ks_table_column(&table, "read", "read from", false);
	for (size_t i = 0; ok && i < sel->images.nr; i++) {
		const struct ks_image *image = &sel->images.at[i]->image;
		ok = ks_table_text(&table, image->label) &&
		     ks_table_text(&table, image->version ? image->version : "") &&
		     ks_table_text(&table, image->arch ? image->arch : "") &&
		     ks_table_text(&table, image->flavor ? image->flavor : "") &&
		     ks_table_text(&table, ks_image_tier_text(image));
	}
	if (ok)
		ks_table_write(&table, KS_FORMAT_MD, out);
	ks_table_deinit(&table);
	return ok ? NULL : &ks_nomem;
}

struct ks_error *ks_web_kernels(struct ks_web_call *call)
{
	struct ks_selection sel;
	struct ks_groups groups;
	struct ks_buf *out = &call->response->body;
	enum ks_format format = call->address->format;
	KS_TRY(ks_web_expect(call, KS_WEB_ALSO_JSON | KS_WEB_ALSO_TEXT));
	if (call->address->nr_segments > 1)
		return ks_error_new(KS_ERR_NOTFOUND, "there is no such page");
	KS_TRY(choose(call, &sel, &groups));
	if (format == KS_FORMAT_HTML)
		return write_page(call, &sel);
	ks_web_say_type(call);
	if (format == KS_FORMAT_MD)
		return write_markdown(&sel, out);
	const struct ks_images_options options = { .format = format };
	return ks_images_write(&options, &sel, out);
}
