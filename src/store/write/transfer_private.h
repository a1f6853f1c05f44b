/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the files that take images over share. */
#include "store/columns.h"
#include "store/part.h"
#include "store/write/put_lists.h"
#include "store/write/transfer.h"

struct ks_id_pair {
	int64_t from, into;
};

/** From ids of one store to those of another. A zeroed one is empty. */
struct ks_id_map {
	struct ks_hashmap map;
	KS_VECTOR(struct ks_id_pair) pairs;
};
void ks_id_map_deinit(struct ks_id_map *map);
/** @return 0: there is none */
int64_t ks_id_map_find(const struct ks_id_map *map, int64_t from);
KS_MUST_CHECK struct ks_error *ks_id_map_add(struct ks_id_map *map, int64_t from, int64_t into);

/** A row of table list on its way. */
struct ks_transfer_row {
	int list;
	const char *first;    // its first name
	int64_t segment, id;  // of from
	int64_t base;	      // the row that it is a difference to, or 0
	int64_t here;	      // of into, once it is there
	uint64_t nr;	      // names
	struct ks_buf ids;    // raw, with the numbers of from, then with those of into
	struct ks_buf places; // as packed
	struct ks_bytes like; // raw ids of the base, as into has them
	struct ks_buf packed;
};

/** An image on its way. */
struct ks_transfer_job {
	const struct ks_store_image *image;
	struct ks_arena arena;
	KS_VECTOR(struct ks_transfer_row) rows;
	struct ks_order orders[KS_NR_TABLES]; // ids of from
	struct ks_put_likes likes;	      // images of into
	struct ks_put_defs defs;	      // that into does not have
	uint64_t first_new;		      // their first id
};

struct ks_transfer {
	struct ks_store *into, *from;
	const struct ks_store_images *all; // of from
	unsigned int nr_threads;
	struct ks_zstd *packers; // one for each thread
	bool is_new;		 // from is of this version
	uint32_t *ids;		 // of definitions: by that of from, 0: not taken yet
	uint8_t *classes;	 // of those that are
	size_t nr_ids;
	struct ks_id_map images, segments;
	/** Rows that others may be differences to: the number of one leads to its place in raw. */
	struct ks_id_map rows, raw_at;
	KS_VECTOR(struct ks_buf) raw; // ids as into has them
};

/* ---- transfer_defs.c ---- */

/** Find the definitions of an image here, or take them. */
KS_MUST_CHECK struct ks_error *ks_transfer_defs(struct ks_transfer *t, struct ks_transfer_job *job);
/** The same of an image that is here: @param[out] ret false: one is not here */
KS_MUST_CHECK struct ks_error *ks_transfer_known(struct ks_transfer *t, struct ks_transfer_job *job,
						 bool *ret);
/** Look at the definitions of an image that were not taken with another: each must have its hash. */
KS_MUST_CHECK struct ks_error *ks_transfer_check(struct ks_transfer *t,
						 struct ks_transfer_job *job);
/** Exchange the numbers of a row. */
KS_MUST_CHECK struct ks_error *ks_transfer_numbers(const struct ks_transfer *t,
						   struct ks_transfer_row *row);

/* ---- transfer_parts.c ---- */

/** Write a part of an image, if it has it. @param image its id here @param[out] bytes grows by what was written */
KS_MUST_CHECK struct ks_error *ks_transfer_part(struct ks_transfer *t,
						const struct ks_transfer_job *job,
						enum ks_part which, int64_t image, uint64_t *bytes);

/* ---- transfer_adopt.c ---- */

/** Whether an image here says the same as one there, whose rows were read, in the same rows. */
KS_MUST_CHECK struct ks_error *ks_transfer_same(struct ks_transfer *t, struct ks_transfer_job *job,
						int64_t here, bool *ret);

/* ---- transfer_likes.c ---- */

/** Tell the new definitions of an image those of their names in the one here that is most like it. */
KS_MUST_CHECK struct ks_error *ks_transfer_likes(struct ks_transfer *t,
						 struct ks_transfer_job *job);

/* ---- transfer_names.c ---- */

/** The segment here that has the names of one there; it is written when it is new. @param[out] bytes grows by what was written */
KS_MUST_CHECK struct ks_error *ks_transfer_segment(struct ks_transfer *t,
						   const struct ks_transfer_job *job,
						   const struct ks_transfer_row *row, int64_t *ret,
						   uint64_t *bytes);
