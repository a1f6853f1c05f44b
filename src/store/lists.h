/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The lists of two images, merged: which names differ. Inside store/ only. */
#include "base/vector.h"
#include "store/columns.h"
#include "store/private.h"

/** One row of table list. */
struct ks_run {
	int64_t segment, columns;
	const char *first; // its first name
};

/** What an image says of a name: numbers of columns.h, and where its facts lie. */
struct ks_line {
	const char *name;
	uint64_t first, second;
	int64_t columns; // the row that has its facts
	uint64_t at;	 // and which name of it this is
};

/** One image's list of a kind. */
struct ks_runs {
	KS_VECTOR(struct ks_run) at;
};

/** A name that differs. */
struct ks_line_pair {
	struct ks_line old, new; // name is NULL on the side that does not have it
	struct ks_cursor defs
		[4]; // bytes of the definitions wanted: old first and second, new first and second
};

/** A merge on its way. A zeroed one with the first members set is ready. */
struct ks_lists {
	struct ks_store *store;
	const struct ks_store_image *images[2];
	enum ks_kind kind;
	const char *glob;
	bool facts; // functions: groups count, too
	struct ks_arena arena;
	struct ks_runs runs[2];
	KS_VECTOR(struct ks_line) lines[2]; // of the stretch that is being merged
	struct ks_buf raw[2];		    // ids of the segments that are being read
	KS_VECTOR(uint64_t) numbers[2];
	KS_VECTOR(struct ks_line_pair) pairs; // the result, in the order of names
	size_t nr[2];			      // names counted on each side
};
void ks_lists_deinit(struct ks_lists *lists);

/** Find the names that differ. Inside a read transaction. */
KS_MUST_CHECK struct ks_error *ks_lists_merge(struct ks_lists *lists);

/** The ids of this kind's definitions tell everything that is wanted: no list is needed. */
bool ks_lists_by_id(const struct ks_lists *lists);
/** As ks_lists_merge() for such a kind; the definitions that differ are read, too. */
KS_MUST_CHECK struct ks_error *ks_lists_merge_ids(struct ks_lists *lists);

/**
 * Give lines of one image the rows of the functions of their names.
 * @param side 0: old, 1: new @param lines sorted by the name of the function, which they hold; numbers are 0
 *	where there is no such function
 */
KS_MUST_CHECK struct ks_error *ks_lists_functions(struct ks_lists *lists, int side,
						  struct ks_line **lines, size_t nr);

/** The row of a line, as ks_fact_fill() takes it. */
struct ks_row ks_line_row(const struct ks_line *line);
