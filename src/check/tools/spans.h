/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* On which kernels a tool works: all spans of them, for each distribution, machine and flavour. */
#include "check/tools/tools.h"

/** Kernels that follow each other: of one distribution, machine and flavour. */
struct ks_track {
	const char *distribution, *arch, *flavor; // NULL: unknown; of the flavour also "" for none
	size_t nr;
	const size_t *images; // columns of the check, by version
};

/** Neighbours of a track on which a tool comes to the same. */
struct ks_tool_span {
	size_t track, first, nr; // of the track's images
	enum ks_tool_verdict verdict;
	/** What came with it; where nothing did, what went. NULL: nothing, or nobody can tell. */
	const struct ks_loss *why;
	size_t nr_more; // other losses that came, or went, with it
	bool gone;	// why went
};

struct ks_tool_spans {
	size_t nr;
	const struct ks_tool_span
		*at; // track after track, those left out for which the tool is not built
};

struct ks_spans {
	const struct ks_tools *tools; // borrowed
	size_t nr_tracks;
	const struct ks_track *tracks;
	const struct ks_tool_spans *of; // of each tool
};

/** @param arena holds the result */
KS_MUST_CHECK struct ks_error *ks_spans_make(const struct ks_tools *tools, struct ks_arena *arena,
					     struct ks_spans *ret);

/** Both are of one series, machine and flavour. */
bool ks_image_same_series(const struct ks_image *a, const struct ks_image *b);
