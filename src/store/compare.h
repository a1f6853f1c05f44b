/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Two images of a store side by side. Names in both with the same definition id are the same and are not read. Where
 * the ids of all definitions are enough, what only one image has is read and nothing else; else the lists of names are
 * walked segment by segment, and segments that both have and that say the same are skipped.
 */
#include "store/store.h"

/** What to look at besides the definitions that differ. */
struct ks_compare_want {
	const char *glob; // of names, as fnmatch(3); NULL: all names
	bool groups;	  // functions: how they are compiled, too, and those without a prototype
	bool unread;	  // with groups: what they hold is not read, no fact has a function
	bool one_sided;	  // read the definitions of names that only one image has
};

/** Names that each image has; a function counts when it has a prototype. */
struct ks_compare_count {
	size_t old, new;
};

/**
 * A name that may differ: the ids of its definitions do, which need not show. NULL is the side without the name.
 * A fact of a name that only one image has holds its id alone unless it was asked for. Ambiguities are left out.
 * Everything is valid during the call.
 */
typedef struct ks_error *ks_compare_fn(const char *name, const struct ks_fact *old,
				       const struct ks_fact *new, void *arg);

/**
 * Compare the names of one kind, in the order of their bytes. Functions are those with a prototype. Syscalls are
 * compared by name only.
 * @param want NULL: definitions of names in both
 * @param fn may stop the comparison by an error; NULL: count only
 * @return KS_ERR_USAGE for fields, which no image lists
 */
KS_MUST_CHECK struct ks_error *ks_store_compare(struct ks_store *store,
						const struct ks_store_image *old,
						const struct ks_store_image *new, enum ks_kind kind,
						const struct ks_compare_want *want,
						ks_compare_fn *fn, void *arg,
						struct ks_compare_count *ret);
