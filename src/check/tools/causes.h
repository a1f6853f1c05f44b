/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What tools lose, once for each cause, not for each program. */
#include "check/tools/tools.h"

/** One cause: reasons of a kind, equally bad, about one name or about several that cost the same tools the same images. */
struct ks_cause {
	const struct ks_reason *reason; // the first with the usual hint; NULL: nobody can tell why
	size_t nr_names;		// of all names that the same tools lose on the same images
	const char *const *names;
	enum ks_tool_verdict verdict; // the worst that it makes of a tool
	size_t nr_tools, nr_images, nr_rows;
	const size_t *tools, *images, *rows; // ascending
	const char *words; // what is lost, where somebody said so of all losses; NULL
};
/** Worst first, and among equals those that concern the most tools. */
struct ks_causes {
	size_t nr;
	const struct ks_cause *at;
};

/** Whether a loss counts. */
typedef bool ks_loss_wanted_fn(const void *arg, size_t tool, size_t image,
			       const struct ks_loss *loss);

/**
 * The causes of what tools lose.
 * @param wanted NULL: all losses count. Those of images for which a tool is not built, and those excused, never do
 * @param arena holds the result
 */
KS_MUST_CHECK struct ks_error *ks_causes_make(const struct ks_tools *tools,
					      ks_loss_wanted_fn *wanted, const void *arg,
					      struct ks_arena *arena, struct ks_causes *ret);
