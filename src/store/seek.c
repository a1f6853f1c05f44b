/* SPDX-License-Identifier: BSD-2-Clause */
/* One name in one list of one image: a seek in the list, a search in the segment, a walk over the columns. */
#include "store/layout.h"

#include "store/names.h"

/** Where a name stands among the names of a segment; -1 when it is not there. Images that are alike ask the same again. */
static struct ks_error *search(struct ks_store *store, int64_t segment, const char *name,
			       int64_t *ret)
{
	struct ks_searched *last = &store->searched;
	if (last->segment == segment && last->name.len && strcmp(last->name.at, name) == 0) {
		*ret = last->at;
		return NULL;
	}
	struct ks_bytes text;
	if (!ks_cache_get(&store->kept_names, segment, &text)) {
		KS_TRY(ks_segment_names_load(store, segment, &store->row));
		text = ks_bytes_of(&store->row);
		ks_cache_put(&store->kept_names, segment, text);
	}
	*ret = ks_segment_names_find(text, name);
	last->segment = segment;
	last->at = *ret;
	last->name.len = 0;
	ks_buf_bytes(&last->name, name, strlen(name) + 1);
	return ks_buf_error(&last->name);
}

/** Raw ids, kept or read into store->row. */
static struct ks_error *columns_of(struct ks_store *store, int64_t id, struct ks_bytes *ret)
{
	if (ks_cache_get(&store->kept_columns, id, ret))
		return NULL;
	store->row.len = 0;
	KS_TRY(ks_columns_load(store, id, &store->row));
	*ret = ks_bytes_of(&store->row);
	ks_cache_put(&store->kept_columns, id, *ret);
	return NULL;
}

struct ks_error *ks_rows_seek(struct ks_store *store, int64_t image, const char *list,
			      const char *name, bool *ret_found, struct ks_row *ret)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	*ret_found = false;
	KS_TRY(ks_sql_get(store, KS_SQL_LIST_SEEK, &stmt));
	sqlite3_bind_int64(stmt, 1, image);
	ks_sql_bind_text(stmt, 2, list);
	ks_sql_bind_text(stmt, 3, name);
	bool row;
	KS_TRY(ks_sql_row(store, stmt, &row));
	if (!row)
		return NULL;
	int64_t at, id = sqlite3_column_int64(stmt, 1);
	KS_TRY(search(store, sqlite3_column_int64(stmt, 0), name, &at));
	if (at < 0)
		return NULL;
	struct ks_bytes raw;
	struct ks_columns columns;
	KS_TRY(columns_of(store, id, &raw));
	KS_TRY(ks_columns_open(raw.at, raw.len, &columns));
	KS_TRY(ks_columns_skip(&columns, (uint64_t)at));
	*ret = (struct ks_row){ .columns = id, .at = (uint64_t)at };
	KS_TRY(ks_columns_next(&columns, ret));
	*ret_found = true;
	return NULL;
}
