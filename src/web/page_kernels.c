/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernels of the store, and each of them. */
#include "base/array.h"
#include "base/url.h"
#include "report/images/images.h"
#include "surface/image.h"
#include "web/private.h"

/** Append an address below a word: "/kernel/LABEL". */
static void write_link(struct ks_buf *out, const char *word, const char *label)
{
	ks_buf_printf(out, "<a href=\"/%s/", word);
	ks_url_encode(out, label, strlen(label));
	ks_buf_str(out, "\">");
	ks_html_text(out, label);
	ks_buf_str(out, "</a>");
}

static void write_cell(struct ks_buf *out, const char *text)
{
	ks_buf_str(out, "<td>");
	ks_html_text(out, text ? text : "");
	ks_buf_str(out, "</td>");
}

static void write_row(struct ks_buf *out, const struct ks_image *image)
{
	ks_buf_str(out, "<tr><td>");
	write_link(out, "kernel", image->label);
	ks_buf_str(out, "</td>");
	write_cell(out, image->version);
	write_cell(out, image->arch);
	write_cell(out, image->flavor);
	write_cell(out, image->distribution);
	write_cell(out, ks_image_tier_text(image));
	ks_buf_str(out, "</tr>\n");
}

struct ks_error *ks_web_kernels(struct ks_web_call *call)
{
	const struct ks_selection *sel = &call->web->sel;
	const char *arch = ks_web_field(call->address, "arch");
	struct ks_buf *out = &call->response->body;
	KS_TRY(ks_web_expect(call, KS_WEB_ALSO_JSON));
	if (call->address->format == KS_FORMAT_JSON) {
		const struct ks_images_options options = { .format = KS_FORMAT_JSON };
		ks_web_say_type(call);
		return ks_images_write(&options, sel, out);
	}
	ks_web_begin(call, "Kernels", NULL);
	ks_buf_str(out, "<h1>Kernels</h1>\n<div class=\"scroll\" "
			"tabindex=\"0\"><table><thead><tr><th>kernel</th>"
			"<th>version</th><th>machine</th><th>flavour</th><th>distribution</th>"
			"<th>read from</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < sel->images.nr; i++) {
		const struct ks_image *image = &sel->images.at[i]->image;
		if (!arch || (image->arch && strcmp(image->arch, arch) == 0))
			write_row(out, image);
	}
	ks_buf_str(out, "</tbody></table></div>\n");
	ks_web_end(call);
	return NULL;
}

/** How many names of each kind a kernel has. */
struct counts {
	size_t image, nr[KS_NR_KINDS];
};
static struct ks_error *count(const struct ks_store_name *name, void *arg)
{
	struct counts *counts = arg;
	counts->nr[name->kind] += name->in[counts->image / 64] >> counts->image % 64 & 1;
	return NULL;
}

static void write_fact(struct ks_buf *out, const char *title, const char *text)
{
	if (!text || !*text)
		return;
	ks_buf_printf(out, "<dt>%s</dt><dd>", title);
	ks_html_text(out, text);
	ks_buf_str(out, "</dd>");
}

/** The kernel before and behind it, to compare with. */
static void write_neighbours(struct ks_web_call *call, size_t at)
{
	const struct ks_store_images *images = &call->web->sel.images;
	struct ks_buf *out = &call->response->body;
	const size_t pairs[][2] = { { at - 1, at }, { at, at + 1 } };
	for (size_t i = 0; i < KS_ARRAY_LEN(pairs); i++) {
		if (pairs[i][0] >= images->nr || pairs[i][1] >= images->nr)
			continue;
		const char *old = images->at[pairs[i][0]]->image.label;
		const char *new = images->at[pairs[i][1]]->image.label;
		ks_buf_str(out, "<p><a href=\"/diff/");
		ks_url_encode(out, old, strlen(old));
		ks_buf_str(out, "..");
		ks_url_encode(out, new, strlen(new));
		ks_buf_str(out, "\">");
		ks_html_text(out, old);
		ks_buf_str(out, " → ");
		ks_html_text(out, new);
		ks_buf_str(out, "</a></p>\n");
	}
}

struct ks_error *ks_web_kernel(struct ks_web_call *call)
{
	const struct ks_web_address *address = call->address;
	const struct ks_store_images *images = &call->web->sel.images;
	struct ks_buf *out = &call->response->body;
	struct counts counts = { 0 };
	const struct ks_store_image *image;
	if (address->nr_segments != 2 || address->format != KS_FORMAT_HTML)
		return ks_error_new(KS_ERR_NOTFOUND, "there is no such page");
	KS_TRY(ks_store_image(images, address->segments[1], &image));
	while (images->at[counts.image] != image)
		counts.image++;
	KS_TRY(ks_store_names(call->web->store, images, KS_NR_KINDS, NULL, count, &counts));
	ks_web_begin(call, image->image.label, NULL);
	ks_buf_str(out, "<h1><span class=\"kind\">kernel</span> ");
	ks_html_text(out, image->image.label);
	ks_buf_str(out, "</h1>\n<dl class=\"glance\">");
	write_fact(out, "release", image->image.release);
	write_fact(out, "version", image->image.version);
	write_fact(out, "machine", image->image.arch);
	write_fact(out, "flavour", image->image.flavor);
	write_fact(out, "distribution", image->image.distribution);
	write_fact(out, "package", image->image.package_version);
	write_fact(out, "compiler", image->image.compiler);
	write_fact(out, "build id", image->image.build_id);
	write_fact(out, "read from", ks_image_tier_text(&image->image));
	ks_buf_str(out, "</dl>\n<table><thead><tr><th>kind</th><th class=\"number\">names</th></tr>"
			"</thead><tbody>\n");
	for (enum ks_kind kind = 0; kind < KS_FIELD; kind++) {
		ks_buf_printf(out, "<tr><td>%s</td><td class=\"number\">", ks_kinds[kind].name);
		if (image->known & KS_KNOWS(kind))
			ks_buf_printf(out, "%zu</td></tr>\n", counts.nr[kind]);
		else
			ks_buf_str(out, "?</td></tr>\n");
	}
	ks_buf_str(out, "</tbody></table>\n<h2>Compare</h2>\n");
	write_neighbours(call, counts.image);
	ks_web_end(call);
	return NULL;
}
