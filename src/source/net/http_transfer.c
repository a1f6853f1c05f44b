/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/net/http_transfer.h"

#include <ctype.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/array.h"

enum {
	BUFFER_BYTES = 4 << 20, // what may arrive while the unpacker is busy
	TRIES = 6,
	BACKOFF_MS = 250,
	STALL_S = 30,
	TOTAL_S = 3600,
	CONNECT_S = 20,
	REDIRECTS_MAX = 5,
};

/* ---- what the server answers ---- */

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
	struct ks_http_transfer *t = arg;
	size_t len = size * count;
	char text[256];
	snprintf(text, sizeof(text), "%.*s", (int)(len < sizeof(text) ? len : sizeof(text) - 1),
		 line);
	for (char *p = text; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	unsigned long long begin, end, total;
	if (!strncmp(text, "http/", 5)) { // another answer, after a redirect
		t->has_range = t->has_length = t->takes_ranges = false;
		t->etag[0] = t->date[0] = '\0';
	} else if (sscanf(text, "content-range: bytes %llu-%llu/%llu", &begin, &end, &total) == 3) {
		t->has_range = true;
		t->range_begin = begin;
		t->range_total = total;
	} else if (sscanf(text, "content-length: %llu", &total) == 1) {
		t->has_length = true;
		t->length = total;
	} else if (!strncmp(text, "accept-ranges: bytes", 20)) {
		t->takes_ranges = true;
	}
	take_value(line, len, "etag:", t->etag, sizeof(t->etag));
	take_value(line, len, "last-modified:", t->date, sizeof(t->date));
	return len;
}

/** @param err of an answer that is of another file than the first */
static struct ks_error *replaced(struct ks_error *err)
{
	err->is_replaced = err != &ks_nomem;
	return err;
}

/** The file is the one that the first answer was of. */
static struct ks_error *check_validator(struct ks_http_transfer *t)
{
	const char *now = t->etag[0] ? t->etag : t->date;
	if (!t->validator && !t->known && now[0]) {
		t->validator = strdup(now);
		return t->validator ? NULL : &ks_nomem;
	}
	if (!t->pinned || strcmp(t->validator ? t->validator : "", now) == 0)
		return NULL;
	return replaced(ks_error_new(KS_ERR_NET, "the file on the server was replaced while it was "
						 "read: start over"));
}

/** What the server's answer means, before any byte of its body is used. */
static struct ks_error *check_answer(struct ks_http_transfer *t)
{
	long status = 0;
	t->curl->easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	t->err_again = status == 408 || status == 429 || status >= 500;
	if (status == 404 || status == 410) {
		struct ks_error *err = ks_error_new(
			KS_ERR_NET, "the server has no such file (status %ld)", status);
		err->is_gone = err != &ks_nomem;
		return err;
	}
	if (status == 416 && t->pinned && t->known) // it is shorter than it was
		return replaced(ks_error_new(KS_ERR_NET,
					     "the file on the server has become shorter "
					     "while it was read: start over"));
	if (status != 200 && status != 206)
		return ks_error_new(KS_ERR_NET, "the server answers with status %ld", status);
	if (status == 206 && (!t->has_range || t->range_begin != t->pos))
		return ks_error_new(KS_ERR_NET, "the server sends another range than asked for");
	KS_TRY(check_validator(t));
	uint64_t size = status == 206	? t->range_total
			: t->has_length ? t->length
					: KS_INPUT_SIZE_UNKNOWN;
	if (t->in->size == KS_INPUT_SIZE_UNKNOWN)
		t->in->size = size;
	if (size != t->in->size && size != KS_INPUT_SIZE_UNKNOWN)
		return replaced(
			ks_error_new(KS_ERR_NET, "the file has %llu bytes on the server, not %llu",
				     (unsigned long long)size, (unsigned long long)t->in->size));
	if (!t->known)
		t->in->can_jump = status == 206 || t->takes_ranges;
	t->known = true;
	if (status == 200 && t->pos) { // no ranges here: read over what we have
		t->skip = t->pos;
		t->in->can_jump = false;
	}
	return NULL;
}

/* ---- a transfer ---- */

static size_t on_body(char *bytes, size_t size, size_t count, void *arg)
{
	struct ks_http_transfer *t = arg;
	size_t len = size * count;
	if (!t->answered) {
		t->answered = true;
		t->err = check_answer(t);
	}
	if (t->err)
		return 0; // the text of an error page: ends the transfer
	size_t skipped = t->skip < len ? (size_t)t->skip : len;
	size_t kept = len - skipped;
	if (kept > BUFFER_BYTES - t->buf_len) {
		t->paused = true;
		return CURL_WRITEFUNC_PAUSE; // libcurl hands the same bytes over again later
	}
	if (kept > BUFFER_BYTES - t->buf_at - t->buf_len) {
		memmove(t->buf, t->buf + t->buf_at, t->buf_len);
		t->buf_at = 0;
	}
	memcpy(t->buf + t->buf_at + t->buf_len, bytes + skipped, kept);
	t->skip -= skipped;
	t->buf_len += kept;
	t->in->taken += len;
	return len;
}

static void stop(struct ks_http_transfer *t)
{
	if (t->running)
		t->curl->multi_remove_handle(t->multi, t->easy);
	t->running = t->paused = t->answered = false;
	t->skip = 0;
	t->buf_at = t->buf_len = 0;
	ks_error_free(t->err);
	t->err = NULL;
}

static struct ks_error *start(struct ks_http_transfer *t, uint64_t begin)
{
	stop(t);
	char range[64];
	int n = snprintf(range, sizeof(range), "%llu-", (unsigned long long)begin);
	if (begin >= t->want_begin && begin < t->want_end) {
		snprintf(range + n, sizeof(range) - (size_t)n, "%llu",
			 (unsigned long long)t->want_end - 1);
		t->end = t->want_end;
	} else {
		t->end = KS_INPUT_SIZE_UNKNOWN;
	}
	// a range even for the whole file: the answer tells whether the server knows ranges
	t->curl->easy_setopt(t->easy, CURLOPT_RANGE, range);
	t->result = CURLE_OK;
	t->pos = begin;
	if (t->curl->multi_add_handle(t->multi, t->easy) != CURLM_OK)
		return &ks_nomem;
	t->running = true;
	return NULL;
}

/**
 * Let libcurl transfer what there is. A TLS library may write to a connection that the server has closed
 * meanwhile; the signal that gives must not end the program, nor may we change its handlers.
 */
static void perform(struct ks_http_transfer *t)
{
	const struct timespec now = { 0 };
	sigset_t pipe, before;
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe, &before);
	int active = 0;
	t->curl->multi_perform(t->multi, &active);
	if (!sigismember(&before, SIGPIPE))
		while (sigtimedwait(&pipe, NULL, &now) == SIGPIPE)
			;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/** Let libcurl work until something happens. */
static void drive(struct ks_http_transfer *t)
{
	if (t->paused) {
		t->paused = false;
		t->curl->easy_pause(t->easy, CURLPAUSE_CONT);
	}
	int left;
	perform(t);
	for (CURLMsg *msg; (msg = t->curl->multi_info_read(t->multi, &left));) {
		if (msg->msg != CURLMSG_DONE)
			continue;
		t->result = msg->data.result;
		t->curl->multi_remove_handle(t->multi, t->easy);
		t->running = false;
		if (!t->answered && t->result == CURLE_OK) { // an empty file
			t->answered = true;
			t->err = check_answer(t);
		}
	}
	if (t->running && !t->buf_len)
		t->curl->multi_poll(t->multi, NULL, 0, 1000, NULL);
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

/** The transfer ended without the bytes at t->pos. NULL: try again; an error: that was all. */
static struct ks_error *after_failure(struct ks_http_transfer *t, unsigned int *failures)
{
	bool again = t->err ? t->err_again : worth_another_try(t->result);
	if (again && ++*failures < t->tries) {
		unsigned int shift = *failures - 1 < 5 ? *failures - 1 : 5;
		pause_ms(t->backoff_ms << shift);
		return NULL;
	}
	if (t->err)
		return ks_take(t->err);
	return ks_error_new(KS_ERR_NET, "transfer failed at byte %llu: %s",
			    (unsigned long long)t->pos,
			    t->result == CURLE_OK ? "the server ended it early"
						  : t->curl->easy_strerror(t->result));
}

/** Throw away buffered bytes before offset. False when the transfer under way does not lead there. */
static bool advance(struct ks_http_transfer *t, uint64_t offset)
{
	if (offset < t->pos)
		return false;
	uint64_t ahead = offset - t->pos;
	if (ahead > t->buf_len && (!t->running || ahead - t->buf_len > KS_TRANSFER_SKIP))
		return false;
	size_t n = ahead < t->buf_len ? (size_t)ahead : t->buf_len;
	t->buf_at += n;
	t->buf_len -= n;
	t->pos += n;
	return t->running || t->buf_len;
}

/** Until there are bytes at offset in the buffer, or the file ends there. */
static struct ks_error *fill(struct ks_http_transfer *t, uint64_t offset)
{
	unsigned int failures = 0;
	while (offset < t->in->size) {
		KS_TRY(ks_cancel_check(t->cancel));
		if (now_us() > t->deadline_us)
			return ks_error_new(KS_ERR_NET, "not there after %u s of waiting: given up",
					    t->total_s);
		if (!advance(t, offset))
			KS_TRY(start(t, offset));
		if (t->buf_len && t->pos == offset)
			return NULL;
		drive(t);
		if (t->running || t->buf_len)
			continue;
		if (!t->err && t->result == CURLE_OK && t->pos == t->end)
			continue; // the range is through; the next one follows
		if (!t->err && t->result == CURLE_OK && t->in->size == KS_INPUT_SIZE_UNKNOWN)
			t->in->size = t->pos; // it never told, but this is the proper end
		else if (t->err || t->result != CURLE_OK || t->pos < t->in->size)
			KS_TRY(after_failure(t, &failures));
	}
	return NULL;
}

static void set_options(struct ks_http_transfer *t, const struct ks_http_opts *opts)
{
	const struct ks_curl *c = t->curl;
	c->easy_setopt(t->easy, CURLOPT_URL, t->url);
	c->easy_setopt(t->easy, CURLOPT_USERAGENT, "ksurf");
	c->easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L); // signals belong to the program
	c->easy_setopt(t->easy, CURLOPT_FOLLOWLOCATION, 1L);
	c->easy_setopt(t->easy, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
	c->easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "http,https");
	// what was asked for in private stays so
	c->easy_setopt(t->easy, CURLOPT_REDIR_PROTOCOLS_STR,
		       strncasecmp(t->url, "https:", 6) == 0 ? "https" : "http,https");
	if (opts->ca_file)
		c->easy_setopt(t->easy, CURLOPT_CAINFO, opts->ca_file);
	c->easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
	c->easy_setopt(t->easy, CURLOPT_LOW_SPEED_LIMIT, 1L); // bytes a second
	c->easy_setopt(t->easy, CURLOPT_LOW_SPEED_TIME,
		       (long)(opts->stall_s ? opts->stall_s : STALL_S));
	c->easy_setopt(t->easy, CURLOPT_BUFFERSIZE, 512L << 10);
	c->easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
	c->easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
	c->easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
	c->easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
	if (opts->proxy)
		c->easy_setopt(t->easy, CURLOPT_PROXY, opts->proxy);
}

struct ks_error *ks_http_transfer_init(struct ks_http_transfer *t, const char *url,
				       struct ks_input *in, const struct ks_http_opts *opts)
{
	KS_TRY(ks_curl_get(&t->curl));
	t->in = in;
	t->url = strdup(url);
	t->buf = malloc(BUFFER_BYTES);
	t->multi = t->curl->multi_init();
	t->easy = t->curl->easy_init();
	if (!t->url || !t->buf || !t->multi || !t->easy)
		return &ks_nomem;
	in->size = opts->size ? opts->size : KS_INPUT_SIZE_UNKNOWN;
	t->cancel = opts->cancel;
	t->pinned = opts->pinned;
	t->want_end = opts->first;
	t->tries = opts->tries ? opts->tries : TRIES;
	t->backoff_ms = opts->backoff_ms ? opts->backoff_ms : BACKOFF_MS;
	t->total_s = opts->total_s ? opts->total_s : TOTAL_S;
	set_options(t, opts);
	return NULL;
}

struct ks_error *ks_http_transfer_fill(struct ks_http_transfer *t, uint64_t offset)
{
	uint64_t begin = now_us();
	t->deadline_us = begin + (uint64_t)t->total_s * 1000000 - t->waited_us;
	struct ks_error *err = fill(t, offset);
	t->waited_us += now_us() - begin;
	return err;
}

size_t ks_http_transfer_take(struct ks_http_transfer *t, void *ret, size_t len)
{
	size_t got = t->buf_len < len ? t->buf_len : len;
	memcpy(ret, t->buf + t->buf_at, got);
	t->buf_at += got;
	t->buf_len -= got;
	t->pos += got;
	return got;
}

void ks_http_transfer_deinit(struct ks_http_transfer *t)
{
	stop(t);
	if (t->easy)
		t->curl->easy_cleanup(t->easy);
	if (t->multi)
		t->curl->multi_cleanup(t->multi);
	free(t->buf);
	free(t->url);
	free(t->validator);
}
