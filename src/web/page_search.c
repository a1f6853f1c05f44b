/* SPDX-License-Identifier: BSD-2-Clause */
/* Names by their beginning, by a part of them, or by a pattern. */
#include <fnmatch.h>
#include <stdlib.h>

#include "base/json.h"
#include "web/private.h"

enum { MOST = 200, USUAL = 50 };

/** What was found of a word. */
struct search {
	const char *word;
	bool pattern;	   // as fnmatch(3) takes it
	enum ks_kind kind; // KS_NR_KINDS: all
	size_t limit, nr;
	struct ks_web_hit hits[MOST];
	bool more;
	struct ks_suggestions near; // where there is none
};

enum place { WHOLE, BEGINNING, INSIDE, NR_PLACES };

/** Where a name has the word; NR_PLACES: nowhere. */
static enum place place_of(const struct search *search, const char *name)
{
	if (search->pattern)
		return fnmatch(search->word, name, 0) == 0 ? WHOLE : NR_PLACES;
	const char *at = strstr(name, search->word);
	if (!at)
		return NR_PLACES;
	if (at != name)
		return INSIDE;
	return name[strlen(search->word)] ? BEGINNING : WHOLE;
}

/** First the name itself, then what begins so, then what has it inside. */
static void look(const struct ks_web_names *names, struct search *search)
{
	const struct ks_web_hit *found[NR_PLACES][MOST];
	size_t nr[NR_PLACES] = { 0 };
	uint64_t pairs = search->pattern ? 0 : ks_web_pairs(search->word);
	for (size_t i = 0; i < names->all.len; i++) {
		const struct ks_web_hit *hit = &names->all.at[i];
		if ((hit->pairs & pairs) != pairs ||
		    (search->kind != KS_NR_KINDS && hit->kind != search->kind))
			continue;
		enum place place = place_of(search, hit->name);
		if (place == NR_PLACES)
			continue;
		if (nr[place] < search->limit)
			found[place][nr[place]++] = hit;
		else
			search->more = true;
	}
	for (enum place place = WHOLE; place < NR_PLACES; place++)
		for (size_t i = 0; i < nr[place]; i++) {
			if (search->nr == search->limit) {
				search->more = true;
				return;
			}
			search->hits[search->nr++] = *found[place][i];
		}
}

static void write_hit(struct ks_json *json, enum ks_kind kind, const char *name, size_t in)
{
	ks_json_open(json, '{');
	ks_json_key_str(json, "kind", ks_kinds[kind].name);
	ks_json_key_str(json, "name", name);
	ks_json_key_u64(json, "in", in);
	ks_json_close(json, '}');
}

static void write_json(struct ks_web_call *call, const struct search *search)
{
	struct ks_json json = ks_json_to(&call->response->body, 0);
	ks_web_say_type(call);
	ks_json_open(&json, '{');
	ks_json_key_str(&json, "searched", search->word);
	ks_json_key_u64(&json, "kernels", call->web->sel.images.nr);
	ks_json_key_bool(&json, "more", search->more);
	ks_json_key_open(&json, "names", '[');
	for (size_t i = 0; i < search->nr; i++)
		write_hit(&json, search->hits[i].kind, search->hits[i].name,
			  search->hits[i].nr_images);
	ks_json_close(&json, ']');
	ks_json_key_open(&json, "near", '[');
	for (size_t i = 0; i < search->near.nr && i < search->limit; i++)
		write_hit(&json, search->near.at[i].kind, search->near.at[i].name,
			  search->near.at[i].nr_images);
	ks_json_close(&json, ']');
	ks_json_close(&json, '}');
	ks_buf_char(&call->response->body, '\n');
}

/** One line of Markdown for each name, or of text. */
static void write_lines(struct ks_web_call *call, const struct search *search)
{
	struct ks_buf *out = &call->response->body;
	bool markdown = call->address->format == KS_FORMAT_MD;
	ks_web_say_type(call);
	for (size_t i = 0; i < search->nr; i++) {
		const struct ks_web_hit *hit = &search->hits[i];
		ks_buf_str(out, markdown ? "- " : "");
		ks_text_str(out, markdown ? KS_TEXT_CODE : KS_TEXT_LINE, hit->name);
		ks_buf_printf(out, "  %s, in %zu of %zu kernels\n", ks_kinds[hit->kind].name,
			      hit->nr_images, call->web->sel.images.nr);
	}
}

static void write_item(struct ks_web_call *call, enum ks_kind kind, const char *name, size_t in)
{
	struct ks_buf *out = &call->response->body;
	ks_buf_str(out, "<li><a href=\"");
	ks_html_address(out, kind, name, NULL);
	ks_buf_str(out, "\"><code>");
	ks_html_text(out, name);
	ks_buf_printf(out,
		      "</code></a> <span class=\"dim\">%s, in %zu of %zu kernels</span></li>\n",
		      ks_kinds[kind].name, in, call->web->sel.images.nr);
}

void ks_web_write_near(struct ks_web_call *call, const struct ks_suggestions *near)
{
	struct ks_buf *out = &call->response->body;
	if (!near->nr)
		return;
	ks_buf_str(out, "<p>Near it:</p>\n<ol class=\"found\">");
	for (size_t i = 0; i < near->nr; i++)
		write_item(call, near->at[i].kind, near->at[i].name, near->at[i].nr_images);
	ks_buf_str(out, "</ol>\n");
}

static void write_nearest(struct ks_web_call *call, const struct search *search)
{
	struct ks_buf *out = &call->response->body;
	ks_buf_str(out, "<p>No name has that in it.</p>\n");
	ks_web_write_near(call, &search->near);
}

static void write_page(struct ks_web_call *call, const struct search *search)
{
	struct ks_buf *out = &call->response->body;
	ks_web_begin(call, "Search", search->word);
	ks_buf_str(out, "<h1>Names with <code>");
	ks_html_text(out, search->word);
	ks_buf_str(out, "</code></h1>\n");
	if (search->nr)
		ks_buf_str(out, "<ol class=\"found\">\n");
	for (size_t i = 0; i < search->nr; i++)
		write_item(call, search->hits[i].kind, search->hits[i].name,
			   search->hits[i].nr_images);
	if (search->nr)
		ks_buf_str(out, "</ol>\n");
	else
		write_nearest(call, search);
	if (search->more)
		ks_buf_printf(out, "<p class=\"dim\">The first %zu; more letters leave less.</p>\n",
			      search->nr);
	ks_web_end(call);
}

struct ks_error *ks_web_search(struct ks_web_call *call)
{
	const struct ks_web_address *address = call->address;
	const char *word = ks_web_field(address, "q"), *in = ks_web_field(address, "kind");
	const char *limit = ks_web_field(address, "limit");
	const struct ks_web_names *names;
	KS_TRY(ks_web_expect(call, KS_WEB_ALSO_JSON | KS_WEB_ALSO_TEXT));
	if (!word || !*word)
		return ks_error_new(KS_ERR_USAGE, "search for what? Say ?q=NAME");
	struct search search = {
		.word = word,
		.pattern = strpbrk(word, "*?") != NULL,
		.kind = in ? ks_kind_by_name(in) : KS_NR_KINDS,
		.limit = USUAL,
	};
	if (in && search.kind == KS_NR_KINDS)
		return ks_kind_unknown(in);
	if (limit && atoi(limit) > 0)
		search.limit = atoi(limit) < MOST ? (size_t)atoi(limit) : MOST;
	KS_TRY(ks_web_names(call->web, &names));
	look(names, &search);
	if (!search.nr && !search.pattern) // a word with a typo
		ks_web_names_near(names, search.kind, word, &search.near);
	if (address->format == KS_FORMAT_JSON)
		write_json(call, &search);
	else if (address->format != KS_FORMAT_HTML)
		write_lines(call, &search);
	else
		write_page(call, &search);
	return NULL;
}
