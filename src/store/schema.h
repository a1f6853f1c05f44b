/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The format of a store on disk; docs/store.md says what everything means. */

/** PRAGMA application_id: "ksrf". Any other SQLite file is foreign. */
enum { KS_STORE_APPLICATION_ID = 0x6b737266 };
/** PRAGMA user_version: goes up with every change that an older ksurf could misread. */
enum { KS_STORE_VERSION = 2 };
/** Bytes; see docs/store.md for the measurement. */
enum { KS_STORE_PAGE_SIZE = 4096 };

/** All tables and views of an empty store. */
extern const char ks_store_schema[];
/** What makes a store of version 1 one of this version. */
extern const char ks_store_from_1[];
