/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

bool ks_buf_reserve(struct ks_buf *buf, size_t extra)
{
	size_t want;
	if (buf->failed || __builtin_add_overflow(buf->len, extra, &want)) {
		buf->failed = true;
		return false;
	}
	if (want <= buf->cap)
		return true;
	if (want < buf->cap * 2)
		want = buf->cap * 2;
	if (want < 256)
		want = 256;
	char *grown = realloc(buf->at, want);
	if (!grown) {
		buf->failed = true;
		return false;
	}
	buf->at = grown;
	buf->cap = want;
	return true;
}

void ks_buf_deinit(struct ks_buf *buf)
{
	free(buf->at);
	*buf = (struct ks_buf){ 0 };
}

void ks_buf_printf(struct ks_buf *buf, const char *fmt, ...)
{
	for (;;) {
		va_list ap;
		va_start(ap, fmt);
		size_t room = buf->cap - buf->len;
		int n = vsnprintf(buf->at ? buf->at + buf->len : NULL, room, fmt, ap);
		va_end(ap);
		if (n < 0) {
			buf->failed = true;
			return;
		}
		if ((size_t)n < room) {
			buf->len += (size_t)n;
			return;
		}
		if (!ks_buf_reserve(buf, (size_t)n + 1))
			return;
	}
}

struct ks_error *ks_buf_error(const struct ks_buf *buf)
{
	return buf->failed ? &ks_nomem : NULL;
}

const char *ks_buf_text(struct ks_buf *buf)
{
	if (!ks_buf_reserve(buf, 1))
		return NULL;
	buf->at[buf->len] = '\0';
	return buf->at;
}

static void buf_digits(struct ks_buf *buf, uint64_t v, unsigned int base)
{
	char text[20], *p = text + sizeof(text);
	do {
		*--p = "0123456789abcdef"[v % base];
		v /= base;
	} while (v);
	ks_buf_bytes(buf, p, (size_t)(text + sizeof(text) - p));
}

void ks_buf_dec(struct ks_buf *buf, uint64_t v)
{
	buf_digits(buf, v, 10);
}

void ks_buf_sdec(struct ks_buf *buf, int64_t v)
{
	if (v < 0)
		ks_buf_char(buf, '-');
	buf_digits(buf, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, 10);
}

void ks_buf_hex(struct ks_buf *buf, uint64_t v)
{
	buf_digits(buf, v, 16);
}
