/* SPDX-License-Identifier: BSD-2-Clause */
/* The hash of what a catalogue says, whatever bytes that takes in its file: docs/catalogue.md. */
#include <endian.h>
#include <nettle/sha2.h>
#include <stdio.h>

#include "store/catalogue.h"

/** A table, in the order of its key: integers first, or a name, then what is said, packed or as it is. */
static const struct {
	const char *name;
	enum ks_sql rows;
	int nr_integers;
	bool named, packed;
} tables[] = {
	{ "setting", KS_SQL_CONTENT_SETTING, 0, true, false },
	{ "head", KS_SQL_CONTENT_HEAD, 0, true, true },
	{ "names", KS_SQL_CONTENT_NAMES, 1, false, true },
	{ "block", KS_SQL_CONTENT_BLOCK, 2, false, true },
	{ "place", KS_SQL_CONTENT_PLACE, 2, false, true },
	{ "word", KS_SQL_CONTENT_WORD, 2, false, true },
	{ "trigram", KS_SQL_CONTENT_TRIGRAM, 2, false, true },
};
enum { NR_TABLES = sizeof(tables) / sizeof(*tables) };

static void add_number(struct sha256_ctx *hash, uint64_t number)
{
	uint64_t bytes = htole64(number);
	sha256_update(hash, sizeof(bytes), (const uint8_t *)&bytes);
}

static void add_bytes(struct sha256_ctx *hash, struct ks_bytes bytes)
{
	add_number(hash, bytes.len);
	sha256_update(hash, bytes.len, bytes.len ? bytes.at : "");
}

static struct ks_error *add_row(struct ks_store *store, size_t table, sqlite3_stmt *stmt,
				struct ks_buf *raw, struct sha256_ctx *hash)
{
	int column = tables[table].nr_integers + tables[table].named;
	for (int i = 0; i < tables[table].nr_integers; i++)
		add_number(hash, (uint64_t)sqlite3_column_int64(stmt, i));
	if (tables[table].named)
		add_bytes(hash, ks_sql_bytes(stmt, 0));
	struct ks_bytes bytes = ks_sql_bytes(stmt, column);
	raw->len = 0;
	if (tables[table].packed) {
		KS_TRY(ks_zstd_unpack(&store->zstd, (struct ks_bytes){ 0 }, bytes, raw));
		bytes = ks_bytes_of(raw);
	}
	add_bytes(hash, bytes);
	return NULL;
}

static struct ks_error *add_table(struct ks_store *store, size_t table, struct sha256_ctx *hash)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	_cleanup_buf_ struct ks_buf raw = { 0 };
	uint64_t nr = 0;
	add_bytes(hash, (struct ks_bytes){ tables[table].name, strlen(tables[table].name) });
	KS_TRY(ks_sql_get(store, tables[table].rows, &stmt));
	for (;; nr++) {
		bool row;
		KS_TRY(ks_sql_row(store, stmt, &row));
		if (!row)
			break;
		KS_TRY(add_row(store, table, stmt, &raw, hash));
	}
	add_number(hash, nr);
	return NULL;
}

static struct ks_error *hash_all(struct ks_store *store, void *arg)
{
	struct sha256_ctx hash;
	uint8_t digest[SHA256_DIGEST_SIZE];
	char *hex = arg;
	sha256_init(&hash);
	for (size_t i = 0; i < NR_TABLES; i++)
		KS_TRY(add_table(store, i, &hash));
	sha256_digest(&hash, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	return NULL;
}

struct ks_error *ks_catalogue_content(struct ks_store *store, char hex[65])
{
	return ks_sql_read(store, hash_all, hex);
}

/** What the catalogue says that its hash is. */
static struct ks_error *read_said(struct ks_store *store, void *arg)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	struct ks_buf *said = arg;
	int64_t version;
	KS_TRY(ks_sql_number(store, KS_SQL_VERSION, &version));
	if (version == 1)
		return ks_error_new(KS_ERR_UNSUPPORTED,
				    "a catalogue of format 1, whose hash cannot be checked: "
				    "publish it anew");
	KS_TRY(ks_sql_get(store, KS_SQL_CATALOGUE_HEAD, &stmt));
	ks_sql_bind_text(stmt, 1, KS_CATALOGUE_HEAD_CONTENT);
	bool row;
	KS_TRY(ks_sql_row(store, stmt, &row));
	struct ks_bytes bytes = row ? ks_sql_bytes(stmt, 0) : (struct ks_bytes){ 0 };
	ks_buf_bytes(said, bytes.at, bytes.len);
	return ks_buf_error(said);
}

struct ks_error *ks_store_verify(struct ks_store *store, char hex[65])
{
	_cleanup_buf_ struct ks_buf said = { 0 };
	if (!store->published)
		return ks_error_in_file(ks_error_new(KS_ERR_UNSUPPORTED,
						     "a store, which has no hash: only a "
						     "catalogue says what it must hold"),
					store->path);
	KS_TRY(ks_sql_read(store, read_said, &said));
	KS_TRY(ks_catalogue_content(store, hex));
	if (said.len == 64 && memcmp(said.at, hex, 64) == 0)
		return NULL;
	return ks_error_in_file(
		ks_error_new(KS_ERR_STORE, "what it holds is not what its hash is of: it has been "
					   "changed, or came in pieces of several"),
		store->path);
}
