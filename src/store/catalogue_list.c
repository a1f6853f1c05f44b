/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lists of one image out of a catalogue: of each row of names those that the image has. A segment is called by the row and
 * the first image that has the same of its names, columns by the row and the image.
 */
#include <stdlib.h>

#include "store/catalogue.h"
#include "store/names.h"

/** The first name that the image has, as the text of it; NULL: it has none. */
static const char *first_of(const struct ks_catalogue_view *view)
{
	struct ks_segment_names names = ks_segment_names_over(view->chunk.names);
	for (uint32_t i = 0; view->nr && ks_segment_names_next(&names); i++)
		if (ks_catalogue_has(view->mask, i))
			return names.name;
	return NULL;
}

struct ks_error *ks_catalogue_next(struct ks_run_walk *list, bool *ret)
{
	struct ks_catalogue *catalogue;
	const struct ks_catalogue_list *rows;
	KS_TRY(ks_catalogue_get(list->store, &catalogue));
	KS_TRY(ks_catalogue_list(list->store, list->name, &rows));
	uint64_t image = (uint64_t)list->image - 1;
	*ret = false;
	if (image >= catalogue->images.nr || image >> KS_CATALOGUE_IMAGE_BITS)
		return ks_store_damaged("impossible number of images");
	while (rows && list->at < rows->nr) {
		struct ks_catalogue_view view;
		size_t row = rows->from + list->at++;
		KS_TRY(ks_catalogue_view(list->store, row, image, &view));
		const char *first = first_of(&view);
		if (!first)
			continue;
		free(catalogue->first);
		list->row.first = catalogue->first = strdup(first);
		list->row.nr = view.nr;
		list->row.segment = ks_catalogue_key(row, view.like);
		list->row.columns = ks_catalogue_key(row, image);
		*ret = true;
		return catalogue->first ? NULL : &ks_nomem;
	}
	return NULL;
}

struct ks_error *ks_catalogue_names(struct ks_store *store, int64_t segment, struct ks_buf *out)
{
	struct ks_catalogue_view view;
	KS_TRY(ks_catalogue_view(store, ks_catalogue_key_row(segment),
				 ks_catalogue_key_image(segment), &view));
	struct ks_segment_names names = ks_segment_names_over(view.chunk.names);
	out->len = 0;
	for (uint32_t i = 0; ks_segment_names_next(&names); i++)
		if (ks_catalogue_has(view.mask, i))
			ks_buf_strz(out, names.name);
	return ks_buf_text(out) ? NULL : &ks_nomem;
}

struct ks_error *ks_catalogue_columns(struct ks_store *store, int64_t id,
				      const struct ks_near *near, struct ks_buf *out)
{
	struct ks_catalogue_view view;
	uint64_t image = ks_catalogue_key_image(id);
	_cleanup_columns_buf_ struct ks_columns_buf columns = { 0 };
	(void)near;
	KS_TRY(ks_catalogue_view(store, ks_catalogue_key_row(id), image, &view));
	if (view.expected) {
		ks_buf_bytes(out, view.ids.at, view.ids.len);
		return ks_buf_error(out);
	}
	for (uint32_t i = 0; i < view.chunk.nr; i++) {
		struct ks_columns_row row = { 0 };
		struct ks_cursor record;
		const char *why;
		KS_TRY(ks_catalogue_record(&view.chunk, &record));
		if (!ks_catalogue_has(view.mask, i))
			continue;
		ks_catalogue_value(record, view.chunk.base, image, &row.first, &row.second, &why);
		if (why)
			return ks_store_damaged(why);
		KS_TRY(ks_columns_put(&columns, &row, NULL));
	}
	ks_columns_put_ids(&columns, out);
	return ks_buf_error(out);
}
