/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* All names of a kind over several images, each once, and which list row of which image holds them. */
#include "store/private.h"

/** Stands for a name that the pattern leaves out. */
#define KS_INDEX_NONE UINT32_MAX

/** From a number to a smaller one; open addressing. A zeroed one is empty. */
struct ks_idmap {
	struct ks_idmap_slot *slots;
	size_t nr, nr_slots;
};

/** One row of table list. */
struct ks_index_row {
	uint32_t image; // index into the images asked for
	int64_t columns;
	size_t from, nr; // its names: a run of members
};

struct ks_index {
	struct ks_arena arena; // of the names' text
	KS_VECTOR(const char *) names;
	KS_VECTOR(uint32_t) members; // index into names, or KS_INDEX_NONE; segment after segment
	KS_VECTOR(struct ks_index_row) rows;
	struct ks_idmap segments; // id of a segment to the one of rows that has it first
	struct ks_idmap by_hash;  // hash of a name to its index
};
void ks_index_deinit(struct ks_index *index);
/** @param glob as fnmatch(3); NULL for all names @param modules whether a kernel has the names of its modules, too */
KS_MUST_CHECK struct ks_error *ks_index_fill(struct ks_index *index, struct ks_store *store,
					     const struct ks_store_images *images,
					     enum ks_kind kind, const char *glob, bool modules);
