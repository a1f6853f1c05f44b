/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows of a catalogue on their way into the file. */
#include "store/write/publish.h"

struct ks_error *ks_publish_error(struct ks_publish *publish)
{
	int code = sqlite3_errcode(publish->db) & 0xff;
	if (code == SQLITE_NOMEM)
		return &ks_nomem;
	return ks_error_new(KS_ERR_IO, "cannot write the catalogue %s: %s", publish->out,
			    code == SQLITE_FULL ? "the disk is full" : sqlite3_errmsg(publish->db));
}

struct ks_error *ks_publish_row(struct ks_publish *publish, sqlite3_stmt *stmt,
				const int64_t *values, size_t nr_values, struct ks_bytes raw)
{
	_cleanup_buf_ struct ks_buf packed = { 0 };
	KS_TRY(ks_zstd_pack(&publish->zstd, (struct ks_bytes){ 0 }, raw, &packed));
	for (size_t i = 0; i < nr_values; i++)
		sqlite3_bind_int64(stmt, (int)i + 1, values[i]);
	ks_sql_bind_bytes(stmt, (int)nr_values + 1, ks_bytes_of(&packed));
	int code = sqlite3_step(stmt);
	sqlite3_reset(stmt);
	return code == SQLITE_DONE ? NULL : ks_publish_error(publish);
}

struct ks_error *ks_publish_named(struct ks_publish *publish, const char *text, const char *name,
				  struct ks_bytes value)
{
	sqlite3_stmt *stmt = NULL;
	if (sqlite3_prepare_v2(publish->db, text, -1, &stmt, NULL) != SQLITE_OK)
		return ks_publish_error(publish);
	sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
	ks_sql_bind_bytes(stmt, 2, value);
	int code = sqlite3_step(stmt);
	struct ks_error *err = code == SQLITE_DONE ? NULL : ks_publish_error(publish);
	sqlite3_finalize(stmt);
	return err;
}

struct ks_error *ks_publish_head(struct ks_publish *publish, const char *name, struct ks_bytes raw)
{
	_cleanup_buf_ struct ks_buf packed = { 0 };
	KS_TRY(ks_zstd_pack(&publish->zstd, (struct ks_bytes){ 0 }, raw, &packed));
	return ks_publish_named(publish, "INSERT INTO head VALUES(?, ?)", name,
				ks_bytes_of(&packed));
}
