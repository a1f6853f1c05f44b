/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The format of a store on disk; docs/store.md says what everything means. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** PRAGMA application_id: "ksrf". Any other SQLite file is foreign. */
enum { KS_STORE_APPLICATION_ID = 0x6b737266 };
/** PRAGMA user_version: goes up with every change that an older ksurf could misread. */
enum { KS_STORE_VERSION = 3 };
/** The same of a catalogue: "ksrp". */
enum { KS_CATALOGUE_APPLICATION_ID = 0x6b737270, KS_CATALOGUE_VERSION = 2 };
/** Bytes, of stores made now; docs/store.md has the measurement. Others are read and written as they are. */
enum { KS_STORE_PAGE_SIZE = 2048 };

/** A row of sqlite_schema as ksurf makes it, now or once. */
struct ks_schema_row {
	const char *type, *name, *table;
	const char *sql; // NULL: an index that SQLite makes by itself
	uint32_t ways;	 // bits: the ways for a store to come to be that lead to this text
};
/** All rows of all versions; several may have one name. */
size_t ks_schema_nr(void);
const struct ks_schema_row *ks_schema_at(size_t i);
/** The ways to a store of that version: made so, or brought up to date. 0: there is no such version. */
uint32_t ks_schema_ways(int version);
/** The same of a catalogue. */
uint32_t ks_schema_catalogue_ways(int version);
/** Whether a new store is made with the row's statement, in the order of the rows. */
bool ks_schema_new(const struct ks_schema_row *row);
/** The same of a new catalogue. */
bool ks_schema_published(const struct ks_schema_row *row);

/** The counters of a store whose table of them is empty. */
extern const char ks_schema_counters[];
/** What makes a store of version 1 one of version 2, and that one of version 3 without counters. */
extern const char ks_schema_1_to_2[], ks_schema_2_to_3[];
/** What lets the images of a store of version 3 know their sets, if they cannot. */
extern const char ks_schema_sets[];
