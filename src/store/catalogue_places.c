/* SPDX-License-Identifier: BSD-2-Clause */
/* Where functions lie, out of a catalogue: the record of a name, in that the bytes of an image. */
#include <endian.h>
#include <stdlib.h>

#include "store/catalogue.h"

/** Bytes of the places of one row for one image. */
enum { MOST_BYTES = 1 << 28 };

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
	bool row;
	KS_TRY(ks_sql_find(store, KS_SQL_CATALOGUE_PLACE, (int64_t)name, &stmt, &row));
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

/** Facts of a function of one image. @param name number of it in the list of functions */
static struct ks_error *facts_of(struct ks_store *store, uint64_t name, uint64_t image,
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

static uint32_t append(struct ks_buf *out, const struct ks_cursor *bytes, uint32_t *ret_len)
{
	uint32_t at = (uint32_t)out->len;
	*ret_len = (uint32_t)(bytes->end - bytes->base);
	ks_buf_bytes(out, bytes->base, *ret_len);
	return at;
}

/** Append a name. @param facts NULL: it has none, or they are not wanted */
static struct ks_error *add_name(struct ks_places *places, const struct ks_facts *facts)
{
	struct ks_place place = { 0 };
	if (facts) {
		place.lines = append(&places->raw, &facts->lines, &place.lines_len);
		place.sizes = append(&places->raw, &facts->sizes, &place.sizes_len);
		place.addrs = append(&places->raw, &facts->addrs, &place.addrs_len);
	}
	if (places->raw.len > MOST_BYTES)
		return ks_store_damaged("impossible size of the facts of functions");
	return ks_vector_add(&places->at, place) ? ks_buf_error(&places->raw) : &ks_nomem;
}

/** The facts of the names that an image has, or of one of them. @param before names of the list in rows before this one */
static struct ks_error *add_names(struct ks_store *store, int64_t columns, uint64_t before,
				  uint64_t only, struct ks_places *places)
{
	struct ks_catalogue_view view;
	uint64_t image = ks_catalogue_key_image(columns);
	KS_TRY(ks_catalogue_view(store, ks_catalogue_key_row(columns), image, &view));
	for (uint32_t i = 0; i < view.chunk.nr && (only == KS_PLACES_ALL || places->at.len <= only);
	     i++) {
		struct ks_facts facts;
		bool wanted = only == KS_PLACES_ALL || places->at.len == only;
		if (!ks_catalogue_has(view.mask, i))
			continue;
		if (wanted)
			KS_TRY(facts_of(store, before + i, image, &facts));
		KS_TRY(add_name(places, wanted ? &facts : NULL));
	}
	places->streams = ks_bytes_of(&places->raw);
	return NULL;
}

struct ks_error *ks_catalogue_places(struct ks_store *store, int64_t columns, uint64_t only,
				     struct ks_places **ret)
{
	const struct ks_catalogue_list *functions;
	size_t row = ks_catalogue_key_row(columns);
	KS_TRY(ks_catalogue_list(store, ks_list_name(KS_FUNCTION), &functions));
	if (!functions || row - functions->from >= functions->nr) // wraps when it is lower
		return ks_store_damaged("facts of a function are missing");
	_cleanup_places_ struct ks_places *places = calloc(1, sizeof(*places));
	if (!places)
		return &ks_nomem;
	if (only == KS_PLACES_ALL)
		KS_TRY(ks_catalogue_columns(store, columns, NULL, &places->ids));
	KS_TRY(add_names(store, columns, functions->rows[row - functions->from].before, only,
			 places));
	*ret = ks_take(places);
	return NULL;
}

struct ks_error *ks_catalogue_moves(struct ks_store *store, int64_t image, struct ks_buf *out)
{
	struct ks_catalogue *catalogue;
	KS_TRY(ks_catalogue_get(store, &catalogue));
	if (image < 1 || (uint64_t)image > catalogue->images.nr)
		return ks_store_damaged("impossible number of images");
	const struct ks_moves moves = { .anchor = catalogue->images.at[image - 1]->anchor };
	ks_buf_bytes(out, &moves, sizeof(moves));
	return ks_buf_error(out);
}
