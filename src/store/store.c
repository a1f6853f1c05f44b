/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "store/catalogue.h"
#include "store/format.h"
#include "store/pages.h"
#include "store/schema.h"

enum { WAIT_S = 10, WAIT_MAX_S = 1 << 20, CACHE_KIB = 16 << 10 };

/** The schema, in one transaction: two processes that start at once both end up with the same store. */
static struct ks_error *set_up(struct ks_store *store, void *arg)
{
	(void)arg;
	bool empty;
	KS_TRY(ks_format_check(store, &empty));
	return empty ? ks_format_make(store) : NULL;
}

static struct ks_error *open_handle(struct ks_store *store, const char *name, int flags)
{
	const char *vfs = store->pages ? ks_pages_vfs(store->pages) : NULL;
	int code = sqlite3_open_v2(name, &store->db, flags | SQLITE_OPEN_NOMUTEX, vfs);
	if (!store->db)
		return &ks_nomem;
	if (code != SQLITE_OK)
		return ks_sql_error(store, "open the store");
	sqlite3_extended_result_codes(store->db, 1);
	sqlite3_busy_timeout(store->db, (int)(store->wait * 1000));
	KS_TRY(ks_format_guard(store));
	char pragmas[128];
	snprintf(pragmas, sizeof(pragmas), "PRAGMA cache_size = -%d; PRAGMA synchronous = NORMAL;",
		 CACHE_KIB);
	return ks_sql_script(store, pragmas);
}

/**
 * A store on read-only storage: SQLite cannot make the files beside it that readers share with a writer.
 * Without leftovers of a writer the file alone is the whole truth and can be read as it is, as long as nobody else,
 * who may, writes it.
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
	if (stat(store->path, &store->alone_since) != 0)
		return ks_error_new(KS_ERR_IO, "cannot open the store: %m");
	store->alone = true;
	return open_handle(store, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
}

/** Check the format in one look: another process may make the store, or bring it up to date. @param ret_code SQLite's */
static struct ks_error *look(struct ks_store *store, bool *ret_empty, int *ret_code)
{
	KS_TRY(ks_sql_script(store, "BEGIN"));
	struct ks_error *err = ks_format_check(store, ret_empty);
	*ret_code = sqlite3_errcode(store->db);
	sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL); // of nothing
	store->layout = store->published ? &ks_layout_catalogue : &ks_layout_store;
	return err;
}

static struct ks_error *open_for_reading(struct ks_store *store)
{
	bool empty = false;
	struct ks_error *err = open_handle(store, store->path, SQLITE_OPEN_READONLY);
	int code = sqlite3_errcode(store->db);
	if (!err)
		err = look(store, &empty, &code);
	if (err && ((code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_READONLY)) {
		ks_error_free(err);
		ks_sql_close(store);
		KS_TRY(open_immutable(store));
		err = look(store, &empty, &code);
	}
	if (!err && empty)
		err = ks_error_new(KS_ERR_STORE, "the file is empty: no store has been made in it");
	return err;
}

static struct ks_error *open_for_writing(struct ks_store *store, bool create)
{
	bool empty;
	int code;
	KS_TRY(open_handle(store, store->path,
			   SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0)));
	KS_TRY(look(store, &empty, &code));
	if (store->published)
		return ks_error_new(KS_ERR_STORE,
				    "a published catalogue, which is only read: write to a "
				    "store, and publish it anew");
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
	return ks_sql_script(store, "PRAGMA wal_autocheckpoint = 16384;");
}

/** Of a pipe that it opens for reading, SQLite waits for a writer. @param ending of what lies beside the store */
static struct ks_error *refuse_pipe(const char *path, const char *ending, bool must_be_there)
{
	struct stat st;
	char *name;
	if (asprintf(&name, "%s%s", path, ending) < 0)
		return &ks_nomem;
	struct ks_error *err = NULL;
	bool there = stat(name, &st) == 0;
	if (there && !S_ISREG(st.st_mode))
		err = ks_error_new(KS_ERR_STORE, "%s: not a file, as a store is", name);
	else if (!there && must_be_there)
		err = ks_error_new(errno == ENOENT ? KS_ERR_NOTFOUND : KS_ERR_IO,
				   "%s: cannot open the store: %m", name);
	free(name);
	return err;
}

struct ks_error *ks_store_open(const char *path, enum ks_store_mode mode, struct ks_store **ret)
{
	return ks_store_open_waiting(path, mode, 0, ret);
}

struct ks_error *ks_store_open_waiting(const char *path, enum ks_store_mode mode,
				       unsigned int seconds, struct ks_store **ret)
{
	KS_TRY(refuse_pipe(path, "", mode != KS_STORE_CREATE));
	KS_TRY(refuse_pipe(path, "-journal", false));
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

static struct ks_error *open_remote(struct ks_store *store, const struct ks_http_opts *http)
{
	bool empty;
	int code;
	KS_TRY(ks_pages_open(store->path, http, &store->pages));
	KS_TRY(open_handle(store, "file:catalogue?immutable=1",
			   SQLITE_OPEN_READONLY | SQLITE_OPEN_URI));
	KS_TRY(look(store, &empty, &code));
	if (store->published)
		return NULL;
	return ks_error_new(KS_ERR_STORE,
			    "%s: only a catalogue, as 'ksurf publish' makes it, is "
			    "read from a server",
			    empty ? "an empty file" : "a store");
}

struct ks_error *ks_store_open_remote(const char *url, const struct ks_http_opts *http,
				      struct ks_store **ret)
{
	_cleanup_store_ struct ks_store *store = calloc(1, sizeof(*store));
	if (!store)
		return &ks_nomem;
	store->readonly = true;
	store->wait = WAIT_S;
	store->path = strdup(url);
	if (!store->path)
		return &ks_nomem;
	KS_TRY(ks_error_in_file(open_remote(store, http), url));
	*ret = ks_take(store);
	return NULL;
}

unsigned int ks_store_wait(const struct ks_store *store)
{
	return store->wait;
}

bool ks_store_is_far(const struct ks_store *store)
{
	return store->pages;
}

const char *ks_store_path(const struct ks_store *store)
{
	return store->path;
}

void ks_store_close(struct ks_store *store)
{
	if (!store)
		return;
	ks_sql_close(store);
	ks_pages_close(store->pages);
	ks_blocks_deinit(&store->blocks);
	ks_hashes_deinit(&store->hashes);
	ks_zstd_deinit(&store->zstd);
	ks_buf_deinit(&store->scratch);
	ks_buf_deinit(&store->like);
	ks_buf_deinit(&store->row);
	ks_buf_deinit(&store->made);
	ks_buf_deinit(&store->moves);
	ks_store_forget(store);
	ks_catalogue_free(store->catalogue);
	free(store->path);
	free(store);
}
