/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lists of one image out of a catalogue: of each row of names those that the image has. A segment is called by the row and
 * the first image that has the same of its names, columns by the row and the image.
 */
#include <stdlib.h>

#include "store/catalogue.h"
#include "store/names.h"

enum { MASKS_MOST = 1 << 24 };

static uint64_t words_of(const struct ks_catalogue_chunk *chunk)
{
	return (chunk->nr + 63) / 64;
}

/** Mark the images that have a name. */
static struct ks_error *mark(struct ks_cursor record, uint64_t *masks, uint64_t words,
			     uint32_t name, size_t nr_images)
{
	struct ks_catalogue_holders holders = ks_catalogue_holders_of(record, nr_images);
	while (ks_catalogue_holders_next(&holders))
		for (uint64_t i = holders.from; i < holders.to; i++)
			masks[i * words + name / 64] |= (uint64_t)1 << name % 64;
	return holders.record.why ? ks_store_damaged(holders.record.why) : NULL;
}

/** Which names of a row each image has: as many words for each as the names take. */
static struct ks_error *masks_of(struct ks_store *store, size_t row, struct ks_catalogue **ret,
				 struct ks_catalogue_chunk *chunk)
{
	struct ks_catalogue *catalogue;
	KS_TRY(ks_catalogue_get(store, &catalogue));
	KS_TRY(ks_catalogue_chunk(store, row, chunk));
	*ret = catalogue;
	struct ks_bytes kept;
	if (ks_cache_get(&store->kept_columns, (int64_t)row, &kept)) {
		catalogue->masks = kept.at;
		return NULL;
	}
	size_t nr_images = catalogue->images.nr, words = (size_t)words_of(chunk);
	if (words > MASKS_MOST / (nr_images + 1))
		return ks_store_damaged("impossible number of names in a row");
	catalogue->made_masks.len = 0;
	if (!ks_vector_reserve(&catalogue->made_masks, nr_images * words + 1))
		return &ks_nomem;
	uint64_t *masks = catalogue->made_masks.at;
	memset(masks, 0, nr_images * words * sizeof(*masks));
	struct ks_catalogue_chunk walk = *chunk;
	for (uint32_t i = 0; i < chunk->nr; i++) {
		struct ks_cursor record;
		KS_TRY(ks_catalogue_record(&walk, &record));
		KS_TRY(mark(record, masks, words, i, nr_images));
	}
	catalogue->masks = masks;
	kept = (struct ks_bytes){ masks, nr_images * words * sizeof(*masks) };
	ks_cache_put(&store->kept_columns, (int64_t)row, kept);
	return NULL;
}

static const uint64_t *mask_of(const struct ks_catalogue *catalogue,
			       const struct ks_catalogue_chunk *chunk, uint64_t image)
{
	return catalogue->masks + image * words_of(chunk);
}

struct ks_error *ks_catalogue_mask(struct ks_store *store, size_t row, uint64_t image,
				   struct ks_catalogue_chunk *chunk, const uint64_t **ret)
{
	struct ks_catalogue *catalogue;
	KS_TRY(masks_of(store, row, &catalogue, chunk));
	if (image >= catalogue->images.nr)
		return ks_store_damaged("impossible number of images");
	*ret = mask_of(catalogue, chunk, image);
	return NULL;
}

/** The first name that the image has, as the text of it. */
static const char *first_of(const uint64_t *mask, const struct ks_catalogue_chunk *chunk,
			    uint64_t *ret_nr)
{
	const char *first = NULL;
	struct ks_segment_names names = ks_segment_names_over(chunk->names);
	*ret_nr = 0;
	for (uint32_t i = 0; ks_segment_names_next(&names); i++) {
		if (!ks_catalogue_has(mask, i))
			continue;
		first = first ? first : names.name;
		++*ret_nr;
	}
	return first;
}

/** The first image that has the same names. */
static uint64_t like_of(const struct ks_catalogue *catalogue, uint64_t words, uint64_t image)
{
	const uint64_t *masks = catalogue->masks;
	uint64_t like = 0;
	while (like < image &&
	       memcmp(masks + like * words, masks + image * words, words * sizeof(*masks)) != 0)
		like++;
	return like;
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
		KS_TRY(masks_of(list->store, row, &catalogue, &chunk));
		const char *first =
			first_of(mask_of(catalogue, &chunk, image), &chunk, &list->row.nr);
		if (!first)
			continue;
		free(catalogue->first);
		list->row.first = catalogue->first = strdup(first);
		list->row.segment =
			ks_catalogue_key(row, like_of(catalogue, words_of(&chunk), image));
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
