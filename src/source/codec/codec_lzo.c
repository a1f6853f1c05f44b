/* SPDX-License-Identifier: BSD-2-Clause */
/* lzo in the files of lzop: a header, then blocks with their two lengths and checksums before them. */
#include <lzo/lzo1x.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cursor.h"
#include "base/lazy.h"
#include "source/codec/codec_block.h"

/** The function of liblzo2 that we use; it is loaded when something packed by it turns up (base/lazy.h). */
static struct library {
	int (*decompress)(const lzo_byte *in, lzo_uint in_len, lzo_byte *out, lzo_uint *out_len,
			  void *unused);
} lib;
static const struct ks_lazy_symbol symbols[] = {
	{ "lzo1x_decompress_safe", offsetof(struct library, decompress) },
};
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool usable;

KS_LAZY_NOTE("lzo", "kernels packed by lzo", "recommended", "liblzo2.so.2");

static void load(void)
{
	static const char *const names[] = { "liblzo2.so.2", NULL };
	const struct ks_lazy lazy = { names, symbols, KS_ARRAY_LEN(symbols), &lib };
	usable = ks_lazy_load(&lazy);
}

static void load_once(void)
{
	pthread_once(&once, load);
}

enum {
	MAGIC = 9,
	BLOCK_MAX = 64 << 20,
	ADLER_OUT = 1,
	ADLER_IN = 2,
	CRC_OUT = 0x100,
	CRC_IN = 0x200,
	FILTER = 0x800,
	NEWER = 0x940, // versions from here on have more fields
};

/** What is gathered next. */
enum phase { PHASE_VERSION, PHASE_HEADER, PHASE_NAME, PHASE_LENGTH, PHASE_BLOCK, PHASE_END };

struct lzop {
	struct ks_codec_block block;
	enum phase phase;
	bool newer;
	uint32_t flags, out_len, in_len, sums; // of the block: bytes
};

static struct ks_error *open_lzop(unsigned int ways, void **ret)
{
	(void)ways; // the data says where it ends
	load_once();
	if (!usable)
		return ks_error_new(KS_ERR_UNSUPPORTED, "cannot load liblzo2.so.2, which lzo data "
							"needs: install liblzo2-2");
	struct lzop *z = calloc(1, sizeof(*z));
	if (!z)
		return &ks_nomem;
	ks_codec_want(&z->block, MAGIC + 2);
	*ret = z;
	return NULL;
}

static struct ks_cursor gathered(const struct lzop *z)
{
	return ks_cursor_over(z->block.in, z->block.in_len,
			      __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
}

static void want(struct lzop *z, enum phase phase, size_t bytes)
{
	z->phase = phase;
	ks_codec_want(&z->block, bytes);
}

/** From the version of the library to the length of the name; the flags lie behind method and level. */
static struct ks_error *take_header(struct lzop *z)
{
	struct ks_cursor c = gathered(z);
	ks_cursor_take(&c, z->newer ? 6 : 3);
	z->flags = ks_cursor_u32(&c);
	if (z->flags & FILTER)
		return ks_error_new(KS_ERR_UNSUPPORTED, "lzo data of a kind that is not known");
	c.pos = c.end - 1;
	want(z, PHASE_NAME, ks_cursor_u8(&c) + (size_t)4);
	return NULL;
}

static struct ks_error *take_length(struct lzop *z)
{
	struct ks_cursor c = gathered(z);
	z->out_len = ks_cursor_u32(&c);
	if (!z->out_len) {
		z->phase = PHASE_END;
		return NULL;
	}
	if (z->block.in_len == 4) { // only now is it known that there is a block
		z->block.in_want = 8;
		return NULL;
	}
	z->in_len = ks_cursor_u32(&c);
	if (!z->in_len || z->in_len > z->out_len || z->out_len > BLOCK_MAX)
		return ks_error_new(KS_ERR_DATA, "the lzo data is damaged");
	bool packed = z->in_len < z->out_len;
	z->sums = (z->flags & ADLER_OUT ? 4 : 0) + (z->flags & CRC_OUT ? 4 : 0) +
		  (packed && z->flags & ADLER_IN ? 4 : 0) + (packed && z->flags & CRC_IN ? 4 : 0);
	want(z, PHASE_BLOCK, (size_t)z->sums + z->in_len);
	return NULL;
}

static struct ks_error *take_block(struct lzop *z)
{
	const uint8_t *in = z->block.in + z->sums;
	lzo_uint n = z->out_len;
	KS_TRY(ks_codec_room(&z->block, n));
	if (z->in_len == z->out_len)
		memcpy(z->block.out, in, n);
	else if (lib.decompress(in, z->in_len, z->block.out, &n, NULL) != LZO_E_OK ||
		 n != z->out_len)
		return ks_error_new(KS_ERR_DATA, "the lzo data is damaged");
	z->block.out_pos = 0;
	z->block.out_len = n;
	want(z, PHASE_LENGTH, 4);
	return NULL;
}

static struct ks_error *take(struct lzop *z)
{
	struct ks_cursor c = gathered(z);
	switch (z->phase) {
	case PHASE_VERSION:
		ks_cursor_take(&c, MAGIC);
		z->newer = ks_cursor_u16(&c) >= NEWER;
		want(z, PHASE_HEADER, z->newer ? 23 : 16);
		return NULL;
	case PHASE_HEADER:
		return take_header(z);
	case PHASE_NAME:
		want(z, PHASE_LENGTH, 4);
		return NULL;
	case PHASE_LENGTH:
		return take_length(z);
	case PHASE_BLOCK:
		return take_block(z);
	default:
		return NULL;
	}
}

static struct ks_error *run(void *state, struct ks_codec_step *step)
{
	struct lzop *z = state;
	while (ks_codec_give(&z->block, step)) {
		bool full = false;
		step->done = z->phase == PHASE_END;
		if (step->done)
			return NULL;
		KS_TRY(ks_codec_gather(&z->block, step, &full));
		if (!full)
			return NULL;
		KS_TRY(take(z));
	}
	return NULL;
}

static void close_lzop(void *state)
{
	struct lzop *z = state;
	ks_codec_block_deinit(&z->block);
	free(z);
}

const struct ks_codec_ops ks_codec_lzo = {
	.name = "lzo",
	.magic = "\x89LZO\0\r\n\x1a\n",
	.magic_len = MAGIC,
	.open = open_lzop,
	.load = load_once,
	.run = run,
	.close = close_lzop,
};
