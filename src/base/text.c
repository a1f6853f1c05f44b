/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/text.h"

#include <stdint.h>

#include "base/array.h"

/** What a byte may be special for. */
enum {
	CONTROL = 1 << 0,
	HIGH = 1 << 1,	      // part of UTF-8, or none
	COMMAND = 1 << 2,     // ':' and '#', which begin a command of a build service
	OPENS = 1 << 3,	      // '<' and '&'
	CLOSES = 1 << 4,      // '>' and '"', inside tags
	PUNCTUATION = 1 << 5, // what Markdown reads
	TYPE = 1 << 6,	      // what Markdown reads and no C type has, or not at that place
	BAR = 1 << 7,	      // the border of a cell
	QUOTE = 1 << 8,	      // '"' of CSV
	PERCENT = 1 << 9,     // begins an escape of a workflow command
	PROPERTY = 1 << 10,   // ends a property of a workflow command
	STRING = 1 << 11,     // '"' and '\' of JSON
	NEVER = CONTROL | HIGH | COMMAND,
};

static const uint16_t classes[256] = {
	[0x00 ... 0x1f] = CONTROL,
	['"'] = CLOSES | QUOTE | STRING,
	['#'] = COMMAND | PUNCTUATION,
	['%'] = PERCENT,
	['&'] = OPENS | PUNCTUATION | TYPE,
	['*'] = PUNCTUATION,
	[','] = PROPERTY,
	[':'] = COMMAND | PROPERTY,
	['<'] = OPENS | PUNCTUATION | TYPE,
	['>'] = CLOSES | PUNCTUATION,
	['@'] = PUNCTUATION | TYPE,
	['['] = PUNCTUATION,
	['\\'] = PUNCTUATION | TYPE | STRING,
	[']'] = PUNCTUATION | TYPE,
	['_'] = PUNCTUATION,
	['`'] = PUNCTUATION | TYPE,
	['{'] = PUNCTUATION,
	['|'] = PUNCTUATION | TYPE | BAR,
	['}'] = PUNCTUATION,
	['~'] = PUNCTUATION | TYPE,
	[0x7f] = CONTROL,
	[0x80 ... 0xff] = HIGH,
};

static const uint16_t special[KS_NR_TEXT_SINKS] = {
	[KS_TEXT_LINE] = NEVER,
	[KS_TEXT_MARKUP] = NEVER | OPENS | CLOSES,
	[KS_TEXT_MARKDOWN] = NEVER | PUNCTUATION,
	[KS_TEXT_MARKDOWN_TYPE] = NEVER | TYPE,
	[KS_TEXT_MARKDOWN_CELL] = NEVER | TYPE,
	[KS_TEXT_CODE] = NEVER,
	[KS_TEXT_CODE_CELL] = NEVER | BAR,
	[KS_TEXT_CSV] = NEVER | QUOTE,
	[KS_TEXT_GITHUB_VALUE] =
		CONTROL | HIGH | PERCENT | PROPERTY, // the line is a command already
	[KS_TEXT_GITHUB] = CONTROL | HIGH | PERCENT,
	[KS_TEXT_JSON] = CONTROL | HIGH | COMMAND | STRING,
};

/** Characters that change how others are shown, end a line, or are none. */
static const struct {
	uint32_t first, last;
} unseen[] = {
	{ 0x80, 0x9f },	      { 0x61c, 0x61c },	    { 0x200b, 0x200f }, { 0x2028, 0x202e },
	{ 0x2060, 0x206f },   { 0xfeff, 0xfeff },   { 0xfff9, 0xfffb }, { 0xfffe, 0xffff },
	{ 0x1fffe, 0x1ffff }, { 0xe0000, 0xe007f },
};

static bool is_unseen(uint32_t c)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(unseen); i++)
		if (c >= unseen[i].first && c <= unseen[i].last)
			return true;
	return false;
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

/** Backslash, letter, and so many hexadecimal digits. */
static void put_hex(struct ks_buf *out, char letter, uint32_t c, unsigned int nr)
{
	static const char hex[] = "0123456789abcdef";
	char text[10] = { '\\', letter };
	for (unsigned int i = 0; i < nr; i++)
		text[2 + i] = hex[c >> 4 * (nr - 1 - i) & 15];
	ks_buf_bytes(out, text, 2 + nr);
}

/* ---- JSON ---- */

static void json_code_point(struct ks_buf *out, uint32_t c)
{
	if (c >= 0x10000) {
		put_hex(out, 'u', 0xd800 + ((c - 0x10000) >> 10), 4);
		c = 0xdc00 + ((c - 0x10000) & 0x3ff);
	}
	put_hex(out, 'u', c, 4);
}

static void json_ascii(struct ks_buf *out, char c)
{
	static const char shorts[] = "\b\t\n\f\r\"\\", letters[] = "btnfr\"\\";
	const char *hit = c ? strchr(shorts, c) : NULL;
	if (!hit) {
		put_hex(out, 'u', (unsigned char)c, 4);
		return;
	}
	ks_buf_char(out, '\\');
	ks_buf_char(out, letters[hit - shorts]);
}

/* ---- one character ---- */

/** A character that means something to the sink, so that it means itself. */
static void put_escaped(struct ks_buf *out, enum ks_text_sink sink, char c)
{
	static const char *const entities[128] = {
		['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;"
	};
	switch (sink) {
	case KS_TEXT_MARKUP:
	case KS_TEXT_MARKDOWN_TYPE:
	case KS_TEXT_MARKDOWN_CELL:
		if (c == '|' && sink == KS_TEXT_MARKDOWN_CELL)
			ks_buf_str(out, "\\|");
		else if (entities[(unsigned char)c])
			ks_buf_str(out, entities[(unsigned char)c]);
		else
			ks_buf_printf(out, "&#%d;", c);
		break;
	case KS_TEXT_MARKDOWN:
		ks_buf_char(out, '\\');
		ks_buf_char(out, c);
		break;
	case KS_TEXT_CSV:
		if (c == '"')
			ks_buf_str(out, "\"\"");
		else
			put_hex(out, 'x', (unsigned char)c, 2);
		break;
	case KS_TEXT_GITHUB_VALUE:
	case KS_TEXT_GITHUB:
		ks_buf_printf(out, "%%%02X", c);
		break;
	case KS_TEXT_JSON:
		json_ascii(out, c);
		break;
	default:
		put_hex(out, 'x', (unsigned char)c, 2);
	}
}

/** A byte or code point that no sink gets, visibly. */
static void put_visible(struct ks_buf *out, enum ks_text_sink sink, uint32_t c, char letter)
{
	static const char controls[] = "\n\r\t", letters[] = "nrt";
	struct ks_buf text = { 0 };
	const char *hit = c && c < 0x80 ? strchr(controls, (int)c) : NULL;
	if (hit) {
		ks_buf_char(&text, '\\');
		ks_buf_char(&text, letters[hit - controls]);
	} else {
		put_hex(&text, letter == 'u' && c > 0xffff ? 'U' : letter, c,
			letter == 'x' ? 2
			: c > 0xffff  ? 8
				      : 4);
	}
	for (size_t i = 0; i < text.len; i++) // of a backslash Markdown makes something else
		if (special[sink] & classes[(unsigned char)text.at[i]])
			put_escaped(out, sink, text.at[i]);
		else
			ks_buf_char(out, text.at[i]);
	out->failed = out->failed || text.failed;
	ks_buf_deinit(&text);
}

static void put_control(struct ks_buf *out, enum ks_text_sink sink, char c)
{
	bool github = sink == KS_TEXT_GITHUB || sink == KS_TEXT_GITHUB_VALUE;
	if (sink == KS_TEXT_JSON)
		json_ascii(out, c);
	else if (github && (c == '\n' || c == '\r'))
		put_escaped(out, sink, c);
	else
		put_visible(out, sink, (unsigned char)c, 'x');
}

/** @return how many bytes of s it took */
static size_t put_high(struct ks_buf *out, enum ks_text_sink sink, const uint8_t *s, size_t len)
{
	uint32_t c;
	size_t n = utf8_decode(s, len, &c);
	if (!n &&
	    sink == KS_TEXT_JSON) // as Python's surrogateescape: the byte comes back when it is read again
		put_hex(out, 'u', 0xdc00 + *s, 4);
	else if (!n)
		put_visible(out, sink, *s, 'x');
	else if (sink == KS_TEXT_JSON)
		json_code_point(out, c);
	else if (is_unseen(c))
		put_visible(out, sink, c, 'u');
	else
		ks_buf_bytes(out, s, n);
	return n ? n : 1;
}

/**
 * "::" where a word begins: what GitHub takes for a command when it begins a line, which wrapping may make of it. Behind a single one
 * at the end another may follow.
 */
static bool begins_command(const uint8_t *s, size_t i, size_t len)
{
	return (i + 1 == len || s[i + 1] == ':') && (!i || s[i - 1] == ' ');
}

/** "##[error]", "##vso[…]", "##teamcity[…]": commands anywhere in a line. */
static bool begins_marker(const uint8_t *s, size_t i, size_t len)
{
	if (i + 1 >= len || s[i + 1] != '#')
		return false;
	for (i += 2; i < len && s[i] >= 'a' && s[i] <= 'z';)
		i++;
	return i < len && s[i] == '[';
}

/** Whether a character that is special somewhere is so at this place. */
static bool acts_here(enum ks_text_sink sink, const uint8_t *s, size_t i, size_t len)
{
	uint16_t class = classes[s[i]] & special[sink];
	if (s[i] == ':' && sink != KS_TEXT_GITHUB_VALUE) {
		bool link = sink == KS_TEXT_MARKDOWN || sink == KS_TEXT_MARKDOWN_TYPE ||
			    sink == KS_TEXT_MARKDOWN_CELL;
		if (link && i + 2 < len && s[i + 1] == '/' && s[i + 2] == '/')
			return true;
		return sink != KS_TEXT_JSON && begins_command(s, i, len);
	}
	if (s[i] == '#' && sink != KS_TEXT_MARKDOWN)
		return begins_marker(s, i, len);
	if (s[i] == ']' &&
	    sink != KS_TEXT_MARKDOWN) // arrays have it, but never before a parenthesis
		return i + 1 < len && s[i + 1] == '(';
	return class != 0;
}

static void write_inside(struct ks_buf *out, enum ks_text_sink sink, const char *text, size_t len)
{
	const uint8_t *s = (const uint8_t *)text;
	uint16_t mask = special[sink];
	for (size_t i = 0; i < len;) {
		size_t plain = i;
		while (i < len && !(classes[s[i]] & mask))
			i++;
		ks_buf_bytes(out, text + plain, i - plain);
		if (i == len)
			return;
		if (classes[s[i]] & HIGH) {
			i += put_high(out, sink, s + i, len - i);
			continue;
		}
		if (classes[s[i]] & CONTROL)
			put_control(out, sink, text[i]);
		else if (acts_here(sink, s, i, len))
			put_escaped(out, sink, text[i]);
		else
			ks_buf_char(out, text[i]);
		i++;
	}
}

/* ---- what stands around the text ---- */

/** Backquotes, one more than the text has in a row; blanks keep them from those of the text. */
static void write_code(struct ks_buf *out, enum ks_text_sink sink, const char *text, size_t len)
{
	size_t longest = 0;
	for (size_t i = 0, run = 0; i < len; i++) {
		run = text[i] == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	bool apart = !len || text[0] == '`' || text[len - 1] == '`';
	for (size_t i = 0; i <= longest; i++)
		ks_buf_char(out, '`');
	if (apart)
		ks_buf_char(out, ' ');
	write_inside(out, sink, text, len);
	if (apart)
		ks_buf_char(out, ' ');
	for (size_t i = 0; i <= longest; i++)
		ks_buf_char(out, '`');
}

static bool contains(const char *text, size_t len, const char *any)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] && strchr(any, text[i]))
			return true;
	return false;
}

/** What begins a heading, a quotation, a list or an underline. */
static const char line_beginnings[] = "#>-+=";

/** A cell that a spreadsheet would compute gets an apostrophe, which makes it text. */
static void write_csv(struct ks_buf *out, const char *text, size_t len)
{
	size_t first = 0;
	while (first < len && text[first] == ' ')
		first++;
	bool quoted = contains(text, len, "\",");
	bool formula = first < len && contains(text + first, 1, "=+-@");
	ks_buf_str(out, quoted ? "\"" : "");
	ks_buf_str(out, formula ? "'" : "");
	write_inside(out, KS_TEXT_CSV, text, len);
	ks_buf_str(out, quoted ? "\"" : "");
}

void ks_text_write(struct ks_buf *out, enum ks_text_sink sink, const char *text, size_t len)
{
	switch (sink) {
	case KS_TEXT_CODE:
	case KS_TEXT_CODE_CELL:
		write_code(out, sink, text, len);
		break;
	case KS_TEXT_CSV:
		write_csv(out, text, len);
		break;
	case KS_TEXT_JSON:
		ks_buf_char(out, '"');
		write_inside(out, sink, text, len);
		ks_buf_char(out, '"');
		break;
	case KS_TEXT_MARKDOWN_TYPE:
		if (contains(text, len ? 1 : 0, line_beginnings)) {
			ks_buf_printf(out, "&#%d;", *text);
			text++;
			len--;
		}
		write_inside(out, sink, text, len);
		break;
	default:
		write_inside(out, sink, text, len);
	}
}

/** Nothing stands around the text, and no byte of it can be special. */
static bool stays(enum ks_text_sink sink, const char *text, size_t len)
{
	bool surrounded = sink == KS_TEXT_CODE || sink == KS_TEXT_CODE_CELL ||
			  sink == KS_TEXT_CSV || sink == KS_TEXT_JSON;
	if (surrounded || (sink == KS_TEXT_MARKDOWN_TYPE && contains(text, 1, line_beginnings)))
		return false;
	for (size_t i = 0; i < len; i++)
		if (classes[(unsigned char)text[i]] & special[sink])
			return false;
	return true;
}

void ks_text_tail(struct ks_buf *out, size_t start, enum ks_text_sink sink)
{
	struct ks_buf tail = { 0 };
	if (out->len <= start || stays(sink, out->at + start, out->len - start))
		return;
	ks_text_write(&tail, sink, out->at + start, out->len - start);
	out->len = start;
	ks_buf_bytes(out, tail.at, tail.len);
	out->failed = out->failed || tail.failed;
	ks_buf_deinit(&tail);
}

bool ks_text_is_plain(const char *text, size_t len)
{
	struct ks_buf line = { 0 };
	ks_text_write(&line, KS_TEXT_LINE, text, len);
	bool plain = !line.failed && line.len == len && (!len || memcmp(line.at, text, len) == 0);
	ks_buf_deinit(&line);
	return plain;
}

size_t ks_text_cut(const char *text, size_t len, size_t most)
{
	enum { LETTER_MAX = 4 };
	if (len <= most)
		return len;
	for (size_t cut = most; most - cut < LETTER_MAX; cut--) {
		if (((uint8_t)text[cut] & 0xc0) != 0x80)
			return cut;
		if (!cut)
			break;
	}
	return most; // it is no UTF-8
}
