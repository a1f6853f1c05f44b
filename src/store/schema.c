/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/schema.h"

#include <stddef.h>

/* ---- the texts, as SQLite keeps them ---- */

#define IMAGE_FIRST                                                                                \
	"CREATE TABLE image("                                                                      \
	" id INTEGER PRIMARY KEY,"                                                                 \
	" label TEXT NOT NULL UNIQUE,"                                                             \
	" digest TEXT UNIQUE,"                                                                     \
	" release TEXT, version TEXT, arch TEXT, flavor TEXT, revision TEXT,"                      \
	" distribution TEXT, package TEXT, package_version TEXT,"                                  \
	" build_id TEXT, compiler TEXT, banner TEXT,"                                              \
	" tier TEXT NOT NULL,"                                                                     \
	" elf_class INTEGER NOT NULL,"                                                             \
	" big_endian INTEGER NOT NULL,"                                                            \
	" known TEXT NOT NULL," /* kinds it can tell about, comma-separated */                     \
	" symtab_known INTEGER NOT NULL,"                                                          \
	" anchor INTEGER NOT NULL," /* address that the functions' addresses count from */         \
	" base INTEGER REFERENCES image(id)"
#define HOME "home TEXT"			     // digest of the kernel whose modules these are
#define MODULES "modules INTEGER NOT NULL DEFAULT 0" // how many, when these are modules
#define SETS "sets TEXT" // of kernels that it was had by, comma-separated
/** What else it can tell, comma-separated; version 1 had kernels with debug information only. */
#define OLD_FACTS "facts TEXT NOT NULL DEFAULT 'inline'"

#define IMAGE_1 IMAGE_FIRST ")"
#define IMAGE_2 IMAGE_FIRST ", facts TEXT NOT NULL, " HOME ", " MODULES ")"
#define IMAGE_FROM_1 IMAGE_FIRST ", " OLD_FACTS ", " HOME ", " MODULES ")"
#define IMAGE_3 IMAGE_FIRST ", facts TEXT NOT NULL, " HOME ", " MODULES ", " SETS ")"
#define IMAGE_3_FROM_1 IMAGE_FIRST ", " OLD_FACTS ", " HOME ", " MODULES ", " SETS ")"

/** For people; all but this one are as they always were. */
#define IMAGES_1                                                                                   \
	"CREATE VIEW images AS"                                                                    \
	" SELECT i.label, i.release, i.version, i.arch, i.flavor, i.revision, i.distribution,"     \
	" i.package, i.package_version, i.build_id, i.compiler, i.tier, b.label AS base"           \
	" FROM image i LEFT JOIN image b ON b.id = i.base"
#define IMAGES_2                                                                                   \
	"CREATE VIEW images AS"                                                                    \
	" SELECT i.label, i.release, i.version, i.arch, i.flavor, i.revision, i.distribution,"     \
	" i.package, i.package_version, i.build_id, i.compiler, i.tier, b.label AS base,"          \
	" h.label AS modules_of"                                                                   \
	" FROM image i LEFT JOIN image b ON b.id = i.base"                                         \
	" LEFT JOIN image h ON h.digest = i.home"

/** Numbers that only grow: how often the store has been written, and the next ids. */
#define COUNTER "CREATE TABLE counter(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID"

/** The blocks that differences of this one are made to. */
#define NEEDS "needs BLOB"
#define SEGMENT_BASE "base INTEGER"
#define PART_COLUMNS                                                                               \
	"CREATE TABLE part("                                                                       \
	" image INTEGER NOT NULL, name TEXT NOT NULL, nr INTEGER NOT NULL, data BLOB NOT NULL"
#define PART_BASE "base INTEGER"
#define PART_KEY ", UNIQUE(image, name))"

/* ---- which store has which ---- */

/** The ways in which a store has come to be. Before a release, some of version 3 were made whose images know no sets. */
enum {
	MADE_1,
	MADE_2,
	FROM_1_TO_2,
	MADE_3,
	FROM_1_TO_3,
	FROM_2_TO_3,
	EARLY_3,
	FROM_1_TO_EARLY_3,
	FROM_2_TO_EARLY_3,
	NR_WAYS,
	PUBLISHED_1 = NR_WAYS,
	PUBLISHED_2
};
static const int versions[NR_WAYS] = { 1, 2, 2, 3, 3, 3, 3, 3, 3 };

enum {
	EVERY = (1 << NR_WAYS) - 1,
	CATALOGUE_2 = 1 << PUBLISHED_2,
	CATALOGUE = 1 << PUBLISHED_1 | CATALOGUE_2,
	IN_1 = 1 << MADE_1,
	ONCE_1 = 1 << FROM_1_TO_2 | 1 << FROM_1_TO_3 | 1 << FROM_1_TO_EARLY_3,
	SINCE_2 = EVERY & ~IN_1,
	UP_TO_2 = 1 << MADE_1 | 1 << MADE_2 | 1 << FROM_1_TO_2,
	SINCE_3 = EVERY & ~UP_TO_2,
	HAVE_SETS = 1 << MADE_3 | 1 << FROM_1_TO_3 | 1 << FROM_2_TO_3,
};

static const struct ks_schema_row rows[] = {
	{ "table", "image", "image", IMAGE_1, IN_1 },
	{ "table", "image", "image", IMAGE_2, SINCE_2 & ~ONCE_1 & ~HAVE_SETS },
	{ "table", "image", "image", IMAGE_FROM_1, ONCE_1 & ~HAVE_SETS },
	{ "table", "image", "image", IMAGE_3, HAVE_SETS & ~ONCE_1 },
	{ "table", "image", "image", IMAGE_3_FROM_1, HAVE_SETS &ONCE_1 },
	{ "index", "sqlite_autoindex_image_1", "image", NULL, EVERY },
	{ "index", "sqlite_autoindex_image_2", "image", NULL, EVERY },
	{ "table", "setting", "setting",
	  "CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
	  EVERY | CATALOGUE },
	// A catalogue: what is read first, then what a look-up reads.
	{ "table", "head", "head",
	  "CREATE TABLE head(name TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID", CATALOGUE },
	{ "table", "names", "names",
	  "CREATE TABLE names(id INTEGER PRIMARY KEY, data BLOB NOT NULL)", CATALOGUE },
	{ "table", "block", "block",
	  "CREATE TABLE block(last INTEGER PRIMARY KEY, nr INTEGER NOT NULL, data BLOB NOT NULL)",
	  CATALOGUE },
	{ "table", "place", "place",
	  "CREATE TABLE place(last INTEGER PRIMARY KEY, nr INTEGER NOT NULL, data BLOB NOT NULL)",
	  CATALOGUE },
	{ "table", "word", "word",
	  "CREATE TABLE word(last INTEGER PRIMARY KEY, nr INTEGER NOT NULL, data BLOB NOT NULL)",
	  CATALOGUE },
	{ "table", "trigram", "trigram",
	  "CREATE TABLE trigram(last INTEGER PRIMARY KEY, nr INTEGER NOT NULL, data BLOB NOT NULL)",
	  CATALOGUE_2 },
	// Names in sorted runs, shared between images.
	{ "table", "segment", "segment",
	  "CREATE TABLE segment(id INTEGER PRIMARY KEY, nr INTEGER NOT NULL, names TEXT NOT NULL)",
	  UP_TO_2 },
	{ "table", "segment", "segment",
	  "CREATE TABLE segment(id INTEGER PRIMARY KEY, nr INTEGER NOT NULL, names TEXT NOT NULL,"
	  " " SEGMENT_BASE ")",
	  SINCE_3 },
	// What one image says of the names of a segment.
	{ "table", "columns", "columns",
	  "CREATE TABLE columns(id INTEGER PRIMARY KEY, base INTEGER, data BLOB NOT NULL)", EVERY },
	{ "table", "list", "list",
	  "CREATE TABLE list("
	  " image INTEGER NOT NULL, kind TEXT NOT NULL, first TEXT NOT NULL,"
	  " segment INTEGER NOT NULL, columns INTEGER NOT NULL,"
	  " PRIMARY KEY(image, kind, first)) WITHOUT ROWID",
	  EVERY },
	// What an image has besides its lists: orders, symbol table, configuration.
	{ "table", "part", "part", PART_COLUMNS PART_KEY, UP_TO_2 },
	{ "table", "part", "part", PART_COLUMNS ", " PART_BASE PART_KEY, SINCE_3 },
	{ "index", "sqlite_autoindex_part_1", "part", NULL, EVERY },
	// Definitions, and the hashes that tell which are there.
	{ "table", "block", "block",
	  "CREATE TABLE block(first INTEGER PRIMARY KEY, nr INTEGER NOT NULL, data BLOB NOT NULL)",
	  UP_TO_2 },
	{ "table", "block", "block",
	  "CREATE TABLE block(first INTEGER PRIMARY KEY, nr INTEGER NOT NULL, data BLOB NOT NULL,"
	  " " NEEDS ")",
	  SINCE_3 },
	{ "table", "pack", "pack",
	  "CREATE TABLE pack(first INTEGER PRIMARY KEY, hashes BLOB NOT NULL)", EVERY },
	{ "table", "counter", "counter", COUNTER, SINCE_3 },
	{ "view", "images", "images", IMAGES_1, IN_1 },
	{ "view", "images", "images", IMAGES_2, SINCE_2 },
	{ "view", "names", "names",
	  "CREATE VIEW names AS"
	  " SELECT i.label AS image, l.kind AS kind, j.value AS name"
	  " FROM image i JOIN list l ON l.image = i.id JOIN segment s ON s.id = l.segment,"
	  " json_each(s.names) j",
	  UP_TO_2 },
	{ "view", "counts", "counts",
	  "CREATE VIEW counts AS"
	  " SELECT i.label AS image, l.kind AS kind, sum(s.nr) AS names"
	  " FROM image i JOIN list l ON l.image = i.id JOIN segment s ON s.id = l.segment"
	  " GROUP BY i.id, l.kind",
	  EVERY },
	{ "view", "sizes", "sizes",
	  "CREATE VIEW sizes AS"
	  " SELECT i.label AS image, l.kind AS what, sum(length(c.data)) AS bytes"
	  " FROM image i JOIN list l ON l.image = i.id JOIN columns c ON c.id = l.columns"
	  " GROUP BY i.id, l.kind"
	  " UNION ALL SELECT i.label, p.name, length(p.data)"
	  " FROM image i JOIN part p ON p.image = i.id"
	  " UNION ALL SELECT NULL, 'definitions', sum(length(data)) FROM block"
	  " UNION ALL SELECT NULL, 'hashes', sum(length(hashes)) FROM pack"
	  " UNION ALL SELECT NULL, 'names', sum(length(names)) FROM segment",
	  EVERY },
};
enum { NR_ROWS = sizeof(rows) / sizeof(*rows) };

size_t ks_schema_nr(void)
{
	return NR_ROWS;
}

const struct ks_schema_row *ks_schema_at(size_t i)
{
	return &rows[i];
}

uint32_t ks_schema_ways(int version)
{
	uint32_t ways = 0;
	for (int way = 0; way < NR_WAYS; way++)
		ways |= versions[way] == version ? 1u << way : 0;
	return ways;
}

uint32_t ks_schema_catalogue_ways(int version)
{
	return version == 1 ? 1u << PUBLISHED_1 : version == 2 ? CATALOGUE_2 : 0;
}

bool ks_schema_published(const struct ks_schema_row *row)
{
	return row->ways & CATALOGUE_2;
}

bool ks_schema_new(const struct ks_schema_row *row)
{
	return row->sql && row->ways & 1 << MADE_3;
}

/* ---- what is in a new store, and what makes an old one new ---- */

const char ks_schema_counters[] =
	"INSERT INTO counter SELECT 'generation', 1"
	" UNION ALL SELECT 'image', coalesce(max(id), 0) + 1 FROM image"
	" UNION ALL SELECT 'columns', coalesce(max(id), 0) + 1 FROM columns;";

/* An older ksurf that still writes adds kernels with debug information. */
const char ks_schema_1_to_2[] =
	"ALTER TABLE image ADD COLUMN " OLD_FACTS ";"
	"ALTER TABLE image ADD COLUMN " HOME ";"
	"ALTER TABLE image ADD COLUMN " MODULES ";"
	"UPDATE image SET facts = '' WHERE tier NOT IN ('full', 'imported');"
	"DROP VIEW images;" IMAGES_2 ";PRAGMA user_version = 2;";

const char ks_schema_2_to_3[] = COUNTER
	";ALTER TABLE block ADD COLUMN " NEEDS ";ALTER TABLE segment ADD COLUMN " SEGMENT_BASE
	";ALTER TABLE part ADD COLUMN " PART_BASE
	";UPDATE part SET base = (SELECT base FROM image WHERE id = part.image)"
	";DROP VIEW names;PRAGMA user_version = 3;";

const char ks_schema_sets[] = "ALTER TABLE image ADD COLUMN " SETS ";";
