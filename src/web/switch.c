/* SPDX-License-Identifier: BSD-2-Clause */
/* From a name in one kernel, or in two, to the same in another. */
#include "base/url.h"
#include "surface/image.h"
#include "surface/type.h"
#include "web/private.h"

enum { FEW = 8 }; // kernels that are listed openly

void ks_web_pair(struct ks_buf *out, const char *old, const char *new)
{
	ks_url_encode(out, old, strlen(old));
	ks_buf_str(out, "..");
	ks_url_encode(out, new, strlen(new));
}

/** Append the address of the place in one kernel. */
static void write_address(struct ks_buf *out, const struct ks_web_place *place,
			  const struct ks_store_image *image)
{
	const char *label = image->image.label;
	if (place->name) {
		ks_html_address(out, place->kind, place->name, label);
		return;
	}
	ks_buf_str(out, "/kernel/");
	ks_url_encode(out, label, strlen(label));
}

/** And in two. */
static void write_pair_address(struct ks_buf *out, const struct ks_web_place *place,
			       const struct ks_store_image *old, const struct ks_store_image *new)
{
	if (place->name)
		ks_html_address(out, place->kind, place->name, NULL);
	else
		ks_buf_str(out, "/diff");
	ks_buf_char(out, '/');
	ks_web_pair(out, old->image.label, new->image.label);
}

static void write_link(struct ks_buf *out, const struct ks_web_place *place,
		       const struct ks_store_image *image, const char *rel, const char *before)
{
	ks_buf_str(out, "<a href=\"");
	write_address(out, place, image);
	if (*rel)
		ks_buf_printf(out, "\" rel=\"%s", rel);
	ks_buf_printf(out, "\">%s", before);
	ks_html_text(out, image->image.label);
	ks_buf_str(out, "</a>");
}

size_t ks_web_place_of(const struct ks_store_images *images, const struct ks_store_image *image)
{
	size_t i = 0;
	while (i < images->nr && images->at[i]->id != image->id)
		i++;
	return i;
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
	size_t at = ks_web_place_of(images, of);
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
		write_pair_address(out, place, pair[i][0], pair[i][1]);
		ks_buf_str(out, i ? "\">compare with the next</a>"
				  : "\">compare with the one before</a>");
	}
	if (place->name) {
		ks_buf_str(out, "<a href=\"/kernel/");
		ks_url_encode(out, place->image->image.label, strlen(place->image->image.label));
		ks_buf_str(out, "\">this kernel</a>");
	}
	write_list(call, place);
}

void ks_web_switch(struct ks_web_call *call, const struct ks_web_place *place)
{
	struct ks_buf *out = &call->response->body;
	ks_buf_str(out,
		   "<nav class=\"kernels\" aria-label=\"the same in other kernels\"><a href=\"");
	if (place->name)
		ks_html_address(out, place->kind, place->name, NULL);
	else
		ks_buf_str(out, "/kernels");
	ks_buf_str(out, "\">all kernels</a>");
	if (place->nr == 1) {
		write_one(call, place);
	} else {
		write_link(out, place, place->image, "prev", "");
		write_link(out, place, place->other, "next", "");
		ks_buf_str(out, "<a href=\"/diff/");
		ks_web_pair(out, place->image->image.label, place->other->image.label);
		ks_buf_str(out, "\">all that changed between both</a>");
	}
	ks_buf_str(out, "</nav>\n");
}
