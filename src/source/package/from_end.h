/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "source/input.h"
#include "source/tmpfile.h"

/**
 * Reaching the last files of a big data.tar.xz without unpacking all that stands before them.
 *
 * An xz file made by several threads (dpkg always does) is a row of blocks that can be unpacked one by
 * one, and its end holds an index of their sizes. So we read the end, then unpack from the last block
 * towards the first until a tar header for vmlinux turns up. Every block is unpacked once at most, and
 * what was unpacked on the way is vmlinux itself.
 */
enum ks_from_end_answer {
	KS_FROM_END_FOUND,
	KS_FROM_END_ABSENT, // not in the part that was searched
	KS_FROM_END_UNUSABLE, // one block only, no index, or not xz: the archive has to be read in order
};

struct ks_from_end_range {
	uint64_t offset, size;	 // where the xz data lies in the input, bytes
	uint64_t unpacked_floor; // what comes before was searched already
	uint64_t vmlinux_max;	 // bytes
	uint64_t search_max;	 // give up after that many unpacked bytes
};

struct ks_from_end_found {
	struct ks_map map; // the caller deinits
	char *path;	   // the caller frees
};

/** @param ret written for KS_FROM_END_FOUND only */
KS_MUST_CHECK struct ks_error *ks_from_end_find(struct ks_input *in,
						const struct ks_from_end_range *range,
						const struct ks_progress *progress,
						enum ks_from_end_answer *answer,
						struct ks_from_end_found *ret);
