/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the lists of a new image meet the store: segments it has, the image to be based on, writing. */
#include <stdlib.h>

#include "base/memory.h"
#include "base/sort.h"
#include "store/names.h"
#include "store/write/put_lists.h"

/** A base must share at least one in so many segments: less would not pay for reading two rows. */
enum { BASE_SHARE = 8 };

struct ks_error *ks_put_find_segment(struct ks_store *store, struct ks_bytes names, int64_t *id,
				     bool *ret_new)
{
	_cleanup_buf_ struct ks_buf other = { 0 };
	for (;; *id = (*id + 1) & INT64_MAX) {
		bool found;
		KS_TRY(ks_segment_names_get(store, *id, &other, &found));
		*ret_new = !found;
		if (!found ||
		    (other.len == names.len && memcmp(other.at, names.at, names.len) == 0))
			return NULL;
	}
}

static struct ks_error *match_segment(struct ks_store *store, struct ks_put_segment *segment)
{
	return ks_put_find_segment(store, ks_bytes_of(&segment->names), &segment->id,
				   &segment->is_new);
}

struct ks_error *ks_put_find_likes(struct ks_store *store, int64_t *ids, size_t nr, bool kernels,
				   struct ks_put_likes *ret)
{
	size_t best = 0, shared = 0;
	int64_t image = 0;
	ks_sort_ids(ids, nr);
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_LIST_OF_ROOTS, &stmt));
	sqlite3_bind_int(stmt, 1, kernels);
	*ret = (struct ks_put_likes){ 0 };
	for (bool row = true;;) {
		KS_TRY(ks_sql_row(store, stmt, &row));
		if (!row)
			break;
		int64_t next = sqlite3_column_int64(stmt, 0);
		int64_t id = sqlite3_column_int64(stmt, 1);
		shared = next == image ? shared : 0;
		image = next;
		shared += bsearch(&id, ids, nr, sizeof(*ids), ks_compare_ids) != NULL;
		if (shared >= best) {
			best = shared;
			ret->nearest = image;
		}
	}
	ret->base = best > nr / BASE_SHARE ? ret->nearest : 0;
	return NULL;
}

static struct ks_error *choose_base(struct ks_put_lists *lists, struct ks_store *store,
				    struct ks_put_likes *ret)
{
	size_t nr = lists->segments.len;
	_cleanup_free_ int64_t *ids = calloc(nr + 1, sizeof(*ids));
	if (!ids)
		return &ks_nomem;
	for (size_t i = 0; i < nr; i++)
		ids[i] = lists->segments.at[i].id;
	return ks_put_find_likes(store, ids, nr, !lists->surface->image.modules_of, ret);
}

struct ks_error *ks_put_find_names_like(struct ks_store *store, int64_t image, int list,
					const char *first, int64_t *ret, struct ks_buf *names)
{
	_cleanup_reset_ sqlite3_stmt *seek = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_LIST_SEEK, &seek));
	sqlite3_bind_int64(seek, 1, image);
	ks_sql_bind_text(seek, 2, ks_list_name(list));
	ks_sql_bind_text(seek, 3, first);
	bool row;
	int64_t base;
	KS_TRY(ks_sql_row(store, seek, &row));
	if (!row)
		return NULL;
	int64_t like = sqlite3_column_int64(seek, 0);
	KS_TRY(ks_segment_names_base(store, like, &base));
	*ret = base ? base : like;
	return ks_segment_names_load(store, *ret, names);
}

static struct ks_error *find_names_like(struct ks_put_lists *lists, struct ks_store *store,
					int64_t image, struct ks_put_segment *segment)
{
	return ks_put_find_names_like(store, image, segment->list,
				      lists->rows[segment->list].at[segment->from].name,
				      &segment->names_like_id, &segment->names_like);
}

/** The base image's facts of about the same names. */
static struct ks_error *find_like(struct ks_put_lists *lists, struct ks_store *store, int64_t base,
				  struct ks_put_segment *segment)
{
	_cleanup_reset_ sqlite3_stmt *seek = NULL, *columns = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_LIST_SEEK, &seek));
	sqlite3_bind_int64(seek, 1, base);
	ks_sql_bind_text(seek, 2, ks_list_name(segment->list));
	ks_sql_bind_text(seek, 3, lists->rows[segment->list].at[segment->from].name);
	bool row;
	KS_TRY(ks_sql_row(store, seek, &row));
	if (!row)
		return NULL;
	segment->like_id = sqlite3_column_int64(seek, 1);
	KS_TRY(ks_sql_find(store, KS_SQL_COLUMNS, segment->like_id, &columns, &row));
	if (!row)
		return ks_store_damaged("facts of an image are missing");
	struct ks_bytes bytes = ks_sql_bytes(columns, 1);
	ks_buf_bytes(&segment->like, bytes.at, bytes.len);
	return ks_buf_error(&segment->like);
}

struct ks_error *ks_put_lists_match(struct ks_put_lists *lists, struct ks_store *store,
				    struct ks_put_likes *ret)
{
	for (size_t i = 0; i < lists->segments.len; i++)
		KS_TRY(match_segment(store, &lists->segments.at[i]));
	KS_TRY(choose_base(lists, store, ret));
	for (size_t i = 0; ret->nearest && i < lists->segments.len; i++)
		if (lists->segments.at[i].is_new)
			KS_TRY(find_names_like(lists, store, ret->nearest, &lists->segments.at[i]));
	for (size_t i = 0; ret->base && i < lists->segments.len; i++)
		KS_TRY(find_like(lists, store, ret->base, &lists->segments.at[i]));
	return NULL;
}

static struct ks_error *write_names(struct ks_store *store, const struct ks_put_segment *segment)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_SEGMENT_ADD, &stmt));
	sqlite3_bind_int64(stmt, 1, segment->id);
	sqlite3_bind_int64(stmt, 2, (int64_t)(segment->to - segment->from));
	ks_sql_bind_bytes(stmt, 3, ks_bytes_of(&segment->packed_names));
	ks_sql_bind_id(stmt, 4, segment->names_like_id);
	return ks_sql_run(store, stmt);
}

static struct ks_error *write_columns(struct ks_store *store, const struct ks_put_segment *segment,
				      int64_t id)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_COLUMNS_ADD, &stmt));
	ks_sql_bind_id(stmt, 1, segment->like_id);
	ks_sql_bind_bytes(stmt, 2, ks_bytes_of(&segment->packed));
	sqlite3_bind_int64(stmt, 3, id);
	return ks_sql_run(store, stmt);
}

struct ks_error *ks_put_lists_write(struct ks_put_lists *lists, struct ks_store *store,
				    int64_t image, uint64_t *bytes)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	int64_t columns;
	KS_TRY(ks_counter_next(store, KS_COUNTER_COLUMNS, &columns));
	for (size_t i = 0; i < lists->segments.len; i++, columns++) {
		struct ks_put_segment *segment = &lists->segments.at[i];
		if (segment->is_new) // unless an equal one of another kind has just been written
			KS_TRY(match_segment(store, segment));
		if (segment->is_new)
			KS_TRY(write_names(store, segment));
		KS_TRY(write_columns(store, segment, columns));
		KS_TRY(ks_sql_get(store, KS_SQL_LIST_ADD, &stmt));
		sqlite3_bind_int64(stmt, 1, image);
		ks_sql_bind_text(stmt, 2, ks_list_name(segment->list));
		ks_sql_bind_text(stmt, 3, lists->rows[segment->list].at[segment->from].name);
		sqlite3_bind_int64(stmt, 4, segment->id);
		sqlite3_bind_int64(stmt, 5, columns);
		KS_TRY(ks_sql_run(store, stmt));
		*bytes += segment->packed.len + (segment->is_new ? segment->packed_names.len : 0);
	}
	return ks_counter_set(store, KS_COUNTER_COLUMNS, columns);
}
