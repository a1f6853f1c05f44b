/* SPDX-License-Identifier: BSD-2-Clause */
#include "judge.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static const char *const strings[] = {
	"\033[31mred",
	"\033]0;title\a",
	"\033]8;;http://x.y/\033\\link\033]8;;\033\\",
	"\033[2J\033[H",
	"\033P+q544e\033\\",
	"a\nb",
	"\n::error file=x::y",
	"::error file=x::y",
	" ::error::y",
	"a ::warning::y",
	"\n##[error]y",
	"##[error]y",
	"a##vso[task.setvariable variable=a]b",
	"##teamcity[x]",
	"\r::error::y",
	"a\r\nb",
	"\rover",
	"a\tb",
	"a\bb",
	"\xe2\x80\xae"
	"drawkcab",
	"\xe2\x81\xa6isolate\xe2\x81\xa9",
	"\xd8\x9c",
	"\xe2\x80\x8e\xe2\x80\x8f",
	"a\xe2\x80\xa8"
	"b\xe2\x80\xa9"
	"c",
	"\xef\xbb\xbf"
	"bom",
	"\xc0\xaf\xc0\x8a",
	"\xe0\x80\x8a",
	"\xf0\x80\x80\x8a",
	"\xed\xa0\x80",
	"\xf4\x90\x80\x80",
	"\xc2\x9b"
	"31m",
	"\x9b"
	"31m",
	"\xc2\x85next",
	"\xc3",
	"\xe2\x82",
	"\xef\xbf\xbe\xef\xbf\xbf",
	"]]>",
	"<![CDATA[",
	"--><script>alert(1)</script>",
	"</script><script>",
	"\"><img src=x onerror=alert(1)>",
	"'><b>",
	"</title></svg>",
	"&lt;&amp;&#10;&",
	"</code></summary></details>",
	"a|b",
	"a\\|b",
	"|",
	"||",
	"`",
	"``",
	"a`b``c",
	"`x`",
	"```",
	"~~~",
	"\\",
	"x\\",
	"\\`",
	"\\<b>",
	"[x](javascript:alert(1))",
	"![x](http://x.y/z.png)",
	"http://x.y/",
	"<http://x.y/>",
	"# head",
	"- item",
	"> quoted",
	"=cmd|' /C calc'!A0",
	"+1+1",
	"-1+1",
	"@SUM(1)",
	" =1+1",
	"\t=1",
	"a\"b",
	"a,b",
	"\"",
	",",
	"\",\"",
	"%0A::error::y",
	"%",
	"a%25",
	",line=1::y",
	":",
	"::",
	"##",
	"{\"a\":1}",
	"\\u0000",
	"$(id)",
	"**bold**",
	"\xf0\x9f\x98\x80",
	"\xf3\xa0\x81\x81",
};
enum { NR_STRINGS = sizeof(strings) / sizeof(strings[0]) };

size_t nasty_nr(void)
{
	return NR_STRINGS + 2 * 255;
}

const char *nasty(size_t i)
{
	static char texts[2][8];
	static unsigned int turn;
	if (i < NR_STRINGS)
		return strings[i];
	i -= NR_STRINGS;
	char *text = texts[turn++ % 2];
	snprintf(text, sizeof(texts[0]), i < 255 ? "%c" : "ab%ccd", (int)(i % 255 + 1));
	return text;
}

/* ---- what holds everywhere ---- */

static bool is_hidden(uint32_t c)
{
	return (c < 0x20 && c != '\n') || (c >= 0x7f && c <= 0x9f) || c == 0x61c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0xfeff || c == 0xfffe || c == 0xffff ||
	       (c >= 0xe0000 && c <= 0xe007f);
}

/** The table of Unicode 15, 3-7: well-formed byte sequences. */
static size_t sequence(const uint8_t *s, uint32_t *c)
{
	static const struct {
		uint8_t first, last, low, high, nr;
	} rows[] = { { 0x00, 0x7f, 0, 0, 1 },	    { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		     { 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		     { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		     { 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		     { 0xf4, 0xf4, 0x80, 0x8f, 4 } };
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (*s < rows[i].first || *s > rows[i].last)
			continue;
		*c = rows[i].nr == 1 ? *s : *s & (0xffu >> (rows[i].nr + 1));
		for (unsigned int k = 1; k < rows[i].nr; k++) {
			uint8_t low = k == 1 ? rows[i].low : 0x80,
				high = k == 1 ? rows[i].high : 0xbf;
			if (s[k] < low || s[k] > high)
				return 0;
			*c = *c << 6 | (s[k] & 0x3f);
		}
		return rows[i].nr;
	}
	return 0;
}

static size_t count(const char *text, char c)
{
	size_t nr = 0;
	for (; *text; text++)
		nr += *text == c;
	return nr;
}

static bool has_marker(const char *text)
{
	while ((text = strstr(text, "##"))) {
		const char *at = text + 2 + strspn(text + 2, "abcdefghijklmnopqrstuvwxyz");
		if (*at == '[')
			return true;
		text++;
	}
	return false;
}

static const char *judge_all(enum judged as, const char *text, size_t len, const char *calm)
{
	if (strlen(text) != len)
		return "a NUL";
	uint32_t c;
	for (size_t i = 0, n; i < len; i += n) {
		n = sequence((const uint8_t *)text + i, &c);
		if (!n)
			return "no UTF-8";
		if (is_hidden(c))
			return "a character that acts or cannot be seen";
	}
	if (count(text, '\n') != count(calm, '\n'))
		return "another number of lines";
	if (as == JUDGED_GITHUB)
		return NULL;
	for (const char *line = text; line;
	     line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
		if (!strncmp(line + strspn(line, " "), "::", 2))
			return "a line that begins with a command";
	return has_marker(text) ? "a command within a line" : NULL;
}

/* ---- HTML and XML ---- */

/** The next tag without the values of its attributes, into tag; where it ends, or NULL. */
static const char *next_tag(const char *text, char *tag, size_t size, const char **wrong)
{
	size_t n = 0;
	for (; *text && *text != '<'; text++) {
		if (*text == '&') {
			const char *end = text + 1 + strcspn(text + 1, "; <&\n");
			if (*end != ';')
				*wrong = "a bare &";
		}
	}
	if (!*text)
		return NULL;
	bool quoted = false;
	for (; *text && (quoted || *text != '>'); text++) {
		if (*text == '"')
			quoted = !quoted;
		if (quoted && *text == '<')
			*wrong = "a tag within a value";
		if ((!quoted || *text == '"') && n + 1 < size)
			tag[n++] = *text;
	}
	tag[n] = '\0';
	if (!*text)
		*wrong = "a tag without end";
	return *text ? text + 1 : NULL;
}

static const char *judge_markup(const char *text, const char *calm)
{
	const char *wrong = NULL;
	char a[512], b[512];
	if (strstr(text, "]]>"))
		return "]]>";
	while (!wrong && text && calm) {
		text = next_tag(text, a, sizeof(a), &wrong);
		calm = next_tag(calm, b, sizeof(b), &wrong);
		if (!text != !calm || (text && strcmp(a, b) != 0))
			return "other tags";
	}
	return wrong;
}

/* ---- Markdown ---- */

/** Three or more backquotes, and behind them none, or nothing at all where a fence is open. */
static bool is_fence(const char *line, bool open)
{
	size_t run = strspn(line, "`");
	const char *rest = line + run;
	return run >= 3 &&
	       (open ? rest[strspn(rest, " ")] == '\n' : rest[strcspn(rest, "`\n")] != '`');
}

/** What acts in a document: tags, links, borders of cells, in order. Code and escapes do not. */
static void acting(const char *text, char *out, size_t size)
{
	size_t n = 0;
	bool fence = false, line_start = true, table = false, html = false;
	while (*text && n + 64 < size) {
		const char *first = text + strspn(text, " ");
		if (line_start) {
			table = *text == '|';
			html = *text == '<';
		}
		if (line_start && first - text < 4 && is_fence(first, fence)) {
			fence = !fence;
			out[n++] = 'F';
			text += strcspn(text, "\n");
			continue;
		}
		line_start = *text == '\n';
		if (line_start)
			out[n++] = '\n';
		if (fence) {
			text++;
		} else if (html && *text != '<') {
			text++; // Markdown does not look into it
		} else if (*text == '\\' && ispunct((unsigned char)text[1])) {
			text += 2;
		} else if (*text == '`') {
			size_t run = strspn(text, "`");
			const char *end = text + run;
			while (*end && *end != '\n') {
				size_t other = strspn(end, "`");
				if (other == run)
					break;
				end += other ? other : 1;
			}
			out[n++] = *end == '`' ? 'C' : '`';
			for (const char *p = text; *end == '`' && p < end; p++)
				if (table && *p == '|' && p[-1] != '\\')
					out[n++] = 'p'; // borders count before code
			text = *end == '`' ? end + run : text + run;
		} else if (*text == '<') {
			size_t tag = strcspn(text, ">\n");
			n += (size_t)snprintf(out + n, size - n, "%.*s>",
					      (int)(tag < 60 ? tag : 60), text);
			text += text[tag] == '>' ? tag + 1 : tag;
		} else {
			if (*text == '|' ? table
					 : !strncmp(text, "](", 2) || !strncmp(text, "://", 3))
				out[n++] = *text;
			text++;
		}
	}
	out[n] = '\0';
}

static const char *judge_markdown(const char *text, const char *calm)
{
	static char a[1 << 16], b[1 << 16];
	acting(text, a, sizeof(a));
	acting(calm, b, sizeof(b));
	for (size_t i = 0; a[i] || b[i]; i++) { // a border inside code is one in tables only
		if (a[i] == b[i])
			continue;
		static char told[200];
		snprintf(told, sizeof(told), "other markup: %.60s, not %.60s", a + i, b + i);
		return told;
	}
	return NULL;
}

/* ---- CSV, GitHub ---- */

static const char *judge_csv(const char *text, const char *calm)
{
	size_t cells = 0, calm_cells = 0;
	for (bool quoted = false, first = true; *text; text++) {
		if (first && strchr("=+-@\t", *text))
			return "a formula";
		if (first && *text == '"' && strchr("=+-@\t", text[1]) && text[1])
			return "a quoted formula";
		if (*text == '"')
			quoted = !quoted;
		first = !quoted && (*text == ',' || *text == '\n');
		cells += first;
		if (quoted && *text == '\n')
			return "a quotation that does not end";
	}
	for (bool quoted = false; *calm; calm++) {
		quoted ^= *calm == '"';
		calm_cells += !quoted && (*calm == ',' || *calm == '\n');
	}
	return cells == calm_cells ? NULL : "another number of cells";
}

static const char *judge_github(const char *text)
{
	static const char *const words[] = { "::error file=", "::warning file=", "::notice file=" };
	while (*text) {
		size_t i = 0;
		while (i < 3 && strncmp(text, words[i], strlen(words[i])) != 0)
			i++;
		if (i == 3)
			return "a line that is no annotation";
		const char *at = text + strlen(words[i]), *end = strchr(text, '\n');
		if (!end)
			return "no end of line";
		const char *message = strstr(at, "::");
		if (!message || message > end)
			return "no message";
		for (const char *p = at; p < message; p++) {
			if (*p == ',' && strncmp(p, ",line=", 6) != 0 &&
			    strncmp(p, ",title=", 7) != 0)
				return "another property";
			if (*p == ':')
				return "a colon in a property";
		}
		for (const char *p = at; p < end; p++)
			if (*p == '%' && strncmp(p, "%0A", 3) && strncmp(p, "%0D", 3) &&
			    strncmp(p, "%25", 3) && strncmp(p, "%2C", 3) && strncmp(p, "%3A", 3))
				return "a bare %";
		text = end + 1;
	}
	return NULL;
}

/* ---- JSON, by RFC 8259 ---- */

static const char *blank(const char *p)
{
	return p + strspn(p, " \n\r\t");
}

static const char *string(const char *p)
{
	if (*p++ != '"')
		return NULL;
	while (*p && *p != '"') {
		if ((unsigned char)*p < ' ')
			return NULL;
		if (*p++ != '\\')
			continue;
		if (*p == 'u') {
			for (int i = 1; i <= 4; i++)
				if (!isxdigit((unsigned char)p[i]))
					return NULL;
			p += 5;
		} else if (*p && strchr("\"\\/bfnrt", *p)) {
			p++;
		} else {
			return NULL;
		}
	}
	return *p == '"' ? p + 1 : NULL;
}

static const char *value(const char *p);

static const char *list(const char *p, char end, bool keys)
{
	p = blank(p + 1);
	if (*p == end)
		return p + 1;
	for (;;) {
		if (keys) {
			p = string(blank(p));
			p = p ? blank(p) : p;
			if (!p || *p++ != ':')
				return NULL;
		}
		p = value(p);
		if (!p)
			return NULL;
		p = blank(p);
		if (*p == end)
			return p + 1;
		if (*p++ != ',')
			return NULL;
	}
}

static const char *value(const char *p)
{
	static const char *const words[] = { "true", "false", "null" };
	p = blank(p);
	if (*p == '{' || *p == '[')
		return list(p, *p == '{' ? '}' : ']', *p == '{');
	if (*p == '"')
		return string(p);
	for (size_t i = 0; i < 3; i++)
		if (!strncmp(p, words[i], strlen(words[i])))
			return p + strlen(words[i]);
	size_t digits = strspn(p + (*p == '-'), "0123456789");
	return digits ? p + (*p == '-') + digits : NULL;
}

/** A value, or several, a line each. */
static const char *judge_json(const char *text)
{
	do {
		text = value(text);
		text = text && *text == '\n' ? blank(text) : text;
	} while (text && (*text == '{' || *text == '['));
	return text && !*text ? NULL : "no JSON";
}

const char *judge(enum judged as, const char *text, size_t len, const char *calm)
{
	const char *wrong = judge_all(as, text, len, calm);
	if (wrong)
		return wrong;
	switch (as) {
	case JUDGED_LINES:
		return NULL;
	case JUDGED_MARKUP:
		return judge_markup(text, calm);
	case JUDGED_MARKDOWN:
		return judge_markdown(text, calm);
	case JUDGED_CSV:
		return judge_csv(text, calm);
	case JUDGED_GITHUB:
		return judge_github(text);
	case JUDGED_JSON:
		return judge_json(text);
	}
	return NULL;
}

void expect_calm(enum judged as, const char *what, const char *name, struct ks_buf *text,
		 struct ks_buf *calm)
{
	assert_non_null(ks_buf_text(text));
	assert_non_null(ks_buf_text(calm));
	const char *wrong = judge(as, text->at, text->len, calm->at);
	if (!wrong)
		return;
	_cleanup_buf_ struct ks_buf shown = { 0 };
	ks_text_str(&shown, KS_TEXT_JSON, name);
	fail_msg("%s of %s: %s\n%s\n---- not as\n%s", what, ks_buf_text(&shown), wrong, text->at,
		 calm->at);
}
