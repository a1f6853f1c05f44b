/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"

/**
 * A growing run of bytes, for text and for encodings. A zeroed buffer is empty.
 * Running out of memory is remembered: later writes do nothing, and ks_buf_error() tells at the end.
 */
struct ks_buf {
	char *at;
	size_t len, cap;
	bool failed;
};

/** Room for extra more bytes; false, and failed for good, when memory runs out. */
bool ks_buf_reserve(struct ks_buf *buf, size_t extra);
void ks_buf_deinit(struct ks_buf *buf);
KS_PRINTF(2, 3) void ks_buf_printf(struct ks_buf *buf, const char *fmt, ...);
/** &ks_nomem when any write so far failed, else NULL. */
KS_MUST_CHECK struct ks_error *ks_buf_error(const struct ks_buf *buf);
/** The text so far with a NUL behind it (not counted in len); NULL when a write failed. */
const char *ks_buf_text(struct ks_buf *buf);

/** Digits of a number: decimal, signed decimal, lower-case hexadecimal without prefix or padding. */
void ks_buf_dec(struct ks_buf *buf, uint64_t v);
void ks_buf_sdec(struct ks_buf *buf, int64_t v);
void ks_buf_hex(struct ks_buf *buf, uint64_t v);

static inline void ks_buf_deinitp(struct ks_buf *buf)
{
	ks_buf_deinit(buf);
}
#define _cleanup_buf_ __attribute__((__cleanup__(ks_buf_deinitp)))

static inline void ks_buf_bytes(struct ks_buf *buf, const void *bytes, size_t len)
{
	if (buf->cap - buf->len < len && !ks_buf_reserve(buf, len))
		return;
	if (len)
		memcpy(buf->at + buf->len, bytes, len);
	buf->len += len;
}

static inline void ks_buf_char(struct ks_buf *buf, char c)
{
	if (buf->cap == buf->len && !ks_buf_reserve(buf, 1))
		return;
	buf->at[buf->len++] = c;
}

static inline void ks_buf_str(struct ks_buf *buf, const char *text)
{
	ks_buf_bytes(buf, text, strlen(text));
}

/** Text with its NUL: the form ks_cursor_str() reads back. */
static inline void ks_buf_strz(struct ks_buf *buf, const char *text)
{
	ks_buf_bytes(buf, text, strlen(text) + 1);
}

/** Unsigned LEB128, 1 to 10 bytes. */
static inline void ks_buf_uleb(struct ks_buf *buf, uint64_t v)
{
	if (buf->cap - buf->len < 10 && !ks_buf_reserve(buf, 10))
		return;
	while (v >= 0x80) {
		buf->at[buf->len++] = (char)(v | 0x80);
		v >>= 7;
	}
	buf->at[buf->len++] = (char)v;
}

/** Signed number as unsigned LEB128 of its zigzag form (0, -1, 1, -2, …). */
static inline void ks_buf_zigzag(struct ks_buf *buf, int64_t v)
{
	ks_buf_uleb(buf, ((uint64_t)v << 1) ^ (uint64_t)(v >> 63));
}
