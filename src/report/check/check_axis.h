/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The kernels of a report, neighbours that say the same folded into one. Inside report/ only. */
#include "base/buf.h"
#include "check/tools/tools.h"

/** One kernel, or neighbours of a series. */
struct ks_axis_step {
	const char *label; // "6.1.0-47…-50-amd64"; no two steps have the same
	size_t nr;
	const size_t *images; // columns of the check, ascending
};
struct ks_axis {
	size_t nr, nr_images;
	const struct ks_axis_step *at;
};

/**
 * @param fold false: one step for each image
 * @param rows programs are shown, too: their verdicts must be the same
 * @param arena holds the result
 */
KS_MUST_CHECK struct ks_error *ks_axis_make(const struct ks_tools *tools, bool fold, bool rows,
					    struct ks_arena *arena, struct ks_axis *ret);
/** Append where some images are: "on every kernel", "on A, B", "on 12 of 31 kernels, A to B". */
void ks_axis_write(const struct ks_axis *axis, const size_t *images, size_t nr, struct ks_buf *out);
/** How many tools come to each verdict on a step. */
void ks_axis_count(const struct ks_tools *tools, const struct ks_axis_step *step,
		   size_t ret[KS_NR_TOOL_VERDICTS]);
