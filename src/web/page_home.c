/* SPDX-License-Identifier: BSD-2-Clause */
/* Where one begins, and what programs may ask. */
#include "base/array.h"
#include "base/json.h"
#include "web/private.h"

struct ks_error *ks_web_home(struct ks_web_call *call)
{
	struct ks_buf *out = &call->response->body;
	size_t nr = call->web->sel.images.nr;
	KS_TRY(ks_web_expect(call, 0));
	ks_web_begin(call, "Kernel names for eBPF", NULL);
	ks_buf_printf(out,
		      "<h1>Will this name be there on that kernel?</h1>\n<p>Functions, structs, "
		      "tracepoints, system calls and more, in %zu kernel%s: where each is, how it "
		      "is really compiled, and what changed.</p>\n",
		      nr, nr == 1 ? "" : "s");
	if (call->web->checks) {
		ks_buf_str(out, "<h2>Will these programs work?</h2>\n");
		ks_web_check_form(call, NULL);
	}
	ks_buf_str(
		out,
		"<ul>\n<li><a href=\"/function/vfs_read\">a function: where to attach, since "
		"when, what a probe misses</a></li>\n<li><a href=\"/struct/task_struct\">a "
		"struct: every member on every kernel</a></li>\n<li><a href=\"/kernels\">the "
		"kernels that are here</a></li>\n<li><a href=\"/diff\">two of them compared</a>"
		"</li>\n<li><a href=\"/stats\">what changes from one to the next, counted</a>"
		"</li>\n</ul>\n<p class=\"dim\">Keys: <kbd>/</kbd> search, <kbd>↓</kbd> and "
		"<kbd>↑</kbd> among names that were found, <kbd>←</kbd> and <kbd>→</kbd> to "
		"the same page of the kernel before and behind, <kbd>t</kbd> light or dark.</p>\n");
	ks_web_end(call);
	return NULL;
}

/** Every address that there is, as in docs/web.md. */
static const struct {
	const char *address, *text;
	bool pattern; // words in capitals stand for others: it leads nowhere
} addresses[] = {
	{ "/search?q=vfs_re", "names by beginning, part or pattern; &kind=, &limit=" },
	{ "/vfs_read", "leads to the kind that has the name" },
	{ "/function/vfs_read", "its life over all kernels" },
	{ "/function/vfs_read@latest", "one kernel; or @LABEL" },
	{ "/function/vfs_read/OLD..NEW", "two kernels, and what changed", true },
	{ "/struct/task_struct", "a struct, union or enum with its members" },
	{ "/kernels", "the kernels; ?arch=, ?set=, ?by=series, distribution or set" },
	{ "/kernel/LABEL", "one of them: what it is, and what it does not tell", true },
	{ "/diff", "two kernels: /diff/OLD..NEW, ?kind=, ?name=GLOB" },
	{ "/stats", "tables and pictures of a kernel of each series; /stats/TABLE, also "
		    ".csv, /stats/PICTURE.svg" },
	{ "/feed/vfs_read.atom", "a name's changes as kernels are added; or /feed/KIND/NAME.atom" },
	{ "/store", "what is here, and how a command gets at it" },
	{ "/check", "POST of files: leads to their report, where that is switched on" },
	{ "/r/HASH",
	  "a report, also .sarif, .xml; /r/HASH/PROGRAM@LABEL explains one program on one kernel",
	  true },
	{ "/Function/v/vfs_read.md", "the reports of the DepSurf project under their addresses" },
	{ "/api", "this list" },
	{ "/healthz", "for monitors: ok" },
	{ "/metrics", "for monitors: answers and bytes" },
};

static void write_list(struct ks_web_call *call)
{
	struct ks_buf *out = &call->response->body;
	struct ks_json json = ks_json_to(out, 2);
	bool is_json = call->address->format == KS_FORMAT_JSON;
	ks_web_say_type(call);
	if (is_json)
		ks_json_open(&json, '[');
	for (size_t i = 0; i < KS_ARRAY_LEN(addresses); i++) {
		if (!is_json) {
			ks_buf_printf(out, "- `%s`: %s\n", addresses[i].address, addresses[i].text);
			continue;
		}
		ks_json_open(&json, '{');
		ks_json_key_str(&json, "address", addresses[i].address);
		ks_json_key_str(&json, "text", addresses[i].text);
		ks_json_key_bool(&json, "pattern", addresses[i].pattern);
		ks_json_close(&json, '}');
	}
	if (is_json)
		ks_json_close(&json, ']');
	ks_buf_str(out, is_json ? "\n" : "");
}

struct ks_error *ks_web_api(struct ks_web_call *call)
{
	struct ks_buf *out = &call->response->body;
	KS_TRY(ks_web_expect(call, KS_WEB_ALSO_JSON | KS_WEB_ALSO_TEXT));
	if (call->address->format != KS_FORMAT_HTML) {
		write_list(call);
		return NULL;
	}
	ks_web_begin(call, "API", NULL);
	ks_buf_str(out, "<h1>Addresses</h1>\n<p>With <code>.json</code> behind the path each of "
			"them is for programs, with <code>.md</code> or <code>.txt</code> for "
			"reports.</p>\n<div class=\"scroll\" tabindex=\"0\"><table><tbody>\n");
	for (size_t i = 0; i < KS_ARRAY_LEN(addresses); i++) {
		const char *address = addresses[i].address;
		if (addresses[i].pattern)
			ks_buf_printf(out, "<tr><td><code>%s</code></td><td>", address);
		else
			ks_buf_printf(out, "<tr><td><a href=\"%s\"><code>%s</code></a></td><td>",
				      address, address);
		ks_html_text(out, addresses[i].text);
		ks_buf_str(out, "</td></tr>\n");
	}
	ks_buf_str(out, "</tbody></table></div>\n");
	ks_web_end(call);
	return NULL;
}
