/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * What one image says of the names of a segment: ids, two numbers for each name, and places, for functions the facts of that build.
 * A row of table columns has a frame of each; without functions that of ids alone.
 *
 * Raw bytes of ids: 0, number of names, how many bytes the first and the second numbers have (LEB128); then the low byte of the first
 * number of each name, the next byte of each, …; then those of the second numbers.
 * Raw bytes of places: bytes of each of the first three streams (LEB128), then four streams:
 *	lengths  how many bytes of the next three belong to each name
 *	lines, sizes, addresses  as the codec wrote them: of a row that has its like in the base of the segment, as ks_codec_put_moved()
 *		does, else as ks_codec_put_facts()
 *
 * Rows of version 2, and first ones of version 3, have one frame: number of names, bytes of each of the first four streams, then the
 * numbers and the four streams above, all as ks_codec_put_facts() wrote them.
 *
 * The numbers are definition ids, 0 for none:
 *	kind		first		second
 *	function	prototype	function group
 *	struct … int	declaration	differing definitions of the name
 *	tracepoint, config  definition	-
 *	syscall		its number	1: traced; 2 + n: and has n arguments
 *	lsm, kfunc, variable  -		-
 */
#include "base/apart.h"
#include "base/vector.h"
#include "store/zstd.h"
#include "surface/codec.h"

/** Names of a segment, at most: honest ones have 512, and more where a name stands in the list again and again. */
enum { KS_COLUMNS_MAX = 1 << 16 };

/** Collects a segment's streams. A zeroed one is empty. */
struct ks_columns_buf {
	KS_VECTOR(uint64_t) numbers[2];
	struct ks_buf lengths;
	struct ks_facts_buf facts;
	struct ks_buf ids, places; // what ks_columns_pack() makes of them
	char apart[KS_APART];	   // the next one is another thread's
};
void ks_columns_buf_deinit(struct ks_columns_buf *columns);
/** Empty it; the memory is used again. */
void ks_columns_buf_clear(struct ks_columns_buf *columns);
#define _cleanup_columns_buf_ __attribute__((__cleanup__(ks_columns_buf_deinit)))

/** What is put for one name. */
struct ks_columns_row {
	uint64_t first, second;
	const struct ks_function *fn; // whose facts belong to the name; NULL: there is none
	const struct ks_function
		*was; // the same with the facts of the base, where the row has its like there
};
KS_MUST_CHECK struct ks_error *ks_columns_put(struct ks_columns_buf *columns,
					      const struct ks_columns_row *row,
					      const struct ks_moves *moves);
/** Append raw bytes of ids. @param numbers the first and the second of each of nr names */
void ks_columns_put_numbers(const uint64_t *const numbers[2], size_t nr, struct ks_buf *out);
/** The same of what was put. */
void ks_columns_put_ids(const struct ks_columns_buf *columns, struct ks_buf *out);
/** What a row resembles: raw bytes of the base's row. */
struct ks_columns_like {
	struct ks_bytes ids, places;
};
/** Append the row, packed. */
KS_MUST_CHECK struct ks_error *ks_columns_pack(struct ks_columns_buf *columns, struct ks_zstd *zstd,
					       const struct ks_columns_like *like,
					       struct ks_buf *out);

/** The numbers of the names on one side. */
struct ks_columns_side {
	const uint8_t *at;
	uint32_t width; // bytes of each
};

/** Walks over the names' numbers. */
struct ks_columns {
	uint64_t nr, at; // how many names there are, and how many lie behind
	struct ks_columns_side sides[2];
	bool whole;		  // an old row: it has all facts, too
	struct ks_cursor numbers; // then, instead of the sides
	struct ks_cursor places;  // behind them
	uint64_t lens[3];	  // of streams there
};

/** What stands for one name. */
struct ks_row {
	uint64_t first, second;
	int64_t columns; // where the rest is: which row of table columns, and which name of it
	uint64_t at;
	struct ks_places *places; // the same, unpacked; NULL: nobody has yet
};

KS_MUST_CHECK struct ks_error *ks_columns_open(const void *raw, size_t len, struct ks_columns *ret);
/** The next name's numbers; KS_ERR_STORE past the end or when the bytes are damaged. @param ret nothing else of it is set */
KS_MUST_CHECK struct ks_error *ks_columns_next(struct ks_columns *columns, struct ks_row *ret);
/** Step over n names without looking at them. */
KS_MUST_CHECK struct ks_error *ks_columns_skip(struct ks_columns *columns, uint64_t n);
