/* SPDX-License-Identifier: BSD-2-Clause */
/* What liblzma unpacks: xz, and the older files of lzma. */
#include <lzma.h>
#include <stdlib.h>

#include "source/codec/codec.h"

enum {
	XZ_THREADS =
		2, // more would need more memory than a machine with several packages in work has
};
// Beyond the first number xz gives up threads, beyond the second it gives up.
static const uint64_t threading_max = 256 << 20, memory_max = 512 << 20;

static struct ks_error *open_with(lzma_ret (*init)(lzma_stream *xz, unsigned int ways),
				  unsigned int ways, void **ret)
{
	lzma_stream *xz = malloc(sizeof(*xz));
	if (!xz)
		return &ks_nomem;
	*xz = (lzma_stream)LZMA_STREAM_INIT;
	if (init(xz, ways) != LZMA_OK) {
		free(xz);
		return &ks_nomem;
	}
	*ret = xz;
	return NULL;
}

static lzma_ret xz_init(lzma_stream *xz, unsigned int ways)
{
	const uint32_t flags = ways & KS_CODEC_ONE_FRAME ? 0 : LZMA_CONCATENATED;
	if (ways & KS_CODEC_NOT_AHEAD)
		return lzma_stream_decoder(xz, memory_max, flags);
	const lzma_mt mt = {
		.flags = flags,
		.threads = XZ_THREADS,
		.memlimit_threading = threading_max,
		.memlimit_stop = memory_max,
	};
	return lzma_stream_decoder_mt(xz, &mt);
}

static lzma_ret lzma_init(lzma_stream *xz, unsigned int ways)
{
	(void)ways;
	return lzma_alone_decoder(xz, memory_max);
}

static struct ks_error *xz_open(unsigned int ways, void **ret)
{
	return open_with(xz_init, ways, ret);
}

static struct ks_error *lzma_open(unsigned int ways, void **ret)
{
	return open_with(lzma_init, ways, ret);
}

static struct ks_error *run(void *state, struct ks_codec_step *step)
{
	lzma_stream *xz = state;
	xz->next_in = step->in;
	xz->avail_in = step->in_len;
	xz->next_out = step->out;
	xz->avail_out = step->out_len;
	lzma_ret ret = lzma_code(xz, step->last ? LZMA_FINISH : LZMA_RUN);
	step->in = xz->next_in;
	step->in_len = xz->avail_in;
	step->out = xz->next_out;
	step->out_len = xz->avail_out;
	switch (ret) {
	case LZMA_STREAM_END:
		step->done = true;
		return NULL;
	case LZMA_OK:
	case LZMA_BUF_ERROR: // the caller sees that nothing moved
		return NULL;
	case LZMA_MEM_ERROR:
		return &ks_nomem;
	case LZMA_MEMLIMIT_ERROR:
		return ks_error_new(KS_ERR_DATA,
				    "the xz data asks for more than %llu MiB to unpack",
				    (unsigned long long)memory_max >> 20);
	case LZMA_FORMAT_ERROR:
	case LZMA_OPTIONS_ERROR:
		return ks_error_new(KS_ERR_UNSUPPORTED, "xz data of a kind that is not known");
	default:
		return ks_error_new(KS_ERR_DATA, "the xz data is damaged");
	}
}

static void close_xz(void *state)
{
	lzma_end(state);
	free(state);
}

const struct ks_codec_ops ks_codec_xz = { .name = "xz",
					  .magic = "\xfd"
						   "7zXZ",
					  .magic_len = 6,
					  .open = xz_open,
					  .run = run,
					  .close = close_xz };
const struct ks_codec_ops ks_codec_lzma = {
	.name = "lzma",
	.magic = "\x5d\0\0", // the usual properties, and a dictionary of at least 64 KiB
	.magic_len = 3,
	.open = lzma_open,
	.run = run,
	.close = close_xz,
};
