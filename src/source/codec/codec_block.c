/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "source/codec/codec_block.h"

static struct ks_error *grow(uint8_t **at, size_t *cap, size_t bytes)
{
	if (bytes <= *cap)
		return NULL;
	uint8_t *grown = realloc(*at, bytes);
	if (!grown)
		return &ks_nomem;
	*at = grown;
	*cap = bytes;
	return NULL;
}

struct ks_error *ks_codec_gather(struct ks_codec_block *block, struct ks_codec_step *step,
				 bool *full)
{
	size_t n = block->in_want - block->in_len;
	n = n < step->in_len ? n : step->in_len;
	KS_TRY(grow(&block->in, &block->in_cap, block->in_len + n));
	if (n)
		memcpy(block->in + block->in_len, step->in, n);
	block->in_len += n;
	step->in += n;
	step->in_len -= n;
	*full = block->in_len == block->in_want;
	return NULL;
}

void ks_codec_want(struct ks_codec_block *block, size_t bytes)
{
	block->in_len = 0;
	block->in_want = bytes;
}

struct ks_error *ks_codec_room(struct ks_codec_block *block, size_t bytes)
{
	return grow(&block->out, &block->out_cap, bytes);
}

bool ks_codec_give(struct ks_codec_block *block, struct ks_codec_step *step)
{
	size_t n = block->out_len - block->out_pos;
	n = n < step->out_len ? n : step->out_len;
	if (n)
		memcpy(step->out, block->out + block->out_pos, n);
	step->out += n;
	step->out_len -= n;
	block->out_pos += n;
	return block->out_pos == block->out_len;
}

void ks_codec_block_deinit(struct ks_codec_block *block)
{
	free(block->in);
	free(block->out);
}
