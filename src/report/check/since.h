/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* On which kernels tools work, as text and as a badge. */
#include "check/tools/spans.h"
#include "report/check/check.h"

/**
 * Append the report.
 * @param report its format is KS_FORMAT_TERMINAL, KS_FORMAT_MD or KS_FORMAT_JSON
 * @return &ks_nomem; KS_ERR_USAGE for another format
 */
KS_MUST_CHECK struct ks_error *ks_since_write(const struct ks_check_report *report,
					      const struct ks_spans *spans, struct ks_buf *out);
/** Append a picture (SVG) of the series on which all tools work, if in part. */
KS_MUST_CHECK struct ks_error *ks_since_badge(const struct ks_spans *spans, struct ks_buf *out);
