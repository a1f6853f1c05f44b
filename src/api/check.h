/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The verdicts of one check: inside api/ only. */
#include "api/api.h"
#include "api/checking.h"
#include "check/tools/tools.h"

struct ksurf_verdicts {
	struct ks_arena arena;
	struct ks_policy *policy;
	struct ks_checking checking;
	struct ks_check_input *inputs;
	size_t nr_inputs, nr_objects;
	size_t *checked; // of each object of the collection: its place in the check, or SIZE_MAX
	struct ksurf_image *images;
	struct ksurf_checked *programs;
	struct ksurf_outcome *outcomes; // outcomes[program * number of images + image]
	struct ks_tools *tools;
	struct ksurf_tool *public_tools;
	struct ksurf_tool_outcome *tool_outcomes; // [tool * number of images + image]
};

/** Fill a public reason. */
void ks_api_reason(const struct ks_reason *reason, struct ksurf_reason *ret);
/** Fill in the tools, once the programs are there (tools.c). */
KS_MUST_CHECK struct ks_error *ks_api_tools(struct ksurf_verdicts *verdicts, bool as_compiled);
