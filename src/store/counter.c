/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers of the store that only grow: ids are never used again, and no two states have the same generation. */
#include "store/private.h"

static const char *const names[] = {
	[KS_COUNTER_GENERATION] = "generation",
	[KS_COUNTER_IMAGE] = "image",
	[KS_COUNTER_COLUMNS] = "columns",
};

struct ks_error *ks_counter_get(struct ks_store *store, enum ks_counter which, int64_t *ret)
{
	int64_t version;
	*ret = store->published && !store->pages; // which never changes
	if (store->published)
		return NULL;
	KS_TRY(ks_sql_number(store, KS_SQL_VERSION, &version));
	if (version < 3)
		return NULL;
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_COUNTER, &stmt));
	ks_sql_bind_text(stmt, 1, names[which]);
	bool row;
	KS_TRY(ks_sql_row(store, stmt, &row));
	int64_t value = row ? sqlite3_column_int64(stmt, 0) : 0;
	if (value < 1 || value == INT64_MAX)
		return ks_store_damaged("it does not count its ids");
	*ret = value;
	return NULL;
}

struct ks_error *ks_counter_next(struct ks_store *store, enum ks_counter which, int64_t *ret)
{
	int64_t last;
	KS_TRY(ks_counter_get(store, which, ret));
	KS_TRY(ks_sql_number(
		store, which == KS_COUNTER_IMAGE ? KS_SQL_IMAGE_LAST : KS_SQL_COLUMNS_LAST, &last));
	// A row that somebody else has put in.
	if (last >= *ret)
		*ret = last + (last < INT64_MAX);
	return NULL;
}

struct ks_error *ks_counter_set(struct ks_store *store, enum ks_counter which, int64_t value)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_COUNTER_SET, &stmt));
	ks_sql_bind_text(stmt, 1, names[which]);
	sqlite3_bind_int64(stmt, 2, value);
	return ks_sql_run(store, stmt);
}
