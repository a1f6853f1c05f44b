/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/net/http.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/trace.h"
#include "source/net/http_transfer.h"
#include "source/net/proof.h"

enum { HEAD = 64 }; // bytes: as many as tell what kind of file it is

struct http {
	struct ks_input in;
	struct ks_http_transfer transfer;
	struct ks_proof proof;
	/** The first bytes of the file: who tells what it is reads them once more. */
	uint8_t head[HEAD];
	size_t head_len;
	int64_t opened; // for the trace
};

bool ks_http_serves(const char *url)
{
	return !strncasecmp(url, "http://", 7) || !strncasecmp(url, "https://", 8);
}

/** Keep what came, as far as it is of the first bytes. */
static void keep_head(struct http *h, uint64_t offset, const void *bytes, size_t len)
{
	if (offset != h->head_len || h->head_len == sizeof(h->head))
		return;
	size_t n = sizeof(h->head) - h->head_len < len ? sizeof(h->head) - h->head_len : len;
	memcpy(h->head + h->head_len, bytes, n);
	h->head_len += n;
}

/** Bytes at offset, as they come or came before. */
static struct ks_error *read_some(struct http *h, uint64_t offset, void *buf, size_t len,
				  size_t *got)
{
	if (offset < h->head_len) {
		size_t left = h->head_len - (size_t)offset;
		*got = len < left ? len : left;
		memcpy(buf, h->head + offset, *got);
		return NULL;
	}
	*got = ks_proof_kept(&h->proof, offset, len);
	if (*got) {
		KS_TRY(ks_proof_read(&h->proof, offset, buf, *got));
	} else {
		KS_TRY(ks_http_transfer_fill(&h->transfer, offset));
		len = ks_proof_new(&h->proof, offset, len);
		*got = offset >= h->in.size ? 0 : ks_http_transfer_take(&h->transfer, buf, len);
		if (!*got && offset != h->proof.hashed)
			return NULL; // behind the end
		keep_head(h, offset, buf, *got);
	}
	return ks_proof_take(&h->proof, offset, buf, *got, h->in.size);
}

/** A reader that leaves out a few bytes reads in order all the same: those count for the checksum, too. */
static struct ks_error *fill_gap(struct http *h, uint64_t offset)
{
	char bytes[4096];
	size_t got = 1;
	const uint64_t *hashed = &h->proof.hashed;
	while (got && h->proof.sums[0] && h->transfer.pos == *hashed && offset > *hashed &&
	       offset - *hashed <= KS_TRANSFER_SKIP) {
		uint64_t gap = offset - *hashed;
		KS_TRY(read_some(h, *hashed, bytes, gap < sizeof(bytes) ? gap : sizeof(bytes),
				 &got));
	}
	return NULL;
}

static struct ks_error *http_read(struct ks_input *in, uint64_t offset, void *buf, size_t len,
				  size_t *got)
{
	struct http *h = (struct http *)in;
	*got = 0;
	KS_TRY(ks_error_in_file(fill_gap(h, offset), h->transfer.url));
	return ks_error_in_file(read_some(h, offset, buf, len, got), h->transfer.url);
}

static void http_want(struct ks_input *in, uint64_t begin, uint64_t end)
{
	struct http *h = (struct http *)in;
	h->transfer.want_begin = begin;
	h->transfer.want_end = end;
}

static void http_close(struct ks_input *in)
{
	struct http *h = (struct http *)in;
	ks_trace_end(KS_TRACE_SOURCE, h->opened, "close %s: %llu bytes",
		     h->transfer.url ? h->transfer.url : "", (unsigned long long)h->in.taken);
	ks_http_transfer_deinit(&h->transfer);
	ks_proof_deinit(&h->proof);
	free(h);
}

static struct ks_error *http_finish(struct ks_input *in, uint64_t max,
				    const struct ks_progress *progress)
{
	const struct ks_proof *proof = &((const struct http *)in)->proof;
	uint8_t bytes[16384];
	size_t got = 1;
	while (got && proof->sums[0] && !proof->proven && proof->hashed < in->size &&
	       ks_proof_missing(proof, in->size) <= max) {
		KS_TRY(ks_progress_tell(progress, "verifying", proof->hashed, in->size));
		KS_TRY(http_read(in, proof->hashed, bytes, sizeof(bytes), &got));
	}
	return NULL;
}

static bool http_proven(const struct ks_input *in)
{
	return ((const struct http *)in)->proof.proven;
}

static const char *http_validator(const struct ks_input *in)
{
	return ((const struct http *)in)->transfer.validator;
}

static const struct ks_input_ops http_ops = {
	.read = http_read,
	.want = http_want,
	.close = http_close,
	.finish = http_finish,
	.proven = http_proven,
	.validator = http_validator,
};

static struct ks_error *http_open(struct http *h, const char *url, const struct ks_http_opts *opts)
{
	const struct ks_proof_sums sums = {
		.sha256 = opts->sha256,
		.split = opts->sha256 ? opts->split : 0,
		.rest = opts->rest_sha256,
	};
	KS_TRY(ks_proof_init(&h->proof, &sums));
	KS_TRY(ks_http_transfer_init(&h->transfer, url, &h->in, opts));
	return ks_error_in_file(ks_http_transfer_fill(&h->transfer, 0), url);
}

struct ks_error *ks_http_open(const char *url, const struct ks_http_opts *opts,
			      struct ks_input **ret)
{
	static const struct ks_http_opts none;
	const struct ks_transport *transport = opts ? opts->transport : NULL;
	if (transport)
		return transport->open(transport->arg, url, opts, ret);
	struct http *h = calloc(1, sizeof(*h));
	if (!h)
		return &ks_nomem;
	h->in.ops = &http_ops;
	h->proof.kept_in.fd = -1;
	h->opened = ks_trace_begin(KS_TRACE_SOURCE);
	struct ks_error *err = http_open(h, url, opts ? opts : &none);
	if (err)
		ks_input_close(&h->in);
	else
		*ret = &h->in;
	return err;
}

bool ks_http_proven(const struct ks_input *in)
{
	return in->ops->proven && in->ops->proven(in);
}

const char *ks_http_validator(const struct ks_input *in)
{
	return in->ops->validator ? in->ops->validator(in) : NULL;
}

struct ks_error *ks_http_finish(struct ks_input *in, uint64_t max,
				const struct ks_progress *progress)
{
	return in->ops->finish ? in->ops->finish(in, max, progress) : NULL;
}

struct ks_error *ks_http_get(const char *url, const struct ks_http_opts *opts, uint64_t max,
			     struct ks_buf *ret)
{
	_cleanup_input_ struct ks_input *in = NULL;
	KS_TRY(ks_http_open(url, opts, &in));
	for (;;) {
		if (ret->len > max)
			return ks_error_in_file(ks_error_new(KS_ERR_NET,
							     "longer than %llu bytes: refused",
							     (unsigned long long)max),
						url);
		if (!ks_buf_reserve(ret, 64 << 10))
			return &ks_nomem;
		size_t got;
		KS_TRY(in->ops->read(in, ret->len, ret->at + ret->len, ret->cap - ret->len, &got));
		if (!got)
			return NULL;
		ret->len += got;
	}
}
