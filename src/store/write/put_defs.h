/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The definitions of an image on their way into the store: encode, find out which are new, write those. */
#include "store/private.h"

/** The tables of definitions, in the order in which they get their ids. */
enum {
	KS_TABLE_FUNCTIONS = KS_INT + 1, // before it one for each kind that has declarations
	KS_TABLE_TRACEPOINTS,
	KS_TABLE_AMBIGUITIES,
	KS_TABLE_OPTIONS, // behind it one for each kind that follows KS_CONFIG
	KS_TABLE_FORMS = KS_TABLE_OPTIONS + KS_FIELD - KS_CONFIG,
	KS_TABLE_VARIABLES, // of an image that knows more of them than names
	KS_NR_TABLES,
};

struct ks_put_def {
	struct ks_hash hash;
	const uint8_t *bytes; // class byte included
	uint32_t len, id;
};

/** A definition that the store does not have. */
struct ks_put_new {
	const struct ks_put_def *def;
	uint64_t like;	     // id of an older one that it may resemble, or 0
	uint64_t like_first; // of the block of that
	struct ks_bytes like_bytes;
	struct ks_bytes stored; // what goes into the block: the whole, or the difference
	bool differs;
};

struct ks_put_block {
	uint64_t first;	 // id
	size_t from, to; // range of new_defs
	struct ks_buf packed;
	struct ks_buf needs; // the older blocks that differences are made to
};

struct ks_put_defs {
	const struct ks_surface *surface;
	const struct ks_decl *const *listed; // for each function group; borrowed
	struct ks_put_def *at;		     // of all tables
	size_t nr, start[KS_NR_TABLES + 1];  // where each table's begin
	KS_VECTOR(struct ks_put_job) jobs;
	KS_VECTOR(struct ks_put_new) new_defs;
	KS_VECTOR(struct ks_buf) differences; // of runs of new_defs
	struct ks_arena likes;		      // their bytes
	KS_VECTOR(struct ks_put_block) blocks;
};
void ks_put_defs_deinit(struct ks_put_defs *defs);

/** Count the tables and cut them into jobs. @param listed may be filled in later, before the jobs run */
KS_MUST_CHECK struct ks_error *ks_put_defs_init(struct ks_put_defs *defs,
						const struct ks_surface *surface,
						const struct ks_decl *const *listed);
size_t ks_put_defs_nr_jobs(const struct ks_put_defs *defs);
/** Encode and hash the definitions of one job. */
KS_MUST_CHECK struct ks_error *ks_put_defs_encode(struct ks_put_defs *defs, size_t job);

/** Give every definition its id, new ones in order. */
KS_MUST_CHECK struct ks_error *ks_put_defs_assign(struct ks_put_defs *defs, struct ks_store *store);
/** Read what the new ones may resemble: their like is set. Inside the transaction. */
KS_MUST_CHECK struct ks_error *ks_put_defs_likes(struct ks_put_defs *defs, struct ks_store *store);
/** Find the differences of a run of the new ones; jobs 0 … ks_put_defs_nr_runs() - 1 may run at once. */
size_t ks_put_defs_nr_runs(const struct ks_put_defs *defs);
KS_MUST_CHECK struct ks_error *ks_put_defs_differ(struct ks_put_defs *defs, size_t run);
/** Then cut the new ones into blocks. */
KS_MUST_CHECK struct ks_error *ks_put_defs_cut(struct ks_put_defs *defs);
/** Compress one block. */
KS_MUST_CHECK struct ks_error *ks_put_defs_pack(struct ks_put_defs *defs, size_t block,
						struct ks_zstd *zstd);
/** Write blocks and hashes. @param bytes grows by what was written */
KS_MUST_CHECK struct ks_error *ks_put_defs_write(struct ks_put_defs *defs, struct ks_store *store,
						 uint64_t *bytes);

/** Make the store's table of hashes hold what the file holds, with room for extra. Inside a transaction. */
KS_MUST_CHECK struct ks_error *ks_hashes_load(struct ks_store *store, size_t extra);

/** How many definitions a table has. */
static inline size_t ks_put_defs_nr(const struct ks_put_defs *defs, int table)
{
	return defs->start[table + 1] - defs->start[table];
}

/** Id of the i-th definition of a table. */
static inline uint32_t ks_put_defs_id(const struct ks_put_defs *defs, int table, size_t i)
{
	return defs->at[defs->start[table] + i].id;
}

/**
 * The same of a side of a row; 0: it has no definition, as variables of which nothing but the name is known.
 * @param table -1: that side of the list never has one
 * @param index KS_NO_SIDE, or a row of the surface's table
 */
static inline uint32_t ks_put_defs_of_side(const struct ks_put_defs *defs, int table, size_t index)
{
	bool has = table >= 0 && index < ks_put_defs_nr(defs, table);
	return has ? ks_put_defs_id(defs, table, index) : 0;
}
