/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Where the functions of a segment are in one build: lines, sizes and addresses, found by the number of their name. */
#include "base/vector.h"
#include "store/columns.h"
#include "store/private.h"

/** Where the facts of one name begin in the raw bytes, and the row of the base that is its like. */
struct ks_place {
	uint32_t lines, sizes, addrs;
	uint32_t lines_len, sizes_len, addrs_len;
	uint32_t like; // plus 1; 0: none
};

/** A row of table columns, unpacked. A zeroed one is empty. */
struct ks_places {
	struct ks_buf ids, raw;	 // raw: of places; empty in an old row
	struct ks_bytes streams; // the bytes that the places are offsets in
	KS_VECTOR(struct ks_place) at;
	struct ks_places *base; // NULL: the row has none
	unsigned int others;	// that hold it, too: those of one handle
};
void ks_places_free(struct ks_places *places); // NULL is allowed; the last one frees
static inline void ks_places_freep(struct ks_places **places)
{
	ks_places_free(*places);
}
#define _cleanup_places_ __attribute__((__cleanup__(ks_places_freep)))

/** Unpack what has no base. @param data as table columns has it */
KS_MUST_CHECK struct ks_error *ks_places_unpack(struct ks_zstd *zstd, struct ks_bytes data,
						struct ks_places **ret);
/** All names of a row are wanted. */
#define KS_PLACES_ALL UINT64_MAX
/** Unpack a row, and its base with it. @param only which name of it is wanted: ids and other names may be missing */
KS_MUST_CHECK struct ks_error *ks_places_load(struct ks_store *store, int64_t columns,
					      uint64_t only, struct ks_places **ret);

/** Walks over two lists of numbers, and finds the row that has a function group among those of the base. */
struct ks_places_match {
	KS_VECTOR(uint64_t) groups; // of the base
	size_t next;		    // behind the last one that was found
};
void ks_places_match_deinit(struct ks_places_match *match);
KS_MUST_CHECK struct ks_error *ks_places_match_init(struct ks_places_match *match,
						    struct ks_bytes ids_of_base);
/** The row of the base that is the like of the next row, plus 1; 0: none. @param group of the row */
uint32_t ks_places_match(struct ks_places_match *match, uint64_t group);

/**
 * What the addresses of an image count from, and how those of its base became its own.
 * @param ret valid until the store is asked for another image's, or changes
 */
KS_MUST_CHECK struct ks_error *ks_moves_load(struct ks_store *store, int64_t image,
					     struct ks_moves *ret);

/**
 * Fill in the facts of a function.
 * @param at which name of the segment it is
 * @param fn as ks_codec_get_function() read it: its group is that of the row
 */
KS_MUST_CHECK struct ks_error *ks_places_get(const struct ks_places *places, uint64_t at,
					     const struct ks_moves *moves, struct ks_arena *arena,
					     struct ks_function *fn);
/** Whether all entries of a function stand on the same line; false where the bytes are damaged. */
bool ks_places_same_lines(const struct ks_places *places, uint64_t at);
