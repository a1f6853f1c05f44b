/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The life of one name, image after image: what ksurf log prints. */
#include "report/show/show.h"

struct ks_log_options {
	enum ks_format format;
	bool patch; // changes in full, and the definition where it begins
	bool color;
	unsigned int columns; // 0 means 80
};

/**
 * Append the life of a name.
 * @param history with one fact for each image of the groups, in their order
 * @return &ks_nomem; KS_ERR_USAGE when KS_DOCUMENT_LOG has no such format
 */
KS_MUST_CHECK struct ks_error *ks_log_write(const struct ks_groups *groups,
					    const struct ks_history *history,
					    const struct ks_log_options *options,
					    struct ks_buf *out);
