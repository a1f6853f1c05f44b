/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the files of the store share. */
#include <sqlite3.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/cursor.h"
#include "store/block.h"
#include "store/cache.h"
#include "store/hashes.h"
#include "store/part_bases.h"
#include "store/store.h"
#include "store/symbols.h"
#include "store/zstd.h"

/** Every statement that runs more than once per handle; the texts are in sql.c. */
enum ks_sql {
	KS_SQL_BEGIN_READ,
	KS_SQL_BEGIN_WRITE,
	KS_SQL_COMMIT,
	KS_SQL_ROLLBACK,
	KS_SQL_DATA_VERSION,
	KS_SQL_VERSION,
	KS_SQL_SCHEMA_VERSION,
	KS_SQL_COUNTER,
	KS_SQL_COUNTER_SET,
	KS_SQL_IMAGE_LAST,
	KS_SQL_COLUMNS_LAST,
	KS_SQL_IMAGES,
	KS_SQL_IMAGES_1,     // of a store of version 1
	KS_SQL_IMAGES_EARLY, // of one whose images know no sets
	KS_SQL_HAS_SETS,
	KS_SQL_IMAGE_SETS,
	KS_SQL_IMAGE_SET_SETS,
	KS_SQL_IMAGES_BY_BUILD_ID, // modules have none
	KS_SQL_IMAGE_BY_DIGEST,
	KS_SQL_IMAGE_BY_LABEL,
	KS_SQL_IMAGE_DIGEST,
	KS_SQL_IMAGE_KNOWN,
	KS_SQL_IMAGES_AT_HOME,
	KS_SQL_IMAGE_ADD,
	KS_SQL_IMAGE_SET_BASE,
	KS_SQL_ANCHORS, // of an image and its base
	KS_SQL_IMAGE_REMOVE,
	KS_SQL_IMAGE_RELABEL,
	KS_SQL_IMAGES_ON_BASE,
	KS_SQL_SETTING,
	KS_SQL_SETTINGS,
	KS_SQL_SETTING_SET,
	KS_SQL_SETTING_REMOVE,
	KS_SQL_LIST_SEEK,
	KS_SQL_LIST_OF_KIND,
	KS_SQL_LIST_COUNTED, // with how many names are in each
	KS_SQL_LIST_FROM,
	KS_SQL_LIST_OF_IMAGE,
	KS_SQL_LIST_ADD,
	KS_SQL_LIST_REMOVE,
	KS_SQL_LIST_OF_ROOTS,
	KS_SQL_COLUMNS,
	KS_SQL_COLUMNS_ADD,
	KS_SQL_COLUMNS_REPLACE,
	KS_SQL_COLUMNS_REMOVE,
	KS_SQL_SEGMENT,
	KS_SQL_SEGMENT_2, // of a store of version 1 or 2
	KS_SQL_SEGMENT_ADD,
	KS_SQL_SEGMENT_SWEEP,
	KS_SQL_PART,
	KS_SQL_PART_2, // of a store of version 1 or 2
	KS_SQL_PART_LINKS,
	KS_SQL_PART_ADD,
	KS_SQL_PART_REPLACE,
	KS_SQL_PART_REMOVE,
	KS_SQL_PART_REMOVE_ONE,
	KS_SQL_BLOCK,
	KS_SQL_BLOCKS,	      // of a store of any version
	KS_SQL_BLOCKS_DIFFER, // and whether they have differences
	KS_SQL_CATALOGUE_BLOCK,
	KS_SQL_CATALOGUE_BLOCKS,
	KS_SQL_CATALOGUE_HEAD,
	KS_SQL_ROOT,
	KS_SQL_CATALOGUE_NAMES,
	KS_SQL_CATALOGUE_WORD,
	KS_SQL_CATALOGUE_PLACE,
	KS_SQL_CATALOGUE_TRIGRAM,
	KS_SQL_CONTENT_SETTING,
	KS_SQL_CONTENT_HEAD,
	KS_SQL_CONTENT_NAMES,
	KS_SQL_CONTENT_BLOCK,
	KS_SQL_CONTENT_PLACE,
	KS_SQL_CONTENT_WORD,
	KS_SQL_CONTENT_TRIGRAM,
	KS_SQL_BLOCK_NEEDS,
	KS_SQL_BLOCK_ADD,
	KS_SQL_BLOCK_REMOVE,
	KS_SQL_PACKS,
	KS_SQL_PACK_ADD,
	KS_SQL_PACK_REPLACE,
	KS_NR_SQL,
};

struct ks_places;
/** Where the functions of a row of columns are (places.h). */
struct ks_places_kept {
	int64_t id;
	struct ks_places *places; // NULL: of none
};

/** Where a name was found in a segment. */
struct ks_searched {
	int64_t segment, at;
	struct ks_buf name; // and its NUL; empty: none was looked for
};

struct ks_store {
	sqlite3 *db;
	char *path;
	const struct ks_layout *layout; // how it is read
	bool published;			// it is a catalogue
	struct ks_catalogue *catalogue; // what is known of it; NULL until it is asked
	struct ks_pages *pages;		// where its pages come from; NULL: a file
	bool readonly;
	unsigned int wait;	   // for other processes, in seconds
	bool alone;		   // SQLite takes the file for one that nobody writes
	struct stat alone_since;   // that it was then
	bool writing;		   // a transaction that writes is open
	unsigned int nr_snapshots; // ks_store_snapshot_begin() without their ends
	uint64_t ticks;		   // of SQLite's machine since the last step
	int64_t schema_version;	   // when the format was last looked at
	sqlite3_stmt *statements[KS_NR_SQL];
	struct ks_zstd zstd;
	struct ks_blocks blocks;
	struct ks_hashes hashes; // of every definition; filled by the first put
	int64_t data_version;	 // of the store when hashes was right
	struct ks_buf scratch, like, row, made, moves;
	/** Names of segments, columns, definitions that were asked for; as old as kept_version says. */
	struct ks_cache kept_names, kept_columns, kept_defs;
	struct ks_cache kept_moves;	 // of addresses, by image
	struct ks_searched searched;	 // the last one
	struct ks_places_kept kept_base; // of the last row that had one
	struct ks_part_bases bases;	 // parts that others are differences to
	struct ks_buf symbol_names;	 // room for a table
	struct ks_symbols symbols;	 // names of symbol tables
	int64_t kept_version;
};

/* ---- sql.c ---- */

/** The error of the last failing call on the handle, in words that help. @param doing "read the store" */
struct ks_error *ks_sql_error(struct ks_store *store, const char *doing);
/** A statement ready to bind and step. Reset it when done, so that it holds no lock. */
KS_MUST_CHECK struct ks_error *ks_sql_get(struct ks_store *store, enum ks_sql which,
					  sqlite3_stmt **ret);
/** Run a statement that gives no row, and reset it. */
KS_MUST_CHECK struct ks_error *ks_sql_run(struct ks_store *store, sqlite3_stmt *stmt);
/** Get and run a statement without parameters. */
KS_MUST_CHECK struct ks_error *ks_sql_do(struct ks_store *store, enum ks_sql which);
/** The number that a statement without parameters gives; 0 when it gives none. */
KS_MUST_CHECK struct ks_error *ks_sql_number(struct ks_store *store, enum ks_sql which,
					     int64_t *ret);
/** Step: *ret says whether there is a row. Without one, or on failure, the statement is reset. */
KS_MUST_CHECK struct ks_error *ks_sql_row(struct ks_store *store, sqlite3_stmt *stmt, bool *ret);
/** The first row that a statement gives for a number, its one parameter. @param[out] ret_stmt to be reset */
KS_MUST_CHECK struct ks_error *ks_sql_find(struct ks_store *store, enum ks_sql which,
					   int64_t number, sqlite3_stmt **ret_stmt, bool *ret);
/** Run text of several statements. */
KS_MUST_CHECK struct ks_error *ks_sql_script(struct ks_store *store, const char *text);
/** Close statements and handle. */
void ks_sql_close(struct ks_store *store);

static inline struct ks_bytes ks_sql_bytes(sqlite3_stmt *stmt, int column)
{
	struct ks_bytes bytes = { .at = sqlite3_column_blob(stmt, column) };
	bytes.len = (size_t)sqlite3_column_bytes(stmt, column);
	return bytes;
}

static inline int ks_sql_bind_bytes(sqlite3_stmt *stmt, int parameter, struct ks_bytes bytes)
{
	return sqlite3_bind_blob64(stmt, parameter, bytes.len ? bytes.at : "", bytes.len,
				   SQLITE_STATIC);
}

/** NULL for 0: there is none. */
static inline int ks_sql_bind_id(sqlite3_stmt *stmt, int parameter, int64_t id)
{
	return id ? sqlite3_bind_int64(stmt, parameter, id) : sqlite3_bind_null(stmt, parameter);
}

static inline int ks_sql_bind_text(sqlite3_stmt *stmt, int parameter, const char *text)
{
	return text ? sqlite3_bind_text(stmt, parameter, text, -1, SQLITE_STATIC)
		    : sqlite3_bind_null(stmt, parameter);
}

/** Leaves the statement as it must be between uses, at the end of its scope. */
static inline void ks_sql_resetp(sqlite3_stmt **stmt)
{
	if (*stmt)
		sqlite3_reset(*stmt);
}
#define _cleanup_reset_ __attribute__((__cleanup__(ks_sql_resetp)))

struct ks_error *ks_store_damaged(const char *what);

/* ---- transaction.c ---- */

/** Forget what is kept: the store has changed. */
void ks_store_forget(struct ks_store *store);

/** Runs fn inside one read transaction: everything it sees belongs together. */
typedef struct ks_error *ks_store_job_fn(struct ks_store *store, void *arg);
KS_MUST_CHECK struct ks_error *ks_sql_read(struct ks_store *store, ks_store_job_fn *fn, void *arg);
/** The same for writing: commits when fn succeeds, else leaves the store as it was. Inside another one, a part of it. */
KS_MUST_CHECK struct ks_error *ks_sql_write(struct ks_store *store, ks_store_job_fn *fn, void *arg);

/* ---- counter.c ---- */

/** Numbers that only grow. */
enum ks_counter {
	KS_COUNTER_GENERATION, // goes up with every transaction that writes
	KS_COUNTER_IMAGE,      // the next id
	KS_COUNTER_COLUMNS,    //
};
/** @param[out] ret 0 when the store is of a version that does not count */
KS_MUST_CHECK struct ks_error *ks_counter_get(struct ks_store *store, enum ks_counter which,
					      int64_t *ret);
/** The next id of a table: no row ever had it. Inside a transaction that writes, which ends by ks_counter_set(). */
KS_MUST_CHECK struct ks_error *ks_counter_next(struct ks_store *store, enum ks_counter which,
					       int64_t *ret);
KS_MUST_CHECK struct ks_error *ks_counter_set(struct ks_store *store, enum ks_counter which,
					      int64_t value);

/* ---- the rest ---- */

/** What an image has sorted lists of: the kinds but fields, and variables. */
enum { KS_LIST_VARIABLES = KS_NR_KINDS, KS_NR_LISTS };
/** What a list is called on disk. */
static inline const char *ks_list_name(int list)
{
	return list == KS_LIST_VARIABLES ? "variable" : ks_kinds[list].name;
}

enum {
	KS_PART_DEPTH =
		4, // parts that one is made a difference to, at most: each is one to the next
	KS_PART_DEPTH_READ = 8, // that are read for one, at most: removing once made longer chains
};
/**
 * Raw bytes of a part, appended to out; nr = 0 and nothing appended when the image has none. What it is a difference to is
 * kept, within bounds (part_bases.h). @param name from ks_part_name()
 */
KS_MUST_CHECK struct ks_error *ks_part_load(struct ks_store *store, int64_t image, const char *name,
					    struct ks_buf *out, struct ks_part_row *ret);

/** Columns that the caller has unpacked already. */
struct ks_near {
	int64_t id;
	struct ks_bytes raw;
};
/** Raw ids of a columns row of a store, and its places as they are packed. @param[out] ret_base the row that the places are told by, or 0 */
KS_MUST_CHECK struct ks_error *ks_columns_frames(struct ks_store *store, int64_t id,
						 struct ks_buf *ids, struct ks_buf *places,
						 int64_t *ret_base);
