/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/array.h"
#include "base/trace.h"
#include "source/net/curl.h"
#include "source/net/http.h"
#include "source/net/proof.h"

enum {
	BUFFER_BYTES = 4 << 20, // what may arrive while the unpacker is busy
	HEAD = 64,		// bytes: as many as tell what kind of file it is
	SKIP_MAX = 64 << 10,	// a jump no longer than this reads on instead of asking anew
	TRIES = 6,
	BACKOFF_MS = 250,
	STALL_S = 30,
	TOTAL_S = 3600,
	CONNECT_S = 20,
	REDIRECTS_MAX = 5,
	VALIDATOR_MAX = 200,
};

struct http {
	struct ks_input in;
	const struct ks_curl *curl;
	CURLM *multi;
	CURL *easy;
	char *url;
	struct ks_error *err; // what is wrong with the answer
	bool err_again;	      // ... and whether it may be gone at the next try
	unsigned int tries, backoff_ms, total_s;
	uint64_t waited_us, deadline_us; // for the server, all in all
	const struct ks_cancel *cancel;
	uint64_t want_begin, want_end; // announced range; empty when none was

	// the transfer under way
	bool running, answered, paused;
	CURLcode result; // once it does not run any more
	uint64_t pos;	 // offset in the file of the first byte in buf
	uint64_t skip;	 // bytes still to be thrown away: the server ignored the range
	size_t buf_at, buf_len;
	uint8_t *buf;

	// its answer
	uint64_t range_begin, range_total, length, end;	 // end: of the range asked for
	bool has_range, has_length, takes_ranges, known; // known: some answer was good
	char etag[VALIDATOR_MAX], date[VALIDATOR_MAX];	 // empty: it has none
	char *validator;				 // of the first
	bool pinned;

	struct ks_proof proof;
	uint8_t head
		[HEAD]; // the first bytes of the file: who tells what it is reads them once more
	size_t head_len;
	int64_t opened; // for the trace
};

bool ks_http_serves(const char *url)
{
	return !strncasecmp(url, "http://", 7) || !strncasecmp(url, "https://", 8);
}

/** The value of a header, when it is that one. @param size of value; a longer one is cut */
static void take_value(const char *line, size_t len, const char *name, char *value, size_t size)
{
	size_t at = strlen(name), n = 0;
	if (len < at || strncasecmp(line, name, at) != 0)
		return;
	while (at < len && line[at] == ' ')
		at++;
	while (at < len && n < size - 1 && (unsigned char)line[at] >= ' ')
		value[n++] = line[at++];
	value[n] = '\0';
}

static size_t on_header(char *line, size_t size, size_t count, void *arg)
{
	struct http *h = arg;
	size_t len = size * count;
	char text[256];
	snprintf(text, sizeof(text), "%.*s", (int)(len < sizeof(text) ? len : sizeof(text) - 1),
		 line);
	for (char *p = text; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	unsigned long long begin, end, total;
	if (!strncmp(text, "http/", 5)) { // another answer, after a redirect
		h->has_range = h->has_length = h->takes_ranges = false;
		h->etag[0] = h->date[0] = '\0';
	} else if (sscanf(text, "content-range: bytes %llu-%llu/%llu", &begin, &end, &total) == 3) {
		h->has_range = true;
		h->range_begin = begin;
		h->range_total = total;
	} else if (sscanf(text, "content-length: %llu", &total) == 1) {
		h->has_length = true;
		h->length = total;
	} else if (!strncmp(text, "accept-ranges: bytes", 20)) {
		h->takes_ranges = true;
	}
	take_value(line, len, "etag:", h->etag, sizeof(h->etag));
	take_value(line, len, "last-modified:", h->date, sizeof(h->date));
	return len;
}

/** @param err of an answer that is of another file than the first */
static struct ks_error *replaced(struct ks_error *err)
{
	err->is_replaced = err != &ks_nomem;
	return err;
}

/** The file is the one that the first answer was of. */
static struct ks_error *check_validator(struct http *h)
{
	const char *now = h->etag[0] ? h->etag : h->date;
	if (!h->validator && !h->known && now[0]) {
		h->validator = strdup(now);
		return h->validator ? NULL : &ks_nomem;
	}
	if (!h->pinned || strcmp(h->validator ? h->validator : "", now) == 0)
		return NULL;
	return replaced(ks_error_new(KS_ERR_NET, "the file on the server was replaced while it was "
						 "read: start over"));
}

/** What the server's answer means, before any byte of its body is used. */
static struct ks_error *check_answer(struct http *h)
{
	long status = 0;
	h->curl->easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);
	h->err_again = status == 408 || status == 429 || status >= 500;
	if (status == 404 || status == 410) {
		struct ks_error *err = ks_error_new(
			KS_ERR_NET, "the server has no such file (status %ld)", status);
		err->is_gone = err != &ks_nomem;
		return err;
	}
	if (status == 416 && h->pinned && h->known) // it is shorter than it was
		return replaced(ks_error_new(KS_ERR_NET,
					     "the file on the server has become shorter "
					     "while it was read: start over"));
	if (status != 200 && status != 206)
		return ks_error_new(KS_ERR_NET, "the server answers with status %ld", status);
	if (status == 206 && (!h->has_range || h->range_begin != h->pos))
		return ks_error_new(KS_ERR_NET, "the server sends another range than asked for");
	KS_TRY(check_validator(h));
	uint64_t size = status == 206	? h->range_total
			: h->has_length ? h->length
					: KS_INPUT_SIZE_UNKNOWN;
	if (h->in.size == KS_INPUT_SIZE_UNKNOWN)
		h->in.size = size;
	if (size != h->in.size && size != KS_INPUT_SIZE_UNKNOWN)
		return replaced(
			ks_error_new(KS_ERR_NET, "the file has %llu bytes on the server, not %llu",
				     (unsigned long long)size, (unsigned long long)h->in.size));
	if (!h->known)
		h->in.can_jump = status == 206 || h->takes_ranges;
	h->known = true;
	if (status == 200 && h->pos) { // no ranges here: read over what we have
		h->skip = h->pos;
		h->in.can_jump = false;
	}
	return NULL;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *arg)
{
	struct http *h = arg;
	size_t len = size * count;
	if (!h->answered) {
		h->answered = true;
		h->err = check_answer(h);
	}
	if (h->err)
		return 0; // the text of an error page: ends the transfer
	size_t skipped = h->skip < len ? (size_t)h->skip : len;
	size_t kept = len - skipped;
	if (kept > BUFFER_BYTES - h->buf_len) {
		h->paused = true;
		return CURL_WRITEFUNC_PAUSE; // libcurl hands the same bytes over again later
	}
	if (kept > BUFFER_BYTES - h->buf_at - h->buf_len) {
		memmove(h->buf, h->buf + h->buf_at, h->buf_len);
		h->buf_at = 0;
	}
	memcpy(h->buf + h->buf_at + h->buf_len, bytes + skipped, kept);
	h->skip -= skipped;
	h->buf_len += kept;
	h->in.taken += len;
	return len;
}

static void transfer_stop(struct http *h)
{
	if (h->running)
		h->curl->multi_remove_handle(h->multi, h->easy);
	h->running = h->paused = h->answered = false;
	h->skip = 0;
	h->buf_at = h->buf_len = 0;
	ks_error_free(h->err);
	h->err = NULL;
}

static struct ks_error *transfer_start(struct http *h, uint64_t begin)
{
	transfer_stop(h);
	char range[64];
	int n = snprintf(range, sizeof(range), "%llu-", (unsigned long long)begin);
	if (begin >= h->want_begin && begin < h->want_end) {
		snprintf(range + n, sizeof(range) - (size_t)n, "%llu",
			 (unsigned long long)h->want_end - 1);
		h->end = h->want_end;
	} else {
		h->end = KS_INPUT_SIZE_UNKNOWN;
	}
	// a range even for the whole file: the answer tells whether the server knows ranges
	h->curl->easy_setopt(h->easy, CURLOPT_RANGE, range);
	h->result = CURLE_OK;
	h->pos = begin;
	if (h->curl->multi_add_handle(h->multi, h->easy) != CURLM_OK)
		return &ks_nomem;
	h->running = true;
	return NULL;
}

/**
 * Let libcurl transfer what there is. A TLS library may write to a connection that the server has closed
 * meanwhile; the signal that gives must not end the program, nor may we change its handlers.
 */
static void perform(struct http *h)
{
	const struct timespec now = { 0 };
	sigset_t pipe, before;
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe, &before);
	int active = 0;
	h->curl->multi_perform(h->multi, &active);
	if (!sigismember(&before, SIGPIPE))
		while (sigtimedwait(&pipe, NULL, &now) == SIGPIPE)
			;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/** Let libcurl work until something happens. */
static void transfer_drive(struct http *h)
{
	if (h->paused) {
		h->paused = false;
		h->curl->easy_pause(h->easy, CURLPAUSE_CONT);
	}
	int left;
	perform(h);
	for (CURLMsg *msg; (msg = h->curl->multi_info_read(h->multi, &left));) {
		if (msg->msg != CURLMSG_DONE)
			continue;
		h->result = msg->data.result;
		h->curl->multi_remove_handle(h->multi, h->easy);
		h->running = false;
		if (!h->answered && h->result == CURLE_OK) { // an empty file
			h->answered = true;
			h->err = check_answer(h);
		}
	}
	if (h->running && !h->buf_len)
		h->curl->multi_poll(h->multi, NULL, 0, 1000, NULL);
}

static bool worth_another_try(CURLcode code)
{
	static const CURLcode final[] = { CURLE_UNSUPPORTED_PROTOCOL,	  CURLE_URL_MALFORMAT,
					  CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
					  CURLE_TOO_MANY_REDIRECTS,	  CURLE_OUT_OF_MEMORY };
	for (size_t i = 0; i < KS_ARRAY_LEN(final); i++)
		if (code == final[i])
			return false;
	return true;
}

static uint64_t now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void pause_ms(unsigned int ms)
{
	struct timespec t = { ms / 1000, (long)(ms % 1000) * 1000000 };
	nanosleep(&t, NULL);
}

/** The transfer ended without the bytes at h->pos. NULL: try again; an error: that was all. */
static struct ks_error *after_failure(struct http *h, unsigned int *failures)
{
	bool again = h->err ? h->err_again : worth_another_try(h->result);
	if (again && ++*failures < h->tries) {
		unsigned int shift = *failures - 1 < 5 ? *failures - 1 : 5;
		pause_ms(h->backoff_ms << shift);
		return NULL;
	}
	if (h->err)
		return ks_take(h->err);
	return ks_error_new(KS_ERR_NET, "transfer failed at byte %llu: %s",
			    (unsigned long long)h->pos,
			    h->result == CURLE_OK ? "the server ended it early"
						  : h->curl->easy_strerror(h->result));
}

/** Throw away buffered bytes before offset. False when the transfer under way does not lead there. */
static bool advance(struct http *h, uint64_t offset)
{
	if (offset < h->pos)
		return false;
	uint64_t ahead = offset - h->pos;
	if (ahead > h->buf_len && (!h->running || ahead - h->buf_len > SKIP_MAX))
		return false;
	size_t n = ahead < h->buf_len ? (size_t)ahead : h->buf_len;
	h->buf_at += n;
	h->buf_len -= n;
	h->pos += n;
	return h->running || h->buf_len;
}

/** Until there are bytes at offset in the buffer, or the file ends there. */
static struct ks_error *fill(struct http *h, uint64_t offset)
{
	unsigned int failures = 0;
	while (offset < h->in.size) {
		KS_TRY(ks_cancel_check(h->cancel));
		if (now_us() > h->deadline_us)
			return ks_error_new(KS_ERR_NET, "not there after %u s of waiting: given up",
					    h->total_s);
		if (!advance(h, offset))
			KS_TRY(transfer_start(h, offset));
		if (h->buf_len && h->pos == offset)
			return NULL;
		transfer_drive(h);
		if (h->running || h->buf_len)
			continue;
		if (!h->err && h->result == CURLE_OK && h->pos == h->end)
			continue; // the range is through; the next one follows
		if (!h->err && h->result == CURLE_OK && h->in.size == KS_INPUT_SIZE_UNKNOWN)
			h->in.size = h->pos; // it never told, but this is the proper end
		else if (h->err || h->result != CURLE_OK || h->pos < h->in.size)
			KS_TRY(after_failure(h, &failures));
	}
	return NULL;
}

/** The same, within the time that there is for the whole file. */
static struct ks_error *fill_in_time(struct http *h, uint64_t offset)
{
	uint64_t begin = now_us();
	h->deadline_us = begin + (uint64_t)h->total_s * 1000000 - h->waited_us;
	struct ks_error *err = fill(h, offset);
	h->waited_us += now_us() - begin;
	return err;
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
		KS_TRY(fill_in_time(h, offset));
		len = ks_proof_new(&h->proof, offset, len);
		*got = offset >= h->in.size ? 0 : h->buf_len < len ? h->buf_len : len;
		memcpy(buf, h->buf + h->buf_at, *got);
		h->buf_at += *got;
		h->buf_len -= *got;
		h->pos += *got;
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
	while (got && h->proof.sums[0] && h->pos == *hashed && offset > *hashed &&
	       offset - *hashed <= SKIP_MAX) {
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
	KS_TRY(ks_error_in_file(fill_gap(h, offset), h->url));
	return ks_error_in_file(read_some(h, offset, buf, len, got), h->url);
}

static void http_want(struct ks_input *in, uint64_t begin, uint64_t end)
{
	struct http *h = (struct http *)in;
	h->want_begin = begin;
	h->want_end = end;
}

static void http_close(struct ks_input *in)
{
	struct http *h = (struct http *)in;
	ks_trace_end(KS_TRACE_SOURCE, h->opened, "close %s: %llu bytes", h->url ? h->url : "",
		     (unsigned long long)h->in.taken);
	transfer_stop(h);
	if (h->easy)
		h->curl->easy_cleanup(h->easy);
	if (h->multi)
		h->curl->multi_cleanup(h->multi);
	free(h->buf);
	free(h->url);
	free(h->validator);
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
	return ((const struct http *)in)->validator;
}

static const struct ks_input_ops http_ops = {
	.read = http_read,
	.want = http_want,
	.close = http_close,
	.finish = http_finish,
	.proven = http_proven,
	.validator = http_validator,
};

static void set_options(struct http *h, const struct ks_http_opts *opts)
{
	const struct ks_curl *c = h->curl;
	c->easy_setopt(h->easy, CURLOPT_URL, h->url);
	c->easy_setopt(h->easy, CURLOPT_USERAGENT, "ksurf");
	c->easy_setopt(h->easy, CURLOPT_NOSIGNAL, 1L); // signals belong to the program
	c->easy_setopt(h->easy, CURLOPT_FOLLOWLOCATION, 1L);
	c->easy_setopt(h->easy, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
	c->easy_setopt(h->easy, CURLOPT_PROTOCOLS_STR, "http,https");
	// what was asked for in private stays so
	c->easy_setopt(h->easy, CURLOPT_REDIR_PROTOCOLS_STR,
		       strncasecmp(h->url, "https:", 6) == 0 ? "https" : "http,https");
	if (opts->ca_file)
		c->easy_setopt(h->easy, CURLOPT_CAINFO, opts->ca_file);
	c->easy_setopt(h->easy, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
	c->easy_setopt(h->easy, CURLOPT_LOW_SPEED_LIMIT, 1L); // bytes a second
	c->easy_setopt(h->easy, CURLOPT_LOW_SPEED_TIME,
		       (long)(opts->stall_s ? opts->stall_s : STALL_S));
	c->easy_setopt(h->easy, CURLOPT_BUFFERSIZE, 512L << 10);
	c->easy_setopt(h->easy, CURLOPT_HEADERFUNCTION, on_header);
	c->easy_setopt(h->easy, CURLOPT_HEADERDATA, h);
	c->easy_setopt(h->easy, CURLOPT_WRITEFUNCTION, on_body);
	c->easy_setopt(h->easy, CURLOPT_WRITEDATA, h);
	if (opts->proxy)
		c->easy_setopt(h->easy, CURLOPT_PROXY, opts->proxy);
}

static struct ks_error *http_open(struct http *h, const char *url, const struct ks_http_opts *opts)
{
	const struct ks_proof_sums sums = {
		.sha256 = opts->sha256,
		.split = opts->sha256 ? opts->split : 0,
		.rest = opts->rest_sha256,
	};
	KS_TRY(ks_proof_init(&h->proof, &sums));
	KS_TRY(ks_curl_get(&h->curl));
	h->url = strdup(url);
	h->buf = malloc(BUFFER_BYTES);
	h->multi = h->curl->multi_init();
	h->easy = h->curl->easy_init();
	if (!h->url || !h->buf || !h->multi || !h->easy)
		return &ks_nomem;
	h->in.size = opts->size ? opts->size : KS_INPUT_SIZE_UNKNOWN;
	h->cancel = opts->cancel;
	h->pinned = opts->pinned;
	h->want_end = opts->first;
	h->tries = opts->tries ? opts->tries : TRIES;
	h->backoff_ms = opts->backoff_ms ? opts->backoff_ms : BACKOFF_MS;
	h->total_s = opts->total_s ? opts->total_s : TOTAL_S;
	set_options(h, opts);
	return ks_error_in_file(fill_in_time(h, 0), url);
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
