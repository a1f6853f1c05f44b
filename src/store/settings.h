/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What a store keeps of its user's choices about images: the base, and who belongs to the groups that can be chosen. */
#include "store/selection.h"

/** The setting that keeps the choice of the group "members" or "lts"; NULL for any other name. */
const char *ks_selection_setting(const char *group);

/** Give an image another label; the choice of the base follows. @return as ks_store_relabel() */
KS_MUST_CHECK struct ks_error *ks_selection_rename(struct ks_store *store, const char *label,
						   const char *new_label);

/**
 * Once the default rule finds a base of which there are other architectures or flavours, its version is kept for as long as the
 * image is there: what is added later does not change what reports compare with.
 */
KS_MUST_CHECK struct ks_error *ks_selection_keep_base(struct ks_store *store);

/** Choose the base. @param label NULL: by the default rule, now @return KS_ERR_NOTFOUND */
KS_MUST_CHECK struct ks_error *ks_selection_set_base(struct ks_store *store, const char *label);

/**
 * Choose what is in a group.
 * @param globs of labels; each must match something now
 * @param nr 0: by the default rule
 * @return KS_ERR_USAGE when there is no such group to choose, KS_ERR_NOTFOUND
 */
KS_MUST_CHECK struct ks_error *ks_selection_set_group(struct ks_store *store, const char *group,
						      const char *const *globs, size_t nr);
