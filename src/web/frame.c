/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands around every page of the site. */
#include "base/array.h"
#include "web/private.h"

void ks_web_begin(struct ks_web_call *call, const char *title, const char *searched)
{
	struct ks_buf *out = &call->response->body;
	call->response->type = "text/html; charset=utf-8";
	ks_buf_str(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
			"<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
	ks_html_text(out, title);
	ks_buf_str(out, " · ksurf</title>\n<link rel=\"stylesheet\" href=\"/style.css\">\n");
	if (call->feed) {
		ks_buf_str(out, "<link rel=\"alternate\" type=\"application/atom+xml\" href=\"");
		ks_html_text(out, call->feed);
		ks_buf_str(out, "\">\n");
	}
	ks_buf_str(out,
		   "<script src=\"/ksurf.js\" defer></script></head><body>\n"
		   "<nav class=\"site\"><a class=\"home\" href=\"/\">ksurf</a>"
		   "<form action=\"/search\" role=\"search\"><input type=\"search\" name=\"q\" "
		   "aria-label=\"name of a function, struct, tracepoint …\" "
		   "placeholder=\"vfs_read, task_struct, sys*\" autocomplete=\"off\" value=\"");
	ks_html_text(out, searched ? searched : "");
	bool checks = call->web && call->web->checks;
	ks_buf_printf(
		out,
		"\"><button>Search</button></form><a href=\"/kernels\">Kernels</a>"
		"<a href=\"/diff\">Compare</a>%s<a href=\"/stats\">Statistics</a></nav>\n<main>\n",
		checks ? "<a href=\"/check\">Check</a>" : "");
}

void ks_web_end(struct ks_web_call *call)
{
	ks_buf_str(&call->response->body,
		   "</main>\n<footer>What an eBPF program may depend on, in the kernels of this "
		   "store. Pages are there as <code>.json</code> and <code>.md</code>, too. <a "
		   "href=\"/store\">Store</a> <a href=\"/api\">API</a></footer>\n</body></html>\n");
}

struct ks_error *ks_web_expect(const struct ks_web_call *call, unsigned int also)
{
	enum ks_format format = call->address->format;
	if (format == KS_FORMAT_HTML || also >> format & 1)
		return NULL;
	return ks_error_new(KS_ERR_NOTFOUND, "this page is not there as %s",
			    ks_formats[format].extension);
}

void ks_web_say_type(struct ks_web_call *call)
{
	static const char *const types[KS_NR_FORMATS] = {
		[KS_FORMAT_JSON] = "application/json",
		[KS_FORMAT_MD] = "text/markdown; charset=utf-8",
		[KS_FORMAT_TERMINAL] = "text/plain; charset=utf-8",
		[KS_FORMAT_CSV] = "text/csv; charset=utf-8",
		[KS_FORMAT_SVG] = "image/svg+xml; charset=utf-8",
		[KS_FORMAT_SARIF] = "application/sarif+json",
		[KS_FORMAT_JUNIT] = "application/xml; charset=utf-8",
	};
	call->response->type = types[call->address->format];
}

void ks_web_forms(struct ks_web_call *call, const char *address, unsigned int also)
{
	static const enum ks_format formats[] = { KS_FORMAT_JSON,     KS_FORMAT_MD,
						  KS_FORMAT_TERMINAL, KS_FORMAT_CSV,
						  KS_FORMAT_SARIF,    KS_FORMAT_JUNIT };
	struct ks_buf *out = &call->response->body;
	ks_buf_str(out, "<p class=\"dim\">This page as");
	for (size_t i = 0; i < KS_ARRAY_LEN(formats); i++) {
		if (!(also >> formats[i] & 1))
			continue;
		ks_buf_str(out, " <a href=\"");
		ks_html_text(out, address);
		ks_buf_printf(out, "%s\">%s</a>", ks_formats[formats[i]].extension,
			      ks_formats[formats[i]].extension);
	}
	ks_buf_str(out, "</p>\n");
}

void ks_web_redirect(struct ks_web_call *call)
{
	call->response->status = strcmp(call->request->method, "POST") == 0 ? 303 : 302;
	call->response->body.len = 0;
}

struct ks_error *ks_web_health(struct ks_web_call *call)
{
	call->response->type = "text/plain; charset=utf-8";
	ks_buf_str(&call->response->body, "ok\n");
	return NULL;
}

struct ks_error *ks_web_style(struct ks_web_call *call)
{
	call->response->type = "text/css; charset=utf-8";
	ks_buf_str(&call->response->body, ks_html_style);
	return NULL;
}

extern const char ks_web_script_text[];
struct ks_error *ks_web_script(struct ks_web_call *call)
{
	call->response->type = "text/javascript; charset=utf-8";
	ks_buf_str(&call->response->body, ks_web_script_text);
	return NULL;
}
