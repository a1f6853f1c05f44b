/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What a caller wants compared: inside api/ only. */
#include "api/api.h"
#include "diff/scope.h"

/** The scope that options mean. @return KS_ERR_USAGE for words that are no kind or change */
KS_MUST_CHECK struct ks_error *ks_api_diff_scope(const struct ksurf_diff_options *options,
						 struct ks_diff_scope *ret);
