/* SPDX-License-Identifier: BSD-2-Clause */
/* What is here, how large it is, and how a command gets at it. */
#include "base/json.h"
#include "report/text/table.h"
#include "web/private.h"

/** What the page tells. */
struct facts {
	size_t nr_kernels, nr_names;
	uint64_t bytes;
	bool whole; // a store; else a catalogue
	const char *written;
	struct ks_seen_sets seen;
};

static struct ks_error *collect(struct ks_web_call *call, struct facts *ret)
{
	const struct ks_web_names *names;
	struct ks_web *web = call->web;
	KS_TRY(ks_web_names(web, &names));
	KS_TRY(ks_store_seen_sets(web->store, &call->arena, &ret->seen));
	struct ks_error *err = ks_store_has_whole(web->store);
	ret->whole = !err;
	ks_error_free(err);
	ret->nr_kernels = web->sel.images.nr;
	ret->nr_names = names->all.len;
	ret->bytes = web->size;
	ret->written = web->written;
	return NULL;
}

static void write_json(struct ks_web_call *call, const struct facts *facts)
{
	struct ks_json json = ks_json_to(&call->response->body, 2);
	ks_json_open(&json, '{');
	ks_json_key_u64(&json, "kernels", facts->nr_kernels);
	ks_json_key_u64(&json, "names", facts->nr_names);
	ks_json_key_u64(&json, "bytes", facts->bytes);
	ks_json_key_bool(&json, "catalogue", !facts->whole);
	ks_json_key_str(&json, "written", facts->written);
	ks_json_key_open(&json, "sets", '[');
	for (size_t i = 0; i < facts->seen.nr; i++) {
		ks_json_open(&json, '{');
		ks_json_key_str(&json, "set", facts->seen.at[i].name);
		ks_json_key_str(&json, "seen", facts->seen.at[i].when);
		ks_json_close(&json, '}');
	}
	ks_json_close(&json, ']');
	ks_json_close(&json, '}');
	ks_buf_char(&call->response->body, '\n');
}

static struct ks_error *write_table(struct ks_web_call *call, const struct facts *facts)
{
	struct ks_table table = { .name = "store",
				  .title = facts->whole ? "Store" : "Catalogue",
				  .definition = "What is here." };
	bool ok = ks_table_column(&table, "what", "what", false) &&
		  ks_table_column(&table, "is", "is", false) && ks_table_text(&table, "kernels") &&
		  ks_table_number(&table, true, facts->nr_kernels) &&
		  ks_table_text(&table, "names") &&
		  ks_table_number(&table, true, facts->nr_names) &&
		  ks_table_text(&table, "bytes") && ks_table_number(&table, true, facts->bytes) &&
		  ks_table_text(&table, "written") && ks_table_text(&table, facts->written);
	if (ok)
		ks_table_write(&table, call->address->format, &call->response->body);
	ks_table_deinit(&table);
	return ok ? NULL : &ks_nomem;
}

static void write_sets(struct ks_buf *out, const struct ks_seen_sets *seen)
{
	if (!seen->nr)
		return;
	ks_buf_str(out, "<h2>Sets that are followed</h2>\n<div class=\"scroll\" "
			"tabindex=\"0\"><table><thead><tr><th>set</th><th>its "
			"archive was looked at</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < seen->nr; i++) {
		ks_buf_str(out, "<tr><td>");
		ks_html_text(out, seen->at[i].name);
		ks_buf_str(out, "</td><td>");
		ks_html_text(out, seen->at[i].when);
		ks_buf_str(out, "</td></tr>\n");
	}
	ks_buf_str(out, "</tbody></table></div>\n");
}

static void write_page(struct ks_web_call *call, const struct facts *facts)
{
	struct ks_buf *out = &call->response->body;
	ks_web_begin(call, facts->whole ? "Store" : "Catalogue", NULL);
	ks_buf_printf(
		out,
		"<h1>%s</h1>\n<dl class=\"glance\"><dt>kernels</dt><dd><a "
		"href=\"/kernels\">%zu</a></dd><dt>names</dt><dd>%zu</dd><dt>size</dt><dd>"
		"%.1f MB</dd><dt>written</dt><dd>%s</dd></dl>\n",
		facts->whole ? "The store behind these pages" : "The catalogue behind these pages",
		facts->nr_kernels, facts->nr_names, (double)facts->bytes / 1e6, facts->written);
	write_sets(out, &facts->seen);
	ks_buf_str(
		out,
		"<h2>From the command line</h2>\n<p>Whoever has the file, or a catalogue made of "
		"it, asks it the same questions:</p>\n<pre tabindex=\"0\">ksurf --db FILE show "
		"vfs_read\nksurf --db FILE check PROGRAM.bpf.o</pre>\n<p>On a web server it need "
		"not be copied: <code>--db</code> takes the address of a catalogue, and reads "
		"the parts that a question needs; <code>ksurf fetch</code> takes a copy, "
		"and brings it up to date.</p>\n<pre tabindex=\"0\">");
	ks_buf_str(out, facts->whole ? "ksurf publish kernels.cat\n" : "");
	ks_buf_str(out, "ksurf --db https:&#47;&#47;SERVER/kernels.cat show vfs_read\n"
			"ksurf fetch https:&#47;&#47;SERVER/kernels.cat kernels.cat</pre>\n");
	ks_web_forms(call, "/store", KS_WEB_ALSO_JSON | KS_WEB_ALSO_TEXT);
	ks_web_end(call);
}

struct ks_error *ks_web_store(struct ks_web_call *call)
{
	struct facts facts = { 0 };
	KS_TRY(ks_web_expect(call, KS_WEB_ALSO_JSON | KS_WEB_ALSO_TEXT));
	if (call->address->nr_segments > 1)
		return ks_error_new(KS_ERR_NOTFOUND, "there is no such page");
	KS_TRY(collect(call, &facts));
	if (call->address->format == KS_FORMAT_HTML) {
		write_page(call, &facts);
		return NULL;
	}
	ks_web_say_type(call);
	if (call->address->format != KS_FORMAT_JSON)
		return write_table(call, &facts);
	write_json(call, &facts);
	return NULL;
}
