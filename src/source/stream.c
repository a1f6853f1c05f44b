/* SPDX-License-Identifier: BSD-2-Clause */
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "source/stream.h"

enum {
	INPUT_BYTES = 256 << 10,
	STALLS_MAX = 8, // steps without any progress, each with more input than the one before
	XZ_THREADS =
		2, // more would need more memory than a machine with several packages in work has
};
// Beyond the first number xz gives up threads, beyond the second it gives up.
static const uint64_t xz_threading_max = 256 << 20, xz_memory_max = 512 << 20;

/** One step: what was taken and given is moved out of the two runs. */
struct step {
	const uint8_t *in;
	size_t in_len;
	uint8_t *out;
	size_t out_len;
	bool last; // no input follows what is in `in`
	bool done; // set by the codec: the packed bytes came to their proper end
};

struct ks_stream {
	struct ks_input *input;
	uint64_t pos, end; // the part of the input that is still to be read
	uint64_t unpacked, unpacked_max;
	enum ks_codec codec;
	bool opened, done;
	uint8_t *buf;
	size_t buf_pos, buf_len;
	union {
		lzma_stream xz;
		ZSTD_DStream *zstd;
		z_stream gzip;
	};
};

struct codec_ops {
	const char *name;
	const char *magic;
	size_t magic_len;
	struct ks_error *(*open)(struct ks_stream *s);
	/** NULL, or an error when the bytes are damaged; no progress at all means that input lacks */
	struct ks_error *(*run)(struct ks_stream *s, struct step *step);
	void (*close)(struct ks_stream *s);
};

static struct ks_error *none_run(struct ks_stream *s, struct step *step)
{
	(void)s;
	size_t n = step->in_len < step->out_len ? step->in_len : step->out_len;
	memcpy(step->out, step->in, n);
	step->in += n;
	step->in_len -= n;
	step->out += n;
	step->out_len -= n;
	step->done = step->last && !step->in_len;
	return NULL;
}

static struct ks_error *xz_open(struct ks_stream *s)
{
	s->xz = (lzma_stream)LZMA_STREAM_INIT;
	const lzma_mt mt = {
		.flags = LZMA_CONCATENATED,
		.threads = XZ_THREADS,
		.memlimit_threading = xz_threading_max,
		.memlimit_stop = xz_memory_max,
	};
	return lzma_stream_decoder_mt(&s->xz, &mt) == LZMA_OK ? NULL : &ks_nomem;
}

static struct ks_error *xz_run(struct ks_stream *s, struct step *step)
{
	s->xz.next_in = step->in;
	s->xz.avail_in = step->in_len;
	s->xz.next_out = step->out;
	s->xz.avail_out = step->out_len;
	lzma_ret ret = lzma_code(&s->xz, step->last ? LZMA_FINISH : LZMA_RUN);
	step->in = s->xz.next_in;
	step->in_len = s->xz.avail_in;
	step->out = s->xz.next_out;
	step->out_len = s->xz.avail_out;
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
				    (unsigned long long)xz_memory_max >> 20);
	case LZMA_FORMAT_ERROR:
	case LZMA_OPTIONS_ERROR:
		return ks_error_new(KS_ERR_UNSUPPORTED, "xz data of a kind that is not known");
	default:
		return ks_error_new(KS_ERR_DATA, "the xz data is damaged");
	}
}

static void xz_close(struct ks_stream *s)
{
	lzma_end(&s->xz);
}

static struct ks_error *zstd_open(struct ks_stream *s)
{
	s->zstd = ZSTD_createDStream();
	if (!s->zstd)
		return &ks_nomem;
	// dpkg and makedeb use windows up to 128 MiB (level 22); the default limit is the same
	ZSTD_DCtx_setParameter(s->zstd, ZSTD_d_windowLogMax, 28);
	return NULL;
}

static struct ks_error *zstd_run(struct ks_stream *s, struct step *step)
{
	ZSTD_inBuffer in = { step->in, step->in_len, 0 };
	ZSTD_outBuffer out = { step->out, step->out_len, 0 };
	size_t ret = ZSTD_decompressStream(s->zstd, &out, &in);
	if (ZSTD_isError(ret))
		return ks_error_new(KS_ERR_DATA, "the zstd data is damaged (%s)",
				    ZSTD_getErrorName(ret));
	step->in += in.pos;
	step->in_len -= in.pos;
	step->out += out.pos;
	step->out_len -= out.pos;
	step->done = !ret && step->last && !step->in_len; // a frame ended, and no other follows
	return NULL;
}

static void zstd_close(struct ks_stream *s)
{
	ZSTD_freeDStream(s->zstd);
}

static struct ks_error *gzip_open(struct ks_stream *s)
{
	s->gzip = (z_stream){ 0 };
	return inflateInit2(&s->gzip, 15 + 16) == Z_OK ? NULL : &ks_nomem; // 16: gzip, not zlib
}

static struct ks_error *gzip_run(struct ks_stream *s, struct step *step)
{
	s->gzip.next_in = (Bytef *)step->in;
	s->gzip.avail_in = (uInt)step->in_len;
	s->gzip.next_out = step->out;
	s->gzip.avail_out = (uInt)step->out_len;
	int ret = inflate(&s->gzip, Z_NO_FLUSH);
	step->in = s->gzip.next_in;
	step->in_len = s->gzip.avail_in;
	step->out = s->gzip.next_out;
	step->out_len = s->gzip.avail_out;
	if (ret == Z_STREAM_END) {
		step->done = step->last && !step->in_len;
		if (!step->done) // members may follow each other
			inflateReset(&s->gzip);
		return NULL;
	}
	if (ret == Z_MEM_ERROR)
		return &ks_nomem;
	if (ret != Z_OK && ret != Z_BUF_ERROR)
		return ks_error_new(KS_ERR_DATA, "the gzip data is damaged");
	return NULL;
}

static void gzip_close(struct ks_stream *s)
{
	inflateEnd(&s->gzip);
}

static const struct codec_ops codecs[] = {
	[KS_CODEC_NONE] = { "tar", NULL, 0, NULL, none_run, NULL },
	[KS_CODEC_XZ] = { "xz",
			  "\xfd"
			  "7zXZ",
			  6, xz_open, xz_run, xz_close },
	[KS_CODEC_ZSTD] = { "zstd", "\x28\xb5\x2f\xfd", 4, zstd_open, zstd_run, zstd_close },
	[KS_CODEC_GZIP] = { "gzip", "\x1f\x8b", 2, gzip_open, gzip_run, gzip_close },
};

enum ks_codec ks_codec_of(const void *head, size_t len)
{
	for (size_t i = 1; i < sizeof(codecs) / sizeof(codecs[0]); i++)
		if (len >= codecs[i].magic_len &&
		    !memcmp(head, codecs[i].magic, codecs[i].magic_len))
			return (enum ks_codec)i;
	return KS_CODEC_NONE;
}

const char *ks_codec_name(enum ks_codec codec)
{
	return codecs[codec].name;
}

/** More packed bytes behind those not taken yet (at most a few, when a codec wants to see more). */
static struct ks_error *fill(struct ks_stream *s)
{
	size_t left = s->buf_len - s->buf_pos;
	memmove(s->buf, s->buf + s->buf_pos, left);
	s->buf_pos = 0;
	s->buf_len = left;
	size_t want = INPUT_BYTES - left;
	if (want > s->end - s->pos)
		want = (size_t)(s->end - s->pos);
	size_t got = 0;
	// One read, not a full buffer: what a server has sent so far is worth unpacking now.
	if (want)
		KS_TRY(s->input->ops->read(s->input, s->pos, s->buf + left, want, &got));
	if (want && !got)
		return ks_error_new(
			KS_ERR_DATA, "truncated: ends at byte %llu, %llu bytes are missing",
			(unsigned long long)s->pos, (unsigned long long)(s->end - s->pos));
	s->pos += got;
	s->buf_len += got;
	return NULL;
}

struct ks_error *ks_stream_open(struct ks_input *in, uint64_t offset, uint64_t len,
				uint64_t unpacked_max, struct ks_stream **ret)
{
	if (in->size == KS_INPUT_SIZE_UNKNOWN && len > UINT64_MAX - offset)
		len = UINT64_MAX - offset;
	_cleanup_stream_ struct ks_stream *s = calloc(1, sizeof(*s));
	if (!s || !(s->buf = malloc(INPUT_BYTES)))
		return &ks_nomem;
	s->input = in;
	s->pos = offset;
	s->end = offset + len;
	s->unpacked_max = unpacked_max;
	while (s->buf_len < KS_CODEC_HEAD_BYTES && s->pos < s->end)
		KS_TRY(fill(s));
	s->codec = ks_codec_of(s->buf, s->buf_len);
	if (codecs[s->codec].open)
		KS_TRY(codecs[s->codec].open(s));
	s->opened = true;
	*ret = ks_take(s);
	return NULL;
}

void ks_stream_close(struct ks_stream *s)
{
	if (!s)
		return;
	if (s->opened && codecs[s->codec].close)
		codecs[s->codec].close(s);
	free(s->buf);
	free(s);
}

struct ks_error *ks_stream_read(struct ks_stream *s, void *buf, size_t len, size_t *got)
{
	struct step step = { .out = buf, .out_len = len };
	unsigned int stalls = 0;
	*got = 0;
	while (!s->done && step.out_len == len) {
		if (s->buf_pos == s->buf_len && s->pos < s->end)
			KS_TRY(fill(s));
		step.in = s->buf + s->buf_pos;
		step.in_len = s->buf_len - s->buf_pos;
		step.last = s->pos == s->end;
		size_t in_before = step.in_len;
		KS_TRY(codecs[s->codec].run(s, &step));
		s->done = step.done;
		s->buf_pos = s->buf_len - step.in_len;
		if (s->done || step.in_len != in_before || step.out_len != len)
			continue;
		if (step.last)
			return ks_error_new(KS_ERR_DATA, "truncated: the %s data has no proper end",
					    ks_codec_name(s->codec));
		if (++stalls > STALLS_MAX)
			return ks_error_new(KS_ERR_DATA, "the %s data is damaged",
					    ks_codec_name(s->codec));
		KS_TRY(fill(s));
	}
	*got = len - step.out_len;
	s->unpacked += *got;
	if (s->unpacked > s->unpacked_max)
		return ks_error_new(KS_ERR_DATA, "more than %llu MiB unpacked: refused as endless",
				    (unsigned long long)s->unpacked_max >> 20);
	return NULL;
}

uint64_t ks_stream_offset(const struct ks_stream *s)
{
	return s->pos - (s->buf_len - s->buf_pos);
}

uint64_t ks_stream_unpacked(const struct ks_stream *s)
{
	return s->unpacked;
}

enum ks_codec ks_stream_codec(const struct ks_stream *s)
{
	return s->codec;
}
