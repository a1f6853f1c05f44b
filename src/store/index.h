/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* All names of a kind over several images, each once, and which list row of which image holds them. */
#include "base/intern.h"
#include "base/numbers.h"
#include "store/private.h"

struct ks_find;

/** One row of table list that has a name which is meant. */
struct ks_index_row {
	uint32_t image; // index into the images asked for
	int64_t columns;
	size_t from, nr; // its names: a run of members
};

/** What is to be found. */
struct ks_index_ask {
	const struct ks_store_images *images;
	enum ks_kind kind;
	const char *list;	    // as ks_list_name() calls it
	const struct ks_find *find; // which names are meant; NULL: all
	bool modules;		    // whether a kernel has the names of its modules, too
};

struct ks_index {
	struct ks_arena arena;	     // of the names' text
	struct ks_intern names;	     // those that are meant
	KS_VECTOR(uint32_t) members; // number of a name - 1; segment after segment
	KS_VECTOR(struct ks_index_row) rows;
	/* ---- while it is filled ---- */
	struct ks_numbers segments; // id of a segment to its place in runs, + 1
	KS_VECTOR(struct ks_index_row) runs;
	struct ks_intern seen;	     // when not all are meant: each is asked for once
	KS_VECTOR(uint32_t) numbers; // of each of these among names; 0: it is not meant
};
void ks_index_deinit(struct ks_index *index);
/** Inside a read transaction. */
KS_MUST_CHECK struct ks_error *ks_index_fill(struct ks_index *index, struct ks_store *store,
					     const struct ks_index_ask *ask);
