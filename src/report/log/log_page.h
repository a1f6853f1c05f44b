/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What both formats of a log share: inside report/ only. */
#include "diff/steps.h"
#include "report/log/log.h"
#include "report/show/writer.h"

/** What the JSON form adds to the walk. */
KS_MUST_CHECK struct ks_error *ks_log_json(struct ks_report *report,
					   const struct ks_history *history, struct ks_buf *out);
