/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Further looks at objects: by targets that known loaders set, by others where the targets are not there, by what is looked for first. */
#include "check/check.h"

struct ks_rewriting;

/**
 * Check such objects once more, with the other targets, and note the results in check->told, check->rewritten and check->probed.
 * @param options as of the check @param ret must outlive the check
 */
KS_MUST_CHECK struct ks_error *ks_rewriting_run(struct ks_store *store,
						const struct ks_store_images *images,
						const struct ks_check_input *inputs, size_t nr,
						const struct ks_check_options *options,
						struct ks_check *check, struct ks_rewriting **ret);
void ks_rewriting_free(struct ks_rewriting *rewriting); // NULL is allowed
