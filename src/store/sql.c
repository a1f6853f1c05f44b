/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/array.h"
#include "store/pages.h"
#include "store/private.h"

#define IMAGE_TEXTS                                                                                \
	"label, digest, release, version, arch, flavor, revision, distribution, package,"          \
	" package_version, build_id, compiler, banner"

static const char *const texts[KS_NR_SQL] = {
	[KS_SQL_BEGIN_READ] = "BEGIN",
	[KS_SQL_BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[KS_SQL_COMMIT] = "COMMIT",
	[KS_SQL_ROLLBACK] = "ROLLBACK",
	[KS_SQL_DATA_VERSION] = "PRAGMA data_version",
	[KS_SQL_VERSION] = "PRAGMA user_version",
	[KS_SQL_SCHEMA_VERSION] = "PRAGMA schema_version",
	[KS_SQL_COUNTER] = "SELECT value FROM counter WHERE name = ?",
	[KS_SQL_COUNTER_SET] = "UPDATE counter SET value = ?2 WHERE name = ?1",
	[KS_SQL_IMAGE_LAST] = "SELECT max(id) FROM image",
	[KS_SQL_COLUMNS_LAST] = "SELECT max(id) FROM columns",
	[KS_SQL_IMAGES] =
		"SELECT " IMAGE_TEXTS ", home, sets, id, tier, elf_class, big_endian, known,"
		" symtab_known, anchor, base, facts, modules FROM image",
	[KS_SQL_IMAGES_EARLY] =
		"SELECT " IMAGE_TEXTS ", home, NULL, id, tier, elf_class, big_endian, known,"
		" symtab_known, anchor, base, facts, modules FROM image",
	[KS_SQL_HAS_SETS] = "SELECT count(*) FROM pragma_table_info('image') WHERE name = 'sets'",
	[KS_SQL_IMAGE_SETS] = "SELECT sets FROM image WHERE id = ?",
	[KS_SQL_IMAGE_SET_SETS] = "UPDATE image SET sets = ?2 WHERE id = ?1",
	[KS_SQL_IMAGES_1] =
		"SELECT " IMAGE_TEXTS ", NULL, NULL, id, tier, elf_class, big_endian, known,"
		" symtab_known, anchor, base,"
		" CASE WHEN tier IN ('full', 'imported') THEN 'inline' END FROM image",
	[KS_SQL_IMAGES_BY_BUILD_ID] = "SELECT label, digest, id, tier FROM image"
				      " WHERE build_id = ? ORDER BY id",
	[KS_SQL_IMAGE_BY_DIGEST] = "SELECT label, digest, id, tier FROM image WHERE digest = ?1"
				   " AND (?2 IS NULL OR build_id IS NULL)",
	[KS_SQL_IMAGE_BY_LABEL] = "SELECT id, base FROM image WHERE label = ?",
	[KS_SQL_IMAGE_DIGEST] = "SELECT digest FROM image WHERE id = ?",
	[KS_SQL_IMAGE_KNOWN] = "SELECT known FROM image WHERE label = ?",
	[KS_SQL_IMAGES_AT_HOME] = "SELECT id FROM image WHERE home = ? ORDER BY id",
	[KS_SQL_IMAGE_ADD] =
		"INSERT INTO image(" IMAGE_TEXTS ", home, sets, id, tier, elf_class, big_endian,"
		" known, symtab_known, anchor, facts, modules)"
		" VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[KS_SQL_IMAGE_SET_BASE] = "UPDATE image SET base = ?2 WHERE id = ?1",
	[KS_SQL_ANCHORS] = "SELECT i.anchor, b.anchor FROM image i LEFT JOIN image b"
			   " ON b.id = i.base WHERE i.id = ?",
	[KS_SQL_IMAGE_REMOVE] = "DELETE FROM image WHERE id = ?",
	[KS_SQL_IMAGE_RELABEL] = "UPDATE image SET label = ?2 WHERE id = ?1",
	[KS_SQL_IMAGES_ON_BASE] = "SELECT id FROM image WHERE base = ? ORDER BY id",
	[KS_SQL_SETTING] = "SELECT value FROM setting WHERE name = ?",
	[KS_SQL_SETTINGS] = "SELECT name, value FROM setting ORDER BY name",
	[KS_SQL_SETTING_SET] = "INSERT OR REPLACE INTO setting(name, value) VALUES(?, ?)",
	[KS_SQL_SETTING_REMOVE] = "DELETE FROM setting WHERE name = ?",
	[KS_SQL_LIST_SEEK] = "SELECT segment, columns FROM list WHERE image = ? AND kind = ? AND"
			     " first <= ? ORDER BY first DESC LIMIT 1",
	[KS_SQL_LIST_OF_KIND] = "SELECT segment, columns, first, 0 FROM list WHERE image = ? AND"
				" kind = ? ORDER BY first",
	[KS_SQL_LIST_COUNTED] =
		"SELECT l.segment, l.columns, l.first, s.nr FROM list l LEFT JOIN segment s"
		" ON s.id = l.segment WHERE l.image = ? AND l.kind = ? ORDER BY l.first",
	[KS_SQL_LIST_FROM] = "SELECT segment, columns, first, 0 FROM list WHERE image = ?1 AND"
			     " kind = ?2 AND first >= coalesce((SELECT max(first) FROM list WHERE"
			     " image = ?1 AND kind = ?2 AND first <= ?3), '') ORDER BY first",
	[KS_SQL_LIST_OF_IMAGE] = "SELECT kind, first, columns FROM list WHERE image = ?",
	[KS_SQL_LIST_ADD] = "INSERT INTO list(image, kind, first, segment, columns)"
			    " VALUES(?, ?, ?, ?, ?)",
	[KS_SQL_LIST_REMOVE] = "DELETE FROM list WHERE image = ?",
	[KS_SQL_LIST_OF_ROOTS] = "SELECT i.id, l.segment FROM image i JOIN list l ON l.image = i.id"
				 " WHERE i.base IS NULL AND (i.home IS NULL) = ? ORDER BY i.id",
	[KS_SQL_COLUMNS] = "SELECT base, data FROM columns WHERE id = ?",
	[KS_SQL_COLUMNS_ADD] = "INSERT INTO columns(base, data, id) VALUES(?, ?, ?)",
	[KS_SQL_COLUMNS_REPLACE] = "UPDATE columns SET base = ?2, data = ?3 WHERE id = ?1",
	[KS_SQL_COLUMNS_REMOVE] = "DELETE FROM columns WHERE id IN"
				  " (SELECT columns FROM list WHERE image = ?)",
	[KS_SQL_SEGMENT] = "SELECT base, names FROM segment WHERE id = ?",
	[KS_SQL_SEGMENT_2] = "SELECT NULL, names FROM segment WHERE id = ?",
	[KS_SQL_SEGMENT_ADD] = "INSERT INTO segment(id, nr, names, base) VALUES(?, ?, ?, ?)",
	[KS_SQL_SEGMENT_SWEEP] = "DELETE FROM segment WHERE id NOT IN (SELECT segment FROM list)"
				 " AND id NOT IN (SELECT base FROM segment WHERE base IS NOT NULL"
				 " AND id IN (SELECT segment FROM list))",
	[KS_SQL_PART] = "SELECT nr, data, base FROM part WHERE image = ? AND name = ?",
	[KS_SQL_PART_2] = "SELECT nr, data, (SELECT base FROM image WHERE id = ?1) FROM part"
			  " WHERE image = ?1 AND name = ?2",
	[KS_SQL_PART_LINKS] = "SELECT image, name, base FROM part WHERE base IS NOT NULL",
	[KS_SQL_PART_ADD] = "INSERT INTO part(image, name, nr, data, base) VALUES(?, ?, ?, ?, ?)",
	[KS_SQL_PART_REPLACE] =
		"UPDATE part SET data = ?3, base = ?4 WHERE image = ?1 AND name = ?2",
	[KS_SQL_PART_REMOVE_ONE] = "DELETE FROM part WHERE image = ? AND name = ?",
	[KS_SQL_PART_REMOVE] = "DELETE FROM part WHERE image = ?",
	[KS_SQL_BLOCK] = "SELECT first, nr, data FROM block WHERE first <= ?"
			 " ORDER BY first DESC LIMIT 1",
	[KS_SQL_BLOCKS] = "SELECT first, nr FROM block ORDER BY first",
	[KS_SQL_BLOCKS_DIFFER] = "SELECT first, nr, length(needs) > 0 FROM block ORDER BY first",
	[KS_SQL_CATALOGUE_BLOCK] = "SELECT last - nr + 1, nr, data FROM block WHERE last >= ?"
				   " ORDER BY last LIMIT 1",
	[KS_SQL_CATALOGUE_BLOCKS] = "SELECT last - nr + 1, nr, 1 FROM block ORDER BY last",
	[KS_SQL_CATALOGUE_HEAD] = "SELECT data FROM head WHERE name = ?",
	[KS_SQL_ROOT] = "SELECT rootpage FROM sqlite_schema WHERE name = ?",
	[KS_SQL_CATALOGUE_WORD] = "SELECT last - nr + 1, nr, data FROM word WHERE last >= ?"
				  " ORDER BY last LIMIT 1",
	[KS_SQL_CATALOGUE_NAMES] = "SELECT data FROM names WHERE id = ?",
	[KS_SQL_CATALOGUE_PLACE] = "SELECT last - nr + 1, nr, data FROM place WHERE last >= ?"
				   " ORDER BY last LIMIT 1",
	[KS_SQL_CATALOGUE_TRIGRAM] = "SELECT last - nr + 1, nr, data FROM trigram WHERE last >= ?"
				     " ORDER BY last LIMIT 1",
	[KS_SQL_CONTENT_SETTING] = "SELECT name, value FROM setting ORDER BY name",
	[KS_SQL_CONTENT_HEAD] = "SELECT name, data FROM head WHERE name <> 'content' ORDER BY name",
	[KS_SQL_CONTENT_NAMES] = "SELECT id, data FROM names ORDER BY id",
	[KS_SQL_CONTENT_BLOCK] = "SELECT last, nr, data FROM block ORDER BY last",
	[KS_SQL_CONTENT_PLACE] = "SELECT last, nr, data FROM place ORDER BY last",
	[KS_SQL_CONTENT_WORD] = "SELECT last, nr, data FROM word ORDER BY last",
	[KS_SQL_CONTENT_TRIGRAM] = "SELECT last, nr, data FROM trigram ORDER BY last",
	[KS_SQL_BLOCK_NEEDS] = "SELECT first, nr, needs FROM block ORDER BY first DESC",
	[KS_SQL_BLOCK_ADD] = "INSERT INTO block(first, nr, data, needs) VALUES(?, ?, ?, ?)",
	[KS_SQL_BLOCK_REMOVE] = "DELETE FROM block WHERE first = ?",
	[KS_SQL_PACKS] = "SELECT first, hashes FROM pack WHERE first >= ? ORDER BY first",
	[KS_SQL_PACK_ADD] = "INSERT INTO pack(first, hashes) VALUES(?, ?)",
	[KS_SQL_PACK_REPLACE] = "UPDATE pack SET hashes = ?2 WHERE first = ?1",
};

/** What SQLite's codes mean to the user; the primary code decides. */
static const struct {
	int code;
	enum ks_errcode err;
	const char *text;
} meanings[] = {
	{ SQLITE_FULL, KS_ERR_IO, "the disk is full; the store is unchanged" },
	{ SQLITE_IOERR, KS_ERR_IO, "reading or writing failed; the store is unchanged" },
	{ SQLITE_READONLY, KS_ERR_IO, "the file or its folder cannot be written" },
	{ SQLITE_CANTOPEN, KS_ERR_IO, "cannot open" },
	{ SQLITE_PERM, KS_ERR_IO, "permission denied" },
	{ SQLITE_BUSY, KS_ERR_STORE, "another process is writing the store; try again" },
	{ SQLITE_LOCKED, KS_ERR_STORE, "another process is writing the store; try again" },
	{ SQLITE_NOTADB, KS_ERR_STORE, "not a ksurf store (no SQLite file)" },
	{ SQLITE_CORRUPT, KS_ERR_STORE, "the store is damaged" },
	{ SQLITE_TOOBIG, KS_ERR_STORE, "the store is damaged" },
	{ SQLITE_INTERRUPT, KS_ERR_STORE,
	  "the store is damaged: it takes longer than its bytes explain" },
};

struct ks_error *ks_sql_error(struct ks_store *store, const char *doing)
{
	int code = sqlite3_errcode(store->db);
	if (code == SQLITE_NOMEM)
		return &ks_nomem;
	struct ks_error *err = store->pages ? ks_pages_error(store->pages) : NULL;
	if (err) // the server's, which says more
		return ks_error_in_file(err, store->path);
	for (size_t i = 0; i < KS_ARRAY_LEN(meanings); i++)
		if (meanings[i].code == (code & 0xff))
			return ks_error_in_file(ks_error_new(meanings[i].err, "cannot %s: %s (%s)",
							     doing, meanings[i].text,
							     sqlite3_errmsg(store->db)),
						store->path);
	return ks_error_in_file(
		ks_error_new(KS_ERR_STORE, "cannot %s: %s", doing, sqlite3_errmsg(store->db)),
		store->path);
}

struct ks_error *ks_store_damaged(const char *what)
{
	return ks_error_new(KS_ERR_STORE, "the store is damaged: %s", what);
}

struct ks_error *ks_sql_get(struct ks_store *store, enum ks_sql which, sqlite3_stmt **ret)
{
	sqlite3_stmt **slot = &store->statements[which];
	if (store->nr_snapshots && sqlite3_get_autocommit(store->db)) // an error has ended it
		return ks_error_new(KS_ERR_IO, "reading the store failed before");
	if (!*slot && sqlite3_prepare_v3(store->db, texts[which], -1, SQLITE_PREPARE_PERSISTENT,
					 slot, NULL) != SQLITE_OK)
		return ks_sql_error(store, "use the store");
	sqlite3_reset(*slot);
	*ret = *slot;
	return NULL;
}

/** Nothing locks a file that is read as one that nobody writes: what was read counts if it has not changed. */
static bool has_changed(const struct ks_store *store)
{
	const struct stat *then = &store->alone_since;
	struct stat now;
	return store->alone && (stat(store->path, &now) != 0 || now.st_dev != then->st_dev ||
				now.st_ino != then->st_ino || now.st_size != then->st_size ||
				now.st_mtim.tv_sec != then->st_mtim.tv_sec ||
				now.st_mtim.tv_nsec != then->st_mtim.tv_nsec);
}

struct ks_error *ks_sql_row(struct ks_store *store, sqlite3_stmt *stmt, bool *ret)
{
	store->ticks = 0;
	int code = sqlite3_step(stmt);
	bool changed = has_changed(store);
	*ret = code == SQLITE_ROW && !changed;
	if (*ret)
		return NULL;
	struct ks_error *err = NULL;
	if (changed)
		err = ks_error_new(KS_ERR_STORE, "written while it was read; try again");
	else if (code != SQLITE_DONE)
		err = ks_sql_error(store, store->readonly ? "read the store" : "use the store");
	sqlite3_reset(stmt);
	return err;
}

struct ks_error *ks_sql_run(struct ks_store *store, sqlite3_stmt *stmt)
{
	store->ticks = 0;
	int code = sqlite3_step(stmt);
	struct ks_error *err = NULL;
	if (code != SQLITE_DONE && code != SQLITE_ROW)
		err = ks_sql_error(store, "write the store");
	sqlite3_reset(stmt);
	return err;
}

struct ks_error *ks_sql_do(struct ks_store *store, enum ks_sql which)
{
	sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, which, &stmt));
	return ks_sql_run(store, stmt);
}

struct ks_error *ks_sql_find(struct ks_store *store, enum ks_sql which, int64_t number,
			     sqlite3_stmt **ret_stmt, bool *ret)
{
	KS_TRY(ks_sql_get(store, which, ret_stmt));
	sqlite3_bind_int64(*ret_stmt, 1, number);
	return ks_sql_row(store, *ret_stmt, ret);
}

struct ks_error *ks_sql_number(struct ks_store *store, enum ks_sql which, int64_t *ret)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, which, &stmt));
	bool row;
	KS_TRY(ks_sql_row(store, stmt, &row));
	*ret = row ? sqlite3_column_int64(stmt, 0) : 0;
	return NULL;
}

struct ks_error *ks_sql_script(struct ks_store *store, const char *text)
{
	store->ticks = 0;
	if (sqlite3_exec(store->db, text, NULL, NULL, NULL) != SQLITE_OK)
		return ks_sql_error(store, "use the store");
	return NULL;
}

void ks_sql_close(struct ks_store *store)
{
	for (size_t i = 0; i < KS_NR_SQL; i++)
		sqlite3_finalize(store->statements[i]);
	sqlite3_close(store->db);
	store->db = NULL;
}
