/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The verdicts of one check: inside api/ only. */
#include "api/api.h"
#include "api/checking.h"

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
};
