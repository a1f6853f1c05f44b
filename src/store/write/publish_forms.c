/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of a catalogue that tells what BTF says of names beyond their declarations. */
#include <stdlib.h>

#include "store/catalogue.h"
#include "store/forms.h"
#include "store/part.h"
#include "store/write/publish_list.h"
#include "surface/codec.h"

static int compare_formed(const void *a, const void *b, void *arg)
{
	const struct ks_publish_listing *listing = arg;
	const struct ks_publish_formed *x = a, *y = b;
	uint32_t x_place = listing->place[x->number], y_place = listing->place[y->number];
	if (x_place != y_place)
		return x_place < y_place ? -1 : 1;
	if (x->image != y->image)
		return x->image < y->image ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

/** Steps follow each other, and so do the forms. */
static struct ks_error *take_forms(struct ks_publish_listing *listing, size_t from, size_t to)
{
	struct ks_publish *publish = listing->publish;
	struct ks_publish_formed *formed = listing->formed.at;
	size_t nr = listing->formed.len;
	if (!from && nr)
		qsort_r(formed, nr, sizeof(*formed), compare_formed, listing);
	for (; listing->nr_taken < nr; listing->nr_taken++) {
		const struct ks_publish_formed *at = &formed[listing->nr_taken];
		size_t place = listing->place[at->number];
		if (place >= to)
			break;
		const struct ks_publish_cell cell = { .entry = listing->names[place].entry,
						      .image = at->image,
						      .first = at->id },
					     *last = publish->cells.len
							     ? &publish->cells
									.at[publish->cells.len - 1]
							     : NULL;
		bool again = last && last->entry == cell.entry && last->image == cell.image;
		if (!again && !ks_vector_add(&publish->cells, cell))
			return &ks_nomem;
	}
	return NULL;
}

static struct ks_error *add_form(struct ks_publish_listing *listing, uint32_t image, uint64_t id,
				 const char *module)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_buf_ struct ks_buf key = { 0 };
	struct ks_forms forms;
	struct ks_cursor c;
	KS_TRY(ks_block_def(listing->publish->from, id, KS_DEF_FORMS, &arena, &c));
	KS_TRY(ks_codec_forms_name(c, &forms));
	ks_catalogue_form_key(&key, forms.kind, module, forms.name);
	KS_TRY(ks_buf_error(&key));
	uint32_t number = ks_intern_number(&listing->index.names, key.at, key.len);
	const struct ks_publish_formed formed = { number - 1, image, id };
	return number && ks_vector_add(&listing->formed, formed) ? NULL : &ks_nomem;
}

static struct ks_error *add_forms(struct ks_publish_listing *listing)
{
	const struct ks_publish *publish = listing->publish;
	for (uint32_t i = 0; i < publish->images->nr; i++) {
		_cleanup_arena_ struct ks_arena arena = { 0 };
		const struct ks_store_image *image = publish->images->at[i];
		const char *const *modules;
		struct ks_order order;
		if (!(image->image.facts & KS_FACT_FORMS))
			continue;
		KS_TRY(ks_part_order(publish->from, image, KS_TABLE_FORMS, &arena, &order));
		KS_TRY(ks_store_form_modules(publish->from, image, &arena, order.nr, &modules));
		for (size_t k = 0; k < order.nr; k++)
			KS_TRY(add_form(listing, i, order.at[k], modules ? modules[k] : NULL));
	}
	return ks_publish_listing_put(listing);
}

struct ks_error *ks_publish_forms(struct ks_publish *publish)
{
	static const enum ks_def_class classes[] = { KS_DEF_FORMS, 0 };
	struct ks_publish_listing listing = { .publish = publish,
					      .list = KS_CATALOGUE_FORMS,
					      .classes = classes,
					      .take = take_forms,
					      .told_empty = true,
					      .quiet = true };
	listing.index.names.arena = &listing.index.arena;
	struct ks_error *err = add_forms(&listing);
	ks_publish_listing_deinit(&listing);
	return err;
}
