/* SPDX-License-Identifier: BSD-2-Clause */
/* What a catalogue has: its images, the rows of its lists, and one row of names taken apart. */
#include "store/catalogue.h"

#include <stdlib.h>

#include "base/array.h"

/** Of one list. */
enum { MOST_ROWS = 1 << 28 };

void ks_catalogue_free(struct ks_catalogue *catalogue)
{
	if (!catalogue)
		return;
	ks_arena_deinit(&catalogue->arena);
	ks_vector_deinit(&catalogue->lists);
	ks_vector_deinit(&catalogue->made_masks);
	ks_vector_deinit(&catalogue->flips);
	ks_vector_deinit(&catalogue->expected);
	ks_vector_deinit(&catalogue->sheet_room);
	ks_buf_deinit(&catalogue->made_sheet);
	ks_buf_deinit(&catalogue->place);
	ks_vector_deinit(&catalogue->records);
	ks_buf_deinit(&catalogue->first_row);
	for (size_t i = 0; i < KS_CATALOGUE_LAST; i++) {
		ks_buf_deinit(&catalogue->last[i].list);
		ks_buf_deinit(&catalogue->last[i].name);
		ks_buf_deinit(&catalogue->last[i].record);
	}
	ks_buf_deinit(&catalogue->unpacked);
	free(catalogue->first);
	free(catalogue);
}

/** A row of table head, unpacked. */
static struct ks_error *read_head(struct ks_store *store, const char *name, struct ks_buf *out)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_CATALOGUE_HEAD, &stmt));
	ks_sql_bind_text(stmt, 1, name);
	bool row;
	KS_TRY(ks_sql_row(store, stmt, &row));
	if (!row)
		return ks_store_damaged("the head of the catalogue is missing");
	return ks_zstd_unpack(&store->zstd, (struct ks_bytes){ 0 }, ks_sql_bytes(stmt, 0), out);
}

/** What is read first. */
struct first {
	struct ks_bytes images, lists, common;
};

/** @param raw holds the bytes */
static struct ks_error *read_old(struct ks_store *store, struct ks_buf *raw, struct first *ret)
{
	KS_TRY(read_head(store, KS_CATALOGUE_HEAD_IMAGES, raw));
	size_t len = raw->len;
	KS_TRY(read_head(store, KS_CATALOGUE_HEAD_LISTS, raw));
	ret->images = (struct ks_bytes){ raw->at, len };
	ret->lists = (struct ks_bytes){ raw->at + len, raw->len - len };
	ret->common = (struct ks_bytes){ 0 };
	return NULL;
}

static struct ks_error *read_first(struct ks_store *store, bool *ret_indexed, struct ks_buf *raw,
				   struct first *ret)
{
	struct ks_bytes *const parts[] = { &ret->images, &ret->lists, &ret->common };
	int64_t version;
	KS_TRY(ks_sql_number(store, KS_SQL_VERSION, &version));
	*ret_indexed = version > 1;
	if (version == 1)
		return read_old(store, raw, ret);
	KS_TRY(read_head(store, KS_CATALOGUE_HEAD_FIRST, raw));
	struct ks_cursor c = ks_cursor_over(raw->at, raw->len, false);
	for (size_t i = 0; i < KS_ARRAY_LEN(parts); i++) {
		uint64_t len = ks_cursor_uleb(&c);
		*parts[i] = (struct ks_bytes){ ks_cursor_take(&c, len), (size_t)len };
	}
	return c.why ? ks_store_damaged(c.why) : NULL;
}

/** The rows of a list: number of names and the first of each. */
static struct ks_error *get_rows(struct ks_cursor *c, struct ks_arena *arena,
				 struct ks_catalogue_list *list)
{
	if (list->nr > (size_t)(c->end - c->pos)) // each has bytes
		return ks_store_damaged("impossible number of names");
	struct ks_catalogue_row *rows = ks_arena_array(arena, list->nr + 1, sizeof(*rows));
	uint64_t before = 0;
	for (size_t i = 0; rows && i < list->nr; i++) {
		rows[i] = (struct ks_catalogue_row){ .before = before };
		rows[i].nr = (uint32_t)ks_cursor_uleb(c);
		rows[i].first = ks_arena_strdup(arena, ks_cursor_str(c));
		before += rows[i].nr;
		if (!rows[i].first)
			return &ks_nomem;
	}
	if (c->why)
		return ks_store_damaged(c->why);
	list->rows = rows;
	return rows ? NULL : &ks_nomem;
}

/** Whether the rows of a list stand where all lists do. */
static bool has_rows(const struct ks_catalogue *catalogue, const struct ks_catalogue_list *list)
{
	return list->nr <= KS_CATALOGUE_INLINE ||
	       (catalogue->indexed && strcmp(list->name, KS_CATALOGUE_SYMBOLS) != 0);
}

static struct ks_error *read_lists(struct ks_catalogue *catalogue, struct ks_bytes raw)
{
	size_t from = 0;
	struct ks_cursor c = ks_cursor_over(raw.at, raw.len, false);
	while (ks_cursor_more(&c)) {
		struct ks_catalogue_list list = { .from = from };
		list.name = ks_arena_strdup(&catalogue->arena, ks_cursor_str(&c));
		list.nr = (size_t)ks_cursor_uleb(&c);
		if (c.why || list.nr > MOST_ROWS)
			return ks_store_damaged("impossible number of names");
		if (!list.name)
			return &ks_nomem;
		if (has_rows(catalogue, &list))
			KS_TRY(get_rows(&c, &catalogue->arena, &list));
		if (!ks_vector_add(&catalogue->lists, list))
			return &ks_nomem;
		from += list.nr;
	}
	return NULL;
}

static struct ks_error *read_all(struct ks_store *store, struct ks_catalogue *catalogue)
{
	struct first first;
	KS_TRY(read_first(store, &catalogue->indexed, &catalogue->first_row, &first));
	struct ks_cursor c = ks_cursor_over(first.images.at, first.images.len, false);
	KS_TRY(ks_catalogue_get_images(&c, &catalogue->arena, &catalogue->images));
	KS_TRY(read_lists(catalogue, first.lists));
	return ks_catalogue_get_common(store, catalogue, first.common);
}

struct ks_error *ks_catalogue_get(struct ks_store *store, struct ks_catalogue **ret)
{
	*ret = store->catalogue;
	if (*ret)
		return NULL;
	struct ks_catalogue *catalogue = calloc(1, sizeof(*catalogue));
	if (!catalogue)
		return &ks_nomem;
	struct ks_error *err = read_all(store, catalogue);
	if (err)
		ks_catalogue_free(catalogue);
	else
		*ret = store->catalogue = catalogue;
	return err;
}

static struct ks_error *read_rows(struct ks_store *store, struct ks_catalogue *catalogue,
				  struct ks_catalogue_list *list)
{
	_cleanup_buf_ struct ks_buf raw = { 0 }, key = { 0 };
	ks_buf_printf(&key, KS_CATALOGUE_HEAD_ROWS "%s", list->name);
	const char *name = ks_buf_text(&key);
	if (!name)
		return &ks_nomem;
	KS_TRY(read_head(store, name, &raw));
	struct ks_cursor c = ks_cursor_over(raw.at, raw.len, false);
	return get_rows(&c, &catalogue->arena, list);
}

struct ks_error *ks_catalogue_list(struct ks_store *store, const char *name,
				   const struct ks_catalogue_list **ret)
{
	struct ks_catalogue *catalogue;
	*ret = NULL;
	KS_TRY(ks_catalogue_get(store, &catalogue));
	for (size_t i = 0; i < catalogue->lists.len; i++) {
		struct ks_catalogue_list *list = &catalogue->lists.at[i];
		if (strcmp(list->name, name) != 0)
			continue;
		if (!list->rows)
			KS_TRY(read_rows(store, catalogue, list));
		*ret = list;
		return NULL;
	}
	return NULL;
}

struct ks_error *ks_catalogue_images(struct ks_store *store, struct ks_arena *arena,
				     struct ks_store_images *ret)
{
	_cleanup_buf_ struct ks_buf raw = { 0 };
	struct first first;
	bool indexed;
	KS_TRY(ks_store_snapshot_begin(store));
	struct ks_error *err = read_first(store, &indexed, &raw, &first);
	ks_store_snapshot_end(store);
	KS_TRY(ks_error_in_file(err, store->path));
	struct ks_cursor c = ks_cursor_over(first.images.at, first.images.len, false);
	return ks_error_in_file(ks_catalogue_get_images(&c, arena, ret), store->path);
}

/** Take a row of names apart. */
static struct ks_error *take_apart(struct ks_bytes raw, struct ks_catalogue_chunk *ret)
{
	struct ks_cursor c = ks_cursor_over(raw.at, raw.len, false);
	*ret = (struct ks_catalogue_chunk){ .nr = (uint32_t)ks_cursor_uleb(&c),
					    .base = ks_cursor_uleb(&c) };
	uint64_t len = ks_cursor_uleb(&c), lengths_len = ks_cursor_uleb(&c);
	ret->names = (struct ks_bytes){ ks_cursor_take(&c, len), (size_t)len };
	const uint8_t *lengths = ks_cursor_take(&c, lengths_len);
	if (c.why)
		return ks_store_damaged(c.why);
	ret->lengths = ks_cursor_over(lengths, (size_t)lengths_len, false);
	ret->records = ks_cursor_over(c.pos, (size_t)(c.end - c.pos), false);
	return NULL;
}

struct ks_error *ks_catalogue_chunk_of(struct ks_bytes raw, struct ks_catalogue_chunk *ret)
{
	KS_TRY(take_apart(raw, ret));
	const char *names = ret->names.at;
	size_t nr = 0;
	for (size_t i = 0; i < ret->names.len; i++)
		nr += !names[i];
	if ((ret->names.len && names[ret->names.len - 1]) || nr != ret->nr)
		return ks_store_damaged("names and their number do not match");
	return NULL;
}

/** The bytes of a row of names, kept or unpacked anew. */
static struct ks_error *row_bytes(struct ks_store *store, struct ks_catalogue *catalogue,
				  size_t index, struct ks_bytes *ret)
{
	int64_t id = (int64_t)index + 1;
	if (ks_cache_get(&store->kept_names, id, ret))
		return NULL;
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	bool row;
	KS_TRY(ks_sql_find(store, KS_SQL_CATALOGUE_NAMES, id, &stmt, &row));
	if (!row)
		return ks_store_damaged("names of the catalogue are missing");
	catalogue->unpacked.len = 0;
	KS_TRY(ks_zstd_unpack(&store->zstd, (struct ks_bytes){ 0 }, ks_sql_bytes(stmt, 0),
			      &catalogue->unpacked));
	*ret = ks_bytes_of(&catalogue->unpacked);
	struct ks_catalogue_chunk chunk;
	KS_TRY(ks_catalogue_chunk_of(*ret, &chunk)); // what is kept is whole
	ks_cache_put(&store->kept_names, id, *ret);
	return NULL;
}

struct ks_error *ks_catalogue_chunk(struct ks_store *store, size_t index,
				    struct ks_catalogue_chunk *ret)
{
	struct ks_catalogue *catalogue;
	struct ks_bytes raw;
	KS_TRY(ks_catalogue_get(store, &catalogue));
	KS_TRY(row_bytes(store, catalogue, index, &raw));
	return take_apart(raw, ret);
}

struct ks_error *ks_catalogue_record(struct ks_catalogue_chunk *chunk, struct ks_cursor *ret)
{
	uint64_t len = ks_cursor_uleb(&chunk->lengths);
	const uint8_t *at = ks_cursor_take(&chunk->records, len);
	if (chunk->lengths.why || !at)
		return ks_store_damaged("names and what is said of them do not match");
	*ret = ks_cursor_over(at, (size_t)len, false);
	return NULL;
}

uint64_t ks_catalogue_id(struct ks_cursor *c, uint64_t base)
{
	uint64_t code = ks_cursor_uleb(c);
	return code ? base + ((code - 1) >> 1 ^ -((code - 1) & 1)) : 0;
}

uint64_t ks_catalogue_count(struct ks_cursor *c)
{
	uint64_t nr = ks_cursor_uleb(c);
	if (nr <= (uint64_t)(c->end - c->pos))
		return nr;
	ks_cursor_fail(c, "more values than bytes");
	return 0;
}

bool ks_catalogue_value(struct ks_cursor record, uint64_t base, uint64_t image, uint64_t *ret_first,
			uint64_t *ret_second, const char **ret_why)
{
	uint64_t nr = ks_catalogue_count(&record), at = 0, value = 0;
	struct ks_cursor values = record;
	ks_cursor_skip_ulebs(&record, 2 * nr);
	while (ks_cursor_more(&record)) {
		value = ks_cursor_uleb(&record);
		uint64_t run = ks_cursor_uleb(&record);
		if (image - at <= run) // a run has one more
			break;
		at += run + 1;
		value = 0;
	}
	if (value > nr)
		ks_cursor_fail(&record, "value of a name that is not there");
	*ret_why = record.why;
	if (!value || record.why)
		return false;
	for (uint64_t i = 0; i < value; i++) {
		*ret_first = ks_catalogue_id(&values, base);
		*ret_second = ks_catalogue_id(&values, base);
	}
	return true;
}

struct ks_catalogue_holders ks_catalogue_holders_of(struct ks_cursor record, size_t nr_images)
{
	uint64_t nr = ks_catalogue_count(&record);
	ks_cursor_skip_ulebs(&record, 2 * nr);
	return (struct ks_catalogue_holders){ .record = record, .nr_images = nr_images };
}

bool ks_catalogue_holders_next(struct ks_catalogue_holders *holders)
{
	struct ks_cursor *record = &holders->record;
	while (ks_cursor_more(record)) {
		uint64_t value = ks_cursor_uleb(record), run = ks_cursor_uleb(record);
		if (run >= holders->nr_images - holders->at)
			ks_cursor_fail(record, "a name has more images than there are");
		if (record->why)
			return false;
		holders->from = holders->at;
		holders->at = holders->to = holders->at + run + 1;
		if (value)
			return true;
	}
	return false;
}
