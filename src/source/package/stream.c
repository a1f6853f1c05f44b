/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "source/package/stream.h"

enum {
	INPUT_BYTES = 256 << 10,
	STALLS_MAX = 8, // steps without any progress, each with more input than the one before
};

struct ks_stream {
	struct ks_input *input;
	uint64_t pos, end; // the part of the input that is still to be read
	uint64_t unpacked, unpacked_max;
	enum ks_codec codec;
	bool opened, done;
	uint8_t *buf;
	size_t buf_pos, buf_len;
	void *state; // of the codec
};

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

/** Everything but the codec. */
static struct ks_error *stream_new(struct ks_input *in, uint64_t offset, uint64_t len,
				   uint64_t unpacked_max, struct ks_stream **ret)
{
	if (in->size == KS_INPUT_SIZE_UNKNOWN && len > UINT64_MAX - offset)
		len = UINT64_MAX - offset;
	struct ks_stream *s = calloc(1, sizeof(*s));
	if (!s || !(s->buf = malloc(INPUT_BYTES))) {
		free(s);
		return &ks_nomem;
	}
	s->input = in;
	s->pos = offset;
	s->end = offset + len;
	s->unpacked_max = unpacked_max;
	*ret = s;
	return NULL;
}

static struct ks_error *open_codec(struct ks_stream *s, enum ks_codec codec, unsigned int ways)
{
	s->codec = codec;
	KS_TRY(ks_codecs[codec]->open(ways, &s->state));
	s->opened = true;
	return NULL;
}

static struct ks_error *open_all(struct ks_input *in, uint64_t offset, uint64_t len,
				 uint64_t unpacked_max, unsigned int ways, struct ks_stream **ret)
{
	_cleanup_stream_ struct ks_stream *s = NULL;
	KS_TRY(stream_new(in, offset, len, unpacked_max, &s));
	while (s->buf_len < KS_CODEC_HEAD_BYTES && s->pos < s->end)
		KS_TRY(fill(s));
	KS_TRY(open_codec(s, ks_codec_of(s->buf, s->buf_len), ways));
	*ret = ks_take(s);
	return NULL;
}

struct ks_error *ks_stream_open(struct ks_input *in, uint64_t offset, uint64_t len,
				uint64_t unpacked_max, struct ks_stream **ret)
{
	return open_all(in, offset, len, unpacked_max, 0, ret);
}

struct ks_error *ks_stream_open_sparing(struct ks_input *in, uint64_t offset, uint64_t len,
					uint64_t unpacked_max, struct ks_stream **ret)
{
	return open_all(in, offset, len, unpacked_max, KS_CODEC_NOT_AHEAD, ret);
}

struct ks_error *ks_stream_open_frame(struct ks_input *in, uint64_t offset, uint64_t len,
				      uint64_t unpacked_max, enum ks_codec codec,
				      struct ks_stream **ret)
{
	_cleanup_stream_ struct ks_stream *s = NULL;
	KS_TRY(stream_new(in, offset, len, unpacked_max, &s));
	KS_TRY(open_codec(s, codec, KS_CODEC_ONE_FRAME));
	*ret = ks_take(s);
	return NULL;
}

void ks_stream_close(struct ks_stream *s)
{
	if (!s)
		return;
	if (s->opened)
		ks_codecs[s->codec]->close(s->state);
	free(s->buf);
	free(s);
}

struct ks_error *ks_stream_read(struct ks_stream *s, void *buf, size_t len, size_t *got)
{
	struct ks_codec_step step = { .out = buf, .out_len = len };
	unsigned int stalls = 0;
	*got = 0;
	while (!s->done && step.out_len == len) {
		if (s->buf_pos == s->buf_len && s->pos < s->end)
			KS_TRY(fill(s));
		step.in = s->buf + s->buf_pos;
		step.in_len = s->buf_len - s->buf_pos;
		step.last = s->pos == s->end;
		size_t in_before = step.in_len;
		KS_TRY(ks_codecs[s->codec]->run(s->state, &step));
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
