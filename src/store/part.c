/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading what lies in compressed rows: the parts of an image and the columns of a segment. */
#include "store/layout.h"

/** Versions 1 and 2 have one base for all parts of an image. */
static struct ks_error *get_statement(struct ks_store *store, sqlite3_stmt **ret)
{
	int64_t version;
	KS_TRY(ks_sql_number(store, KS_SQL_VERSION, &version));
	return ks_sql_get(store, version < 3 ? KS_SQL_PART_2 : KS_SQL_PART, ret);
}

static struct ks_error *too_deep(void)
{
	return ks_store_damaged("part of an image is a difference to too many");
}

static struct ks_error *load_part(struct ks_store *store, int64_t image, const char *name,
				  unsigned int above, struct ks_buf *out, struct ks_part_row *ret);

/** The raw bytes of a part that another is a difference to: they stay until the next is loaded, or in own. */
static struct ks_error *load_base(struct ks_store *store, int64_t image, const char *name,
				  unsigned int above, struct ks_buf *own, struct ks_bytes *ret,
				  struct ks_part_row *row)
{
	const struct ks_part_base *kept = ks_part_bases_get(&store->bases, image, name);
	if (!kept) {
		KS_TRY(load_part(store, image, name, above, own, row));
		*ret = ks_bytes_of(own);
		if (ks_part_bases_put(&store->bases, image, name, row, own))
			*own = (struct ks_buf){ 0 }; // it is there now
		return NULL;
	}
	if (above + kept->row.depth > KS_PART_DEPTH_READ)
		return too_deep();
	*row = kept->row;
	*ret = ks_bytes_of(&kept->raw);
	return NULL;
}

static struct ks_error *load_part(struct ks_store *store, int64_t image, const char *name,
				  unsigned int above, struct ks_buf *out, struct ks_part_row *ret)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(get_statement(store, &stmt));
	sqlite3_bind_int64(stmt, 1, image);
	ks_sql_bind_text(stmt, 2, name);
	bool row;
	KS_TRY(ks_sql_row(store, stmt, &row));
	*ret = (struct ks_part_row){ 0 };
	if (!row)
		return NULL;
	ret->nr = (uint64_t)sqlite3_column_int64(stmt, 0);
	struct ks_bytes data = ks_sql_bytes(stmt, 1), like;
	ret->base = sqlite3_column_int64(stmt, 2);
	if (!ret->base)
		return ks_zstd_unpack(&store->zstd, (struct ks_bytes){ 0 }, data, out);
	if (above == KS_PART_DEPTH_READ)
		return too_deep();
	_cleanup_buf_ struct ks_buf packed = { 0 }, own = { 0 };
	struct ks_part_row of_base;
	ks_buf_bytes(&packed, data.at, data.len); // the statement is used again
	KS_TRY(ks_buf_error(&packed));
	KS_TRY(load_base(store, ret->base, name, above + 1, &own, &like, &of_base));
	ret->depth = of_base.depth + 1;
	return ks_zstd_unpack(&store->zstd, like, ks_bytes_of(&packed), out);
}

struct ks_error *ks_part_load(struct ks_store *store, int64_t image, const char *name,
			      struct ks_buf *out, struct ks_part_row *ret)
{
	return load_part(store, image, name, 0, out, ret);
}

/** The packed row, copied: the statement is used again. */
static struct ks_error *read_row(struct ks_store *store, int64_t id, int64_t *ret_base,
				 struct ks_buf *packed)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	bool row;
	KS_TRY(ks_sql_find(store, KS_SQL_COLUMNS, id, &stmt, &row));
	if (!row)
		return ks_store_damaged("facts of an image are missing");
	*ret_base = sqlite3_column_int64(stmt, 0);
	packed->len = 0;
	ks_buf_bytes(packed, sqlite3_column_blob(stmt, 1), (size_t)sqlite3_column_bytes(stmt, 1));
	return ks_buf_error(packed);
}

/** The ids of a base. @param own holds them when they had to be unpacked */
static struct ks_error *ids_of_base(struct ks_store *store, int64_t id, const struct ks_near *near,
				    struct ks_buf *own, struct ks_bytes *ret)
{
	struct ks_bytes first, rest;
	int64_t base;
	if (near && id == near->id && near->raw.len) {
		*ret = near->raw;
		return NULL;
	}
	if (ks_cache_get(&store->kept_columns, id, ret))
		return NULL;
	_cleanup_buf_ struct ks_buf packed = { 0 };
	KS_TRY(read_row(store, id, &base, &packed));
	if (base)
		return ks_store_damaged("a base is itself based on another");
	KS_TRY(ks_zstd_split(ks_bytes_of(&packed), &first, &rest));
	own->len = 0;
	KS_TRY(ks_zstd_unpack(&store->zstd, (struct ks_bytes){ 0 }, first, own));
	*ret = ks_bytes_of(own);
	ks_cache_put(&store->kept_columns, id, *ret); // neighbours in a history have the same base
	return NULL;
}

/** @param first their frame */
static struct ks_error *unpack_ids(struct ks_store *store, int64_t id, int64_t base,
				   struct ks_bytes first, const struct ks_near *near,
				   struct ks_buf *ids)
{
	struct ks_bytes like = { 0 };
	if (ks_cache_get(&store->kept_columns, id, &like)) {
		ks_buf_bytes(ids, like.at, like.len);
		return ks_buf_error(ids);
	}
	if (base)
		KS_TRY(ids_of_base(store, base, near, &store->like, &like));
	return ks_zstd_unpack(&store->zstd, like, first, ids);
}

/** @param[out] places as they are packed; NULL: they are not wanted */
static struct ks_error *load_columns(struct ks_store *store, int64_t id, const struct ks_near *near,
				     struct ks_buf *ids, struct ks_buf *places, int64_t *ret_base)
{
	struct ks_bytes first, rest;
	KS_TRY(read_row(store, id, ret_base, &store->scratch));
	KS_TRY(ks_zstd_split(ks_bytes_of(&store->scratch), &first, &rest));
	KS_TRY(unpack_ids(store, id, *ret_base, first, near, ids));
	if (places)
		ks_buf_bytes(places, rest.at, rest.len);
	return places ? ks_buf_error(places) : NULL;
}

struct ks_error *ks_rows_columns(struct ks_store *store, int64_t id, const struct ks_near *near,
				 struct ks_buf *out)
{
	int64_t base;
	return load_columns(store, id, near, out, NULL, &base);
}

struct ks_error *ks_columns_frames(struct ks_store *store, int64_t id, struct ks_buf *ids,
				   struct ks_buf *places, int64_t *ret_base)
{
	return load_columns(store, id, NULL, ids, places, ret_base);
}
