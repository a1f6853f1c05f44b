/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Further looks at objects: by targets that known loaders set, by others where the targets are not there, by what is looked for first. */
#include "check/check.h"

struct ks_rewriting;

/** Read what known loaders do. The caller frees it. */
KS_MUST_CHECK struct ks_error *ks_rewriting_new(struct ks_rewriting **ret);
/** What the looks go by: ks_check_options.next of the check before. */
const struct ks_policy *ks_rewriting_policy(const struct ks_rewriting *rewriting);
/**
 * Check such objects once more, with the other targets, and note the results in check->told, check->rewritten and check->probed.
 * @param rewriting must outlive the check @param options as of the check
 */
KS_MUST_CHECK struct ks_error *
ks_rewriting_run(struct ks_rewriting *rewriting, struct ks_store *store,
		 const struct ks_store_images *images, const struct ks_check_input *inputs,
		 size_t nr, const struct ks_check_options *options, struct ks_check *check);
void ks_rewriting_free(struct ks_rewriting *rewriting); // NULL is allowed
