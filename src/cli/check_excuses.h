/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What of a check's findings does not count: by waivers, and by a file of what is known. */
#include "check/tools/excuses.h"

/** @param known path of what ks_check_known_write() wrote; NULL: nothing is known @param arena holds the result */
KS_MUST_CHECK struct ks_error *ks_check_excuse(struct ks_tools *tools, const char *known,
					       struct ks_arena *arena, struct ks_excuses *ret);
/** Write the file of what is known from now on. */
KS_MUST_CHECK struct ks_error *ks_check_known_write(const struct ks_tools *tools, const char *path);
