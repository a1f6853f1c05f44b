/* SPDX-License-Identifier: BSD-2-Clause */
/* One kernel: what it is, what it tells, how many names it has, and what to compare it with. */
#include "base/url.h"
#include "report/images/images.h"
#include "report/text/table.h"
#include "surface/image.h"
#include "web/private.h"

static void write_fact(struct ks_buf *out, const char *title, const char *text)
{
	if (!text || !*text)
		return;
	ks_buf_printf(out, "<dt>%s</dt><dd>", title);
	ks_html_text(out, text);
	ks_buf_str(out, "</dd>");
}

/** What a kernel is, as pairs of a word and a text. */
enum { FACTS = 14 };
struct facts {
	const char *at[FACTS][2];
	struct ks_buf lacks, modules;
};
/** The first line of a text. */
static const char *line_of(struct ks_arena *arena, const char *text)
{
	return text ? ks_arena_strndup(arena, text, strcspn(text, "\n")) : NULL;
}

static void collect(struct ks_arena *arena, const struct ks_store_image *stored, struct facts *ret)
{
	const struct ks_image *image = &stored->image;
	ks_images_lacks(stored, &ret->lacks);
	if (stored->modules)
		ks_buf_dec(&ret->modules, stored->modules->image.nr_modules);
	const struct facts facts = { .at = { { "kernel", image->label },
					     { "release", image->release },
					     { "version", image->version },
					     { "machine", image->arch },
					     { "flavour", image->flavor },
					     { "distribution", image->distribution },
					     { "sets", image->sets },
					     { "package", image->package_version },
					     { "compiler", line_of(arena, image->compiler) },
					     { "banner", line_of(arena, image->banner) },
					     { "build id", image->build_id },
					     { "read from", ks_image_tier_text(image) },
					     { "does not tell", ks_buf_text(&ret->lacks) },
					     { "modules", ks_buf_text(&ret->modules) } } };
	memcpy(ret->at, facts.at, sizeof(ret->at));
}

static void facts_deinit(struct facts *facts)
{
	ks_buf_deinit(&facts->lacks);
	ks_buf_deinit(&facts->modules);
}
#define _cleanup_facts_ __attribute__((__cleanup__(facts_deinit)))

static void write_names(struct ks_web_call *call, const struct ks_store_image *image,
			const size_t *nr)
{
	struct ks_buf *out = &call->response->body;
	ks_buf_str(out, "<h2>Names</h2>\n<table><thead><tr><th>kind</th><th class=\"number\">names"
			"</th></tr></thead><tbody>\n");
	for (enum ks_kind kind = 0; kind < KS_FIELD; kind++) {
		ks_buf_printf(out, "<tr><td>%s</td><td class=\"number\">", ks_kinds[kind].name);
		if (image->known & KS_KNOWS(kind))
			ks_buf_printf(out, "%zu</td></tr>\n", nr[kind]);
		else
			ks_buf_str(out, "<span class=\"dim\">unknown</span></td></tr>\n");
	}
	ks_buf_str(out, "</tbody></table>\n");
}

static struct ks_error *write_page(struct ks_web_call *call, const struct ks_store_image *image,
				   const size_t *nr)
{
	struct ks_buf *out = &call->response->body;
	_cleanup_buf_ struct ks_buf address = { 0 };
	_cleanup_facts_ struct facts facts = { 0 };
	const char *label = image->image.label;
	ks_buf_str(&address, "/kernel/");
	ks_url_encode(&address, label, strlen(label));
	KS_TRY(ks_buf_error(&address));
	ks_web_begin(call, label, NULL);
	ks_web_switch(call, &(struct ks_web_place){ KS_NR_KINDS, NULL, 1, image, NULL });
	ks_buf_str(out, "<h1><span class=\"kind\">kernel</span> <strong>");
	ks_html_text(out, label);
	ks_buf_str(out, "</strong></h1>\n<dl class=\"glance\">");
	collect(&call->arena, image, &facts);
	for (size_t i = 1; i < FACTS; i++) // the title has the first
		write_fact(out, facts.at[i][0], facts.at[i][1]);
	ks_buf_str(out, "</dl>\n<h2>Compare</h2>\n");
	ks_web_pair_form(call, image, call->web->sel.images.at[call->web->sel.images.nr - 1]);
	write_names(call, image, nr);
	ks_web_forms(call, ks_buf_text(&address), KS_WEB_ALSO_JSON | KS_WEB_ALSO_TEXT);
	ks_web_end(call);
	return NULL;
}

static void write_json(struct ks_web_call *call, const struct ks_store_image *image, bool is_base,
		       const size_t *nr)
{
	struct ks_json json = ks_json_to(&call->response->body, 2);
	ks_json_open(&json, '{');
	ks_json_key(&json, "kernel");
	ks_images_json(image, is_base, &json);
	ks_json_key_open(&json, "names", '{');
	for (enum ks_kind kind = 0; kind < KS_FIELD; kind++) {
		ks_json_key(&json, ks_kinds[kind].name);
		if (image->known & KS_KNOWS(kind))
			ks_json_u64(&json, nr[kind]);
		else
			ks_json_null(&json);
	}
	ks_json_close(&json, '}');
	ks_json_close(&json, '}');
	ks_buf_char(&call->response->body, '\n');
}

/** The same as a table for people. */
static struct ks_error *write_table(struct ks_web_call *call, const struct ks_store_image *image,
				    const size_t *nr)
{
	_cleanup_facts_ struct facts facts = { 0 };
	struct ks_table table = { .name = "kernel",
				  .title = "Kernel",
				  .definition = "What it is, and how many names of each kind." };
	collect(&call->arena, image, &facts);
	bool ok = ks_table_column(&table, "what", "what", false) &&
		  ks_table_column(&table, "is", "is", false);
	for (size_t i = 0; ok && i < FACTS; i++)
		if (facts.at[i][1] && *facts.at[i][1])
			ok = ks_table_text(&table, facts.at[i][0]) &&
			     ks_table_text(&table, facts.at[i][1]);
	for (enum ks_kind kind = 0; ok && kind < KS_FIELD; kind++)
		ok = ks_table_text(&table, ks_kinds[kind].name) &&
		     ks_table_number(&table, image->known & KS_KNOWS(kind), nr[kind]);
	if (ok)
		ks_table_write(&table, call->address->format, &call->response->body);
	ks_table_deinit(&table);
	return ok ? NULL : &ks_nomem;
}

struct ks_error *ks_web_kernel(struct ks_web_call *call)
{
	const struct ks_web_address *address = call->address;
	const struct ks_selection *sel = &call->web->sel;
	const struct ks_web_names *names;
	const struct ks_store_image *image;
	KS_TRY(ks_web_expect(call, KS_WEB_ALSO_JSON | KS_WEB_ALSO_TEXT));
	if (address->nr_segments != 2)
		return ks_error_new(KS_ERR_NOTFOUND, "there is no such page");
	KS_TRY(ks_store_image(&sel->images, address->segments[1], &image));
	KS_TRY(ks_web_names(call->web, &names));
	size_t at = ks_web_place_of(&sel->images, image);
	if (address->format == KS_FORMAT_HTML)
		return write_page(call, image, names->nr[at]);
	ks_web_say_type(call);
	if (address->format != KS_FORMAT_JSON)
		return write_table(call, image, names->nr[at]);
	write_json(call, image, at == sel->groups->base, names->nr[at]);
	return NULL;
}
