/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The images that words on the command line mean. */
#include "cli/session.h"

/**
 * Choose images of a grouped session.
 * @param words separated by commas: a label, the beginning of one, a glob, the name of a group ("regular", "lts"); NULL: all
 *	images of the session
 * @param arena holds the result, which is in the order of the session
 * @return KS_ERR_NOTFOUND for a word that means none
 */
KS_MUST_CHECK struct ks_error *ks_kernels_choose(const struct ks_session *session,
						 const char *words, struct ks_arena *arena,
						 struct ks_store_images *ret);
