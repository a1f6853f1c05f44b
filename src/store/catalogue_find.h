/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* A search for names in a catalogue. Inside store/ only. */
#include "store/catalogue_index.h"
#include "store/names.h"

/** The names of one kind. */
struct ks_find_part {
	enum ks_kind kind;
	const struct ks_catalogue_list *list;
	size_t from, to;	// rows of the list that the pattern can be in
	KS_VECTOR(int64_t) ids; // of those that may have such a name, ascending
};

struct ks_find_names {
	struct ks_store *store;
	struct ks_catalogue *catalogue;
	const struct ks_find *find;
	struct ks_find_part parts[KS_NR_KINDS];
	size_t nr_parts, nr_rows; // in which the pattern can be
	struct ks_arena arena;
	uint32_t *counts_as; // images of the catalogue, as those that are asked of
	uint64_t *in;
};

/** Fetch the rows of a table that have the ids of all parts, when the catalogue is on a server. */
KS_MUST_CHECK struct ks_error *ks_find_fetch(struct ks_find_names *search, const char *table);

/** Look at the names alone of the rows: those stay that have one that is wanted. */
KS_MUST_CHECK struct ks_error *ks_find_look(struct ks_find_names *search);
