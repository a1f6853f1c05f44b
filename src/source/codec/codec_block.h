/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Codecs that unpack a whole block at a time: gathering it, and handing out what it gave. */
#include "source/codec/codec.h"

struct ks_codec_block {
	uint8_t *in, *out;	 // owned
	size_t in_len, in_want;	 // gathered, and how much there must be
	size_t out_pos, out_len; // handed out, and how much there is
	size_t in_cap, out_cap;
};

/**
 * Gather until in_want bytes are there; the caller bounds that number.
 * @param[out] full false: input lacks
 */
KS_MUST_CHECK struct ks_error *ks_codec_gather(struct ks_codec_block *block,
					       struct ks_codec_step *step, bool *full);
/** The next so many bytes are wanted. */
void ks_codec_want(struct ks_codec_block *block, size_t bytes);
/** Room for what a block unpacks to; the caller bounds that number. */
KS_MUST_CHECK struct ks_error *ks_codec_room(struct ks_codec_block *block, size_t bytes);
/** Hand out; true when nothing is left. */
bool ks_codec_give(struct ks_codec_block *block, struct ks_codec_step *step);
void ks_codec_block_deinit(struct ks_codec_block *block);
