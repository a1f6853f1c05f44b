/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Whether a file is a store of ours, and what bounds SQLite when it is not: inside store/ only. */
#include "store/private.h"

/**
 * Bound what a hostile file can make SQLite do: before anything is read. No trigger and no view of the file is ever run, no
 * function in its schema, and no statement may take longer than the bytes of the file explain.
 */
KS_MUST_CHECK struct ks_error *ks_format_guard(struct ks_store *store);

/**
 * The file is a store of a version that this ksurf reads, and its schema is what ksurf makes, to the letter.
 * @param ret_empty whether nothing at all is in the file yet
 */
KS_MUST_CHECK struct ks_error *ks_format_check(struct ks_store *store, bool *ret_empty);

/** Look again if the schema has changed since. */
KS_MUST_CHECK struct ks_error *ks_format_check_again(struct ks_store *store);

/** Make the schema in an empty file: inside a transaction. */
KS_MUST_CHECK struct ks_error *ks_format_make(struct ks_store *store);

/** A store of an older version becomes one of this: inside a transaction. */
KS_MUST_CHECK struct ks_error *ks_format_renew(struct ks_store *store);
