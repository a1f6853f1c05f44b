/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* All names of a kind over several images, each once, and which list row of which image holds them. */
#include "base/intern.h"
#include "base/numbers.h"
#include "store/private.h"

/** Stands for a name that the pattern leaves out. */
#define KS_INDEX_NONE UINT32_MAX

/** One row of table list. */
struct ks_index_row {
	uint32_t image; // index into the images asked for
	int64_t columns;
	size_t from, nr; // its names: a run of members
};

struct ks_index {
	struct ks_arena arena; // of the names' text
	struct ks_intern names;
	KS_VECTOR(uint32_t)
	members; // number of a name - 1, or KS_INDEX_NONE; segment after segment
	KS_VECTOR(struct ks_index_row) rows;
	struct ks_numbers segments; // id of a segment to the one of rows that has it first, + 1
};
void ks_index_deinit(struct ks_index *index);
/** @param list as ks_list_name() calls it @param glob as fnmatch(3); NULL for all names @param modules whether a kernel has the names of its modules, too */
KS_MUST_CHECK struct ks_error *ks_index_fill(struct ks_index *index, struct ks_store *store,
					     const struct ks_store_images *images, const char *list,
					     const char *glob, bool modules);
