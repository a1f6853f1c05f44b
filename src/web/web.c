/* SPDX-License-Identifier: BSD-2-Clause */
/* The router: a path to its page, a failure to its answer. */
#include "web/web.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#include "base/array.h"
#include "web/private.h"

const char *const ks_web_headers[][2] = {
	{ "Content-Security-Policy",
	  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src "
	  "'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'" },
	{ "X-Content-Type-Options", "nosniff" },
	{ "Referrer-Policy", "no-referrer" },
	{ NULL, NULL },
};

/** What the first word of a path stands for. Kinds of names, and names themselves, come after these. */
static const struct route {
	const char *word;
	ks_web_page_fn *page;
} routes[] = {
	{ "search", ks_web_search },   { "kernels", ks_web_kernels }, { "kernel", ks_web_kernel },
	{ "diff", ks_web_diff },       { "stats", ks_web_stats },     { "feed", ks_web_feed },
	{ "store", ks_web_store },     { "api", ks_web_api },	      { "healthz", ks_web_health },
	{ "style.css", ks_web_style }, { "ksurf.js", ks_web_script },
};

static ks_web_page_fn *find_page(const struct ks_web_address *address)
{
	const char *name = ks_web_field(address, "name");
	if (!address->nr_segments)
		return name ? ks_web_any_name : ks_web_home;
	const char *word = address->segments[0];
	for (size_t i = 0; i < KS_ARRAY_LEN(routes); i++)
		if (strcmp(routes[i].word, word) == 0)
			return routes[i].page;
	if (address->nr_segments > 1)
		return ks_kind_by_name(word) != KS_NR_KINDS ? ks_web_name
		       : ks_web_is_published(address)	    ? ks_web_published
							    : NULL;
	return ks_web_any_name;
}

/** The status that a failure is told by. */
static unsigned int status_of(const struct ks_error *err)
{
	switch (err->code) {
	case KS_ERR_NOTFOUND:
		return 404;
	case KS_ERR_USAGE:
		return 400;
	case KS_ERR_STORE:
		return 503; // it is being replaced, or locked
	default:
		return 500;
	}
}

static void tell_failure(struct ks_web_call *call, struct ks_error *err)
{
	static const char *const titles[] = { "Not found", "Not understood", "Not now" };
	struct ks_web_response *response = call->response;
	response->status = status_of(err);
	const char *title = titles[response->status == 404 ? 0 : response->status == 400 ? 1 : 2];
	char *text = ks_error_text(err);
	response->body.len = response->location.len = 0;
	call->feed = NULL;
	ks_web_begin(call, title, NULL);
	ks_buf_printf(&response->body, "<h1>%s</h1>\n<p>", title);
	ks_html_text(&response->body, text ? text : "out of memory");
	ks_buf_str(&response->body, "</p>\n");
	ks_web_end(call);
	free(text);
	ks_error_free(err);
}

static void add_tag(struct ks_web_response *response)
{
	XXH128_hash_t hash = XXH3_128bits(response->body.at, response->body.len);
	snprintf(response->tag, sizeof(response->tag), "W/\"%016" PRIx64 "%016" PRIx64 "\"",
		 (uint64_t)hash.high64, (uint64_t)hash.low64);
}

static struct ks_error *answer(struct ks_web_call *call, const struct ks_web_request *request,
			       struct ks_web_address *address)
{
	KS_TRY(ks_web_address_read(request, address));
	ks_web_page_fn *page = find_page(address);
	if (!page)
		return ks_error_new(KS_ERR_NOTFOUND, "there is no such page");
	KS_TRY(ks_web_refresh(call->web));
	struct ks_error *err = page(call);
	ks_web_release(call->web, err);
	return err ? err : ks_buf_error(&call->response->body);
}

void ks_web_respond(struct ks_web *web, const struct ks_web_request *request,
		    struct ks_web_response *response)
{
	struct ks_web_address address = { 0 };
	struct ks_web_call call = { .web = web, .address = &address, .response = response };
	*response = (struct ks_web_response){ .status = 200, .type = "text/html; charset=utf-8" };
	bool reads = strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
	struct ks_error *err = reads ? answer(&call, request, &address)
				     : ks_error_new(KS_ERR_USAGE, "pages are read: GET or HEAD");
	if (err)
		tell_failure(&call, err);
	else if (response->status == 200)
		add_tag(response);
	if (!reads)
		response->status = 405;
	if (request->known && *response->tag && strcmp(request->known, response->tag) == 0) {
		response->status = 304;
		response->body.len = 0;
	}
	ks_arena_deinit(&call.arena);
	ks_web_address_deinit(&address);
}

void ks_web_response_deinit(struct ks_web_response *response)
{
	ks_buf_deinit(&response->location);
	ks_buf_deinit(&response->body);
}
