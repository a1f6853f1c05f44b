/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/json_read.h"

enum { DEPTH_LIMIT = 256 };

/** Bytes that stand for themselves in a string: ASCII without controls, quote and backslash. */
static const bool plain[256] = {
	[0x20 ... '!'] = true,
	['#' ... '['] = true,
	[']' ... 0x7f] = true,
};

void ks_jread_begin(struct ks_jread *r, const char *text, size_t len)
{
	r->base = r->pos = text;
	r->end = text + len;
	r->why = r->key = NULL;
	r->depth = 0;
	r->first = r->nomem = false;
}

void ks_jread_deinit(struct ks_jread *r)
{
	ks_buf_deinit(&r->unescaped);
}

void ks_jread_fail(struct ks_jread *r, const char *why, const char *key)
{
	if (r->why)
		return;
	r->why = why;
	r->key = key;
}

void ks_jread_fail_nomem(struct ks_jread *r)
{
	ks_jread_fail(r, "out of memory", NULL);
	r->nomem = true;
}

struct ks_error *ks_jread_error(const struct ks_jread *r)
{
	if (!r->why)
		return NULL;
	if (r->nomem)
		return &ks_nomem;
	size_t at = (size_t)(r->pos - r->base);
	if (r->key)
		return ks_error_new(KS_ERR_DATA, "byte %zu: \"%s\": %s", at, r->key, r->why);
	return ks_error_new(KS_ERR_DATA, "byte %zu: %s", at, r->why);
}

/** The next byte that is no blank, not taken; NUL at the end and after a failure. */
static char peek(struct ks_jread *r)
{
	if (r->why)
		return '\0';
	while (r->pos < r->end &&
	       (*r->pos == ' ' || *r->pos == '\n' || *r->pos == '\t' || *r->pos == '\r'))
		r->pos++;
	return r->pos < r->end ? *r->pos : '\0';
}

static bool take(struct ks_jread *r, char c, const char *why)
{
	if (peek(r) != c) {
		ks_jread_fail(r, why, NULL);
		return false;
	}
	r->pos++;
	return true;
}

bool ks_jread_end(struct ks_jread *r)
{
	peek(r);
	if (!r->why && r->pos < r->end)
		ks_jread_fail(r, "text behind the end of the value", NULL);
	return !r->why;
}

void ks_jread_enter(struct ks_jread *r, char open)
{
	if (!take(r, open, open == '{' ? "expected an object" : "expected an array"))
		return;
	r->first = true;
	if (++r->depth > DEPTH_LIMIT)
		ks_jread_fail(r, "nested too deep", NULL);
}

/** Step to the next element; false at the closing bracket, which is taken. */
static bool step(struct ks_jread *r, char close)
{
	bool first = r->first;
	r->first = false;
	char c = peek(r);
	if (r->why)
		return false;
	if (c == close) {
		r->pos++;
		r->depth--;
		return false;
	}
	return first || take(r, ',', "expected a comma or the end of the object or array");
}

bool ks_jread_next(struct ks_jread *r)
{
	return step(r, ']');
}

bool ks_jread_any_key(struct ks_jread *r, struct ks_jread_text *ret)
{
	if (!step(r, '}'))
		return false;
	*ret = ks_jread_string(r);
	return take(r, ':', "expected a colon");
}

int ks_jread_key(struct ks_jread *r, const struct ks_jread_keys *keys, uint32_t *seen)
{
	struct ks_jread_text text;
	while (ks_jread_any_key(r, &text)) {
		// Keys nearly always come in the order of the table: the first unseen one is it.
		uint32_t k = (uint32_t)__builtin_ctz(~*seen | 1u << 31);
		if (k >= keys->nr || !ks_jread_text_is(text, keys->names[k]))
			for (k = 0; k < keys->nr && !ks_jread_text_is(text, keys->names[k]); k++)
				;
		if (k == keys->nr) {
			ks_jread_skip(r);
			continue;
		}
		if (*seen & 1u << k) {
			ks_jread_fail(r, "key is given twice", keys->names[k]);
			return -1;
		}
		*seen |= 1u << k;
		return (int)k;
	}
	uint32_t missing = keys->required & ~*seen;
	if (missing)
		ks_jread_fail(r, "key is missing", keys->names[__builtin_ctz(missing)]);
	return -1;
}

/* ---- strings ---- */

static int hex4(struct ks_jread *r)
{
	int v = 0;
	if (r->end - r->pos < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = r->pos[i], letter = (char)(c | 32);
		if (c >= '0' && c <= '9')
			v = v << 4 | (c - '0');
		else if (letter >= 'a' && letter <= 'f')
			v = v << 4 | (letter - 'a' + 10);
		else
			return -1;
	}
	r->pos += 4;
	return v;
}

static void put_utf8(struct ks_buf *buf, uint32_t c)
{
	if (c < 0x80) {
		ks_buf_char(buf, (char)c);
	} else if (c < 0x800) {
		ks_buf_char(buf, (char)(0xc0 | c >> 6));
	} else if (c < 0x10000) {
		ks_buf_char(buf, (char)(0xe0 | c >> 12));
		ks_buf_char(buf, (char)(0x80 | (c >> 6 & 0x3f)));
	} else {
		ks_buf_char(buf, (char)(0xf0 | c >> 18));
		ks_buf_char(buf, (char)(0x80 | (c >> 12 & 0x3f)));
		ks_buf_char(buf, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	if (c >= 0x80)
		ks_buf_char(buf, (char)(0x80 | (c & 0x3f)));
}

/** The code point of a \u escape, behind its "u". */
static void unescape_unicode(struct ks_jread *r)
{
	int c = hex4(r);
	if (c >= 0xd800 && c < 0xdc00 && r->end - r->pos >= 2 && r->pos[0] == '\\' &&
	    r->pos[1] == 'u') {
		r->pos += 2;
		int low = hex4(r);
		c = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00)
						  : -1;
	}
	if (c >= 0xdc80 && c < 0xdd00)
		ks_buf_char(&r->unescaped, (char)(c & 0xff));
	else if (c <= 0 || (c >= 0xd800 && c < 0xe000))
		ks_jread_fail(r, c == 0 ? "NUL inside a string" : "bad \\u escape", NULL);
	else
		put_utf8(&r->unescaped, (uint32_t)c);
}

static void unescape(struct ks_jread *r)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	char c = r->pos < r->end ? *r->pos++ : '\0';
	const char *hit = c ? strchr(from, c) : NULL;
	if (c == 'u')
		unescape_unicode(r);
	else if (hit)
		ks_buf_char(&r->unescaped, to[hit - from]);
	else
		ks_jread_fail(r, "bad escape in a string", NULL);
}

/** One UTF-8 sequence of two to four bytes, shortest form, no surrogates. */
static void copy_utf8(struct ks_jread *r)
{
	const uint8_t *p = (const uint8_t *)r->pos;
	int len = p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;
	bool good = len && r->end - r->pos >= len;
	for (int i = 1; good && i < len; i++)
		good = (p[i] & 0xc0) == 0x80;
	if (good && len > 2) {
		uint32_t head = (uint32_t)p[0] << 8 | p[1];
		good = !(head < 0xe0a0) && !(head >= 0xeda0 && head < 0xee00) &&
		       !(head >= 0xf000 && head < 0xf090) && head < 0xf490;
	}
	if (!good) {
		ks_jread_fail(r, "string is not UTF-8", NULL);
		return;
	}
	ks_buf_bytes(&r->unescaped, p, (size_t)len);
	r->pos += len;
}

/** The rest of a string that has escapes or non-ASCII text, from its first such byte on. */
static struct ks_jread_text rewritten(struct ks_jread *r, const char *start)
{
	struct ks_buf *buf = &r->unescaped;
	buf->len = 0;
	while (!r->why) {
		ks_buf_bytes(buf, start, (size_t)(r->pos - start));
		if (r->pos == r->end || (uint8_t)*r->pos < 0x20) {
			ks_jread_fail(r, "string does not end", NULL);
		} else if (*r->pos == '"') {
			r->pos++;
			break;
		} else if (*r->pos == '\\') {
			r->pos++;
			unescape(r);
		} else {
			copy_utf8(r);
		}
		start = r->pos;
		while (r->pos < r->end && plain[(uint8_t)*r->pos])
			r->pos++;
	}
	if (buf->failed)
		ks_jread_fail_nomem(r);
	return r->why ? (struct ks_jread_text){ "", 0 }
		      : (struct ks_jread_text){ buf->at, buf->len };
}

struct ks_jread_text ks_jread_string(struct ks_jread *r)
{
	if (!take(r, '"', "expected a string"))
		return (struct ks_jread_text){ "", 0 };
	const char *start = r->pos;
	while (r->pos < r->end && plain[(uint8_t)*r->pos])
		r->pos++;
	if (r->pos == r->end || *r->pos != '"')
		return rewritten(r, start);
	return (struct ks_jread_text){ start, (size_t)(r->pos++ - start) };
}

bool ks_jread_is_string(struct ks_jread *r)
{
	return peek(r) == '"';
}

/* ---- the other values ---- */

static bool take_word(struct ks_jread *r, const char *word)
{
	size_t len = strlen(word);
	if (peek(r) != word[0] || (size_t)(r->end - r->pos) < len || memcmp(r->pos, word, len) != 0)
		return false;
	r->pos += len;
	return true;
}

bool ks_jread_null(struct ks_jread *r)
{
	return take_word(r, "null");
}

bool ks_jread_bool(struct ks_jread *r)
{
	if (take_word(r, "true"))
		return true;
	if (!take_word(r, "false"))
		ks_jread_fail(r, "expected true or false", NULL);
	return false;
}

static bool is_digit(const struct ks_jread *r)
{
	return r->pos < r->end && *r->pos >= '0' && *r->pos <= '9';
}

uint64_t ks_jread_uint(struct ks_jread *r, uint64_t max)
{
	uint64_t v = 0;
	peek(r);
	if (r->why)
		return 0;
	const char *start = r->pos;
	bool wraps = false;
	for (; is_digit(r); r->pos++)
		wraps |= __builtin_mul_overflow(v, 10, &v) ||
			 __builtin_add_overflow(v, (uint64_t)(*r->pos - '0'), &v);
	bool odd = r->pos == start || (*start == '0' && r->pos - start > 1);
	if (odd || (r->pos < r->end && (*r->pos == '.' || (*r->pos | 32) == 'e')))
		ks_jread_fail(r, "expected an integer", NULL);
	else if (wraps || v > max)
		ks_jread_fail(r, "number is too large", NULL);
	return r->why ? 0 : v;
}

int64_t ks_jread_int(struct ks_jread *r)
{
	if (peek(r) != '-')
		return (int64_t)ks_jread_uint(r, UINT64_MAX);
	r->pos++;
	if (!is_digit(r))
		ks_jread_fail(r, "expected an integer", NULL);
	return (int64_t)(0 - ks_jread_uint(r, (uint64_t)INT64_MAX + 1));
}

static void skip_number(struct ks_jread *r)
{
	const char *start = r->pos;
	while (r->pos < r->end && *r->pos && strchr("+-.0123456789eE", *r->pos))
		r->pos++;
	if (r->pos == start)
		ks_jread_fail(r, "expected a value", NULL);
}

void ks_jread_skip(struct ks_jread *r)
{
	struct ks_jread_text key;
	switch (peek(r)) {
	case '{':
		ks_jread_enter(r, '{');
		while (ks_jread_any_key(r, &key))
			ks_jread_skip(r); // recursion ends at DEPTH_LIMIT
		break;
	case '[':
		ks_jread_enter(r, '[');
		while (ks_jread_next(r))
			ks_jread_skip(r);
		break;
	case '"':
		ks_jread_string(r);
		break;
	case 't':
	case 'f':
		ks_jread_bool(r);
		break;
	default:
		if (!ks_jread_null(r) && !r->why)
			skip_number(r);
	}
}
