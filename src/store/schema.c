/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/schema.h"

/** For people; all but the first are as they always were. */
#define IMAGES_VIEW                                                                                \
	"CREATE VIEW images AS"                                                                    \
	" SELECT i.label, i.release, i.version, i.arch, i.flavor, i.revision, i.distribution,"     \
	" i.package, i.package_version, i.build_id, i.compiler, i.tier, b.label AS base,"          \
	" h.label AS modules_of"                                                                   \
	" FROM image i LEFT JOIN image b ON b.id = i.base"                                         \
	" LEFT JOIN image h ON h.digest = i.home;"

const char ks_store_schema[] =
	"CREATE TABLE image("
	" id INTEGER PRIMARY KEY,"
	" label TEXT NOT NULL UNIQUE,"
	" digest TEXT UNIQUE,"
	" release TEXT, version TEXT, arch TEXT, flavor TEXT, revision TEXT,"
	" distribution TEXT, package TEXT, package_version TEXT,"
	" build_id TEXT, compiler TEXT, banner TEXT,"
	" tier TEXT NOT NULL,"
	" elf_class INTEGER NOT NULL,"
	" big_endian INTEGER NOT NULL,"
	" known TEXT NOT NULL,"		  // kinds it can tell about, comma-separated
	" symtab_known INTEGER NOT NULL," //
	" anchor INTEGER NOT NULL,"	  // address that the functions' addresses count from
	" base INTEGER REFERENCES image(id),"
	" facts TEXT NOT NULL,"			// what else it can tell, comma-separated
	" home TEXT,"				// digest of the kernel whose modules these are
	" modules INTEGER NOT NULL DEFAULT 0);" // how many, when these are modules
	"CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
	// Names in sorted runs, shared between images.
	"CREATE TABLE segment(id INTEGER PRIMARY KEY, nr INTEGER NOT NULL, names TEXT NOT NULL);"
	// What one image says of the names of a segment.
	"CREATE TABLE columns(id INTEGER PRIMARY KEY, base INTEGER, data BLOB NOT NULL);"
	"CREATE TABLE list("
	" image INTEGER NOT NULL, kind TEXT NOT NULL, first TEXT NOT NULL,"
	" segment INTEGER NOT NULL, columns INTEGER NOT NULL,"
	" PRIMARY KEY(image, kind, first)) WITHOUT ROWID;"
	// What an image has besides its lists: orders, symbol table, configuration.
	"CREATE TABLE part("
	" image INTEGER NOT NULL, name TEXT NOT NULL, nr INTEGER NOT NULL, data BLOB NOT NULL,"
	" UNIQUE(image, name));"
	// Definitions, and the hashes that tell which are there.
	"CREATE TABLE block(first INTEGER PRIMARY KEY, nr INTEGER NOT NULL, data BLOB NOT NULL);"
	"CREATE TABLE pack(first INTEGER PRIMARY KEY, hashes BLOB NOT NULL);" IMAGES_VIEW
	"CREATE VIEW names AS"
	" SELECT i.label AS image, l.kind AS kind, j.value AS name"
	" FROM image i JOIN list l ON l.image = i.id JOIN segment s ON s.id = l.segment,"
	" json_each(s.names) j;"
	"CREATE VIEW counts AS"
	" SELECT i.label AS image, l.kind AS kind, sum(s.nr) AS names"
	" FROM image i JOIN list l ON l.image = i.id JOIN segment s ON s.id = l.segment"
	" GROUP BY i.id, l.kind;"
	"CREATE VIEW sizes AS"
	" SELECT i.label AS image, l.kind AS what, sum(length(c.data)) AS bytes"
	" FROM image i JOIN list l ON l.image = i.id JOIN columns c ON c.id = l.columns"
	" GROUP BY i.id, l.kind"
	" UNION ALL SELECT i.label, p.name, length(p.data)"
	" FROM image i JOIN part p ON p.image = i.id"
	" UNION ALL SELECT NULL, 'definitions', sum(length(data)) FROM block"
	" UNION ALL SELECT NULL, 'hashes', sum(length(hashes)) FROM pack"
	" UNION ALL SELECT NULL, 'names', sum(length(names)) FROM segment;";

/* Version 1 had kernels with debug information only; an older ksurf that still writes adds such. */
const char ks_store_from_1[] = "ALTER TABLE image ADD COLUMN facts TEXT NOT NULL DEFAULT 'inline';"
			       "ALTER TABLE image ADD COLUMN home TEXT;"
			       "ALTER TABLE image ADD COLUMN modules INTEGER NOT NULL DEFAULT 0;"
			       "UPDATE image SET facts = '' WHERE tier NOT IN ('full', 'imported');"
			       "DROP VIEW images;" IMAGES_VIEW "PRAGMA user_version = 2;";
