/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Names that are going to be asked for, told to a store on a server ahead: it fetches all of them at once. */
#include "check/check.h"

/** What nearly every question comes to: a catalogue has these names where they are read first. */
const struct ks_store_want *ks_expect_common(size_t *ret_nr);

/**
 * Before functions are shown: these names, and what is asked to say what can be attached to them.
 * @param nr may be 0
 */
KS_MUST_CHECK struct ks_error *ks_expect_names(struct ks_store *store,
					       const struct ks_store_images *images,
					       const struct ks_store_want *names, size_t nr);
/**
 * Before objects are checked: what they name, and what the policies have them attached to. That a name is left out costs a request, and
 * nothing else.
 */
KS_MUST_CHECK struct ks_error *ks_expect_objects(struct ks_store *store,
						 const struct ks_store_images *images,
						 const struct ks_check_input *inputs, size_t nr,
						 const struct ks_check_options *options);
