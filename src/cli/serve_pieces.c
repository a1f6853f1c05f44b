/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include "base/cursor.h"
#include "cli/serve.h"

/** In front of the bytes of each piece. */
struct head {
	uint32_t what, zero;
	uint64_t len;
};

void ks_pieces_add(struct ks_buf *out, enum ks_piece what, const void *bytes, size_t len)
{
	const struct head head = { .what = what, .len = len };
	ks_buf_bytes(out, &head, sizeof(head));
	if (len)
		ks_buf_bytes(out, bytes, len);
}

bool ks_pieces_next(struct ks_pieces *pieces)
{
	struct ks_cursor c = ks_cursor_over(pieces->at, (size_t)(pieces->end - pieces->at), false);
	const uint8_t *taken = ks_cursor_take(&c, sizeof(struct head));
	struct head head = { 0 };
	if (taken)
		memcpy(&head, taken, sizeof(head));
	pieces->bytes = ks_cursor_take(&c, head.len);
	pieces->len = head.len;
	pieces->what = head.what;
	pieces->at = c.pos;
	return !c.why && head.what != KS_PIECE_END && head.what < KS_NR_PIECES;
}

bool ks_pieces_find(struct ks_pieces *pieces, enum ks_piece what)
{
	while (ks_pieces_next(pieces))
		if (pieces->what == what)
			return true;
	return false;
}

/* ---- over a stream ---- */

static int64_t now(void)
{
	struct timespec at;
	clock_gettime(CLOCK_MONOTONIC, &at);
	return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

/** Wait until something can be done. @param until 0: for ever */
static bool wait_for(int stream, short what, int64_t until)
{
	struct pollfd poll_for = { .fd = stream, .events = what };
	for (;;) {
		int64_t left = until ? until - now() : -1;
		if (until && left <= 0)
			return false;
		int ready = poll(&poll_for, 1, (int)left);
		if (ready > 0)
			return true;
		if (ready == 0 || errno != EINTR)
			return false;
	}
}

static int64_t deadline(unsigned int seconds)
{
	return seconds ? now() + (int64_t)seconds * 1000 : 0;
}

static bool receive(int stream, void *bytes, size_t len, int64_t until)
{
	char *at = bytes;
	while (len) {
		if (!wait_for(stream, POLLIN, until))
			return false;
		ssize_t n = recv(stream, at, len, MSG_DONTWAIT);
		if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
			return false;
		at += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return true;
}

bool ks_pieces_receive(int stream, struct ks_buf *ret, size_t max, unsigned int seconds)
{
	int64_t until = deadline(seconds);
	struct head head;
	do {
		if (!receive(stream, &head, sizeof(head), until) || head.len > max ||
		    ret->len + sizeof(head) > max - head.len)
			return false;
		ks_buf_bytes(ret, &head, sizeof(head));
		if (!ks_buf_reserve(ret, head.len) ||
		    !receive(stream, ret->at + ret->len, head.len, until))
			return false;
		ret->len += head.len;
	} while (head.what != KS_PIECE_END);
	return !ret->failed;
}

bool ks_pieces_send(int stream, const struct ks_buf *bytes, unsigned int seconds)
{
	int64_t until = deadline(seconds);
	for (size_t at = 0; at < bytes->len;) {
		if (!wait_for(stream, POLLOUT, until))
			return false;
		ssize_t n =
			send(stream, bytes->at + at, bytes->len - at, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return false;
		at += n > 0 ? (size_t)n : 0;
	}
	return !bytes->failed;
}
