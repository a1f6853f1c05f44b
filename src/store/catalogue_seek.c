/* SPDX-License-Identifier: BSD-2-Clause */
/* One name of a catalogue: its row, its record in that, what that says of an image. */
#include "store/catalogue.h"
#include "store/names.h"

int64_t ks_catalogue_row_of(const struct ks_catalogue_list *list, const char *name)
{
	size_t low = 0, high = list->nr;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(list->rows[middle].first, name) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return (int64_t)low - 1;
}

/** Of equal names the first is in each image that has any. */
static struct ks_error *seek(struct ks_store *store, int64_t image, const char *name, size_t row,
			     uint64_t *ret_at, bool *ret_found, struct ks_row *ret)
{
	struct ks_catalogue_chunk chunk;
	struct ks_cursor record = { 0 };
	const char *why;
	KS_TRY(ks_catalogue_chunk(store, row, &chunk));
	int64_t at = ks_segment_names_find(chunk.names, name);
	if (at < 0)
		return NULL;
	for (int64_t i = 0; i <= at; i++)
		KS_TRY(ks_catalogue_record(&chunk, &record));
	*ret_found = ks_catalogue_value(record, chunk.base, (uint64_t)image - 1, &ret->first,
					&ret->second, &why);
	*ret_at = (uint64_t)at;
	return why ? ks_store_damaged(why) : NULL;
}

/** Where a name of a row stands among those that the image has. */
static struct ks_error *find_place(struct ks_store *store, size_t row, uint64_t image,
				   uint64_t name, struct ks_row *ret)
{
	struct ks_catalogue_chunk chunk;
	const uint64_t *mask;
	KS_TRY(ks_catalogue_mask(store, row, image, &chunk, &mask));
	ret->columns = ks_catalogue_key(row, image);
	ret->at = 0;
	for (uint32_t i = 0; i < name; i++)
		ret->at += ks_catalogue_has(mask, i);
	return NULL;
}

struct ks_error *ks_catalogue_seek(struct ks_store *store, int64_t image, const char *list,
				   const char *name, bool *ret_found, struct ks_row *ret)
{
	const struct ks_catalogue_list *rows;
	uint64_t at = 0;
	*ret_found = false;
	*ret = (struct ks_row){ 0 };
	KS_TRY(ks_catalogue_list(store, list, &rows));
	int64_t row = rows ? ks_catalogue_row_of(rows, name) : -1;
	if (row < 0)
		return NULL;
	KS_TRY(seek(store, image, name, rows->from + (size_t)row, &at, ret_found, ret));
	if (!*ret_found || !ret->second || strcmp(list, ks_list_name(KS_FUNCTION)) != 0)
		return NULL;
	return find_place(store, rows->from + (size_t)row, (uint64_t)image - 1, at, ret);
}

struct ks_error *ks_catalogue_symbol(struct ks_store *store, const struct ks_store_image *image,
				     const char *name, bool *ret)
{
	struct ks_row row;
	return ks_catalogue_seek(store, image->id, KS_CATALOGUE_SYMBOLS, name, ret, &row);
}
