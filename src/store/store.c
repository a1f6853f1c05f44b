/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "store/private.h"
#include "store/schema.h"

enum { WAIT_S = 10, WAIT_MAX_S = 1 << 20, CACHE_KIB = 16 << 10 };

/** One number that a PRAGMA or SELECT gives. */
static struct ks_error *query_number(struct ks_store *store, const char *text, int64_t *ret)
{
	sqlite3_stmt *stmt = NULL;
	if (sqlite3_prepare_v2(store->db, text, -1, &stmt, NULL) != SQLITE_OK)
		return ks_sql_error(store, "open the store");
	int code = sqlite3_step(stmt);
	*ret = code == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
	struct ks_error *err = code == SQLITE_ROW ? NULL : ks_sql_error(store, "open the store");
	sqlite3_finalize(stmt);
	return err;
}

/** @param ret_empty whether nothing at all is in the file yet */
static struct ks_error *check_format(struct ks_store *store, bool *ret_empty)
{
	int64_t application, version, tables, code = 0;
	KS_TRY(query_number(store, "PRAGMA application_id", &application));
	KS_TRY(query_number(store, "PRAGMA user_version", &version));
	KS_TRY(query_number(store, "SELECT count(*) FROM sqlite_schema", &tables));
	*ret_empty = application == 0 && version == 0 && tables == 0;
	if (*ret_empty)
		return NULL;
	if (application != KS_STORE_APPLICATION_ID)
		return ks_error_new(KS_ERR_STORE,
				    "not a ksurf store (another program's SQLite file)");
	if (version < 1 || version > KS_STORE_VERSION)
		return ks_error_new(KS_ERR_STORE,
				    "written by a newer ksurf (store format %lld, this one "
				    "reads %d): update ksurf, or use another --db",
				    (long long)version, KS_STORE_VERSION);
	// a table of ours that is really a query could keep us busy for ever
	KS_TRY(query_number(store,
			    "SELECT count(*) FROM sqlite_schema WHERE type = 'view' AND"
			    " lower(name) IN ('image', 'setting', 'segment',"
			    " 'columns', 'list', 'part', 'block', 'pack')",
			    &code));
	return code ? ks_store_damaged("one of its tables is a view") : NULL;
}

/** The schema, in one transaction: two processes that start at once both end up with the same store. */
static struct ks_error *set_up(struct ks_store *store, void *arg)
{
	(void)arg;
	bool empty;
	KS_TRY(check_format(store, &empty));
	if (!empty)
		return NULL;
	char pragmas[128];
	snprintf(pragmas, sizeof(pragmas), "PRAGMA application_id = %d; PRAGMA user_version = %d;",
		 KS_STORE_APPLICATION_ID, KS_STORE_VERSION);
	KS_TRY(ks_sql_script(store, pragmas));
	return ks_sql_script(store, ks_store_schema);
}

static struct ks_error *open_handle(struct ks_store *store, const char *name, int flags)
{
	int code = sqlite3_open_v2(name, &store->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
	if (!store->db)
		return &ks_nomem;
	if (code != SQLITE_OK)
		return ks_sql_error(store, "open the store");
	sqlite3_extended_result_codes(store->db, 1);
	sqlite3_busy_timeout(store->db, (int)(store->wait * 1000));
	char pragmas[128];
	snprintf(pragmas, sizeof(pragmas),
		 "PRAGMA cache_size = -%d; PRAGMA synchronous = NORMAL; PRAGMA trusted_schema = 0;",
		 CACHE_KIB);
	return ks_sql_script(store, pragmas);
}

/**
 * A store on read-only storage: SQLite cannot make the files beside it that readers share with a writer.
 * Without leftovers of a writer the file alone is the whole truth and can be read as it is.
 */
static struct ks_error *open_immutable(struct ks_store *store)
{
	_cleanup_buf_ struct ks_buf name = { 0 };
	struct stat st;
	ks_buf_printf(&name, "%s-wal", store->path);
	const char *wal = ks_buf_text(&name);
	if (!wal)
		return &ks_nomem;
	if (stat(wal, &st) == 0 && st.st_size > 0)
		return ks_error_new(KS_ERR_IO,
				    "the folder cannot be written and a writer has left %s", wal);
	name.len = 0;
	ks_buf_str(&name, "file:");
	for (const char *p = store->path; *p; p++)
		if (*p == '%' || *p == '?' || *p == '#')
			ks_buf_printf(&name, "%%%02x", *p);
		else
			ks_buf_char(&name, *p);
	ks_buf_str(&name, "?immutable=1");
	const char *uri = ks_buf_text(&name);
	if (!uri)
		return &ks_nomem;
	return open_handle(store, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
}

static struct ks_error *open_for_reading(struct ks_store *store)
{
	bool empty = false;
	struct ks_error *err = open_handle(store, store->path, SQLITE_OPEN_READONLY);
	if (!err)
		err = check_format(store, &empty);
	int code = sqlite3_errcode(store->db);
	if (err && ((code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_READONLY)) {
		ks_error_free(err);
		ks_sql_close(store);
		KS_TRY(open_immutable(store));
		err = check_format(store, &empty);
	}
	if (!err && empty)
		err = ks_error_new(KS_ERR_STORE, "the file is empty: no store has been made in it");
	return err;
}

static struct ks_error *open_for_writing(struct ks_store *store, bool create)
{
	bool empty;
	KS_TRY(open_handle(store, store->path,
			   SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0)));
	KS_TRY(check_format(store, &empty));
	if (empty && !create)
		return ks_error_new(KS_ERR_STORE,
				    "the file is empty: no store has been made in it");
	if (empty) {
		char pragma[64];
		snprintf(pragma, sizeof(pragma), "PRAGMA page_size = %d;", KS_STORE_PAGE_SIZE);
		KS_TRY(ks_sql_script(store, pragma));
		KS_TRY(ks_sql_script(store, "PRAGMA journal_mode = WAL;"));
		KS_TRY(ks_sql_write(store, set_up, NULL));
	}
	// A checkpoint copies what was written once more: not in the middle of adding many images.
	return ks_sql_script(store, "PRAGMA wal_autocheckpoint = 8192;");
}

struct ks_error *ks_store_open(const char *path, enum ks_store_mode mode, struct ks_store **ret)
{
	return ks_store_open_waiting(path, mode, 0, ret);
}

struct ks_error *ks_store_open_waiting(const char *path, enum ks_store_mode mode,
				       unsigned int seconds, struct ks_store **ret)
{
	struct stat st;
	if (mode != KS_STORE_CREATE && stat(path, &st) != 0)
		return ks_error_new(errno == ENOENT ? KS_ERR_NOTFOUND : KS_ERR_IO,
				    "%s: cannot open the store: %m", path);
	_cleanup_store_ struct ks_store *store = calloc(1, sizeof(*store));
	if (!store)
		return &ks_nomem;
	store->readonly = mode == KS_STORE_READ;
	store->wait = !seconds ? WAIT_S : seconds < WAIT_MAX_S ? seconds : WAIT_MAX_S;
	store->path = strdup(path);
	if (!store->path)
		return &ks_nomem;
	struct ks_error *err = store->readonly ? open_for_reading(store)
					       : open_for_writing(store, mode == KS_STORE_CREATE);
	if (err)
		return ks_error_in_file(err, path);
	*ret = ks_take(store);
	return NULL;
}

unsigned int ks_store_wait(const struct ks_store *store)
{
	return store->wait;
}

const char *ks_store_path(const struct ks_store *store)
{
	return store->path;
}

void ks_store_forget(struct ks_store *store)
{
	ks_cache_clear(&store->kept_names);
	ks_cache_clear(&store->kept_columns);
	ks_cache_clear(&store->kept_defs);
	ks_cache_clear(&store->kept_symbols);
}

void ks_store_close(struct ks_store *store)
{
	if (!store)
		return;
	ks_sql_close(store);
	ks_blocks_deinit(&store->blocks);
	ks_hashes_deinit(&store->hashes);
	ks_zstd_deinit(&store->zstd);
	ks_buf_deinit(&store->scratch);
	ks_buf_deinit(&store->like);
	ks_buf_deinit(&store->row);
	ks_store_forget(store);
	free(store->path);
	free(store);
}
