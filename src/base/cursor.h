/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <byteswap.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/**
 * The only way untrusted bytes are read. It fails once and stays failed: later reads give 0 or NULL, so
 * a parser may check once a record and still never overruns.
 */
struct ks_cursor {
	const uint8_t *base, *pos, *end; // base <= pos <= end
	const char *why;		 // static text; NULL until a read fails
	bool swap;			 // the bytes have the other byte order than this machine
};

/** NULL is no bytes at all; the cursor has an address all the same, for not even 0 may be added to NULL. */
static inline struct ks_cursor ks_cursor_over(const void *bytes, size_t len, bool swap)
{
	const uint8_t *p = bytes ? bytes : (const void *)"";
	return (struct ks_cursor){ .base = p, .pos = p, .end = bytes ? p + len : p, .swap = swap };
}

static inline bool ks_cursor_more(const struct ks_cursor *c)
{
	return !c->why && c->pos < c->end;
}

/** Bytes from the start: the offset to report. */
static inline uint64_t ks_cursor_offset(const struct ks_cursor *c)
{
	return (uint64_t)(c->pos - c->base);
}

static inline void ks_cursor_fail(struct ks_cursor *c, const char *why)
{
	if (!c->why)
		c->why = why;
}

/** The next n bytes, or NULL. */
static inline const uint8_t *ks_cursor_take(struct ks_cursor *c, uint64_t n)
{
	if (!c->why && n > (uint64_t)(c->end - c->pos)) // never pos + n: it can wrap
		c->why = "record runs past the end of its section";
	if (c->why)
		return NULL;
	c->pos += n;
	return c->pos - n;
}

static inline uint8_t ks_cursor_u8(struct ks_cursor *c)
{
	const uint8_t *p = ks_cursor_take(c, 1);
	return p ? *p : 0;
}

#define KS_CURSOR_FIXED(bits)                                                                      \
	static inline uint##bits##_t ks_cursor_u##bits(struct ks_cursor *c)                        \
	{                                                                                          \
		uint##bits##_t v = 0;                                                              \
		const uint8_t *p = ks_cursor_take(c, sizeof(v));                                   \
		if (p)                                                                             \
			memcpy(&v, p, sizeof(v));                                                  \
		return c->swap ? bswap_##bits(v) : v;                                              \
	}
KS_CURSOR_FIXED(16)
KS_CURSOR_FIXED(32)
KS_CURSOR_FIXED(64)
#undef KS_CURSOR_FIXED

/** An unsigned number of 1, 2, 3, 4 or 8 bytes. */
static inline uint64_t ks_cursor_uint(struct ks_cursor *c, unsigned int size)
{
	switch (size) {
	case 1:
		return ks_cursor_u8(c);
	case 2:
		return ks_cursor_u16(c);
	case 4:
		return ks_cursor_u32(c);
	case 8:
		return ks_cursor_u64(c);
	case 3: {
		const uint8_t *p = ks_cursor_take(c, 3);
		if (!p)
			return 0;
		bool big = c->swap == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
		return big ? (uint64_t)p[0] << 16 | p[1] << 8 | p[2]
			   : (uint64_t)p[2] << 16 | p[1] << 8 | p[0];
	}
	default:
		ks_cursor_fail(c, "number of an impossible size");
		return 0;
	}
}

static inline uint64_t ks_cursor_uleb(struct ks_cursor *c)
{
	uint64_t v = 0;
	for (unsigned int shift = 0; shift < 70; shift += 7) {
		uint8_t b = ks_cursor_u8(c);
		if (shift < 64)
			v |= (uint64_t)(b & 0x7f) << shift;
		if (!(b & 0x80))
			return v;
	}
	ks_cursor_fail(c, "LEB128 number is longer than 64 bits");
	return 0;
}

/** Step over n numbers without their values: the last byte of each has no upper bit. */
static inline void ks_cursor_skip_ulebs(struct ks_cursor *c, uint64_t n)
{
	while (n >= 8 && !c->why && c->end - c->pos >= 8) {
		uint64_t bytes;
		memcpy(&bytes, c->pos, sizeof(bytes));
		c->pos += sizeof(bytes);
		n -= (uint64_t)__builtin_popcountll(~bytes & 0x8080808080808080);
	}
	while (n && !c->why)
		n -= !(ks_cursor_u8(c) & 0x80);
}

static inline int64_t ks_cursor_sleb(struct ks_cursor *c)
{
	uint64_t v = 0;
	for (unsigned int shift = 0; shift < 70; shift += 7) {
		uint8_t b = ks_cursor_u8(c);
		if (shift < 64)
			v |= (uint64_t)(b & 0x7f) << shift;
		if (!(b & 0x80)) {
			if ((b & 0x40) && shift + 7 < 64)
				v |= ~(uint64_t)0 << (shift + 7);
			return (int64_t)v;
		}
	}
	ks_cursor_fail(c, "LEB128 number is longer than 64 bits");
	return 0;
}

/** What ks_buf_zigzag() wrote. */
static inline int64_t ks_cursor_zigzag(struct ks_cursor *c)
{
	uint64_t v = ks_cursor_uleb(c);
	return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

/** A NUL-terminated string that lies wholly inside the bytes; "" after a failure. */
static inline const char *ks_cursor_str(struct ks_cursor *c)
{
	if (c->why)
		return "";
	const uint8_t *nul = memchr(c->pos, 0, (size_t)(c->end - c->pos));
	if (!nul) {
		c->why = "string runs past the end of its section";
		return "";
	}
	const char *s = (const char *)c->pos;
	c->pos = nul + 1;
	return s;
}
