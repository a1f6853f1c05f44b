/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "source/codec/codec.h"

static struct ks_error *none_open(unsigned int ways, void **ret)
{
	(void)ways;
	*ret = NULL;
	return NULL;
}

static struct ks_error *none_run(void *state, struct ks_codec_step *step)
{
	(void)state;
	size_t n = step->in_len < step->out_len ? step->in_len : step->out_len;
	memcpy(step->out, step->in, n);
	step->in += n;
	step->in_len -= n;
	step->out += n;
	step->out_len -= n;
	step->done = step->last && !step->in_len;
	return NULL;
}

static void none_close(void *state)
{
	(void)state;
}

struct zstd {
	ZSTD_DStream *stream;
	bool single;
};

static void zstd_close(void *state)
{
	struct zstd *z = state;
	ZSTD_freeDStream(z->stream);
	free(z);
}

static struct ks_error *zstd_open(unsigned int ways, void **ret)
{
	struct zstd *z = calloc(1, sizeof(*z));
	if (!z)
		return &ks_nomem;
	z->single = ways & KS_CODEC_ONE_FRAME;
	z->stream = ZSTD_createDStream();
	if (!z->stream) {
		free(z);
		return &ks_nomem;
	}
	// dpkg and makedeb use windows up to 128 MiB (level 22); the default limit is the same
	ZSTD_DCtx_setParameter(z->stream, ZSTD_d_windowLogMax, 28);
	*ret = z;
	return NULL;
}

static struct ks_error *zstd_run(void *state, struct ks_codec_step *step)
{
	struct zstd *z = state;
	ZSTD_inBuffer in = { step->in, step->in_len, 0 };
	ZSTD_outBuffer out = { step->out, step->out_len, 0 };
	size_t ret = ZSTD_decompressStream(z->stream, &out, &in);
	if (ZSTD_isError(ret))
		return ks_error_new(KS_ERR_DATA, "the zstd data is damaged (%s)",
				    ZSTD_getErrorName(ret));
	step->in += in.pos;
	step->in_len -= in.pos;
	step->out += out.pos;
	step->out_len -= out.pos;
	// a frame ended, and no other follows
	step->done = !ret && (z->single || (step->last && !step->in_len));
	return NULL;
}

struct gzip {
	z_stream stream;
	bool single;
};

static struct ks_error *gzip_open(unsigned int ways, void **ret)
{
	struct gzip *z = calloc(1, sizeof(*z));
	if (!z)
		return &ks_nomem;
	z->single = ways & KS_CODEC_ONE_FRAME;
	if (inflateInit2(&z->stream, 15 + 16) != Z_OK) { // 16: gzip, not zlib
		free(z);
		return &ks_nomem;
	}
	*ret = z;
	return NULL;
}

static struct ks_error *gzip_run(void *state, struct ks_codec_step *step)
{
	struct gzip *z = state;
	z->stream.next_in = (Bytef *)step->in;
	z->stream.avail_in = (uInt)step->in_len;
	z->stream.next_out = step->out;
	z->stream.avail_out = (uInt)step->out_len;
	int ret = inflate(&z->stream, Z_NO_FLUSH);
	step->in = z->stream.next_in;
	step->in_len = z->stream.avail_in;
	step->out = z->stream.next_out;
	step->out_len = z->stream.avail_out;
	if (ret == Z_STREAM_END) {
		step->done = z->single || (step->last && !step->in_len);
		if (!step->done) // members may follow each other
			inflateReset(&z->stream);
		return NULL;
	}
	if (ret == Z_MEM_ERROR)
		return &ks_nomem;
	if (ret != Z_OK && ret != Z_BUF_ERROR)
		return ks_error_new(KS_ERR_DATA, "the gzip data is damaged");
	return NULL;
}

static void gzip_close(void *state)
{
	struct gzip *z = state;
	inflateEnd(&z->stream);
	free(z);
}

static const struct ks_codec_ops none = { "tar", NULL, 0, none_open, none_run, none_close };
static const struct ks_codec_ops zstd = { "zstd",    "\x28\xb5\x2f\xfd", 4,
					  zstd_open, zstd_run,		 zstd_close };
static const struct ks_codec_ops gzip = { "gzip", "\x1f\x8b", 2, gzip_open, gzip_run, gzip_close };

const struct ks_codec_ops *const ks_codecs[KS_NR_CODECS] = {
	[KS_CODEC_NONE] = &none,	  [KS_CODEC_XZ] = &ks_codec_xz,
	[KS_CODEC_ZSTD] = &zstd,	  [KS_CODEC_GZIP] = &gzip,
	[KS_CODEC_LZMA] = &ks_codec_lzma, [KS_CODEC_BZIP2] = &ks_codec_bzip2,
	[KS_CODEC_LZ4] = &ks_codec_lz4,	  [KS_CODEC_LZ4_LEGACY] = &ks_codec_lz4_legacy,
	[KS_CODEC_LZO] = &ks_codec_lzo,
};

enum ks_codec ks_codec_of(const void *head, size_t len)
{
	for (size_t i = 1; i < KS_NR_CODECS; i++)
		if (len >= ks_codecs[i]->magic_len &&
		    !memcmp(head, ks_codecs[i]->magic, ks_codecs[i]->magic_len))
			return (enum ks_codec)i;
	return KS_CODEC_NONE;
}

const char *ks_codec_name(enum ks_codec codec)
{
	return ks_codecs[codec]->name;
}

void ks_codecs_load(void)
{
	for (size_t i = 0; i < KS_NR_CODECS; i++)
		if (ks_codecs[i]->load)
			ks_codecs[i]->load();
}
