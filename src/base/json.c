/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/json.h"

/** ", " or a line break with its indent, as the place asks for. */
static void json_separate(struct ks_json *json, bool comma)
{
	struct ks_buf *out = json->out;
	if (comma)
		ks_buf_bytes(out, ", ", json->indent ? 1 : 2);
	if (!json->indent)
		return;
	ks_buf_char(out, '\n');
	size_t blanks = (size_t)json->depth * json->indent;
	if (!ks_buf_reserve(out, blanks))
		return;
	memset(out->at + out->len, ' ', blanks);
	out->len += blanks;
}

/** What stands before a value: separator and indent. */
static void begin_value(struct ks_json *json)
{
	if (!json->keyed && json->depth)
		json_separate(json, !json->first);
	json->keyed = false;
	json->first = false;
}

void ks_json_open(struct ks_json *json, char bracket)
{
	begin_value(json);
	ks_buf_char(json->out, bracket);
	json->depth++;
	json->first = true;
}

void ks_json_close(struct ks_json *json, char bracket)
{
	json->depth--;
	if (!json->first)
		json_separate(json, false);
	ks_buf_char(json->out, bracket);
	json->first = false;
}

/** One UTF-8 sequence of 2 to 4 bytes; its length, or 0 when the bytes are no valid UTF-8. */
static size_t utf8_decode(const uint8_t *s, size_t len, uint32_t *ret)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = *s >= 0xf0 ? 4 : *s >= 0xe0 ? 3 : 2;
	if (*s < 0xc2 || *s > 0xf4 || len < n)
		return 0;
	uint32_t c = *s & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < smallest[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	*ret = c;
	return n;
}

static void json_unit(struct ks_buf *out, uint32_t unit)
{
	static const char hex[] = "0123456789abcdef";
	char text[6] = {
		'\\',	       'u', hex[unit >> 12 & 15], hex[unit >> 8 & 15], hex[unit >> 4 & 15],
		hex[unit & 15]
	};
	ks_buf_bytes(out, text, sizeof(text));
}

/** The escaped form of what starts at s; returns how many bytes that was. */
static size_t json_escape(struct ks_buf *out, const uint8_t *s, size_t len)
{
	static const char shorts[] = "\b\t\n\f\r\"\\", letters[] = "btnfr\"\\";
	const char *hit = *s ? strchr(shorts, *s) : NULL;
	if (hit) {
		ks_buf_char(out, '\\');
		ks_buf_char(out, letters[hit - shorts]);
		return 1;
	}
	uint32_t c = *s;
	size_t n = 1;
	if (c >= 0x80) {
		n = utf8_decode(s, len, &c);
		if (!n) { // as Python's surrogateescape: the byte comes back when it is read again
			json_unit(out, 0xdc00 + *s);
			return 1;
		}
	}
	if (c >= 0x10000) {
		json_unit(out, 0xd800 + ((c - 0x10000) >> 10));
		c = 0xdc00 + ((c - 0x10000) & 0x3ff);
	}
	json_unit(out, c);
	return n;
}

static void json_text(struct ks_buf *out, const char *text, size_t len)
{
	const uint8_t *s = (const uint8_t *)text;
	ks_buf_char(out, '"');
	for (size_t i = 0; i < len;) {
		size_t plain = i;
		while (i < len && s[i] >= ' ' && s[i] < 0x7f && s[i] != '"' && s[i] != '\\')
			i++;
		ks_buf_bytes(out, text + plain, i - plain);
		if (i < len)
			i += json_escape(out, s + i, len - i);
	}
	ks_buf_char(out, '"');
}

void ks_json_key(struct ks_json *json, const char *key)
{
	begin_value(json);
	json_text(json->out, key, strlen(key));
	ks_buf_bytes(json->out, ": ", 2);
	json->keyed = true;
}

void ks_json_strn(struct ks_json *json, const char *text, size_t len)
{
	begin_value(json);
	json_text(json->out, text, len);
}

void ks_json_str(struct ks_json *json, const char *text)
{
	if (text)
		ks_json_strn(json, text, strlen(text));
	else
		ks_json_null(json);
}

void ks_json_u64(struct ks_json *json, uint64_t number)
{
	begin_value(json);
	ks_buf_dec(json->out, number);
}

void ks_json_i64(struct ks_json *json, int64_t number)
{
	begin_value(json);
	ks_buf_sdec(json->out, number);
}

void ks_json_bool(struct ks_json *json, bool value)
{
	begin_value(json);
	ks_buf_str(json->out, value ? "true" : "false");
}

void ks_json_null(struct ks_json *json)
{
	begin_value(json);
	ks_buf_str(json->out, "null");
}
