/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What an upgrade changes for tools, as text. */
#include "check/tools/upgrade.h"
#include "report/check/check.h"

/**
 * Append the report.
 * @param report its format is KS_FORMAT_TERMINAL, KS_FORMAT_MD or KS_FORMAT_JSON
 * @return &ks_nomem; KS_ERR_USAGE for another format
 */
KS_MUST_CHECK struct ks_error *ks_upgrade_write(const struct ks_check_report *report,
						const struct ks_upgrade *upgrade,
						struct ks_buf *out);
