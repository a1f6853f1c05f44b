/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that are sent, the reports on them, and what explains a verdict. */
#include <stdio.h>

#include "base/url.h"
#include "web/multipart.h"
#include "web/private.h"

enum { LABELS_OFFERED = 300 };

/* ---- the form ---- */

void ks_web_check_form(struct ks_web_call *call, const char *kernels)
{
	struct ks_buf *out = &call->response->body;
	const struct ks_store_images *images = &call->web->sel.images;
	ks_buf_printf(out,
		      "<form class=\"check\" action=\"/check\" method=\"post\" "
		      "enctype=\"multipart/form-data\" data-most=\"%zu\">\n",
		      call->web->checks->max_bytes);
	ks_buf_str(out,
		   "<p><label for=\"files\">eBPF objects, "
		   "executables that have some, packages (<code>.deb</code>, <code>.rpm</code>, "
		   "archives)</label><input type=\"file\" id=\"files\" name=\"files\" multiple "
		   "required></p>\n<p><label for=\"kernels\">kernels: labels, their beginnings, "
		   "<code>*</code>, groups or sets, with commas between; all when it is "
		   "empty</label><input id=\"kernels\" name=\"kernels\" list=\"labels\" "
		   "autocomplete=\"off\" value=\"");
	ks_html_text(out, kernels ? kernels : "");
	ks_buf_str(out, "\"><datalist id=\"labels\">");
	for (size_t i = images->nr; i-- > 0 && images->nr - i <= LABELS_OFFERED;) {
		ks_buf_str(out, "<option value=\"");
		ks_html_text(out, images->at[i]->image.label);
		ks_buf_str(out, "\">");
	}
	ks_buf_str(out, "</datalist></p>\n<p><button>Check</button> <progress hidden "
			"aria-label=\"how far it is\"></progress> "
			"<span class=\"told\" role=\"status\"></span></p>\n</form>\n");
}

static struct ks_error *show_form(struct ks_web_call *call)
{
	struct ks_buf *out = &call->response->body;
	KS_TRY(ks_web_expect(call, 0));
	if (call->address->nr_segments > 1 || call->address->label)
		return ks_error_new(KS_ERR_NOTFOUND, "there is no such page");
	if (!call->web->checks)
		return ks_error_new(KS_ERR_NOTFOUND,
				    "this server takes no files; 'ksurf serve --reports DIR' does");
	ks_web_begin(call, "Check", NULL);
	ks_buf_str(out, "<h1>Do these programs work on those kernels?</h1>\n");
	ks_web_check_form(call, ks_web_field(call->address, "kernels"));
	ks_buf_str(
		out,
		"<p class=\"dim\">Nothing of them is run: they are read, in a process that can "
		"reach nothing. Who knows its address sees the report, and it goes by itself after "
		"a time. <code>curl -F files=@tool.bpf.o -F kernels='6.*' -L "
		"ADDRESS/check.json</code> does the same.</p>\n");
	ks_web_end(call);
	return NULL;
}

/* ---- what is sent ---- */

/** Where the report is, in the form that the address has. */
static void lead_to(struct ks_web_call *call, const char *hash)
{
	enum ks_format format = call->address->format;
	ks_buf_printf(&call->response->location, "/r/%s%s", hash,
		      format == KS_FORMAT_HTML ? "" : ks_formats[format].extension);
	ks_web_redirect(call);
}

/** Words for the kernels; said twice, one of both would be forgotten. */
static struct ks_error *take_kernels(struct ks_web_upload *upload, const char *words)
{
	if (!words || !*words)
		return NULL;
	if (upload->kernels)
		return ks_error_new(KS_ERR_USAGE,
				    "the kernels are said twice; words go into one field, with "
				    "commas between");
	upload->kernels = words;
	return NULL;
}

/** A field that is no file. What nobody reads is refused: the report would not be about what was meant. */
static struct ks_error *take_field(struct ks_web_call *call, const struct ks_multipart_part *part,
				   struct ks_web_upload *upload)
{
	enum { SHOWN = 40 };
	if (strcmp(part->name, "kernels") != 0)
		return ks_error_new(
			KS_ERR_USAGE, "the form has no field '%.*s' but files, and 'kernels'",
			(int)ks_text_cut(part->name, strlen(part->name), SHOWN), part->name);
	const char *words = ks_arena_strndup(&call->arena, (const char *)part->bytes, part->len);
	return words ? take_kernels(upload, words) : &ks_nomem;
}

/** The fields of the form. @param files room for all parts */
static struct ks_error *read_upload(struct ks_web_call *call, const struct ks_multipart *parts,
				    struct ks_web_file *files, struct ks_web_upload *upload)
{
	*upload = (struct ks_web_upload){ .files = files };
	KS_TRY(take_kernels(upload, ks_web_field(call->address, "kernels")));
	for (size_t i = 0; i < parts->nr; i++) {
		const struct ks_multipart_part *part = &parts->at[i];
		if (part->file)
			files[upload->nr++] =
				(struct ks_web_file){ part->file, part->bytes, part->len };
		else
			KS_TRY(take_field(call, part, upload));
	}
	return upload->nr ? NULL : ks_error_new(KS_ERR_USAGE, "no file was sent");
}

static struct ks_error *take_files(struct ks_web_call *call)
{
	const struct ks_web_request *request = call->request;
	const struct ks_web_checks *checks = call->web->checks;
	struct ks_multipart parts;
	struct ks_web_upload upload;
	char hash[KS_WEB_HASH + 1];
	KS_TRY(ks_web_expect(call, KS_WEB_ALSO_REPORTS));
	KS_TRY(ks_multipart_read(request->type, request->body, request->body_len, &call->arena,
				 &parts));
	struct ks_web_file *files =
		ks_arena_array(&call->arena, parts.nr + 1, sizeof(struct ks_web_file));
	if (!files)
		return &ks_nomem;
	KS_TRY(read_upload(call, &parts, files, &upload));
	call->of_files = true;
	KS_TRY(checks->check(checks->arg, &upload, hash));
	lead_to(call, hash);
	return NULL;
}

struct ks_error *ks_web_check(struct ks_web_call *call)
{
	return strcmp(call->request->method, "POST") == 0 ? take_files(call) : show_form(call);
}

/* ---- reports ---- */

bool ks_web_is_explanation(const struct ks_web_address *address)
{
	return address->nr_segments == 3 && address->label &&
	       strcmp(address->segments[0], "r") == 0;
}

static bool is_hash(const char *text)
{
	return strlen(text) == KS_WEB_HASH && strspn(text, "0123456789abcdef") == KS_WEB_HASH;
}

static struct ks_error *show_report(struct ks_web_call *call, const char *hash)
{
	const struct ks_web_checks *checks = call->web->checks;
	enum ks_format format = call->address->format;
	struct ks_buf *out = &call->response->body;
	char address[KS_WEB_HASH + 4];
	KS_TRY(ks_web_expect(call, KS_WEB_ALSO_REPORTS));
	if (format != KS_FORMAT_HTML) {
		ks_web_say_type(call);
		return checks->report(checks->arg, hash, format, out);
	}
	ks_web_begin(call, "eBPF tools on kernels", NULL);
	ks_buf_str(out, "<h1>eBPF tools on kernels</h1>\n<div class=\"checked\">\n");
	KS_TRY(checks->report(checks->arg, hash, format, out));
	ks_buf_str(out, "</div>\n<p><a href=\"/check\">check others</a></p>\n");
	snprintf(address, sizeof(address), "/r/%s", hash);
	ks_web_forms(call, address, KS_WEB_ALSO_REPORTS);
	ks_web_end(call);
	return NULL;
}

/** Lines of text, as a page or as they are. */
static struct ks_error *explain(struct ks_web_call *call, const char *hash)
{
	const struct ks_web_checks *checks = call->web->checks;
	const char *program = call->address->segments[2], *label = call->address->label;
	struct ks_buf *out = &call->response->body;
	_cleanup_buf_ struct ks_buf lines = { 0 };
	KS_TRY(ks_web_expect(call, 1 << KS_FORMAT_TERMINAL));
	KS_TRY(checks->explain(checks->arg, hash, program, label, &lines));
	const char *text = ks_buf_text(&lines);
	if (!text)
		return &ks_nomem;
	if (call->address->format == KS_FORMAT_TERMINAL) {
		ks_web_say_type(call);
		ks_buf_bytes(out, text, lines.len);
		return NULL;
	}
	ks_web_begin(call, program, NULL);
	ks_buf_str(out, "<h1><code>");
	ks_html_text(out, program);
	ks_buf_str(out, "</code> <span class=\"kind\">on ");
	ks_html_text(out, label);
	ks_buf_str(out, "</span></h1>\n<pre class=\"wrapped\">");
	ks_html_lines(out, text, lines.len);
	ks_buf_printf(out,
		      "</pre>\n<p><a href=\"/r/%s\">all tools and kernels</a> · <a href=\"/kernel/",
		      hash);
	ks_url_encode(out, label, strlen(label));
	ks_buf_str(out, "\">this kernel</a></p>\n");
	ks_web_end(call);
	return NULL;
}

struct ks_error *ks_web_report(struct ks_web_call *call)
{
	const struct ks_web_address *address = call->address;
	const char *hash = address->nr_segments > 1 ? address->segments[1] : "";
	bool whole = address->nr_segments == 2 && !address->label;
	if (!call->web->checks || !is_hash(hash) || (!whole && !ks_web_is_explanation(address)))
		return ks_error_new(KS_ERR_NOTFOUND,
				    "there is no such report; they go after a time");
	return whole ? show_report(call, hash) : explain(call, hash);
}
