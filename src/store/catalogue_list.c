/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lists of one image out of a catalogue: of each row of names those that the image has. A segment is called by the row and
 * the first image that has the same of its names, columns by the row and the image.
 */
#include <stdlib.h>

#include "store/catalogue.h"
#include "store/names.h"

/** The first name that the image has, as the text of it. @param[out] ret_nr how many it has */
static const char *first_of(const uint64_t *mask, const struct ks_catalogue_chunk *chunk,
			    uint64_t *ret_nr)
{
	*ret_nr = 0;
	for (uint32_t i = 0; i < chunk->nr; i += 64)
		*ret_nr += (uint64_t)__builtin_popcountll(mask[i / 64]);
	if (!*ret_nr)
		return NULL;
	struct ks_segment_names names = ks_segment_names_over(chunk->names);
	for (uint32_t i = 0; ks_segment_names_next(&names); i++)
		if (ks_catalogue_has(mask, i))
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
		struct ks_catalogue_chunk chunk;
		size_t row = rows->from + list->at++;
		const uint64_t *mask;
		KS_TRY(ks_catalogue_mask(list->store, row, image, &chunk, &mask));
		const char *first = first_of(mask, &chunk, &list->row.nr);
		if (!first)
			continue;
		free(catalogue->first);
		list->row.first = catalogue->first = strdup(first);
		list->row.segment =
			ks_catalogue_key(row, ks_catalogue_mask_like(catalogue, &chunk, mask));
		list->row.columns = ks_catalogue_key(row, image);
		*ret = true;
		return catalogue->first ? NULL : &ks_nomem;
	}
	return NULL;
}

struct ks_error *ks_catalogue_names(struct ks_store *store, int64_t segment, struct ks_buf *out)
{
	struct ks_catalogue_chunk chunk;
	const uint64_t *mask;
	KS_TRY(ks_catalogue_mask(store, ks_catalogue_key_row(segment),
				 ks_catalogue_key_image(segment), &chunk, &mask));
	struct ks_segment_names names = ks_segment_names_over(chunk.names);
	out->len = 0;
	for (uint32_t i = 0; ks_segment_names_next(&names); i++)
		if (ks_catalogue_has(mask, i))
			ks_buf_strz(out, names.name);
	return ks_buf_text(out) ? NULL : &ks_nomem;
}

struct ks_error *ks_catalogue_columns(struct ks_store *store, int64_t id,
				      const struct ks_near *near, struct ks_buf *out)
{
	struct ks_catalogue_chunk chunk;
	const uint64_t *mask;
	uint64_t image = ks_catalogue_key_image(id);
	_cleanup_columns_buf_ struct ks_columns_buf columns = { 0 };
	(void)near;
	KS_TRY(ks_catalogue_mask(store, ks_catalogue_key_row(id), image, &chunk, &mask));
	for (uint32_t i = 0; i < chunk.nr; i++) {
		struct ks_columns_row row = { 0 };
		struct ks_cursor record;
		const char *why;
		KS_TRY(ks_catalogue_record(&chunk, &record));
		if (!ks_catalogue_has(mask, i))
			continue;
		ks_catalogue_value(record, chunk.base, image, &row.first, &row.second, &why);
		if (why)
			return ks_store_damaged(why);
		KS_TRY(ks_columns_put(&columns, &row, NULL));
	}
	ks_columns_put_ids(&columns, out);
	return ks_buf_error(out);
}
