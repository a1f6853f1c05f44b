/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/format.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "store/pages.h"
#include "store/schema.h"

/* ---- bounds ---- */

/** Steps of SQLite's machine: a row takes some ten, and at least as many bytes. */
enum { STEPS_A_TICK = 1 << 20, STEPS_A_BYTE = 16, TICKS_AT_LEAST = 16 };

/** How many ticks one step of a statement may take: what every byte of the store explains many times over. */
static uint64_t most_ticks(const struct ks_store *store)
{
	struct stat st;
	if (store->pages)
		return TICKS_AT_LEAST + ks_pages_size(store->pages) / STEPS_A_TICK * STEPS_A_BYTE;
	uint64_t bytes = stat(store->path, &st) == 0 ? (uint64_t)st.st_size : 0;
	_cleanup_buf_ struct ks_buf wal = { 0 };
	ks_buf_printf(&wal, "%s-wal", store->path);
	const char *path = ks_buf_text(&wal);
	if (path && stat(path, &st) == 0)
		bytes += (uint64_t)st.st_size;
	return TICKS_AT_LEAST + bytes / STEPS_A_TICK * STEPS_A_BYTE;
}

static int tick(void *arg)
{
	struct ks_store *store = arg;
	store->ticks++;
	return store->ticks > TICKS_AT_LEAST && store->ticks > most_ticks(store);
}

struct ks_error *ks_format_guard(struct ks_store *store)
{
	static const struct {
		int which, most;
	} limits[] = {
		{ SQLITE_LIMIT_LENGTH, 256 << 20 },   // the names of all symbols are some MiB
		{ SQLITE_LIMIT_SQL_LENGTH, 1 << 16 }, //
		{ SQLITE_LIMIT_COLUMN, 64 },	      //
		{ SQLITE_LIMIT_EXPR_DEPTH, 100 },     //
		{ SQLITE_LIMIT_COMPOUND_SELECT, 10 }, //
		{ SQLITE_LIMIT_ATTACHED, 0 },	      //
		{ SQLITE_LIMIT_TRIGGER_DEPTH, 1 },    //
		{ SQLITE_LIMIT_WORKER_THREADS, 0 },
	};
	static const struct {
		int which, on;
	} configs[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },      { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 }, { SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 },	       { SQLITE_DBCONFIG_DQS_DML, 0 },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(limits); i++)
		sqlite3_limit(store->db, limits[i].which, limits[i].most);
	for (size_t i = 0; i < KS_ARRAY_LEN(configs); i++)
		if (sqlite3_db_config(store->db, configs[i].which, configs[i].on, NULL) !=
		    SQLITE_OK)
			return ks_sql_error(store, "open the store");
	sqlite3_progress_handler(store->db, STEPS_A_TICK, tick, store);
	return NULL;
}

/* ---- is it a store ---- */

/** One number that a PRAGMA or SELECT gives. */
static struct ks_error *query_number(struct ks_store *store, const char *text, int64_t *ret)
{
	sqlite3_stmt *stmt = NULL;
	store->ticks = 0;
	if (sqlite3_prepare_v2(store->db, text, -1, &stmt, NULL) != SQLITE_OK)
		return ks_sql_error(store, "open the store");
	int code = sqlite3_step(stmt);
	*ret = code == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
	struct ks_error *err = code == SQLITE_ROW ? NULL : ks_sql_error(store, "open the store");
	sqlite3_finalize(stmt);
	return err;
}

/** What a file has that a store has not, in words that are ours. */
static struct ks_error *refuse(const char *type, const char *name, const char *sql)
{
	static const char *const types[] = { "trigger", "view", "index", "table" };
	const char *what = "thing", *known = NULL;
	for (size_t i = 0; type && i < KS_ARRAY_LEN(types); i++)
		what = strcmp(type, types[i]) == 0 ? types[i] : what;
	if (sql && strncasecmp(sql, "CREATE VIRTUAL", strlen("CREATE VIRTUAL")) == 0)
		what = "virtual table";
	for (size_t i = 0; name && i < ks_schema_nr(); i++)
		if (strcasecmp(name, ks_schema_at(i)->name) == 0)
			known = ks_schema_at(i)->name;
	if (known)
		return ks_error_new(KS_ERR_STORE,
				    "not as ksurf makes a store: '%s' is another %s there", known,
				    what);
	return ks_error_new(KS_ERR_STORE, "not as ksurf makes a store: it has one more %s", what);
}

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static struct ks_error *check_row(sqlite3_stmt *stmt, uint32_t *ways, uint64_t *seen)
{
	const char *text[4];
	for (int i = 0; i < 4; i++)
		text[i] = (const char *)sqlite3_column_text(stmt, i);
	for (size_t i = 0; i < ks_schema_nr(); i++) {
		const struct ks_schema_row *row = ks_schema_at(i);
		if (!(row->ways & *ways) || *seen >> i & 1 || !same(text[0], row->type) ||
		    !same(text[1], row->name) || !same(text[2], row->table) ||
		    !same(text[3], row->sql))
			continue;
		*ways &= row->ways;
		*seen |= (uint64_t)1 << i;
		return NULL;
	}
	return refuse(text[0], text[1], text[3]);
}

/** Every row that the schema has is one of ours, none is missing, and all are of one way to that version. */
static struct ks_error *check_rows(sqlite3_stmt *stmt, struct ks_store *store, int version)
{
	uint32_t ways =
		store->published ? ks_schema_catalogue_ways(version) : ks_schema_ways(version);
	uint64_t seen = 0;
	int code;
	while ((code = sqlite3_step(stmt)) == SQLITE_ROW)
		KS_TRY(check_row(stmt, &ways, &seen));
	if (code != SQLITE_DONE)
		return ks_sql_error(store, "open the store");
	for (int way = 0; ways >> way; way++) {
		uint64_t wanted = 0;
		for (size_t i = 0; i < ks_schema_nr(); i++)
			if (ks_schema_at(i)->ways >> way & 1)
				wanted |= (uint64_t)1 << i;
		if (ways >> way & 1 && seen == wanted)
			return NULL;
	}
	return ks_store_damaged("a table or view of it is missing");
}

static struct ks_error *check_schema(struct ks_store *store, int version)
{
	sqlite3_stmt *stmt = NULL;
	store->ticks = 0;
	if (sqlite3_prepare_v2(store->db, "SELECT type, name, tbl_name, sql FROM sqlite_schema", -1,
			       &stmt, NULL) != SQLITE_OK)
		return ks_sql_error(store, "open the store");
	struct ks_error *err = check_rows(stmt, store, version);
	sqlite3_finalize(stmt);
	return err;
}

struct ks_error *ks_format_check(struct ks_store *store, bool *ret_empty)
{
	int64_t application, version, tables;
	KS_TRY(query_number(store, "PRAGMA application_id", &application));
	KS_TRY(query_number(store, "PRAGMA schema_version", &store->schema_version));
	KS_TRY(query_number(store, "PRAGMA user_version", &version));
	KS_TRY(query_number(store, "SELECT count(*) FROM sqlite_schema", &tables));
	*ret_empty = application == 0 && version == 0 && tables == 0;
	if (*ret_empty)
		return NULL;
	store->published = application == KS_CATALOGUE_APPLICATION_ID;
	int newest = store->published ? KS_CATALOGUE_VERSION : KS_STORE_VERSION;
	if (application != KS_STORE_APPLICATION_ID && !store->published)
		return ks_error_new(KS_ERR_STORE,
				    "not a ksurf store (another program's SQLite file)");
	if (version < 1 || version > newest)
		return ks_error_new(KS_ERR_STORE,
				    "written by a newer ksurf (%s format %lld, this one "
				    "reads %d): update ksurf, or use another --db",
				    store->published ? "catalogue" : "store", (long long)version,
				    newest);
	return check_schema(store, (int)version);
}

struct ks_error *ks_format_check_again(struct ks_store *store)
{
	int64_t now;
	bool empty;
	KS_TRY(ks_sql_number(store, KS_SQL_SCHEMA_VERSION, &now));
	return now == store->schema_version ? NULL : ks_format_check(store, &empty);
}

/* ---- making one ---- */

struct ks_error *ks_format_make(struct ks_store *store)
{
	char pragmas[128];
	snprintf(pragmas, sizeof(pragmas), "PRAGMA application_id = %d; PRAGMA user_version = %d;",
		 KS_STORE_APPLICATION_ID, KS_STORE_VERSION);
	KS_TRY(ks_sql_script(store, pragmas));
	for (size_t i = 0; i < ks_schema_nr(); i++)
		if (ks_schema_new(ks_schema_at(i)))
			KS_TRY(ks_sql_script(store, ks_schema_at(i)->sql));
	return ks_sql_script(store, ks_schema_counters);
}

/** Versions 1 and 2 keep all 16 bytes of a hash. */
static struct ks_error *shorten_hashes(struct ks_store *store)
{
	enum { OLD_BYTES = 16 };
	_cleanup_reset_ sqlite3_stmt *packs = NULL, *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_PACKS, &packs));
	KS_TRY(ks_sql_get(store, KS_SQL_PACK_REPLACE, &stmt));
	sqlite3_bind_int64(packs, 1, 1);
	for (;;) {
		bool row;
		KS_TRY(ks_sql_row(store, packs, &row));
		if (!row)
			return NULL;
		struct ks_bytes old = ks_sql_bytes(packs, 1);
		_cleanup_buf_ struct ks_buf now = { 0 };
		if (old.len % OLD_BYTES)
			return ks_store_damaged("hashes of definitions are missing");
		for (size_t i = 0; i < old.len; i += OLD_BYTES)
			ks_buf_bytes(&now, (const char *)old.at + i, KS_HASH_BYTES);
		KS_TRY(ks_buf_error(&now));
		sqlite3_bind_int64(stmt, 1, sqlite3_column_int64(packs, 0));
		ks_sql_bind_bytes(stmt, 2, ks_bytes_of(&now));
		KS_TRY(ks_sql_run(store, stmt));
	}
}

static struct ks_error *renew_old(struct ks_store *store, int64_t version)
{
	if (version == 1)
		KS_TRY(ks_sql_script(store, ks_schema_1_to_2));
	KS_TRY(ks_sql_script(store, ks_schema_2_to_3));
	KS_TRY(shorten_hashes(store));
	return ks_sql_script(store, ks_schema_counters);
}

struct ks_error *ks_format_renew(struct ks_store *store)
{
	int64_t version, has_sets;
	KS_TRY(ks_sql_number(store, KS_SQL_VERSION, &version));
	KS_TRY(ks_sql_number(store, KS_SQL_HAS_SETS, &has_sets));
	if (version == 1 || version == 2)
		KS_TRY(renew_old(store, version));
	return version && !has_sets ? ks_sql_script(store, ks_schema_sets) : NULL;
}
