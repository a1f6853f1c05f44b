/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* From what the user calls an image to the image. */
#include "cli/session.h"

/**
 * The image of that label, else the newest of those whose label, release or version begins with the word, at the
 * end of a number: "6.1" is 6.1.0-50-amd64 but not 6.12. Images like the base (architecture, flavour) go first.
 * @param session with its groups
 * @param ret_exact whether the word was the label itself
 * @return KS_ERR_NOTFOUND
 */
KS_MUST_CHECK struct ks_error *ks_pick_image(const struct ks_session *session, const char *word,
					     const struct ks_store_image **ret, bool *ret_exact);
