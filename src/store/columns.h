/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * What one image says of the names of a segment: two numbers for each name and, for functions, the facts of
 * that build. Raw bytes: number of names, bytes of each of the first four streams (LEB128), then five streams:
 *	numbers  both numbers of each name
 *	lengths  how many bytes of the next three belong to each name
 *	lines, sizes, addresses  as the codec wrote them
 * The numbers are definition ids, 0 for none:
 *	kind		first		second
 *	function	prototype	function group
 *	struct … int	declaration	differing definitions of the name
 *	tracepoint, config  definition	-
 *	syscall		its number	1: traced
 *	lsm, kfunc, variable  -		-
 */
#include "surface/codec.h"

/** What stands for one name. */
struct ks_row {
	uint64_t first, second;
	struct ks_facts facts;
};

/** Collects a segment's streams. A zeroed one is empty. */
struct ks_columns_buf {
	struct ks_buf numbers, lengths;
	struct ks_facts_buf facts;
	uint64_t nr;
};
void ks_columns_buf_deinit(struct ks_columns_buf *columns);
#define _cleanup_columns_buf_ __attribute__((__cleanup__(ks_columns_buf_deinit)))
/** @param fn the function whose facts belong to the name; NULL when there is none */
void ks_columns_put(struct ks_columns_buf *columns, uint64_t first, uint64_t second,
		    const struct ks_function *fn, uint64_t anchor);
/** The same of a row that was read. */
void ks_columns_put_row(struct ks_columns_buf *columns, const struct ks_row *row);
/** Append the raw bytes to out. */
void ks_columns_finish(const struct ks_columns_buf *columns, struct ks_buf *out);

/** Walks over the names' facts. */
struct ks_columns {
	uint64_t nr, at; // how many names there are, and how many lie behind
	struct ks_cursor numbers, lengths, lines, sizes, addrs;
};

KS_MUST_CHECK struct ks_error *ks_columns_open(const void *raw, size_t len, struct ks_columns *ret);
/** The next name's row; KS_ERR_STORE past the end or when the bytes are damaged. */
KS_MUST_CHECK struct ks_error *ks_columns_next(struct ks_columns *columns, struct ks_row *ret);
/** Step over n names without looking at them. */
KS_MUST_CHECK struct ks_error *ks_columns_skip(struct ks_columns *columns, uint64_t n);
