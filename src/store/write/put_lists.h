/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The sorted lists of an image on their way into the store: sort, cut into segments, add facts, write. */
#include "store/write/put_defs.h"
#include "store/write/put_places.h"

/** No definition on this side of a row. */
#define KS_NO_SIDE SIZE_MAX

/** One name of a list. */
struct ks_put_row {
	const char *name;
	size_t index[2]; // into the surface's tables of the kind's two sides; KS_NO_SIDE
};

struct ks_columns_buf; // store/columns.h

/** One name while it is sorted: the first bytes decide most comparisons. */
struct ks_put_key {
	uint64_t prefix; // the first 8 bytes, as a big-endian number
	const char *name;
	size_t index;
};

struct ks_put_keys {
	KS_VECTOR(struct ks_put_key) keys;
};

struct ks_put_segment {
	int list;
	size_t from, to; // rows of the list
	struct ks_buf names;
	int64_t id;
	bool is_new;		    // the store has no such segment yet
	int64_t names_like_id;	    // a whole segment of about the same names, or 0
	struct ks_buf names_like;   // its names
	struct ks_buf packed_names; // of a new one
	int64_t like_id;
	struct ks_buf like;    // packed columns of the base image, as stored
	struct ks_put_was was; // of functions, with these
	struct ks_buf packed;  // columns
};

struct ks_put_lists {
	const struct ks_surface *surface;
	struct ks_arena arena;
	struct ks_moves moves; // of addresses, from those of the base
	struct ks_put_keys sides[KS_NR_LISTS][2];
	KS_VECTOR(struct ks_put_row) rows[KS_NR_LISTS];
	KS_VECTOR(struct ks_put_segment) segments;
	const struct ks_decl **listed; // for each function group: the prototype of its name
};
KS_MUST_CHECK struct ks_error *ks_put_lists_init(struct ks_put_lists *lists,
						 const struct ks_surface *surface);
void ks_put_lists_deinit(struct ks_put_lists *lists);

/** Sort one side of one list; jobs 0 … KS_PUT_SORT_JOBS - 1 may run at once. */
enum { KS_PUT_SORT_JOBS = KS_NR_LISTS * 2 };
KS_MUST_CHECK struct ks_error *ks_put_lists_sort(struct ks_put_lists *lists, size_t job);
/** After the sorting: make rows and segments, and fill listed. */
KS_MUST_CHECK struct ks_error *ks_put_lists_merge(struct ks_put_lists *lists);
/** Write the names of one segment and find out what it is called. */
KS_MUST_CHECK struct ks_error *ks_put_lists_name(struct ks_put_lists *lists, size_t segment);

/** Images that are like the one that comes; 0: there is none. */
struct ks_put_likes {
	int64_t base;	 // whose lists and parts it is packed as a difference to
	int64_t nearest; // whose definitions may resemble its own; the base if there is one
};
/**
 * Of the images that are not based on another, find the one that shares most segments, of equal ones the last.
 * @param ids of the segments, sorted here
 * @param kernels among kernels, else among modules: these are like other modules
 */
KS_MUST_CHECK struct ks_error *ks_put_find_likes(struct ks_store *store, int64_t *ids, size_t nr,
						 bool kernels, struct ks_put_likes *ret);
/** Find the segment that has these names, or the free id that it will get. @param id ks_segment_names_id(), changed where others have it */
KS_MUST_CHECK struct ks_error *ks_put_find_segment(struct ks_store *store, struct ks_bytes names,
						   int64_t *id, bool *ret_new);
/**
 * The names of an image that those of a new segment resemble: of a whole one.
 * @param first of the new names @param[out] ret the segment, unchanged where there is none @param names replaced by its own
 */
KS_MUST_CHECK struct ks_error *ks_put_find_names_like(struct ks_store *store, int64_t image,
						      int list, const char *first, int64_t *ret,
						      struct ks_buf *names);
/** Find the segments that the store has, and the images that resemble this one most. */
KS_MUST_CHECK struct ks_error *ks_put_lists_match(struct ks_put_lists *lists,
						  struct ks_store *store, struct ks_put_likes *ret);
/** Find out where the functions of a segment are in the base; after the definitions have their ids. */
KS_MUST_CHECK struct ks_error *ks_put_lists_was(struct ks_put_lists *lists,
						const struct ks_put_defs *defs, size_t segment,
						struct ks_zstd *zstd);
/** Then, how addresses moved. */
KS_MUST_CHECK struct ks_error *ks_put_lists_moves(struct ks_put_lists *lists);
/** Tell each new definition the one of its name in an image. */
KS_MUST_CHECK struct ks_error *ks_put_lists_like(const struct ks_put_lists *lists,
						 struct ks_put_defs *defs, struct ks_store *store,
						 int64_t image);
/** Encode and compress the columns of one segment, and its names when they are new. @param columns scratch of the thread */
KS_MUST_CHECK struct ks_error *ks_put_lists_pack(struct ks_put_lists *lists,
						 const struct ks_put_defs *defs, size_t segment,
						 struct ks_columns_buf *columns,
						 struct ks_zstd *zstd);
KS_MUST_CHECK struct ks_error *ks_put_lists_write(struct ks_put_lists *lists,
						  struct ks_store *store, int64_t image,
						  uint64_t *bytes);
