/* SPDX-License-Identifier: BSD-2-Clause */
/* lz4 in its two containers: the frame that the tool writes today, and the old one that kernels are packed with. */
#include <lz4.h>
#include <lz4frame.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cursor.h"
#include "base/lazy.h"
#include "source/codec/codec_block.h"

/** The functions of liblz4 that we use; it is loaded when something packed by it turns up (base/lazy.h). */
static struct library {
	int (*decompress)(const char *in, char *out, int in_len, int out_len);
	LZ4F_errorCode_t (*frame_new)(LZ4F_dctx **ctx, unsigned int version);
	LZ4F_errorCode_t (*frame_free)(LZ4F_dctx *ctx);
	size_t (*frame_run)(LZ4F_dctx *ctx, void *out, size_t *out_len, const void *in,
			    size_t *in_len, const LZ4F_decompressOptions_t *opts);
	unsigned int (*is_error)(LZ4F_errorCode_t code);
} lib;
static const struct ks_lazy_symbol symbols[] = {
	{ "LZ4_decompress_safe", offsetof(struct library, decompress) },
	{ "LZ4F_createDecompressionContext", offsetof(struct library, frame_new) },
	{ "LZ4F_freeDecompressionContext", offsetof(struct library, frame_free) },
	{ "LZ4F_decompress", offsetof(struct library, frame_run) },
	{ "LZ4F_isError", offsetof(struct library, is_error) },
};
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool usable;

KS_LAZY_NOTE("lz4", "kernels packed by lz4", "recommended", "liblz4.so.1");

static void load(void)
{
	static const char *const names[] = { "liblz4.so.1", NULL };
	const struct ks_lazy lazy = { names, symbols, KS_ARRAY_LEN(symbols), &lib };
	usable = ks_lazy_load(&lazy);
}

static void load_once(void)
{
	pthread_once(&once, load);
}

static struct ks_error *need_library(void)
{
	load_once();
	return usable ? NULL
		      : ks_error_new(KS_ERR_UNSUPPORTED, "cannot load liblz4.so.1, which lz4 data "
							 "needs: install liblz4-1");
}

/* ---- frames ---- */

struct frame {
	LZ4F_dctx *ctx;
	bool single;
};

static struct ks_error *frame_open(unsigned int ways, void **ret)
{
	KS_TRY(need_library());
	struct frame *f = calloc(1, sizeof(*f));
	if (!f)
		return &ks_nomem;
	f->single = ways & KS_CODEC_ONE_FRAME;
	if (lib.is_error(lib.frame_new(&f->ctx, LZ4F_VERSION))) {
		free(f);
		return &ks_nomem;
	}
	*ret = f;
	return NULL;
}

static struct ks_error *frame_run(void *state, struct ks_codec_step *step)
{
	struct frame *f = state;
	size_t out = step->out_len, in = step->in_len;
	size_t ret = lib.frame_run(f->ctx, step->out, &out, step->in, &in, NULL);
	if (lib.is_error(ret))
		return ks_error_new(KS_ERR_DATA, "the lz4 data is damaged");
	step->in += in;
	step->in_len -= in;
	step->out += out;
	step->out_len -= out;
	step->done = !ret && (f->single || (step->last && !step->in_len));
	return NULL;
}

static void frame_close(void *state)
{
	struct frame *f = state;
	lib.frame_free(f->ctx);
	free(f);
}

/* ---- the old container: a magic number, then blocks, each with its packed length before it ---- */

enum { WORD = 4, LEGACY_BYTES = 8 << 20, PACKED_MAX = LZ4_COMPRESSBOUND(LEGACY_BYTES) };

struct legacy {
	struct ks_codec_block block;
	bool begun, in_block, ended;
};

static struct ks_error *legacy_open(unsigned int ways, void **ret)
{
	(void)ways; // the end is told by the blocks
	KS_TRY(need_library());
	struct legacy *l = calloc(1, sizeof(*l));
	if (!l)
		return &ks_nomem;
	ks_codec_want(&l->block, WORD);
	*ret = l;
	return NULL;
}

/** A word between blocks: the magic number first, then lengths. What cannot be one is what follows the data. */
static void take_word(struct legacy *l)
{
	struct ks_cursor c =
		ks_cursor_over(l->block.in, WORD, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	uint32_t word = ks_cursor_u32(&c);
	if (!l->begun || memcmp(l->block.in, ks_codec_lz4_legacy.magic, WORD) == 0) {
		l->begun = true;
		ks_codec_want(&l->block, WORD);
		return;
	}
	l->in_block = true;
	l->ended = !word || word > PACKED_MAX;
	ks_codec_want(&l->block, word);
}

static struct ks_error *take_block(struct legacy *l)
{
	struct ks_codec_block *b = &l->block;
	KS_TRY(ks_codec_room(b, LEGACY_BYTES));
	int n = lib.decompress((const char *)b->in, (char *)b->out, (int)b->in_len, LEGACY_BYTES);
	if (n < 0)
		return ks_error_new(KS_ERR_DATA, "the lz4 data is damaged");
	b->out_pos = 0;
	b->out_len = (size_t)n;
	l->in_block = false;
	l->ended = n < LEGACY_BYTES; // only the last one is short
	ks_codec_want(b, WORD);
	return NULL;
}

static struct ks_error *legacy_run(void *state, struct ks_codec_step *step)
{
	struct legacy *l = state;
	while (ks_codec_give(&l->block, step)) {
		bool full = false;
		if (!l->ended)
			KS_TRY(ks_codec_gather(&l->block, step, &full));
		if (!full) {
			bool between = l->begun && !l->in_block && step->last;
			step->done = l->ended || between;
			return NULL;
		}
		if (l->in_block)
			KS_TRY(take_block(l));
		else
			take_word(l);
	}
	return NULL;
}

static void legacy_close(void *state)
{
	struct legacy *l = state;
	ks_codec_block_deinit(&l->block);
	free(l);
}

const struct ks_codec_ops ks_codec_lz4 = { "lz4",     "\x04\x22\x4d\x18", 4,	    frame_open,
					   frame_run, frame_close,	  load_once };
const struct ks_codec_ops ks_codec_lz4_legacy = { "lz4",       "\x02\x21\x4c\x18", 4,
						  legacy_open, legacy_run,	   legacy_close,
						  load_once };
