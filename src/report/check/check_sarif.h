/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The two halves of a SARIF log: inside report/check/ only. */
#include "base/json.h"
#include "report/check/check_page.h"

/** How bad a verdict is, as SARIF says it. */
extern const char *const ks_sarif_levels[KS_NR_VERDICTS];

/** Write the results of a run, under its key. */
KS_MUST_CHECK struct ks_error *ks_sarif_results(const struct ks_check_report *report,
						const struct ks_check *check, struct ks_json *json);
