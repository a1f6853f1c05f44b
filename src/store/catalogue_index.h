/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The index of a catalogue: which rows of names have trigrams in them. Inside store/ only. */
#include "store/catalogue.h"
#include "store/trigrams.h"

enum {
	KS_CATALOGUE_GROUP = 4, // names that the index does not tell apart
	KS_CATALOGUE_GROUPS = KS_CATALOGUE_NAMES / KS_CATALOGUE_GROUP, // of a row
};

/** Ids of rows of table names, ascending. */
struct ks_catalogue_ids {
	KS_VECTOR(int64_t) at;
};

/** Ids of rows of table names, from the first to the last of them. */
struct ks_catalogue_rows {
	uint64_t first, last;
};

/** Of some rows those that have neighbours with so many of the trigrams among them. */
KS_MUST_CHECK struct ks_error *ks_catalogue_rows_with(struct ks_store *store,
						      const struct ks_trigrams *trigrams,
						      const struct ks_catalogue_rows *rows,
						      struct ks_catalogue_ids *ret);
