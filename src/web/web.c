/* SPDX-License-Identifier: BSD-2-Clause */
/* The router: a path to its page, a failure to its answer. */
#include "web/web.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#include "base/array.h"
#include "base/json.h"
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
	bool posted;	// files can be sent there
	bool storeless; // the store is not looked at, and may be missing
} routes[] = {
	{ "search", ks_web_search },
	{ "kernels", ks_web_kernels },
	{ "kernel", ks_web_kernel },
	{ "diff", ks_web_diff },
	{ "stats", ks_web_stats },
	{ "feed", ks_web_feed },
	{ "store", ks_web_store },
	{ "check", ks_web_check, .posted = true },
	{ "r", ks_web_report, .storeless = true },
	{ "api", ks_web_api },
	{ "healthz", ks_web_health },
	{ "style.css", ks_web_style },
	{ "ksurf.js", ks_web_script },
};

static const struct route *find_route(const struct ks_web_address *address)
{
	for (size_t i = 0; address->nr_segments && i < KS_ARRAY_LEN(routes); i++)
		if (strcmp(routes[i].word, address->segments[0]) == 0)
			return &routes[i];
	return NULL;
}

static ks_web_page_fn *find_page(const struct ks_web_address *address)
{
	const char *name = ks_web_field(address, "name");
	if (!address->nr_segments)
		return name ? ks_web_any_name : ks_web_home;
	const struct route *route = find_route(address);
	if (route)
		return route->page;
	const char *word = address->segments[0];
	if (address->nr_segments > 1)
		return ks_kind_by_name(word) != KS_NR_KINDS ? ks_web_name
		       : ks_web_is_published(address)	    ? ks_web_published
							    : NULL;
	return ks_web_any_name;
}

bool ks_web_reads(const struct ks_web_request *request)
{
	return strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
}

/** Whether a request sends something to an address that takes it. */
static bool posts(const struct ks_web_request *request, const struct ks_web_address *address)
{
	const struct route *route = find_route(address);
	return strcmp(request->method, "POST") == 0 && route && route->posted &&
	       address->nr_segments == 1 && !address->label;
}

typedef bool about_fn(const struct ks_web_request *request, const struct ks_web_address *address);

static bool is_about(const struct ks_web_request *request, about_fn *about)
{
	struct ks_web_address address = { 0 };
	struct ks_error *err = ks_web_address_read(request, &address);
	bool is = !err && about(request, &address);
	ks_error_free(err);
	ks_web_address_deinit(&address);
	return is;
}

bool ks_web_takes_body(const struct ks_web_request *request)
{
	return !ks_web_reads(request) && is_about(request, posts);
}

static bool waits(const struct ks_web_request *request, const struct ks_web_address *address)
{
	return posts(request, address) || (ks_web_reads(request) && ks_web_is_explanation(address));
}

bool ks_web_waits(const struct ks_web_request *request)
{
	return (!ks_web_reads(request) || strchr(request->path, '@')) && is_about(request, waits);
}

/* ---- failures ---- */

/** The status that a failure is told by. */
static unsigned int status_of(const struct ks_web_call *call, const struct ks_error *err)
{
	switch (err->code) {
	case KS_ERR_STORE:
		return 503; // it is being replaced, or locked
	case KS_ERR_IO:
	case KS_ERR_NOMEM:
		return 500;
	case KS_ERR_NOTFOUND:
		return call->of_files ? 422 : 404;
	case KS_ERR_USAGE:
		return call->of_files ? 422 : 400;
	case KS_ERR_UNSUPPORTED:
		return call->of_files		     ? 422
		       : ks_web_reads(call->request) ? 500
						     : 415; // of the body
	default:
		return call->of_files ? 422 : 500;
	}
}

static const char *title_of(unsigned int status)
{
	static const struct {
		unsigned int status;
		const char *title;
	} titles[] = {
		{ 400, "Not understood" }, { 403, "Not from there" }, { 404, "Not found" },
		{ 405, "Not possible" },   { 411, "Not understood" }, { 413, "Too large" },
		{ 415, "Not understood" }, { 422, "Not checked" },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(titles); i++)
		if (titles[i].status == status)
			return titles[i].title;
	return "Not now";
}

/** For programs, which asked for another form than a page. */
static void write_failure_as(struct ks_web_call *call, enum ks_format format, const char *why)
{
	struct ks_buf *out = &call->response->body;
	struct ks_json json = ks_json_to(out, 2);
	call->response->type = "text/plain; charset=utf-8";
	if (format == KS_FORMAT_JSON) {
		ks_web_say_type(call);
		ks_json_open(&json, '{');
		ks_json_key_str(&json, "error", why);
		ks_json_close(&json, '}');
	} else {
		ks_text_str(out, KS_TEXT_LINE, why);
	}
	ks_buf_char(out, '\n');
}

static void write_failure(struct ks_web_call *call, unsigned int status, const char *why)
{
	struct ks_web_response *response = call->response;
	const char *title = title_of(status);
	enum ks_format format = call->address ? call->address->format : KS_FORMAT_HTML;
	response->status = status;
	response->body.len = response->location.len = 0;
	call->feed = NULL;
	if (format != KS_FORMAT_HTML) {
		write_failure_as(call, format, why);
		return;
	}
	ks_web_begin(call, title, NULL);
	ks_buf_printf(&response->body, "<h1>%s</h1>\n<p class=\"failure\">", title);
	ks_html_text(&response->body, why);
	ks_buf_str(&response->body, "</p>\n");
	ks_web_write_near(call, &call->near);
	ks_web_end(call);
}

static void tell_failure(struct ks_web_call *call, struct ks_error *err)
{
	char *text = ks_error_text(err);
	write_failure(call, status_of(call, err), text ? text : "out of memory");
	free(text);
	ks_error_free(err);
}

void ks_web_refuse(unsigned int status, const char *why, struct ks_web_response *response)
{
	struct ks_web_call call = { .response = response };
	*response = (struct ks_web_response){ 0 };
	write_failure(&call, status, why);
	response->allow = status == 405 ? "GET, HEAD" : NULL;
}

/* ---- answers ---- */

static void add_tag(struct ks_web_response *response)
{
	XXH128_hash_t hash = XXH3_128bits(response->body.at, response->body.len);
	snprintf(response->tag, sizeof(response->tag), "W/\"%016" PRIx64 "%016" PRIx64 "\"",
		 (uint64_t)hash.high64, (uint64_t)hash.low64);
}

static struct ks_error *read_page(struct ks_web_call *call)
{
	ks_web_page_fn *page = find_page(call->address);
	const struct route *route = find_route(call->address);
	if (!page)
		return ks_error_new(KS_ERR_NOTFOUND, "there is no such page");
	if (route && route->storeless)
		return page(call);
	KS_TRY(ks_web_refresh(call->web, call->request->place));
	struct ks_error *err = page(call);
	ks_web_release(call->web, err);
	return err;
}

static struct ks_error *answer(struct ks_web_call *call, struct ks_web_address *address)
{
	KS_TRY(ks_web_address_read(call->request, address));
	// what is sent is checked by others, who look at the store themselves
	KS_TRY(ks_web_reads(call->request) ? read_page(call) : ks_web_check(call));
	return ks_buf_error(&call->response->body);
}

/** Whether another site's page makes a browser send this. */
static bool is_foreign(const struct ks_web_request *request)
{
	const char *site = request->site, *origin = request->origin;
	if (site)
		return strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0;
	if (!origin || !request->host || strcmp(origin, "null") == 0)
		return false;
	const char *host = strstr(origin, "://");
	return !host || strcmp(host + 3, request->host) != 0;
}

void ks_web_respond(struct ks_web *web, const struct ks_web_request *request,
		    struct ks_web_response *response)
{
	struct ks_web_address address = { 0 };
	struct ks_web_call call = {
		.web = web, .request = request, .address = &address, .response = response
	};
	if (!ks_web_reads(request) && (!web->checks || !ks_web_takes_body(request))) {
		ks_web_refuse(405, "pages are read: GET or HEAD", response);
		return;
	}
	if (!ks_web_reads(request) && is_foreign(request)) {
		ks_web_refuse(403, "files are sent by a page of this site, or by a program",
			      response);
		return;
	}
	*response = (struct ks_web_response){ .status = 200, .type = "text/html; charset=utf-8" };
	struct ks_error *err = answer(&call, &address);
	if (err)
		tell_failure(&call, err);
	else if (response->status == 200)
		add_tag(response);
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
