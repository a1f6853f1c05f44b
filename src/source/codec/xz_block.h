/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * A kernel packed by xz is a stream of one block, which liblzma unpacks in one thread. That is what takes longest
 * of all that is done for a vmlinuz, so it is cut in two here: one thread undoes the dictionary coder, the other, right
 * behind it, the filter for the branches of the machine, and adds up the checksum.
 */
#include <lzma.h>

#include "base/progress.h"
#include "source/tmpfile.h"

/** Such a stream. Bytes are borrowed. */
struct ks_xz_block {
	lzma_filter filters[LZMA_FILTERS_MAX + 1]; // options owned
	lzma_check check;
	const uint8_t *packed, *sum; // the block's data, and the checksum of what it unpacks to
	uint64_t packed_len, len;    // unpacked
};

/**
 * Read headers, index and footer. False for other streams, also for most damaged ones: whoever reads streams of any kind
 * knows what to say of them.
 */
bool ks_xz_block_of(const uint8_t *bytes, size_t len, struct ks_xz_block *ret);
/** @return KS_ERR_DATA when it is damaged */
KS_MUST_CHECK struct ks_error *ks_xz_block_unpack(const struct ks_xz_block *block,
						  const struct ks_progress *progress,
						  struct ks_map *ret);
void ks_xz_block_deinit(struct ks_xz_block *block);
#define _cleanup_xz_block_ __attribute__((__cleanup__(ks_xz_block_deinit)))
