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
