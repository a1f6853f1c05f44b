/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Tracks on which tools say the same, folded into one. Inside report/ only. */
#include "base/buf.h"
#include "check/tools/spans.h"

/** One step of some tracks: on all their kernels of these versions a tool comes to the same. */
struct ks_fold_step {
	const struct ks_tool_span *span; // of the first of the tracks: verdict and reason
	const struct ks_image *first, *last;
	bool first_whole, last_whole; // all kernels of its series in the tracks are in the step
	bool alone;		      // of one track: kernels have labels
	bool own;		      // the reason is about the tool as such, not about a name
	size_t least_more, most_more; // other losses, by track and tool
};
struct ks_fold_steps {
	size_t nr;
	const struct ks_fold_step *at;
};
/** Some tracks, ascending. */
struct ks_fold_tracks {
	size_t nr;
	const size_t *at;
};
struct ks_fold {
	size_t nr;
	const struct ks_fold_tracks *at;
};

/** Tools that say the same, of the same tracks. */
struct ks_fold_paragraph {
	size_t nr_tools;
	const size_t *tools; // ascending
	struct ks_fold tracks;
	const struct ks_fold_steps *steps; // of each of these
};
struct ks_fold_text {
	size_t nr;
	const struct ks_fold_paragraph *at;
};

/**
 * The steps of a tool on some tracks.
 * @param reasons they must be the same, too
 * @param arena holds the result
 * @param[out] ret at is NULL when they are not the same steps, or when kernels of one step lie between those of another
 */
KS_MUST_CHECK struct ks_error *ks_fold_steps(const struct ks_spans *spans, size_t tool,
					     const struct ks_fold_tracks *tracks, bool reasons,
					     struct ks_arena *arena, struct ks_fold_steps *ret);
/** All tracks, those together on which every tool has the same steps, whatever their reasons. */
KS_MUST_CHECK struct ks_error *ks_fold_all(const struct ks_spans *spans, struct ks_arena *arena,
					   struct ks_fold *ret);
/**
 * Some tools, each with its tracks that have kernels it is built for.
 * @param tools ascending
 * @param fold equal tracks together, and tools that say the same; false: each by itself
 * @param arena holds the result
 */
KS_MUST_CHECK struct ks_error *ks_fold_text(const struct ks_spans *spans, const size_t *tools,
					    size_t nr, bool fold, struct ks_arena *arena,
					    struct ks_fold_text *ret);

/** Append "Debian amd64, arm64 (all)". @param tool "all" is all tracks of it; tools->nr: of the store */
void ks_fold_write_tracks(const struct ks_spans *spans, size_t tool,
			  const struct ks_fold_tracks *tracks, struct ks_buf *out);
/** Append "5.10 to 6.1", "6.12". @param between " to " */
void ks_fold_write_range(const struct ks_fold_step *step, const char *between, struct ks_buf *out);
/** Append ": vfs_read: no such function and 1 more", or nothing. */
void ks_fold_write_why(const struct ks_fold_step *step, struct ks_buf *out);
