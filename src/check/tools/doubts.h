/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Words of ksurf.toml about kernels and causes: a slip in them would pass unseen, and a tool need not work, or a finding counts. */
#include "base/buf.h"
#include "check/tools/tools.h"

/**
 * What the check's policy says that is about nothing: kernels that no image is, and causes that no reason has and nothing that is checked
 * depends on. Of tools that are not checked nothing is said.
 * @param all images of the store
 * @param said lines are appended, with the nearest word where one is near; nothing where all is well
 * @return KS_ERR_DATA with the nearest kind, where a cause can be meant for nothing else
 */
KS_MUST_CHECK struct ks_error *ks_doubt_words(const struct ks_tools *tools,
					      const struct ks_store_images *all,
					      struct ks_buf *said);
