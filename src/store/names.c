/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/names.h"

#include "store/names_json.h"

int64_t ks_segment_names_id(struct ks_bytes text, struct ks_buf *scratch)
{
	scratch->len = 0;
	ks_names_json_put(scratch, text);
	return (int64_t)(ks_hash64_of(scratch->at, scratch->len) & INT64_MAX);
}

/** Versions 1 and 2 have no bases. */
static struct ks_error *get_statement(struct ks_store *store, sqlite3_stmt **ret)
{
	int64_t version;
	KS_TRY(ks_sql_number(store, KS_SQL_VERSION, &version));
	return ks_sql_get(store, version < 3 ? KS_SQL_SEGMENT_2 : KS_SQL_SEGMENT, ret);
}

static struct ks_error *get(struct ks_store *store, int64_t segment, bool is_base,
			    struct ks_buf *out, bool *ret_found);

/** Unpack what a row holds. @param like names of its base */
static struct ks_error *unpack(struct ks_store *store, struct ks_bytes like, struct ks_bytes data,
			       struct ks_buf *out)
{
	out->len = 0;
	KS_TRY(ks_zstd_unpack(&store->zstd, like, data, out));
	return !out->len || out->at[out->len - 1] ? ks_store_damaged("list of names has no end")
						  : NULL;
}

/** Many segments are a difference to one. @param own holds the names when they had to be unpacked */
static struct ks_error *names_of_base(struct ks_store *store, int64_t base, struct ks_buf *own,
				      struct ks_bytes *ret)
{
	bool found;
	if (ks_cache_get(&store->kept_names, base, ret))
		return NULL;
	KS_TRY(get(store, base, true, own, &found));
	if (!found)
		return ks_store_damaged("names of an image are missing");
	*ret = ks_bytes_of(own);
	ks_cache_put(&store->kept_names, base, *ret);
	return NULL;
}

static struct ks_error *get_row(struct ks_store *store, sqlite3_stmt *stmt, bool is_base,
				struct ks_buf *out)
{
	struct ks_bytes data = ks_sql_bytes(stmt, 1);
	int64_t base = sqlite3_column_int64(stmt, 0);
	if (sqlite3_column_type(stmt, 1) == SQLITE_TEXT)
		return ks_names_json_get(data, out);
	if (!base)
		return unpack(store, (struct ks_bytes){ 0 }, data, out);
	if (is_base)
		return ks_store_damaged("a base is itself based on another");
	_cleanup_buf_ struct ks_buf packed = { 0 }, own = { 0 };
	struct ks_bytes like;
	ks_buf_bytes(&packed, data.at, data.len); // the statement is used again
	KS_TRY(ks_buf_error(&packed));
	KS_TRY(names_of_base(store, base, &own, &like));
	return unpack(store, like, ks_bytes_of(&packed), out);
}

static struct ks_error *get(struct ks_store *store, int64_t segment, bool is_base,
			    struct ks_buf *out, bool *ret_found)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(get_statement(store, &stmt));
	sqlite3_bind_int64(stmt, 1, segment);
	KS_TRY(ks_sql_row(store, stmt, ret_found));
	return *ret_found ? get_row(store, stmt, is_base, out) : NULL;
}

struct ks_error *ks_segment_names_get(struct ks_store *store, int64_t segment, struct ks_buf *out,
				      bool *ret_found)
{
	return get(store, segment, false, out, ret_found);
}

struct ks_error *ks_rows_names(struct ks_store *store, int64_t segment, struct ks_buf *out)
{
	bool found;
	KS_TRY(get(store, segment, false, out, &found));
	return found ? NULL : ks_store_damaged("names of an image are missing");
}

struct ks_error *ks_segment_names_base(struct ks_store *store, int64_t segment, int64_t *ret)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(get_statement(store, &stmt));
	sqlite3_bind_int64(stmt, 1, segment);
	bool row;
	KS_TRY(ks_sql_row(store, stmt, &row));
	*ret = row ? sqlite3_column_int64(stmt, 0) : 0;
	return NULL;
}

int64_t ks_segment_names_find(struct ks_bytes text, const char *name)
{
	size_t len = strlen(name) + 1;
	const char *at = text.at, *end = at + text.len, *hit = at;
	while ((hit = memmem(hit, (size_t)(end - hit), name, len)) && hit != at && hit[-1])
		hit++;
	if (!hit)
		return -1;
	int64_t nr = 0;
	for (const char *p = at; p < hit; p++)
		nr += !*p;
	return nr;
}
