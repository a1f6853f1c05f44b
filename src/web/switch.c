/* SPDX-License-Identifier: BSD-2-Clause */
/* From a name in one kernel, or in two, to the same in another. */
#include "base/url.h"
#include "surface/image.h"
#include "surface/type.h"
#include "web/private.h"

enum { FEW = 12 }; // kernels that are listed openly

void ks_web_pair(struct ks_buf *out, const struct ks_store_image *old,
		 const struct ks_store_image *new)
{
	ks_url_encode(out, old->image.label, strlen(old->image.label));
	ks_buf_str(out, "..");
	ks_url_encode(out, new->image.label, strlen(new->image.label));
}

static void write_link(struct ks_buf *out, const struct ks_web_place *place,
		       const struct ks_store_image *image, const char *rel, const char *before)
{
	ks_buf_str(out, "<a href=\"");
	ks_html_address(out, place->kind, place->name, image->image.label);
	ks_buf_printf(out, *rel ? "\" rel=\"%s\">%s" : "\">%s%s", rel, before);
	ks_html_text(out, image->image.label);
	ks_buf_str(out, "</a>");
}

/** The same machine, flavour and distribution: another version of it. */
static bool same_line(const struct ks_image *a, const struct ks_image *b)
{
	return ks_text_equal(a->arch, b->arch) && ks_text_equal(a->flavor, b->flavor) &&
	       ks_image_same_distribution(a, b);
}

/** The next kernel of the same line in a direction; NULL: there is none. */
static const struct ks_store_image *neighbour(const struct ks_store_images *images,
					      const struct ks_store_image *of, int step)
{
	size_t at = 0;
	while (at < images->nr && images->at[at]->id != of->id)
		at++;
	if (at == images->nr)
		return NULL;
	for (at += (size_t)step; at < images->nr; at += (size_t)step)
		if (same_line(&images->at[at]->image, &of->image))
			return images->at[at];
	return NULL;
}

static void write_list(struct ks_web_call *call, const struct ks_web_place *place)
{
	const struct ks_store_images *images = &call->web->sel.images;
	struct ks_buf *out = &call->response->body;
	ks_buf_printf(out, "<details%s><summary>%zu kernels</summary><ul>",
		      images->nr <= FEW ? " open" : "", images->nr);
	for (size_t i = 0; i < images->nr; i++) {
		ks_buf_str(out, "<li>");
		if (images->at[i]->id == place->image->id) {
			ks_buf_str(out, "<strong aria-current=\"page\">");
			ks_html_text(out, place->image->image.label);
			ks_buf_str(out, "</strong>");
		} else {
			write_link(out, place, images->at[i], "", "");
		}
		ks_buf_str(out, "</li>");
	}
	ks_buf_str(out, "</ul></details>");
}

static void write_one(struct ks_web_call *call, const struct ks_web_place *place)
{
	const struct ks_store_images *images = &call->web->sel.images;
	struct ks_buf *out = &call->response->body;
	const struct ks_store_image *before = neighbour(images, place->image, -1);
	const struct ks_store_image *behind = neighbour(images, place->image, 1);
	if (before)
		write_link(out, place, before, "prev", "← ");
	if (behind)
		write_link(out, place, behind, "next", "→ ");
	const struct ks_store_image *pair[][2] = { { before, place->image },
						   { place->image, behind } };
	for (int i = 0; i < 2; i++) {
		if (!pair[i][0] || !pair[i][1])
			continue;
		ks_buf_str(out, "<a href=\"");
		ks_html_address(out, place->kind, place->name, NULL);
		ks_buf_char(out, '/');
		ks_web_pair(out, pair[i][0], pair[i][1]);
		ks_buf_str(out, i ? "\">compare with the next</a>"
				  : "\">compare with the one before</a>");
	}
	ks_buf_str(out, "<a href=\"/kernel/");
	ks_url_encode(out, place->image->image.label, strlen(place->image->image.label));
	ks_buf_str(out, "\">this kernel</a>");
	write_list(call, place);
}

void ks_web_switch(struct ks_web_call *call, const struct ks_web_place *place)
{
	struct ks_buf *out = &call->response->body;
	ks_buf_str(out,
		   "<nav class=\"kernels\" aria-label=\"the same in other kernels\"><a href=\"");
	ks_html_address(out, place->kind, place->name, NULL);
	ks_buf_str(out, "\">all kernels</a>");
	if (place->nr == 1) {
		write_one(call, place);
	} else {
		write_link(out, place, place->image, "prev", "");
		write_link(out, place, place->other, "next", "");
		ks_buf_str(out, "<a href=\"/diff/");
		ks_web_pair(out, place->image, place->other);
		ks_buf_str(out, "\">all that changed between both</a>");
	}
	ks_buf_str(out, "</nav>\n");
}
