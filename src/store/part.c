/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading what lies in compressed rows: the parts of an image and the columns of a segment. */
#include "store/private.h"

static struct ks_error *load_part(struct ks_store *store, int64_t image, const char *name,
				  struct ks_bytes like, struct ks_buf *out, uint64_t *ret_nr)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_PART, &stmt));
	sqlite3_bind_int64(stmt, 1, image);
	ks_sql_bind_text(stmt, 2, name);
	bool row;
	KS_TRY(ks_sql_row(store, stmt, &row));
	*ret_nr = 0;
	if (!row)
		return NULL;
	KS_TRY(ks_zstd_unpack(&store->zstd, like, ks_sql_bytes(stmt, 1), out));
	*ret_nr = (uint64_t)sqlite3_column_int64(stmt, 0);
	return NULL;
}

struct ks_error *ks_part_load(struct ks_store *store, int64_t image, int64_t base, const char *name,
			      struct ks_buf *out, uint64_t *ret_nr)
{
	uint64_t nr;
	store->like.len = 0;
	if (base)
		KS_TRY(load_part(store, base, name, (struct ks_bytes){ 0 }, &store->like, &nr));
	return load_part(store, image, name, ks_bytes_of(&store->like), out, ret_nr);
}

static struct ks_error *load_columns(struct ks_store *store, int64_t id, bool is_base,
				     const struct ks_near *near, struct ks_buf *out)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_COLUMNS, &stmt));
	sqlite3_bind_int64(stmt, 1, id);
	bool row;
	KS_TRY(ks_sql_row(store, stmt, &row));
	if (!row)
		return ks_store_damaged("facts of an image are missing");
	struct ks_bytes like = { 0 };
	int64_t base = sqlite3_column_int64(stmt, 0);
	if (base && is_base)
		return ks_store_damaged("a base is itself based on another");
	store->scratch.len = 0;
	ks_buf_bytes(&store->scratch, sqlite3_column_blob(stmt, 1),
		     (size_t)sqlite3_column_bytes(stmt, 1));
	KS_TRY(ks_buf_error(&store->scratch));
	if (base && near && base == near->id)
		like = near->raw;
	if (!base || like.len)
		return ks_zstd_unpack(&store->zstd, like, ks_bytes_of(&store->scratch), out);
	if (ks_cache_get(&store->kept_columns, base, &like))
		return ks_zstd_unpack(&store->zstd, like, ks_bytes_of(&store->scratch), out);
	_cleanup_buf_ struct ks_buf packed = store->scratch;
	store->scratch = (struct ks_buf){ 0 }; // the inner call needs its own
	store->like.len = 0;
	KS_TRY(load_columns(store, base, true, NULL, &store->like));
	return ks_zstd_unpack(&store->zstd, ks_bytes_of(&store->like), ks_bytes_of(&packed), out);
}

struct ks_error *ks_columns_load(struct ks_store *store, int64_t id, struct ks_buf *out)
{
	return load_columns(store, id, false, NULL, out);
}

struct ks_error *ks_columns_load_near(struct ks_store *store, int64_t id,
				      const struct ks_near *near, struct ks_buf *out)
{
	return load_columns(store, id, false, near, out);
}
