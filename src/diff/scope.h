/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What to compare, in words. */
#include "diff/summary.h"

/**
 * Compare these kinds only.
 * @param words separated by commas: "struct,function"; NULL: nothing is said
 * @return KS_ERR_USAGE for a word that is no kind, and for fields, which belong to their struct
 */
KS_MUST_CHECK struct ks_error *ks_diff_scope_kinds(struct ks_diff_scope *scope, const char *words);
/**
 * Look for these changes only, and compare what they are about.
 * @param words separated by commas: "added", "removed", "changed" or names of changes; NULL: nothing is said
 * @return KS_ERR_USAGE for a word that is none
 */
KS_MUST_CHECK struct ks_error *ks_diff_scope_changes(struct ks_diff_scope *scope,
						     const char *words);
