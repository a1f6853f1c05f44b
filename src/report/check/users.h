/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Who depends on names, and whom changes touch, as text. */
#include "base/buf.h"
#include "check/tools/impact.h"

struct ks_users_report {
	bool json;    // else for a terminal
	bool verbose; // terminal: programs, too
	bool color;
	unsigned int columns; // 0 means 80
};

/**
 * Append who depends on names that match a glob, or are it.
 * @return KS_ERR_NOTFOUND when nobody does
 */
KS_MUST_CHECK struct ks_error *ks_who_write(const struct ks_users_report *report,
					    const struct ks_users *users, const char *glob,
					    struct ks_buf *out);
/** Append whom changes touch. @param old, new labels of the images */
KS_MUST_CHECK struct ks_error *ks_impact_write(const struct ks_users_report *report,
					       const struct ks_impact *impact, const char *old,
					       const char *new, struct ks_buf *out);
