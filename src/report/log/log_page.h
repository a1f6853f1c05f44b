/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What both formats of a log share: inside report/ only. */
#include "diff/steps.h"
#include "report/log/log.h"
#include "report/show/writer.h"

/** One for each format. @param patch tell every change in full; JSON always does */
typedef struct ks_error *ks_log_write_fn(struct ks_report *report, const struct ks_history *history,
					 bool patch, struct ks_buf *out);
KS_MUST_CHECK ks_log_write_fn ks_log_json;
