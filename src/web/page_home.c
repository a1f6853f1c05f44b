/* SPDX-License-Identifier: BSD-2-Clause */
/* Where one begins, and what programs may ask. */
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
	ks_buf_str(out,
		   "<ul>\n<li><a href=\"/function/vfs_read\">a function: where to attach, since "
		   "when, what a probe misses</a></li>\n<li><a href=\"/struct/task_struct\">a "
		   "struct: every member on every kernel</a></li>\n<li><a href=\"/kernels\">the "
		   "kernels that are here</a></li>\n<li><a href=\"/diff\">two of them compared</a>"
		   "</li>\n</ul>\n<p class=\"dim\">Keys: <kbd>/</kbd> search, <kbd>t</kbd> light "
		   "or dark.</p>\n");
	ks_web_end(call);
	return NULL;
}

struct ks_error *ks_web_api(struct ks_web_call *call)
{
	static const char *const addresses[][2] = {
		{ "/search?q=vfs_re",
		  "names by beginning, part or pattern; &amp;kind=, &amp;limit=" },
		{ "/vfs_read", "leads to the kind that has the name" },
		{ "/function/vfs_read", "its life over all kernels" },
		{ "/function/vfs_read@latest", "one kernel; or @LABEL" },
		{ "/struct/task_struct", "a struct, union or enum with its members" },
		{ "/kernels", "the kernels; ?arch=" },
		{ "/diff", "two kernels: /diff/OLD..NEW, ?kind=, ?name=GLOB" },
		{ "/check", "POST of files: leads to their report at /r/…, where it is so" },
	};
	struct ks_buf *out = &call->response->body;
	KS_TRY(ks_web_expect(call, 0));
	ks_web_begin(call, "API", NULL);
	ks_buf_str(out,
		   "<h1>Addresses</h1>\n<p>With <code>.json</code> behind the path each of them "
		   "is for programs; names and pairs are there as <code>.md</code> "
		   "and <code>.txt</code>, too.</p>\n"
		   "<div class=\"scroll\" tabindex=\"0\"><table><tbody>\n");
	for (size_t i = 0; i < sizeof(addresses) / sizeof(*addresses); i++)
		ks_buf_printf(out,
			      "<tr><td><a href=\"%s\"><code>%s</code></a></td><td>%s</td></tr>\n",
			      addresses[i][0], addresses[i][0], addresses[i][1]);
	ks_buf_str(out, "</tbody></table></div>\n");
	ks_web_end(call);
	return NULL;
}
