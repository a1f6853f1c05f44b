/* SPDX-License-Identifier: BSD-2-Clause */
/* One name of a catalogue: its row, its record in that, what that says of an image. */
#include <endian.h>

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
	return ks_catalogue_place(store, rows->rows[row].before + at, (uint64_t)image - 1,
				  &ret->facts);
}

struct ks_error *ks_catalogue_symbol(struct ks_store *store, const struct ks_store_image *image,
				     const char *name, bool *ret)
{
	struct ks_row row;
	return ks_catalogue_seek(store, image->id, KS_CATALOGUE_SYMBOLS, name, ret, &row);
}

/* ---- places ---- */

/** The record of each name of the row. */
static struct ks_error *find_records(struct ks_catalogue *catalogue, uint64_t nr)
{
	struct ks_cursor lengths = ks_cursor_over(catalogue->place.at, catalogue->place.len, false);
	struct ks_cursor c = lengths;
	catalogue->records.len = 0;
	for (uint64_t i = 0; i < nr && !c.why; i++)
		ks_cursor_uleb(&c);
	for (uint64_t i = 0; i < nr && !c.why; i++) {
		uint64_t len = ks_cursor_uleb(&lengths);
		const uint8_t *bytes = ks_cursor_take(&c, len);
		struct ks_cursor record = ks_cursor_over(bytes, bytes ? (size_t)len : 0, false);
		if (!ks_vector_add(&catalogue->records, record))
			return &ks_nomem;
	}
	return c.why ? ks_store_damaged(c.why) : NULL;
}

/** Bring the row that has the places of a name. */
static struct ks_error *load_places(struct ks_store *store, struct ks_catalogue *catalogue,
				    uint64_t name)
{
	if (name - catalogue->place_first < catalogue->place_nr) // wraps when it is lower
		return NULL;
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_CATALOGUE_PLACE, &stmt));
	sqlite3_bind_int64(stmt, 1, (int64_t)name);
	bool row;
	KS_TRY(ks_sql_row(store, stmt, &row));
	catalogue->place_nr = 0;
	catalogue->place.len = 0;
	uint64_t first = row ? (uint64_t)sqlite3_column_int64(stmt, 0) : 0;
	uint64_t nr = row ? (uint64_t)sqlite3_column_int64(stmt, 1) : 0;
	if (!row || name - first >= nr)
		return ks_store_damaged("facts of a function are missing");
	KS_TRY(ks_zstd_unpack(&store->zstd, (struct ks_bytes){ 0 }, ks_sql_bytes(stmt, 2),
			      &catalogue->place));
	KS_TRY(find_records(catalogue, nr));
	catalogue->place_first = first;
	catalogue->place_nr = nr;
	return NULL;
}

/** Bytes that many images share: values, then runs of images that have them. */
static struct ks_cursor shared(struct ks_cursor *c, uint64_t image)
{
	uint64_t len = ks_cursor_uleb(c);
	const uint8_t *bytes = ks_cursor_take(c, len);
	struct ks_cursor stream = ks_cursor_over(bytes, bytes ? (size_t)len : 0, false);
	uint64_t nr = ks_catalogue_count(&stream), at = 0, value = 0;
	struct ks_cursor values = stream;
	for (uint64_t i = 0; i < nr && !stream.why; i++)
		ks_cursor_take(&stream, ks_cursor_uleb(&stream));
	while (ks_cursor_more(&stream)) {
		value = ks_cursor_uleb(&stream);
		uint64_t run = ks_cursor_uleb(&stream);
		if (image - at <= run)
			break;
		at += run + 1;
		value = 0;
	}
	if (value > nr)
		ks_cursor_fail(&stream, "facts of a function that are not there");
	if (stream.why)
		ks_cursor_fail(c, stream.why);
	struct ks_cursor ret = ks_cursor_over(NULL, 0, false);
	for (uint64_t i = 0; i < value && !c->why; i++) {
		uint64_t n = ks_cursor_uleb(&values);
		const uint8_t *p = ks_cursor_take(&values, n);
		ret = ks_cursor_over(p, p ? (size_t)n : 0, false);
	}
	return ret;
}

/** Bytes that each image has its own of: a length for each, then all. */
static struct ks_cursor own(struct ks_cursor *c, uint64_t image)
{
	uint64_t nr = ks_cursor_uleb(c), before = 0;
	if (nr > (uint64_t)(c->end - c->pos) / sizeof(uint32_t))
		ks_cursor_fail(c, "more images than bytes");
	const uint8_t *lengths = ks_cursor_take(c, nr * sizeof(uint32_t));
	uint32_t len = 0;
	for (uint64_t i = 0; lengths && i < nr && i <= image; i++) {
		before += len;
		memcpy(&len, lengths + i * sizeof(len), sizeof(len));
		len = le32toh(len);
	}
	if (image >= nr)
		len = 0;
	const uint8_t *bytes = ks_cursor_take(c, len ? before : 0) ? ks_cursor_take(c, len) : NULL;
	return ks_cursor_over(bytes, bytes ? len : 0, false);
}

struct ks_error *ks_catalogue_place(struct ks_store *store, uint64_t name, uint64_t image,
				    struct ks_facts *ret)
{
	struct ks_catalogue *catalogue;
	KS_TRY(ks_catalogue_get(store, &catalogue));
	KS_TRY(load_places(store, catalogue, name));
	struct ks_cursor record = catalogue->records.at[name - catalogue->place_first];
	ret->lines = shared(&record, image);
	ret->sizes = shared(&record, image);
	ret->addrs = own(&record, image);
	return record.why ? ks_store_damaged(record.why) : NULL;
}
