/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What of a check's findings does not count: by waivers, and by a file of what is known. */
#include "check/tools/excuses.h"
#include "cli/cmd.h"

/** @param known path of what ks_check_known_write() wrote; NULL: nothing is known @param arena holds the result */
KS_MUST_CHECK struct ks_error *ks_check_excuse(struct ks_tools *tools, const char *known,
					       struct ks_arena *arena, struct ks_excuses *ret);
/** Words of ksurf.toml about kernels and causes that are about nothing: an error, or lines on stderr. @param all images of the store */
KS_MUST_CHECK struct ks_error *ks_check_doubt(const struct ks_cli *cli,
					      const struct ks_tools *tools,
					      const struct ks_store_images *all);
/** Write the file of what is known from now on. */
KS_MUST_CHECK struct ks_error *ks_check_known_write(const struct ks_tools *tools, const char *path);
